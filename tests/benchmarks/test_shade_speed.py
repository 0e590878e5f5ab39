"""Shade beside its peers in the same run: ratios are what counts, not seconds."""

from __future__ import annotations

import os
import time
import warnings
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import grass_peer
import numpy as np
import pandas as pd
import pytest
from towns import Town, as_surfaces, blocks, raster_town

from pvmap.directions import azimuths
from pvmap.shade.points import sample_points
from pvmap.shade.rings import Boxes
from pvmap.shade.skyline import shade_surfaces
from pvmap.shade.sweep import Sweep
from pvmap.shade.walls import point_skylines

pytestmark = [pytest.mark.benchmark, pytest.mark.slow]
IN_CI = os.environ.get("CI", "").lower() == "true"


def seconds(call: Callable[[], object], repeats: int = 5) -> float:
    """Median processor time of a call that was warmed up."""
    call()
    taken = []
    for _ in range(repeats):
        start = time.process_time()
        call()
        taken.append(time.process_time() - start)
    return float(np.median(taken))


@pytest.mark.parametrize(
    ("place", "n", "side_m", "limit_us"),
    [("city of 400 buildings a km2", 6400, 4000.0, 100), ("centre of 2,000 a km2", 8000, 2000.0, 250)],
)
def test_walls(place: str, n: int, side_m: float, limit_us: float):
    town = blocks(n, side_m, 0.02)
    points, boxes = sample_points(town.polygons), Boxes.of(town.polygons, town.height_m, 0.0, town.names)
    z, own, surfaces = town.height_m[points.surface], np.arange(n), as_surfaces(town)
    walls = seconds(lambda: point_skylines(points, z, own, boxes, threads=1))
    whole = seconds(lambda: shade_surfaces(surfaces, boxes, threads=1))
    n_point = len(points.xy) / n
    print(
        f"\n{place}: walls {walls / n * 1e6:.0f} us a roof of {n_point:.1f} points (bar {limit_us:g}), "
        f"with tables {whole / n * 1e6:.0f}"
    )
    assert n_point >= 4


@pytest.fixture(scope="module")
def city_raster() -> np.ndarray:
    return raster_town(2000)


@pytest.fixture(scope="module")
def sweep_ns(city_raster: np.ndarray) -> float:
    """Time per cell and direction over all 64 directions, preparation included [ns]."""

    def look() -> None:
        sweep = Sweep.of(city_raster, 1.0)
        for azimuth in azimuths():
            sweep.towards(azimuth, threads=1)

    return seconds(look, 3) / city_raster.size / 64 * 1e9


def test_sweep_beside_r_horizon(city_raster: np.ndarray, sweep_ns: float, tmp_path: Path):
    four = [2.8125, 53.4375, 143.4375, 205.3125]
    _, taken = grass_peer.horizons(city_raster, four, tmp_path, maxdistance_m=300)
    theirs = float(np.mean(taken)) / city_raster.size * 1e9
    print(
        f"\nsweep {sweep_ns:.1f} ns a cell and direction, r.horizon {theirs:.0f}: {theirs / sweep_ns:.0f} x (bar 150)"
    )
    if IN_CI:
        assert theirs / sweep_ns > 120  # four fifths of the bar: a regression, not the noise of a busy machine


def test_sweep_beside_topocalc(city_raster: np.ndarray, sweep_ns: float):
    peer = pytest.importorskip("topocalc.horizon", reason="topocalc is not installed (PyPI)")
    taken = []
    for azimuth in (2.8125, 53.4375, 143.4375, 205.3125):
        from_south = (180 - azimuth + 180) % 360 - 180  # counter-clockwise from south, as topocalc counts
        start = time.process_time()
        peer.horizon(from_south, city_raster, 1.0)
        taken.append(time.process_time() - start)
    theirs = float(np.mean(taken)) / city_raster.size * 1e9
    print(
        f"\nsweep {sweep_ns:.1f} ns a cell and direction, topocalc {theirs:.0f}: {theirs / sweep_ns:.0f} times (bar 70)"
    )
    if IN_CI:
        assert theirs / sweep_ns > 56  # as above


def test_walls_beside_pybdshadow():
    peer = pytest.importorskip("pybdshadow", reason="pybdshadow is not installed (PyPI)")
    town = blocks(60, 390.0, 0.05)
    boxes, surfaces = Boxes.of(town.polygons, town.height_m, 0.0, town.names), as_surfaces(town)
    ours = seconds(lambda: shade_surfaces(surfaces, boxes, threads=1)) / 60
    there = gpd.GeoDataFrame(
        {"height": town.height_m, "building_id": np.arange(60)}, geometry=shifted(town), crs=32651
    ).to_crs(4326)
    start = time.process_time()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for hour in range(10):
            date = pd.Timestamp("2023-03-15 07:30").tz_localize("Etc/GMT-8") + pd.Timedelta(hours=hour)
            peer.bdshadow_sunlight(there, date.tz_convert(None), roof=True, include_building=False)
    theirs = (time.process_time() - start) / 60
    print(
        f"\nshade of a building for any sun {ours * 1e6:.0f} us, pybdshadow for the 10 hours of one day "
        f"{theirs * 1e3:.0f} ms: {theirs / ours:.0f} times"
    )


def shifted(town: Town) -> gpd.GeoSeries:
    """Footprints put near 121 E, 32 N in UTM 51."""
    return gpd.GeoSeries(town.polygons).translate(311_000.0, 3_542_000.0)
