"""Scenarios of price and use over one and the same physics: what plants earn, and the bid at which they just pay.

A plant's first-year amounts (self-use, export and its worth in the market) are known; a scenario scales the market to
its midday price, cuts what the grid does not take, and adds the mechanism for the classes that have won it. Prices
whose mean over the sun is about zero or less cannot be scaled: every hour then earns the midday price.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from pvmap.planning.money import economics, returns
from pvmap.planning.money.cash import cash_flows
from pvmap.planning.money.tariff import revenue_by_year
from pvmap.settings.city import Settings
from pvmap.settings.money import EconomicsSettings

LOWEST_BID, HIGHEST_BID = -5.0, 5.0  # bids that are tried: beyond any price of electricity [CNY/kWh]


class Amounts(NamedTuple):
    """First-year amounts of n plants before anything is cut, each an (n,) array."""

    energy_kwh: np.ndarray
    export_kwh: np.ndarray
    self_use_cny: np.ndarray
    export_market_cny: np.ndarray  # at the market prices of the city file

    def rows(self, which: slice | np.ndarray) -> Amounts:
        """Amounts of some of the plants."""
        return Amounts(*(values[which] for values in self))


class Cut(NamedTuple):
    """What is lost when the grid takes less, the brightest hours first: both rise from 0 to 1, (k,) each.

    Attributes
    ----------
    energy
        Share of exported energy that is cut; every step is an hour more.
    worth
        Share of its worth in the market that goes with it.
    """

    energy: np.ndarray
    worth: np.ndarray

    def hours(self, lost_share: float) -> int:
        """Count the hours in which something is cut so that this share is lost."""
        return int(np.searchsorted(self.energy, lost_share - 1e-12))


ALIKE = Cut(np.array([0.0, 1.0]), np.array([0.0, 1.0]))  # every hour is cut by the same share


def cut_by_hour(power_kw: np.ndarray, market_cny_per_kwh: np.ndarray) -> Cut:
    """Find hour by hour what is cut where the grid takes no more than some power: first the brightest hours.

    Parameters
    ----------
    power_kw
        (T,) photovoltaics of the city. [kW]
    market_cny_per_kwh
        (T,) market price. [CNY/kWh]

    Returns
    -------
    Cut
        `ALIKE` for a city without sun; where its sun is worth nothing, every hour counts alike.

    Notes
    -----
    As the power that is taken falls from one hour's to that of the next brightest, both shares change in proportion.

    Examples
    --------
    >>> cut_by_hour(np.array([1.0, 3.0]), np.array([0.4, 0.2])).energy.tolist()  # 2 of 4 kWh are the bright hour's own
    [0.0, 0.5, 1.0]
    """
    order = np.argsort(-power_kw, kind="stable")
    power, price = power_kw[order], market_cny_per_kwh[order]
    n = np.count_nonzero(power > 0)
    if not n:
        return ALIKE
    if power[:n] @ price[:n] <= 0:
        price = np.ones(len(price))
    whole, worth = power[:n].sum(), float(power[:n] @ price[:n])
    level = np.append(power[1:n], 0.0)
    energy = np.cumsum(power[:n]) - np.arange(1, n + 1) * level
    lost = np.cumsum(power[:n] * price[:n]) - np.cumsum(price[:n]) * level
    return Cut(np.append(0.0, energy / whole), np.append(0.0, lost / worth))


class Terms(NamedTuple):
    """What a scenario pays n plants; single numbers stand for all of them."""

    market_factor: float  # on the market prices of the city file, so that their mean over the sun is the midday price
    midday_cny_per_kwh: float
    utilisation: float
    bid_cny_per_kwh: np.ndarray | float
    share: np.ndarray | float  # of exported energy; 0 where no mechanism was won
    years: np.ndarray | int  # the mechanism runs
    cut: Cut = ALIKE
    flat_cny_per_kwh: float = 0.0  # in the place of market prices that cannot be scaled


class Plants(NamedTuple):
    """Plants whose flows a scenario decides."""

    costs: economics.Costs
    amounts: Amounts
    person: np.ndarray  # (n,) bool: on a natural person's account
    output: np.ndarray  # (life,) output of each year over that of the first [1]

    def rows(self, which: slice | np.ndarray) -> Plants:
        """Give some of the plants."""
        return Plants(self.costs.rows(which), self.amounts.rows(which), self.person[which], self.output)


def lost_kwh(amounts: Amounts, utilisation: float) -> np.ndarray:
    """Energy that is not taken in the first year: of exports, as self-use is never cut, (n,) [kWh]."""
    return np.minimum(amounts.export_kwh, (1.0 - utilisation) * amounts.energy_kwh)


def first_year_revenue(amounts: Amounts, terms: Terms) -> tuple[np.ndarray, np.ndarray]:
    """Revenue of the first year while the mechanism runs, and after it, VAT included.

    Parameters
    ----------
    amounts
        Of n plants.
    terms
        The scenario's.

    Returns
    -------
    tuple of numpy.ndarray
        (n,) each. [CNY]

    Notes
    -----
    What is cut is cut from exports, in the hours that `Terms.cut` says, and loses what these are worth. Exports earn
    the market, and on their share under the mechanism the bid less the midday price, which stands for the mean market
    price of the technology.
    """
    lost = lost_kwh(amounts, terms.utilisation)
    kept_kwh = amounts.export_kwh - lost
    share = np.divide(lost, amounts.export_kwh, out=np.zeros(len(lost)), where=amounts.export_kwh > 0)
    kept = 1.0 - np.interp(share, terms.cut.energy, terms.cut.worth)
    market = terms.market_factor * amounts.export_market_cny + terms.flat_cny_per_kwh * amounts.export_kwh
    late = amounts.self_use_cny + market * kept
    return late + kept_kwh * terms.share * (terms.bid_cny_per_kwh - terms.midday_cny_per_kwh), late


def flows(plants: Plants, terms: Terms, settings: EconomicsSettings) -> np.ndarray:
    """Owners' cash flows after tax in a scenario, (life + 1, n) [CNY]."""
    early, late = first_year_revenue(plants.amounts, terms)
    revenue = revenue_by_year(early, late, plants.output, terms.years)
    return cash_flows(plants.costs, revenue, settings, plants.person)


