"""Reflection at the glass: how much of the light that meets a module enters it (incidence angle modifier, IAM)."""

from __future__ import annotations

from functools import lru_cache, partial

import numpy as np
import pvlib
from numpy.polynomial import chebyshev
from numpy.typing import ArrayLike, NDArray

from pvmap.settings.energy import GlassSettings

REGIONS = ("sky", "horizon", "ground")


def beam_iam(aoi: ArrayLike, glass: GlassSettings) -> NDArray[np.float64]:
    """Share of directed light that enters at an angle of incidence [degrees] (``pvlib.iam.physical``)."""
    return np.asarray(_physical(glass)(np.asarray(aoi, float)))


def diffuse_iam(surface_tilt: ArrayLike, glass: GlassSettings) -> dict[str, NDArray[np.float64]]:
    """Share of diffuse light that enters, from the sky, the horizon band and the ground.

    ``pvlib.iam.marion_diffuse`` at whole degrees of tilt, linear in between, at a cost that does not grow with the
    number of surfaces. Off by 1e-5 at most for the sky; for ground and horizon by 3e-3 below 5 degrees of tilt, where
    they carry almost no light, and by 1e-4 above 24 degrees.

    Parameters
    ----------
    surface_tilt
        Tilts, any shape. [degrees]
    glass
        Properties of the module's front.

    Returns
    -------
    dict
        ``sky``, ``horizon``, ``ground``: arrays of the tilts' shape.

    References
    ----------
    B. Marion, Solar Energy 147 (2017), doi 10.1016/j.solener.2017.03.027
    """
    tilt = np.asarray(surface_tilt, float)
    below = np.clip(np.floor(tilt), 0, 89).astype(int)
    share = tilt - below
    needed = np.unique([below, below + 1])
    at_degree = np.full((91, len(REGIONS)), np.nan)
    for degree in needed:
        at_degree[degree] = _marion(int(degree), glass)
    values = at_degree[below] * (1 - share)[..., None] + at_degree[below + 1] * share[..., None]
    return {region: values[..., k] for k, region in enumerate(REGIONS)}


@lru_cache(maxsize=16)
def beam_iam_polynomial(glass: GlassSettings, degree: int) -> NDArray[np.float64]:
    """Coefficients of the beam's IAM as a polynomial in (cos aoi - 0.5), for loops that know cos aoi but no angle.

    Chebyshev interpolation over cos aoi in [0, 1]. The modifier is analytic there (its nearest pole lies at cos aoi =
    -0.55), so that every degree divides the error by almost four: 2e-10 at degree 18, 6e-7 at degree 12.
    """
    modifier = _physical(glass)
    series = chebyshev.chebinterpolate(lambda x: modifier(np.degrees(np.arccos((x + 1) / 2))), degree)
    return chebyshev.cheb2poly(series) * 2.0 ** np.arange(degree + 1)


def _physical(glass: GlassSettings) -> partial:
    return partial(
        pvlib.iam.physical,
        n=glass.refractive_index,
        K=glass.extinction_per_m,
        L=glass.thickness_m,
        n_ar=glass.coating_index,
    )


@lru_cache(maxsize=1024)
def _marion(degree: int, glass: GlassSettings) -> tuple[float, ...]:
    return tuple(pvlib.iam.marion_integrate(_physical(glass), float(degree), region) for region in REGIONS)
