"""Which bounds meet which, by numbers alone: no shape of a city has to be in memory for it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from pvmap.memory import AT_ONCE

BOXES_A_STRIP = 4.0  # strips are so many times as high as half of the boxes
MOST_STRIPS = 1e6
MOST_ENTRIES = 16  # strips a box may lie in, on average
ROUNDING = 1e-9  # of the numbers by which strips are laid one after another


def neighbours(boxes: np.ndarray) -> np.ndarray:
    """Find the boxes of a set that meet one another, as `meeting` does.

    Returns
    -------
    (2, k) int array
        Positions of two boxes, the lower one first: each pair once, in rising order.
    """
    return _in_order(np.sort(_found(boxes), axis=0), len(boxes))


def meeting(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Find the boxes of two sets that meet, in a common point at least.

    Parameters
    ----------
    one, other : (n, 4) and (m, 4) arrays
        West, south, east, north. [m] Boxes that are NaN meet none.

    Returns
    -------
    (2, k) int array
        Positions in `one` and in `other`, in rising order.
    """
    a, b = np.sort(_found(np.concatenate([one, other])), axis=0)
    both = (a < len(one)) & (b >= len(one))
    return _in_order(np.stack([a[both], b[both] - len(one)]), len(other))


def _found(boxes: np.ndarray) -> np.ndarray:
    columns = np.ascontiguousarray(boxes.T)  # along rows all that follows takes several times as long
    there = np.flatnonzero(np.isfinite(columns).all(axis=0))
    if not len(there):
        return np.zeros((2, 0), "int64")
    return there[np.concatenate([np.zeros((2, 0), "int64"), *_meeting(columns[:, there])], axis=1)]


def _in_order(pairs: np.ndarray, n_others: int) -> np.ndarray:
    key = pairs[0] * n_others + pairs[1]  # one number a pair: to sort by two takes five times as long
    key.sort()
    return np.stack(np.divmod(key, max(n_others, 1)))


def _meeting(boxes: np.ndarray) -> Iterator[np.ndarray]:
    """Give pairs of boxes (4, n) that meet, (2, k), each pair once, some at a time.

    They lie in strips that run from west to east, one entry for each strip that a box touches. Of two that meet one
    begins within the other, so that it is among the entries behind that one.
    """
    west, south, east, north = boxes
    low_x, low_y = west.min(), south.min()
    height = _height(north - south, north.max() - low_y)
    width = max(east.max() - low_x, 1.0) * 2.0
    first = np.floor((south - low_y) / height).astype("int64")
    n_strips = np.floor((north - low_y) / height).astype("int64") - first + 1
    box = np.repeat(np.arange(len(west)), n_strips)
    strip = first[box] + np.arange(len(box)) - np.repeat(np.cumsum(n_strips) - n_strips, n_strips)
    # strips one after another on one axis, so that a single search finds what begins within a box
    begin = strip * width + (west[box] - low_x)
    order = np.argsort(begin)
    box, strip, begin = box[order], strip[order], begin[order]
    end = begin + (east - west)[box]
    end += ROUNDING * np.abs(end) + ROUNDING
    for start in range(0, len(box), AT_ONCE):
        here = np.arange(start, min(start + AT_ONCE, len(box)))
        count = np.searchsorted(begin, end[here], side="right") - here - 1
        entry = np.repeat(here, count)
        behind = entry + 1 + np.arange(len(entry)) - np.repeat(np.cumsum(count) - count, count)
        a, b = box[entry], box[behind]
        meet = strip[behind] == np.maximum(first[a], first[b])  # a pair that shares several strips is told once
        meet &= strip[behind] == strip[entry]
        a, b = a[meet], b[meet]
        meet = (west[b] <= east[a]) & (west[a] <= east[b]) & (south[b] <= north[a]) & (south[a] <= north[b])
        yield np.stack([a[meet], b[meet]])


def _height(high: np.ndarray, reach: float) -> float:
    """Height of strips, by those of the boxes: few boxes in each, and few strips for each box."""
    height = max(BOXES_A_STRIP * float(np.median(high)), reach / MOST_STRIPS, 1e-3)
    while (high / height).sum() > MOST_ENTRIES * len(high):
        height *= 2.0
    return height
