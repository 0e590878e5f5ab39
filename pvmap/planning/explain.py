"""How one site's money came about, line by line, for ``pvmap explain``."""

from __future__ import annotations

import numpy as np
import pandas as pd

from pvmap.errors import InputError
from pvmap.planning.money import economics
from pvmap.planning.money.account import cost_class, plant_costs, value_hours
from pvmap.planning.money.given_prices import GivenPrices
from pvmap.planning.money.tariff import capture_price, market_sums
from pvmap.planning.policy.classes import class_key, lookup, policy_class
from pvmap.planning.policy.plan_classes import plan_class
from pvmap.planning.profiles import Shapes
from pvmap.planning.risk.narrowing import explain_certainty
from pvmap.settings.city import Settings

FLOOR = "capacity_policy_floor_kwp"


def explain_money(
    site_id: str,
    appraisal: pd.DataFrame,
    sites: pd.DataFrame,
    profiles: pd.DataFrame | None,
    settings: Settings,
    given: GivenPrices = GivenPrices(),
) -> list[str]:
    """Explain one site's cost, value, risk and cases.

    Parameters
    ----------
    site_id
        Site to explain.
    appraisal, sites
        Contract tables in the same order.
    profiles
        Contract table of everything the surfaces can carry, as `appraise` takes it, or None where hours were not kept.
    settings
        Settings of the run.
    given
        Prices that the bureau brings, as the appraisal took them.

    Returns
    -------
    list of str
        Lines that compute each number anew and name the setting each value comes from.

    Raises
    ------
    InputError
        An id that is not in the run.
    """
    at = np.flatnonzero(appraisal["site_id"].to_numpy() == site_id)
    if at.size == 0:
        raise InputError(f"No site {site_id!r} in this run; the popup on the map shows the id of each site.")
    row, own, site = appraisal.iloc[at[0]], appraisal.iloc[at], sites.iloc[at]
    if not row["capacity_kwp"] > 0:
        left = f" ({row['decision']}: {row['decision_note']})" if row.get("decision") else ""
        return [f"No capacity remains here{left}: nothing to build, nothing to pay."]
    return [
        *_cost_lines(row, own, site, settings),
        *(_value_lines(int(at[0]), appraisal, sites, profiles, settings, given) if profiles is not None else []),
        *_case_lines(row, own, site, settings),
        *_grid_lines(row, settings),
        *_scenario_lines(row, settings),
    ]


def _grid_lines(row: pd.Series, settings: Settings) -> list[str]:
    """Which transformer the site joins and what it may connect; the grid is not checked without transformers."""
    if "connectable_kwac" not in row:
        return ["Grid: not checked, as the city file names no transformers (inputs.grid_devices)."]
    if row["device_by"] == "none":
        return [f"Grid: no transformer serves it within planning.hosting.max_km; {row['plan_class']} connects nothing."]
    ratio = row["capacity_kwp"] / row["capacity_kwac"]
    wanted = row["capacity_practical_kwp"] / ratio
    why = f", limited by {row['limited_by']}" if row["limited_by"] else ""
    how = "in its supply area" if row["device_by"] == "polygon" else "the nearest"
    return [
        f"Grid: {row['plan_class']}, joins {row['device_id']} ({how}), graded {row['grid_grade']}; of"
        f" {wanted:,.1f} kW AC in the practical case {row['connectable_kwac']:,.1f} kW are connectable{why}, rank"
        f" {row['connect_rank']} by {settings.planning.hosting.first.replace('_', ' ')}."
    ]


def _scenario_lines(row: pd.Series, settings: Settings) -> list[str]:
    money = settings.city.currency
    return [
        f"Scenario {one.name} (bid {one.bid_cny_per_kwh:g} for {one.share:.0%} of exports, midday"
        f" {one.midday_cny_per_kwh:g} {money}/kWh, {one.utilisation:.0%} taken): NPV"
        f" {row[f'npv_cny_{one.name}']:,.0f} {money}, IRR {row[f'irr_{one.name}']:.2%}."
        for one in settings.scenarios
        if f"irr_{one.name}" in row
    ]


def _cost_lines(row: pd.Series, own: pd.DataFrame, site: pd.DataFrame, settings: Settings) -> list[str]:
    plan, energy = settings.planning.economics, settings.energy
    kind = str(cost_class(own)[0])
    factor = float(economics.size_factor(own["capacity_kwp"].to_numpy(float), plan.size_factors[kind])[0])
    costs = plant_costs(own, site["footprint_area_m2"].to_numpy(float), settings)
    output = economics.output_factors(energy)
    lcoe = economics.lcoe(costs, own["energy_kwh"].to_numpy(float) / energy.first_year_factor, output, plan)[0]
    base = getattr(plan.capex_cny_per_kw, kind)
    money = settings.city.currency
    benchmark = f"; coal benchmark {plan.coal_benchmark_cny_per_kwh:g}" if "below_coal_benchmark" in row else ""
    return [
        f"Capacity {row['capacity_kwp']:,.1f} kWp DC, {row['capacity_kwac']:,.1f} kW AC; first year"
        f" {row['energy_kwh']:,.0f} kWh = {row['specific_yield_kwh_per_kwp']:,.0f} h DC.",
        f"Investment {costs.capex_cny[0]:,.0f} {money}: {base:,.0f} {money}/kW (economics.capex_cny_per_kw.{kind})"
        f" x {factor:g} for size (economics.size_factors).",
        f"Yearly cost {costs.opex_cny_per_year[0]:,.0f} {money}; options counted: {', '.join(plan.options) or 'none'}.",
        f"Discounted at {plan.discount_rate:.1%} over {energy.life_years} years, output {energy.first_year_factor:g}"
        f" - {energy.degradation_per_year:g} a year: levelised cost {lcoe:.4f} {money}/kWh (stored"
        f" {row['lcoe_cny_per_kwh']:.4f}){benchmark}.",
    ]


