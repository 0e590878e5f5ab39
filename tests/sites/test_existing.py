"""Plants that already stand go to the sites they meet; nothing of them is lost."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from shapely import Point

from pvmap.settings.module import ModuleSettings
from pvmap.settings.sites import SitingSettings
from pvmap.sites import existing
from pvmap.stages.other_layers import read_plants


@pytest.fixture
def ponds(town):
    sites = town.read("fishpond", [town.rectangle(400, 250), town.rectangle(400, 250, at=(500, 0))])
    return sites.assign(district=["west", "east"])


def plants(town, geometries, megawatts):
    return gpd.GeoDataFrame({"capacity_mw": megawatts}, geometry=geometries, crs=town.crs)


def point(town, x, y):
    return Point(town.origin[0] + x, town.origin[1] + y)


@pytest.mark.parametrize(
    ("x", "y", "booked"),
    [(0, 0, [3000, 0]), (500, 0, [0, 3000]), (229, 0, [3000, 0]), (250, 0, [0, 0]), (0, 160, [0, 0])],
)
def test_a_point_belongs_to_its_site_or_the_nearest_within_30_m(town, ponds, x, y, booked) -> None:
    sites, findings = existing.subtract(ponds, plants(town, [point(town, x, y)], [3.0]))
    assert sites["existing_pv_kwp"].tolist() == booked
    assert len(findings) == (0 if sum(booked) else 1)


def test_a_polygon_is_shared_by_covered_area(town, ponds) -> None:
    """It reaches 100 m into the western pond and 300 m into the eastern one."""
    plant = town.rectangle(500, 100, at=(350, 0))
    sites, findings = existing.subtract(ponds, plants(town, [plant], [8.0]))
    assert sites["existing_pv_kwp"].tolist() == pytest.approx([2000, 6000])
    assert findings == []


def test_an_outline_of_which_little_lies_on_sites_is_not_taken_for_kilowatts(town, ponds) -> None:
    plant = town.rectangle(9000, 9000, at=(4600, 0))  # 100 m of it on the eastern pond
    _, findings = existing.subtract(ponds, plants(town, [plant], [8.0]))
    assert [one.code for one in findings] == ["plants-meet-no-site"]


@pytest.mark.parametrize("overlap_m", [0.02, 1.0, 30.0])
def test_the_edge_of_a_plant_takes_no_more_than_it_covers(town, ponds, overlap_m) -> None:
    """50 MW on 1 km2 are 50 W/m2: 20 m2 of it hold 1 kWp, whatever the pond could hold; the rest is the district's."""
    plant = town.rectangle(1000, 1000, at=(0, 625 - overlap_m))
    sites, findings = existing.subtract(ponds, plants(town, [plant], [50.0]))
    length_m = 400.0 + 200.0  # of the banks it meets
    assert sites["existing_pv_kwp"].sum() == pytest.approx(overlap_m * length_m * 0.050)
    assert findings[0].values["capacity_mw"] == pytest.approx(50.0 - overlap_m * length_m * 0.050 / 1e3)


def test_a_plant_denser_than_modules_is_capped_by_what_it_covers(town, ponds) -> None:
    """60 MW on 10,000 m2 inside one pond: modules side by side are 2.32 MWp."""
    sites, _ = existing.subtract(ponds, plants(town, [town.rectangle(100, 100)], [60.0]))
    assert sites["existing_pv_kwp"].tolist() == pytest.approx([10_000 / 2.583 * 0.600, 0.0])


@pytest.mark.parametrize("n", [2, 5])
def test_plants_over_each_other_share_the_ground_they_cover(town, ponds, n) -> None:
    """Phases of 50 MW on one hectare of the bank, of which 20 m x 0.5 m lie in a pond: 10 m2 hold 2.3 kWp of all."""
    phases = [town.rectangle(20 - 0.1 * k, 500.0, at=(0.05 * k, 125 + 250 - 0.5)) for k in range(n)]
    sites, findings = existing.subtract(ponds, plants(town, phases, [50.0] * n))
    assert sites["existing_pv_kwp"].tolist() == pytest.approx([10.0 / 2.583 * 0.600, 0.0])
    assert findings[0].values["capacity_mw"] == pytest.approx(50.0 * n, rel=1e-3)


def test_points_in_one_site_share_its_footprint(town, ponds) -> None:
    """Three of 10 MW on the 10 ha that hold 23.2 MWp: a third of them each."""
    given = plants(town, [point(town, x, 0) for x in (-50, 0, 50)], [10.0] * 3)
    matches = existing.match(ponds, given, SitingSettings(), ModuleSettings())
    assert matches.capacity_kwp == pytest.approx([100_000 / 2.583 * 0.600 / 3] * 3)


