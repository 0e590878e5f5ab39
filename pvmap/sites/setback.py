"""Polygons less a strip along their edges, many at once.

Nearly every roof is one ring without a corner that turns inwards: its edges move in by the setback and meet again. A
geometry library takes some six times the arithmetic for it; the others are left to that library. Corners are rounded
and ordered as it does, so which way was taken changes no number.
"""

from __future__ import annotations

import math

import numpy as np
import shapely
from numpy.typing import NDArray

from pvmap.compiled import inner, njit

Floats = NDArray[np.float64]
Outlines = NDArray[np.object_]

SHALLOW = 0.02  # corners that stand out less, as a share of the setback, may be straightened by the library
SHORT = 0.01  # edges of which less is left, as a share of the setback, may be dropped by it


def set_back(polygons: Outlines, distance_m: Floats) -> Outlines:
    """Give what of polygons lies further from their edges than a distance; corners stay corners.

    Parameters
    ----------
    polygons : (n,) array
        Valid polygons.
    distance_m : (n,) array
        Not negative.
    """
    left = np.full(len(polygons), None)
    one = (shapely.get_type_id(polygons) == shapely.GeometryType.POLYGON) & ~shapely.is_empty(polygons)
    rings = np.flatnonzero(one & (shapely.get_num_interior_rings(polygons) == 0) & (distance_m > 0.0))
    if len(rings):
        xy, ring = shapely.get_coordinates(polygons[rings], return_index=True)
        start = np.searchsorted(ring, np.arange(len(rings) + 1))
        moved, done = np.empty_like(xy), np.zeros(len(rings), bool)
        _move_in(xy, start, np.asarray(distance_m, float)[rings], moved, done)
        ends = np.cumsum(np.diff(start)[done])
        offsets = np.append(0, ends), np.arange(len(ends) + 1)
        left[rings[done]] = shapely.from_ragged_array(shapely.GeometryType.POLYGON, moved[done[ring]], offsets)
    rest = np.flatnonzero(shapely.is_missing(left))
    left[rest] = shapely.buffer(polygons[rest], -distance_m[rest], join_style="mitre")
    return left


@njit(cache=True, error_model="numpy")
def _move_in(xy, start, distance_m, moved, done):
    """Write each ring with its edges moved in, clockwise from its first corner on, and whether that is all there is.

    It is not where a corner turns inwards, and may not be where a corner hardly stands out or an edge hardly stays.
    """
    for r in range(distance_m.size):
        first, n, setback = start[r], start[r + 1] - start[r] - 1, distance_m[r]
        turned = _cross(_edge(xy, first, n, n - 1, False), _edge(xy, first, n, 0, False)) > 0
        done[r] = True
        before = _edge(xy, first, n, n - 1, turned)
        for i in range(n):
            edge = _edge(xy, first, n, i, turned)
            out_by = _cross(edge, before) / math.hypot(edge[2] - before[0], edge[3] - before[1])
            done[r] &= out_by > SHALLOW * setback
            moved[first + i, 0], moved[first + i, 1] = _meet(_aside(before, setback), _aside(edge, setback))
            before = edge
        moved[first + n] = moved[first]
        for i in range(n):
            x1, y1, x2, y2 = _edge(xy, first, n, i, turned)
            along_x, along_y = (
                moved[first + i + 1, 0] - moved[first + i, 0],
                moved[first + i + 1, 1] - moved[first + i, 1],
            )
            left = (along_x * (x2 - x1) + along_y * (y2 - y1)) / math.hypot(x2 - x1, y2 - y1)
            done[r] &= left > SHORT * setback


@inner
def _edge(xy, first, n, i, turned):
    """Give both ends of the edge that comes ``i``-th from the first corner on, or the other way round."""
    a = first + (n - i if turned else i)
    b = a - 1 if turned else a + 1
    return xy[a, 0], xy[a, 1], xy[b, 0], xy[b, 1]


@inner
def _cross(edge, other):
    """Cross product of the directions of two edges."""
    (ax, ay, bx, by), (cx, cy, dx, dy) = edge, other
    return (bx - ax) * (dy - cy) - (dx - cx) * (by - ay)


@inner
def _aside(edge, distance):
    """Move an edge to its right."""
    x1, y1, x2, y2 = edge
    dx, dy = x2 - x1, y2 - y1
    length = math.sqrt(dx * dx + dy * dy)
    right_x, right_y = distance * dy / length, -distance * dx / length
    return x1 + right_x, y1 + right_y, x2 + right_x, y2 + right_y


@inner
def _meet(edge, other):
    """Where the lines of two edges cross, from the middle of what their bounds share: large coordinates cost digits."""
    x1, y1, x2, y2 = edge
    x3, y3, x4, y4 = other
    middle_x = (max(min(x1, x2), min(x3, x4)) + min(max(x1, x2), max(x3, x4))) / 2
    middle_y = (max(min(y1, y2), min(y3, y4)) + min(max(y1, y2), max(y3, y4))) / 2
    x1, x2, x3, x4 = x1 - middle_x, x2 - middle_x, x3 - middle_x, x4 - middle_x
    y1, y2, y3, y4 = y1 - middle_y, y2 - middle_y, y3 - middle_y, y4 - middle_y
    px, py, pw = y1 - y2, x2 - x1, x1 * y2 - x2 * y1
    qx, qy, qw = y3 - y4, x4 - x3, x3 * y4 - x4 * y3
    w = px * qy - qx * py
    return (py * qw - qy * pw) / w + middle_x, (qx * pw - px * qw) / w + middle_y
