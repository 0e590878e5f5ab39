"""Loads and prices by the hour: what they say is what comes out, and what they do not say is asked for."""

import numpy as np
import pandas as pd
import pytest
from findings.examples.loads import of_city

from pvmap.errors import InputError
from pvmap.planning.grid.hourly import read_loads, read_market_prices
from pvmap.planning.grid.stamps import read_stamps
from pvmap.sources.weather.hours import year_index

TIMES = year_index(2023, 8.0)
LOCAL = pd.date_range("2023-01-01", periods=8760, freq="h")
PRICES = np.arange(8760.0)


def prices(folder, stamps, values=PRICES, times=TIMES, clock=8.0):
    table = pd.DataFrame({"time": stamps, "price_cny_per_kwh": values})
    table.to_csv(folder / "p.csv", index=False)
    return read_market_prices(folder / "p.csv", times, clock)


def loads(folder, table, districts=("东区",), **more):
    table.to_csv(folder / "l.csv", index=False)
    return read_loads(folder / "l.csv", TIMES, 8.0, districts, **more)


def load(local=LOCAL, district="东区", kw=1000.0):
    return pd.DataFrame({"time": local.strftime("%Y-%m-%d %H:%M"), "district": district, "load_kw": kw})


def codes(findings):
    return [found.code for found in findings]


@pytest.mark.parametrize(
    "spelled",
    [
        lambda t: t.strftime("%Y-%m-%d %H:%M"),
        lambda t: t.strftime("%Y-%m-%dT%H:%M:%S"),
        lambda t: [f"{x.year}/{x.month}/{x.day} {x.hour}:00" for x in t],
        lambda t: t.strftime("%Y%m%d %H:%M"),
        lambda t: [f"{x.year}年{x.month}月{x.day}日 {x.hour}时" for x in t],
        lambda t: [f"{x.year}年{x.month}月{x.day}日{x.hour}时" for x in t],
        lambda t: (t - pd.Timedelta(hours=8)).strftime("%Y-%m-%dT%H:%M:%SZ"),
        lambda t: t.strftime("%Y-%m-%d %H:%M+08:00"),
        lambda t: (t - pd.Timedelta(hours=2.5)).strftime("%Y-%m-%dT%H:%M+0530"),
    ],
    ids=["plain", "iso", "excel", "compact", "chinese", "chinese in one", "utc", "own zone", "another zone"],
)
def test_the_same_moments_in_every_spelling(tmp_path, spelled):
    found, findings = prices(tmp_path, spelled(LOCAL))
    np.testing.assert_array_equal(found, PRICES)
    assert findings == ()


def test_order_does_not_matter(tmp_path):
    found, _ = prices(tmp_path, LOCAL[::-1].strftime("%Y-%m-%d %H:%M"), PRICES[::-1])
    np.testing.assert_array_equal(found, PRICES)


def test_quarter_hours_are_averaged(tmp_path):
    quarters = pd.date_range("2023-01-01", periods=4 * 8760, freq="15min")
    values = np.repeat(PRICES, 4) + np.tile([-0.3, -0.1, 0.1, 0.3], 8760)
    found, _ = prices(tmp_path, quarters.strftime("%Y-%m-%d %H:%M"), values)
    np.testing.assert_allclose(found, PRICES, atol=1e-9)


def test_a_missing_quarter_is_a_gap(tmp_path):
    quarters = pd.date_range("2023-01-01", periods=4 * 8760, freq="15min").delete(41)
    with pytest.raises(
        InputError, match=r"p\.csv: 1 hours lack a value, first \(month-day hour, local\) 01-01 10; give"
    ):
        prices(tmp_path, quarters.strftime("%Y-%m-%d %H:%M"), 0.3)


def test_hours_from_1_to_24_label_their_end(tmp_path):
    ends = [f"{t:%Y-%m-%d} {t.hour + 1}:00" for t in LOCAL]
    found, findings = prices(tmp_path, ends)
    np.testing.assert_array_equal(found, PRICES)
    assert codes(findings) == ["hours-labelled-by-their-end"]


