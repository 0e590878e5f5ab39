"""Draws of all heights of a quarter at once: each building like what it touches, what is near, or its class.

A height is equal to that of a building it touches, equal to one within 30 m, near one within 80 m, or of the density
of its size of footprint; heights near a neighbour's are taken from that density too, so that all that is drawn are
heights the town has. How often each happens is learned from the observations while the chains run in. Chains run in
antithetic pairs (one takes ``1 - u`` where the other takes ``u``), so that means of few draws are good means. All
random numbers are keyed.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from pvmap.compiled import njit
from pvmap.planning.risk.height_chain import CLOSE, SEEN, TOUCHING, Ints, Model, Neighbours, Room, run_pair
from pvmap.planning.risk.height_model import GRID_M, LOWEST_M, Floats, Observed, likelihood
from pvmap.planning.risk.keyed import Keys, normals

DRAWS = 8  # of each building: four moments of two antithetic chains
BLUR_SHARE, BLUR_LEAST_M = 0.15, 1.0  # how far "near a neighbour" reaches
SHARES = (0.7, 0.3, 0.1, 0.05)  # of touching, close, near and class, before anything is learned
LEAST_WEIGHT = 1e-4  # of the largest: heights below it are never drawn


class Line(NamedTuple):
    """Buildings in the order they are drawn in.

    Attributes
    ----------
    keys, order : (n,) arrays
        Their keys as they were given, and the places of those in the order.
    near
        Pairs with an earlier building, both numbered by the order.
    earlier : (n, 3) array
        How many of them, in the order: touching, close, and close or near.
    """

    keys: Keys
    order: Ints
    near: Neighbours
    earlier: Floats


def line_up(keys: Keys, near: Neighbours) -> Line:
    """Put buildings in order: what all draws of them share.

    Parameters
    ----------
    keys
        (n,) from `keyed.keys_of`.
    near
        Who stands beside whom.
    """
    order = _order(keys, near)
    return Line(keys, order, *_earlier(near, order))


def draw_heights(observed: Observed, line: Line, density: Floats, *, world: int = 0) -> Floats:
    """Draw the heights of some buildings given all observations.

    Parameters
    ----------
    observed
        n buildings.
    line
        The same, from `line_up`.
    density
        (SIZES, grid) from `height_model.height_density`.
    world
        Number of the set of draws: each has random numbers of its own.

    Returns
    -------
    numpy.ndarray
        (DRAWS, n). [m]
    """
    stream, n = 1_000_000 * (world + 1), len(line.keys)
    out = np.empty((DRAWS, n))
    for pair in range(0, DRAWS, 2):  # precise heights, by their own error
        off = observed.rmse_m * normals(line.keys, stream + 900_000 + pair)
        out[pair], out[pair + 1] = observed.height_m + off, observed.height_m - off
    out = np.maximum(out, LOWEST_M)
    free = ~observed.precise
    if free.any():
        prior, drawn = _prior_shares(), np.empty((DRAWS, n), np.int64)
        model = _model(observed.take(line.order), line.earlier, density)
        run_pair(line.keys[line.order], stream, line.near, model, prior, _room(model, prior), drawn)
        index = np.empty_like(drawn)
        index[:, line.order] = drawn
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
    start = np.searchsorted(first[touching], np.arange(len(keys) + 1)).astype(np.int64)
    order = np.empty(len(keys), np.int64)
    _follow_touching(by_key, start, near.other[touching], np.zeros(len(keys), np.bool_), order)
    return order


@njit(cache=True, nogil=True, error_model="numpy")
def _follow_touching(by_key, start, beside, placed, order):
    """Fill the order: from each building not yet placed, in turn, to those beside it, to those beside them."""
    n = 0
    for root in by_key:
        if placed[root]:
            continue
        placed[root], order[n] = True, root
        at, n = n, n + 1
        while at < n:  # grows while it is gone through
            for s in range(start[order[at]], start[order[at] + 1]):
                j = beside[s]
                if not placed[j]:
                    placed[j], order[n] = True, j
                    n += 1
            at += 1


def _earlier(near: Neighbours, order: Ints) -> tuple[Neighbours, Floats]:
    """Renumber buildings by the order; keep, and count by kind, the pairs of each with an earlier one."""
    n = len(order)
    rank = np.empty(n, np.int64)
    rank[order] = np.arange(n)
    first, other = rank[np.repeat(np.arange(n), np.diff(near.start))], rank[near.other]
    kept = np.flatnonzero((other < first) & (near.kind < SEEN))
    kept = kept[np.lexsort((other[kept], near.kind[kept], first[kept]))]
    first, other, kind = first[kept], other[kept], near.kind[kept]
    start = np.searchsorted(first, np.arange(n + 1)).astype(np.int64)
    touching, close = (np.bincount(first[kind == one], minlength=n) for one in (TOUCHING, CLOSE))
    blurred = np.bincount(first[kind != TOUCHING], minlength=n)
    return Neighbours(start, other, kind), np.stack([touching, close, blurred], axis=1).astype(float)


def _model(observed: Observed, earlier: Floats, density: Floats) -> Model:
    scale = np.maximum(BLUR_SHARE * GRID_M, BLUR_LEAST_M)[:, None]
    blur = np.exp(-0.5 * np.square((GRID_M[:, None] - GRID_M) / scale))
    nearby = density[:, None, :] * blur
    nearby /= np.maximum(nearby.sum(axis=2, keepdims=True), 1e-300)
    pattern = ((earlier > 0) @ np.array([1, 2, 4])).astype(np.int64)
    own = likelihood(observed)
    precise = np.flatnonzero(observed.precise)
    own[precise] = 0.0
    own[precise, np.abs(observed.height_m[precise, None] - GRID_M).argmin(axis=1)] = 1.0
    window, place = _span(own), np.arange(len(GRID_M))
    inside = (place >= window[:, :1]) & (place < window[:, 1:])
    cells = np.concatenate([[0], np.cumsum(inside.sum(axis=1))])
    return Model(
        window, cells, own[inside], density, nearby, _span(blur), earlier, pattern, observed.size, observed.told
    )


def _prior_shares() -> Floats:
    """Shares of touching, close, near and class for each pattern of neighbours that are there, (8, 4)."""
    there = np.stack([np.arange(8) & 1, np.arange(8) & 2, np.arange(8) & 4, np.ones(8)], axis=1) > 0
    shares = there * np.array(SHARES)
    return shares / shares.sum(axis=1, keepdims=True)


def _room(model: Model, prior: Floats) -> Room:
    n, m = len(model.window), len(GRID_M)
    return Room(
        np.zeros((2, n), np.int64),
        np.full((2, n), -1, np.int64),
        np.zeros((2, n), np.bool_),
        np.empty_like(model.own),
        prior.copy(),
        np.zeros(prior.shape),
        np.zeros((3, m), np.int64),
        np.zeros(m),
        np.zeros(m),
        np.zeros(prior.shape[1]),
    )


def _span(weights: Floats) -> Ints:
    """First column that matters in each row, and the one after the last."""
    inside = weights > LEAST_WEIGHT * weights.max(axis=1, keepdims=True)
    return np.stack([inside.argmax(axis=1), inside.shape[1] - inside[:, ::-1].argmax(axis=1)], axis=1)
