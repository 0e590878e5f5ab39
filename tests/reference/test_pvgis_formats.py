"""One PVGIS typical year in three formats must give one table, and it must be the file's own numbers."""

import csv

import numpy as np
import pandas as pd
import pytest

from pvmap.settings.weather import WeatherSettings
from pvmap.sources.weather import read_weather

NAME = "tmy_45.000_8.000_2005_2023"
OFFSET = 1  # hours, local standard time of the place


@pytest.fixture(scope="module")
def points(shared_data):
    files = [{"path": f"{NAME}.{ending}", "format": "pvgis", "name": ending} for ending in ("csv", "json", "epw")]
    settings = WeatherSettings(points=files)
    return {p.weather_id: p for p in read_weather(settings, shared_data / "weather", OFFSET).points}


@pytest.mark.parametrize("ending", ["json", "epw"])
def test_formats_agree(points, ending):
    first, other = points["csv"], points[ending]
    assert other.data.index.equals(first.data.index)
    difference = (other.data - first.data).abs().max()
    assert difference[["ghi", "dni", "dhi", "temp_air"]].max() <= 0.005  # the EPW file keeps two decimals
    assert difference["wind_speed"] <= 0.05 + 1e-9  # and one of wind
    assert other.sun_offset_minutes == pytest.approx(first.sun_offset_minutes, abs=0.01)
    assert (other.longitude, other.latitude, other.altitude_m) == (8.0, 45.0, 250.0)


def test_epw_read_as_plain_epw_is_recognised(shared_data, points):
    settings = WeatherSettings(points=[{"path": f"{NAME}.epw", "format": "epw"}])
    point = read_weather(settings, shared_data / "weather", OFFSET).points[0]
    pd.testing.assert_frame_equal(point.data, points["epw"].data)
    assert any("claims UTC+1" in found.sentence() for found in point.findings)


def test_local_year_wraps_the_utc_file(shared_data, points):
    """Row by row against the csv file itself: a local hour holds the UTC hour before it."""
    with open(shared_data / "weather" / f"{NAME}.csv", newline="") as handle:
        rows = {r[0][4:]: r for r in csv.reader(handle) if len(r) == 10 and r[0][:1].isdigit()}
    data = points["csv"].data
    for local, utc in [
        ("2023-01-01 00:00", "1231:2300"),
        ("2023-01-01 01:00", "0101:0000"),
        ("2023-03-01 00:00", "0228:2300"),
        ("2023-12-31 23:00", "1231:2200"),
    ]:
        row = data.loc[pd.Timestamp(local, tz="UTC") - pd.Timedelta(hours=OFFSET)]
        assert [row["temp_air"], row["ghi"]] == [float(rows[utc][1]), float(rows[utc][3])]


def test_sun_stands_where_the_header_says(points):
    for point in points.values():
        assert point.sun_offset_minutes == pytest.approx(0.1761 * 60, abs=0.01)
        assert {found.severity for found in point.findings} == {"note"}
        assert point.corrected is False
        assert "weather-uncorrected" in {found.code for found in point.findings}


def test_yearly_total_is_the_files(points):
    assert points["csv"].summary["ghi_kwh_per_m2"] == pytest.approx(1436, abs=0.5)  # data/SOURCES.md
    assert np.isclose(points["csv"].monthly()["ghi"].sum(), 1436, atol=0.5)