def break_even_bid(plants: Plants, terms: Terms, settings: EconomicsSettings) -> np.ndarray:
    """Bid at which plants just earn the target rate of return.

    Parameters
    ----------
    plants
        n plants.
    terms
        Of the scenario; its own bid does not matter.
    settings
        Taxes and the target.

    Returns
    -------
    numpy.ndarray
        (n,); NaN where no mechanism was won or no bid within 5 CNY/kWh either way does it. [CNY/kWh]
    """
    n, rate = len(plants.person), settings.target_irr
    share, years = (np.broadcast_to(values, n) for values in (terms.share, terms.years))
    least, most = (
        returns.npv(flows(plants, terms._replace(bid_cny_per_kwh=bid), settings), rate)
        for bid in (LOWEST_BID, HIGHEST_BID)
    )
    there = (least < 0) & (most > 0)
    without, late = first_year_revenue(plants.amounts, terms._replace(bid_cny_per_kwh=0.0))
    with_one, _ = first_year_revenue(plants.amounts, terms._replace(bid_cny_per_kwh=1.0))
    bid = returns.share_that_pays(
        np.where(there, LOWEST_BID, 0.0),
        np.where(there, HIGHEST_BID, 0.0),
        revenue_by_year(without, late, plants.output, years),
        revenue_by_year(with_one - without, np.zeros(n), plants.output, years),
        rate,
        plants.costs,
        settings,
        plants.person,
    )
    return np.where(there & (share > 0), bid, np.nan)


def plants_of(costs: economics.Costs, amounts: Amounts, person: np.ndarray, settings: Settings) -> Plants:
    """Plants with the output of the city's years."""
    output = economics.output_factors(settings.energy) / settings.energy.first_year_factor
    return Plants(costs, amounts, person, output)
