"""Components close only where the sun stands as the format's convention says: data/SOURCES.md states the figures."""

import numpy as np
import pandas as pd
import pytest

from pvmap.settings.weather import WeatherSettings
from pvmap.sources.weather import read_weather
from pvmap.sources.weather.sun import best_sun_offset, sun_hours

SHANGHAI = "weather/CHN_SH_Shanghai-Hongqiao_TMYx_1956-2023.epw"
ATHENS = "terrain/athens/athens_2023.epw"
GOTHENBURG = "terrain/goteborg/GBG_TMY_1977.txt"


def read(shared_data, clock, **file):
    return read_weather(WeatherSettings(points=[file]), shared_data, clock).points[0]


def doubted(point):
    return [found for found in point.findings if found.severity == "doubtful"]


def closure_error(point, offset):
    """Mean absolute |ghi - dhi - dni cos z| over all hours [W/m2]."""
    sun = sun_hours(point.data.index, point.longitude, point.latitude, point.altitude_m, offset)
    data = point.data
    return float(np.abs(data["ghi"] - data["dhi"] - data["dni"] * sun.cos_zenith).mean())


def fitted(point):
    return best_sun_offset(point.data, point.longitude, point.latitude, point.altitude_m)


def test_athens_epw_closes_at_mid_hour(shared_data):
    point = read(shared_data, 2, path=ATHENS, format="epw")
    assert point.sun_offset_minutes == 30.0
    assert closure_error(point, 30.0) == pytest.approx(0.33, abs=0.02)
    assert fitted(point).minutes == pytest.approx(30.0, abs=2)
    assert point.years == (2023,)
    assert not doubted(point)


def test_shanghai_tmyx_closes_at_the_start_of_its_hours(shared_data):
    point = read(shared_data, 8, path=SHANGHAI, format="epw")
    assert point.sun_offset_minutes == 0.0
    assert closure_error(point, 0.0) == pytest.approx(2.8, abs=0.15)
    assert closure_error(point, 30.0) == pytest.approx(9.6, abs=0.3)
    assert fitted(point).minutes == pytest.approx(0.0, abs=3)
    assert not doubted(point)
    assert point.summary["ghi_kwh_per_m2"] == pytest.approx(1471, abs=0.5)
    assert point.summary["dni_kwh_per_m2"] == pytest.approx(1348, abs=0.5)
    assert point.summary["dhi_kwh_per_m2"] == pytest.approx(595, abs=0.5)
    assert point.corrected is False


def test_the_sun_contradicts_mid_hour_for_shanghai(shared_data):
    point = read(shared_data, 8, path=SHANGHAI, format="epw", sun_offset_minutes=30)
    assert point.sun_offset_minutes == 30.0
    (told,) = doubted(point)
    assert (told.code, told.values["stated_minutes"]) == ("weather-sun-disagrees", "+30")


def test_a_wrong_clock_is_called_out(shared_data):
    point = read(shared_data, 2, path=ATHENS, format="epw", utc_offset_hours=3)
    assert doubted(point)[0].values["fit_minutes"] == "+90"  # half an hour by convention, one by the clock


def test_pvgis_is_instantaneous(shared_data):
    point = read(shared_data, 1, path="weather/tmy_45.000_8.000_2005_2023.json", format="pvgis")
    assert fitted(point).minutes == pytest.approx(10.6, abs=1.5)


def test_gothenburg_umep_text_is_hour_ending(shared_data):
    point = read(shared_data, 1, path=GOTHENBURG, format="umep", longitude=11.97, latitude=57.70)
    assert closure_error(point, 30.0) < 0.4
    assert fitted(point).minutes == pytest.approx(30.0, abs=2)
    assert point.years == (1977,)
    assert "weather-no-wind" in {found.code for found in point.findings}
    assert not doubted(point)


def test_symmetry_finds_the_sun_where_components_are_missing(shared_data):
    """Without dni and dhi the centre of the days' light must do: looser, but it tells half an hour from an hour."""
    for path, clock, expected in ((ATHENS, 2, 30.0), (SHANGHAI, 8, 0.0)):
        point = read(shared_data, clock, path=path, format="epw")
        fit = best_sun_offset(point.data[["ghi"]], point.longitude, point.latitude, point.altitude_m)
        assert fit.method == "symmetry"
        assert fit.minutes == pytest.approx(expected, abs=6)


@pytest.mark.parametrize(
    ("year", "expected"),
    [
        (2022, {"weather-light-at-night"}),
        (2023, {"weather-light-at-night", "weather-too-bright", "weather-above-extraterrestrial"}),
    ],
)
def test_a_roof_in_hong_kong_is_doubted_for_what_is_known_of_it(tmp_path, shared_data, year, expected):
    """data/SOURCES.md: 3 to 11 W/m2 at night in all years, 2023 about 1.6 times too bright."""
    table = pd.read_csv(shared_data / "measured/hkust_SQ8.csv", parse_dates=["time"]).set_index("time")
    hours = pd.date_range(f"{year}", f"{year + 1}", freq="h", inclusive="left", name="time")
    table[["irradiance", "temp"]].reindex(hours).interpolate(limit_direction="both").to_csv(tmp_path / "roof.csv")
    columns = {"ghi": "irradiance", "temp_air": "temp"}
    where = {"longitude": 114.263, "latitude": 22.337, "altitude_m": 60.0, "utc_offset_hours": 8.0}
    point = read(tmp_path, 8, path="roof.csv", format="csv", columns=columns, **where)
    assert {found.code for found in doubted(point)} == expected
