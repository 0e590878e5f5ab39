"""Reflection: the polynomial and the table against the functions of pvlib that they stand for."""

from __future__ import annotations

import numpy as np
import pvlib
import pytest

from pvmap.energy.glass import beam_iam, beam_iam_polynomial, diffuse_iam
from pvmap.settings.energy import GlassSettings


@pytest.mark.parametrize("glass", [GlassSettings(), GlassSettings(coating_index=1.0)])
@pytest.mark.parametrize(("degree", "error"), [(18, 1e-9), (12, 3e-6)])
def test_polynomial_is_the_modifier(glass, degree, error):
    cos_aoi = np.linspace(0, 1, 5001)
    polynomial = np.polynomial.polynomial.polyval(cos_aoi - 0.5, beam_iam_polynomial(glass, degree))
    np.testing.assert_allclose(polynomial, beam_iam(np.degrees(np.arccos(cos_aoi)), glass), atol=error)


def test_modifier_is_pvlibs_with_a_coating():
    np.testing.assert_array_equal(beam_iam([0, 60, 80], GlassSettings()), pvlib.iam.physical([0, 60, 80], n_ar=1.3))


def test_diffuse_light_between_whole_degrees():
    tilt = np.array([0.0, 2.5, 5.5, 12.0, 15.3, 24.5, 36.9, 60.0, 89.7, 90.0])
    expected = pvlib.iam.marion_diffuse("physical", tilt, n_ar=1.3)
    ours = diffuse_iam(tilt, GlassSettings())
    np.testing.assert_allclose(ours["sky"], expected["sky"], atol=1e-5)
    for region, view in (("horizon", np.sin(np.radians(tilt))), ("ground", (1 - np.cos(np.radians(tilt))) / 2)):
        np.testing.assert_allclose(ours[region] * view, expected[region] * view, atol=7e-5)  # as it enters the sum
