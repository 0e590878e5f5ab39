"""Real cities in ten lines each: Boulder (zip, no heights), Göteborg (surface model), Suzhou, a shapefile in GBK."""

from __future__ import annotations

import re
import sqlite3
import tomllib
from pathlib import Path

import docx
import geopandas as gpd
import numpy as np
import openpyxl
import pytest
from loopback import Ask
from weather_services import pvgis_tmy

import pvmap
from pvmap import pipeline, store
from pvmap.pipeline import Report
from pvmap.sites import packing

YUAN = re.compile(r"CNY|(?<!美)元")
OF_CHINA = re.compile(r"cny|CNY|(?<!美)元|亩|\bmu\b|审图号|整县|政策底线|煤|coal|电价情景|报价|policy floor|江苏")
KEY = re.compile(r"[a-z0-9_]+(\.[a-z0-9_]+)+")  # of the city file
WEATHER = 'weather.points = [{ path = "weather.json", format = "fetched" }]'
TITLES = 'title_zh = "试验"\ntitle_en = "Trial"'
BOULDER = f"""inputs.buildings = [{{ path = "boulder_buildings.zip", where = "FID < 300" }}]
{WEATHER}
[city]
name = "boulder"
{TITLES}
country = "generic"
utc_offset_hours = -7.0
"""
GOTEBORG = f"""inputs.buildings = [{{ path = "buildings.shp" }}]
inputs.dsm.path = "DSM_KRbig.tif"
inputs.dem.path = "DEM_KRbig.tif"
{WEATHER}
[city]
name = "goteborg"
{TITLES}
country = "generic"
utc_offset_hours = 1.0
"""
SUZHOU = f"""inputs.buildings = [{{ path = "suzhou_buildings.geojson", columns = {{ floors = "Floor" }} }}]
{WEATHER}
[city]
name = "suzhou"
{TITLES}
"""
GBK = f"""{WEATHER}
[[inputs.buildings]]
path = "房屋.shp"
columns = {{ name = "名称", floors = "层数", building_use = "用途" }}
[city]
name = "gbk"
{TITLES}
"""


def city(folder: Path, shared: Path, text: str, longitude: float, latitude: float) -> pipeline.Job:
    """Put a city file, its weather and links to the shared files in place."""
    name = tomllib.loads(text)["city"]["name"]
    raw = folder / "data" / "raw" / name
    raw.mkdir(parents=True)
    for file in shared.rglob("*"):
        if file.is_file() and name in (file.parent.name, file.stem.split("_")[0]):
            (raw / file.name).symlink_to(file)
    answer = pvgis_tmy(Ask("GET", "/tmy", {"lat": str(latitude), "lon": str(longitude)}, {}, b""))
    (raw / "weather.json").write_bytes(answer.body)
    (folder / "pipelines").mkdir()
    (folder / "pipelines" / f"{name}.toml").write_text(text, encoding="utf-8")
    return pipeline.open_city(str(folder / "pipelines" / f"{name}.toml"), folder)


def sensible(report: Report, low: float, high: float) -> None:
    roofs = report.totals["rooftop"]
    assert low < roofs["specific_yield_kwh_per_kwp"] < high and roofs["capacity_mwp"] > 0
    assert not {found.code for found in report.findings} & {
        "city-clock-not-its-zone",
        "rules-of-another-country",
        "weather-far-from-city",
    }


@pytest.mark.slow
def test_boulder(tmp_path: Path, shared_data: Path) -> None:
    job = city(tmp_path, shared_data, BOULDER, -105.25, 40.0)
    report = pipeline.make_map(job, workers=0)
    sensible(report, 1000, 1700)
    files = {path.name: path for path in pipeline.write_plan(job)}
    page = report.index.read_text(encoding="utf-8")
    assert '"money":["美元","USD"]' in page.replace(" ", "") and not set(YUAN.findall(texts_of(page)))
    assert not OF_CHINA.search("\n".join(cells(files["report.xlsx"])))
    assert not OF_CHINA.search("\n".join(paragraphs(files["report.docx"])))
    fields = "\n".join(aliases(files["boulder.gpkg"]))
    assert "度电成本（美元/kWh）" in fields and not OF_CHINA.search(fields)
    run = pvmap.open_run(job.folders.processed)
    table = run.table("appraisal")
    assert table.attrs["units"]["lcoe_cny_per_kwh"] == "USD/kWh" and "scenarios" not in run.tables
    notes = store.column_notes(job.folders.processed / "appraisal.parquet")
    assert notes["npv_cny"]["unit"] == "USD"
    assert not {"below_coal_benchmark", "standard_coal_t_per_year", "capacity_policy_floor_kwp"} & set(table)
    assert 0.05 < run.totals["lcoe_cny_per_kwh"]["all"] < 0.25  # USD/kWh of roofs in a sunny place
    told = "\n".join(pipeline.explain_site(job, str(table["site_id"].iloc[0])))
    assert "USD/kWh" in told and not re.search("CNY|coal|policy floor|mechanism", told.partition("Unverified")[0])


