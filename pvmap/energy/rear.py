"""What the ground behind rows gives to their rear, by how high the rows stand above it.

Low rows look at the ground in their own shade, high ones at lit and shaded ground alike (then the rear is that of
``pvlib.bifacial.infinite_sheds``). The ground from row to row is cut into strips. Crossed strings tell how much of each
the rears of all rows see, and their fronts; what is left of a strip's view is sky. Lengths are counted in row lengths.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from pvmap.energy import rows
from pvmap.energy.rows import Array

STRIPS = 24  # of the ground from row to row
PERIODS = 3  # on either side of a row that its views are followed to; what it sees farther off is spread evenly
DEGREE = 8  # of the polynomial that tells how much more, or less, sun the ground in view has than all of it
SHADOWS = np.linspace(-1, 1, 66)[1:-1]  # over the distance between rows, where the polynomial is fitted
AT_ONCE = 128  # surfaces: their strips fit into the cache and below what malloc gives back at once
USUAL, SPREAD = 0.6, 1.5  # length of shadows of most of the year's light, and about it, over what casts them
LEAST_SPREAD, ELSEWHERE = 0.05, 0.03  # over the distance between rows; weight of all other shadows


class RearGround(NamedTuple):
    """What the ground gives to the rear of n surfaces.

    Attributes
    ----------
    in_the_sun
        (n, 9) coefficients, lowest first, of a polynomial in the length of the rows' shadow over the distance between
        them (> 0 with the sun in front): sun on the ground in view over sun on all ground between the rows.
    to_sky
        (n,) view factor from the ground in view to the sky.
    """

    in_the_sun: Array
    to_sky: Array


def rear_ground(surface_tilt: ArrayLike, gcr: ArrayLike, slope: ArrayLike, clearance: ArrayLike) -> RearGround:
    """Look at the ground from the rear of rows.

    Parameters
    ----------
    surface_tilt, gcr, slope
        Of the front, as ``rows.above_rows`` takes them; (n,) each.
    clearance
        Height of the rows' lower edge, square to the ground, in row lengths.
    """
    given = np.broadcast_arrays(*(np.atleast_1d(v).astype(float) for v in (surface_tilt, gcr, slope, clearance)))
    pieces = np.array_split(np.stack(given), range(AT_ONCE, len(given[0]), AT_ONCE), axis=1)
    return RearGround(*map(np.concatenate, zip(*(_rear_ground(*piece) for piece in pieces), strict=True)))


def _rear_ground(tilt: Array, gcr: Array, slope: Array, clearance: Array) -> RearGround:
    lean, pitch = rows.over_ground(tilt, slope)[:, None], 1 / gcr[:, None]
    height = clearance[:, None]
    of_rear = rows.ground_view(180 - tilt, gcr, -slope)[:, None]
    by_rear, by_front = _strips_seen(lean, pitch, height, of_rear, rows.ground_view(tilt, gcr, slope)[:, None])
    open_sky = np.clip(1 - (by_rear + by_front) * STRIPS / pitch, 0, 1)
    total = by_rear.sum(axis=1, keepdims=True)
    seen = np.divide(by_rear, total, out=np.full_like(by_rear, 1 / STRIPS), where=total > 0)
    to_sky = (seen * open_sky).sum(axis=1) * rows.slope_sky(slope)
    return RearGround(_fit(_in_the_sun(seen, lean, pitch, height), lean, pitch), to_sky)


def _strips_seen(lean: Array, pitch: Array, height: Array, of_rear: Array, of_front: Array) -> tuple[Array, Array]:
    """View factors from rear and front of a row to the strips of the ground, folded into one period: (n, STRIPS) each.

    Rows repeat along x every `pitch`, their lower edges stand over its multiples and they lean towards smaller x. The
    rear sees the ground from where the row's plane meets it towards smaller x, the front towards larger x, each so far
    as its whole view of the ground (`of_rear`, `of_front`) lasts.
    """
    x = pitch * np.linspace(-PERIODS, PERIODS, 2 * PERIODS * STRIPS + 1)
    own_plane = height * np.cos(lean) / np.maximum(np.sin(lean), 1e-9)
    over, up = x + np.cos(lean), height + np.sin(lean)
    # lengths by their squares, three times as fast as np.hypot and as good so far from the ends of its range
    strings = (np.sqrt(over * over + up * up) - np.sqrt(x * x + height * height)) / 2  # 1/2 where x is own_plane
    # What lies between the row's plane and x: < 0 on the side of the rear, > 0 on that of the front.
    up_to = np.where(x < own_plane, strings - 0.5, 0.5 - strings)
    sides = []
    for side, seen in ((np.clip(up_to, -of_rear, 0), of_rear), (np.clip(up_to, 0, of_front), of_front)):
        edges = side[:, :-1].reshape(len(x), -1, STRIPS).sum(axis=1)  # what lies a period apart adds up
        ends = np.concatenate([edges, edges[:, :1] - side[:, :1] + side[:, -1:]], axis=1)
        strips = np.diff(ends, axis=1)
        sides.append(strips + np.maximum(seen - strips.sum(axis=1, keepdims=True), 0) / STRIPS)
    return sides[0], sides[1]


def _in_the_sun(seen: Array, lean: Array, pitch: Array, height: Array) -> Array:
    """Share of the ground in view outside the rows' shadows, by the length of the shadow (`SHADOWS`)."""
    run = (SHADOWS * pitch - np.cos(lean)) / np.maximum(np.sin(lean), 1e-9)  # along the ground, over what rises from it
    ends = -height * run, -np.cos(lean) - (height + np.sin(lean)) * run
    begin, width = np.minimum(*ends), np.abs(SHADOWS) * pitch
    up_to = np.concatenate([np.zeros_like(lean), np.cumsum(seen, axis=1)], axis=1)
    row = np.arange(len(seen))[:, None] * (STRIPS + 1)  # where its part of the flat `up_to` begins

    def before(x: Array) -> Array:
        """Weight of the strips before x, counted through all periods."""
        place = x / pitch
        periods = np.floor(place)
        place = (place - periods) * STRIPS
        strip = np.minimum(place.astype(int), STRIPS - 1)
        at = row + strip
        low = up_to.take(at)
        return periods + low + (place - strip) * (up_to.take(at + 1) - low)

    return np.clip(1 - before(begin + width) + before(begin), 0, 1)


def _fit(share: Array, lean: Array, pitch: Array) -> Array:
    """Fit ``share = (1 - abs(shadow)) x polynomial of shadow``, best where the year's light makes shadows.

    The flatter a row, the less its shadow moves with the sun: a fit that is as good everywhere would blur the narrow
    band where all of it lies.
    """
    middle = (np.cos(lean) + USUAL * np.sin(lean)) / pitch
    spread = np.maximum(SPREAD * np.sin(lean) / pitch, LEAST_SPREAD)
    weight = np.exp(-(((SHADOWS - middle) / spread) ** 2)) + ELSEWHERE
    basis = np.vander(SHADOWS, DEGREE + 1, increasing=True) * (1 - np.abs(SHADOWS))[:, None]
    q, r = np.linalg.qr(weight[:, :, None] * basis)
    of_basis = np.swapaxes(q, 1, 2) @ (share * weight)[:, :, None]
    return np.asarray(np.linalg.solve(r, of_basis)[:, :, 0], float)
