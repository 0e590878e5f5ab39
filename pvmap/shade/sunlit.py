"""The sunlit table of a surface: share of its points that see the sun, by azimuth bin and node of elevation.

It is gathered in steps up elevation, of which only those between the lowest and the highest skyline of an azimuth are
touched: below everything lies in the shade, above everything in the sun.
"""

from __future__ import annotations

import numpy as np

from pvmap.compiled import inner, njit
from pvmap.directions import N_AZ, N_EL


@njit(cache=True, error_model="numpy")
def empty_steps():
    """Make the steps of no point, and the first and last that any were added to by azimuth: none."""
    return np.zeros((N_AZ, N_EL + 1)), np.full(N_AZ, N_EL), np.full(N_AZ, -1)


@inner
def add_points(steps, k, x, n_points):
    """Add points whose skyline in azimuth ``k`` is the same: each node gets the lit share of the half bands beside it.

    The skyline stands at ``x`` steps of elevation.

    A sharp step at nodes is wrong by up to half a band for every point; shared like this, the integral over elevation
    of the interpolated table is exact, whatever the skyline.
    """
    table, lowest, highest = steps
    if x <= 0.5:
        j, lit = 0, 1 - 2 * x
    elif x >= N_EL - 1.5:
        j, lit = N_EL - 1, max(0.0, 2 * (N_EL - 1 - x))
    else:
        j = int(x + 0.5)
        lit = j + 0.5 - x
    table[k, j] += n_points * lit
    table[k, j + 1] += n_points * (1 - lit)
    lowest[k], highest[k] = min(lowest[k], j), max(highest[k], j + 1)


@inner
def finish(steps, n_points, out, s):
    """Sum the steps up elevation into row ``s`` of the tables: share of the points that see the sun. Clears them."""
    table, lowest, highest = steps
    of_all = 1 / n_points
    for k in range(N_AZ):
        low, above, lit = lowest[k], highest[k] + 1, 0.0
        for j in range(N_EL):
            out[s, k, j] = 1.0
        for j in range(min(low, N_EL)):
            out[s, k, j] = 0.0
        for j in range(low, min(above, N_EL)):
            lit += table[k, j]
            out[s, k, j] = min(1.0, lit * of_all)
        for j in range(low, above):
            table[k, j] = 0.0
        lowest[k], highest[k] = N_EL, -1