@pytest.mark.parametrize("step", ["h", "15min"])
def test_times_to_midnight_after_the_year_label_ends(tmp_path, step):
    ends = pd.date_range("2023-01-01", "2024-01-01", freq=step)[1:]
    found, findings = prices(tmp_path, ends.strftime("%Y-%m-%d %H:%M"), np.repeat(PRICES, len(ends) // 8760))
    np.testing.assert_array_equal(found, PRICES)
    assert codes(findings) == ["hours-labelled-by-their-end"]


@pytest.mark.parametrize("clock", [8.0, 1.0, 0.0, -5.0])
@pytest.mark.parametrize("later", [0, 1])
def test_the_clock_of_the_file_says_whether_its_times_are_ends(tmp_path, clock, later):
    """A year of UTC hours from 00:00 is one of starts, though it ends at midnight in a city an hour to the east."""
    stamps = (LOCAL + pd.Timedelta(hours=later)).strftime("%Y-%m-%dT%H:%MZ")
    found, findings = prices(tmp_path, stamps, LOCAL.hour, year_index(2023, clock), clock)
    np.testing.assert_array_equal(found[:24], (np.arange(24) - clock) % 24)
    assert codes(findings) == ["hours-labelled-by-their-end"] * later


@pytest.mark.parametrize("zone", [9, 7, -5])
def test_the_local_year_is_one_whatever_zone_it_is_written_in(tmp_path, zone):
    """By the clock of UTC+9 it begins at 01:00 and ends at midnight, as a year of ends does."""
    stamps = (LOCAL + pd.Timedelta(hours=zone - 8)).strftime("%Y-%m-%dT%H:%M") + f"{zone:+03d}:00"
    found, findings = prices(tmp_path, stamps)
    np.testing.assert_array_equal(found, PRICES)
    assert codes(findings) == []


@pytest.mark.parametrize(
    ("title", "zone"), [("time_utc", 0), ("时间（UTC）", 0), ("time (UTC+9)", 9), ("GMT-05:30", -5.5), ("时间", 8)]
)
def test_a_title_may_tell_the_zone_of_all_times(title, zone):
    written = pd.Series((LOCAL + pd.Timedelta(hours=zone - 8)).strftime("%Y-%m-%d %H:%M"))
    assert (read_stamps(written, 8.0, title).local == LOCAL).all()
    assert (read_stamps(written + "Z", 8.0, title).local == LOCAL + pd.Timedelta(hours=zone)).all()


def test_each_district_has_its_own_labels(tmp_path):
    """Two files pasted into one: one labels starts, the other ends, with 24:00 or without."""
    hours = np.arange(8760.0)
    for written in (lambda t: f"{t + pd.Timedelta(hours=1):%Y-%m-%d %H:%M}", lambda t: f"{t:%Y-%m-%d} {t.hour + 1}:00"):
        west = load(district="西区", kw=hours).assign(time=[written(t) for t in LOCAL])
        found, findings = loads(tmp_path, pd.concat([load(kw=hours), west]), ("东区", "西区"))
        for _, rows in found.groupby("district"):
            np.testing.assert_array_equal(rows["load_kw"], hours)
        assert codes(findings) == ["hours-labelled-by-their-end"]


def test_a_year_from_april_may_label_ends(tmp_path):
    ends = pd.date_range("2022-04-01 01:00", periods=8760, freq="h")
    found, findings = prices(tmp_path, ends.strftime("%Y-%m-%d %H:%M"), np.tile(np.arange(24.0), 365))
    np.testing.assert_array_equal(found, np.tile(np.arange(24.0), 365))
    assert "hours-labelled-by-their-end" in codes(findings)


def test_another_year_goes_by_month_day_and_hour(tmp_path):
    leap = pd.date_range("2024-01-01", periods=8784, freq="h")
    hour_of_year = np.where((leap.month == 2) & (leap.day == 29), -1.0, leap.dayofyear * 24.0 + leap.hour)
    found, findings = prices(tmp_path, leap.strftime("%Y-%m-%d %H:%M"), hour_of_year)
    assert (found >= 0).all()  # nothing of 29 February
    assert found[31 * 24] == 32 * 24 and found[59 * 24] == 61 * 24  # 1 February, 1 March
    assert codes(findings) == ["hours-of-another-year"]


def test_one_district_of_another_year_is_told(tmp_path):
    west = load(pd.date_range("2025-01-01", periods=8760, freq="h"), "西区")
    _, findings = loads(tmp_path, pd.concat([load(), west]), ("东区", "西区"))
    assert codes(findings) == ["hours-of-another-year"] and findings[0].values["held"] == "2025"


def test_a_year_from_july_is_told_whichever_half_is_the_larger(tmp_path):
    for first in (2022, 2023):
        _, findings = loads(tmp_path, load(pd.date_range(f"{first}-07-01", f"{first + 1}-07-01", freq="h")[:-1]))
        assert codes(findings) == ["hours-of-another-year"]
        assert findings[0].values["held"] == {2022: "2022", 2023: "2024"}[first]


def test_of_several_years_the_profiles_own_is_taken(tmp_path):
    three = pd.date_range("2022-01-01", "2025-01-01", freq="h", inclusive="left")
    found, findings = prices(tmp_path, three.strftime("%Y-%m-%d %H:%M"), np.asarray(three.year, float))
    assert (found == 2023).all() and findings == ()
    found, findings = prices(tmp_path, three.strftime("%Y-%m-%d %H:%M"), np.asarray(three.year), year_index(2019, 8))
    assert (found == 2024).all() and codes(findings) == ["hours-of-another-year"]


def test_a_zone_of_half_hours(tmp_path):
    found, _ = prices(tmp_path, LOCAL.strftime("%Y-%m-%d %H:%M"), times=year_index(2023, 5.5), clock=5.5)
    np.testing.assert_array_equal(found, PRICES)


def test_numbers_are_read_as_people_write_them(tmp_path):
    """Full-width digits, thousands with commas and units: 0.35, 350 a MWh and 35 fen are one price."""
    written = ["０．３５", "350 元/兆瓦时", "35分"] * 2920
    found, _ = prices(tmp_path, LOCAL.strftime("%Y-%m-%d %H:%M"), written)
    np.testing.assert_allclose(found, 0.35, rtol=1e-12)


@pytest.mark.parametrize(
    ("stamps", "values", "text"),
    [
        (
            LOCAL.strftime("%d/%m/%Y %H:%M"),
            PRICES,
            r"line 2: time '01/01/2023 00:00' cannot be used \(8,760 such rows\)",
        ),
        (LOCAL.strftime("%Y-%m-%d %H:%M CST"), PRICES, "line 2: time .* write times like 2023-01-31 14:00"),
        (LOCAL.strftime("%Y-%m-%d"), PRICES, r"holds 8760 rows|is there twice|minutes apart"),
        (LOCAL.strftime("%Y-%m-%d 25:00"), PRICES, "line 2: time"),
        (LOCAL.strftime("%Y-%m-%d %H:%M"), ["", *PRICES[1:]], "line 2: price_cny_per_kwh '' cannot be used"),
        (LOCAL.strftime("%Y-%m-%d %H:%M"), ["inf", *PRICES[1:]], "line 2: price_cny_per_kwh 'inf' cannot be used"),
        (
            [*LOCAL[:-1].strftime("%Y-%m-%d %H:%M"), "2023-01-01 00:00"],
            PRICES,
            "line 8761: 2023-01-01 00:00 local is there",
        ),
        (LOCAL[:-30].strftime("%Y-%m-%d %H:%M"), PRICES[:-30], "30 hours lack a value, first .* 12-30 18"),
        (LOCAL[:1].strftime("%Y-%m-%d %H:%M"), PRICES[:1], "holds 1 rows; give a year"),
        (LOCAL[::3].strftime("%Y-%m-%d %H:%M"), PRICES[::3], "rows are 180 minutes apart"),
    ],
    ids=["day first", "named zone", "days", "hour 25", "empty", "inf", "twice", "short", "one", "steps"],
)
def test_what_cannot_be_used_is_one_sentence(tmp_path, stamps, values, text):
    with pytest.raises(InputError, match=text) as caught:
        prices(tmp_path, stamps, values)
    assert "\n" not in str(caught.value)


def test_loads_stand_at_the_hours_of_the_profiles(tmp_path):
    table = pd.concat([load(kw=np.arange(8760.0)), load(district="西区", kw=5.0)])
    found, findings = loads(tmp_path, table, ("东区", "西区"))
    assert findings == ()
    wide = found.pivot_table(index="time", columns="district", values="load_kw")
    assert wide.index.equals(TIMES.rename("time"))
    np.testing.assert_array_equal(wide["东区"], np.arange(8760.0))
    assert (wide["西区"] == 5.0).all()


def test_districts_nobody_knows_are_refused(tmp_path):
    with pytest.raises(InputError, match="no district of this run is called '西區'; use town, 东区"):
        loads(tmp_path, pd.concat([load(), load(district="西區")]), city="town")
    found, _ = loads(tmp_path, load(district="town"), city="town")  # what lies outside all districts
    assert set(found["district"]) == {"town"}


def test_districts_without_load_are_told(tmp_path):
    _, findings = loads(tmp_path, load(), ("东区", "西区"))
    (told,) = findings
    assert (told.code, told.count, told.total, told.values["names"]) == ("districts-without-load", 1, 2, "西区")


def test_a_gap_of_one_district_is_named(tmp_path):
    with pytest.raises(InputError, match=r"西区: 2 hours lack a value, first .* 01-01 05, 01-01 06"):
        loads(tmp_path, pd.concat([load(), load(district="西区").drop(index=[5, 6])]), ("东区", "西区"))


def test_negative_loads_are_refused(tmp_path):
    with pytest.raises(InputError, match=r"line 2: load_kw '-1\.0' cannot be used \(8,760 such rows\); correct it"):
        loads(tmp_path, load(kw=-1.0))


@pytest.mark.parametrize("zone", ["+99:00", "+08:99", "-1430"])
def test_a_zone_that_is_nowhere_is_refused(tmp_path, zone):
    stamps = pd.date_range("2023-01-01", periods=8760, freq="h").strftime("%Y-%m-%d %H:%M") + zone
    pd.DataFrame({"time": stamps, "price_cny_per_kwh": 0.4}).to_csv(tmp_path / "prices.csv", index=False)
    with pytest.raises(InputError, match=r"line 2: time .* cannot be used \(8,760 such rows\)"):
        read_market_prices(tmp_path / "prices.csv", year_index(2023, 8.0), 8.0)


def test_one_district_in_megawatts_is_told(tmp_path):
    (told,) = of_city(tmp_path, {"东区": 0.4, "西区": 400.0})
    assert (told.code, told.layer) == ("load-far-off", "load.csv, 东区")
