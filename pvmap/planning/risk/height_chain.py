"""The compiled chains of heights: whom each building follows, and how high it is, drawn in one.

Buildings stand in a fixed order. Each follows one of the earlier ones beside it, equal to it or near it, or none, and
then takes its height from the density of its class: a forest, whose heights have one joint density. What a building and
all that follow it were seen as goes up the tree as a message, so a sweep draws exactly, from the first to the last.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from pvmap.compiled import njit
from pvmap.planning.risk.height_model import Floats
from pvmap.planning.risk.keyed import uniform

BURN, GAP = 32, 5  # sweeps before the first draw and between draws
TOUCHING, CLOSE, NEAR, SEEN = 0, 1, 2, 3  # kinds of neighbour: up to 0.5, 30, 80 and 100 m away
SHARES_COUNT_FOR = 4.0  # buildings
SMALL = 1e-100  # messages below it are scaled up
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


class Model(NamedTuple):
    """What stays while chains run: likelihood, density and blur over the grid, and how many neighbours come earlier.

    ``window`` holds the grid from the first height that the observation allows to beyond the last; ``band`` the same
    of the blur around each height.
    """

    own: Floats
    window: Ints
    density: Floats
    nearby: Floats
    band: Ints
    earlier: Floats
    pattern: Ints
    told: npt.NDArray[np.bool_]
    size: Ints


class Room(NamedTuple):
    """Where chains write. Arrays that a compiled function makes for itself take it a second longer to compile.

    Attributes
    ----------
    height, parent : (2, n) arrays
        Of the pair of chains: indices of the grid, and whom each building follows (-1: nobody).
    near_parent : (2, n) array
        Whether it is near its parent's height, not equal to it.
    message : (n, grid) array
        Likelihood of each building's height by its own observation and those of all that follow it, in its window.
    shares, learned : (pattern, part) arrays
        How often each part of the mixture happens, and what a sweep says of it.
    counts : (3, grid) array
        Earlier neighbours by height: touching, close, and close or near; the last is left empty.
    weight : (grid,) array
        Of the heights a building may have.
    blame : (part,) array
        What each part of the mixture comes to.
    """

    height: Ints
    parent: Ints
    near_parent: npt.NDArray[np.bool_]
    message: Floats
    shares: Floats
    learned: Floats
    counts: Floats
    weight: Floats
    blame: Floats


@njit(cache=True, nogil=True, error_model="numpy")
def _pick(p, window, total, u):
    """Lowest index up to which ``u`` of the weights lie."""
    left = u * total
    last = window[0]
    for g in range(window[0], window[1]):
        if p[g] > 0.0:
            last = g
            left -= p[g]
            if left <= 0.0:
                return g
    return last


@njit(cache=True, nogil=True, error_model="numpy")
def _tell_parents(order, model, parent, near_parent, message):
    """Fill the messages, from the last building to the first: each tells whom it follows what it knows of them."""
    for i in range(order.size):
        for g in range(model.window[i, 0], model.window[i, 1]):
            message[i, g] = model.own[i, g]
    for k in range(order.size - 1, -1, -1):
        i = order[k]
        low, high, most = model.window[i, 0], model.window[i, 1], 0.0
        for g in range(low, high):
            most = max(most, message[i, g])
        for g in range(low, high):
            message[i, g] /= max(most, 1e-300)
        j = parent[i]
        if j < 0:
            continue
        most = 0.0
        for h in range(model.window[j, 0], model.window[j, 1]):
            if near_parent[i]:
                told = 0.0
                for g in range(max(low, model.band[h, 0]), min(high, model.band[h, 1])):
                    told += model.nearby[model.size[i], h, g] * message[i, g]
                message[j, h] *= told
            else:
                message[j, h] *= message[i, h] if low <= h < high else 0.0
            most = max(most, message[j, h])
        if 0.0 < most < SMALL:  # hundreds may follow one
            for h in range(model.window[j, 0], model.window[j, 1]):
                message[j, h] /= most


@njit(cache=True, nogil=True, error_model="numpy")
def _weigh(i, near, model, height, room):
    """Weights of building ``i`` over the grid given its earlier neighbours, and what each part of them comes to."""
    counts, p, blame = room.counts, room.weight, room.blame
    low, high = model.window[i, 0], model.window[i, 1]
    for g in range(low, high):
        counts[0, g] = counts[1, g] = p[g] = 0.0
    least, most = counts.shape[1], -1
    for s in range(near.start[i], near.start[i + 1]):
        kind, h = near.kind[s], height[near.other[s]]
        if kind == TOUCHING:
            counts[0, h] += 1.0
        else:
            counts[2, h] += 1.0
            least, most = min(least, h), max(most, h)
            if kind == CLOSE:
                counts[1, h] += 1.0
    for h in range(least, most + 1):
        if counts[2, h] > 0.0:
            for g in range(max(low, model.band[h, 0]), min(high, model.band[h, 1])):
                p[g] += counts[2, h] * model.nearby[model.size[i], h, g]
            counts[2, h] = 0.0
    touching, close, blurred, alone = _parts(i, model, room)
    for part in range(blame.size):
        blame[part] = 0.0
    total = 0.0
    for g in range(low, high):
        own = room.message[i, g]
        blame[0] += own * touching * counts[0, g]
        blame[1] += own * close * counts[1, g]
        blame[2] += own * blurred * p[g]
        blame[3] += own * alone * model.density[model.size[i], g]
        p[g] = own * (
            touching * counts[0, g] + close * counts[1, g] + blurred * p[g] + alone * model.density[model.size[i], g]
        )
        total += p[g]
    return total


@njit(cache=True, nogil=True, error_model="numpy")
def _parts(i, model, room):
    """Chance that a building follows one touching, one close, or one near neighbour, and that it follows none."""
    shares, earlier = room.shares[model.pattern[i]], model.earlier[i]
    return (
        shares[0] / max(earlier[0], 1.0),
        shares[1] / max(earlier[1], 1.0),
        shares[2] / max(earlier[2], 1.0),
        shares[3],
    )


@njit(cache=True, nogil=True, error_model="numpy")
def _follow(i, near, model, height, room, u):
    """Whom building ``i`` follows given all heights, and whether near its height only."""
    g = height[i]
    touching, close, blurred, alone = _parts(i, model, room)
    total = alone * model.density[model.size[i], g]
    for again in range(2):
        left = u * total - alone * model.density[model.size[i], g]
        if again and left < 0.0:
            return -1, False
        for s in range(near.start[i], near.start[i + 1]):
            h, kind = height[near.other[s]], near.kind[s]
            equal = (touching if kind == TOUCHING else close if kind == CLOSE else 0.0) if h == g else 0.0
            about = 0.0 if kind == TOUCHING else blurred * model.nearby[model.size[i], h, g]
            if not again:
                total += equal + about
                continue
            left -= equal
            if equal > 0.0 and left <= 0.0:
                return near.other[s], False
            left -= about
            if about > 0.0 and left <= 0.0:
                return near.other[s], True
    return -1, False


@njit(cache=True, nogil=True, error_model="numpy")
def run_pair(keys, order, stream, near, model, prior, room, out):
    """Run a pair of chains; ``out`` takes the draws as indices of the grid.

    A sweep keeps whom the later ones follow and draws, from the first building to the last, whom each follows and its
    height in one, the heights of all that follow it left open: so a row of houses moves as one.
    """
    done = 0
    for sweep in range(1, BURN + GAP * (out.shape[0] // 2 - 1) + 1):
        for chain in range(2):
            height, parent, near_parent = room.height[chain], room.parent[chain], room.near_parent[chain]
            _tell_parents(order, model, parent, near_parent, room.message)
            for i in order:
                u, v = uniform(keys[i], stream + 2 * sweep), uniform(keys[i], stream + 2 * sweep + 1)
                if chain == 1:
                    u, v = 1.0 - u, 1.0 - v
                total = _weigh(i, near, model, height, room)
                height[i] = _pick(room.weight, model.window[i], total, u)
                parent[i], near_parent[i] = _follow(i, near, model, height, room, v)
                if model.told[i] and total > 0.0:
                    for part in range(room.blame.size):
                        room.learned[model.pattern[i], part] += room.blame[part] / total
        _learn(room.learned, prior, room.shares, sweep < BURN)
        if sweep >= BURN and (sweep - BURN) % GAP == 0:
            for chain in range(2):
                for i in order:
                    out[done + chain, i] = room.height[chain, i]
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
