"""Ground under every site, and surface models of heights above ground."""

from __future__ import annotations

import numpy as np
import pytest
from findings.examples.ground import DEM, DSM
from findings.examples.village import BUILDINGS, CRS, EAST, NORTH, check, put, put_raster, rows
from pyproj import CRS as Crs

from pvmap.errors import InputError
from pvmap.settings.city import RasterInput, SurfaceInput
from pvmap.shade.terrain import Terrain
from pvmap.sources.grid import Grid
from pvmap.sources.raster import read_window
from pvmap.sources.surface_model import read_surface

METRIC = Crs(CRS)
WINDOW = (EAST, NORTH - 40.0, EAST + 160.0, NORTH + 40.0)


@pytest.mark.parametrize("voids", [(-32768.0,), (32767.0,), (-9999.0, -32768.0), (1e20,)])
def test_untagged_voids_are_holes_without_a_rim(tmp_path, voids):
    ground = np.full((60, 100), 100.0) + np.arange(100)
    holes = ground.copy()
    for number, void in enumerate(voids):
        holes[20:24, 30 + 20 * number : 34 + 20 * number] = void
    put_raster(tmp_path, "dem.tif", holes)
    put_raster(tmp_path, "whole.tif", ground)
    for cell_m in (None, 1.3, 5.0):
        known, seen = (
            read_window(RasterInput(path=p), tmp_path, METRIC, WINDOW, cell_m) for p in ("whole.tif", "dem.tif")
        )
        missing = np.isnan(seen.values)
        assert 0 < missing.sum() < 300
        assert np.abs(seen.values - known.values)[~missing].max() < 4.0  # nothing of a void is mixed in


def test_unknown_ground_is_that_of_the_nearest_known_cell():
    hills = np.add.outer(np.zeros(64), np.arange(64.0))
    hills[20:30, 20:30] = np.nan
    terrain = Terrain.of(Grid(hills, west=0.0, north=640.0, cell_m=10.0))
    x, y = np.array([205.0, 295.0, -500.0, 9_000.0, 105.0]), np.array([395.0, 395.0, 320.0, 320.0, 320.0])
    np.testing.assert_allclose(terrain.ground(x, y), [19.0, 30.0, 0.0, 63.0, terrain.height(105.0, 320.0)], atol=1e-9)
    nothing = Terrain.of(Grid(np.full((4, 4), np.nan), west=0.0, north=40.0, cell_m=10.0))
    assert nothing.ground(5.0, 5.0).tolist() == [0.0]


def village_with_halls(folder, ground_m):
    put(folder, "b.geojson", rows(2, h=[None, None]))
    above = np.zeros((60, 100))
    above[15:30, 10:30] = above[15:30, 40:60] = 8.0
    put_raster(folder, "dem.tif", np.full((60, 100), ground_m))
    put_raster(folder, "dsm.tif", above)


def test_heights_above_ground_are_refused_until_they_are_said_to_be(tmp_path):
    village_with_halls(tmp_path, 1900.0)
    with pytest.raises(InputError, match=r"dsm.tif lies 1,900 m below the ground of dem.tif.*above_ground = true"):
        check(tmp_path, BUILDINGS + DSM)
    found = {one.code: one for one in check(tmp_path, BUILDINGS + DSM + "above_ground = true\n")}
    assert found["heights-measured"].count == 2 and "surface-below-ground" not in found


@pytest.mark.parametrize("ground_m", [1.0, 2.0])
def test_so_they_are_where_the_ground_is_hardly_above_the_sea(tmp_path, ground_m):
    village_with_halls(tmp_path, ground_m)
    with pytest.raises(InputError, match=r"dsm.tif lies [12] m below the ground .*above_ground = true"):
        check(tmp_path, BUILDINGS + DSM)


def test_a_surface_above_ground_stands_on_the_ground(tmp_path):
    village_with_halls(tmp_path, 1900.0)
    dem, dsm = RasterInput(path="dem.tif"), SurfaceInput(path="dsm.tif", above_ground=True)
    grid = read_surface(dsm, dem, tmp_path, METRIC, WINDOW)
    assert grid.values.min() == pytest.approx(1900.0) and grid.values.max() == pytest.approx(1908.0)


@pytest.mark.parametrize("void", [-99.0, -1.0, 1.0, 100.0, 5000.0])
def test_voids_that_pass_for_heights_are_told_under_a_site(tmp_path, void):
    put(tmp_path, "b.geojson", rows(24))
    ground = np.full((60, 800), 1900.0)
    ground[:, :60] = void
    put_raster(tmp_path, "dem.tif", ground)
    found = {one.code: one.count for one in check(tmp_path, BUILDINGS + DEM)}
    assert found["ground-jumps"] >= 2
    assert ("ground-zero" in found) == (void <= 0.0)


def test_a_cliff_is_no_jump_and_a_jump_far_from_all_sites_is_none_of_theirs(tmp_path):
    put(tmp_path, "b.geojson", rows(2))
    ground = np.full((60, 1200), 300.0)
    ground[:, 50:] = 390.0  # a wall of rock
    ground[:, 900:] = 0.0
    put_raster(tmp_path, "dem.tif", ground)
    assert "ground-jumps" not in {one.code for one in check(tmp_path, BUILDINGS + DEM)}


@pytest.mark.parametrize(
    ("surface", "above_ground", "doubted"),
    [
        (lambda halls: halls + 40.0, False, True),  # above the ellipsoid
        (lambda halls: (halls + 12.0) * 100.0, False, True),  # centimetres
        (lambda halls: halls + 12.0, True, True),  # heights above the sea, said to be above ground
        (lambda halls: halls * 100.0, True, True),
        (lambda halls: halls, True, False),
        (lambda halls: halls + 12.0, False, False),
        (lambda halls: np.where(halls > 0, halls, np.nan), True, False),  # roofs alone
        (lambda halls: np.where(halls > 0, halls + 12.0, np.nan), False, False),
    ],
)
def test_a_surface_that_is_nowhere_at_the_ground(tmp_path, surface, above_ground, doubted):
    put(tmp_path, "b.geojson", rows(2))
    halls = np.zeros((60, 100))
    halls[15:30, 10:30] = halls[15:30, 40:60] = 8.0
    put_raster(tmp_path, "dem.tif", np.full((60, 100), 12.0))
    put_raster(tmp_path, "dsm.tif", surface(halls))
    found = check(tmp_path, BUILDINGS + DSM + ("above_ground = true\n" if above_ground else ""))
    assert ("surface-above-ground" in {one.code for one in found}) == doubted


def test_a_ground_model_with_the_number_of_its_zone_is_told(tmp_path):
    put(tmp_path, "b.geojson", rows(2))
    put_raster(tmp_path, "dem.tif", np.full((60, 100), 12.0), x=40_000_000.0)
    with pytest.raises(InputError, match=r'dem\.tif: its coordinates, .* number of zone 40: .* crs = "EPSG:4528"'):
        check(tmp_path, BUILDINGS + DEM)
