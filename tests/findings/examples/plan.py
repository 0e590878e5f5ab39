"""Examples of `pvmap/findings/catalogue/plan.py`."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from findings.examples import example
from findings.examples.village import BUILDINGS, check, put, rows
from pyproj import CRS

from pvmap.findings import Finding
from pvmap.planning.areas import Areas, doubt_areas
from pvmap.planning.grid.room import Room
from pvmap.planning.money.scenario_table import of_flat_prices, of_no_scenario, of_nobody, read_mechanism
from pvmap.planning.policy.asked import Asked
from pvmap.planning.policy.plan_classes import Part
from pvmap.planning.policy.plan_inputs import read_targets
from pvmap.planning.policy.plan_table import plan
from pvmap.planning.policy.tranches import Sites
from pvmap.planning.table_columns import COLUMNS
from pvmap.planning.table_input import read_given
from pvmap.settings.build_out import BuildOutSettings
from pvmap.settings.city import AreaInput, Settings, TableInput
from pvmap.settings.identity import City
from pvmap.sources.weather.hours import year_index
from pvmap.stages.planned import read_areas


def planned(folder: Path, text: str) -> Iterable[Finding]:
    """Findings of a plan for one district of 50 MW of roofs."""
    (folder / "targets.csv").write_text(text, encoding="utf-8")
    targets = read_targets(TableInput(path="targets.csv"), folder, ["东区"])
    of = np.array([50.0])
    none = 0 * of
    sites = Sites(np.array(["东区"], object), of, 1.15 * of, 3e6 * of, none, none, of, 0.3 + none, none, none)
    columns = ["year", "district", "class", "mw", "capex_cny_per_w_dc", "opex_cny_per_kw_year"]
    empty = pd.DataFrame(columns=columns)
    asked = Asked(targets, empty, empty, empty, Room.unlimited(1))
    roofs = Part(np.array([0]), "ci_general", 1.0, np.array([False]))
    return plan(sites, [roofs], asked, BuildOutSettings(), 0.06, 25).findings


def costs(folder: Path, head: str, row: str) -> Iterable[Finding]:
    """Findings of a table of costs."""
    (folder / "costs.csv").write_text(f"year,class,capex_cny_per_w_dc{head}\n2027,mine,2.9{row}\n", encoding="utf-8")
    return read_given(TableInput(path="costs.csv"), folder, *COLUMNS["costs"]).findings


@example("numbers-not-read")
def a_cost_in_a_column_of_another_name(folder: Path, faulty: bool) -> Iterable[Finding]:
    return costs(folder, ",opex_cny_per_kw" if faulty else ",opex_cny_per_kw_year", ",46")


@example("texts-not-read")
def a_column_of_words(folder: Path, faulty: bool) -> Iterable[Finding]:
    return costs(folder, ",supplier" if faulty else ",备注", ",甲厂")


@example("eligibility-not-known")
def bids_that_nobody_may_make(folder: Path, faulty: bool) -> Iterable[Finding]:
    settings = Settings(city=City(name="x", title_zh="", title_en=""))
    eligible: tuple[str, ...] = () if faulty else ("ci_general",)
    named = tuple(one.model_copy(update={"eligible": eligible}) for one in settings.scenarios)
    return of_nobody(settings.model_copy(update={"scenarios": named}))


@example("rows-of-no-scenario")
def the_mechanism_of_another_year(folder: Path, faulty: bool) -> Iterable[Finding]:
    text = f"year,class,eligible\n2026,mine,yes\n{2027 if faulty else 2026},ci_general,yes\n"
    (folder / "mechanism.csv").write_text(text, encoding="utf-8")
    settings = Settings(city=City(name="x", title_zh="", title_en=""))
    known = read_mechanism(TableInput(path="mechanism.csv"), folder, settings)
    return of_no_scenario(known, "mechanism.csv", settings)


@example("target-not-met")
def a_target_beyond_the_potential(folder: Path, faulty: bool) -> Iterable[Finding]:
    return planned(folder, f"year,district,target_mw\n2028,东区,{90 if faulty else 40}\n")


@example("targets-fall")
def additions_without_their_kind(folder: Path, faulty: bool) -> Iterable[Finding]:
    return planned(folder, f"year,district,target_mw\n2027,东区,20\n2028,东区,{10 if faulty else 30}\n")


@example("years-outside-plan")
def a_target_of_an_earlier_plan(folder: Path, faulty: bool) -> Iterable[Finding]:
    return planned(folder, f"year,district,target_mw\n{2025 if faulty else 2027},东区,20\n2028,东区,40\n")


@example("scenario-prices-flat")
def a_market_below_zero_at_noon(folder: Path, faulty: bool) -> Iterable[Finding]:
    return of_flat_prices(Settings(city=City(name="x", title_zh="", title_en="")), -0.05 if faulty else 0.05)


def parks(*west_m: float) -> Iterable[Finding]:
    """Findings of parks a kilometre wide over sites that stand 500, 1,500 and 2,500 m east."""
    outlines = gpd.GeoDataFrame(
        {"name": [f"P{n}" for n in range(len(west_m))]}, geometry=[shapely.box(x, 0, x + 1e3, 1e3) for x in west_m]
    )
    points = np.array([[500.0, 500.0], [1500.0, 500.0], [2500.0, 500.0]])
    return doubt_areas(Areas("园区", outlines, {}), points, "parks.gpkg")


@example("areas-overlap")
def a_park_over_another(folder: Path, faulty: bool) -> Iterable[Finding]:
    return parks(0.0, 400.0 if faulty else 1000.0)


@example("areas-without-sites")
def a_park_of_another_city(folder: Path, faulty: bool) -> Iterable[Finding]:
    return parks(0.0, 9000.0 if faulty else 1000.0)


@example("areas-unnamed")
def a_park_that_nobody_named(folder: Path, faulty: bool) -> Iterable[Finding]:
    path = folder / "parks.geojson"
    shape = [shapely.box(119.4, 32.1, 119.5, 32.2)]
    gpd.GeoDataFrame({"n": [" " if faulty else "甲园"]}, geometry=shape, crs="EPSG:4326").to_file(path)
    source = AreaInput(path=path.name, level="园区", columns={"name": "n"})
    settings = Settings(city=City(name="x", title_zh="", title_en=""))
    return read_areas(source, settings, folder, CRS.from_epsg(4549), year_index(2023, 8.0))[1]


@example("corrections-odd")
def watts_in_a_column_of_kilowatts(folder: Path, faulty: bool) -> Iterable[Finding]:
    put(folder, "b.geojson", rows(3))  # of 1,200 m2 each
    values = ("40000", "0.04", "40") if faulty else ("40", "200", "0")
    lines = [f"rooftop-b{n},correct,{value},r,b,2026-01-01" for n, value in enumerate(values)]
    put(folder, "o.csv", "\n".join(["site_id,decision,value_kwp,reason,by,date", *lines]))
    found = check(folder, BUILDINGS + '[inputs.overrides]\npath = "o.csv"\n')
    assert [one.count for one in found if one.code == "corrections-odd"] == ([2] if faulty else [])
    return found
