"""Made-up towns for tests of shade, and slow, independent ways to find what rises around a point."""

from __future__ import annotations

import math
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely
from numba import njit


@dataclass(frozen=True)
class Town:
    """Footprints and heights [m] of buildings on flat ground."""

    polygons: np.ndarray
    height_m: np.ndarray

    @property
    def names(self) -> np.ndarray:
        return np.array([f"rooftop:{i}" for i in range(len(self.height_m))], object)


def blocks(n: int, side_m: float, tall: float, seed: int = 0) -> Town:
    """Turned rectangles on a jittered lattice; the share `tall` are towers of 20 to 90 m, the rest 6 to 18 m high."""
    rng = np.random.default_rng(seed)
    per_side = math.ceil(math.sqrt(n * 1.3))
    step = side_m / per_side
    at = np.stack(np.divmod(rng.permutation(per_side**2)[:n], per_side), 1)
    centre = (at + 0.5) * step + rng.uniform(-0.08, 0.08, (n, 2)) * step
    width, length = rng.uniform(0.25, 0.42, (2, n)) * step
    turn = rng.uniform(0, math.pi, n) * (rng.random(n) < 0.5)
    height = np.where(rng.random(n) < tall, rng.uniform(20, 90, n), rng.choice([6.0, 7, 9, 12, 15, 18], n))
    corner = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) / 2
    u, v = corner[:, 0] * width[:, None], corner[:, 1] * length[:, None]
    c, s = np.cos(turn)[:, None], np.sin(turn)[:, None]
    corners = np.stack([u * c - v * s, u * s + v * c], 2) + centre[:, None]
    return Town(shapely.polygons(corners), height)


def centre(seed: int = 0) -> Town:
    """A dense centre with courtyards, L-shapes, touching neighbours, towers on podiums and buildings in courtyards."""
    rng = np.random.default_rng(seed)
    shapes: list[shapely.Polygon] = []
    heights: list[float] = []
    for i in range(12):
        for j in range(12):
            x, y = 60.0 * i, 60.0 * j
            kind = (i * 12 + j) % 6
            whole = shapely.box(x, y, x + 40, y + 36)
            yard = shapely.box(x + 10, y + 9, x + 30, y + 27)
            parts = {
                0: [whole.difference(yard)],
                1: [whole.difference(shapely.box(x + 20, y + 18, x + 60, y + 60))],
                2: [shapely.box(x, y, x + 20, y + 36), shapely.box(x + 20, y, x + 40, y + 36)],
                3: [whole, shapely.box(x + 12, y + 12, x + 28, y + 24)],
                4: [whole.difference(yard), shapely.box(x + 15, y + 14, x + 25, y + 22)],
                5: [whole],
            }[kind]
            turn = rng.uniform(0, 360)
            for part in parts:
                shapes.append(shapely.affinity.rotate(part, turn, origin=(x + 20, y + 18)))
                heights.append(rng.uniform(5, 60))
    return Town(np.array(shapes, object), np.array(heights))


def as_surfaces(town: Town, **columns: object) -> gpd.GeoDataFrame:
    """Contract table "surfaces" with one array a roof; `columns` override the defaults."""
    values: dict[str, object] = {
        "surface_id": [f"{name}:0" for name in town.names],
        "site_id": town.names,
        "surface_tilt": 0.0,
        "surface_azimuth": 180.0,
        "gcr": 0.82,
        "albedo": 0.2,
        "mounting": "flush",
        "height_m": town.height_m,
        "ground_tilt": 0.0,
        "ground_azimuth": 180.0,
        "row_length_m": 4.58,
        "edge_height_m": 1.0,
    }
    return gpd.GeoDataFrame(values | columns, geometry=town.polygons)


def rays(town: Town, xy: np.ndarray, z: np.ndarray, azimuth: np.ndarray, reach_m: float) -> np.ndarray:
    """Skyline by intersecting one ray a point with every higher footprint [deg]; 90 inside one. Flat ground."""
    tree = shapely.STRtree(town.polygons)
    towards = np.column_stack([np.sin(np.radians(azimuth)), np.cos(np.radians(azimuth))])
    lines = shapely.linestrings(np.stack([xy, xy + reach_m * towards], 1))
    ray, box = tree.query(lines, predicate="intersects")
    higher = town.height_m[box] > z[ray]
    ray, box = ray[higher], box[higher]
    distance = shapely.distance(shapely.points(xy[ray]), shapely.intersection(lines[ray], town.polygons[box]))
    angle = np.zeros(len(xy))
    np.maximum.at(angle, ray, np.degrees(np.arctan2(town.height_m[box] - z[ray], distance)))
    return angle


def raster_town(n: int, seed: int = 0) -> np.ndarray:
    """Boxes turned at odd angles, burnt into a raster of 1 m."""
    rng = np.random.default_rng(seed)
    z = np.zeros((n, n))
    for _ in range(n * n // 1800):
        (x, y), turn, (w, d) = rng.uniform(0, n, 2), rng.uniform(0, math.pi), rng.uniform(6, 22, 2)
        height = rng.uniform(20, 80) if rng.random() < 0.15 else rng.choice([6.0, 9, 12, 15, 18])
        r0, r1, c0, c1 = (int(np.clip(v, 0, n)) for v in (y - 16, y + 17, x - 16, x + 17))
        row, column = np.mgrid[r0:r1, c0:c1]
        u = (column - x) * math.cos(turn) + (row - y) * math.sin(turn)
        v = (row - y) * math.cos(turn) - (column - x) * math.sin(turn)
        part = z[r0:r1, c0:c1]
        part[(abs(u) < w / 2) & (abs(v) < d / 2)] = np.maximum(part[(abs(u) < w / 2) & (abs(v) < d / 2)], height)
    return z


@njit
def march(z: np.ndarray, rows: np.ndarray, columns: np.ndarray, azimuth: float, step: float) -> np.ndarray:
    """Skyline from cell centres by marching over the bilinear surface at the exact azimuth [deg]; cells of 1 m."""
    east, south = math.sin(math.radians(azimuth)), -math.cos(math.radians(azimuth))
    out = np.zeros(rows.size)
    for i in range(rows.size):
        best, d = 0.0, step
        while True:
            r, c = rows[i] + south * d, columns[i] + east * d
            if r < 0 or c < 0 or r >= z.shape[0] - 1 or c >= z.shape[1] - 1:
                break
            a, b = int(r), int(c)
            u, v = r - a, c - b
            here = (z[a, b] * (1 - v) + z[a, b + 1] * v) * (1 - u) + (z[a + 1, b] * (1 - v) + z[a + 1, b + 1] * v) * u
            best = max(best, (here - z[rows[i], columns[i]]) / d)
            d += step
        out[i] = math.degrees(math.atan(best))
    return out
