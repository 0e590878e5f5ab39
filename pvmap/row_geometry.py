"""Rows of modules on sloping ground: the one geometry that both their spacing and their shade are computed by.

Rows face an azimuth on the map and stand in the plane of the ground. Seen along the rows everything is flat: the
ground is a line, its normal stands up, and what counts of the sun is how far it stands above the ground and how far
towards the rows' azimuth. Across a slope level tables step down from one to the next; their shade is reckoned as if
the row leaned with the ground, which spaces them up to 2 % wider at 15 degrees than the steps would need.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


def slope_towards(azimuth: ArrayLike, ground_tilt: ArrayLike, ground_azimuth: ArrayLike) -> Floats:
    """Slope of the ground along an azimuth [deg]: positive where it falls that way, negative where it rises.

    Examples
    --------
    >>> round(float(slope_towards(180.0, 10.0, 180.0)), 6), round(float(slope_towards(180.0, 10.0, 90.0)), 6)
    (10.0, 0.0)
    """
    across = np.radians(np.asarray(ground_azimuth, float) - np.asarray(azimuth, float))
    return np.degrees(np.arctan(np.tan(np.radians(ground_tilt)) * np.cos(across)))


def normal(tilt: ArrayLike, azimuth: ArrayLike) -> Floats:
    """Give unit vectors off planes of a tilt and downhill azimuth [deg]: (3, ...) east, north, up."""
    lean, turn = np.broadcast_arrays(np.radians(tilt), np.radians(azimuth))
    return np.stack([np.sin(lean) * np.sin(turn), np.sin(lean) * np.cos(turn), np.cos(lean)])


def along_ground(azimuth: ArrayLike, ground_tilt: ArrayLike, ground_azimuth: ArrayLike) -> Floats:
    """Give unit vectors in the ground's plane, above an azimuth on the map: (3, ...) east, north, up."""
    slope, turn = np.broadcast_arrays(
        np.radians(slope_towards(azimuth, ground_tilt, ground_azimuth)), np.radians(azimuth)
    )
    return np.stack([np.cos(slope) * np.sin(turn), np.cos(slope) * np.cos(turn), -np.sin(slope)])


def row_normal(
    surface_tilt: ArrayLike, surface_azimuth: ArrayLike, ground_tilt: ArrayLike, ground_azimuth: ArrayLike
) -> Floats:
    """Give unit vectors off rows that lean with the ground across them.

    Parameters
    ----------
    surface_tilt
        Tilt of the modules from horizontal, seen along their azimuth. [deg]
    surface_azimuth
        Azimuth they face. [deg]
    ground_tilt, ground_azimuth
        Slope of the ground and the azimuth it falls to. [deg]

    Returns
    -------
    array
        (3, ...) east, north, up. The sun on the ground over the sun on the rows is the ground cover ratio from which
        on rows shade each other: one row distance of ground gathers all the light there is for one row.
    """
    over_ground = np.radians(
        np.asarray(surface_tilt, float) - slope_towards(surface_azimuth, ground_tilt, ground_azimuth)
    )
    off_ground = normal(ground_tilt, ground_azimuth)
    return np.cos(over_ground) * off_ground + np.sin(over_ground) * along_ground(
        surface_azimuth, ground_tilt, ground_azimuth
    )


def lit_share(sun: ArrayLike, rows: ArrayLike, ground: ArrayLike, gcr: ArrayLike) -> Floats:
    """Share of a row that the row in front leaves in the sun [1].

    Parameters
    ----------
    sun
        (3, ...) unit vectors towards the sun.
    rows, ground
        (3, ...) `row_normal` of the rows and `normal` of the ground.
    gcr
        Row width over row distance along the ground. [1]
    """
    on_ground, on_rows = (np.sum(np.multiply(sun, face), axis=0) for face in (ground, rows))
    share = on_ground / (np.asarray(gcr, float) * np.maximum(on_rows, 1e-12))
    return np.clip(share, 0.0, 1.0)
