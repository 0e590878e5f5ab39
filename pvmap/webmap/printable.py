"""Bytes as the densest text that a page, a script and a line of a file each take as it is: 91 signs of ASCII.

Two signs hold 13 bits, so that text is 1.23 times as long as its bytes; base64's is 1.33 times.
"""

from __future__ import annotations

import numpy as np

# all that is printed but the blank and what ends or escapes a string, or begins markup
SIGNS = bytes(sorted(set(range(0x21, 0x7F)) - set(b'"\\<')))
BITS = 13  # of a pair of signs, for 91 * 91 > 2 ** 13
LOT = BITS * 8192  # bytes turned at once: a whole number of pairs
_NUMBERS = np.arange(1 << BITS)
_SIGNS = np.frombuffer(SIGNS, np.uint8)
# both signs of a pair as they lie in memory
_PAIRS = _SIGNS[np.stack([_NUMBERS % len(SIGNS), _NUMBERS // len(SIGNS)], axis=1)].view(np.uint16)[:, 0]


def printable(raw: bytes) -> str:
    """Turn bytes into text, the lowest bits first, as `fromText` of the page's scripts reads it.

    Examples
    --------
    >>> printable(b""), printable(b"pvmap")
    ('', '-c-C%s!')
    """
    text = b"".join(_pairs(raw[first : first + LOT]) for first in range(0, len(raw), LOT))
    pairs, rest = divmod(8 * len(raw), BITS)
    # one sign is enough for 6 bits; of a second one the page would make a byte too many
    return text[: 2 * pairs + (0 if not rest else 1 if rest <= 6 else 2)].decode("ascii")


def _pairs(raw: bytes) -> bytes:
    """Pairs of signs, the last ones of the zeros that fill the bytes up."""
    full = raw.ljust(-(-len(raw) // BITS) * BITS, b"\0")
    parts = np.frombuffer(full, np.uint8).reshape(-1, BITS).T.astype(np.uint32)
    numbers = np.empty((parts.shape[1], 8), np.uint16)
    for pair in range(8):
        byte, bit = divmod(BITS * pair, 8)
        near = parts[byte] | parts[byte + 1] << 8
        if bit > 16 - BITS:
            near |= parts[byte + 2] << 16
        numbers[:, pair] = near >> bit & ((1 << BITS) - 1)
    return _PAIRS[numbers].tobytes()
