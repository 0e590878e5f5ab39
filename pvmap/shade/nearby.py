"""Which buildings may rise above a surface: grid indexes by height, searched outwards.

Low buildings matter only nearby, so most of a city is never looked at; the few tall ones matter from far away and are
kept apart in wide cells.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from pvmap.compiled import inner
from pvmap.shade.rings import Boxes, Floats, Ints

CLASSES = (0.0, 0.8, 0.97, 1.0)  # shares of the buildings, from the lowest top to the highest
PER_CELL = 2.0  # buildings of a class in a cell, about


def by_height(buildings: Boxes, tops: Floats) -> list[Index]:
    """Index the buildings of each height class.

    Parameters
    ----------
    buildings : Boxes
        At least one.
    tops : (box,) array
        Height of their tops, parapets included. [m]
    """
    rank = np.argsort(np.argsort(tops, kind="stable"), kind="stable") / len(tops)
    return [Index.of(buildings, tops, np.flatnonzero((rank >= a) & (rank < b))) for a, b in pairwise(CLASSES)]


@dataclass(frozen=True)
class Index:
    """Square cells and the boxes whose centre they hold, with each cell's tallest top and widest radius."""

    start: Ints
    items: Ints
    top: Floats
    radius: Floats
    shape: Ints
    frame: Floats  # west, south, side of a cell, tallest top and widest radius of all

    @classmethod
    def of(cls, buildings: Boxes, tops: Floats, members: Ints) -> Index:
        """Index some of the buildings."""
        if not len(members):
            nobody = np.array([0.0, 0.0, 1.0, -np.inf, 0.0])
            return cls(np.zeros(2, np.int64), members, np.full(1, -np.inf), np.zeros(1), np.ones(2, np.int64), nobody)
        centre, radius = buildings.centre[members], buildings.radius[members]
        west, south = centre.min(0)
        side = float(np.clip(math.sqrt(PER_CELL * np.prod(np.ptp(centre, 0)) / len(members)), 32.0, 1024.0))
        column, row = np.floor((centre - (west, south)) / side).astype(np.int64).T
        shape = np.array([column.max() + 1, row.max() + 1])
        cell = row * shape[0] + column
        order = np.argsort(cell, kind="stable")
        start = np.searchsorted(cell[order], np.arange(shape.prod() + 1))
        top, widest = np.full(shape.prod(), -np.inf), np.zeros(shape.prod())
        np.maximum.at(top, cell, tops[members])
        np.maximum.at(widest, cell, radius)
        frame = np.array([west, south, side, top.max(), radius.max()])
        return cls(start, members[order], top, widest, shape, frame)

    @property
    def arrays(self) -> tuple[Ints, Ints, Floats, Floats, Ints, Floats]:
        """The fields in order, as compiled code takes them."""
        return self.start, self.items, self.top, self.radius, self.shape, self.frame


@inner
def candidates(indexes, circles, cx, cy, spread, z, low, reach, found):
    """Find the boxes that may rise above a surface, class by class and cell by cell outwards.

    Returns how many there are, of which ``found`` receives as many as it holds.
    """
    n = 0
    for index in indexes:
        n += _candidates(index, circles, cx, cy, spread, z, low, reach, found[n:])
    return n


@inner
def _candidates(index, circles, cx, cy, spread, z, low, reach, found):
    """Find those of one class."""
    start, items, cell_top, cell_radius, shape, frame = index
    tops, centre, radius = circles
    side = frame[2]
    home_c, home_r = math.floor((cx - frame[0]) / side), math.floor((cy - frame[1]) / side)
    n = 0
    if frame[3] <= z:
        return n
    farthest = min(reach, (frame[3] - z) / low) + frame[4] + spread
    rings = int(farthest / side) + 1
    # a surface outside the index starts where the index begins
    gap = max(0 - home_c, home_c - shape[0] + 1, 0 - home_r, home_r - shape[1] + 1, 0)
    for ring in range(gap, rings + 1):
        for row in range(max(home_r - ring, 0), min(home_r + ring, shape[1] - 1) + 1):
            edge = row == home_r - ring or row == home_r + ring
            step = 1 if edge or ring == 0 else 2 * ring
            column = home_c - ring
            while column <= home_c + ring:
                if 0 <= column < shape[0]:
                    q = row * shape[0] + column
                    near = (ring - 1) * side - cell_radius[q] - spread
                    if cell_top[q] - z > 0 and (near <= 0 or cell_top[q] - z >= low * near):
                        for s in range(start[q], start[q + 1]):
                            b = items[s]
                            rise = tops[b] - z
                            dx, dy = centre[b, 0] - cx, centre[b, 1] - cy
                            d = math.sqrt(dx * dx + dy * dy) - radius[b] - spread
                            if rise > 0 and (d <= 0 or (rise >= low * d and d <= reach)):
                                if n < found.size:
                                    found[n] = b
                                n += 1
                column += step
    return n
