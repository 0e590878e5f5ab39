"""UMEP's meteorological text (SOLWEIG): local standard time, hour-ending rows, -999 where missing."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from pvmap.errors import WeatherError
from pvmap.settings.weather import WeatherFile, WeatherSettings
from pvmap.sources.weather.reading import (
    MID_HOUR,
    Reading,
    in_one_year,
    numeric,
    of_many_years,
    place,
    read_table,
    read_text,
    times_of,
)

VARIABLE_MAP = {"kdown": "ghi", "kdir": "dni", "kdiff": "dhi", "Tair": "temp_air", "U": "wind_speed"}
MISSING = -999.0
YEARS = 1700, 2200  # others are no years of weather, and nanoseconds cannot count them


def read(path: Path, file: WeatherFile, settings: WeatherSettings, utc_offset_hours: float) -> Reading:
    """Read a UMEP text file; its clock is ``weather.points.utc_offset_hours``, else the city's.

    Columns are year, day of year, hour, minute and the variables by UMEP's names; the closure of its components (0.3
    W/m2 for Gothenburg) shows that rows are labelled by the end of their hour.

    Raises
    ------
    WeatherError
        Where a column is missing or the file does not parse.
    """
    table = read_table(path, read_text(path), separator=" ").frame
    if missing := [c for c in ("iy", "id", "it", "imin", "kdown", "Tair") if c not in table]:
        raise WeatherError(f"{path}: no column {missing[0]!r}; a UMEP text file has iy id it imin ... kdown ... Tair.")
    table = numeric(table)
    year = table["iy"].where(table["iy"].between(*YEARS))
    start = pd.to_datetime(pd.DataFrame({"year": year, "month": 1, "day": 1}), errors="coerce")
    days = pd.to_timedelta(table["id"] - 1, "D", errors="coerce")
    times = start + days + pd.to_timedelta(table["it"] * 60 + table["imin"], "min", errors="coerce")
    data = table[[c for c in VARIABLE_MAP if c in table]].rename(columns=VARIABLE_MAP).set_axis(pd.DatetimeIndex(times))
    typical = of_many_years(times_of(data))
    if typical:
        data = in_one_year(data, settings.nominal_year)
    offset = file.utc_offset_hours if file.utc_offset_hours is not None else utc_offset_hours
    index = (times_of(data) - pd.Timedelta(hours=offset + 1)).tz_localize("UTC")
    longitude, latitude, altitude_m = place(path, file, None, None, None)
    return Reading(
        data=data.mask(data == MISSING).set_axis(index),
        longitude=longitude,
        latitude=latitude,
        altitude_m=altitude_m,
        sun_offset_minutes=MID_HOUR,
        source=f"UMEP {path.name}",
        typical=typical,
        utc_offset_hours=offset,
    )
