"""Far and near terrain from an elevation model: rays with steps that grow with distance, over ever coarser levels.

Chosen per point, never per tile: levels are cut on multiples of the cell counted from the origin of the metric CRS, so
a point meets the same cells whatever window was read, provided the window reaches as far as the ray.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from numba import njit
from scipy.ndimage import distance_transform_edt

from pvmap.directions import azimuths, headings
from pvmap.settings.shade import ShadeSettings
from pvmap.shade.rings import Floats, Ints
from pvmap.shade.threads import in_threads

if TYPE_CHECKING:
    from pvmap.sources.raster import Grid

EARTH_RADIUS_M = 6_371_000.0  # IUGG mean radius
MOST_FILLED = 4_000_000  # cells of the level in which unknown ground is filled: a second of work
N_LEVELS = 8  # coarsest cell = 128 cells
CREST_LEVELS = (2, 3, 5, 7)  # blocks of 4 to 128 cells whose highest cell tells whether a look is worth while


@dataclass(frozen=True)
class Terrain:
    """An elevation model in levels, each of half the resolution of the one before.

    Attributes
    ----------
    cells : flat array
        All levels, one after the other, row by row from the north-west; NaN where unknown. [m]
    shape : (level, 2) array
        Rows and columns of each level.
    first : (level,) array
        Where each level begins in ``cells``.
    crests : tuple of 2-D arrays
        For each of ``CREST_LEVELS``: highest cell of each block and of the blocks around it, with a margin of one
        block. [m]
    west, north, cell_m : float
        Outer corner and cell of the finest level. [m]
    """

    cells: Floats
    shape: Ints
    first: Ints
    crests: tuple[Floats, ...]
    west: float
    north: float
    cell_m: float

    @classmethod
    def of(cls, grid: Grid) -> Terrain:
        """Build the levels of a grid of square cells, row 0 in the north."""
        block = 2 ** (N_LEVELS - 1)
        rows, columns = grid.values.shape
        left, top = round(grid.west / grid.cell_m) % block, -round(grid.north / grid.cell_m) % block
        height, width = (-(-size // block) * block for size in (top + rows, left + columns))
        shape = np.array([(height >> k, width >> k) for k in range(N_LEVELS)], dtype=np.int64)
        end = np.cumsum(shape.prod(axis=1))
        cells = np.full(end[-1], np.nan)
        levels = [one.reshape(size) for one, size in zip(np.split(cells, end[:-1]), shape, strict=True)]
        levels[0][top : top + rows, left : left + columns] = grid.values
        highest, crests = levels[0], []
        for k in range(1, N_LEVELS):
            highest = _halve(levels[k - 1], highest, levels[k])
            if k in CREST_LEVELS:
                crests.append(_crest(highest))
        west, north = grid.west - left * grid.cell_m, grid.north + top * grid.cell_m
        return cls(cells, shape, end - shape.prod(axis=1), tuple(crests), west, north, grid.cell_m)

    def height(self, x: npt.ArrayLike, y: npt.ArrayLike) -> Floats:
        """Give the elevation at points in metres, bilinear in the finest level; NaN outside and where unknown."""
        px, py = (np.array(v, dtype=float) for v in np.broadcast_arrays(x, y))
        out = np.empty(px.shape)
        _heights(self.cells, self.shape, self.first, self._frame, px.ravel(), py.ravel(), out.reshape(-1))
        return out

    def ground(self, x: npt.ArrayLike, y: npt.ArrayLike) -> Floats:
        """Give the elevation at points as `height`; where it is unknown, that of the nearest known cell; 0 without any.

        The nearest is looked for in a level of at most `MOST_FILLED` cells.
        """
        px, py = (np.array(v, dtype=float).ravel() for v in np.broadcast_arrays(x, y))
        out = self.height(px, py)
        unknown = np.flatnonzero(np.isnan(out))
        if len(unknown):
            filled, cell_m = self._filled
            rows, columns = filled.shape
            row = np.clip((self.north - py[unknown]) / cell_m, 0, rows - 1).astype(np.int64)
            column = np.clip((px[unknown] - self.west) / cell_m, 0, columns - 1).astype(np.int64)
            out[unknown] = filled[row, column]
        return out

    @cached_property
    def _filled(self) -> tuple[Floats, float]:
        """A level without unknown cells, and its cell in metres."""
        level = int(np.argmax(self.shape.prod(axis=1) <= MOST_FILLED))
        rows, columns = self.shape[level]
        cells = self.cells[self.first[level] : self.first[level] + rows * columns].reshape(rows, columns)
        unknown = np.isnan(cells)
        if unknown.all():
            return np.zeros((rows, columns)), self.cell_m * 2**level
        nearest = distance_transform_edt(unknown, return_distances=False, return_indices=True)
        return cells[tuple(nearest)], self.cell_m * 2**level

    @property
    def _frame(self) -> tuple[float, float, float]:
        return self.west, self.north, self.cell_m


def _crest(highest: Floats) -> Floats:
    """Highest of each block and its eight neighbours, with a margin of one block."""
    wide = np.pad(highest, 2, constant_values=-np.inf)
    rows, columns = highest.shape[0] + 2, highest.shape[1] + 2
    return np.maximum.reduce([wide[i : i + rows, j : j + columns] for i in range(3) for j in range(3)])


def far_horizon(
    terrain: Terrain,
    x: Floats,
    y: Floats,
    z: Floats,
    settings: ShadeSettings | None = None,
    *,
    near_m: npt.ArrayLike = 0.0,
    azimuth: Floats | None = None,
    threads: int = 1,
) -> npt.NDArray[np.float32]:
    """Tangent of the elevation of the terrain around points, 0 where it lies below the horizontal.

    Parameters
    ----------
    terrain : Terrain
        Elevations out to ``terrain_reach_m`` around the points; where it ends, so does the look.
    x, y, z : (point,) arrays
        Where the eye is, in the CRS and above the datum of the terrain. [m]
    settings : ShadeSettings, optional
        ``terrain_reach_m``, ``terrain_step_share``, ``refraction_coefficient``.
    near_m : (point,) array or float
        Terrain nearer than this is left out; at least half a cell is. [m]
    azimuth : (direction,) array, optional
        By default the centres of the bins. [deg]
    threads : int
        Threads that share the points.

    Returns
    -------
    (point, direction) float32 array
        Lowered by the curvature of the earth, raised by refraction: d^2 (1 - k) / (2 R).
    """
    settings = settings or ShadeSettings()
    east, north = headings(azimuths() if azimuth is None else np.asarray(azimuth, dtype=float))
    x, y, z, near = (np.array(v, dtype=float) for v in np.broadcast_arrays(x, y, z, near_m))
    out = np.zeros((len(x), len(east)), np.float32)
    if not len(x) or not np.isfinite(terrain.cells).any():
        return out
    least = math.tan(math.radians(settings.terrain_min_rise_deg))
    sink = (1 - settings.refraction_coefficient) / (2 * EARTH_RADIUS_M)
    arguments = (
        (terrain.cells, terrain.shape, terrain.first, terrain._frame, terrain.crests),
        (x, y, z, near),
        (east, north),
        (settings.terrain_reach_m, settings.terrain_step_share, sink, float(terrain.crests[-1].max()), least),
        out,
    )
    in_threads(lambda first, last: _rays(first, last, *arguments), len(x), threads)
    return out


@njit(cache=True, error_model="numpy")
def _halve(finer, finer_highest, out):
    """Write the means of four known cells each, and return the highest of them: minus infinity where none is known."""
    highest = np.full(out.shape, -np.inf)
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            total, known = 0.0, 0
            for r in range(2 * i, 2 * i + 2):
                for c in range(2 * j, 2 * j + 2):
                    if math.isfinite(finer[r, c]):
                        total, known = total + finer[r, c], known + 1
                    if finer_highest[r, c] > highest[i, j]:
                        highest[i, j] = finer_highest[r, c]
            out[i, j] = total / known if known else np.nan
    return highest


@njit(cache=True, error_model="numpy")
def _height(cells, shape, first, frame, level, x, y):
    """Bilinear elevation between the cell centres of a level; NaN outside and beside unknown cells."""
    size = frame[2] * 2.0**level
    c, r = (x - frame[0]) / size - 0.5, (frame[1] - y) / size - 0.5
    i, j = math.floor(r), math.floor(c)
    if i < -1 or j < -1 or i >= shape[level, 0] or j >= shape[level, 1]:
        return np.nan
    fr, fc = r - i, c - j
    # within half a cell of the rim the outermost cell goes on
    i0, i1 = max(i, 0), min(i + 1, shape[level, 0] - 1)
    j0, j1 = max(j, 0), min(j + 1, shape[level, 1] - 1)
    a, b = first[level] + i0 * shape[level, 1], first[level] + i1 * shape[level, 1]
    upper = cells[a + j0] * (1 - fc) + cells[a + j1] * fc
    lower = cells[b + j0] * (1 - fc) + cells[b + j1] * fc
    return upper * (1 - fr) + lower * fr


@njit(cache=True, error_model="numpy")
def _heights(cells, shape, first, frame, x, y, out):
    for p in range(x.size):
        out[p] = _height(cells, shape, first, frame, 0, x[p], y[p])


@njit(cache=True, nogil=True, error_model="numpy")
def _rays(start, end, terrain, eyes, heading, limits, out):
    cells, shape, first, frame, crests = terrain
    x, y, z, near = eyes
    east, north = heading
    reach, step_share, sink, highest, least = limits
    cell = frame[2]
    for p in range(start, end):
        for k in range(east.size):
            best = 0.0
            d = max(near[p], cell / 2)
            while d <= reach and best * d <= highest - z[p]:
                px, py = x[p] + d * east[k], y[p] + d * north[k]
                low = z[p] + sink * d * d + max(best, least) * d
                i, j = math.floor((frame[1] - py) / cell), math.floor((px - frame[0]) / cell)
                skip = 0.0
                for c in range(len(crests)):
                    row, column = (i >> CREST_LEVELS[c]) + 1, (j >> CREST_LEVELS[c]) + 1
                    inside = 0 <= row < crests[c].shape[0] and 0 <= column < crests[c].shape[1]
                    if inside and crests[c][row, column] > low:
                        break
                    skip = cell * (1 << CREST_LEVELS[c])  # nothing within one block from here is high enough
                if skip > 0:
                    d += skip
                    continue
                step = max(cell, step_share * d)
                level = min(int(math.log2(step / cell)), shape.shape[0] - 1)
                ground = _height(cells, shape, first, frame, level, px, py)
                rise = ground - z[p] - sink * d * d
                if rise > best * d:  # never true of NaN
                    best = rise / d
                d += step
            out[p, k] = best if best > least else 0.0
