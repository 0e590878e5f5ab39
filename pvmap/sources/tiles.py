"""One raster in many files: which files they are, that they fit each other, and how they are read as one.

GDAL reads them through a list of tiles that is written here (its VRT, in memory only), so that a window opens no
other file than those it touches, and everything that holds for one file holds for many.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple
from xml.sax.saxutils import escape

import numpy as np
from affine import Affine
from pyproj import CRS
from rasterio.enums import ColorInterp, MaskFlags
from rasterio.io import DatasetReader
from rasterio.transform import array_bounds

from pvmap.errors import InputError
from pvmap.opening import PUT_IT_THERE, matching, regular
from pvmap.settings.city import RasterInput
from pvmap.sources.companions import raster_files, root_of
from pvmap.sources.gdal_door import opened_raster, opened_tiles
from pvmap.sources.height_unit import across, metres, stated, to_metres

LIST = "<VRTDataset"
SAME_SIZE = 1e-6  # relative: text formats round the size of a cell
SAME_LATTICE = 0.05  # of a cell: what rounding makes of a corner, and no height moves visibly

_States = tuple[tuple[Path, int, int], ...]


class _Tile(NamedTuple):
    """A file as the list of tiles names it; `crs` is its own, as WKT."""

    path: Path
    crs: str
    transform: Affine
    width: int
    height: int
    nodata: float | None
    scale: float
    offset: float
    masked: bool


def raster_paths(source: RasterInput, raw: Path) -> list[Path]:
    """Files that a raster input names, those of a pattern by name, without what only lies beside one of them.

    Raises
    ------
    ConfigError
        A pattern leads out of the raw folder.
    InputError
        Nothing matches a pattern, or something that does is no regular file.
    """
    found: dict[Path, None] = {}
    for named in source.paths:
        matched = matching(raw, named)
        found |= dict.fromkeys(matched if len(matched) == 1 else _no_companions(_states(matched), raw))
    return list(found)


@contextmanager
def opened(source: RasterInput, raw: Path) -> Iterator[DatasetReader]:
    """Open a raster input, whether it is one file or many.

    Heights of many files are in metres already, NaN where none of them has one; of files that overlap, the one named
    first counts where it has a value.

    Raises
    ------
    InputError
        A file is missing, unreadable, has more than one band of values or no place; or the files do not fit together.
    """
    paths = raster_paths(source, raw)
    name, remedy = _told(paths[0], source, raw)
    if len(paths) == 1:
        with _opened_one(paths[0], raw, name, remedy) as file:
            yield file
        return
    with opened_tiles(_listed(_states(paths, remedy), raw, source.crs, source.nodata), source.path) as file:
        yield file


def missing_in(file: DatasetReader, source: RasterInput) -> float | None:
    """Value that means missing in an input as `opened` gives it: many files are rid of their own already."""
    return file.nodata if source.nodata is None or file.name.startswith(LIST) else source.nodata


def first_nodata(source: RasterInput, raw: Path) -> float | None:
    """Value that means missing in the input's first file."""
    path = raster_paths(source, raw)[0]
    with _opened_one(path, raw, str(path), PUT_IT_THERE) as file:
        return None if file.nodata is None else float(file.nodata)


class Unit(NamedTuple):
    """What a raster says of the unit of its heights.

    Attributes
    ----------
    stated
        As the file states it, empty where it does not.
    metres
        In it; None where it is not stated, or not known.
    across
        Unit of the coordinates where that is a foot, else empty.
    """

    stated: str
    metres: float | None
    across: str


def units(source: RasterInput, raw: Path) -> list[Unit]:
    """Tell what the files of an input say of the unit of their heights, each answer once."""
    found: dict[Unit, None] = {}
    for path in raster_paths(source, raw):
        with _opened_one(path, raw, *_told(path, source, raw)) as file:
            found[Unit(stated(file), metres(file), across(file))] = None
    return list(found)


def factors(file: DatasetReader) -> tuple[float, float]:
    """Give factor and summand to metres of an input as `opened` gives it: many files are in metres already."""
    return (1.0, 0.0) if file.name.startswith(LIST) else to_metres(file)


def _told(path: Path, source: RasterInput, raw: Path) -> tuple[str, str]:
    """Name a file as the city file does, and say where to get it: one fault is one sentence, wherever it is met."""
    named = isinstance(source.path, str) and path == raw / source.path
    remedy = f"it is to be had from {source.origin}" if source.origin else PUT_IT_THERE
    return str(source.path) if named else str(path), remedy


@contextmanager
def _opened_one(path: Path, raw: Path, name: str, remedy: str) -> Iterator[DatasetReader]:
    regular(path, remedy)
    with opened_raster(path, root_of(path, raw), name) as file:
        bands = sum(meaning != ColorInterp.alpha for meaning in file.colorinterp)
        if bands != 1:
            raise InputError(f"{name} has {bands} bands; a raster of elevations has one.")
        if file.transform.is_identity:
            raise InputError(f"{name} does not say where it lies; give it a world file or a GeoTIFF.")
        _require_place(file, name)
        yield file


def _require_place(file: DatasetReader, name: str) -> None:
    """Make sure that a raster's cells have an area, and its corners finite coordinates."""
    with np.errstate(all="ignore"):  # a spoilt file may say anything
        corners = array_bounds(file.height, file.width, file.transform)
        sound = np.isfinite(corners).all() and abs(np.float64(file.transform.determinant)) > 0
    if not sound:
        said = ", ".join(f"{one:g}" for one in file.transform.to_gdal())
        raise InputError(f"{name} lies nowhere: its georeference ({said}) is no grid; write the file anew.")


