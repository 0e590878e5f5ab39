"""Skyline of points among buildings as boxes: exact, straight from the footprints, without a raster.

Seen from a point, a building rises as high as its nearest wall in that direction, so the skyline at an azimuth is the
largest (top - point) / distance over the walls that face the point. Cost grows with the number of walls, not with
area: a roof looks only at buildings that can rise the least angle above it, highest first, and passes over those that
cannot rise above what all its points have already seen.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from pvmap.compiled import njit
from pvmap.directions import azimuths, headings
from pvmap.settings.shade import ShadeSettings
from pvmap.shade import wall_loops as loops
from pvmap.shade.nearby import Index, by_height, candidates
from pvmap.shade.points import Points
from pvmap.shade.rings import Boxes, Floats, Ints
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
    index: list[Index] | None = None,
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
    index : list of Index, optional
        Of the same buildings, by tops at least as high; by default of their own tops.
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
    low, middle, tall = (one.arrays for one in index or by_height(buildings, tops))
    east, north = headings(azimuth[around])
    turns = np.array([loops.turn_of(x, y) for x, y in zip(east, north, strict=True)])
    lookup = np.searchsorted(turns, np.arange(loops.LOOKUP + 1) * 4 / loops.LOOKUP).astype(np.int64)
    if measured is None:
        measured = Measured(np.zeros(len(buildings), bool), np.full(len(points.start) - 1, -1.0))
    arguments = (
        (buildings.rings.xy, buildings.rings.ring_start, buildings.rings.first_ring),
        (tops, buildings.centre, buildings.radius),
        (low, middle, tall),
        (points.xy, np.array(z, dtype=float), points.start, np.array(own_box, dtype=np.int64)),
        measured,
        (east, north, turns, lookup, around),
        (math.tan(math.radians(settings.min_rise_deg)), settings.max_reach_m),
        out,
    )
    in_threads(lambda first, last: _skylines(first, last, *arguments), len(points.start) - 1, threads)
    return out


@njit(cache=True, nogil=True, error_model="numpy")
def _skylines(first, last, rings, circles, indexes, points, measured, directions, limits, out):
    """Find the skylines of the points of surfaces ``first`` to ``last - 1``.

    In which directions a building may rise, and how high at most, is asked once for a whole surface; points that all
    see something higher there already pass it over.
    """
    tops = circles[0]
    point_xy, point_z, start, own_box = points
    around = directions[4]
    found, begin, width = np.empty(256, np.int64), np.empty(256, np.int64), np.empty(256, np.int64)
    order, bound = np.empty(256, np.int64), np.empty(256)
    steps = np.empty(loops.STEPS, np.int64)
    eyes, best = np.empty(loops.ROWS * loops.LANES), np.empty((around.size, loops.LANES))
    for s in range(first, last):
        p0, p1, own = start[s], start[s + 1], own_box[s]
        surface = loops.extent(points, p0, p1)
        n = candidates(indexes, circles, *surface, limits[0], limits[1], found)
        if n > found.size:
            found, begin, width = np.empty(2 * n, np.int64), np.empty(2 * n, np.int64), np.empty(2 * n, np.int64)
            order, bound = np.empty(2 * n, np.int64), np.empty(2 * n)
            candidates(indexes, circles, *surface, limits[0], limits[1], found)
        loops.narrow(found, n, circles, surface, directions, begin, width, bound)
        loops.highest_first(bound, n, steps, order)  # what may rise highest hides most of the others
        for p in range(p0, p1, loops.LANES):
            lanes = min(loops.LANES, -(-(p1 - p) // loops.VECTOR) * loops.VECTOR)
            for i in range(lanes):
                q = min(p + i, p1 - 1)
                eyes[loops.X + i], eyes[loops.Y + i], eyes[loops.Z + i] = point_xy[q, 0], point_xy[q, 1], point_z[q]
                eyes[loops.INSIDE + i] = 0.0
            best[:] = 0.0
            for place in range(n):
                c = order[place]
                b = found[c]
                if b == own or loops.hidden(best, lanes, begin[c], width[c], bound[c]):
                    continue
                within_m = measured.within_m[s] if measured.box[b] else -np.inf
                if loops.rises(eyes, lanes, b, tops[b], rings, circles, limits, bound[c] == np.inf, within_m):
                    loops.building(eyes, lanes, b, rings, directions, begin[c], width[c], best)
            if own >= 0 and not (measured.box[own] and measured.within_m[s] >= 0):
                loops.own_parapet(eyes, lanes, own, tops[own], rings, directions, limits, best)
            for i in range(min(lanes, p1 - p)):
                for k in range(around.size):
                    out[p + i, around[k]] = COVERED if eyes[loops.INSIDE + i] > 0 else best[k, i]
