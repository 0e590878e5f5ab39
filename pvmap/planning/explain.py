"""How one site's money came about, line by line, for ``pvmap explain``."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from pvmap import chinese
from pvmap.errors import InputError
from pvmap.planning.money.explained import cost_lines, currency, value_lines
from pvmap.planning.money.given_prices import GivenPrices
from pvmap.planning.policy.classes import class_key, policy_class
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
        *cost_lines(row, own, site, settings),
        *(value_lines(int(at[0]), appraisal, sites, profiles, settings, given) if profiles is not None else []),
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
                money=currency(settings),
            )


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
