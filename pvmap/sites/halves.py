"""Polygons parted by lines, many at once.

Nearly every roof is one ring that its ridge crosses twice. A geometry library takes some ten times the arithmetic for
it; the others are left to that library. Crossings are rounded and corners ordered as it does, so which way was taken
changes no number.
"""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Outlines = NDArray[np.object_]

ON_LINE_M = 1e-6  # a corner nearer to the line than this counts as on it


def halves(polygons: Outlines, start: Floats, end: Floats) -> tuple[Outlines, Outlines]:
    """Part polygons by lines across them.

    Parameters
    ----------
    polygons : (n,) array
        Valid polygons.
    start, end : (n, 2) array
        Of each line, further from its middle than any of the polygon is. [m]

    Returns
    -------
    tuple of (n,) arrays
        What lies to the right of each line, and what to its left.
    """
    right, left = np.full((2, len(polygons)), None)
    one = (shapely.get_type_id(polygons) == shapely.GeometryType.POLYGON) & ~shapely.is_empty(polygons)
    rings = np.flatnonzero(one & (shapely.get_num_interior_rings(polygons) == 0))
    if len(rings):
        right[rings], left[rings] = _crossed_twice(polygons[rings], start[rings], end[rings])
    rest = np.flatnonzero(shapely.is_missing(right))
    along = (end - start)[rest]
    aside = np.column_stack([along[:, 1], -along[:, 0]]) / 2.0
    for half, away in ((right, aside), (left, -aside)):
        corners = np.stack([start[rest], end[rest], end[rest] + away, start[rest] + away], axis=1)
        half[rest] = shapely.intersection(polygons[rest], shapely.polygons(corners))
    return right, left


def _crossed_twice(polygons: Outlines, start: Floats, end: Floats) -> tuple[Outlines, Outlines]:
    """Both halves of rings without holes; None where a line meets a corner, or crosses more than twice."""
    xy, ring = shapely.get_coordinates(shapely.orient_polygons(polygons, exterior_cw=True), return_index=True)
    edge = np.append(ring[1:] == ring[:-1], False)  # the last point of a ring is its first again
    first = np.flatnonzero(np.diff(ring, prepend=-1))
    turned = (xy != shapely.get_coordinates(polygons))[first + 1].any(axis=1)  # the second corner was the last but one
    along = (end - start)[ring]
    left_m = _cross(along, xy - start[ring]) / np.hypot(*along.T)
    crosses = edge & ((left_m > 0.0) != (np.roll(left_m, -1) > 0.0))
    clear = np.logical_and.reduceat(np.abs(left_m) > ON_LINE_M, first)
    done = clear & (np.bincount(ring, weights=crosses) == 2)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = left_m / (left_m - np.roll(left_m, -1))
    crossing = xy + (np.roll(xy, -1, axis=0) - xy) * np.where(crosses, share, 0.0)[:, None]
    points = np.stack([xy, crossing], axis=1).reshape(-1, 2)  # after each corner, where the edge from it is crossed
    number = np.repeat(np.cumsum(done)[ring] - 1, 2)
    right, left = np.full((2, len(polygons)), None)
    for half, side in ((right, left_m < 0.0), (left, left_m > 0.0)):
        mine = np.flatnonzero(np.column_stack([edge & side, crosses]) & done[ring, None])
        last = np.where((turned & side[first])[done], np.flatnonzero(mine % 2)[1::2], -1)  # the second crossing
        half[done] = _rings(points[mine], number[mine], last)
    return right, left


def _rings(points: Floats, number: NDArray[np.int64], last: NDArray[np.int64]) -> Outlines:
    """Polygons of points in rings that are numbered from 0 on.

    Each begins at the point after its `last`, or where that is -1 at its second one, as the library has it: on the
    first of two edges as long hang the points that are sampled.
    """
    count = np.bincount(number)
    first = np.cumsum(count) - count
    begin = np.where(last < 0, first, last) + 1
    order = first[number] + (np.arange(len(number)) - begin[number]) % count[number]
    ends = np.cumsum(count + 1)  # rings are closed: their first point once more
    begun = np.empty((len(points) + len(count), 2))
    begun[order + number] = points
    begun[ends - 1] = begun[ends - count - 1]
    offsets = np.append(0, ends), np.arange(len(count) + 1)
    return shapely.from_ragged_array(shapely.GeometryType.POLYGON, begun, offsets)


def _cross(a: Floats, b: Floats) -> Floats:
    return a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]
