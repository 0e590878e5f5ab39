"""Present value, return, payback, required price: check values by hand, identities, other programs' numbers."""

import numpy as np
import numpy_financial as npf
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pvmap.planning.money.cash import cash_flows
from pvmap.planning.money.economics import Costs, lcoe
from pvmap.planning.money.returns import irr, npv, payback_years, required_share
from pvmap.settings.money import EconomicsSettings

PLAN = EconomicsSettings()
COMPANY, PERSON = np.array([False]), np.array([True])


def costs(capex, opex=0.0, replacement=0.0, salvage=0.0):
    return Costs(*(np.atleast_1d(np.asarray(v, float)) for v in (capex, opex, replacement, salvage)))


# 1 kWp, 1,080 h flat; 2,700 + 50 for the grid; upkeep 46 + rent 30; inverter 0.12 CNY/W of 1/1.15 kW in year 13; 6 %
PLANT = costs(2750.0, 76.0, 120.0 / 1.15)
HOURS = 1080.0


def year_by_year(revenue, capex=2750.0, opex=76.0, inverter=120.0 / 1.15, carried=5) -> list[float]:
    """A company's flows written out in plain Python, for one plant."""
    credit, losses, flows = 0.10 * capex, [], [-capex]
    depreciation = 0.90 * capex * 0.95 / 20
    for year, earned in enumerate(revenue, 1):
        bought = inverter if year == 13 else 0.0
        credit += bought * 0.13 / 1.13
        output = earned * 0.13 / 1.13
        paid, credit = max(output - credit, 0.0), max(credit - output, 0.0)
        income = earned - output - opex - bought / 1.13 - 0.12 * paid - (depreciation if year <= 20 else 0.0)
        losses = [(when, amount) for when, amount in losses if year - when <= carried]
        taxable = income
        for i, (when, amount) in enumerate(losses):
            used = min(amount, max(taxable, 0.0))
            losses[i], taxable = (when, amount - used), taxable - used
        if income < 0:
            losses.append((year, -income))
        flows.append(earned - opex - bought - 1.12 * paid - 0.25 * max(taxable, 0.0))
    return flows


@given(
    revenue=st.lists(st.floats(0, 1500), min_size=25, max_size=25),
    capex=st.floats(500, 8000),
    opex=st.floats(0, 200),
    inverter=st.floats(0, 3000),
    carried=st.integers(0, 12),
)
def test_a_companys_years_are_those_of_plain_python(revenue, capex, opex, inverter, carried):
    """Good years and bad ones in any order: credits are used up, and losses set off while they are young enough."""
    plan = PLAN.model_copy(update={"loss_carry_years": carried})
    others = costs([capex, 1000.0, capex], [opex, 10.0, opex], [inverter, 0.0, inverter], [0.0, 0.0, 0.0])
    flows = cash_flows(others, np.array([revenue, np.full(25, 99.0), revenue]).T, plan, np.array([False, False, True]))
    np.testing.assert_allclose(flows[:, 0], year_by_year(revenue, capex, opex, inverter, carried), atol=1e-9 * capex)
    np.testing.assert_allclose(flows[:, 1], year_by_year([99.0] * 25, 1000.0, 10.0, 0.0, carried), atol=1e-9)
    bought = np.where(np.arange(1, 26) == 13, inverter, 0.0)
    np.testing.assert_allclose(flows[1:, 2], np.array(revenue) - opex - bought, atol=1e-9 * capex)  # a person's


@pytest.mark.parametrize(
    ("price", "company", "person"),
    [
        (0.30, (-230.983, 0.050227), (371.350, 0.073901)),
        (0.31, (-139.153, 0.054162), (509.410, 0.078896)),
        (0.33, (43.986, 0.061816), (785.531, 0.088653)),
        (0.391, (601.168, 0.083818), (1627.698, 0.116934)),
    ],
)
def test_one_plant_on_both_accounts(price, company, person):
    revenue = np.full((25, 1), HOURS * price)
    for owner, (present, rate) in ((COMPANY, company), (PERSON, person)):
        flows = cash_flows(PLANT, revenue, PLAN, owner)
        assert npv(flows, 0.06)[0] == pytest.approx(present, abs=5e-4)
        assert irr(flows, 0.06)[0] == pytest.approx(rate, abs=5e-7)
    np.testing.assert_allclose(cash_flows(PLANT, revenue, PLAN)[:, 0], year_by_year([HOURS * price] * 25), rtol=1e-12)
    required = price * required_share(PLANT, revenue, PLAN, COMPANY)[0]
    assert required == pytest.approx(0.325191, abs=5e-7)


def test_a_persons_required_price_is_the_levelised_cost():
    flat = np.ones(25)
    cost = lcoe(PLANT, np.array([HOURS]), flat, PLAN)[0]
    assert cost == pytest.approx(0.273102, abs=5e-7)
    share = required_share(PLANT, np.full((25, 1), HOURS * 0.5), PLAN, PERSON)[0]
    assert 0.5 * share == pytest.approx(cost, rel=1e-10)


def test_input_tax_is_a_credit_used_year_by_year():
    flows = cash_flows(PLANT, np.full((25, 1), HOURS * 0.391), PLAN)[:, 0]
    assert flows[:6] == pytest.approx([-2750.0, *[301.2458] * 5], abs=5e-5)
    assert flows[6:8] == pytest.approx([283.2769, 248.2927], abs=5e-5)
    without = PLAN.model_copy(update={"input_vat_share": 0.0})
    flows = cash_flows(PLANT, np.full((25, 1), HOURS * 0.391), without)
    assert npv(flows, 0.06)[0] == pytest.approx(390.9035, abs=5e-5)
    assert irr(flows, 0.06)[0] == pytest.approx(0.074847, abs=5e-7)


