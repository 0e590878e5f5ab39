"""Sample points on surfaces: a lattice inside each polygon, laid by the polygon alone.

The lattice turns with the polygon (its longest edge) and hangs on the middle of the polygon's extent, so the same
surface gets the same points from run to run and in whatever tile it falls. It is turned against that edge, because
walls mostly run along it: a shadow's edge then passes the points one by one instead of a whole row at a time.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

from pvmap.compiled import njit
from pvmap.settings.shade import ShadeSettings
from pvmap.shade.rings import Floats, Ints, Rings, contains

ROWS = 4.0  # rows a step; along a row the points then lie as many steps apart
GOLDEN = (math.sqrt(5) - 1) / 2
FEWEST = 4
MAX_HALVINGS = 5
ROOM = 1.2  # for points, over how many are asked for
MOST_NODES = 200_000  # of the lattice around one polygon: slivers are not searched on and on


@dataclass(frozen=True)
class Points:
    """Points of many surfaces, one surface after the other.

    Attributes
    ----------
    xy : (point, 2) array
        Metric CRS. [m]
    start : (surface + 1,) array
        First point of each surface; every surface has at least one.
    """

    xy: Floats
    start: Ints

    @property
    def surface(self) -> Ints:
        """Surface of each point."""
        return np.repeat(np.arange(len(self.start) - 1), np.diff(self.start))

    def repeated(self, times: int) -> Points:
        """Return the same points so many times over, each time of surfaces of their own."""
        start = self.start[:-1] + len(self.xy) * np.arange(times)[:, None]
        return Points(np.tile(self.xy, (times, 1)), np.append(start, times * len(self.xy)))


def sample_points(polygons: npt.ArrayLike, settings: ShadeSettings | None = None) -> Points:
    """Lay sample points inside polygons.

    Parameters
    ----------
    polygons : (surface,) array of shapely polygons or multipolygons
        Plan outlines in a metric CRS.
    settings : ShadeSettings, optional
        ``points_per_surface``, ``max_points_per_surface`` and ``point_area_m2``.

    Returns
    -------
    Points
        About ``points_per_surface`` each, more where the area is large, at least four inside any polygon that is not
        a sliver.
    """
    settings = settings or ShadeSettings()
    geometry = np.asarray(polygons, dtype=object)
    area = shapely.area(geometry)
    wanted = np.clip(
        area / settings.point_area_m2,
        settings.points_per_surface,
        max(settings.points_per_surface, settings.max_points_per_surface),
    )
    rings = Rings.of(geometry)
    step = np.sqrt(np.maximum(area, 1e-6) / wanted)
    start = np.zeros(len(geometry) + 1, np.int64)
    room = np.empty((int(ROOM * wanted.sum()) + 1, 2))
    xy = _lay(rings.xy, rings.ring_start, rings.first_ring, step, start, room)
    # of a sliver nothing is sampled but its inside
    sliver = np.flatnonzero(np.diff(start) == 1)
    if len(sliver):
        xy[start[sliver]] = shapely.get_coordinates(shapely.point_on_surface(geometry[sliver]))
    return Points(xy, start)


@njit(cache=True, error_model="numpy")
def _longest_edge(xy, ring_start, ring, end_ring):
    """Direction of the longest edge, as cosine and sine."""
    best, cx, cy = 0.0, 1.0, 0.0
    for r in range(ring, end_ring):
        for i in range(ring_start[r], ring_start[r + 1] - 1):
            dx, dy = xy[i + 1, 0] - xy[i, 0], xy[i + 1, 1] - xy[i, 1]
            d2 = dx * dx + dy * dy
            # by a margin: of two sides of a square the first is taken whatever the rounding
            if d2 > best * (1 + 1e-9):
                best, cx, cy = d2, dx, dy
    length = math.sqrt(cx * cx + cy * cy)
    return cx / length, cy / length


@njit(cache=True, error_model="numpy")
def _walk(xy, ring_start, ring, end_ring, step, ux, uy, out):
    """Lay the lattice over one polygon; counts its points, of which ``out`` receives as many as it holds.

    Returns -1 where the lattice would have too many nodes.
    """
    ox, oy = xy[ring_start[ring], 0], xy[ring_start[ring], 1]
    u0, u1, v0, v1 = np.inf, -np.inf, np.inf, -np.inf
    for i in range(ring_start[ring], ring_start[end_ring]):
        dx, dy = xy[i, 0] - ox, xy[i, 1] - oy
        u, v = dx * ux + dy * uy, dy * ux - dx * uy
        u0, u1, v0, v1 = min(u0, u), max(u1, u), min(v0, v), max(v1, v)
    um, vm = (u0 + u1) / 2, (v0 + v1) / 2
    apart, between = step / ROWS, step * ROWS
    nu, nv = int((u1 - u0) / between / 2) + 2, int((v1 - v0) / apart / 2) + 1
    if 4 * nu * nv > MOST_NODES:
        return -1
    n = 0
    for j in range(-nv, nv):
        v = vm + (j + 0.5) * apart
        shift = (j + 0.5) * GOLDEN
        shift -= math.floor(shift)
        for i in range(-nu, nu):
            u = um + (i + shift) * between
            x, y = ox + u * ux - v * uy, oy + u * uy + v * ux
            if contains(xy, ring_start, ring, end_ring, x, y):
                if n < len(out):
                    out[n, 0], out[n, 1] = x, y
                n += 1
    return n


@njit(cache=True, error_model="numpy")
def _lay(xy, ring_start, first_ring, step, start, room):
    """Lay points over all polygons, in more room where there are too many; at least the place for one in each."""
    for s in range(step.size):
        a, b, n, between = first_ring[s], first_ring[s + 1], 0, step[s]
        if b > a:
            ux, uy = _longest_edge(xy, ring_start, a, b)
            n = max(0, _walk(xy, ring_start, a, b, between, ux, uy, room[start[s] :]))
            for _ in range(MAX_HALVINGS):
                if n >= FEWEST:
                    break
                more = _walk(xy, ring_start, a, b, between / 2, ux, uy, room[start[s] :])
                if more < 0:
                    break
                n, between = more, between / 2
        start[s + 1] = start[s] + max(n, 1)
        if start[s + 1] > len(room):
            larger = np.empty((2 * start[s + 1], 2))
            larger[: start[s]] = room[: start[s]]
            room = larger
            if n > 1:
                _walk(xy, ring_start, a, b, between, ux, uy, room[start[s] :])
    return room[: start[-1]]
