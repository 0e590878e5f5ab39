"""Quarries drawn as functions of the ground, so that any cell size and any turn shows the same walls."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from affine import Affine
from rasterio.features import geometry_mask, shapes
from scipy import ndimage

from pvmap.settings.demo import DemoSettings
from pvmap.sources.demo import terrain as demo
from pvmap.sources.demo.geography import districts, water
from pvmap.sources.demo.land import make_quarries
from pvmap.sources.grid import Grid

DRAWN_M = 2.5  # cells on which the ground is drawn before it is averaged
HALF_M = 630.0  # a multiple of all cells that are tried
FACE = np.tan(np.radians(45.0))  # steeper ground is the face of a wall, whatever surrounds it


@dataclass(frozen=True)
class Quarry:
    """Elevation on cells of DRAWN_M, what lies in the pit, and the faces of walls of at least 15 m."""

    elevation: np.ndarray
    pit: np.ndarray
    high_face: np.ndarray

    def grid(self, cell_m: float) -> Grid:
        """Average the ground over the cells of a terrain model."""
        size = round(cell_m / DRAWN_M)
        rows = len(self.elevation) // size
        blocks = self.elevation[: rows * size, : rows * size].reshape(rows, size, rows, size)
        return Grid(blocks.mean(axis=(1, 3)), -HALF_M, HALF_M, cell_m)

    def outline(self) -> shapely.Geometry:
        """Edge of the pit."""
        rings = shapes(self.pit.astype("uint8"), mask=self.pit, transform=TRANSFORM)
        return shapely.union_all([shapely.geometry.shape(ring) for ring, _ in rings])

    def beside_high_walls(self, rim_m: float) -> np.ndarray:
        """Cells of the pit within the rim of a wall of 15 m or more."""
        return self.pit & (ndimage.distance_transform_edt(~self.high_face) * DRAWN_M <= rim_m)


TRANSFORM = Affine(DRAWN_M, 0.0, -HALF_M, 0.0, -DRAWN_M, HALF_M)


def burn(cover: shapely.Geometry) -> np.ndarray:
    """Mark the drawn cells whose centre a polygon holds."""
    size = round(2 * HALF_M / DRAWN_M)
    if shapely.is_empty(cover):
        return np.zeros((size, size), bool)
    return geometry_mask([cover], (size, size), TRANSFORM, invert=True)


def draw(seed: int, turn_deg: float = 0.0) -> Quarry:
    """Cut one to three benches of 15 to 45 m into a rolling hillside of 4 to 18 degrees; the scene may be turned."""
    rng = np.random.default_rng(seed)
    middle = np.arange(round(2 * HALF_M / DRAWN_M)) * DRAWN_M + DRAWN_M / 2 - HALF_M
    right, up = np.meshgrid(middle, -middle)
    turn = np.radians(turn_deg)
    x, y = right * np.cos(turn) + up * np.sin(turn), up * np.cos(turn) - right * np.sin(turn)
    hill = _rolling(x, y, rng)
    rim_m = _radius(x, y, rng) - np.hypot(x, y)  # about how far inside the rim
    pit = rim_m > 0.0
    height, bench, n_benches = rng.choice([15.0, 20.0, 30.0, 45.0]), rng.uniform(12.0, 40.0), int(rng.integers(1, 4))
    run = height / np.tan(np.radians(rng.uniform(60.0, 78.0)))
    passed = np.floor(np.maximum(rim_m, 0.0) / (bench + run))
    into_face = np.clip(np.maximum(rim_m, 0.0) - passed * (bench + run) - bench, 0.0, run) / run
    above_floor = np.maximum((n_benches - passed - into_face) * height, 0.0)
    floor = np.quantile(hill[pit], rng.uniform(0.02, 0.20)) + 0.01 * rng.uniform(-1, 1) * x
    ground = np.where(pit, np.minimum(hill, floor + above_floor), hill)
    north, east = np.gradient(ground, DRAWN_M)
    face = pit & (np.hypot(east, north) > FACE)
    around = 2 * round(run / DRAWN_M) + 3
    drop = ndimage.maximum_filter(ground, around) - ndimage.minimum_filter(ground, around)
    return Quarry(ground, pit, face & (drop >= 15.0))


def _rolling(x: np.ndarray, y: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    towards = rng.uniform(0, 2 * np.pi)
    ground = np.tan(np.radians(rng.uniform(4.0, 18.0))) * (x * np.cos(towards) + y * np.sin(towards))
    for _ in range(5):
        wave_m, towards = rng.uniform(300.0, 900.0), rng.uniform(0, 2 * np.pi)
        phase = 2 * np.pi * (x * np.cos(towards) + y * np.sin(towards)) / wave_m + rng.uniform(0, 2 * np.pi)
        ground = ground + rng.uniform(1.0, wave_m / 60.0) * np.sin(phase)
    return ground


def _radius(x: np.ndarray, y: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    around = np.arctan2(y, x)
    bulges = (rng.uniform(0.0, 0.10) * np.cos(k * around + rng.uniform(0, 2 * np.pi)) for k in (2, 3, 4))
    return rng.uniform(150.0, 280.0) * (1.0 + sum(bulges))


def demo_pits(n: int) -> list[Quarry]:
    """Pits of a demo that has this many, cut anew on cells of DRAWN_M instead of 30 m."""
    settings = DemoSettings(n_quarries=n)
    streams = [np.random.default_rng([settings.seed, step]) for step in range(5)]
    counties = districts()
    lattice = demo.Lattice.around(tuple(counties.total_bounds))
    height = demo.ground(lattice, water(streams[1]), streams[2])
    pits = make_quarries(settings, counties.union_all(), height, demo.slope(height), lattice, streams[3]).geometry
    return [_carved(pit, height, lattice, streams[4]) for pit in pits]


def _carved(pit: shapely.Polygon, height: np.ndarray, lattice: demo.Lattice, rng: np.random.Generator) -> Quarry:
    """One pit by the demo's own measures: benches of 12 m in steps, a floor with heaps that are 30 m wide."""
    centre = pit.centroid
    middle = np.arange(round(2 * HALF_M / DRAWN_M)) * DRAWN_M + DRAWN_M / 2 - HALF_M
    x, y = np.meshgrid(middle, -middle)
    at = (lattice.north - centre.y - y) / demo.CELL_M - 0.5, (centre.x + x - lattice.west) / demo.CELL_M - 0.5
    hill = ndimage.map_coordinates(height.astype(float), at, order=3, mode="nearest")
    inside = shapely.contains_xy(pit, centre.x + x, centre.y + y)
    radius = np.sqrt(pit.area / np.pi)
    floor = np.quantile(hill[inside], 0.12) - radius * rng.uniform(*demo.DEPTH_SHARE)
    wide = demo.CELL_M / DRAWN_M
    heaps = ndimage.gaussian_filter(rng.standard_normal(x.shape), wide) * wide * 3.5 * demo.HEAPS_M
    fall = 0.015 * (x * rng.uniform(-1, 1) - y * rng.uniform(-1, 1))
    n_benches = min(int(np.ceil((hill[inside].max() - floor) / demo.BENCH_HEIGHT_M)), demo.MAX_BENCHES)
    from_rim = ndimage.distance_transform_edt(inside) * DRAWN_M
    steps = np.maximum(n_benches - np.floor(from_rim / demo.BENCH_WIDTH_M), 0.0) * demo.BENCH_HEIGHT_M
    ground = np.where(inside, np.minimum(hill, floor + np.maximum(steps, np.maximum(heaps, 0.0) + fall)), hill)
    down, right = np.gradient(ground, DRAWN_M)
    return Quarry(ground, inside, inside & (np.hypot(down, right) > FACE))
