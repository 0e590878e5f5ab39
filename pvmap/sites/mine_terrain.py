"""Ground of a mine read from the terrain model: walls, slopes too steep for their aspect, the rest by aspect."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import shapely

from pvmap.settings.mine import MineSettings
from pvmap.sources.raster import Grid, slope_azimuth

FLAT, EQUATOR, EAST, POLE, WEST = range(5)  # aspect classes of usable cells
UNUSABLE = 9


class Terrain(NamedTuple):
    """Cells of one terrain window, all (rows, columns).

    Attributes
    ----------
    slope, aspect
        [deg], downhill azimuth.
    wall
        Cells of a highwall, without the rim around it.
    steep
        Cells steeper than their aspect allows.
    sector
        Aspect class of each cell.
    missing
        Cells without elevation or slope.
    """

    slope: np.ndarray
    aspect: np.ndarray
    wall: np.ndarray
    steep: np.ndarray
    sector: np.ndarray
    missing: np.ndarray


def read_terrain(grid: Grid, equator: float, rules: MineSettings) -> Terrain:
    """Judge every cell.

    A wall is a cell whose 3 x 3 neighbourhood spans more than ``highwall_relief_m``, or that is steeper than
    ``slope_limit`` itself. On cells of 30 m the first binds on even slopes of more than about 18 degrees already: a
    coarse terrain model cannot tell a bench with a wall from a steep hillside, so both stay free.

    Parameters
    ----------
    grid
        Terrain model at its native resolution.
    equator
        Azimuth of the equator from here, 180 in the north [deg].
    rules
        Limits.
    """
    slope, aspect = slope_azimuth(grid)
    missing = np.isnan(grid.values) | np.isnan(slope)
    wall = (relief(grid.values) > rules.highwall_relief_m) | (slope > rules.slope_limit)
    sector = aspect_sector(slope, aspect, equator, rules.flat_below)
    return Terrain(slope, aspect, wall & ~missing, too_steep(slope, sector, rules) & ~missing, sector, missing)


def relief(elevation: np.ndarray) -> np.ndarray:
    """Highest minus lowest elevation over 3 x 3 cells [m]; missing cells are passed over."""
    framed = np.pad(elevation, 1, constant_values=np.nan)
    windows = np.lib.stride_tricks.sliding_window_view(framed, (3, 3))
    highest = np.where(np.isnan(windows), -np.inf, windows).max(axis=(2, 3))
    lowest = np.where(np.isnan(windows), np.inf, windows).min(axis=(2, 3))
    return highest - lowest


def aspect_sector(slope: np.ndarray, aspect: np.ndarray, equator: float, flat_below: float) -> np.ndarray:
    """Class of each cell: flat, or the quarter its slope faces; quarters are centred on the cardinal directions."""
    turn = (np.nan_to_num(aspect) - equator) % 360.0  # 0 towards the equator, clockwise
    quarter = np.select(
        [(turn <= 45.0) | (turn >= 315.0), turn < 135.0, turn <= 225.0],
        [EQUATOR, WEST if equator == 180.0 else EAST, POLE],
        EAST if equator == 180.0 else WEST,
    )
    return np.where(np.nan_to_num(slope) < flat_below, FLAT, quarter)


def too_steep(slope: np.ndarray, sector: np.ndarray, rules: MineSettings) -> np.ndarray:
    """Whether a cell is steeper than its aspect allows; a limit itself is allowed."""
    limits = np.full(5, rules.slope_limit_side)
    limits[[FLAT, EQUATOR, POLE]] = rules.slope_limit, rules.slope_limit_equator, rules.slope_limit_pole
    return slope > limits[sector]


def mean_ground(piece: shapely.Geometry, terrain: Terrain, sector: int, grid: Grid) -> tuple[float, float]:
    """Mean slope and downhill azimuth [deg] of the cells of one aspect class whose centre lies in a piece of ground.

    Gradients are averaged, not angles; where no centre lies in the piece, all cells of the class in its bounds count.
    """
    west, south, east, north = piece.bounds
    columns = np.flatnonzero((grid.x > west - grid.cell_m) & (grid.x < east + grid.cell_m))
    rows = np.flatnonzero((grid.y > south - grid.cell_m) & (grid.y < north + grid.cell_m))
    near = np.ix_(rows, columns)
    x, y = np.meshgrid(grid.x[columns], grid.y[rows])
    of_class = (terrain.sector[near] == sector) & ~terrain.missing[near]
    inside = of_class & shapely.contains_xy(piece, x, y)
    chosen = inside if inside.any() else of_class
    steepness = np.tan(np.radians(terrain.slope[near][chosen]))
    downhill = np.radians(np.nan_to_num(terrain.aspect[near][chosen]))
    to_east, to_north = (steepness * np.sin(downhill)).mean(), (steepness * np.cos(downhill)).mean()
    return float(np.degrees(np.arctan(np.hypot(to_east, to_north)))), float(
        np.degrees(np.arctan2(to_east, to_north)) % 360
    )
