"""What the whole comes out at, per kind of site: totals, what they should be, and what assumed heights cost."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from pvmap.findings import Finding, finding
from pvmap.planning.policy.classes import class_key
from pvmap.settings.city import Settings
from pvmap.settings.policy import BandSettings
from pvmap.tables.vocabulary import ASSUMED_HEIGHTS, SITE_TYPES
from pvmap.text_columns import few_texts

FEWEST_SITES = 30  # judgement: the bands are those of a stock; a lone roof with racks may lie outside them
SUMMED = ("capacity_kwp", "energy_kwh", "capex_cny", "co2_t_per_year", "npv_cny")
SHARES = {"share_at_grid_parity": "at_grid_parity", "share_at_target_irr": "reaches_target_irr"}


def kind_sums(appraisal: pd.DataFrame, sites: pd.DataFrame, settings: BandSettings) -> pd.DataFrame:
    """Sum some sites of a city per kind.

    Parameters
    ----------
    appraisal, sites
        Contract tables in the same order.
    settings
        Bands of capacity over footprint per class.

    Returns
    -------
    pandas.DataFrame
        By `site_type`: sums of ``SUMMED`` as far as appraised, `n_rows`, `n_sites` with capacity, `cost_cny` of all
        energy, capacity of which each column of ``SHARES`` is true (`at_grid_parity_kwp`), `standing_kwp`, and
        `low_kwp` and `high_kwp`, between which the capacity of this stock should lie. [kWp]
    """
    keys = class_key(sites)
    capacity = appraisal["capacity_kwp"].to_numpy(float)
    footprint = sites["footprint_area_m2"].to_numpy(float)
    frame = pd.DataFrame({name: appraisal[name].to_numpy(float) for name in SUMMED if name in appraisal})
    frame["n_rows"], frame["n_sites"] = 1, (capacity > 0).astype(int)
    if "lcoe_cny_per_kwh" in appraisal:
        frame["cost_cny"] = (appraisal["lcoe_cny_per_kwh"] * appraisal["energy_kwh"]).to_numpy(float)
    for column in SHARES.values():
        if column in appraisal:
            frame[f"{column}_kwp"] = np.where(appraisal[column].to_numpy(bool), capacity, 0.0)
    frame["standing_kwp"] = np.nan_to_num(sites["existing_pv_kwp"].to_numpy(float))
    frame["low_kwp"], frame["high_kwp"] = (
        footprint * _of_class(keys, settings.capacity_wp_per_m2, side) / 1e3 for side in (0, 1)
    )
    return frame.groupby(few_texts(appraisal["site_type"]), sort=True).sum().rename_axis("site_type")


def totals(kinds: pd.DataFrame) -> dict[str, dict[str, float | None]]:
    """Give sites, capacity and energy per kind and for all, as ``run.json`` and the command line show them.

    Parameters
    ----------
    kinds
        ``kind_sums`` of the whole city.

    Returns
    -------
    dict
        Kind -> `n_sites`, `capacity_mwp`, `energy_gwh`, `specific_yield_kwh_per_kwp` (None where nothing is built) and,
        where appraised,
        `lcoe_cny_per_kwh`, `capex_cny`, `co2_t_per_year`, `npv_cny`, and of capacity `share_at_grid_parity` and
        `share_at_target_irr`.
    """
    out = {}
    for kind, here in {**_by_kind(kinds), "all": _numbers(kinds)}.items():
        capacity, energy = here["capacity_kwp"], here["energy_kwh"]
        row = {
            "n_sites": int(here["n_sites"]),
            "capacity_mwp": capacity / 1e3,
            "energy_gwh": energy / 1e6,
            "specific_yield_kwh_per_kwp": energy / capacity if capacity else None,  # NaN is no JSON
        }
        row |= {name: here[name] for name in SUMMED[2:] if name in here}
        if "cost_cny" in here and energy:
            row["lcoe_cny_per_kwh"] = here["cost_cny"] / energy
        shares = {share: f"{column}_kwp" for share, column in SHARES.items()}
        row |= {share: here[kwp] / capacity for share, kwp in shares.items() if kwp in here and capacity}
        out[kind] = row
    return out


def check_bands(kinds: pd.DataFrame, settings: BandSettings) -> tuple[list[dict[str, Any]], list[Finding]]:
    """Compare the city with what it should come out at, kinds with fewer than `FEWEST_SITES` sites left out.

    Parameters
    ----------
    kinds
        ``kind_sums`` of the whole city: with the bands of capacity that its stock should reach.
    settings
        Bands of yield per kind.

    Returns
    -------
    tuple
        Bands as {name, value, low, high, inside, unit}, and a finding for each that is missed.
    """
    bands, missed = [], []
    for kind, here in _by_kind(kinds).items():
        if here["n_rows"] < FEWEST_SITES:
            continue
        if here["capacity_kwp"] > 0:
            value = here["energy_kwh"] / here["capacity_kwp"]
            bands.append(_band(f"{kind}: yield", value, *settings.yield_kwh_per_kwp[kind], "kWh/kWp"))
            missed += _missed("yield-outside-band", kind, bands[-1])
        mw = (here["capacity_kwp"] + here["standing_kwp"]) / 1e3
        name = f"{kind}: capacity, existing included"
        bands.append(_band(name, mw, here["low_kwp"] / 1e3, here["high_kwp"] / 1e3, "MWp"))
        missed += _missed("capacity-outside-band", kind, bands[-1])
    return bands, missed


def height_sums(appraisal: pd.DataFrame, sites: pd.DataFrame) -> pd.DataFrame:
    """Sum what roofs that can carry arrays of ours lose to their neighbours, by where their height comes from.

    Parameters
    ----------
    appraisal, sites
        Contract tables in the same order.

    Returns
    -------
    pandas.DataFrame
        By `height` (assumed, known, none): `n_roofs`, `capacity_kwp` and `lost_kwp`, the same times the share lost.
    """
    capacity, loss = (appraisal[name].to_numpy(float) for name in ("capacity_kwp", "loss_neighbours"))
    arrays = (sites["site_type"].to_numpy() == "rooftop") & (capacity > 0)
    source = sites["height_source"].to_numpy(object)
    height = np.select([np.isin(source, ASSUMED_HEIGHTS), source == "none"], ["assumed", "none"], "known")
    frame = pd.DataFrame({"n_roofs": 1, "capacity_kwp": capacity, "lost_kwp": capacity * loss})
    return frame[arrays].groupby(height[arrays], sort=True).sum().rename_axis("height")


def cost_of_assumed_heights(heights: pd.DataFrame, settings: Settings) -> list[Finding]:
    """Tell what roofs of assumed height lose to their neighbours, and what those of known height do.

    Parameters
    ----------
    heights
        ``height_sums`` of the whole city.
    settings
        ``shade.enabled``: without shade there is nothing to tell.

    Returns
    -------
    list of Finding
        At most one.
    """
    if not settings.shade.enabled or "assumed" not in heights.index:
        return []
    count, total = int(heights["n_roofs"]["assumed"]), int(heights["n_roofs"].sum())
    lost = heights["lost_kwp"] / heights["capacity_kwp"]
    told = {"layer": "rooftop", "count": count, "total": total, "assumed": float(lost["assumed"])}
    if "known" not in heights.index:
        return [finding("heights-all-assumed-cost", **told)]  # type: ignore[arg-type]
    return [finding("heights-assumed-cost", **told, known=float(lost["known"]))]  # type: ignore[arg-type]


def _by_kind(kinds: pd.DataFrame) -> dict[str, dict[str, float]]:
    return {kind: _numbers(kinds.loc[[kind]]) for kind in SITE_TYPES if kind in kinds.index}


def _numbers(rows: pd.DataFrame) -> dict[str, float]:
    """Sum of each column."""
    return {str(name): float(values.sum()) for name, values in rows.items()}


def _of_class(keys: np.ndarray, table: dict[str, tuple[float, float]], side: int) -> np.ndarray:
    codes, uniques = pd.factorize(keys)
    return np.array([table[str(u)][side] for u in uniques], float)[codes]


def _band(name: str, value: float, low: float, high: float, unit: str) -> dict[str, Any]:
    return {"name": name, "value": value, "low": low, "high": high, "inside": low <= value <= high, "unit": unit}


def _missed(code: str, kind: str, band: dict[str, Any]) -> list[Finding]:
    if band["inside"]:
        return []
    return [finding(code, layer=kind, value=band["value"], low=float(band["low"]), high=float(band["high"]))]
