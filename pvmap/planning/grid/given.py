"""What hosting capacity is assessed of: sites that may connect, and the grid of a city as its files tell it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd

from pvmap.planning.grid.assessed import Loads
from pvmap.planning.grid.hosting import NOWHERE, Interval


class Potential(NamedTuple):
    """Sites that may connect.

    Attributes
    ----------
    device
        (n,) device each joins, `NOWHERE` for none.
    group
        (n,) row of its profile in `per_kwp`.
    practical_kwp, practical_kwac, existing_kwp
        (n,) what may be built, DC and AC, and what stands. [kW]
    order
        (n,) positions, the first to be served first.
    per_kwp
        (G, T) AC power of each group per kWp. [1]
    """

    device: np.ndarray
    group: np.ndarray
    practical_kwp: np.ndarray
    practical_kwac: np.ndarray
    existing_kwp: np.ndarray
    order: np.ndarray
    per_kwp: np.ndarray


@dataclass(frozen=True)
class Grid:
    """What the bureau says of the grid beside its devices.

    Attributes
    ----------
    districts
        Names, in the order of the columns below.
    share
        (m, D) share of each device that is each district's. [1]
    loads
        Of each device by the hour.
    load_by
        (m,) hours, table or estimated: where they are from.
    net
        (m,) bool, metered behind the plants that are connected: their output is added.
    system
        Published limits of the districts. [MW]
    """

    districts: list[str]
    share: np.ndarray
    loads: Loads
    load_by: np.ndarray
    net: np.ndarray
    system: Interval

    def unchecked(self, district: np.ndarray, device: np.ndarray) -> np.ndarray:
        """Sites that no device serves, of districts that have none: nobody looked at their grid, (n,) bool.

        Parameters
        ----------
        district
            (n,) names; those of none are together as one.
        device
            (n,) device each joins, `NOWHERE` for none.
        """
        there = np.append(self.share.any(axis=0), (self.share.sum(axis=1) <= 0).any())
        return (device == NOWHERE) & ~there[pd.Index(self.districts).get_indexer(pd.Index(district))]
