"""Heights of buildings from surface and ground models: made-up squares, and Göteborg as its source describes it."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import rasterio
import shapely
from affine import Affine

from pvmap.settings.city import RasterInput, SurfaceInput, VectorInput
from pvmap.settings.surface_model import SurfaceModelSettings
from pvmap.sources.surface_model import heights_above_ground, look_over, square_side_m, squares
from pvmap.sources.vector import read_vector

WEST, NORTH, SIZE = 450_900.0, 3_564_100.0, 200  # across a corner of four squares
RULES = SurfaceModelSettings()


def write(path: Path, values: np.ndarray, cell_m: float = 1.0) -> SurfaceInput:
    transform = Affine(cell_m, 0, WEST, 0, -cell_m, NORTH)
    rows, columns = values.shape
    profile = {"count": 1, "dtype": "float32", "crs": "EPSG:4549", "transform": transform, "nodata": -9999.0}
    with rasterio.open(path, "w", driver="GTiff", height=rows, width=columns, **profile) as file:
        file.write(np.where(np.isnan(values), -9999.0, values).astype("float32"), 1)
    return SurfaceInput(path=path.name)


def ground() -> np.ndarray:
    """A slope of 5 m that falls to the east."""
    return np.broadcast_to(np.linspace(25.0, 20.0, SIZE), (SIZE, SIZE)).copy()


def block(east: float, south: float, side: float = 20.0) -> shapely.Polygon:
    """Square with its north-western corner so far from the models' corner."""
    return shapely.box(WEST + east, NORTH - south - side, WEST + east + side, NORTH - south)


def series(*polygons: shapely.Polygon) -> gpd.GeoSeries:
    return gpd.GeoSeries(list(polygons), crs=4549)


def test_height_is_the_median_above_the_ground(tmp_path: Path) -> None:
    surface = ground()
    surface[40:60, 90:110] += 12.0  # over the edge of two squares of the lattice
    surface[44:46, 95:97] += 3.0  # a lift house moves no median
    surface[100:120, 20:40] += 7.0
    dsm, dem = write(tmp_path / "dsm.tif", surface), write(tmp_path / "dem.tif", ground())
    buildings = series(block(90, 40), block(20, 100), block(150, 150))
    height = heights_above_ground(buildings, dsm, dem, tmp_path, RULES)
    assert height[:2] == pytest.approx([12.0, 7.0], abs=1e-4)
    assert np.isnan(height[2])  # nothing stands there
    assert look_over(buildings, dsm, tmp_path)[:2] == (0, 1200)


def test_a_coarse_ground_model_is_brought_to_the_cells_of_the_surface(tmp_path: Path) -> None:
    surface = ground()
    surface[40:60, 90:110] += 12.0
    coarse = ground().reshape(20, 10, 20, 10).mean(axis=(1, 3))
    dsm, dem = write(tmp_path / "dsm.tif", surface), write(tmp_path / "dem.tif", coarse, 10.0)
    assert heights_above_ground(series(block(90, 40)), dsm, dem, tmp_path, RULES) == pytest.approx([12.0], abs=0.05)


@pytest.mark.parametrize(("covered", "known"), [(0.6, True), (0.4, False)])
def test_too_little_of_a_roof_tells_no_height(tmp_path: Path, covered: float, known: bool) -> None:
    surface = ground() + 9.0
    surface[40 : 40 + round(20 * (1 - covered)), 90:110] = np.nan
    dsm, dem = write(tmp_path / "dsm.tif", surface), write(tmp_path / "dem.tif", ground())
    height = heights_above_ground(series(block(90, 40)), dsm, dem, tmp_path, RULES)
    assert np.isfinite(height[0]) == known
    assert look_over(series(block(90, 40)), dsm, tmp_path)[:2] == (round(400 * (1 - covered)), 400)


def test_a_footprint_smaller_than_a_cell_takes_the_value_at_its_middle(tmp_path: Path) -> None:
    dsm, dem = write(tmp_path / "dsm.tif", ground() + 4.0), write(tmp_path / "dem.tif", ground())
    hut = shapely.box(WEST + 50.6, NORTH - 50.9, WEST + 50.9, NORTH - 50.6)  # holds no cell's centre
    assert heights_above_ground(series(hut), dsm, dem, tmp_path, RULES) == pytest.approx([4.0], abs=1e-4)


