"""Hosting capacity by hand: limits, intervals, grades, hierarchy, counties, allocation, curtailment."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog
from scipy.sparse import csr_array

from pvmap.planning.grid.allocation import Tree, allocate, curtailed
from pvmap.planning.grid.assessed import Loads, calendar, greatest_output, holiday_load, load_at
from pvmap.planning.grid.hosting import (
    NOWHERE,
    Interval,
    deliverable_mw,
    headroom_mw,
    hosting_mw,
    own_grades,
    red_superior,
    reverse_rating_mva,
    within_system,
)
from pvmap.settings.hosting import HostingSettings

COS = 0.95


def a(*values):
    return np.array(values, float)


def station(units, mode, load, tau, *, other=0.0, storage=0.0, new=(0.0, 0.0), reading="outside"):
    upward = reverse_rating_mva(units, mode, 0.8, 1.0) * COS
    deliverable = deliverable_mw(a(load), a(other), a(upward), a(storage))
    return upward, hosting_mw(deliverable, Interval(a(new[0]), a(new[1])), a(tau), reading)


def first_station(mode="parallel", reading="outside"):
    return station((50.0, 50.0), mode, 32.0, 0.8, other=2.0, storage=3.0, new=(0.0, 5.0), reading=reading)


def test_two_units_in_parallel():
    upward, hosting = first_station()
    assert upward == pytest.approx(47.5)
    assert (hosting.low[0], hosting.high[0]) == pytest.approx((100.625, 105.625))
    assert first_station(reading="numerator")[1].high[0] == pytest.approx(106.875)


@pytest.mark.parametrize(
    ("connected", "registered", "c1", "c2", "grade"),
    [
        (60.0, 12.0, 40.625, 28.625, "green"),
        (60.0, 45.0, 40.625, -4.375, "yellow"),
        (101.0, 0.0, -0.375, -0.375, "red"),
    ],
)
def test_what_is_left_and_its_grade(connected, registered, c1, c2, grade):
    headroom = headroom_mw(first_station()[1], a(connected), a(registered))
    assert headroom.connectable.low[0] == pytest.approx(c1)
    assert headroom.registrable.low[0] == pytest.approx(c2)
    assert own_grades(headroom)[0] == grade


def test_split_units_carry_more():
    upward, hosting = first_station("split")
    assert upward == pytest.approx(76.0)
    assert (hosting.low[0], hosting.high[0]) == pytest.approx((136.25, 141.25))
    left = headroom_mw(hosting, a(60.0), a(12.0)).registrable.low[0]
    assert left == pytest.approx(64.25)
    assert left - headroom_mw(first_station()[1], a(60.0), a(12.0)).registrable.low[0] == pytest.approx(35.625)


@pytest.mark.parametrize(("k", "expected"), [(1.0, 80.0), (1.2, 96.0)])
def test_unequal_units_in_parallel_lose_the_largest(k, expected):
    assert reverse_rating_mva((63.0, 40.0, 40.0), "parallel", 0.8, k) == pytest.approx(expected)


def test_one_unit_in_parallel_is_a_single_one():
    assert reverse_rating_mva((50.0,), "parallel", 0.8, 1.0) == pytest.approx(40.0)


def test_a_red_superior_makes_all_below_it_red():
    top = station((180.0,), "single", 60.0, 0.75)[1]
    middle = station((50.0, 50.0), "split", 25.0, 0.8)[1]
    low = station((0.630,), "single", 0.18, 0.85)[1]
    hosting = Interval(*(np.concatenate(side) for side in zip(top, middle, low, strict=True)))
    headroom = headroom_mw(hosting, a(270.0, 70.0, 0.30), a(8.0, 5.0, 0.0))
    np.testing.assert_allclose(hosting.low, [262.4, 126.25, 0.775059], atol=5e-7)
    np.testing.assert_allclose(headroom.connectable.low, [-7.6, 56.25, 0.475059], atol=5e-7)
    np.testing.assert_allclose(headroom.registrable.low, [-15.6, 51.25, 0.475059], atol=5e-7)
    own = own_grades(headroom)
    assert list(own) == ["red", "green", "green"]
    above = red_superior(own == "red", np.array([NOWHERE, 0, 1]))
    assert list(above) == [NOWHERE, 0, 0]


def test_a_yellow_superior_changes_no_colour():
    assert list(red_superior(np.array([False, False]), np.array([NOWHERE, 0]))) == [NOWHERE, NOWHERE]


def test_county_takes_the_smaller_of_system_and_equipment():
    both, anew = within_system(Interval(a(610.0), a(655.0)), Interval(a(560.0), a(700.0)))
    headroom = headroom_mw(both, a(480.0), a(95.0))
    assert (both.low[0], both.high[0]) == (560.0, 655.0)
    assert (headroom.connectable.low[0], headroom.connectable.high[0]) == (80.0, 175.0)
    assert (headroom.registrable.low[0], headroom.registrable.high[0]) == (-15.0, 80.0)
    assert own_grades(headroom)[0] == "yellow" and not anew[0]
    assert within_system(Interval(a(400.0), a(500.0)), Interval(a(560.0), a(700.0)))[1][0]


THREE = Tree(np.array([NOWHERE, 0, 0]), a(50.0, 28.625, 30.0))  # top, A, B
WANTED, COST, JOINS = a(20.0, 25.0, 15.0, 10.0), a(0.24, 0.25, 0.26, 0.27), np.array([1, 2, 1, 2])


def test_the_cheapest_are_served_first():
    got = allocate(WANTED, np.argsort(COST), JOINS, THREE)
    assert list(got.taken) == pytest.approx([20.0, 25.0, 5.0, 0.0])
    assert list(got.limited_by) == [NOWHERE, NOWHERE, 0, 0]
    assert list(got.rank) == [1, 2, 3, 4]
    assert 28.625 - got.taken[[0, 2]].sum() == pytest.approx(3.625)
    assert 30.0 - got.taken[[1, 3]].sum() == pytest.approx(5.0)
    assert (got.taken @ COST) / got.taken.sum() == pytest.approx(0.247)


def trees():
    """Random trees of up to eight devices and twelve sites that join them."""

    def build(draw):
        m, n = draw(st.integers(1, 8)), draw(st.integers(1, 12))
        parent = [NOWHERE] + [draw(st.integers(NOWHERE, one - 1)) for one in range(1, m)]
        headroom = draw(st.lists(st.floats(0, 100), min_size=m, max_size=m))
        wanted = draw(st.lists(st.floats(0, 60), min_size=n, max_size=n))
        device = draw(st.lists(st.integers(NOWHERE, m - 1), min_size=n, max_size=n))
        return Tree(np.array(parent), np.array(headroom)), np.array(wanted), np.array(device)

    return st.composite(build)()


def below(tree, device):
    """(m, n) whether a site's path leads through a device."""
    through = np.zeros((len(tree.parent), len(device)))
    for site, own in enumerate(device):
        through[tree.path(int(own)), site] = 1.0
    return through


