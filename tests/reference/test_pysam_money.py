"""NREL's System Advisor Model as a second opinion on cost of electricity, present value, payback and return.

Inputs are aligned to ours: constant prices (no inflation), own money only, straight-line depreciation of the whole
investment, income tax at one level, no incentives, no VAT, yearly energies given. What still differs is said per test.
"""

from __future__ import annotations

import numpy as np
import PySAM.Cashloan as Cashloan
import PySAM.Lcoefcr as Lcoefcr
import PySAM.Singleowner as Singleowner
import PySAM.Utilityrate5 as Utilityrate5
import pytest

from pvmap.planning.money.cash import cash_flows
from pvmap.planning.money.economics import Costs, lcoe, output_factors
from pvmap.planning.money.returns import irr, npv, payback_years
from pvmap.settings.energy import EnergySettings
from pvmap.settings.money import EconomicsSettings

YEARS = 25
# capacity kW, investment CNY/kW, upkeep CNY/kW-yr, first-year energy kWh/kW, price CNY/kWh, tax, discount rate
CASES = {
    "factory roof": (800.0, 2700.0, 46.0, 1080.0, 0.52, 0.25, 0.06),
    "fishpond": (30_000.0, 3100.0, 50.0, 1107.0, 0.391, 0.15, 0.08),
}


def one(value: float) -> np.ndarray:
    return np.array([value])


def ours(case: str, degradation: float = 0.004):
    kw, capex, opex, energy, price, tax, rate = CASES[case]
    plan = EconomicsSettings(
        discount_rate=rate,
        vat_rate=0.0,
        input_vat_share=0.0,
        income_tax_rate=tax,
        depreciation_years=20,
        depreciation_residual=0.0,
    )
    output = output_factors(EnergySettings(first_year_factor=1.0, degradation_per_year=degradation, life_years=YEARS))
    costs = Costs(one(kw * capex), one(kw * opex), one(0.0), one(0.0))
    energies = kw * energy * output
    return plan, costs, energies, cash_flows(costs, energies[:, None] * price, plan), output


@pytest.mark.parametrize("case", CASES)
def test_levelised_cost_without_degradation_equals_lcoefcr(case):

    kw, capex, opex, energy, _, _, rate = CASES[case]
    model = Lcoefcr.new()
    model.SimpleLCOE.annual_energy = kw * energy
    model.SimpleLCOE.capital_cost = kw * capex
    model.SimpleLCOE.fixed_operating_cost = kw * opex
    model.SimpleLCOE.variable_operating_cost = 0.0
    model.SimpleLCOE.fixed_charge_rate = rate / (1.0 - (1.0 + rate) ** -YEARS)
    model.execute()
    plan, costs, _, _, output = ours(case, degradation=0.0)
    assert lcoe(costs, one(kw * energy), output, plan)[0] == pytest.approx(model.Outputs.lcoe_fcr, rel=1e-9)


def plain(model, kw: float, capex: float, opex: float, tax: float, rate: float) -> None:
    """Take incentives, debt, inflation and second tax level out of a default of SAM."""
    money = model.FinancialParameters
    money.analysis_period = YEARS
    money.inflation_rate = 0.0
    money.real_discount_rate = rate * 100
    money.federal_tax_rate = [tax * 100]
    money.state_tax_rate = [0.0]
    money.system_capacity = kw
    model.SystemCosts.total_installed_cost = kw * capex
    model.SystemCosts.om_capacity = [opex]
    model.TaxCreditIncentives.itc_fed_percent = [0.0]
    model.TaxCreditIncentives.ptc_fed_amount = [0.0]


@pytest.mark.parametrize("case", CASES)
def test_present_value_and_payback_equal_cashloan(case):
    """SAM's utility bill values all energy at one price; its payback takes the last year in proportion, as ours."""

    kw, capex, opex, _, price, tax, rate = CASES[case]
    plan, _, energies, flows, output = ours(case)
    bill = Utilityrate5.default("PVWattsCommercial")
    model = Cashloan.from_existing(bill, "PVWattsCommercial")  # shares the bill's data
    plain(model, kw, capex, opex, tax, rate)
    model.FinancialParameters.debt_fraction = 0.0
    model.Depreciation.depr_fed_type = 2.0  # straight line
    model.Depreciation.depr_fed_sl_years = 20.0
    model.Depreciation.depr_sta_type = 0.0
    tariff = bill.ElectricityRates
    tariff.ur_metering_option = 0.0
    tariff.ur_dc_enable = 0.0
    tariff.ur_monthly_fixed_charge = 0.0
    tariff.ur_enable_billing_demand = 0.0
    tariff.ur_ec_sched_weekday = tariff.ur_ec_sched_weekend = [[1.0] * 24] * 12
    tariff.ur_ec_tou_mat = [[1.0, 1.0, 9.9e37, 0.0, price, price]]
    tariff.rate_escalation = [0.0]
    bill.Lifetime.system_use_lifetime_output = 0.0
    bill.SystemOutput.degradation = list(100.0 * (1.0 - output))
    bill.SystemOutput.gen = [energies[0] / 8760.0] * 8760
    bill.Load.load = [energies[0] / 4380.0] * 8760
    bill.Load.load_escalation = [0.0]
    bill.execute()
    model.execute()
    np.testing.assert_allclose(model.Outputs.cf_after_tax_cash_flow, flows[:, 0], rtol=1e-9)
    assert npv(flows, plan.discount_rate)[0] == pytest.approx(model.Outputs.npv, rel=1e-9)
    assert payback_years(flows)[0] == pytest.approx(model.Outputs.payback, abs=1e-6)


@pytest.mark.parametrize("case", CASES)
def test_rate_of_return_equals_singleowner(case):
    """SAM's own straight line starts with half a year; its custom schedule is given ours, 20 years of 5 %."""

    kw, capex, opex, _, price, tax, rate = CASES[case]
    _, _, energies, flows, output = ours(case)
    model = Singleowner.default("PVWattsSingleOwner")
    plain(model, kw, capex, opex, tax, rate)
    money = model.FinancialParameters
    money.debt_option = 0.0
    money.debt_percent = 0.0
    money.construction_financing_cost = 0.0
    money.cost_debt_fee = 0.0
    money.cost_debt_closing = 0.0
    money.dscr_reserve_months = 0.0
    money.equip1_reserve_cost = 0.0
    money.months_working_reserve = 0.0
    model.Revenue.ppa_soln_mode = 1.0  # price given
    model.Revenue.ppa_price_input = [price]
    model.Revenue.ppa_escalation = 0.0
    shares = model.Depreciation
    for name in ("macrs_5", "macrs_15", "sl_5", "sl_15", "sl_20", "sl_39", "custom"):
        setattr(shares, f"depr_alloc_{name}_percent", 100.0 if name == "custom" else 0.0)
    shares.depr_custom_schedule = [5.0] * 20
    model.SystemOutput.degradation = list(100.0 * (1.0 - output))
    model.SystemOutput.system_pre_curtailment_kwac = [energies[0] / 8760.0] * 8760
    model.SystemOutput.gen = [energies[0] / 8760.0] * 8760
    model.execute()
    np.testing.assert_allclose(model.Outputs.cf_project_return_aftertax, flows[:, 0], rtol=1e-9)
    assert irr(flows, rate)[0] * 100 == pytest.approx(model.Outputs.project_return_aftertax_irr, abs=1e-4)
