"""One typical year out of many: each month from the year whose days are most like all years' days.

Finkelstein and Schafer's statistic on daily irradiation chooses, as in ISO 15927-4 and Sandia's method, here on ghi
alone: irradiation is what photovoltaic energy hangs on.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from pvmap.sources.weather.hours import HOURS, MONTH_DAYS, year_index


def typical_of_many(
    data: pd.DataFrame, years: tuple[int, ...], utc_offset_hours: float, nominal_year: int
) -> tuple[pd.DataFrame, str]:
    """Compose a typical year.

    Parameters
    ----------
    data
        n x 8760 rows, local years in order.
    years
        Their numbers.
    utc_offset_hours, nominal_year
        How the result is stamped.

    Returns
    -------
    tuple of DataFrame and str
        8760 rows; a remark naming the year of each month.

    References
    ----------
    .. [1] J. M. Finkelstein, R. E. Schafer, "Improved goodness-of-fit tests", Biometrika 58(3), 1971.
       doi 10.1093/biomet/58.3.641.
    """
    daily = data["ghi"].to_numpy().reshape(len(years), 365, 24).sum(axis=2)
    ends = np.cumsum(MONTH_DAYS)
    chosen = [_most_typical(daily[:, end - days : end]) for days, end in zip(MONTH_DAYS, ends, strict=True)]
    rows = np.concatenate(
        [
            k * HOURS + np.arange(24 * (end - days), 24 * end)
            for k, days, end in zip(chosen, MONTH_DAYS, ends, strict=True)
        ]
    )
    minute = float((data.index[0] + pd.Timedelta(hours=utc_offset_hours)).minute)
    note = "typical months of " + ", ".join(f"{m + 1}: {years[k]}" for m, k in enumerate(chosen))
    return data.iloc[rows].set_axis(year_index(nominal_year, utc_offset_hours, minute)), note


def _most_typical(days: np.ndarray) -> int:
    """Row of (years, days) whose distribution is nearest to that of all rows together."""
    everything = np.sort(days, axis=None)
    share_all = np.searchsorted(everything, days, side="right") / everything.size
    ordered = np.sort(days, axis=1)
    share_own = np.stack([np.searchsorted(o, d, side="right") for o, d in zip(ordered, days, strict=True)])
    return int(np.argmin(np.abs(share_own / days.shape[1] - share_all).mean(axis=1)))
