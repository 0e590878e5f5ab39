"""Sums per city, district, township and grid cell, made of what each part of the city adds to them."""

from __future__ import annotations

from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import CRS

from pvmap.planning.partial import BOUNDS, Partial
from pvmap.planning.places import township_ids
from pvmap.planning.risk.uncertainty import EXCEEDED, input_spreads, quantile_factor, sigma_of_terms, variance_terms
from pvmap.settings.base import LEVELS_OF_ZONES
from pvmap.settings.city import Settings
from pvmap.tables.plan import ALL

KEY = ["level", "zone_id", "site_type"]
MARGIN_M = 1.0  # around sites whose area has no outline of its own


class Places(NamedTuple):
    """Where n sites lie, in the metric CRS.

    Attributes
    ----------
    point
        (n, 2), within each outline. [m]
    bounds
        (4,) of all outlines together: west, south, east, north. [m]
    """

    point: np.ndarray
    bounds: np.ndarray


def zone_sums(appraisal: pd.DataFrame, sites: pd.DataFrame, places: Places, settings: Settings) -> Partial:
    """Sum some sites of a city into zones, per kind of site.

    Parameters
    ----------
    appraisal, sites
        Contract tables in the same order.
    places
        Where the sites lie.
    settings
        Name of the city and size of the grid's cells.

    Returns
    -------
    Partial
        Sums "zones" by level, zone and kind; bounds "places" of the sites by level and zone, and of the city.
    """
    energy = appraisal["energy_kwh"].to_numpy(float)
    lcoe = appraisal["lcoe_cny_per_kwh"].to_numpy(float) if "lcoe_cny_per_kwh" in appraisal else np.zeros(len(energy))
    frame = pd.DataFrame(
        {
            "n_sites": (appraisal["capacity_kwp"].to_numpy(float) > 0).astype(int),
            "area_m2": appraisal["used_area_m2"].to_numpy(float),
            "capacity_kwp": appraisal["capacity_kwp"].to_numpy(float),
            "capacity_kwac": appraisal["capacity_kwac"].to_numpy(float),
            "energy_kwh": energy,
            "cost_cny": np.where(energy > 0, lcoe * energy, 0.0),
            "co2_t_per_year": appraisal["co2_t_per_year"].to_numpy(float) if "co2_t_per_year" in appraisal else 0.0,
        }
    )
    if "expected_kwh" in appraisal:
        expected = appraisal["expected_kwh"].to_numpy(float)
        terms = variance_terms(expected, input_spreads(appraisal), settings.planning.risk)
        frame = pd.concat([frame, terms], axis=1)
    sums, bounds_of = [], [_city_bounds(settings.city.name, places.bounds)]
    kind, kinds = pd.factorize(appraisal["site_type"].to_numpy(object))
    corners = pd.DataFrame(dict(zip(BOUNDS, (*places.point.T, *places.point.T), strict=True)))
    for level, (zone, names) in _names(sites, places.point, settings).items():
        here = names[zone] != "" if level == "township" else np.ones(len(frame), bool)
        if not here.any():
            continue
        of_zone = frame[here].groupby((zone * len(kinds) + kind)[here]).sum()
        at, of_kind = np.divmod(of_zone.index.to_numpy(), len(kinds))
        sums.append(
            of_zone.set_axis(pd.MultiIndex.from_arrays([[level] * len(at), names[at], kinds[of_kind]], names=KEY))
        )
        if level in ("district", "township"):
            bounds = corners[here].groupby(zone[here]).agg(BOUNDS)
            key = pd.MultiIndex.from_product([[level], names[bounds.index]], names=KEY[:2])
            bounds_of.append(bounds.set_axis(key))
    return Partial({"zones": pd.concat(sums)}, {"places": pd.concat(bounds_of)})


def zones_of(
    whole: Partial,
    districts: gpd.GeoDataFrame | None,
    townships: gpd.GeoDataFrame | None,
    settings: Settings,
    crs: CRS | str,
) -> gpd.GeoDataFrame:
    """Give the zones of a city, per kind of site and for all kinds.

    Parameters
    ----------
    whole
        ``zone_sums`` of all its parts, added up.
    districts, townships
        Outlines with the columns `name` and geometry in the same CRS, or None; townships also name their `district`.
    settings
        Name of the city and size of the grid's cells.
    crs
        Metric CRS.

    Returns
    -------
    geopandas.GeoDataFrame
        Contract table "zones". Sites outside all districts form the zone "" of level district, so that each level but
        township sums to the city; townships do where every site has one. Ratios are ratios of sums; the levelised cost
        is that of all energy together.
    """
    sums, places = whole.sums["zones"], whole.bounds["places"]
    there = sums.index.unique("level")
    parts = []
    for level in dict.fromkeys((*LEVELS_OF_ZONES, *there)):
        if level not in there:
            continue
        here = sums.loc[[level]]
        every = here.groupby(KEY[:2], sort=True).sum().assign(site_type=ALL)
        out = pd.concat([here.reset_index(), every.reset_index()], ignore_index=True)
        for name, above, below in (
            ("specific_yield_kwh_per_kwp", "energy_kwh", "capacity_kwp"),
            ("lcoe_cny_per_kwh", "cost_cny", "energy_kwh"),
        ):
            out[name] = out[above] / out[below].where(out[below] > 0)
        if "expected_kwh" in out:
            out = _with_quantiles(out)
        outline = _zone_outlines(level, out["zone_id"].unique(), places, districts, townships, settings)
        out["geometry"] = outline.reindex(out["zone_id"]).to_numpy()
        parts.append(out.drop(columns="cost_cny"))
    return gpd.GeoDataFrame(pd.concat(parts, ignore_index=True), geometry="geometry", crs=crs)


