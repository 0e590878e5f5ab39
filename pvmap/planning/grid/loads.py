"""The load of a city that brings none: made up from its buildings."""

from __future__ import annotations

import numpy as np
import pandas as pd

from pvmap.planning.money.tariff import load_of_use
from pvmap.planning.policy.classes import class_key, lookup
from pvmap.planning.profiles import Hours
from pvmap.settings.city import Settings


def made_up_load(sites: pd.DataFrame, hours: Hours, settings: Settings) -> pd.DataFrame:
    """Load per district in MW, made up from the stock: footprint x load per m2 x shape, scaled to the city's total."""
    keys = class_key(sites)
    amount = sites["footprint_area_m2"].to_numpy(float) * lookup(keys, settings.planning.tariff.load_kwh_per_m2)
    where = np.where(sites["district"] == "", settings.city.name, sites["district"])
    frame = pd.DataFrame({"kwh": amount, "use": keys, "bus": where})
    out = {}
    for bus, rows in frame.groupby("bus", sort=True):
        parts = rows.groupby("use")["kwh"].sum()
        load = sum(v * load_of_use(str(u), hours, settings.planning.tariff) for u, v in parts.items())
        if np.any(load):
            out[str(bus)] = load
    demand = pd.DataFrame(out)
    total = float(demand.to_numpy().sum()) if len(demand.columns) else 0.0
    return demand * (settings.planning.grid.demand_gwh * 1e3 / total) if total else demand
