"""Heights of buildings that tell none, where others of the city do: the median of the nearest ones of their use.

What a street is built like says more of a building than its use does. The median of neighbours needs no fit and no
distribution, and is the same whatever the order of rows and however the city is cut into tiles: it is taken once, over
the whole city.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.spatial import KDTree

from pvmap.settings.rooftop import NearbyHeights

LEAST_KNOWN = 30  # heights of a use; fewer say nothing of the city
LEAST_NEAR = 3  # of them within reach; fewer say nothing of the street, and the use's median over the city counts
TRIED = 2000  # known buildings of a use, spread over the city, by which the rule is held against the default
AT_ONCE = 100_000  # buildings whose neighbours are held in memory


class Nearby(NamedTuple):
    """Heights by their neighbours.

    Attributes
    ----------
    height_m
        (n,) heights, NaN where the rule gives none.
    off_m, default_off_m
        Mean error of the rule and of the default at buildings of known height, each left out in turn; NaN where none
        was tried.
    """

    height_m: np.ndarray
    off_m: float
    default_off_m: float


def nearby_heights(
    xy: np.ndarray, uses: np.ndarray, height_m: np.ndarray, default_m: np.ndarray, settings: NearbyHeights
) -> Nearby:
    """Give buildings without a height that of their neighbours.

    Parameters
    ----------
    xy : (n, 2) array
        Middles of the buildings. [m]
    uses : (n,) object array
        Uses; neighbours of another use do not count.
    height_m : (n,) array
        Known heights, NaN where there is none.
    default_m : (n,) array
        What is assumed where neighbours say nothing.
    settings
        How many neighbours, and how far they may stand.

    Returns
    -------
    Nearby
        Of a use whose known buildings the rule describes worse than the default, nothing.
    """
    out = np.full(len(xy), np.nan)
    known = np.isfinite(height_m)
    off, default_off, tried = 0.0, 0.0, 0
    for use in np.unique(uses[~known].astype(str)):
        of_use = uses == use
        basis, without = np.flatnonzero(of_use & known), np.flatnonzero(of_use & ~known)
        if len(basis) < LEAST_KNOWN:
            continue
        basis = basis[np.lexsort((height_m[basis], xy[basis, 1], xy[basis, 0]))]  # whatever the order of rows
        at = np.unique(np.linspace(0, len(basis) - 1, TRIED).round().astype(int))
        said = _medians(xy[basis], height_m[basis], xy[basis[at]], settings, left_out=at)
        ours, default = (np.abs(one - height_m[basis[at]]) for one in (said, default_m[basis[at]]))
        if ours.mean() >= default.mean():
            continue
        out[without] = _medians(xy[basis], height_m[basis], xy[without], settings)
        off, default_off, tried = off + ours.sum(), default_off + default.sum(), tried + len(at)
    return Nearby(out, off / tried if tried else float("nan"), default_off / tried if tried else float("nan"))


def _medians(
    xy: np.ndarray,
    height_m: np.ndarray,
    places: np.ndarray,
    settings: NearbyHeights,
    left_out: np.ndarray | None = None,
) -> np.ndarray:
    """Median of the nearest heights at each place, of all where too few are near; `left_out`: each place's own."""
    tree, whole = KDTree(xy), float(np.median(height_m))
    padded = np.append(height_m, np.nan)  # what stands for a neighbour that is not there
    out = np.full(len(places), whole)
    n_near = settings.count + (left_out is not None)
    for first in range(0, len(places), AT_ONCE):
        some = slice(first, first + AT_ONCE)
        _, near = tree.query(places[some], k=n_near, distance_upper_bound=settings.reach_m)
        near = np.reshape(near, (-1, n_near))
        if left_out is not None:
            near = np.where(near == left_out[some, None], len(height_m), near)
        heights = padded[near]
        enough = np.isfinite(heights).sum(axis=1) >= LEAST_NEAR
        out[some][enough] = np.nanmedian(heights[enough], axis=1)
    return out
