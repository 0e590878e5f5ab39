"""What a megawatt-hour costs at the city's border, and what it earns there, hour by hour."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pvmap.errors import InputError
from pvmap.planning.money.tariff import market_price
from pvmap.planning.profiles import Hours
from pvmap.settings.city import Settings


@dataclass(frozen=True)
class Prices:
    """Prices of imports and exports, each a (T,) array [CNY/MWh]."""

    buy: np.ndarray
    sell: np.ndarray

    def __post_init__(self) -> None:
        """Refuse a loop: whoever sells for more than it buys needs neither sun nor load.

        Raises
        ------
        InputError
            Naming the first hour in which exports earn more than imports cost.
        """
        loop = np.flatnonzero(self.sell > self.buy)
        if loop.size:
            hour = int(loop[0])
            raise InputError(
                f"Exports earn {self.sell[hour]:g} a megawatt-hour in hour {hour} of the year (local, from 0), more "
                f"than the {self.buy[hour]:g} that imports cost ({loop.size:,} such hours); correct the prices."
            )


def border_prices(hours: Hours, settings: Settings, market_cny_per_kwh: np.ndarray | None = None) -> Prices:
    """Prices at the border of the city from those of the market.

    Parameters
    ----------
    hours
        Local calendar of the T hours.
    settings
        Market prices where the bureau gives none; what imports cost above, and exports earn below them.
    market_cny_per_kwh
        (T,) market prices of the bureau.
    """
    market, grid = 1e3 * market_price(hours, settings.planning.tariff, market_cny_per_kwh), settings.planning.grid
    return Prices(market + grid.grid_adder_cny_per_mwh, market - grid.export_discount_cny_per_mwh)
