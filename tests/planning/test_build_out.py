"""The build-out by hand, and what holds for every plan."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pvmap.planning.policy.build_out import Goal, Limit, Tranche, binding, solve

G, P = 0, 1
CAPEX = np.array([2.70 * 1.15e6, 3.10 * 1.25e6])  # CNY per MW AC
YEARS = np.arange(3)
DISCOUNT = 1.06 ** -YEARS.astype(float)


def case(hosting=45.0, last=200.0):
    """One county: roofs g and ponds p, which get 3 % cheaper a year; stock 100, registered 10 a year for two years."""
    tranches = [Tranche("东区", "g", 60.0, np.full(3, CAPEX[G])), Tranche("东区", "p", 80.0, CAPEX[P] * 0.97**YEARS)]
    limits = [
        Limit("pace", np.array([which]), np.array([y]), mw) for y in YEARS for which, mw in ((G, 20.0), (P, 30.0))
    ]
    limits += [Limit("hosting", np.array([G]), np.arange(y + 1), hosting) for y in YEARS]
    there = (110.0, 120.0, 120.0)
    goals = [Goal(np.array([G, P]), y, t - s) for y, t, s in zip(YEARS, (125.0, 160.0, last), there, strict=True)]
    return tranches, limits, goals


@pytest.mark.parametrize(
    ("change", "roofs", "ponds", "short", "objective"),
    [
        ({}, [15, 20, 10], [0, 5, 30], 0.0, 247.871725),
        ({"hosting": 10.0}, [0, 0, 10], [15, 25, 30], 0.0, 271.756630),
        ({"last": 260.0}, [5, 20, 20], [20, 30, 30], 15.0, 1910.605878),
    ],
)
def test_case_by_hand(change, roofs, ponds, short, objective):
    found = solve(*case(**change), DISCOUNT)
    np.testing.assert_allclose(found.built_mw, [roofs, ponds], atol=1e-6)
    assert found.short_mw.sum() == pytest.approx(short, abs=1e-6)
    assert found.objective_cny / 1e6 == pytest.approx(objective, abs=5e-7)


def test_investment_of_each_year():
    tranches, limits, goals = case()
    built = solve(tranches, limits, goals, DISCOUNT).built_mw
    spent = (built * np.array([one.cost_cny_per_mw for one in tranches])).sum(axis=0) / 1e6
    np.testing.assert_allclose(spent, [46.575, 80.89375, 140.429625], atol=1e-6)


def test_what_binds_is_named_with_its_price():
    tranches, limits, goals = case()
    found = binding(solve(tranches, limits, goals, DISCOUNT), tranches, limits, 3)
    kind, price = found.of(np.array([G]), 2)
    assert kind == "hosting"  # 45 MW of roofs are all that the grid takes
    # one more would take the place of a pond of the last year
    assert price == pytest.approx((CAPEX[P] * 0.97**2 - CAPEX[G]) * DISCOUNT[2], rel=1e-4)
    assert found.of(np.array([P]), 1) == ("none", 0.0)  # 5 of 30 MW are built
    assert found.of(np.array([G, P]), 1) == ("none", 0.0)  # so both together are not bound either
    tranches, limits, goals = case(last=260.0)
    solved = solve(tranches, limits, goals, DISCOUNT)
    found = binding(solved, tranches, limits, 3)
    assert found.of(np.array([P]), 2)[0] == "potential"  # all 80 MW are used
    assert found.of(np.array([G, P]), 2)[1] == pytest.approx(100e6, rel=0.05)  # a megawatt less would be missing
    assert solved.goal_price[2] == pytest.approx(100e6, rel=1e-6)


def test_growth_holds_a_class_to_its_last_year():
    free = [Tranche("a", "g", 100.0, np.full(3, 3e6))]
    slow = [Limit("pace", np.array([0]), np.array([0]), 5.0)]
    slow += [Limit("pace", np.array([0]), np.array([y]), 0.0, growth=0.5) for y in (1, 2)]
    found = solve(free, slow, [Goal(np.array([0]), 2, 100.0)], DISCOUNT)
    np.testing.assert_allclose(found.built_mw[0], [5.0, 7.5, 11.25], atol=1e-6)


def test_what_earns_is_built_without_a_target():
    earning = [Tranche("a", "g", 30.0, np.full(3, -1e5)), Tranche("a", "p", 30.0, np.full(3, 1e5))]
    found = solve(earning, [], [], DISCOUNT)
    np.testing.assert_allclose(found.built_mw, [[30, 0, 0], [0, 0, 0]], atol=1e-6)


def test_ties_are_decided_by_order():
    twins = [Tranche("a", "g", 10.0, np.full(3, 3e6)), Tranche("b", "g", 10.0, np.full(3, 3e6))]
    found = solve(twins, [], [Goal(np.array([0, 1]), 2, 6.0)], DISCOUNT)
    np.testing.assert_allclose(found.built_mw, [[0, 0, 6], [0, 0, 0]], atol=1e-6)


def test_nothing_asked_nothing_built():
    found = solve(case()[0], [], [], DISCOUNT)
    assert not found.built_mw.any() and found.objective_cny == 0.0


@st.composite
def plans(draw):
    n = draw(st.integers(1, 6))
    cost = draw(st.lists(st.floats(1e6, 6e6), min_size=n, max_size=n))
    potential = draw(st.lists(st.floats(0, 80), min_size=n, max_size=n))
    tranches = [Tranche(f"d{i % 2}", "g", potential[i], np.full(3, cost[i])) for i in range(n)]
    pace = [Limit("pace", np.array([i]), np.array([y]), draw(st.floats(0, 30))) for i in range(n) for y in YEARS]
    hosting = [Limit("hosting", np.arange(n), np.arange(y + 1), draw(st.floats(0, 150))) for y in YEARS]
    mw = np.cumsum(draw(st.lists(st.floats(0, 60), min_size=3, max_size=3)))
    return tranches, pace + hosting, [Goal(np.arange(n), int(y), float(mw[y])) for y in YEARS]


@settings(max_examples=40)
@given(plans(), st.floats(0, 50))
def test_invariants(plan, more):
    """No limit is passed, no target unaccounted for; a looser limit never costs more."""
    tranches, limits, goals = plan
    found = solve(tranches, limits, goals, DISCOUNT)
    built = found.built_mw
    assert (built >= 0).all()
    assert (built.sum(axis=1) <= [one.potential_mw + 1e-6 for one in tranches]).all()
    for one in limits:
        assert built[np.ix_(one.tranches, one.years)].sum() <= one.mw + 1e-6
    for goal, short in zip(goals, found.short_mw, strict=True):
        assert built[goal.tranches, : goal.year + 1].sum() + short >= goal.mw - 1e-6
    assert built.sum() <= max(goal.mw for goal in goals) + 1e-6  # no more than is asked for
    looser = [one._replace(mw=one.mw + more) for one in limits]
    assert solve(tranches, looser, goals, DISCOUNT).objective_cny <= found.objective_cny * (1 + 1e-6) + 100.0
