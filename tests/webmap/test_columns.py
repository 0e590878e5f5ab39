"""Packing must not change a printed number, and a class break is an exact border."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from pvmap.webmap.columns import MISSING, quantise
from pvmap.webmap.style import amount, amount_edges, category, cost, ratio, ratio_edges, round_number


def shown(values: np.ndarray) -> list[str]:
    return [f"{v:.3g}" for v in values]


@given(arrays(float, 50, elements=st.floats(1.0, 1e6)), st.sampled_from([0.01, 0.001]))
def test_three_digits_survive_packing(values: np.ndarray, scale: float) -> None:
    stored = quantise(values, scale, 1.0) * scale
    assert np.abs(stored - values).max() <= 1.5 * scale
    ties = np.abs((values / 10 ** (np.floor(np.log10(values)) - 2)) % 1 - 0.5) < 1e-6  # halves may round either way
    assert [a for a, t in zip(shown(stored), ties, strict=True) if not t] == [
        a for a, t in zip(shown(values), ties, strict=True) if not t
    ]


def test_missing_and_zero_base_stay_missing() -> None:
    whole = quantise(np.array([np.nan, 5.0, 0.0, 3.0]), 0.01, np.array([1.0, 1.0, 0.0, 0.0]))
    assert whole.tolist() == [MISSING, 500, MISSING, MISSING]


@given(arrays(float, 80, elements=st.floats(0.5, 1e5)), st.integers(3, 8))
def test_codes_keep_the_class_of_an_amount(values: np.ndarray, n: int) -> None:
    variable = amount("capacity_kwp", values, values, n, "capacity")
    codes = variable.codes(values).astype(int)
    number = (codes - 1) // variable.sub
    edges = np.array(variable.edges)
    inner = number < len(variable.classes) - 1
    assert (edges[number] <= values).all() or np.isclose(edges[0], values.min())
    assert (values[inner] < edges[number + 1][inner]).all()
    step = (codes - 1) % variable.sub + 0.5
    back = edges[number] * (edges[number + 1] / edges[number]) ** (step / variable.sub)
    np.testing.assert_allclose(back, values, rtol=2e-3)


def test_codes_of_nothing_are_zero() -> None:
    values = np.array([np.nan, 0.0, 10.0, 20.0, 30.0])
    assert amount("a", values, values, 3, "energy").codes(values)[:2].tolist() == [0, 0]
    assert ratio("r", values, values, 3, "share", ("#000000", "#FFFFFF")).codes(values)[0] == 0
    assert category("c", ("x", "y"), ("#000000", "#FFFFFF")).codes(np.array([-1, 0, 1])).tolist() == [0, 1, 2]


def test_breaks_are_round_and_inside() -> None:
    values = np.random.default_rng(0).lognormal(2, 1.2, 5000)
    edges = amount_edges(values, 6)
    assert edges[0] == values.min() and edges[-1] == values.max()
    assert all(round_number(e) == pytest.approx(e) for e in edges[1:-1])
    assert list(edges) == sorted(set(edges))
    flat = ratio_edges(np.full(10, 0.3), 6)
    assert flat[0] <= 0.3 <= flat[-1]


def test_colours_of_cost_turn_at_the_reference() -> None:
    values = np.linspace(0.2, 0.6, 500)
    variable = cost("lcoe_cny_per_kwh", values, values, 6, 0.391)
    assert 0.391 in variable.edges
    at = variable.edges.index(0.391)
    blue = [int(c[5:7], 16) > int(c[1:3], 16) for c in variable.colours]
    assert blue == [i < at for i in range(len(blue))]
