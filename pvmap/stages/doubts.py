"""What is doubtful about the city as a whole: where its sites lie, how large they are, whether its CRS is true."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
from pyproj import CRS

from pvmap.crs import choose_metric_crs, distance_km
from pvmap.errors import ConfigError, InputError
from pvmap.findings import EXAMPLES, Finding, finding
from pvmap.sites.outlines import by_file
from pvmap.sites.reading import nothing_refused, refuse
from pvmap.sources.places import scale_error

WIDEST_KM = 300.0  # judgement: the largest prefectures of China's east span 200 km
REACH_KM = 150.0
# judgement: a slip in a digit of degrees is 70 km and more; nine of ten sites of a town lie ten times nearer together
STRAY_KM, STRAY_TIMES, TOGETHER = 60.0, 10.0, 0.9
# judgement: the largest roofs of factories have 0.3 km2; quarries and ponds of several km2 are districts and lakes
LARGEST_KM2 = {"rooftop": 0.3, "mine": 5.0, "fishpond": 5.0}
IMPOSSIBLE_KM2 = {"rooftop": 3.0, "mine": 100.0, "fishpond": 100.0}  # judgement: twice the largest in the world
FAR_KM = 2000.0  # judgement: farther from the middle than any province reaches
NEAR_DEG = 10.0  # to either side: nothing within is so far
BLOCK_M2, LEAST_ROOFS = 10_000.0, 10  # judgement: half of the halls of any industrial park are smaller
SCALE_DOUBTFUL = 0.002  # areas are then off by 0.4 %, less than any other error
SCALE_REFUSED = 0.02  # areas are then off by 4 %, as much as a year's weather


def refuse_impossible(sites: gpd.GeoDataFrame) -> tuple[gpd.GeoDataFrame, pd.DataFrame, list[Finding]]:
    """Refuse sites of one kind that are larger than any of its kind in the world.

    Returns
    -------
    tuple of GeoDataFrame, DataFrame and list of Finding
        The others, the refused rows as "rejects", and how many there are by file.
    """
    area_km2 = sites["footprint_area_m2"].to_numpy(float) / 1e6
    bad = area_km2 > (IMPOSSIBLE_KM2[sites["site_type"].iloc[0]] if len(sites) else np.inf)
    if not bad.any():
        return sites, nothing_refused(), []
    gone = sites[bad]
    detail = pd.Series([f"{area:,.3g} km2" for area in area_km2[bad]], index=gone.index, dtype="str")
    rejects = refuse(gone, "far too large for its kind", detail)
    found = by_file("sites-impossible", gone, sites["source"].value_counts())
    return sites[~bad].reset_index(drop=True), rejects, found


def refuse_far(sites: gpd.GeoDataFrame) -> tuple[gpd.GeoDataFrame, pd.DataFrame, list[Finding]]:
    """Refuse sites that lie on another part of the earth than most of their kind, or on none.

    Returns
    -------
    tuple of GeoDataFrame, DataFrame and list of Finding
        As for `refuse_impossible`; where half of them lie far apart nobody knows which are lost, and all stay.
    """
    if not len(sites):
        return sites, nothing_refused(), []
    longitude, latitude = (sites[name].to_numpy(float) for name in ("longitude", "latitude"))
    on_earth = (np.abs(longitude) <= 180.0) & (np.abs(latitude) <= 90.0)
    east, north = (np.median(degrees[on_earth]) if on_earth.any() else 0.0 for degrees in (longitude, latitude))
    away_km = np.where(on_earth, 0.0, np.inf)
    perhaps = on_earth & ((np.abs(longitude - east) > NEAR_DEG) | (np.abs(latitude - north) > NEAR_DEG))
    away_km[perhaps] = distance_km((east, north), longitude[perhaps], latitude[perhaps])
    bad = away_km > FAR_KM
    if not bad.any() or 2 * bad.sum() >= len(sites):
        return sites, nothing_refused(), []
    gone = sites[bad]
    said = [f"{km:,.0f} km away" if np.isfinite(km) else "on no place of the earth" for km in away_km[bad]]
    rejects = refuse(gone, "far from the others", pd.Series(said, index=gone.index, dtype="str"))
    found = by_file("rows-far-away", gone, sites["source"].value_counts())
    return sites[~bad].reset_index(drop=True), rejects, found


def doubt_sites(sites: gpd.GeoDataFrame, metric: CRS) -> list[Finding]:
    """Doubt the sites of the whole city.

    Parameters
    ----------
    sites
        Rows of all kinds with ``longitude`` and ``latitude``.
    metric
        CRS they are measured in.

    Raises
    ------
    ConfigError
        The CRS is off by more than `SCALE_REFUSED` where most of the sites lie.
    InputError
        So it is, and no other would be better: they lie too far apart.
    """
    return [*_true_crs(sites, metric), *_apart(sites), *_large(sites), *_blocks(sites)]


def _true_crs(sites: gpd.GeoDataFrame, metric: CRS) -> list[Finding]:
    """Scale of the CRS in the middle of the sites and at the edges of their bulk."""
    longitude, latitude = (
        np.quantile(sites[name].to_numpy(float), (0.05, 0.5, 0.95)) for name in ("longitude", "latitude")
    )
    places = [grid.ravel() for grid in np.meshgrid(longitude, latitude)]
    error = scale_error(metric, *places)
    if error <= SCALE_DOUBTFUL:
        return []
    chosen = choose_metric_crs(sites["longitude"].to_numpy(float), sites["latitude"].to_numpy(float))
    better = chosen.to_string()
    if error > SCALE_REFUSED and scale_error(chosen, *places) > SCALE_REFUSED:
        east, north = (sites[name].to_numpy(float) for name in ("longitude", "latitude"))
        away_km = distance_km((longitude[1], latitude[1]), east, north)
        at = int(np.argmax(away_km))
        raise InputError(
            f"Sites lie {away_km[at]:,.0f} km from the middle of all, first {sites['site_id'].iloc[at]} at "
            f"{east[at]:.2f} E, {north[at]:.2f} N: no city is so wide; correct their place, or leave their layer out."
        )
    if error > SCALE_REFUSED:
        raise ConfigError(
            f"city.crs = {metric.to_string()} is not true where the data lie "
            f"({longitude[1]:.2f} E, {latitude[1]:.2f} N): lengths are off by {min(error, 9.99):.0%}; "
            f"set city.crs to {better}, or leave it empty."
        )
    if better == metric.to_string():  # a few sites lie far from the others, as is told by `_apart`
        return []
    return [finding("crs-distorts", layer="city", own=metric.to_string(), error=error, better=better)]


def _apart(sites: gpd.GeoDataFrame) -> list[Finding]:
    """Sites far from the middle of all, or from nearly all of their kind."""
    west, south, east, north = sites.geometry.array.total_bounds
    width_km = max(east - west, north - south) / 1e3
    wide = width_km > WIDEST_KM
    reach_km = REACH_KM if wide else STRAY_KM
    if width_km <= reach_km:
        return []
    bounds = sites.geometry.array.bounds
    middle = (bounds[:, :2] + bounds[:, 2:]) / 2.0
    away_km = np.hypot(*(middle - np.median(middle, axis=0)).T) / 1e3
    far = np.flatnonzero(away_km > reach_km if wide else _strays(sites, middle))
    if not len(far):
        return []
    order = far[np.argsort(-away_km[far])][:EXAMPLES]
    return [
        finding(
            "city-too-wide", layer="city", count=len(far), total=len(sites), width_km=float(width_km),
            reach_km=reach_km, sites=sites["site_id"].iloc[order],
        )
    ]  # fmt: skip


def _strays(sites: gpd.GeoDataFrame, middle: np.ndarray) -> np.ndarray:
    """Sites that lie in no district, far from where nearly all of their kind lie together."""
    stray, kinds = np.zeros(len(sites), bool), sites["site_type"].to_numpy(object)
    for kind in np.unique(kinds):
        mine = np.flatnonzero(kinds == kind)
        away_km = np.hypot(*(middle[mine] - np.median(middle[mine], axis=0)).T) / 1e3
        stray[mine] = away_km > max(STRAY_KM, STRAY_TIMES * np.quantile(away_km, TOGETHER, method="lower"))
    return stray & sites["district"].eq("").to_numpy(bool)


def _large(sites: gpd.GeoDataFrame) -> list[Finding]:
    """Sites far larger than their kind."""
    found, area_km2 = [], sites["footprint_area_m2"].to_numpy(float) / 1e6
    for kind, limit_km2 in sorted(LARGEST_KM2.items()):
        of_kind = sites["site_type"].eq(kind).to_numpy(bool)
        large = np.flatnonzero(of_kind & (area_km2 > limit_km2))
        for layer in sorted(set(sites["source"].iloc[large])):
            of_layer = sites["source"].eq(layer).to_numpy(bool)
            rows = large[of_layer[large]]
            rows = rows[np.argsort(-area_km2[rows], kind="stable")]
            found.append(
                finding(
                    "site-too-large", layer=layer, column=kind, count=len(rows), total=int((of_kind & of_layer).sum()),
                    sites=sites["site_id"].iloc[rows[:EXAMPLES]], kind=kind, limit_km2=limit_km2,
                    largest_km2=float(f"{area_km2[rows[0]]:.3g}"),
                )
            )  # fmt: skip
    return found


def _blocks(sites: gpd.GeoDataFrame) -> list[Finding]:
    """Layers of buildings of which half are as large as plots."""
    found = []
    roofs = sites.loc[sites["site_type"].eq("rooftop"), ["source", "site_id", "footprint_area_m2"]]
    for layer, mine in roofs.groupby("source"):
        median_m2 = float(mine["footprint_area_m2"].median())
        if len(mine) >= LEAST_ROOFS and median_m2 >= BLOCK_M2:
            few = mine.nlargest(EXAMPLES, "footprint_area_m2")["site_id"]
            total = len(mine)
            found.append(
                finding("roofs-like-blocks", layer=str(layer), count=total, total=total, median_m2=median_m2, sites=few)
            )
    return found
