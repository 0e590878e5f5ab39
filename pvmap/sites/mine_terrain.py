"""Ground of a mine read from the terrain model: walls, slopes too steep for their aspect, the rest by aspect."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import shapely
from scipy import ndimage

from pvmap.settings.mine import MineSettings
from pvmap.sites.masks import outline
from pvmap.sites.plane_fit import REACH, continued, gradient, on_fine_cells
from pvmap.sources.grid import Grid

FLAT, EQUATOR, EAST, POLE, WEST = range(5)  # aspect classes of usable cells
PEAK_REACH = 1.75  # scales: from the flank of a wall's bell to its top
HALF_PEAK = 0.5  # where the bell of a wall ends, high or low
BELL_REACH = 0.5  # scales: what is marked beside a wall already, on either side
SHARPEST = 0.38  # finest scale that cells give without ringing, as a share of their side
BLIND_ABOVE_CELL_M = 45.0  # larger cells hide what a mine is full of: walls of one bench
BENCH_M = 15.0
ROUNDING_DEG = 1e-6
NEGLIGIBLE_M2 = 1e-6
ASPECT_DIGITS = 6  # of a degree: rounding must not part an even slope that faces between two quarters


class Terrain(NamedTuple):
    """Fine cells of one terrain window, all (rows, columns).

    Attributes
    ----------
    grid
        Where the cells lie, and their elevation.
    slope, aspect
        Of the plane around each cell [deg], downhill azimuth.
    wall
        Cells of a highwall, without the rim around it.
    steep
        Cells steeper than their aspect allows.
    sector
        Aspect class of each cell.
    """

    grid: Grid
    slope: np.ndarray
    aspect: np.ndarray
    wall: np.ndarray
    steep: np.ndarray
    sector: np.ndarray


def terrain_margin_m(rules: MineSettings) -> float:
    """Width of the ground around a mine that decides what its own cells are: rim, and hillside of the outermost [m]."""
    return rules.highwall_rim_m + PEAK_REACH * rules.slope_scale_m + REACH * rules.hillside_scale_m


def read_terrain(elevation: Grid, equator: float, rules: MineSettings, *, grid_north: float = 0.0) -> Terrain:
    """Judge every cell.

    Slope and aspect are those of a plane fitted at ``slope_scale_m``, so they do not depend on the cells of the model.
    A wall is where that plane is steeper than the hillside explains, see `excess`: by more than ``highwall_excess`` and
    by more than half of the most within reach, or where it is steeper than ``slope_limit`` altogether. Even slopes hold
    no wall up to that limit. Missing cells lie in the plane around the nearest known one.

    Parameters
    ----------
    elevation
        Terrain model at its native resolution; how much of it is known is for the caller to ask, see `unknown_share`.
    equator
        Azimuth of the equator from here, 180 in the north [deg].
    rules
        Limits and scales.
    grid_north
        Azimuth of grid north there [deg]: aspects are true ones.
    """
    grid = on_fine_cells(replace(elevation, values=continued(elevation.values)))
    east, north = gradient(grid, near_scale_m(elevation.cell_m, rules), elevation.cell_m)
    steepness = np.hypot(east, north)
    slope = np.degrees(np.arctan(steepness))
    aspect = (np.degrees(np.arctan2(-east, -north)) + grid_north) % 360.0
    above = excess((east, north), gradient(grid, rules.hillside_scale_m, elevation.cell_m))
    peak = ndimage.maximum_filter(above, footprint=_disc(PEAK_REACH * rules.slope_scale_m, grid.cell_m))
    wall = ((above > rules.highwall_excess) & (above > HALF_PEAK * peak)) | (slope > rules.slope_limit)
    sector = aspect_sector(slope, aspect, equator, rules.flat_below)
    return Terrain(grid, slope, aspect, wall, too_steep(slope, sector, rules), sector)


def near_scale_m(cell_m: float, rules: MineSettings) -> float:
    """Scale [m] of the slope on a model of cells this wide: coarse cells cannot give the one that is asked for."""
    return max(rules.slope_scale_m, SHARPEST * cell_m)


def hidden_wall_m(cell_m: float, rules: MineSettings) -> float:
    """Height [m] of the lone wall that a model of cells this wide just shows, at least that of a bench."""
    sharpness = 1.0 / near_scale_m(cell_m, rules) - 1.0 / rules.hillside_scale_m
    return max(BENCH_M, rules.highwall_excess * math.sqrt(2.0 * math.pi) / max(sharpness, 1e-9))


def excess(near: tuple[np.ndarray, np.ndarray], hillside: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
    """How much steeper the ground is than the hillside rises the same way [m/m]: 0 on even slopes, at most the slope.

    Across a lone wall of h metres it is a bell whose peak is h / sqrt(2 pi) x (1 / near scale - 1 / hillside scale).
    """
    steepness = np.hypot(*near)
    along = (near[0] * hillside[0] + near[1] * hillside[1]) / np.maximum(steepness, 1e-9)
    return steepness - np.maximum(along, 0.0)


def beside_walls(terrain: Terrain, rules: MineSettings) -> shapely.Geometry:
    """Walls and the rim around them: the rim is counted from the wall, of whose bell both flanks are marked already."""
    rim_m = max(rules.highwall_rim_m - BELL_REACH * rules.slope_scale_m, 0.0)
    return shapely.union_all(shapely.buffer(outline(terrain.wall, terrain.grid), rim_m))


def _disc(radius_m: float, cell_m: float) -> np.ndarray:
    reach = math.floor(radius_m / cell_m)
    right, down = np.meshgrid(*[np.arange(-reach, reach + 1) * cell_m] * 2)
    return np.hypot(right, down) <= radius_m


def aspect_sector(slope: np.ndarray, aspect: np.ndarray, equator: float, flat_below: float) -> np.ndarray:
    """Class of each cell: flat, or the quarter its slope faces; quarters are centred on the cardinal directions."""
    turn = np.round(aspect - equator, ASPECT_DIGITS) % 360.0  # 0 towards the equator, clockwise
    quarter = np.select(
        [(turn <= 45.0) | (turn >= 315.0), turn < 135.0, turn <= 225.0],
        [EQUATOR, WEST if equator == 180.0 else EAST, POLE],
        EAST if equator == 180.0 else WEST,
    )
    return np.where(slope < flat_below, FLAT, quarter)


def too_steep(slope: np.ndarray, sector: np.ndarray, rules: MineSettings) -> np.ndarray:
    """Whether a cell is steeper than its aspect allows; a limit itself is allowed."""
    limits = np.full(5, rules.slope_limit_side)
    limits[[FLAT, EQUATOR, POLE]] = rules.slope_limit, rules.slope_limit_equator, rules.slope_limit_pole
    return slope > limits[sector] + ROUNDING_DEG


def unknown_share(elevation: Grid | None, polygon: shapely.Geometry) -> float:
    """Share of a polygon under which a terrain model has no elevation."""
    if elevation is None:
        return 1.0
    known = shapely.box(*elevation.bounds)
    gaps = shapely.intersection(outline(np.isnan(elevation.values), elevation), shapely.intersection(known, polygon))
    unknown = shapely.area(shapely.difference(polygon, known)) + shapely.area(gaps).sum()
    return float(unknown / shapely.area(polygon))


def mean_ground(piece: shapely.Geometry, terrain: Terrain, sector: int) -> tuple[float, float]:
    """Mean slope and downhill azimuth [deg] of the cells of one aspect class whose centre lies in a piece of ground.

    Gradients are averaged, not angles; where no centre lies in the piece, all cells of the class in its bounds count.
    """
    grid = terrain.grid
    west, south, east, north = piece.bounds
    columns = np.flatnonzero((grid.x > west - grid.cell_m) & (grid.x < east + grid.cell_m))
    rows = np.flatnonzero((grid.y > south - grid.cell_m) & (grid.y < north + grid.cell_m))
    near = np.ix_(rows, columns)
    x, y = np.meshgrid(grid.x[columns], grid.y[rows])
    of_class = terrain.sector[near] == sector
    inside = of_class & shapely.contains_xy(piece, x, y)
    chosen = inside if inside.any() else of_class
    steepness = np.tan(np.radians(terrain.slope[near][chosen]))
    downhill = np.radians(terrain.aspect[near][chosen])
    to_east, to_north = (steepness * np.sin(downhill)).mean(), (steepness * np.cos(downhill)).mean()
    return float(np.degrees(np.arctan(np.hypot(to_east, to_north)))), float(
        np.degrees(np.arctan2(to_east, to_north)) % 360
    )
