"""Examples of `pvmap/findings/catalogue/weather.py`."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pvlib
from findings.examples import example

from pvmap.findings import Finding
from pvmap.settings.weather import WeatherSettings
from pvmap.sources.weather import WeatherPoint, WeatherSet, nearness, read_weather

VILLAGE = {"longitude": 119.45, "latitude": 32.2}
LIGHT = ["ghi", "dni", "dhi"]


def clear_year(local_year: int = 2023, n_years: int = 1) -> pd.DataFrame:
    """Years of clear sky at the village: UTC starts of the hours, the sun at mid-hour, local years."""
    ends = (f"{local_year - 1}-12-31 16:00", f"{local_year + n_years - 1}-12-31 16:00")
    time = pd.date_range(*ends, freq="h", tz="UTC", inclusive="left")
    place = pvlib.location.Location(32.2, 119.45, altitude=10.0)
    middle = time + pd.Timedelta(minutes=30)
    sky = place.get_clearsky(middle, model="haurwitz")["ghi"].to_numpy()
    zenith = place.get_solarposition(middle)["zenith"].to_numpy()
    dhi = np.where(zenith < 87, 0.2 * sky, sky)
    dni = np.where(zenith < 87, (sky - dhi) / np.maximum(np.cos(np.radians(zenith)), 0.05), 0.0)
    return pd.DataFrame({"time": time, "ghi": sky, "dni": dni, "dhi": dhi, "temp_air": 15.0, "wind_speed": 2.0})


def seasons(year: pd.DataFrame) -> pd.Series:
    """Air that is warmest in July. [degC]"""
    return 15.0 - 10.0 * np.cos(2 * np.pi * (year["time"].dt.dayofyear - 15) / 365)


def read_points(folder: Path, year: pd.DataFrame, years: Any = "typical", **point: object) -> WeatherSet:
    """Read a year as plain CSV, its times without a zone in UTC."""
    year.assign(time=year["time"].dt.strftime("%Y-%m-%d %H:%M")).to_csv(folder / "w.csv", index=False)
    points = [{"format": "csv", "path": "w.csv", "altitude_m": 10.0, "utc_offset_hours": 0.0} | VILLAGE | point]
    return read_weather(WeatherSettings.model_validate({"points": points}), folder, 8.0, years=years)


def read(folder: Path, year: pd.DataFrame, **point: object) -> Iterable[Finding]:
    return read_points(folder, year, **point).findings


def site_at(longitude: float, latitude: float, weather: WeatherSet, **settings: object):
    """What is found about weather for a site there."""
    sites = pd.DataFrame({"site_id": ["rooftop-1"], "longitude": [longitude], "latitude": [latitude]})
    sites["weather_id"] = weather.assign(sites["longitude"].to_numpy(), sites["latitude"].to_numpy())
    return nearness.doubts(weather, sites, WeatherSettings.model_validate(settings))


def station(longitude: float, latitude: float) -> WeatherSet:
    """Weather of a place, whose hours nobody looks at."""
    return WeatherSet((WeatherPoint("station", longitude, latitude, 0.0, pd.DataFrame(), 30.0, 60.0, "", False),))


@example("weather-far-from-city")
def the_next_province(folder: Path, faulty: bool) -> Iterable[Finding]:
    return site_at(119.45, 32.2, station(119.45, 33.2 if faulty else 33.0), points=[{"format": "epw", "path": "w.epw"}])


@example("weather-other-hemisphere")
def a_latitude_without_its_sign(folder: Path, faulty: bool) -> Iterable[Finding]:
    epw = [{"format": "epw", "path": "w.epw"}]
    return site_at(151.2, -33.9, station(151.2, 33.9 if faulty else -33.9), points=epw)


@example("weather-other-time-zone")
def a_longitude_without_its_sign(folder: Path, faulty: bool) -> Iterable[Finding]:
    epw = [{"format": "epw", "path": "w.epw"}]
    return site_at(-105.2, 40.0, station(105.2 if faulty else -105.2, 40.0), points=epw)


@example("typical-year-outside-its-region")
def the_default_climate_in_kashgar(folder: Path, faulty: bool) -> Iterable[Finding]:
    weather = read_weather(WeatherSettings.model_validate({"points": [{"format": "typical"}]}), folder, 8.0)
    return site_at(75.99 if faulty else 119.9, 39.47 if faulty else 32.0, weather)


@example("correction-outside-its-region")
def the_default_totals_in_kashgar(folder: Path, faulty: bool) -> Iterable[Finding]:
    epw = [{"format": "epw", "path": "w.epw"}]
    ours = {"ghi_kwh_per_m2": [100.0] * 12, "dhi_kwh_per_m2": [50.0] * 12}
    return site_at(75.99, 39.47, station(75.99, 39.47), points=epw, correction={} if faulty else ours)


@example("weather-clock-disagrees")
def utc_taken_as_local(folder: Path, faulty: bool) -> Iterable[Finding]:
    return read(folder, clear_year(), utc_offset_hours=8.0 if faulty else 0.0)


@example("weather-sun-disagrees")
def labels_at_the_end(folder: Path, faulty: bool) -> Iterable[Finding]:
    year = clear_year()
    late = year.assign(time=year["time"] + pd.Timedelta(hours=1))
    return read(folder, late, label="start" if faulty else "end")


@example("weather-components-disagree")
def a_soiled_pyrheliometer(folder: Path, faulty: bool) -> Iterable[Finding]:
    year = clear_year()
    return read(folder, year.assign(dni=year["dni"] * (0.9 if faulty else 0.99)))


@example("weather-beam-horizontal")
def beam_on_the_horizontal(folder: Path, faulty: bool) -> Iterable[Finding]:
    year = clear_year()
    return read(folder, year.assign(dni=year["ghi"] - year["dhi"]) if faulty else year)


@example("weather-above-extraterrestrial")
def light_above_that_outside_the_air(folder: Path, faulty: bool) -> Iterable[Finding]:
    year = clear_year()
    return read(folder, year.assign(**{c: year[c] * (1.45 if faulty else 1.0) for c in LIGHT}))


@example("weather-too-bright")
def a_plane_or_calibration_too_bright(folder: Path, faulty: bool) -> Iterable[Finding]:
    year = clear_year()
    return read(folder, year.assign(ghi=np.minimum(year["ghi"] * 1.4, 1400.0) if faulty else year["ghi"]))


@example("weather-too-dull")
def a_shaded_sensor(folder: Path, faulty: bool) -> Iterable[Finding]:
    year = clear_year()
    return read(folder, year.assign(**{c: year[c] * (0.4 if faulty else 0.8) for c in LIGHT}))


@example("weather-light-at-night")
def a_zero_that_is_none(folder: Path, faulty: bool) -> Iterable[Finding]:
    year = clear_year()
    return read(folder, year.assign(**{c: year[c] + (6.0 if faulty else 0.0) for c in ("ghi", "dhi")}))


@example("weather-too-warm")
def mild_fahrenheit(folder: Path, faulty: bool) -> Iterable[Finding]:
    return read(folder, clear_year().assign(temp_air=38.0 if faulty else 16.0))


@example("weather-steady-air")
def a_mean_in_every_hour(folder: Path, faulty: bool) -> Iterable[Finding]:
    year = clear_year()
    return read(folder, year if faulty else year.assign(temp_air=seasons(year)))


@example("weather-seasons-reversed")
def a_file_of_the_other_hemisphere(folder: Path, faulty: bool) -> Iterable[Finding]:
    year = clear_year()
    return read(folder, year.assign(temp_air=(-1.0 if faulty else 1.0) * seasons(year)))


@example("weather-beam-follows-height")
def beam_on_the_horizontal_without_global(folder: Path, faulty: bool) -> Iterable[Finding]:
    year = clear_year()
    beam = year["ghi"] - year["dhi"]
    return read(folder, year.assign(dni=beam if faulty else year["dni"], ghi=np.nan))


@example("weather-too-windy")
def wind_in_km_per_hour(folder: Path, faulty: bool) -> Iterable[Finding]:
    windy = clear_year().assign(wind_speed=12.0)
    return read(folder, windy, units={} if faulty else {"wind_speed": "km/h"})


@example("weather-years-not-shared")
def files_of_different_years(folder: Path, faulty: bool) -> Iterable[Finding]:
    for name, first, n in (("a", 2020, 3), ("b", 2021, 2 if faulty else 3)):
        clear_year(first if faulty else 2020, n).to_csv(folder / f"{name}.csv", index=False)
    points = [{"format": "csv", "path": f"{name}.csv"} | VILLAGE for name in "ab"]
    return read_weather(WeatherSettings.model_validate({"points": points}), folder, 8.0, years="all").findings


@example("weather-components-disagree-by-month")
def a_tracker_that_stood_still_in_june(folder: Path, faulty: bool) -> Iterable[Finding]:
    year = clear_year()
    still = (year["time"].dt.month == 6) & faulty
    return read(folder, year.assign(dni=year["dni"].mask(still, 0.0)))


@example("weather-beam-unlikely")
def beam_on_the_horizontal_without_diffuse(folder: Path, faulty: bool) -> Iterable[Finding]:
    year = clear_year().drop(columns="dhi")
    beam = year["ghi"] * np.where(year["dni"] > 0, 0.8, 0.0)
    return read(folder, year.assign(dni=beam) if faulty else year)


@example("weather-diffuse-unlikely")
def beam_under_the_name_of_diffuse(folder: Path, faulty: bool) -> Iterable[Finding]:
    year = clear_year().drop(columns="dni")
    return read(folder, year.assign(dhi=year["ghi"] - year["dhi"]) if faulty else year)


@example("weather-unlit-days")
def a_fortnight_of_zeros(folder: Path, faulty: bool) -> Iterable[Finding]:
    return read(folder, without_light(15 if faulty else 0))


@example("weather-unlit-hours")
def two_days_of_zeros(folder: Path, faulty: bool) -> Iterable[Finding]:
    return read(folder, without_light(2 if faulty else 0))


def without_light(n_days: int) -> pd.DataFrame:
    """Return the clear year with so many days of June dark."""
    year = clear_year()
    dark = (year["time"].dt.month == 6) & (year["time"].dt.day <= n_days)
    return year.assign(**{c: year[c].mask(dark, 0.0) for c in LIGHT})
