"""Row houses: neighbours that share walls stand under one ridge, along the row and not each along its own footprint."""

from __future__ import annotations

import numpy as np
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from pvmap.settings.row_houses import RowHouses
from pvmap.sites.ridge import azimuth_of, ridge_axes


def row_ridges(polygons: np.ndarray, rules: RowHouses) -> np.ndarray:
    """Ridge of the row each house stands in: along the least rectangle around the whole row.

    Houses that share a wall are linked, and what links connect is a row. It gives its ridge where it is clearly longer
    than wide and straight, and only to houses whose own walls lie along it: the others keep their own.

    Parameters
    ----------
    polygons
        (n,) footprints of all houses of the city, in any order.

    Returns
    -------
    (n,) array. [deg]
        Direction of the ridge clockwise from grid north, in [0, 180); NaN where the footprint alone decides.
    """
    ridge = np.full(len(polygons), np.nan)
    links = shared_walls(polygons, rules)
    if not links.shape[1]:
        return ridge
    houses, links = np.unique(links, return_inverse=True)
    links = links.reshape(2, -1)
    matrix = coo_array((np.ones(links.shape[1], bool), tuple(links)), shape=(len(houses), len(houses)))
    row = connected_components(matrix, directed=False)[1]
    own = polygons[houses]
    corners, owner = shapely.get_coordinates(own, return_index=True)
    order = np.argsort(row[owner], kind="stable")
    rows = shapely.multipoints(corners[order], indices=row[owner][order])
    _, along, diagonal_m, ratio = ridge_axes(rows)
    rectangle_m2 = diagonal_m**2 * ratio / (1.0 + ratio**2)
    filled = np.bincount(row, weights=shapely.area(own)) / rectangle_m2
    shared = ((ratio >= rules.length_ratio) & (filled >= rules.filled_share))[row]
    off = np.abs(azimuth_of(ridge_axes(own)[1]) - azimuth_of(along)[row]) % 90.0  # its longer or its shorter side
    shared &= np.minimum(off, 90.0 - off) <= rules.wall_angle
    ridge[houses[shared]] = azimuth_of(along)[row][shared]
    return ridge


def shared_walls(polygons: np.ndarray, rules: RowHouses) -> np.ndarray:
    """Pairs of houses, (2, k), that share walls: parallel ones, close to each other, along a length in sum."""
    first, second = shapely.STRtree(polygons).query(polygons, predicate="dwithin", distance=rules.gap_m)
    near = np.unique(first[first != second])
    if not len(near):
        return np.zeros((2, 0), np.int64)
    start, step, house = _walls(polygons[near])
    walls = shapely.linestrings(np.stack([start, start + step], axis=1))
    one, other = shapely.STRtree(walls).query(walls, predicate="dwithin", distance=rules.gap_m)
    apart = house[one] < house[other]
    one, other = one[apart], other[apart]
    length = np.hypot(*step.T)
    along = step / length[:, None]
    sine = np.abs(along[one, 0] * along[other, 1] - along[one, 1] * along[other, 0])
    parallel = sine <= np.sin(np.radians(rules.wall_angle))
    one, other = one[parallel], other[parallel]
    ends = [((start[other] + more - start[one]) * along[one]).sum(axis=1) for more in (0.0, step[other])]
    beside = np.minimum(np.maximum(*ends), length[one]) - np.maximum(np.minimum(*ends), 0.0)
    pair, which = np.unique(house[one] * len(near) + house[other], return_inverse=True)
    shared_m = np.bincount(which, weights=np.maximum(beside, 0.0), minlength=len(pair))
    return near[np.stack(np.divmod(pair[shared_m >= rules.shared_wall_m], len(near)))]


def _walls(polygons: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Walls along the outer rings: start and step (k, 2) [m], and the house of each (k,)."""
    corners, house = shapely.get_coordinates(shapely.get_exterior_ring(polygons), return_index=True)
    step = np.diff(corners, axis=0)
    wall = (np.diff(house) == 0) & (np.hypot(*step.T) > 0.0)
    return corners[:-1][wall], step[wall], house[:-1][wall]
