from __future__ import annotations

import math

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from towns import Town, blocks, centre, rays

from pvmap.directions import azimuths
from pvmap.settings.shade import ShadeSettings
from pvmap.shade.points import Points, sample_points
from pvmap.shade.rings import Boxes
from pvmap.shade.walls import COVERED, point_skylines, reach_m

SETTINGS = ShadeSettings()


def look(town: Town, *, shade: ShadeSettings = SETTINGS, threads: int = 1) -> tuple[Points, np.ndarray]:
    points = sample_points(town.polygons)
    boxes = Boxes.of(town.polygons, town.height_m)
    z = town.height_m[points.surface]
    return points, point_skylines(points, z, np.arange(len(boxes)), boxes, shade, threads=threads)


def compare_with_rays(town: Town, n: int) -> tuple[float, float]:
    """Largest difference [deg] over `n` random points and azimuths, and the share of them with a skyline."""
    points, tangent = look(town)
    rng = np.random.default_rng(5)
    p, k = rng.integers(len(points.xy), size=n), rng.integers(64, size=n)
    expected = rays(town, points.xy[p], town.height_m[points.surface[p]], azimuths()[k], SETTINGS.max_reach_m)
    found = np.degrees(np.arctan(tangent[p, k]))
    found[tangent[p, k] == COVERED] = 90.0
    clear = abs(expected - SETTINGS.min_rise_deg) > 1e-3
    expected[expected < SETTINGS.min_rise_deg] = 0.0
    return float(abs(found - expected)[clear].max()), float((expected > 0).mean())


def test_equals_rays_in_a_synthetic_city():
    worst, seen = compare_with_rays(blocks(2000, 1000, 0.15), 2000)
    assert worst < 1e-4
    assert seen > 0.5


def test_equals_rays_among_courtyards_l_shapes_touching_and_nested_buildings():
    worst, seen = compare_with_rays(centre(), 2000)
    assert worst < 1e-4
    assert seen > 0.5


def test_equals_rays_on_real_footprints(shared_data):
    real = gpd.read_file(shared_data / "buildings" / "suzhou_buildings.geojson").to_crs(32651)
    real = real[real.geometry.is_valid & (real.geometry.area > 20)].explode()
    height = np.random.default_rng(2).choice([6.0, 9, 18, 54], len(real))
    worst, seen = compare_with_rays(Town(real.geometry.to_numpy(), height), 2000)
    assert worst < 1e-4
    assert seen > 0.2


def test_results_depend_neither_on_threads_nor_on_what_stands_beyond_reach():
    town = blocks(1500, 1800, 0.15, seed=3)
    points, whole = look(town)
    assert np.array_equal(whole, look(town, threads=2)[1])
    window = shapely.box(700, 700, 1000, 1000)
    inside = np.flatnonzero(shapely.within(town.polygons, window))
    reach = reach_m(town.height_m.max() - town.height_m[inside].min(), SETTINGS)
    near = np.flatnonzero(shapely.distance(town.polygons, window) <= reach)[::-1]  # another order, too
    some = sample_points(town.polygons[inside])
    own = np.array([np.flatnonzero(near == i)[0] for i in inside])
    boxes = Boxes.of(town.polygons[near], town.height_m[near])
    tile = point_skylines(some, town.height_m[inside][some.surface], own, boxes)
    assert np.array_equal(tile, whole[np.isin(points.surface, inside)])


def test_a_roof_looks_over_its_own_courtyard_but_not_over_what_stands_in_it():
    yard = shapely.box(0, 0, 40, 40).difference(shapely.box(10, 10, 30, 30))
    tower = shapely.box(16, 16, 24, 24)
    _, alone = look(Town(np.array([yard]), np.array([12.0])))
    assert not alone.any()
    points, both = look(Town(np.array([yard, tower]), np.array([12.0, 40.0])))
    assert (both[points.surface == 0].max(axis=1) > 0.9).all()
    assert not both[points.surface == 1].any()


def test_a_roof_under_another_building_sees_no_sky():
    town = Town(np.array([shapely.box(0, 0, 40, 40), shapely.box(0, 0, 20, 40)]), np.array([10.0, 60.0]))
    points, tangent = look(town)
    covered = (points.surface == 0) & (points.xy[:, 0] < 20)
    assert covered.any()
    assert (tangent[covered] == COVERED).all()
    assert (tangent[(points.surface == 0) & ~covered] < COVERED).all()


