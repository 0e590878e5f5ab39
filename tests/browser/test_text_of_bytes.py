"""The page reads from its text the bytes that were put into it, to the last."""

from __future__ import annotations

import random
from pathlib import Path

from browser.harness import Watched

from pvmap.webmap.printable import printable

BYTES = random.Random(3).randbytes(3000)


def test_the_page_reads_the_bytes_of_its_text(watched: Watched, map_file: Path) -> None:
    page = watched.open(map_file)
    for raw in (BYTES, bytes(60), b"\xff" * 60):
        lengths = [*range(60), len(raw)]
        texts = [printable(raw[:length]) for length in lengths]
        found = page.evaluate("texts => texts.map(text => [...pvmap.fromText(text)])", texts)
        assert [bytes(one) for one in found] == [raw[:length] for length in lengths]