@settings(max_examples=60)
@given(trees(), st.randoms(use_true_random=False))
def test_greedy_is_as_good_as_the_linear_programme(case, random):
    """And no device takes more than its headroom, no site more than it asks for, one without a device nothing."""
    tree, wanted, device = case
    cost = np.array([random.uniform(0.2, 0.4) for _ in wanted])
    got = allocate(wanted, np.argsort(cost), device, tree)
    through = below(tree, device)
    assert (through @ got.taken <= tree.headroom + 1e-9).all()
    assert (got.taken <= wanted).all() and (got.taken >= 0).all()
    assert not got.taken[device == NOWHERE].any()
    worth = np.where(device == NOWHERE, 0.0, 1.0 - cost)
    best = linprog(
        -worth, A_ub=through, b_ub=tree.headroom, bounds=list(zip(np.zeros(len(wanted)), wanted, strict=True))
    )
    assert worth @ got.taken == pytest.approx(-best.fun, abs=1e-6)


def test_curtailment_of_five_hours():
    load, per_kw = a(30, 31, 32, 31, 30), a(0.70, 0.78, 0.80, 0.77, 0.68)
    limit = deliverable_mw(load, a(2.0), a(47.5), a(3.0))[None]
    cut, arriving = curtailed(120.0 * per_kw[None], limit, np.array([NOWHERE]))
    np.testing.assert_allclose(cut[0], [5.5, 14.1, 15.5, 12.9, 3.1], atol=1e-9)
    assert arriving.sum() == pytest.approx(447.6)
    assert cut.sum() == pytest.approx(51.1) and cut.sum() / arriving.sum() == pytest.approx(0.114164, abs=5e-7)
    assert not curtailed(100.625 * per_kw[None], limit, np.array([NOWHERE]))[0].any()


