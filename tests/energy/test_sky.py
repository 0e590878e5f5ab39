"""The sky's terms are pvlib's light on any plane; its years are local and whole."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pvlib
import pytest
from energy.places import shanghai, typical

from pvmap.energy.sky import build_sky, sky_diffuse, sun_position
from pvmap.errors import WeatherError
from pvmap.settings.energy import EnergySettings

PLANES = [(0, 180), (5, 90), (15, 180), (24, 215), (35, 270), (60, 10), (90, 180)]


def normal_of(tilt: float, azimuth: float) -> np.ndarray:
    t, a = np.radians([tilt, azimuth])
    return np.array([np.sin(t) * np.sin(a), np.sin(t) * np.cos(a), np.cos(t)])


@pytest.mark.parametrize("transposition", ["haydavies", "perez"])
@pytest.mark.parametrize(("tilt", "azimuth"), PLANES)
def test_terms_add_up_to_pvlibs_light_on_a_plane(transposition, tilt, azimuth, shared_data):
    point, settings = shanghai(shared_data), EnergySettings(transposition=transposition)
    sky, sun = build_sky(point, settings, 8), sun_position(point)
    up = (sun["apparent_zenith"] < 90).to_numpy() & (point.data["dhi"] > 0).to_numpy()
    expected = pvlib.irradiance.get_total_irradiance(
        tilt,
        azimuth,
        sun["apparent_zenith"],
        sun["azimuth"],
        point.data["dni"],
        point.data["ghi"],
        point.data["dhi"],
        dni_extra=sun["dni_extra"],
        airmass=sun["airmass_relative"],
        albedo=0.2,
        model=transposition,
    )["poa_global"].to_numpy()[up]
    day = sky.elevation > 0
    cosine = np.maximum(sky.sun @ normal_of(tilt, azimuth), 0)
    beta = np.radians(tilt)
    light = (
        (sky.direct_normal + sky.circumsolar_normal) * cosine
        + sky.isotropic * (1 + np.cos(beta)) / 2
        + sky.horizon * np.sin(beta)
        + 0.2 * sky.ghi * (1 - np.cos(beta)) / 2
    )[day]
    assert len(light) == up.sum()
    # pvlib cuts Perez' diffuse light off at zero, which it reaches in single hours of vertical planes only.
    np.testing.assert_allclose(light, expected, rtol=1e-9, atol=1e-9 if tilt < 90 else 2.0)


def test_perez_light_is_pvlibs_in_the_faintest_light():
    """Half a watt of diffuse light is light."""
    sun = pd.DataFrame(
        {"apparent_zenith": [84.0], "azimuth": [110.0], "dni_extra": [1400.0], "airmass_relative": [8.0]}
    )
    terms = sky_diffuse(30.0, 180.0, sun, np.array([3.0]), np.array([0.5]), "perez")
    expected = pvlib.irradiance.perez(30.0, 180.0, 0.5, 3.0, 1400.0, 84.0, 110.0, 8.0, return_components=True)
    names = ("poa_isotropic", "poa_circumsolar", "poa_horizon")
    assert [float(term[0]) for term in terms] == pytest.approx([float(expected[name]) for name in names])
    assert float(expected["poa_horizon"]) != 0.0


def test_dark_hours_are_left_out_and_no_light_is_lost(shared_data):
    point = shanghai(shared_data)
    sky = build_sky(point, EnergySettings(), 8)
    assert len(sky.hour) < 0.55 * 8760
    assert sky.ghi.sum() == pytest.approx(point.data["ghi"].sum(), rel=1e-12)
    assert (sky.direct_normal[sky.elevation <= 0] == 0).all()
    np.testing.assert_allclose(np.linalg.norm(sky.sun, axis=1), 1, rtol=1e-12)


def test_hours_and_months_are_local():
    sky = build_sky(typical(), EnergySettings(), 8)
    noon = sky.hour[np.argmax(sky.elevation)] % 24
    assert noon in (11, 12)  # 119.45 E is half a degree from the meridian of UTC+8
    lengths = np.array([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
    np.testing.assert_array_equal(np.searchsorted(np.cumsum(lengths) * 24, sky.hour, side="right"), sky.month)


def test_a_year_is_chosen_by_name_and_must_be_whole(shared_data):
    point = shanghai(shared_data)
    first = pd.DatetimeIndex(point.data.index)
    later = point.data.set_axis(first + (pd.Timestamp("2018-01-01") - pd.Timestamp("2017-01-01")))
    two = replace(point, data=pd.concat([point.data, later.assign(ghi=0.0, dni=0.0, dhi=later["dhi"] / 2)]))
    year = int((first + pd.Timedelta(hours=8)).year[0])
    one = build_sky(two, EnergySettings(), 8, year=year)
    np.testing.assert_array_equal(one.ghi, build_sky(point, EnergySettings(), 8).ghi)
    assert build_sky(two, EnergySettings(), 8, year=year + 1).direct_normal.sum() == 0
    for wrong in (None, year + 9):
        with pytest.raises(WeatherError, match="name one of them"):
            build_sky(two, EnergySettings(), 8, year=wrong)
    with pytest.raises(WeatherError, match="8760 hours, found 8759 rows"):
        build_sky(replace(point, data=point.data.iloc[:-1]), EnergySettings(), 8)


def test_thin_air_bends_light_less():
    """At 3,650 m, under 0.64 of the air, the low sun is lifted by 0.64 of what lifts it at the sea."""
    point = replace(typical(), data=typical().data.iloc[:240])
    true = pvlib.solarposition.get_solarposition(
        pd.DatetimeIndex(point.data.index) + pd.Timedelta(minutes=point.sun_offset_minutes),
        point.latitude,
        point.longitude,
    )["zenith"].to_numpy()
    low = (true > 75) & (true < 88)
    sea, high = (
        (true - sun_position(replace(point, altitude_m=altitude))["apparent_zenith"].to_numpy())[low]
        for altitude in (0.0, 3650.0)
    )
    assert low.any() and sea.min() > 0.03
    assert high / sea == pytest.approx(0.64, abs=0.01)
