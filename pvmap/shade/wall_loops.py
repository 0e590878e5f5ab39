"""Inner loops of `walls.py`: points of a surface look at buildings together.

Points stand side by side in the lanes of the processor's vectors, so that one pass over a wall serves all of them. How
many they are is only known when the loops run: short loops of known length the compiler writes out one by one.
"""

from __future__ import annotations

import math

import numpy as np

from pvmap.compiled import inner
from pvmap.shade.rings import contains

LOOKUP = 256
STEPS = 64  # of the tangent up to 1, by which buildings are ordered
LANES = 32  # points of a surface that look at a wall at once, at most
VECTOR = 8  # lanes of the widest vectors: points look in whole ones, the last point as often as there is room
# Rows of `eyes`, as offsets into its flat form: where the points are, how high the building in question rises above
# each, from what tangent on it counts, both ends of the wall in question as seen from each, rise over their cross
# product, and whether the point lies inside a building.
ROWS = 11
X, Y, Z, RISE, LOW, X1, Y1, X2, Y2, SCALE, INSIDE = range(0, ROWS * LANES, LANES)


@inner
def turn_of(x, y):
    """Grow with azimuth from 0 at north to 4, clockwise, without trigonometry."""
    if x >= 0:
        return x / (x + y) if y >= 0 else 1 - y / (x - y)
    return 2 - x / (-x - y) if y < 0 else 3 + y / (y - x)


@inner
def _first_bin(turn, lookup, a):
    """First direction at or after ``a``."""
    k = lookup[int(a * (LOOKUP / 4))]
    while k < turn.size and turn[k] < a:
        k += 1
    return k


@inner
def _directions_of(turn, lookup, dx, dy, radius, distance):
    """First and number of the directions between the tangents to a circle whose centre lies at (dx, dy)."""
    sine = radius / distance
    cosine = math.sqrt(1 - sine * sine)
    begin = turn_of(dx * cosine - dy * sine, dy * cosine + dx * sine)
    end = turn_of(dx * cosine + dy * sine, dy * cosine - dx * sine)
    first, n = _first_bin(turn, lookup, begin), 0
    if begin <= end:
        while first + n < turn.size and turn[first + n] <= end:
            n += 1
    else:  # through north
        while n < turn.size and turn[n] <= end:
            n += 1
        n += turn.size - first
    return first % turn.size, n


@inner
def narrow(found, n, circles, surface, directions, begin, width, bound):
    """Tell in which directions a surface may see each building that was found, and how high it may rise at most."""
    tops, centre, radius = circles
    cx, cy, spread, lowest = surface
    turn, lookup = directions[2], directions[3]
    for c in range(n):
        b = found[c]
        dx, dy = centre[b, 0] - cx, centre[b, 1] - cy
        wide, distance = (radius[b] + spread) * 1.0001 + 1e-6, math.sqrt(dx * dx + dy * dy)
        begin[c], width[c], bound[c] = 0, turn.size, np.inf
        if distance > wide:
            begin[c], width[c] = _directions_of(turn, lookup, dx, dy, wide, distance)
            bound[c] = (tops[b] - lowest) / (distance - wide)


@inner
def highest_first(bound, n, begin, order):
    """Order the buildings by how high they may rise, to a step of the tangent: which comes first changes no skyline."""
    begin[:] = 0
    for c in range(n):
        begin[_step_down(bound[c])] += 1
    place = 0
    for step in range(STEPS):
        begin[step], place = place, place + begin[step]
    for c in range(n):
        step = _step_down(bound[c])
        order[begin[step]] = c
        begin[step] += 1


@inner
def _step_down(tangent):
    """Count the steps from the highest tangent that is told apart down to this one."""
    return STEPS - 1 - (int(tangent * STEPS) if tangent < 1 else STEPS - 1)


@inner
def hidden(best, lanes, first, n, bound):
    """Whether the skylines already seen are nowhere lower than ``bound`` in ``n`` directions."""
    k, lower = first, 0
    while n > 0 and lower == 0:
        for i in range(lanes):
            lower += best[k, i] < bound
        k, n = (k + 1 if k + 1 < best.shape[0] else 0), n - 1
    return lower == 0


