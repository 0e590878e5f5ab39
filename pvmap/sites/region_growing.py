"""Planes grown cell by cell over a surface model, inside the outlines of roofs."""

from __future__ import annotations

import math

import numpy as np

from pvmap.compiled import njit

ROUNDS = 12  # cells that the border between two planes may move: growth oversteps it by less
FIT = ("slope_east", "slope_north", "east_m", "south_m", "mean_z_m", "residual_m", "cells", "label")


@njit(cache=True)
def local_slopes(height: np.ndarray, labels: np.ndarray, cell_m: float, reach: int) -> tuple[np.ndarray, np.ndarray]:
    """Slope of the plane through each cell and the cells around it on the same roof.

    Parameters
    ----------
    height, labels : (rows, columns) arrays
        Heights [m], and roofs by number; 0 where none.
    cell_m
        Side of a cell. [m]
    reach
        Cells to each side that are looked at.

    Returns
    -------
    slopes : (2, rows, columns) array
        Rise per metre to the east and to the north.
    rough : (rows, columns) array
        Root mean square distance of the cells around from that plane [m]; infinite where fewer than two thirds of them
        belong to the roof.
    """
    n_rows, n_columns = height.shape
    slopes = np.zeros((2, n_rows, n_columns))
    rough = np.full_like(height, np.inf)
    sums = np.zeros(10)
    enough = 2 * (2 * reach + 1) ** 2 // 3
    for row in range(n_rows):
        for column in range(n_columns):
            label = labels[row, column]
            if label == 0:
                continue
            sums[:] = 0.0
            for r in range(max(row - reach, 0), min(row + reach + 1, n_rows)):
                for k in range(max(column - reach, 0), min(column + reach + 1, n_columns)):
                    if labels[r, k] == label:
                        rise = height[r, k] - height[row, column]
                        add_point(sums, (k - column) * cell_m, (row - r) * cell_m, rise)
            if sums[0] < enough:
                continue
            slopes[0, row, column], slopes[1, row, column], _, rough[row, column] = solve_plane(sums)
    return slopes, rough


@njit(cache=True)
def add_point(sums: np.ndarray, x: float, y: float, z: float) -> None:
    """Add a point to the moments of a plane: n, x, y, z, xx, xy, yy, xz, yz, zz."""
    sums[0] += 1
    sums[1] += x
    sums[2] += y
    sums[3] += z
    sums[4] += x * x
    sums[5] += x * y
    sums[6] += y * y
    sums[7] += x * z
    sums[8] += y * z
    sums[9] += z * z


@njit(cache=True)
def solve_plane(sums: np.ndarray) -> tuple[float, float, float, float]:
    """Least-squares plane z = a x + b y + c of the moments, and its root mean square residual."""
    n, sx, sy, sz = sums[0], sums[1], sums[2], sums[3]
    xx, xy, yy = sums[4] - sx * sx / n, sums[5] - sx * sy / n, sums[6] - sy * sy / n
    xz, yz, zz = sums[7] - sx * sz / n, sums[8] - sy * sz / n, sums[9] - sz * sz / n
    determinant = xx * yy - xy * xy
    if determinant <= 1e-9 * max(xx * yy, 1e-12):
        return 0.0, 0.0, sz / n, math.sqrt(max(zz, 0.0) / n)
    a = (xz * yy - yz * xy) / determinant
    b = (yz * xx - xz * xy) / determinant
    return a, b, (sz - a * sx - b * sy) / n, math.sqrt(max(zz - a * xz - b * yz, 0.0) / n)


