"""Seconds the synthetic city takes."""

from __future__ import annotations

import time

import pytest

from pvmap.settings.demo import DemoSettings
from pvmap.sources.demo import make_demo


@pytest.mark.benchmark
@pytest.mark.parametrize("n_buildings", [60_000, 600_000])
def test_demo_city(n_buildings: int, capsys: pytest.CaptureFixture[str]) -> None:
    start = time.perf_counter()
    city = make_demo(DemoSettings(n_buildings=n_buildings, faulty_rows=False))
    seconds = time.perf_counter() - start
    with capsys.disabled():
        print(f"\ndemo city of {n_buildings:,} buildings in {seconds:.1f} s")
    assert len(city.buildings) == n_buildings
