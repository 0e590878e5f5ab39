"""A build for the public: refused without an approval number, coarse in its places, silent about what is sensitive."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pytest
import shapely
from findings.examples.village import BUILDINGS, HEAD, TYPICAL, feature, put, rectangle, rows
from hypothesis import given
from hypothesis import strategies as st

from pvmap import config, pipeline
from pvmap.errors import ConfigError
from pvmap.planning.publication import coarse_outlines, coarse_places, for_readers
from pvmap.settings.city import Settings
from pvmap.sites.sensitive import leave_out

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


def test_whatever_touches_a_sensitive_area_is_left_out_and_its_place_forgotten(town):
    box = shapely.box(*town.sites.geometry.iloc[3].bounds)
    kept, rejects, findings = leave_out(town.sites.assign(part=0), gpd.GeoDataFrame(geometry=[box], crs=town.sites.crs))
    touched = town.sites.geometry.intersects(box)
    assert list(kept["site_id"]) == list(town.sites["site_id"][~touched]) and touched.sum() >= 1
    assert len(rejects) == touched.sum() and rejects[["longitude", "latitude"]].isna().all(axis=None)
    assert findings[0].count == touched.sum()


@pytest.mark.slow
def test_no_file_of_a_public_build_tells_of_what_is_sensitive(tmp_path: Path):
    raw = tmp_path / "raw"
    raw.mkdir()
    put(raw, "b.geojson", rows(4))
    put(raw, "s.geojson", [feature(rectangle(70.0, 10.0, 5.0, 5.0))])  # within the second hall
    city = tmp_path / "x.toml"
    public = 'use = "public"\nreview_number = "GS(2026)1"\n'
    city.write_text(f'{HEAD}{public}{BUILDINGS}[inputs.sensitive]\npath = "s.geojson"\n{TYPICAL}', encoding="utf-8")
    job = pipeline.open_city(str(city), tmp_path, raw)
    pipeline.make_map(job, workers=0)
    pipeline.write_plan(job)
    folder = job.folders.processed
    sites = gpd.read_file(folder / "x.gpkg", layer="sites")
    assert sorted(sites["site_id"]) == ["rooftop-b0", "rooftop-b2", "rooftop-b3"]
    np.testing.assert_allclose(shapely.get_coordinates(sites.geometry.to_numpy()) % 10.0, 0.0, atol=1e-6)
    assert set(sites["height_m"]) == {15.0}  # of 8 m
    book = openpyxl.load_workbook(folder / "report.xlsx")
    cells = [str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row]
    assert [cell for cell in cells if "rooftop-b1" in cell] == []
    marks = [str(sheet.cell(row, 1).value) for sheet in book for row in (1, 2, 3)]
    assert [mark for mark in marks if "内部使用" in mark] == []
    assert any("GS(2026)1" in cell for cell in cells)
    assert "rooftop-b0" in cells
