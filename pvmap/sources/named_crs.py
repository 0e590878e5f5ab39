"""The reference system that a GeoJSON file names: GDAL takes a name it does not know for WGS 84, without a word."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import IO

from pyproj import CRS
from pyproj.exceptions import CRSError

from pvmap.crs import WGS84
from pvmap.errors import InputError
from pvmap.settings.city import VectorInput
from pvmap.sources import archive

ENDINGS = (".geojson", ".json")
LOOKED_AT, CHUNK = 1 << 16, 1 << 20  # bytes: the name stands before or behind all features
NAMED = re.compile(rb'"crs"\s*:\s*(\{(?:[^{}]|\{[^{}]*\})*\})')
WGS84_WORDS = re.compile(r"WGS[ _]?(?:19)?84|CRS[ _:]?84|\b4326\b", re.I)


def require_known_crs(path: Path, inner: str, source: VectorInput, taken: CRS | None) -> None:
    """Make sure that coordinates taken for WGS 84 are not told to be of another reference system.

    Parameters
    ----------
    path, inner
        The file; its member that is meant where it is a zip, else empty.
    source
        Input of the city file; what it states as crs is believed.
    taken
        CRS that GDAL gives.

    Raises
    ------
    InputError
        The file names another system, which is not known.
    """
    if source.crs or taken is None or not _is_wgs84(taken) or not (inner or path.name).lower().endswith(ENDINGS):
        return
    with archive.opened(path, inner) if inner else open(path, "rb") as file:
        named = _named(file)
    if named is not None and not _means_wgs84(named):
        raise InputError(
            f"{source.path} names a CRS that is not known, {named!r}; state the one its coordinates are in as crs, and "
            "datum where they are shifted."
        )


def _named(file: IO[bytes]) -> str | None:
    """Name of the reference system in a GeoJSON file; None where it names none."""
    head = tail = file.read(LOOKED_AT)
    while more := file.read(CHUNK):  # a member of a zip has no way to its end but through it
        tail = (tail + more)[-LOOKED_AT:]
    for part in (head.partition(b'"features"')[0], tail.rpartition(b"]")[2]):
        if found := NAMED.search(part):
            try:
                about = json.loads(found[1])["properties"]
                named = next((about[key] for key in ("name", "code", "href") if key in about), None)
            except (ValueError, KeyError, TypeError):  # GDAL has taken it for none
                continue
            return None if named is None else str(named)
    return None


def _means_wgs84(name: str) -> bool:
    if WGS84_WORDS.search(name):
        return True
    try:
        return _is_wgs84(CRS.from_user_input(name))
    except CRSError:
        return False


def _is_wgs84(crs: CRS) -> bool:
    return bool(crs.equals(WGS84, ignore_axis_order=True))