@njit(cache=True)
def grow(
    height: np.ndarray,
    labels: np.ndarray,
    slopes: np.ndarray,
    seeds: np.ndarray,
    cell_m: float,
    tolerance_m: float,
    min_cosine: float,
    min_cells: int,
) -> tuple[np.ndarray, np.ndarray]:
    """Grow planes from the smoothest cells outwards.

    Returns
    -------
    regions : (rows, columns) int32 array
        Number of the plane a cell belongs to, counted from 1; 0 where none.
    fits : (n, 8) array
        Per plane what `FIT` names: slopes to the east and north, the middle of its cells east and south of the grid's
        corner [m], its height there [m], root mean square residual [m], number of cells, label.
    """
    n_rows, n_columns = height.shape
    regions = np.zeros((n_rows, n_columns), np.int32)
    queue = np.empty(height.size, np.int64)
    fits = np.empty(((labels > 0).sum() // min_cells + 1, 8))
    n_planes = 0
    sums = np.zeros(10)
    for seed in seeds:
        row0, column0 = seed // n_columns, seed % n_columns
        if regions[row0, column0] != 0:
            continue
        label, z0 = labels[row0, column0], height[row0, column0]
        a, b, c = slopes[0, row0, column0], slopes[1, row0, column0], 0.0
        sums[:] = 0.0
        head, tail, refit_at = 0, 1, 8
        queue[0] = seed
        regions[row0, column0] = n_planes + 1
        while head < tail:
            cell = queue[head]
            head += 1
            row, column = cell // n_columns, cell % n_columns
            add_point(sums, (column - column0) * cell_m, (row0 - row) * cell_m, height[row, column] - z0)
            if sums[0] == refit_at:  # the plane settles as it grows
                a, b, c, _ = solve_plane(sums)
                refit_at = int(refit_at * 1.5)
            for step in range(4):
                r = row + (step == 0) - (step == 1)
                k = column + (step == 2) - (step == 3)
                if r < 0 or k < 0 or r >= n_rows or k >= n_columns or labels[r, k] != label or regions[r, k] != 0:
                    continue
                on_plane = a * (k - column0) * cell_m + b * (row0 - r) * cell_m + c + z0
                if abs(height[r, k] - on_plane) > tolerance_m:
                    continue
                u, v = slopes[0, r, k], slopes[1, r, k]
                cosine = (1 + a * u + b * v) / math.sqrt((1 + a * a + b * b) * (1 + u * u + v * v))
                if cosine < min_cosine and not _on_edge(labels, r, k, label):
                    continue
                regions[r, k] = n_planes + 1
                queue[tail] = r * n_columns + k
                tail += 1
        if tail < min_cells:
            for i in range(tail):  # give the cells back to larger planes that start elsewhere
                regions[queue[i] // n_columns, queue[i] % n_columns] = 0 if i else -1
            continue
        a, b, c, residual = solve_plane(sums)
        fits[n_planes, 0], fits[n_planes, 1] = a, b
        fits[n_planes, 2] = (column0 + 0.5) * cell_m + sums[1] / sums[0]
        fits[n_planes, 3] = (row0 + 0.5) * cell_m - sums[2] / sums[0]
        fits[n_planes, 4], fits[n_planes, 5] = z0 + sums[3] / sums[0], residual
        fits[n_planes, 6], fits[n_planes, 7] = tail, label
        n_planes += 1
    for row in range(n_rows):
        for column in range(n_columns):
            regions[row, column] = max(regions[row, column], 0)
    return regions, fits[:n_planes]


@njit(cache=True)
def _on_edge(labels: np.ndarray, row: int, column: int, label: int) -> bool:
    """Whether a cell touches the outline of its roof, where a local slope is not to be trusted."""
    n_rows, n_columns = labels.shape
    for dr in range(-1, 2):
        for dc in range(-1, 2):
            r, c = row + dr, column + dc
            if r < 0 or c < 0 or r >= n_rows or c >= n_columns or labels[r, c] != label:
                return True
    return False


@njit(cache=True)
def plane_height(fit, row, column, cell_m):
    """Height of a plane, by the columns of its fit, in the middle of a cell."""
    return fit[4] + fit[0] * ((column + 0.5) * cell_m - fit[2]) - fit[1] * ((row + 0.5) * cell_m - fit[3])


@njit(cache=True)
def fill_up(
    regions: np.ndarray, height: np.ndarray, labels: np.ndarray, fits: np.ndarray, cell_m: float, tolerance_m: float
) -> None:
    """Give cells that lie on a plane beside them to it, however they lean: along ridges and eaves slopes are blurred.

    Parameters as in `grow`; `regions` is changed, ring by ring until nothing is added. Of several planes the nearest
    in height takes a cell.
    """
    n_rows, n_columns = regions.shape
    added = True
    while added:
        added = False
        before = regions.copy()
        for row in range(n_rows):
            for column in range(n_columns):
                label = labels[row, column]
                if label == 0 or before[row, column] != 0:
                    continue
                nearest, off = 0, tolerance_m
                for r in range(max(row - 1, 0), min(row + 2, n_rows)):
                    for k in range(max(column - 1, 0), min(column + 2, n_columns)):
                        plane = before[r, k]
                        if plane == 0 or plane == nearest or labels[r, k] != label:
                            continue
                        f = fits[plane - 1]
                        level = f[4] + f[0] * ((column + 0.5) * cell_m - f[2]) - f[1] * ((row + 0.5) * cell_m - f[3])
                        if abs(height[row, column] - level) <= off:
                            nearest, off = plane, abs(height[row, column] - level)
                if nearest:
                    regions[row, column] = nearest
                    added = True


@njit(cache=True)
def settle(regions: np.ndarray, height: np.ndarray, labels: np.ndarray, fits: np.ndarray, cell_m: float) -> None:
    """Move the border between planes of a roof: a cell beside another plane goes to it where that is nearer in height.

    Parameters as in `fill_up`; `regions` is changed, at most `ROUNDS` cells deep.
    """
    n_rows, n_columns = regions.shape
    for _ in range(ROUNDS):
        before = regions.copy()
        moved = False
        for row in range(n_rows):
            for column in range(n_columns):
                own = before[row, column]
                if own == 0:
                    continue
                nearest, off = own, abs(height[row, column] - plane_height(fits[own - 1], row, column, cell_m))
                for r in range(max(row - 1, 0), min(row + 2, n_rows)):
                    for k in range(max(column - 1, 0), min(column + 2, n_columns)):
                        plane = before[r, k]
                        if plane == 0 or plane == nearest or labels[r, k] != labels[row, column]:
                            continue
                        away = abs(height[row, column] - plane_height(fits[plane - 1], row, column, cell_m))
                        if away < off:
                            nearest, off = plane, away
                if nearest != own:
                    regions[row, column] = nearest
                    moved = True
        if not moved:
            break


@njit(cache=True)
def fit_again(regions: np.ndarray, height: np.ndarray, fits: np.ndarray, cell_m: float) -> np.ndarray:
    """Fit each plane to the cells it has now; rows and columns as `FIT`."""
    sums = np.zeros((len(fits), 10))
    out = fits.copy()
    for row in range(regions.shape[0]):
        for column in range(regions.shape[1]):
            plane = regions[row, column] - 1
            if plane >= 0:
                east, south = (column + 0.5) * cell_m - fits[plane, 2], (row + 0.5) * cell_m - fits[plane, 3]
                add_point(sums[plane], east, -south, height[row, column] - fits[plane, 4])
    for plane in range(len(fits)):
        n = sums[plane, 0]
        if n < 3:
            continue
        out[plane, 0], out[plane, 1], _, out[plane, 5] = solve_plane(sums[plane])
        out[plane, 2] += sums[plane, 1] / n
        out[plane, 3] -= sums[plane, 2] / n
        out[plane, 4] += sums[plane, 3] / n
        out[plane, 6] = n
    return out


@njit(cache=True)
def take_in_edges(regions: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Give the outermost cells of roofs, and the cells around them, to the plane beside them.

    A cell on the outline of a roof is half wall and seldom fits the plane it belongs to; a cell whose centre lies
    outside may still hold a strip of roof. Both are cut to the footprint afterwards.

    Parameters
    ----------
    regions, labels : (rows, columns) int32 arrays
        Planes, and roofs, by number; 0 where none.

    Returns
    -------
    (rows, columns) int32 array
        The planes, one cell wider where their roof ends.
    """
    n_rows, n_columns = regions.shape
    wider = regions.copy()
    for row in range(n_rows):
        for column in range(n_columns):
            label = labels[row, column]
            if regions[row, column] or (label and not _on_edge(labels, row, column, label)):
                continue
            for away in range(1, 3):  # neighbours across a side come before those across a corner
                for dr in range(-1, 2):
                    for dc in range(-1, 2):
                        r, c = row + dr, column + dc
                        if abs(dr) + abs(dc) != away or r < 0 or c < 0 or r >= n_rows or c >= n_columns:
                            continue
                        if not wider[row, column] and regions[r, c] and (not label or label == labels[r, c]):
                            wider[row, column] = regions[r, c]
    return wider
