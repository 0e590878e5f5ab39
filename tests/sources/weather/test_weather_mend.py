"""Mending is small, counted and closed; what is large is refused with its place and time."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from weather_truth import LATITUDE, LONGITUDE, hours_of

from pvmap.errors import WeatherError
from pvmap.sources.weather import mend, units
from pvmap.sources.weather.sun import sun_hours

FILE = Path("city/file.epw")
HOURS = hours_of("2022-06-20", "2022-06-24")
SUN = sun_hours(HOURS.index, LONGITUDE, LATITUDE, 10.0, 30.0)
NOON = 28  # 04 UTC, noon in Zhenjiang, on the second day


def test_sentinels_and_night_offsets():
    data = HOURS.copy()
    data.iloc[3, data.columns.get_loc("ghi")] = 9999.0
    data.iloc[4, data.columns.get_loc("temp_air")] = 99.9
    data.iloc[5, data.columns.get_loc("wind_speed")] = 999.0
    data.iloc[15, data.columns.get_loc("ghi")] = -4.0
    data.iloc[16, data.columns.get_loc("ghi")] = -99.0
    kept, found = units.keep_possible(FILE, data)
    assert kept.isna().sum().to_dict() == {"ghi": 2, "dni": 0, "dhi": 0, "temp_air": 1, "wind_speed": 1}
    assert kept["ghi"].iloc[15] == 0.0
    assert {one.column: one.count for one in found} == {"ghi": 2, "temp_air": 1, "wind_speed": 1}
    assert data["ghi"].iloc[3] == 9999.0  # the input is left as it was


@pytest.mark.parametrize("column", ["ghi", "dni", "dhi", "temp_air", "wind_speed"])
@pytest.mark.parametrize("length", [1, 2, 3])
def test_short_gaps_are_bridged_near_the_truth(column, length):
    data = HOURS.copy()
    data.iloc[NOON : NOON + length, data.columns.get_loc(column)] = np.nan
    filled, found = mend.fill(FILE, data, SUN, 3)
    closed = column in ("ghi", "dni", "dhi")
    assert [(one.code, one.column, one.count) for one in found] == [
        ("weather-closed" if closed else "weather-gaps-filled", column, length)
    ]
    np.testing.assert_allclose(filled[column], HOURS[column], rtol=1e-9 if closed else 0.25)
    untouched = ~data[column].isna()
    assert (filled.loc[untouched, column] == HOURS.loc[untouched, column]).all()


def test_all_longer_gaps_are_told_at_once():
    data = HOURS.copy()
    data.iloc[NOON : NOON + 4, [0, 1]] = np.nan
    data.iloc[NOON + 24 : NOON + 29, [0, 1]] = np.nan
    data.iloc[5:15, data.columns.get_loc("temp_air")] = np.nan
    with pytest.raises(WeatherError) as caught:
        mend.fill(FILE, data, SUN, 3)
    assert str(caught.value) == (
        "city/file.epw: ghi is missing for 4 hours from 2022-06-21 04:00 UTC, for 5 hours from 2022-06-22 04:00 UTC; "
        "temp_air is missing for 10 hours from 2022-06-20 05:00 UTC; "
        "fill the gaps in the file (weather.max_gap_hours is 3)."
    )


@pytest.mark.parametrize("column", ["ghi", "dni", "dhi"])
def test_a_component_missing_for_days_comes_from_the_other_two(column):
    """However long: closure is exact where interpolation would be a guess."""
    data = HOURS.copy()
    data.iloc[10:80, data.columns.get_loc(column)] = np.nan
    filled, found = mend.fill(FILE, data, SUN, 3)
    high = SUN.zenith < 80
    np.testing.assert_allclose(filled.loc[high, column], HOURS.loc[high, column], rtol=1e-9)
    assert {one.code for one in found} == {"weather-closed"}


def test_hours_of_global_light_alone_are_split_and_close():
    data = HOURS.copy()
    data.iloc[NOON - 3 : NOON + 3, [1, 2]] = np.nan
    data.iloc[NOON, 0] = np.nan
    filled, found = mend.fill(FILE, data, SUN, 3)
    assert {(one.code, one.column): one.count for one in found} == {
        ("weather-gaps-filled", "ghi"): 1,
        ("weather-split-by-erbs", ""): 6,
    }
    left = filled["ghi"] - filled["dhi"] - filled["dni"] * SUN.cos_zenith
    assert np.abs(left).max() < 1e-9


def test_nights_left_blank_are_dark():
    data = HOURS.copy()
    night = SUN.zenith > 96
    data.loc[night, ["ghi", "dni", "dhi"]] = np.nan
    filled, found = mend.fill(FILE, data, SUN, 3)
    assert found == ()
    assert (filled.loc[night, ["ghi", "dni", "dhi"]] == 0).all(axis=None)


@settings(max_examples=50)
@given(at=st.integers(1, 92), length=st.integers(1, 3))
def test_a_gap_never_makes_light_at_night_or_below_zero(at, length):
    data = HOURS.copy()
    data.iloc[at : at + length, :3] = np.nan
    filled, _ = mend.fill(FILE, data, SUN, 3)
    assert (filled[["ghi", "dni", "dhi"]] >= 0).all(axis=None)
    assert (filled.loc[SUN.cos_zenith <= 0, ["ghi", "dni", "dhi"]] == 0).all(axis=None)
    assert filled.notna().all(axis=None)


@pytest.mark.parametrize("column", ["ghi", "temp_air"])
def test_a_column_that_holds_nothing_is_refused(column):
    with pytest.raises(WeatherError, match=f"holds no {column}; choose a file that has it"):
        mend.drop_empty(FILE, HOURS.drop(columns="dni").assign(**{column: np.nan}), 1.0)


@settings(max_examples=100)
@given(
    share=st.floats(0, 1.6),
    diffuse=st.floats(-0.2, 1.3),
)
def test_closure_holds_whatever_comes_in(share, diffuse):
    ghi = share * SUN.dni_extra * SUN.cos_zenith
    dni, dhi = mend.close(ghi, diffuse * ghi, SUN.zenith, SUN.dni_clear)
    np.testing.assert_allclose(dni * np.maximum(np.cos(np.radians(SUN.zenith)), 0) + dhi, ghi, atol=1e-9)
    assert (dni >= 0).all()
    assert (dni <= SUN.dni_clear).all()
    assert (dhi >= 0).all()


def test_erbs_at_the_ends_of_its_range():
    """Overcast skies are all diffuse, very clear ones have Erbs' constant 0.165."""
    sun = SUN
    high = sun.zenith < 60
    data = HOURS[["temp_air", "wind_speed"]]
    for clearness, fraction in ((0.1, 1 - 0.09 * 0.1), (0.85, 0.165)):
        split, _ = mend.fill(FILE, data.assign(ghi=clearness * sun.dni_extra * sun.cos_zenith), sun, 3)
        assert (split["dhi"] / split["ghi"])[high].to_numpy() == pytest.approx(fraction, abs=0.01)


def test_times_are_not_moved():
    filled, _ = mend.fill(FILE, HOURS, SUN, 3)
    assert isinstance(filled.index, pd.DatetimeIndex)
    assert filled.index.equals(HOURS.index)
