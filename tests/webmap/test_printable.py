"""Bytes come back from the text of a page, whatever they are and however many."""

from __future__ import annotations

import random

import pytest
from webmap.payloads import bytes_of

from pvmap.webmap.printable import LOT, printable

BYTES = random.Random(7).randbytes(LOT + 40)


@pytest.mark.parametrize("raw", [BYTES, bytes(LOT + 40), b"\xff" * (LOT + 40)], ids=["any", "zeros", "ones"])
def test_bytes_come_back(raw: bytes) -> None:
    for length in (*range(40), *range(LOT - 14, LOT + 40)):
        text = printable(raw[:length])
        assert bytes_of(text) == raw[:length]
        assert len(text) <= length * 16 / 13 + 2
        assert text.isascii() and text.isprintable() and not set(text) & set(' "\\<')
