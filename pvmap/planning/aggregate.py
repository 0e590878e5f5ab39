"""Sums per city, district, township and grid cell; what the whole should come out at."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from pvmap.findings import Finding, finding
from pvmap.planning.places import township_ids
from pvmap.planning.policy.classes import class_key
from pvmap.settings.city import Settings
from pvmap.settings.policy import BandSettings
from pvmap.tables import SITE_TYPES

SUMS = ("area_m2", "capacity_kwp", "energy_kwh", "cost_cny", "co2_t_per_year")

FEWEST_SITES = 30  # judgement: the bands are those of a stock; a lone roof with racks may lie outside them


def aggregate(
    appraisal: pd.DataFrame,
    sites: gpd.GeoDataFrame,
    districts: gpd.GeoDataFrame | None,
    townships: gpd.GeoDataFrame | None,
    settings: Settings,
) -> gpd.GeoDataFrame:
    """Sum sites into zones, per kind of site and for all kinds.

    Parameters
    ----------
    appraisal, sites
        Contract tables in the same order; `sites` with geometry in the metric CRS.
    districts, townships
        Outlines with the columns `name` and geometry in the same CRS, or None; townships also name their `district`.
    settings
        Name of the city and size of the grid's cells.

    Returns
    -------
    geopandas.GeoDataFrame
        Contract table "zones". Sites outside all districts form the zone "" of level district, so that each level but
        township sums to the city; townships do where every site has one. Ratios are ratios of sums; the levelised cost
        is that of all energy together.
    """
    energy = appraisal["energy_kwh"].to_numpy(float)
    lcoe = appraisal["lcoe_cny_per_kwh"].to_numpy(float) if "lcoe_cny_per_kwh" in appraisal else np.zeros(len(energy))
    point = shapely.point_on_surface(sites.geometry.to_numpy())
    cell = settings.planning.grid_cell_m
    column = np.floor(shapely.get_x(point) / cell).astype(int)
    row = np.floor(shapely.get_y(point) / cell).astype(int)
    frame = pd.DataFrame(
        {
            "site_type": appraisal["site_type"].to_numpy(),
            "n_sites": (appraisal["capacity_kwp"].to_numpy(float) > 0).astype(int),
            "area_m2": appraisal["used_area_m2"].to_numpy(float),
            "capacity_kwp": appraisal["capacity_kwp"].to_numpy(float),
            "energy_kwh": energy,
            "cost_cny": np.where(energy > 0, lcoe * energy, 0.0),
            "co2_t_per_year": appraisal["co2_t_per_year"].to_numpy(float) if "co2_t_per_year" in appraisal else 0.0,
        }
    )
    township = township_ids(sites)
    levels = {
        "city": np.full(len(frame), settings.city.name, object),
        "district": sites["district"].to_numpy(object),
        "township": township,
        "grid": np.char.add(np.char.add(column.astype(str), "_"), row.astype(str)).astype(object),
    }
    outlines = {
        "city": _city_outline(settings.city.name, districts, sites),
        "district": _outlines(districts, levels["district"], point),
        "township": _outlines(_with_ids(townships), township, point),
        "grid": _cells(levels["grid"], cell),
    }
    parts = []
    for level, names in levels.items():
        keep = names != "" if level == "township" else np.ones(len(frame), bool)
        if keep.any():
            parts.append(_sum_level(frame[keep], names[keep], level, outlines[level]))
    zones = pd.concat(parts, ignore_index=True)
    return gpd.GeoDataFrame(zones, geometry="geometry", crs=sites.crs)


def _sum_level(frame: pd.DataFrame, names: np.ndarray, level: str, outline: pd.Series) -> pd.DataFrame:
    by_kind = frame.groupby([names, "site_type"], sort=True).sum().rename_axis(["zone_id", "site_type"]).reset_index()
    every = frame.drop(columns="site_type").groupby(names, sort=True).sum().rename_axis("zone_id").reset_index()
    every["site_type"] = "all"
    out = pd.concat([by_kind, every], ignore_index=True)
    out["level"] = level
    for name, above, below in (
        ("specific_yield_kwh_per_kwp", "energy_kwh", "capacity_kwp"),
        ("lcoe_cny_per_kwh", "cost_cny", "energy_kwh"),
    ):
        out[name] = out[above] / out[below].where(out[below] > 0)
    out["geometry"] = outline.reindex(out["zone_id"]).to_numpy()
    return out.drop(columns="cost_cny")


def _with_ids(townships: gpd.GeoDataFrame | None) -> gpd.GeoDataFrame | None:
    if townships is None or "district" not in townships:
        return townships
    return townships.assign(name=township_ids(townships.rename(columns={"name": "township"})))


def _outlines(areas: gpd.GeoDataFrame | None, names: np.ndarray, point: np.ndarray) -> pd.Series:
    """Outline of each named area; the box around its sites where none was given."""
    known: dict[str, Any] = {}
    if areas is not None:
        for name, rows in areas.groupby("name", sort=False):
            known[str(name)] = shapely.union_all(rows.geometry.to_numpy())
    xy = pd.DataFrame(shapely.get_coordinates(point)).groupby(names, sort=False)
    low, high = xy.min() - 1.0, xy.max() + 1.0
    boxes = shapely.box(low[0], low[1], high[0], high[1])
    return pd.Series({**dict(zip(low.index, boxes, strict=True)), **known}, dtype=object)


def _city_outline(name: str, districts: gpd.GeoDataFrame | None, sites: gpd.GeoDataFrame) -> pd.Series:
    if districts is not None and len(districts):
        return pd.Series({name: shapely.union_all(districts.geometry.to_numpy())}, dtype=object)
    return pd.Series({name: shapely.box(*sites.total_bounds)}, dtype=object)


def _cells(names: np.ndarray, cell_m: float) -> pd.Series:
    unique = pd.unique(names)
    corner = np.array([[int(i) for i in n.split("_")] for n in unique], float).reshape(-1, 2) * cell_m
    boxes = shapely.box(corner[:, 0], corner[:, 1], corner[:, 0] + cell_m, corner[:, 1] + cell_m)
    return pd.Series(list(boxes), index=unique, dtype=object)


def totals(appraisal: pd.DataFrame) -> dict[str, dict[str, float]]:
    """Sum sites, capacity and energy per kind and for all, as ``run.json`` and the command line show them.

    Returns
    -------
    dict
        Kind -> `n_sites`, `capacity_mwp`, `energy_gwh`, `specific_yield_kwh_per_kwp` and, where appraised,
        `lcoe_cny_per_kwh`, `capex_cny`, `co2_t_per_year`, `npv_cny`, and of capacity `share_at_grid_parity` and
        `share_at_target_irr`.
    """
    out = {}
    for kind in (*SITE_TYPES, "all"):
        here = appraisal if kind == "all" else appraisal[appraisal["site_type"] == kind]
        if here.empty:
            continue
        capacity, energy = float(here["capacity_kwp"].sum()), float(here["energy_kwh"].sum())
        row = {
            "n_sites": int((here["capacity_kwp"] > 0).sum()),
            "capacity_mwp": capacity / 1e3,
            "energy_gwh": energy / 1e6,
            "specific_yield_kwh_per_kwp": energy / capacity if capacity else float("nan"),
        }
        for name in ("capex_cny", "co2_t_per_year", "npv_cny"):
            if name in here:
                row[name] = float(here[name].sum())
        if "lcoe_cny_per_kwh" in here and energy:
            row["lcoe_cny_per_kwh"] = float((here["lcoe_cny_per_kwh"] * here["energy_kwh"]).sum() / energy)
        for share, column in (
            ("share_at_grid_parity", "at_grid_parity"),
            ("share_at_target_irr", "reaches_target_irr"),
        ):
            if column in here and capacity:
                row[share] = float(here.loc[here[column], "capacity_kwp"].sum() / capacity)
        out[kind] = row
    return out


def check_bands(
    appraisal: pd.DataFrame, sites: pd.DataFrame, settings: BandSettings
) -> tuple[list[dict[str, Any]], list[Finding]]:
    """Compare the city with what it should come out at, kinds with fewer than `FEWEST_SITES` sites left out.

    Parameters
    ----------
    appraisal, sites
        Contract tables in the same order.
    settings
        Bands of yield per kind, and of capacity over footprint per class: times the stock that was read they give the
        band of the city's capacity per kind.

    Returns
    -------
    tuple
        Bands as {name, value, low, high, inside, unit}, and a finding for each that is missed.
    """
    keys = class_key(sites)
    capacity, energy = appraisal["capacity_kwp"].to_numpy(float), appraisal["energy_kwh"].to_numpy(float)
    standing = np.nan_to_num(sites["existing_pv_kwp"].to_numpy(float))
    footprint = sites["footprint_area_m2"].to_numpy(float)
    low, high = (_of_class(keys, settings.capacity_wp_per_m2, i) for i in (0, 1))
    bands, missed = [], []
    for kind in SITE_TYPES:
        here = appraisal["site_type"].to_numpy() == kind
        if here.sum() < FEWEST_SITES:
            continue
        if capacity[here].sum() > 0:
            value = float(energy[here].sum() / capacity[here].sum())
            bands.append(_band(f"{kind}: yield", value, *settings.yield_kwh_per_kwp[kind], "kWh/kWp"))
            missed += _missed("yield-outside-band", kind, bands[-1])
        mw = float((capacity[here] + standing[here]).sum()) / 1e3
        least, most = (float((footprint * side)[here].sum() / 1e6) for side in (low, high))
        bands.append(_band(f"{kind}: capacity, existing included", mw, least, most, "MWp"))
        missed += _missed("capacity-outside-band", kind, bands[-1])
    return bands, missed


def cost_of_assumed_heights(appraisal: pd.DataFrame, sites: pd.DataFrame, settings: Settings) -> list[Finding]:
    """Tell what roofs of assumed height lose to their neighbours, and what those of known height do.

    Parameters
    ----------
    appraisal, sites
        Contract tables in the same order; means of ``loss_neighbours`` are weighted by ``capacity_gross_kwp``.
    settings
        ``shade.enabled``: without shade there is nothing to tell.

    Returns
    -------
    list of Finding
        At most one.
    """
    capacity, loss = (appraisal[name].to_numpy(float) for name in ("capacity_gross_kwp", "loss_neighbours"))
    arrays = (sites["site_type"].to_numpy() == "rooftop") & (capacity > 0)
    source = sites["height_source"]
    assumed, known = arrays & (source == "default").to_numpy(), arrays & ~source.isin(["default", "none"]).to_numpy()
    if not settings.shade.enabled or not assumed.any():
        return []
    count, total, lost = int(assumed.sum()), int(arrays.sum()), _mean(loss, capacity, assumed)
    if not known.any():
        return [finding("heights-all-assumed-cost", layer="rooftop", count=count, total=total, assumed=lost)]
    of_known = _mean(loss, capacity, known)
    return [finding("heights-assumed-cost", layer="rooftop", count=count, total=total, assumed=lost, known=of_known)]


def _mean(values: np.ndarray, weights: np.ndarray, here: np.ndarray) -> float:
    return float(np.average(values[here], weights=weights[here]))


def _of_class(keys: np.ndarray, table: dict[str, tuple[float, float]], side: int) -> np.ndarray:
    codes, uniques = pd.factorize(keys)
    return np.array([table[str(u)][side] for u in uniques], float)[codes]


def _band(name: str, value: float, low: float, high: float, unit: str) -> dict[str, Any]:
    return {"name": name, "value": value, "low": low, "high": high, "inside": low <= value <= high, "unit": unit}


def _missed(code: str, kind: str, band: dict[str, Any]) -> list[Finding]:
    if band["inside"]:
        return []
    return [finding(code, layer=kind, value=band["value"], low=float(band["low"]), high=float(band["high"]))]
