"""Prepared sites are the same however many geometries are looked at together."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pyarrow.parquet as pq
import pytest
import shapely
from city import Run

from pvmap import memory, store
from pvmap.stages.curve import along_curve, write_along_curve
from pvmap.stages.job import PREPARED
from pvmap.stages.prepare import prepare


def test_stretches_change_no_row_and_no_finding(
    small_city: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = small_city.job
    one_stretch = prepare(job.settings, job.folders.raw, tmp_path / "one")
    monkeypatch.setattr(memory, "AT_ONCE", 37)
    many = prepare(job.settings, job.folders.raw, tmp_path / "many")
    assert many == one_stretch
    for name in (f"{PREPARED}/sites.parquet", "rejects.parquet"):
        assert pq.read_table(tmp_path / "many" / name).equals(pq.read_table(tmp_path / "one" / name)), name


def test_a_table_written_in_stretches_is_the_table_written_at_once(
    small_city: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sites = store.read_table(small_city.processed / PREPARED, "sites").sample(frac=1.0, random_state=1)
    assert isinstance(sites, gpd.GeoDataFrame)
    codes, order = along_curve(sites)
    sites = sites.assign(hilbert=codes)
    at_once = pq.read_table(store.write_table(tmp_path, "sites", sites.iloc[order].reset_index(drop=True)))
    monkeypatch.setattr(memory, "AT_ONCE", 100)
    written = pq.read_table(write_along_curve(tmp_path / "again", sites, order))
    assert written.equals(at_once, check_metadata=True)
    assert [path.name for path in (tmp_path / "again").iterdir()] == ["sites.parquet"]


def test_sites_of_one_place_lie_by_their_ids_and_all_others_by_the_curve() -> None:
    random = np.random.default_rng(1)
    x, y = random.integers(0, 40, (2, 900)) * 1_000.0  # some places twice, some not at all
    ids = random.permutation(900).astype(str)
    sites = gpd.GeoDataFrame({"site_id": ids}, geometry=shapely.box(x, y, x + 5.0, y + 5.0), crs="EPSG:4549")
    codes, order = along_curve(sites)
    assert order.tolist() == sorted(range(900), key=lambda one: (codes[one], ids[one]))
    assert 0 < len(set(codes.tolist())) < 900
