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

BURN, GAP = 16, 3  # sweeps before the first draw and between draws
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
    """What stays while chains run, of n buildings in the order they are drawn in.

    Attributes
    ----------
    window : (n, 2) array
        First height of the grid that each observation allows to, and the one after the last.
    first : (n + 1,) array
        Where the heights of each window begin in ``own``.
    own : (cell,) array
        Likelihood of the heights of all windows, one window after the other.
    density : (SIZES, grid) array
        Of true heights, by class of footprint.
    nearby : (SIZES, grid, grid) array
        Of heights near one.
    band : (grid, 2) array
        First height that is near one, and the one after the last.
    earlier : (n, 3) array
        Earlier neighbours: touching, close, and close or near.
    pattern, size : (n,) arrays
        Which of these there are, as a number, and class of footprint.
    told : (n,) array
        Whether a height was observed.
    """

    window: Ints
    first: Ints
    own: Floats
    density: Floats
    nearby: Floats
    band: Ints
    earlier: Floats
    pattern: Ints
    size: Ints
    told: npt.NDArray[np.bool_]


class Room(NamedTuple):
    """Where chains write. Arrays that a compiled function makes for itself take it a second longer to compile.

    Attributes
    ----------
    height, parent : (2, n) arrays
        Of the pair of chains: indices of the grid, and whom each building follows (-1: nobody).
    near_parent : (2, n) array
        Whether it is near its parent's height, not equal to it.
    message : (cell,) array
        As ``own``: likelihood of each building's height by its own observation and those of all that follow it.
    shares, learned : (pattern, part) arrays
        How often each part of the mixture happens, and what a sweep says of it.
    counts : (3, grid) array
        Earlier neighbours by height: touching, close, and close or near; left empty.
    mixed, weight : (grid,) arrays
        Density of the heights a building may have given its earlier neighbours, and that times its message.
    blame : (part,) array
        What each part of the mixture comes to.
    """

    height: Ints
    parent: Ints
    near_parent: npt.NDArray[np.bool_]
    message: Floats
    shares: Floats
    learned: Floats
    counts: Ints
    mixed: Floats
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
def _tell_parents(model, parent, near_parent, message):
    """Fill the messages, from the last building to the first: each tells whom it follows what it knows of them."""
    for cell in range(message.size):
        message[cell] = model.own[cell]
    for i in range(parent.size - 1, -1, -1):
        j = parent[i]
        if j < 0:
            continue
        low, high, at = model.window[i, 0], model.window[i, 1], model.first[i] - model.window[i, 0]
        to, most = model.first[j] - model.window[j, 0], 0.0
        for h in range(model.window[j, 0], model.window[j, 1]):
            told = 0.0
            if near_parent[i]:
                for g in range(max(low, model.band[h, 0]), min(high, model.band[h, 1])):
                    told += model.nearby[model.size[i], h, g] * message[at + g]
            elif low <= h < high:
                told = message[at + h]
            message[to + h] *= told
            most = max(most, message[to + h])
        if 0.0 < most < SMALL:  # hundreds may follow one
            for h in range(model.window[j, 0], model.window[j, 1]):
                message[to + h] /= most


@njit(cache=True, nogil=True, error_model="numpy")
def _mix(i, near, model, height, room):
    """Density of the height of building ``i`` given its earlier neighbours, over its window."""
    counts, p = room.counts, room.mixed
    low, high = model.window[i, 0], model.window[i, 1]
    for g in range(low, high):
        counts[0, g] = counts[1, g] = 0
        p[g] = 0.0
    least, most = p.size, -1
    for s in range(near.start[i], near.start[i + 1]):
        kind, h = near.kind[s], height[near.other[s]]
        if kind == TOUCHING:
            counts[0, h] += 1
        else:
            counts[2, h] += 1
            least, most = min(least, h), max(most, h)
            if kind == CLOSE:
                counts[1, h] += 1
    density, nearby = model.density[model.size[i]], model.nearby[model.size[i]]
    for h in range(least, most + 1):
        many = counts[2, h]
        if many > 0:
            for g in range(max(low, model.band[h, 0]), min(high, model.band[h, 1])):
                p[g] += many * nearby[h, g]
            counts[2, h] = 0
    touching, close, blurred, alone = _parts(i, model, room)
    for g in range(low, high):
        p[g] = touching * counts[0, g] + close * counts[1, g] + blurred * p[g] + alone * density[g]


