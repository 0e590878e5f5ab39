"""A build for the public: refused without an approval number, coarse in its places, silent about what is sensitive."""

from __future__ import annotations

import json
import re
import shutil
import zipfile
from pathlib import Path

import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pyogrio
import pytest
import shapely
from findings.examples.village import BUILDINGS, EAST, HEAD, NORTH, TYPICAL, check, feature, put, rectangle, rows
from hypothesis import given
from hypothesis import strategies as st
from webmap.payloads import inflated

from pvmap import config, pipeline, store
from pvmap.errors import ConfigError
from pvmap.planning.publication import coarse_outlines, coarse_places, for_readers
from pvmap.settings.city import Settings
from pvmap.sites.sensitive import leave_out
from pvmap.webmap.build import build_map

CITY = {"name": "town", "title_zh": "小城", "title_en": "Town"}
PUBLIC = {"use": "public", "review_number": "GS(2026)1"}


def settings(**city: str) -> Settings:
    return Settings.model_validate({"city": CITY | city})


@pytest.mark.parametrize("number", ["", "   "])
def test_a_public_build_needs_an_approval_number(tmp_path, number):
    file = tmp_path / "x.toml"
    file.write_text(HEAD + f'use = "public"\nreview_number = "{number}"\n', encoding="utf-8")
    with pytest.raises(ConfigError, match="审图号"):
        config.load(file)


@given(st.floats(0, 1e6), st.floats(0, 4e6), st.floats(0.5, 500), st.floats(0.5, 500), st.floats(0, 90))
def test_outlines_lie_on_the_lattice_near_where_they_were(x, y, wide, deep, turn):
    outline = shapely.affinity.rotate(shapely.box(x, y, x + wide, y + deep), turn)
    coarse = coarse_outlines(np.array([outline]), 10.0)[0]
    corners = shapely.get_coordinates(coarse)
    np.testing.assert_allclose(corners / 10.0, np.round(corners / 10.0), atol=1e-6)
    assert coarse.is_valid and coarse.area > 0
    assert shapely.distance(coarse, outline.centroid) < 10.0


def test_places_and_heights_are_rounded_for_the_public():
    sites = pd.DataFrame({"longitude": [119.4567891], "latitude": [32.1234567], "height_m": [22.4], "name": ["a"]})
    coarse = coarse_places(sites, settings(**PUBLIC))
    assert coarse["height_m"].tolist() == [15.0] and coarse["name"].tolist() == ["a"]
    for column in ("longitude", "latitude"):
        moved = abs(coarse[column] - sites[column]).iloc[0] * 111_320
        assert 0 < moved <= 5.0


def test_transformers_are_not_shown_to_the_public(town):
    hosting = pd.DataFrame({"kind": ["device", "district"], "device_id": ["t1", "东区"]})
    tables = {"sites": town.sites, "hosting": hosting}
    assert for_readers(tables, settings()) is tables
    public = for_readers(tables, settings(**PUBLIC))
    assert public["hosting"]["device_id"].tolist() == ["东区"]
    corners = shapely.get_coordinates(public["sites"].geometry.to_numpy())
    np.testing.assert_allclose(corners % 10.0, 0.0, atol=1e-6)
    assert len(public["sites"]) == len(town.sites)


def test_sensitive_areas_of_another_province_are_told(tmp_path):
    put(tmp_path, "b.geojson", rows(2))
    put(tmp_path, "s.geojson", [feature(rectangle(400_000.0, 0.0))])
    head = HEAD + "".join(f'{key} = "{value}"\n' for key, value in PUBLIC.items())
    found = check(tmp_path, BUILDINGS + '[inputs.sensitive]\npath = "s.geojson"\n', head=head)
    (told,) = [one for one in found if one.code == "layers-apart"]
    assert {told.layer, told.values["other"]} == {"rooftop", "sensitive"}


def test_whatever_touches_a_sensitive_area_is_left_out_and_its_place_forgotten(town):
    box = shapely.box(*town.sites.geometry.iloc[3].bounds)
    kept, rejects, findings = leave_out(town.sites.assign(part=0), gpd.GeoDataFrame(geometry=[box], crs=town.sites.crs))
    touched = town.sites.geometry.intersects(box)
    assert list(kept["site_id"]) == list(town.sites["site_id"][~touched]) and touched.sum() >= 1
    assert len(rejects) == touched.sum() and rejects[["longitude", "latitude"]].isna().all(axis=None)
    assert findings[0].count == touched.sum()


GRID = """device_id,name,district,level_kv,parent_id,unit_kva,units,mode,load_kw,connected_kwac,longitude,latitude
SECRET-110,SECRET-STATION,,110,,50000,2,split,20000,0,119.4512345,32.2012345
SECRET-10,SECRET-KIOSK,,10,SECRET-110,630,1,single,100,0,119.4501234,32.2001234
"""
DECIDED = "site_id,decision,reason,by,date\nrooftop-b1,refuse,r,b,d\nrooftop-b2,confirm,r,b,d\n"  # b1 is left out
PLAN = '[inputs.grid_devices]\npath = "grid.csv"\n[inputs.targets]\npath = "targets.csv"\n'
PLAN += '[inputs.overrides]\npath = "o.csv"\n'
TALL_M = 21.98765  # rounds to 15


