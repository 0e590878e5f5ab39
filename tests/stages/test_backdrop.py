"""The backdrop on disk is the terrain and the buildings as they are, whatever it was cut into."""

from __future__ import annotations

import gc
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pyarrow as pa
import pytest
import shapely
from city import Run
from pyproj import CRS

from pvmap import store
from pvmap.errors import InputError
from pvmap.shade.rings import Boxes
from pvmap.shade.terrain import Terrain
from pvmap.sources.raster import Raster, read_window
from pvmap.stages import backdrop
from pvmap.stages.buildings import Buildings
from pvmap.stages.job import TileJob
from pvmap.stages.ready import prepared, tile_jobs


def some_outlines(n: int) -> np.ndarray:
    """Squares here and there, with courtyards, and some of two parts."""
    rng = np.random.default_rng(5)
    x, y = rng.uniform(0, 1000, (2, n))
    outer, inner = shapely.box(x, y, x + 20, y + 20), shapely.box(x + 5, y + 5, x + 9, y + 9)
    outlines = np.where(np.arange(n) % 3 == 0, shapely.difference(outer, inner), outer)
    outlines[4] = shapely.MultiPolygon([outer[4], shapely.box(x[4] + 30, y[4], x[4] + 40, y[4] + 9)])
    return outlines


def as_tables(outlines: np.ndarray, height: np.ndarray, names: list[str], size: int) -> list[pa.Table]:
    kinds = ["fishpond" if k % 7 == 6 else "rooftop" for k in range(len(outlines))]
    columns = {"site_id": names, "site_type": kinds, "height_m": height, "geometry": shapely.to_wkb(outlines)}
    table = pa.table(columns)
    return [table.slice(first, size) for first in range(0, len(table), size)]


@pytest.mark.parametrize("lot", [1, 3, 100])
@pytest.mark.parametrize("size", [1, 7, 100])
def test_buildings_come_back_by_window_and_name(tmp_path: Path, size: int, lot: int):
    n = 40
    outlines, height = some_outlines(n), np.where(np.arange(n) % 5 == 0, np.nan, np.arange(n) + 3.0)
    names = [f"rooftop-{'楼' * (k % 3)}{k}" for k in range(n)]
    tables, lots = as_tables(outlines, height, names, size), []
    for first in range(0, len(tables), lot):
        lots.append(tmp_path / f"lot {first}")
        lots[-1].mkdir()
        Buildings.lay_out(lots[-1], tables[first : first + lot], None, lambda: None)
    Buildings.join(tmp_path, lots)
    kept = np.flatnonzero((np.arange(n) % 7 != 6) & (height > 0))
    buildings = Buildings.mapped(tmp_path)
    assert buildings.names(np.arange(len(kept))).tolist() == [names[k] for k in kept]
    window = 200.0, 300.0, 700.0, 600.0
    rows = buildings.meeting(window)
    box = shapely.bounds(outlines[kept])
    there = (box[:, 0] <= 700) & (box[:, 2] >= 200) & (box[:, 1] <= 600) & (box[:, 3] >= 300)
    assert rows.tolist() == np.flatnonzero(there).tolist() and 3 < len(rows) < len(kept)
    taken, expected = buildings.boxes(rows, buildings.names(rows)), Boxes.of(outlines[kept][rows], height[kept][rows])
    for one, other in (
        (taken.rings.xy, expected.rings.xy),
        (taken.rings.ring_start, expected.rings.ring_start),
        (taken.rings.first_ring, expected.rings.first_ring),
        (taken.top_z, expected.top_z),
        (taken.centre, expected.centre),
        (taken.radius, expected.radius),
    ):
        np.testing.assert_array_equal(one, other)


