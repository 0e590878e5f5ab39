"""Scenarios by hand: one kWp of each class in each of the three that ship."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from planning.conftest import settings_of

from pvmap.planning.money import returns
from pvmap.planning.money.economics import Costs
from pvmap.planning.money.scenario_table import terms_of
from pvmap.planning.money.scenarios import (
    Amounts,
    Plants,
    Terms,
    break_even_bid,
    cut_by_hour,
    first_year_revenue,
    flows,
    lost_kwh,
)
from pvmap.settings.money import EconomicsSettings
from pvmap.settings.scenarios import SHIPPED

PLAN = EconomicsSettings()
CLASSES = {  # hours, self-use, its price, investment, yearly cost, DC over AC, natural person
    "home_person": (1080.0, 0.25, 0.5283, 2600.0, 46.0, 1.15, True),
    "ci_general": (1080.0, 0.5846, 0.45, 2750.0, 76.0, 1.15, False),
    "pond": (1160.0, 0.0, 0.0, 3350.0, 58.0, 1.25, False),
}
SCENARIOS = {one.name: one for one in SHIPPED}


def plants(names=tuple(CLASSES)):
    hours, used, price, capex, opex, ratio, person = (
        np.array(v, float) for v in zip(*map(CLASSES.get, names), strict=True)
    )
    costs = Costs(capex, opex, 0.12 * 1000.0 / ratio, np.zeros(len(names)))
    export = hours * (1.0 - used)
    return Plants(costs, Amounts(hours, export, hours * used * price, export), person > 0, np.ones(25))


def terms(name):
    """The case states flat prices, so exports are valued at 1 CNY/kWh and scaled to the midday price."""
    one = SCENARIOS[name]
    midday = one.midday_cny_per_kwh
    return Terms(midday, midday, one.utilisation, one.bid_cny_per_kwh, one.share, 10)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("low", [0.068081, 0.057964, -0.013012]),
        ("base", [0.109342, 0.074248, 0.030216]),
        ("high", [0.127191, 0.082423, 0.047617]),
    ],
)
def test_returns(name, expected):
    found = returns.irr(flows(plants(), terms(name), PLAN), PLAN.discount_rate)
    np.testing.assert_allclose(found, expected, atol=5e-7)


def test_present_values_in_the_base():
    found = returns.npv(flows(plants(), terms("base"), PLAN), 0.06)
    np.testing.assert_allclose(found, [1213.38, 341.75, -747.38], atol=5e-3)


def test_break_even_bids():
    found = break_even_bid(plants(), terms("base"), PLAN)
    np.testing.assert_allclose(found, [0.077702, 0.124572, 0.472386], atol=5e-7)
    assert np.isnan(break_even_bid(plants(), terms("low"), PLAN)).all()  # nothing was won


def test_revenue_of_the_first_and_the_eleventh_year():
    early, late = first_year_revenue(plants().amounts, terms("base"))
    np.testing.assert_allclose(early, [377.0010, 406.4515, 341.6200], atol=5e-5)
    np.testing.assert_allclose(late, [308.9610, 370.9346, 242.4400], atol=5e-5)


@pytest.mark.parametrize("name", list(SCENARIOS))
def test_lost_share(name):
    amounts = plants().amounts
    lost = lost_kwh(amounts, SCENARIOS[name].utilisation)
    np.testing.assert_allclose(lost / amounts.energy_kwh, 1.0 - SCENARIOS[name].utilisation)


def test_self_use_is_never_cut():
    amounts = Amounts(*(np.array([v]) for v in (1000.0, 30.0, 400.0, 6.0)))
    assert lost_kwh(amounts, 0.9)[0] == 30.0
    early, late = first_year_revenue(amounts, Terms(1.0, 0.2, 0.9, 0.32, 0.9, 10))
    assert early[0] == late[0] == 400.0


def test_the_brightest_hours_are_cut_first_at_their_own_price():
    """Of 6 kWh in three hours 3 are cut: the brightest hour comes down to 1.5, the next to 1.5 too."""
    cut = cut_by_hour(np.array([1.0, 3.0, 2.0]), np.array([0.5, 0.1, 0.3]))
    one = Amounts(*(np.array([v]) for v in (6.0, 6.0, 0.0, 1.4)))
    for utilisation, kept_cny, hours in ((5.5 / 6, 1.4 - 0.5 * 0.1, 1), (4 / 6, 1.4 - 1.5 * 0.1 - 0.5 * 0.3, 2)):
        of = Terms(1.0, 0.2, utilisation, 0.0, 0.0, 10, cut)
        assert first_year_revenue(one, of)[1][0] == pytest.approx(kept_cny)
        assert cut.hours(1.0 - utilisation) == hours
    assert cut.hours(0.0) == 0
    assert first_year_revenue(one, of._replace(utilisation=1e-12))[1][0] == pytest.approx(0.0, abs=1e-9)


def test_at_one_price_it_does_not_matter_which_hours_are_cut():
    cut = cut_by_hour(np.array([1.0, 3.0, 0.0, 2.0]), np.full(4, 0.2))
    np.testing.assert_allclose(cut.worth, cut.energy)
    dark = cut_by_hour(np.zeros(3), np.ones(3))
    assert dark.energy.tolist() == dark.worth.tolist() == [0.0, 1.0]
    worthless = cut_by_hour(np.array([1.0, 2.0, 1.0]), np.array([-1.0, 0.2, 0.1]))
    assert worthless.energy.tolist() == worthless.worth.tolist() == [0.0, 0.25, 0.25, 1.0]
    assert worthless.hours(0.2) == 1


@pytest.mark.parametrize("capture", [-0.05, 0.0, 0.01])
def test_a_market_that_cannot_be_scaled_pays_the_midday_price_in_every_hour(capture):
    """800 kWh exported, 50 of them lost: 100 + 0.22 x 750, and on 0.9 of 750 the bid of 0.32 less 0.22."""
    amounts = Amounts(*(np.array([v]) for v in (1000.0, 800.0, 100.0, 800.0 * capture)))
    one = SCENARIOS["base"].model_copy(update={"eligible": ("mine",)})
    of = terms_of(one, np.array(["mine"], object), capture, {}, settings_of())
    early, late = first_year_revenue(amounts, of)
    assert [late[0], early[0]] == pytest.approx([265.0, 265.0 + 67.5])


@settings(max_examples=40)
@given(bid=st.floats(0.0, 0.6), more=st.floats(0.0, 0.2), midday=st.floats(0.05, 0.5), utilisation=st.floats(0.5, 1.0))
def test_a_higher_bid_never_earns_less_and_the_break_even_bid_just_pays(bid, more, midday, utilisation):
    some = plants()
    of = Terms(midday, midday, utilisation, bid, 0.9, 10)
    one, other = (
        returns.npv(flows(some, of._replace(bid_cny_per_kwh=b), PLAN), PLAN.target_irr) for b in (bid, bid + more)
    )
    assert (other >= one - 1e-6).all()
    even = break_even_bid(some, of, PLAN)
    just = returns.npv(flows(some, of._replace(bid_cny_per_kwh=even), PLAN), PLAN.target_irr)
    np.testing.assert_allclose(just[np.isfinite(even)], 0.0, atol=1e-5)
