"""Formats of solar data providers, written here with known values, come back as those values at their hours."""

import numpy as np
import pandas as pd
import pytest
from pvlib.iotools import read_nsrdb_psm4
from weather_truth import ALTITUDE_M, COLUMNS, LATITUDE, LONGITUDE, codes, hours_of

from pvmap.errors import WeatherError
from pvmap.settings.weather import WeatherSettings
from pvmap.sources.weather import read_weather

PLACE = {"longitude": LONGITUDE, "latitude": LATITUDE, "altitude_m": ALTITUDE_M}
LOCAL = pd.Timedelta(hours=8)


def read(folder, clock=8.0, **file):
    return read_weather(WeatherSettings(points=[file]), folder, clock).points[0]


def same(point, truth, digits=2):
    common = point.data.index.intersection(truth.index)
    assert len(common) > 8700
    np.testing.assert_allclose(point.data.loc[common, COLUMNS], truth.loc[common, COLUMNS], atol=0.51 * 10**-digits)
    assert not codes(point, "doubtful")


@pytest.fixture(scope="module")
def local_year():
    """Hours of the local year 2022, sun at mid-hour."""
    return hours_of("2021-12-31 16:00", "2022-12-31 16:00").round(2)


NSRDB = {"GHI": "ghi", "DNI": "dni", "DHI": "dhi", "Temperature": "temp_air", "Wind Speed": "wind_speed"}
SAM = {"gh": "ghi", "dn": "dni", "df": "dhi", "tdry": "temp_air", "wspd": "wind_speed"}


def write_sam(path, truth, *, zone=8, minute=30, elevation=10, names=NSRDB, years=None):
    local = truth.index + pd.Timedelta(hours=zone)
    head = {"Source": "NSRDB", "Location ID": 1, "City": "-", "State": "-", "Country": "-", "Latitude": LATITUDE}
    head |= {"Longitude": LONGITUDE, "Time Zone": zone, "Elevation": elevation, "Local Time Zone": zone}
    year = local.year if years is None else np.asarray(years)[local.month - 1]
    columns = {"Year": year, "Month": local.month, "Day": local.day, "Hour": local.hour}
    columns |= {} if minute is None else {"Minute": local.minute + minute}
    table = pd.DataFrame(columns | {theirs: truth[ours].to_numpy() for theirs, ours in names.items()})
    path.write_text(f"{','.join(head)}\n{','.join(map(str, head.values()))}\n{table.to_csv(index=False)}")


def test_nsrdb(tmp_path, local_year):
    write_sam(tmp_path / "n.csv", local_year)
    point = read(tmp_path, path="n.csv", format="nsrdb")
    same(point, local_year)
    assert (point.longitude, point.latitude, point.altitude_m) == (LONGITUDE, LATITUDE, ALTITUDE_M)
    assert point.sun_offset_minutes == 30.0
    theirs, _ = read_nsrdb_psm4(tmp_path / "n.csv")  # pvlib's reader puts the same values at the same moments
    ours = point.data.set_axis(point.data.index + pd.Timedelta(minutes=30))
    assert theirs.index.tz_convert("UTC").equals(ours.index.rename(None))
    np.testing.assert_array_equal(theirs[COLUMNS].to_numpy(), ours[COLUMNS].to_numpy())


def test_nsrdb_in_a_zone_of_half_hours(tmp_path):
    """pvlib refuses zones and heights that are no whole numbers; India has both."""
    truth = hours_of("2021-12-31 18:30", "2022-12-31 18:30").round(2)
    write_sam(tmp_path / "n.csv", truth, zone=5.5, elevation=10.4)
    point = read(tmp_path, 5.5, path="n.csv", format="nsrdb")
    same(point, truth)
    assert "weather-half-hours-moved" not in codes(point)


def test_half_hourly_nsrdb_is_averaged(tmp_path):
    halves = pd.concat([hours_of("2022", "2023", sun_offset_minutes=m).shift(freq=f"{m}min") for m in (0, 30)])
    halves = halves.sort_index()
    local = halves.index + LOCAL
    write_sam(tmp_path / "n.csv", halves, minute=0)
    point = read(tmp_path, path="n.csv", format="nsrdb")
    assert point.sun_offset_minutes == 15.0  # the mean of the hour's two moments
    noon = pd.Timestamp("2022-06-21 04:00", tz="UTC")
    pair = halves.loc[[noon, noon + pd.Timedelta(minutes=30)]]
    np.testing.assert_allclose(point.data.loc[noon, COLUMNS], pair[COLUMNS].mean(), rtol=1e-9)
    assert local.minute.nunique() == 2 and not codes(point, "doubtful")


