"""Tables cross files checked, whole and with their units."""

from __future__ import annotations

import json
import os

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
import shapely
from geopandas.testing import assert_geodataframe_equal

from pvmap import disk, store
from pvmap.errors import InputError, TableError
from pvmap.stages import journal, lock
from pvmap.store import joining, row_groups
from pvmap.tables import TABLES
from pvmap.tables.contract import check


def rejects(**changes: list) -> pd.DataFrame:
    columns = {"source": ["a.shp"], "source_row": [3], "part": [0], "reason": ["sliver"], "detail": [""]}
    columns |= {"longitude": [119.4], "latitude": [32.2]}
    return pd.DataFrame(columns | changes)


def zones() -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        {
            "zone_id": ["east", "west"],
            "site_type": ["all", "all"],
            "level": ["district", "district"],
            "n_sites": [1, 2],
            "area_m2": [1.0, 2.0],
            "capacity_kwp": [1.0, 0.0],
            "energy_kwh": [1000.0, 0.0],
            "specific_yield_kwh_per_kwp": [1000.0, float("nan")],
        },
        geometry=[shapely.box(0, 0, 10, 10), shapely.box(100, 0, 110, 10)],
        crs="EPSG:4549",
    )


def test_a_table_comes_back_with_units_and_geometry(tmp_path):
    path = store.write_table(tmp_path, "zones", zones())
    back = store.read_table(tmp_path, "zones")
    assert back.crs == "EPSG:4549"
    pd.testing.assert_frame_equal(pd.DataFrame(back), pd.DataFrame(zones()[back.columns]), check_dtype=False)
    assert store.column_notes(path)["energy_kwh"]["unit"] == "kWh"


def test_a_window_reads_only_what_it_meets(tmp_path):
    store.write_table(tmp_path, "zones", zones())
    assert store.read_table(tmp_path, "zones", bbox=(99, 0, 120, 5))["zone_id"].tolist() == ["west"]


def test_joined_parts_are_the_whole_table(tmp_path, monkeypatch):
    monkeypatch.setattr(store, "ROW_GROUP", 3)
    far = (
        zones()
        .assign(zone_id=["north", "south"])
        .set_geometry(
            [
                shapely.MultiPolygon([shapely.box(0, 500, 9, 509), shapely.box(20, 500, 29, 509)]),
                shapely.box(0, -50, 9, -41),
            ]
        )
    )
    parts = [tmp_path / name for name in ("1", "2", "3")]
    for part, frame in zip(parts, (zones(), zones().iloc[:0], far), strict=True):
        joining.write_part(part, "zones", frame)
    path = joining.join_tables([part / "zones.parquet" for part in parts], tmp_path, "zones", "EPSG:4549")
    back = store.read_table(tmp_path, "zones")
    assert back["zone_id"].tolist() == ["east", "west", "north", "south"]
    assert back.geometry.tolist() == [*zones().geometry, *far.geometry]
    assert store.column_notes(path)["energy_kwh"]["unit"] == "kWh"
    assert store.read_table(tmp_path, "zones", bbox=(99, 0, 120, 5))["zone_id"].tolist() == ["west"]
    about = json.loads(pq.read_schema(path).metadata[b"geo"])["columns"]["geometry"]
    assert about["bbox"] == [0, -50, 110, 509]
    assert about["geometry_types"] == ["MultiPolygon", "Polygon"]


@pytest.mark.parametrize("name", TABLES)
def test_no_parts_are_a_table_without_rows(tmp_path, name):
    joining.join_tables([], tmp_path, name, "EPSG:4549")
    back = store.read_table(tmp_path, name)
    assert len(back) == 0
    assert check(name, back).columns.tolist()[: len(TABLES[name].columns)] == list(TABLES[name].columns)


def test_series_come_back_by_their_labels(tmp_path):
    labels = pd.DataFrame({"district": ["east", "west", ""]})
    values = np.arange(12.0).reshape(3, 4)
    path = joining.write_series(tmp_path / "series.parquet", labels, "power_kw", values)
    back, power = joining.read_series(path, "power_kw")
    assert back["district"].tolist() == ["east", "west", ""]
    assert (power == values).all()


