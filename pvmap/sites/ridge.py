"""Planes of a roof from its footprint alone: flat, or two planes that fall away from a ridge along the long axis."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import shapely


class Planes(NamedTuple):
    """Planes of many roofs, (m,) each.

    Attributes
    ----------
    roof
        Position of the roof among the sites.
    polygon
        Plan polygon.
    tilt, azimuth
        Of the plane [deg]; 0 where it is flat.
    rack
        Whether racks stand on it; otherwise modules lie flush.
    clear
        Share that obstacles leave free; 1 where they were measured and are no part of the polygon.
    measured
        Whether the plane was measured rather than assumed.
    """

    roof: np.ndarray
    polygon: np.ndarray
    tilt: np.ndarray
    azimuth: np.ndarray
    rack: np.ndarray
    clear: np.ndarray
    measured: np.ndarray

    def turned(self, grid_north: np.ndarray) -> Planes:
        """Count azimuths from true north; `grid_north` is its grid's azimuth per roof [deg]."""
        azimuth = np.where(self.tilt > 0.0, (self.azimuth + grid_north[self.roof]) % 360.0, self.azimuth)
        return self._replace(azimuth=azimuth)

    def take(self, rows: np.ndarray) -> Planes:
        """Keep some of the planes."""
        return Planes(*(values[rows] for values in self))


def join(*parts: Planes) -> Planes:
    """Put planes one after another."""
    return Planes(*(np.concatenate(arrays) for arrays in zip(*parts, strict=True)))


def flat_planes(polygons: np.ndarray, roof: np.ndarray, clear: np.ndarray) -> Planes:
    """One horizontal plane with racks per footprint."""
    zero, rack = np.zeros(len(polygons)), np.ones(len(polygons), bool)
    return Planes(roof, polygons, zero, zero, rack, clear, ~rack)


def ridge_axes(polygons: np.ndarray, square_ratio: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Ridge of each footprint: through the centre of its minimum rotated rectangle, along the longer side.

    Parameters
    ----------
    polygons
        (n,) footprints.
    square_ratio
        Up to this ratio of the sides the long axis is noise; the side closer to east-west is taken, as most houses face
        the sun.

    Returns
    -------
    centre : (n, 2) array. [m]
    along : (n, 2) array
        Unit vector of the ridge, east component not negative.
    reach : (n,) array. [m]
        Diagonal of the rectangle.
    """
    rectangles = shapely.oriented_envelope(polygons)
    slivers = shapely.get_num_coordinates(rectangles) != 5
    rectangles[slivers] = shapely.envelope(polygons[slivers])
    corners = shapely.get_coordinates(rectangles).reshape(-1, 5, 2)
    first, second = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 1]
    long_first = np.hypot(*first.T) >= np.hypot(*second.T)
    longer, shorter = (np.where(c[:, None], first, second) for c in (long_first, ~long_first))
    nearly_square = np.hypot(*longer.T) <= square_ratio * np.hypot(*shorter.T)
    swap = nearly_square & (_east_west(shorter) > _east_west(longer))
    along = np.where(swap[:, None], shorter, longer)
    along = along / np.hypot(*along.T)[:, None]
    along = np.where((along[:, 0] < 0.0)[:, None], -along, along)
    centre = (corners[:, 0] + corners[:, 2]) / 2.0
    return centre, along, np.hypot(*(corners[:, 2] - corners[:, 0]).T)


def _east_west(side: np.ndarray) -> np.ndarray:
    return np.abs(side[:, 0]) / np.hypot(*side.T)


def ridge_planes(
    polygons: np.ndarray, roof: np.ndarray, tilt: np.ndarray, clear: np.ndarray, square_ratio: float
) -> Planes:
    """Two planes per footprint with flush modules, on both sides of the ridge; each falls square to it.

    Parameters
    ----------
    polygons
        (n,) footprints.
    roof, clear
        (n,) to carry along.
    tilt
        (n,) pitch [deg].
    square_ratio
        See `ridge_axes`.

    Returns
    -------
    Planes
        2 n planes, first all that fall to the ridge's right hand (south where the ridge runs east), then the others.
    """
    rack = np.zeros(2 * len(polygons), bool)
    if not len(polygons):
        return Planes(roof, polygons, tilt, tilt, rack, clear, rack)
    centre, along, reach = ridge_axes(polygons, square_ratio)
    ends = np.stack([centre - along * reach[:, None], centre + along * reach[:, None]], axis=1)
    halves, azimuths = [], []
    for side in (1.0, -1.0):
        downhill = side * np.column_stack([along[:, 1], -along[:, 0]])
        ring = np.concatenate([ends, ends[:, ::-1] + (downhill * reach[:, None])[:, None, :], ends[:, :1]], axis=1)
        halves.append(shapely.intersection(polygons, shapely.polygons(ring)))
        azimuths.append(np.degrees(np.arctan2(downhill[:, 0], downhill[:, 1])) % 360.0)
    roof, tilt, clear = (np.tile(values, 2) for values in (roof, tilt, clear))
    return Planes(roof, np.concatenate(halves), tilt, np.concatenate(azimuths), rack, clear, rack)


def faces_pole(azimuth: np.ndarray, equator: np.ndarray, half_angle: float) -> np.ndarray:
    """Tell whether an azimuth lies within `half_angle` of the direction away from the equator, ends included [deg]."""
    off_equator = np.abs((azimuth - equator + 180.0) % 360.0 - 180.0)
    return 180.0 - off_equator <= half_angle
