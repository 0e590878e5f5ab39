"""Rasters that lie in tiles of whole degrees: terrain, land cover, canopy. Of each tile only the window is read.

GDAL reads through a file of ours, which asks by way of the door; a host that sends whole files only gets asked for the
whole tile.
"""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, NamedTuple

import numpy as np
import rasterio
from rasterio.errors import RasterioError
from rasterio.io import DatasetReader
from rasterio.transform import from_origin
from rasterio.windows import Window as Cells
from rasterio.windows import from_bounds

from pvmap import disk
from pvmap.errors import FetchError
from pvmap.findings import finding
from pvmap.opening import reason_of
from pvmap.sources import gdal_door
from pvmap.sources.remote.answers import NotThere
from pvmap.sources.remote.provider import Given, Provider, Window, Wish, nothing_here
from pvmap.sources.remote.transfer import NoRanges, RangedFile, download

FAR_TERRAIN_DEG = 0.3  # some 30 km, as far as terrain shades
MOST_BYTES = 1 << 30  # of one tile
MOST_CELLS = 1 << 28


@dataclass(frozen=True)
class TileSet:
    """Where a raster lies and what it says where it says nothing.

    Attributes
    ----------
    base
        Name of its address.
    step_deg
        Width of a tile, a divisor of 90.
    path
        Path of a tile by the longitude and latitude of its south-west corner.
    sea
        Value of cells that no tile holds.
    margin_deg
        How much more than the window is wanted.
    cells_per_deg, cell_bytes
        How fine it is, and what a cell takes before it is packed.
    """

    base: str
    step_deg: int
    path: Callable[[int, int], str]
    sea: float
    margin_deg: float = 0.0
    cells_per_deg: int = 12_000
    cell_bytes: int = 1


class _Grid(NamedTuple):
    """Cells of the answer: the outer corner in the north-west, their size, and how many."""

    west: float
    north: float
    dx: float
    dy: float
    columns: int
    rows: int


def corners(window: Window, step: int) -> list[tuple[int, int]]:
    """South-west corners of the tiles that meet a window, from north to south and west to east.

    Examples
    --------
    >>> corners(Window(118.9, 31.5, 119.2, 32.1), 1)
    [(118, 32), (119, 32), (118, 31), (119, 31)]
    """
    xs = range(step * math.floor(window.west / step), math.floor(window.east) + 1, step)
    ys = range(step * math.floor(window.south / step), math.floor(window.north) + 1, step)
    return [(x, y) for y in reversed(ys) for x in xs if x < 180 and y < 90]


def degrees(x: int, y: int, form: str) -> str:
    """Write a corner as names of tiles do.

    Examples
    --------
    >>> degrees(-9, 38, "{ns}{y:02d}_00_{ew}{x:03d}_00"), degrees(119, -3, "{ns}{y:02d}{ew}{x:03d}")
    ('N38_00_W009_00', 'S03E119')
    """
    return form.format(ns="N" if y >= 0 else "S", ew="E" if x >= 0 else "W", x=abs(x), y=abs(y))


def size_of(tiles: TileSet, wish: Wish) -> float:
    """Bytes of the window's cells: those that come are packed, and fewer."""
    west, south, east, north = wish.window.widened(tiles.margin_deg)
    return (east - west) * (north - south) * tiles.cells_per_deg**2 * tiles.cell_bytes


def give_tiles(tiles: TileSet, wish: Wish) -> Given:
    """Give the window of a raster; see `provider.Provider.give`."""
    window = wish.window.widened(tiles.margin_deg)
    grid: _Grid | None = None
    values = np.empty((0, 0))
    asked, found = corners(window, tiles.step_deg), 0
    for number, corner in enumerate(asked):
        wish.progress(number, len(asked))
        url = f"{wish.bases[tiles.base]}/{tiles.path(*corner)}"
        with contextlib.suppress(NotThere), _opened(wish, url) as file:
            if grid is None:
                grid = _grid(file, window, url)
                values = np.full((grid.rows, grid.columns), tiles.sea, file.dtypes[0])
            _paste(file, grid, values)
            found += 1
    if grid is None:
        raise nothing_here(wish, "The raster")
    _write(wish.path, grid, values)
    missing = len(asked) - found
    told = finding(
        "fetched-tiles-absent", layer=wish.path.name, count=missing, total=len(asked), value=f"{tiles.sea:g}"
    )
    first = f"{wish.bases[tiles.base]}/{tiles.path(*asked[0])}"
    return Given({wish.path: first}, values.size, "EPSG:4326", findings=(told,) if missing else ())


@contextlib.contextmanager
def _opened(wish: Wish, url: str) -> Iterator[DatasetReader]:
    """Open a tile, by pieces where the host allows it."""
    whole = wish.path.with_name(f"{wish.path.stem}.{url.rsplit('/', 1)[1].rpartition('=')[2]}")
    with contextlib.ExitStack() as stack:
        source: RangedFile | BinaryIO
        try:
            source = RangedFile(wish.door, url, MOST_BYTES)
        except NoRanges:
            download(wish.door, url, whole, most_bytes=MOST_BYTES, progress=wish.progress)
            stack.callback(disk.remove, whole)
            source = stack.enter_context(open(whole, "rb"))
        try:
            with gdal_door.opened_stream(source) as file:
                if file.crs is None or not file.crs.is_geographic or file.count < 1:
                    raise FetchError(f"{url} is not in degrees; see for a newer pvmap.")
                yield file
        except RasterioError as error:
            if (fault := getattr(source, "fault", None)) is not None:
                raise fault from None
            raise FetchError(f"{url} cannot be read as a raster: {reason_of(error)}; try again later.") from None


