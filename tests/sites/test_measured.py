"""Measured roof planes replace assumed ones, and the account still closes."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
from pyproj import CRS

from pvmap.settings.city import FileInput
from pvmap.sites.measured import planes_on
from pvmap.sources.roof_faces import read_roof_planes


def planes(town, rows, obstacles_measured=True):
    """Rows of (roof, polygon, tilt, azimuth)."""
    roof, polygons, tilt, azimuth = zip(*rows, strict=True)
    columns = {"roof": roof, "surface_tilt": tilt, "surface_azimuth": azimuth, "obstacles_measured": obstacles_measured}
    return gpd.GeoDataFrame(columns, geometry=list(polygons), crs=town.crs)


def house(town, n=1, use="residential_rural"):
    polygons = [town.rectangle(14, 10, at=(30.0 * k, 0.0)) for k in range(n)]
    return town.read("rooftop", polygons, building_use=[use] * n, height_m=[6.0] * n)


def place(town, sites, found):
    return town.place("rooftop", sites, roof_planes=lambda given: found)


def test_measured_planes_take_the_place_of_assumed_ones(town) -> None:
    """Measured: a south plane of 30 degrees, a north plane, 10 m2 of chimney; nothing on the second house."""
    south, north = town.rectangle(14, 5, at=(0, -2.5)), town.rectangle(12, 5, at=(0, 2.5))
    placed = place(town, house(town, 2), planes(town, [(0, south, 30.0, 185.0), (0, north, 30.0, 5.0)]))
    first, second = placed.surfaces.itertuples()
    assert (first.site_id, first.surface_tilt, first.surface_azimuth, first.measured) == (
        "rooftop-row0",
        30.0,
        185.0,
        True,
    )
    stays = 0.96 * 0.952  # obstacles were measured: none assumed on top; paths and owners take their shares still
    assert first.plan_area_m2 == pytest.approx(13.2 * 4.2 * stays)
    assert (second.site_id, second.surface_tilt, second.measured) == ("rooftop-row1", 22.0, False)
    own = placed.exclusions[placed.exclusions["site_id"] == "rooftop-row0"].set_index("reason")["area_m2"].to_dict()
    assert own["obstacles"] == pytest.approx(10.0)
    assert own["north-facing plane"] == pytest.approx(60.0)
    assert own["setback"] == pytest.approx(70.0 - 13.2 * 4.2)


def test_obstacles_that_were_not_measured_are_assumed(town) -> None:
    found = planes(town, [(0, town.rectangle(14, 10), 30.0, 180.0)], obstacles_measured=False)
    assert place(town, house(town), found).surfaces["plan_area_m2"].tolist() == [
        pytest.approx(13.2 * 9.2 * 0.93 * 0.96 * 0.952)
    ]


@pytest.mark.parametrize(("use", "clear"), [("residential_high", 0.61), ("commercial", 0.68)])
def test_equal_roofs_at_the_edge_of_a_model_differ_by_what_was_measured(town, use, clear) -> None:
    """Two roofs of 40 m x 30 m; planes over as much of one as the rules assume, or half as much again, give so much."""
    polygons = [town.rectangle(40, 30), town.rectangle(40, 30, at=(100, 0))]
    sites = town.read("rooftop", polygons, building_use=[use] * 2, height_m=[60.0] * 2)
    for measured in (clear, min(1.5 * clear, 0.98)):
        found = planes(town, [(0, town.rectangle(40 * measured, 30, at=(20 * (measured - 1), 0)), 0.0, 180.0)])
        area = place(town, sites, found).surfaces.set_index("site_id")["plan_area_m2"]
        inside = (40 * measured - 2) * 28 / (38 * 28)  # the setback runs along the plane's own edge
        assert area["rooftop-row0"] / area["rooftop-row1"] == pytest.approx(inside / clear, rel=0.01)


@pytest.mark.parametrize(
    ("use", "tilt", "mounting", "surface_tilt"),
    [("government", 2.0, "rack", 15.0), ("government", 8.0, "flush", 8.0), ("industrial_steel", 2.0, "flush", 2.0)],
)
def test_nearly_flat_planes_carry_racks(town, use, tilt, mounting, surface_tilt) -> None:
    found = planes(town, [(0, town.rectangle(14, 10), tilt, 90.0)])
    (surface,) = place(town, house(town, use=use), found).surfaces.itertuples()
    assert (surface.mounting, surface.surface_tilt) == (mounting, surface_tilt)


def test_planes_that_overlap_or_stand_out_count_once(town) -> None:
    """The second plane repeats half of the first and reaches beyond the footprint."""
    found = planes(
        town,
        [(0, town.rectangle(10, 10, at=(-2, 0)), 20.0, 180.0), (0, town.rectangle(12, 10, at=(4, 0)), 20.0, 180.0)],
    )
    placed = place(town, house(town), found)  # place checks the account
    assert placed.surfaces.geometry.area.sum() <= 140.0


def test_planes_that_are_told_twice_cover_a_roof_once(town) -> None:
    """Two roofs; a fifth of the first is told three times, once by a plane that reaches over both."""
    roofs = np.array([town.rectangle(20, 10), town.rectangle(20, 10, at=(20, 0))], object)
    fifth, across = town.rectangle(4, 10, at=(-8, 0)), town.rectangle(40, 10, at=(10, 0))
    told = planes(town, [(0, fifth, 20.0, 180.0), (0, fifth, 20.0, 180.0), (0, across, 5.0, 90.0)])
    found = planes_on(roofs, told.drop(columns="roof"))
    assert found["roof"].tolist() == [0, 0, 1]
    assert found.geometry.area.to_numpy() == pytest.approx([40.0, 160.0, 200.0])
    assert found["surface_tilt"].tolist() == [20.0, 5.0, 5.0]


def test_roofs_without_measured_planes_are_as_before(town) -> None:
    sites = house(town, 3)
    nothing = planes(town, [(0, town.rectangle(1, 1), 0.0, 0.0)]).iloc[:0]
    before = town.place("rooftop", sites).surfaces
    for found in (None, nothing):
        assert place(town, sites, found).surfaces.equals(before)


def test_zurich_roofs(town, shared_data) -> None:
    """CityJSON planes on footprints of their own union: the account closes and most of the roof is planes."""
    found = read_roof_planes(
        FileInput(path="zurich_subset_lod2.city.json"), shared_data / "buildings/cityjson", CRS(2056)
    )
    west, south, _, _ = found.total_bounds  # metres either way: moved to Zhenjiang, not projected
    moved = found.geometry.translate(town.origin[0] - west, town.origin[1] - south)
    found = found.set_geometry(moved.set_crs(town.crs, allow_override=True))
    footprints = found.dissolve("building").geometry
    sites = town.read("rooftop", list(footprints), building_use=["residential_low"] * len(footprints))
    given = planes_on(sites.geometry.to_numpy(), found).assign(obstacles_measured=False)
    placed = place(town, sites, given)
    assert placed.surfaces["measured"].all()
    covered = given.geometry.area.groupby(given["roof"]).sum() / sites["footprint_area_m2"]
    assert np.nanmedian(covered) == pytest.approx(1.0, abs=0.02)