@njit(cache=True, nogil=True, error_model="numpy")
def _weigh(i, model, room):
    """Weights of the heights of building ``i`` by what it and all that follow it were seen as; returns their sum."""
    total, at = 0.0, model.first[i] - model.window[i, 0]
    for g in range(model.window[i, 0], model.window[i, 1]):
        room.weight[g] = room.mixed[g] * room.message[at + g]
        total += room.weight[g]
    return total


@njit(cache=True, nogil=True, error_model="numpy")
def _blame(i, model, room, total):
    """Add to what is learned how much each part of the mixture has of the weights of building ``i``."""
    blame, at = room.blame, model.first[i] - model.window[i, 0]
    touching, close, _, alone = _parts(i, model, room)
    blame[0] = blame[1] = blame[3] = 0.0
    for g in range(model.window[i, 0], model.window[i, 1]):
        own = room.message[at + g]
        blame[0] += own * touching * room.counts[0, g]
        blame[1] += own * close * room.counts[1, g]
        blame[3] += own * alone * model.density[model.size[i], g]
    blame[2] = max(total - blame[0] - blame[1] - blame[3], 0.0)
    for part in range(blame.size):
        room.learned[model.pattern[i], part] += blame[part] / total


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
    left = u * room.mixed[g] - alone * model.density[model.size[i], g]
    if left < 0.0:
        return -1, False
    for s in range(near.start[i], near.start[i + 1]):
        h, kind = height[near.other[s]], near.kind[s]
        if h == g and kind != NEAR:
            left -= touching if kind == TOUCHING else close
            if left <= 0.0:
                return near.other[s], False
        if kind != TOUCHING and model.band[h, 0] <= g < model.band[h, 1]:
            left -= blurred * model.nearby[model.size[i], h, g]
            if left <= 0.0:
                return near.other[s], True
    return -1, False


@njit(cache=True, nogil=True, error_model="numpy")
def run_pair(keys, stream, near, model, prior, room, out):
    """Run a pair of chains; ``out`` takes the draws as indices of the grid.

    A sweep keeps whom the later ones follow and draws, from the first building to the last, whom each follows and its
    height in one, the heights of all that follow it left open: so a row of houses moves as one.
    """
    done = 0
    for sweep in range(1, BURN + GAP * (out.shape[0] // 2 - 1) + 1):
        for chain in range(2):
            height, parent, near_parent = room.height[chain], room.parent[chain], room.near_parent[chain]
            _tell_parents(model, parent, near_parent, room.message)
            for i in range(keys.size):
                u, v = uniform(keys[i], stream + 2 * sweep), uniform(keys[i], stream + 2 * sweep + 1)
                if chain == 1:
                    u, v = 1.0 - u, 1.0 - v
                _mix(i, near, model, height, room)
                total = _weigh(i, model, room)
                height[i] = _pick(room.weight, model.window[i], total, u)
                parent[i], near_parent[i] = _follow(i, near, model, height, room, v)
                if sweep < BURN and model.told[i] and total > 0.0:
                    _blame(i, model, room, total)
        if sweep < BURN:
            _learn(room.learned, prior, room.shares)
        elif (sweep - BURN) % GAP == 0:
            for chain in range(2):
                for i in range(keys.size):
                    out[done + chain, i] = room.height[chain, i]
            done += 2


@njit(cache=True, nogil=True, error_model="numpy")
def _learn(learned, prior, shares):
    """Move the shares of each pattern half-way to what the last sweep says of them, and forget the sweep."""
    for pattern in range(learned.shape[0]):
        total = SHARES_COUNT_FOR
        for part in range(learned.shape[1]):
            total += learned[pattern, part]
        for part in range(learned.shape[1]):
            seen = (learned[pattern, part] + SHARES_COUNT_FOR * prior[pattern, part]) / total
            shares[pattern, part] = seen
            learned[pattern, part] = 0.0
