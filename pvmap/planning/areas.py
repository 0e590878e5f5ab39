"""Areas of the city's own, development parks above all: rows of the table "zones", with what a park asks besides."""

from __future__ import annotations

from typing import NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from pvmap.findings import Finding, finding
from pvmap.settings.planning import CarbonSettings

SUMMED = ("area_m2", "capacity_kwp", "capacity_kwac", "energy_kwh", "co2_t_per_year")
NAMED = 3  # areas that a finding names
PLANNED = ("capacity_practical_kwp", "practical_kwac", "connectable_kwac", "planned_kwac")


class Areas(NamedTuple):
    """Areas of one level.

    Attributes
    ----------
    level
        What they are called.
    outlines
        `name`, geometry in the metric CRS; areas of one name are one.
    load_kw
        Name -> (T,) load, of those that bring one. [kW]
    """

    level: str
    outlines: gpd.GeoDataFrame
    load_kw: dict[str, np.ndarray]


class AreaSites(NamedTuple):
    """What areas sum.

    Attributes
    ----------
    points
        (n, 2) representative points. [m]
    amounts
        n rows: `site_type`, those of `SUMMED`, `lcoe_cny_per_kwh`, and of `PLANNED` those there are.
    group, kwp
        (n,) row of each site's profile; practical capacity and what stands. [kWp]
    per_kwp
        (G, T) AC power of each group per kWp. [1]
    """

    points: np.ndarray
    amounts: pd.DataFrame
    group: np.ndarray
    kwp: np.ndarray
    per_kwp: np.ndarray


def zones_of_areas(areas: Areas, sites: AreaSites, carbon: CarbonSettings) -> pd.DataFrame:
    """Sum sites into areas.

    Parameters
    ----------
    areas
        Areas of one level; a site counts in every one that holds its representative point.
    sites
        Of the whole city.
    carbon
        What electricity that is bought emits.

    Returns
    -------
    pandas.DataFrame
        Rows of the contract table "zones" per kind of site and for all kinds; an area without sites has one row of
        zeros.
    """
    outlines = areas.outlines.dissolve("name", sort=True)["geometry"]
    tree = shapely.STRtree(outlines.to_numpy())
    site, area = tree.query(shapely.points(sites.points), predicate="intersects")
    held = _amounts(sites.amounts.iloc[site])
    names = outlines.index.to_numpy(object)[area]
    kind = held.pop("site_type").to_numpy(object)
    by_kind = held.groupby([names, kind], sort=True).sum().rename_axis(["zone_id", "site_type"]).reset_index()
    every = held.groupby(names, sort=True).sum().reindex(outlines.index, fill_value=0.0).rename_axis("zone_id")
    every = every.reset_index().assign(site_type="all")
    for name, load in areas.load_kw.items():
        at = site[names == name]
        mix = np.bincount(sites.group[at], sites.kwp[at], len(sites.per_kwp))
        for column, value in _park(load, mix @ sites.per_kwp, carbon).items():
            every.loc[every["zone_id"] == name, column] = value
    out = pd.concat([by_kind, every], ignore_index=True)
    out["n_sites"] = out["n_sites"].astype(int)
    out["level"] = areas.level
    out["specific_yield_kwh_per_kwp"] = out["energy_kwh"] / out["capacity_kwp"].where(out["capacity_kwp"] > 0)
    out["lcoe_cny_per_kwh"] = out.pop("cost_cny") / out["energy_kwh"].where(out["energy_kwh"] > 0)
    return out.assign(geometry=outlines.reindex(out["zone_id"]).to_numpy())


def doubt_areas(areas: Areas, points: np.ndarray, layer: str) -> list[Finding]:
    """Tell sites that several areas count, and areas that hold none.

    Parameters
    ----------
    areas
        Areas of one level.
    points
        (n, 2) representative points of the sites. [m]
    layer
        File of the areas.
    """
    outlines = areas.outlines.dissolve("name", sort=True)["geometry"]
    site, area = shapely.STRtree(outlines.to_numpy()).query(shapely.points(points), predicate="intersects")
    times, empty = np.bincount(site), outlines.index[np.bincount(area, minlength=len(outlines)) == 0]
    found = []
    if several := int((times > 1).sum()):
        found.append(finding("areas-overlap", layer=layer, count=several, total=int((times > 0).sum())))
    if len(empty):
        names = ", ".join(map(str, empty[:NAMED]))
        found.append(finding("areas-without-sites", layer=layer, count=len(empty), total=len(outlines), names=names))
    return found


def _amounts(rows: pd.DataFrame) -> pd.DataFrame:
    """Columns that add up."""
    out = rows[["site_type", *SUMMED, *(name for name in PLANNED if name in rows)]].copy()
    out["n_sites"] = (rows["capacity_kwp"] > 0).astype(int)
    out["cost_cny"] = (rows["lcoe_cny_per_kwh"] * rows["energy_kwh"]).fillna(0.0)
    return out


def _park(load_kw: np.ndarray, power_kw: np.ndarray, carbon: CarbonSettings) -> dict[str, float]:
    """Self-sufficiency by the hour, and how far what is still bought is from near-zero carbon.

    Notes
    -----
    Electricity alone: what a park burns beside it is not known.
    """
    load, used = float(load_kw.sum()), float(np.minimum(power_kw, load_kw).sum())
    emitted, energy = (load - used) / 1e3 * carbon.co2_t_per_mwh, load * carbon.coal_equivalent_kg_per_kwh / 1e3
    return {
        "load_kwh": load,
        "self_sufficiency": used / load if load > 0 else np.nan,
        "carbon_t_per_tce": emitted / energy if energy > 0 else np.nan,
        "near_zero_gap_t_per_year": max(emitted - carbon.near_zero_t_per_tce * energy, 0.0),
    }
