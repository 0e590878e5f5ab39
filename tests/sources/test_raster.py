"""Windows of rasters: positions on analytic planes, missing data, real files; slope and aspect by Horn."""

from pathlib import Path

import numpy as np
import pytest
import rasterio
import rasterio.warp
from pyproj import CRS, Transformer
from rasterio.transform import from_origin

from pvmap.errors import ConfigError, InputError
from pvmap.settings.city import RasterInput
from pvmap.sources.grid import Grid, slope_azimuth
from pvmap.sources.raster import Raster, read_aligned, read_window

METRIC = CRS.from_epsg(4549)


def write(path: Path, values: np.ndarray, transform, crs="EPSG:4549", **more) -> None:
    bands = values if values.ndim == 3 else values[None]
    count, height, width = bands.shape
    profile = {"driver": "GTiff", "count": count, "height": height, "width": width, "dtype": bands.dtype}
    with rasterio.open(path, "w", crs=crs, transform=transform, **profile, **more) as file:
        file.write(bands)


def bounds_of(path: Path, crs: CRS) -> tuple[float, float, float, float]:
    with rasterio.open(path) as file:
        return rasterio.warp.transform_bounds(file.crs, crs.to_wkt(), *file.bounds)


def plane(x, y, x0=450_000.0, y0=3_550_000.0):
    """Rises 10 % to the east and falls 20 % to the north: downhill is 333.4 degrees, the slope 12.6."""
    return 100.0 + 0.1 * (np.asarray(x) - x0) - 0.2 * (np.asarray(y) - y0)


@pytest.fixture(scope="module")
def plane_in_degrees(tmp_path_factory) -> Path:
    """The plane seen by cells of 1 x 1.5 arc seconds, not square in metres."""
    folder = tmp_path_factory.mktemp("plane")
    second, n = 1.0 / 3600.0, 300
    column, row = np.meshgrid(np.arange(n) + 0.5, np.arange(n) + 0.5)
    to_metres = Transformer.from_crs(4326, METRIC, always_xy=True)
    x, y = to_metres.transform(119.43 + column * second, 32.13 - row * 1.5 * second)
    write(folder / "plane.tif", plane(x, y), from_origin(119.43, 32.13, second, 1.5 * second), "EPSG:4326")
    return folder


@pytest.mark.parametrize("cell_m", [None, 7.0, 30.0])
def test_reprojection_keeps_a_plane_and_its_slope(plane_in_degrees, cell_m):
    window = (449_000.0, 3_549_000.0, 451_003.0, 3_551_007.0)
    grid = read_window(RasterInput(path="plane.tif"), plane_in_degrees, METRIC, window, cell_m)
    x, y = np.meshgrid(grid.x, grid.y)
    np.testing.assert_allclose(grid.values, plane(x, y), atol=1e-4)
    assert grid.bounds[0] <= window[0] < window[2] <= grid.bounds[2]
    assert grid.bounds[1] <= window[1] < window[3] <= grid.bounds[3]
    surface_tilt, surface_azimuth = slope_azimuth(grid)
    np.testing.assert_allclose(surface_tilt, np.degrees(np.arctan(np.hypot(0.1, 0.2))), atol=1e-3)
    np.testing.assert_allclose(surface_azimuth, np.degrees(np.arctan2(-0.1, 0.2)) % 360, atol=1e-2)


def test_default_cell_is_about_the_files_own(plane_in_degrees):
    raster = Raster(plane_in_degrees, RasterInput(path="plane.tif"))
    metres_per_second = (30.9 * np.cos(np.radians(32.1)), 1.5 * 30.8)
    assert raster.cell_m(METRIC) == pytest.approx(np.sqrt(np.prod(metres_per_second)), abs=0.5)


