"""Skyline of points among buildings as boxes: exact, straight from the footprints, without a raster.

Seen from a point, a building rises as high as its nearest wall in that direction, so the skyline at an azimuth is the
largest (top - point) / distance over the walls that face the point. Cost grows with the number of walls, not with
area: a roof looks only at buildings that can rise the least angle above it, nearest first, and passes over those that
cannot rise above what it has already seen.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from pvmap.compiled import njit
from pvmap.directions import azimuths, headings
from pvmap.settings.shade import ShadeSettings
from pvmap.shade.nearby import by_height, candidates
from pvmap.shade.points import Points
from pvmap.shade.rings import Boxes, Floats, Ints, contains
from pvmap.shade.threads import in_threads


class Measured(NamedTuple):
    """Buildings that a surface model shows by itself, to those that look over it.

    Attributes
    ----------
    box : (box,) bool array
        Buildings that the model has measured.
    within_m : (surface,) array
        Out to here a surface sees them in the model, so their boxes stand for nothing; negative outside the model. [m]
    """

    box: npt.NDArray[np.bool_]
    within_m: Floats


COVERED = 1e6  # tangent of the skyline of a point that lies inside a taller building: no sky at all
LOOKUP = 256


def reach_m(rise_m: npt.ArrayLike, settings: ShadeSettings) -> Floats:
    """Distance to which something that rises ``rise_m`` above a point is looked at.

    A tile that holds every building whose outline comes within ``reach_m(top_z - lowest point)`` of its surfaces gives
    the same skylines as the whole city.

    Parameters
    ----------
    rise_m : array-like
        Top of the building above the point, parapet included. [m]
    settings : ShadeSettings
        ``min_rise_deg`` and the cap ``max_reach_m``.
    """
    rise = np.maximum(np.asarray(rise_m, dtype=float), 0.0)
    return np.minimum(rise / math.tan(math.radians(settings.min_rise_deg)), settings.max_reach_m)


def point_skylines(
    points: Points,
    z: Floats,
    own_box: Ints,
    buildings: Boxes,
    settings: ShadeSettings | None = None,
    *,
    measured: Measured | None = None,
    azimuth: Floats | None = None,
    threads: int = 1,
) -> npt.NDArray[np.float32]:
    """Tangent of the elevation of the skyline among buildings, 0 where none rises.

    Parameters
    ----------
    points : Points
        Sample points; the points of one surface share their search for neighbours.
    z : (point,) array
        Height of the points above the datum of ``buildings.base_z``. [m]
    own_box : (surface,) array of int
        Building that carries the surface, whose walls end at the surface; -1 for none. Its parapet does rise.
    buildings : Boxes
        Everything within `reach_m` of the surfaces, in any order.
    settings : ShadeSettings, optional
        ``min_rise_deg``, ``max_reach_m``, ``parapet_height_m``.
    measured : Measured, optional
        What a surface model shows; such boxes are passed over where it does.
    azimuth : (direction,) array, optional
        Azimuths on the grid, clockwise from its north; by default the centres of the bins. [deg]
    threads : int
        Threads that share the surfaces.

    Returns
    -------
    (point, direction) float32 array
        Walls lower than ``min_rise_deg`` or further than ``max_reach_m`` count as nothing, whatever stands in the
        tile; a point inside a taller building gets `COVERED`.
    """
    settings = settings or ShadeSettings()
    azimuth = azimuths() if azimuth is None else np.asarray(azimuth, dtype=float)
    around = np.argsort(azimuth)
    out = np.zeros((len(points.xy), len(azimuth)), np.float32)
    if not len(buildings) or not len(points.xy):
        return out
    tops = buildings.top_z + settings.parapet_height_m
    low, middle, tall = (index.arrays for index in by_height(buildings, tops))
    east, north = headings(azimuth[around])
    turn = np.array([_turn(x, y) for x, y in zip(east, north, strict=True)])
    lookup = np.searchsorted(turn, np.arange(LOOKUP + 1) * 4 / LOOKUP).astype(np.int64)
    if measured is None:
        measured = Measured(np.zeros(len(buildings), bool), np.full(len(points.start) - 1, -1.0))
    arguments = (
        (buildings.rings.xy, buildings.rings.ring_start, buildings.rings.first_ring),
        (tops, buildings.centre, buildings.radius),
        (low, middle, tall),
        (points.xy, np.array(z, dtype=float), points.start, np.array(own_box, dtype=np.int64)),
        measured,
        (east, north, turn, lookup),
        (math.tan(math.radians(settings.min_rise_deg)), settings.max_reach_m),
        out,
    )
    in_threads(lambda first, last: _skylines(first, last, *arguments), len(points.start) - 1, threads)
    return out if (np.diff(around) == 1).all() else out[:, np.argsort(around)]


@njit(cache=True, error_model="numpy", inline="always")
def _turn(x, y):
    """Grow with azimuth from 0 at north to 4, clockwise, without trigonometry."""
    if x >= 0:
        return x / (x + y) if y >= 0 else 1 - y / (x - y)
    return 2 - x / (-x - y) if y < 0 else 3 + y / (y - x)


@njit(cache=True, error_model="numpy")
def _first_bin(turn, lookup, a):
    """First direction at or after ``a``."""
    k = lookup[int(a * (LOOKUP / 4))]
    while k < turn.size and turn[k] < a:
        k += 1
    return k


@njit(cache=True, error_model="numpy")
def _edge(x1, y1, x2, y2, cross, rise, k0, k1, east, north, low, best):
    """Raise the skyline of one point to one wall over directions ``k0`` to ``k1 - 1``."""
    ex, ey = x2 - x1, y2 - y1
    scale = rise / cross
    for k in range(k0, k1):
        t = scale * (east[k] * ey - north[k] * ex)
        if t >= low and t > best[k]:
            best[k] = t


@njit(cache=True, error_model="numpy")
def _building(xy, a, b, ring_start, px, py, rise, low, directions, best):
    """Raise the skyline of one point to all walls of rings ``a`` to ``b - 1`` that face it."""
    east, north, turn, lookup = directions
    n = turn.size
    for r in range(a, b):
        last = ring_start[r + 1] - 1
        x1, y1 = xy[ring_start[r], 0] - px, xy[ring_start[r], 1] - py
        for i in range(ring_start[r] + 1, last + 1):
            x2, y2 = xy[i, 0] - px, xy[i, 1] - py
            cross = x1 * y2 - x2 * y1
            if cross < 0:  # it faces the point, which sees it clockwise from 1 to 2
                t1, t2 = _turn(x1, y1), _turn(x2, y2)
                k1 = _first_bin(turn, lookup, t1)
                k2 = k1
                if t2 >= t1:
                    while k2 < n and turn[k2] <= t2:
                        k2 += 1
                    _edge(x1, y1, x2, y2, cross, rise, k1, k2, east, north, low, best)
                else:  # through north
                    _edge(x1, y1, x2, y2, cross, rise, k1, n, east, north, low, best)
                    k2 = 0
                    while k2 < n and turn[k2] <= t2:
                        k2 += 1
                    _edge(x1, y1, x2, y2, cross, rise, 0, k2, east, north, low, best)
            x1, y1 = x2, y2


@njit(cache=True, error_model="numpy")
def _own_parapet(xy, a, b, ring_start, px, py, rise, low, directions, best):
    """Raise the skyline to the parapet around the point's own roof, seen from inside as well as from outside."""
    east, north = directions[0], directions[1]
    for r in range(a, b):
        for i in range(ring_start[r], ring_start[r + 1] - 1):
            x1, y1, x2, y2 = xy[i, 0] - px, xy[i, 1] - py, xy[i + 1, 0] - px, xy[i + 1, 1] - py
            cross = x1 * y2 - x2 * y1
            for k in range(best.size):
                s1, s2 = east[k] * y1 - north[k] * x1, east[k] * y2 - north[k] * x2
                ahead = s1 * s2 <= 0 and cross * (s2 - s1) > 0
                if ahead and rise * (s2 - s1) / cross >= low:
                    best[k] = max(best[k], rise * (s2 - s1) / cross)