def _states(paths: list[Path], remedy: str = PUT_IT_THERE) -> _States:
    """Files and what tells that one of them has changed."""
    known = ((path, regular(path, remedy).stat()) for path in paths)
    return tuple((path, state.st_mtime_ns, state.st_size) for path, state in known)


@lru_cache(maxsize=16)
def _no_companions(states: _States, raw: Path) -> tuple[Path, ...]:
    """Drop what only lies beside another of these files; looked at once a process, as `_listed`."""
    beside = {one for path, _, _ in states for one in raster_files(path, root_of(path, raw))[1:]}
    return tuple(path for path, _, _ in states if path not in beside)


@lru_cache(maxsize=16)
def _listed(states: _States, raw: Path, crs: str, nodata: float | None) -> str:
    """Write the list of tiles, once a process and again when one of them has changed."""
    tiles = []
    for path, _, _ in states:
        with _opened_one(path, raw, str(path), PUT_IT_THERE) as file:
            own = file.crs.to_wkt() if file.crs is not None else ""
            missing = nodata if nodata is not None else file.nodata
            masked = MaskFlags.per_dataset in file.mask_flag_enums[0]
            if ColorInterp.alpha in file.colorinterp and not masked:  # GDAL masks by alpha in whole numbers only
                raise InputError(
                    f"{path} marks what is missing by an alpha band; write it with a nodata value to read it as one of "
                    "many files."
                )
            size = file.transform, file.width, file.height
            tiles.append(_Tile(path, own, *size, missing, *to_metres(file), masked))
    for tile in tiles[1:]:
        _require_fit(tile, tiles[0], bool(crs))
    return _as_vrt(tiles)


def _require_fit(tile: _Tile, first: _Tile, crs_stated: bool) -> None:
    """Raise the sentence on a file that does not fit the first one."""
    if not crs_stated and tile.crs != first.crs:
        own, other = (_crs_name(one.crs) for one in (tile, first))
        if not (tile.crs and first.crs and CRS.from_wkt(tile.crs).equals(CRS.from_wkt(first.crs), True)):
            raise InputError(
                f"{tile.path} is in {own} and {first.path.name} in {other}; files of one raster share a CRS: warp one "
                "onto the other's cells."
            )
    here, there = tile.transform, first.transform
    if any(one.b or one.d for one in (here, there)):
        raise InputError(f"{tile.path} or {first.path.name} is rotated; warp both north up to read them as one.")
    if not np.allclose((here.a, here.e), (there.a, there.e), rtol=SAME_SIZE, atol=0.0):
        raise InputError(
            f"{tile.path} has cells of {here.a:.9g} x {-here.e:.9g} and {first.path.name} of {there.a:.9g} x "
            f"{-there.e:.9g}; files of one raster share the size of their cells: warp one onto the other's cells."
        )
    shift = np.array(_place(tile, first))
    off = float(np.abs(shift - np.round(shift)).max())
    if off > SAME_LATTICE:
        raise InputError(
            f"{tile.path} lies {off:.2g} of a cell beside the cells of {first.path.name}; warp one onto the other's "
            "cells."
        )


def _crs_name(wkt: str) -> str:
    return CRS.from_wkt(wkt).name if wkt else "no stated CRS"


def _place(tile: _Tile, first: _Tile) -> tuple[float, float]:
    """Columns and rows from the first file's corner to the tile's."""
    to = first.transform
    return (tile.transform.c - to.c) / to.a, (tile.transform.f - to.f) / to.e


def _as_vrt(tiles: list[_Tile]) -> str:
    """Write GDAL's list of tiles, the first last: what comes later lies above."""
    first = tiles[0]
    corners = np.round([_place(tile, first) for tile in tiles]).astype(int)
    origin = corners.min(axis=0)
    width, height = (corners - origin + [(tile.width, tile.height) for tile in tiles]).max(axis=0)
    transform = first.transform @ Affine.translation(*origin)
    sources = [_as_source(tile, *(corner - origin)) for tile, corner in zip(tiles, corners, strict=True)]
    return (
        f'{LIST} rasterXSize="{width}" rasterYSize="{height}"><SRS>{escape(first.crs)}</SRS>'
        f"<GeoTransform>{', '.join(map(repr, map(float, transform.to_gdal())))}</GeoTransform>"
        '<VRTRasterBand dataType="Float64" band="1"><NoDataValue>nan</NoDataValue>'
        f"{''.join(reversed(sources))}</VRTRasterBand></VRTDataset>"
    )


def _as_source(tile: _Tile, column: int, row: int) -> str:
    size = f'xSize="{tile.width}" ySize="{tile.height}"'
    missing = "" if tile.nodata is None else f"<NODATA>{float(tile.nodata)!r}</NODATA>"
    return (
        f'<ComplexSource><SourceFilename relativeToVRT="0">{escape(str(tile.path.absolute()))}</SourceFilename>'
        f'<SourceBand>1</SourceBand><SourceProperties RasterXSize="{tile.width}" RasterYSize="{tile.height}"/>'
        f'<SrcRect xOff="0" yOff="0" {size}/><DstRect xOff="{column}" yOff="{row}" {size}/>'
        f"<ScaleOffset>{tile.offset!r}</ScaleOffset><ScaleRatio>{tile.scale!r}</ScaleRatio>"
        f"{'<UseMaskBand>true</UseMaskBand>' if tile.masked else ''}{missing}</ComplexSource>"
    )