@pytest.mark.parametrize(
    ("frame", "words"),
    [
        (rejects(source_row=[-1]), ["rejects", "source_row", "-1"]),
        (rejects(reason=[None]), ["rejects", "reason"]),
        (rejects(part=["x"]), ["rejects", "part", "int"]),
        (rejects().drop(columns="detail"), ["rejects", "detail", "missing"]),
        (rejects(more=[1]), ["rejects", "more", "unknown"]),
        (pd.concat([rejects(), rejects()]), ["rejects", "repeat", "a.shp"]),
    ],
)
def test_a_broken_contract_names_table_column_and_value(frame, words):
    with pytest.raises(TableError) as caught:
        check("rejects", frame)
    for word in words:
        assert word in str(caught.value)


def test_nothing_half_written_is_left_behind(tmp_path):
    with pytest.raises(TableError):
        store.write_table(tmp_path, "rejects", rejects(source_row=[-1]))

    def fail(path):
        path.write_text("half")
        raise RuntimeError("power cut")

    with pytest.raises(RuntimeError):
        disk.write_atomically(tmp_path / "x.txt", fail)
    assert list(tmp_path.iterdir()) == []


def test_a_missing_run_is_one_sentence(tmp_path):
    with pytest.raises(InputError, match="pvmap map"):
        store.read_table(tmp_path, "sites")


def test_every_column_says_what_it_is():
    for table in TABLES.values():
        for column, spec in table.columns.items():
            assert spec.about, column
            assert spec.kind in ("str", "bool", "time") or spec.unit, column


def test_a_stretch_of_rows_is_read_wherever_row_groups_end(tmp_path, monkeypatch):
    monkeypatch.setattr(store, "ROW_GROUP", 3)
    frame = pd.concat([rejects(source_row=[number]) for number in range(8)], ignore_index=True)
    store.write_table(tmp_path, "rejects", frame)
    for first in range(9):
        for last in range(first, 9):
            rows = row_groups.read_slice(tmp_path, "rejects", ["source_row"], slice(first, last))
            assert rows["source_row"].tolist() == list(range(first, last))
    assert row_groups.read_slice(tmp_path, "rejects")["source_row"].tolist() == list(range(8))
    assert row_groups.distinct(tmp_path, "rejects", "source_row") == set(range(8))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes on this system")
def test_pipes_and_devices_in_a_run_folder_are_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "run.json")
    (tmp_path / "city.json").symlink_to("/dev/zero")
    os.mkfifo(tmp_path / "sites.parquet")
    os.mkfifo(tmp_path / journal.JOURNAL)
    (tmp_path / lock.LOCK).mkdir()
    os.mkfifo(tmp_path / lock.LOCK / "x.json")
    with pytest.raises(InputError, match="is a named pipe, not a regular file"):
        store.read_json(tmp_path / "run.json")
    with pytest.raises(InputError, match="is a device, not a regular file"):
        store.read_json(tmp_path / "city.json")
    with pytest.raises(InputError, match="is a named pipe, not a regular file"):
        store.read_table(tmp_path, "sites")
    assert journal.events(tmp_path) == [] and lock.holder(tmp_path) is None
    journal.Journal(tmp_path, lambda *_: None).note("begin")
    assert [one["event"] for one in journal.events(tmp_path)] == ["begin"]


def test_some_rows_are_those_geopandas_reads(tmp_path):
    """Of a file, and of the one that took its place meanwhile."""
    for n in (30_000, 20_000):
        at = np.arange(n, dtype=float)
        outlines = shapely.box(at, 0.0, at + 0.5, 1.0)
        names = [None if one % 7 == 0 else f"站{one}" for one in range(n)]
        frame = gpd.GeoDataFrame({"name": names, "hilbert": np.arange(n)}, geometry=outlines, crs="EPSG:4549")
        path = tmp_path / "some.parquet"
        frame.to_parquet(path, write_covering_bbox=True, row_group_size=store.ROW_GROUP)
        low, high = ("hilbert", ">=", 8_000), ("hilbert", "<", 17_000)
        window = (9_000.25, 0.5, 9_010.0, 3.0)
        for how in (
            {"filters": [low, high]},
            {"bbox": window},
            {"bbox": window, "filters": [low, ("hilbert", "<", 9_005)]},
            {"bbox": window, "columns": ["hilbert", "geometry"]},
            {"filters": [("name", "==", "站8")]},
            {"filters": [("hilbert", "<", 0)]},
        ):
            read = store.read_outlines(path, **how)
            assert_geodataframe_equal(read, gpd.read_parquet(path, **how))
        assert len(store.read_outlines(path, bbox=window)) == 11
