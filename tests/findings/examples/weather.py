"""Examples of `pvmap/findings/catalogue/weather.py`."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pandas as pd
import pvlib
from findings.examples import example

from pvmap.findings import Finding
from pvmap.settings.weather import WeatherSettings
from pvmap.sources.weather import read_weather


def clear_year() -> pd.DataFrame:
    """A year of clear sky at the village: UTC starts of the hours, the sun at mid-hour."""
    time = pd.date_range("2022-12-31 16:00", periods=8760, freq="h", tz="UTC")
    place = pvlib.location.Location(32.2, 119.45, altitude=10.0)
    sky = place.get_clearsky(time + pd.Timedelta(minutes=30), model="haurwitz")["ghi"].to_numpy()
    zenith = place.get_solarposition(time + pd.Timedelta(minutes=30))["apparent_zenith"].to_numpy()
    dhi = 0.2 * sky
    dni = np.where(zenith < 87, (sky - dhi) / np.maximum(np.cos(np.radians(zenith)), 0.05), 0.0)
    dhi = np.where(zenith < 87, dhi, sky)
    return pd.DataFrame({"time": time, "ghi": sky, "dni": dni, "dhi": dhi, "temp_air": 15.0, "wind_speed": 2.0})


def read(folder: Path, year: pd.DataFrame, **point: object) -> Iterable[Finding]:
    """Read a year as plain CSV, its times without a zone in UTC."""
    year.assign(time=year["time"].dt.strftime("%Y-%m-%d %H:%M")).to_csv(folder / "w.csv", index=False)
    where = {"longitude": 119.45, "latitude": 32.2, "altitude_m": 10.0, "utc_offset_hours": 0.0}
    points = [{"format": "csv", "path": "w.csv", **where, **point}]
    return read_weather(WeatherSettings.model_validate({"points": points}), folder, 8.0).findings


@example("sun-beside-label")
def labels_at_the_end(folder: Path, faulty: bool) -> Iterable[Finding]:
    year = clear_year()
    late = year.assign(time=year["time"] + pd.Timedelta(hours=1))
    return read(folder, late, label="start" if faulty else "end")
