"""The value of each hour: retail price for what is used on the spot, market and mechanism for the rest.

A site's hours are its own twelve monthly energies spread over the hour-by-hour profile of its class (use or kind) in
its district. Within a month, self-use min(PV, load) is linear in the site's energy between breakpoints at load / PV of
each hour, so sorting those once per class and month values every site of it exactly, without a loop over hours.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pvmap.errors import InputError, TableError
from pvmap.planning.money.given_prices import GivenPrices
from pvmap.planning.policy.classes import USE_CLASSES
from pvmap.planning.profiles import Hours
from pvmap.settings.tariff import LoadShape, TariffSettings


@dataclass(frozen=True)
class Worth:
    """First-year amounts of n sites, each an (n,) array."""

    self_use_kwh: np.ndarray
    self_use_cny: np.ndarray
    export_kwh: np.ndarray
    export_market_cny: np.ndarray  # at market price, before any mechanism
    all_market_cny: np.ndarray  # were all energy exported

    def put(self, rows: np.ndarray, part: Worth) -> None:
        """Write the amounts of some sites."""
        for name, values in vars(part).items():
            getattr(self, name)[rows] = values

    def __sub__(self, other: Worth) -> Worth:
        return Worth(*(mine - theirs for mine, theirs in zip(vars(self).values(), vars(other).values(), strict=True)))


def bands(hours: Hours, settings: TariffSettings) -> np.ndarray:
    """Band of each hour, (T,): 0 valley, 1 flat, 2 peak.

    Raises
    ------
    InputError
        Where a month of the profile is named by no season.
    """
    band = np.full(len(hours.month), -1)
    for season in settings.seasons:
        here = np.isin(hours.month + 1, season.months)
        band[here] = 1
        for code, periods in ((0, season.valley), (2, season.peak)):
            for start, end in periods:
                band[here & (hours.hour >= start) & (hours.hour < end)] = code
    if (band < 0).any():
        month = int(hours.month[np.argmax(band < 0)]) + 1
        raise InputError(f"planning.tariff.seasons names no bands for month {month}; add it to a season's months.")
    return band


def retail_price(
    use: str, hours: Hours, settings: TariffSettings, given: GivenPrices = GivenPrices(), cls: str = ""
) -> np.ndarray | None:
    """Price a kilowatt-hour used on the spot saves, (T,), or None where all is exported [CNY/kWh].

    Parameters
    ----------
    use, cls
        Use of a building, and the class of the plant on it: a contract of either goes before the city file's price.
    hours, settings, given
        Local calendar of the T hours; prices of the city file; those that the bureau brings.

    Raises
    ------
    InputError
        A use is on a plan or contract that there is not, or a month has no bands.
    """
    agreed = given.contract(use, cls, hours) if use in USE_CLASSES else None
    if agreed is not None:
        return agreed
    name = settings.retail.get(use, "export")
    if name == "export":
        return None
    contracts = {contract.name: contract for contract in settings.contracts}
    if name in contracts:
        return np.array(contracts[name].cny_per_kwh)[hours.hour] * np.array(contracts[name].months)[hours.month]
    if name not in settings.plans:
        allowed = ", ".join((*settings.plans, *contracts, "export"))
        raise InputError(f"planning.tariff.retail: {use} = {name!r} is no price; use one of {allowed}.")
    plan = settings.plans[name]
    factor = np.array([plan.valley, plan.flat, plan.peak])
    of_hour = factor[bands(hours, settings)] if plan.by_bands else np.full(len(hours.hour), plan.flat)
    return plan.fixed_cny_per_kwh + plan.energy_cny_per_kwh * of_hour


def market_price(hours: Hours, settings: TariffSettings, given: np.ndarray | None = None) -> np.ndarray:
    """Market price of each hour, (T,): the bureau's own series where `given`, else day shape x month [CNY/kWh]."""
    if given is not None:
        if given.shape != hours.hour.shape:
            raise InputError(
                f"inputs.market_prices holds {given.size} hours, the profiles {hours.hour.size}; "
                "give one price per hour of the same year."
            )
        return given
    day, month = np.array(settings.market_cny_per_kwh), np.array(settings.market_month_factors)
    return day[hours.hour] * month[hours.month]


def load_share(hours: Hours, shape: LoadShape) -> np.ndarray:
    """Load of each hour as a share of the year's, (T,), summing to one [1]."""
    day = np.where(hours.weekday < 5, np.array(shape.workday)[hours.hour], np.array(shape.weekend)[hours.hour])
    load = day * np.array(shape.months)[hours.month]
    return load / load.sum()


def load_of_use(use: str, hours: Hours, settings: TariffSettings) -> np.ndarray:
    """Share of the year's load of a use in each hour, (T,); zeros where it uses nothing on the spot [1]."""
    name = USE_CLASSES[use].load if use in USE_CLASSES else ""
    if not name:
        return np.zeros(len(hours.hour))
    return load_share(hours, settings.load_shapes[name])


