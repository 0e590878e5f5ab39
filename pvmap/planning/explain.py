"""How one site's money came about, line by line, for ``pvmap explain``."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from pvmap import chinese
from pvmap.currency import in_chinese
from pvmap.errors import InputError
from pvmap.planning.money import economics
from pvmap.planning.money.account import cost_class, plant_costs, value_hours
from pvmap.planning.money.given_prices import GivenPrices
from pvmap.planning.policy.classes import class_key, lookup, policy_class
from pvmap.planning.policy.plan_classes import plan_class
from pvmap.planning.profiles import Shapes
from pvmap.planning.publication import is_public
from pvmap.planning.risk.narrowing import explain_certainty
from pvmap.sentence import Sentence
from pvmap.settings.city import Settings

FLOOR = "capacity_policy_floor_kwp"


def explain_money(
    site_id: str,
    appraisal: pd.DataFrame,
    sites: pd.DataFrame,
    profiles: pd.DataFrame | None,
    settings: Settings,
    given: GivenPrices = GivenPrices(),
) -> list[Sentence]:
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
    list of Sentence
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
        left = Sentence(" ({decision}: {note})", decision=row["decision"], note=row["decision_note"])
        decided = left if row.get("decision") else ""
        return [Sentence("  No capacity remains here{decided}: nothing to build, nothing to pay.", decided=decided)]
    return [
        *_cost_lines(row, own, site, settings),
        *(_value_lines(int(at[0]), appraisal, sites, profiles, settings, given) if profiles is not None else []),
        *_case_lines(row, site, settings),
        *_grid_lines(row, settings),
        *_scenario_lines(row, settings),
    ]


def _grid_lines(row: pd.Series, settings: Settings) -> Iterator[Sentence]:
    """Which transformer the site joins and what it may connect; the grid is not checked without transformers."""
    if "connectable_kwac" not in row:
        yield Sentence("  Grid: not checked, as the city file names no transformers (inputs.grid_devices).")
        return
    if row["device_by"] == "none":
        told = "  Grid: no transformer serves it within planning.hosting.max_km; {plan_class} connects nothing."
        yield Sentence(told, plan_class=row["plan_class"])
        return
    first, named = settings.planning.hosting.first, not is_public(settings)
    yield Sentence(
        "  Grid: {plan_class}, joins {device} ({how}), graded {grid_grade}; of {wanted:,.1f} kW AC in the practical"
        " case {connectable:,.1f} kW are connectable{why}, rank {rank} by {first}.",
        plan_class=row["plan_class"],
        device=row["device_id"] if named else ("a transformer", "变压器"),
        how=("in its supply area", "供电范围内") if row["device_by"] == "polygon" else ("the nearest", "最近"),
        grid_grade=row["grid_grade"],
        wanted=row["capacity_practical_kwp"] / (row["capacity_kwp"] / row["capacity_kwac"]),
        connectable=row["connectable_kwac"],
        why=Sentence(", limited by {device}", device=row["limited_by"]) if named and row["limited_by"] else "",
        rank=row["connect_rank"],
        first=(first.replace("_", " "), chinese.word(first)),
    )


def _scenario_lines(row: pd.Series, settings: Settings) -> Iterator[Sentence]:
    for one in settings.scenarios:
        if f"irr_{one.name}" in row:
            yield Sentence(
                "  Scenario {scenario} (bid {bid:g} for {share:.0%} of exports, midday {midday:g} {money}/kWh,"
                " {taken:.0%} taken): NPV {npv:,.0f} {money}, IRR {irr:.2%}.",
                scenario=(one.name, one.title_zh or one.name),
                bid=one.bid_cny_per_kwh,
                share=one.share,
                midday=one.midday_cny_per_kwh,
                taken=one.utilisation,
                npv=row[f"npv_cny_{one.name}"],
                irr=row[f"irr_{one.name}"],
                money=_money(settings),
            )


def _money(settings: Settings) -> tuple[str, str]:
    return settings.city.currency, in_chinese(settings.city.currency)


def _cost_lines(row: pd.Series, own: pd.DataFrame, site: pd.DataFrame, settings: Settings) -> Iterator[Sentence]:
    plan, energy, money = settings.planning.economics, settings.energy, _money(settings)
    kind = str(cost_class(own)[0])
    costs = plant_costs(own, site["footprint_area_m2"].to_numpy(float), settings)
    yield Sentence(
        "  Capacity {dc:,.1f} kWp DC, {ac:,.1f} kW AC; first year {kwh:,.0f} kWh = {hours:,.0f} h DC.",
        dc=row["capacity_kwp"],
        ac=row["capacity_kwac"],
        kwh=row["energy_kwh"],
        hours=row["specific_yield_kwh_per_kwp"],
    )
    yield Sentence(
        "  Investment {capex:,.0f} {money}: {each:,.0f} {money}/kW (economics.capex_cny_per_kw.{kind}) x {factor:g} for"
        " size (economics.size_factors).",
        capex=costs.capex_cny[0],
        each=getattr(plan.capex_cny_per_kw, kind),
        kind=(kind, kind),  # of the key
        factor=float(economics.size_factor(own["capacity_kwp"].to_numpy(float), plan.size_factors[kind])[0]),
        money=money,
    )
    options = (", ".join(plan.options) or "none", "、".join(map(chinese.word, plan.options)) or "无")
    told = "  Yearly cost {opex:,.0f} {money}; options counted: {options}."
    yield Sentence(told, opex=costs.opex_cny_per_year[0], money=money, options=options)
    yearly_kwh = own["energy_kwh"].to_numpy(float) / energy.first_year_factor
    lcoe = economics.lcoe(costs, yearly_kwh, economics.output_factors(energy), plan)[0]
    benchmark = Sentence("; coal benchmark {price:g}", price=plan.coal_benchmark_cny_per_kwh)
    yield Sentence(
        "  Discounted at {rate:.1%} over {years} years, output {first:g} - {yearly:g} a year: levelised cost {lcoe:.4f}"
        " {money}/kWh (stored {stored:.4f}){benchmark}.",
        rate=plan.discount_rate,
        years=energy.life_years,
        first=energy.first_year_factor,
        yearly=energy.degradation_per_year,
        lcoe=lcoe,
        stored=row["lcoe_cny_per_kwh"],
        benchmark=benchmark if "below_coal_benchmark" in row else "",
        money=money,
    )


def _value_lines(
    at: int,
    appraisal: pd.DataFrame,
    sites: pd.DataFrame,
    profiles: pd.DataFrame,
    settings: Settings,
    given: GivenPrices,
) -> Iterator[Sentence]:
    worth = value_hours(appraisal, sites, Shapes.of(profiles, settings.city.utc_offset_hours), settings, given)
    used, saved, export, market = (
        float(v[at]) for v in (worth.self_use_kwh, worth.self_use_cny, worth.export_kwh, worth.export_market_cny)
    )
    money, plan, row, site = _money(settings), settings.planning.tariff, appraisal.iloc[at], sites.iloc[[at]]
    use = str(site["building_use"].iloc[0])
    profile, district = use if use != "none" else row["site_type"], row["district"]
    yield Sentence(
        "  Hours: the site's months spread over the profile of {profile} in {district}.",
        profile=(profile, chinese.word(profile)),
        district=(district, district) if district else ("no district", "区县以外"),
    )
    if used > 0:
        yield Sentence(
            "  Used on the spot {used:,.0f} kWh ({share:.0%}) of a load of {load:,.0f} kWh/yr, saving {each:.4f}"
            " {money}/kWh ({paid}).",
            used=used,
            share=used / (used + export),
            load=float(site["footprint_area_m2"].iloc[0] * lookup(class_key(site), plan.load_kwh_per_m2)[0]),
            each=saved / used,
            paid=_paid(appraisal.iloc[[at]], use, settings, given),
            money=money,
        )
    if export > 0:
        # the whole city's, of which the run takes the hours and this its sites
        capture = float(worth.all_market_cny.sum() / (worth.self_use_kwh + worth.export_kwh).sum())
        agreed = Sentence(
            ", mechanism {price:g} for {share:.0%} over {years} years",
            price=plan.mechanism_cny_per_kwh,
            share=plan.mechanism_share,
            years=plan.mechanism_years,
        )
        yield Sentence(
            "  Exported {kwh:,.0f} kWh at {each:.4f} {money}/kWh in the market; case {case}, capture price of the city"
            " {capture:.4f}{mechanism}.",
            kwh=export,
            each=market / export,
            case=(plan.export_case, chinese.word(plan.export_case)),
            capture=capture,
            mechanism=agreed if plan.export_case == "mechanism" else "",
            money=money,
        )
    if "value_cny_per_kwh" in row:
        owner = settings.planning.economics.owner[str(class_key(site)[0])]
        parity = row["at_grid_parity"]
        yield Sentence(
            "  Levelised value {value:.4f} {money}/kWh against a required price of {required:.4f}: {verdict}. On a"
            " {owner}'s account after tax: NPV {npv:,.0f} {money}, {rate} (target {target:.1%}), {payback}.",
            value=row["value_cny_per_kwh"],
            required=row["required_price_cny_per_kwh"],
            verdict=("at parity (NPV >= 0)", "平价（净现值≥0）")
            if parity
            else ("not at parity (NPV < 0)", "未达平价（净现值＜0）"),
            owner=(owner, chinese.word(owner)),
            npv=row["npv_cny"],
            rate=_or_none(row["irr"], "IRR {:.2%}", "内部收益率 {:.2%}", "no rate of return", "无内部收益率"),
            target=settings.planning.economics.target_irr,
            payback=_or_none(
                row["payback_years"], "payback {:.1f} years", "静态回收期 {:.1f} 年", "never paid back", "收不回投资"
            ),
            money=money,
        )


def _or_none(value: float, told: str, told_zh: str, none: str, none_zh: str) -> tuple[str, str]:
    """Tell a number in both languages, or that there is none: a plant may have no return and never be paid back."""
    return (told.format(value), told_zh.format(value)) if np.isfinite(value) else (none, none_zh)


def _paid(own: pd.DataFrame, use: str, settings: Settings, given: GivenPrices) -> Sentence | tuple[str, str]:
    """Name the price a use pays on this site: a contract that the bureau brings, else that of the city file."""
    agreed = [one for one in (use, str(plan_class(own, settings)[0])) if one in given.contracts]
    if agreed:
        return Sentence("contract {name}", name=agreed[0])
    price = settings.planning.tariff.retail[use]
    return price, chinese.word(price)


def _case_lines(row: pd.Series, site: pd.DataFrame, settings: Settings) -> Iterator[Sentence]:
    plan, key = settings.planning, str(class_key(site)[0])
    sigma = plan.risk.sigma
    yield Sentence(
        "  Single year P50 {p50:,.0f}, P75 {p75:,.0f}, P90 {p90:,.0f} kWh (components {components}).",
        p50=row["p50_kwh"],
        p75=row["p75_kwh"],
        p90=row["p90_kwh"],
        components=(
            ", ".join(f"{name} {share:.1%}" for name, share in sigma.items()),
            "、".join(f"{chinese.word(name)} {share:.1%}" for name, share in sigma.items()),
        ),
    )
    yield from explain_certainty(row, settings)
    yield Sentence(
        "  Practical case {kwp:,.1f} kWp (availability {share:g}, at least {least:g} kWp){floor}.",
        kwp=row["capacity_practical_kwp"],
        share=plan.policy.availability[key],
        least=plan.policy.minimum_kwp[key],
        floor=_floor(row, site, settings) if FLOOR in row else "",
    )
    coal, coal_fossil = (
        Sentence(", standard coal {coal:,.1f} t", coal=row[name]) if name in row else ""
        for name in ("standard_coal_t_per_year", "standard_coal_fossil_t_per_year")
    )
    yield Sentence(
        "  First year, baseline grid average: CO2 {co2:,.1f} t ({factor:g} t/MWh){coal}; baseline fossil power: CO2"
        " {fossil:,.1f} t{coal_fossil}.",
        co2=row["co2_t_per_year"],
        factor=plan.carbon.co2_t_per_mwh,
        coal=coal,
        fossil=row["co2_fossil_t_per_year"],
        coal_fossil=coal_fossil,
    )
    if row.get("decision"):
        yield Sentence("  Bureau: {decision}, {note}.", decision=row["decision"], note=row["decision_note"])
    else:
        yield Sentence("  Bureau: no decision.")


def _floor(row: pd.Series, site: pd.DataFrame, settings: Settings) -> Sentence:
    """Tell what the county notice asks for of the site's class, where it names the class."""
    named = str(policy_class(site)[0])
    if named == "none":
        return Sentence("; policy floor {kwp:,.1f} kWp (not named)", kwp=row[FLOOR])
    return Sentence(
        "; policy floor {kwp:,.1f} kWp ({share:.0%} of the county's {named} roofs)",
        kwp=row[FLOOR],
        share=settings.planning.policy.floor_share[named],
        named=(named, chinese.word(named)),
    )
