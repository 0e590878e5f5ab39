"""Gradients of a terrain model at scales in metres, whatever the size of its cells.

Coarse cells are drawn on fine ones by a cubic spline, very fine ones are averaged, both exact on even ground. Around
every cell a plane is then fitted with weights that fall off like a bell; its width is a length on the ground, so models
of 5 and of 30 m cells give the slope of the same ground.
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
from scipy import ndimage

from pvmap.sources.grid import Grid

CELL_M = 10.0  # planes are fitted on cells no larger than this, and no smaller than half of it where they are drawn
REACH = 3.0  # of the bell, in its own widths: beyond it nothing counts
RING = 6  # cells of a model beyond which its spline is no longer felt (0.27 a cell)
Gradient = tuple[np.ndarray, np.ndarray]


def on_fine_cells(grid: Grid) -> Grid:
    """Draw a model on cells of 5 to 10 m.

    A missing cell stays missing, and the ground beside it goes on to it as its neighbours slope. Averaged cells lie on
    multiples of their size from the origin of the CRS and are missing where one of their parts is; a remainder at the
    border falls off.
    """
    together, parts = math.floor(CELL_M / grid.cell_m + 1e-9), math.ceil(grid.cell_m / CELL_M - 1e-9)
    if together > 1:
        return _averaged(grid, together)
    return _spline(grid, parts) if parts > 1 else grid


def gradient(grid: Grid, scale_m: float, blur_m: float = 0.0) -> Gradient:
    """Rise of the plane fitted around each cell, towards east and towards north [m/m].

    Parameters
    ----------
    grid
        Elevations; missing cells and all beyond the border carry no weight.
    scale_m
        Standard deviation of the weights. [m]
    blur_m
        Side of the cells that the model was drawn from, which blurred the ground before: the weights are narrowed by
        it, so that both together have the scale. [m]

    Returns
    -------
    tuple of arrays
        (rows, columns) each; NaN where the cell is missing or too few are known around it.
    """
    narrowed = math.sqrt(max(scale_m**2 - blur_m**2 / 12.0, grid.cell_m**2 / 4.0)) / grid.cell_m
    steps = np.arange(-math.ceil(REACH * narrowed), math.ceil(REACH * narrowed) + 1.0)
    bell = np.exp(-0.5 * (steps / narrowed) ** 2)
    known = np.isfinite(grid.values)
    height = np.where(known, grid.values - (np.mean(grid.values[known]) if known.any() else 0.0), 0.0)

    def moment(values: np.ndarray, right: int, down: int) -> np.ndarray:
        across = ndimage.correlate1d(values, bell * steps**right, axis=1, mode="constant")
        return ndimage.correlate1d(across, bell * steps**down, axis=0, mode="constant")

    weight = known.astype(float)
    w, wx, wy = moment(weight, 0, 0), moment(weight, 1, 0), moment(weight, 0, 1)
    z, zx, zy = moment(height, 0, 0), moment(height, 1, 0), moment(height, 0, 1)
    with np.errstate(invalid="ignore", divide="ignore"):
        xx, yy = moment(weight, 2, 0) - wx * wx / w, moment(weight, 0, 2) - wy * wy / w
        xy, xz, yz = moment(weight, 1, 1) - wx * wy / w, zx - wx * z / w, zy - wy * z / w
        determinant = xx * yy - xy * xy
        right, down = (xz * yy - yz * xy) / determinant, (yz * xx - xz * xy) / determinant
    lost = ~known | ~(determinant > 1e-6 * w * w)
    return np.where(lost, np.nan, right / grid.cell_m), np.where(lost, np.nan, -down / grid.cell_m)


def _averaged(grid: Grid, together: int) -> Grid:
    rows, columns = grid.values.shape
    top, left = (round(edge / grid.cell_m) % together for edge in (grid.north, -grid.west))
    high, wide = (rows - top) // together, (columns - left) // together
    blocks = grid.values[top : top + high * together, left : left + wide * together]
    values = blocks.reshape(high, together, wide, together).mean(axis=(1, 3))
    return Grid(values, grid.west + left * grid.cell_m, grid.north - top * grid.cell_m, grid.cell_m * together)


def _spline(grid: Grid, parts: int) -> Grid:
    missing = np.isnan(grid.values)
    framed = np.pad(continued(grid.values), RING, mode="reflect", reflect_type="odd")
    rows, columns = ((np.arange(size * parts) + 0.5) / parts - 0.5 + RING for size in grid.values.shape)
    fine = ndimage.map_coordinates(framed, np.meshgrid(rows, columns, indexing="ij"), order=3, mode="nearest")
    fine[np.kron(missing, np.ones((parts, parts), bool))] = np.nan
    return replace(grid, values=fine, cell_m=grid.cell_m / parts)


def continued(values: np.ndarray) -> np.ndarray:
    """Fill missing cells with the plane around the nearest known one: even ground stays even.

    Parameters
    ----------
    values : (rows, columns) array
        Elevations [m], NaN where missing; all 0 where none is known.
    """
    missing = np.isnan(values)
    if not missing.any() or missing.all():
        return np.nan_to_num(values)
    row, column = ndimage.distance_transform_edt(missing, return_distances=False, return_indices=True)
    east, north = (np.nan_to_num(rise)[row, column] for rise in gradient(Grid(values, 0.0, 0.0, 1.0), 1.5))
    down, right = np.indices(values.shape)
    return values[row, column] + east * (right - column) - north * (down - row)
