"""Tiles are settled in stretches, and no number or row depends on how long these are."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from city import Run, copy
from hypothesis import given
from hypothesis import strategies as st

from pvmap import engine, store
from pvmap.settings.city import Settings
from pvmap.stages import settle
from pvmap.stages.identities import checked
from pvmap.stages.job import TileJob


def tiles(*n_sites: int) -> list[TileJob]:
    """Tiles of so many sites."""
    return [
        TileJob(Settings.model_construct(), Path(), Path(), "", str(i), i, i + 1, "", n) for i, n in enumerate(n_sites)
    ]


@given(st.lists(st.integers(1, settle.SITES_AT_ONCE), min_size=1, max_size=60))
def test_stretches_hold_neighbours_and_are_alike_to_one_tile(n_sites: list[int]):
    every = tiles(*n_sites)
    found = list(settle.stretches(every))
    assert [tile for stretch in found for tile in stretch] == every
    held = [sum(tile.n_sites for tile in stretch) for stretch in found]
    alike = sum(n_sites) / -(-sum(n_sites) // settle.SITES_AT_ONCE)
    assert max(abs(one - alike) for one in held) < max(n_sites)


def test_stretches_of_equal_tiles_are_equal():
    quarter = settle.SITES_AT_ONCE // 4
    held = [len(stretch) for stretch in settle.stretches(tiles(*[quarter] * 10))]
    assert held == [3, 3, 4]
    assert list(settle.stretches([])) == []


@pytest.mark.slow
def test_tables_are_the_same_whatever_a_stretch_holds(tmp_path: Path, small_city: Run, monkeypatch: pytest.MonkeyPatch):
    job, record = small_city.job, small_city.record
    processed = copy(small_city, tmp_path) / small_city.processed.relative_to(small_city.processed.parents[2])
    like = TileJob(job.settings, job.folders.raw, processed, record["crs"], "any", 0, 0, record["stamps"]["tiles"])
    names = ("appraisal", "exclusions", "profiles", "zones")

    def settled() -> tuple[dict[str, pd.DataFrame], settle.Settled]:
        with engine.Pool(workers=0) as pool:
            of = settle.settle(job.settings, job.folders.raw, processed, like, pool)
            assert all(one.holds for one in checked(processed, job.settings, record["counts"], of, pool))
        return {name: store.read_table(processed, name) for name in names}, of

    at_once, of_one = settled()
    monkeypatch.setattr(settle, "SITES_AT_ONCE", 1)
    apart, of_many = settled()
    assert len(of_one.rows) == 1 < len(of_many.rows)
    for name in names:
        pd.testing.assert_frame_equal(pd.DataFrame(apart[name]), pd.DataFrame(at_once[name]), rtol=1e-9)
    assert of_many.totals.keys() == of_one.totals.keys()
    for kind, total in of_one.totals.items():
        assert of_many.totals[kind] == pytest.approx(total, rel=1e-9), kind
