"""How one site's costs and the worth of its hours came about, line by line, for ``pvmap explain``."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from pvmap import chinese
from pvmap.currency import in_chinese
from pvmap.planning.money import economics
from pvmap.planning.money.account import cost_class, plant_costs, rent_cny_per_year, value_hours
from pvmap.planning.money.given_prices import GivenPrices
from pvmap.planning.policy.classes import class_key, lookup
from pvmap.planning.policy.plan_classes import plan_class
from pvmap.planning.profiles import Shapes
from pvmap.sentence import Sentence
from pvmap.settings.city import Settings


def currency(settings: Settings) -> tuple[str, str]:
    """Name the city's currency in both languages."""
    return settings.city.currency, in_chinese(settings.city.currency)


def cost_lines(row: pd.Series, own: pd.DataFrame, site: pd.DataFrame, settings: Settings) -> Iterator[Sentence]:
    """Tell what a site costs to build and to run, in parts that add up.

    Parameters
    ----------
    row, own
        The site in the appraisal, as a row and as a table of it.
    site
        The site in "sites".
    settings
        Of the run.
    """
    plan, energy, money = settings.planning.economics, settings.energy, currency(settings)
    kind = str(cost_class(own)[0])
    costs = plant_costs(own, site["footprint_area_m2"].to_numpy(float), settings)
    yield Sentence(
        "  Capacity {dc:,.1f} kWp DC, {ac:,.1f} kW AC; first year {kwh:,.0f} kWh = {hours:,.0f} h DC.",
        dc=row["capacity_kwp"],
        ac=row["capacity_kwac"],
        kwh=row["energy_kwh"],
        hours=row["specific_yield_kwh_per_kwp"],
    )
    yield _investment(costs, own, kind, settings)
    yield _yearly(costs, own, site, kind, settings)
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


def _investment(costs: economics.Costs, own: pd.DataFrame, kind: str, settings: Settings) -> Sentence:
    plan, key = settings.planning.economics, (kind, kind)
    grid = Sentence(
        " + {each:g} {money}/kW to connect (economics.grid_cny_per_kw.{kind})",
        each=plan.grid_cny_per_kw[kind],
        kind=key,
        money=currency(settings),
    )
    factor = economics.size_factor(own["capacity_kwp"].to_numpy(float), plan.size_factors[kind])[0]
    return Sentence(
        "  Investment {capex:,.0f} {money}: {each:,.0f} {money}/kW (economics.capex_cny_per_kw.{kind}) x {factor:g} for"
        " size (economics.size_factors){grid}.",
        capex=costs.capex_cny[0],
        each=getattr(plan.capex_cny_per_kw, kind),
        kind=key,
        factor=float(factor),
        grid=grid if "grid" in plan.options else "",
        money=currency(settings),
    )


def _yearly(costs: economics.Costs, own: pd.DataFrame, site: pd.DataFrame, kind: str, settings: Settings) -> Sentence:
    plan, money = settings.planning.economics, currency(settings)
    areas = (site["footprint_area_m2"].to_numpy(float), own["used_area_m2"].to_numpy(float))
    rate = {"fishpond": "rent_pond_cny_per_mu", "mine": "rent_mine_cny_per_mu"}.get(kind, "rent_roof_cny_per_m2")
    rent = Sentence(
        " + {rent:,.0f} {money} of rent (economics.{rate} = {each:g})",
        rent=rent_cny_per_year(np.array([kind]), *areas, plan)[0],
        rate=(rate, rate),
        each=getattr(plan, rate),
        money=money,
    )
    anew = Sentence(
        "; inverters anew in year {year} for {replacement:,.0f} {money} (economics.inverter_cny_per_wac)",
        year=plan.inverter_year,
        replacement=costs.replacement_cny[0],
        money=money,
    )
    back = Sentence("; {salvage:,.0f} {money} recovered at the end", salvage=costs.salvage_cny[0], money=money)
    return Sentence(
        "  Yearly cost {opex:,.0f} {money}: {each:g} {money}/kW (economics.opex_cny_per_kw_year.{kind}){rent}{anew}"
        "{back}.",
        opex=costs.opex_cny_per_year[0],
        each=getattr(plan.opex_cny_per_kw_year, kind),
        kind=(kind, kind),
        rent=rent if "rent" in plan.options else "",
        anew=anew if "inverter" in plan.options else "",
        back=back if "salvage" in plan.options else "",
        money=money,
    )


def value_lines(
    at: int,
    appraisal: pd.DataFrame,
    sites: pd.DataFrame,
    profiles: pd.DataFrame,
    settings: Settings,
    given: GivenPrices,
) -> Iterator[Sentence]:
    """Tell what the hours of a site are worth, the site being at a position of appraisal and sites.

    Parameters
    ----------
    at
        That position.
    appraisal, sites, profiles, settings, given
        As for `planning.explain.explain_money`.
    """
    worth = value_hours(appraisal, sites, Shapes.of(profiles, settings.city.utc_offset_hours), settings, given)
    used, saved, export, market = (
        float(v[at]) for v in (worth.self_use_kwh, worth.self_use_cny, worth.export_kwh, worth.export_market_cny)
    )
    money, plan, row, site = currency(settings), settings.planning.tariff, appraisal.iloc[at], sites.iloc[[at]]
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
