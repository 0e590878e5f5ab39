"""Cost against quantity, and what a piece of land or roof gives."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd

from pvmap.planning.money.account import MU_M2

UNIT_M2 = {"mu": MU_M2, "ha": 10_000.0, "m2": 1.0}
CUMULATIVE = ("mw", "mwac", "gwh")
OF = {"mw": "capacity_mw", "mwac": "capacity_mwac", "gwh": "energy_gwh"}


def supply_curve(appraisal: pd.DataFrame, by: str | None = None) -> pd.DataFrame:
    """Order sites by levelised cost and add up what they give.

    Parameters
    ----------
    appraisal
        Contract table.
    by
        Column to make one curve each of: `site_type`, `district`; None for one curve.

    Returns
    -------
    pandas.DataFrame
        `group`, `site_id`, `lcoe_cny_per_kwh`, `capacity_mw`, `capacity_mwac`, `energy_gwh`, `cumulative_mw`,
        `cumulative_mwac`, `cumulative_gwh`; sites
        without capacity are left out.
    """
    built = appraisal[(appraisal["capacity_kwp"] > 0) & appraisal["lcoe_cny_per_kwh"].notna()]
    frame = pd.DataFrame(
        {
            "group": "all" if by is None else built[by].to_numpy(),
            "site_id": built["site_id"].to_numpy(),
            "lcoe_cny_per_kwh": built["lcoe_cny_per_kwh"].to_numpy(float),
            "capacity_mw": built["capacity_kwp"].to_numpy(float) / 1e3,
            "capacity_mwac": built["capacity_kwac"].to_numpy(float) / 1e3,
            "energy_gwh": built["energy_kwh"].to_numpy(float) / 1e6,
        }
    ).sort_values(["group", "lcoe_cny_per_kwh", "site_id"], ignore_index=True)
    for name in CUMULATIVE:
        frame[f"cumulative_{name}"] = frame.groupby("group", sort=False)[OF[name]].cumsum()
    return frame


def curve_steps(appraisal: pd.DataFrame, by: str | None = None, steps: int = 60) -> pd.DataFrame:
    """Thin a supply curve for a chart: what stands at or below each of evenly spaced costs.

    Returns
    -------
    pandas.DataFrame
        `group`, `lcoe_cny_per_kwh`, `cumulative_mw`, `cumulative_mwac`, `cumulative_gwh`; the last step holds
        everything.
    """
    curve = supply_curve(appraisal, by)
    if curve.empty:
        return curve[["group", "lcoe_cny_per_kwh", *(f"cumulative_{name}" for name in CUMULATIVE)]]
    cost = curve["lcoe_cny_per_kwh"].to_numpy()
    levels = np.unique(np.append(np.linspace(cost.min(), np.quantile(cost, 0.98), steps), cost.max()))
    parts = []
    for group, rows in curve.groupby("group", sort=True):
        at = np.searchsorted(rows["lcoe_cny_per_kwh"].to_numpy(), levels, side="right")
        part = pd.DataFrame({"group": group, "lcoe_cny_per_kwh": levels})
        for column in (f"cumulative_{name}" for name in CUMULATIVE):
            part[column] = np.concatenate([[0.0], rows[column].to_numpy()])[at]
        parts.append(part)
    return pd.concat(parts, ignore_index=True)


def per_area(appraisal: pd.DataFrame, sites: pd.DataFrame, land: Literal["mu", "ha"] = "mu") -> pd.DataFrame:
    """Divide what land and roofs give by their area: ratios of sums over whole polygons.

    Parameters
    ----------
    appraisal, sites
        Contract tables in the same order, appraised with hours.
    land
        Unit in which land is counted.

    Returns
    -------
    pandas.DataFrame
        One row per kind: `area_mu`, `whole_area_m2` (whole polygons of sites with capacity) and, per unit of land
        for mines and ponds and per m2 for roofs, `kwp`, `mwh`, `income_cny` (first year, at the levelised value),
        `co2_t`, and `mu_per_mw`, where land is taken.
    """
    built = (appraisal["capacity_kwp"] > 0).to_numpy()
    footprint = sites["footprint_area_m2"].to_numpy(float)
    income = np.zeros(len(appraisal))
    if "value_cny_per_kwh" in appraisal:
        income = np.nan_to_num((appraisal["value_cny_per_kwh"] * appraisal["energy_kwh"]).to_numpy(float))
    rows = []
    for kind, here in appraisal.groupby("site_type", sort=True).indices.items():
        at = here[built[here]]
        area = float(footprint[at].sum())
        unit = "m2" if kind == "rooftop" else land
        size = area / UNIT_M2[unit]
        capacity = float(appraisal["capacity_kwp"].to_numpy(float)[at].sum())
        energy = float(appraisal["energy_kwh"].to_numpy(float)[at].sum())
        co2 = float(appraisal["co2_t_per_year"].to_numpy(float)[at].sum())
        if size <= 0 or capacity <= 0:
            continue
        rows.append(
            {
                "site_type": kind,
                "unit": unit,
                "whole_area_m2": area,
                "area_mu": area / MU_M2,
                "kwp_per_unit": capacity / size,
                "kwac_per_unit": float(appraisal["capacity_kwac"].to_numpy(float)[at].sum()) / size,
                "mwh_per_unit": energy / 1e3 / size,
                "income_cny_per_unit": float(income[at].sum()) / size,
                "co2_t_per_unit": co2 / size,
                "mu_per_mw": float("nan") if kind == "rooftop" else area / MU_M2 / (capacity / 1e3),
            }
        )
    return pd.DataFrame(rows)
