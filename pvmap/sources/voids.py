"""Cells of elevations that hold no height though their file does not call them missing: -32768, 32767, -9999."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator

import numpy as np
import rasterio
from rasterio.windows import Window

from pvmap.sources.tiles import factors

LOWEST_GROUND_M, HIGHEST_GROUND_M = -500.0, 9000.0  # nothing on earth is lower or higher (-430 m, 8,849 m)
MOST_VOIDS = 3  # different values of voids that a file may have
MOST_LOOKED_AT = 400_000_000  # cells of a window: some two seconds
AT_ONCE = 4_000_000  # cells


def is_no_ground(height_m: np.ndarray) -> np.ndarray:
    """Whether no ground on earth has such a height; what is NaN is not asked about."""
    with np.errstate(invalid="ignore"):
        return (height_m < LOWEST_GROUND_M) | (height_m > HIGHEST_GROUND_M)


def untagged_voids(file: rasterio.DatasetReader, window: Window, nodata: float | None) -> list[float]:
    """Find values in a window, as the file stores them, that no ground has and that are not `nodata`: the lowest few.

    The window is looked at cell by cell, a piece at a time; of one of more than `MOST_LOOKED_AT` cells, which only
    drawing and coarse reading ask for, every second piece, or third.
    """
    scale, offset = factors(file)
    found: list[float] = []
    for piece in _pieces(window, file.block_shapes[0]):
        values = file.read(1, window=piece)
        height_m = values if (scale, offset) == (1.0, 0.0) else values.astype("float64") * scale + offset
        here = np.unique(values[is_no_ground(height_m)])[: MOST_VOIDS + 1]
        found = sorted({*found, *(float(value) for value in here if value != nodata)})[:MOST_VOIDS]
    return found


def _pieces(window: Window, block: tuple[int, int]) -> Iterator[Window]:
    """Cut a window into pieces of whole blocks of the file, and leave some out where they are too many."""
    high, wide = block
    wide *= max(1, min(window.width, math.isqrt(AT_ONCE)) // wide)
    high *= max(1, AT_ONCE // wide // high)
    lefts, tops = (
        [start, *range((start // side + 1) * side, start + length, side)]
        for start, length, side in ((window.col_off, window.width, wide), (window.row_off, window.height, high))
    )
    every = math.ceil(window.width * window.height / MOST_LOOKED_AT)
    for left, top in itertools.islice(itertools.product(lefts, tops), 0, None, every):
        right, bottom = (left // wide + 1) * wide, (top // high + 1) * high
        yield Window(left, top, right - left, bottom - top).intersection(window)
