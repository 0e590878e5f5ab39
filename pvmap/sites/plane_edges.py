"""Outlines of measured roof planes: straight where cells make stairs, cut where planes meet, without small holes."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import shapely

from pvmap.sites.masks import polygonal

LEAST_ANGLE = 0.10  # between the slopes of two planes [m/m]: flatter ones meet nowhere in particular
GRID_M = 1e-4  # positions are rounded to: GEOS loses whole parts where edges lie within rounding of each other
EDGE_CELLS = 2.0  # and what the outline of cells adds to it


def straightened(outlines: np.ndarray, cell_m: float) -> np.ndarray:
    """Join the middles of the cells' sides: stairs become straight, neighbours still share their edge.

    A straight side stays where it is; a right-angled corner loses an eighth of a cell.
    """
    rings, polygon = shapely.get_parts(outlines, return_index=True)
    out: list[list[shapely.Polygon]] = [[] for _ in outlines]
    for part, owner in zip(rings, polygon, strict=True):
        shell, *holes = (_middles(ring, cell_m) for ring in shapely.get_rings(part))
        out[owner].append(shapely.make_valid(shapely.Polygon(shell, holes)))
    return polygonal(np.array([shapely.union_all(parts) for parts in out], object))


def _middles(ring: shapely.LinearRing, cell_m: float) -> np.ndarray:
    corners = shapely.get_coordinates(shapely.segmentize(ring, cell_m * 1.001))
    middles = (corners[:-1] + corners[1:]) / 2.0
    return np.concatenate([middles, middles[:1]])


def cut_where_planes_meet(
    polygons: np.ndarray, roof: np.ndarray, planes: np.ndarray, cell_m: float, tolerance_m: float
) -> np.ndarray:
    """Let neighbouring planes of a roof end at the line in which they meet.

    Parameters
    ----------
    polygons : (n,) array
        Plan polygons of the planes, to a cell.
    roof : (n,) int array
        Roof of each.
    planes : (n, 3) array
        Rise to the east, rise to the north [m/m], height at the origin of the polygons' coordinates [m].
    cell_m
        Side of the cells that the polygons came from. [m]
    tolerance_m
        How far off a plane its cells may lie; where two planes are nearer to each other, cells may be of either. [m]

    Returns
    -------
    array
        (n,) polygons; cells near the line belong to the plane on whose side they lie, gaps along it to either.
    """
    polygons = polygons.copy()
    middles = shapely.get_coordinates(shapely.centroid(polygons)) if len(polygons) else np.empty((0, 2))
    for number in np.unique(roof):
        members = np.flatnonzero(roof == number)
        for one, other in combinations(members, 2):
            difference = planes[one] - planes[other]
            steepness = float(np.hypot(*difference[:2]))
            sides = middles[[one, other]] @ difference[:2] + difference[2]
            if steepness < LEAST_ANGLE or sides[0] * sides[1] >= 0.0:
                continue
            reach = tolerance_m / steepness + EDGE_CELLS * cell_m
            if not shapely.dwithin(polygons[one], polygons[other], reach):
                continue
            near = shapely.intersection(*shapely.buffer(polygons[[one, other]], reach))
            line = difference / steepness * np.sign(sides[0])
            beside, along = (_beside(line, width, near) for width in (reach, cell_m))
            both = shapely.union_all([*polygons[[one, other]], *along], grid_size=GRID_M)
            others = shapely.union_all(polygons[np.setdiff1d(members, [one, other])], grid_size=GRID_M)
            zone = _area(shapely.difference(shapely.intersection(near, both), others))
            wrong = _area(shapely.intersection(zone, shapely.union_all(beside)))
            for plane, strip in zip((one, other), beside, strict=True):
                own = _area(shapely.intersection(zone, strip, grid_size=GRID_M))
                rest = _area(shapely.difference(polygons[plane], wrong, grid_size=GRID_M))
                polygons[plane] = _area(shapely.union(rest, own, grid_size=GRID_M))
    return polygons


def _area(geometry: shapely.Geometry) -> shapely.Geometry:
    """Leave the lines and points of a geometry out."""
    return polygonal(np.array([geometry], object))[0]


def _beside(line: np.ndarray, reach: float, near: shapely.Geometry) -> list[shapely.Polygon]:
    """Lay a strip as wide as the reach on either side of a line a x + b y + c = 0, a^2 + b^2 = 1."""
    west, south, east, north = shapely.bounds(near)
    middle, half = np.array([west + east, south + north]) / 2.0, np.hypot(east - west, north - south)
    across = line[:2]
    foot = middle - (middle @ across + line[2]) * across
    along = np.array([-across[1], across[0]]) * half
    return [
        shapely.Polygon([foot - along, foot + along, foot + along + side, foot - along + side])
        for side in (across * reach, -across * reach)
    ]


def without_small_holes(polygons: np.ndarray, least_m2: float) -> np.ndarray:
    """Fill holes that are smaller than a module."""
    parts, owner = shapely.get_parts(polygons, return_index=True)
    filled = []
    for part in parts:
        shell, *holes = shapely.get_rings(part)
        kept = [hole for hole in holes if shapely.area(shapely.Polygon(hole)) >= least_m2]
        filled.append(shapely.Polygon(shell, kept))
    whole = np.full(len(polygons), shapely.Polygon(), object)
    for number in np.unique(owner):
        whole[number] = shapely.union_all(np.array(filled, object)[owner == number])
    return whole
