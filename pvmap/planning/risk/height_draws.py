"""Draws of all heights of a quarter at once: each building like what it touches, what is near, or its class.

The density of a height given what was observed and all other heights is ``p(observed | h)`` times a mixture: equal to
a building it touches, equal to one within 30 m, near one within 80 m, or from the density of its size of footprint.
How often each happens is learned from the observations while the chains run in. Chains run in antithetic pairs (one
takes ``1 - u`` where the other takes ``u``), so that means of few draws are good means. All random numbers are keyed.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from numba import njit

from pvmap.planning.risk.height_model import GRID_M, LOWEST_M, Floats, Observed, likelihood
from pvmap.planning.risk.keyed import Keys, normals, uniform

DRAWS = 8  # of each building: four moments of two antithetic chains
BURN, GAP = 32, 5  # sweeps before the first draw and between draws
TOUCHING, CLOSE, NEAR, SEEN = 0, 1, 2, 3  # kinds of neighbour: up to 0.5, 30, 80 and 100 m away
BLUR_SHARE, BLUR_LEAST_M = 0.15, 1.0  # how far "near a neighbour" reaches
SHARES = (0.7, 0.3, 0.1, 0.05)  # of touching, close, near and class, before anything is learned
SHARES_COUNT_FOR = 4.0  # buildings
LEAST_WEIGHT = 1e-4  # of the largest: heights below it are never drawn
Ints = npt.NDArray[np.int64]


class Neighbours(NamedTuple):
    """Pairs of buildings, sorted by the first.

    Attributes
    ----------
    start : (n + 1,) array
        First pair of each building.
    other : (pair,) array
        Its neighbour.
    kind : (pair,) array
        `TOUCHING`, `CLOSE`, `NEAR` or `SEEN`.
    """

    start: Ints
    other: Ints
    kind: npt.NDArray[np.int8]


class _Model(NamedTuple):
    """What stays while chains run: likelihood, density and blur over the grid, and how many neighbours stand beside.

    ``window`` holds the grid from the first height that the observation allows to beyond the last; ``band`` the same
    of the blur around each height.
    """

    own: Floats
    window: Ints
    density: Floats
    blur: Floats
    band: Ints
    beside: Floats
    pattern: Ints
    fixed: npt.NDArray[np.bool_]
    told: npt.NDArray[np.bool_]
    size: Ints


class _Room(NamedTuple):
    """Where chains write. Arrays that a compiled function makes for itself take it a second longer to compile.

    Attributes
    ----------
    height : (2, n) array
        Of the pair of chains, as indices of the grid.
    shares, learned : (pattern, part) arrays
        How often each part of the mixture happens, and what a sweep says of it.
    counts : (3, grid) array
        Neighbours by height: touching, close, and close or near.
    weight : (grid,) array
        Of the heights a building may have.
    blame : (part,) array
        What each part of the mixture comes to.
    """

    height: Ints
    shares: Floats
    learned: Floats
    counts: Floats
    weight: Floats
    blame: Floats


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
        order, prior = np.argsort(keys, kind="stable"), _prior_shares()
        _run(keys, order, stream, near, _model(observed, near, density), prior, _room(len(keys), prior), index)
        out[:, free] = GRID_M[index[:, free]]
    return out


def _model(observed: Observed, near: Neighbours, density: Floats) -> _Model:
    first = np.repeat(np.arange(len(near.start) - 1), np.diff(near.start))
    n = len(near.start) - 1
    touching, close = (np.bincount(first[near.kind == kind], minlength=n) for kind in (TOUCHING, CLOSE))
    blurred = np.bincount(first[(near.kind == CLOSE) | (near.kind == NEAR)], minlength=n)
    count = np.stack([touching, close, blurred], axis=1).astype(float)
    scale = np.maximum(BLUR_SHARE * GRID_M, BLUR_LEAST_M)[:, None]
    blur = np.exp(-0.5 * np.square((GRID_M[:, None] - GRID_M) / scale))
    blur /= blur.sum(axis=1, keepdims=True)
    pattern = ((count > 0) @ np.array([1, 2, 4])).astype(np.int64)
    own = likelihood(observed)
    nearest = np.abs(observed.height_m[:, None] - GRID_M).argmin(axis=1)
    own[observed.precise] = 0.0
    own[observed.precise, nearest[observed.precise]] = 1.0
    return _Model(
        own, _span(own), density, blur, _span(blur), count, pattern, observed.precise, observed.told, observed.size
    )


def _prior_shares() -> Floats:
    """Shares of touching, close, near and class for each pattern of neighbours that are there, (8, 4)."""
    there = np.stack([np.arange(8) & 1, np.arange(8) & 2, np.arange(8) & 4, np.ones(8)], axis=1) > 0
    shares = there * np.array(SHARES)
    return shares / shares.sum(axis=1, keepdims=True)


def _room(n: int, prior: Floats) -> _Room:
    m = len(GRID_M)
    return _Room(
        np.zeros((2, n), np.int64),
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


@njit(cache=True, nogil=True, error_model="numpy")
def _pick(p, window, total, u):
    """Lowest index up to which ``u`` of the weights lie."""
    left = u * total
    for g in range(window[0], window[1]):
        left -= p[g]
        if left <= 0.0:
            return g
    return window[1] - 1


@njit(cache=True, nogil=True, error_model="numpy")
def _weigh(i, near, model, height, room):
    """Weights of building ``i`` over the grid given its neighbours' heights, and what each part of them comes to."""
    counts, p, blame = room.counts, room.weight, room.blame
    for part in range(counts.shape[0]):
        for h in range(counts.shape[1]):
            counts[part, h] = 0.0
    for s in range(near.start[i], near.start[i + 1]):
        kind, h = near.kind[s], height[near.other[s]]
        if kind == TOUCHING:
            counts[0, h] += 1.0
        elif kind == CLOSE:
            counts[1, h] += 1.0
            counts[2, h] += 1.0
        elif kind == NEAR:
            counts[2, h] += 1.0
    low, high = model.window[i, 0], model.window[i, 1]
    for g in range(low, high):
        p[g] = 0.0
    for h in range(counts.shape[1]):
        if counts[2, h] > 0.0:
            for g in range(max(low, model.band[h, 0]), min(high, model.band[h, 1])):
                p[g] += counts[2, h] * model.blur[h, g]
    shares, size = room.shares[model.pattern[i]], model.size[i]
    touching = shares[0] / max(model.beside[i, 0], 1.0)
    close = shares[1] / max(model.beside[i, 1], 1.0)
    blurred = shares[2] / max(model.beside[i, 2], 1.0)
    for part in range(blame.size):
        blame[part] = 0.0
    total = 0.0
    for g in range(low, high):
        own = model.own[i, g]
        blame[0] += own * touching * counts[0, g]
        blame[1] += own * close * counts[1, g]
        blame[2] += own * blurred * p[g]
        blame[3] += own * shares[3] * model.density[size, g]
        p[g] = own * (
            touching * counts[0, g] + close * counts[1, g] + blurred * p[g] + shares[3] * model.density[size, g]
        )
        total += p[g]
    return total