def capture_price(power_kw: np.ndarray, market_cny_per_kwh: np.ndarray) -> float:
    """Mean market price of the hours that photovoltaics deliver in, weighted by their power; NaN without any.

    Parameters
    ----------
    power_kw
        (T,) all that can still be built. [kW]
    market_cny_per_kwh
        (T,) market price. [CNY/kWh]

    Returns
    -------
    float
        [CNY/kWh]
    """
    whole = power_kw.sum()
    return float(power_kw @ market_cny_per_kwh / whole) if whole > 0 else float("nan")


@dataclass(frozen=True)
class Group:
    """What sites share whose hours are valued together.

    Attributes
    ----------
    power_kw
        (T,) profile of the class; only its shape within each month matters. [kW]
    load
        (T,) share of the year's load in each hour. [1]
    retail, market
        (T,) prices; `retail` None means all is exported. [CNY/kWh]
    hours
        Local calendar of the T hours.
    """

    power_kw: np.ndarray
    load: np.ndarray
    retail: np.ndarray | None
    market: np.ndarray
    hours: Hours


def worth_of_hours(energy_months_kwh: np.ndarray, load_kwh: np.ndarray, group: Group) -> Worth:
    """Value the hours of n sites that share one profile shape and one load shape.

    Parameters
    ----------
    energy_months_kwh
        (n, 12) energy of each local month. [kWh]
    load_kwh
        (n,) electricity used a year at the site. [kWh]
    group
        Profile, load shape and prices.

    Returns
    -------
    Worth
        Exact: the same as summing min(PV, load) hour by hour.

    Raises
    ------
    TableError
        Where sites have energy in a month in which their profile has no power.
    """
    power_kw, load, retail, market, hours = group.power_kw, group.load, group.retail, group.market, group.hours
    n = len(load_kwh)
    used, saved, market_of_used, market_of_all = (np.zeros(n) for _ in range(4))
    for month in range(12):
        energy = energy_months_kwh[:, month]
        if not energy.any():
            continue
        at = np.flatnonzero((hours.month == month) & (power_kw > 0))
        if at.size == 0:
            raise TableError(
                f"profiles: a class has no power in month {month + 1} but its sites have energy; run the city again."
            )
        pv = power_kw[at] / power_kw[at].sum()
        market_of_all += energy * (pv @ market[at])
        if retail is None or not load_kwh.any():
            continue
        order = np.argsort(load[at] / pv, kind="stable")
        at, pv = at[order], pv[order]
        bound = np.searchsorted(load[at] / pv, np.divide(energy, load_kwh, out=np.full(n, np.inf), where=load_kwh > 0))
        for weight, total in ((1.0, used), (retail[at], saved), (market[at], market_of_used)):
            by_load = np.concatenate([[0.0], np.cumsum(load[at] * weight)])  # hours in which the load is the limit
            by_sun = np.concatenate([np.cumsum((pv * weight)[::-1])[::-1], [0.0]])  # hours in which the sun is
            total += load_kwh * by_load[bound] + energy * by_sun[bound]
    export = np.maximum(energy_months_kwh.sum(axis=1) - used, 0.0)
    return Worth(used, saved, export, market_of_all - market_of_used, market_of_all)


def first_year_revenue(
    worth: Worth, capture: float, settings: TariffSettings, coal: float
) -> tuple[np.ndarray, np.ndarray]:
    """Revenue of the first year while the mechanism runs, and of the same electricity after it, VAT included.

    Parameters
    ----------
    worth
        First-year amounts of n sites.
    capture
        Capture price that the mechanism settles against. [CNY/kWh]
    settings
        Export case and mechanism.
    coal
        Coal benchmark price. [CNY/kWh]

    Returns
    -------
    tuple of numpy.ndarray
        (n,) each. [CNY]

    Notes
    -----
    Exports earn p_market(h) + s (p_mechanism - capture price) while the mechanism runs, then the market alone.
    """
    if settings.export_case == "coal":
        flat = worth.self_use_cny + worth.export_kwh * coal
        return flat, flat
    late = worth.self_use_cny + worth.export_market_cny
    if not worth.export_kwh.any():  # a city in which nothing may be built has no capture price
        return late, late
    top_up = settings.mechanism_share * (settings.mechanism_cny_per_kwh - capture)
    return (late + worth.export_kwh * top_up if settings.export_case == "mechanism" else late), late


def revenue_by_year(
    early: np.ndarray, late: np.ndarray, output: np.ndarray, mechanism_years: np.ndarray | int
) -> np.ndarray:
    """Revenue of each year, VAT included, (life, n) [CNY].

    Parameters
    ----------
    early, late
        (n,) first-year revenue with and without the mechanism (`first_year_revenue`). [CNY]
    output
        (life,) output of each year over that of the first. [1]
    mechanism_years
        Years the mechanism runs, of all or of each plant.

    Notes
    -----
    The first year's split into self-use and export is kept: as output falls self-use rises a little, which is left out.
    """
    in_mechanism = np.arange(1, len(output) + 1)[:, None] <= mechanism_years
    return np.where(in_mechanism, early, late) * output[:, None]