@pytest.mark.parametrize("cell_m", [None, 10.0, 200.0])
@pytest.mark.parametrize(
    ("name", "epsg"), [("hangzhou_hills_dem_1as_from_contours.tif", 4549), ("srtm_baltoro_clip.tif", 32643)]
)
def test_a_cell_does_not_depend_on_its_window(shared_data, name, epsg, cell_m):
    """Tiling must not change a number: a window inside another one repeats it bit for bit."""
    crs, source = CRS.from_epsg(epsg), RasterInput(path=f"terrain/{name}")
    west, south, east, north = bounds_of(shared_data / source.path, crs)
    x, y = (west + east) / 2, (south + north) / 2
    outer = read_window(source, shared_data, crs, (x - 5000, y - 5000, x + 5000, y + 5000), cell_m)
    inner = read_window(source, shared_data, crs, (x - 1234, y - 777, x + 555, y + 888), cell_m)
    top, left = (round((outer.north - inner.north) / inner.cell_m), round((inner.west - outer.west) / inner.cell_m))
    rows, columns = inner.values.shape
    np.testing.assert_array_equal(inner.values, outer.values[top : top + rows, left : left + columns])


@pytest.mark.parametrize(
    ("path", "epsg", "cell_m"),
    [("athens/DSM.tif", 2100, 1.0), ("athens/DEM.tif", 2100, 1.0), ("goteborg/DSM_KRbig.tif", 3007, 1.0)],
)
def test_a_metric_raster_is_read_as_it_is(shared_data, path, epsg, cell_m):
    source, crs = RasterInput(path=f"terrain/{path}"), CRS.from_epsg(epsg)
    grid = read_window(source, shared_data, crs, bounds_of(shared_data / source.path, crs))
    with rasterio.open(shared_data / source.path) as file:
        np.testing.assert_array_equal(grid.values, file.read(1))
    assert grid.cell_m == cell_m


@pytest.mark.parametrize(
    ("name", "epsg", "low", "high", "missing"),
    [
        # SOURCES.md: int16 3197..8569; float32 20..480 with 39 % nodata
        ("srtm_baltoro_clip.tif", 32643, 3197, 8569, 0.0),
        ("hangzhou_hills_dem_1as_from_contours.tif", 4549, 20, 480, 0.39),
    ],
)
def test_real_terrain(shared_data, name, epsg, low, high, missing):
    source, crs = RasterInput(path=f"terrain/{name}"), CRS.from_epsg(epsg)
    grid = read_window(source, shared_data, crs, bounds_of(shared_data / source.path, crs))
    with rasterio.open(shared_data / source.path) as file:
        given = file.read(1, masked=True)
    assert low - 1e-9 <= np.nanmin(grid.values) < np.nanmax(grid.values) <= high + 1e-9
    assert np.nanmax(grid.values) > 0.99 * high
    assert np.nanmean(grid.values) == pytest.approx(given.mean(), rel=0.002)
    # The reprojected rectangle has corners without data beside those missing in the file.
    assert missing - 0.01 < np.isnan(grid.values).mean() < missing + 0.06


def test_surface_minus_terrain_gives_houses(shared_data):
    """SOURCES.md: heights in the footprints have a median of 15.5 m, outside of -0.1 m."""
    folder, crs = shared_data / "terrain" / "goteborg", CRS.from_epsg(3007)
    inputs = RasterInput(path="DSM_KRbig.tif"), RasterInput(path="DEM_KRbig.tif")
    surface, terrain = read_aligned(inputs, folder, crs, bounds_of(folder / inputs[0].path, crs))
    above = (surface - terrain).values
    assert np.median(above[above > 3]) == pytest.approx(15.5, abs=2.0)
    assert np.median(above[above < 3]) == pytest.approx(-0.1, abs=0.15)
    with pytest.raises(ValueError, match="same cells"):
        _ = surface - Grid(terrain.values[1:], terrain.west, terrain.north, terrain.cell_m)


