"""Plain CSV: columns, clocks and labels as the city file states them; what it does not state is asked for."""

import zipfile

import numpy as np
import pandas as pd
import pytest
from weather_truth import COLUMNS, LATITUDE, LONGITUDE, codes, hours_of, same_hours

from pvmap.errors import WeatherError
from pvmap.settings.weather import WeatherSettings
from pvmap.sources.weather import read_weather

PLACE = {"longitude": LONGITUDE, "latitude": LATITUDE, "altitude_m": 10.0}


def read(folder, table, clock=8, **file):
    table.to_csv(folder / "own.csv", index=False)
    settings = WeatherSettings(points=[{"path": "own.csv", "format": "csv"} | PLACE | file])
    return read_weather(settings, folder, clock).points[0]


def with_times(truth, times):
    return truth.reset_index(drop=True).assign(time=np.asarray(times))


@pytest.mark.parametrize(
    ("label", "minutes"), [("start", 0), ("middle", 30), ("end", 60)]
)  # fmt: skip
def test_labels_of_hourly_means(tmp_path, utc_year, label, minutes):
    times = (utc_year.index + pd.Timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%MZ")
    point = read(tmp_path, with_times(utc_year, times), label=label)
    assert point.sun_offset_minutes == 30.0
    same_hours(point, utc_year)
    assert not codes(point, "doubtful")


def test_instantaneous_values(tmp_path):
    truth = hours_of("2022", "2023", sun_offset_minutes=0)
    point = read(tmp_path, with_times(truth, truth.index), label="instant")
    assert point.sun_offset_minutes == 0.0
    assert not codes(point, "doubtful")


def test_a_wrong_label_is_called_out(tmp_path, utc_year):
    times = utc_year.index + pd.Timedelta(hours=1)
    point = read(tmp_path, with_times(utc_year, times), label="start")
    assert codes(point, "doubtful") == {"weather-sun-disagrees"}
    assert "fits best -30 min from the label, +30 min is taken" in point.findings[-1].sentence()


@pytest.mark.parametrize("clearness", [0.5, 0.9])
def test_beam_and_diffuse_that_have_changed_places_are_called_out(tmp_path, utc_year, clearness):
    """A clear sky leaves so little diffuse light that, taken for the beam, it hardly shines."""
    cos_zenith = ((utc_year["ghi"] - utc_year["dhi"]) / utc_year["dni"].where(utc_year["dni"] > 0)).fillna(0.0)
    dhi = (utc_year["ghi"] * (1 - clearness)).clip(upper=80.0).where(cos_zenith > 0, utc_year["ghi"])
    dni = ((utc_year["ghi"] - dhi) / cos_zenith.where(cos_zenith > 0)).fillna(0.0).clip(upper=1000.0)
    sound = utc_year.assign(dni=dni, dhi=utc_year["ghi"] - dni * cos_zenith)
    assert "weather-components-disagree" not in codes(read(tmp_path, with_times(sound, sound.index)), "doubtful")
    swapped = with_times(sound.assign(dni=sound["dhi"], dhi=sound["dni"]), sound.index)
    assert "weather-components-disagree" in codes(read(tmp_path, swapped), "doubtful")


def test_local_clock_by_fixed_offset(tmp_path):
    truth = hours_of("2021-12-31 16:00", "2022-12-31 16:00")
    local = (truth.index + pd.Timedelta(hours=8)).strftime("%d.%m.%Y %H:%M")
    point = read(tmp_path, with_times(truth, local), utc_offset_hours=8, time_format="%d.%m.%Y %H:%M")
    same_hours(point, truth)
    assert point.years == (2022,)
    assert "weather-year-wrapped" not in codes(point)


def test_local_clock_by_zone(tmp_path):
    truth = hours_of("2021-12-31 16:00", "2022-12-31 16:00")
    local = truth.index.tz_convert("Asia/Shanghai").tz_localize(None)
    same_hours(read(tmp_path, with_times(truth, local), timezone="Asia/Shanghai"), truth)


def test_a_zone_whose_clock_jumps_is_refused(tmp_path):
    truth = hours_of("2021-12-31 23:00", "2022-12-31 23:00")
    winter = (truth.index + pd.Timedelta(hours=1)).tz_localize(None)  # never put forward: 2 o'clock exists in March
    with pytest.raises(WeatherError, match=r"do not fit time zone 'Europe/Rome'.*utc_offset_hours instead"):
        read(tmp_path, with_times(truth, winter), timezone="Europe/Rome")


def test_no_clock_is_asked_for(tmp_path, utc_year):
    with pytest.raises(WeatherError, match=r"does not say its clock; set weather\.points\.utc_offset_hours"):
        read(tmp_path, with_times(utc_year, utc_year.index.tz_localize(None)))


def test_mapped_columns(tmp_path, utc_year):
    ours = with_times(utc_year, utc_year.index)
    theirs = {"time": "时间", "ghi": "总辐射", "temp_air": "t", "wind_speed": "ws"}
    point = read(tmp_path, ours.rename(columns=theirs), columns=theirs)
    same_hours(point, utc_year)


@pytest.mark.parametrize("lost", ["time", "ghi", "temp_air"])
def test_a_missing_column_is_one_sentence(tmp_path, utc_year, lost):
    table = with_times(utc_year, utc_year.index).drop(columns=lost)
    with pytest.raises(WeatherError, match=rf"own\.csv: no column '{lost}' for {lost} \(there: .*\); map it under"):
        read(tmp_path, table)


def test_an_unknown_name_in_the_mapping_is_refused(tmp_path, utc_year):
    table = with_times(utc_year, utc_year.index)
    with pytest.raises(WeatherError, match=r"columns names 'global'; allowed are time, ghi"):
        read(tmp_path, table, columns={"global": "ghi"})


def test_only_ghi_is_split_by_erbs_and_closes(tmp_path, utc_year):
    point = read(tmp_path, with_times(utc_year, utc_year.index)[["time", "ghi", "temp_air", "wind_speed"]])
    from pvmap.sources.weather.sun import sun_hours

    sun = sun_hours(point.data.index, LONGITUDE, LATITUDE, 10.0, 30.0)
    left = point.data["ghi"] - point.data["dhi"] - point.data["dni"] * sun.cos_zenith
    assert np.abs(left).max() < 1e-9
    assert (point.data[["dni", "dhi"]] >= 0).all(axis=None)
    assert "weather-split-by-erbs" in codes(point)
    assert not codes(point, "doubtful")


@pytest.mark.parametrize("lost", ["dni", "dhi"])
def test_one_missing_component_comes_from_closure(tmp_path, utc_year, lost):
    point = read(tmp_path, with_times(utc_year, utc_year.index).drop(columns=lost))
    common = point.data.index.intersection(utc_year.index)
    bright = utc_year.loc[common, "ghi"] > 100
    np.testing.assert_allclose(point.data.loc[common, lost][bright], utc_year.loc[common, lost][bright], rtol=1e-6)


def test_no_wind_is_a_light_breeze_and_said(tmp_path, utc_year):
    point = read(tmp_path, with_times(utc_year, utc_year.index).drop(columns="wind_speed"))
    assert (point.data["wind_speed"] == 1.0).all()
    assert "weather-no-wind" in codes(point)


def test_quarter_hours_are_averaged(tmp_path, utc_year):
    quarters = utc_year.loc[utc_year.index.repeat(4)]
    times = quarters.index + pd.to_timedelta(np.tile([0, 15, 30, 45], len(utc_year)), unit="min")
    factors = np.tile([0.8, 0.9, 1.1, 1.2], len(utc_year))  # mean 1
    point = read(tmp_path, with_times(quarters.mul(factors, axis=0), times))
    same_hours(point, utc_year)
    assert point.sun_offset_minutes == 30.0


@pytest.mark.parametrize(("step", "text"), [("3h", "180 minutes apart"), ("25min", "25 minutes apart")])
def test_steps_that_do_not_divide_an_hour_are_refused(tmp_path, step, text):
    times = pd.date_range("2022", periods=100, freq=step, tz="UTC")
    table = pd.DataFrame({"time": times, "ghi": 0.0, "temp_air": 1.0})
    with pytest.raises(WeatherError, match=text):
        read(tmp_path, table)


def test_repeated_times_are_refused(tmp_path, utc_year):
    table = with_times(utc_year, utc_year.index)
    with pytest.raises(WeatherError, match=r"2022-01-01 05:00 UTC is there twice; keep one row"):
        read(tmp_path, pd.concat([table, table.iloc[[5]]]))


def test_a_measured_table_is_not_called_uncorrected(tmp_path, utc_year):
    point = read(tmp_path, with_times(utc_year, utc_year.index))
    assert "weather-uncorrected" not in codes(point)
    assert point.corrected is False


def test_newest_first_is_read_as_it_is(tmp_path):
    truth = hours_of("2021-12-31 16:00", "2022-12-31 16:00")
    local = (truth.index + pd.Timedelta(hours=8)).strftime("%Y-%m-%d %H:%M")
    same_hours(read(tmp_path, with_times(truth, local).iloc[::-1], utc_offset_hours=8), truth)


@pytest.mark.parametrize("label", ["start", "end"])
def test_months_of_many_years_are_one_typical_year(tmp_path, label):
    truth = hours_of("2021-12-31 16:00", "2022-12-31 16:00")
    years = np.array([2003, 2011, 2007, 2015, 2001, 2018, 2009, 2005, 2012, 2019, 2002, 2009])
    late = pd.Timedelta(hours=1 if label == "end" else 0)
    local = truth.index.tz_localize(None) + pd.Timedelta(hours=8)
    stamped = [t.replace(year=int(y)) + late for t, y in zip(local, years[local.month - 1], strict=True)]
    point = read(tmp_path, with_times(truth, stamped), utc_offset_hours=8, label=label)
    assert point.years == (2023,)
    np.testing.assert_allclose(point.data[COLUMNS].to_numpy(), truth[COLUMNS].to_numpy())


@pytest.mark.parametrize(
    ("column", "unit", "convert"),
    [
        ("ghi", "kW/m2", lambda v: v / 1000),
        ("ghi", "MJ/m2", lambda v: v * 0.0036),
        ("ghi", "kJ/m2", lambda v: v * 3.6),
        ("ghi", "J/m2", lambda v: v * 3600),
        ("temp_air", "K", lambda v: v + 273.15),
        ("temp_air", "degF", lambda v: v * 1.8 + 32),
    ],
)
def test_units_that_are_not_ours_are_named_and_converted_on_request(tmp_path, column, unit, convert):
    truth = hours_of("2021-12-31 16:00", "2022-12-31 16:00")
    foreign = with_times(truth.assign(**{column: convert(truth[column])}), truth.index)
    with pytest.raises(WeatherError, match=rf'looks like {unit} and not .*units = {{ {column} = "{unit}" }}'):
        read(tmp_path, foreign)
    same_hours(read(tmp_path, foreign, units={column: unit}), truth)


def test_a_unit_nobody_knows_is_refused(tmp_path, utc_year):
    with pytest.raises(WeatherError, match=r"ghi = 'langley' is not known; ghi, dni and dhi take W/m2, kW/m2"):
        read(tmp_path, with_times(utc_year, utc_year.index), units={"ghi": "langley"})


@pytest.mark.parametrize("lost", [1, 2])
def test_an_hour_needs_three_quarters_of_its_steps(tmp_path, utc_year, lost):
    quarters = utc_year.loc[utc_year.index.repeat(4)]
    times = quarters.index + pd.to_timedelta(np.tile([0, 15, 30, 45], len(utc_year)), unit="min")
    table = with_times(quarters, times)
    table.loc[16000 : 16000 + lost - 1, "temp_air"] = np.nan
    point = read(tmp_path, table)
    assert ("weather-hours-thin" in codes(point)) == (lost == 2)
    same_hours(point, utc_year.drop(index=utc_year.index[4000]))


FULL_WIDTH = str.maketrans("0123456789.-", "０１２３４５６７８９．－")


@pytest.mark.parametrize(
    "written",
    [
        lambda value: f"{value:,.2f}",
        lambda value: f"{value:.2f}".replace(".", ","),
        lambda value: f"{value:.2f}".translate(FULL_WIDTH),
        lambda value: f" {value:.2f} ",
    ],
    ids=["thousands", "decimal comma", "full width", "blanks"],
)
def test_numbers_are_read_as_in_every_other_table(tmp_path, utc_year, written):
    bright = utc_year.assign(**{light: utc_year[light] * 1.5 for light in ("ghi", "dni", "dhi")})
    assert bright["ghi"].max() > 1000
    text = bright.assign(**{name: bright[name].map(written) for name in COLUMNS})
    times = utc_year.index.strftime("%Y-%m-%dT%H:%MZ")
    point = read(tmp_path, with_times(text, times))
    common = point.data.index.intersection(bright.index)
    np.testing.assert_allclose(point.data.loc[common, COLUMNS], bright.loc[common, COLUMNS], atol=0.01)
    assert "weather-gaps-filled" not in codes(point)


@pytest.mark.parametrize(("bad", "row"), [("45000.25", 7), ("2023年1月1日", 0), ("", 3), ("31.31.2023", 8759)])
def test_the_time_that_cannot_be_read_is_named(tmp_path, utc_year, bad, row):
    times = utc_year.index.strftime("%Y-%m-%dT%H:%MZ").to_numpy(object)
    times[row] = bad
    with pytest.raises(WeatherError, match=rf"time '{bad}' cannot be read|row {row} has no time") as told:
        read(tmp_path, with_times(utc_year, times))
    assert "\n" not in str(told.value)


@pytest.mark.parametrize("name", ["own.zip", "own.xlsx", "own.epw"])
def test_a_file_that_is_no_text_is_named_as_such(tmp_path, name):
    with zipfile.ZipFile(tmp_path / name, "w") as archive:
        archive.writestr("own.csv", "time,ghi,temp_air\n")
    form = "epw" if name.endswith("epw") else "csv"
    settings = WeatherSettings(points=[{"path": name, "format": form} | PLACE])
    with pytest.raises(WeatherError, match=rf"{name} (is not text|holds zero bytes)") as told:
        read_weather(settings, tmp_path, 8)
    assert "PK" not in str(told.value)


TITLED = {"wind_speed": ("v (km/h)", "km/h", 3.6), "ghi": ("总辐射（kW/m2）", "kW/m2", 1e-3)}


@pytest.mark.parametrize("column", TITLED)
def test_a_unit_in_the_title_and_in_the_city_file_counts_once(tmp_path, utc_year, column):
    title, unit, factor = TITLED[column]
    table = with_times(utc_year, utc_year.index).rename(columns={column: title})
    table[title] *= factor
    same_hours(read(tmp_path, table, columns={column: title}, units={column: unit}), utc_year)
    with pytest.raises(WeatherError, match=r"is told in .*weather.points.units says"):
        read(tmp_path, table, columns={column: title}, units={column: {"km/h": "kn", "kW/m2": "MJ/m2"}[unit]})


def test_a_title_that_no_reader_knows_is_helped_by_the_city_file(tmp_path, utc_year):
    table = with_times(utc_year, utc_year.index).rename(columns={"ghi": "GHI (MJ/m2)"})
    table["GHI (MJ/m2)"] *= 0.0036
    with pytest.raises(WeatherError, match="Or state the unit under"):
        read(tmp_path, table, columns={"ghi": "GHI (MJ/m2)"})
    same_hours(read(tmp_path, table, columns={"ghi": "GHI (MJ/m2)"}, units={"ghi": "MJ/m2"}), utc_year)


def test_cells_with_units_of_their_own_are_not_converted_again(tmp_path, utc_year):
    table = with_times(utc_year, utc_year.index).assign(wind_speed="7.2 km/h")
    assert read(tmp_path, table).data["wind_speed"].eq(2.0).all()
    with pytest.raises(WeatherError, match=r"'7\.2 km/h' tells its own unit"):
        read(tmp_path, table, units={"wind_speed": "km/h"})


@pytest.mark.parametrize("unit", ["Wh/m2", "kJ/m2"])
def test_sums_of_half_hours_are_no_power(tmp_path, utc_year, unit):
    half = utc_year.reindex(utc_year.index.union(utc_year.index + pd.Timedelta(minutes=30)), method="ffill")
    with pytest.raises(WeatherError, match="is a power only of whole hours"):
        read(tmp_path, with_times(half, half.index), units={"ghi": unit})


def test_a_unit_of_what_is_not_there_is_refused(tmp_path, utc_year):
    with pytest.raises(WeatherError, match="names dni, which the file does not hold"):
        read(tmp_path, with_times(utc_year, utc_year.index).drop(columns="dni"), units={"dni": "kW/m2"})


def test_light_in_no_unit_of_ours_is_told_none(tmp_path, utc_year):
    lux = utc_year.assign(ghi=120.0 * utc_year["ghi"])
    with pytest.raises(WeatherError, match="is not possible and not W/m2; correct it"):
        read(tmp_path, with_times(lux, lux.index))


def test_texts_are_told_and_a_column_of_them_refused(tmp_path, utc_year):
    table = with_times(utc_year, utc_year.index).astype({"temp_air": str})
    point = read(tmp_path, table.assign(temp_air=table["temp_air"].mask(table.index % 1000 == 999, "故障")))
    (told,) = [found for found in point.findings if found.code == "weather-texts-set-aside"]
    assert (told.count, told.column, told.values) == (8, "temp_air", {"cell": "故障", "line": "1001"})
    with pytest.raises(WeatherError, match="line 2: temp_air: '59 degF' is no number"):
        read(tmp_path, table.assign(temp_air="59 degF"))


def test_times_with_and_without_a_zone_are_not_mixed(tmp_path, utc_year):
    stamps = utc_year.index.strftime("%Y-%m-%dT%H:%M").to_numpy(object)
    stamps[::2] += "Z"
    with pytest.raises(WeatherError, match="'2022-01-01T01:00' states no zone, 4,380 others do"):
        read(tmp_path, with_times(utc_year, stamps), utc_offset_hours=8)


def test_two_clocks_that_differ_are_refused(tmp_path):
    truth = hours_of("2021-12-31 16:00", "2022-12-31 16:00")
    local = (truth.index + pd.Timedelta(hours=8)).strftime("%Y-%m-%d %H:%M")
    same_hours(read(tmp_path, with_times(truth, local), timezone="Asia/Shanghai", utc_offset_hours=8), truth)
    with pytest.raises(WeatherError, match="both timezone = 'UTC' and utc_offset_hours = 8"):
        read(tmp_path, with_times(truth, local), timezone="UTC", utc_offset_hours=8)


@pytest.mark.parametrize(("zone", "clock"), [({"timezone": "Etc/GMT-1"}, "+1"), ({}, "+0")])
def test_a_clock_that_disagrees_is_the_one_of_the_times(tmp_path, zone, clock):
    truth = hours_of("2021-12-31 16:00", "2022-12-31 16:00")
    local = (truth.index + pd.Timedelta(hours=8)).strftime("%Y-%m-%dT%H:%M" + ("" if zone else "Z"))
    point = read(tmp_path, with_times(truth, local), **zone)
    (told,) = [found for found in point.findings if found.code == "weather-clock-disagrees"]
    assert (told.values["clock_hours"], told.values["fitting_hours"]) == (clock, "+8")
