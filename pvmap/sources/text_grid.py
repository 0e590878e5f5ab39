"""A raster written as text must hold all its numbers: GDAL looks for a missing row in all before it, for ever."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from rasterio.io import DatasetReader

from pvmap.errors import InputError

HEADER_WORDS = 10  # the least there are: five names and their values
CHUNK_BYTES = 1 << 24


def require_whole(path: Path, file: DatasetReader, name: str) -> None:
    """Raise an InputError where an Arc/Info ASCII grid ends before its last number; other formats pass."""
    if file.driver != "AAIGrid":
        return
    state = path.stat()
    n_words = _words(path, state.st_mtime_ns, state.st_size)
    if n_words < file.width * file.height + HEADER_WORDS:
        raise InputError(
            f"{name} says {file.height:,} rows of {file.width:,} cells and ends before the last of them; "
            "fetch it again."
        )


@cache
def _words(path: Path, changed: int, size: int) -> int:
    """Count the words of a text, once a process and again when it has changed."""
    n_words, rest = 0, b""
    with path.open("rb") as text:
        while chunk := text.read(CHUNK_BYTES):
            words = (rest + chunk).split()
            cut = not chunk[-1:].isspace()
            rest = words.pop() if cut and words else b""
            n_words += len(words)
    return n_words + bool(rest)
