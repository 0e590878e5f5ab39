"""Each format, written here with known values, comes back as those values at their hours."""

import json

import numpy as np
import pandas as pd
import pytest
from weather_truth import ALTITUDE_M, LATITUDE, LONGITUDE, codes, counts, hours_of, same_hours

from pvmap.errors import WeatherError
from pvmap.settings.weather import WeatherSettings
from pvmap.sources.weather import read_weather

POWER = {
    "ALLSKY_SFC_SW_DWN": "ghi",
    "ALLSKY_SFC_SW_DNI": "dni",
    "ALLSKY_SFC_SW_DIFF": "dhi",
    "T2M": "temp_air",
    "WS10M": "wind_speed",
}
RE_UNITS = {"T2M": "C", "WS10M": "m/s"}


def read(folder, years="typical", utc_offset_hours=8, nominal_year=2023, **file):
    settings = WeatherSettings(points=[file], nominal_year=nominal_year)
    return read_weather(settings, folder, utc_offset_hours, years=years).points[0]


def write_power_json(path, truth, standard="UTC", factor=1.0, unit="Wh/m^2"):
    shift = pd.Timedelta(hours=8 if standard == "LST" else 0)
    keys = (truth.index + shift).strftime("%Y%m%d%H")
    scale = {name: factor if ours in ("ghi", "dni", "dhi") else 1.0 for name, ours in POWER.items()}
    content = {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [LONGITUDE, LATITUDE, ALTITUDE_M]},
        "properties": {
            "parameter": {
                name: dict(zip(keys, truth[ours].fillna(-999.0) * scale[name], strict=True))
                for name, ours in POWER.items()
            }
        },
        "header": {
            "title": "NASA/POWER Source Native Resolution Hourly Data",
            "fill_value": -999.0,
            "time_standard": standard,
        },
        "parameters": {name: {"units": RE_UNITS.get(name, unit), "longname": ""} for name in POWER},
    }
    path.write_text(json.dumps(content))


def write_power_csv(path, truth, standard="UTC"):
    shift = pd.Timedelta(hours=8 if standard == "LST" else 0)
    times = truth.index + shift
    head = [
        "-BEGIN HEADER-",
        "NASA/POWER Source Native Resolution Hourly Data ",
        f"Dates (month/day/year): {times[0]:%m/%d/%Y} through {times[-1]:%m/%d/%Y} in {standard}",
        f"Location: latitude  {LATITUDE}   longitude {LONGITUDE} ",
        f"elevation from MERRA-2: Average for 0.5 x 0.625 degree lat/lon region = {ALTITUDE_M} meters",
        "The value for missing source data that cannot be computed or is outside of the sources availability range: "
        "-999 ",
        "parameter(s): ",
        "ALLSKY_SFC_SW_DWN     CERES SYN1deg All Sky Surface Shortwave Downward Irradiance (Wh/m^2) ",
        "ALLSKY_SFC_SW_DNI     CERES SYN1deg All Sky Surface Shortwave Downward Direct Normal Irradiance (Wh/m^2) ",
        "ALLSKY_SFC_SW_DIFF     CERES SYN1deg All Sky Surface Shortwave Diffuse Irradiance (Wh/m^2) ",
        "T2M     MERRA-2 Temperature at 2 Meters (C) ",
        "WS10M     MERRA-2 Wind Speed at 10 Meters (m/s) ",
        "-END HEADER-",
    ]
    table = pd.DataFrame({"YEAR": times.year, "MO": times.month, "DY": times.day, "HR": times.hour})
    for name, ours in POWER.items():
        table[name] = truth[ours].fillna(-999.0).to_numpy()
    path.write_text("\n".join(head) + "\n" + table.to_csv(index=False))


@pytest.mark.parametrize("standard", ["UTC", "LST"])
@pytest.mark.parametrize("ending", ["json", "csv"])
def test_nasa_power(tmp_path, ending, standard):
    truth = hours_of("2021-12-31 16:00", "2022-12-31 16:00") if standard == "LST" else hours_of("2022", "2023")
    path = tmp_path / f"power.{ending}"
    (write_power_json if ending == "json" else write_power_csv)(path, truth, standard)
    point = read(tmp_path, path=path.name, format="nasa_power")
    same_hours(point, truth)
    assert (point.longitude, point.latitude, point.altitude_m) == (LONGITUDE, LATITUDE, ALTITUDE_M)
    assert point.sun_offset_minutes == 30.0  # labels at the start of an hourly mean
    assert not codes(point, "doubtful")
    assert "weather-uncorrected" in codes(point)


def test_nasa_power_fill_value_is_a_gap(tmp_path, utc_year):
    truth = utc_year.copy()
    truth.iloc[4000:4002] = np.nan
    write_power_json(tmp_path / "power.json", truth)
    point = read(tmp_path, path="power.json", format="nasa_power")
    assert counts(point)["weather-gaps-filled", "temp_air"] == 2
    assert point.data.notna().all(axis=None)


def test_nasa_power_in_megajoules(tmp_path, utc_year):
    write_power_json(tmp_path / "power.json", utc_year, factor=0.0036, unit="MJ/hr")
    same_hours(read(tmp_path, path="power.json", format="nasa_power"), utc_year)


def test_nasa_power_refuses_a_unit_it_does_not_know(tmp_path, utc_year):
    write_power_json(tmp_path / "power.json", utc_year, unit="langley")
    with pytest.raises(WeatherError, match=r"power\.json: ALLSKY_SFC_SW_DWN is in 'langley'; ask NASA POWER"):
        read(tmp_path, path="power.json", format="nasa_power")


