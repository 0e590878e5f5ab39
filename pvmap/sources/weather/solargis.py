"""Solargis' CSV: comments that begin with #, dates as day.month.year, times at the middle of their interval.

Time series name the date, typical years the day of the year. Missing values are -9, temperatures -99.
"""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd

from pvmap.errors import WeatherError
from pvmap.settings.weather import WeatherFile, WeatherSettings
from pvmap.sources.weather.reading import Reading, number_after, numeric, place, read_table, read_text
from pvmap.sources.weather.steps import to_hours

NAMES = {"GHI": "ghi", "DNI": "dni", "DIF": "dhi", "TEMP": "temp_air", "WS": "wind_speed"}
MISSING = {**dict.fromkeys(("ghi", "dni", "dhi", "wind_speed"), -9.0), "temp_air": -99.0}


def read(path: Path, file: WeatherFile, settings: WeatherSettings, utc_offset_hours: float) -> Reading:
    """Read a time series or typical year of Solargis.

    Raises
    ------
    WeatherError
        Where the header of the table, ghi or temperature is missing, or a time cannot be read.
    """
    lines = read_text(path).splitlines(keepends=True)
    first = next((number for number, line in enumerate(lines) if re.match(r'"?(Date|Day)"?[;,\t]"?Time', line)), None)
    if first is None:
        raise WeatherError(
            f"{path}: not a Solargis CSV: no line that begins with Date or Day and Time; check weather.points.format."
        )
    about = "".join(lines[:first])
    found = read_table(path, "".join(lines[first:]), skipped_lines=first)
    table = found.frame
    data = numeric(table[[c for c in table if c in NAMES]]).rename(columns=NAMES)
    for column in ("ghi", "temp_air"):
        if column not in data:
            raise WeatherError(f"{path}: holds no {column}; order GHI, DIF and TEMP from Solargis.")
    data = data.mask(data == pd.Series(MISSING).reindex(data.columns))
    zone = file.utc_offset_hours
    if zone is None:
        zone = number_after(r"Time reference:\s*UTC", about) or 0.0
    typical = "Date" not in table
    times = _times(path, table, settings.nominal_year)
    step = int(times.to_series().diff().mode().iloc[0] / pd.Timedelta(minutes=1)) if len(times) > 1 else 60
    starts = times.floor(f"{step}min") if step else times
    data = data.set_axis((starts - pd.Timedelta(hours=zone)).tz_localize("UTC"))
    local = pd.Timedelta(hours=utc_offset_hours)
    data, sun_offset, thin = to_hours(path, data.sort_index(), "start", local, settings.least_hour_share)
    east, north, high = (number_after(rf"{name}\s*[:=]", about) for name in ("Longitude", "Latitude", "Elevation"))
    longitude, latitude, altitude_m = place(path, file, east, north, high)
    return Reading(
        data=data,
        longitude=longitude,
        latitude=latitude,
        altitude_m=altitude_m,
        own_place=(east, north),
        sun_offset_minutes=sun_offset,
        source="Solargis",
        typical=typical,
        utc_offset_hours=zone,
        findings=(*found.findings, *thin),
    )


def _times(path: Path, table: pd.DataFrame, nominal_year: int) -> pd.DatetimeIndex:
    if "Date" in table:
        text = table["Date"] + " " + table["Time"]
        times = pd.to_datetime(text, format="%d.%m.%Y %H:%M", errors="coerce")
    else:
        text = table["Day"] + " " + table["Time"]
        day = pd.to_numeric(table["Day"], errors="coerce")
        of_day = pd.to_timedelta(table["Time"] + ":00", errors="coerce")
        times = pd.Timestamp(nominal_year, 1, 1) + pd.to_timedelta(day - 1, unit="D") + of_day
    if times.isna().any():
        wrong = text.iloc[int(times.isna().to_numpy().argmax())]
        raise WeatherError(f"{path}: {wrong!r} is no time; Solargis writes 31.01.2023 and 14:30, correct it.")
    return pd.DatetimeIndex(times)
