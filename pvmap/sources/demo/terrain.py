"""The ground: a synthetic 30 m elevation model of low hills above a river plain, with quarries carved into it.

Hills stand where Zhenjiang has them (the Ningzhen range along the Yangtze, Maoshan in the south-west, a few single
hills), as ridges with rounded height figures; everything finer is noise from a fixed seed [U].
"""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import rasterio
import rasterio.features
from scipy import ndimage, sparse
from shapely.geometry import Polygon
from shapely.geometry.base import BaseGeometry

from pvmap.sources.demo.geography import METRIC_CRS, project

CELL_M = 30.0
MARGIN_M = 3000.0
CONTROL = 8  # cells between the points that carry ridges and broad hills
STEP_M = 0.1  # heights are kept in decimetres: finer digits would be noise and do not compress
PLAIN_M = 6.0
WATER_M = {"river": 3.0, "lake": 8.0}
BENCH_HEIGHT_M = 12.0
BENCH_WIDTH_M = 22.0
MAX_BENCHES = 9
DEPTH_SHARE = (0.02, 0.16)  # depth of a pit below its lowest rim, as a share of its radius [U]
HEAPS_M = 3.5  # typical height of waste rock on the floor

Ridge = tuple[tuple[float, float, float], ...]
RIDGES: tuple[tuple[float, Ridge], ...] = (  # half width in metres; longitude, latitude, height in metres
    (1700.0, ((119.05, 32.12, 250), (119.08, 32.13, 420), (119.13, 32.125, 280), (119.19, 32.10, 250))),
    (1500.0, ((119.24, 32.09, 200), (119.30, 32.07, 240), (119.36, 32.08, 340), (119.41, 32.09, 250))),
    (900.0, ((119.42, 32.155, 150), (119.47, 32.165, 160), (119.53, 32.155, 110))),
    (900.0, ((119.61, 32.165, 110), (119.69, 32.165, 200), (119.72, 32.155, 240))),
    (1900.0, ((119.31, 31.92, 150), (119.315, 31.84, 310), (119.305, 31.78, 370), (119.28, 31.71, 220))),
    (1400.0, ((119.12, 31.84, 90), (119.17, 31.80, 150), (119.20, 31.74, 120))),
    (1200.0, ((119.35, 31.99, 80), (119.38, 31.95, 120), (119.40, 31.90, 90))),
    (1000.0, ((119.50, 32.05, 70), (119.55, 32.06, 90))),
)


