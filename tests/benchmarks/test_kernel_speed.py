"""The kernel beside the best vectorised pvlib, in the same run: ratios are what counts, not seconds."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Literal

import numpy as np
import pandas as pd
import pytest
from energy.places import random_surfaces, shanghai
from pvlib_peer import vectorised_pvlib, without_twilight

from pvmap.energy.kernel import Simulation, simulate
from pvmap.energy.sky import build_sky
from pvmap.settings.energy import EnergySettings

ROUNDS = 15


def surfaces_per_second(*runs: tuple[Callable[[], object], int]) -> list[float]:
    """Best of each of several calls, taken in turn, by processor time: other work slows them down, never up."""
    best = np.full(len(runs), np.inf)
    for _ in range(ROUNDS):
        for number, (run, _n) in enumerate(runs):
            start = time.process_time()
            run()
            best[number] = min(best[number], time.process_time() - start)
    return [n / seconds for (_, n), seconds in zip(runs, best, strict=True)]


@pytest.mark.benchmark
@pytest.mark.parametrize("transposition", [pytest.param("haydavies", marks=pytest.mark.quick), "perez"])
def test_kernel_against_vectorised_pvlib(transposition, shared_data, capsys, measured):
    settings, point = EnergySettings(transposition=transposition), without_twilight(shanghai(shared_data))
    sky = build_sky(point, settings, 8)
    planes = random_surfaces(4096, mountings=("flush",), seed=1)
    no_group = np.zeros(len(planes), int)

    def kernel(dtype: Literal["float64", "float32"]) -> Callable[[], Simulation]:
        def run() -> Simulation:
            return simulate(sky, planes, None, None, no_group, 0, settings, dtype=dtype)

        return run

    pvlib_256, float64, float32 = (
        vectorised_pvlib(planes.iloc[:256], point, settings),
        kernel("float64"),
        kernel("float32"),
    )
    np.testing.assert_allclose(float64().energy_kwh_per_kwp[:256], pvlib_256(), rtol=1e-9)
    float32()  # compiled, or loaded
    peer, double, single = surfaces_per_second((pvlib_256, 256), (float64, len(planes)), (float32, len(planes)))
    with capsys.disabled():
        print(
            f"\n{transposition}, surface-years a second on one core: vectorised pvlib {peer:,.0f}, "
            f"kernel float64 {double:,.0f} ({double / peer:.0f} x), float32 {single:,.0f} ({single / peer:.0f} x)"
        )
    for dtype, rate, bar in (("float64", double, 50), ("float32", single, 120)):
        measured(f"kernel, {transposition}, {dtype}", rate, "surface-years/s", "vectorised pvlib", peer, bar)
    # Half of the bars (50 and 120): a regression, not another processor. pvlib waits for memory, the kernel computes,
    # so a core shared with other work takes from the kernel alone: 87 x on one machine, 35 x on another the same day.
    assert double >= 25 * peer
    assert single >= 60 * peer


@pytest.mark.benchmark
def test_what_shade_rows_rear_and_profiles_cost(shared_data, capsys):
    settings = EnergySettings()
    sky = build_sky(shanghai(shared_data), settings, 8)
    rng = np.random.default_rng(2)
    n = 1024
    shade = pd.DataFrame({"sky_view_factor": rng.uniform(0.7, 1, n), "horizon_band_share": rng.uniform(0, 1, n)})
    sunlit = rng.uniform(0, 1, (n, 64, 33)).astype(np.float32)
    group = np.arange(n) % 4
    lines = []
    for mounting in ("flush", "rack", "ground"):
        planes = random_surfaces(n, mountings=(mounting,), seed=3)
        for name, *arguments in (
            ("open sky", None, None, group, 0),
            ("sunlit table", shade, sunlit, group, 0),
            ("sunlit table, hourly groups", shade, sunlit, group, 4),
        ):
            simulate(sky, planes, *arguments, settings)
            (rate,) = surfaces_per_second((lambda p=planes, a=arguments: simulate(sky, p, *a, settings), n))
            lines.append((mounting, name, rate))
    first = lines[0][2]
    with capsys.disabled():
        for mounting, name, rate in lines:
            print(
                f"\n{mounting:7s}{name:30s}{rate:10,.0f} surface-years/s  {rate / first:5.2f} of the plainest", end=""
            )
    # four fifths of the bar of 0.2, as above: 0.18 to 0.25 were seen of the last line on one machine in one hour
    assert all(rate > 0.16 * first for _, _, rate in lines)
