"""Skyline over a raster: exact rays nearby, an upper-hull sweep further out, for a measured surface model.

Seen from a cell's centre along an exact azimuth, what stands within `NEAR` cells is looked at on the bilinear surface
itself, wherever the ray crosses a column of cell centres and, nearest by, a row. These crossings lie alike for every
cell, so this part is additions over shifted rows. Further out the ray may be moved sideways by a cell: strips of `WIDE`
parallel rays share one profile, interpolated between the two rows it passes, whose upper hull is kept on a stack as the
eye moves on; the skyline of an eye is its tangent to that hull. Cost does not grow with distance.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pvmap.compiled import njit
from pvmap.errors import InputError
from pvmap.shade.rings import Ints
from pvmap.shade.threads import in_threads

NEAR = 16  # cells along the faster axis that are looked at exactly
WIDE = 2  # rays of a strip
BAND = 32  # rows straightened together
RIM = max(NEAR, BAND) + 2  # cells of zeros around the raster
TOGETHER = 16  # columns copied together: a cache line
BLOCK = 8  # cells of a strip that search for their tangents together

Plane = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Sweep:
    """A raster made ready to be looked over in any direction.

    Attributes
    ----------
    heights, turned : float32 arrays
        Heights above the lowest, in cells, and the same with rows and columns exchanged; both with a rim of zeros.
    """

    heights: Plane
    turned: Plane

    @classmethod
    def of(cls, heights: npt.NDArray[np.floating], cell_m: float) -> Sweep:
        """Prepare a raster of heights at cell centres, row 0 in the north, without gaps. [m].

        Raises
        ------
        InputError
            Where cells have no height.
        """
        missing = int((~np.isfinite(heights)).sum())
        if missing:
            raise InputError(f"Surface model: {missing} cells have no height; fill them before looking for skylines.")
        # float32 keeps a tenth of a millimetre once the lowest height is taken off
        cells = np.pad(((heights - heights.min()) / cell_m).astype(np.float32), RIM)
        return cls(cells, np.ascontiguousarray(cells.T))

    def towards(self, azimuth: float, *, threads: int = 1) -> Plane:
        """Look towards one azimuth from every cell.

        Parameters
        ----------
        azimuth : float
            Clockwise from grid north. [deg]
        threads : int
            Threads that share the rows.

        Returns
        -------
        (row, column) float32 array
            Tangent of the elevation of the skyline seen from each cell's centre at its own height; 0 where nothing
            rises before the raster ends.
        """
        east, south = math.sin(math.radians(azimuth)), -math.cos(math.radians(azimuth))
        by_columns = abs(east) >= abs(south)
        along, across = (east, south) if by_columns else (south, east)
        z = self.heights if by_columns else self.turned
        slope = across / along if abs(across) > 1e-9 else 0.0
        out = np.empty((z.shape[0] - 2 * RIM, z.shape[1] - 2 * RIM), np.float32)
        crossings = _crossings(slope, along > 0)
        in_threads(lambda first, last: _far(first, last, z, slope, along > 0, out), _n_bands(out.shape, slope), threads)
        in_threads(lambda first, last: _near(first, last, z, *crossings, out), len(out), threads)
        return out if by_columns else out.T


def _n_bands(shape: tuple[int, int], slope: float) -> int:
    """Count the bands of slanted rows that cover a raster."""
    return (shape[0] + abs(math.floor(slope * (shape[1] - 1) + 0.5)) + BAND) // BAND + 1


def _crossings(slope: float, forward: bool) -> tuple[Ints, Plane, Plane]:
    """List the nearest crossings: the two cells of each (row, column, row, column), weight of the second, 1/distance.

    Everything in cells from the eye; the ray moves ``slope`` rows a column.
    """
    step = 1 if forward else -1
    length = math.hypot(1.0, slope)
    cells, weight, inverse = [], [], []
    for column in range(1, NEAR + 1):
        row = math.floor(slope * column * step)
        cells.append((row, step * column, row + 1, step * column))
        weight.append(slope * column * step - row)
        inverse.append(1 / (column * length))
    # creases between the columns matter where they are near: half as far buys most of the accuracy
    for row in range(1, math.floor(NEAR // 2 * abs(slope)) + 1):
        away = row / abs(slope)
        signed = row if slope * step > 0 else -row
        cells.append((signed, step * math.floor(away), signed, step * (math.floor(away) + 1)))
        weight.append(away - math.floor(away))
        inverse.append(1 / (away * length))
    if len(cells) % 2:  # the loop takes two at a time
        cells, weight, inverse = [*cells, cells[-1]], [*weight, weight[-1]], [*inverse, inverse[-1]]
    return np.array(cells, np.int64), np.array(weight, np.float32), np.array(inverse, np.float32)


@njit(cache=True, nogil=True, error_model="numpy", fastmath=True)
def _near(start, end, z, cells, weight, inverse, out):
    """Raise the skyline by the nearest crossings; no input may be infinite or NaN."""
    n = out.shape[1]
    for row in range(start, end):
        line = out[row]
        eye = z[row + RIM, RIM : RIM + n]
        for i in range(0, weight.size, 2):
            a = z[row + RIM + cells[i, 0], RIM + cells[i, 1] : RIM + cells[i, 1] + n]
            b = z[row + RIM + cells[i, 2], RIM + cells[i, 3] : RIM + cells[i, 3] + n]
            c = z[row + RIM + cells[i + 1, 0], RIM + cells[i + 1, 1] : RIM + cells[i + 1, 1] + n]
            d = z[row + RIM + cells[i + 1, 2], RIM + cells[i + 1, 3] : RIM + cells[i + 1, 3] + n]
            w, v, p, q = weight[i], weight[i + 1], inverse[i], inverse[i + 1]
            for x in range(n):
                first = (a[x] + w * (b[x] - a[x]) - eye[x]) * p
                second = (c[x] + v * (d[x] - c[x]) - eye[x]) * q
                line[x] = max(line[x], max(first, second))


@njit(cache=True, error_model="numpy")
def _span(shift, base, wide, n_row):
    """First and last + 1 step of the walk at which ``wide`` rows from ``base + shift`` on touch the raster."""
    sign = 1 if shift[-1] >= shift[0] else -1  # it only grows or only falls
    enter, leave = (1 - wide - base, n_row - base) if sign > 0 else (base - n_row + 1, base + wide)
    found = np.zeros(2, np.int64)
    for which, limit in enumerate((enter, leave)):
        a, b = 0, shift.size
        while a < b:
            middle = (a + b) // 2
            if sign * shift[middle] < limit:
                a = middle + 1
            else:
                b = middle
        found[which] = a
    return found[0], found[1]


@njit(cache=True, error_model="numpy")
def _straighten(z, offset, jump, begin, end, eyes):
    """Copy slanted rows, ``jump`` apart in the flat raster, into straight ones, column by column as suits the cache."""
    for i0 in range(begin, end, TOGETHER):
        for line in range(BAND):
            into, skip = eyes[line], np.uint64(line * jump)
            for i in range(i0, min(i0 + TOGETHER, end)):
                into[i] = z[offset[i] + skip]


@njit(cache=True, error_model="numpy")
def _slant(straight, offset, jump, begin, end, out):
    """Copy straight rows back into slanted ones, each between its own ends: the reverse of `_straighten`."""
    for i0 in range(begin.min(), end.max(), TOGETHER):
        for line in range(BAND):
            row, skip = straight[line], np.uint64(line * jump)
            for i in range(max(i0, begin[line]), min(i0 + TOGETHER, end[line])):
                out[offset[i] + skip] = row[i]


@njit(cache=True, nogil=True, error_model="numpy", fastmath={"contract"})
def _far(start, stop, z, slope, forward, out):
    """Write the skyline of what stands more than `NEAR` columns away."""
    n_row, n = out.shape
    flat, flat_out, wide = z.ravel(), out.ravel(), z.shape[1]
    inverse = np.float32(1 / math.sqrt(1 + slope * slope))
    # at step i of the walk a straight row holds the cell of row ``line + shift[i]``; the ray of a strip runs ``f`` of a
    # row above the lower of its two middle rows
    shift, f, column = np.empty(n, np.int64), np.empty(n, np.float32), np.empty(n, np.int64)
    for i in range(n):
        column[i] = n - 1 - i if forward else i
        shift[i] = math.floor(slope * column[i] + 0.5)
        f[i] = 0.5 + (slope * column[i] - shift[i])
    strip = WIDE if slope != 0 else 1  # along the raster's own rows each row is its own profile
    first = -max(shift[0], shift[n - 1]) - BAND
    eyes, best = np.empty((BAND, n), np.float32), np.empty((BAND, n), np.float32)
    profile, at, top = np.empty(n, np.float32), np.empty(n, np.float32), np.empty(n, np.float32)
    begin, end = np.empty(BAND, np.int64), np.empty(BAND, np.int64)
    for band in range(start, stop):
        base = first + band * BAND
        a, b = _span(shift, base, BAND, n_row)
        _straighten(flat, ((shift + base + RIM) * wide + column + RIM).astype(np.uint64), wide, a, b, eyes)
        for line in range(0, BAND, strip):
            a, b = _span(shift, base + line, strip, n_row)
            lower, upper = eyes[line + (strip - 1) // 2], eyes[line + strip // 2]
            for i in range(a, b):
                profile[i] = lower[i] + f[i] * (upper[i] - lower[i])
            _tangents(eyes[line : line + strip], profile, a, b, inverse, at, top, best[line : line + strip])
        for line in range(BAND):
            begin[line], end[line] = _span(shift, base + line, 1, n_row)
        _slant(best, ((shift + base) * n + column).astype(np.uint64), n, begin, end, flat_out)


@njit(cache=True, error_model="numpy", fastmath={"contract"})
def _tangents(eyes, profile, begin, end, inverse, at, top, best):
    """Write the skyline of one strip's eyes over its profile, both in walking order.

    The last eye of a block sees all that stands more than `NEAR` steps away; the first some of what is nearer, too.
    """
    m, fed = 0, begin
    for i0 in range(begin, end, BLOCK):
        i1 = min(i0 + BLOCK, end)
        for k in range(eyes.shape[0]):
            for i in range(i0, i1):
                best[k, i] = 0.0
        while fed < i1 - NEAR:
            here, t = profile[fed], np.float32(fed)
            # a height under the line between its neighbours is on no hull
            if begin == fed or 2 * here > profile[fed - 1] + profile[fed + 1]:
                while m >= 2 and (top[m - 1] - here) * (t - at[m - 2]) <= (top[m - 2] - here) * (t - at[m - 1]):
                    m -= 1
                at[m], top[m] = t, here
                m += 1
            fed += 1
        if m == 0:
            continue
        low, high = eyes[0, i0], eyes[0, i0]
        for k in range(eyes.shape[0]):
            for i in range(i0, i1):
                low, high = min(low, eyes[k, i]), max(high, eyes[k, i])
        # the higher an eye, the further out its tangent: all of the block lie between those of its extremes
        t = np.float32(i0 + i1 - 1) / 2
        nearest = m - 1
        while nearest >= 1 and (top[nearest] - low) * (t - at[nearest - 1]) <= (top[nearest - 1] - low) * (
            t - at[nearest]
        ):
            nearest -= 1
        furthest = nearest
        while furthest >= 1 and (top[furthest] - high) * (t - at[furthest - 1]) <= (top[furthest - 1] - high) * (
            t - at[furthest]
        ):
            furthest -= 1
        for j in range(furthest, nearest + 1):
            if top[j] > low:
                for k in range(eyes.shape[0]):
                    for i in range(i0, i1):
                        best[k, i] = max(best[k, i], (top[j] - eyes[k, i]) * (inverse / (np.float32(i) - at[j])))
