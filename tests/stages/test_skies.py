"""Where a year's light comes from, as shade is told."""

from __future__ import annotations

import numpy as np
import pytest
from energy.places import shanghai

from pvmap.directions import N_AZ, N_EL
from pvmap.energy.sky import build_sky
from pvmap.row_geometry import normal
from pvmap.settings.energy import EnergySettings
from pvmap.stages.skies import sun_weights

PLANES = [(0, 180), (5, 90), (15, 180), (24, 215), (35, 270), (60, 10)]


@pytest.mark.parametrize("transposition", ["haydavies", "perez"])
@pytest.mark.parametrize(("tilt", "azimuth"), PLANES)
def test_directions_hold_the_years_light(transposition, tilt, azimuth, shared_data):
    sky = build_sky(shanghai(shared_data), EnergySettings(transposition=transposition), 8)
    weights, face = sun_weights(sky), normal(tilt, azimuth)
    hourly = ((sky.direct_normal + sky.circumsolar_normal) * np.maximum(sky.sun @ face, 0)).sum() / 1000
    binned = (weights.direct_kwh_per_m2 * np.maximum(weights.vector @ face, 0)).sum()
    assert binned == pytest.approx(hourly, rel=0.003)
    assert weights.direct_kwh_per_m2.shape == (N_AZ, N_EL - 1)
    np.testing.assert_allclose(np.linalg.norm(weights.vector[weights.direct_kwh_per_m2 > 0], axis=1), 1)
    assert weights.isotropic_kwh_per_m2 == pytest.approx(sky.isotropic.sum() / 1000)
    assert weights.ground_kwh_per_m2 == pytest.approx(sky.ghi.sum() / 1000)
