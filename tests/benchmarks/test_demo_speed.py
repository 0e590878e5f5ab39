"""Seconds the synthetic city takes."""

from __future__ import annotations

import os
import time

import pytest

from pvmap.settings.demo import DemoSettings
from pvmap.sources.demo import make_demo

IN_CI = os.environ.get("CI", "").lower() == "true"
TEN = pytest.param(600_000, marks=pytest.mark.skipif(IN_CI, reason="told to people; a tenth of it proves as much"))


@pytest.mark.benchmark
@pytest.mark.parametrize("n_buildings", [60_000, TEN])
def test_demo_city(n_buildings: int, capsys: pytest.CaptureFixture[str]) -> None:
    start = time.perf_counter()
    city = make_demo(DemoSettings(n_buildings=n_buildings, faulty_rows=False))
    seconds = time.perf_counter() - start
    with capsys.disabled():
        print(f"\ndemo city of {n_buildings:,} buildings in {seconds:.1f} s")
    assert len(city.buildings) == n_buildings
