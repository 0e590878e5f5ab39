"""ERA5's hourly series of a point, as the Copernicus climate data store sends it (csv) or pvmap fetch keeps it (json).

Radiation is joules of the hour that ends at the label, temperature and wind are those of the label itself: the mean of
both ends stands for the hour. Direct radiation is that on the horizontal.
"""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd

from pvmap.errors import WeatherError
from pvmap.opening import shape_fault
from pvmap.settings.weather import WeatherFile, WeatherSettings
from pvmap.sources.weather.reading import COLUMNS, MID_HOUR, UNREADABLE, Reading, numeric, place, read_table, read_text

TIME = "valid_time"
SECONDS = 3600.0
KELVIN = 273.15


def read(path: Path, file: WeatherFile, settings: WeatherSettings, utc_offset_hours: float) -> Reading:
    """Read ERA5's series of one point.

    Raises
    ------
    WeatherError
        Where it is none, or radiation or temperature were not asked for.
    """
    text = read_text(path)
    try:
        data, where = _from_json(text) if path.suffix.lower() == ".json" else _from_csv(path, text)
        ends = pd.DatetimeIndex(pd.to_datetime(data.pop(TIME), utc=True))
        data = numeric(data).set_axis(ends).sort_index()
        data["ghi"] = data["ssrd"].clip(lower=0.0) / SECONDS
        data["temp_air"] = _of_the_hour(data["t2m"]) - KELVIN
    except UNREADABLE as error:
        raise WeatherError(
            f"{path}: not a time series of ERA5 ({shape_fault(error)}); it needs {TIME}, ssrd and t2m, with fdir, u10 "
            "and v10 beside them."
        ) from None
    if "fdir" in data:
        data["dhi"] = (data["ghi"] - data["fdir"] / SECONDS).clip(lower=0.0)
    if {"u10", "v10"} <= set(data):
        data["wind_speed"] = _of_the_hour((data["u10"] ** 2 + data["v10"] ** 2) ** 0.5)
    longitude, latitude, altitude_m = place(path, file, *where, None)
    return Reading(
        data=data[[c for c in COLUMNS if c in data]].shift(freq="-1h"),
        longitude=longitude,
        latitude=latitude,
        altitude_m=altitude_m,
        own_place=where,
        sun_offset_minutes=MID_HOUR,
        source="ERA5 hourly",
        typical=False,
    )


def _of_the_hour(values: pd.Series) -> pd.Series:
    """Mean of both ends of each hour; of the first hour only its end is known."""
    before = values.shift(1).where(values.index.to_series().diff() == pd.Timedelta(hours=1))
    return (values + before.fillna(values)) / 2.0


def _from_json(text: str) -> tuple[pd.DataFrame, tuple[float, float]]:
    content = json.loads(text)
    where = content.pop("era5")
    return pd.DataFrame(content), (float(where["longitude"]), float(where["latitude"]))


def _from_csv(path: Path, text: str) -> tuple[pd.DataFrame, tuple[float | None, float | None]]:
    table = read_table(path, text, needs=(TIME, "ssrd", "t2m")).frame
    where = [float(table[name].iloc[0]) if name in table else None for name in ("longitude", "latitude")]
    return table.drop(columns=["longitude", "latitude"], errors="ignore"), (where[0], where[1])
