"""A table of one's own: column names, clock and meaning of the labels stand in the city file."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from pvmap.errors import WeatherError
from pvmap.settings.weather import WeatherFile, WeatherSettings
from pvmap.sources.numbers import read_numbers
from pvmap.sources.units import unit_of
from pvmap.sources.weather.reading import (
    COLUMNS,
    IRRADIANCE,
    Reading,
    in_one_year,
    of_many_years,
    place,
    read_table,
    read_text,
    times_of,
)
from pvmap.sources.weather.steps import to_hours

REQUIRED = ("ghi", "temp_air")


def read(path: Path, file: WeatherFile, settings: WeatherSettings, utc_offset_hours: float) -> Reading:
    """Read a CSV with a time column, ghi and temp_air; dni, dhi and wind_speed where it has them.

    Steps shorter than an hour are averaged to hours; their labels must then divide the hour evenly.

    Raises
    ------
    WeatherError
        For a missing column, times that cannot be read or whose clock is not stated, and steps over an hour.
    """
    found = read_table(path, read_text(path))
    table = found.frame
    names = {c: file.columns.get(c, c) for c in ("time", *COLUMNS)}
    for ours, theirs in names.items():
        if theirs not in table and (ours in ("time", *REQUIRED) or ours in file.columns):
            raise WeatherError(
                f"{path}: no column {theirs!r} for {ours} (there: {', '.join(map(str, table.columns))}); "
                "map it under weather.points.columns."
            )
    if bad := set(file.columns) - set(names):
        raise WeatherError(f"{path}: weather.points.columns names {bad.pop()!r}; allowed are {', '.join(names)}.")
    data = pd.DataFrame(
        {c: read_numbers(table[names[c]], c, names[c], str(path)).values for c in COLUMNS if names[c] in table}
    )
    data = data.set_axis(_parse(path, table[names["time"]], file))
    typical = of_many_years(times_of(data))
    if typical and times_of(data).tz is None:
        data = in_one_year(data, settings.nominal_year)
    data = data.set_axis(_to_utc(path, times_of(data), file)).sort_index()
    sums = [names[c] for c in IRRADIANCE if "wh" in unit_of(names[c], c)]
    if sums and (times_of(data).to_series().diff() < pd.Timedelta(hours=1)).any():
        raise WeatherError(
            f"{path}: column {sums[0]!r} is told in Wh, which is a power only of whole hours; bring it in W/m2."
        )
    local = pd.Timedelta(hours=utc_offset_hours)
    data, sun_offset, thin = to_hours(path, data, file.label, local, settings.least_hour_share)
    longitude, latitude, altitude_m = place(path, file, None, None, None)
    return Reading(
        data=data,
        longitude=longitude,
        latitude=latitude,
        altitude_m=altitude_m,
        sun_offset_minutes=sun_offset,
        source=f"CSV {path.name}",
        typical=typical,
        modelled=False,
        utc_offset_hours=file.utc_offset_hours or 0.0,
        findings=(*found.findings, *thin),
    )


def _parse(path: Path, column: pd.Series, file: WeatherFile) -> pd.DatetimeIndex:
    """Read times as written, with their zone where they state one."""
    how = file.time_format or "ISO8601"
    try:
        times = pd.DatetimeIndex(pd.to_datetime(column, format=how))
    except ValueError as error:
        if "utc=True" in str(error):  # the stated offset changes within the file
            return pd.DatetimeIndex(pd.to_datetime(column, format=how, utc=True))
        bad = np.flatnonzero(pd.to_datetime(column, format=how, errors="coerce", utc=True).isna())
        raise WeatherError(
            f"{path}: time {column.iloc[bad[0] if bad.size else 0]!r} cannot be read by {how}; "
            "set weather.points.time_format, or write times like 2023-01-31 14:00."
        ) from None
    if times.hasnans:
        row = int(np.flatnonzero(times.isna())[0])
        raise WeatherError(f"{path}: row {row} has no time; remove the row or give it one.")
    return times


def _to_utc(path: Path, times: pd.DatetimeIndex, file: WeatherFile) -> pd.DatetimeIndex:
    if times.tz is not None:
        return times.tz_convert("UTC")
    if file.timezone:
        try:
            return times.tz_localize(file.timezone).tz_convert("UTC")
        except (ValueError, KeyError, OSError) as error:
            raise WeatherError(
                f"{path}: its times do not fit time zone {file.timezone!r} ({error}); "
                "set weather.points.utc_offset_hours instead."
            ) from None
    if file.utc_offset_hours is None:
        raise WeatherError(
            f"{path}: time {times[0]} does not say its clock; set weather.points.utc_offset_hours or timezone."
        )
    return (times - pd.Timedelta(hours=file.utc_offset_hours)).tz_localize("UTC")
