from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
import rasterio
from towns import march

from pvmap.directions import azimuths
from pvmap.settings.shade import ShadeSettings
from pvmap.shade.terrain import EARTH_RADIUS_M, Terrain, far_horizon
from pvmap.sources.grid import Grid

STILL = ShadeSettings(refraction_coefficient=0.0, terrain_min_rise_deg=0.0)


def ridge(distance: float, height: float, half: int = 700, cell: float = 30.0) -> Terrain:
    """A plain, and from `distance` m on to the north a high plateau, far enough away in other directions."""
    values = np.zeros((2 * half, 200))
    values[: half - round(distance / cell), :] = height
    return Terrain.of(Grid(values, -100 * cell, half * cell, cell))


def look_north(terrain: Terrain, settings: ShadeSettings, near_m: float = 0.0) -> float:
    eye = np.array([10.0])
    seen = far_horizon(terrain, eye, np.zeros(1), np.zeros(1), settings, near_m=near_m, azimuth=np.array([0.0]))
    return float(seen[0, 0])


@pytest.mark.parametrize("distance", [600.0, 3000.0, 15000.0])
def test_a_plateau_rises_by_its_height_less_the_curve_of_the_earth(distance):
    height = 0.05 * distance
    sink = distance**2 / (2 * EARTH_RADIUS_M)
    found = look_north(ridge(distance, height), STILL)
    # the edge of a plateau lies somewhere within the cell, or within the step at that distance
    assert found == pytest.approx((height - sink) / distance, rel=0.06)


@pytest.mark.parametrize(("distance", "height"), [(15000.0, 45.0), (18000.0, 60.0)])
def test_the_curve_of_the_earth_hides_two_fifths_of_a_low_plateau(distance, height):
    """Its edge sinks by d^2 / 2R, 17.7 and 25.4 m: twice that would leave 10 m of it, none would leave it whole."""
    sink = distance**2 / (2 * EARTH_RADIUS_M)
    assert 0.38 < sink / height < 0.45
    found = look_north(ridge(distance, height), STILL)
    assert found == pytest.approx((height - sink) / distance, rel=0.10)


def test_refraction_lifts_what_curvature_lowers():
    terrain = ridge(15000.0, 100.0)
    lifted = look_north(terrain, ShadeSettings(refraction_coefficient=0.13, terrain_min_rise_deg=0.0))
    assert lifted > look_north(terrain, STILL)
    assert lifted < 100.0 / 14000.0


def test_terrain_beyond_reach_or_nearer_than_asked_is_left_out():
    terrain = ridge(3000.0, 300.0)
    assert look_north(terrain, ShadeSettings(terrain_reach_m=2000.0)) == 0
    near = ridge(90.0, 30.0)
    assert look_north(near, STILL) > look_north(near, STILL, near_m=1000.0)


def test_equals_a_march_over_the_same_surface(shared_data):
    with rasterio.open(shared_data / "terrain" / "athens" / "DEM.tif") as file:
        z = file.read(1)
    grid = Grid(z, 0.0, float(z.shape[0]), 1.0)
    rng = np.random.default_rng(3)
    rows, columns = rng.integers(5, z.shape[0] - 5, (2, 200))
    terrain = Terrain.of(grid)
    for azimuth in azimuths()[::9]:
        found = far_horizon(
            terrain, grid.x[columns], grid.y[rows], z[rows, columns], STILL, azimuth=np.array([azimuth])
        )
        error = abs(np.degrees(np.arctan(found[:, 0])) - march(z, rows, columns, azimuth, 0.1))
        # steps of a cell and coarser levels further out: fine for light, not a survey
        assert np.median(error) < 0.15
        assert np.quantile(error, 0.9) < 2.0


