"""Row houses: neighbours that share walls stand under one ridge, along the row and not each along its own footprint."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import shapely
from geopandas.array import GeometryArray, from_shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from pvmap.memory import give_back
from pvmap.settings.row_houses import RowHouses
from pvmap.sites.boxes import neighbours
from pvmap.sources.asleep import RIDGE, Asleep
from pvmap.sources.rectangles import azimuth_of, ridge_axes

ROUNDING_M = 1e-6  # bounds are looked at this much farther than polygons
PAIRS_AT_ONCE = 100_000  # of houses that may be close, and are shapes in memory


def row_ridges(polygons: np.ndarray | GeometryArray, rules: RowHouses) -> np.ndarray:
    """Ridge of the row each house stands in: along the least rectangle around the whole row.

    Houses that share a wall are linked, and what links connect is a row. It gives its ridge where it is clearly longer
    than wide and straight, and only to houses whose own walls lie along it: the others keep their own.

    Parameters
    ----------
    polygons
        (n,) footprints of all houses of the city, in any order.
    rules
        How close, parallel and long walls are that houses share, how long and straight a row is.

    Returns
    -------
    (n,) array. [deg]
        Direction of the ridge clockwise from grid north, in [0, 180); NaN where the footprint alone decides.
    """
    outlines = polygons if isinstance(polygons, GeometryArray) else from_shapely(polygons)
    ridge = np.full(len(outlines), np.nan)
    reach_m = rules.gap_m / 2.0 + ROUNDING_M
    wider = outlines.bounds + np.array([-reach_m, -reach_m, reach_m, reach_m])
    for pairs in _apart(neighbours(wider), len(outlines)):
        near, own_pairs = _involved(pairs)
        ridge[near] = _ridges(outlines[near], own_pairs, rules)
        give_back()
    return ridge


def _apart(pairs: np.ndarray, n: int) -> Iterator[np.ndarray]:
    """Divide pairs of n houses, so that no row stands in two lots: as shapes, a whole province would take gigabytes."""
    n_lots = -(-pairs.shape[1] // PAIRS_AT_ONCE)
    if n_lots < 2:
        yield pairs
        return
    block = _connected(pairs, n)[pairs[0]]
    lot = (np.cumsum(np.bincount(block)) - 1)[block] // PAIRS_AT_ONCE
    for number in range(n_lots):
        yield pairs[:, lot == number]


def _connected(pairs: np.ndarray, n: int) -> np.ndarray:
    """Give the number of the group of each of n houses that pairs (2, k) connect, (n,)."""
    matrix = coo_array((np.ones(pairs.shape[1], bool), tuple(pairs)), shape=(n, n))
    return connected_components(matrix, directed=False)[1]


def _ridges(outlines: GeometryArray, pairs: np.ndarray, rules: RowHouses) -> np.ndarray:
    """Ridges as `row_ridges` gives them, of houses that may be close as pairs say."""
    ridge, awake = np.full(len(outlines), np.nan), np.asarray(outlines)  # once, for all that follows
    houses, links = _involved(shared_walls(awake, pairs, rules))
    if not len(houses):
        return ridge
    own, row = awake[houses], _connected(links, len(houses))
    corners, owner = shapely.get_coordinates(own, return_index=True)
    order = np.argsort(row[owner], kind="stable")
    rows = shapely.linestrings(corners[order], indices=row[owner][order])  # its rectangle is that of all its corners
    _, along, diagonal_m, ratio = ridge_axes(rows)
    rectangle_m2 = diagonal_m**2 * ratio / (1.0 + ratio**2)
    filled = np.bincount(row, weights=shapely.area(own)) / rectangle_m2
    shared = ((ratio >= rules.length_ratio) & (filled >= rules.filled_share))[row]
    alone = outlines[houses].look_up(RIDGE) if isinstance(outlines, Asleep) else azimuth_of(ridge_axes(own)[1])
    off = np.abs(alone - azimuth_of(along)[row]) % 90.0  # its longer or its shorter side
    shared &= np.minimum(off, 90.0 - off) <= rules.wall_angle
    ridge[houses[shared]] = azimuth_of(along)[row][shared]
    return ridge


def _involved(pairs: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Positions that occur in pairs (2, k), (m,), and the pairs as positions among these."""
    some, pairs = np.unique(pairs, return_inverse=True)
    return some, pairs.reshape(2, -1)


