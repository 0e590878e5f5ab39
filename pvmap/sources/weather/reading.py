"""What a reader hands over, before it is laid on the local calendar, mended and checked."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from pvmap import opening
from pvmap.errors import InputError, WeatherError
from pvmap.findings import Finding
from pvmap.settings.weather import HIGHEST_M, LOWEST_M, WeatherFile, WeatherSettings
from pvmap.sources.csv_table import CsvTable, parse_csv

COLUMNS = ("ghi", "dni", "dhi", "temp_air", "wind_speed")
IRRADIANCE = ("ghi", "dni", "dhi")
MID_HOUR = 30.0  # minutes from the label of an hourly mean to the sun that it is of
# What taking a file of another shape to pieces raises, in pvlib's readers as in ours
UNREADABLE = (ValueError, KeyError, IndexError, TypeError, AttributeError, OverflowError, RecursionError)
LONGEST_YEAR = 8784  # hours
MAIN_YEAR = 0.95  # share of a month's rows in its own year: a clock or hour-ending labels put some into the next month


@dataclass(frozen=True)
class Reading:
    """Hours as a file has them, labelled by the start of their interval.

    Attributes
    ----------
    data
        Columns among ``COLUMNS`` (W/m2, degC, m/s), NaN where missing; tz-aware UTC index, one row an hour.
    longitude, latitude, altitude_m
        Where it was measured or modelled [deg, deg, m].
    sun_offset_minutes
        Minutes from the label to the moment the sun stands at, by the format's convention; None where the format
        leaves it open and the sun itself must tell.
    source
        What the file says it is.
    typical
        Months of several years put together: the year in the labels means nothing.
    modelled
        Satellite, reanalysis or a typical file made from them: biased until corrected.
    utc_offset_hours
        Clock its times were taken by [h].
    findings
        What the reader assumed or left out.
    own_place
        Where the file itself says that it is, None where it does not [deg, deg].
    """

    data: pd.DataFrame
    longitude: float
    latitude: float
    altitude_m: float
    sun_offset_minutes: float | None
    source: str
    typical: bool
    modelled: bool = True
    utc_offset_hours: float = 0.0
    findings: tuple[Finding, ...] = ()
    own_place: tuple[float | None, float | None] = (None, None)


Reader = Callable[[Path, WeatherFile, WeatherSettings, float], Reading]


def read_text(path: Path) -> str:
    """Text of a weather file, by its encoding, or Latin-1 where it is none that shows itself (old EPW files)."""
    try:
        content = opening.read_bytes(path)
        try:
            return content.decode(opening.encoding_of(path)).removeprefix("\ufeff")
        except InputError:
            if b"\x00" in content:  # no text in any encoding of one byte
                raise
            return content.decode("latin-1")
    except InputError as error:
        raise WeatherError(f"{error} See weather.points.") from None


def read_table(path: Path, text: str, **how: Any) -> CsvTable:
    """Read a table in a weather file's text; see `pvmap.sources.csv_table.parse_csv`."""
    try:
        return parse_csv(text, str(path), layer=path.name, **how)
    except InputError as error:
        raise WeatherError(f"{error} See weather.points.") from None


def place(
    path: Path, file: WeatherFile, longitude: float | None, latitude: float | None, altitude_m: float | None
) -> tuple[float, float, float]:
    """Coordinates of a point: the city file's where it names them, else the weather file's own."""
    longitude = file.longitude if file.longitude is not None else longitude
    latitude = file.latitude if file.latitude is not None else latitude
    altitude_m = file.altitude_m if file.altitude_m is not None else altitude_m
    if longitude is None or latitude is None or not (abs(longitude) <= 180 and abs(latitude) <= 90):
        raise WeatherError(
            f"{path}: longitude {longitude} and latitude {latitude} do not say where it is; "
            "name both in weather.points."
        )
    height_m = float(altitude_m or 0.0)
    if not LOWEST_M <= height_m <= HIGHEST_M:
        raise WeatherError(
            f"{path}: {height_m:g} m is no height above the sea of a place; name altitude_m in weather.points."
        )
    return float(longitude), float(latitude), height_m


def refuse_some_zones(path: Path, stamps: pd.Series, zone: str) -> None:
    """Raise a WeatherError where some times state a zone, by the pattern of one, and others do not: theirs is any."""
    bare = ~stamps.str.strip().str.contains(zone).to_numpy(bool)
    if bare.any() and not bare.all():
        raise WeatherError(
            f"{path}: time {stamps.iloc[int(bare.argmax())]!r} states no zone, {int((~bare).sum()):,} others do; write "
            "all of them in one way."
        )


def number_after(pattern: str, text: str) -> float | None:
    """First number after `pattern` in `text`, or None."""
    found = re.search(pattern + r"\s*([-+]?\d+(?:\.\d+)?)", text)
    return float(found.group(1)) if found else None


def times_of(data: pd.DataFrame | pd.Series) -> pd.DatetimeIndex:
    """Return the index as what it is: times."""
    return pd.DatetimeIndex(data.index)


def numeric(frame: pd.DataFrame) -> pd.DataFrame:
    """Columns as float64; text that is no number becomes NaN."""
    # whole numbers of more than 308 digits are Python's own, which pandas only converts as text
    columns = frame.apply(lambda column: column.astype("str") if column.dtype == object else column)
    return columns.apply(pd.to_numeric, errors="coerce").astype(np.float64)


def of_many_years(times: pd.DatetimeIndex) -> bool:
    """Whether months of several years are put together: each of one year only, and not simply one after the other."""
    n_hours = times.floor("h").nunique()
    if not n_hours or (times.year == times.year[0]).all() or n_hours > LONGEST_YEAR:
        return False
    share = pd.crosstab(times.month, times.year, normalize="index").max(axis=1)
    one_each = len(share) == 12 and share.min() > MAIN_YEAR
    in_order = times.is_monotonic_increasing or times.is_monotonic_decreasing
    return bool(one_each) and (not in_order or times.max() - times.min() > pd.Timedelta(hours=LONGEST_YEAR))


def in_one_year(data: pd.DataFrame, year: int) -> pd.DataFrame:
    """Months of several years under one year's number, leap days dropped, before a clock is changed.

    Moving a clock across the end of a leap February would otherwise make hours of 29 February.
    """
    times = times_of(data)
    kept = ~((times.month == 2) & (times.day == 29))
    hours = pd.to_timedelta(times.hour * 60 + times.minute, unit="min")[kept]
    months = {"year": np.full(int(kept.sum()), year), "month": times.month[kept], "day": times.day[kept]}
    return data[kept].set_axis(pd.DatetimeIndex(pd.to_datetime(pd.DataFrame(months))) + hours)


def whole_hours(path: Path, data: pd.DataFrame) -> tuple[pd.DataFrame, float]:
    """Labels moved down to the hour, and the minute they carried [min].

    Raises
    ------
    WeatherError
        Where the minute changes within the file: the sun could not be placed by one offset.
    """
    times = times_of(data)
    minutes = np.unique(times.minute)
    if minutes.size > 1:
        raise WeatherError(
            f"{path}: time stamps stand at minutes {minutes[0]} to {minutes[-1]} of the hour; "
            "download hourly data with one minute throughout."
        )
    return data.set_axis(times.floor("h")), float(minutes[0]) if minutes.size else 0.0
