"""Real cities in ten lines each: Boulder (zip, no heights), Göteborg (surface model), Suzhou, a shapefile in GBK."""

from __future__ import annotations

import tomllib
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
from loopback import Ask
from weather_services import pvgis_tmy

from pvmap import pipeline
from pvmap.pipeline import Report
from pvmap.sites import packing

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
    assert not {found.code for found in report.findings} & {"city-clock-far-from-sun", "weather-far-from-city"}


@pytest.mark.slow
def test_boulder(tmp_path: Path, shared_data: Path) -> None:
    job = city(tmp_path, shared_data, BOULDER, -105.25, 40.0)
    sensible(pipeline.make_map(job, workers=0), 1000, 1700)


@pytest.mark.slow
def test_goteborg_keeps_rows_clear_around_noon(tmp_path: Path, shared_data: Path) -> None:
    """The hours of China's rule see no sun at this latitude; the plain ones do."""
    job = city(tmp_path / "plain", shared_data, GOTEBORG, 11.97, 57.7)
    codes = {found.code for found in pipeline.check_city(job).findings}
    assert not codes & {"city-clock-far-from-sun", "weather-far-from-city"}
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


@pytest.mark.parametrize("text", [BOULDER, GOTEBORG, SUZHOU, GBK])
def test_each_is_ten_lines_at_most(text: str) -> None:
    assert len(text.splitlines()) <= 10