def test_what_is_cut_below_does_not_count_above():
    cut, arriving = curtailed(a(0.0, 10.0)[:, None], a(7.0, 6.0)[:, None], np.array([NOWHERE, 0]))
    assert list(cut[:, 0]) == [0.0, 4.0] and list(arriving[:, 0]) == [6.0, 10.0]


def test_a_device_that_can_take_nothing_cuts_all_and_no_more():
    cut, _ = curtailed(a(3.0)[:, None], a(-5.0)[:, None], np.array([NOWHERE]))
    assert cut[0, 0] == 3.0


YEAR = pd.date_range("2024-12-31 16:00", periods=8760, freq="h", tz="UTC")  # 2025 at UTC+8


def test_assessed_hours_are_noons_of_workdays_in_spring_and_autumn():
    days = calendar(YEAR, 8.0, HostingSettings(holidays=("2026-05-01",)))
    local = YEAR + pd.Timedelta(hours=8)
    assert set(days.hour[days.assessed]) == {10, 11, 12, 13}
    assert set(days.month[days.assessed]) == {3, 4, 5, 9, 10, 11}
    assert not days.assessed[(local.day_of_week >= 5)].any()
    assert not days.assessed[(local.month == 5) & (local.day == 1)].any()  # a Thursday in 2025
    # 183 days of six months, 131 of them Monday to Friday
    assert days.assessed.sum() == 4 * (
        np.busday_count("2025-03-01", "2025-06-01") + np.busday_count("2025-09-01", "2025-12-01") - 1
    )


def test_tau_is_of_the_mix_at_one_hour():
    per_kwp = a(0.5, 0.8, 0.7)[None].repeat(2, axis=0)
    per_kwp[1] = [0.9, 0.3, 0.6]
    out = greatest_output(
        a(115.0, 0.0, 115.0, 125.0, 0.0, 0.0).reshape(3, 2), a(100.0, 200.0, 0.0), per_kwp, np.array([True, True, True])
    )
    assert out.tau[0] == pytest.approx(1.15 * 0.8) and out.at[0] == 1
    assert out.tau[1] == pytest.approx((115.0 * 0.5 + 125.0 * 0.9) / 200.0) and out.at[1] == 0
    assert out.tau[2] == pytest.approx((230.0 * 0.7 + 125.0 * 0.6) / 300.0)  # nothing there: the mix of all


def test_load_is_the_mean_of_the_months_workdays_in_that_hour():
    days = calendar(YEAR, 8.0, HostingSettings())
    local = YEAR + pd.Timedelta(hours=8)
    series = (local.month * 100.0 + local.hour + 50.0 * (local.day_of_week >= 5)).to_numpy(float)
    loads = Loads(csr_array(np.array([[1.0]])), series[None])
    at = np.array([int(np.flatnonzero((days.month == 4) & (days.hour == 12) & days.workday)[0])])
    assert load_at(loads, at, days, "mean")[0] == pytest.approx(412.0)
    assert load_at(loads, at, days, "same_hour")[0] == pytest.approx(412.0)
    assert load_at(loads, at, days, "minimum")[0] == pytest.approx(310.0)
    weekend = days.holiday & (days.hour == 12)
    may, october = ((weekend & (days.month == month)).sum() for month in (5, 10))
    expected = (may * 562.0 + october * 1062.0) / (may + october)
    assert holiday_load(loads, at, days)[0] == pytest.approx(expected)
