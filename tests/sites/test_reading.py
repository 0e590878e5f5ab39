"""Layers become sites: ids that stay, uses, heights and grades."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from pvmap.errors import ConfigError
from pvmap.settings.city import VectorInput
from pvmap.sites import SITE_TYPES
from pvmap.sites.reading import read_common


def squares(town, n):
    return [town.rectangle(10, 10, at=(20.0 * k, 0.0)) for k in range(n)]


@pytest.mark.parametrize(
    ("ids", "parts", "n_parts", "expected"),
    [
        (None, [0, 0], [1, 1], ["rooftop-row0", "rooftop-row1"]),
        (["a", "b"], [0, 0], [1, 1], ["rooftop-a", "rooftop-b"]),
        (["a", ""], [0, 0], [1, 1], ["rooftop-a", "rooftop-row1"]),
        (["a", "a"], [0, 0], [1, 1], ["rooftop-row0", "rooftop-row1"]),
        (["a", "a"], [0, 1], [2, 2], ["rooftop-a.0", "rooftop-a.1"]),
    ],
)
def test_site_id_is_the_sources_unique_id_else_row_and_part(town, ids, parts, n_parts, expected) -> None:
    columns = {"part": parts, "n_parts_of_row": n_parts} | ({"id": ids} if ids else {})
    assert town.read("rooftop", squares(town, 2), **columns)["site_id"].tolist() == expected


def test_a_second_layer_renames_nothing(town) -> None:
    given = VectorInput(path="in.geojson")
    layers = [town.layer(squares(town, 2)), town.layer(squares(town, 1), id=["a"])]
    alone = read_common("mine", layers[:1], [given])[0]
    both = read_common("mine", layers, [given, given])[0]
    assert both["site_id"].tolist() == [*alone["site_id"], "mine-2-a"]


def test_an_id_that_reads_like_another_name_gets_a_number_and_is_told(town) -> None:
    given = VectorInput(path="in.geojson", columns={"id": "no"})
    sites, _, found = read_common("rooftop", [town.layer(squares(town, 2), id=["row1", ""])], [given])
    assert sites["site_id"].tolist() == ["rooftop-row1", "rooftop-row1~1"]
    assert [(one.code, one.count, one.column) for one in found] == [("ids-collide", 1, "no")]


def test_no_layer_gives_no_site(town) -> None:
    sites, rejects, _ = SITE_TYPES["rooftop"].read([town.layer([])], [VectorInput(path="in.geojson")], town.settings())
    assert len(sites) == len(rejects) == 0


USES = {"厂房": "industrial_steel", "办公": "government", "住宅": "residential", "工业": "industrial"}


@pytest.mark.parametrize(
    ("value", "height", "floors", "use"),
    [
        ("厂房", np.nan, np.nan, "industrial_steel"),
        ("办公", np.nan, np.nan, "government"),
        ("education", np.nan, np.nan, "education"),  # already one of ours
        ("庙", np.nan, np.nan, "other"),
        ("", np.nan, np.nan, "other"),
        (None, np.nan, np.nan, "other"),
        ("工业", np.nan, np.nan, "industrial_concrete"),
        ("工业", 12.0, np.nan, "industrial_steel"),
        ("工业", 12.1, np.nan, "industrial_concrete"),
        ("工业", 30.0, 1, "industrial_steel"),  # floors speak before height
        ("工业", 5.0, 2, "industrial_concrete"),
        ("住宅", np.nan, np.nan, "residential_low"),
        ("住宅", 24.0, np.nan, "residential_low"),
        ("住宅", 24.1, np.nan, "residential_high"),
        ("住宅", np.nan, 7, "residential_low"),
        ("住宅", np.nan, 8, "residential_high"),
        ("residential_low", 60.0, np.nan, "residential_high"),
        ("residential_high", 9.0, np.nan, "residential_high"),
        ("residential_rural", 60.0, np.nan, "residential_rural"),
    ],
)
def test_use(town, value, height, floors, use) -> None:
    sites = town.read(
        "rooftop", squares(town, 1), source={"uses": USES}, building_use=[value], height_m=[height], floors=[floors]
    )
    assert sites["building_use"].tolist() == [use]


def test_an_industrial_building_of_unknown_height_follows_the_setting(town) -> None:
    settings = town.settings(rooftop={"industrial_unknown": "industrial_steel"})
    sites = town.read("rooftop", squares(town, 1), settings, {"default_use": "industrial"})
    assert sites["building_use"].tolist() == ["industrial_steel"]


@pytest.mark.parametrize("source", [{"uses": {"x": "factory"}}, {"default_use": "house"}])
def test_an_unknown_use_in_the_city_file_is_refused(town, source) -> None:
    with pytest.raises(
        ConfigError, match=r"in.geojson: '(factory|house)' is no building use; use one of industrial_steel"
    ):
        town.read("rooftop", squares(town, 1), source=source)


@pytest.mark.parametrize(
    ("height", "floors", "assume", "expected", "source"),
    [
        (21.5, 6, True, 21.5, "column"),
        (np.nan, 6, True, 6 * 2.95, "floors"),
        (0.0, 6, True, 6 * 2.95, "floors"),
        (-3.0, np.nan, True, 17.7, "default"),
        (np.nan, np.nan, True, 17.7, "default"),
        (np.nan, np.nan, False, np.nan, "none"),
        (np.nan, 0, False, np.nan, "none"),
    ],
)
def test_height(town, height, floors, assume, expected, source) -> None:
    settings = town.settings(rooftop={"assume_heights": assume})
    sites = town.read(
        "rooftop", squares(town, 1), settings, {"default_use": "residential_low"}, height_m=[height], floors=[floors]
    )
    assert sites["height_m"].iloc[0] == pytest.approx(expected, nan_ok=True)
    assert sites["height_source"].tolist() == [source]


@pytest.mark.parametrize(
    ("value", "default_use", "height", "grade"),
    [
        ("government", "other", 12.0, "B"),
        ("government", "other", np.nan, "C"),
        ("", "government", 12.0, "C"),  # the city file says so, not the source
        ("", "government", np.nan, "D"),
        ("", "other", 12.0, "D"),  # nobody knows the roof's form
        ("other", "government", 12.0, "D"),
    ],
)
def test_grade_of_a_roof(town, value, default_use, height, grade) -> None:
    sites = town.read(
        "rooftop", squares(town, 1), source={"default_use": default_use}, building_use=[value], height_m=[height]
    )
    assert sites["confidence"].tolist() == [grade]


@pytest.mark.parametrize(
    ("word", "reason"),
    [
        ("heritage", "heritage"),
        ("old_steel", "steel roof at the end of its life"),
        ("church of St. X", "church of St. X"),
        ("", ""),
        ("no", ""),
        ("否", ""),
        (None, ""),
    ],
)
def test_the_source_may_leave_a_site_out(town, word, reason) -> None:
    assert town.read("rooftop", squares(town, 1), excluded=[word])["excluded_by"].tolist() == [reason]


@pytest.mark.parametrize(("dem", "grade"), [(None, "D"), ({"path": "dem.tif"}, "B")])
def test_grade_of_a_mine(town, dem, grade) -> None:
    settings = town.settings(inputs={"dem": dem})
    assert town.read("mine", squares(town, 1), settings)["confidence"].tolist() == [grade]


@pytest.mark.parametrize(
    ("flag", "setting", "share", "grade"),
    [
        ("yes", False, 0.85, "B"),
        ("no", True, 1.0, "B"),
        ("是", False, 0.85, "B"),
        ("", False, 1.0, "C"),
        ("", True, 0.85, "C"),
    ],
)
def test_dykes_in_the_polygon(town, flag, setting, share, grade) -> None:
    settings = town.settings(fishpond={"polygons_include_dykes": setting})
    ponds = town.read("fishpond", squares(town, 1), settings, includes_dykes=[flag])
    assert (ponds["water_share"].tolist(), ponds["confidence"].tolist()) == ([share], [grade])


@pytest.mark.parametrize("kind", list(SITE_TYPES))
def test_what_only_some_kinds_have_is_nothing_for_the_others(town, kind: str) -> None:
    """No cluster, no plant, nothing shared, all of it water, no ridge: until somebody finds one."""
    sites = town.read(kind, squares(town, 2))
    for column, nothing in (("cluster_area_m2", 0.0), ("existing_pv_kwp", 0.0), ("shared_area_m2", 0.0)):
        assert sites[column].tolist() == [nothing] * 2
    assert kind == "fishpond" or (sites["water_share"] == 1.0).all()
    assert sites["ridge_azimuth"].isna().all()


def test_coordinates_are_wgs84_of_a_point_inside(town) -> None:
    sites = town.read("mine", squares(town, 1))
    assert sites["longitude"].iloc[0] == pytest.approx(120.0, abs=1e-4)  # on the central meridian
    assert sites["latitude"].iloc[0] == pytest.approx(32.2, abs=0.01)
    assert pd.api.types.is_float_dtype(sites["latitude"])
