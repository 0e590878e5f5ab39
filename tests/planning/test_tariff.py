"""The value of hours: bands, exact self-use, capture price, mechanism."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from pydantic import ValidationError

from pvmap.errors import InputError, TableError
from pvmap.planning.money import tariff
from pvmap.planning.profiles import Hours
from pvmap.settings.tariff import TariffSettings

TIMES = pd.date_range("2022-12-31 16:00", periods=8760, freq="h", tz="UTC")
HOURS = Hours.of(TIMES, 8.0)
PLAN = TariffSettings()


def test_hours_are_local():
    assert (HOURS.month[0], HOURS.hour[0], HOURS.weekday[0]) == (0, 0, 6)  # 1 January 2023 was a Sunday
    assert (HOURS.month[-1], HOURS.hour[-1]) == (11, 23)


@pytest.mark.parametrize(
    ("month", "hour", "band"),
    [
        (4, 9, "flat"),
        (4, 10, "valley"),
        (4, 13, "valley"),
        (4, 14, "flat"),
        (4, 15, "peak"),
        (4, 21, "peak"),
        (4, 22, "flat"),
        (4, 1, "flat"),
        (4, 2, "valley"),
        (7, 10, "flat"),
        (7, 11, "valley"),
        (7, 12, "valley"),
        (7, 13, "flat"),
        (7, 14, "peak"),
        (7, 5, "valley"),
        (7, 6, "flat"),
        (12, 11, "valley"),
        (12, 21, "peak"),
        (12, 23, "flat"),
    ],
)
def test_bands_of_jiangsu(month, hour, band):
    at = (HOURS.month == month - 1) & (HOURS.hour == hour)
    assert set(tariff.bands(HOURS, PLAN)[at]) == {["valley", "flat", "peak"].index(band)}


@pytest.mark.parametrize(
    ("use", "prices"),
    [
        ("industrial_steel", {0.3828, 0.6400, 0.9566}),  # State Grid Jiangsu, two-part, 1-10 kV, October 2026
        ("commercial", {0.4634, 0.7390, 1.0358}),  # Nanjing, single-part, from 100 kVA
        ("residential_rural", {0.5283}),
        ("other", None),
    ],
)
def test_retail_prices_are_the_published_ones(use, prices):
    price = tariff.retail_price(use, HOURS, PLAN)
    assert price is None if prices is None else set(price.round(4)) == prices


@pytest.mark.parametrize(
    ("plan", "published", "peak", "energy", "fixed"),
    [
        ("two_part", (0.3828, 0.6400, 0.9566), 1.80, 0.3957, 0.2443),
        ("single_part", (0.4634, 0.7390, 1.0358), 1.70, 0.4240, 0.3150),
    ],
)
def test_both_ends_of_the_bands_tell_one_energy_price(plan, published, peak, energy, fixed):
    """Price = fixed + energy x m: valley 0.35 and peak against flat 1 give the energy price that is shipped."""
    valley, flat, dear = published
    assert (flat - valley) / (1 - 0.35) == pytest.approx(energy, abs=5e-5)
    assert (dear - flat) / (peak - 1) == pytest.approx(energy, abs=5e-5)
    assert PLAN.plans[plan].energy_cny_per_kwh == energy and PLAN.plans[plan].fixed_cny_per_kwh == fixed
    assert flat - energy == pytest.approx(fixed, abs=5e-5)


def test_bands_are_a_choice_below_100_kva():
    flat = TariffSettings(retail={"commercial": "single_part_small"})
    assert set(tariff.retail_price("commercial", HOURS, flat).round(4)) == {0.7390}
    chosen = {name: plan.model_dump() for name, plan in PLAN.plans.items()}
    chosen["single_part_small"]["by_bands"] = True
    banded = TariffSettings(retail={"commercial": "single_part_small"}, plans=chosen)
    assert max(tariff.retail_price("commercial", HOURS, banded)) == pytest.approx(0.3150 + 0.4240 * 1.6)


def test_a_contract_is_taken_by_the_hour_and_never_floated():
    contract = {"name": "park", "cny_per_kwh": [0.3 + 0.01 * h for h in range(24)]}
    plan = TariffSettings(contracts=[contract], retail={"commercial": "park"})
    price = tariff.retail_price("commercial", HOURS, plan)
    np.testing.assert_allclose(price, 0.3 + 0.01 * HOURS.hour)


def test_a_month_without_bands_is_an_error():
    some = TariffSettings(seasons=PLAN.seasons[:1])
    with pytest.raises(InputError, match="month 3"):
        tariff.bands(HOURS, some)


def test_an_unknown_retail_price_is_an_error():
    with pytest.raises(InputError, match="is no price"):
        tariff.retail_price("commercial", HOURS, TariffSettings(retail={"commercial": "cheap"}))


def test_midday_valley_lowers_the_capture_price():
    market = tariff.market_price(HOURS, PLAN)
    for power, lower in ((np.maximum(np.sin((HOURS.hour - 5.5) / 13 * np.pi), 0.0), True), (np.ones(8760), False)):
        months = np.bincount(HOURS.month, power, 12)[None, :]
        worth = tariff.worth_of_hours(months, np.zeros(1), tariff.Group(power, np.zeros(8760), None, market, HOURS))
        capture = tariff.capture_price(power, market)
        assert capture == pytest.approx(worth.all_market_cny.sum() / worth.export_kwh.sum())
        assert (capture < market.mean() - 0.05) == lower


@hypothesis_settings(max_examples=30)
@given(seed=st.integers(0, 2**31), use=st.sampled_from(["industrial_steel", "education", "residential_rural"]))
def test_self_use_equals_the_sum_over_hours(seed, use):
    """Against min(PV, load) written out hour by hour, for very small to very large plants."""
    rng = np.random.default_rng(seed)
    power = np.maximum(np.sin((HOURS.hour - 5.5) / 13 * np.pi), 0.0) * rng.uniform(0.1, 1.0, 8760)
    months = rng.uniform(0.0, 2.0, (5, 12)) * 10.0 ** rng.uniform(-2, 3, (5, 1))
    demand = 10.0 ** rng.uniform(-1, 3, 5)
    demand[0] = 0.0
    load = tariff.load_of_use(use, HOURS, PLAN)
    retail = tariff.retail_price(use, HOURS, PLAN)
    market = tariff.market_price(HOURS, PLAN)
    worth = tariff.worth_of_hours(months, demand, tariff.Group(power, load, retail, market, HOURS))
    per_month = np.bincount(HOURS.month, power, 12)
    for i in range(5):
        pv = power * (months[i] / per_month)[HOURS.month]
        used = np.minimum(pv, demand[i] * load)
        np.testing.assert_allclose(worth.self_use_kwh[i], used.sum(), rtol=1e-9, atol=1e-9)
        np.testing.assert_allclose(worth.self_use_cny[i], used @ retail, rtol=1e-9, atol=1e-9)
        np.testing.assert_allclose(worth.export_kwh[i], (pv - used).sum(), rtol=1e-9, atol=1e-6)
        np.testing.assert_allclose(worth.export_market_cny[i], (pv - used) @ market, rtol=1e-9, atol=1e-6)


def test_load_shapes_sum_to_one():
    for use in PLAN.retail:
        total = tariff.load_of_use(use, HOURS, PLAN).sum()
        assert total == pytest.approx(1.0) or total == 0.0


def test_energy_without_power_is_an_error():
    with pytest.raises(TableError, match="month 1"):
        dark = tariff.Group(np.zeros(8760), np.zeros(8760), None, np.ones(8760), HOURS)
        tariff.worth_of_hours(np.ones((1, 12)), np.ones(1), dark)


@pytest.mark.parametrize(
    ("case", "first", "last"),
    [
        ("market", 0.30 * 100, 0.30 * 100 * 0.9),
        ("coal", 0.391 * 100, 0.391 * 100 * 0.9),
        ("mechanism", (0.30 + 0.9 * (0.32 - 0.25)) * 100, 0.30 * 100 * 0.9),
    ],
)
def test_export_cases(case, first, last):
    worth = tariff.Worth(np.zeros(1), np.zeros(1), np.array([100.0]), np.array([30.0]), np.array([30.0]))
    output = np.linspace(1.0, 0.9, 25)
    early, late = tariff.first_year_revenue(worth, 0.25, TariffSettings(export_case=case), 0.391)
    revenue = tariff.revenue_by_year(early, late, output, 10)
    assert revenue[0, 0] == pytest.approx(first)
    assert revenue[-1, 0] == pytest.approx(last)
    if case == "mechanism":
        assert revenue[9, 0] / output[9] > revenue[10, 0] / output[10]


def test_prices_of_another_number_of_hours_are_refused():
    with pytest.raises(InputError, match="holds 2 hours"):
        tariff.market_price(HOURS, PLAN, np.ones(2))


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ({"contracts": [{"name": "park", "cny_per_kwh": [0.5] * 24}] * 2}, "'park' is the name of another price too"),
        ({"contracts": [{"name": "two_part", "cny_per_kwh": [0.5] * 24}]}, "'two_part' is the name of another price"),
        ({"contracts": [{"name": "export", "cny_per_kwh": [0.5] * 24}]}, "'export' is the name of another price too"),
        ({"seasons": [{"months": range(1, 13)}, {"months": [7]}]}, "month 7 stands in two seasons"),
        ({"seasons": [{"months": range(13)}]}, "greater than or equal to 1"),
        ({"seasons": [{"months": range(1, 13), "peak": [(8, 12)], "valley": [(11, 13)]}]}, "8-12 of peak and 11-13"),
    ],
)
def test_a_price_is_told_once(told, why):
    with pytest.raises(ValidationError, match=why):
        TariffSettings(**told)
