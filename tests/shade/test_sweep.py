from __future__ import annotations

import math

import numpy as np
import pytest
import rasterio
import shapely
from towns import march, raster_town

from pvmap.directions import azimuths
from pvmap.errors import InputError
from pvmap.shade.points import Points
from pvmap.shade.rings import Boxes
from pvmap.shade.sun import SunWeights
from pvmap.shade.surface_model import SurfaceModel, yearly_irradiance
from pvmap.shade.sweep import Sweep
from pvmap.sources.grid import Grid


@pytest.fixture(scope="module")
def athens(shared_data) -> np.ndarray:
    with rasterio.open(shared_data / "terrain" / "athens" / "DSM.tif") as file:
        return file.read(1)


def errors(z: np.ndarray, azimuth: float, n: int = 1500) -> np.ndarray:
    """Difference to a march over the bilinear surface at random cells [deg]."""
    rng = np.random.default_rng(0)
    rows, columns = rng.integers(3, z.shape[0] - 3, n), rng.integers(3, z.shape[1] - 3, n)
    found = np.degrees(np.arctan(Sweep.of(z, 1.0).towards(azimuth)[rows, columns]))
    return found - march(z, rows, columns, azimuth, 0.02)


@pytest.mark.parametrize("azimuth", [0.0, 2.8125, 53.4375, 90.0, 143.4375, 205.3125, 270.0, 329.0625])
def test_looks_along_the_exact_azimuth_over_athens(athens, azimuth):
    error = abs(errors(athens, azimuth))
    assert np.median(error) < 0.05
    assert np.quantile(error, 0.95) < 3.0


@pytest.mark.parametrize("azimuth", [19.6875, 87.1875, 126.5625, 233.4375])
def test_looks_along_the_exact_azimuth_among_turned_boxes(azimuth):
    error = abs(errors(raster_town(500), azimuth))
    assert np.median(error) < 0.05
    assert np.quantile(error, 0.95) < 3.0


@pytest.mark.parametrize(("azimuth", "elevation"), [(120.0, 25.0), (180.0, 34.0), (251.0, 12.0)])
def test_shadow_masks_agree_with_a_ray_march(athens, azimuth, elevation):
    rows, columns = (v.ravel() for v in np.mgrid[2:398:3, 2:398:3])
    shaded = np.degrees(np.arctan(Sweep.of(athens, 1.0).towards(azimuth)[rows, columns])) > elevation
    expected = march(athens, rows, columns, azimuth, 0.05) > elevation
    assert 0.05 < expected.mean() < 0.95
    assert (shaded == expected).mean() > 0.99


def test_a_wall_far_away_rises_by_height_over_distance():
    z = np.zeros((600, 900))
    z[:, 850:] = 40.0
    tangent = Sweep.of(z, 0.5).towards(75.0)
    distance = (850 - 100) * 0.5 / math.sin(math.radians(75.0))
    assert tangent[500, 100] == pytest.approx(40.0 / distance, rel=1e-4)
    assert not Sweep.of(z, 0.5).towards(255.0)[:, :840].any()


@pytest.mark.parametrize("azimuth", [62.0, 75.0, 88.0, 91.0, 104.0, 118.0])
def test_far_heights_are_read_between_rows(azimuth):
    """A wall that rises by 0.2 m a row: a ray may lie a row to either side, and does so to both alike."""
    z = np.zeros((600, 400))
    z[:, 300:] = 40.0 + 0.2 * np.arange(600)[:, None]
    rows, columns = np.arange(250, 350)[:, None], np.arange(40, 240)
    tangent = Sweep.of(z, 1.0).towards(azimuth)[250:350, 40:240]
    turn = math.radians(azimuth)
    ends = [(40.0 + 0.2 * (rows - ahead / math.tan(turn))) / ahead for ahead in (300 - columns, 399 - columns)]
    wrong_m = tangent * (300 - columns) / math.sin(turn) - np.maximum(*ends) * (300 - columns)
    assert np.abs(wrong_m).max() < 0.2
    assert wrong_m.mean() == pytest.approx(0.0, abs=0.01)


@pytest.mark.parametrize(("azimuth", "row", "column"), [(90, 60, 110), (270, 60, 10), (0, 10, 60), (180, 110, 60)])
def test_along_its_own_rows_a_raster_is_seen_row_by_row(azimuth, row, column):
    z = np.zeros((120, 120))
    z[row, column] = 30.0
    tangent = Sweep.of(z, 1.0).towards(float(azimuth))
    seen = np.zeros_like(tangent)
    seen[60, 60] = 30.0 / 50.0
    assert tangent[58:63, 60] * (azimuth in (90, 270)) == pytest.approx(seen[58:63, 60] * (azimuth in (90, 270)))
    assert tangent[60, 58:63] * (azimuth in (0, 180)) == pytest.approx(seen[60, 58:63] * (azimuth in (0, 180)))


