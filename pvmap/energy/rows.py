"""Rows of modules: how they hide sky and ground from each other, on ground of any slope.

Rows are infinitely long and all alike: geometry in the vertical plane along their azimuth, where lengths are counted in
row lengths. Lines between the edges of two neighbouring rows ("crossed strings") give every view factor in closed form.
The rear of a row is a side like its front: of tilt 180 - tilt, on ground that falls the other way. Beam needs no
geometry here: of the light on a row the share min(1, sun on ground / (gcr x sun on row)) is left, and what the rows do
not catch reaches the ground between them.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pvmap.directions import HORIZON_BAND

BLOCK_TOUCHED = 1e-6  # of a block
LOWEST_GROUND_BEAM = 85.0  # deg: nearer the horizon pvlib's rows let no beam through to the ground

Array = NDArray[np.float64]


def above_rows(surface_tilt: ArrayLike, gcr: ArrayLike, slope: ArrayLike = 0.0) -> Array:
    """View factor from a side of a row to all that lies above the top of the next row.

    Parameters
    ----------
    surface_tilt
        Tilt of the side from horizontal, 180 - tilt for the rear. [degrees]
    gcr
        Row length over row distance along the ground.
    slope
        Slope of the ground in front of the side, downhill positive: `row_geometry.slope_towards`, for the rear with the
        other sign. [degrees]
    """
    pitch = 1 / np.atleast_1d(gcr).astype(float)
    return (1 + pitch - _to_next_top(surface_tilt, pitch, slope)) / 2


def sky_view(surface_tilt: ArrayLike, gcr: ArrayLike, slope: ArrayLike = 0.0) -> Array:
    """View factor from a side of a row to the sky over the next row and over the horizon; parameters of `above_rows`.

    Mean up the row of (1 + cos(tilt + e)) / 2, e the elevation of the top of the next row, at least 0: on level
    ground ``pvlib.bifacial.utils.vf_row_sky_2d_integ``.
    """
    tilt, pitch = np.radians(np.atleast_1d(surface_tilt)), 1 / np.atleast_1d(gcr).astype(float)
    # Down to `free` from its top, the row looks over the next one, which there lies below the horizon.
    drop, out = np.broadcast_arrays(pitch * np.sin(np.radians(slope)), np.sin(tilt))
    free = np.clip(np.divide(drop, out, out=np.where(drop > 0, 1.0, 0.0), where=out > 1e-12), 0.0, 1.0)
    over_row = 1 - free + _to_next_top(surface_tilt, pitch, slope, free) - _to_next_top(surface_tilt, pitch, slope)
    return (free * (1 + np.cos(tilt)) + over_row) / 2


def sky_share(surface_tilt: ArrayLike, gcr: ArrayLike, slope: ArrayLike = 0.0) -> Array:
    """Share of the isotropic sky that a row sees over the next row, 1 without rows; parameters of `above_rows`."""
    return sky_view(surface_tilt, gcr, slope) / ((1 + np.cos(np.radians(np.atleast_1d(surface_tilt)))) / 2)


def ground_view(surface_tilt: ArrayLike, gcr: ArrayLike, slope: ArrayLike = 0.0) -> Array:
    """View factor from a side of a row to the ground it sees under the next row; parameters of `above_rows`.

    (1 - cos tilt) / 2 without rows; on level ground the mean over the row of ``pvlib.bifacial.utils.vf_row_ground_2d``.
    What lies over the next row and below the horizon, down a slope, counts as neither sky nor ground.
    """
    return above_rows(180.0 - np.atleast_1d(surface_tilt), gcr, -np.asarray(slope))


def ground_to_sky(surface_tilt: ArrayLike, gcr: ArrayLike, slope: ArrayLike = 0.0) -> Array:
    """Mean view factor from the ground between rows to the sky: what leaves it and meets no row.

    On level ground ``pvlib.bifacial.utils.vf_ground_sky_2d_integ`` with all rows out to the horizon; the sky over a
    slope is smaller by (1 + cos) / 2. Parameters of `above_rows`.
    """
    meets_rows = above_rows(surface_tilt, gcr, slope) + ground_view(surface_tilt, gcr, slope)
    return (1 - np.atleast_1d(gcr) * meets_rows) * slope_sky(slope)


def slope_sky(slope: ArrayLike) -> Array:
    """Share of the isotropic sky that sloping ground sees."""
    return (1 + np.cos(np.radians(np.atleast_1d(slope)))) / 2


def surroundings_share(sky_view_factor: ArrayLike, rows_sky_share: ArrayLike, rows_shade: bool) -> Array:
    """Share of the sky that terrain and neighbours leave: the sky-view factor without the row in front, if it is in."""
    share = np.atleast_1d(sky_view_factor).astype(float)
    return np.minimum(share / rows_sky_share, 1.0) if rows_shade else share


def horizon_share(surface_tilt: ArrayLike, gcr: ArrayLike, slope: ArrayLike = 0.0, points: int = 16) -> Array:
    """Share of the band 0-6.5 degrees in front of a row that the row in front leaves free, 1 without rows.

    Mean over points along the slant and azimuths in front, weighted with the cosine of the azimuth from the row's.
    Parameters of `above_rows`.
    """
    given = (np.radians(surface_tilt), 1 / np.asarray(gcr, float), np.radians(slope))
    tilt, pitch, fall = (np.atleast_1d(v)[:, None, None] for v in np.broadcast_arrays(*given))
    below_top = (1 - (np.arange(points) + 0.5) / points)[None, :, None]  # of the slant, down from the upper edge
    azimuth = np.radians((np.arange(points // 2) + 0.5) / (points // 2) * 90)[None, None, :]
    rise, away = below_top * np.sin(tilt) - pitch * np.sin(fall), pitch * np.cos(fall) - below_top * np.cos(tilt)
    top = np.divide(np.maximum(rise, 0), away, out=np.zeros_like(rise), where=away > 1e-9)  # tangent, straight ahead
    hidden = np.minimum(np.arctan(top * np.cos(azimuth)) / HORIZON_BAND, 1)
    weight = np.cos(azimuth) / np.cos(azimuth).sum()
    return 1 - (hidden.mean(axis=1) * weight[:, 0]).sum(axis=1)


def over_ground(surface_tilt: ArrayLike, slope: ArrayLike) -> Array:
    """Tilt of a side over the ground [rad]: no row reaches into it."""
    return np.radians(np.clip(np.atleast_1d(surface_tilt) - np.asarray(slope, float), 0.0, 180.0))


def _to_next_top(surface_tilt: ArrayLike, pitch: Array, slope: ArrayLike, down: ArrayLike = 1.0) -> Array:
    """Distance to the top of the next row from a point `down` below the top of this one."""
    down = np.asarray(down)
    return np.sqrt(pitch**2 - 2 * pitch * down * np.cos(over_ground(surface_tilt, slope)) + down**2)


def working_share(lit: ArrayLike, blocks: int) -> Array:
    """Share of the beam's power left by the blocks that a shadow up a row touches; the shadow's own share not counted.

    ``1 - ceil(shaded blocks) / (1 + blocks)``: Martinez-Moreno, Munoz and Lorenzo (2010), as in
    ``pvlib.shading.direct_martinez``. A block counts from a millionth of it in the shade, which rounding never makes.

    Parameters
    ----------
    lit
        Share of the row that the row in front leaves in the sun.
    blocks
        Blocks of cells up the row.
    """
    return 1 - np.ceil((1 - np.asarray(lit, float)) * blocks - BLOCK_TOUCHED) / (1 + blocks)