def shared_walls(houses: np.ndarray, pairs: np.ndarray, rules: RowHouses) -> np.ndarray:
    """Those of pairs of houses, (2, k), that share walls: parallel ones, close where they face each other, long in sum.

    Parameters
    ----------
    houses : (n,) object array
        Footprints.
    pairs : (2, m) int array
        Positions of houses that may be close.
    rules
        How close, parallel and long walls are that houses share.
    """
    pairs = pairs[:, shapely.dwithin(*houses[pairs], distance=rules.gap_m)]
    start, step, house = _walls(houses)
    pair, one, other = _facing(houses, pairs, start, step, house, rules.gap_m)
    length = np.hypot(*step.T)
    along = step / length[:, None]
    cosine, sine = _along_and_across(along[other], along[one])
    ends = [_along_and_across(start[other] + more - start[one], along[one]) for more in (0.0, step[other])]
    begin = np.maximum(np.minimum(ends[0][0], ends[1][0]), 0.0)
    beside = np.minimum(np.maximum(ends[0][0], ends[1][0]), length[one]) - begin
    shared = (np.abs(sine) <= np.sin(np.radians(rules.wall_angle))) & (beside > 0.0)
    to_middle = ((begin + beside / 2.0) - ends[0][0])[shared]  # from where the other wall starts
    apart = ends[0][1][shared] + to_middle * sine[shared] / cosine[shared]
    shared[shared] = np.abs(apart) <= rules.gap_m
    shared_m = np.bincount(pair[shared], weights=beside[shared], minlength=pairs.shape[1])
    return pairs[:, shared_m >= rules.shared_wall_m]


def _facing(
    polygons: np.ndarray, pairs: np.ndarray, start: np.ndarray, step: np.ndarray, house: np.ndarray, gap_m: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Every wall of a pair's one house with every wall of the other, where both reach into what their bounds share."""
    bounds, count = shapely.bounds(polygons)[pairs], np.bincount(house, minlength=len(polygons))
    low, high = bounds[..., :2].max(axis=0) - gap_m, bounds[..., 2:].min(axis=0) + gap_m
    sides = []
    for houses in pairs:
        pair, wall = _each(houses, count)
        reaches = (np.minimum(start, start + step)[wall] <= high[pair]).all(axis=1)
        reaches &= (np.maximum(start, start + step)[wall] >= low[pair]).all(axis=1)
        sides.append((pair[reaches], wall[reaches]))
    (pair, one), (pair_of_other, other) = sides
    row, partner = _each(pair, np.bincount(pair_of_other, minlength=pairs.shape[1]))
    return pair[row], one[row], other[partner]


def _each(groups: np.ndarray, count: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Members of a group named by each row, groups lying one after another: row and member."""
    first, times = np.cumsum(count) - count, count[groups]
    row = np.repeat(np.arange(len(groups)), times)
    return row, np.arange(len(row)) - (np.cumsum(times) - times - first[groups])[row]


def _along_and_across(vectors: np.ndarray, along: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Parts of vectors along unit vectors and to their left."""
    return (vectors * along).sum(axis=1), along[:, 0] * vectors[:, 1] - along[:, 1] * vectors[:, 0]


def _walls(polygons: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Walls along the outer rings: start and step (k, 2) [m], and the house of each (k,)."""
    corners, house = shapely.get_coordinates(shapely.get_exterior_ring(polygons), return_index=True)
    step = np.diff(corners, axis=0)
    wall = (np.diff(house) == 0) & (np.hypot(*step.T) > 0.0)
    return corners[:-1][wall], step[wall], house[:-1][wall]
