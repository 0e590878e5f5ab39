"""Examples of `pvmap/findings/catalogue/loads.py`."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
from findings.examples import example
from pyproj import CRS

from pvmap.findings import Finding
from pvmap.planning.grid.hourly import read_loads
from pvmap.planning.money.doubts import doubt_hours, doubt_prices
from pvmap.settings.city import Settings
from pvmap.sources.weather.hours import year_index
from pvmap.stages.planned_city import PlannedCity

TIMES = year_index(2023, 8.0)


def load(folder: Path, stamps: Iterable[str], *districts: str) -> Iterable[Finding]:
    table = pd.DataFrame({"time": list(stamps), "district": "东区", "load_kw": 1000.0})
    table.to_csv(folder / "load.csv", index=False)
    return read_loads(folder / "load.csv", TIMES, 8.0, {"东区", *districts})[1]


def hours(year: int) -> pd.DatetimeIndex:
    return pd.date_range(f"{year}-01-01", f"{year + 1}-01-01", freq="h", inclusive="left")


@example("hours-of-another-year")
def the_load_of_2024(folder: Path, faulty: bool) -> Iterable[Finding]:
    return load(folder, hours(2024 if faulty else 2023).strftime("%Y-%m-%d %H:%M"))


@example("hours-labelled-by-their-end")
def hours_from_1_to_24(folder: Path, faulty: bool) -> Iterable[Finding]:
    return load(folder, (f"{t:%Y-%m-%d} {t.hour + faulty}:00" for t in hours(2023)))


@example("districts-without-load")
def a_file_of_one_district(folder: Path, faulty: bool) -> Iterable[Finding]:
    return load(folder, hours(2023).strftime("%Y-%m-%d %H:%M"), *(["西区"] if faulty else []))


@example("prices-far-off")
def prices_of_a_megawatt_hour(folder: Path, faulty: bool) -> Iterable[Finding]:
    told = doubt_prices("prices.csv", "market", 350.0 if faulty else 0.35, 0.4)
    return [] if told is None else [told]


@example("prices-far-off-in-hours")
def a_month_in_fen(folder: Path, faulty: bool) -> Iterable[Finding]:
    months = np.repeat([0.35, 35.0 if faulty else 0.40], [8000, 760])
    told = doubt_hours("prices.csv", "market", months, 0.4)
    return [] if told is None else [told]


@example("load-stands-out")
def a_meter_that_failed(folder: Path, faulty: bool) -> Iterable[Finding]:
    kw = np.repeat([400.0, 99_999.0 if faulty else 700.0], [8700, 60])
    frame = pd.DataFrame({"time": hours(2023).strftime("%Y-%m-%d %H:%M"), "district": "东区", "load_kw": kw})
    frame.to_csv(folder / "load.csv", index=False)
    return read_loads(folder / "load.csv", TIMES, 8.0)[1]


@example("load-total-among-districts")
def a_total_under_the_name_of_the_city(folder: Path, faulty: bool) -> Iterable[Finding]:
    return of_city(folder, {"东区": 300.0, "西区": 200.0, "x": 500.0 if faulty else 40.0})


@example("load-far-off")
def a_load_in_megawatts(folder: Path, faulty: bool) -> Iterable[Finding]:
    return of_city(folder, {"东区": 0.4 if faulty else 400.0})


def of_city(folder: Path, kw: dict[str, float]) -> Iterable[Finding]:
    """What is found about a load of so many kW by district, 40,000 m2 of shops in the first."""
    each = [pd.DataFrame({"time": hours(2023).strftime("%Y-%m-%d %H:%M"), "district": d, "load_kw": kw[d]}) for d in kw]
    pd.concat(each).to_csv(folder / "load.csv", index=False)
    settings = Settings.model_validate(
        {"city": {"name": "x", "title_zh": "甲", "title_en": "X"}, "inputs": {"load": {"path": "load.csv"}}}
    )
    city = PlannedCity(settings, folder, folder, CRS.from_epsg(4549))
    city.__dict__ |= {"districts": [name for name in kw if name != "x"]}
    city.__dict__["sites"] = pd.DataFrame(
        {"site_type": "rooftop", "building_use": "commercial", "district": "东区", "footprint_area_m2": [40_000.0]}
    )
    city.__dict__["_gross"] = SimpleNamespace(times=TIMES)
    return city.doubt_load()