@dataclass(frozen=True)
class Lattice:
    """A north-up grid of square cells in the metric CRS."""

    west: float
    north: float
    rows: int
    columns: int

    @classmethod
    def around(cls, bounds: tuple[float, float, float, float]) -> Lattice:
        """Cover `bounds` [m] and a margin with whole cells."""
        west = np.floor((bounds[0] - MARGIN_M) / CELL_M) * CELL_M
        north = np.ceil((bounds[3] + MARGIN_M) / CELL_M) * CELL_M
        columns, rows = np.ceil((np.array([bounds[2] - west, north - bounds[1]]) + MARGIN_M) / CELL_M).astype(int)
        return cls(float(west), float(north), int(rows), int(columns))

    @property
    def transform(self) -> rasterio.Affine:
        """Return rasterio's affine transform."""
        return rasterio.Affine(CELL_M, 0.0, self.west, 0.0, -CELL_M, self.north)

    def cell(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Give the flat index of the cell each point lies in; points outside are moved to the border."""
        column = np.clip(((x - self.west) / CELL_M).astype(int), 0, self.columns - 1)
        row = np.clip(((self.north - y) / CELL_M).astype(int), 0, self.rows - 1)
        return row * self.columns + column

    def burn(self, shapes: list[BaseGeometry]) -> np.ndarray:
        """Mark cells that the shapes touch: a boolean (rows, columns) array."""
        if not shapes:
            return np.zeros((self.rows, self.columns), dtype=bool)
        return rasterio.features.rasterize(
            shapes, (self.rows, self.columns), transform=self.transform, all_touched=True, dtype="uint8"
        ).astype(bool)


def ground(lattice: Lattice, water: gpd.GeoDataFrame, rng: np.random.Generator) -> np.ndarray:
    """Heights before any quarry: a float32 (rows, columns) array [m above sea]."""
    rows, columns = lattice.rows // CONTROL + 4, lattice.columns // CONTROL + 4
    x = lattice.west + (np.arange(columns) - 1) * CONTROL * CELL_M
    y = lattice.north - (np.arange(rows) - 1) * CONTROL * CELL_M
    xx, yy = np.meshgrid(x, y)
    relief = np.max([_ridge(xx, yy, width, line) for width, line in RIDGES], axis=0)
    hills = ndimage.gaussian_filter(rng.standard_normal(relief.shape), 1.6)
    hills /= hills.std()
    rolling = ndimage.gaussian_filter(rng.standard_normal(relief.shape), 6.0)
    rolling /= rolling.std()
    west = 1.0 / (1.0 + np.exp((xx - (lattice.west + 0.45 * lattice.columns * CELL_M)) / 7000.0))  # Jurong's uplands
    smooth = PLAIN_M + 22.0 * west * np.exp(0.5 * rolling) + relief * (0.80 + 0.33 * np.tanh(hills))
    rough = rng.standard_normal((lattice.rows // 3 + 4, lattice.columns // 3 + 4)).astype("float32")
    height = _upsample(smooth.astype("float32"), lattice, CONTROL)
    height += _upsample((0.07 * relief + 0.25).astype("float32"), lattice, CONTROL) * _upsample(rough, lattice, 3)
    for kind, level in WATER_M.items():
        height[lattice.burn(list(water.geometry[water["kind"] == kind]))] = level
    return height


def slope(height: np.ndarray) -> np.ndarray:
    """Steepest slope of each cell from its neighbours' central differences [degrees]."""
    north, west = np.gradient(height, CELL_M)
    return np.degrees(np.arctan(np.hypot(north, west))).astype("float32")


def carve(height: np.ndarray, lattice: Lattice, pit: Polygon, rng: np.random.Generator) -> None:
    """Cut a quarry into the ground: a floor near the lowest rim, benches towards the high side. In place.

    Every bench is BENCH_HEIGHT_M high and BENCH_WIDTH_M wide; the floor falls gently and carries heaps of waste rock.
    """
    west, south, east, north = pit.bounds
    rows = slice(*_span(lattice.north - north, lattice.north - south, lattice.rows))
    columns = slice(*_span(west - lattice.west, east - lattice.west, lattice.columns))
    window = height[rows, columns]
    corner = Lattice(lattice.west + columns.start * CELL_M, lattice.north - rows.start * CELL_M, *window.shape)
    inside = rasterio.features.geometry_mask([pit], window.shape, corner.transform, invert=True)
    if not inside.any():
        return
    radius = np.sqrt(pit.area / np.pi)
    floor = float(np.quantile(window[inside], 0.12)) - radius * rng.uniform(*DEPTH_SHARE)
    distance = ndimage.distance_transform_edt(inside) * CELL_M - CELL_M / 2  # from the rim inward [m]
    down, right = np.indices(window.shape)
    heaps = ndimage.gaussian_filter(rng.standard_normal(window.shape), 1.0) * 3.5 * HEAPS_M
    fall = 0.015 * CELL_M * (down * rng.uniform(-1, 1) + right * rng.uniform(-1, 1))
    n_benches = min(int(np.ceil((float(window[inside].max()) - floor) / BENCH_HEIGHT_M)), MAX_BENCHES)
    steps = np.maximum(n_benches - np.floor(distance / BENCH_WIDTH_M), 0.0) * BENCH_HEIGHT_M
    window[inside] = np.minimum(window, floor + np.maximum(steps, np.maximum(heaps, 0.0) + fall))[inside]


def write_dem(path: str, height: np.ndarray, lattice: Lattice) -> None:
    """Write the heights as a compressed, tiled GeoTIFF."""
    profile = {
        "driver": "GTiff",
        "height": lattice.rows,
        "width": lattice.columns,
        "count": 1,
        "dtype": "float32",
        "crs": METRIC_CRS,
        "transform": lattice.transform,
        "compress": "deflate",
        "zlevel": 3,
        "predictor": 3,
        "tiled": True,
        "blockxsize": 512,
        "blockysize": 512,
        "num_threads": "2",
    }
    with rasterio.open(path, "w", **profile) as raster:
        raster.write(np.round(height / np.float32(STEP_M)) * np.float32(STEP_M), 1)
        raster.update_tags(DESCRIPTION="synthetic demo terrain / 合成演示地形", UNIT="metre above sea, made up")


def _span(start: float, stop: float, size: int) -> tuple[int, int]:
    return max(int(start / CELL_M) - 1, 0), min(int(stop / CELL_M) + 2, size)


def _ridge(x: np.ndarray, y: np.ndarray, width: float, line: Ridge) -> np.ndarray:
    """Height of one ridge: the nearest point of its crest decides, falling off like a bell [m]."""
    crest = np.array(line)
    points = project(crest[:, :2])
    best = np.zeros_like(x)
    for (x0, y0), (x1, y1), h0, h1 in zip(points[:-1], points[1:], crest[:-1, 2], crest[1:, 2], strict=True):
        share = np.clip(((x - x0) * (x1 - x0) + (y - y0) * (y1 - y0)) / ((x1 - x0) ** 2 + (y1 - y0) ** 2), 0.0, 1.0)
        distance2 = (x - x0 - share * (x1 - x0)) ** 2 + (y - y0 - share * (y1 - y0)) ** 2
        best = np.maximum(best, (h0 + share * (h1 - h0)) * np.exp(-distance2 / (2 * width**2)))
    return best


def _upsample(coarse: np.ndarray, lattice: Lattice, step: int) -> np.ndarray:
    """Cubic B-spline through control points `step` cells apart; point 1 lies on the grid's north-west corner."""
    down = _spline(lattice.rows, coarse.shape[0], step)
    right = _spline(lattice.columns, coarse.shape[1], step)
    return (right @ (down @ coarse).T).T


def _spline(fine: int, coarse: int, step: int) -> sparse.csr_array:
    """Weights of the four control points around each cell centre: a (fine, coarse) matrix."""
    position = (np.arange(fine) + 0.5) / step
    first = position.astype(int)
    t = position - first
    weights = np.stack([(1 - t) ** 3, 3 * t**3 - 6 * t**2 + 4, -3 * t**3 + 3 * t**2 + 3 * t + 1, t**3], axis=1) / 6
    columns = first[:, None] + np.arange(4)
    pointer = np.arange(0, 4 * fine + 1, 4)
    return sparse.csr_array((weights.astype("float32").ravel(), columns.ravel(), pointer), shape=(fine, coarse))