def test_what_no_site_could_hold_stays_with_its_district(town, ponds) -> None:
    """10 ha hold at most 10 ha / 2.583 m2 x 0.6 kWp = 23.2 MWp."""
    given = plants(town, [point(town, 0, 0), point(town, 500, 4000), point(town, 500, 4100)], [270.0, 5.0, 6.0])
    most = 100_000 / 2.583 * 0.600
    sites, findings = existing.subtract(ponds, given)
    assert sites["existing_pv_kwp"].tolist() == pytest.approx([most, 0.0])
    rest = existing.remainder(ponds, given, existing.match(ponds, given, SitingSettings(), ModuleSettings()))
    assert rest.set_index("district")["n_plants"].to_dict() == {"west": 1, "east": 2}
    assert rest.set_index("district")["capacity_kwp"].to_dict() == pytest.approx(
        {"west": 270_000 - most, "east": 11_000}
    )
    (found,) = findings
    assert (found.code, found.count, found.total) == ("plants-meet-no-site", 3, 3)
    assert found.values["capacity_mw"] == pytest.approx(281 - most / 1e3)
    assert "east 11.0" in found.sentence() and f"west {270 - most / 1e3:,.1f}" in found.sentence()
    assert "MW" in found.sentence() and "兆瓦" in found.sentence("zh") and "MW" not in found.sentence("zh")
    assert rest["capacity_kwp"].sum() + sites["existing_pv_kwp"].sum() == pytest.approx(281_000)


def test_plants_without_capacity_are_told(town, ponds) -> None:
    sites, findings = existing.subtract(ponds, plants(town, [point(town, 0, 0)], [float("nan")]))
    assert sites["existing_pv_kwp"].sum() == 0.0
    assert [(found.code, found.count, found.total) for found in findings] == [("plants-without-capacity", 1, 1)]
    no_column = plants(town, [point(town, 0, 0)], [1.0]).drop(columns="capacity_mw")
    assert existing.subtract(ponds, no_column)[1] == findings


def test_no_plant(town, ponds) -> None:
    sites, findings = existing.subtract(ponds, plants(town, [], pd.Series(dtype=float)))
    assert (sites["existing_pv_kwp"].tolist(), findings) == ([0.0, 0.0], [])


def test_a_plant_of_several_parts_and_two_phases_on_one_polygon_keep_their_amounts(town, tmp_path):
    two = shapely.MultiPolygon([town.rectangle(40, 30), town.rectangle(40, 30, at=(100, 0))])
    one = town.rectangle(50, 40, at=(0, 200))
    rows = gpd.GeoDataFrame(
        {"name": ["plant", "phase 1", "phase 2"], "mw": [0.6, 0.5, 0.5]}, geometry=[two, one, one], crs=town.crs
    )
    rows.to_file(tmp_path / "e.gpkg")
    given = {"path": "e.gpkg", "columns": {"name": "name", "capacity_mw": "mw"}}
    settings = town.settings(inputs={"existing_pv": given})
    assert read_plants(settings, tmp_path, town.crs).features["capacity_mw"].tolist() == [0.6, 0.5, 0.5]


@pytest.mark.parametrize(
    ("names", "megawatts", "told"),
    [
        (["a", "a", "b"], [0.6, 0.6, 0.6], 1),
        (["a", "a", "b"], [0.6, 0.5, 0.6], 0),  # each has its own
        (["", "", "b"], [0.6, 0.6, 0.6], 0),
        (["roof"] * 12, [0.006] * 12, 0),  # a name that everybody bears
        (["works"] * 12, [0.6] * 12, 11),
    ],
)
@pytest.mark.parametrize("column", ["id", "name"])
def test_parts_that_each_state_the_whole_are_told(town, column, names, megawatts, told) -> None:
    rows = plants(town, [point(town, 100.0 * k, 0) for k in range(len(names))], megawatts)
    rows = rows.assign(**{column: names}, source_row=range(len(names)))
    found = existing.doubt_rows(rows, pd.DataFrame({"reason": [], "source_row": []}), "e.csv")
    assert [one.count for one in found if one.code == "plants-alike"] == ([told] if told else [])


@pytest.mark.parametrize(("megawatts", "told"), [([0.6, 0.603], 1), ([0.6, 0.4], 0)])
def test_a_plant_drawn_as_point_and_outline_is_told_whatever_its_names(town, megawatts, told) -> None:
    middle = point(town, 0, 0)
    rows = plants(town, [middle, middle.buffer(20.0)], megawatts).assign(name=["a", "b"], source_row=range(2))
    found = existing.doubt_rows(rows, pd.DataFrame({"reason": [], "source_row": []}), "e.csv")
    assert [one.count for one in found if one.code == "plants-drawn-twice"] == [1] * told