@njit(cache=True, nogil=True, error_model="numpy")
def _run(keys, order, stream, near, model, prior, room, out):
    """Run a pair of chains; ``out`` takes the draws as indices of the grid.

    Buildings move one after the other in the order of their keys, so the order of rows plays no part. (All at once
    would not do: two that touch would swap their heights for ever instead of sharing one.)
    """
    n, height, p = keys.size, room.height, room.weight
    for i in range(n):
        u, total = uniform(keys[i], stream), 0.0
        for g in range(model.window[i, 0], model.window[i, 1]):
            p[g] = model.own[i, g] * model.density[model.size[i], g]
            total += p[g]
        for chain in range(2):
            height[chain, i] = _pick(p, model.window[i], total, u if chain == 0 else 1.0 - u)
    done = 0
    for sweep in range(1, BURN + GAP * (out.shape[0] // 2 - 1) + 1):
        for chain in range(2):
            for i in order:
                if model.fixed[i]:
                    continue
                u = uniform(keys[i], stream + sweep)
                total = _weigh(i, near, model, height[chain], room)
                height[chain, i] = _pick(p, model.window[i], total, u if chain == 0 else 1.0 - u)
                if model.told[i] and total > 0.0:
                    for part in range(room.blame.size):
                        room.learned[model.pattern[i], part] += room.blame[part] / total
        _learn(room.learned, prior, room.shares, sweep < BURN)
        if sweep >= BURN and (sweep - BURN) % GAP == 0:
            for chain in range(2):
                for i in range(n):
                    out[done + chain, i] = height[chain, i]
            done += 2


@njit(cache=True, nogil=True, error_model="numpy")
def _learn(learned, prior, shares, wanted):
    """Move the shares of each pattern half-way to what the last sweep says of them if wanted, and forget the sweep."""
    for pattern in range(learned.shape[0]):
        total = SHARES_COUNT_FOR
        for part in range(learned.shape[1]):
            total += learned[pattern, part]
        for part in range(learned.shape[1]):
            seen = (learned[pattern, part] + SHARES_COUNT_FOR * prior[pattern, part]) / total
            if wanted:
                shares[pattern, part] = 0.5 * (shares[pattern, part] + seen)
            learned[pattern, part] = 0.0
