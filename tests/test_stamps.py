"""Stamps: what a number depends on changes them, what it does not depend on leaves them alone."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from city import PIPELINES

import pvmap
from pvmap import versions
from pvmap.config import file_inputs, load
from pvmap.settings.city import Settings
from pvmap.sources.companions import vector_files
from pvmap.stages import stamp

PACKAGE = Path(pvmap.__file__).parent


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    """Input files of the demo; stamps look at bytes only."""
    for _, source in file_inputs(load(PIPELINES / "demo.toml")):
        (tmp_path / source.path).write_text(f"content of {source.path}", encoding="utf-8")
    return tmp_path


def demo(**sections: object) -> Settings:
    """Settings of the demo with some keys of some sections changed."""
    data = load(PIPELINES / "demo.toml").model_dump()
    for section, keys in sections.items():
        data[section] = {**data[section], **keys} if isinstance(keys, dict) else keys
    return Settings.model_validate(data)


def stamps(settings: Settings, raw: Path) -> tuple[str, str]:
    return stamp.prepare_stamp(settings, raw), stamp.tile_stamp(settings, raw)


@pytest.mark.parametrize(
    ("sections", "prepare_again", "tiles_again"),
    [
        ({}, False, False),
        ({"planning": {"tariff": {"mechanism_share": 0.5}}}, False, False),
        ({"planning": {"economics": {"discount_rate": 0.05}}}, False, False),
        ({"map": {"priority_count": 7}}, False, False),
        ({"run": {"sites_per_tile": 77, "retries": 0}}, False, False),
        ({"city": {"title_en": "Another title", "attribution": "x", "review_number": "GS 1"}}, False, False),
        ({"shade": {"min_irradiance_share": 0.7}}, False, True),
        ({"energy": {"transposition": "perez"}}, False, True),
        ({"rooftop": {"parapet_setback_m": 2.0}}, True, True),
        ({"mine": {"slope_limit": 30.0}}, True, True),
        ({"fishpond": {"banned_water": ("河流",)}}, True, True),
        ({"module": {"power_kwp": 0.65}}, True, True),
        ({"siting": {"spacing_start_hour": 10.0}}, True, True),
        ({"weather": {"nominal_year": 2022}}, True, True),
        ({"city": {"utc_offset_hours": 7.0}}, True, True),
        ({"masks": ()}, True, True),
    ],
    ids=str,
)
def test_settings(raw: Path, sections: dict, prepare_again: bool, tiles_again: bool):
    before, after = stamps(demo(), raw), stamps(demo(**sections), raw)
    assert (before[0] != after[0], before[1] != after[1]) == (prepare_again, tiles_again)


def test_every_section_is_decided_upon():
    settled_later = {"planning", "scenarios", "map", "publication", "fetch", "run"}
    assert set(stamp.TILE_SETTINGS) | settled_later == set(Settings.model_fields)
    assert not set(stamp.TILE_SETTINGS) & settled_later


@pytest.mark.parametrize("name", ["buildings.parquet", "dem.tif", "masks.gpkg", "districts.geojson"])
def test_a_changed_input_file(raw: Path, name: str):
    before = stamps(demo(), raw)
    (raw / name).write_text("something else, longer", encoding="utf-8")
    after = stamps(demo(), raw)  # in the same process: hashes are remembered for a file's time and size only
    assert before[0] != after[0] and before[1] != after[1]


def test_a_touched_input_file_is_the_same(raw: Path):
    before = stamps(demo(), raw)
    os.utime(raw / "buildings.parquet", (1, 1))
    assert stamps(demo(), raw) == before


@pytest.mark.parametrize("key", sorted(stamp.BUREAU))
def test_decisions_prices_and_loads_recompute_nothing(raw: Path, key: str):
    before = stamps(demo(), raw)
    named = {"path": "bureau.csv"}
    settings = demo(inputs={key: [named | {"level": "park"}] if key == "areas" else named})
    (raw / "bureau.csv").write_text("a", encoding="utf-8")
    assert stamps(settings, raw) == before
    assert "bureau.csv" in stamp.input_files(settings, raw)  # but run.json tells its hash


def test_what_is_only_drawn_recomputes_nothing(raw: Path):
    before = (*stamps(demo(inputs={"backdrop": ()}), raw), stamp.settle_stamp(demo(inputs={"backdrop": ()}), raw))
    settings = demo(inputs={"backdrop": [{"path": "roads.gpkg", "shows": "road"}]})
    (raw / "roads.gpkg").write_text("a", encoding="utf-8")
    assert (*stamps(settings, raw), stamp.settle_stamp(settings, raw)) == before
    assert "roads.gpkg" in stamp.input_files(settings, raw)


def test_all_files_of_a_shapefile_count(tmp_path: Path):
    for suffix in ("shp", "shx", "dbf", "prj"):
        (tmp_path / f"ground.{suffix}").write_text(suffix, encoding="utf-8")
    settings = Settings.model_validate(
        {"city": {"name": "x", "title_zh": "x", "title_en": "x"}, "inputs": {"mines": [{"path": "ground.shp"}]}}
    )
    before = stamps(settings, tmp_path)
    (tmp_path / "ground.dbf").write_text("other attributes", encoding="utf-8")
    assert stamps(settings, tmp_path)[0] != before[0]


def test_a_folder_is_hashed_by_what_is_in_it(tmp_path: Path):
    (tmp_path / "a.gdb").mkdir()
    (tmp_path / "a.gdb" / "one").write_text("1", encoding="utf-8")
    before = stamp.file_hash(tmp_path / "a.gdb")
    (tmp_path / "a.gdb" / "two").write_text("2", encoding="utf-8")
    assert stamp.file_hash(tmp_path / "a.gdb") != before


def test_a_link_that_leads_elsewhere_is_another_file(tmp_path: Path):
    for name in ("a", "b"):
        (tmp_path / name).write_text(name, encoding="utf-8")
        os.utime(tmp_path / name, (1, 1))
    (tmp_path / "link").symlink_to(tmp_path / "a")
    before = stamp.file_hash(tmp_path / "link")
    (tmp_path / "link").unlink()
    (tmp_path / "link").symlink_to(tmp_path / "b")
    assert stamp.file_hash(tmp_path / "link") == stamp.file_hash(tmp_path / "b") != before


@pytest.mark.parametrize("other", ["a.GML", "A.gml"])
def test_companions_count_whatever_their_case(tmp_path: Path, other: str):
    for name in (other, "a.GFS", "A.xsd", "a.gpkg", "a.GPKG-WAL", "b.xsd"):
        (tmp_path / name).write_text("<a/>", encoding="utf-8")
    assert {path.name for path in vector_files(tmp_path / other)} == {other, "a.GFS", "A.xsd"}
    assert {path.name for path in vector_files(tmp_path / "a.gpkg")} == {"a.gpkg", "a.GPKG-WAL"}


@pytest.mark.parametrize(
    ("module", "members"), [("prepare", stamp.PREPARE_CODE), ("assess", stamp.TILE_CODE)], ids=["prepare", "tile"]
)
def test_stamps_cover_the_code_a_stage_runs_through(module: str, members: tuple[str, ...]):
    told = "import sys, pvmap.stages.%s; print(*(m.__file__ for n, m in sys.modules.items() if n.startswith('pvmap')))"
    loaded = subprocess.run([sys.executable, "-c", told % module], capture_output=True, text=True, check=True).stdout
    # no number comes from messages, memory given back, checks of files or the description of a tile
    harmless = {"__init__.py", "errors.py", "disk.py", "foreign_text.py", "versions.py", "memory.py", "compiled.py"}
    harmless |= {"stages/__init__.py", "stages/job.py"}
    missing = [
        path
        for path in (str(Path(file).relative_to(PACKAGE)) for file in loaded.split())
        if path not in harmless and not any(path == m or path.startswith(f"{m}/") for m in members)
    ]
    assert missing == []


@pytest.mark.parametrize("name", ["PROJ_DATA", "PROJ_LIB"])
def test_datum_grids_where_gdal_looks_for_them_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str):
    before = versions.libraries.__wrapped__()
    (tmp_path / "more").mkdir()
    monkeypatch.setenv(name, os.pathsep.join(["", str(tmp_path / "nowhere"), str(tmp_path / "more")]))
    assert versions.libraries.__wrapped__() == before
    (tmp_path / "more" / "cn_shift.tif").write_bytes(b"a grid")
    now = versions.libraries.__wrapped__()
    assert [key for key in now if now[key] != before[key]] == ["proj data"]


def test_every_member_of_the_code_is_there():
    assert [m for m in stamp.TILE_CODE if not (PACKAGE / m).exists()] == []


def test_words_of_public_sets_are_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    shutil.copytree(PACKAGE, tmp_path / "pvmap", ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(pvmap, "__file__", str(tmp_path / "pvmap" / "__init__.py"))
    before = versions.code_hash.__wrapped__(stamp.PREPARE_CODE)
    assert before == versions.code_hash(stamp.PREPARE_CODE)
    preset = tmp_path / "pvmap" / "settings" / "presets" / "osm.toml"
    preset.write_text(preset.read_text(encoding="utf-8") + "# changed", encoding="utf-8")
    assert versions.code_hash.__wrapped__(stamp.PREPARE_CODE) != before
