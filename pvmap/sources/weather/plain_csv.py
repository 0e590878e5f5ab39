"""A table of one's own: column names, clock and meaning of the labels stand in the city file."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd

from pvmap.errors import InputError, WeatherError
from pvmap.findings import Finding, finding
from pvmap.settings.weather import WeatherFile, WeatherSettings
from pvmap.sources.csv_table import CsvTable
from pvmap.sources.numbers import Numbers, read_numbers
from pvmap.sources.units import UNITS, plain, unit_of
from pvmap.sources.weather.reading import (
    COLUMNS,
    IRRADIANCE,
    Reading,
    in_one_year,
    of_many_years,
    place,
    read_table,
    read_text,
    refuse_some_zones,
    times_of,
)
from pvmap.sources.weather.steps import to_hours

REQUIRED = ("ghi", "temp_air")
ZONE = r"(?i)(?:[zZ]|UTC|GMT|:\d\d(?:\.\d+)?\s*[+-]\d\d(?::?\d\d)?)$"
SUM = re.compile(r"(?i)wh|j")  # units of energy, which are a power only over a known time
LETTERS = r"[^\W\d_eE]|%|°"  # of a unit; e is that of 1e3


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
    read = {c: _numbers(path, table[names[c]], c, names[c], file) for c in COLUMNS if names[c] in table}
    data = pd.DataFrame({column: numbers.values for column, numbers in read.items()})
    texts = _texts(path, found, {names[c]: numbers.unreadable for c, numbers in read.items()})
    data = data.set_axis(_parse(path, table[names["time"]], file))
    typical = of_many_years(times_of(data))
    if typical and times_of(data).tz is None:
        data = in_one_year(data, settings.nominal_year)
    written = times_of(data).tz_localize(None)
    data = data.set_axis(_to_utc(path, times_of(data), file))
    clock = float((written - times_of(data).tz_localize(None)).to_series().median() / pd.Timedelta(hours=1))
    data = data.sort_index()
    units = {names[c]: file.units.get(c) or unit_of(names[c], c) for c in IRRADIANCE if c in data}
    sums = [(name, unit) for name, unit in units.items() if SUM.search(unit)]
    if sums and (times_of(data).to_series().diff() < pd.Timedelta(hours=1)).any():
        name, unit = sums[0]
        raise WeatherError(
            f"{path}: column {name!r} is told in {unit}, which is a power only of whole hours; bring it in W/m2."
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
        utc_offset_hours=clock,
        findings=(*found.findings, *texts, *thin),
    )


def _parse(path: Path, column: pd.Series, file: WeatherFile) -> pd.DatetimeIndex:
    """Read times as written, with their zone where they state one."""
    how = file.time_format or "ISO8601"
    try:
        times = pd.DatetimeIndex(pd.to_datetime(column, format=how))
    except ValueError as error:
        if "utc=True" in str(error):  # the stated offset changes within the file
            refuse_some_zones(path, column, ZONE)
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


def _numbers(path: Path, column: pd.Series, ours: str, title: str, file: WeatherFile) -> Numbers:
    """Numbers of a column; a unit that the city file states is that of bare numbers, and is reckoned with later.

    Raises
    ------
    WeatherError
        For a title or a cell that tells another unit than the city file, and a title of none of our units.
    """
    stated = file.units.get(ours)
    if stated is None:
        try:
            return read_numbers(column, ours, title, str(path))
        except InputError as error:
            raise WeatherError(f"{error} Or state the unit under weather.points.units.") from None
    told = unit_of(title, ours)
    if told and told in UNITS[ours] and UNITS[ours][told] != UNITS[ours].get(plain(stated)):
        raise WeatherError(
            f"{path}: column {title!r} is told in {told}, weather.points.units says {stated}; correct one of them."
        )
    numbers = read_numbers(column, ours, "", str(path))
    own = numbers.worded & column.str.contains(LETTERS).to_numpy(bool)
    if own.any():
        raise WeatherError(
            f"{path}: {title}: {column.iloc[int(own.argmax())]!r} tells its own unit beside weather.points.units; drop "
            "one of them."
        )
    return numbers


def _texts(path: Path, table: CsvTable, unreadable: dict[str, np.ndarray]) -> list[Finding]:
    """Tell cells that are no numbers, and are taken for missing.

    Raises
    ------
    WeatherError
        For a column of nothing else.
    """
    found = []
    for name, bad in unreadable.items():
        if not bad.any():
            continue
        at = int(bad.argmax())
        cell, line = table.frame[name].iloc[at], int(table.line[at])
        if bad.all():
            raise WeatherError(f"{path}, line {line}: {name}: {cell!r} is no number, as all of its column; correct it.")
        told = {"cell": cell, "line": str(line)}
        code = "weather-texts-set-aside"
        found.append(finding(code, layer=path.name, column=name, count=bad.sum(), total=bad.size, rows=[at], **told))
    return found


def _to_utc(path: Path, times: pd.DatetimeIndex, file: WeatherFile) -> pd.DatetimeIndex:
    """Bring times to UTC by the zone that they state, else by the city file's.

    Raises
    ------
    WeatherError
        For a zone that is none or has no such times, one that contradicts the offset beside it, and where none is
        stated.
    """
    if times.tz is not None:
        return times.tz_convert("UTC")
    if file.timezone:
        utc = _by_zone(path, times, file)
        offset = pd.Timedelta(hours=file.utc_offset_hours or 0.0)
        if file.utc_offset_hours is not None and (times - offset != utc.tz_localize(None)).any():
            raise WeatherError(
                f"{path}: weather.points states both timezone = {file.timezone!r} and utc_offset_hours = "
                f"{file.utc_offset_hours:g}, which differ; keep the one that its times are written in."
            )
        return utc
    if file.utc_offset_hours is None:
        raise WeatherError(
            f"{path}: time {times[0]} does not say its clock; set weather.points.utc_offset_hours or timezone."
        )
    return (times - pd.Timedelta(hours=file.utc_offset_hours)).tz_localize("UTC")


def _by_zone(path: Path, times: pd.DatetimeIndex, file: WeatherFile) -> pd.DatetimeIndex:
    try:
        return times.tz_localize(file.timezone).tz_convert("UTC")
    except (ValueError, KeyError, OSError) as error:
        raise WeatherError(
            f"{path}: its times do not fit time zone {file.timezone!r} ({error}); "
            "set weather.points.utc_offset_hours instead."
        ) from None