@inner
def rises(eyes, lanes, b, top, rings, circles, limits, ask_inside, within_m):
    """Tell how high a building rises above each eye, and from what tangent on it counts; whether it does for any."""
    xy, ring_start, first_ring = rings
    _, centre, radius = circles
    higher = 0
    for i in range(lanes):
        rise = top - eyes[Z + i]
        eyes[RISE + i] = rise
        eyes[LOW + i] = max(limits[0], rise / limits[1]) if rise > 0 else np.inf
        higher += rise > 0
    if ask_inside or within_m > -np.inf:
        for i in range(lanes):
            x, y = eyes[X + i], eyes[Y + i]
            dx, dy = centre[b, 0] - x, centre[b, 1] - y
            near = math.sqrt(dx * dx + dy * dy) - radius[b]
            if near <= within_m:
                eyes[LOW + i] = np.inf
            elif near <= 0 and eyes[RISE + i] > 0 and contains(xy, ring_start, first_ring[b], first_ring[b + 1], x, y):
                eyes[INSIDE + i] = 1.0
    return higher > 0


@inner
def building(eyes, lanes, b, rings, directions, first, n, best):
    """Raise the skylines of some points to all walls of a building that face them, over ``n`` directions."""
    xy, ring_start, first_ring = rings
    east, north = directions[0], directions[1]
    for r in range(first_ring[b], first_ring[b + 1]):
        for v in range(ring_start[r], ring_start[r + 1] - 1):
            from_x, from_y, to_x, to_y = xy[v, 0], xy[v, 1], xy[v + 1, 0], xy[v + 1, 1]
            facing = 0
            for i in range(lanes):
                x1, y1, x2, y2 = from_x - eyes[X + i], from_y - eyes[Y + i], to_x - eyes[X + i], to_y - eyes[Y + i]
                cross = x1 * y2 - x2 * y1
                facing += cross < 0  # then the point sees it clockwise from 1 to 2, else never
                eyes[X1 + i], eyes[Y1 + i], eyes[X2 + i], eyes[Y2 + i] = x1, y1, x2, y2
                eyes[SCALE + i] = eyes[RISE + i] / cross if cross < 0 else 0.0
            k = first
            for _ in range(n if facing else 0):
                e, m = east[k], north[k]
                for i in range(lanes):
                    x1, y1, x2, y2, seen = eyes[X1 + i], eyes[Y1 + i], eyes[X2 + i], eyes[Y2 + i], best[k, i]
                    t = eyes[SCALE + i] * (e * (y2 - y1) - m * (x2 - x1))
                    ahead = (e * y1 - m * x1 >= 0) & (e * y2 - m * x2 <= 0) & (t >= eyes[LOW + i])
                    best[k, i] = t if ahead & (t > seen) else seen
                k = k + 1 if k + 1 < east.size else 0


@inner
def own_parapet(eyes, lanes, b, top, rings, directions, limits, best):
    """Raise the skylines to the parapet around the points' own roof, seen from inside as well as from outside."""
    xy, ring_start, first_ring = rings
    east, north = directions[0], directions[1]
    for i in range(lanes):
        px, py, rise = eyes[X + i], eyes[Y + i], top - eyes[Z + i]
        low = max(limits[0], rise / limits[1])
        for r in range(first_ring[b], first_ring[b + 1] if rise > 0 else 0):
            for v in range(ring_start[r], ring_start[r + 1] - 1):
                x1, y1, x2, y2 = xy[v, 0] - px, xy[v, 1] - py, xy[v + 1, 0] - px, xy[v + 1, 1] - py
                cross = x1 * y2 - x2 * y1
                for k in range(east.size):
                    s1, s2 = east[k] * y1 - north[k] * x1, east[k] * y2 - north[k] * x2
                    ahead = s1 * s2 <= 0 and cross * (s2 - s1) > 0
                    if ahead and rise * (s2 - s1) / cross >= low:
                        best[k, i] = max(best[k, i], rise * (s2 - s1) / cross)


@inner
def extent(points, p0, p1):
    """Middle, half the diagonal and lowest of the points of a surface."""
    xy, z = points[0], points[1]
    x0, x1, y0, y1, lowest = np.inf, -np.inf, np.inf, -np.inf, np.inf
    for p in range(p0, p1):
        x0, x1 = min(x0, xy[p, 0]), max(x1, xy[p, 0])
        y0, y1 = min(y0, xy[p, 1]), max(y1, xy[p, 1])
        lowest = min(lowest, z[p])
    return (x0 + x1) / 2, (y0 + y1) / 2, math.hypot(x1 - x0, y1 - y0) / 2, lowest
