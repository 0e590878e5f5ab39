"""The commands as a newcomer types them, each in a process of its own."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from city import PIPELINES, Run, copy, pvmap

from pvmap import __version__
from pvmap.tables import TABLES

pytestmark = pytest.mark.slow  # a process that loads the whole program takes some seconds


@pytest.fixture(scope="module")
def root(small_city: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copy(small_city, tmp_path_factory.mktemp("cli") / "city")


def told(*arguments: object, code: int = 0) -> str:
    done = pvmap(*arguments)
    assert done.returncode == code, done
    assert done.stderr == ""
    return done.stdout


def numbers(line: str) -> list[float]:
    return [float(n.replace(",", "")) for n in re.findall(r"\d[\d,]*\.?\d*", line)]


def test_help_lists_every_command_in_a_line():
    text = told("--help")
    for command in ("map", "plan", "diff", "check", "explain", "schema"):
        assert re.search(rf"\b{command}\b +[A-Z].*\.", text), command


def test_without_a_command_the_help_is_shown():
    assert "Usage" in pvmap().stdout


def test_the_script_is_the_same_program():
    script = Path(sys.executable).parent / "pvmap"
    assert script.exists()
    done = subprocess.run([script, "schema", "rejects"], capture_output=True, text=True, encoding="utf-8", check=True)
    assert "source_row" in done.stdout


def test_the_version_is_told():
    assert told("--version") == f"{__version__}\n"


def test_a_city_begins_with_a_file_and_a_folder(tmp_path: Path):
    text = told("new", "wuxi", "--root", tmp_path)
    for place in (tmp_path / "pipelines" / "wuxi.toml", tmp_path / "data" / "raw" / "wuxi"):
        assert place.exists() and str(place) in text


def test_schema_tells_every_column_with_its_unit():
    text = told("schema")
    for name, table in TABLES.items():
        assert f"{name}: " in text
        for column, spec in table.columns.items():
            assert column in text
            assert spec.unit in text


def test_schema_of_one_table():
    text = told("schema", "shade")
    assert "usable_share" in text and "n_modules" not in text


def test_map_ends_with_the_totals_and_the_path(root: Path, small_city: Run):
    text = told("map", root / "demo.toml", "--root", root, "--workers", 0)
    assert f"pvmap {__version__}" in text
    assert f"Open {root / 'maps' / 'demo' / 'index.html'}" in text
    for kind, row in small_city.record["totals"].items():
        line = next(line for line in text.splitlines() if kind in line.split())
        sites, megawatts, gigawatthours, hours = numbers(line)
        assert sites == row["n_sites"]
        assert megawatts == pytest.approx(row["capacity_mwp"], abs=0.051)
        assert gigawatthours == pytest.approx(row["energy_gwh"], abs=0.051)
        assert hours == pytest.approx(row["specific_yield_kwh_per_kwp"], abs=0.51)


def test_map_of_a_web_server(root: Path):
    text = told("map", root / "demo.toml", "--root", root, "--workers", 0, "--layout", "folder")
    assert "Open" in text
    assert list((root / "maps" / "demo" / "tiles").rglob("*.js"))


def test_a_failed_tile_ends_with_code_3(root: Path, tmp_path: Path, small_city: Run):
    city = tmp_path / "city"
    shutil.copytree(root, city, copy_function=shutil.copy2)
    bad = small_city.parts[1].name
    part = city / "data" / "processed" / "demo" / "parts" / bad
    shutil.rmtree(part)
    part.symlink_to(tmp_path / "a disk" / "that is lost")
    done = pvmap("map", city / "demo.toml", "--root", city, "--workers", 2)
    assert done.returncode == 3
    assert done.stderr.startswith("pvmap: 1 tile(s) failed, the map says so")
    assert f"tile {bad}: " in done.stderr
    assert "Traceback" not in done.stderr and "distributed" not in done.stderr
    assert "Open" in done.stdout


def test_check_counts_what_it_reads_and_leaves_tables_alone(root: Path, small_city: Run):
    before = {p: p.stat().st_mtime_ns for p in (root / "data" / "processed").rglob("*")}
    text = told("check", root / "demo.toml", "--root", root, code=1)  # the demo's own faulty rows are doubtful
    counts = small_city.record["counts"]
    for kind, n in counts.items():
        line = next(line for line in text.splitlines() if line.startswith(f"{kind}: "))
        assert numbers(line.removeprefix(kind)) == [n["rows_read"], n["parts_exploded"], n["kept"], n["refused"]]
    for reason, n in small_city.table("rejects")["reason"].value_counts().items():
        assert f"{n} refused: {reason}" in text
    assert {p: p.stat().st_mtime_ns for p in (root / "data" / "processed").rglob("*")} == before


def test_check_says_what_is_doubtful(root: Path, tmp_path: Path):
    file = tmp_path / "demo.toml"
    text = (root / "demo.toml").read_text(encoding="utf-8")
    left_out = """path = "districts.geojson"\nwhere = "name <> '丹阳市'\""""
    file.write_text(text.replace('path = "districts.geojson"', left_out, 1), encoding="utf-8")
    raw = root / "data" / "raw" / "demo"
    text = told("check", file, "--root", root, "--raw", raw, code=1)
    assert "Warning:" in text and "outside all districts" in text


