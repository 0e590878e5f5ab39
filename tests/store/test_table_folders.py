"""A table may be a folder of files: whoever reads it gets the same rows as of one file, and what it must be is told."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.dataset as pads
import pyarrow.parquet as pq
import pytest
from city import Run, copy, demo_file, run
from hypothesis import given
from hypothesis import strategies as st
from webmap.test_province import ids_of

from pvmap import open_run, pipeline, store
from pvmap.errors import InputError
from pvmap.stages import settle
from pvmap.store import files as table_files
from pvmap.store import row_groups

FOLDERS = ("sites", "surfaces", "yields", "shade", "appraisal", "exclusions")


@pytest.fixture(scope="module", autouse=True)
def short_stretches() -> Iterator[None]:
    """Money is settled in stretches of some sites, so that its tables have several files as well."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(settle, "SITES_AT_ONCE", 300)
        yield


@pytest.fixture(scope="module")
def province(tmp_path_factory: pytest.TempPathFactory, small_city: Run) -> Run:
    """The small city, as if it had too many sites for one file of a table."""
    root = copy(small_city, tmp_path_factory.mktemp("province") / "root")
    return run(demo_file(root / "demo.toml", more="sites_per_file = 500"), root)


def test_folders_hold_the_rows_of_files_in_their_order(province: Run, small_city: Run):
    names = open_run(small_city.processed).tables
    assert set(FOLDERS) <= set(names)
    for name in names:
        path = province.processed / f"{name}.parquet"
        if name in FOLDERS:
            assert len(table_files.files_of(path)) > 2, name
        one, other = (store.read_table(each.processed, name) for each in (small_city, province))
        pd.testing.assert_frame_equal(pd.DataFrame(one), pd.DataFrame(other), rtol=1e-9)
        assert store.column_notes(path) == store.column_notes(small_city.processed / f"{name}.parquet")


def test_other_programs_take_a_folder_for_the_table(province: Run, small_city: Run):
    path = province.processed / "sites.parquet"
    whole = gpd.read_parquet(small_city.processed / "sites.parquet")
    assert gpd.read_parquet(path).geometry.to_wkb().tolist() == whole.geometry.to_wkb().tolist()
    plain = pd.read_parquet(province.processed / "appraisal.parquet")
    pd.testing.assert_frame_equal(plain, pd.read_parquet(small_city.processed / "appraisal.parquet"))
    told = pads.parquet_dataset(path / table_files.ENDS)
    assert told.count_rows() == len(whole)
    assert told.to_table(["site_id"])["site_id"].to_pylist() == whole["site_id"].tolist()


def test_the_map_holds_the_same_sites(province: Run, small_city: Run):
    assert ids_of(province.report.index) == ids_of(small_city.report.index)


@pytest.mark.slow
def test_planners_take_away_the_same(province: Run, small_city: Run, tmp_path: Path):
    apart = pipeline.open_city(str(copy(province, tmp_path / "root") / "demo.toml"), tmp_path / "root")
    files = {file.name for file in pipeline.write_plan(apart)}
    assert {"report.xlsx", "demo.gpkg"} <= files
    found = pipeline.compare(small_city.processed, apart.folders.processed)
    assert len(found.sites) == 0 and len(found.columns) == 0
    opened = open_run(apart.folders.processed, apart.folders.raw)
    assert opened.appraisal["site_id"].tolist() == small_city.table("appraisal")["site_id"].tolist()
    site_id = opened.appraisal["site_id"].iloc[-1]
    assert opened.explain(site_id) == open_run(small_city.processed, small_city.job.folders.raw).explain(site_id)


@pytest.mark.parametrize(
    "hurt",
    [pytest.param("gone", marks=pytest.mark.slow), pytest.param("short", marks=pytest.mark.slow), "more", "file"],
)
def test_a_folder_that_is_not_as_it_was_is_told_and_made_anew(province: Run, tmp_path: Path, hurt: str):
    root = copy(province, tmp_path / "root")
    job = pipeline.open_city(str(root / "demo.toml"), root)
    path = job.folders.processed / "appraisal.parquet"
    files = table_files.files_of(path)
    if hurt == "gone":
        files[1].unlink()
    elif hurt == "short":
        files[-1].write_bytes(files[-1].read_bytes()[:-100])
    elif hurt == "more":  # rows that nobody vouches for
        (path / "part-00099.parquet").write_bytes(files[0].read_bytes())
    else:
        table_files.make_room(path, folder=True)
        path.write_bytes((job.folders.processed / "zones.parquet").read_bytes())
    with pytest.raises(InputError, match=r"appraisal\.parquet.*damaged or not of the run"):
        _ = open_run(job.folders.processed, job.folders.raw).appraisal
    with pytest.raises(InputError, match=r"appraisal\.parquet.* damaged"):
        pipeline.compare(job.folders.processed, province.processed)
    pipeline.make_map(job, workers=0)
    assert store.read_table(job.folders.processed, "appraisal").equals(
        store.read_table(province.processed, "appraisal")
    )


@pytest.mark.slow
def test_a_city_goes_from_files_to_folders_and_back(province: Run, tmp_path: Path):
    root = copy(province, tmp_path / "root")
    job = pipeline.open_city(str(root / "demo.toml"), root)
    somebodys = job.folders.processed / "yields.parquet" / "notes.txt"
    somebodys.write_text("mine", encoding="utf-8")
    one_file = replace(
        job,
        settings=job.settings.model_copy(update={"run": job.settings.run.model_copy(update={"sites_per_file": 10**6})}),
    )
    pipeline.make_map(one_file, workers=0)
    for name in FOLDERS:
        assert (job.folders.processed / f"{name}.parquet").is_file(), name
    kept = list(job.folders.processed.glob("yields.*.parquet/notes.txt"))
    assert [one.read_text(encoding="utf-8") for one in kept] == ["mine"]
    pipeline.make_map(job, workers=0)
    for name in ("sites", "surfaces", "yields"):
        assert (job.folders.processed / f"{name}.parquet").is_dir(), name


@given(
    st.lists(st.lists(st.integers(0, 5), max_size=3), min_size=1, max_size=4),
    st.integers(0, 40),
    st.integers(0, 40),
)
def test_any_rows_of_a_folder_are_those_of_the_table(tmp_path_factory: pytest.TempPathFactory, groups, one, other):
    folder = tmp_path_factory.mktemp("rows")
    frame = pd.DataFrame({"x": np.arange(sum(sum(of_file) for of_file in groups))})
    first = 0
    for number, of_file in enumerate(groups):
        path = table_files.place(folder / "any.parquet", number)
        path.parent.mkdir(exist_ok=True)
        table = pa.Table.from_pandas(frame.iloc[:0], preserve_index=False)
        with pq.ParquetWriter(path, table.schema) as out:
            for n_rows in of_file:
                out.write_table(pa.Table.from_pandas(frame.iloc[first : first + n_rows], preserve_index=False))
                first += n_rows
    assert row_groups.count(folder, "any") == len(frame)
    rows = slice(*sorted((one, other)))
    assert row_groups.read_slice(folder, "any", ["x"], rows)["x"].tolist() == frame["x"][rows].tolist()
    copied = row_groups.copy_rows(folder, "any", rows, folder / "copy")
    assert pd.read_parquet(copied)["x"].tolist() == frame["x"][rows].tolist()
    every = [x for some in row_groups.batches(folder, "any", ["x"], 3) for x in some["x"].to_pylist()]
    assert every == frame["x"].tolist()