def test_rasters_of_two_resolutions_are_aligned(tmp_path):
    x, y = np.meshgrid(450_000.25 + 0.5 * np.arange(400), 3_550_199.75 - 0.5 * np.arange(400))
    write(tmp_path / "dsm.tif", plane(x, y) + 7.0, from_origin(450_000, 3_550_200, 0.5, 0.5))
    x, y = np.meshgrid(449_900.3 + 5.0 * np.arange(100), 3_550_297.2 - 5.0 * np.arange(100))
    write(tmp_path / "dem.tif", plane(x, y), from_origin(449_900.3 - 2.5, 3_550_297.2 + 2.5, 5.0, 5.0))
    inputs = RasterInput(path="dsm.tif"), RasterInput(path="dem.tif")
    surface, terrain = read_aligned(inputs, tmp_path, METRIC, (450_010, 3_550_010, 450_110, 3_550_060))
    assert surface.cell_m == 0.5
    np.testing.assert_allclose((surface - terrain).values, 7.0, atol=1e-6)
    assert read_aligned(inputs, tmp_path, METRIC, (449_910, 3_550_010, 449_990, 3_550_060)) is None


@pytest.mark.parametrize("dtype", ["uint8", "int16", "float32", "float64"])
@pytest.mark.parametrize("stated", ["by the file", "by the city file"])
def test_nodata_is_missing_and_does_not_bleed(tmp_path, dtype, stated):
    nodata = 255 if dtype == "uint8" else -9999
    values = np.full((40, 40), 100, dtype)
    values[10:12, 10] = nodata
    here, there = (nodata, None) if stated == "by the file" else (None, nodata)
    write(tmp_path / "r.tif", values, from_origin(450_000, 3_550_000, 10, 10), nodata=here)
    source, window = RasterInput(path="r.tif", nodata=there), (449_900, 3_549_600, 450_400, 3_550_000)
    grid = read_window(source, tmp_path, METRIC, window)
    assert np.isnan(grid.values[:, :10]).all()  # beyond the file
    assert np.argwhere(np.isnan(grid.values[:, 10:])).tolist() == [[10, 10], [11, 10]]
    finer = read_window(source, tmp_path, METRIC, window, 3.0)
    np.testing.assert_allclose(finer.values[np.isfinite(finer.values)], 100.0)


def test_nan_is_missing_without_being_declared(tmp_path):
    values = np.full((40, 40), 100.0, "float32")
    values[10, 10] = np.nan
    write(tmp_path / "r.tif", values, from_origin(450_000, 3_550_000, 10, 10))
    grid = read_window(RasterInput(path="r.tif"), tmp_path, METRIC, (450_000, 3_549_600, 450_400, 3_550_000))
    assert np.argwhere(np.isnan(grid.values)).tolist() == [[10, 10]]


def test_scaled_heights_are_metres(tmp_path):
    write(tmp_path / "r.tif", np.full((4, 4), 1234, "int16"), from_origin(450_000, 3_550_000, 10, 10), nodata=-1)
    with rasterio.open(tmp_path / "r.tif", "r+") as file:
        file.scales, file.offsets = (0.1,), (5.0,)
    grid = read_window(RasterInput(path="r.tif"), tmp_path, METRIC, (450_000, 3_549_960, 450_040, 3_550_000))
    np.testing.assert_allclose(grid.values, 128.4)


@pytest.mark.parametrize(
    ("crs", "unit", "metres"),
    [
        ("EPSG:4549", "ft", 100 * 0.3048),
        ("EPSG:4549", "US survey foot", 100 * 1200 / 3937),
        ("EPSG:4549", "Feet", 100 * 0.3048),
        ("EPSG:4549", "us-ft", 100 * 1200 / 3937),
        ("EPSG:4549", "dm", 10.0),
        ("EPSG:4549", "Meters", 100.0),
        ("EPSG:4549", "Kelvin", 100.0),
        ("EPSG:4549+6360", None, 100 * 1200 / 3937),  # NAVD88 in US survey feet
        ("EPSG:4549+5703", None, 100.0),  # NAVD88 in metres
    ],
)
def test_heights_come_in_metres_whatever_their_unit(tmp_path, crs, unit, metres):
    for name, east in (("a.tif", 450_000), ("b.tif", 450_040)):
        write(tmp_path / name, np.full((4, 4), 100.0, "float32"), from_origin(east, 3_550_000, 10, 10), crs)
        with rasterio.open(tmp_path / name, "r+") as file:
            if unit is not None:
                file.units = (unit,)
    window = (450_000, 3_549_960, 450_080, 3_550_000)
    np.testing.assert_allclose(read_window(RasterInput(path="[ab].tif"), tmp_path, METRIC, window).values, metres)
    alone = read_window(RasterInput(path="a.tif"), tmp_path, METRIC, (450_000, 3_549_960, 450_040, 3_550_000))
    np.testing.assert_allclose(alone.values, metres)


