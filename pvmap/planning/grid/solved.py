"""What a solved network says: energies by weight of its hours, per case and per district and kind."""

from __future__ import annotations

from typing import Any

import pandas as pd

from pvmap.tables.vocabulary import SITE_TYPES


def case(network: Any, name: str, new: pd.Index) -> dict[str, Any]:
    """Sum a solved network up: a row of ``Solution.cases``; `new` are the generators that it has built."""
    g, p, weight = network.generators, network.generators_t.p, network.snapshot_weightings.generators
    fixed = new[~g.p_nom_extendable[new].to_numpy(bool)]  # whose cost the objective leaves out
    solar = g.index[g.carrier.isin(SITE_TYPES)]
    could, gave = _gwh(network, solar)
    of = {carrier: g.index[g.carrier == carrier] for carrier in ("grid", "shedding")}
    border = p[of["grid"]]
    load = float((network.loads_t.p.sum(axis=1) * weight).sum()) / 1e3
    bought = float((border.clip(lower=0.0).sum(axis=1) * weight).sum()) / 1e3
    sold = float(((-border).clip(lower=0.0).sum(axis=1) * weight).sum()) / 1e3
    shed = float((p[of["shedding"]].sum(axis=1) * weight).sum()) / 1e3
    return {
        "case": name,
        "optimal_mwp": float(g.p_nom_opt[new].sum()),
        "optimal_mwac": float((g.p_nom_opt[new] / g.dc_ac_ratio[new]).sum()),
        "pv_gwh": gave,
        "curtailed_gwh": max(could - gave, 0.0),
        "curtailment_rate": max(could - gave, 0.0) / could if could > 0 else 0.0,
        "import_gwh": bought,
        "export_gwh": sold,
        "peak_import_mw": float(border.clip(lower=0.0).sum(axis=1).max()),
        "own_share": (gave - sold) / load if load > 0 else float("nan"),
        "storage_power_mw": float(network.storage_units.p_nom_opt.sum()) if len(network.storage_units) else 0.0,
        "shed_gwh": shed,
        "system_cost_cny": float(network.objective + (g.capital_cost[fixed] * g.p_nom[fixed]).sum()),
    }


def _gwh(network: Any, names: pd.Index) -> tuple[float, float]:
    """Energy that generators could give and that they gave [GWh]."""
    size, weight = network.generators.p_nom_opt[names], network.snapshot_weightings.generators
    could = (network.generators_t.p_max_pu[names] * size).sum(axis=1) @ weight
    return float(could) / 1e3, float(network.generators_t.p[names].sum(axis=1) @ weight) / 1e3


def groups(network: Any) -> pd.DataFrame:
    """Sum what may be built per district and kind: ``Solution.groups``."""
    solar = network.generators[network.generators.p_nom_extendable]
    rows = []
    for (district, kind), at in solar.groupby(["bus", "carrier"], sort=True).indices.items():
        some = solar.iloc[at]
        could, gave = _gwh(network, some.index)
        cost, worth = _cost_and_worth(network, some)
        rows.append(
            {
                "district": district,
                "site_type": kind,
                "limit_mwp": float(some.p_nom_max.sum()),
                "optimal_mwp": float(some.p_nom_opt.sum()),
                "optimal_mwac": float((some.p_nom_opt / some.dc_ac_ratio).sum()),
                "pv_gwh": gave,
                "curtailed_gwh": max(could - gave, 0.0),
                "curtailment_rate": max(could - gave, 0.0) / could if could > 0 else 0.0,
                "cost_cny_per_kwh": cost,
                "worth_cny_per_kwh": worth,
            }
        )
    return pd.DataFrame(rows)


def _cost_and_worth(network: Any, some: pd.DataFrame) -> tuple[float, float]:
    """Tell what a kilowatt-hour of generators costs, and what it is worth at their bus in their hours [CNY/kWh]."""
    weight = network.snapshot_weightings.generators
    could = network.generators_t.p_max_pu[some.index] * some.p_nom_max
    energy = float(could.sum(axis=1) @ weight)
    if energy <= 0:
        return float("nan"), float("nan")
    price = network.buses_t.marginal_price[some.bus.iloc[0]]
    cost = float((some.capital_cost * some.p_nom_max).sum()) / energy + float(some.marginal_cost.mean())
    return cost / 1e3, float((could.sum(axis=1) * price) @ weight) / energy / 1e3


def by_district(network: Any) -> pd.DataFrame:
    """Sum all photovoltaics per district, what stands and what is registered included: ``Solution.planned``."""
    solar = network.generators[network.generators.carrier.isin(SITE_TYPES)]
    rows = []
    for district, at in solar.groupby("bus", sort=True).indices.items():
        some = solar.iloc[at]
        could, gave = _gwh(network, some.index)
        rows.append(
            {
                "district": district,
                "standing_mwac": float((some.p_nom_opt / some.dc_ac_ratio).sum()),
                "pv_gwh": gave,
                "curtailed_gwh": max(could - gave, 0.0),
                "curtailment_rate": max(could - gave, 0.0) / could if could > 0 else 0.0,
            }
        )
    return pd.DataFrame(rows)
