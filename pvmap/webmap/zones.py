"""Outlines and aggregates: a few thousand polygons as one JSON block per level."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely

VALUES = (
    "n_sites",
    "area_m2",
    "capacity_kwp",
    "energy_kwh",
    "specific_yield_kwh_per_kwp",
    "lcoe_cny_per_kwh",
    "co2_t_per_year",
)
DIGITS = 5  # of a degree: one metre


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
    to_wgs84 = pyproj.Transformer.from_crs(frame.crs, 4326, always_xy=True)
    rings, of = shapely.get_rings(shapely.get_parts(shapes), return_index=True)
    _, part_of = shapely.get_parts(shapes, return_index=True)
    result: list[list[list[list[float]]]] = [[] for _ in range(len(frame))]
    for ring, part in zip(rings, of, strict=True):
        xy = shapely.get_coordinates(ring)
        longitude, latitude = to_wgs84.transform(xy[:, 0], xy[:, 1])
        result[part_of[part]].append(np.stack([latitude, longitude], axis=1).round(DIGITS).tolist())
    return result


def _polygonal(shapes: np.ndarray) -> bool:
    kinds = shapely.get_type_id(shapes)
    return bool(np.isin(kinds, (3, 6)).all())


def level_block(zones: gpd.GeoDataFrame, level: str, tolerance_m: float) -> dict[str, Any] | None:
    """One level of the aggregates: names, rings, and per kind of site the columns the table holds.

    Returns
    -------
    dict or None
        None where the table has no such level. Values are null where the table holds none.
    """
    mine = zones[zones["level"] == level]
    if not len(mine):
        return None
    areas = mine.drop_duplicates("zone_id").reset_index(drop=True)
    rings = outlines(areas, 0.0 if level == "grid" else tolerance_m)
    values: dict[str, dict[str, list[float | None]]] = {}
    columns = [c for c in VALUES if c in mine]
    for kind, rows in mine.groupby("site_type", observed=True):
        at = pd.Index(rows["zone_id"]).get_indexer(pd.Index(areas["zone_id"]))
        table = rows[columns].astype(float).to_numpy()
        found = np.where((at >= 0)[:, None], table[np.maximum(at, 0)], np.nan)
        values[str(kind)] = {
            c: [None if not np.isfinite(v) else float(f"{v:.6g}") for v in found[:, i]] for i, c in enumerate(columns)
        }
    return {"level": level, "ids": areas["zone_id"].astype(str).tolist(), "rings": rings, "values": values}