def test_heights_that_no_ground_has_are_missing_one_by_one(tmp_path):
    values = np.full((8, 8), 40.0, "float32")
    values[:4] = 12_000 + np.arange(32).reshape(4, 8)  # no two alike, so that none is a mark for missing
    write(tmp_path / "r.tif", values, from_origin(450_000, 3_550_000, 10, 10))
    grid = read_window(RasterInput(path="r.tif"), tmp_path, METRIC, (450_000, 3_549_920, 450_080, 3_550_000))
    assert np.isnan(grid.values[:4]).all() and (grid.values[4:] == 40.0).all()


def test_classes_are_not_mixed(tmp_path):
    values = np.where(np.arange(40) % 2, 10, 80).astype("uint8") * np.ones((40, 1), "uint8")
    write(tmp_path / "r.tif", values, from_origin(450_000, 3_550_000, 10, 10))
    window = (450_003, 3_549_653, 450_377, 3_549_971)
    grid = read_window(RasterInput(path="r.tif"), tmp_path, METRIC, window, 7.0, "nearest")
    assert set(np.unique(grid.values)) == {10.0, 80.0}


def test_larger_cells_average(tmp_path):
    rng = np.random.default_rng(3)
    values = rng.normal(50.0, 10.0, (400, 400))
    write(tmp_path / "r.tif", values, from_origin(450_000, 3_550_000, 1, 1))
    grid = read_window(RasterInput(path="r.tif"), tmp_path, METRIC, (450_100, 3_549_700, 450_300, 3_549_900), 50.0)
    assert np.abs(grid.values - 50.0).max() < 2.0  # a single cell of the file would be 10 off


def test_nothing_there_is_none(tmp_path):
    write(tmp_path / "r.tif", np.full((4, 4), -1, "int16"), from_origin(450_000, 3_550_000, 10, 10), nodata=-1)
    source = RasterInput(path="r.tif")
    assert read_window(source, tmp_path, METRIC, (450_000, 3_549_960, 450_040, 3_550_000)) is None
    assert read_window(source, tmp_path, METRIC, (550_000, 3_549_960, 550_040, 3_550_000)) is None


def test_stated_crs_and_bad_files(tmp_path):
    write(tmp_path / "r.tif", np.ones((4, 4)), from_origin(450_000, 3_550_000, 10, 10), crs=None)
    write(tmp_path / "rgb.tif", np.ones((3, 4, 4), "uint8"), from_origin(450_000, 3_550_000, 10, 10))
    (tmp_path / "text.tif").write_text("no raster")
    window = (450_000, 3_549_960, 450_040, 3_550_000)

    def read(path, cell_m=None, **more):
        return read_window(RasterInput(path=path, **more), tmp_path, METRIC, window, cell_m)

    assert read("r.tif", crs="EPSG:4549").values.tolist() == np.ones((4, 4)).tolist()
    for error, match, path, more in [
        (InputError, "r.tif states no CRS; state it in the city file", "r.tif", {}),
        (ConfigError, "crs = 'EPSG:1' is not a CRS", "r.tif", {"crs": "EPSG:1"}),
        (InputError, "rgb.tif has 3 bands", "rgb.tif", {}),
        (InputError, "text.tif cannot be read", "text.tif", {}),
        (InputError, "none.tif is not there; it is to be had from the bureau", "none.tif", {"origin": "the bureau"}),
        (ConfigError, "a cell of -1 m is not possible", "r.tif", {"crs": "EPSG:4549", "cell_m": -1.0}),
        (InputError, "does not fit in memory", "r.tif", {"crs": "EPSG:4549", "cell_m": 0.001}),
    ]:
        with pytest.raises(error, match=match) as raised:
            read(path, **more)
        assert "\n" not in str(raised.value)


