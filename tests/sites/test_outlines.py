"""What lies inside what, and which of the two is the building."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely

from pvmap.sites import overlaps
from pvmap.sites.outlines import doubt, settle


def shops(town, n):
    return [town.rectangle(30, 20, at=(50.0 * k - 100.0, 0.0)) for k in range(n)]


def names(sites):
    return sites["site_id"].str.removeprefix("rooftop-").tolist()


@pytest.mark.parametrize(
    ("n", "park_m", "shop_m", "kept"),
    [
        (5, np.nan, 8.0, False),  # a park without a height
        (5, 8.0, 8.0, False),  # as high as what it holds
        (5, 8.0, np.nan, False),  # of the shops nothing is known
        (5, 20.0, 8.0, False),
        (5, 8.0, 10.0, False),  # two metres lower than what it holds: as measured heights may be off
        (5, 8.0, 60.0, True),  # a podium under five towers
        (5, 1.0, 60.0, False),  # no podium is so low
        (3, 8.0, 8.0, True),  # too few to be sure: it yields, and what it holds is cut out
    ],
)
def test_an_outline_that_holds_many_buildings_is_none(town, n, park_m, shop_m, kept):
    polygons = [*shops(town, n), town.rectangle(400, 200)]
    ids, heights = [*(f"s{k}" for k in range(n)), "park"], [*[shop_m] * n, park_m]
    sites = town.read("rooftop", polygons, id=ids, height_m=heights)
    left, rejects, found = settle(sites)
    assert ("park" in names(left)) == kept
    assert len(left) + len(rejects) == n + 1
    assert [one.code for one in found] == ["sites-hold-others" if kept else "outlines-refused"]
    after, double = overlaps.resolve({"rooftop": left})
    assert {f"s{k}" for k in range(n)} <= set(names(after["rooftop"]))
    assert not len(double)
    if kept:
        park = after["rooftop"].set_index("site_id").loc["rooftop-park"]
        assert park["footprint_area_m2"] == pytest.approx(400 * 200 - n * 600)


@pytest.mark.parametrize(
    ("yard_m", "houses_m", "deep", "told"),
    [
        (8.0, 8.0, 100, True),
        (np.nan, np.nan, 100, True),
        (np.nan, 8.0, 100, True),
        (8.0, 30.0, 100, False),  # a podium and its towers
        (30.0, 8.0, 100, False),  # a house and its porches
        (8.0, 8.0, 20, False),  # parts that make up most of it
    ],
)
def test_a_yard_that_holds_two_houses_is_told(town, yard_m, houses_m, deep, told):
    polygons = [town.rectangle(40, deep), *(town.rectangle(15, 18, at=(side, 0)) for side in (-10, 10))]
    sites = town.read("rooftop", polygons, id=["yard", "a", "b"], height_m=[yard_m, houses_m, houses_m])
    left, _, found = settle(sites)
    assert len(left) == 3 and [one.code for one in found] == ["sites-hold-others"] * told


def test_parts_fold_into_their_building_with_the_largest_height(town):
    whole = town.rectangle(40, 20)
    parts = [town.rectangle(20, 20, at=(-10, 0)), town.rectangle(20, 20, at=(10, 0))]
    sites = town.read("rooftop", [whole, *parts], id=["w", "a", "b"], height_m=[np.nan, 9.0, 15.0])
    left, rejects, _ = settle(sites)
    assert names(left) == ["w"] and left["height_m"].tolist() == [15.0] and left["height_source"].tolist() == ["column"]
    assert rejects["reason"].tolist() == ["part of another building"] * 2


@pytest.mark.parametrize(("each_m", "folded"), [(20.0, True), (18.5, True), (17.0, False), (10.0, False)])
def test_parts_must_make_up_their_building(town, each_m, folded):
    """Two parts of `each_m` in 40 m: nine tenths of it are a building with a passage, less two in a yard."""
    parts = [town.rectangle(each_m, 20, at=(side * (20 - each_m / 2), 0)) for side in (-1, 1)]
    sites = town.read("rooftop", [town.rectangle(40, 20), *parts], id=["w", "a", "b"], height_m=[9.0, 9.0, 15.0])
    left, rejects, found = settle(sites)
    assert names(left) == (["w"] if folded else ["w", "a", "b"])
    assert len(rejects) == 2 * folded and [one.code for one in found] == ["parts-folded"] * folded


def test_what_was_measured_comes_before_what_was_assumed(town):
    large, small = town.rectangle(40, 20), town.rectangle(30, 20, at=(5, 0))
    sites = town.read("rooftop", [large, small], id=["assumed", "measured"], height_m=[np.nan, 4.0])
    after, _ = overlaps.resolve({"rooftop": sites})
    area = after["rooftop"].set_index("site_id")["footprint_area_m2"]
    assert area["rooftop-measured"] == pytest.approx(600.0) and area["rooftop-assumed"] == pytest.approx(200.0)


def test_neighbours_are_left_alone(town):
    sites = town.read("rooftop", shops(town, 5))
    left, rejects, found = settle(sites)
    assert len(left) == 5 and not len(rejects) and not found


@pytest.mark.parametrize(("n", "pond_m", "told"), [(4, 100.0, 1), (2, 100.0, 1), (1, 100.0, 0), (1, 30.0, 1)])
def test_zones_among_ponds_are_told(n, pond_m, told):
    zone = shapely.box(0, 0, 520, 130)
    ponds = [shapely.box(10 + 120 * k, 10, 10 + 120 * k + pond_m, 10 + pond_m) for k in range(n)]
    every = [zone if n > 1 or pond_m < 100 else shapely.box(0, 0, 130, 130), *ponds]
    frame = gpd.GeoDataFrame({"source": "p.shp", "source_row": range(n + 1)}, geometry=every, crs="EPSG:4549")
    sites, refused, found = doubt(frame)
    assert len(sites) == n + 1 and not len(refused)
    assert [(one.code, one.rows) for one in found] == [("sites-hold-others", (0,))] * told
