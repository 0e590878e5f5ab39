"""Examples of `pvmap/findings/catalogue/weather_reading.py`."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pandas as pd
from findings.examples import example
from findings.examples.weather import VILLAGE, clear_year, read

from pvmap.findings import Finding
from pvmap.settings.weather import WeatherSettings
from pvmap.sources.weather import read_weather

EPW_HEAD = (
    "LOCATION,{city},-,CHN,{kind},0,32.2,119.45,{zone},10.0\n"
    "DESIGN CONDITIONS,0\nTYPICAL/EXTREME PERIODS,0\nGROUND TEMPERATURES,0\nHOLIDAYS/DAYLIGHT SAVINGS,No,0,0,0\n"
    "COMMENTS 1,{comment}\nCOMMENTS 2,\nDATA PERIODS,1,1,Data,Sunday,1/1,12/31\n"
)


def epw(folder: Path, *, city: str = "Village", kind: str = "measured", zone: float = 8.0, comment: str = "") -> Path:
    """Write the clear year as an EPW file; the rows are in the clock of 8 hours east whatever the header says."""
    year = clear_year()
    local = year["time"].dt.tz_convert(None) + pd.Timedelta(hours=8)
    rows = [
        f"{t.year},{t.month},{t.day},{t.hour + 1},0,?,15.0,5.0,60,101000,0,0,300,{g:.1f},{b:.1f},{d:.1f}"
        ",0,0,0,0,180,2.0,5,5,20,77777,9,0,0,0,0,0,0,0,0"
        for t, g, b, d in zip(local, year["ghi"], year["dni"], year["dhi"], strict=True)
    ]
    path = folder / "w.epw"
    path.write_text(EPW_HEAD.format(city=city, kind=kind, zone=zone, comment=comment) + "\n".join(rows) + "\n")
    return path


def of_settings(folder: Path, clock: float = 8.0, **settings: object) -> Iterable[Finding]:
    return read_weather(WeatherSettings.model_validate(settings), folder, clock).findings


def power(folder: Path, standard: str) -> Iterable[Finding]:
    """Read the clear year in NASA POWER's CSV."""
    year = clear_year()
    shown = year["time"] + pd.Timedelta(hours=8 if standard == "LST" else 0)
    head = (
        f"-BEGIN HEADER-\nDates (month/day/year): 01/01/2023 through 12/31/2023 in {standard}\n"
        "Location: latitude 32.2 longitude 119.45\nsources availability range: -999\n-END HEADER-\n"
    )
    time = {"YEAR": shown.dt.year, "MO": shown.dt.month, "DY": shown.dt.day, "HR": shown.dt.hour}
    values = {"ALLSKY_SFC_SW_DWN": year["ghi"], "T2M": year["temp_air"], "WS10M": year["wind_speed"]}
    (folder / "p.csv").write_text(head + pd.DataFrame(time | values).to_csv(index=False))
    return of_settings(folder, points=[{"format": "nasa_power", "path": "p.csv"}])


@example("weather-uncorrected")
def a_reanalysis(folder: Path, faulty: bool) -> Iterable[Finding]:
    return power(folder, "UTC") if faulty else read(folder, clear_year())


@example("weather-corrected")
def a_correction_that_is_asked_for(folder: Path, faulty: bool) -> Iterable[Finding]:
    point = {"format": "epw", "path": epw(folder).name}
    return of_settings(folder, points=[point], **({"correction": {}} if faulty else {}))


@example("weather-synthetic")
def no_file(folder: Path, faulty: bool) -> Iterable[Finding]:
    return of_settings(folder, points=[{}]) if faulty else read(folder, clear_year())


@example("weather-tmyx-lag")
def a_tmyx_file(folder: Path, faulty: bool) -> Iterable[Finding]:
    path = epw(folder, kind="SRC-TMYx" if faulty else "measured")
    return of_settings(folder, points=[{"format": "epw", "path": path.name}])


@example("weather-pvgis-epw-clock")
def an_epw_of_pvgis(folder: Path, faulty: bool) -> Iterable[Finding]:
    comment = "Irradiance Time Offset (h): 0.17" if faulty else "measured"
    return of_settings(folder, points=[{"format": "epw", "path": epw(folder, comment=comment).name}])


@example("weather-solar-time")
def power_by_default(folder: Path, faulty: bool) -> Iterable[Finding]:
    return power(folder, "LST" if faulty else "UTC")


@example("weather-values-set-aside")
def a_logger_s_nines(folder: Path, faulty: bool) -> Iterable[Finding]:
    year = clear_year()
    year.loc[4000:4001, "ghi"] = 9999.0 if faulty else 500.0
    return read(folder, year)


@example("weather-no-wind")
def light_and_temperature_alone(folder: Path, faulty: bool) -> Iterable[Finding]:
    year = clear_year()
    return read(folder, year.drop(columns="wind_speed") if faulty else year)


@example("weather-leap-days-dropped")
def a_leap_year(folder: Path, faulty: bool) -> Iterable[Finding]:
    return read(folder, clear_year(2024 if faulty else 2023))


