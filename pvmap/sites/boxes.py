"""Which bounds meet which, by numbers alone: no shape of a city has to be in memory for it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from pvmap.memory import AT_ONCE

BOXES_A_STRIP = 4.0  # strips are so many times as high as half of the boxes
MOST_STRIPS = 1e6
MOST_ENTRIES = 16  # strips a box may lie in, on average
ROUNDING = 1e-9  # of the numbers by which strips are laid one after another


def meeting(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Find the boxes that meet, in a common point at least.

    Parameters
    ----------
    one, other : (n, 4) and (m, 4) arrays
        West, south, east, north. [m] Boxes that are NaN meet none.

    Returns
    -------
    (2, k) int array
        Positions in `one` and in `other`, in rising order.
    """
    alike = one is other
    here, there = (np.flatnonzero(np.isfinite(boxes).all(axis=1)) for boxes in (one, other))
    if not len(here) or not len(there):
        return np.zeros((2, 0), "int64")
    one, other = one[here], other[there]
    both = np.concatenate([one, other])
    low, high = both.min(axis=0), both.max(axis=0)
    height = _height(both, high[3] - low[1])
    width = max(high[2] - low[0], 1.0) * 2.0
    strips = _Strips(one, low, height, width)
    others = strips if alike else _Strips(other, low, height, width)
    # Of two boxes that meet one begins within the other, seen from west to east.
    found = [np.stack(pairs) for pairs in _begin_within(strips, others, first_counts=True)]
    if alike:
        found += [pairs[::-1, one[pairs[0], 0] < one[pairs[1], 0]] for pairs in found]
    else:
        found += [np.stack(pairs[::-1]) for pairs in _begin_within(others, strips, first_counts=False)]
    a, b = np.concatenate([np.zeros((2, 0), "int64"), *found], axis=1)
    key = a * len(there) + b  # one number a pair: to sort by two takes five times as long
    key.sort()
    a, b = np.divmod(key, len(there))
    return np.stack([here[a], there[b]])


class _Strips:
    """Boxes in strips that run from west to east, one entry for each strip that a box touches, sorted."""

    def __init__(self, boxes: np.ndarray, low: np.ndarray, height: float, width: float):
        self.boxes = boxes
        self.first = np.floor((boxes[:, 1] - low[1]) / height).astype("int64")
        n_strips = np.floor((boxes[:, 3] - low[1]) / height).astype("int64") - self.first + 1
        box = np.repeat(np.arange(len(boxes)), n_strips)
        strip = self.first[box] + np.arange(len(box)) - np.repeat(np.cumsum(n_strips) - n_strips, n_strips)
        # strips one after another on one axis, so that a single search finds what begins within a box
        begin = strip * width + (boxes[box, 0] - low[0])
        order = np.argsort(begin, kind="stable")
        self.box, self.strip, self.begin = box[order], strip[order], begin[order]
        self.end = self.begin + (boxes[self.box, 2] - boxes[self.box, 0])


def _begin_within(one: _Strips, other: _Strips, *, first_counts: bool) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Give pairs of boxes of which the other one begins within the one; where both begin is told if it counts."""
    for start in range(0, len(one.box), AT_ONCE):
        some = slice(start, start + AT_ONCE)
        slack = ROUNDING * np.abs(one.end[some]) + ROUNDING
        low = np.searchsorted(other.begin, one.begin[some] - slack, side="left")
        count = np.searchsorted(other.begin, one.end[some] + slack, side="right") - low
        entry = np.repeat(np.arange(len(low)), count)
        at = low[entry] + np.arange(len(entry)) - np.repeat(np.cumsum(count) - count, count)
        a, b = one.box[some][entry], other.box[at]
        same = one.strip[some][entry] == other.strip[at]
        same &= other.strip[at] == np.maximum(one.first[a], other.first[b])  # a pair that shares several is told once
        a, b = a[same], b[same]
        p, q = one.boxes[a], other.boxes[b]
        meet = (q[:, 0] >= p[:, 0]) if first_counts else (q[:, 0] > p[:, 0])
        meet &= (q[:, 0] <= p[:, 2]) & (q[:, 1] <= p[:, 3]) & (q[:, 3] >= p[:, 1])
        yield a[meet], b[meet]


def _height(boxes: np.ndarray, reach: float) -> float:
    """Height of strips: few boxes in each, and few strips for each box."""
    high = boxes[:, 3] - boxes[:, 1]
    height = max(BOXES_A_STRIP * float(np.median(high)), reach / MOST_STRIPS, 1e-3)
    while (high / height).sum() > MOST_ENTRIES * len(boxes):
        height *= 2.0
    return height
