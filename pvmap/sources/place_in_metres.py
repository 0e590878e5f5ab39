"""The way of a file's coordinates to those of the city."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from pyproj import CRS

from pvmap.crs import WGS84, bd09_to_wgs84, gcj02_to_wgs84, transformer
from pvmap.settings.city import Datum

UNSHIFT = {"gcj02": gcj02_to_wgs84, "bd09": bd09_to_wgs84}


def to_metres(from_crs: CRS, crs: CRS, datum: Datum) -> Callable[[np.ndarray], np.ndarray]:
    """Take coordinates of the file to metric ones, by way of WGS84 where they are shifted."""
    steps: list[Callable[..., tuple[np.ndarray, np.ndarray]]] = []
    if datum in UNSHIFT:
        if not from_crs.is_geographic:
            steps.append(transformer(from_crs, WGS84).transform)
            from_crs = WGS84
        steps.append(UNSHIFT[datum])
    if not from_crs.equals(crs, ignore_axis_order=True):
        steps.append(transformer(from_crs, crs).transform)

    def way(coordinates: np.ndarray) -> np.ndarray:
        x, y = coordinates[:, 0], coordinates[:, 1]
        for step in steps:
            x, y = step(x, y)
        return np.column_stack([x, y])

    return way
