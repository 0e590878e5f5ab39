"""A typical year made of many is as sunny as they are, and each of its months is one that was."""

import numpy as np
import pandas as pd
import pytest

from pvmap.sources.weather.composite import _most_typical, typical_of_many
from pvmap.sources.weather.hours import HOURS, MONTH_DAYS, month_of_hour, year_index


def years_of(n_years, seed, spread=0.12):
    """Hours of years whose days are gamma distributed and whose months stray by `spread`."""
    rng = np.random.default_rng(seed)
    months = rng.normal(1.0, spread, (n_years, 12)) * (1.0 + 0.5 * np.sin(np.arange(12) / 12 * np.pi))
    days = rng.gamma(3.0, 1.2, (n_years, 365)) * np.repeat(months, MONTH_DAYS, axis=1)
    shape = np.maximum(np.sin((np.arange(24) - 6) / 12 * np.pi), 0.0)
    ghi = (days[:, :, None] * shape * 50).reshape(-1)
    index = pd.DatetimeIndex(np.concatenate([year_index(2000 + k, 8).tz_localize(None) for k in range(n_years)]))
    return pd.DataFrame({"ghi": ghi, "mark": np.repeat(np.arange(n_years), HOURS)}, index=index.tz_localize("UTC"))


@pytest.mark.parametrize("n_years", [2, 4, 7, 20])
@pytest.mark.parametrize("seed", range(5))
def test_it_is_neither_sunnier_nor_duller_than_its_years(n_years, seed):
    data = years_of(n_years, seed)
    composed, told = typical_of_many("w", data, tuple(range(2000, 2000 + n_years)), 8, 2023)
    off = composed["ghi"].sum() / (data["ghi"].sum() / n_years) - 1
    assert abs(off) < (0.005 if n_years >= 4 else 0.05)
    assert float(told.values["difference_percent"]) == pytest.approx(100 * off, abs=0.006)


def test_a_month_is_whole_and_named():
    data = years_of(5, 1)
    composed, told = typical_of_many("w", data, tuple(range(2000, 2005)), 8, 2023)
    assert composed.index.equals(year_index(2023, 8))
    marks = composed["mark"].groupby(month_of_hour()).unique()
    assert all(len(month) == 1 for month in marks)
    assert told.values["months"] == ", ".join(f"{m}: {2000 + int(marks[m - 1][0])}" for m in range(1, 13))


def test_the_choice_of_a_month_has_no_bias():
    """Drawn a thousand times, the chosen months' mean is the mean of the years, within its own error or 0.2 %."""
    rng = np.random.default_rng(7)
    off = []
    for _ in range(1000):
        days = rng.gamma(3.0, 1.2, (10, 31)) * rng.normal(1.0, 0.12, (10, 1))
        off.append(days[_most_typical(days)].mean() / days.mean() - 1)
    assert abs(np.mean(off)) < max(3 * np.std(off) / len(off) ** 0.5, 0.002)


def test_of_two_years_neither_order_makes_the_sunnier_win():
    day = np.random.default_rng(3).gamma(3.0, 1.2, 31)
    assert _most_typical(np.stack([day, 1.05 * day])) == _most_typical(np.stack([1.05 * day, day]))
