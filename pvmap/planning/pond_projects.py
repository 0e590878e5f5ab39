"""Ponds that are built as one plant: those around a large one."""

from __future__ import annotations

import numpy as np
from scipy.spatial import cKDTree


def main_ponds(xy: np.ndarray, district: np.ndarray, capacity: np.ndarray, reach_m: float) -> np.ndarray:
    """Tell of each pond which pond its project is called after.

    Parameters
    ----------
    xy
        (n, 2) places in a metric CRS. [m]
    district
        (n,) a project lies in one district.
    capacity
        (n,) the largest pond that is left gathers those around it; of equal ones the first.
    reach_m
        How far they lie from it. [m]

    Returns
    -------
    numpy.ndarray
        (n,) positions. Ponds are never chained: all of a project lie within `reach_m` of its main pond.

    Examples
    --------
    >>> main_ponds(np.array([[0.0, 0], [900, 0], [1800, 0], [0, 5000]]), np.full(4, "a"), np.arange(4), 1000.0)
    array([0, 2, 2, 3])
    """
    main = np.full(len(xy), -1)
    for name in sorted(set(district)):
        rows = np.flatnonzero(district == name)
        near = cKDTree(xy[rows])
        for row in rows[np.argsort(-capacity[rows], kind="stable")]:
            if main[row] < 0:
                around = rows[near.query_ball_point(xy[row], reach_m)]
                main[around[main[around] < 0]] = row
    return main
