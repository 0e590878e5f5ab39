"""Polygons as flat arrays in tile units, rings turned so that outer ones and holes run opposite ways."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pyproj
import shapely

from pvmap.crs import WGS84, transformer

EXTENT = 16384  # steps of a tile's side: 0.13 m at zoom 14 and 32 degrees north
MAX_SPAN = 1.2  # tiles; larger polygons are cut, so that 16 bits hold every coordinate
MARGIN = 0.01  # tiles; pieces overlap by this much so that no seam shows


@dataclass(frozen=True)
class Shapes:
    """Polygons of many sites.

    ``x``, ``y`` are world coordinates in steps of 1/`EXTENT` of a tile, once `flatten` has done; ring `r` holds points
    ``ring[r] : ring[r + 1]``, shape `s` the rings ``shape[s] : shape[s + 1]``. ``site`` is the row of each shape,
    ``piece_tile`` the only tile a piece of a cut site is for, -1 for whole sites. ``bounds`` is (shape, 4), in tiles.
    """

    x: np.ndarray
    y: np.ndarray
    ring: np.ndarray
    shape: np.ndarray
    site: np.ndarray
    piece_tile: np.ndarray
    bounds: np.ndarray

    def take(self, shapes: np.ndarray, x: int, y: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Give some shapes' points in steps from a tile's corner, points per ring and rings per shape."""
        per_shape = self.shape[shapes + 1] - self.shape[shapes]
        rings = runs(self.shape[shapes], per_shape)
        per_ring = self.ring[rings + 1] - self.ring[rings]
        points = runs(self.ring[rings], per_ring)
        return self.x[points] - np.int32(x * EXTENT), self.y[points] - np.int32(y * EXTENT), per_ring, per_shape


def runs(start: np.ndarray, count: np.ndarray) -> np.ndarray:
    """Concatenate ``arange(start[i], start[i] + count[i])`` over i."""
    total = int(count.sum())
    ends = np.cumsum(count)
    return np.arange(total) + np.repeat(start - (ends - count), count)