def _with_quantiles(zones: pd.DataFrame) -> pd.DataFrame:
    """Put P50, P75 and P90 of each zone in the place of the terms of its variance."""
    sigma, total = sigma_of_terms(zones), zones["expected_kwh"]
    quantiles = {f"{name}_kwh": total * quantile_factor(p, sigma) for name, p in EXCEEDED.items()}
    terms = [name for name in zones.columns if name.startswith("shared_")]
    return zones.drop(columns=[*terms, "own_kwh2", "expected_kwh"]).assign(**quantiles)


def _names(sites: pd.DataFrame, point: np.ndarray, settings: Settings) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Zone of each site at every level, (n,), and the names of these; "" where it has no township."""
    x, y = np.floor(point / settings.planning.grid_cell_m).astype(int).T
    key = pd.factorize(x)[0] * len(y) + pd.factorize(y)[0]
    _, first, cell = np.unique(key, return_index=True, return_inverse=True)
    return {
        "city": (np.zeros(len(sites), int), np.array([settings.city.name], object)),
        "district": pd.factorize(sites["district"].to_numpy(object)),
        "township": pd.factorize(township_ids(sites)),
        "grid": (cell, np.array([f"{x[i]}_{y[i]}" for i in first.tolist()], object)),
    }


def _city_bounds(name: str, bounds: np.ndarray) -> pd.DataFrame:
    index = pd.MultiIndex.from_tuples([("city", name)], names=KEY[:2])
    return pd.DataFrame([bounds], index=index, columns=list(BOUNDS))


def _zone_outlines(
    level: str,
    names: np.ndarray,
    places: pd.DataFrame,
    districts: gpd.GeoDataFrame | None,
    townships: gpd.GeoDataFrame | None,
    settings: Settings,
) -> pd.Series:
    """Outline of each zone of a level; the box around its sites where none was given."""
    if level == "grid":
        return _cells(names, settings.planning.grid_cell_m)
    box = places.loc[level]
    if level == "city":
        if districts is not None and len(districts):
            return pd.Series({settings.city.name: shapely.union_all(districts.geometry.to_numpy())}, dtype=object)
        return pd.Series(shapely.box(*box.to_numpy().T), index=box.index, dtype=object)
    corners = shapely.points(box.to_numpy().reshape(-1, 2))
    return _outlines(districts if level == "district" else _with_ids(townships), np.repeat(box.index, 2), corners)


def _outlines(areas: gpd.GeoDataFrame | None, names: np.ndarray, point: np.ndarray) -> pd.Series:
    """Outline of each named area; the box around its points where none was given."""
    known: dict[str, Any] = {}
    if areas is not None:
        for name, rows in areas.groupby("name", sort=False):
            known[str(name)] = shapely.union_all(rows.geometry.to_numpy())
    xy = pd.DataFrame(shapely.get_coordinates(point)).groupby(names, sort=False)
    low, high = xy.min() - MARGIN_M, xy.max() + MARGIN_M
    boxes = shapely.box(low[0], low[1], high[0], high[1])
    return pd.Series({**dict(zip(low.index, boxes, strict=True)), **known}, dtype=object)


def _with_ids(townships: gpd.GeoDataFrame | None) -> gpd.GeoDataFrame | None:
    if townships is None or "district" not in townships:
        return townships
    return townships.assign(name=township_ids(townships.rename(columns={"name": "township"})))


def _cells(names: np.ndarray, cell_m: float) -> pd.Series:
    corner = np.array([[int(i) for i in n.split("_")] for n in names], float).reshape(-1, 2) * cell_m
    boxes = shapely.box(corner[:, 0], corner[:, 1], corner[:, 0] + cell_m, corner[:, 1] + cell_m)
    return pd.Series(list(boxes), index=names, dtype=object)
