"""Does a mask answer its rule? One that touches nothing, or knows only a part of the city, leaves it unchecked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import geopandas as gpd
import numpy as np
import shapely
from geopandas.array import GeometryArray
from pyproj import CRS

from pvmap.findings import EXAMPLES, Finding, finding
from pvmap.settings.city import Mask, RasterInput
from pvmap.sites.base import points_within
from pvmap.sources.raster import Raster, read_window
from pvmap.sources.surface_model import squares
from pvmap.sources.vector import VectorLayer

UNCHECKED = frozenset({"mask-touches-nothing", "mask-covers-part", "mask-class-absent", "mask-class-is-nodata"})
# judgement: a reserve or two may be all there is, a hundred fields that end in the middle of the city were cut there
LEAST_POLYGONS = 20
COVERED_SHARE = 0.9
SQUARE_M = 1000.0
NEAR_M = 1e5  # polygons farther off, of another city or without coordinates, say nothing of how far the mask reaches
AT_ONCE = 200  # polygons of a mask that are looked at before asking whether one of them was met


def doubt_masks(
    sites: gpd.GeoDataFrame, masks: Sequence[Mask], layers: Mapping[int, VectorLayer], raw: Path, crs: CRS
) -> list[Finding]:
    """Ask of every mask with a file whether it can have excluded anything here.

    Parameters
    ----------
    sites
        Sites of all kinds.
    masks
        ``settings.masks``.
    layers
        Number of a vector mask -> its polygons, and points and lines where it has a buffer.
    raw, crs
        Folder of the inputs and metric CRS.

    Returns
    -------
    list of Finding
        ``layer`` is the mask's name and ``column`` its file; codes in `UNCHECKED` say that its rule stays unchecked.
    """
    found: list[Finding] = []
    for number, mask in enumerate(masks):
        bound = sites[sites["site_type"].isin(mask.applies_to)]
        if not len(bound):
            continue
        if number in layers:
            found += _doubt_polygons(mask, layers[number], bound)
        if mask.raster is not None:
            found += _doubt_cells(mask, mask.raster, bound, raw, crs)
    return found


def _doubt_polygons(mask: Mask, layer: VectorLayer, bound: gpd.GeoDataFrame) -> list[Finding]:
    assert mask.input is not None
    polygons, grounds = layer.features.geometry.to_numpy(), bound.geometry.array
    if not _meet(polygons, grounds, mask.buffer_m):
        return [_touches_nothing(mask, mask.input.path, bound, polygons)]
    low, high = np.split(np.asarray(grounds.total_bounds), 2)
    bounds = shapely.bounds(polygons)
    near = polygons[((bounds[:, :2] <= high + NEAR_M) & (bounds[:, 2:] >= low - NEAR_M)).all(axis=1)]
    outside = _outside(shapely.total_bounds(near), grounds)
    if len(near) < LEAST_POLYGONS or outside.mean() <= 1.0 - COVERED_SHARE:
        return []
    return [_covers_part(mask, mask.input.path, bound, outside)]


def _meet(polygons: np.ndarray, grounds: GeometryArray, buffer_m: float) -> bool:
    tree = shapely.STRtree(np.asarray(grounds))
    for first in range(0, len(polygons), AT_ONCE):
        some = polygons[first : first + AT_ONCE]
        met = (
            tree.query(some, predicate="dwithin", distance=buffer_m)
            if buffer_m
            else tree.query(some, predicate="intersects")
        )
        if met.size:
            return True
    return False


def _doubt_cells(mask: Mask, source: RasterInput, bound: gpd.GeoDataFrame, raw: Path, crs: CRS) -> list[Finding]:
    raster = Raster(raw, source)
    values = ", ".join(map(str, mask.values))
    if raster.nodata is not None and raster.nodata in mask.values:
        return [
            finding(
                "mask-class-is-nodata", layer=mask.name, column=source.path, values=values, nodata=float(raster.nodata)
            )
        ]
    grounds = bound.geometry.array
    outside = _outside(np.array(raster.extent(crs)), grounds)
    if outside.all():
        return [_touches_nothing(mask, source.path, bound, np.array([shapely.box(*raster.extent(crs))]))]
    points = points_within(grounds)
    unknown, seen = outside.copy(), False
    for square, rows in squares(points, SQUARE_M):
        grid = read_window(source, raw, crs, square, resampling="nearest")
        if grid is None:
            unknown[rows] = True
            continue
        unknown[rows] |= np.isnan(grid.nearest(*points[rows].T))
        seen = seen or bool(np.isin(grid.values, mask.values).any())
    if unknown.mean() > 1.0 - COVERED_SHARE:
        return [_covers_part(mask, source.path, bound, unknown)]
    return [] if seen else [finding("mask-class-absent", layer=mask.name, column=source.path, values=values)]


def _outside(box: np.ndarray, grounds: GeometryArray) -> np.ndarray:
    """Sites whose middle lies outside a box."""
    bounds = grounds.bounds
    middle = (bounds[:, :2] + bounds[:, 2:]) / 2.0
    return ~((middle >= box[:2]) & (middle <= box[2:])).all(axis=1)


def _touches_nothing(mask: Mask, path: str, bound: gpd.GeoDataFrame, shapes: np.ndarray) -> Finding:
    tree = shapely.STRtree(np.asarray(bound.geometry.array))
    _, gaps_m = tree.query_nearest(shapes, return_distance=True, all_matches=False)
    code, gap_km = "mask-touches-nothing", float(gaps_m.min()) / 1e3
    return finding(code, layer=mask.name, column=path, count=len(bound), total=len(bound), gap_km=gap_km)


def _covers_part(mask: Mask, path: str, bound: gpd.GeoDataFrame, outside: np.ndarray) -> Finding:
    rows = np.flatnonzero(outside)
    return finding(
        "mask-covers-part",
        layer=mask.name,
        column=path,
        count=len(rows),
        total=len(bound),
        sites=bound["site_id"].iloc[rows[:EXAMPLES]],
    )
