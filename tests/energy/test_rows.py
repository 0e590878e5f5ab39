"""Rows in closed form against pvlib's geometry."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pvlib
import pytest
from energy.places import shanghai

from pvmap.energy import rows
from pvmap.energy.chain import Surface, plane_of_array, row_lit_share, simulate_surface
from pvmap.energy.sky import sun_position
from pvmap.settings.energy import EnergySettings

ARRAYS = [(5, 180, 0.85), (12, 180, 0.511), (15, 150, 0.67), (24, 225, 0.55), (35, 90, 0.4)]


@pytest.fixture(scope="module")
def sun(shared_data) -> pd.DataFrame:
    position = sun_position(shanghai(shared_data))
    return position[position["apparent_zenith"] < 89.5]


@pytest.mark.parametrize(("tilt", "azimuth", "gcr"), ARRAYS)
@pytest.mark.parametrize("slope", [0.0, 8.0, -6.0])  # of the ground along the rows' azimuth, downhill in front
def test_lit_share_is_pvlibs(tilt, azimuth, gcr, slope, sun):
    surface = Surface(tilt, azimuth, "ground", gcr, ground_tilt=abs(slope), ground_azimuth=azimuth + 180 * (slope < 0))
    zenith, bearing = sun["apparent_zenith"], sun["azimuth"]
    lit = row_lit_share(surface, zenith, bearing)
    shaded = pvlib.shading.shaded_fraction1d(
        zenith,
        bearing,
        axis_azimuth=azimuth - 90,
        shaded_row_rotation=tilt,
        collector_width=gcr,
        pitch=np.cos(np.radians(slope)),  # pvlib wants the horizontal distance
        cross_axis_slope=slope,
    )
    faces = pvlib.irradiance.aoi_projection(tilt, azimuth, zenith, bearing) > 1e-6
    over_ground = pvlib.irradiance.aoi_projection(surface.ground_tilt, surface.ground_azimuth, zenith, bearing) > 1e-6
    both = faces & over_ground
    assert slope > 0 or (shaded[both] > 0).any()  # rows that step down southward may never meet each other's shade
    assert (shaded[both] == 0).any()
    np.testing.assert_allclose(lit[both], 1 - shaded[both], atol=1e-9)
    assert (lit[faces & ~over_ground] < 1e-3).all()


@pytest.mark.parametrize(("tilt", "azimuth", "gcr"), ARRAYS)
def test_front_is_infinite_sheds_but_for_the_shadows_on_the_ground(tilt, azimuth, gcr, shared_data):
    point = shanghai(shared_data)
    surface = Surface(tilt, azimuth, "rack", gcr, albedo=0.0)
    ours = plane_of_array(point, surface, EnergySettings())
    sun = sun_position(point)
    day = (sun["apparent_zenith"] < 90).to_numpy()
    theirs = pvlib.bifacial.infinite_sheds.get_irradiance_poa(
        tilt,
        azimuth,
        sun["apparent_zenith"][day],
        sun["azimuth"][day],
        gcr,
        3.0,
        4.58 / gcr,
        point.data["ghi"][day],
        point.data["dhi"][day],
        point.data["dni"][day],
        albedo=0.0,
        model="haydavies",
        dni_extra=sun["dni_extra"][day],
    )
    low = sun["apparent_zenith"][day] > 88.9  # below 0.01745 Hay-Davies' and the sheds' circumsolar part ways
    np.testing.assert_allclose(
        ours["poa_global"].to_numpy()[day][~low], theirs["poa_global"].to_numpy()[~low], rtol=1e-9, atol=1e-9
    )


@pytest.mark.parametrize("blocks", [1, 2, 3])
def test_blocks_that_fail_are_pvlibs_direct_martinez(blocks):
    rng = np.random.default_rng(blocks)
    direct, diffuse, shaded = rng.uniform(1, 900, 500), rng.uniform(1, 300, 500), rng.uniform(0, 1, 500)
    shaded[:3] = 0, 1, 1 / blocks  # none, all, and one block to the edge
    working = rows.working_share(1 - shaded, blocks)
    ours = 1 - (direct * (1 - shaded) * working + diffuse) / (direct + diffuse)
    theirs = pvlib.shading.direct_martinez(direct + diffuse, direct, shaded, np.round(shaded * blocks, 6), blocks)
    np.testing.assert_allclose(ours, theirs, rtol=1e-12, atol=1e-12)


def test_blocks_that_fail_cost_energy_and_no_light(shared_data):
    point, surface = shanghai(shared_data), Surface(24, 180, "ground", 0.6)
    linear, blocks = (
        simulate_surface(point, surface, EnergySettings(electrical_shade=how), 8)
        for how in ("linear", "direct_martinez")
    )
    assert (blocks["ac"] <= linear["ac"] + 1e-12).all()
    assert 0.002 < 1 - blocks["ac"].sum() / linear["ac"].sum() < 0.05
    np.testing.assert_array_equal(blocks["poa_global"], linear["poa_global"])


def test_views_end_at_the_open_plane():
    tilt = np.array([0.0, 5.0, 24.0, 60.0])
    far = np.full(4, 1e-6)
    np.testing.assert_allclose(rows.sky_share(tilt, far), 1, atol=1e-5)
    np.testing.assert_allclose(rows.horizon_share(tilt, far), 1, atol=1e-4)
    np.testing.assert_allclose(rows.ground_view(tilt, far), (1 - np.cos(np.radians(tilt))) / 2, atol=1e-5)
    np.testing.assert_allclose(rows.sky_share(0.0, 0.8), 1)
    np.testing.assert_allclose(rows.horizon_share(0.0, 0.8), 1)
    np.testing.assert_allclose(rows.ground_view(0.0, 0.8), 0, atol=1e-12)


def test_denser_rows_see_less():
    gcr = np.linspace(0.05, 0.9, 30)
    for view in (rows.sky_share, rows.horizon_share, rows.ground_view):
        assert (np.diff(view(np.full(30, 20.0), gcr)) < 0).all()


@pytest.mark.parametrize(("tilt", "gcr"), [(5.0, 0.85), (15.0, 0.67), (24.0, 0.55), (40.0, 0.4)])
def test_ground_view_is_the_mean_over_the_row(tilt, gcr):
    x = (np.arange(2000) + 0.5) / 2000
    expected = pvlib.bifacial.utils.vf_row_ground_2d(tilt, gcr, x).mean()
    assert rows.ground_view(tilt, gcr)[0] == pytest.approx(expected, abs=1e-7)
    assert rows.ground_view(tilt, gcr)[0] == pytest.approx(
        float(pvlib.bifacial.utils.vf_row_ground_2d_integ(tilt, gcr)), abs=6e-4
    )


@pytest.mark.parametrize("height", [0.6, 1.0, 5.0])
def test_what_the_ground_sees_depends_on_no_height_and_closes_the_balance(height):
    """What leaves the ground and meets no row reaches the sky: reciprocity closes the view factors."""
    tilt, gcr = np.array([5.0, 12.0, 24.0, 40.0]), np.array([0.8, 0.511, 0.55, 0.3])
    view = rows.rear_view(tilt, gcr)
    count = 60
    by_height = pvlib.bifacial.utils.vf_ground_sky_2d_integ(180 - tilt, gcr, height, 1 / gcr, max_rows=count)
    np.testing.assert_allclose(view.ground_to_sky, by_height, atol=1e-3)
    balance = 1 - gcr * (rows.ground_view(tilt, gcr) + view.ground)
    np.testing.assert_allclose(view.ground_to_sky, balance, atol=2e-3)
