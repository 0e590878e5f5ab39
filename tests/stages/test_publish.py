"""Tables of the city are made of the parts of its tiles, a few rows at a time."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from city import Run, copy, same_rows

from pvmap import store
from pvmap.stages import publish
from pvmap.stages.job import TileJob
from pvmap.stages.publish import Publish


def test_sites_on_measured_planes_have_grade_a_and_the_rest_is_as_it_was(tmp_path: Path, small_city: Run):
    processed = copy(small_city, tmp_path) / small_city.processed.relative_to(small_city.processed.parents[2])
    record, job = small_city.record, small_city.job
    like = TileJob(job.settings, job.folders.raw, processed, record["crs"], "any", 0, 0, record["stamps"]["tiles"])
    tiles = publish.assessed(processed, like)
    file = tiles[1].part / "surfaces.parquet"
    surfaces = pq.read_table(file)
    at = surfaces.schema.get_field_index("measured")
    pq.write_table(surfaces.set_column(at, surfaces.schema.field(at), pa.array([True] * len(surfaces))), file)
    before, notes = store.read_table(processed, "sites"), store.column_notes(processed / "sites.parquet")

    publish.publish(Publish(publish._sites, tuple((tile, True) for tile in tiles), "sites"))

    after = store.read_table(processed, "sites")
    measured = after["site_id"].isin(set(surfaces["site_id"].to_pylist()))
    assert 0 < measured.sum() < len(after)
    assert (after["confidence"][measured] == "A").all() and not (before["confidence"] == "A").any()
    assert after["site_id"].tolist() == before["site_id"].tolist()
    same_rows(after.drop(columns="confidence"), before.drop(columns="confidence"), ["site_id"])
    pd.testing.assert_series_equal(after["confidence"][~measured], before["confidence"][~measured])
    assert store.column_notes(processed / "sites.parquet") == notes
    window = tuple(before.total_bounds + np.array([0, 0, -1, -1]) * np.ptp(before.total_bounds[[0, 2]]) / 2)
    assert len(store.read_table(processed, "sites", bbox=window)) == len(before.cx[window[0] : window[2], : window[3]])
