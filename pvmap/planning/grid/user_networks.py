"""Batteries behind the user's meter: a network of its own for each use of buildings.

They earn on the retail price, which contains network charges; those are no cost to the system, so that these batteries
must not stand in the city's network. Photovoltaics sell at a bus of their own: a battery serves the load alone.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from pvmap.planning.grid.potential import buildable_kwp
from pvmap.planning.grid.prices import Prices
from pvmap.planning.grid.pypsa_export import FORMAT, whole, write_network
from pvmap.planning.money.given_prices import GivenPrices
from pvmap.planning.money.tariff import load_of_use, retail_price
from pvmap.planning.policy.classes import USE_CLASSES
from pvmap.planning.policy.plan_classes import plan_class
from pvmap.planning.profiles import Shapes
from pvmap.settings.city import Settings

README = """\
# 用户侧储能 / batteries behind the meter

一类建筑的负荷、光伏与电池：购电按分时零售电价，余电上网按市场价；电池只供负荷，不上网。
Load, photovoltaics and battery of one use of buildings: bought at the retail price of the hour, surplus sold at the
market's; the battery serves the load and sells nothing. `pypsa.Network("this-folder").optimize(solver_name="highs")`
"""


class User(NamedTuple):
    """One use of buildings behind its meters.

    Attributes
    ----------
    load_mw, pv_mw
        (T,) load and what photovoltaics may give. [MW]
    prices
        Retail price bought at, market price sold at. [CNY/MWh]
    battery_mw
        Power of the battery. [MW]
    """

    load_mw: np.ndarray
    pv_mw: np.ndarray
    prices: Prices
    battery_mw: float


def write_user_networks(
    folder: Path,
    appraisal: pd.DataFrame,
    sites: pd.DataFrame,
    shapes: Shapes,
    market: np.ndarray,
    settings: Settings,
    given: GivenPrices = GivenPrices(),
) -> Path:
    """Write a network for each use of buildings into `folder`, which is empty; arguments as for `users`."""
    every = users(appraisal, sites, shapes, market, settings, given)
    folder.mkdir(parents=True, exist_ok=True)
    for use, user in every.items():
        write_user_network(folder / use, use, user, shapes.times, settings)
    return folder


def users(
    appraisal: pd.DataFrame,
    sites: pd.DataFrame,
    shapes: Shapes,
    market: np.ndarray,
    settings: Settings,
    given: GivenPrices = GivenPrices(),
) -> dict[str, User]:
    """Sum the city's buildings by use, of those that use electricity on the spot and pay by it.

    Parameters
    ----------
    appraisal, sites
        Contract tables in the same order.
    shapes
        Profiles of what can be built.
    market
        (T,) what exports earn. [CNY/MWh]
    settings
        Loads, tariffs, storage.
    given
        Contracts that the bureau brings.

    Returns
    -------
    dict of str to User
        By use.
    """
    tariff, storage = settings.planning.tariff, settings.planning.storage
    new, _ = buildable_kwp(appraisal)
    energy = new * np.nan_to_num(appraisal["specific_yield_kwh_per_kwp"].to_numpy(float))
    uses, out = sites["building_use"].to_numpy(object), {}
    of_use = shapes.groups.get_level_values("building_use")
    area = sites["footprint_area_m2"].groupby([uses, plan_class(appraisal, settings)]).sum()
    for use in USE_CLASSES:
        here = uses == use
        if not here.any():
            continue
        yearly = float(area[use].sum()) * tariff.load_kwh_per_m2[use]
        paid = {cls: retail_price(use, shapes.hours, tariff, given, str(cls)) for cls in area[use].index}
        retail = _mean(paid, area[use])
        if retail is None or yearly <= 0:
            continue
        load = yearly / 1e3 * load_of_use(use, shapes.hours, tariff)
        power = shapes.power_kw[of_use == use].sum(axis=0)
        pv = power * (energy[here].sum() / 1e3 / power.sum()) if power.any() else power
        buy = 1e3 * retail
        battery = storage.user_side_share_of_peak * float(load.max())
        out[use] = User(load, pv, Prices(buy, np.minimum(market, buy)), battery)
    return out


def _mean(paid: dict[str, np.ndarray | None], area: pd.Series) -> np.ndarray | None:
    """Mean price of the classes of a use that pay by the hour, by their area, (T,); None where none does."""
    some = {cls: price for cls, price in paid.items() if price is not None}
    if not some:
        return None
    weight = area[list(some)].to_numpy(float)
    return np.average(list(some.values()), axis=0, weights=weight if weight.any() else None)


def write_user_network(folder: Path, use: str, user: User, times: pd.DatetimeIndex, settings: Settings) -> Path:
    """Write the network of one use: its meter, its roofs and its battery.

    Parameters
    ----------
    folder
        Folder to fill.
    use
        Name of the use, which names the buses.
    user
        Load, photovoltaics, prices, battery.
    times
        (T,) UTC.
    settings
        Efficiency and hours of the battery, marginal cost of photovoltaics.
    """
    storage, most = settings.planning.storage, float(user.pv_mw.max())
    meter, roofs = f"meter {use}", f"roofs {use}"
    snapshots = pd.DatetimeIndex(times.tz_convert("UTC").tz_localize(None), name="snapshot")
    generators = pd.DataFrame(
        [
            {
                "name": "retail",
                "bus": meter,
                "carrier": "grid",
                "p_nom": 2.0 * float(user.load_mw.max()) + user.battery_mw,
            },
            {"name": "market", "bus": roofs, "carrier": "grid", "p_nom": most, "p_min_pu": -1.0, "p_max_pu": 0.0},
            {"name": "pv", "bus": roofs, "carrier": "rooftop", "p_nom": most}
            | {"marginal_cost": settings.planning.grid.marginal_cny_per_mwh},
        ]
    ).assign(p_nom_extendable=False)
    battery = {
        "name": "battery",
        "bus": meter,
        "carrier": "battery",
        "p_nom": user.battery_mw,
        "p_min_pu": -1.0 / storage.user_side_efficiency,  # its power is that of the cells; the meter sees the loss too
        "max_hours": storage.user_side_hours,
        "efficiency_store": storage.user_side_efficiency,
        "efficiency_dispatch": 1.0,
        "cyclic_state_of_charge": True,
    }
    link = {"name": "on the spot", "bus0": roofs, "bus1": meter, "carrier": "link", "p_nom": most, "efficiency": 1.0}
    tables = {
        "network": pd.DataFrame({"name": [use], "pypsa_version": [FORMAT]}),
        "snapshots": pd.DataFrame({"snapshot": snapshots, "objective": 1.0, "stores": 1.0, "generators": 1.0}),
        "carriers": pd.DataFrame({"name": ["AC", "grid", "rooftop", "battery", "link"]}),
        "buses": pd.DataFrame({"name": [meter, roofs], "carrier": "AC"}),
        "generators": whole(generators),
        "generators-p_max_pu": pd.DataFrame({"pv": user.pv_mw / most if most > 0 else user.pv_mw}),
        "generators-marginal_cost": pd.DataFrame({"retail": user.prices.buy, "market": user.prices.sell}),
        "loads": pd.DataFrame({"name": ["load"], "bus": [meter], "carrier": ["AC"]}),
        "loads-p_set": pd.DataFrame({"load": user.load_mw}),
        "links": pd.DataFrame([link]),
        "storage_units": pd.DataFrame([battery]),
    }
    meta: dict[str, str | bool] = {
        "use": use,
        "synthetic": settings.city.synthetic,
        "snapshots": "UTC, without zone; interval starts",
        "power_basis": "AC",
        "prices": "bought at the retail price of the hour, sold at the market's",
        "battery": "behind the meter: serves the load, sells nothing; its efficiency counts on charging",
    }
    return write_network(folder, tables, meta, README)