@pytest.mark.parametrize(("shape", "azimuth"), [((300, 40), 90.0), ((40, 300), 0.0), ((40, 300), 90.0)])
def test_every_row_of_a_long_raster_is_looked_over(shape, azimuth):
    """A wall along the edge that is looked at, seen from the edge opposite."""
    z = np.zeros(shape)
    wall, eyes = (np.s_[:, -1], np.s_[:, 0]) if azimuth == 90.0 else (np.s_[0], np.s_[-1])
    z[wall] = 30.0
    away = shape[1] - 1 if azimuth == 90.0 else shape[0] - 1
    assert Sweep.of(z, 1.0).towards(azimuth)[eyes] == pytest.approx(30.0 / away)


def test_turning_the_raster_turns_the_skyline():
    z = raster_town(260, seed=3)
    one, other = Sweep.of(z, 1.0).towards(30.9375), Sweep.of(np.rot90(z, -1), 1.0).towards(120.9375)
    difference = np.degrees(abs(np.arctan(np.rot90(one, -1)) - np.arctan(other)))
    assert np.median(difference) < 0.02  # far strips lie on other rows
    assert difference.mean() < 0.5


def test_threads_do_not_matter():
    z = raster_town(300, seed=5)
    assert np.array_equal(Sweep.of(z, 1.0).towards(53.0, threads=1), Sweep.of(z, 1.0).towards(53.0, threads=2))


def test_a_raster_with_gaps_is_refused_with_a_remedy():
    z = np.zeros((50, 50))
    z[3, 4] = np.nan
    with pytest.raises(InputError, match="1 cells have no height; fill"):
        Sweep.of(z, 1.0)


def test_gaps_are_filled_from_footprints_terrain_and_what_is_near():
    z = np.full((40, 40), 7.0)
    z[10:20, 10:20] = np.nan
    dsm = Grid(z, 700.0, 540.0, 1.0)
    terrain = Grid(np.full((40, 40), 3.0), 700.0, 540.0, 1.0)
    building = Boxes.of([shapely.box(710, 520, 715, 530)], 9.0, 3.0)
    model = SurfaceModel.of(dsm, terrain, building)
    assert model.n_filled == 100
    assert (model.grid.values[10:20, 10:15] == 12.0).all()
    assert (model.grid.values[10:20, 15:20] == 3.0).all()
    assert (SurfaceModel.of(dsm).grid.values == 7.0).all()
    assert SurfaceModel.of(terrain).n_filled == 0


def sun() -> SunWeights:
    rng = np.random.default_rng(0)
    return SunWeights.of_hours(rng.uniform(90, 270, 3000), rng.uniform(3, 75, 3000), np.full(3000, 0.3), 600.0, 1300.0)


def test_points_look_from_the_cells_that_hold_them():
    z = raster_town(200, seed=1)
    model = SurfaceModel.of(Grid(z, 1000.0, 5000.0, 1.0))
    points = Points(np.array([[1050.5, 4900.5], [900.0, 4900.0]]), np.array([0, 1, 2]))
    tangent = model.skylines(points)
    expected = [Sweep.of(z, 1.0).towards(a)[99, 50] for a in azimuths()]
    assert tangent[0] == pytest.approx(expected)
    assert not tangent[1].any()


@pytest.mark.parametrize(("x", "y"), [(-0.3, 30.0), (40.3, 30.0), (20.0, -0.3), (20.0, 60.3)])
def test_a_point_beside_the_model_sees_nothing_of_it(x, y):
    """Not from the cells of the other side, nor from those of the edge."""
    z = raster_town(60, seed=1)[:, :40]
    tangent = SurfaceModel.of(Grid(z, 0.0, 60.0, 1.0)).skylines(Points(np.array([[x, y]]), np.array([0, 1])))
    assert tangent.shape == (1, len(azimuths())) and not tangent.any()


def test_yearly_light_on_cells_is_the_open_sky_less_what_is_hidden():
    flat = SurfaceModel.of(Grid(np.zeros((60, 60)), 0.0, 60.0, 1.0))
    weights = sun()
    up = np.array([0.0, 0.0, 1.0])
    open_sky = (weights.direct_kwh_per_m2 * (weights.vector @ up)).sum() + 600.0
    assert yearly_irradiance(flat, weights) == pytest.approx(open_sky, rel=1e-5)
    tilted = yearly_irradiance(flat, weights, surface_tilt=30.0)
    normal = np.array([0.0, -0.5, math.sqrt(0.75)])
    direct = (weights.direct_kwh_per_m2 * np.maximum(weights.vector @ normal, 0)).sum()
    c = math.sqrt(0.75)
    assert tilted == pytest.approx(direct + 600.0 * (1 + c) / 2 + 1300.0 * 0.2 * (1 - c) / 2, rel=1e-5)
    town = SurfaceModel.of(Grid(raster_town(150, seed=2), 0.0, 150.0, 1.0))
    light = yearly_irradiance(town, weights)
    assert (light <= open_sky * (1 + 1e-5)).all()
    assert light.mean() < 0.95 * open_sky