def test_a_typical_year_of_nsrdb(tmp_path, local_year):
    write_sam(
        tmp_path / "n.csv", local_year, years=[2003, 2011, 2007, 2015, 2001, 2018, 2009, 2005, 2012, 2019, 2002, 2008]
    )
    point = read(tmp_path, path="n.csv", format="nsrdb")
    assert point.years == (2023,)
    np.testing.assert_allclose(point.data[COLUMNS].to_numpy(), local_year[COLUMNS].to_numpy())


def test_sam_with_names_of_its_own_and_no_minute(tmp_path, local_year):
    write_sam(tmp_path / "s.csv", local_year, names=SAM, minute=None)
    point = read(tmp_path, path="s.csv", format="sam")
    same(point, local_year)
    assert point.sun_offset_minutes == 30.0


def test_where_sam_leaves_the_moment_open_the_light_tells(tmp_path, local_year):
    write_sam(tmp_path / "s.csv", local_year, minute=0)
    point = read(tmp_path, path="s.csv", format="sam")
    assert point.sun_offset_minutes == pytest.approx(30.0, abs=1.0)
    assert "weather-sun-guessed" in codes(point)


def write_solcast(path, truth, *, names, step="PT60M", spelled="%Y-%m-%dT%H:%M:%SZ", shift=pd.Timedelta(hours=1)):
    table = pd.DataFrame({names[0]: (truth.index + shift).strftime(spelled), "Period": step})
    for theirs, ours in zip(names[1:], COLUMNS, strict=True):
        table[theirs] = truth[ours].to_numpy()
    table.to_csv(path, index=False)


@pytest.mark.parametrize(
    "names",
    [
        ("PeriodEnd", "Ghi", "Dni", "Dhi", "AirTemp", "WindSpeed10m"),
        ("period_end", "ghi", "dni", "dhi", "air_temp", "wind_speed_10m"),
    ],
)
def test_solcast(tmp_path, local_year, names):
    write_solcast(tmp_path / "s.csv", local_year, names=names)
    point = read(tmp_path, path="s.csv", format="solcast", **PLACE)
    same(point, local_year)
    assert point.sun_offset_minutes == 30.0


def test_solcast_by_starts_in_local_time(tmp_path, local_year):
    names = ("period_start", "ghi", "dni", "dhi", "air_temp", "wind_speed_10m")
    write_solcast(tmp_path / "s.csv", local_year, names=names, spelled="%Y-%m-%dT%H:%M:%S+08:00", shift=LOCAL)
    same(read(tmp_path, path="s.csv", format="solcast", **PLACE), local_year)


def test_a_typical_year_of_solcast(tmp_path, local_year):
    """Hour-ending rows of a month's last hour stand in the next month, under the year before."""
    years = np.array([2003, 2011, 2007, 2015, 2001, 2018, 2009, 2005, 2012, 2019, 2002, 2009])
    local = local_year.index + LOCAL
    stamped = [
        t.replace(year=int(y)) + pd.Timedelta(hours=1) for t, y in zip(local, years[local.month - 1], strict=True)
    ]
    table = local_year.set_axis(COLUMNS, axis=1).rename(
        columns={"temp_air": "air_temp", "wind_speed": "wind_speed_10m"}
    )
    table.insert(0, "period_end", [f"{t.tz_localize(None):%Y-%m-%dT%H:%M:%S}+08:00" for t in stamped])
    table.to_csv(tmp_path / "s.csv", index=False)
    point = read(tmp_path, path="s.csv", format="solcast", **PLACE)
    assert point.years == (2023,)
    np.testing.assert_allclose(point.data[COLUMNS].to_numpy(), local_year[COLUMNS].to_numpy())


SOLARGIS_HEAD = (
    "#SOLARGIS TIME SERIES\n#Site name: village\n#Latitude: 32.200000\n#Longitude: 119.450000\n"
    "#Elevation: 10.0 m a.s.l.\n#Time reference: UTC{zone}\n#Data:\n"
)