@example("weather-year-wrapped")
def a_year_of_utc(folder: Path, faulty: bool) -> Iterable[Finding]:
    year = clear_year()
    shift = pd.Timedelta(hours=8)
    tail = year.iloc[:8].assign(time=lambda f: f["time"] + pd.Timedelta(days=365))
    whole_in_utc = pd.concat([year[year["time"] >= year["time"].iloc[0] + shift], tail])
    return read(folder, whole_in_utc if faulty else year)


@example("weather-hours-outside-years")
def some_hours_of_the_next_year(folder: Path, faulty: bool) -> Iterable[Finding]:
    two = clear_year(2022, 2)
    return read(folder, two.iloc[: 8760 + (1000 if faulty else 0)])


@example("weather-half-hours-moved")
def utc_hours_in_india(folder: Path, faulty: bool) -> Iterable[Finding]:
    clear_year().to_csv(folder / "w.csv", index=False)
    return of_settings(folder, 5.5 if faulty else 8.0, points=[{"format": "csv", "path": "w.csv"} | VILLAGE])


@example("weather-years-restamped")
def two_points_of_two_years(folder: Path, faulty: bool) -> Iterable[Finding]:
    for name, year in (("a", 2021), ("b", 2022 if faulty else 2021)):
        clear_year(year).to_csv(folder / f"{name}.csv", index=False)
    return of_settings(folder, points=[{"format": "csv", "path": f"{name}.csv"} | VILLAGE for name in "ab"])


@example("weather-hours-thin")
def half_an_hour_lost(folder: Path, faulty: bool) -> Iterable[Finding]:
    year = clear_year()
    quarters = year.loc[year.index.repeat(4)].reset_index(drop=True)
    quarters["time"] += pd.to_timedelta(np.tile([0, 15, 30, 45], len(year)), unit="min")
    quarters.loc[16000 : 16001 if faulty else 16000, "temp_air"] = np.nan
    return read(folder, quarters)


@example("weather-gaps-filled")
def an_hour_lost(folder: Path, faulty: bool) -> Iterable[Finding]:
    year = clear_year()
    return read(folder, year.drop(index=[4000] if faulty else []))


@example("weather-closed")
def no_diffuse_light(folder: Path, faulty: bool) -> Iterable[Finding]:
    year = clear_year()
    return read(folder, year.drop(columns="dhi") if faulty else year)


@example("weather-split-by-erbs")
def global_light_alone(folder: Path, faulty: bool) -> Iterable[Finding]:
    year = clear_year()
    return read(folder, year.drop(columns=["dni", "dhi"]) if faulty else year)


@example("weather-composite-year")
def a_file_of_two_years(folder: Path, faulty: bool) -> Iterable[Finding]:
    return read(folder, clear_year(2022, 2 if faulty else 1))


@example("weather-sun-guessed")
def pvgis_of_old(folder: Path, faulty: bool) -> Iterable[Finding]:
    year = clear_year()
    stamps = year["time"].dt.strftime("%Y%m%d:%H%M")
    head = (
        "Latitude (decimal degrees): 32.2\r\nLongitude (decimal degrees): 119.45\r\nElevation (m): 10.0\r\n"
        + ("" if faulty else "Irradiance Time Offset (h): 0.5\r\n")
        + "".join("month,year\r\n" if not m else f"{m},2023\r\n" for m in range(13))
    )
    columns = {"time(UTC)": stamps, "T2m": 15.0, "RH": 60.0, "G(h)": year["ghi"], "Gb(n)": year["dni"]}
    more = {"Gd(h)": year["dhi"], "IR(h)": 300.0, "WS10m": 2.0, "WD10m": 180.0, "SP": 101000.0}
    table = pd.DataFrame(columns | more).to_csv(index=False, lineterminator="\r\n")
    (folder / "w.csv").write_text(head + table, newline="")
    return of_settings(folder, points=[{"format": "pvgis", "path": "w.csv"}])


@example("weather-texts-set-aside")
def a_word_of_the_logger(folder: Path, faulty: bool) -> Iterable[Finding]:
    year = clear_year()
    cells = year["ghi"].astype(str)
    return read(folder, year.assign(ghi=cells.mask(cells.index == 5000, "failed" if faulty else "N/A")))


@example("weather-place-overruled")
def a_file_with_coordinates_of_ones_own(folder: Path, faulty: bool) -> Iterable[Finding]:
    point = {"format": "epw", "path": epw(folder).name, "longitude": 119.9, "latitude": 34.2 if faulty else 32.4}
    return of_settings(folder, points=[point])


@example("weather-days-copied")
def a_week_of_one_day(folder: Path, faulty: bool) -> Iterable[Finding]:
    year, at = clear_year(), np.arange(8760)
    of = np.where(faulty & (at // 24 >= 160) & (at // 24 < 167), 160 * 24 + at % 24, at)
    return read(folder, year.iloc[of].reset_index(drop=True).assign(time=year["time"]))


@example("weather-ceiling")
def a_logger_at_the_end_of_its_range(folder: Path, faulty: bool) -> Iterable[Finding]:
    year = clear_year().drop(columns=["dni", "dhi"])
    return read(folder, year.assign(ghi=year["ghi"].clip(upper=700.0)) if faulty else year)


@example("weather-part-above-whole")
def beam_of_another_calibration(folder: Path, faulty: bool) -> Iterable[Finding]:
    return read(folder, clear_year().drop(columns="dhi").assign(dni=lambda t: t["dni"] * (1.4 if faulty else 1.0)))