@njit(cache=True, error_model="numpy")
def _directions_of(turn, lookup, dx, dy, radius, distance):
    """First and number of the directions between the tangents to a circle whose centre lies at (dx, dy)."""
    sine = radius / distance
    cosine = math.sqrt(1 - sine * sine)
    begin = _turn(dx * cosine - dy * sine, dy * cosine + dx * sine)
    end = _turn(dx * cosine + dy * sine, dy * cosine - dx * sine)
    first, n = _first_bin(turn, lookup, begin), 0
    if begin <= end:
        while first + n < turn.size and turn[first + n] <= end:
            n += 1
        return first, n
    while n < turn.size and turn[n] <= end:  # through north
        n += 1
    return first, turn.size - first + n


@njit(cache=True, error_model="numpy", inline="always")
def _hidden(best, first, n, bound):
    """Whether the skyline already seen is nowhere lower than ``bound`` in ``n`` directions."""
    k = first
    for _ in range(n):
        if k == best.size:
            k = 0
        if best[k] < bound:
            return False
        k += 1
    return True


@njit(cache=True, nogil=True, error_model="numpy")
def _skylines(first, last, rings, circles, indexes, points, measured, directions, limits, out):
    """Find the skylines of the points of surfaces ``first`` to ``last - 1``.

    In which directions a building may rise, and how high at most, is asked once for a whole surface; a point that sees
    something higher there already passes it over. What is left is asked again, more exactly, for the point.
    """
    xy, ring_start, first_ring = rings
    tops, centre, radius = circles
    point_xy, point_z, start, own_box = points
    turn, lookup = directions[2], directions[3]
    min_tan, reach = limits
    n_direction = turn.size
    found = np.empty(256, np.int64)
    begin, width, bound = np.empty(256, np.int64), np.empty(256, np.int64), np.empty(256)
    best = np.empty(n_direction)
    for s in range(first, last):
        p0, p1 = start[s], start[s + 1]
        x0, x1 = point_xy[p0:p1, 0].min(), point_xy[p0:p1, 0].max()
        y0, y1 = point_xy[p0:p1, 1].min(), point_xy[p0:p1, 1].max()
        cx, cy = (x0 + x1) / 2, (y0 + y1) / 2
        spread = math.hypot(x1 - x0, y1 - y0) / 2
        lowest = point_z[p0:p1].min()
        n = 0
        for index in indexes:
            found, n = candidates(index, circles, cx, cy, spread, lowest, min_tan, reach, found, n)
        if n > bound.size:
            begin, width, bound = np.empty(2 * n, np.int64), np.empty(2 * n, np.int64), np.empty(2 * n)
        for c in range(n):
            b = found[c]
            dx, dy = centre[b, 0] - cx, centre[b, 1] - cy
            wide, distance = (radius[b] + spread) * 1.0001 + 1e-6, math.sqrt(dx * dx + dy * dy)
            if distance > wide:
                begin[c], width[c] = _directions_of(turn, lookup, dx, dy, wide, distance)
                bound[c] = (tops[b] - lowest) / (distance - wide)
            else:
                begin[c], width[c], bound[c] = 0, n_direction, np.inf
        order = np.argsort(-bound[:n])  # what may rise highest hides most of the others
        for p in range(p0, p1):
            px, py, z = point_xy[p, 0], point_xy[p, 1], point_z[p]
            best[:] = 0.0
            for c in order:
                if _hidden(best, begin[c], width[c], bound[c]):
                    continue
                b = found[c]
                rise = tops[b] - z
                a, e = first_ring[b], first_ring[b + 1]
                if rise <= 0 or b == own_box[s]:
                    continue
                dx, dy = centre[b, 0] - px, centre[b, 1] - py
                distance = math.sqrt(dx * dx + dy * dy)
                near = distance - radius[b]
                if measured.box[b] and near <= measured.within_m[s]:
                    continue
                low = max(min_tan, rise / reach)
                if near > 0 and rise < low * near:
                    continue
                if distance > radius[b] * 1.0001:
                    k, n_covered = _directions_of(turn, lookup, dx, dy, radius[b], distance)
                    if _hidden(best, k, n_covered, rise / near):
                        continue
                if near <= 0 and contains(xy, ring_start, a, e, px, py):
                    best[:] = COVERED
                    break
                _building(xy, a, e, ring_start, px, py, rise, low, directions, best)
            b = own_box[s]
            if b >= 0 and tops[b] > z and not (measured.box[b] and measured.within_m[s] >= 0):
                low = max(min_tan, (tops[b] - z) / reach)
                _own_parapet(
                    xy, first_ring[b], first_ring[b + 1], ring_start, px, py, tops[b] - z, low, directions, best
                )
            for k in range(n_direction):
                out[p, k] = best[k]
