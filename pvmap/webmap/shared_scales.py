"""Classes that all sheets of a map share, found in samples of their sites: nobody holds a number of every site."""

from __future__ import annotations

import numpy as np
import pandas as pd

from pvmap.colours import KIND_COLOURS
from pvmap.settings.city import Settings
from pvmap.webmap.cells import COST, LOSS, YIELD
from pvmap.webmap.data import MapData
from pvmap.webmap.style import Variable, variables

EACH, LEAST = 64, 256  # one of so many sites is sampled, and no fewer of a sheet than these
NUMBERS = ("capacity_kwp", YIELD, "energy_kwh", LOSS, COST)  # that have classes


def sample(data: MapData) -> pd.DataFrame:
    """Give numbers of the sites with modules at even ranks, the least and the most among them, each kind by itself."""
    parts = []
    for kind in KIND_COLOURS:
        own = data.sites[((data.sites["site_type"] == kind) & (data.sites["capacity_kwp"] > 0)).to_numpy()]
        n = min(len(own), max(LEAST, len(own) // EACH))
        part = pd.DataFrame({"site_type": [kind] * n})
        for name in NUMBERS:
            if name in own:
                values = np.sort(own[name].dropna().to_numpy(float))
                at = np.linspace(0, max(len(values) - 1, 0), min(n, len(values))).round().astype(int)
                part[name] = np.concatenate([values[at], np.full(n - len(at), np.nan)])
        parts.append(part)
    return pd.concat(parts, ignore_index=True)


def scales_of(sampled: pd.DataFrame, settings: Settings) -> dict[str, Variable]:
    """Classes that all sheets share: quantiles of samples, off by `EACH` ranks of each sheet at most."""
    if not len(sampled):
        return {}
    price = settings.planning.economics.coal_benchmark_cny_per_kwh
    found = variables(sampled.assign(district="", existing_pv_kwp=0.0), settings.map.class_count, price)
    return {one.key: one for one in found if one.edges and one.listed}
