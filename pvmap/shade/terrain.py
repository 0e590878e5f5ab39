"""Far and near terrain from an elevation model: rays with steps that grow with distance, over ever coarser levels.

Chosen per point, never per tile: levels are cut on multiples of the cell counted from the origin of the metric CRS, so
a point meets the same cells whatever window was read, provided the window reaches as far as the ray.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.ndimage import distance_transform_edt

from pvmap.compiled import njit
from pvmap.directions import azimuths, headings
from pvmap.settings.shade import ShadeSettings
from pvmap.shade.rays import CREST_LEVELS, heights, rays
from pvmap.shade.rings import Floats, Ints
from pvmap.shade.threads import in_threads

if TYPE_CHECKING:
    from pvmap.sources.grid import Grid

EARTH_RADIUS_M = 6_371_000.0  # IUGG mean radius
MOST_FILLED = 4_000_000  # cells of the level in which unknown ground is filled: a second of work
N_LEVELS = 8
COARSEST = 2 ** (N_LEVELS - 1)  # cells along a cell of the coarsest level


class Frame(NamedTuple):
    """Where the cells of an elevation model lie: north-west corner and cell of the finest level [m], rows, columns."""

    west: float
    north: float
    cell_m: float
    rows: int
    columns: int

    @classmethod
    def around(cls, west: float, north: float, cell_m: float, rows: int, columns: int) -> Frame:
        """Widen a window to whole cells of the coarsest level."""
        left, top = round(west / cell_m) % COARSEST, -round(north / cell_m) % COARSEST
        height, width = (-(-size // COARSEST) * COARSEST for size in (top + rows, left + columns))
        return cls(west - left * cell_m, north + top * cell_m, cell_m, height, width)

    @property
    def levels(self) -> Levels:
        """Shapes of all levels."""
        return Levels.of([(self.rows >> k, self.columns >> k) for k in range(N_LEVELS)])

    @property
    def crests(self) -> Levels:
        """Shapes of the crests, which have a margin of one block."""
        return Levels.of([((self.rows >> k) + 2, (self.columns >> k) + 2) for k in CREST_LEVELS])


class Levels(NamedTuple):
    """Several 2-D arrays in one flat one: rows and columns (level, 2) of each, and where it begins, (level + 1,)."""

    shape: Ints
    first: Ints

    @classmethod
    def of(cls, shapes: list[tuple[int, int]]) -> Levels:
        """Lay arrays of these shapes one after the other."""
        shape = np.array(shapes, dtype=np.int64)
        return cls(shape, np.concatenate([[0], np.cumsum(shape.prod(axis=1))]))

    @property
    def size(self) -> int:
        """Cells of all levels."""
        return int(self.first[-1])

    def split(self, cells: Floats) -> list[Floats]:
        """View the flat array level by level."""
        ends = self.first[1:-1]
        return [one.reshape(shape) for one, shape in zip(np.split(cells, ends), self.shape, strict=True)]


@dataclass(frozen=True)
class Terrain:
    """An elevation model in levels, each of half the resolution of the one before.

    Attributes
    ----------
    frame
        Where its cells lie.
    cells : flat array
        All of ``frame.levels``, row by row from the north-west; NaN where unknown. [m]
    crests : flat array
        For each of ``CREST_LEVELS``: highest cell of each block and of the blocks around it. [m]
    """

    frame: Frame
    cells: Floats
    crests: Floats

    @classmethod
    def of(cls, grid: Grid) -> Terrain:
        """Build the levels of a grid of square cells, row 0 in the north."""
        frame = Frame.around(grid.west, grid.north, grid.cell_m, *grid.values.shape)
        terrain = cls(frame, np.empty(frame.levels.size), np.empty(frame.crests.size))
        terrain.fill([grid])
        return cls(frame, terrain.cells, terrain.crowned())

    def fill(self, grids: Iterable[Grid], rows: range | None = None, forget: Callable[[], None] = lambda: None) -> None:
        """Write the cells of grids that lie in the frame, and all levels over them; the rest is unknown.

        Of `rows` alone where they are given, of which the frame has `COARSEST` or a multiple before them. Crests become
        the highest of each block alone: `crowned` gives them when all rows are filled. `forget` is called after each
        grid and each stretch of rows: cells that lie in files are not needed in memory.
        """
        rows = range(self.frame.rows) if rows is None else rows
        levels, crests = self.frame.levels.split(self.cells), self.frame.crests.split(self.crests)
        for top in rows[::COARSEST]:
            levels[0][top : top + COARSEST] = np.nan
            forget()
        for grid in grids:
            top = round((self.frame.north - grid.north) / grid.cell_m)
            left = round((grid.west - self.frame.west) / grid.cell_m)
            values = grid.values[max(rows.start - top, 0) : max(rows.stop - top, 0)]
            top = max(top, rows.start)
            levels[0][top : top + values.shape[0], left : left + values.shape[1]] = values
            forget()
        highest = dict(zip(CREST_LEVELS, crests, strict=True))
        for top in rows[::COARSEST]:
            finer, finer_highest = levels[0][top : top + COARSEST], levels[0][top : top + COARSEST]
            for k in range(1, N_LEVELS):
                here = slice(top >> k, (top + COARSEST) >> k)
                finer_highest = _halve(finer, finer_highest, levels[k][here])
                finer = levels[k][here]
                if k in highest:
                    highest[k][1:-1, 1:-1][here] = finer_highest
            forget()

    def crowned(self) -> Floats:
        """Crests when all rows are filled: of each block the highest of it and the blocks around it."""
        every = (_crest(highest[1:-1, 1:-1]).ravel() for highest in self.frame.crests.split(self.crests))
        return np.concatenate(list(every))

    @cached_property
    def highest(self) -> float:
        """Highest cell [m]; minus infinity where none is known."""
        return float(self.frame.crests.split(self.crests)[-1].max())

    @cached_property
    def arrays(self) -> tuple[Any, ...]:
        """What compiled loops take: frame, cells and their levels, crests and theirs."""
        return tuple(self.frame[:3]), self.cells, self.frame.levels, self.crests, self.frame.crests

    def height(self, x: npt.ArrayLike, y: npt.ArrayLike) -> Floats:
        """Give the elevation at points in metres, bilinear in the finest level; NaN outside and where unknown."""
        px, py = (np.array(v, dtype=float) for v in np.broadcast_arrays(x, y))
        out = np.empty(px.shape)
        heights(self.arrays, px.ravel(), py.ravel(), out.reshape(-1))
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
            row = np.clip((self.frame.north - py[unknown]) / cell_m, 0, rows - 1).astype(np.int64)
            column = np.clip((px[unknown] - self.frame.west) / cell_m, 0, columns - 1).astype(np.int64)
            out[unknown] = filled[row, column]
        return out

    @cached_property
    def _filled(self) -> tuple[Floats, float]:
        """A level without unknown cells, and its cell in metres."""
        levels = self.frame.levels
        level = int(np.argmax(levels.shape.prod(axis=1) <= MOST_FILLED))
        cells, cell_m = levels.split(self.cells)[level], self.frame.cell_m * 2**level
        unknown = np.isnan(cells)
        if unknown.all():
            return np.zeros(cells.shape), cell_m
        nearest = distance_transform_edt(unknown, return_distances=False, return_indices=True)
        return cells[tuple(nearest)], cell_m


def _crest(highest: Floats) -> Floats:
    """Highest of each block and its eight neighbours, with a margin of one block."""
    wide = np.pad(highest, 2, constant_values=-np.inf)
    tall = np.maximum(np.maximum(wide[:-2], wide[1:-1]), wide[2:])
    return np.maximum(np.maximum(tall[:, :-2], tall[:, 1:-1]), tall[:, 2:])


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
    if not len(x) or terrain.highest == -math.inf:
        return out
    least = math.tan(math.radians(settings.terrain_min_rise_deg))
    sink = (1 - settings.refraction_coefficient) / (2 * EARTH_RADIUS_M)
    arguments = (
        terrain.arrays,
        (x, y, z, near),
        (east, north),
        (settings.terrain_reach_m, settings.terrain_step_share, sink, terrain.highest, least),
        out,
    )
    in_threads(lambda first, last: rays(first, last, *arguments), len(x), threads)
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
