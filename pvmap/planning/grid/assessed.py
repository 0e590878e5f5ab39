"""The hours at which the grid is assessed, and what load and photovoltaics are in them."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

import numpy as np
import pandas as pd

from pvmap.settings.hosting import HostingSettings


class Calendar(NamedTuple):
    """Local days of T hours, each an (T,) array."""

    month: np.ndarray  # 1-12
    hour: np.ndarray  # 0-23
    workday: np.ndarray  # bool
    holiday: np.ndarray  # bool: a day that is none
    assessed: np.ndarray  # bool: one of the hours of the standard


def calendar(times: pd.DatetimeIndex, utc_offset_hours: float, settings: HostingSettings) -> Calendar:
    """Lay workdays and assessed hours on the hours of the profiles.

    Parameters
    ----------
    times
        (T,) UTC interval starts.
    utc_offset_hours
        Local standard time.
    settings
        Months and hours assessed, holidays by their date; a holiday of another year is matched by month and day.
    """
    local = times.tz_convert("UTC").tz_localize(None) + pd.Timedelta(hours=utc_offset_hours)
    off = (local.day_of_week.to_numpy() >= 5) | _on(local, settings.holidays)
    month, hour = local.month.to_numpy(), local.hour.to_numpy()
    noon = np.isin(month, settings.assessed_months) & np.isin(hour, settings.assessed_hours)
    return Calendar(month, hour, ~off, off, noon & ~off)


def _on(local: pd.DatetimeIndex, dates: Collection[str]) -> np.ndarray:
    return np.isin(local.strftime("%m-%d").to_numpy(object), [date[5:] for date in dates])


class Output(NamedTuple):
    """Greatest output of each device's plants over their rating, (m,), and the hour it is reached in, (m,)."""

    tau: np.ndarray
    at: np.ndarray


def greatest_output(mix_kwp: np.ndarray, mix_kwac: np.ndarray, per_kwp: np.ndarray, assessed: np.ndarray) -> Output:
    """Find tau: the greatest power of the plants below each device over their rating at the assessed hours.

    Parameters
    ----------
    mix_kwp
        (m, G) DC capacity of each group below each device. [kWp]
    mix_kwac
        (m,) their AC rating; devices without any get the mix of all. [kW]
    per_kwp
        (G, T) AC power of each group per kWp. [1]
    assessed
        (T,) hours looked at.

    Returns
    -------
    Output
        tau [1]; hour as an index into T.
    """
    hours = np.flatnonzero(assessed)
    rated = np.where(mix_kwac > 0, mix_kwac, mix_kwac.sum())
    mix = np.where(mix_kwac[:, None] > 0, mix_kwp, mix_kwp.sum(axis=0))
    power = mix @ per_kwp[:, hours]
    best = power.argmax(axis=1)
    highest = power[np.arange(len(power)), best]
    return Output(np.divide(highest, rated, out=np.zeros(len(rated)), where=rated > 0), hours[best])


def load_at(series: np.ndarray, at: np.ndarray, days: Calendar, how: str) -> np.ndarray:
    """Load at the hours at which plants give most.

    Parameters
    ----------
    series
        (n, T) loads.
    at
        (n,) hour of each, an index into T.
    how
        ``mean``: over the month's workdays in that hour, as the years of load and weather differ; ``same_hour``: that
        very hour; ``minimum``: the least of the assessed hours.

    Returns
    -------
    numpy.ndarray
        (n,) in the unit of `series`.
    """
    if how == "minimum":
        return series[:, days.assessed].min(axis=1)
    if how == "same_hour":
        return series[np.arange(len(series)), at]
    return _mean_of_hours(series, at, days, days.workday)


def holiday_load(series: np.ndarray, at: np.ndarray, days: Calendar) -> np.ndarray:
    """Mean load on the holidays of May and October in the hour of `at`, (n,): printed, never graded."""
    spring_autumn = days.holiday & np.isin(days.month, (5, 10))
    out = np.empty(len(series))
    for hour in np.unique(days.hour[at]):
        rows = days.hour[at] == hour
        out[rows] = series[np.ix_(rows, spring_autumn & (days.hour == hour))].mean(axis=1)
    return out


def _mean_of_hours(series: np.ndarray, at: np.ndarray, days: Calendar, among: np.ndarray) -> np.ndarray:
    keys = days.month[at] * 24 + days.hour[at]
    out = np.empty(len(series))
    for key in np.unique(keys):
        rows = keys == key
        here = among & (days.month * 24 + days.hour == key)
        out[rows] = series[np.ix_(rows, here)].mean(axis=1)
    return out
