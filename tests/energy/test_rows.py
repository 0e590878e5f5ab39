"""Rows in closed form against pvlib's geometry."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pvlib
import pytest
import shapely
from energy.places import shanghai, typical
from towns import Town, as_surfaces

from pvmap.energy import rows
from pvmap.energy.chain import Surface, plane_of_array, row_lit_share, simulate_surface
from pvmap.energy.sky import sun_position
from pvmap.settings.energy import EnergySettings
from pvmap.shade.skyline import shade_surfaces
from pvmap.sites.packing import ground_cover_ratio

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


@pytest.mark.parametrize("albedo", [0.0, 0.25])
@pytest.mark.parametrize(("tilt", "azimuth", "gcr"), ARRAYS)
def test_front_is_that_of_infinite_sheds(tilt, azimuth, gcr, albedo, shared_data):
    point = shanghai(shared_data)
    surface = Surface(tilt, azimuth, "rack", gcr, albedo=albedo)
    ours = plane_of_array(point, surface, EnergySettings())
    sun = sun_position(point)
    day = (sun["apparent_zenith"] < 85).to_numpy()
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
        albedo=albedo,
        model="haydavies",
        dni_extra=sun["dni_extra"][day],
    )
    # Views summed over forty rows fall short of the closed form: test_ground_view_is_the_mean_over_the_row.
    view = rows.ground_view(tilt, gcr)[0] / pvlib.bifacial.utils.vf_row_ground_2d_integ(tilt, gcr)
    ground = theirs["poa_ground_diffuse"] * view
    consistent = (point.data["ghi"] >= point.data["dhi"]).to_numpy()[day]
    np.testing.assert_allclose(ours["poa_ground_diffuse"][day][consistent], ground[consistent], rtol=5e-3)
    rest, theirs_rest = (light["poa_global"] - light["poa_ground_diffuse"] for light in (ours[day], theirs))
    np.testing.assert_allclose(rest, theirs_rest, rtol=1e-9, atol=1e-9)


RECORD = [("pond", 12, 0.07, 0.48), ("rack", 15, 0.2, 1.45), ("ground", 24, 0.2, 2.45)]  # losses by infinite_sheds, %


@pytest.mark.parametrize(("mounting", "tilt", "albedo", "loss"), RECORD)
def test_rows_lose_what_infinite_sheds_lose(mounting, tilt, albedo, loss):
    gcr = 0.511 if mounting == "pond" else float(ground_cover_ratio(32.2, tilt, 180.0))
    assert 100 * row_loss(Surface(tilt, 180, mounting, gcr, albedo)) == pytest.approx(loss, abs=0.02)


@pytest.mark.parametrize(("slope", "loss"), [(5.0, 1.73), (10.0, 0.96), (15.0, 0.55)])
def test_rows_on_south_slopes_lose_little_sky(slope, loss):
    """Losses of record count the ground in front as open; its shadows then add a tenth of them."""
    gcr = min(float(ground_cover_ratio(32.2, 24.0, 180.0, ground_tilt=slope, ground_azimuth=180.0)), 0.7)
    in_rows = row_loss(Surface(24, 180, "ground", gcr, 0.2, ground_tilt=slope, ground_azimuth=180.0))
    assert 100 * in_rows == pytest.approx(loss, abs=0.16)
    assert 100 * in_rows > loss


def row_loss(surface: Surface) -> float:
    settings = EnergySettings.model_validate({"bifacial": {"mountings": []}})
    with_rows, without = (
        simulate_surface(typical(), replace(surface, rows_shade=shade), settings, 8)["ac"].sum()
        for shade in (True, False)
    )
    return 1 - with_rows / without


@pytest.mark.parametrize("slope", [0.0, 5.0, 11.0, -6.0, -15.0])
@pytest.mark.parametrize(("tilt", "gcr"), [(24.0, 0.6), (12.0, 0.45), (35.0, 0.7)])
def test_sky_over_rows_on_slopes_is_the_shade_stages_own(tilt, gcr, slope):
    ground = {"ground_tilt": abs(slope), "ground_azimuth": 180.0 if slope > 0 else 0.0}
    surface = as_surfaces(
        Town(np.array([shapely.box(0, 0, 50, 50)]), np.zeros(1)),
        **ground,
        surface_tilt=tilt,
        gcr=gcr,
        mounting="ground",
    )
    shade = shade_surfaces(surface).table
    assert rows.sky_share(tilt, gcr, slope)[0] == pytest.approx(shade["sky_view_factor"][0], abs=2e-3)
    assert rows.horizon_share(tilt, gcr, slope)[0] == pytest.approx(
        shade["horizon_band_share"][0], abs=6e-2
    )  # four points up the row


@pytest.mark.parametrize(("tilt", "slope"), [(24.0, 0.0), (24.0, 8.0), (24.0, -8.0), (0.0, -8.0), (0.0, -1.0)])
def test_views_of_a_row_on_a_slope_are_those_of_lines_of_sight(tilt, slope):
    """From points up the row over the edges of the row in front, in the plane across them."""
    gcr = 0.5
    lean, fall, pitch = np.radians(tilt - slope), np.radians(slope), 1 / gcr
    up = (np.arange(4000) + 0.5) / 4000
    x, z = -up * np.cos(lean), up * np.sin(lean)  # of the point; the row in front stands at x + pitch
    top = np.arctan2(np.sin(lean) - z, pitch - np.cos(lean) - x)
    edge = np.arctan2(-z, pitch - x)
    normal = np.pi / 2 - lean
    sky = (np.sin(lean) * 0 + np.sin(np.pi - lean - normal) - np.sin(np.maximum(top, fall) - normal)) / 2
    ground = (np.sin(edge - normal) - np.sin(-lean - normal)) / 2
    assert rows.sky_view(tilt, gcr, slope)[0] == pytest.approx(sky.mean(), abs=1e-6)
    assert rows.ground_view(tilt, gcr, slope)[0] == pytest.approx(ground.mean(), abs=1e-6)


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


@pytest.mark.parametrize(("tilt", "slope"), [(5.0, 5.0), (5.0, 12.0), (0.0, 3.0), (10.0, 10.9)])
def test_rows_no_steeper_than_their_ground_lie_on_it(tilt, slope):
    """They see all that lies above the next row, and nothing of the ground under it."""
    assert rows.above_rows(tilt, 0.6, slope)[0] == pytest.approx(1.0, abs=1e-12)
    assert rows.ground_view(tilt, 0.6, slope)[0] == pytest.approx(0.0, abs=1e-12)


@pytest.mark.parametrize(
    ("tilt", "gcr", "slope"), [(12.0, 0.5, 0.0), (24.0, 0.57, 0.0), (24.0, 0.7, -5.0), (40.0, 0.6, 6.0)]
)
def test_few_points_tell_how_much_of_the_horizon_is_free(tilt, gcr, slope):
    few, many = (rows.horizon_share(tilt, gcr, slope, points)[0] for points in (16, 1000))
    assert 0.0 < many < 1.0 and few == pytest.approx(many, abs=0.01)


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


@pytest.mark.parametrize(("tilt", "gcr"), [(5.0, 0.8), (12.0, 0.511), (24.0, 0.55), (40.0, 0.3)])
def test_what_the_ground_sees_is_pvlibs_at_any_height(tilt, gcr):
    for height in (0.6, 1.0, 5.0):
        theirs = pvlib.bifacial.utils.vf_ground_sky_2d_integ(180 - tilt, gcr, height, 1 / gcr, max_rows=200)
        assert rows.ground_to_sky(tilt, gcr)[0] == pytest.approx(float(theirs), abs=1e-5)
    assert rows.sky_view(tilt, gcr)[0] == pytest.approx(float(pvlib.bifacial.utils.vf_row_sky_2d_integ(tilt, gcr)))
