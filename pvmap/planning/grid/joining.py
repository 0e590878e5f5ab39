"""Which transformer a site joins: by its supply area, else the nearest of the level it needs."""

from __future__ import annotations

from typing import NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from scipy.spatial import cKDTree

from pvmap.planning.grid.devices import Devices
from pvmap.planning.grid.hosting import NOWHERE

ANY_LEVEL = 0.0  # of a plant that joins the lowest level there is
LARGE_KV, VERY_LARGE_KV, VERY_LARGE_MWAC = 35.0, 110.0, 20.0  # roofs above 6 MW, and above 20 MW [nea7]


class Joined(NamedTuple):
    """Device of each site."""

    device: np.ndarray  # (n,) row, `NOWHERE` for none
    by: np.ndarray  # (n,) polygon, nearest or none


def level_needed(plan_class: np.ndarray, kwac: np.ndarray, connect_kv: float) -> np.ndarray:
    """Level each site must join at least, (n,) [kV]: `ANY_LEVEL` for homes and general commerce and industry.

    Parameters
    ----------
    plan_class
        (n,) class of plants.
    kwac
        (n,) AC capacity. [kW]
    connect_kv
        Level that mines and ponds join.
    """
    large = np.where(kwac > VERY_LARGE_MWAC * 1e3, VERY_LARGE_KV, LARGE_KV)
    central = np.isin(plan_class, ("mine", "fishpond"))
    return np.where(central, connect_kv, np.where(plan_class == "ci_large", large, ANY_LEVEL))


def join(
    points: np.ndarray,
    needed_kv: np.ndarray,
    devices: Devices,
    places: np.ndarray,
    areas: gpd.GeoDataFrame | None,
    max_km: dict[str, float],
) -> Joined:
    """Find the device of each site.

    Parameters
    ----------
    points
        (n, 2) representative points of the sites. [m]
    needed_kv
        (n,) `level_needed`.
    devices
        The grid.
    places
        (m, 2) where the devices stand, NaN where that is not known. [m]
    areas
        Supply areas, with `device_id`, in the CRS of `points`.
    max_km
        Greatest distance to the nearest device, by its level.

    Returns
    -------
    Joined
        A site in the area of a device of too low a level joins that device's superior. Where no device reaches the
        level that is needed, the highest there is serves.
    """
    device = _by_area(points, devices, areas)
    level = devices.frame["level_kv"].to_numpy(float)
    needed = np.minimum(needed_kv, level.max(initial=0.0))
    while True:
        low = device != NOWHERE
        low[low] = level[device[low]] < needed[low]
        if not low.any():
            break
        device[low] = devices.parent[device[low]]
    by = np.where(device != NOWHERE, "polygon", "none").astype(object)
    for kv in np.unique(needed[device == NOWHERE]):
        rows = np.flatnonzero((device == NOWHERE) & (needed == kv))
        lowest = level[level >= kv].min(initial=np.inf)
        near = np.flatnonzero((level == lowest) & np.isfinite(places).all(axis=1))
        if not near.size:
            continue
        far, at = cKDTree(places[near]).query(points[rows], distance_upper_bound=_reach_m(lowest, max_km))
        found = np.isfinite(far)
        device[rows[found]], by[rows[found]] = near[at[found]], "nearest"
    return Joined(device, by)


def _by_area(points: np.ndarray, devices: Devices, areas: gpd.GeoDataFrame | None) -> np.ndarray:
    """Device of the lowest level whose area holds each point, (n,)."""
    device = np.full(len(points), NOWHERE)
    if areas is None or not len(areas):
        return device
    rows = pd.Index(devices.frame["device_id"]).get_indexer(areas["device_id"])
    site, area = shapely.STRtree(areas.geometry.to_numpy()).query(shapely.points(points), predicate="intersects")
    order = np.argsort(rows[area], kind="stable")  # superiors stand first, so the lowest is written last
    device[site[order]] = rows[area[order]]
    return device


def _reach_m(level_kv: float, max_km: dict[str, float]) -> float:
    """Greatest distance of a level, that of the next lower one where it has none of its own [m]."""
    known = sorted((float(kv), km) for kv, km in max_km.items())
    below = [km for kv, km in known if kv <= level_kv]
    return 1e3 * (below[-1] if below else known[0][1])


def places_of(devices: Devices, xy: np.ndarray, areas: gpd.GeoDataFrame | None) -> np.ndarray:
    """Where devices stand, (m, 2) [m]: as given, else inside their supply area, else NaN."""
    out = np.array(xy, float)
    if areas is None or not len(areas):
        return out
    middle = shapely.get_coordinates(shapely.point_on_surface(areas.geometry.to_numpy()))
    rows = pd.Index(devices.frame["device_id"]).get_indexer(areas["device_id"])
    lost = np.isnan(out[rows]).any(axis=1)
    out[rows[lost]] = middle[lost]
    return out
