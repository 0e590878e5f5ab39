"""Packing must not change a printed number, and a class break is an exact border."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Context
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from pvmap.errors import TableError
from pvmap.webmap.breaks import amount_edges, ratio_edges, round_number
from pvmap.webmap.columns import FIELDS, fields, missing, pack, quantise
from pvmap.webmap.names import places_by_name
from pvmap.webmap.style import amount, category, cost, names_only, ratio


def shown(values: np.ndarray) -> list[float]:
    """Three digits as a browser has them of the shortest decimals of a number: of two equally near ones the larger."""
    page = Context(prec=3, rounding=ROUND_HALF_UP)
    return [float(page.create_decimal(repr(float(v)))) for v in values]


@given(arrays(float, 50, elements=st.floats(1.0, 1e6)), st.sampled_from([0.01, 0.001]))
@example(np.full(50, 10.25390625), 0.01)  # is stored as 10.25, which a browser shows as 10.3
def test_three_digits_survive_packing(values: np.ndarray, scale: float) -> None:
    stored = quantise(values, scale, 1.0) * scale
    assert np.abs(stored - values).max() <= 1.5 * scale
    ties = np.abs((values / 10 ** (np.floor(np.log10(values)) - 2)) % 1 - 0.5) < 1e-6  # halves may round either way
    assert [a for a, t in zip(shown(stored), ties, strict=True) if not t] == [
        a for a, t in zip(shown(values), ties, strict=True) if not t
    ]


@given(arrays(float, 50, elements=st.floats(0.0, 0.3)))
def test_shares_are_stored_to_be_printed(values: np.ndarray) -> None:
    """Of a share below a hundredth the page prints hundredths of a per cent: the stored step is finer."""
    steps = {one.name: one.scale for one in FIELDS}
    for name in ("shading_loss", "irr"):
        stored = quantise(values, steps[name], 1.0) * steps[name]
        small = values < 0.01
        ties = np.abs(values * 1e4 % 1 - 0.5) < 1.6e4 * steps[name]  # nearer to a half than a step: either way
        assert (np.rint(stored * 1e4)[small & ~ties] == np.rint(values * 1e4)[small & ~ties]).all()
        assert steps[name] <= 1e-5


@pytest.mark.parametrize("npv", [1e22, -1e22])
def test_a_value_that_the_map_cannot_hold_is_told_with_its_column(npv: float, tmp_path: Path) -> None:
    table = pd.DataFrame({"capacity_kwp": [10.0, 20.0], "npv_cny": [npv, 5.0]})
    with pytest.raises(TableError, match=r"Column npv_cny reaches 1e\+22"):
        pack(fields(list(table)), table.__getitem__, tmp_path / "packed")


def test_missing_and_zero_base_stay_missing() -> None:
    whole = quantise(np.array([np.nan, 5.0, 0.0, 3.0]), 0.01, np.array([1.0, 1.0, 0.0, 0.0]))
    none = missing(whole)
    assert whole.tolist() == [none, 500, none, none]


@given(arrays(float, 80, elements=st.floats(0.5, 1e6)), st.integers(3, 8))
def test_codes_keep_the_class_the_order_and_the_value_of_an_amount(values: np.ndarray, n: int) -> None:
    variable = amount("capacity_kwp", {"rooftop": values}, n, "capacity")
    codes, starts = variable.codes(values).astype(int), variable.starts
    assert starts[-1] <= 65536 and (np.diff(codes[np.argsort(values)]) >= 0).all()
    number = np.searchsorted(starts, codes, side="right") - 1
    edges = np.array(variable.edges)
    inner = number < len(variable.classes) - 1
    assert (edges[number] <= values).all() and (values[inner] < edges[number + 1][inner]).all()
    share = (codes - starts[number] + 0.5) / (starts[number + 1] - starts[number])
    back = edges[number] * (edges[number + 1] / edges[number]) ** share
    # half a step of 65,000 over the whole scale, which spans at most ln(2e6)
    np.testing.assert_allclose(back, values, rtol=1.02 * np.log(2e6) / 65000 / 2)


def test_a_break_of_any_kind_is_a_border_between_codes() -> None:
    rng = np.random.default_rng(5)
    values = {"rooftop": rng.lognormal(3, 1, 900), "mine": rng.lognormal(9, 1, 9), "fishpond": rng.lognormal(6, 1, 90)}
    variable = amount("capacity_kwp", values, 6, "capacity")
    lists = {"rooftop": variable.edges} | {kind: scale.edges for kind, scale in variable.of_kinds.items()}
    assert [len(edges) for edges in lists.values()] == [5, 4, 4] and lists["mine"][1] > lists["rooftop"][-2]
    everything = np.concatenate(list(values.values()))
    codes = variable.codes(everything)
    for edge in (edge for edges in lists.values() for edge in edges[1:-1]):
        assert (codes[everything < edge] < codes[everything >= edge].min()).all(), edge


def test_codes_refuse_what_they_cannot_hold() -> None:
    scale = ratio("r", {"rooftop": np.linspace(0, 1, 50)}, 5, "share", ("#000000", "#FFFFFF"))
    with pytest.raises(AssertionError, match="outside its scale"):
        scale.codes(np.array([1.5]))
    with pytest.raises(AssertionError, match="classes"):
        names_only("zones", tuple(map(str, range(65536))))


def test_more_than_255_names_keep_their_codes() -> None:
    variable = names_only("excluded_by", tuple(f"reason {i}" for i in range(300)))
    assert variable.codes(np.array([-1, 0, 255, 299])).tolist() == [0, 1, 256, 300]


def test_an_area_of_a_lake_is_kept() -> None:
    whole = quantise(np.array([2.4e9, 35.5]), 0.01, 1.0)
    np.testing.assert_allclose(whole * 0.01, [2.4e9, 35.5])


@pytest.mark.parametrize("where", [0.1, 0.391, 0.9])
def test_the_reference_is_always_an_edge(where: float) -> None:
    values = np.linspace(0.3, 0.5, 500)
    variable = cost("lcoe_cny_per_kwh", {"rooftop": values}, 6, where)
    assert where in variable.edges[1:-1]
    at = variable.edges.index(where)
    blue = [int(c[5:7], 16) > int(c[1:3], 16) for c in variable.colours]
    assert blue == [i < at for i in range(len(blue))]


@pytest.mark.parametrize("values", [[5.0, 7.0], [0.3, 0.30001], [1140.2, 1140.9], [1.0, 1e6]])
def test_two_values_get_two_classes_or_a_class_that_names_both_ends(values: list[float]) -> None:
    for edges in (amount_edges(np.array(values), 6), ratio_edges(np.array(values), 6)):
        inner = edges[1:-1]
        assert edges[0] <= values[0] and edges[-1] >= values[1]
        assert len({f"{e:.3g}" for e in inner}) == len(inner)


def test_values_that_rounding_makes_differ_get_one_class() -> None:
    values = np.array([80089.65699537877, 80089.65699537878])
    variable = amount("energy_kwh", {"rooftop": values}, 6, "energy")
    assert len(variable.colours) == 1 and (np.diff(variable.starts) > 0).all()
    assert variable.codes(values).tolist() == [1, 1]


def test_codes_of_nothing_are_zero() -> None:
    values = np.array([np.nan, 0.0, 10.0, 20.0, 30.0])
    assert amount("a", {"rooftop": values}, 3, "energy").codes(values)[:2].tolist() == [0, 0]
    assert ratio("r", {"rooftop": values}, 3, "share", ("#000000", "#FFFFFF")).codes(values)[0] == 0
    assert category("c", ("x", "y"), ("#000000", "#FFFFFF")).codes(np.array([-1, 0, 1])).tolist() == [0, 1, 2]


def test_breaks_are_round_and_inside() -> None:
    values = np.random.default_rng(0).lognormal(2, 1.2, 5000)
    edges = amount_edges(values, 6)
    assert edges[0] == values.min() and edges[-1] == values.max()
    assert all(round_number(e) == pytest.approx(e) for e in edges[1:-1])
    assert list(edges) == sorted(set(edges))
    flat = ratio_edges(np.full(10, 0.3), 6)
    assert flat[0] <= 0.3 <= flat[-1]


def test_places_by_name_put_letters_first_then_pinyin_then_those_without_a_name_by_identifier() -> None:
    names = ["镇江\x1e厂", "", "1号", "安\n居苑", "", "Ｂ厂", "b厂", "鑫源", "🏭"]
    places = places_by_name(pd.Series(names), pd.Series(list("ihgfedcba")))
    in_order = [names[i] for i in np.argsort(places, kind="stable")]
    assert in_order == ["1号", "Ｂ厂", "b厂", "🏭", "安\n居苑", "镇江\x1e厂", "鑫源", "", ""]
    assert places[5] == places[6] and places[4] < places[1] == len(set(places))
    assert places_by_name(pd.Series([""]), pd.Series(["a"])).tolist() == [1]
