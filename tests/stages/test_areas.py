"""Districts of which one lies in another: a site counts in the smallest, and that it had a choice is told."""

from __future__ import annotations

from types import SimpleNamespace

import geopandas as gpd
import numpy as np
import pytest
import shapely
from pyproj import CRS

from pvmap.settings.city import VectorInput
from pvmap.stages.areas import doubt_outside, doubt_overlaps, name_areas, names_at, read_named

WEST, EAST, CITY = shapely.box(0, 0, 50, 100), shapely.box(50, 0, 100, 100), shapely.box(0, 0, 100, 100)
POINTS = np.array([(10.0, 10.0), (60.0, 10.0), (90.0, 90.0), (200.0, 0.0)])


def layer(**outlines: shapely.Geometry) -> SimpleNamespace:
    frame = gpd.GeoDataFrame({"name": list(outlines)}, geometry=list(outlines.values()), crs="EPSG:4549")
    return SimpleNamespace(features=frame.explode(ignore_index=True))


@pytest.mark.parametrize("order", [("city", "west", "east"), ("west", "city", "east"), ("east", "west", "city")])
def test_a_city_does_not_take_the_sites_of_its_districts(order):
    every = {"city": CITY, "west": WEST, "east": EAST}
    areas = layer(**{name: every[name] for name in order})
    assert names_at(shapely.points(POINTS), areas.features).tolist() == ["west", "east", "east", ""]
    (found,) = doubt_overlaps(POINTS, {"districts": areas})
    assert (found.code, found.count, found.total, found.values["other"]) == ("districts-overlap", 3, 4, "city")


def test_a_small_part_of_the_whole_is_still_the_whole():
    island = shapely.box(200, 0, 210, 10)
    areas = layer(city=shapely.union(CITY, island), west=shapely.union(WEST, island), east=EAST)
    assert names_at(shapely.points([(205.0, 5.0)]), areas.features).tolist() == ["west"]


def test_districts_side_by_side_are_not_doubted():
    sites = gpd.GeoDataFrame({"site_id": list("abcd")}, geometry=shapely.points(POINTS), crs="EPSG:4549")
    areas = {"districts": layer(west=WEST, east=EAST)}
    assert name_areas(sites, POINTS, areas)["district"].tolist() == ["west", "east", "east", ""]
    assert not doubt_overlaps(POINTS, areas)


def test_sites_outside_are_told_by_level_and_outlines_without_a_name_are_too(tmp_path):
    gpd.GeoDataFrame({"n": ["west", " "]}, geometry=[WEST, EAST], crs="EPSG:4549").to_file(tmp_path / "d.gpkg")
    source = VectorInput(path="d.gpkg", columns={"name": "n"})
    named = read_named(source, tmp_path, CRS(4549), "townships")
    assert [(one.count, one.total) for one in named.findings if one.code == "areas-unnamed"] == [(1, 2)]
    sites = gpd.GeoDataFrame({"site_id": list("abcd")}, geometry=shapely.points(POINTS), crs="EPSG:4549")
    areas = {"districts": layer(west=WEST, east=EAST), "townships": named}
    told = doubt_outside(name_areas(sites, POINTS, areas), areas)
    assert [(one.layer, one.count) for one in told] == [("districts", 1), ("townships", 3)]
