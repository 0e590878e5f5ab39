"""The local calendar: every hour of a file lands on its own local hour, once."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pvmap.errors import WeatherError
from pvmap.sources.weather.hours import HOURS, local_years, month_of_hour, year_index
from pvmap.sources.weather.reading import Reading, in_one_year

FILE = Path("a.csv")


def reading(index, typical=False):
    data = pd.DataFrame({"ghi": np.arange(len(index), dtype=float)}, index=index)
    return Reading(data, 0.0, 0.0, 0.0, 30.0, "test", typical)


def utc(start, end):
    return pd.date_range(start, end, freq="h", tz="UTC", inclusive="left")


@given(year=st.integers(1990, 2040), offset=st.sampled_from([-11, -9.5, -3, 0, 1, 5.5, 5.75, 8, 13]))
def test_year_index_is_a_local_calendar_year_without_leap_day(year, offset):
    local = year_index(year, offset) + pd.Timedelta(hours=offset)
    assert len(local) == HOURS
    assert (local[0], local[-1]) == (
        pd.Timestamp(year, 1, 1, tz="UTC"),
        pd.Timestamp(year, 12, 31, 23, tz="UTC"),
    )
    assert (local.month.to_numpy() - 1 == month_of_hour()).all()
    assert local.is_monotonic_increasing
    assert not ((local.month == 2) & (local.day == 29)).any()


@settings(max_examples=30)
@given(
    first=st.integers(1995, 2025),
    n_years=st.integers(1, 3),
    offset=st.integers(-12, 14),
)
def test_a_utc_file_keeps_every_hour_but_leap_days(first, n_years, offset):
    """An hour of the file lies at its own time, or at the same calendar hour of the file's other end."""
    source = reading(utc(f"{first}", f"{first + n_years}"))
    table, _, _ = local_years(FILE, source, offset, 2023)
    assert len(table) == n_years * HOURS
    assert table["ghi"].notna().all()
    assert table["ghi"].is_unique
    inside = table.index.intersection(source.data.index)
    assert (table.loc[inside, "ghi"] == source.data.loc[inside, "ghi"]).all()
    assert len(table) - len(inside) == abs(offset)
    moved = table.index.difference(source.data.index)
    origin = source.data.index[table.loc[moved, "ghi"].astype(int)]
    assert (origin.strftime("%m%d%H") == moved.strftime("%m%d%H")).all()


@settings(max_examples=20)
@given(years=st.lists(st.integers(2000, 2022), min_size=12, max_size=12), offset=st.integers(-12, 14))
def test_months_of_many_years_wrap_into_the_nominal_year(years, offset):
    plain = utc("2023", "2024")
    parts = {"year": np.array(years)[plain.month - 1], "month": plain.month, "day": plain.day, "hour": plain.hour}
    stamped = pd.DatetimeIndex(pd.to_datetime(pd.DataFrame(parts))).tz_localize("UTC")
    table, _, _ = local_years(FILE, reading(stamped, typical=True), offset, 2023)
    assert table.index.equals(year_index(2023, offset))
    assert (table["ghi"].to_numpy() == (np.arange(HOURS) - offset) % HOURS).all()


def test_half_hours_go_under_the_local_hour_they_begin_in():
    """UTC hours in India begin at half past: all points of a city keep one clock, the sun is put half an hour later."""
    table, minutes, found = local_years(FILE, reading(utc("2021", "2022")), 5.5, 2023)
    assert table.index.equals(year_index(2021, 5.5))
    assert minutes == 30.0
    at_six = table.loc[pd.Timestamp("2021-01-01 00:30", tz="UTC"), "ghi"]  # 6:00 local: the hour from 6:30
    assert at_six == 1.0  # 01:00 UTC
    assert "weather-half-hours-moved" in {one.code for one in found}
    _, minutes, found = local_years(FILE, reading(utc("2021", "2022")), 5.0, 2023)
    assert minutes == 0.0
    assert "weather-half-hours-moved" not in {one.code for one in found}


def test_parts_of_years_are_dropped_and_said():
    table, _, found = local_years(FILE, reading(utc("2018-05-01", "2021-03-01")), 8, 2023)
    assert sorted(set(table.index.year[HOURS // 2 :: HOURS])) == [2019, 2020]
    (told,) = (one for one in found if one.code == "weather-hours-outside-years")
    assert told.values["years"] == "2019-2020"
    assert (told.count, told.total) == (len(utc("2018-05-01", "2021-03-01")) - 24 - 2 * HOURS, len(table) + told.count)


def test_no_whole_year_is_refused():
    with pytest.raises(WeatherError, match=r"a\.csv: holds 7296 hours and no whole calendar year of 8760"):
        local_years(FILE, reading(utc("2021-01-01", "2021-11-01")), 8, 2023)


def test_repeated_hours_are_refused():
    index = utc("2021", "2022")
    with pytest.raises(WeatherError, match=r"2021-01-02 00:00 UTC is there twice \(1 such rows\)"):
        local_years(FILE, reading(index.insert(50, index[24])), 8, 2023)


def test_labels_at_several_minutes_are_refused():
    index = utc("2021", "2022")
    odd = index.where(np.arange(len(index)) != 5, index + pd.Timedelta(minutes=10))
    with pytest.raises(WeatherError, match="labels stand at local minutes 0, 10; give one row an hour"):
        local_years(FILE, reading(odd), 8, 2023)


def test_a_leap_february_does_not_lose_the_first_of_march():
    """A typical file in local time whose February ended in a leap year: the clock's shift made 29 February of it."""
    index = pd.date_range("2023", "2024", freq="h", inclusive="left")
    stamped = pd.DatetimeIndex([t.replace(year=2004 if t.month < 4 else 2011) for t in index])
    data = in_one_year(pd.DataFrame({"ghi": np.arange(HOURS, dtype=float)}, index=stamped), 2023)
    source = Reading(data.set_axis((data.index - pd.Timedelta(hours=8)).tz_localize("UTC")), 0, 0, 0, 0, "", True)
    table, _, _ = local_years(FILE, source, 8, 2023)
    assert (table["ghi"].to_numpy() == np.arange(HOURS)).all()


def test_a_year_of_no_record_is_refused_before_its_hours_are_laid_out():
    times = utc("2023", "2024").tz_localize(None).to_numpy().astype("datetime64[s]")
    times[13] = np.datetime64("20231-01-14", "s")
    index = pd.DatetimeIndex(times).tz_localize("UTC")
    with pytest.raises(WeatherError, match="hours run from 2023 to 20231, which no record of weather does"):
        local_years(FILE, reading(index), 8, 2023)