def test_nasa_power_of_several_years(tmp_path):
    truth = hours_of("2019", "2022")  # three years, one of them a leap year
    write_power_json(tmp_path / "power.json", truth)
    point = read(tmp_path, years="all", path="power.json", format="nasa_power")
    assert point.years == (2019, 2020, 2021)
    assert len(point.data) == 3 * 8760
    same_hours(point, truth)
    assert counts(point)["weather-leap-days-dropped", ""] == 24
    one = point.year(2020)
    assert one.years == (2020,)
    local = one.data.index + pd.Timedelta(hours=8)
    assert not ((local.month == 2) & (local.day == 29)).any()
    with pytest.raises(WeatherError, match="not 2018; choose one of them"):
        point.year(2018)
    typical = read(tmp_path, path="power.json", format="nasa_power")
    assert typical.years == (2023,)
    assert "weather-composite-year" in codes(typical)


def write_pvgis_hourly(path, truth, minute, slope=0, components=True):
    times = [f"{t:%Y%m%d:%H}{minute:02d}" for t in truth.index]
    beam = truth["ghi"] - truth["dhi"]
    rows = {"time": times}
    if components:
        rows |= {"Gb(i)": beam, "Gd(i)": truth["dhi"], "Gr(i)": 0.0}
    else:
        rows |= {"G(i)": truth["ghi"]}
    rows |= {"H_sun": 0.0, "T2m": truth["temp_air"], "WS10m": truth["wind_speed"], "Int": 0.0}
    table = pd.DataFrame(rows)
    if path.suffix == ".json":
        content = {
            "inputs": {
                "location": {"latitude": LATITUDE, "longitude": LONGITUDE, "elevation": ALTITUDE_M},
                "meteo_data": {"radiation_db": "PVGIS-ERA5", "meteo_db": "ERA5"},
                "mounting_system": {"fixed": {"slope": {"value": slope, "optimal": False}}},
            },
            "outputs": {"hourly": table.to_dict("records")},
            "meta": {"inputs": {}, "outputs": {}},
        }
        path.write_text(json.dumps(content))
        return
    head = (
        f"Latitude (decimal degrees):\t{LATITUDE}\r\nLongitude (decimal degrees):\t{LONGITUDE}\r\n"
        f"Elevation (m):\t{ALTITUDE_M}\r\nRadiation database:\tPVGIS-ERA5\r\n\r\n\r\n"
        f"Slope: {slope} deg. \r\nAzimuth: 0 deg. \r\n"
    )
    foot = "\r\nGb(i): Beam (direct) irradiance on the inclined plane (W/m2)\r\n"
    path.write_text(head + table.to_csv(index=False, lineterminator="\r\n") + foot)


@pytest.mark.parametrize("minute", [10, 30])
@pytest.mark.parametrize("ending", ["json", "csv"])
def test_pvgis_hourly(tmp_path, ending, minute):
    truth = hours_of("2022", "2023", sun_offset_minutes=minute)
    write_pvgis_hourly(tmp_path / f"hourly.{ending}", truth, minute)
    point = read(tmp_path, path=f"hourly.{ending}", format="pvgis")
    assert point.sun_offset_minutes == minute
    assert point.source == "PVGIS hourly PVGIS-ERA5"
    common = point.data.index.intersection(truth.index)
    np.testing.assert_allclose(point.data.loc[common, "ghi"], truth.loc[common, "ghi"], atol=1e-6)
    high = truth.loc[common, "ghi"] > 100  # low sun: beam of a division is left in dhi
    np.testing.assert_allclose(point.data.loc[common, "dni"][high], truth.loc[common, "dni"][high], rtol=1e-6)


def test_pvgis_hourly_without_components_goes_through_erbs(tmp_path, utc_year):
    write_pvgis_hourly(tmp_path / "hourly.json", utc_year, 30, components=False)
    point = read(tmp_path, path="hourly.json", format="pvgis")
    assert "weather-split-by-erbs" in codes(point)


@pytest.mark.parametrize("ending", ["json", "csv"])
def test_pvgis_hourly_on_a_slope_is_refused(tmp_path, utc_year, ending):
    write_pvgis_hourly(tmp_path / f"hourly.{ending}", utc_year, 30, slope=30)
    with pytest.raises(WeatherError, match=r"plane of slope 30(\.0)? degrees; ask PVGIS for slope 0"):
        read(tmp_path, path=f"hourly.{ending}", format="pvgis")


@pytest.mark.parametrize("text", ["", "not weather", "{}", "a,b\n1,2\n"])
@pytest.mark.parametrize(
    ("kind", "name"), [("epw", "x.epw"), ("pvgis", "x.csv"), ("pvgis", "x.json"), ("nasa_power", "x.csv"),
                       ("nasa_power", "x.json"), ("csv", "x.csv"), ("umep", "x.txt")]
)  # fmt: skip
def test_a_file_of_another_kind_is_one_sentence(tmp_path, kind, name, text):
    (tmp_path / name).write_text(text)
    with pytest.raises(WeatherError) as caught:
        read(tmp_path, path=name, format=kind, longitude=1, latitude=1)
    message = str(caught.value)
    assert message.startswith(str(tmp_path / name))
    assert "\n" not in message
    assert message.endswith(".")


def test_a_missing_file_is_one_sentence(tmp_path):
    with pytest.raises(WeatherError, match=r"nowhere\.epw is not there; put the file in place"):
        read(tmp_path, path="nowhere.epw", format="epw")


def test_an_epw_without_its_place_is_helped_by_the_city_file(tmp_path, shared_data):
    source = shared_data / "terrain/athens/athens_2023.epw"
    point = read(source.parent, utc_offset_hours=2, path=source.name, format="epw", longitude=23.7, altitude_m=99)
    assert (point.longitude, point.latitude, point.altitude_m) == (23.7, 38.0, 99.0)
