"""Rows of modules: how they hide sky and ground from each other, and what their rear sees.

Rows are infinitely long and all alike (two-dimensional geometry, pvlib.bifacial). Beam needs no geometry here: of the
light on a row the share min(1, sun on ground / (gcr x sun on row)) is left, whatever the slope of the ground.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pvlib.bifacial import utils

HORIZON_BAND = np.radians(6.5)  # MODEL.md: elevations that Perez' horizon term stands for
ROW_HEIGHT = 1.0  # of a row one wide: what the ground sees on average does not depend on it
BLOCK_TOUCHED = 1e-6  # of a block
LOWEST_GROUND_BEAM = 85.0  # deg: nearer the horizon pvlib's rows let no beam through to the ground

Array = NDArray[np.float64]


def sky_share(surface_tilt: ArrayLike, gcr: ArrayLike) -> Array:
    """Share of the isotropic sky that a row sees over the row in front, 1 without rows.

    Ratio of ``pvlib.bifacial.utils.vf_row_sky_2d_integ`` to the view factor of the open plane (pvlib issue 2584:
    ``sky_diffuse_passias`` is wrong for tilted planes).
    """
    tilt, gcr = np.atleast_1d(surface_tilt).astype(float), np.atleast_1d(gcr).astype(float)
    return utils.vf_row_sky_2d_integ(tilt, gcr) / _open_sky(tilt)


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


def ground_view(surface_tilt: ArrayLike, gcr: ArrayLike) -> Array:
    """View factor from a row to the ground it sees under the row in front, (1 - cos tilt) / 2 without rows.

    Mean over the row of ``pvlib.bifacial.utils.vf_row_ground_2d``, whose integral is elementary;
    ``vf_row_ground_2d_integ`` takes a sum over forty rows and falls short by 5e-4 at most.
    """
    tilt, pitch = np.atleast_1d(surface_tilt).astype(float), 1 / np.atleast_1d(gcr).astype(float)
    return (1 + pitch - np.sqrt(pitch**2 + 2 * pitch * np.cos(np.radians(tilt)) + 1)) / 2


def surroundings_share(sky_view_factor: ArrayLike, surface_tilt: ArrayLike, gcr: ArrayLike, rows_shade: bool) -> Array:
    """Share of the sky that terrain and neighbours leave: the sky-view factor without the row in front, if it is in."""
    share = np.atleast_1d(sky_view_factor).astype(float)
    return np.minimum(share / sky_share(surface_tilt, gcr), 1.0) if rows_shade else share


def horizon_share(surface_tilt: ArrayLike, gcr: ArrayLike, points: int = 16) -> Array:
    """Share of the band 0-6.5 degrees in front of a row that the row in front leaves free, 1 without rows.

    Mean over points along the slant and azimuths in front, weighted with the cosine of the azimuth from the row's.
    """
    tilt = np.radians(np.atleast_1d(surface_tilt).astype(float))[:, None, None]
    gcr = np.atleast_1d(gcr).astype(float)[:, None, None]
    below_top = (1 - (np.arange(points) + 0.5) / points)[None, :, None]  # of the slant, down from the upper edge
    azimuth = np.radians((np.arange(points // 2) + 0.5) / (points // 2) * 90)[None, None, :]
    top = gcr * below_top * np.sin(tilt) / (1 - gcr * below_top * np.cos(tilt))  # tangent, straight ahead
    hidden = np.minimum(np.arctan(np.maximum(top, 0) * np.cos(azimuth)) / HORIZON_BAND, 1)
    weight = np.cos(azimuth) / np.cos(azimuth).sum()
    return 1 - (hidden.mean(axis=1) * weight[:, 0]).sum(axis=1)


@dataclass(frozen=True)
class RearView:
    """What the rear of a row sees; arrays, one value per surface.

    Attributes
    ----------
    sky, ground
        View factors from the rear to sky and ground.
    ground_to_sky
        Mean view factor from the ground between the rows to the sky.
    """

    sky: Array
    ground: Array
    ground_to_sky: Array


def rear_view(surface_tilt: Array, gcr: Array) -> RearView:
    """Compute the view factors of the rear side as ``pvlib.bifacial.infinite_sheds`` does.

    Parameters
    ----------
    surface_tilt
        Tilt of the front. [degrees]
    gcr
        Row width over row distance.
    """
    rear_tilt, pitch = 180.0 - surface_tilt, ROW_HEIGHT / gcr
    ground_to_sky = np.empty_like(gcr)
    n_rows = np.ceil(ROW_HEIGHT / (pitch * np.tan(np.radians(5))))  # infinite_sheds looks to 5 degrees of the horizon
    for count in np.unique(n_rows):
        some = n_rows == count
        ground_to_sky[some] = utils.vf_ground_sky_2d_integ(
            rear_tilt[some], gcr[some], ROW_HEIGHT, pitch[some], max_rows=count
        )
    return RearView(
        sky=utils.vf_row_sky_2d_integ(rear_tilt, gcr),
        ground=utils.vf_row_ground_2d_integ(rear_tilt, gcr),
        ground_to_sky=ground_to_sky,
    )


def _open_sky(surface_tilt: Array) -> Array:
    return (1 + np.cos(np.radians(surface_tilt))) / 2
