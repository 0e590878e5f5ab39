"""Names of sites, and pieces of one building."""

from __future__ import annotations

import pandas as pd
import pytest

from pvmap.settings.city import VectorInput
from pvmap.sites.reading import read_common

GIVEN = VectorInput(path="in.geojson", columns={"id": "no"})


def test_ids_that_are_equal_numbers_agree(town):
    from pvmap.sources.attributes import _text

    for spelled in (pd.Series([0, 1]), pd.Series([0.0, 1.0]), pd.Series(["0", "1"]), pd.Series(["0.0", "1.0"])):
        assert _text(spelled).tolist() == ["0", "1"]


@pytest.mark.parametrize("ids", [["row1", "", "row1~1"], ["2-a", "x", ""]])
def test_names_are_unique_whatever_the_ids(town, ids):
    first = town.layer([town.rectangle(10, 10, at=(20.0 * k, 0)) for k in range(3)], id=ids)
    second = town.layer([town.rectangle(10, 10, at=(0, 90))], id=["a"])
    sites, _, found = read_common("rooftop", [first, second], [GIVEN, GIVEN])
    assert sites["site_id"].is_unique and len(sites) == 4
    assert {one.code for one in found} == {"ids-collide"}


def test_halves_of_one_id_become_one_building_with_the_larger_height(town):
    halves = [town.rectangle(20, 10), town.rectangle(30, 10, at=(25, 0))]
    sites, pieces, _ = read_common("rooftop", [town.layer(halves, id=["a", "a"], height_m=[6.0, 9.0])], [GIVEN])
    assert sites["site_id"].tolist() == ["rooftop-a"] and sites["height_m"].tolist() == [9.0]
    assert sites["footprint_area_m2"].iloc[0] == pytest.approx(500.0)
    assert pieces[["source_row", "reason"]].values.tolist() == [[1, "piece of another site"]]


@pytest.mark.parametrize(("along_m", "one"), [(1.0, True), (0.7, True), (0.3, False)])
def test_pieces_meet_along_half_a_metre_at_least(town, along_m, one):
    halves = [town.rectangle(20, 10), town.rectangle(20, 10, at=(20, 10 - along_m))]
    sites, pieces, _ = read_common("rooftop", [town.layer(halves, id=["a", "a"])], [GIVEN])
    assert (len(sites), len(pieces)) == ((1, 1) if one else (2, 0))


@pytest.mark.parametrize(
    "apart",
    [
        [(0, 0), (20.5, 0)],  # a lane between them
        [(0, 0), (20, 10)],  # a corner
    ],
)
def test_neighbours_of_one_id_stay_two(town, apart):
    houses = [town.rectangle(20, 10, at=at) for at in apart]
    sites, pieces, found = read_common("rooftop", [town.layer(houses, id=["a", "a"])], [GIVEN])
    assert len(sites) == 2 and not len(pieces)
    assert [one.code for one in found] == ["ids-repeated"]


def test_repeated_ids_are_named_and_long_ones_up_to_40_characters(town):
    houses = [town.rectangle(20, 10, at=(40.0 * k, 0)) for k in range(4)]
    given = ["7", "7", "x" * 90, "x" * 90]
    _, _, (found,) = read_common("rooftop", [town.layer(houses, id=given)], [GIVEN])
    assert found.values["ids"] == "7, " + "x" * 40


def test_a_street_of_one_id_is_no_building(town):
    street = [town.rectangle(10, 10, at=(10.0 * k, 0)) for k in range(12)]
    sites, pieces, _ = read_common("rooftop", [town.layer(street, id=["a"] * 12)], [GIVEN])
    assert len(sites) == 12 and not len(pieces)


@pytest.mark.parametrize(("uses", "n"), [(["school", "school"], 1), (["school", ""], 1), (["school", "garage"], 2)])
def test_buildings_of_one_plot_are_no_pieces_of_one(town, uses, n):
    halves = [town.rectangle(20, 10), town.rectangle(20, 10, at=(20, 0))]
    layer = town.layer(halves, id=["a", "a"], building_use=uses)
    sites, pieces, found = read_common("rooftop", [layer], [GIVEN])
    assert (len(sites), len(pieces)) == (n, 2 - n)
    assert [one.code for one in found] == ["pieces-joined" if n == 1 else "ids-repeated"]