def test_without_inverter_rent_and_grid_it_looks_better():
    bare = cash_flows(costs(2700.0, 46.0), np.full((25, 1), HOURS * 0.391), PLAN)
    assert irr(bare, 0.06)[0] == pytest.approx(0.097646, abs=5e-7)


@given(
    price=st.floats(0.05, 1.2),
    capex=st.floats(500, 8000),
    opex=st.floats(0, 200),
    inverter=st.floats(0, 3000),
    person=st.booleans(),
    rate=st.floats(0.01, 0.12),
    early=st.floats(0.5, 2.0),
)
def test_three_verdicts_are_one(price, capex, opex, inverter, person, rate, early):
    """NPV >= 0, IRR >= rate and value >= required price say the same, whatever the flows."""
    plan = EconomicsSettings(discount_rate=rate)
    plant, owner = costs(capex, opex, inverter), np.array([person])
    revenue = 1000.0 * price * np.concatenate([np.full((10, 1), early), np.ones((15, 1))])
    flows = cash_flows(plant, revenue, plan, owner)
    present, found, share = npv(flows, rate)[0], irr(flows, rate)[0], required_share(plant, revenue, plan, owner)[0]
    if abs(present) < 1e-6 * capex:
        return
    assert (share <= 1.0) == (present >= 0.0)
    if np.isfinite(found):
        assert (found >= rate) == (present >= 0.0)
        left = npv(flows, found)[0]
        if found < 3.0 or left < 0.0:  # above 300 % it is told as that
            assert left == pytest.approx(0.0, abs=1e-7 * np.abs(flows).sum())
    at_share = cash_flows(plant, revenue * share, plan, owner)
    assert npv(at_share, rate)[0] == pytest.approx(0.0, abs=1e-7 * capex)


@given(st.integers(0, 2**31))
def test_return_equals_numpy_financial(seed):
    rng = np.random.default_rng(seed)
    flows = rng.uniform(0.01, 0.4, (26, 6)) * rng.uniform(0.3, 3.0, 6)
    flows[0] = -1.0
    expected = [npf.irr(f) for f in flows.T]
    np.testing.assert_allclose(irr(flows, 0.06), expected, atol=1e-9)
    np.testing.assert_allclose(npv(flows, 0.06), [npf.npv(0.06, f) for f in flows.T], rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize(("discount", "expected"), [(0.05, 0.1), (0.12, 0.1), (0.22, 0.3), (0.32, 0.3)])
def test_of_several_returns_the_one_on_the_side_of_the_present_value_is_taken(discount, expected):
    """These flows have the returns 10, 20 and 30 %: they pay below 10 % and between 20 and 30 %."""
    flows = np.array([[-1.0], [3.6], [-4.31], [1.716]])
    found = irr(flows, discount)[0]
    assert found == pytest.approx(expected, abs=1e-9)
    assert (found >= discount) == (npv(flows, discount)[0] >= 0.0)


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
    found = irr(flows, 0.06)
    assert np.isnan(found[:2]).all() and found[2] == pytest.approx(npf.irr(flows[:, 2]))
    assert np.isnan(required_share(costs(100.0), np.zeros((25, 1)), PLAN)[0])
    pays = np.array([[-1.0, -1.0], [9.0, 1e9], [9.0, 1e9]])  # 890 % and far beyond: what pays never lacks a rate
    assert irr(pays, 0.06).tolist() == [3.0, 3.0]


def test_tax_truth_table():
    """Tax only on positive income; the holiday spares years 1-3 and halves 4-6; a loss is carried five years."""
    plain = EconomicsSettings(input_vat_share=0.0, vat_rate=0.0)
    revenue = np.full((25, 1), 100.0)
    flows = cash_flows(costs(1000.0, 10.0), revenue, plain)[1:, 0]
    depreciation = 1000.0 * 0.95 / 20
    assert flows[0] == pytest.approx(90.0 - 0.25 * (90.0 - depreciation))
    assert flows[24] == pytest.approx(90.0 * 0.75)
    holiday = plain.model_copy(update={"tax_holiday": True})
    spared = cash_flows(costs(1000.0, 10.0), revenue, holiday)[1:, 0]
    assert list(spared[:3]) == pytest.approx([90.0] * 3)
    assert spared[3] == pytest.approx(90.0 - 0.125 * (90.0 - depreciation))
    assert spared[6] == pytest.approx(flows[6])
    once = np.zeros((25, 1))
    once[3], once[9] = 100.0, 400.0
    taxed = cash_flows(costs(1000.0), once, plain)[1:, 0]
    # losses of 47.5 a year; year 4 earns 52.5 after depreciation, which the losses of years 1 and 2 cover
    assert taxed[3] == pytest.approx(100.0)
    # year 10: those of years 5 to 9 stand, that of year 3 is too old
    assert taxed[9] == pytest.approx(400.0 - 0.25 * (400.0 - 47.5 - 5 * 47.5))
    without = plain.model_copy(update={"loss_carry_years": 0})
    assert cash_flows(costs(1000.0), once, without)[10, 0] == pytest.approx(400.0 - 0.25 * (400.0 - 47.5))
