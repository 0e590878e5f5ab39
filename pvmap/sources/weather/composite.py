"""One typical year out of many: each month from a year whose days are most like all years' days.

Finkelstein and Schafer's statistic on daily irradiation ranks the years of a month, as in ISO 15927-4 and Sandia's
method, here on ghi alone: irradiation is what photovoltaic energy hangs on. Of the better half of each month's years,
those are taken that come nearest to the years' mean, first by themselves and then together, so that the typical year is
neither sunnier nor duller than its years: the most typical of all would be duller, since few very sunny days make a
mean.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from pvmap.findings import Finding, finding
from pvmap.sources.weather.hours import HOURS, MONTH_DAYS, year_index

CANDIDATES = 3  # years of a month that are typical enough, as in ISO 15927-4; half of them where that is more
DIGITS = 12  # beyond, equal distances differ by rounding alone


def typical_of_many(
    layer: str, data: pd.DataFrame, years: tuple[int, ...], utc_offset_hours: float, nominal_year: int
) -> tuple[pd.DataFrame, Finding]:
    """Compose a typical year.

    Parameters
    ----------
    layer
        The file, for the finding.
    data
        n x 8760 rows, local years in order.
    years
        Their numbers.
    utc_offset_hours, nominal_year
        How the result is stamped.

    Returns
    -------
    tuple of DataFrame and Finding
        8760 rows; the year of each month, and how far the sum is off the years' mean.

    References
    ----------
    .. [1] J. M. Finkelstein, R. E. Schafer, "Improved goodness-of-fit tests", Biometrika 58(3), 1971.
       doi 10.1093/biomet/58.3.641.
    """
    daily = data["ghi"].to_numpy().reshape(len(years), 365, 24).sum(axis=2)
    ends = np.cumsum(MONTH_DAYS)
    months = [daily[:, end - days : end] for days, end in zip(MONTH_DAYS, ends, strict=True)]
    sums = np.stack([month.sum(axis=1) for month in months])  # (12, years)
    chosen = _nearest_to_mean(months, sums)
    rows = np.concatenate(
        [
            k * HOURS + np.arange(24 * (end - days), 24 * end)
            for k, days, end in zip(chosen, MONTH_DAYS, ends, strict=True)
        ]
    )
    off = sums[np.arange(12), chosen].sum() / max(sums.mean(axis=1).sum(), 1e-9) - 1.0
    told = finding(
        "weather-composite-year",
        layer=layer,
        total=len(years),
        months=", ".join(f"{m}: {years[k]}" for m, k in enumerate(chosen, start=1)),
        difference_percent=f"{100 * off:+.2f}",
    )
    return data.iloc[rows].set_axis(year_index(nominal_year, utc_offset_hours)), told


def _most_typical(days: np.ndarray) -> int:
    """Row of (years, days) that is nearest to the mean of those whose distribution is most like that of all."""
    sums = days.sum(axis=1)
    off = np.round(np.abs(sums / max(sums.mean(), 1e-9) - 1.0), DIGITS)
    return int(np.argmin(np.where(_is_candidate(days), off, np.inf)))


def _is_candidate(days: np.ndarray) -> np.ndarray:
    rank = np.argsort(np.argsort(np.round(_distance(days), DIGITS), kind="stable"))
    return rank < max(CANDIDATES, -(-len(days) // 2))


def _distance(days: np.ndarray) -> np.ndarray:
    """Finkelstein and Schafer's distance of each of (years, days) from all of them, (years,).

    Both distributions are taken at the middle of each step, (i - 1/2) / n: at its upper end a year's own distribution
    lies above that of all, by more where its days are dull, and the sunnier years would win.
    """
    everything = np.sort(days, axis=None)
    share_all = _middle_share(everything, days)
    share_own = np.stack([_middle_share(np.sort(own), own) for own in days])
    return np.abs(share_own - share_all).mean(axis=1)


def _middle_share(ordered: np.ndarray, values: np.ndarray) -> np.ndarray:
    below, upto = (np.searchsorted(ordered, values, side=side) for side in ("left", "right"))
    return (below + upto) / (2.0 * ordered.size)


def _nearest_to_mean(months: list[np.ndarray], sums: np.ndarray) -> np.ndarray:
    """Year of each month, (12,): the most typical, one after another exchanged while that nears the mean."""
    chosen = np.array([_most_typical(days) for days in months])
    typical = np.stack([_is_candidate(days) for days in months])
    off = np.where(typical, sums - sums.mean(axis=1, keepdims=True), np.inf)
    while True:
        own = off[np.arange(12), chosen]
        after = np.abs(own.sum() - own[:, None] + off)
        month, year = np.unravel_index(np.argmin(after), after.shape)
        if after[month, year] >= abs(own.sum()) - 1e-9 * sums.mean():
            return chosen
        chosen[month] = year