def test_a_pit_is_shaded_by_its_own_walls():
    cell, half = 10.0, 100
    x = (np.arange(2 * half) - half + 0.5) * cell
    away = np.hypot(*np.meshgrid(x, x))
    values = np.clip((away - 200.0) * 0.5, 0.0, 60.0)  # floor of 200 m, slopes of 27 degrees, 60 m deep
    terrain = Terrain.of(Grid(values, -half * cell, half * cell, cell))
    seen = far_horizon(terrain, np.zeros(1), np.zeros(1), np.zeros(1), STILL)
    assert seen[0] == pytest.approx(60.0 / 320.0, rel=0.05)


def test_windows_of_one_model_give_the_same_terrain():
    rng = np.random.default_rng(0)
    values = np.cumsum(np.cumsum(rng.normal(size=(700, 700)), 0), 1) + rng.normal(0, 60, (700, 700))
    whole = Grid(values, 300_000.0, 3_500_010.0, 30.0)
    window = replace(whole, values=values[57:640, 33:610], west=whole.west + 33 * 30.0, north=whole.north - 57 * 30.0)
    settings = ShadeSettings(terrain_reach_m=6000.0)
    x, y = whole.x[[300, 333]], whole.y[[350, 371]]
    z = values[[350, 371], [300, 333]]
    one, other = (far_horizon(Terrain.of(g), x, y, z, settings) for g in (whole, window))
    assert np.array_equal(one, other)
    assert (one > 0).any()


def test_terrain_that_hardly_rises_is_left_out_and_nothing_else():
    values = np.random.default_rng(1).normal(0, 40, (40, 40)).repeat(20, 0).repeat(20, 1)
    terrain = Terrain.of(Grid(values, 0.0, 24000.0, 30.0))
    x, y, z = np.array([9000.0, 12500.0]), np.array([12000.0, 11000.0]), np.array([0.0, 60.0])
    whole = far_horizon(terrain, x, y, z, ShadeSettings(terrain_min_rise_deg=0.0))
    rising = far_horizon(terrain, x, y, z, ShadeSettings(terrain_min_rise_deg=2.0))
    least = math.tan(math.radians(2.0))
    # steps fall elsewhere where ground was stepped over, so the same crest may be met a little off
    assert np.degrees(np.arctan(rising)) == pytest.approx(
        np.degrees(np.arctan(np.where(whole > least, whole, 0.0))), abs=0.35
    )
    assert 0.1 < (rising > 0).mean() < 0.95


def test_neighbours_who_share_how_far_they_look_see_what_each_would_among_strangers():
    """Hills around a plain; for eyes 30 km apart there is no distance in common beyond which nothing rises."""
    rng = np.random.default_rng(5)
    y, x = np.mgrid[:1000, :1000] - 500.0
    hills = 60 + 90 * np.sin(x / 61) * np.cos(y / 47)
    values = np.where(np.hypot(x, y) > 120, hills, 0.0).clip(0) + rng.uniform(0, 4, x.shape)
    terrain = Terrain.of(Grid(values, -15000.0, 15000.0, 30.0))
    eyes = rng.uniform(-150, 150, (64, 2)), rng.uniform(4, 15, 64)
    together = far_horizon(terrain, *eyes[0].T, eyes[1], near_m=60.0)
    mixed = np.stack([eyes[0], np.full((64, 2), 30000.0)], axis=1).reshape(-1, 2)
    apart = far_horizon(terrain, *mixed.T, np.repeat(eyes[1], 2), near_m=60.0)[::2]
    assert 0.1 < (together == 0).mean() < 0.9
    assert (together == apart).all()


def test_holes_are_looked_over():
    values = np.zeros((200, 200))
    values[:50] = 200.0
    values[20:90, 40:160] = np.nan
    terrain = Terrain.of(Grid(values, -3000.0, 3000.0, 30.0))
    assert math.isfinite(look_north(terrain, STILL))
    assert math.isnan(terrain.height(0.0, 1800.0))
    assert terrain.height(0.0, -1800.0) == 0
    nothing = Terrain.of(Grid(np.full((10, 10), np.nan), 0.0, 300.0, 30.0))
    assert look_north(nothing, STILL) == 0