def _value_lines(
    at: int,
    appraisal: pd.DataFrame,
    sites: pd.DataFrame,
    profiles: pd.DataFrame,
    settings: Settings,
    given: GivenPrices,
) -> list[str]:
    shapes = Shapes.of(profiles, settings.city.utc_offset_hours)
    worth = value_hours(appraisal, sites, shapes, settings, given)
    capture = capture_price(market_sums(worth))  # the whole city's
    used, saved, export, market = (
        float(v[at]) for v in (worth.self_use_kwh, worth.self_use_cny, worth.export_kwh, worth.export_market_cny)
    )
    money, plan, row, site = settings.city.currency, settings.planning.tariff, appraisal.iloc[at], sites.iloc[[at]]
    use = str(site["building_use"].iloc[0])
    load = float(site["footprint_area_m2"].iloc[0] * lookup(class_key(site), plan.load_kwh_per_m2)[0])
    profile = use if use != "none" else row["site_type"]
    lines = [f"Hours: the site's months spread over the profile of {profile} in {row['district'] or 'no district'}."]
    if used > 0:
        lines.append(
            f"Used on the spot {used:,.0f} kWh ({used / (used + export):.0%}) of a load of {load:,.0f} kWh/yr,"
            f" saving {saved / used:.4f} {money}/kWh ({_paid(appraisal.iloc[[at]], use, settings, given)})."
        )
    if export > 0:
        mechanism = ""
        if plan.export_case == "mechanism":
            share, years = plan.mechanism_share, plan.mechanism_years
            mechanism = f", mechanism {plan.mechanism_cny_per_kwh:g} for {share:.0%} over {years} years"
        lines.append(
            f"Exported {export:,.0f} kWh at {market / export:.4f} {money}/kWh in the market; case {plan.export_case},"
            f" capture price of the city {capture:.4f}{mechanism}."
        )
    if "value_cny_per_kwh" in row:
        verdict = "at parity" if row["at_grid_parity"] else "not at parity"
        owner = settings.planning.economics.owner[str(class_key(site)[0])]
        lines.append(
            f"Levelised value {row['value_cny_per_kwh']:.4f} {money}/kWh against a required price of"
            f" {row['required_price_cny_per_kwh']:.4f}: {verdict}. On a {owner}'s account after tax: NPV"
            f" {row['npv_cny']:,.0f} {money}, IRR {row['irr']:.2%}, payback {row['payback_years']:.1f} years."
        )
    return lines


def _paid(own: pd.DataFrame, use: str, settings: Settings, given: GivenPrices) -> str:
    """Name the price a use pays on this site: a contract that the bureau brings, else that of the city file."""
    agreed = [one for one in (use, str(plan_class(own, settings)[0])) if one in given.contracts]
    return f"contract {agreed[0]}" if agreed else settings.planning.tariff.retail[use]


def _case_lines(row: pd.Series, own: pd.DataFrame, site: pd.DataFrame, settings: Settings) -> list[str]:
    plan = settings.planning
    key = str(class_key(site)[0])
    named = str(policy_class(site)[0])
    floor = f"{plan.policy.floor_share[named]:.0%} of the county's {named} roofs" if named != "none" else "not named"
    decided = f"Bureau: {row['decision']}, {row['decision_note']}." if row.get("decision") else "Bureau: no decision."
    floor = f"; policy floor {row['capacity_policy_floor_kwp']:,.1f} kWp ({floor})" if FLOOR in row else ""
    coal, coal_fossil = (
        f", standard coal {row[name]:,.1f} t" if name in row else ""
        for name in ("standard_coal_t_per_year", "standard_coal_fossil_t_per_year")
    )
    return [
        f"Single year P50 {row['p50_kwh']:,.0f}, P75 {row['p75_kwh']:,.0f}, P90 {row['p90_kwh']:,.0f} kWh"
        f" (components {', '.join(f'{k} {s:.1%}' for k, s in plan.risk.sigma.items())}).",
        *explain_certainty(row, settings),
        f"Practical case {row['capacity_practical_kwp']:,.1f} kWp (availability {plan.policy.availability[key]:g},"
        f" at least {plan.policy.minimum_kwp[key]:g} kWp){floor}.",
        f"First year, baseline grid average: CO2 {row['co2_t_per_year']:,.1f} t ({plan.carbon.co2_t_per_mwh:g} t/MWh)"
        f"{coal}; baseline fossil power: CO2 {row['co2_fossil_t_per_year']:,.1f} t{coal_fossil}.",
        decided,
    ]
