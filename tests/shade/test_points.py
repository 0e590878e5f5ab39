from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely
from towns import blocks, centre

from pvmap.settings.shade import ShadeSettings
from pvmap.shade import points as points_of
from pvmap.shade.points import sample_points


@pytest.mark.parametrize("town", [blocks(300, 900, 0.1), centre()], ids=["blocks", "centre"])
def test_points_lie_inside_and_are_about_as_many_as_asked(town):
    points = sample_points(town.polygons)
    count = np.diff(points.start)
    assert shapely.contains_xy(town.polygons[points.surface], points.xy[:, 0], points.xy[:, 1]).all()
    assert count.min() >= 4
    assert abs(count.mean() - 16) < 1.5


def test_points_stand_for_the_area():
    # the mean of a linear field over the points must be that over the polygon, of each and more so of all
    town = centre()
    points = sample_points(town.polygons)
    mean = np.add.reduceat(points.xy, points.start[:-1]) / np.diff(points.start)[:, None]
    middle = shapely.get_coordinates(shapely.centroid(town.polygons))
    off = mean - middle
    print(
        f"off by {np.linalg.norm(off, axis=1).max():.2f} m at most, {np.linalg.norm(off.mean(axis=0)):.3f} m on average"
    )
    assert np.linalg.norm(off, axis=1).max() < 1.0
    assert np.linalg.norm(off.mean(axis=0)) < 0.1


def test_large_roofs_get_more_points_up_to_the_limit():
    halls = shapely.box(0, 0, [60, 300, 2000], [50, 20, 1000])
    assert np.diff(sample_points(halls).start) == pytest.approx([30, 60, 100], abs=6)


def test_points_follow_the_polygon_alone():
    town = blocks(50, 400, 0.1)
    all_at_once = sample_points(town.polygons)
    one = sample_points(town.polygons[17:18])
    assert np.array_equal(one.xy, all_at_once.xy[all_at_once.start[17] : all_at_once.start[18]])
    turned = sample_points(gpd.GeoSeries(town.polygons[17:18]).rotate(37, origin=(0, 0)).to_numpy())
    expected = gpd.GeoSeries(gpd.points_from_xy(*one.xy.T)).rotate(37, origin=(0, 0))
    found = shapely.STRtree(shapely.points(turned.xy)).query_nearest(expected.to_numpy(), return_distance=True)[1]
    assert len(turned.xy) == len(one.xy)
    assert found.max() < 1e-6


def test_room_that_is_too_small_grows(monkeypatch):
    town = blocks(50, 400, 0.1)
    enough = sample_points(town.polygons)
    monkeypatch.setattr(points_of, "ROOM", 0.05)
    grown = sample_points(town.polygons)
    assert np.array_equal(grown.start, enough.start)
    assert np.array_equal(grown.xy, enough.xy)


def test_thin_roofs_asked_for_few_points_get_four_at_least():
    rng = np.random.default_rng(6)
    thin = [shapely.Polygon([(0, 0), (a, b), (a + 4.0, 0.0)]) for a, b in rng.uniform((5, 1), (30, 12), (60, 2))]
    assert np.diff(sample_points(thin, ShadeSettings(points_per_surface=4, max_points_per_surface=4)).start).min() >= 4


def test_odd_polygons_get_points_too():
    sliver = shapely.box(0, 0, 100, 0.001)
    two = shapely.MultiPolygon([shapely.box(0, 0, 10, 10), shapely.box(50, 0, 60, 10)])
    ring = shapely.box(0, 0, 1000, 1000).difference(shapely.box(5, 5, 995, 995))
    points = sample_points([sliver, two, ring])
    count = np.diff(points.start)
    assert count[0] >= 1
    assert count[1] >= 8
    assert count[2] >= 50
    assert shapely.contains_xy(sliver, *points.xy[0])
    assert shapely.contains_xy(two, *points.xy[points.start[1] : points.start[2]].T).all()
    assert (points.xy[points.start[1] : points.start[2], 0] > 30).any()


def test_the_number_of_points_is_a_setting():
    town = blocks(100, 500, 0.1)
    many = sample_points(town.polygons, ShadeSettings(points_per_surface=50))
    assert np.diff(many.start).mean() == pytest.approx(50, rel=0.06)
