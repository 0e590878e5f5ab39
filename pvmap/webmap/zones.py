"""Outlines and zones: a few thousand polygons as one JSON block per level, and which zone each site lies in.

The page adds the sites of a zone up itself, so that sums follow case and filter.
"""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely

from pvmap.crs import WGS84, transformer
from pvmap.planning.places import township_ids
from pvmap.webmap.style import CODES

DIGITS = 5  # of a degree: one metre
_ROW = 1 << 32  # a cell's key is column * _ROW + row


def outlines(frame: gpd.GeoDataFrame, tolerance_m: float) -> list[list[list[list[float]]]]:
    """Simplify polygons together, so that neighbours keep a common border, and give their rings in WGS84.

    Returns
    -------
    list
        Per row a list of rings of [latitude, longitude].
    """
    shapes = np.asarray(frame.geometry.array, dtype=object)
    if tolerance_m > 0 and len(shapes):
        valid = shapely.make_valid(shapes)
        shapes = shapely.coverage_simplify(valid, tolerance_m) if _polygonal(valid) else valid
    parts, part_of = shapely.get_parts(shapes, return_index=True)
    rings, of = shapely.get_rings(parts, return_index=True)
    xy, ring_of = shapely.get_coordinates(rings, return_index=True)
    longitude, latitude = transformer(pyproj.CRS(frame.crs), WGS84).transform(xy[:, 0], xy[:, 1])
    places = np.stack([latitude, longitude], axis=1).round(DIGITS)
    result: list[list[list[list[float]]]] = [[] for _ in range(len(frame))]
    first = np.searchsorted(ring_of, np.arange(len(rings) + 1)).tolist()
    for ring, row in enumerate(part_of[of].tolist()):
        result[row].append(places[first[ring] : first[ring + 1]].tolist())
    return result


def _polygonal(shapes: np.ndarray) -> bool:
    kinds = shapely.get_type_id(shapes)
    return bool(np.isin(kinds, (3, 6)).all())


def levels(zones: gpd.GeoDataFrame) -> list[str]:
    """Levels a map can show, coarse ones first: those whose zones one code can tell apart."""
    count = zones.groupby("level", observed=True)["zone_id"].nunique()
    order = ("district", "township", *sorted(set(count.index) - {"city", "district", "township", "grid"}), "grid")
    return [str(level) for level in order if 0 < count.get(level, 0) <= CODES]


def level_block(zones: gpd.GeoDataFrame, level: str, townships: dict[str, tuple[str, str]], tolerance_m: float) -> dict:
    """One level: ids, names, rings and areas of its zones in km2.

    What lies outside all districts has no outline to show unless nothing else has one. `townships` are as
    `township_names` gives them; where a zone is a township, the district it lies in stands beside it.
    """
    areas = _areas(zones, level)
    rings = outlines(areas, 0.0 if level == "grid" else tolerance_m)
    ids = areas["zone_id"].astype(str).tolist()
    if len(ids) > 1:
        rings = [ring if name else [] for name, ring in zip(ids, rings, strict=True)]
    km2 = [float(f"{v:.6g}") for v in shapely.area(areas.geometry.to_numpy()) / 1e6]
    block: dict[str, Any] = {"level": level, "ids": ids, "rings": rings, "area_km2": km2}
    if level == "township":
        block["within"], block["names"] = zip(*(townships.get(one, ("", one)) for one in ids), strict=True)
    return block


def township_names(sites: pd.DataFrame) -> dict[str, tuple[str, str]]:
    """District and name of each township, by its id: names may hold what parts them in the id."""
    pairs = sites[["district", "township"]].drop_duplicates().astype(str)
    return dict(zip(township_ids(pairs), pairs.itertuples(index=False, name=None), strict=True))


def _areas(zones: gpd.GeoDataFrame, level: str) -> gpd.GeoDataFrame:
    return zones[zones["level"] == level].drop_duplicates("zone_id").reset_index(drop=True)


def zone_codes(sites: pd.DataFrame, zones: gpd.GeoDataFrame, cell_m: float) -> dict[str, np.ndarray]:
    """Say for every site which zone of each level it lies in.

    Parameters
    ----------
    sites
        `district`, `township`, `longitude` and `latitude` of the representative point.
    zones
        Zones of the run.
    cell_m
        Side of a cell of the grid. [m]

    Returns
    -------
    dict
        Level -> 1 + place of the zone in its `level_block`, 0 for none. (site,)
    """
    to_metric = pyproj.Transformer.from_crs(4326, zones.crs, always_xy=True)
    x, y = to_metric.transform(sites["longitude"].to_numpy(float), sites["latitude"].to_numpy(float))
    found = {}
    for level in levels(zones):
        areas = _areas(zones, level)
        if level == "grid":
            corners = np.array([one.split("_") for one in areas["zone_id"].astype(str)], np.int64)
            cell = np.stack([np.floor(x / cell_m), np.floor(y / cell_m)], axis=1).astype(np.int64)
            at = pd.Index(corners[:, 0] * _ROW + corners[:, 1]).get_indexer(pd.Index(cell[:, 0] * _ROW + cell[:, 1]))
        elif level in ("district", "township"):
            at = _by_name(sites, level, pd.Index(areas["zone_id"].astype(str)))
        else:
            point, area = shapely.STRtree(areas.geometry.to_numpy()).query(shapely.points(x, y), "within")
            at = np.full(len(x), -1)
            at[point[::-1]] = area[::-1]  # of areas that overlap the first counts
        found[level] = (at + 1).astype(np.uint16)
    return found


def _by_name(sites: pd.DataFrame, level: str, ids: pd.Index) -> np.ndarray:
    """Place of each site's district or township among the ids of the zones, -1 for none."""
    district, districts = pd.factorize(sites["district"].astype(str))
    if level == "district":
        return ids.get_indexer(pd.Index(districts))[district]
    township, townships = pd.factorize(sites["township"].astype(str))
    pair, pairs = pd.factorize(district * len(townships) + township)
    columns = {"district": districts[pairs // len(townships)], "township": townships[pairs % len(townships)]}
    return ids.get_indexer(pd.Index(township_ids(pd.DataFrame(columns))))[pair]
