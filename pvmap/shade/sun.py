"""A year of light by direction: the weights that tell what a skyline hides."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pvmap.directions import EL_STEP, N_AZ, N_EL
from pvmap.shade.rings import Floats


@dataclass(frozen=True)
class SunWeights:
    """A year of light by direction, to weigh what a skyline hides.

    Attributes
    ----------
    direct_kwh_per_m2 : (N_AZ, N_EL - 1) array
        Beam and circumsolar energy per bin, on a plane that faces the sun; bin (k, j) lies around the centre of
        azimuth bin k between elevation nodes j and j + 1. [kWh/m2]
    vector : (N_AZ, N_EL - 1, 3) array
        Mean unit vector (east, north, up) towards the sun per bin.
    isotropic_kwh_per_m2, ground_kwh_per_m2 : float
        Isotropic sky energy and global energy on the horizontal. [kWh/m2]
    """

    direct_kwh_per_m2: Floats
    vector: Floats
    isotropic_kwh_per_m2: float
    ground_kwh_per_m2: float

    @property
    def arrays(self) -> tuple[Floats, Floats]:
        """Direct energy (bin,) and direction (3, bin) as compiled code takes them: bins of a height side by side."""
        return self.direct_kwh_per_m2.T.ravel(), self.vector.T.reshape(3, -1)

    @classmethod
    def of_hours(
        cls,
        solar_azimuth: Floats,
        solar_elevation: Floats,
        direct_normal: Floats,
        isotropic: float,
        ground: float,
    ) -> SunWeights:
        """Bin hours of the year.

        Parameters
        ----------
        solar_azimuth, solar_elevation : (hour,) arrays
            Clockwise from north, and above the horizon; hours below it are passed over. [deg]
        direct_normal : (hour,) array
            Beam and circumsolar on a plane that faces the sun. [kWh/m2 per hour]
        isotropic, ground : float
            Yearly isotropic and global energy on the horizontal. [kWh/m2]
        """
        up = solar_elevation > 0
        azimuth, elevation, energy = np.radians(solar_azimuth[up]), np.radians(solar_elevation[up]), direct_normal[up]
        k = (azimuth / (2 * np.pi) * N_AZ).astype(int) % N_AZ
        j = np.minimum((elevation / EL_STEP).astype(int), N_EL - 2)
        towards = np.stack(
            [np.sin(azimuth) * np.cos(elevation), np.cos(azimuth) * np.cos(elevation), np.sin(elevation)], axis=1
        )
        direct, vector = np.zeros((N_AZ, N_EL - 1)), np.zeros((N_AZ, N_EL - 1, 3))
        np.add.at(direct, (k, j), energy)
        np.add.at(vector, (k, j), towards * energy[:, None])
        length = np.linalg.norm(vector, axis=2, keepdims=True)
        return cls(direct, np.divide(vector, length, where=length > 0, out=vector), isotropic, ground)
