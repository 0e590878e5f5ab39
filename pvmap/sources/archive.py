"""A vector file in a zip: which of its members is meant, and how GDAL reaches it where it lies.

A zip is foreign text and foreign sizes: its members' names are never made into paths of ours, and one that unpacks to
far more than it holds is refused before anything is unpacked.
"""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO

from pvmap.errors import InputError
from pvmap.settings.city import VectorInput

VECTORS = (".shp", ".gpkg", ".geojson", ".json", ".geojsonl", ".fgb", ".gml", ".kml", ".tab", ".mif", ".dxf")
ALARMING_RATIO, ALARMING_BYTES = 100, 1 << 28  # tables of blanks shrink thirtyfold, and small bombs do no harm
MOST_MEMBERS = 10_000
# What reading a damaged member raises; RuntimeError: it is encrypted, or packed in an unknown way
READ = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # other programs have more methods: bzip2, LZMA, Deflate64
ZIP_ERRORS = (zipfile.BadZipFile, zlib.error, struct.error, OSError, EOFError, RuntimeError, ValueError)


def member(path: Path, source: VectorInput) -> str:
    """Return the name of the one vector file in a zip (`layer` picks among several by name).

    Raises
    ------
    InputError
        It is no zip, holds none or several, is encrypted, unpacks to far more than it holds, or has a name that leads
        out of it.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            every = [one for one in archive.infolist() if not one.filename.startswith("__MACOSX/")]
    except ZIP_ERRORS:
        raise InputError(f"{source.path} is not a zip file that can be read; fetch it again.") from None
    names = [one.filename for one in every]
    inner = [n for n in names if n.lower().endswith(VECTORS)]
    if len(inner) > 1 and source.layer:
        inner = [n for n in inner if PurePosixPath(n).stem == source.layer] or inner
    if len(inner) != 1:
        raise InputError(
            f"{source.path} holds {len(inner)} vector files ({', '.join((inner or names)[:5])}); "
            "name one by layer, or unpack the file and name the one you mean."
        )
    stem = inner[0].rsplit(".", 1)[0] + "."
    _refuse_odd(source, [one for one in every if one.filename.startswith(stem)], len(every))
    return inner[0]


def gdal_path(path: Path, inner: str) -> str:
    """Path by which GDAL reaches a member; the braces tell where the zip's own path ends."""
    return f"/vsizip/{{{path.resolve().as_posix()}}}/{inner}"


@contextmanager
def opened(path: Path, inner: str) -> Iterator[IO[bytes]]:
    """Open a member for reading.

    Raises
    ------
    InputError
        It cannot be unpacked.
    """
    try:
        with zipfile.ZipFile(path) as archive, archive.open(inner) as file:
            yield file
    except ZIP_ERRORS as error:
        raise InputError(f"{path}: its member {inner} cannot be unpacked ({error}); fetch it again.") from None


def content(path: Path, inner: str, ending: str) -> bytes | None:
    """Content of the member that has the stem of `inner` and another ending, whatever its letters; None without one."""
    wanted = (inner.rsplit(".", 1)[0] + ending).casefold()
    with zipfile.ZipFile(path) as archive:
        found = next((name for name in archive.namelist() if name.casefold() == wanted), None)
    if found is None:
        return None
    with opened(path, found) as file:
        return file.read()


def _refuse_odd(source: VectorInput, parts: list[zipfile.ZipInfo], n_members: int) -> None:
    """Refuse a dataset in a zip that is not what it seems."""
    for one in parts:
        name = PurePosixPath(one.filename)
        if name.is_absolute() or ".." in name.parts or "\\" in one.filename or ":" in one.filename:
            raise InputError(f"{source.path}: its member {one.filename!r} leads out of the zip; unpack it with care.")
        if one.flag_bits & 1:
            raise InputError(f"{source.path} is encrypted; unpack it and name the file that was in it.")
        if one.compress_type not in READ:
            raise InputError(
                f"{source.path} is packed in a way that GDAL does not read; unpack it and name the file that was in it."
            )
    unpacked, packed = sum(one.file_size for one in parts), sum(one.compress_size for one in parts)
    bomb = unpacked > ALARMING_BYTES and unpacked > ALARMING_RATIO * packed
    if bomb or n_members > MOST_MEMBERS:
        raise InputError(
            f"{source.path} unpacks to {unpacked / 1e6:,.0f} MB out of {packed / 1e6:,.1f} MB in {n_members} members, "
            "which data do not; unpack it yourself if you trust it."
        )
