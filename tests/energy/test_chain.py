"""The chain beside pvlib's own ModelChain, and its losses one by one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pvlib
import pytest
from energy.places import MOUNTINGS, random_shade, shanghai

from pvmap.energy.chain import Surface, simulate_surface, sunlit_share
from pvmap.energy.losses import mounting_parameters
from pvmap.energy.waterfall import explain_losses
from pvmap.settings.energy import EnergySettings, GlassSettings


def test_modelchain_gives_the_same_but_for_diffuse_reflection(shared_data):
    """ModelChain reflects the beam alone and knows no coating: bare glass on our side, and the diffuse light's share.

    That share is 2.5-3 % of the yield; in Shanghai's typical year, with less diffuse light, a little less.
    """
    point, settings = (
        shanghai(shared_data),
        EnergySettings(first_year_factor=1.0, glass=GlassSettings(coating_index=1.0)),
    )
    mounting = mounting_parameters("flush", settings)
    array = pvlib.pvsystem.Array(
        pvlib.pvsystem.FixedMount(24, 200),
        albedo=0.2,
        module_parameters={
            "pdc0": mounting.dc_factor() * 1000,
            "gamma_pdc": settings.gamma_pdc_per_k,
            "n": 1.526,
            "K": 4.0,
            "L": 0.002,
            "alpha_absorption": 0.70,
            "module_efficiency": 0.0,
        },
        temperature_model_parameters={"u_c": 20.0, "u_v": 0.0},
    )
    system = pvlib.pvsystem.PVSystem(
        [array],
        inverter_parameters={
            "pdc0": mounting.ac_limit * 1000 / settings.inverter.efficiency,
            "eta_inv_nom": settings.inverter.efficiency,
        },
    )
    location = pvlib.location.Location(point.latitude, point.longitude, altitude=point.altitude_m)
    chain = pvlib.modelchain.ModelChain(
        system,
        location,
        transposition_model="haydavies",
        dc_model="pvwatts",
        ac_model="pvwatts",
        aoi_model="physical",
        spectral_model="no_loss",
        temperature_model="pvsyst",
        losses_model="no_loss",
    )
    moments = point.data.index + pd.Timedelta(minutes=point.sun_offset_minutes)
    theirs = chain.run_model(point.data.set_axis(moments)).results.ac.sum() / 1000
    ours = simulate_surface(point, Surface(24, 200, "flush"), settings, 8)["ac"].sum() / mounting.ac_factor
    assert 0.980 < ours / theirs < 0.986


@pytest.mark.parametrize("electrical", ["linear", "direct_martinez"])
@pytest.mark.parametrize("mounting", MOUNTINGS)
def test_waterfall_ends_at_the_yield(mounting, electrical, shared_data):
    point, settings = shanghai(shared_data), EnergySettings(transposition="perez", electrical_shade=electrical)
    shade, sunlit = random_shade(1, 3)
    surface = Surface(20, 190, mounting, 0.55, **shade.iloc[0].to_dict(), sunlit=sunlit[0], soiling=0.04)
    steps = explain_losses(point, surface, settings, 8)
    hours = simulate_surface(point, surface, settings, 8)
    assert steps["left"].iloc[-1] == pytest.approx(hours["ac"].sum(), rel=1e-12)
    assert steps["left"]["rows"] == pytest.approx(hours["poa_global"].sum() / 1000, rel=1e-12)
    assert steps["share"]["soiling"] == pytest.approx(-0.04)
    losses = steps["change"].drop("rear", errors="ignore").iloc[1:]
    assert (losses <= 1e-9).all()
    assert ("blocks in the shade" in steps.index) is (electrical == "direct_martinez")
    assert ("rear" in steps.index) is (mounting in ("ground", "pond"))
    assert steps["change"]["rows"] == 0 if mounting == "flush" else steps["change"]["rows"] < 0


def test_light_terms_add_up(shared_data):
    hours = simulate_surface(shanghai(shared_data), Surface(24, 180, "ground"), EnergySettings(), 8)
    terms = ["poa_direct", "poa_circumsolar", "poa_isotropic", "poa_horizon", "poa_ground_diffuse"]
    np.testing.assert_allclose(hours[terms].sum(axis=1), hours["poa_global"], atol=1e-9)
    assert not hours.isna().any().any()
    assert (hours["ac"] >= 0).all()
    assert hours["ac"].max() <= 1 / 1.25
    assert hours.index[0].hour == 0  # local standard time


def test_sunlit_table_is_linear_and_wraps_around_north():
    table = np.zeros((64, 33), np.float32)
    table[0], table[63] = 1.0, 0.5
    width, node = 360 / 64, 90 / 32
    azimuth = np.array([0.0, width / 2, 360 - width / 2, 359.999999, width, 180.0])
    np.testing.assert_allclose(sunlit_share(table, azimuth, np.full(6, 20.0)), [0.75, 1, 0.5, 0.75, 0.5, 0], atol=1e-6)
    rising = np.tile(np.arange(33, dtype=np.float32) / 32, (64, 1))
    np.testing.assert_allclose(
        sunlit_share(rising, np.full(3, 77.0), np.array([-5.0, 1.5 * node, 90.0])), [0, 1.5 / 32, 1]
    )


def test_rear_grows_with_albedo_and_distance(shared_data):
    point = shanghai(shared_data)
    surface = Surface(24, 180, "ground", 0.5, albedo=0.2)

    def rear(surface: Surface) -> float:
        return simulate_surface(point, surface, EnergySettings())["poa_rear"].sum()

    assert rear(replace(surface, albedo=0.4)) > rear(surface) > rear(replace(surface, albedo=0.1))
    assert rear(replace(surface, gcr=0.3)) > rear(surface)
    none = EnergySettings.model_validate({"bifacial": {"mountings": []}})
    assert simulate_surface(point, surface, none)["poa_rear"].sum() == 0


def test_rear_of_high_rows_is_the_back_of_infinite_sheds(shared_data):
    """One row length above the ground, under open sky, with Hay-Davies' sky."""
    point, settings = shanghai(shared_data), EnergySettings()
    surface = Surface(24, 190, "ground", 0.5, albedo=0.25, row_length_m=4.58, edge_height_m=4.58)
    sun = pvlib.solarposition.get_solarposition(
        point.data.index + pd.Timedelta(minutes=point.sun_offset_minutes),
        point.latitude,
        point.longitude,
        point.altitude_m,
    ).set_axis(point.data.index)
    high = (sun["apparent_zenith"] < 85).to_numpy()
    back = pvlib.bifacial.infinite_sheds.get_irradiance(
        24,
        190,
        sun["apparent_zenith"][high],
        sun["azimuth"][high],
        0.5,
        2.0,
        4.58 / 0.5,
        point.data["ghi"][high],
        point.data["dhi"][high],
        point.data["dni"][high],
        0.25,
        model="haydavies",
        dni_extra=pvlib.irradiance.get_extra_radiation(
            point.data.index + pd.Timedelta(minutes=point.sun_offset_minutes)
        ).set_axis(point.data.index)[high],
        bifaciality=0.8,
        shade_factor=0.0,
    )["poa_back"]
    ours = simulate_surface(point, surface, settings)["poa_rear"].to_numpy()[high]
    assert ours.sum() == pytest.approx(0.8 * 0.9 * back.sum(), rel=0.02)
    dull = (point.data["dni"] == 0).to_numpy()[high]
    np.testing.assert_allclose(ours[dull], 0.8 * 0.9 * back[dull], rtol=0.05)


def test_rear_grows_with_the_height_of_the_rows(shared_data):
    surface = Surface(24, 180, "ground", 0.576)
    rear = [
        simulate_surface(shanghai(shared_data), replace(surface, edge_height_m=height), EnergySettings())["poa_rear"]
        for height in (0.0, 0.2, 0.57, 1.5, 4.58)
    ]
    assert (np.diff([light.sum() for light in rear]) > 0).all()