def test_a_city_without_heights_has_no_boxes(tmp_path: Path):
    Buildings.lay_out(
        tmp_path, as_tables(some_outlines(7)[6:], np.array([np.nan]), ["rooftop-1"], 5), None, lambda: None
    )
    buildings = Buildings.mapped(tmp_path)
    assert len(buildings.meeting((-1e9, -1e9, 1e9, 1e9))) == 0
    assert len(buildings.boxes(np.empty(0, np.int64), np.empty(0, object))) == 0


@pytest.fixture
def tile(small_city: Run, tmp_path: Path) -> TileJob:
    """A tile of a run folder of its own, with the sites of the small city."""
    settings, (raw, processed, _) = small_city.job.settings, small_city.job.folders
    one = tile_jobs(settings, raw, processed, prepared(settings, raw, processed))[0]
    job = replace(one, processed=tmp_path)
    store.write_table(job.prepared, "sites", store.read_table(processed / "prepared", "sites"))
    return job


def test_terrain_read_in_blocks_is_that_read_at_once(tile: TileJob, monkeypatch: pytest.MonkeyPatch):
    """Whoever reads them, in whatever order, and however often."""
    monkeypatch.setattr(backdrop, "ROWS", 256)
    monkeypatch.setattr(backdrop, "COLUMNS", 300)
    rounds: list[int] = []

    def each(function: Callable[[Any], Any], jobs: Sequence[Any]) -> list[Any]:
        rounds.append(len(jobs))
        for job in jobs:
            function(job)
        return [function(job) for job in reversed(jobs)][::-1]

    backdrop.lay_out(tile, each)
    assert max(rounds) > 2
    laid = backdrop.opened(tile).terrain
    source, crs = tile.settings.inputs.dem, CRS(tile.crs)
    assert laid is not None and source is not None
    sites: gpd.GeoDataFrame = store.read_table(tile.prepared, "sites")  # type: ignore[assignment]
    own, reach = Raster(tile.raw, source).extent(crs), tile.settings.shade.terrain_reach_m
    west, south, east, north = sites.total_bounds
    window = (
        *(max(own[0], west - reach), max(own[1], south - reach)),
        *(min(own[2], east + reach), min(own[3], north + reach)),
    )
    grid = read_window(source, tile.raw, crs, window, laid.frame.cell_m)
    assert grid is not None and max(grid.values.shape) > 600
    once = Terrain.of(grid)
    assert laid.frame == once.frame
    np.testing.assert_array_equal(laid.cells, once.cells)
    np.testing.assert_array_equal(laid.crests, once.crests)


def test_a_new_run_gets_a_new_backdrop_and_an_old_one_goes(tile: TileJob):
    with pytest.raises(InputError, match="run again"):
        backdrop.opened(tile)
    backdrop.lay_out(tile)
    (first,) = (tile.processed / backdrop.FOLDER).iterdir()
    backdrop.lay_out(tile)
    assert list((tile.processed / backdrop.FOLDER).iterdir()) == [first]
    later = replace(tile, stamp="of another run")
    backdrop.lay_out(later)
    (second,) = (tile.processed / backdrop.FOLDER).iterdir()
    assert second != first
    assert backdrop.opened(later).terrain is not None
    with pytest.raises(InputError):
        backdrop.opened(tile)
    shade = later.settings.shade.model_copy(update={"enabled": False})
    backdrop.lay_out(replace(later, settings=later.settings.model_copy(update={"shade": shade})))
    assert not list((tile.processed / backdrop.FOLDER).iterdir())


@pytest.mark.skipif(not Path("/proc/self/maps").exists(), reason="only Linux tells what a process has mapped")
def test_a_backdrop_that_nobody_looks_at_is_mapped_no_more(tile: TileJob):
    def is_mapped() -> bool:
        return str(tile.processed) in Path("/proc/self/maps").read_text(encoding="utf-8")

    backdrop.lay_out(tile)
    gc.collect()
    assert not is_mapped()
    opened = backdrop.opened(tile)
    assert len(opened.buildings.bounds) > 0
    assert is_mapped()
    del opened
    gc.collect()
    assert not is_mapped()
