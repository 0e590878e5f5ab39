"""Outlines among buildings: of a park that holds many, and of a building whose parts are rows of their own."""

from __future__ import annotations

from typing import NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from geopandas.array import GeometryArray

from pvmap.findings import EXAMPLES, Finding, finding
from pvmap.sites.boxes import neighbours
from pvmap.sites.reading import nothing_refused, refuse
from pvmap.sites.roof_use import MEASURED

INSIDE = 0.95  # share of a polygon that must lie in another one
MANY = 5  # judgement: a podium carries two or three towers, a park, a school or a block more
FEW = 2  # judgement: a pond or a pit within another one is drawn twice, two and more are what its outline holds
PODIUM_LOWER_M = 2.0  # judgement: less than a storey is the noise of measured heights
LOWEST_PODIUM_M = 2.5  # no floor fits below
PODIUM_COVER, SPACIOUS_M2 = 0.15, 5000.0  # judgement: towers take more of a podium, and a yard is smaller
PARTS_COVER = 0.9  # judgement: parts make up their building, up to passages and yards
PARTS_OVERLAP = 1.05
PARTS_MOSTLY = 0.6  # judgement: less, no lower or higher than what surrounds them, are houses in a yard


class Holding(NamedTuple):
    """Pairs of positions, (m,) each: a polygon, and one that lies inside it."""

    outer: np.ndarray
    inner: np.ndarray


def holding(polygons: GeometryArray, pairs: np.ndarray) -> Holding:
    """Find which polygons hold which, twins left out.

    Parameters
    ----------
    polygons : (n,) geometries
    pairs
        `neighbours` among their bounds.
    """
    area, bounds = polygons.area, polygons.bounds
    inner, outer = np.concatenate([of[:, area[of[1]] * INSIDE > area[of[0]]] for of in (pairs, pairs[::-1])], axis=1)
    order = np.lexsort((outer, inner))
    inner, outer = inner[order], outer[order]
    low = np.maximum(bounds[inner, :2], bounds[outer, :2])
    high = np.minimum(bounds[inner, 2:], bounds[outer, 2:])
    near = np.maximum(high - low, 0.0).prod(axis=1) >= INSIDE * area[inner]  # what is shared fits into the common box
    inner, outer = inner[near], outer[near]
    shared = shapely.area(shapely.intersection(np.asarray(polygons[outer]), np.asarray(polygons[inner])))
    inside = shared >= INSIDE * area[inner]
    return Holding(outer[inside], inner[inside])


def settle(sites: gpd.GeoDataFrame) -> tuple[gpd.GeoDataFrame, pd.DataFrame, list[Finding]]:
    """Fold parts into their building, and refuse outlines that hold many buildings.

    A row that holds five others and more is no building, unless it is known to be lower than they are: a podium. Two to
    four rows that make up another one are its parts: it takes the largest height that was measured.

    Parameters
    ----------
    sites
        Buildings of the whole city.

    Returns
    -------
    tuple of GeoDataFrame, DataFrame and list of Finding
        The other sites, the refused rows as "rejects", and how many there were by file.
    """
    if not len(sites):
        return sites, nothing_refused(), []
    polygons = sites.geometry.array
    outer, inner = holding(polygons, neighbours(polygons.bounds))
    if not len(outer):
        return sites, nothing_refused(), []
    measured = np.isin(sites["height_source"].to_numpy(object), MEASURED)
    height = np.where(measured, sites["height_m"].to_numpy(float), np.nan)
    pairs = pd.DataFrame({"outer": outer, "height": height[inner], "area": polygons.area[inner]})
    groups = pairs.groupby("outer")
    held = pd.DataFrame({"n": groups.size(), "median": groups["height"].median(), "top": groups["height"].max()})
    held["covered"] = groups["area"].sum() / polygons.area[held.index]
    own = height[held.index]
    podium = (own < held["median"].to_numpy() - PODIUM_LOWER_M) & (own >= LOWEST_PODIUM_M)
    outlines = held.index[(held["n"] >= MANY).to_numpy() & ~podium].to_numpy()
    whole = held["n"].between(2, MANY - 1) & held["covered"].between(PARTS_COVER, PARTS_OVERLAP)
    wholes = held.index[whole]
    parts = np.setdiff1d(inner[np.isin(outer, wholes)], outlines)

    heights = sites["height_m"].to_numpy(float).copy()
    from_parts = sites["height_source"].to_numpy(object).copy()
    higher = held.loc[wholes, "top"].to_numpy()
    raised = np.isfinite(higher) & ~(height[wholes] >= higher)
    heights[wholes[raised]] = higher[raised]
    from_parts[wholes[raised]] = "column"
    sites = sites.assign(height_m=heights, height_source=pd.Series(from_parts, index=sites.index, dtype="str"))

    rejects, found = [nothing_refused()], []
    holds = [f"holds {n}" for n in held.loc[outlines, "n"]]
    for code, rows, reason, detail in (
        ("outlines-refused", outlines, "outline that holds other buildings", holds),
        ("parts-folded", parts, "part of another building", ["folded into its building"] * len(parts)),
    ):
        gone = sites.iloc[rows]
        rejects.append(refuse(gone, reason, pd.Series(detail, index=gone.index, dtype="str")))
        found += by_file(code, gone, sites["source"].value_counts())
    spacious = held["covered"].lt(PODIUM_COVER) & (polygons.area[held.index] > SPACIOUS_M2)
    apart_m = np.abs(own - held["median"].to_numpy())
    spacious |= held["n"].ge(FEW) & held["covered"].lt(PARTS_MOSTLY) & ~(apart_m > PODIUM_LOWER_M)
    doubtful = np.setdiff1d(held.index[spacious], np.union1d(outlines, parts))
    found += by_file("sites-hold-others", sites.iloc[doubtful], sites["source"].value_counts())
    kept = sites.drop(index=sites.index[np.union1d(outlines, parts)]).reset_index(drop=True)
    return kept, pd.concat(rejects, ignore_index=True), found


def doubt(sites: gpd.GeoDataFrame) -> tuple[gpd.GeoDataFrame, pd.DataFrame, list[Finding]]:
    """Tell mines and ponds that hold others of their kind: zones, of which the rest counts beside what they hold.

    Returns
    -------
    tuple of GeoDataFrame, DataFrame and list of Finding
        As for `settle`: the same sites, no row refused, and how many there are by file.
    """
    polygons = sites.geometry.array
    held = holding(polygons, neighbours(polygons.bounds)) if len(sites) else None
    if held is None:
        return sites, nothing_refused(), []
    zones, number, n = np.unique(held.outer, return_inverse=True, return_counts=True)
    area = np.asarray(polygons.area)
    covered = np.bincount(number, area[held.inner], len(zones)) / area[zones]
    zones = zones[(n >= FEW) | ((covered < PODIUM_COVER) & (area[zones] > SPACIOUS_M2))]
    return sites, nothing_refused(), by_file("sites-hold-others", sites.iloc[zones], sites["source"].value_counts())


def by_file(code: str, rows: pd.DataFrame, total: pd.Series) -> list[Finding]:
    """One finding a file about some of the rows that came from it; `total` counts all its rows by file."""
    return [
        finding(
            code, layer=str(name), count=len(mine), total=max(int(total.get(name, 0)), len(mine)),
            rows=mine["source_row"].iloc[:EXAMPLES],
        )
        for name, mine in rows.groupby("source", sort=False)
    ]  # fmt: skip
