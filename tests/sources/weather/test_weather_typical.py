"""The synthetic year: its climate by month, closed, below clear sky, the same every time."""

import numpy as np
import pandas as pd
import pytest
from pvlib.location import Location
from weather_truth import codes

from pvmap.errors import WeatherError
from pvmap.settings.weather import WeatherSettings
from pvmap.sources.weather import read_weather
from pvmap.sources.weather.hours import HOURS

# the default climate, written out again on purpose
GHI = [75, 83, 112, 134, 150, 132, 149, 145, 113, 102, 78, 72]
DHI = [41, 46, 63, 74, 82, 83, 84, 77, 63, 53, 41, 38]
TEMP_AIR = [3.1, 5.4, 10.1, 16.1, 21.4, 25.0, 28.4, 27.9, 23.7, 18.2, 11.7, 5.4]
WIND_SPEED = [2.3, 3.2, 3.7, 2.8, 2.8, 3.1, 2.4, 2.3, 2.9, 2.5, 2.4, 2.2]
PLACE = Location(32.2, 119.45, "UTC", 10)


def read(tmp_path, years="typical", **settings):
    return read_weather(WeatherSettings(**settings), tmp_path, 8, years=years).points[0]


@pytest.fixture(scope="module")
def typical(tmp_path_factory):
    return read(tmp_path_factory.mktemp("raw"))


def test_every_month_is_the_tables(typical):
    local = typical.data.tz_convert("Etc/GMT-8")
    sums = local[["ghi", "dhi"]].groupby(local.index.month).sum() / 1000
    means = local[["temp_air", "wind_speed"]].groupby(local.index.month).mean()
    np.testing.assert_allclose(sums["ghi"], GHI, rtol=0.005)
    np.testing.assert_allclose(sums["dhi"], DHI, rtol=0.005)
    np.testing.assert_allclose(means["temp_air"], TEMP_AIR, rtol=0.005)
    np.testing.assert_allclose(means["wind_speed"], WIND_SPEED, rtol=0.005)


def test_direct_light_comes_out_as_expected(typical):
    """About 910 kWh/m2 a year is expected, 830-1030 allowed."""
    assert typical.data["dni"].sum() / 1000 == pytest.approx(910, rel=0.03)


def test_components_close_exactly_and_stay_below_clear_sky(typical):
    moments = typical.data.index + pd.Timedelta(minutes=30)
    position = PLACE.get_solarposition(moments)
    clear = PLACE.get_clearsky(moments)
    cos_zenith = np.maximum(np.cos(np.radians(position["zenith"].to_numpy())), 0)
    left = typical.data["ghi"] - typical.data["dhi"] - typical.data["dni"] * cos_zenith
    assert np.abs(left).max() < 1e-9
    assert (typical.data["dni"].to_numpy() <= 1.02 * clear["dni"].to_numpy() + 1e-9).all()
    assert (typical.data["ghi"].to_numpy() <= clear["ghi"].to_numpy() + 1e-9).all()
    assert (typical.data.loc[cos_zenith <= 0, ["ghi", "dni", "dhi"]] == 0).all(axis=None)
    assert (typical.data[["ghi", "dni", "dhi"]] >= 0).all(axis=None)


def test_days_are_clear_and_closed_as_in_nature(typical):
    """Clearness of days is spread over its whole range and remembers the day before."""
    clear = PLACE.get_clearsky(typical.data.index + pd.Timedelta(minutes=30))["ghi"].to_numpy()
    days = typical.data["ghi"].to_numpy().reshape(365, 24).sum(axis=1) / clear.reshape(365, 24).sum(axis=1)
    assert (days < 0.3).mean() > 0.08
    assert (days > 0.9).mean() > 0.1
    assert 0.2 < np.corrcoef(days[:-1], days[1:])[0, 1] < 0.6


def test_the_day_is_coldest_at_dawn_and_warmest_after_noon(typical):
    local = typical.data["temp_air"].tz_convert("Etc/GMT-8")
    course = local.groupby(local.index.hour).mean()
    assert course.idxmin() in (4, 5, 6)
    assert course.idxmax() in (13, 14, 15)
    assert local.diff().abs().max() < 4.0  # nothing jumps at midnight or at the month's end


def test_the_same_seed_gives_the_same_year(typical, tmp_path):
    pd.testing.assert_frame_equal(read(tmp_path).data, typical.data, check_exact=True)
    other = read(tmp_path, typical={"seed": 7})
    assert not np.allclose(other.data["ghi"], typical.data["ghi"])
    np.testing.assert_allclose(other.monthly()["ghi"], GHI, rtol=0.005)


def test_it_is_labelled_synthetic(typical):
    assert "synthetic" in typical.source
    assert codes(typical) == {"weather-synthetic"}
    assert (typical.longitude, typical.latitude, typical.years) == (119.45, 32.2, (2023,))


@pytest.mark.parametrize("seed", range(5))
def test_other_seeds_are_solved_too(tmp_path, seed):
    monthly = read(tmp_path, typical={"seed": seed}).monthly()
    np.testing.assert_allclose(monthly["ghi"], GHI, rtol=0.005)
    np.testing.assert_allclose(monthly["dhi"], DHI, rtol=0.005)


def test_a_climate_no_sky_has_is_refused(tmp_path):
    with pytest.raises(WeatherError, match=r"no sky has GHI 300 with DHI 41 kWh/m2 in month 1 .*correct the monthly"):
        read(tmp_path, typical={"ghi_kwh_per_m2": [300, *GHI[1:]], "dhi_kwh_per_m2": DHI})


def test_twenty_years_differ_as_years_do(tmp_path):
    point = read(tmp_path, years="all")
    assert point.years == tuple(range(2004, 2024))
    yearly = point.data["ghi"].to_numpy().reshape(20, HOURS).sum(axis=1) / 1000
    assert yearly.mean() == pytest.approx(1345, rel=0.001)
    assert yearly.std(ddof=1) / yearly.mean() == pytest.approx(0.04, rel=0.01)  # year to year 4 %
    np.testing.assert_allclose(point.monthly()["ghi"], GHI, rtol=0.005)
    assert abs(np.corrcoef(yearly[:-1], yearly[1:])[0, 1]) < 0.5
    one = point.year(2011)
    moments = one.data.index + pd.Timedelta(minutes=30)
    cos_zenith = np.maximum(np.cos(np.radians(PLACE.get_solarposition(moments)["zenith"].to_numpy())), 0)
    assert np.abs(one.data["ghi"] - one.data["dhi"] - one.data["dni"] * cos_zenith).max() < 1e-9
    assert not codes(point, "doubtful")