def _grid(file: DatasetReader, window: Window, url: str) -> _Grid:
    """Cells of a tile's size that cover the window, laid as the tile's are."""
    dx, dy = file.transform.a, -file.transform.e
    if not (dx > 0 and dy > 0):
        raise FetchError(f"{url} does not lie north up; see for a newer pvmap.")
    west = file.bounds.left + math.floor((window.west - file.bounds.left) / dx) * dx
    north = file.bounds.top - math.floor((file.bounds.top - window.north) / dy) * dy
    columns, rows = math.ceil((window.east - west) / dx), math.ceil((north - window.south) / dy)
    if columns * rows > MOST_CELLS:
        raise FetchError(f"The window holds {columns} x {rows} cells of it; fetch a smaller one.")
    return _Grid(west, north, dx, dy, max(columns, 1), max(rows, 1))


def _paste(file: DatasetReader, grid: _Grid, values: np.ndarray) -> None:
    """Put a tile's cells where they belong; tiles of other cells are sampled."""
    box = file.bounds
    first, last = (_clip((x - grid.west) / grid.dx, grid.columns) for x in (box.left, box.right))
    top, bottom = (_clip((grid.north - y) / grid.dy, grid.rows) for y in (box.top, box.bottom))
    if last <= first or bottom <= top:
        return
    edges = (
        grid.west + first * grid.dx,
        grid.north - bottom * grid.dy,
        grid.west + last * grid.dx,
        grid.north - top * grid.dy,
    )
    cells = from_bounds(*edges, transform=file.transform).intersection(Cells(0, 0, file.width, file.height))
    read = file.read(1, window=cells, out_shape=(bottom - top, last - first))
    missing = np.zeros(read.shape, bool) if file.nodata is None else read == file.nodata
    if np.issubdtype(read.dtype, np.floating):
        missing |= ~np.isfinite(read)
    values[top:bottom, first:last] = np.where(missing, values[top:bottom, first:last], read)


def _clip(edge: float, most: int) -> int:
    return min(max(round(edge), 0), most)


def _write(path: Path, grid: _Grid, values: np.ndarray) -> None:
    profile = {
        "driver": "GTiff", "width": grid.columns, "height": grid.rows, "count": 1, "dtype": values.dtype,
        "crs": "EPSG:4326", "transform": from_origin(grid.west, grid.north, grid.dx, grid.dy),
        "compress": "deflate", "tiled": True, "blockxsize": 256, "blockysize": 256,
    }  # fmt: skip

    def fill(temporary: Path) -> None:
        with rasterio.open(temporary, "w", **profile) as file:
            file.write(values, 1)

    disk.write_atomically(path, fill)


def _dem_path(x: int, y: int) -> str:
    name = degrees(x, y, "Copernicus_DSM_COG_10_{ns}{y:02d}_00_{ew}{x:03d}_00_DEM")
    return f"{name}/{name}.tif"


def _cover_path(x: int, y: int) -> str:
    return degrees(x, y, "v200/2021/map/ESA_WorldCover_10m_2021_v200_{ns}{y:02d}{ew}{x:03d}_Map.tif")


def _canopy_path(x: int, y: int) -> str:
    name = degrees(x, y, "ETH_GlobalCanopyHeight_10m_2020_{ns}{y:02d}{ew}{x:03d}_Map.tif")
    return f"index.php/s/cO8or7iOe5dT2Rt/download?path=%2F3deg_cogs&files={name}"


TERRAIN = TileSet("files", 1, _dem_path, 0.0, FAR_TERRAIN_DEG, cells_per_deg=3600, cell_bytes=4)
COVER = TileSet("files", 3, _cover_path, 0)
HEIGHT_OF_TREES = TileSet("files", 3, _canopy_path, 255)

GLO30 = Provider(
    "glo30",
    ("terrain",),
    "Copernicus DEM licence",
    "produced using Copernicus WorldDEM-30 © DLR e.V. 2010-2014 and © Airbus Defence and Space GmbH 2014-2018 provided "
    "under COPERNICUS by the European Union and ESA; all rights reserved",
    {"files": "https://copernicus-dem-30m.s3.amazonaws.com"},
    lambda wish: give_tiles(TERRAIN, wish),
    shared=True,
    size=lambda wish: size_of(TERRAIN, wish),
)
WORLDCOVER = Provider(
    "worldcover",
    ("land_cover",),
    "CC BY 4.0",
    "© ESA WorldCover project 2021 / Contains modified Copernicus Sentinel data (2021) processed by ESA WorldCover "
    "consortium",
    {"files": "https://esa-worldcover.s3.eu-central-1.amazonaws.com"},
    lambda wish: give_tiles(COVER, wish),
    shared=True,
    size=lambda wish: size_of(COVER, wish),
)
ETH_CANOPY = Provider(
    "eth_canopy",
    ("canopy",),
    "CC BY 4.0",
    "Lang, Jetz, Schindler & Wegner (2023), ETH Global Canopy Height 2020",
    {"files": "https://libdrive.ethz.ch"},
    lambda wish: give_tiles(HEIGHT_OF_TREES, wish),
    size=lambda wish: size_of(HEIGHT_OF_TREES, wish),
)
