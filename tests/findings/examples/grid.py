"""Examples of `pvmap/findings/catalogue/grid.py`."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from findings.examples import example
from pyproj import CRS
from scipy.sparse import csr_array

from pvmap.findings import Finding
from pvmap.planning.grid.assessed import Loads, calendar
from pvmap.planning.grid.assessment import assess
from pvmap.planning.grid.given import Grid, Potential
from pvmap.planning.grid.hosting import Interval
from pvmap.planning.grid.standing import connected_otherwise, doubt_areas, doubt_sizes, far_away, without_devices
from pvmap.settings.city import DeviceInput, Inputs, Settings, TableInput
from pvmap.settings.identity import City
from pvmap.sources.weather.hours import year_index
from pvmap.stages.grid_inputs import read_grid

TIMES = year_index(2023, 8.0)
DEVICE = "device_id,level_kv,unit_kva,units,mode,district,load_kw,registered_kwac,longitude,latitude"


def assessed(folder: Path, row: str, site: int = 0, **tables: str) -> Iterable[Finding]:
    """Findings of a grid of one transformer over one site, which joins it or (-1) does not."""
    tables = {"grid_devices": f"{DEVICE}\n{row}\n", **tables}
    inputs = {}
    for name, text in tables.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
        inputs[name] = (DeviceInput if name == "grid_devices" else TableInput)(path=f"{name}.csv")
    settings = Settings(city=City(name="x", title_zh="", title_en=""), inputs=Inputs(**inputs))
    plan = settings.planning.hosting
    days = calendar(TIMES, 8.0, plan)
    load = pd.DataFrame({"东区": np.full(len(TIMES), 20.0)}, index=TIMES)
    files = read_grid(settings, folder, CRS.from_epsg(4549), ["东区"], days, load)
    one = np.array([1000.0])
    light = np.clip(np.sin((days.hour - 6) / 12 * np.pi), 0.0, None)[None]
    potential = Potential(np.array([site]), np.array([0]), one, one / 1.15, 0 * one, np.array([0]), light)
    hosting = assess(files.devices, files.grid, potential, days, np.array([False]), plan)
    return [*files.findings, *hosting.findings]


@example("grid-checks-left")
def a_grid(folder: Path, faulty: bool) -> Iterable[Finding]:
    return assessed(folder, "T1,110,50000,2,split,东区,30000,0,,") if faulty else []


@example("grid-load-estimated")
def a_transformer_without_load(folder: Path, faulty: bool) -> Iterable[Finding]:
    return assessed(folder, f"T1,110,50000,2,split,东区,{'' if faulty else 30000},0,,")


@example("parallel-of-one")
def one_unit_in_parallel(folder: Path, faulty: bool) -> Iterable[Finding]:
    return assessed(folder, f"T1,110,50000,{1 if faulty else 2},parallel,东区,30000,0,,")


@example("registration-expired")
def a_project_that_ran_out(folder: Path, faulty: bool) -> Iterable[Finding]:
    until = "2026-06-30" if faulty else "2027-06-30"
    registered = f"project_id,device_id,class,kwac,valid_until\nP1,T1,ci_general,500,{until}\n"
    return assessed(folder, "T1,110,50000,2,split,东区,30000,,,", registered=registered)


@example("registered-otherwise")
def a_list_that_says_more_than_the_table(folder: Path, faulty: bool) -> Iterable[Finding]:
    registered = "project_id,device_id,class,kwac\nP1,T1,ci_general,500\n"
    return assessed(folder, f"T1,110,50000,2,split,东区,30000,{900 if faulty else 500},,", registered=registered)


@example("connected-otherwise")
def a_layer_of_plants_with_the_large_ones_only(folder: Path, faulty: bool) -> Iterable[Finding]:
    connected = pd.Series({"东区": 20.0, "西区": 0.9})
    return connected_otherwise(connected, pd.Series({"东区": 5.0 if faulty else 24.0}), 1.25)


@example("hosting-to-share-anew")
def a_share_beyond_the_transformers(folder: Path, faulty: bool) -> Iterable[Finding]:
    limits = f"district,system_min_mw,system_max_mw\n东区,{900 if faulty else 50},1000\n"
    return assessed(folder, "T1,110,50000,2,split,东区,30000,0,,", county_limits=limits)


@example("sites-without-device")
def a_site_that_nobody_serves(folder: Path, faulty: bool) -> Iterable[Finding]:
    return assessed(folder, "T1,110,50000,2,split,东区,30000,0,,", site=-1 if faulty else 0)


@example("district-not-checked")
def a_district_that_the_table_does_not_name(folder: Path, faulty: bool) -> Iterable[Finding]:
    at = np.array(["东区", "西区" if faulty else "东区"], object)
    share, no = np.array([[1.0, 0.0]]), np.zeros(1, bool)
    free = Interval(np.full(2, np.inf), np.full(2, np.inf))
    grid = Grid(["东区", "西区"], share, Loads(csr_array((1, 1)), np.zeros((1, 1))), np.array(["table"]), no, free)
    return without_devices(at, np.array([900.0, 600.0]), grid.unchecked(at, np.array([0, -1])))


@example("devices-far-away")
def a_wrong_digit_in_a_longitude(folder: Path, faulty: bool) -> Iterable[Finding]:
    sites = np.array([[500e3, 3560e3], [501e3, 3560e3]])
    return far_away(np.array(["A", "B"]), np.array([[560e3 if faulty else 540e3, 3560e3], [np.nan, np.nan]]), sites)


def station(unit_kva: str, load_kw: str) -> list[Finding]:
    mva = float(unit_kva) / 1e3
    frame = pd.DataFrame({"device_id": ["A"], "level_kv": [110.0], "rating_mva": [mva], "connected_mw": [1.0]})
    return doubt_sizes(frame.assign(load_mw=float(load_kw) / 1e3), "t.csv")


@example("device-ratings-odd")
def megavolt_amperes_under_kva(folder: Path, faulty: bool) -> Iterable[Finding]:
    return station("63" if faulty else "63000", "20")


@example("device-loads-odd")
def a_number_for_no_load(folder: Path, faulty: bool) -> Iterable[Finding]:
    return station("63000", "9999999" if faulty else "40000")


@example("supply-areas-overlap")
def an_area_of_an_earlier_state(folder: Path, faulty: bool) -> Iterable[Finding]:
    frame = pd.DataFrame({"device_id": ["S", "T1", "T2"], "level_kv": [110.0, 10.0, 10.0]})
    east = 80.0 if faulty else 99.5
    outlines = [shapely.box(0, 0, 200, 100), shapely.box(0, 0, 100, 100), shapely.box(east, 0, 200, 100)]
    areas = gpd.GeoDataFrame({"device_id": frame["device_id"]}, geometry=outlines, crs=4549)  # S feeds both
    return doubt_areas(areas, "areas.gpkg", frame)
