"""Formats that may hold queries, or names of other files, in the place of data: only a file's own data is read.

A view of a GeoPackage is a query that runs while it is read, for ever if it likes; a MapInfo table may be a view of
others, or name the file of its columns anywhere on the disk. What such a layer holds is not in the file that counts as
the input.
"""

from __future__ import annotations

import contextlib
import functools
import re
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from urllib.parse import quote

from pvmap import disk
from pvmap.errors import InputError
from pvmap.opening import SQLITE, read_bytes
from pvmap.settings.city import VectorInput
from pvmap.sources import archive

STANDARD_VIEWS = {"st_geometry_columns", "st_spatial_ref_sys"}  # of old GeoPackages; GDAL never looks at them
OTHER_TABLES = re.compile(r'^\s*(?:open\s+table|create\s+view)\b|"\\?isseamless"\s*=\s*"true"', re.I | re.M)
COLUMNS_FILE = re.compile(r'^\s*file\s+"([^"]*)"', re.I | re.M)


def require_own_data(path: Path, inner: str, source: VectorInput) -> None:
    """Make sure that what a file holds lies in it, and is no query.

    Parameters
    ----------
    path, inner
        The file; its member that is meant where it is a zip, else empty.
    source
        Input of the city file, for the sentence.

    Raises
    ------
    InputError
        It holds a view, or its columns lie in another file.
    """
    if path.is_dir():  # a geodatabase holds no views that GDAL would run
        return
    if (inner or path.name).lower().endswith(".tab"):
        content = archive.content(path, inner, ".tab") if inner else read_bytes(path)
        _refuse_other_tables(content or b"", PurePosixPath(inner or path.name).stem, source)
        return
    with archive.opened(path, inner) if inner else open(path, "rb") as file:
        if file.read(len(SQLITE)) != SQLITE:
            return
    with _unpacked(path, inner) as database:
        _refuse_views(database, source)


@contextlib.contextmanager
def _unpacked(path: Path, inner: str) -> Iterator[Path]:
    """Give the database as a file of its own."""
    if not inner:
        yield path
        return
    with disk.scratch() as folder:
        plain = folder / "x"
        with archive.opened(path, inner) as member, plain.open("wb") as out:
            shutil.copyfileobj(member, out)
        yield plain


def _refuse_views(path: Path, source: VectorInput) -> None:
    log = path.with_name(path.name + "-wal")
    still = "" if log.is_file() and log.stat().st_size else "&immutable=1"  # leaves no file of SQLite's beside it
    try:
        place = f"file:{quote(str(path.absolute()))}?mode=ro{still}"
        with contextlib.closing(sqlite3.connect(place, uri=True)) as file:
            file.text_factory = functools.partial(str, encoding="utf-8", errors="replace")
            views = {name for (name,) in file.execute("SELECT name FROM sqlite_master WHERE type = 'view'")}
    except (sqlite3.Error, UnicodeDecodeError):  # damaged, as its message may be: told by whoever reads it
        return
    if queries := sorted(views - STANDARD_VIEWS):  # GDAL looks into each while it lists the layers
        raise InputError(
            f"{source.path}: {queries[0]!r} in it is a view, a query that would run; save its rows as a layer of their "
            "own, and drop the view."
        )


def _refuse_other_tables(content: bytes, stem: str, source: VectorInput) -> None:
    text = content.decode("latin-1")
    named = COLUMNS_FILE.findall(text)
    elsewhere = [one for one in named if set(one) & set("/\\:") or Path(one).stem.casefold() != stem.casefold()]
    if elsewhere or OTHER_TABLES.search(text):
        raise InputError(f"{source.path} names other tables or files; export the layer as one table of its own.")
