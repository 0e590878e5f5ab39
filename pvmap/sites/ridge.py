"""Planes of a roof from its footprint alone: flat, or two planes that fall away from a ridge along the long axis."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from geopandas.array import GeometryArray

from pvmap.memory import stretches
from pvmap.sites.halves import halves
from pvmap.sources.asleep import RATIO, Asleep
from pvmap.sources.rectangles import ridge_axes


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
    part
        Share of its area that counts: one half where two directions of the ridge are as likely, else 1.
    """

    roof: np.ndarray
    polygon: np.ndarray
    tilt: np.ndarray
    azimuth: np.ndarray
    rack: np.ndarray
    clear: np.ndarray
    measured: np.ndarray
    part: np.ndarray

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
    return Planes(roof, polygons, zero, zero, rack, clear, ~rack, zero + 1.0)


def is_square(polygons: GeometryArray, square_ratio: float) -> np.ndarray:
    """Whether footprints are so nearly square that nothing tells which way their ridge runs, (n,)."""
    if isinstance(polygons, Asleep):
        return polygons.look_up(RATIO) <= square_ratio
    ratios = [ridge_axes(np.asarray(polygons[some]))[3] for some in stretches(len(polygons))]
    return np.concatenate([np.zeros(0), *ratios]) <= square_ratio


def ridge_planes(
    polygons: np.ndarray,
    roof: np.ndarray,
    tilt: np.ndarray,
    clear: np.ndarray,
    square_ratio: float,
    ridge_azimuth: np.ndarray,
) -> Planes:
    """Two planes per footprint with flush modules, on both sides of the ridge; each falls square to it.

    Of a nearly square footprint nobody knows which way the ridge runs, unless its neighbours tell: it gets the planes
    of both directions, at half their area each.

    Parameters
    ----------
    polygons
        (n,) footprints.
    roof, clear
        (n,) to carry along.
    tilt
        (n,) pitch [deg].
    square_ratio
        Up to this ratio of the sides a footprint counts as square.
    ridge_azimuth
        (n,) direction of a ridge that is known [deg], clockwise from grid north; NaN where the footprint decides.

    Returns
    -------
    Planes
        First all planes that fall to the right hand of their ridge (to the south where it runs east), then those to
        its left, then both of the ridges across square footprints.
    """
    if not len(polygons):
        none = np.zeros(0, bool)
        return Planes(roof, polygons, tilt, tilt, none, clear, none, tilt)
    centre, along, reach, ratio = ridge_axes(polygons)
    told, known = np.isfinite(ridge_azimuth), np.radians(np.nan_to_num(ridge_azimuth))
    along = np.where(told[:, None], np.column_stack([np.sin(known), np.cos(known)]), along)
    square = (ratio <= square_ratio) & ~told
    part = np.where(square, 0.5, 1.0)
    across = np.column_stack([along[:, 1], -along[:, 0]])
    parts = []
    for rows, ridge in ((np.arange(len(polygons)), along), (np.flatnonzero(square), across)):
        far = ridge[rows] * reach[rows, None]
        both = halves(polygons[rows], centre[rows] - far, centre[rows] + far)
        flush = np.zeros(len(rows), bool)
        for half, side in zip(both, (1.0, -1.0), strict=True):
            azimuth = np.degrees(np.arctan2(side * ridge[rows, 1], -side * ridge[rows, 0])) % 360.0
            parts.append(Planes(roof[rows], half, tilt[rows], azimuth, flush, clear[rows], flush, part[rows]))
    return join(*parts)


def faces_pole(azimuth: np.ndarray, equator: np.ndarray, half_angle: float) -> np.ndarray:
    """Tell whether an azimuth lies within `half_angle` of the direction away from the equator, ends included [deg]."""
    off_equator = np.abs((azimuth - equator + 180.0) % 360.0 - 180.0)
    return 180.0 - off_equator <= half_angle
