"""How much of sky and sun neighbours hide from the middle of a roof: a quick measure for many sets of heights.

Not the shade of the run (`walls.py`), but its shadow: one point a roof, sixteen directions, neighbours within 100 m.
What depends on outlines alone is found once; a set of heights then costs a few multiplications a neighbour.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import shapely

from pvmap.compiled import njit
from pvmap.shade.rings import Floats, Ints, Rings

EDGES_M = (0.5, 30.0, 80.0, 100.0)  # kinds of neighbour 0 to 3, by the distance of outlines
DIRECTIONS = 16


class Pairs(NamedTuple):
    """Buildings beside each other, sorted by the first of a pair, then by the other.

    Attributes
    ----------
    start : (n + 1,) array
        First pair of each building.
    other : (pair,) array
        The neighbour.
    kind : (pair,) array
        0 to 3: its outline within 0.5, 30, 80 or 100 m.
    """

    start: Ints
    other: Ints
    kind: npt.NDArray[np.int8]


class Views(NamedTuple):
    """Walls that the middle of each roof looks at, by direction.

    Attributes
    ----------
    start : (n + 1,) array
        First wall of each roof.
    other : (wall,) array
        The building it belongs to.
    direction : (wall,) array
        0 to `DIRECTIONS` - 1, clockwise from north.
    near : (wall,) array
        One over its distance. [1/m]
    """

    start: Ints
    other: Ints
    direction: npt.NDArray[np.int8]
    near: Floats


def pairs_of(polygons: npt.NDArray[np.object_]) -> Pairs:
    """Find the neighbours of each polygon within 100 m.

    Parameters
    ----------
    polygons
        (n,) shapely polygons in a metric CRS. Between 30 and 100 m the gap of their bounds stands for their distance.
    """
    bounds = shapely.bounds(polygons).reshape(-1, 4)
    reach = EDGES_M[-1]
    boxes = shapely.box(*(bounds + np.array([-reach, -reach, reach, reach])).T)
    first, other = shapely.STRtree(shapely.box(*bounds.T)).query(boxes)
    first, other = first[first != other], other[first != other]
    a, b = bounds[first], bounds[other]
    across = np.maximum(np.maximum(a[:, :2] - b[:, 2:], b[:, :2] - a[:, 2:]), 0.0)
    gap = np.hypot(across[:, 0], across[:, 1])
    rings = Rings.of(polygons)
    close = np.flatnonzero(gap <= EDGES_M[1])
    _distances(rings.xy, rings.ring_start, rings.first_ring, first, other, close, gap)
    order = np.lexsort((other, first))
    order = order[gap[order] <= reach]
    kind = np.searchsorted(EDGES_M, gap[order]).astype(np.int8)
    start = np.searchsorted(first[order], np.arange(len(polygons) + 1))
    return Pairs(start.astype(np.int64), other[order].astype(np.int64), kind)


def views_of(polygons: npt.NDArray[np.object_], pairs: Pairs, wanted: npt.NDArray[np.bool_]) -> Views:
    """Look from the middle of each wanted polygon at the walls of its neighbours.

    Parameters
    ----------
    polygons, pairs
        As for `pairs_of` and from it.
    wanted
        (n,) polygons that are looked from; others see nothing.
    """
    rings = Rings.of(polygons)
    middle = shapely.get_coordinates(shapely.centroid(polygons))
    looks = np.where(wanted, np.diff(pairs.start), 0)
    size = int(looks.sum()) * DIRECTIONS
    start, other = np.zeros(len(polygons) + 1, np.int64), np.empty(size, np.int64)
    direction, near = np.empty(size, np.int8), np.empty(size)
    turn = np.arange(DIRECTIONS) * 2 * np.pi / DIRECTIONS
    ways, closest = np.stack([np.sin(turn), np.cos(turn)], axis=1), np.empty(DIRECTIONS)
    walls = other, direction, near
    n = _look(rings.xy, rings.ring_start, rings.first_ring, middle, pairs, looks, ways, closest, start, walls)
    return Views(start, other[:n].copy(), direction[:n].copy(), near[:n].copy())


def obstruction(views: Views, height_m: Floats, latitude: float) -> tuple[Floats, Floats]:
    """Share of the sky, and of the side of the sun, that neighbours hide.

    Parameters
    ----------
    views
        From `views_of`.
    height_m : (set, n) array
        Heights of all buildings, for each set of them. [m]
    latitude : float
        Says on which side the sun stands. [deg]

    Returns
    -------
    sky, sun : (set, n) arrays
        Isotropic sky below the neighbours' tops, and mean sine of the elevation of the skyline weighted towards the
        equator. [1]
    """
    heights = np.ascontiguousarray(height_m, dtype=float)
    towards = math.pi if latitude >= 0 else 0.0
    turn = np.arange(DIRECTIONS) * 2 * np.pi / DIRECTIONS - towards
    weight = np.maximum(np.cos(turn), 0.0)
    sky, sun = np.zeros(heights.shape), np.zeros(heights.shape)
    _hidden(views, heights, weight / weight.sum(), np.empty(DIRECTIONS), sky, sun)
    return sky, sun


@njit(cache=True, nogil=True, error_model="numpy")
def _to_edge(px, py, x1, y1, x2, y2):
    """Squared distance from a point to an edge."""
    ex, ey = x2 - x1, y2 - y1
    length = ex * ex + ey * ey
    t = ((px - x1) * ex + (py - y1) * ey) / length if length > 0 else 0.0
    t = min(max(t, 0.0), 1.0)
    dx, dy = px - x1 - t * ex, py - y1 - t * ey
    return dx * dx + dy * dy


@njit(cache=True, nogil=True, error_model="numpy")
def _distances(xy, ring_start, first_ring, first, other, rows, gap):
    """Replace the gap of some pairs by the distance of their outlines, vertex to edge both ways."""
    for row in rows:
        best, a, b = np.inf, first[row], other[row]
        for _ in range(2):
            for v in range(ring_start[first_ring[a]], ring_start[first_ring[a + 1]]):
                for r in range(first_ring[b], first_ring[b + 1]):
                    for e in range(ring_start[r], ring_start[r + 1] - 1):
                        d = _to_edge(xy[v, 0], xy[v, 1], xy[e, 0], xy[e, 1], xy[e + 1, 0], xy[e + 1, 1])
                        best = min(best, d)
            a, b = b, a
        gap[row] = max(gap[row], math.sqrt(best))


@njit(cache=True, nogil=True, error_model="numpy")
def _look(xy, ring_start, first_ring, middle, pairs, looks, ways, closest, start, walls):
    """Find the nearest wall of each neighbour in each direction; returns how many there are."""
    n = 0
    other, direction, near = walls
    for i in range(start.size - 1):
        start[i] = n
        for s in range(pairs.start[i], pairs.start[i] + looks[i]):
            j = pairs.other[s]
            for k in range(closest.size):
                closest[k] = np.inf
            for r in range(first_ring[j], first_ring[j + 1]):
                for e in range(ring_start[r], ring_start[r + 1] - 1):
                    x1, y1 = xy[e, 0] - middle[i, 0], xy[e, 1] - middle[i, 1]
                    x2, y2 = xy[e + 1, 0] - middle[i, 0], xy[e + 1, 1] - middle[i, 1]
                    _cross(x1, y1, x2, y2, ways, closest)
            for k in range(closest.size):
                if closest[k] < np.inf:
                    other[n], direction[n], near[n] = j, k, 1.0 / max(closest[k], 1.0)
                    n += 1
    start[start.size - 1] = n
    return n


@njit(cache=True, nogil=True, error_model="numpy")
def _cross(x1, y1, x2, y2, ways, closest):
    """Shorten the view in the directions that an edge crosses."""
    cross = x1 * y2 - x2 * y1
    for k in range(closest.size):
        east, north = ways[k, 0], ways[k, 1]
        s1, s2 = east * y1 - north * x1, east * y2 - north * x2
        if s1 * s2 <= 0.0 and s1 != s2:
            distance = cross / (s2 - s1)
            if 0.0 < distance < closest[k]:
                closest[k] = distance


@njit(cache=True, nogil=True, error_model="numpy")
def _hidden(views, heights, weight, top, sky, sun):
    """Skyline of each roof under each set of heights, and what it hides."""
    for i in range(views.start.size - 1):
        if views.start[i] == views.start[i + 1]:
            continue
        for row in range(heights.shape[0]):
            for k in range(top.size):
                top[k] = 0.0
            for s in range(views.start[i], views.start[i + 1]):
                k = views.direction[s]
                top[k] = max(top[k], (heights[row, views.other[s]] - heights[row, i]) * views.near[s])
            for k in range(top.size):
                squared = top[k] * top[k] / (1.0 + top[k] * top[k])
                sky[row, i] += squared / top.size
                sun[row, i] += math.sqrt(squared) * weight[k]
