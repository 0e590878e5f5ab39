"""What the page's blocks hold, read by plain arithmetic on whole numbers: nothing that the page or its maker uses."""

from __future__ import annotations

import zlib

ALPHABET = {chr(code): number for number, code in enumerate(c for c in range(33, 127) if chr(c) not in '"\\<')}


def bytes_of(text: str) -> bytes:
    """Bytes that a text of pairs of 91 signs stands for: 13 bits a pair, 6 a last single one; 16 at a time."""
    return b"".join(_few(text[at : at + 16]) for at in range(0, len(text), 16))


def _few(text: str) -> bytes:
    value = sum((ALPHABET[sign] * 91 ** (at % 2)) << (13 * (at // 2)) for at, sign in enumerate(text))
    whole = (13 * (len(text) // 2) + 6 * (len(text) % 2)) // 8
    return (value & ((1 << 8 * whole) - 1)).to_bytes(whole, "little")


def inflated(text: str) -> bytes:
    """What a block held before it was compressed."""
    return zlib.decompress(bytes_of(text), -15)
