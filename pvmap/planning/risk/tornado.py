"""Which assumptions move the city's cost, energy and worth most: one at a time, from its low to its high."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import pandas as pd

from pvmap.config import assumptions
from pvmap.planning.money import economics, returns, tariff
from pvmap.planning.money.account import is_person, plant_costs
from pvmap.planning.money.cash import cash_flows
from pvmap.planning.policy.classes import class_key
from pvmap.settings.base import Section
from pvmap.settings.city import Settings

FLUSH_USES = ("industrial_steel", "residential_rural")
SWINGS = 40  # assumptions looked at for what moves most, each for cost, energy and worth
REVENUE = ("revenue_cny", "revenue_later_cny", "self_use_kwh")  # what a present value is made of, beside the costs
TEN = 10  # of the unverified ones stand before a reader
SIZES_PER_DECADE = 24  # sites of one class that differ by less than a tenth count as one, many times


class Effect(NamedTuple):
    """What a changed value does to each site, (n,) or one for all.

    Attributes
    ----------
    capacity, energy
        Factors on capacity, and on energy per capacity. [1]
    early_cny
        Added to the first-year revenue while the mechanism runs. [CNY]
    """

    capacity: np.ndarray | float = 1.0
    energy: np.ndarray | float = 1.0
    early_cny: np.ndarray | float = 0.0


class Outcome(NamedTuple):
    """What a city comes to.

    Attributes
    ----------
    lcoe
        Levelised cost. [CNY/kWh]
    gwh
        Energy of the first year. [GWh]
    npv
        Net present value after tax of all sites together; NaN where their hours have no value. [CNY]
    cost
        Present value of all that is spent. [CNY]
    """

    lcoe: float
    gwh: float
    npv: float
    cost: float


def tornado(appraisal: pd.DataFrame, sites: pd.DataFrame, settings: Settings, count: int = 10) -> pd.DataFrame:
    """Move each assumption that has a range to its ends and see what the city's cost, energy and worth do.

    Parameters
    ----------
    appraisal, sites
        Contract tables in the same order.
    settings
        Settings of the run.
    count
        How many assumptions to keep for each of cost, energy and worth.

    Returns
    -------
    pandas.DataFrame
        `key`, `about`, `mark`, `low`, `value`, `high`, the city's `lcoe_low`, `lcoe_high` [CNY/kWh], `gwh_low`,
        `gwh_high`, `npv_low`, `npv_high` [CNY] (NaN where hours have no value), the base `lcoe`, `gwh`, `npv` and
        `cost`, the present value of all that is spent; ordered by the largest swing, of cost and energy over their own
        values, of worth over `cost`: a net present value may be near zero.

    Notes
    -----
    Costs, taxes and bids are computed again with the changed setting. Siting and loss assumptions act in proportion
    (half the free roof carries half the modules; 2 % more soiling takes 2 % of what is left, of revenue too), which a
    new run would refine; those with no such simple effect (tilts, setbacks, limits of slope) are left out. Measured
    against the run's own values. Sites of one class and nearly one size are computed once, as their mean: costs are in
    proportion within a step of size, and no step divides them.
    """
    alike = _alike(appraisal, sites, settings)
    base = _city(alike, settings, Effect())
    rows: list[tuple[object, ...]] = []
    for one in assumptions(settings):
        rule = _rule(one.key)
        if one.low is None or one.high is None or rule is None or isinstance(one.value, bool | str):
            continue
        ends = {}
        for side, value in (("low", one.low), ("high", one.high)):
            effect = rule(float(one.value), float(value), alike.mean, settings)
            changed = replace(settings, one.key, type(one.value)(value)) if rule is _recompute else settings
            ends[side] = _city(alike, changed, effect)
        rows.append((one.key, one.about, one.mark, one.low, one.value, one.high, *ends["low"][:3], *ends["high"][:3]))
    sigma = settings.planning.risk.sigma["resource"]
    ends_of_sun = [v for f in (1 - sigma, 1 + sigma) for v in _city(alike, settings, Effect(energy=f))[:3]]
    about = "long-term irradiance: one standard deviation either way"
    rows.append(("planning.risk.sigma.resource", about, "unverified", 1 - sigma, 1.0, 1 + sigma, *ends_of_sun))
    ends_of = [f"{name}_{side}" for side in ("low", "high") for name in ("lcoe", "gwh", "npv")]
    frame = pd.DataFrame(rows, columns=["key", "about", "mark", "low", "value", "high", *ends_of])
    frame = frame.assign(**base._asdict())
    over = {"lcoe": base.lcoe, "gwh": base.gwh, "npv": base.cost}
    swings = pd.DataFrame({n: (frame[f"{n}_high"] - frame[f"{n}_low"]).abs() / by for n, by in over.items()})
    kept = {row for name in over for row in swings[name].nlargest(count).index}
    swing = swings.max(axis=1)
    order = [i for i in swing.sort_values(ascending=False).index if i in kept and swing[i] > 0]
    return frame.loc[order].reset_index(drop=True)


def unverified(swings: pd.DataFrame, count: int = TEN) -> pd.DataFrame:
    """Keep the rows of `tornado` that nobody has verified, those that move the result most: what a reader must know."""
    return swings[swings["mark"] == "unverified"].head(count)


def replace(settings: Settings, key: str, value: object) -> Settings:
    """Copy frozen settings with one nested value changed, for example ``planning.economics.discount_rate``."""

    def inner(section: Section, parts: list[str]) -> Section:
        head, *rest = parts
        changed = inner(getattr(section, head), rest) if rest else value
        return section.model_copy(update={head: changed})

    out = inner(settings, key.split("."))
    if not isinstance(out, Settings):
        raise TypeError("settings stay settings")
    return out


def option_effects(appraisal: pd.DataFrame, sites: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """City's levelised cost with each cost option alone and with all of them.

    Returns
    -------
    pandas.DataFrame
        `option` (none, inverter, salvage, rent, grid, all), `lcoe_cny_per_kwh`, `difference_cny_per_kwh` to none.
    """
    names = ("inverter", "salvage", "rent", "grid")
    sets: dict[str, tuple[str, ...]] = {"none": (), **{n: (n,) for n in names}, "all": names}
    sites_alike = _alike(appraisal, sites, settings)
    rows = [
        (n, _city(sites_alike, replace(settings, "planning.economics.options", o), Effect()).lcoe)
        for n, o in sets.items()
    ]
    frame = pd.DataFrame(rows, columns=["option", "lcoe_cny_per_kwh"])
    frame["difference_cny_per_kwh"] = frame["lcoe_cny_per_kwh"] - frame["lcoe_cny_per_kwh"].iloc[0]
    return frame


class _Alike(NamedTuple):
    """Groups of sites that differ little: the mean of each and how many it stands for."""

    mean: pd.DataFrame  # `site_type`, `building_use`, what costs and energy are made of, `footprint_area_m2`
    sites: np.ndarray  # (n_groups,) [1]


def _alike(appraisal: pd.DataFrame, sites: pd.DataFrame, settings: Settings) -> _Alike:
    """Group sites by kind, use and size; no step of a size factor divides a group."""
    names = ["capacity_kwp", "capacity_kwac", "used_area_m2", "energy_kwh"]
    names += REVENUE if set(REVENUE) <= set(appraisal) else ()
    frame = pd.DataFrame({name: appraisal[name].to_numpy(float) for name in names})
    frame["footprint_area_m2"] = sites["footprint_area_m2"].to_numpy(float)
    steps = [start for each in settings.planning.economics.size_factors.values() for start, _ in each]
    edges = np.union1d(np.logspace(-3, 7, 10 * SIZES_PER_DECADE + 1), steps)
    size = np.searchsorted(edges, frame["capacity_kwp"].to_numpy(), side="right")
    size[frame["capacity_kwp"].to_numpy() <= 0] = -1  # nothing is built, so nothing is paid
    keys = [pd.factorize(appraisal[name])[0] for name in ("site_type", "building_use")]
    grouped = frame.groupby([*keys, size], sort=True)
    first = grouped.head(1).index  # any site of a group names its class
    at = grouped.ngroup().to_numpy()
    mean = grouped.mean().reset_index(drop=True)
    for name in ("site_type", "building_use"):
        named = np.empty(len(mean), object)
        named[at[first]] = appraisal[name].to_numpy(object)[first]
        mean[name] = named
    return _Alike(mean, np.bincount(at, minlength=len(mean)))


def _city(alike: _Alike, settings: Settings, effect: Effect) -> Outcome:
    mean, sites = alike
    changed = mean[["site_type", "building_use", "used_area_m2"]].copy()
    for column in ("capacity_kwp", "capacity_kwac"):
        changed[column] = mean[column].to_numpy(float) * effect.capacity
    energy = float((mean["energy_kwh"].to_numpy(float) * effect.capacity * effect.energy) @ sites)
    costs = plant_costs(changed, mean["footprint_area_m2"].to_numpy(float), settings)
    whole = economics.Costs(**{k: np.array([v @ sites]) for k, v in vars(costs).items()})
    year0 = np.array([energy / settings.energy.first_year_factor])
    output, plan = economics.output_factors(settings.energy), settings.planning.economics
    cost = float(economics.lcoe(whole, year0, output, plan)[0])
    sold = year0[0] * (output @ economics.discount_factors(len(output), plan.discount_rate))
    return Outcome(cost, energy / 1e6, _present_value(alike, costs, settings, effect), float(cost * sold))


def _present_value(alike: _Alike, costs: economics.Costs, settings: Settings, effect: Effect) -> float:
    """Net present value after tax of all sites together, NaN where their hours have no value [CNY]."""
    mean, sites = alike
    if "revenue_cny" not in mean:
        return float("nan")
    early, late = (mean[name].to_numpy(float) * effect.capacity * effect.energy for name in REVENUE[:2])
    output = economics.output_factors(settings.energy) / settings.energy.first_year_factor
    years = settings.planning.tariff.mechanism_years
    revenue = tariff.revenue_by_year(early + effect.early_cny, late, output, years)
    plan = settings.planning.economics
    flows = cash_flows(costs, revenue, plan, is_person(mean, plan))
    return float(returns.npv(flows, plan.discount_rate) @ sites)


Rule = Callable[[float, float, pd.DataFrame, Settings], Effect]


def _recompute(old: float, new: float, mean: pd.DataFrame, settings: Settings) -> Effect:
    return Effect()


def _more_modules(uses: tuple[str, ...] | None) -> Rule:
    def rule(old: float, new: float, mean: pd.DataFrame, settings: Settings) -> Effect:
        here = np.isin(class_key(mean), uses) if uses is not None else np.ones(len(mean), bool)
        return Effect(capacity=np.where(here, new / old if old else 1.0, 1.0))

    return rule


def _loss(old: float, new: float, mean: pd.DataFrame, settings: Settings) -> Effect:
    return Effect(energy=(1.0 - new) / (1.0 - old))


def _efficiency(old: float, new: float, mean: pd.DataFrame, settings: Settings) -> Effect:
    return Effect(energy=new / old)


def _bid(old: float, new: float, mean: pd.DataFrame, settings: Settings) -> Effect:
    """Another mechanism price: on the share of exports that it settles."""
    plan = settings.planning.tariff
    if plan.export_case != "mechanism" or "revenue_cny" not in mean:
        return Effect()
    export_kwh = (mean["energy_kwh"] - mean["self_use_kwh"]).to_numpy(float)
    return Effect(early_cny=export_kwh * plan.mechanism_share * (new - old))


def _bid_share(old: float, new: float, mean: pd.DataFrame, settings: Settings) -> Effect:
    """Another share of exports under the mechanism: what it brings beyond the market is in proportion."""
    if old <= 0 or "revenue_cny" not in mean:
        return Effect()
    return Effect(early_cny=(mean["revenue_cny"] - mean["revenue_later_cny"]).to_numpy(float) * (new / old - 1.0))


PROPORTIONAL: dict[str, Rule] = {
    "module.power_kwp": _more_modules(None),
    "rooftop.flush_packing": _more_modules(FLUSH_USES),
    "mine.net_share": _more_modules(("mine",)),
    "fishpond.max_water_cover": _more_modules(("fishpond",)),
    "energy.inverter.efficiency": _efficiency,
    "energy.degradation_per_year": _recompute,
    "energy.life_years": _recompute,
    "planning.tariff.mechanism_cny_per_kwh": _bid,
    "planning.tariff.mechanism_share": _bid_share,
}


def _rule(key: str) -> Rule | None:
    if key in PROPORTIONAL:
        return PROPORTIONAL[key]
    if key.startswith(("rooftop.obstacle_free_share.", "rooftop.access_share.", "rooftop.structure_share.")):
        return _more_modules((key.rsplit(".", 1)[1],))
    if key.startswith("energy.losses."):
        return _loss
    return _recompute if key.startswith("planning.economics.") else None