@pytest.fixture(scope="module")
def public(tmp_path_factory) -> tuple[pipeline.Job, list[Path]]:
    """A village of four halls, the second of which is sensitive, with transformers: all that a public build writes."""
    root = tmp_path_factory.mktemp("public")
    raw = root / "raw"
    raw.mkdir()
    put(raw, "b.geojson", rows(4, h=[TALL_M] * 4))
    put(raw, "s.geojson", [feature(rectangle(70.0, 10.0, 5.0, 5.0))])  # within the second hall
    put(raw, "grid.csv", GRID)
    put(raw, "o.csv", DECIDED)
    put(raw, "targets.csv", "year,target_mw\n2030,0.05\n")
    city = root / "x.toml"
    public = 'use = "public"\nreview_number = "GS(2026)1"\n'
    body = f'{BUILDINGS}{PLAN}[inputs.sensitive]\npath = "s.geojson"\n{TYPICAL}'
    city.write_text(HEAD + public + body, encoding="utf-8")
    job = pipeline.open_city(str(city), root, raw)
    pipeline.make_map(job, workers=0)
    written = []
    for path in pipeline.write_plan(job):
        written += sorted(one for one in path.rglob("*") if one.is_file()) if path.is_dir() else [path]
    return job, [*written, job.folders.maps / "index.html", job.folders.processed / "run.json"]


def text_of(path: Path) -> str:
    """All text of a file, packed parts too: whatever a reader can find in it."""
    if path.suffix in (".xlsx", ".docx"):
        with zipfile.ZipFile(path) as file:
            return "\n".join(file.read(name).decode("utf-8", "ignore") for name in file.namelist())
    if path.suffix == ".parquet":
        return pd.read_parquet(path).to_csv()
    if path.suffix == ".gpkg":
        every = [gpd.read_file(path, layer=name) for name in pyogrio.list_layers(path)[:, 0]]
        return path.read_bytes().decode("utf-8", "ignore") + "\n".join(one.to_csv() for one in every)
    text = path.read_text(encoding="utf-8")
    packed = re.findall(r'pvmapTile\("[a-z-]+","[a-z0-9_]+","([^"]*)"\)', text)
    return text + "\n".join(inflated(one).decode("utf-8", "ignore") for one in packed)


@pytest.mark.slow
def test_no_file_of_a_public_build_tells_places_heights_or_what_is_sensitive(public):
    """Every file is opened; corners of halls are looked for in degrees and in metres, to a metre or so."""
    job, files = public
    kinds = {path.suffix for path in files}
    assert {".xlsx", ".docx", ".gpkg", ".html", ".json", ".parquet", ".csv", ".md"} <= kinds
    degrees = [value for n in range(4) for corner in rectangle(60.0 * n, 0.0) for value in corner]
    metres = [value for n in range(4) for x in (0.0, 40.0) for value in (EAST + 60.0 * n + x, NORTH, NORTH + 30.0)]
    secret = {f"{value:.5f}" for value in degrees} | {f"{value:.1f}"[:-1] for value in metres if value % 10 > 1}
    secret |= {"rooftop-b1", "SECRET", "119.45123", "119.45012", f"{TALL_M:g}", "内部使用"}
    for path in files:
        text = text_of(path).replace("内部使用版", "")  # a remedy speaks of the other kind of build
        if path.suffix == ".html":  # whose code knows the stamp of internal builds
            assert not json.loads(re.search(r'id="pvmap-meta">(.*?)</script>', text, re.S)[1]).get("internal")
            text = text.replace("内部使用", "")
        assert [one for one in secret if one in text] == [], path
    told = "\n".join(str(line) for line in pipeline.explain_site(job, "rooftop-b0"))
    assert [one for one in secret if one in told] == [] and "15 m" in told


@pytest.mark.slow
def test_a_public_build_shows_the_rest(public):
    job, _ = public
    folder = job.folders.processed
    sites = gpd.read_file(folder / "x.gpkg", layer="sites")
    assert sorted(sites["site_id"]) == ["rooftop-b0", "rooftop-b2", "rooftop-b3"]
    np.testing.assert_allclose(shapely.get_coordinates(sites.geometry.to_numpy()) % 10.0, 0.0, atol=1e-6)
    assert set(sites["height_m"]) == {15.0}
    assert sites["connectable_kwac"].sum() > 0 and not {"device_id", "device_by", "limited_by"} & set(sites)
    book = openpyxl.load_workbook(folder / "report.xlsx")
    cells = [str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row]
    assert any("GS(2026)1" in cell for cell in cells) and "rooftop-b0" in cells


@pytest.mark.slow
def test_a_public_map_is_that_of_a_run_whose_places_and_heights_are_rounded_already(public, tmp_path):
    """Its numbers are packed, so what it knows is told by what makes no difference to it."""
    job, _ = public
    settings, rounded = job.settings, tmp_path / "run"
    shutil.copytree(job.folders.processed, rounded)
    sites = store.read_table(rounded, "sites")
    coarse = coarse_places(sites, settings)
    assert not coarse["height_m"].equals(sites["height_m"])
    store.write_table(rounded, "sites", coarse, settings.city.currency)
    pages = [build_map(folder, tmp_path / folder.name, settings) for folder in (job.folders.processed, rounded)]
    own = r"_[0-9a-f]{32}|<!-- pvmap map [0-9a-f]{64} -->"  # folium's ids, and the seal over them
    first, second = (re.sub(own, "", page.read_text(encoding="utf-8")) for page in pages)
    assert first == second
