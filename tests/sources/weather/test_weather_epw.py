"""EPW as it comes: sentinels, years, headers of several families."""

import numpy as np
import pandas as pd
import pytest
from weather_truth import codes, counts

from pvmap.config import load
from pvmap.errors import ConfigError, WeatherError
from pvmap.settings.weather import WeatherSettings
from pvmap.sources.weather import read_weather

HEADER_LINES = 8
GHI, DNI, WIND, TEMP_AIR = 13, 14, 21, 6  # columns of an EPW row


@pytest.fixture(scope="module")
def athens(shared_data):
    """Header lines and rows of the Athens file, as text."""
    lines = (shared_data / "terrain/athens/athens_2023.epw").read_text().splitlines()
    return lines[:HEADER_LINES], [line.split(",") for line in lines[HEADER_LINES:]]


def write(path, header, rows):
    path.write_text("\n".join([*header, *(",".join(row) for row in rows)]) + "\n")


def read(folder, clock=2, years="typical", **file):
    settings = WeatherSettings(points=[{"path": "a.epw", "format": "epw"} | file])
    return read_weather(settings, folder, clock, years=years).points[0]


def changed(rows, at, column, value):
    return [[*r[:column], value, *r[column + 1 :]] if i in at else r for i, r in enumerate(rows)]


def test_sentinels_are_short_gaps(tmp_path, athens):
    header, rows = athens
    rows = changed(rows, range(4000, 4003), GHI, "9999")
    rows = changed(rows, [100], WIND, "999")
    rows = changed(rows, [200], TEMP_AIR, "99.9")
    write(tmp_path / "a.epw", header, rows)
    point = read(tmp_path)
    told = counts(point)
    assert [told["weather-values-set-aside", column] for column in ("ghi", "wind_speed", "temp_air")] == [3, 1, 1]
    assert told["weather-closed", "ghi"] == 3  # the other two components were there
    assert [told["weather-gaps-filled", column] for column in ("wind_speed", "temp_air")] == [1, 1]
    assert point.data.notna().all(axis=None)


def test_a_long_gap_names_its_hour(tmp_path, athens):
    header, rows = athens
    write(tmp_path / "a.epw", header, changed(rows, range(48, 56), TEMP_AIR, "99.9"))
    with pytest.raises(WeatherError, match=r"temp_air is missing for 8 hours from 2023-01-02 22:00 UTC; fill the gaps"):
        read(tmp_path)


def test_missing_direct_light_comes_from_closure(tmp_path, athens):
    header, rows = athens
    write(tmp_path / "a.epw", header, changed(rows, range(len(rows)), DNI, "9999"))
    point = read(tmp_path)
    given = np.array([float(row[DNI]) for row in rows])
    high = point.data["ghi"].to_numpy() > 100  # under a sun lower than 3 degrees beam is left in dhi
    assert counts(point)["weather-closed", "dni"] > 4000
    assert point.data["dni"].to_numpy()[high].sum() == pytest.approx(given[high].sum(), rel=0.002)


def test_rows_are_hour_ending_local_time(tmp_path, athens):
    """Hour 13 of 1 July is the interval 12-13 local, 10 UTC where the header says UTC+2."""
    header, rows = athens
    write(tmp_path / "a.epw", header, rows)
    row = next(r for r in rows if r[1:4] == ["7", "1", "13"])
    there = read(tmp_path).data.loc[pd.Timestamp("2023-07-01 10:00", tz="UTC")]
    assert [there["ghi"], there["dni"], there["temp_air"]] == [float(row[GHI]), float(row[DNI]), float(row[TEMP_AIR])]


def test_several_years_in_one_file(tmp_path, athens):
    header, rows = athens
    both = [[year, *row[1:]] for year in ("2021", "2022") for row in rows]
    write(tmp_path / "a.epw", header, both)
    assert read(tmp_path, years="all").years == (2021, 2022)
    assert read(tmp_path).years == (2023,)


def test_a_missing_row_is_a_gap_of_one_hour(tmp_path, athens):
    header, rows = athens
    write(tmp_path / "a.epw", header, rows[:5000] + rows[5001:])
    assert counts(read(tmp_path))["weather-gaps-filled", "temp_air"] == 1


def test_a_pvgis_file_of_old_does_not_say_its_minute(tmp_path, shared_data):
    """Before December 2024 PVGIS did not state the moment of its irradiance: the sun tells."""
    text = (shared_data / "weather/tmy_45.000_8.000_2005_2023.csv").read_text()
    lines = [line for line in text.splitlines() if not line.startswith("Irradiance Time Offset")]
    (tmp_path / "old.csv").write_text("\n".join(lines) + "\n")
    point = read(tmp_path, clock=1, path="old.csv", format="pvgis")
    assert point.sun_offset_minutes == pytest.approx(10.6, abs=1.5)
    assert "weather-sun-guessed" in codes(point)


def city(tmp_path, weather):
    path = tmp_path / "x.toml"
    path.write_text(f'[city]\nname = "x"\ntitle_zh = "x"\ntitle_en = "x"\n{weather}')
    return path


def test_the_city_file_configures_a_point(tmp_path):
    settings = load(city(tmp_path, '[weather.correction]\n[[weather.points]]\npath = "a.epw"\nformat = "epw"\n'))
    assert settings.weather.correction.ghi_kwh_per_m2[0] == 75
    assert settings.weather.points[0].path == "a.epw"


@pytest.mark.parametrize(
    ("weather", "text"),
    [
        ("[weather]\nnominal_year = 2024\n", "2024 is not possible: choose a year of 365 days"),
        ("[weather.correction]\nghi_kwh_per_m2 = [1,1,1,1,1,1,1,1,1,1,1,1]\n", "ghi_kwh_per_m2 is given alone"),
        ('[[weather.points]]\nformat = "epw2"\n', "'epw2' is not possible"),
        ("[[weather.points]]\nutc_offset = 8\n", "unknown key"),
    ],
)
def test_a_city_file_with_a_slip_is_refused(tmp_path, weather, text):
    with pytest.raises(ConfigError, match=text):
        load(city(tmp_path, weather))
