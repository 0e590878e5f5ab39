"""A window of square metric cells: where its centres lie, what it holds between them, slope and aspect."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from affine import Affine
from numpy.typing import ArrayLike

Bounds = tuple[float, float, float, float]  # west, south, east, north in the metric CRS [m]
FLAT_AZIMUTH = 180.0  # of a cell without slope, which faces nowhere: south, as pvlib has it


def widened(bounds: Bounds, by_m: float) -> Bounds:
    """Give bounds with a margin on every side."""
    west, south, east, north = bounds
    return west - by_m, south - by_m, east + by_m, north + by_m


@dataclass(frozen=True)
class Grid:
    """Square metric cells, row 0 in the north.

    Attributes
    ----------
    values : (rows, columns) float64 array
        NaN where missing.
    west, north : float
        Outer edges of the first cell. [m]
    cell_m : float
        Side of a cell. [m]
    """

    values: np.ndarray
    west: float
    north: float
    cell_m: float

    @property
    def x(self) -> np.ndarray:
        """Eastings of the cell centres in metres, west to east."""
        return self.west + (np.arange(self.values.shape[1]) + 0.5) * self.cell_m

    @property
    def y(self) -> np.ndarray:
        """Northings of the cell centres in metres, north to south."""
        return self.north - (np.arange(self.values.shape[0]) + 0.5) * self.cell_m

    @property
    def transform(self) -> Affine:
        """From column and row to metres, as rasterio takes it."""
        return Affine(self.cell_m, 0.0, self.west, 0.0, -self.cell_m, self.north)

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """Outer edges in metres: west, south, east, north."""
        rows, columns = self.values.shape
        return self.west, self.north - rows * self.cell_m, self.west + columns * self.cell_m, self.north

    def sample(self, x: ArrayLike, y: ArrayLike) -> np.ndarray:
        """Interpolate bilinearly between the cell centres.

        Parameters
        ----------
        x, y : (n,) arrays
            Coordinates in the grid's CRS. [m]

        Returns
        -------
        (n,) float array
            NaN outside the grid and where the point's own cell is missing. Missing neighbours are left out of the mean;
            beyond the outermost centres the value of the edge holds.
        """
        rows, columns = self.values.shape
        x, y = np.asarray(x, float), np.asarray(y, float)
        across, down = (x - self.west) / self.cell_m, (self.north - y) / self.cell_m
        inside = (across >= 0) & (across <= columns) & (down >= 0) & (down <= rows)
        column = np.clip(np.where(inside, across, 0.0) - 0.5, 0.0, columns - 1.0)
        row = np.clip(np.where(inside, down, 0.0) - 0.5, 0.0, rows - 1.0)
        left, top = column.astype("int64"), row.astype("int64")
        right, bottom = np.minimum(left + 1, columns - 1), np.minimum(top + 1, rows - 1)
        east, south = column - left, row - top
        total, weight = np.zeros(x.shape), np.zeros(x.shape)
        for i, j, share in (
            (top, left, (1 - south) * (1 - east)),
            (top, right, (1 - south) * east),
            (bottom, left, south * (1 - east)),
            (bottom, right, south * east),
        ):
            value = self.values[i, j]
            there = np.isfinite(value)
            total += np.where(there, value, 0.0) * share
            weight += np.where(there, share, 0.0)
        own = self.values[(row + 0.5).astype("int64"), (column + 0.5).astype("int64")]
        return np.where(inside & np.isfinite(own) & (weight > 0), total / np.where(weight > 0, weight, 1.0), np.nan)

    def nearest(self, x: ArrayLike, y: ArrayLike) -> np.ndarray:
        """Give the value of the cell that holds each point, coordinates in metres; NaN outside the grid."""
        rows, columns = self.values.shape
        column = np.floor((np.asarray(x, float) - self.west) / self.cell_m)
        row = np.floor((self.north - np.asarray(y, float)) / self.cell_m)
        inside = (column >= 0) & (column < columns) & (row >= 0) & (row < rows)
        i, j = (np.where(inside, at, 0).astype("int64") for at in (row, column))
        return np.where(inside, self.values[i, j], np.nan)

    def __sub__(self, other: Grid) -> Grid:
        """Subtract cell by cell, for example terrain from a surface model; both must cover the same cells."""
        if (self.west, self.north, self.cell_m, self.values.shape) != (
            other.west,
            other.north,
            other.cell_m,
            other.values.shape,
        ):
            raise ValueError("grids do not cover the same cells; read both with read_aligned")
        return replace(self, values=self.values - other.values)


def slope_azimuth(grid: Grid) -> tuple[np.ndarray, np.ndarray]:
    """Slope and downhill direction of each cell from its eight neighbours (Horn 1981, doi:10.1109/PROC.1981.11918).

    Parameters
    ----------
    grid
        Elevations. [m]

    Returns
    -------
    surface_tilt : (rows, columns) array
        Slope. [degrees] NaN where the cell or a neighbour is missing.
    surface_azimuth : (rows, columns) array
        Direction of steepest descent, clockwise from north; 180 where flat. [degrees]

    Notes
    -----
    The grid is continued linearly by one cell all round, so its outermost cells have a slope too.
    """
    if min(grid.values.shape) < 2:
        missing = np.full(grid.values.shape, np.nan)
        return missing, missing.copy()
    z = np.pad(grid.values, 1, mode="reflect", reflect_type="odd")
    west = z[:-2, :-2] + 2.0 * z[1:-1, :-2] + z[2:, :-2]
    east = z[:-2, 2:] + 2.0 * z[1:-1, 2:] + z[2:, 2:]
    north = z[:-2, :-2] + 2.0 * z[:-2, 1:-1] + z[:-2, 2:]
    south = z[2:, :-2] + 2.0 * z[2:, 1:-1] + z[2:, 2:]
    rise_east, rise_north = (east - west) / (8.0 * grid.cell_m), (north - south) / (8.0 * grid.cell_m)
    rise_east = rise_east + 0.0 * grid.values  # the weights leave the cell itself out: missing stays missing
    surface_tilt = np.degrees(np.arctan(np.hypot(rise_east, rise_north)))
    surface_azimuth = np.degrees(np.arctan2(-rise_east, -rise_north)) % 360.0
    return surface_tilt, np.where(surface_tilt == 0.0, FLAT_AZIMUTH, surface_azimuth)
