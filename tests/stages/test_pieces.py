"""A tile for which there is no memory is assessed in pieces, and comes to the same."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
import pytest
from city import Run

from pvmap import engine, store
from pvmap.stages.assess import assess_tile
from pvmap.stages.curve import cut
from pvmap.stages.job import MOST_PIECES, PREPARED, TileJob
from pvmap.stages.parts import PROFILES
from pvmap.store import joining


class Large(NamedTuple):
    """A job that needs memory."""

    size: int

    def smaller(self) -> Large | None:
        return Large(self.size // 2) if self.size > 1 else None


def fail_above_two(job: Large) -> int:
    if job.size > 2:
        raise MemoryError("no room")
    return job.size


def die_above_two(job: Large) -> int:
    if job.size > 2:
        os._exit(9)
    return job.size


def fail_always(_: Large) -> int:
    raise MemoryError("no room")


def test_what_finds_no_memory_is_tried_smaller():
    ended: list[int] = []
    jobs = [Large(8), Large(1), Large(3)]
    with engine.Pool(workers=0) as pool:
        outcomes = pool.run(fail_above_two, jobs, on_done=ended.append, smaller=Large.smaller)
        assert outcomes.results == {0: 2, 1: 1, 2: 1} and not outcomes.failures
        assert ended == [0, 1, 2]
        outcomes = pool.run(fail_always, [Large(4)], smaller=Large.smaller)
    assert not outcomes.results and outcomes.failures[0].startswith("MemoryError: no room")


@pytest.mark.slow
def test_what_finds_no_memory_on_a_worker_or_kills_it_is_tried_smaller():
    with engine.Pool(1) as pool:
        assert pool.run(fail_above_two, [Large(8), Large(1)], smaller=Large.smaller).results == {0: 2, 1: 1}
        assert pool.run(die_above_two, [Large(4)], smaller=Large.smaller).results == {0: 2}


def test_a_tile_is_cut_finer_until_that_helps_no_more():
    job: TileJob | None = TileJob(None, Path(), Path(), "", "t", 0, 1, "", n_sites=400)  # type: ignore[arg-type]
    cut = []
    while job is not None:
        cut.append(job.pieces)
        job = job.smaller()
    assert cut == sorted(set(cut)) and cut[0] == 1 and 1 < cut[-1] <= MOST_PIECES
    assert TileJob(None, Path(), Path(), "", "t", 0, 1, "", n_sites=1).smaller() is None  # type: ignore[arg-type]


@pytest.mark.slow
def test_pieces_change_no_row(small_city: Run, tmp_path: Path):
    job, record = small_city.job, small_city.record
    hilbert = store.read_table(small_city.processed / PREPARED, "sites", columns=["hilbert"])["hilbert"].to_numpy()
    tile = max(cut(hilbert, job.settings.run.sites_per_tile), key=lambda one: one.n_sites)
    stamp = record["stamps"]["tiles"]
    whole = TileJob(job.settings, job.folders.raw, tmp_path, record["crs"], "", tile.low, tile.high, stamp)
    alike = tmp_path / "processed"
    alike.mkdir()
    for path in small_city.processed.iterdir():
        if path.name not in ("parts", "run.lock"):
            (alike / path.name).symlink_to(path)
    for pieces in (1, 5):
        assess_tile(replace(whole, processed=alike, name=str(pieces), pieces=pieces))
    one, other = alike / "parts" / "1", alike / "parts" / "5"
    names = {file.stem for file in one.glob("*.parquet")} - {"profiles"}
    assert names == {file.stem for file in other.glob("*.parquet")} - {"profiles"} and "yields" in names
    for name in names:
        left, right = (pd.read_parquet(part / f"{name}.parquet") for part in (one, other))
        pd.testing.assert_frame_equal(left, right, check_exact=True, obj=name)
        assert len(left)
    (groups, power), (its_groups, its_power) = (joining.read_series(p / PROFILES, "power_kw") for p in (one, other))
    pd.testing.assert_frame_equal(groups, its_groups)
    np.testing.assert_allclose(power, its_power, rtol=1e-12, atol=1e-9)
    assert power.sum() > 0
