"""The local calendar: hours of any file laid on calendar years of 8760 hours in local standard time.

The year is local so that months are local; it is stamped in UTC. Leap days are dropped. A file that is whole in another
clock (UTC, say) lacks the first hours of the local year and has as many left over at its end: they change places.
"""

from __future__ import annotations

import calendar
from pathlib import Path

import numpy as np
import pandas as pd

from pvmap.errors import WeatherError
from pvmap.findings import Finding, finding
from pvmap.sources.weather.reading import Reading, times_of

HOURS = 8760
MONTH_DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
LEAP_DAY_HOUR = (31 + 28) * 24
LONGEST_YEARS = 200  # no weather was measured or modelled by the hour for as long
WIDEST_CLOCK = 14  # hours between UTC and the earliest local time


def month_of_hour() -> np.ndarray:
    """Month 0..11 of each of the 8760 hours of a local year."""
    return np.repeat(np.arange(12), [days * 24 for days in MONTH_DAYS])


def year_index(year: int, utc_offset_hours: float) -> pd.DatetimeIndex:
    """UTC starts of the 8760 hours of a local year, leap day left out.

    Parameters
    ----------
    year
        Calendar year in local standard time.
    utc_offset_hours
        Local standard time minus UTC [h].
    """
    first = pd.Timestamp(year, 1, 1) - pd.Timedelta(hours=utc_offset_hours)
    hours = np.arange(HOURS)
    if calendar.isleap(year):
        hours = hours + 24 * (hours >= LEAP_DAY_HOUR)
    return pd.DatetimeIndex(first + pd.to_timedelta(hours, unit="h"), name="time").tz_localize("UTC")


def local_years(
    path: Path, reading: Reading, utc_offset_hours: float, nominal_year: int
) -> tuple[pd.DataFrame, float, tuple[Finding, ...]]:
    """Lay a reading on whole local years; hours it does not have become NaN.

    Hours that begin between the local hours (UTC data in a half-hour zone) are labelled by the local hour they begin
    in, so that all a city sums by the hour has one clock; the sun is to be put so much later.

    Parameters
    ----------
    path
        The file, for messages.
    reading
        Hours in UTC.
    utc_offset_hours
        Local standard time minus UTC [h].
    nominal_year
        Year that data without a year of their own are stamped with.

    Returns
    -------
    tuple of DataFrame, float and tuple of Finding
        n x 8760 rows, UTC; minutes by which labels were put earlier; what was dropped or moved.

    Raises
    ------
    WeatherError
        For repeated times, labels at several minutes, and where no year is whole.
    """
    hour, minute = _absolute_hours(path, reading, utc_offset_hours)
    kept = hour >= 0
    hour, data = hour[kept], reading.data.loc[kept]
    if reading.typical:
        hour = nominal_year * HOURS + hour % HOURS
    _refuse_duplicates(path, hour, times_of(data))
    first, last = _whole_years(path, hour)
    years = np.arange(first, last + 1)
    low, high = first * HOURS, (last + 1) * HOURS
    table = pd.DataFrame(np.nan, index=np.arange(low, high), columns=data.columns)
    outside = (hour < low) | (hour >= high)
    table.loc[hour[~outside]] = data.to_numpy()[~outside]
    moved = _wrapped(hour, outside, low, high)
    empty = table.loc[moved].isna().all(axis=1).to_numpy() if moved.size else np.empty(0, bool)
    source = np.flatnonzero(outside)
    table.loc[moved[empty]] = data.to_numpy()[source[: moved.size][empty]]
    told = [
        finding("weather-leap-days-dropped", layer=path.name, count=(~kept).sum(), total=kept.size),
        finding("weather-year-wrapped", layer=path.name, count=empty.sum(), total=len(data)),
        finding(
            "weather-hours-outside-years",
            layer=path.name,
            count=outside.sum() - empty.sum(),
            total=len(data),
            years=f"{first}-{last}" if last > first else str(first),
        ),
    ]
    if minute:
        told.append(finding("weather-half-hours-moved", layer=path.name, minutes=minute))
    stamps = [year_index(int(year), utc_offset_hours).tz_localize(None) for year in years]
    index = pd.DatetimeIndex(np.concatenate([s.to_numpy() for s in stamps]), name="time").tz_localize("UTC")
    return table.set_axis(index), float(minute), tuple(one for one in told if one.count)


def _absolute_hours(path: Path, reading: Reading, utc_offset_hours: float) -> tuple[np.ndarray, int]:
    """Hours counted through local years of 8760 each, -1 on leap days; the minute past the hour."""
    times = times_of(reading.data)
    leap = np.asarray((times.month == 2) & (times.day == 29))
    dropped = leap if reading.typical or not leap.any() else None
    if dropped is None:  # true years with their leap days: the local clock tells which hours are leap
        local = times + pd.Timedelta(hours=utc_offset_hours)
        dropped = np.asarray((local.month == 2) & (local.day == 29))
        minutes = _minute_of_year(local)
        year = local.year.to_numpy()
    else:  # no leap days: years of 365 days whatever their number
        minutes = _minute_of_year(times) + round(60 * utc_offset_hours)
        year = times.year.to_numpy()
    past = np.unique(minutes % 60)
    if past.size > 1:
        raise WeatherError(
            f"{path}: labels stand at local minutes {', '.join(map(str, past))}; give one row an hour, evenly spaced."
        )
    hour = np.where(dropped, -1, year * HOURS + minutes // 60)
    return hour, int(past[0]) if past.size else 0


def _minute_of_year(times: pd.DatetimeIndex) -> np.ndarray:
    """Minutes since 1 January in a year without leap day."""
    day = np.cumsum((0, *MONTH_DAYS[:-1]))[times.month.to_numpy() - 1] + times.day.to_numpy() - 1
    return (day * 24 + times.hour.to_numpy()) * 60 + times.minute.to_numpy()


def _refuse_duplicates(path: Path, hour: np.ndarray, times: pd.DatetimeIndex) -> None:
    repeated = pd.Series(hour).duplicated().to_numpy()
    if repeated.any():
        first = times[repeated][0]
        raise WeatherError(
            f"{path}: hour {first:%Y-%m-%d %H:%M} UTC is there twice ({int(repeated.sum())} such rows); "
            "keep one row an hour."
        )


def _whole_years(path: Path, hour: np.ndarray) -> tuple[int, int]:
    """First and last local year; a clock's width may lack at either end."""
    if hour.size == 0:
        raise WeatherError(f"{path}: holds no hours; a year has {HOURS}.")
    low, high = int(hour.min()), int(hour.max()) + 1
    first = low // HOURS + (low % HOURS > WIDEST_CLOCK)
    last = high // HOURS - (high % HOURS < HOURS - WIDEST_CLOCK)
    if last < first:
        raise WeatherError(
            f"{path}: holds {hour.size} hours and no whole calendar year of {HOURS}; download whole years."
        )
    if last - first >= LONGEST_YEARS:
        raise WeatherError(
            f"{path}: hours run from {low // HOURS} to {(high - 1) // HOURS}, which no record of weather does; "
            "correct the years of its rows."
        )
    return first, last


def _wrapped(hour: np.ndarray, outside: np.ndarray, low: int, high: int) -> np.ndarray:
    """Where hours left over at one end would stand at the other: same calendar hour of the year."""
    over = hour[outside]
    return np.where(over >= high, low + (over - low) % HOURS, high - HOURS + over % HOURS)
