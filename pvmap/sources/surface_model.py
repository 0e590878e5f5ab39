"""Heights of buildings from a measured surface model, and how much of it is missing or was drawn.

The city is walked in squares of the lattice, each read once with the footprints whose representative point it holds,
so memory does not grow with the city.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import geopandas as gpd
import numpy as np
import shapely
from pyproj import CRS
from rasterio.features import rasterize

from pvmap.settings.city import RasterInput, SurfaceInput
from pvmap.settings.surface_model import SurfaceModelSettings
from pvmap.sources.grid import Bounds, Grid
from pvmap.sources.raster import Raster, read_aligned, read_window

SQUARE_M = 1000.0
SQUARE_CELLS = 2000  # a square is smaller where the cells are
# judgement: laser scans and photogrammetry scatter by 20 mm and more, so a roof even to a millimetre was not measured;
# the rest of its cells lie where drawn parts of different height meet
EVEN_M, DRAWN_SHARE = 1e-3, 0.75
WHOLE_M = 0.1  # heights in whole decimetres are even because they are rounded


def squares(points: np.ndarray, side_m: float) -> Iterator[tuple[Bounds, np.ndarray]]:
    """Group points by squares of a lattice that begins at the origin of the CRS.

    Parameters
    ----------
    points : (n, 2) array
        Coordinates. [m]
    side_m
        Side of a square. [m]

    Yields
    ------
    bounds, rows
        A square that holds points, in rising order, and the positions of its points.
    """
    corner = np.floor(points / side_m).astype(np.int64)
    order = np.lexsort((corner[:, 1], corner[:, 0]))  # stable, and a fraction of what `unique` takes for rows
    first = np.flatnonzero((np.diff(corner[order], axis=0) != 0).any(axis=1)) + 1
    for members in np.split(order, first) if len(order) else ():
        column, row = corner[members[0]]
        west, south = float(column * side_m), float(row * side_m)
        yield (west, south, west + side_m, south + side_m), members


def footprint_squares(footprints: np.ndarray, cell_m: float) -> Iterator[tuple[Bounds, Bounds, np.ndarray]]:
    """Group footprints by squares of a size that suits a raster's cell.

    Yields
    ------
    square, window, rows
        The square, a window that also covers its footprints with a rim of two cells, and their positions.
    """
    if not len(footprints):
        return
    middle = shapely.get_coordinates(shapely.point_on_surface(footprints))
    for square, rows in squares(middle, square_side_m(cell_m)):
        outer = shapely.total_bounds(footprints[rows])
        rim = 2 * cell_m
        window = (
            min(square[0], outer[0] - rim),
            min(square[1], outer[1] - rim),
            max(square[2], outer[2] + rim),
            max(square[3], outer[3] + rim),
        )
        yield square, window, rows


def square_side_m(cell_m: float) -> float:
    """Side of the squares a raster is walked in [m]: a kilometre, less where cells are small, never below 100 m."""
    return SQUARE_M / max(1, min(10, round(SQUARE_M / cell_m / SQUARE_CELLS)))


def read_surface(
    dsm: SurfaceInput, dem: RasterInput | None, raw: Path, crs: CRS, bounds: Bounds, cell_m: float | None = None
) -> Grid | None:
    """Read the surface model in the height system of the ground model, also where it holds heights above ground.

    Parameters, errors as in `raster.read_window`; without a ground model the ground is 0.
    """
    grid = read_window(dsm, raw, crs, bounds, cell_m)
    if grid is None or not dsm.above_ground or dem is None:
        return grid
    ground = read_window(dem, raw, crs, grid.bounds, grid.cell_m)
    return None if ground is None else replace(grid, values=grid.values + ground.values)


def heights_above_ground(
    footprints: gpd.GeoSeries,
    dsm: SurfaceInput,
    dem: RasterInput,
    raw: Path,
    settings: SurfaceModelSettings,
) -> np.ndarray:
    """Height of each building: median of surface minus ground over the cells inside its footprint.

    Parameters
    ----------
    footprints : (n,) GeoSeries
        Polygons in the metric CRS.
    dsm, dem
        Surface and ground model; any CRS and cell, brought onto the cells of the finer.
    raw
        Folder of the input files.
    settings
        ``least_height_m`` and ``least_cover``.

    Returns
    -------
    (n,) float array
        NaN where the models cover too little of the footprint or show nothing that stands there. A footprint that
        holds no cell's centre takes the value at its representative point. [m]
    """
    polygons, crs = footprints.to_numpy(), CRS(footprints.crs)
    cell_m = min(Raster(raw, source).cell_m(crs) for source in (dsm, dem))
    height = np.full(len(polygons), np.nan)
    for _, window, rows in footprint_squares(polygons, cell_m):
        if dsm.above_ground:
            above = read_window(dsm, raw, crs, window, cell_m)
        else:
            grids = read_aligned((dsm, dem), raw, crs, window, cell_m)
            above = None if grids is None else grids[0] - grids[1]
        if above is not None:
            height[rows] = _medians(polygons[rows], above, settings.least_cover)
    return np.where(height >= settings.least_height_m, height, np.nan)


class Seen(NamedTuple):
    """What a surface model shows of footprints.

    Attributes
    ----------
    missing, cells
        Cells inside without a height, and all cells.
    drawn
        Footprints whose roof was drawn, not measured.
    """

    missing: int
    cells: int
    drawn: int


def look_over(footprints: gpd.GeoSeries, dsm: RasterInput, raw: Path) -> Seen:
    """Count what the surface model lacks inside footprints, and the roofs that it does not show as measured."""
    polygons, crs = footprints.to_numpy(), CRS(footprints.crs)
    cell_m = Raster(raw, dsm).cell_m(crs)
    missing = total = drawn = 0
    for _, window, rows in footprint_squares(polygons, cell_m):
        grid = read_window(dsm, raw, crs, window, cell_m)
        if grid is None:
            cells = round(float(shapely.area(polygons[rows]).sum()) / cell_m**2)
            missing, total = missing + cells, total + cells
            continue
        inside = labels_of(polygons[rows], grid) > 0
        total += int(inside.sum())
        missing += int((inside & np.isnan(grid.values)).sum())
        drawn += int(drawn_roofs(polygons[rows], grid).sum())
    return Seen(missing, total, drawn)


def drawn_roofs(footprints: np.ndarray, dsm: Grid) -> np.ndarray:
    """Whether each roof was drawn, as blocks or planes, and not measured: such a model shows no obstacles.

    Parameters
    ----------
    footprints : (n,) array of polygons
        In the grid's CRS.
    dsm
        Heights as the surface model has them. [m]

    Returns
    -------
    (n,) bool array
        True where three quarters of the cells that lie among others of their footprint are level or sloped with both
        pairs of neighbours to a millimetre, and heights are finer than whole decimetres.
    """
    labels, height = labels_of(footprints, dsm), dsm.values
    own = labels[1:-1, 1:-1]
    pairs = ((np.s_[:-2, 1:-1], np.s_[2:, 1:-1]), (np.s_[1:-1, :-2], np.s_[1:-1, 2:]))
    among, off_m = own > 0, np.zeros(own.shape)
    for one, other in pairs:
        among &= (labels[one] == own) & (labels[other] == own)
        off_m = np.maximum(off_m, np.abs(height[one] - 2.0 * height[1:-1, 1:-1] + height[other]))
    label, inside_m = own[among] - 1, height[1:-1, 1:-1][among]
    n = np.bincount(label, minlength=len(footprints))
    even = np.bincount(label[off_m[among] <= EVEN_M], minlength=len(footprints))
    unrounded = np.abs(inside_m - WHOLE_M * np.round(inside_m / WHOLE_M)) > EVEN_M
    finer = np.bincount(label[unrounded], minlength=len(footprints)) > 0
    return finer & (even >= DRAWN_SHARE * n)


def labels_of(polygons: np.ndarray, grid: Grid) -> np.ndarray:
    """Give the number of the polygon that holds each cell's centre, counted from 1; 0 where none does."""
    labels = np.zeros(grid.values.shape, np.int32)
    if len(polygons):
        numbered = ((polygon, number + 1) for number, polygon in enumerate(polygons))
        rasterize(numbered, out=labels, transform=grid.transform)
    return labels


def _medians(polygons: np.ndarray, above_ground: Grid, least_cover: float) -> np.ndarray:
    """Median of the cells in each polygon that have a value; NaN where too few have."""
    labels = labels_of(polygons, above_ground).ravel()
    cells = np.flatnonzero(labels)
    label, value = labels[cells] - 1, above_ground.values.ravel()[cells]
    held = np.bincount(label, minlength=len(polygons))
    known = np.isfinite(value)
    label, value = label[known], value[known]
    order = np.lexsort((value, label))
    value = value[order]
    n_known = np.bincount(label, minlength=len(polygons))
    first = np.concatenate([[0], np.cumsum(n_known)[:-1]])
    median = np.full(len(polygons), np.nan)
    enough = np.flatnonzero((n_known > 0) & (n_known >= least_cover * held))
    lower, upper = first[enough] + (n_known[enough] - 1) // 2, first[enough] + n_known[enough] // 2
    median[enough] = (value[lower] + value[upper]) / 2
    small = np.flatnonzero(held == 0)
    middle = shapely.get_coordinates(shapely.point_on_surface(polygons[small]))
    median[small] = above_ground.sample(middle[:, 0], middle[:, 1])
    return median
