"""Beam and diffuse light that are not what their names say, where the components close or one of them lacks."""

import pandas as pd
import pytest
from test_weather_csv import read, with_times
from weather_truth import codes


@pytest.fixture
def year(utc_year) -> pd.DataFrame:
    """Clear hours: a low sun's beam is above its ghi."""
    return with_times(utc_year, utc_year.index).assign(
        dni=1.3 * utc_year["dni"].to_numpy(), ghi=lambda t: t["ghi"] + 0.3 / 1.3 * (t["ghi"] - t["dhi"]) * 1.3
    )


def horizontal(year: pd.DataFrame) -> pd.Series:
    return year["ghi"] - year["dhi"]


def test_the_year_itself_is_not_doubted(tmp_path, year):
    for lost in ([], ["dni"], ["dhi"], ["dni", "dhi"]):
        assert not codes(read(tmp_path, year.drop(columns=lost)), "doubtful"), lost


def test_beam_on_the_horizontal_is_told_without_diffuse(tmp_path, year):
    point = read(tmp_path, year.assign(dni=horizontal(year)).drop(columns="dhi"))
    assert codes(point, "doubtful") == {"weather-beam-unlikely"}
    by_ghi = read(tmp_path, year.drop(columns=["dni", "dhi"]))
    pd.testing.assert_frame_equal(point.data, by_ghi.data)


def test_diffuse_derived_from_such_beam_closes_and_is_told(tmp_path, year):
    beam = horizontal(year)
    cos_zenith = (beam / year["dni"].where(year["dni"] > 0)).fillna(0.0)
    point = read(tmp_path, year.assign(dni=beam, dhi=year["ghi"] - beam * cos_zenith))
    assert codes(point, "doubtful") == {"weather-beam-unlikely"}
    assert "dni, dhi is set aside" in point.findings[-2].sentence()


def test_beam_that_fails_leaves_diffuse_as_it_is(tmp_path, year):
    point = read(tmp_path, year.assign(dni=0.3 * horizontal(year)))
    assert "weather-beam-unlikely" in codes(point, "doubtful")
    sound = read(tmp_path, year)
    high = sound.data["ghi"] > 100.0  # under the lowest sun all light is diffuse where the beam follows from closure
    pd.testing.assert_series_equal(point.data["dhi"][high], sound.data["dhi"][high], atol=1e-6)


@pytest.mark.parametrize("wrong", ["beam", "global"])
def test_other_light_under_the_name_of_diffuse_is_told(tmp_path, year, wrong):
    dhi = {"beam": horizontal(year), "global": year["ghi"]}[wrong]
    assert codes(read(tmp_path, year.assign(dhi=dhi).drop(columns="dni")), "doubtful") == {"weather-diffuse-unlikely"}


def test_months_in_which_an_instrument_fails_are_named(tmp_path, year):
    month = year["time"].dt.month
    point = read(tmp_path, year.assign(dni=year["dni"].mask(month.isin([6, 7]), 0.0)))
    assert codes(point, "doubtful") == {"weather-components-disagree-by-month"}
    (told,) = [one for one in point.findings if one.severity == "doubtful"]
    assert (told.count, told.total, told.values["months"]) == (2, 12, "2022-06, 2022-07")


@pytest.mark.parametrize(("days", "code"), [(1, "weather-unlit-hours"), (20, "weather-unlit-days")])
def test_hours_of_a_high_sun_without_light_are_told(tmp_path, year, days, code):
    dark = (year["time"].dt.month == 6) & (year["time"].dt.day <= days)
    point = read(tmp_path, year.assign(**{c: year[c].mask(dark, 0.0) for c in ("ghi", "dni", "dhi")}))
    assert code in codes(point)


@pytest.mark.parametrize("beam", ["normal", "horizontal"])
def test_without_ghi_beam_on_the_horizontal_is_known_by_its_growth_with_the_sun(tmp_path, year, beam):
    sound = read(tmp_path, year)
    given = year.assign(dni=year["dni"] if beam == "normal" else horizontal(year), ghi=float("nan"))
    point = read(tmp_path, given)
    assert codes(point, "doubtful") == ({"weather-beam-follows-height"} if beam == "horizontal" else set())
    assert point.data["ghi"].sum() == pytest.approx(sound.data["ghi"].sum(), rel=1e-3)
    assert point.data["dni"].sum() == pytest.approx(sound.data["dni"].sum(), rel=0.02)  # none under the lowest sun


def test_a_month_without_light_takes_no_component_from_the_others(tmp_path, year):
    dark = year["time"].dt.month == 6
    point = read(tmp_path, year.assign(**{c: year[c].mask(dark, 0.0) for c in ("ghi", "dni", "dhi")}))
    assert codes(point, "doubtful") == {"weather-unlit-days"}
