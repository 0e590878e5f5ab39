"""What a kind of site is, what it may look at, and what it hands on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from geopandas.array import GeometryArray
from pyproj import CRS

from pvmap.crs import WGS84, grid_north, transformer
from pvmap.findings import Finding
from pvmap.memory import stretches
from pvmap.settings.city import Settings, VectorInput
from pvmap.sites.masks import LoadedMask
from pvmap.sources.asleep import PLACE, POINT, Asleep
from pvmap.sources.grid import Bounds, Grid
from pvmap.sources.vector import VectorLayer


@dataclass(frozen=True)
class Ground:
    """What a kind may look at when it places modules.

    Attributes
    ----------
    crs
        Metric CRS of everything spatial.
    latitude
        Latitude [deg] of sites that carry none of their own.
    terrain
        Gives the terrain model over bounds [m] at its native resolution,
        or None where it has no data; None altogether where the city has no terrain model.
    masks
        Ground that may not be used, in the order in which area is attributed.
    roof_planes
        Gives the measured planes of rooftop sites as `measured.measured_planes` takes them; roofs without any keep the
        planes their footprint suggests.
    """

    crs: CRS
    latitude: float
    terrain: Callable[[Bounds], Grid | None] | None = None
    masks: tuple[LoadedMask, ...] = ()
    roof_planes: Callable[[gpd.GeoDataFrame], gpd.GeoDataFrame | None] | None = None


@dataclass(frozen=True)
class Placement:
    """Where modules go and why not elsewhere: contract tables "surfaces" and "exclusions"."""

    surfaces: gpd.GeoDataFrame
    exclusions: pd.DataFrame


Sites = tuple[gpd.GeoDataFrame, pd.DataFrame, tuple[Finding, ...]]
Reader = Callable[[Sequence[VectorLayer], Sequence[VectorInput], Settings], Sites]
Placer = Callable[[gpd.GeoDataFrame, Ground, Settings], Placement]
MasksOver = Callable[[Bounds], tuple[LoadedMask, ...]]


class Preparer(Protocol):
    """City-wide step of a kind."""

    def __call__(self, sites: gpd.GeoDataFrame, settings: Settings, masks_over: MasksOver = ...) -> gpd.GeoDataFrame:
        """Return the sites of all kinds, with what this kind needs to know of all of them."""
        ...


def no_masks(bounds: Bounds) -> tuple[LoadedMask, ...]:
    """Say that nothing is masked."""
    return ()


def unchanged(sites: gpd.GeoDataFrame, settings: Settings, masks_over: MasksOver = no_masks) -> gpd.GeoDataFrame:
    """Return the sites as they are: the city-wide step of kinds that need none."""
    return sites


@dataclass(frozen=True)
class SiteType:
    """One kind of site: a name and three functions.

    Attributes
    ----------
    name
        Value of ``site_type``.
    read
        Vector layers and the inputs they came from -> (sites, rejects, findings).
    place
        Sites of this kind -> surfaces and exclusions; per site, used + excluded plan area = footprint.
    prepare
        City-wide step over the sites of all kinds, for what a tile cannot see (ponds that form a cluster); it gets the
        masks over any bounds [m].
    """

    name: str
    read: Reader
    place: Placer
    prepare: Preparer = unchanged


def latitude_of(sites: gpd.GeoDataFrame, ground: Ground) -> np.ndarray:
    """Latitude per site [deg], from its own column so that tiling cannot change a number."""
    if "latitude" in sites.columns:
        return sites["latitude"].fillna(ground.latitude).to_numpy(float)
    return np.full(len(sites), ground.latitude)


def grid_north_of(sites: gpd.GeoDataFrame, crs: CRS) -> np.ndarray:
    """Azimuth of grid north per site [deg]: what an azimuth taken from geometry lacks to be a true one."""
    if {"longitude", "latitude"} <= set(sites.columns) and sites[["longitude", "latitude"]].notna().all(axis=None):
        return grid_north(crs, sites["longitude"], sites["latitude"])
    return grid_north(crs, *longitude_latitude(sites)) if len(sites) else np.zeros(0)


def points_within(polygons: np.ndarray | GeometryArray) -> np.ndarray:
    """Give a point within each polygon, (n, 2)."""
    if isinstance(polygons, Asleep):
        return polygons.look_up(POINT)
    polygons = np.asarray(polygons)
    some_points = (shapely.point_on_surface(polygons[some]) for some in stretches(len(polygons)))
    return np.concatenate([np.zeros((0, 2)), *(np.stack([shapely.get_x(p), shapely.get_y(p)], 1) for p in some_points)])


def longitude_latitude(sites: gpd.GeoDataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Give representative points in WGS84 [deg]."""
    polygons = sites.geometry.array
    if isinstance(polygons, Asleep):
        longitude, latitude = polygons.look_up(PLACE).T
        return longitude, latitude
    x, y = points_within(polygons).T
    return transformer(sites.crs, WGS84).transform(x, y)


def surfaces_frame(
    columns: dict[str, object], geometry: np.ndarray, crs: CRS, *, site_ids: np.ndarray
) -> gpd.GeoDataFrame:
    """Build the contract table "surfaces": surfaces get a running number within their site, in the order given."""
    of_site = pd.Series(pd.factorize(site_ids)[0])
    names = [f"{site_id}/{n}" for site_id, n in zip(site_ids, of_site.groupby(of_site).cumcount(), strict=True)]
    frame = pd.DataFrame(
        {
            "surface_id": pd.Series(names, dtype="str"),
            "site_id": pd.Series(site_ids, dtype="str"),
            **columns,
            "measured": columns.get("measured", False),
        }
    )
    return gpd.GeoDataFrame(frame, geometry=geometry, crs=crs)
