"""Prices by the hour that the bureau brings: those of the market, and what users have agreed with their retailers."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

import numpy as np

from pvmap.findings import Finding, finding
from pvmap.planning.policy.classes import USE_CLASSES
from pvmap.planning.profiles import Hours
from pvmap.planning.table_columns import COLUMNS
from pvmap.planning.table_input import read_given
from pvmap.settings.city import TableInput
from pvmap.settings.words import USE_WORDS
from pvmap.tables.plan import CLASS_WORDS

MONTHS, DAY = 12, 24
PAYING = tuple(use for use, of in USE_CLASSES.items() if of.load)  # uses that take electricity on the spot
ROOF_CLASSES = ("ci_general", "ci_large")
SEVERAL = {one: tuple(use for use in PAYING if use.startswith(one)) for one in ("industrial", "residential")}
CONTRACT_WORDS = {
    **{one: one for one in (*PAYING, *SEVERAL)},
    **{word: one for one in (*PAYING, *SEVERAL) for word in USE_WORDS.get(one, ())},
    **{word: cls for word, cls in CLASS_WORDS.items() if cls in ROOF_CLASSES},
}


class GivenPrices(NamedTuple):
    """Prices by the hour, those of the city file where there are none.

    Attributes
    ----------
    market
        (T,) market prices for the hours of the profiles. [CNY/kWh]
    contracts
        Use of buildings or class of plants -> (12, 24) price by month and local hour, VAT included. [CNY/kWh]
    """

    market: np.ndarray | None = None
    contracts: Mapping[str, np.ndarray] = MappingProxyType({})

    def contract(self, use: str, cls: str, hours: Hours) -> np.ndarray | None:
        """Price that a use, else the class of a plant, has agreed for each hour, (T,) [CNY/kWh]; None without one."""
        agreed = self.contracts.get(use, self.contracts.get(cls) if USE_CLASSES[use].load else None)
        return None if agreed is None else agreed[hours.month, hours.hour]


def read_contracts(source: TableInput, raw: Path) -> tuple[dict[str, np.ndarray], list[Finding]]:
    """Read retail contracts: `class` (a use of buildings, or a class of roofs), `month`, `hour`, `price`.

    Returns
    -------
    tuple of dict and list of Finding
        As `GivenPrices` holds them; what was assumed.

    Raises
    ------
    InputError
        A class that buys nothing on the spot, a month, hour or price that is none, a class without all hours of all
        months.
    """
    given = read_given(source, raw, *COLUMNS["retail_contract"])
    found = list(given.findings)
    given.refuse("class", (given.text("class") == "").to_numpy(), "is empty")
    classes = given.word("class", CONTRACT_WORDS)
    month = _whole(given.number("month", "month", low=1, high=MONTHS))
    hour = _whole(given.number("hour", "hour", low=0, high=DAY))
    price = given.number("price", "cny_per_kwh", low=0.0)
    for name, values in (("month", month), ("hour", hour), ("price", price)):
        given.refuse(name, np.isnan(values), "is empty or no whole number" if name != "price" else "is empty")
    if (hour == DAY).any():
        given.refuse("hour", hour == 0, "stands beside an hour 24: count hours from 0 to 23, or from 1 to 24")
        hour = hour - 1
        found.append(finding("hours-labelled-by-their-end", layer=Path(source.path).name))
    out = {}
    for one in dict.fromkeys(classes):
        here = classes == one
        cell = (month[here] - 1).astype(int) * DAY + hour[here].astype(int)
        rows = np.flatnonzero(here)
        _, first = np.unique(cell, return_index=True)
        again = np.ones(len(price), bool)
        again[rows[first]] = again[~here] = False
        given.refuse("class", again, "has an hour of a month twice")
        prices = np.full(MONTHS * DAY, np.nan)
        prices[cell] = price[here]
        lacks = np.isnan(prices)
        at = int(np.argmax(lacks))
        short = f"lacks {int(lacks.sum())} of {MONTHS * DAY} hours, first hour {at % DAY} of month {at // DAY + 1}"
        given.refuse("class", here & lacks.any(), short)
        out[str(one)] = prices.reshape(MONTHS, DAY)
    of_several = {use: out[one] for one, uses in SEVERAL.items() if one in out for use in uses}
    return of_several | {one: out[one] for one in out if one not in SEVERAL}, found  # one use by name says more


def _whole(values: np.ndarray) -> np.ndarray:
    return np.where(values % 1 == 0, values, np.nan)