def morton(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Interleave the bits of two 16-bit numbers."""

    def spread(v: np.ndarray) -> np.ndarray:
        v = v.astype(np.uint64) & np.uint64(0xFFFF)
        for shift, mask in ((8, 0x00FF00FF), (4, 0x0F0F0F0F), (2, 0x33333333), (1, 0x55555555)):
            v = (v | (v << np.uint64(shift))) & np.uint64(mask)
        return v

    return spread(np.asarray(x)) | (spread(np.asarray(y)) << np.uint64(1))


def mercator(longitude: np.ndarray, latitude: np.ndarray, zoom: int) -> tuple[np.ndarray, np.ndarray]:
    """Web Mercator in tiles of a zoom, y downward. Only for drawing: never for areas or distances."""
    n = 2.0**zoom
    s = np.sin(np.radians(latitude))
    return (np.asarray(longitude) + 180.0) / 360.0 * n, (0.5 - np.log((1 + s) / (1 - s)) / (4 * np.pi)) * n


def to_tiles(xy: np.ndarray, crs: pyproj.CRS, zoom: int) -> tuple[np.ndarray, np.ndarray]:
    """Project metric coordinates to tile units.

    Parameters
    ----------
    xy
        Coordinates in `crs`. (point, 2)
    crs
        Metric CRS.
    zoom
        Zoom of the tiles.
    """
    return mercator(*transformer(pyproj.CRS(crs), WGS84).transform(xy[:, 0], xy[:, 1]), zoom)


def flatten(polygons: np.ndarray, crs: pyproj.CRS, zoom: int) -> Shapes:
    """Turn polygons in a metric CRS into flat arrays in tile units, and cut those larger than a tile."""
    kind, xy, offsets = shapely.to_ragged_array(polygons, include_z=False)
    if kind == shapely.GeometryType.MULTIPOLYGON:
        ring, first_rings, part = offsets
        shape = first_rings[part]
    else:
        ring, shape = offsets
        first_rings = shape
    x, y = to_tiles(xy, crs, zoom)
    x, y, ring = _open_and_turn(x, y, np.asarray(ring, np.int64), np.asarray(first_rings[:-1], np.int64))
    shape = np.asarray(shape, np.int64)
    start = ring[shape[:-1]]
    bounds = _bounds(x, y, start)
    n = len(polygons)
    whole = Shapes(x, y, ring, shape, np.arange(n), np.full(n, -1), bounds)
    large = np.flatnonzero((bounds[:, 2:] - bounds[:, :2] > MAX_SPAN).any(axis=1))
    cut = _cut_large(whole, large) if len(large) else whole
    x, y = (np.rint(one * EXTENT).astype(np.int32) for one in (cut.x, cut.y))
    return replace(cut, x=x, y=y)


def join(some: list[Shapes]) -> Iterator[tuple[str, np.ndarray]]:
    """Join shapes one after the other, each naming its sites as all do; give one array at a time by its name."""

    def ends(of: str, points: list[int]) -> np.ndarray:
        before = np.cumsum([0, *points])
        return np.concatenate([[0], *(getattr(one, of)[1:] + start for one, start in zip(some, before, strict=False))])

    for name in ("x", "y", "site", "piece_tile", "bounds"):
        yield name, np.concatenate([getattr(one, name) for one in some])
    yield "ring", ends("ring", [len(one.x) for one in some])
    yield "shape", ends("shape", [len(one.ring) - 1 for one in some])


def _bounds(x: np.ndarray, y: np.ndarray, start: np.ndarray) -> np.ndarray:
    """Bounds of the shapes whose points begin at `start`. (shape, 4)."""
    ends = ((np.minimum, x), (np.minimum, y), (np.maximum, x), (np.maximum, y))
    return np.stack([end.reduceat(values, start) for end, values in ends], axis=1)


def _open_and_turn(
    x: np.ndarray, y: np.ndarray, ring: np.ndarray, outer: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Drop each ring's closing point; turn outer rings one way and holes the other."""
    # Differences from each ring's first point keep the sum exact: world coordinates are large, rings are small.
    origin_x, origin_y = np.repeat(x[ring[:-1]], np.diff(ring)), np.repeat(y[ring[:-1]], np.diff(ring))
    dx, dy = x - origin_x, y - origin_y
    cross = dx[:-1] * dy[1:] - dx[1:] * dy[:-1]
    cross[ring[1:-1] - 1] = 0.0
    area = np.add.reduceat(np.append(cross, 0.0), ring[:-1])
    is_outer = np.zeros(len(ring) - 1, bool)
    is_outer[outer] = True
    wrong = (area > 0) != is_outer
    size = np.diff(ring) - 1
    opened = np.concatenate([[0], np.cumsum(size)])
    within = np.arange(opened[-1]) - np.repeat(opened[:-1], size)
    per_point = np.repeat(wrong, size)
    at = np.repeat(ring[:-1], size) + np.where(per_point, np.repeat(size, size) - 1 - within, within)
    return x[at], y[at], opened


def _cut_large(whole: Shapes, large: np.ndarray) -> Shapes:
    """Replace each large shape by one piece per tile it touches."""
    pieces, sites, tiles = [], [], []
    for s in large:
        rings = [
            np.stack([whole.x[a:b], whole.y[a:b]], axis=1)
            for a, b in zip(
                whole.ring[whole.shape[s] : whole.shape[s + 1]],
                whole.ring[whole.shape[s] + 1 : whole.shape[s + 1] + 1],
                strict=True,
            )
        ]
        polygon = shapely.make_valid(_polygons(rings))
        x0, y0, x1, y1 = np.floor(whole.bounds[s]).astype(int)
        for tx in range(x0, x1 + 1):
            for ty in range(y0, y1 + 1):
                piece = shapely.clip_by_rect(polygon, tx - MARGIN, ty - MARGIN, tx + 1 + MARGIN, ty + 1 + MARGIN)
                parts = [p for p in shapely.get_parts(piece) if p.geom_type == "Polygon" and p.area > 0]
                for part in parts:
                    pieces.append(part)
                    sites.append(whole.site[s])
                    tiles.append(tx * (1 << 24) + ty)
    keep = np.setdiff1d(np.arange(len(whole.site)), large)
    per_shape = np.diff(whole.shape)[keep]
    rings_kept = runs(whole.shape[keep], per_shape)
    per_ring = np.diff(whole.ring)[rings_kept]
    points = runs(whole.ring[rings_kept], per_ring)
    _, xy, (ring, shape) = shapely.to_ragged_array(np.array(pieces, object), include_z=False)
    x, y, ring = _open_and_turn(xy[:, 0], xy[:, 1], np.asarray(ring, np.int64), np.asarray(shape[:-1], np.int64))
    start = ring[shape[:-1]]
    bounds = _bounds(x, y, start)
    all_rings = np.concatenate([[0], np.cumsum(np.concatenate([per_ring, np.diff(ring)]))])
    all_shapes = np.concatenate([[0], np.cumsum(np.concatenate([per_shape, np.diff(shape)]))])
    return Shapes(
        np.concatenate([whole.x[points], x]),
        np.concatenate([whole.y[points], y]),
        all_rings,
        all_shapes,
        np.concatenate([whole.site[keep], sites]).astype(np.int64),
        np.concatenate([whole.piece_tile[keep], tiles]).astype(np.int64),
        np.concatenate([whole.bounds[keep], bounds]),
    )


def _polygons(rings: list[np.ndarray]) -> shapely.Geometry:
    """Polygons from turned rings: outer rings run one way, the holes that follow them the other."""
    found: list[tuple[np.ndarray, list[np.ndarray]]] = []
    for ring in rings:
        d = ring - ring[0]
        outer = float(np.sum(d[:-1, 0] * d[1:, 1] - d[1:, 0] * d[:-1, 1])) > 0
        if outer or not found:
            found.append((ring, []))
        else:
            found[-1][1].append(ring)
    return shapely.MultiPolygon([(outer, holes) for outer, holes in found])
