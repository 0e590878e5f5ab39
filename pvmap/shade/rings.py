"""Polygons as flat arrays of rings, so that compiled loops can walk them: `Rings` for any, `Boxes` for buildings."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

from pvmap.compiled import inner

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Rings:
    """Polygons and multipolygons, one after the other.

    Attributes
    ----------
    xy : (vertex, 2) array
        Vertices; the last of a ring repeats its first. The inside lies to the left of every ring. [m]
    ring_start : (ring + 1,) array
        First vertex of each ring.
    first_ring : (polygon + 1,) array
        First ring of each polygon.
    """

    xy: Floats
    ring_start: Ints
    first_ring: Ints

    @classmethod
    def of(cls, polygons: npt.ArrayLike) -> Rings:
        """Flatten shapely polygons or multipolygons (the rings of a multipolygon's parts all belong to it)."""
        geometry = np.asarray(polygons, dtype=object)
        one_ring = (shapely.get_type_id(geometry) == shapely.GeometryType.POLYGON) & ~shapely.is_empty(geometry)
        one_ring &= shapely.get_num_interior_rings(geometry) == 0
        alone, others = np.flatnonzero(one_ring), np.flatnonzero(~one_ring)
        parts, polygon = shapely.get_parts(geometry[others], return_index=True)
        rings, part = shapely.get_rings(parts, return_index=True)
        owner = np.concatenate([alone, others[polygon[part]]])
        hole = np.concatenate([np.zeros(len(alone), bool), np.diff(part, prepend=-1) == 0])
        order = np.argsort(owner, kind="stable")
        rings = np.concatenate([geometry[alone], rings])[order]
        ring_start = ends(shapely.get_num_coordinates(rings))
        xy = _turned(shapely.get_coordinates(rings), ring_start, hole[order])
        return cls(xy, ring_start, ends(np.bincount(owner, minlength=len(geometry))))

    def take(self, rows: Ints) -> Rings:
        """Keep some of the polygons."""
        first, n_rings = self.first_ring[rows], self.first_ring[rows + 1] - self.first_ring[rows]
        rings = runs(first, n_rings)
        start, n_vertices = self.ring_start[rings], self.ring_start[rings + 1] - self.ring_start[rings]
        return Rings(self.xy[runs(start, n_vertices)], ends(n_vertices), ends(n_rings))

    def __len__(self) -> int:
        return len(self.first_ring) - 1


def _turned(xy: Floats, ring_start: Ints, hole: npt.NDArray[np.bool_]) -> Floats:
    """Run through rings the other way round where their inside lies to the right; that of a hole is around it."""
    size = np.diff(ring_start)
    ring = np.repeat(np.arange(len(size)), size)
    x, y = (xy - xy[ring_start[ring]]).T
    twice_area = np.bincount(ring[1:], x[:-1] * y[1:] - x[1:] * y[:-1], len(size))
    wrong = np.where(hole, twice_area > 0, twice_area <= 0)
    here = np.arange(len(xy))
    return xy[np.where(wrong[ring], ring_start[ring] + ring_start[ring + 1] - 1 - here, here)]


def ends(count: Ints) -> Ints:
    """Where runs of so many begin that lie one after the other, and where the last one ends, (n + 1,)."""
    return np.concatenate([[0], np.cumsum(count)]).astype(np.int64)


def runs(start: Ints, count: Ints) -> Ints:
    """Positions start, start + 1, ... of each run, one run after the other."""
    return np.repeat(start - ends(count)[:-1], count) + np.arange(count.sum())


@dataclass(frozen=True)
class Boxes:
    """Buildings as boxes: footprint, foot and top. Everything here is in one metric CRS.

    Attributes
    ----------
    rings : Rings
        Footprints, courtyards included.
    base_z, top_z : (box,) arrays
        Ground at the building and its roof, above the datum of the terrain (above 0 where there is none). [m]
    site_id : (box,) array of str
        Names the building, so that a roof knows its own walls; empty where it does not matter.
    centre, radius : (box, 2) and (box,) arrays
        A circle around each footprint. [m]
    """

    rings: Rings
    base_z: Floats
    top_z: Floats
    site_id: npt.NDArray[np.object_]
    centre: Floats
    radius: Floats

    @classmethod
    def of(
        cls,
        polygons: npt.ArrayLike,
        height_m: npt.ArrayLike,
        base_z: npt.ArrayLike = 0.0,
        site_id: npt.ArrayLike | None = None,
    ) -> Boxes:
        """Build boxes from footprints.

        Parameters
        ----------
        polygons : (box,) array of shapely polygons
            Footprints in a metric CRS.
        height_m : (box,) array
            Height of the roof above ground; NaN counts as 0, such a building shades nobody. [m]
        base_z : (box,) array or float
            Terrain at the building. [m]
        site_id : (box,) array of str, optional
            Names of the buildings.
        """
        geometry = np.asarray(polygons, dtype=object)
        base = np.broadcast_to(np.asarray(base_z, dtype=float), geometry.shape).copy()
        top = base + np.nan_to_num(np.asarray(height_m, dtype=float))
        low_high = shapely.bounds(geometry).reshape(-1, 4)
        centre = (low_high[:, :2] + low_high[:, 2:]) / 2
        rings = Rings.of(geometry)
        names = np.full(len(geometry), "", object) if site_id is None else np.asarray(site_id, dtype=object)
        vertices = np.diff(rings.ring_start[rings.first_ring])
        away = np.hypot(*(rings.xy - np.repeat(centre, vertices, axis=0)).T)
        radius = np.maximum.reduceat(away, rings.ring_start[rings.first_ring[:-1]]) if len(geometry) else np.empty(0)
        return cls(rings, base, top, names, centre, radius)

    def __len__(self) -> int:
        return len(self.top_z)


@inner
def contains(xy: Floats, ring_start: Ints, ring: int, end_ring: int, x: float, y: float) -> bool:
    """Whether a point lies inside the rings ``ring`` to ``end_ring - 1`` by the even-odd rule."""
    inside = False
    for r in range(ring, end_ring):
        for i in range(ring_start[r], ring_start[r + 1] - 1):
            y1, y2 = xy[i, 1], xy[i + 1, 1]
            if (y1 > y) != (y2 > y) and x < xy[i, 0] + (y - y1) * (xy[i + 1, 0] - xy[i, 0]) / (y2 - y1):
                inside = not inside
    return inside
