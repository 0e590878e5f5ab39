"""The planning stage over tables that are held at once: cut into parts, worked on part by part, and added up."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from pvmap.findings import Finding
from pvmap.planning import profiles as hours
from pvmap.planning import totals as sums
from pvmap.planning.aggregate import Places, zone_sums, zones_of
from pvmap.planning.appraise import Beside, Tables, conclude, weigh, whole_of, whole_sums
from pvmap.planning.money.scenario_table import CityPrices
from pvmap.planning.money.tariff import market_price
from pvmap.planning.partial import Partial, add_up
from pvmap.planning.profiles import Shapes
from pvmap.settings.city import Settings
from pvmap.settings.policy import BandSettings

PARTS = 3
OFFSET = 8.0


def stretches(frame: pd.DataFrame, parts: int = PARTS) -> list[np.ndarray]:
    return [rows for rows in np.array_split(np.arange(len(frame)), parts) if len(rows)]


def part_of(tables: Tables, rows: np.ndarray) -> Tables:
    """The rows of some sites in every table."""
    sites = tables.sites.iloc[rows].reset_index(drop=True)
    of_site = [t[t["site_id"].isin(sites["site_id"])].reset_index(drop=True) for t in (tables.surfaces, tables.yields)]
    shade = tables.shade[tables.shade["surface_id"].isin(of_site[0]["surface_id"])].reset_index(drop=True)
    exclusions = tables.exclusions[tables.exclusions["site_id"].isin(sites["site_id"])].reset_index(drop=True)
    return Tables(sites, *of_site, shade, exclusions)


def appraise(
    sites: pd.DataFrame,
    surfaces: pd.DataFrame,
    yields: pd.DataFrame,
    shade: pd.DataFrame,
    exclusions: pd.DataFrame,
    settings: Settings,
    profiles: pd.DataFrame | None = None,
    *,
    overrides: pd.DataFrame | None = None,
    years_kwh: np.ndarray | None = None,
    parts: int = PARTS,
) -> pd.DataFrame:
    """Appraise a city of some parts."""
    every = Tables(sites, surfaces, yields, shade, exclusions)
    shapes = None if profiles is None else Shapes.of(profiles, settings.city.utc_offset_hours)
    held = []
    for rows in stretches(sites, parts):
        tables = part_of(every, rows)
        mine = None if overrides is None else overrides[overrides["site_id"].isin(tables.sites["site_id"])]
        beside = Beside(shapes, mine, None if years_kwh is None else years_kwh[rows])
        held.append((weigh(tables, settings, mine), tables, beside))
    sums, prices = add_up(whole_sums(weighed, own.sites, own.yields) for weighed, own, _ in held), None
    if shapes is not None:
        net = hours.reduce_profiles(shapes, sums.sums["months"])
        market = market_price(shapes.hours, settings.planning.tariff)
        prices = CityPrices.of(net.power_kw.sum(axis=0), market, {})
    whole = whole_of(sums, settings, prices)
    done = [conclude(weighed, own.sites, settings, beside, whole) for weighed, own, beside in held]
    return pd.concat(done, ignore_index=True)


def places(sites: gpd.GeoDataFrame) -> Places:
    """Where sites lie, by their outlines."""
    return Places(shapely.get_coordinates(sites.geometry.representative_point().to_numpy()), sites.total_bounds)


def aggregate(
    appraisal: pd.DataFrame,
    sites: gpd.GeoDataFrame,
    districts: gpd.GeoDataFrame | None,
    townships: gpd.GeoDataFrame | None,
    settings: Settings,
) -> gpd.GeoDataFrame:
    """Zones of a city of some parts."""
    parts = (zone_sums(appraisal.iloc[r], sites.iloc[r], places(sites.iloc[r]), settings) for r in stretches(sites))
    return zones_of(add_up(parts), districts, townships, settings, sites.crs)


def reduce_profiles(
    profiles: pd.DataFrame, appraisal: pd.DataFrame, sites: pd.DataFrame, yields: pd.DataFrame
) -> pd.DataFrame:
    """Profiles of what can still be built, of a city of some parts."""
    parts = []
    for rows in stretches(sites):
        own = sites.iloc[rows]
        mine = yields[yields["site_id"].isin(own["site_id"])]
        parts.append(Partial({"months": hours.month_sums(appraisal.iloc[rows], own, mine)}))
    return hours.reduce_profiles(Shapes.of(profiles, OFFSET), add_up(parts).sums["months"]).table()


def kinds(appraisal: pd.DataFrame, sites: pd.DataFrame, settings: BandSettings) -> pd.DataFrame:
    """Sums per kind, of a city of some parts."""
    rows = stretches(sites)
    parts = (Partial({"kinds": sums.kind_sums(appraisal.iloc[r], sites.iloc[r], settings)}) for r in rows)
    return add_up(parts).sums["kinds"]


def check_bands(
    appraisal: pd.DataFrame, sites: pd.DataFrame, settings: BandSettings
) -> tuple[list[dict[str, Any]], list[Finding]]:
    """Bands of a city of some parts."""
    return sums.check_bands(kinds(appraisal, sites, settings), settings)