def test_neighbours_of_the_same_height_shade_nobody():
    touching = Town(np.array([shapely.box(0, 0, 20, 20), shapely.box(20, 0, 40, 20)]), np.array([15.0, 15.0]))
    assert not look(touching)[1].any()


def from_point(wall: shapely.Polygon, rise: float, x: float, y: float, azimuth: np.ndarray) -> np.ndarray:
    """Skyline of one point on the ground, beside one building."""
    point = Points(np.array([[x, y]]), np.array([0, 1]))
    boxes = Boxes.of(np.array([wall]), np.array([100.0 + rise]))
    return point_skylines(point, np.array([100.0]), np.array([-1]), boxes, SETTINGS, azimuth=azimuth)[0]


def test_a_wall_that_rises_by_less_than_a_metre_is_seen_from_near():
    seen = from_point(shapely.box(4, -20, 8, 20), 0.8, 0.0, 0.0, np.array([90.0, 270.0]))
    assert seen == pytest.approx([0.8 / 4, 0.0])


def test_a_wall_from_just_behind_its_line_is_not_seen():
    """From 0.02 m inside the line of the northern wall the western one alone is seen, and where it stands."""
    azimuth = azimuths()
    seen = from_point(shapely.box(5, -10, 15, 0), 6.0, 0.0, -0.02, azimuth)
    low, high = (90.0 - math.degrees(math.atan2(y, 5)) for y in (0.02, -9.98))
    stands = (azimuth > low) & (azimuth < high)
    assert seen == pytest.approx(np.where(stands, 6.0 / 5 * np.sin(np.radians(azimuth)), 0.0), abs=1e-6)


def test_own_parapet_rises_all_around():
    """From the middle of a roof, and 1 m from its eastern and 6 m from its northern edge, far from the origin."""
    x, y = 300.0, 500.0
    points = Points(np.array([[x, y], [x + 9.0, y + 4.0]]), np.array([0, 2]))
    boxes = Boxes.of(np.array([shapely.box(x - 10, y - 10, x + 10, y + 10)]), np.array([30.0]))
    shade, towards = ShadeSettings(parapet_height_m=1.2), np.array([0.0, 90.0, 180.0, 270.0])
    tangent = point_skylines(points, np.array([30.0, 30.0]), np.array([0]), boxes, shade, azimuth=towards)
    assert tangent == pytest.approx(1.2 / np.array([[10.0, 10.0, 10.0, 10.0], [6.0, 1.0, 14.0, 19.0]]))


def test_reach_grows_with_height_up_to_the_cap():
    assert reach_m([-5.0, 0.0, 10.0, 1000.0], SETTINGS) == pytest.approx(
        [0.0, 0.0, 10 / math.tan(math.radians(2)), SETTINGS.max_reach_m]
    )


def test_no_buildings_no_skyline():
    points = sample_points([shapely.box(0, 0, 20, 20)])
    nobody = Boxes.of(np.empty(0, object), np.empty(0))
    assert not point_skylines(points, np.zeros(len(points.xy)), np.array([-1]), nobody).any()


def test_turning_the_city_turns_the_skyline():
    town = blocks(400, 500, 0.2, seed=8)
    turned = Town(gpd.GeoSeries(town.polygons).rotate(-90, origin=(250, 250)).to_numpy(), town.height_m)
    points, before = look(town)
    boxes = Boxes.of(turned.polygons, turned.height_m)
    xy = np.column_stack([points.xy[:, 1], 500 - points.xy[:, 0]])  # a quarter turn clockwise
    z = town.height_m[points.surface]
    after = point_skylines(Points(xy, points.start), z, np.arange(len(boxes)), boxes)
    # a ray within rounding of a building's corner may pass on either side of it
    same = np.isclose(np.roll(before, 16, axis=1), after, rtol=1e-5, atol=1e-6)
    assert same.mean() > 0.9999


@settings(max_examples=25)
@given(which=st.integers(0, 119), by=st.floats(0.1, 60.0))
def test_raising_a_building_never_lowers_a_skyline_of_others(which, by):
    town = blocks(120, 300, 0.2, seed=4)
    points, before = look(town)
    raised = town.height_m.copy()
    raised[which] += by
    _, after = look(Town(town.polygons, raised))
    others = points.surface != which
    assert (after[others] >= before[others]).all()
