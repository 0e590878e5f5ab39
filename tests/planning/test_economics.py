"""Levelised cost, cash flows, return and payback: check values, identities, truth tables."""

import numpy as np
import numpy_financial as npf
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pvmap.planning.economics import Costs, cash_flows, irr, lcoe, npv, output_factors, payback_years, size_factor
from pvmap.settings.energy import EnergySettings
from pvmap.settings.money import EconomicsSettings


def costs(capex, opex=0.0, replacement=0.0, salvage=0.0):
    return Costs(*(np.atleast_1d(np.asarray(v, float)) for v in (capex, opex, replacement, salvage)))


@pytest.mark.parametrize(
    ("capex", "opex", "energy", "expected"),
    [
        (2700, 46, 1080, 0.2497),
        (2600, 46, 1040, 0.2514),
        (2900, 40, 1127, 0.2483),
        (3200, 40, 1060, 0.2872),
        (3100, 50, 1107, 0.2771),
    ],
)
def test_check_values_of_parameters_f(capex, opex, energy, expected):
    value = lcoe(costs(capex, opex), np.array([energy]), output_factors(EnergySettings()), EconomicsSettings())
    assert round(float(value[0]), 4) == expected


def test_output_is_the_series_of_parameters_d():
    output = output_factors(EnergySettings())
    assert output[0] == pytest.approx(0.99) and output[24] == pytest.approx(0.99 - 0.004 * 24)
    assert output.mean() == pytest.approx(0.942)


def test_each_option_moves_the_cost_by_its_present_value():
    plan, output, energy = EconomicsSettings(), output_factors(EnergySettings()), np.array([1000.0])
    produced = sum(1000.0 * output[t] * 1.06 ** -(t + 1) for t in range(25))
    base = lcoe(costs(2700, 46), energy, output, plan)[0]
    with_inverter = lcoe(costs(2700, 46, replacement=104.0), energy, output, plan)[0]
    with_salvage = lcoe(costs(2700, 46, salvage=135.0), energy, output, plan)[0]
    assert with_inverter - base == pytest.approx(104.0 * 1.06**-13 / produced, rel=1e-9)
    assert base - with_salvage == pytest.approx(135.0 * 1.06**-25 / produced, rel=1e-9)


def test_no_energy_has_no_levelised_cost():
    assert np.isnan(lcoe(costs([1, 0]), np.zeros(2), output_factors(EnergySettings()), EconomicsSettings())).all()


@given(
    price=st.floats(0.1, 1.5),
    capex=st.floats(500, 8000),
    opex=st.floats(0, 60),
    rate=st.floats(0.01, 0.12),
)
def test_selling_at_the_levelised_cost_earns_the_discount_rate(price, capex, opex, rate):
    """Without taxes the present value is zero when every kilowatt-hour earns exactly its levelised cost."""
    plan = EconomicsSettings(discount_rate=rate, vat_rate=0.0, income_tax_rate=0.0)
    output = output_factors(EnergySettings())
    energy = np.array([1000.0])
    cost = lcoe(costs(capex, opex), energy, output, plan)
    flows = cash_flows(costs(capex, opex), output[:, None] * energy * cost, plan)
    assert npv(flows, rate)[0] == pytest.approx(0.0, abs=1e-8 * capex)
    assert irr(flows)[0] == pytest.approx(rate, abs=1e-9)
    dearer = cash_flows(costs(capex, opex), output[:, None] * energy * (cost + price), plan)
    assert irr(dearer)[0] > rate


@given(st.integers(0, 2**31))
def test_return_equals_numpy_financial(seed):
    rng = np.random.default_rng(seed)
    flows = rng.uniform(0.01, 0.4, (26, 6)) * rng.uniform(0.02, 3.0, 6)
    flows[13] -= rng.uniform(0, 0.5, 6)  # a replacement may cost more than its year earns
    flows[0] = -1.0
    expected = [npf.irr(f) if f[1:].sum() > 0 else np.nan for f in flows.T]
    found = irr(flows)
    np.testing.assert_allclose(found, expected, atol=1e-9)
    np.testing.assert_allclose(npv(flows, 0.06), [npf.npv(0.06, f) for f in flows.T], rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize(
    ("flows", "years"),
    [
        ([-100, 50, 50, 50], 2.0),
        ([-100, 40, 40, 40], 2.5),
        ([-100, 10, 10, 10], np.nan),
        ([0, 10, 10, 10], np.nan),
        ([-100, 0, 0, 100], 3.0),
    ],
)
def test_payback(flows, years):
    np.testing.assert_allclose(payback_years(np.array(flows, float)[:, None])[0], years)


def test_nothing_returned_has_no_rate():
    flows = np.array([[-100.0, 0.0, -100.0], [0.0, 10.0, 50.0], [0.0, 10.0, 60.0]])
    found = irr(flows)
    assert np.isnan(found[:2]).all() and found[2] == pytest.approx(npf.irr(flows[:, 2]))


@pytest.mark.parametrize(
    ("kw", "factor"), [(0, 1.08), (99.9, 1.08), (100, 1.0), (999, 1.0), (1000, 0.97), (50_000, 0.97)]
)
def test_size_factor(kw, factor):
    assert size_factor(np.array([kw]), EconomicsSettings().size_factors["commercial"])[0] == factor


def test_tax_truth_table():
    """Tax only on positive income; the holiday spares years 1-3 and halves 4-6."""
    revenue = np.full((25, 1), 113.0)
    plain = EconomicsSettings()
    flows = cash_flows(costs(1000.0, 10.0), revenue, plain)[1:, 0]
    depreciation = 1000.0 * 0.95 / 20
    assert flows[0] == pytest.approx(90.0 - 0.25 * (90.0 - depreciation))
    assert flows[24] == pytest.approx(90.0 * 0.75)
    holiday = cash_flows(costs(1000.0, 10.0), revenue, EconomicsSettings(tax_holiday=True))[1:, 0]
    assert list(holiday[:3]) == pytest.approx([90.0] * 3)
    assert holiday[3] == pytest.approx(90.0 - 0.125 * (90.0 - depreciation))
    assert holiday[6] == pytest.approx(flows[6])
    loss = cash_flows(costs(1000.0, 110.0), revenue, plain)[1:, 0]
    assert loss[0] == pytest.approx(-10.0)
