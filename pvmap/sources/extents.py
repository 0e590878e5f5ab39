"""Do the layers of a city lie where they should? Findings where they do not meet, or would meet better unshifted."""

from __future__ import annotations

from collections.abc import Callable

import geopandas as gpd
import numpy as np
import shapely

from pvmap.crs import WGS84, gcj02_to_wgs84, transformer, wgs84_to_gcj02
from pvmap.findings import Finding, finding

OUTLINES = ("districts", "townships")  # layers that ought to contain the others
SAMPLE = 20_000  # features of a layer that are looked at
# A shift is suspected when it halves what lies outside, and that is more than chance: at least this many features and
# this share. A 500 m shift of a city's outline leaves about 1 % of an evenly spread layer outside.
LEAST_FEATURES = 10
LEAST_SHARE = 0.002
NEAR_KM = 20.0  # judgement: mines lie in the hills beyond a town; what is in another CRS is off by a hundred and more


def check_extents(layers: dict[str, gpd.GeoDataFrame]) -> list[Finding]:
    """Compare where the layers of a city lie.

    Parameters
    ----------
    layers
        Features by name, all in one metric CRS. "districts" and "townships" ought to contain the others; without them
        the layer of the largest extent is what the others must meet.

    Returns
    -------
    list of Finding
        A layer that does not meet the others, or that would fit better if it, or the outline, were converted from
        GCJ-02.
    """
    layers = {name: frame for name, frame in layers.items() if len(frame)}
    outlines = [name for name in OUTLINES if name in layers]
    if not outlines and layers:
        outlines = [max(layers, key=lambda name: _extent_m2(layers[name]))]
    findings: list[Finding] = []
    for outline in outlines:
        for name, frame in layers.items():
            if name not in outlines:
                findings += _compare(outline, layers[outline], name, frame, contains=outline in OUTLINES)
    return findings


def _extent_m2(frame: gpd.GeoDataFrame) -> float:
    west, south, east, north = frame.geometry.array.total_bounds
    return float((east - west) * (north - south))


def _compare(
    outline: str, area: gpd.GeoDataFrame, name: str, frame: gpd.GeoDataFrame, *, contains: bool
) -> list[Finding]:
    if not shapely.box(*area.geometry.array.total_bounds).intersects(shapely.box(*frame.geometry.array.total_bounds)):
        if _meets_swapped(area, frame):
            return [finding("layer-swapped", layer=name, other=outline)]
        gap_km = (
            shapely.distance(
                shapely.box(*area.geometry.array.total_bounds), shapely.box(*frame.geometry.array.total_bounds)
            )
            / 1000.0
        )
        if gap_km < NEAR_KM and not contains:
            return []
        return [finding("layers-apart", layer=name, count=len(frame), total=len(frame), other=outline, gap_km=gap_km)]
    if not contains:
        return []
    points = shapely.point_on_surface(np.asarray(frame.geometry.array[:: max(1, len(frame) // SAMPLE)]))
    xy = shapely.get_coordinates(points)
    polygons = area.geometry.to_numpy()
    shapely.prepare(polygons)
    tree = shapely.STRtree(polygons)
    outside = _n_outside(tree, xy)
    if outside == len(xy):
        return [finding("none-inside", layer=name, count=len(frame), total=len(frame), other=outline)]
    if outside < max(LEAST_FEATURES, LEAST_SHARE * len(xy)):
        return []
    # Points moved against a fixed outline: to bring the points home, or (the same relative move) the outline.
    suspects = {
        name: _n_outside(tree, _moved(xy, area, gcj02_to_wgs84)),
        outline: _n_outside(tree, _moved(xy, area, wgs84_to_gcj02)),
    }
    suspect = min(suspects, key=lambda key: suspects[key])
    if 2 * suspects[suspect] > outside or outside - suspects[suspect] < max(LEAST_FEATURES, LEAST_SHARE * len(xy)):
        return []
    return [
        finding(
            "shifted-by-gcj02",
            layer=suspect,
            count=outside,
            total=len(xy),
            kind=name,
            other=outline,
            outside=outside / len(xy),
            converted=suspects[suspect] / len(xy),
        )
    ]


def _meets_swapped(area: gpd.GeoDataFrame, frame: gpd.GeoDataFrame) -> bool:
    """Whether a layer would meet another one if its longitude and latitude changed places."""
    west, south, east, north = frame.geometry.array.total_bounds
    degrees = transformer(frame.crs, WGS84)
    longitude, latitude = degrees.transform((west + east) / 2.0, (south + north) / 2.0)
    if not (np.isfinite(longitude) and abs(longitude) <= 90.0):
        return False
    x, y = degrees.transform(latitude, longitude, direction="INVERSE")
    return bool(np.isfinite(x) and shapely.box(*area.geometry.array.total_bounds).intersects(shapely.Point(x, y)))


def _n_outside(tree: shapely.STRtree, xy: np.ndarray) -> int:
    inside = tree.query(shapely.points(xy), predicate="intersects")[0]
    return len(xy) - len(np.unique(inside))


def _moved(xy: np.ndarray, frame: gpd.GeoDataFrame, shift: Callable[..., tuple[np.ndarray, np.ndarray]]) -> np.ndarray:
    degrees = transformer(frame.crs, WGS84)
    longitude, latitude = degrees.transform(xy[:, 0], xy[:, 1])
    return np.column_stack(degrees.transform(*shift(longitude, latitude), direction="INVERSE"))
