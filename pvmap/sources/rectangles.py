"""The least rectangle around a footprint: it tells which way a ridge runs, and whether anything tells that."""

from __future__ import annotations

import numpy as np
import shapely


def ridge_axes(polygons: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Ridge of each footprint: through the centre of its minimum rotated rectangle, along the longer side.

    Parameters
    ----------
    polygons
        (n,) footprints.

    Returns
    -------
    centre : (n, 2) array. [m]
    along : (n, 2) array
        Unit vector of the ridge, east component not negative.
    reach : (n,) array. [m]
        Diagonal of the rectangle.
    ratio : (n,) array. [1]
        Longer over shorter side.
    """
    rectangles = shapely.oriented_envelope(polygons)
    slivers = shapely.get_num_coordinates(rectangles) != 5
    rectangles[slivers] = shapely.envelope(polygons[slivers])
    corners = shapely.get_coordinates(rectangles).reshape(-1, 5, 2)
    first, second = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 1]
    long_first = np.hypot(*first.T) >= np.hypot(*second.T)
    longer, shorter = (np.where(c[:, None], first, second) for c in (long_first, ~long_first))
    length, width = np.hypot(*longer.T), np.hypot(*shorter.T)
    along = longer / length[:, None]
    along = np.where((along[:, 0] < 0.0)[:, None], -along, along)
    centre = (corners[:, 0] + corners[:, 2]) / 2.0
    ratio = np.divide(length, width, out=np.full(len(width), np.inf), where=width > 0.0)
    return centre, along, np.hypot(*(corners[:, 2] - corners[:, 0]).T), ratio


def azimuth_of(along: np.ndarray) -> np.ndarray:
    """Direction of ridges along unit vectors (n, 2) [deg]: clockwise from grid north, in [0, 180)."""
    return np.degrees(np.arctan2(along[:, 0], along[:, 1])) % 180.0
