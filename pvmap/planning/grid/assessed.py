"""The hours at which the grid is assessed, and what load and photovoltaics are in them."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.sparse import csr_array

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


class Loads(NamedTuple):
    """Loads of m devices, each made of a few series: its own hours, or shares of its districts' loads.

    Attributes
    ----------
    weights
        (m, b), sparse. [1]
    basis
        (b, T). [MW]
    """

    weights: csr_array
    basis: np.ndarray

    def during(self, hours: np.ndarray) -> np.ndarray:
        """Load of every device in some hours, (m, k) [MW]."""
        return self.weights @ self.basis[:, hours]

    def times(self, factor: np.ndarray) -> Loads:
        """Scale the load of each device."""
        return Loads(csr_array(self.weights.multiply(factor[:, None])), self.basis)


def load_at(loads: Loads, at: np.ndarray, days: Calendar, how: str) -> np.ndarray:
    """Load at the hours at which plants give most.

    Parameters
    ----------
    loads
        Of m devices.
    at
        (m,) hour of each, an index into T.
    days
        Of the T hours.
    how
        ``mean``: over the month's workdays in that hour, as the years of load and weather differ; ``same_hour``: that
        very hour; ``minimum``: the least of the assessed hours.

    Returns
    -------
    numpy.ndarray
        (m,). [MW]
    """
    if how == "minimum":
        return loads.during(np.flatnonzero(days.assessed)).min(axis=1)
    if how == "same_hour":
        return np.asarray(loads.weights.multiply(loads.basis[:, at].T).sum(axis=1)).ravel()
    return _mean_load(loads, at, days.month * 24 + days.hour, days.workday)


def holiday_load(loads: Loads, at: np.ndarray, days: Calendar) -> np.ndarray:
    """Mean load on the holidays of May and October in the hour of `at`, (m,) [MW]: shown, never graded."""
    return _mean_load(loads, at, days.hour, days.holiday & np.isin(days.month, (5, 10)))


def _mean_load(loads: Loads, at: np.ndarray, key: np.ndarray, among: np.ndarray) -> np.ndarray:
    """Mean over those hours that have the same key as the hour of each device."""
    out = np.zeros(len(at))
    for one in np.unique(key[at]):
        rows = np.flatnonzero(key[at] == one)
        here = np.flatnonzero(among & (key == one))
        out[rows] = loads.weights[rows] @ loads.basis[:, here].mean(axis=1)
    return out