def texts_of(page: str) -> str:
    """Words of the page's scripts: what a reader is shown, in both languages."""
    return page[page.index('"texts"') : page.index('"base_maps"')]


def cells(path: Path) -> list[str]:
    """Texts of all sheets but that of sources, which names what assumptions rest on, in China too."""
    book = openpyxl.load_workbook(path)
    sheets = [sheet for sheet in book if sheet.title != "依据与参数"]
    every = [cell for sheet in sheets for row in sheet.iter_rows(values_only=True) for cell in row]
    return [cell for cell in every if isinstance(cell, str) and not KEY.fullmatch(cell)]


def paragraphs(path: Path) -> list[str]:
    """Texts of the report but its list of references."""
    page = docx.Document(str(path))
    lines = [one.text for one in page.paragraphs if one.style.name != "List Bullet"]
    return lines + [cell.text for table in page.tables for cell in table.rows[0].cells]


def aliases(path: Path) -> list[str]:
    with sqlite3.connect(path) as database:
        return [" ".join(row) for row in database.execute("SELECT name, title, description FROM gpkg_data_columns")]


@pytest.mark.slow
def test_goteborg_keeps_rows_clear_around_noon(tmp_path: Path, shared_data: Path) -> None:
    """The hours of China's rule see no sun at this latitude; the plain ones do."""
    job = city(tmp_path / "plain", shared_data, GOTEBORG, 11.97, 57.7)
    codes = {found.code for found in pipeline.check_city(job).findings}
    assert not codes & {"city-clock-not-its-zone", "rules-of-another-country", "weather-far-from-city"}
    north = np.array([57.7])
    south_racks = packing.ground_cover_ratio(
        north, 15.0, packing.equator_azimuth(north), window=packing.spacing_window(job.settings.siting, north)
    )
    assert 0.3 < float(south_racks[0]) < 0.6  # by the hours of China's rule it is next to nothing


@pytest.mark.slow
def test_suzhou_and_a_shapefile_in_gbk(tmp_path: Path, shared_data: Path) -> None:
    job = city(tmp_path / "a", shared_data, SUZHOU, 120.62, 31.31)
    assert pipeline.check_city(job).counts["rooftop"]["rows_read"] == 3076
    job = city(tmp_path / "b", shared_data, GBK, 120.62, 31.31)
    frame = gpd.read_file(shared_data / "buildings" / "suzhou_buildings.geojson")[:50].set_crs(
        4326, allow_override=True
    )
    named = frame.assign(名称="平江路", 层数=3, 用途="商业")[["名称", "层数", "用途", "geometry"]]
    named.to_file(job.folders.raw / "房屋.shp", encoding="gbk")
    (job.folders.raw / "房屋.cpg").unlink(missing_ok=True)
    checked = pipeline.check_city(job)
    assert checked.counts["rooftop"]["rows_read"] == 50
    codes = {found.code for found in checked.findings}
    assert "encoding-guessed" in codes and not codes & {"use-words-not-known", "uses-missing"}
    report = pipeline.make_map(job, workers=0)
    sensible(report, 900, 1700)  # the made-up sky is a clear one
    page = report.index.read_text(encoding="utf-8").replace(" ", "")
    assert '"money":["元","CNY"]' in page and not re.search("USD|美元", texts_of(page))
    sites = pvmap.open_run(job.folders.processed).table("sites")
    assert set(sites["name"]) == {"平江路"} and set(sites["building_use"]) == {"commercial"}


@pytest.mark.parametrize("text", [BOULDER, GOTEBORG, SUZHOU, GBK])
def test_each_is_ten_lines_at_most(text: str) -> None:
    assert len(text.splitlines()) <= 10
