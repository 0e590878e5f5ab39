"""The whole demo city from nothing: how long, and how much memory.

The README's table of totals is held against what this run finds.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest

from pvmap.store import read_json

REPOSITORY = Path(__file__).resolve().parents[2]
DEMO = REPOSITORY / "pipelines" / "demo.toml"
pytestmark = [pytest.mark.benchmark, pytest.mark.slow]
IN_CI = os.environ.get("CI", "").lower() == "true"


def readme_totals() -> dict[str, list[str]]:
    """Rows of the demo's table in the README: kind -> printed sites, MWp, GWh/yr, kWh/kWp."""
    text = (REPOSITORY / "README.md").read_text(encoding="utf-8")
    table = text.split("<!-- demo totals", 1)[1].split("\n\n", 1)[0]
    rows = re.findall(r"^\| (rooftop|mine|fishpond|all) \|(.*)\|$", table, re.MULTILINE)
    return {kind: [cell.strip() for cell in cells.split("|")] for kind, cells in rows}


def make_map(city_file: Path, root: Path) -> float:
    """Wall-clock seconds of the command."""
    start = time.perf_counter()
    command = [sys.executable, "-m", "pvmap", "map", str(city_file), "--root", str(root)]
    subprocess.run(command, check=True, capture_output=True, cwd=root)
    return time.perf_counter() - start


def test_demo_from_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / "numba"))  # compile included
    seconds = make_map(DEMO, tmp_path)
    run = tmp_path / "data/processed/demo"
    record = read_json(run / "run.json")
    with capsys.disabled():
        print(f"\nmake map, demo, compile included: {seconds:.0f} s (bar 60), steps {record['seconds']}")
        print(f"peak memory [MB]: {record['peak_memory_mb']} (bar 2000 a worker)")
    assert record["peak_memory_mb"]["largest_worker"] < 2000
    appraisal = pd.read_parquet(run / "appraisal.parquet")
    for kind, printed in readme_totals().items():
        here = appraisal if kind == "all" else appraisal[appraisal["site_type"] == kind]
        capacity, energy = here["capacity_kwp"].sum(), here["energy_kwh"].sum()
        found = [f"{(here['capacity_kwp'] > 0).sum():,}", f"{capacity / 1e3:,.1f}", f"{energy / 1e6:,.1f}"]
        assert printed == [*found, f"{energy / capacity:,.0f}"], kind


@pytest.mark.skipif(IN_CI, reason="told to people; test_several_years proves what the years hold")
def test_twenty_weather_years(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    one, many = tmp_path / "one", tmp_path / "many"
    for root in (one, many):
        root.mkdir()
    several = many / "demo.toml"
    several.write_text(f"{DEMO.read_text(encoding='utf-8')}\n[weather]\nseveral_years = true\n", encoding="utf-8")
    alone = make_map(DEMO, one)
    together = make_map(several, many)
    years = pd.read_parquet(many / "data/processed/demo/years.parquet", columns=["year"])["year"]
    with capsys.disabled():
        print(
            f"\nmake map, demo: {alone:.0f} s; {years.nunique()} weather years: {together - alone:.0f} s more (bar 90)"
        )
    assert years.nunique() == 20 and (years.value_counts() == len(years) / 20).all()
    assert together < 3 * alone
