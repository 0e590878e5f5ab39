"""Do the layers of a city lie where they should? Warnings where they do not meet, or would meet better unshifted."""

from __future__ import annotations

from collections.abc import Callable

import geopandas as gpd
import numpy as np
import shapely

from pvmap.crs import WGS84, gcj02_to_wgs84, transformer, wgs84_to_gcj02

OUTLINES = ("districts", "townships")  # layers that ought to contain the others
SAMPLE = 20_000  # features of a layer that are looked at
# A shift is suspected when it halves what lies outside, and that is more than chance: at least this many features and
# this share. A 500 m shift of a city's outline leaves about 1 % of an evenly spread layer outside.
LEAST_FEATURES = 10
LEAST_SHARE = 0.002


def check_extents(layers: dict[str, gpd.GeoDataFrame]) -> list[str]:
    """Compare where the layers of a city lie.

    Parameters
    ----------
    layers
        Features by name, all in one metric CRS. "districts" and "townships" ought to contain the others; without them
        the layer of the largest extent is what the others must meet.

    Returns
    -------
    list of str
        One sentence a warning: a layer that does not meet the others, or that would fit better if it, or the outline,
        were converted from GCJ-02.
    """
    layers = {name: frame for name, frame in layers.items() if len(frame)}
    outlines = [name for name in OUTLINES if name in layers]
    if not outlines and layers:
        outlines = [max(layers, key=lambda name: _extent_m2(layers[name]))]
    warnings = []
    for outline in outlines:
        for name, frame in layers.items():
            if name not in outlines:
                warnings += _compare(outline, layers[outline], name, frame, contains=outline in OUTLINES)
    return warnings


def _extent_m2(frame: gpd.GeoDataFrame) -> float:
    west, south, east, north = frame.total_bounds
    return float((east - west) * (north - south))


def _compare(outline: str, area: gpd.GeoDataFrame, name: str, frame: gpd.GeoDataFrame, *, contains: bool) -> list[str]:
    if not shapely.box(*area.total_bounds).intersects(shapely.box(*frame.total_bounds)):
        gap_km = shapely.distance(shapely.box(*area.total_bounds), shapely.box(*frame.total_bounds)) / 1000.0
        return [f"{name} and {outline} do not meet: {gap_km:,.1f} km lie between them; check the CRS of both."]
    if not contains:
        return []
    points = shapely.point_on_surface(frame.geometry.to_numpy()[:: max(1, len(frame) // SAMPLE)])
    xy = shapely.get_coordinates(points)
    polygons = area.geometry.to_numpy()
    shapely.prepare(polygons)
    tree = shapely.STRtree(polygons)
    outside = _n_outside(tree, xy)
    if outside == len(xy):
        return [f"None of {name} lies inside {outline}; check the CRS and the extent of both."]
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
        f"{suspect} look shifted by GCJ-02: {outside / len(xy):.1%} of {name} lie outside {outline}, "
        f'{suspects[suspect] / len(xy):.1%} if {suspect} are converted; set datum = "gcj02" for {suspect} if they '
        "come from a Chinese web map."
    ]


def _n_outside(tree: shapely.STRtree, xy: np.ndarray) -> int:
    inside = tree.query(shapely.points(xy), predicate="intersects")[0]
    return len(xy) - len(np.unique(inside))


def _moved(xy: np.ndarray, frame: gpd.GeoDataFrame, shift: Callable[..., tuple[np.ndarray, np.ndarray]]) -> np.ndarray:
    degrees = transformer(frame.crs, WGS84)
    longitude, latitude = degrees.transform(xy[:, 0], xy[:, 1])
    return np.column_stack(degrees.transform(*shift(longitude, latitude), direction="INVERSE"))
