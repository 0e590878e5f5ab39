"""What is doubtful about amounts of money: those that a city file leaves as they are, and prices of the bureau."""

from __future__ import annotations

import numpy as np

from pvmap.config import assumptions
from pvmap.findings import EXAMPLES, Finding, finding
from pvmap.settings.city import Settings
from pvmap.settings.countries import pack

FAR = 20.0  # times: prices of no market are as far from a tariff, fen, MWh and 10,000 yuan are 100 and more

MANY = 0.01  # share of the hours


def doubt_prices(layer: str, kind: str, mean: float, own: float) -> Finding | None:
    """Tell prices whose mean is so far from the city file's own that their unit is another.

    Parameters
    ----------
    layer
        The file.
    kind
        Prices of a market or a contract, for findings of one file to stay apart.
    mean, own
        Means of the file's prices and of the city file's market. [CNY/kWh]
    """
    if own <= 0 or own / FAR <= mean <= own * FAR:
        return None
    return finding("prices-far-off", layer=layer, column=kind, mean=f"{mean:.6g}", own=f"{own:.3g}")


def doubt_hours(layer: str, kind: str, prices: np.ndarray, own: float) -> Finding | None:
    """Tell prices of which so many are far above the city file's own that their unit is another; as `doubt_prices`."""
    far = int((np.abs(prices) > own * FAR).sum())
    if own <= 0 or far <= MANY * prices.size:
        return None
    code = "prices-far-off-in-hours"
    return finding(code, layer=layer, column=kind, count=far, total=prices.size, own=f"{own:.3g}")


def doubt_amounts(settings: Settings) -> list[Finding]:
    """Tell amounts that a pack gives in its own money, where the city counts in another.

    Returns
    -------
    list of Finding
        At most one, with the first keys.
    """
    found, money = pack(settings.city.country), settings.city.currency
    if found is None or money == found.currency:
        return []
    amounts = [one for one in assumptions(settings) if one.unit.startswith(money)]
    kept = [one.key for one in amounts if one.value == one.default]
    if not kept:
        return []
    told = {"money": money, "meant": found.currency, "keys": ", ".join(kept[:EXAMPLES])}
    return [finding("amounts-in-another-money", layer="planning", count=len(kept), total=len(amounts), **told)]
