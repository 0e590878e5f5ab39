"""Inner loops of `terrain.py`: heights of points, and rays over terrain."""

from __future__ import annotations

import math

import numpy as np

from pvmap.compiled import inner, njit

CREST_LEVELS = (2, 3, 5, 7)  # blocks of 4 to 128 cells whose highest cell tells whether a look is worth while
_CRESTS = np.array(CREST_LEVELS)
TOGETHER = 32  # eyes one after the other, mostly neighbours, of which is asked at once how far to look
SLACK_M = 1e-6  # far more than heights are rounded by


@inner
def _height(cells, rows, columns, first, r, c):
    """Bilinear elevation at row ``r`` and column ``c`` of a level, counted from the centre of its first cell.

    NaN outside and beside unknown cells.
    """
    i, j = math.floor(r), math.floor(c)
    height = np.nan
    if i >= -1 and j >= -1 and i < rows and j < columns:
        fr, fc = r - i, c - j
        # within half a cell of the rim the outermost cell goes on
        j0, j1 = max(j, 0), min(j + 1, columns - 1)
        a, b = first + max(i, 0) * columns, first + min(i + 1, rows - 1) * columns
        upper = cells[a + j0] * (1 - fc) + cells[a + j1] * fc
        lower = cells[b + j0] * (1 - fc) + cells[b + j1] * fc
        height = upper * (1 - fr) + lower * fr
    return height


@njit(cache=True, error_model="numpy")
def heights(terrain, x, y, out):
    """Elevations of points in the finest level; NaN where unknown."""
    frame, cells, levels, _, _ = terrain
    rows, columns = levels.shape[0, 0], levels.shape[0, 1]
    for p in range(x.size):
        r, c = (frame[1] - y[p]) / frame[2] - 0.5, (x[p] - frame[0]) / frame[2] - 0.5
        out[p] = _height(cells, rows, columns, levels.first[0], r, c)


@inner
def _crest(terrain, crest, x, y):
    """Highest cell of the block that holds a point and of the eight around it; minus infinity off the terrain."""
    frame, _, _, crests, crest_levels = terrain
    row = (math.floor((frame[1] - y) / frame[2]) >> _CRESTS[crest]) + 1
    column = (math.floor((x - frame[0]) / frame[2]) >> _CRESTS[crest]) + 1
    rows, columns = crest_levels.shape[crest, 0], crest_levels.shape[crest, 1]
    if row < 0 or column < 0 or row >= rows or column >= columns:
        return -np.inf
    return crests[crest_levels.first[crest] + row * columns + column]


@inner
def _middle(eyes, first, last):
    """Middle of some eyes, how far one of them is from it at most, and the height of the lowest."""
    x, y, z, _ = eyes
    west, east, south, north, lowest = np.inf, -np.inf, np.inf, -np.inf, np.inf
    for p in range(first, last):
        west, east, south, north = min(west, x[p]), max(east, x[p]), min(south, y[p]), max(north, y[p])
        lowest = min(lowest, z[p])
    return (west + east) / 2, (south + north) / 2, math.hypot(east - west, north - south) / 2, lowest


@inner
def _farthest(terrain, x, y, spread, lowest, east, north, limits):
    """Distance beyond which nothing rises above what is to be beaten, for no eye within ``spread`` of a place.

    Looks inwards from the reach of the terrain, over a block at a time: whatever a look along one of the eyes' rays
    would take in there lies in the block or the eight around it.
    """
    reach, step_share, sink, _, least = limits
    cell, d = terrain[0][2], reach
    while d > 0:
        inwards = 0.0
        for crest in range(len(CREST_LEVELS) - 1, -1, -1):
            # rays lie beside each other, and the height at a point comes from cells of the size of a step around it
            over = cell * (1 << _CRESTS[crest]) - spread - 2 * max(cell, step_share * d)
            nearer = max(d - over, 0.0)
            low = lowest + sink * nearer * nearer + least * nearer - SLACK_M
            if inwards == 0 and over > 0 and _crest(terrain, crest, x + d * east, y + d * north) <= low:
                inwards = over
        if inwards == 0:
            return d
        d -= inwards
    return 0.0


@njit(cache=True, nogil=True, error_model="numpy")
def rays(start, end, terrain, eyes, heading, limits, out):
    """Look from eyes ``start`` to ``end - 1`` along every heading, over the level whose cell is about one step.

    Where nothing within a block is high enough, a look goes on behind the block: the largest such block, which is
    mostly as large as that of the step before. It ends where nothing rises any more for its neighbours either.
    """
    frame, cells, levels, crests, crest_levels = terrain
    x, y, z, near = eyes
    east, north = heading
    _, step_share, sink, highest, least = limits
    farthest = np.empty(east.size)
    cell, coarsest, coarsest_crest = frame[2], levels.shape.shape[0] - 1, len(CREST_LEVELS) - 1
    for p in range(start, end):
        if (p - start) % TOGETHER == 0:
            middle_x, middle_y, spread, lowest = _middle(eyes, p, min(p + TOGETHER, end))
            for k in range(east.size):
                farthest[k] = _farthest(terrain, middle_x, middle_y, spread, lowest, east[k], north[k], limits)
        for k in range(east.size):
            best, seen = 0.0, least  # the highest tangent, and what is to be beaten
            d = max(near[p], cell / 2)
            level, size, share, crest = 0, cell, 1.0, 0
            while d <= farthest[k] and seen * d <= highest - z[p]:
                r, c = (frame[1] - (y[p] + d * north[k])) / cell, (x[p] + d * east[k] - frame[0]) / cell
                low = z[p] + sink * d * d + seen * d
                i, j = math.floor(r), math.floor(c)
                free, lower, searching = -1, False, True
                while searching:  # the block of the step before, then those that are finer or coarser
                    row, column = (i >> _CRESTS[crest]) + 1, (j >> _CRESTS[crest]) + 1
                    rows, columns = crest_levels.shape[crest, 0], crest_levels.shape[crest, 1]
                    inside = (row >= 0) & (column >= 0) & (row < rows) & (column < columns)
                    high = False
                    if inside:
                        high = crests[crest_levels.first[crest] + row * columns + column] > low
                    if high:
                        searching = crest > 0 and free < crest - 1
                        lower, crest = True, max(crest - 1, 0)
                    else:
                        free = crest
                        searching = not lower and crest < coarsest_crest
                        crest += searching
                if free >= 0:
                    d += cell * (1 << _CRESTS[free])
                    continue
                step = max(cell, step_share * d)
                while step >= 2 * size and level < coarsest:  # distance only grows, and so does the level
                    level, size, share = level + 1, 2 * size, share / 2
                rows, columns, first = levels.shape[level, 0], levels.shape[level, 1], levels.first[level]
                rise = _height(cells, rows, columns, first, r * share - 0.5, c * share - 0.5) - z[p] - sink * d * d
                if rise > best * d:  # never true of NaN
                    best = rise / d
                    seen = max(best, least)
                d += step
            out[p, k] = best if best > least else 0.0
