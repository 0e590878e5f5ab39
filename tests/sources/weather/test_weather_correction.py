"""Corrected months are the reference's, components close, nothing outshines clear sky, nothing is hidden."""

import numpy as np
import pytest
from weather_truth import codes

from pvmap.errors import WeatherError
from pvmap.settings.weather import DHI_KWH_PER_M2, GHI_KWH_PER_M2, WeatherSettings
from pvmap.sources.weather import read_weather
from pvmap.sources.weather.sun import sun_hours

SHANGHAI = "weather/CHN_SH_Shanghai-Hongqiao_TMYx_1956-2023.epw"


def read(shared_data, correction, **file):
    settings = WeatherSettings(points=[{"path": SHANGHAI, "format": "epw"} | file], correction=correction)
    return read_weather(settings, shared_data, 8).points[0]


@pytest.fixture(scope="module")
def corrected(shared_data):
    return read(shared_data, {})


def test_months_meet_the_reference(corrected):
    monthly = corrected.monthly()
    np.testing.assert_allclose(monthly["ghi"], GHI_KWH_PER_M2, rtol=1e-9)
    np.testing.assert_allclose(monthly["dhi"], DHI_KWH_PER_M2, rtol=1e-6)


def test_components_close_below_clear_sky(corrected):
    place = (corrected.longitude, corrected.latitude, corrected.altitude_m)
    sun = sun_hours(corrected.data.index, *place, corrected.sun_offset_minutes)
    data = corrected.data
    left = data["ghi"] - data["dhi"] - data["dni"] * sun.cos_zenith
    assert np.abs(left).max() < 1e-9
    assert (data["dni"] <= 1.02 * sun.dni_clear + 1e-9).all()
    assert (data[["ghi", "dni", "dhi"]] >= 0).all(axis=None)


def test_before_and_after_are_recorded(corrected):
    assert corrected.corrected is True
    assert codes(corrected) == {"weather-tmyx-lag", "weather-corrected"}
    (told,) = (found for found in corrected.findings if found.code == "weather-corrected")
    before_after = [told.values[f"{column}_{when}"] for column in ("ghi", "dhi") for when in ("before", "after")]
    assert before_after == ["1471", "1345", "595", "745"]
    assert told.values["dni_before"] == "1348"
    assert told.values["factors"].startswith("1: 0.8")


def test_hours_of_global_light_keep_their_shape(shared_data, corrected):
    plain = read(shared_data, None)
    light = plain.data["ghi"] > 0
    july = light & (plain.data.index.month == 7) & (plain.data.index.day > 1) & (plain.data.index.day < 31)
    factor = (corrected.data["ghi"] / plain.data["ghi"])[july]
    assert factor.std() < 1e-12
    assert (corrected.data["temp_air"] == plain.data["temp_air"]).all()


@pytest.mark.parametrize(
    ("factor", "told"),
    [(1.6, {"weather-above-extraterrestrial", "weather-too-bright"}), (1 / 30, {"weather-too-dull"})],
)
def test_totals_that_leave_hours_of_no_sky_are_told(shared_data, factor, told):
    """Totals of a sunnier place, and daily means in the place of monthly totals."""
    months = {"ghi_kwh_per_m2": GHI_KWH_PER_M2, "dhi_kwh_per_m2": np.multiply(1.4, DHI_KWH_PER_M2)}
    point = read(shared_data, {name: [factor * one for one in values] for name, values in months.items()})
    assert codes(point, "doubtful") == told
    assert {one.layer for one in point.findings if one.severity == "doubtful"} == {"weather.correction"}


def test_a_reference_no_sky_can_have_is_refused(shared_data):
    """All light direct from a haze-free sky would be needed: less diffuse than clear sky allows."""
    with pytest.raises(
        WeatherError, match=r"no sky has GHI 160 with DHI 5 kWh/m2 in Jan .*correct weather\.correction"
    ):
        read(shared_data, {"ghi_kwh_per_m2": [160.0] * 12, "dhi_kwh_per_m2": [5.0] * 12})


def test_a_typical_year_needs_no_correction(tmp_path):
    settings = WeatherSettings(correction={})
    point = read_weather(settings, tmp_path, 8).points[0]
    assert point.corrected
    assert "weather-corrected" not in codes(point)