def test_sampling_is_bilinear():
    x, y = np.meshgrid(450_005.0 + 10 * np.arange(20), 3_549_995.0 - 10 * np.arange(30))
    grid = Grid(plane(x, y), 450_000.0, 3_550_000.0, 10.0)
    rng = np.random.default_rng(5)
    px, py = rng.uniform(450_005, 450_195, 500), rng.uniform(3_549_705, 3_549_995, 500)
    np.testing.assert_allclose(grid.sample(px, py), plane(px, py), rtol=1e-12)
    np.testing.assert_allclose(grid.sample(grid.x, np.full(20, grid.y[3])), grid.values[3])
    np.testing.assert_allclose(grid.sample([450_001.0], [3_549_999.0]), grid.values[0, 0])  # the outer half cell
    assert np.isnan(grid.sample([449_999.0, 450_201.0, np.nan], [3_549_900.0, 3_549_900.0, 3_549_900.0])).all()


def test_sampling_leaves_missing_neighbours_out():
    values = np.array([[1.0, np.nan], [1.0, 3.0]])
    grid = Grid(values, 0.0, 20.0, 10.0)
    assert np.isnan(grid.sample([15.0], [15.0]))[0]
    assert grid.sample([9.0], [15.0])[0] == 1.0
    assert 1.0 < grid.sample([10.5], [9.5])[0] < 3.0


@pytest.mark.parametrize(
    ("rise_east", "rise_north", "downhill"),
    [
        (0.0, -0.3, 0.0),
        (-0.3, -0.3, 45.0),
        (-0.3, 0.0, 90.0),
        (0.0, 0.3, 180.0),
        (0.3, 0.0, 270.0),
        (0.3, -0.3, 315.0),
        (0.0, 0.0, 180.0),  # flat
    ],
)
def test_slope_and_downhill_direction_of_planes(rise_east, rise_north, downhill):
    x, y = np.meshgrid(30.0 * np.arange(6), -30.0 * np.arange(5))
    surface_tilt, surface_azimuth = slope_azimuth(Grid(rise_east * x + rise_north * y, 0.0, 0.0, 30.0))
    np.testing.assert_allclose(surface_tilt, np.degrees(np.arctan(np.hypot(rise_east, rise_north))), atol=1e-9)
    np.testing.assert_allclose((surface_azimuth - downhill + 180) % 360 - 180, 0.0, atol=1e-9)


def test_slope_is_unknown_beside_missing_cells():
    values = np.zeros((7, 7))
    values[3, 3] = np.nan
    surface_tilt, surface_azimuth = slope_azimuth(Grid(values, 0.0, 0.0, 1.0))
    expected = np.zeros((7, 7), bool)
    expected[2:5, 2:5] = True
    np.testing.assert_array_equal(np.isnan(surface_tilt), expected)
    np.testing.assert_array_equal(np.isnan(surface_azimuth), expected)
    assert np.isnan(slope_azimuth(Grid(np.zeros((1, 5)), 0.0, 0.0, 1.0))[0]).all()


def test_slope_of_a_cone_faces_outward():
    """Horn's kernel on a smooth curved surface: within 0.1 degrees of the analytic slope, azimuth within 0.1 too."""
    x, y = np.meshgrid(np.arange(-100.0, 101.0), np.arange(100.0, -101.0, -1.0))
    radius = np.hypot(x, y)
    surface_tilt, surface_azimuth = slope_azimuth(Grid(-0.5 * radius, -100.5, 100.5, 1.0))
    ring = (radius > 30) & (radius < 90)
    np.testing.assert_allclose(surface_tilt[ring], np.degrees(np.arctan(0.5)), atol=0.1)
    outward = np.degrees(np.arctan2(x, y))
    np.testing.assert_allclose(((surface_azimuth - outward + 180) % 360 - 180)[ring], 0.0, atol=0.1)
