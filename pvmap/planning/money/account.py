"""The owner's account of every site: what it costs, what its hours are worth, what remains.

A site's hours are its own twelve monthly energies spread over the hourly profile of its class in its district (that
profile already weighs every weather cell, mounting and orientation of the class by capacity); ``tariff.py`` values
them.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from pvmap.errors import TableError
from pvmap.planning.money import economics, returns, tariff
from pvmap.planning.money.cash import cash_flows
from pvmap.planning.money.given_prices import GivenPrices
from pvmap.planning.policy.classes import CLASSES, class_key, lookup
from pvmap.planning.policy.plan_classes import plan_class
from pvmap.planning.profiles import Shapes
from pvmap.settings.city import Settings
from pvmap.settings.countries import HOME
from pvmap.settings.money import EconomicsSettings
from pvmap.tables.vocabulary import ENERGY_MONTHS, GROUP

MU_M2 = 10_000.0 / 15.0  # 15 mu are a hectare
CHUNK = 65_536  # sites whose yearly flows are held at once: 14 MB a matrix


def cost_class(frame: pd.DataFrame) -> np.ndarray:
    """Cost class of each site, (n,): commercial, residential, mine or fishpond."""
    codes, uniques = pd.factorize(class_key(frame))
    return np.array([CLASSES[str(u)].cost for u in uniques], object)[codes]


def is_person(frame: pd.DataFrame, plan: EconomicsSettings) -> np.ndarray:
    """Whether the owner of each site is a natural person, (n,)."""
    codes, uniques = pd.factorize(class_key(frame))
    return np.array([plan.owner[str(u)] == "person" for u in uniques], bool)[codes]


def plant_costs(appraisal: pd.DataFrame, footprint_area_m2: np.ndarray, settings: Settings) -> economics.Costs:
    """Costs of every site.

    Parameters
    ----------
    appraisal
        At least `site_type`, `building_use`, `capacity_kwp`, `capacity_kwac`, `used_area_m2`.
    footprint_area_m2
        (n,) whole polygon: ponds are rented whole. [m2]
    settings
        Costs per class, size factors, options counted.
    """
    plan = settings.planning.economics
    classes = cost_class(appraisal)
    capacity = appraisal["capacity_kwp"].to_numpy(float)
    area = appraisal["used_area_m2"].to_numpy(float)
    per_kw = lookup(classes, plan.capex_cny_per_kw.model_dump())
    for name, steps in plan.size_factors.items():
        here = classes == name
        per_kw[here] *= economics.size_factor(capacity[here], steps)
    capex = per_kw * capacity
    opex = lookup(classes, plan.opex_cny_per_kw_year.model_dump()) * capacity
    if "grid" in plan.options:
        capex = capex + lookup(classes, plan.grid_cny_per_kw) * capacity
    if "rent" in plan.options:
        opex = opex + rent_cny_per_year(classes, footprint_area_m2, area, plan) * (capacity > 0)
    kwac = appraisal["capacity_kwac"].to_numpy(float)
    replacement = kwac * 1e3 * plan.inverter_cny_per_wac if "inverter" in plan.options else np.zeros_like(capex)
    salvage = capex * plan.salvage_share if "salvage" in plan.options else np.zeros_like(capex)
    return economics.Costs(capex, opex, replacement, salvage)


def rent_cny_per_year(
    classes: np.ndarray, footprint_area_m2: np.ndarray, used_area_m2: np.ndarray, plan: EconomicsSettings
) -> np.ndarray:
    """Rent of each site of the classes of cost, (n,): of a pond as a whole, elsewhere of what carries arrays."""
    return np.select(
        [classes == "fishpond", classes == "mine"],
        [footprint_area_m2 / MU_M2 * plan.rent_pond_cny_per_mu, used_area_m2 / MU_M2 * plan.rent_mine_cny_per_mu],
        used_area_m2 * plan.rent_roof_cny_per_m2,
    )


def add_costs(out: pd.DataFrame, costs: economics.Costs, settings: Settings) -> None:
    """Add investment, yearly cost and levelised cost to the appraisal."""
    plan = settings.planning.economics
    year0 = out["energy_kwh"].to_numpy() / settings.energy.first_year_factor
    out["capex_cny"], out["opex_cny_per_year"] = costs.capex_cny, costs.opex_cny_per_year
    out["lcoe_cny_per_kwh"] = economics.lcoe(costs, year0, economics.output_factors(settings.energy), plan)
    if settings.city.country == HOME:
        out["below_coal_benchmark"] = out["lcoe_cny_per_kwh"].to_numpy() <= plan.coal_benchmark_cny_per_kwh


def value_hours(
    appraisal: pd.DataFrame,
    sites: pd.DataFrame,
    shapes: Shapes,
    settings: Settings,
    given: GivenPrices = GivenPrices(),
) -> tariff.Worth:
    """Value every site's hours by the shape of its class in its district.

    What stands at a site uses the load first: the self-use of what can still be built is that of all less that of what
    stands.

    Parameters
    ----------
    appraisal, sites
        Contract tables in the same order; the energies of the appraisal are those still to be built.
    shapes
        Profiles of the whole city, of everything the surfaces can carry.
    settings
        Prices and loads.
    given
        Prices that the bureau brings.

    Returns
    -------
    Worth
        First-year amounts of the sites.
    """
    plan = settings.planning.tariff
    market = tariff.market_price(shapes.hours, plan, given.market)
    n = len(sites)
    worth = tariff.Worth(*(np.zeros(n) for _ in range(5)))
    months = appraisal[list(ENERGY_MONTHS)].to_numpy(float)
    standing = _energy_standing(appraisal, sites, months)
    load = sites["footprint_area_m2"].to_numpy(float) * lookup(class_key(sites), plan.load_kwh_per_m2)
    group = shapes.groups.get_indexer(pd.MultiIndex.from_frame(sites[GROUP]))
    lost = (group < 0) & (months.sum(axis=1) > 0)
    if lost.any():
        first = tuple(sites.loc[lost, GROUP].iloc[0])
        raise TableError(f"profiles: no hours for {first}, where sites have energy; run the city again.")
    codes, classes = pd.factorize(plan_class(appraisal, settings)) if given.contracts else (np.zeros(n, int), [""])
    cell = group * len(classes) + codes
    order = np.argsort(cell, kind="stable")
    cells, starts = np.unique(cell[order], return_index=True)
    for one, rows in zip(cells.tolist(), np.split(order, starts[1:]), strict=True):
        if one < 0:  # nothing is built there
            continue
        g, code = divmod(one, len(classes))
        key = shapes.groups[g]
        of_group = tariff.Group(
            shapes.power_kw[g],
            tariff.load_of_use(key[2], shapes.hours, plan),
            tariff.retail_price(key[2], shapes.hours, plan, given, str(classes[code])),
            market,
            shapes.hours,
        )
        built = rows[standing[rows].any(axis=1)]
        worth.put(rows, tariff.worth_of_hours(months[rows], load[rows], of_group))
        if built.size:
            every = tariff.worth_of_hours(months[built] + standing[built], load[built], of_group)
            worth.put(built, every - tariff.worth_of_hours(standing[built], load[built], of_group))
    return worth


def _energy_standing(appraisal: pd.DataFrame, sites: pd.DataFrame, months: np.ndarray) -> np.ndarray:
    """Energy of each month that plants give which stand where more can be built, (n, 12) [kWh]."""
    left, standing = appraisal["capacity_kwp"].to_numpy(float), sites["existing_pv_kwp"].to_numpy(float)
    return months * np.divide(np.nan_to_num(standing), left, out=np.zeros(len(left)), where=left > 0)[:, None]


def add_account(
    out: pd.DataFrame, costs: economics.Costs, worth: tariff.Worth, capture: float, settings: Settings
) -> None:
    """Add revenue, value, required price, present value, rate of return and payback to the appraisal."""
    plan = settings.planning.economics
    early, late = tariff.first_year_revenue(worth, capture, settings.planning.tariff, plan.coal_benchmark_cny_per_kwh)
    out["self_use_kwh"], out["revenue_cny"], out["revenue_later_cny"] = worth.self_use_kwh, early, late
    out["self_use_cny"], out["export_market_cny"] = worth.self_use_cny, worth.export_market_cny
    output = economics.output_factors(settings.energy) / settings.energy.first_year_factor
    discount = economics.discount_factors(len(output), plan.discount_rate)
    energy = out["energy_kwh"].to_numpy() * (output @ discount)
    value, required, present, rate, payback = (np.full(len(out), np.nan) for _ in range(5))
    for rows, part, revenue, owner in _yearly(out, costs, settings):
        flows = cash_flows(part, revenue, plan, owner)
        np.divide(discount @ revenue, energy[rows], out=value[rows], where=energy[rows] > 0)
        required[rows] = value[rows] * returns.required_share(part, revenue, plan, owner)
        present[rows] = returns.npv(flows, plan.discount_rate)
        rate[rows], payback[rows] = returns.irr(flows, plan.discount_rate), returns.payback_years(flows)
    built = out["capacity_kwp"].to_numpy() > 0
    out["value_cny_per_kwh"] = value
    out["required_price_cny_per_kwh"] = required
    out["npv_cny"] = np.where(built, present, np.nan)
    out["irr"] = np.where(built, rate, np.nan)
    out["payback_years"] = np.where(built, payback, np.nan)
    out["at_grid_parity"] = out["npv_cny"].to_numpy() >= 0.0
    out["reaches_target_irr"] = out["irr"].to_numpy() >= plan.target_irr


def flows_of_groups(
    appraisal: pd.DataFrame, footprint_area_m2: np.ndarray, settings: Settings, group: np.ndarray, n_groups: int
) -> np.ndarray:
    """Add up the owners' cash flows of groups of sites: what a district's or a class's plants return together.

    Parameters
    ----------
    appraisal
        Contract table, n sites, appraised with hours.
    footprint_area_m2
        (n,) whole polygons. [m2]
    settings
        Costs, life, taxes.
    group, n_groups
        (n,) group of each site, 0 to `n_groups` - 1.

    Returns
    -------
    numpy.ndarray
        (life + 1, n_groups). [CNY]
    """
    total = np.zeros((settings.energy.life_years + 1, n_groups))
    costs = plant_costs(appraisal, footprint_area_m2, settings)
    for rows, part, revenue, owner in _yearly(appraisal, costs, settings):
        flows = cash_flows(part, revenue, settings.planning.economics, owner)
        total += np.stack([np.bincount(group[rows], flow, n_groups) for flow in flows])
    return total


def _yearly(
    appraisal: pd.DataFrame, costs: economics.Costs, settings: Settings
) -> Iterator[tuple[slice, economics.Costs, np.ndarray, np.ndarray]]:
    """Rows, costs, revenue by year and kind of owner, a chunk of sites at a time: yearly flows are large."""
    output = economics.output_factors(settings.energy) / settings.energy.first_year_factor
    person = is_person(appraisal, settings.planning.economics)
    early, late = (appraisal[name].to_numpy(float) for name in ("revenue_cny", "revenue_later_cny"))
    for start in range(0, len(appraisal), CHUNK):
        rows = slice(start, start + CHUNK)
        years = settings.planning.tariff.mechanism_years
        yield rows, costs.rows(rows), tariff.revenue_by_year(early[rows], late[rows], output, years), person[rows]
