"""Tiles of terrain and land cover: the window out of one or many, seas between them, and hosts that fail."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import rasterio
from loopback import Reply, Server, door_to
from rasterio.io import MemoryFile
from rasterio.transform import from_origin

from pvmap.errors import FetchError
from pvmap.sources.remote.provider import Given, Window, Wish
from pvmap.sources.remote.tiles import COVER, TERRAIN, TileSet, corners, give_tiles

SHORE = Window(11.4, 57.5, 11.6, 57.6)


def tile(west: float, north: float, value: Callable[[np.ndarray, np.ndarray], np.ndarray], **more: object) -> bytes:
    """A tile of one degree in 200 cells a side, its values by longitude and latitude of the cells."""
    cells = int(more.pop("cells", 200))  # type: ignore[call-overload]
    span = float(more.pop("span", 1.0))  # type: ignore[arg-type]
    step = span / cells
    x, y = np.meshgrid(west + step * (np.arange(cells) + 0.5), north - step * (np.arange(cells) + 0.5))
    profile = {"crs": "EPSG:4326", "dtype": "float32", "transform": from_origin(west, north, step, step), **more}
    with MemoryFile() as memory:
        with memory.open(driver="GTiff", width=cells, height=cells, count=1, tiled=True, **profile) as file:
            file.write(value(x, y).astype(profile["dtype"]), 1)
        return memory.read()


def slope(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    return 1000.0 * x + y


def give(server: Server, tmp_path: Path, window: Window = SHORE, tiles: TileSet = TERRAIN) -> Given:
    path = tmp_path / "raster.tif"
    return give_tiles(tiles, Wish("terrain", window, path, door_to(server), {"files": server.url}))


def dem_route(name: str) -> str:
    return f"/Copernicus_DSM_COG_10_{name}_DEM/Copernicus_DSM_COG_10_{name}_DEM.tif"


def test_the_window_of_four_tiles_is_one_raster(server: Server, tmp_path: Path) -> None:
    for x in (11, 12):
        for y in (56, 57):
            server.routes[dem_route(f"N{y}_00_E0{x}_00")] = tile(x, y + 1, slope)
    given = give(server, tmp_path, Window(11.9, 56.95, 12.1, 57.05))
    with rasterio.open(tmp_path / "raster.tif") as file:
        values = file.read(1)
        rows, columns = np.indices(values.shape)
        x, y = file.xy(rows.ravel(), columns.ravel())
        assert np.allclose(values.ravel(), slope(np.array(x), np.array(y)), atol=0.01)
        assert file.bounds.left <= 11.6 and file.bounds.right >= 12.4  # far terrain shades too
    assert (given.crs, given.findings) == ("EPSG:4326", ())


def test_sea_has_no_tile_and_is_said(server: Server, tmp_path: Path) -> None:
    server.routes[dem_route("N57_00_E011_00")] = tile(11, 58, slope)
    given = give(server, tmp_path, Window(10.9, 57.5, 11.1, 57.6))
    assert "1 of 2 tiles do not exist" in given.findings[0].sentence()
    with rasterio.open(tmp_path / "raster.tif") as file:
        assert next(file.sample([(10.8, 57.5)]))[0] == 0.0
        assert next(file.sample([(11.2, 57.5)]))[0] > 11_000


def test_only_open_sea_is_a_gap(server: Server, tmp_path: Path) -> None:
    with pytest.raises(FetchError, match="has no terrain in this window"):
        give(server, tmp_path)
    assert not list(tmp_path.iterdir())


def test_a_tile_of_broader_cells_is_sampled(server: Server, tmp_path: Path) -> None:
    server.routes[dem_route("N57_00_E011_00")] = tile(11, 58, slope)
    server.routes[dem_route("N57_00_E012_00")] = tile(12, 58, slope, cells=100)
    give(server, tmp_path, Window(11.9, 57.5, 12.1, 57.6))
    with rasterio.open(tmp_path / "raster.tif") as file:
        assert next(file.sample([(12.2, 57.5)]))[0] == pytest.approx(slope(np.array(12.2), np.array(57.5)), abs=10.0)


def test_missing_cells_stay_what_nobody_says(server: Server, tmp_path: Path) -> None:
    cover = tile(9, 60, lambda x, y: np.where(x > 11.5, 50, 7), span=3.0, cells=300, dtype="uint8", nodata=7)
    server.routes["/v200/2021/map/ESA_WorldCover_10m_2021_v200_N57E009_Map.tif"] = cover
    give(server, tmp_path, tiles=COVER)
    with rasterio.open(tmp_path / "raster.tif") as file:
        assert set(np.unique(file.read(1))) == {0, 50}


def test_only_the_window_is_asked_for(server: Server, tmp_path: Path) -> None:
    content = tile(9, 60, lambda x, y: x * y, span=3.0, cells=1500)
    server.routes["/v200/2021/map/ESA_WorldCover_10m_2021_v200_N57E009_Map.tif"] = content
    give(server, tmp_path, tiles=COVER)
    asked = [ask.headers["Range"][6:].split("-") for ask in server.asked]
    assert sum(int(last) - int(first) for first, last in asked) < 0.4 * len(content)


@pytest.mark.parametrize("first", [Reply(b"", 503), Reply(b"", 429, {"Retry-After": "1"})])
def test_a_host_that_recovers(server: Server, tmp_path: Path, first: Reply) -> None:
    server.routes[dem_route("N57_00_E011_00")] = [first, tile(11, 58, slope)]
    assert give(server, tmp_path).rows > 0


def test_a_host_without_ranges_sends_the_whole_tile(server: Server, tmp_path: Path) -> None:
    server.routes[dem_route("N57_00_E011_00")] = Reply(tile(11, 58, slope), ranges=False)
    assert give(server, tmp_path).rows > 0
    assert [path.name for path in tmp_path.iterdir()] == ["raster.tif"]


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (tile(11, 58, slope)[:3000], "cannot be read as a raster"),
        (b"<html>too many requests" * 20, "cannot be read as a raster"),
        (tile(11, 58, slope, crs="EPSG:3857"), "is not in degrees"),
        (Reply(b"", 403), "answers 403"),
        (Reply(b"", 500), "3 tries"),
    ],
)
def test_faults_of_a_tile_are_one_sentence(server: Server, tmp_path: Path, answer: Reply | bytes, says: str) -> None:
    server.routes[dem_route("N57_00_E011_00")] = answer
    with pytest.raises(FetchError, match=says):
        give(server, tmp_path)
    assert not (tmp_path / "raster.tif").exists()


def test_corners_west_of_greenwich_and_south_of_the_equator() -> None:
    assert corners(Window(-0.2, -0.1, 0.1, 0.1), 3) == [(-3, 0), (0, 0), (-3, -3), (0, -3)]
