"""A raster written as text must hold all its numbers, and nothing else.

GDAL looks for a missing row in all before it, for ever, and takes a word that is no number for 0.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

from rasterio.io import DatasetReader

from pvmap.errors import InputError

HEADER_WORDS = 10  # the least there are: five names and their values
CHUNK_BYTES = 1 << 24
HEADER_NAMES = re.compile(rb"ncols|nrows|[xy]ll(corner|center)|cellsize|d[xy]|nodata(_value)?", re.I)
NO_VALUE = re.compile(rb"\b(nan|inf|infinity|1\.#(qnan|snan|ind|inf))\b", re.I)
SIGNS = b"0123456789+-.,eE "


class _Words(NamedTuple):
    number: int
    foreign: bytes


def require_whole(path: Path, file: DatasetReader, name: str) -> None:
    """Raise an InputError where an Arc/Info ASCII grid ends early or holds more than numbers; other formats pass."""
    if file.driver != "AAIGrid":
        return
    state = path.stat()
    words = _words(path, state.st_mtime_ns, state.st_size)
    if words.foreign:
        raise InputError(f"{name} holds {words.foreign!r} between its numbers; export it again, or fetch it anew.")
    if words.number < file.width * file.height + HEADER_WORDS:
        raise InputError(
            f"{name} says {file.height:,} rows of {file.width:,} cells and ends before the last of them; "
            "fetch it again."
        )


@cache
def _words(path: Path, changed: int, size: int) -> _Words:
    """Count the words of a text and find what is no number, once a process and again when it has changed."""
    n_words, rest, foreign, header = 0, b"", b"", True
    with path.open("rb") as text:
        while chunk := text.read(CHUNK_BYTES):
            words = (rest + chunk).split()
            cut = not chunk[-1:].isspace()
            rest = words.pop() if cut and words else b""
            n_words += len(words)
            first = 0
            while header and HEADER_NAMES.fullmatch(words[first] if first < len(words) else b""):
                first += 2
            header = False
            foreign = foreign or _no_numbers(words[first:])
    return _Words(n_words + bool(rest), foreign or _no_numbers([rest]))


def _no_numbers(words: list[bytes]) -> bytes:
    return NO_VALUE.sub(b"", b" ".join(words)).translate(None, SIGNS)[:20]
