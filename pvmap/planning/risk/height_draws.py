"""Draws of all heights of a quarter at once: each building like what it touches, what is near, or its class.

A height is equal to that of a building it touches, equal to one within 30 m, near one within 80 m, or of the density
of its size of footprint; heights near a neighbour's are taken from that density too, so that all that is drawn are
heights the town has. How often each happens is learned from the observations while the chains run in. Chains run in
antithetic pairs (one takes ``1 - u`` where the other takes ``u``), so that means of few draws are good means. All
random numbers are keyed.
"""

from __future__ import annotations

import numpy as np

from pvmap.planning.risk.height_chain import CLOSE, SEEN, TOUCHING, Ints, Model, Neighbours, Room, run_pair
from pvmap.planning.risk.height_model import GRID_M, LOWEST_M, Floats, Observed, likelihood
from pvmap.planning.risk.keyed import Keys, normals

DRAWS = 8  # of each building: four moments of two antithetic chains
BLUR_SHARE, BLUR_LEAST_M = 0.15, 1.0  # how far "near a neighbour" reaches
SHARES = (0.7, 0.3, 0.1, 0.05)  # of touching, close, near and class, before anything is learned
LEAST_WEIGHT = 1e-4  # of the largest: heights below it are never drawn


def draw_heights(observed: Observed, keys: Keys, near: Neighbours, density: Floats, *, world: int = 0) -> Floats:
    """Draw the heights of some buildings given all observations.

    Parameters
    ----------
    observed
        n buildings.
    keys
        (n,) from `keyed.keys_of`.
    near
        Who stands beside whom.
    density
        (SIZES, grid) from `height_model.height_density`.
    world
        Number of the set of draws: each has random numbers of its own.

    Returns
    -------
    numpy.ndarray
        (DRAWS, n). [m]
    """
    stream = 1_000_000 * (world + 1)
    out = np.empty((DRAWS, len(keys)))
    for pair in range(0, DRAWS, 2):  # precise heights, by their own error
        off = observed.rmse_m * normals(keys, stream + 900_000 + pair)
        out[pair], out[pair + 1] = observed.height_m + off, observed.height_m - off
    out = np.maximum(out, LOWEST_M)
    free = ~observed.precise
    if free.any():
        index = np.empty((DRAWS, len(keys)), np.int64)
        order, prior = _order(keys, near), _prior_shares()
        before = _earlier(near, order)
        run_pair(keys, order, stream, before, _model(observed, before, density), prior, _room(len(keys), prior), index)
        out[:, free] = GRID_M[index[:, free]]
    return out


def _order(keys: Keys, near: Neighbours) -> Ints:
    """Put buildings in the order of their keys, each followed by all that touch it: rows and blocks stay one tree."""
    by_key = np.argsort(keys, kind="stable")
    rank = np.empty(len(keys), np.int64)
    rank[by_key] = np.arange(len(keys))
    first = np.repeat(np.arange(len(keys)), np.diff(near.start))
    touching = np.flatnonzero(near.kind == TOUCHING)
    touching = touching[np.lexsort((rank[near.other[touching]], first[touching]))]
    start = np.searchsorted(first[touching], np.arange(len(keys) + 1)).tolist()
    beside, placed, order = near.other[touching].tolist(), np.zeros(len(keys), bool), []
    for root in by_key.tolist():
        waiting = [] if placed[root] else [root]
        placed[root] = True
        for i in waiting:  # grows while it is gone through
            later = [j for j in beside[start[i] : start[i + 1]] if not placed[j]]
            placed[later] = True
            waiting += later
        order += waiting
    return np.array(order, np.int64)


def _earlier(near: Neighbours, order: Ints) -> Neighbours:
    """Keep the pairs whose other building comes first in the order, and lay those of a building out in it."""
    n = len(order)
    rank = np.empty(n, np.int64)
    rank[order] = np.arange(n)
    first = np.repeat(np.arange(n), np.diff(near.start))
    kept = np.flatnonzero((rank[near.other] < rank[first]) & (near.kind < SEEN))
    kept = kept[np.lexsort((rank[near.other[kept]], first[kept]))]
    start = np.searchsorted(first[kept], np.arange(n + 1))
    return Neighbours(start.astype(np.int64), near.other[kept], near.kind[kept])


def _model(observed: Observed, near: Neighbours, density: Floats) -> Model:
    n = len(near.start) - 1
    first = np.repeat(np.arange(n), np.diff(near.start))
    touching, close = (np.bincount(first[near.kind == kind], minlength=n) for kind in (TOUCHING, CLOSE))
    blurred = np.bincount(first[near.kind != TOUCHING], minlength=n)
    count = np.stack([touching, close, blurred], axis=1).astype(float)
    scale = np.maximum(BLUR_SHARE * GRID_M, BLUR_LEAST_M)[:, None]
    blur = np.exp(-0.5 * np.square((GRID_M[:, None] - GRID_M) / scale))
    nearby = density[:, None, :] * blur
    nearby /= np.maximum(nearby.sum(axis=2, keepdims=True), 1e-300)
    pattern = ((count > 0) @ np.array([1, 2, 4])).astype(np.int64)
    own = likelihood(observed)
    nearest = np.abs(observed.height_m[:, None] - GRID_M).argmin(axis=1)
    own[observed.precise] = 0.0
    own[observed.precise, nearest[observed.precise]] = 1.0
    return Model(own, _span(own), density, nearby, _span(blur), count, pattern, observed.told, observed.size)


def _prior_shares() -> Floats:
    """Shares of touching, close, near and class for each pattern of neighbours that are there, (8, 4)."""
    there = np.stack([np.arange(8) & 1, np.arange(8) & 2, np.arange(8) & 4, np.ones(8)], axis=1) > 0
    shares = there * np.array(SHARES)
    return shares / shares.sum(axis=1, keepdims=True)


def _room(n: int, prior: Floats) -> Room:
    m = len(GRID_M)
    return Room(
        np.zeros((2, n), np.int64),
        np.full((2, n), -1, np.int64),
        np.zeros((2, n), np.bool_),
        np.empty((n, m)),
        prior.copy(),
        np.zeros(prior.shape),
        np.zeros((3, m)),
        np.zeros(m),
        np.zeros(prior.shape[1]),
    )


def _span(weights: Floats) -> Ints:
    """First column that matters in each row, and the one after the last."""
    inside = weights > LEAST_WEIGHT * weights.max(axis=1, keepdims=True)
    return np.stack([inside.argmax(axis=1), inside.shape[1] - inside[:, ::-1].argmax(axis=1)], axis=1)