def test_buildings_outside_both_models_have_no_height(tmp_path: Path) -> None:
    dsm, dem = write(tmp_path / "dsm.tif", ground() + 4.0), write(tmp_path / "dem.tif", ground())
    far = series(block(5_000, 40), block(50, 50))
    assert heights_above_ground(far, dsm, dem, tmp_path, RULES).tolist() == [
        pytest.approx(np.nan, nan_ok=True),
        pytest.approx(4.0, abs=1e-4),
    ]
    assert look_over(far, dsm, tmp_path)[:2] == (400, 800)


def roofs(scatter_m: float, round_to_m: float = 0.0) -> np.ndarray:
    """A block in two steps, and a roof of 30 degrees, measured to some scatter. [m]"""
    surface = ground()
    surface[40:60, 90:110] = 32.17
    surface[40:60, 100:110] += 3.04
    surface[100:120, 20:40] = 30.0 + np.tan(np.radians(30.0)) * np.arange(20)[:, None]
    surface += scatter_m * np.random.default_rng(3).standard_normal(surface.shape)
    return round_to_m * np.round(surface / round_to_m) if round_to_m else surface


@pytest.mark.parametrize(
    ("scatter_m", "round_to_m", "drawn"),
    [
        (0.0, 0.0, 2),
        (0.02, 0.0, 0),
        (0.005, 0.0, 0),
        (0.01, 0.1, 0),
        (0.0, 0.01, 1),
    ],  # 30 degrees in whole cm are not even
)
def test_roofs_even_to_a_millimetre_were_drawn(tmp_path: Path, scatter_m: float, round_to_m: float, drawn: int) -> None:
    dsm = write(tmp_path / "dsm.tif", roofs(scatter_m, round_to_m))
    assert look_over(series(block(90, 40), block(20, 100)), dsm, tmp_path) == (0, 800, drawn)


def test_a_roof_beyond_the_model_or_without_cells_around_was_not_drawn(tmp_path: Path) -> None:
    dsm = write(tmp_path / "dsm.tif", roofs(0.0))
    assert look_over(series(block(5_000, 40), block(92, 42, side=2.0)), dsm, tmp_path).drawn == 0


def test_squares_hold_every_point_once_and_hang_on_the_origin() -> None:
    points = np.random.default_rng(0).uniform(-3000, 3000, (500, 2))
    seen = np.concatenate([rows for _, rows in squares(points, 1000.0)])
    assert sorted(seen.tolist()) == list(range(500))
    for (west, south, east, north), rows in squares(points, 1000.0):
        assert west % 1000 == south % 1000 == 0 and (east - west, north - south) == (1000, 1000)
        x, y = points[rows].T
        assert ((x >= west) & (x < east) & (y >= south) & (y < north)).all()
    assert square_side_m(1.0) == 1000.0 and square_side_m(0.25) == 500.0 and square_side_m(30.0) == 1000.0


def test_goteborg_as_its_source_describes_it(shared_data: Path) -> None:
    """data/SOURCES.md: surface minus ground has a median of 15.5 m inside the footprints, about 0 outside."""
    folder = shared_data / "terrain/goteborg"
    source = VectorInput(path="buildings.shp", encoding="ISO-8859-1")
    footprints = read_vector(source, folder, gpd.read_file(folder / "buildings.shp").crs).features.geometry
    dsm, dem = SurfaceInput(path="DSM_KRbig.tif"), RasterInput(path="DEM_KRbig.tif")
    west, south, east, north = 147720.0, 6398557.0, 147954.0, 6398780.0
    inside = footprints[footprints.within(shapely.box(west, south, east, north))]
    height = heights_above_ground(inside, dsm, dem, folder, RULES)
    assert np.isfinite(height).mean() > 0.8  # some sheds and underpasses do not stand out
    models = shapely.box(west, south, east, north)
    whole = gpd.GeoSeries([shapely.intersection(shapely.union_all(footprints.to_numpy()), models)], crs=footprints.crs)
    assert heights_above_ground(whole, dsm, dem, folder, RULES) == pytest.approx([15.5], abs=0.1)
    around = shapely.difference(
        shapely.box(west, south, east, north), shapely.union_all(footprints.buffer(3.0).to_numpy())
    )
    lawns = gpd.GeoSeries([around], crs=footprints.crs)
    least = SurfaceModelSettings(least_height_m=1e-9)
    level = heights_above_ground(lawns, dsm, dem, folder, least)[0]
    assert np.isnan(level) or level < 0.2  # at or below the ground: no building
    missing, cells, _ = look_over(footprints, dsm, folder)
    assert 0 < missing < cells  # footprints reach beyond the window of the models