def write_solargis(path, truth, *, zone=8, step=60, typical=False):
    local = truth.index + pd.Timedelta(hours=zone) + pd.Timedelta(minutes=step // 2)
    when = {"Day": local.day_of_year} if typical else {"Date": local.strftime("%d.%m.%Y")}
    table = pd.DataFrame(when | {"Time": local.strftime("%H:%M")})
    for theirs, ours in {"GHI": "ghi", "DNI": "dni", "DIF": "dhi", "TEMP": "temp_air", "WS": "wind_speed"}.items():
        table[theirs] = truth[ours].to_numpy()
    path.write_text(SOLARGIS_HEAD.format(zone=f"{zone:+d}") + table.to_csv(index=False, sep=";"))


@pytest.mark.parametrize("typical", [False, True])
@pytest.mark.parametrize("zone", [0, 8])
def test_solargis(tmp_path, local_year, zone, typical):
    truth = local_year if zone == 8 else hours_of("2022", "2023").round(2)
    write_solargis(tmp_path / "s.csv", truth, zone=zone, typical=typical)
    point = read(tmp_path, path="s.csv", format="solargis")
    assert (point.longitude, point.latitude, point.altitude_m) == (LONGITUDE, LATITUDE, ALTITUDE_M)
    assert point.years == ((2023,) if typical else (2022,))
    if zone == 8:
        np.testing.assert_allclose(point.data[COLUMNS].to_numpy(), truth[COLUMNS].to_numpy())
    assert point.sun_offset_minutes == 30.0 and not codes(point, "doubtful")


def test_quarter_hours_of_solargis_stand_at_their_middle(tmp_path, local_year):
    """7, 22, 37 and 52 minutes past: the middle of a quarter without its half minute."""
    quarters = local_year.loc[local_year.index.repeat(4)]
    steps = pd.to_timedelta(np.tile([0, 15, 30, 45], len(local_year)), unit="min")
    quarters = quarters.set_axis(quarters.index + steps)
    write_solargis(tmp_path / "s.csv", quarters, step=15)
    same(read(tmp_path, path="s.csv", format="solargis"), local_year)


def test_nines_of_solargis_are_missing(tmp_path, local_year):
    truth = local_year.copy()
    truth.iloc[4000, truth.columns.get_loc("ghi")] = -9.0
    truth.iloc[4100, truth.columns.get_loc("temp_air")] = -99.0
    write_solargis(tmp_path / "s.csv", truth)
    point = read(tmp_path, path="s.csv", format="solargis")
    assert {"weather-closed", "weather-gaps-filled"} <= codes(point)
    assert point.data.iloc[4000]["ghi"] == pytest.approx(local_year.iloc[4000]["ghi"], abs=0.05)


@pytest.mark.parametrize("text", ["", "not weather", "a,b\n1,2\n", "a,b\n1,2\nYear,Month\n1,2\n", "Date;Time\n1;2\n"])
@pytest.mark.parametrize("kind", ["sam", "nsrdb", "solcast", "solargis"])
def test_a_file_of_another_kind_is_one_sentence(tmp_path, kind, text):
    (tmp_path / "x.csv").write_text(text)
    with pytest.raises(WeatherError) as caught:
        read(tmp_path, path="x.csv", format=kind, longitude=1, latitude=1)
    message = str(caught.value)
    assert message.startswith(str(tmp_path / "x.csv"))
    assert "\n" not in message and message.endswith(".")


@pytest.mark.parametrize(("factor", "code"), [(2.0, "weather-too-bright"), (0.4, "weather-too-dull")])
def test_light_of_a_file_without_ghi_is_doubted_as_others_are(tmp_path, local_year, factor, code):
    scaled = local_year.assign(dni=factor * local_year["dni"], dhi=factor * local_year["dhi"])
    names = {theirs: ours for theirs, ours in NSRDB.items() if ours != "ghi"}
    write_sam(tmp_path / "n.csv", local_year, names=names)
    assert code not in codes(read(tmp_path, path="n.csv", format="nsrdb"))
    write_sam(tmp_path / "n.csv", scaled, names=names)
    assert code in codes(read(tmp_path, path="n.csv", format="nsrdb"))


def test_solcast_with_and_without_zones_is_refused(tmp_path, local_year):
    stamps = (local_year.index + pd.Timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M").to_numpy(object)
    stamps[1::2] += "Z"
    table = local_year.rename(columns={"temp_air": "air_temp"}).assign(period_end=stamps)
    table.to_csv(tmp_path / "s.csv", index=False)
    with pytest.raises(WeatherError, match="states no zone, 4,380 others do"):
        read(tmp_path, path="s.csv", format="solcast", **PLACE)
