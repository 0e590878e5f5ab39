"""The directions everything in `shade` is looked up by: azimuth bins and elevation nodes."""

from __future__ import annotations

import math

import numpy as np

from pvmap.shade.rings import Floats

N_AZ = 64  # azimuth bins; centre of bin k at (k + 0.5) * 360 / N_AZ degrees clockwise from north
N_EL = 33  # elevation nodes, 0 to 90 degrees
EL_STEP = math.pi / 2 / (N_EL - 1)


def azimuths(n_azimuth: int = N_AZ) -> Floats:
    """Give the centres of the azimuth bins, in degrees clockwise from north."""
    return (np.arange(n_azimuth, dtype=np.float64) + 0.5) * (360.0 / n_azimuth)


def headings(azimuth: Floats) -> tuple[Floats, Floats]:
    """Give the east and north parts of the unit vector towards an azimuth given in degrees clockwise from north."""
    return np.sin(np.radians(azimuth)), np.cos(np.radians(azimuth))
