"""The directions that shade and energy look the sky up by: azimuth bins, elevation nodes, the band of the horizon."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

N_AZ = 64  # azimuth bins; centre of bin k at (k + 0.5) * 360 / N_AZ degrees clockwise from north
N_EL = 33  # elevation nodes, 0 to 90 degrees
EL_STEP = math.pi / 2 / (N_EL - 1)
HORIZON_BAND = math.radians(6.5)  # elevations that the horizon-brightening term of Perez et al. (1990) stands for


def azimuths(n_azimuth: int = N_AZ) -> Floats:
    """Give the centres of the azimuth bins, in degrees clockwise from north."""
    return (np.arange(n_azimuth, dtype=np.float64) + 0.5) * (360.0 / n_azimuth)


def on_the_grid(grid_north: float) -> Floats:
    """Give the azimuths on the grid of the metric CRS that the centres of the bins have there.

    Parameters
    ----------
    grid_north : float
        Azimuth of grid north, as `pvmap.crs.grid_north` gives it: bins count from true north, as the sun does. [deg]
    """
    return (azimuths() - grid_north) % 360.0


def headings(azimuth: Floats) -> tuple[Floats, Floats]:
    """Give the east and north parts of the unit vector towards an azimuth given in degrees clockwise from north."""
    return np.sin(np.radians(azimuth)), np.cos(np.radians(azimuth))
