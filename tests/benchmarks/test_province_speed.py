"""A made-up province beside one of its cities: does its time grow with its buildings, and its memory not?

Hours on a small machine, and 30 GB of disk for ten million buildings, so it runs only where PROVINCE says how many:
``PROVINCE=10_000_000 pytest -m benchmark -s tests/benchmarks/test_province_speed.py``. Copies each way are a
power of two. With ``-k workers`` one city alone is mapped, by one worker and by two: minutes for 600,000.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import psutil
import pytest
from benchmarks.copies import lay_copies

from pvmap.settings.city import Settings
from pvmap.sources.demo import write_demo
from pvmap.store import read_json

REPOSITORY = Path(__file__).resolve().parents[2]
ASKED = int(os.environ.get("PROVINCE", "0").replace("_", ""))
MOST_OF_A_CITY = 700_000  # buildings: the synthetic city has room for these
TILES = "assess tiles"
LINEAR, FLAT, WORKER_MB, MACHINE_GB = 1.15, 1.20, 1_200, 24.0
pytestmark = [pytest.mark.benchmark, pytest.mark.slow]


class Ran(NamedTuple):
    """What a run took: processor time of all processes, memory of the main process, a worker and all together."""

    n_buildings: int
    seconds: float
    processor_s: float
    main_mb: float
    worker_mb: float
    all_gb: float
    by_stage_s: dict[str, float]
    tables: dict[str, Any]  # as its record has them, with their check sums


def city_file(folder: Path, name: str) -> Path:
    """Write the demo's city file without its synthetic city, grid, districts and plants, certainty off."""
    text = (REPOSITORY / "pipelines" / "demo.toml").read_text(encoding="utf-8")
    wanted = re.compile(r"\[+(city|inputs\.(buildings|mines|fishponds|dem)(\.\w+)?|fishpond|weather\.points)\]+")
    tables = [one for one in re.split(r"(?m)^(?=\[)", text) if wanted.match(one)]
    path = folder / f"{name}.toml"
    named = re.sub(r'(?m)^name = "demo"', f'name = "{name}"', "".join(tables))
    path.write_text(named + '\n[certainty]\neffort = "off"\n', encoding="utf-8")
    return path


def run(root: Path, name: str, n_buildings: int, *more: str) -> Ran:
    """Map a city from nothing but its inputs, compiled code ready."""
    command = [sys.executable, "-m", "pvmap", "map", str(city_file(root, name)), "--root", str(root), *more]
    start, highest = time.perf_counter(), [0.0]
    process = subprocess.Popen(command, cwd=root, stdout=subprocess.DEVNULL)
    used: dict[int, float] = {}

    def watch() -> None:
        while process.poll() is None:
            held = 0.0
            for one in (psutil.Process(process.pid), *psutil.Process(process.pid).children(recursive=True)):
                try:
                    held += one.memory_info().rss - one.memory_info().shared
                    used[one.pid] = sum(one.cpu_times()[:2])
                except psutil.Error:
                    continue
            highest[0] = max(highest[0], held)
            time.sleep(1.0)

    def watched() -> None:
        with contextlib.suppress(psutil.Error):  # it has just ended
            watch()

    looking = threading.Thread(target=watched)
    looking.start()
    assert process.wait() == 0
    looking.join()
    seconds = time.perf_counter() - start
    about: dict[str, Any] = read_json(root / "data" / "processed" / name / "run.json")
    peak, processor_s, all_gb = about["peak_memory_mb"], sum(used.values()), highest[0] / 1e9
    held = peak["main"], peak["largest_worker"], all_gb
    return Ran(n_buildings, seconds, processor_s, *held, about["seconds"], about["tables"])


@pytest.mark.skipif(not ASKED, reason="hours: PROVINCE says how many buildings")
def test_a_province_costs_by_the_building_what_a_city_costs(tmp_path: Path, measured: Callable[..., None]) -> None:
    side = 2
    while ASKED / side**2 > MOST_OF_A_CITY:
        side *= 2
    made = _made(tmp_path, ASKED // side**2)
    counts = {name: lay_copies(made, tmp_path / "data" / "raw" / name, n) for name, n in (("one", 1), ("all", side))}
    run(tmp_path, "one", counts["one"])  # what is compiled, is compiled
    one, province = (run(again(tmp_path, name), name, counts[name]) for name in ("one", "all"))
    for ran in (one, province):
        each = 1e3 * ran.processor_s / ran.n_buildings
        print(
            f"\n{ran.n_buildings:,} buildings: {ran.seconds:.0f} s on the wall, {each:.3f} ms of processor time each, "
            f"main process {ran.main_mb:.0f} MB, a worker {ran.worker_mb:.0f} MB, all {ran.all_gb:.1f} GB"
        )
    share = province.processor_s / province.n_buildings / (one.processor_s / one.n_buildings)
    measured("a province's processor time by the building", share, "", "a city's", 1.0, LINEAR)
    measured("main process of a province", province.main_mb, "MB", "a city's", one.main_mb, FLAT)
    assert share < LINEAR
    assert province.main_mb < FLAT * one.main_mb
    assert province.worker_mb < WORKER_MB
    assert province.all_gb < MACHINE_GB


@pytest.mark.skipif(not ASKED, reason="minutes: PROVINCE says how many buildings")
def test_two_workers_make_the_tables_of_one_in_less_time(tmp_path: Path, measured: Callable[..., None]) -> None:
    n_buildings = lay_copies(_made(tmp_path, min(ASKED, MOST_OF_A_CITY)), tmp_path / "data" / "raw" / "one", 1)
    run(tmp_path, "one", n_buildings)  # what is compiled, is compiled
    two, one = (run(again(tmp_path, "one"), "one", n_buildings, "--workers", str(n)) for n in (2, 1))
    for ran, who in ((one, "one worker"), (two, "two workers")):
        took = f"{ran.seconds:.1f} s on the wall, {ran.processor_s:.1f} s of processor time"
        print(f"\n{ran.n_buildings:,} buildings, {who}: {took}")
        print({stage: round(seconds, 1) for stage, seconds in ran.by_stage_s.items()})
    measured("one worker's time outside the tiles", 1.0 - one.by_stage_s[TILES] / one.seconds, "", "all", 1.0, 0.08)
    measured("what a second worker cannot share in", 2.0 * two.seconds / one.seconds - 1.0, "", "all", 1.0, 0.08)
    measured("two workers", one.seconds / two.seconds, "", "one", 1.0, 1.8)
    assert two.tables == one.tables
    assert two.seconds < one.seconds


def _made(folder: Path, n_buildings: int) -> Path:
    """Write the inputs of a synthetic city."""
    made = folder / "made"
    demo = {
        "city": {"name": "demo", "title_zh": "一市", "title_en": "A city"},
        "demo": {"n_buildings": max(n_buildings, 1_500)},
    }
    write_demo(Settings.model_validate(demo), made)
    return made


def again(root: Path, name: str) -> Path:
    """Forget what a run has computed; give the folder it runs in."""
    for folder in (root / "data" / "processed" / name, root / "maps" / name):
        if folder.exists():
            shutil.rmtree(folder)
    return root
