"""Which bounds meet which, by numbers alone: no shape of a city has to be in memory for it."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np

from pvmap.memory import AT_ONCE

BOXES_A_STRIP = 4.0  # strips are so many times as high as half of the boxes
MOST_STRIPS = 1e6
BOXES_AT_ONCE = 250_000  # looked at together: what is worked out of each takes 200 bytes
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

    They lie in strips that run from west to east. A pair that shares several strips is told in the first of them, so
    that strips can be looked at some at a time, whatever else lies in the others.
    """
    _, south, _, north = boxes
    low_y = south.min()
    height = _height(north - south, north.max() - low_y)
    first, last = (np.floor((edge - low_y) / height).astype("int32") for edge in (south, north))
    n_until = np.cumsum(np.bincount(first))
    cuts = np.searchsorted(n_until, np.arange(BOXES_AT_ONCE, n_until[-1], BOXES_AT_ONCE), side="right")
    edges = np.unique([0, *cuts, len(n_until)])
    for low, high in itertools.pairwise(edges):
        here = np.flatnonzero((first < high) & (last >= low))
        for pairs in _in_strips(boxes[:, here], first[here], last[here], (low, high)):
            yield here[pairs]


def _in_strips(boxes: np.ndarray, first: np.ndarray, last: np.ndarray, strips: tuple[int, int]) -> Iterator[np.ndarray]:
    """Give pairs of boxes (4, n) that meet and are told in some strips: those from one to before another.

    There is one entry for each of these strips that a box touches. Of two that meet one begins within the other, so
    that it is among the entries behind that one.
    """
    west, south, east, north = boxes
    width = max(east.max() - west.min(), 1.0) * 2.0
    begins = np.maximum(first, strips[0])
    n_strips = np.minimum(last, strips[1] - 1) - begins + 1
    box = np.repeat(np.arange(len(west)), n_strips)
    strip = begins[box] + np.arange(len(box)) - np.repeat(np.cumsum(n_strips) - n_strips, n_strips)
    # strips one after another on one axis, so that a single search finds what begins within a box
    begin = (strip - strips[0]) * width + (west[box] - west.min())
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