@pytest.mark.parametrize("kind", ["rooftop", "mine", "fishpond"])
def test_explain_computes_the_stored_number_again(root: Path, small_city: Run, kind: str):
    appraisal = small_city.table("appraisal")
    site = appraisal[(appraisal["site_type"] == kind) & (appraisal["capacity_kwp"] > 0)].iloc[0]
    text = told("explain", root / "demo.toml", site["site_id"], "--root", root)
    differences = [float(d) for d in re.findall(r"stored \(([-+]\d\.\de[-+]\d+)\)", text)]
    surfaces = small_city.table("surfaces")
    assert len(differences) == (surfaces["site_id"] == site["site_id"]).sum() > 0
    assert max(map(abs, differences)) < 1e-9
    stored = small_city.table("sites").set_index("site_id").loc[site["site_id"]]
    assert f"read from {stored['source']}, row {stored['source_row']}" in text
    assert "Money, risk, cases" in text and "levelised cost" in text


def test_explain_a_site_that_carries_nothing(root: Path, small_city: Run):
    appraisal = small_city.table("appraisal")
    site = appraisal[appraisal["capacity_kwp"] == 0].iloc[0]
    text = told("explain", root / "demo.toml", site["site_id"], "--root", root)
    reasons = small_city.table("exclusions").set_index("site_id").loc[[site["site_id"]], "reason"]
    assert all(reason in text for reason in reasons)
    assert "0.0 m2 carry arrays" in text


def test_plan_writes_what_planners_take_away(root: Path):
    text = told("plan", root / "demo.toml", "--root", root)
    written = [Path(line) for line in text.splitlines() if line.startswith(str(root))]
    assert {path.suffix for path in written} >= {".xlsx", ".gpkg"}
    assert all(path.exists() for path in written)


def test_diff_of_a_run_with_itself(root: Path):
    processed = root / "data" / "processed" / "demo"
    text = told("diff", processed, processed)
    assert "the same" in text and "0 sites are new, gone or changed" in text


@pytest.mark.parametrize("arguments", [("map", "--workers", "-1"), ("map", "--layout", "paper"), ("fly",)], ids=str)
def test_options_that_are_none_exit_with_2(arguments: tuple[str, ...]):
    done = pvmap(*arguments)
    assert done.returncode == 2 and "Traceback" not in done.stderr


def test_a_city_is_found_by_name_from_the_repository(tmp_path: Path):
    done = pvmap("map", "suzhou", "--root", tmp_path, cwd=PIPELINES.parent)
    assert done.returncode == 2
    assert "suzhou_buildings.geojson" in done.stderr and "pybdshadow" in done.stderr
    assert "OneBuilding" in done.stderr or "onebuilding" in done.stderr
