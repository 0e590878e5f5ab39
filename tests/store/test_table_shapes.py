"""Tables of a run have the shape that their names promise, told without reading a row."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from city import Run

from pvmap.stages import parts
from pvmap.store import joining, whole
from pvmap.store.shapes import fits_series, strange
from pvmap.tables import TABLES

EVERY = ("sites", "surfaces")  # written with all columns of their contract


@pytest.fixture(scope="module")
def crs(small_city: Run) -> str:
    return whole.require_record(small_city.processed / "run.json")["crs"]


def test_tables_of_a_run_and_its_tiles_have_their_shapes(small_city: Run, crs: str):
    folder = small_city.processed
    for record, kind in (("run.json", "tables"), ("city.json", "files")):
        names = whole.require_record(folder / record)[kind]
        assert "prepared/sites.parquet" in names and strange(folder, names, crs, now=True) == []
    for part in (folder / "parts").iterdir():
        names = [name for name in whole.require_record(part / "done.json")["files"] if name != parts.PROFILES]
        assert len(names) > 4 and strange(part, names, crs, now=True) == []
        assert fits_series(part / parts.PROFILES, parts.GROUP, parts.POWER, 8760)


def put(folder: Path, name: str, table: pa.Table) -> tuple[bool, bool]:
    """Write a table; whether a run of whatever version may have it, and whether one of this version does."""
    pq.write_table(table, folder / name)
    return strange(folder, [name], None) == [], strange(folder, [name], None, now=True) == []


@pytest.mark.parametrize("name", ["sites", "surfaces", "weather", "profiles", "zones", "districts"])
def test_columns_that_are_missing_or_of_another_kind_are_strange(tmp_path: Path, small_city: Run, name: str):
    one = pq.read_table(small_city.processed / f"{name}.parquet").slice(0, 1)
    file, own = f"{name}.parquet", TABLES[name].columns if name in TABLES else {}
    assert put(tmp_path, file, one) == (True, True)
    for at, column in enumerate(one.column_names):
        kind = one.schema.field(column).type
        other = pa.array([1.5]) if pa.types.is_string(kind) or pa.types.is_large_string(kind) else pa.array(["x"])
        assert put(tmp_path, file, one.set_column(at, column, other)) == (False, False), column
        optional = column in own and own[column].optional
        optional |= column not in (*own, "name", "geometry")  # a scenario's own, or bounds
        found = put(tmp_path, file, one.drop_columns(column))
        assert found == (optional, optional and name not in EVERY and column != "bbox"), column
    more = one.append_column("more", pa.array([1]))
    assert put(tmp_path, file, more) == (True, name == "districts")
    assert put(tmp_path, file, one.append_column(one.column_names[0], one.column(0))) == (False, False)
    assert put(tmp_path, file, one.select(one.column_names[::-1])) == (True, name == "districts")


def test_an_index_is_no_column(tmp_path: Path, small_city: Run):
    """As pandas writes a table that somebody has read, sorted by its ids and written again."""
    frame = pd.read_parquet(small_city.processed / "yields.parquet").set_index("surface_id")
    frame.to_parquet(tmp_path / "yields.parquet")
    assert "surface_id" in pq.read_schema(tmp_path / "yields.parquet").names
    assert strange(tmp_path, ["yields.parquet"], None) == ["yields.parquet"]


def test_hours_without_a_zone_are_strange(tmp_path: Path, small_city: Run):
    weather = pd.read_parquet(small_city.processed / "weather.parquet")
    weather.assign(time=weather["time"].dt.tz_localize(None)).to_parquet(tmp_path / "weather.parquet", index=False)
    assert strange(tmp_path, ["weather.parquet"], None) == ["weather.parquet"]


def changed(geo: dict[str, Any], **columns: Any) -> dict[str, Any]:
    return geo | {"columns": {"geometry": geo["columns"]["geometry"] | columns}}


def test_outlines_without_what_makes_them_outlines_are_strange(tmp_path: Path, small_city: Run, crs: str):
    table = pq.read_table(small_city.processed / "districts.parquet")
    geo = json.loads(table.schema.metadata[b"geo"])
    others = [None, [], {}, {**geo, "primary_column": "name"}, {**geo, "columns": {}}, {**geo, "version": 1}]
    others += [changed(geo, **{key: None}) for key in ("encoding", "crs", "geometry_types", "bbox")]
    others += [changed(geo, crs={"type": "x"}), changed(geo, bbox=[1, 2]), changed(geo, encoding="point")]
    for other in others:
        metadata = {**table.schema.metadata, b"geo": json.dumps(other).encode()}
        assert put(tmp_path, "districts.parquet", table.replace_schema_metadata(metadata)) == (False, False), other
    assert put(tmp_path, "districts.parquet", table.replace_schema_metadata(None)) == (False, False)
    assert put(tmp_path, "districts.parquet", table) == (True, True)
    assert strange(tmp_path, ["districts.parquet"], "EPSG:4326") == ["districts.parquet"]
    assert strange(tmp_path, ["districts.parquet"], crs) == []


@pytest.mark.parametrize("content", [b"", b"PAR1", b"PAR1" + b"\0" * 100 + b"PAR1", b"\xff" * 999], ids=repr)
def test_what_is_no_parquet_is_strange_and_other_files_are_not_looked_at(tmp_path: Path, content: bytes):
    for name in ("sites.parquet", "tiles.json", "mine.parquet"):
        (tmp_path / name).write_bytes(content)
    assert strange(tmp_path, ["sites.parquet", "tiles.json", "mine.parquet"], None) == ["sites.parquet"]


def test_a_series_has_its_labels_and_all_its_hours(tmp_path: Path):
    path, labels = tmp_path / "profiles.parquet", pd.DataFrame({"a": ["x", "y"]})
    joining.write_series(path, labels, "power_kw", pd.DataFrame(0.0, range(2), range(24)).to_numpy())
    assert fits_series(path, ["a"], "power_kw", 24)
    assert not fits_series(path, ["a"], "power_kw", 23)
    assert not fits_series(path, ["a", "b"], "power_kw", 24)
    assert not fits_series(path, ["a"], "energy_kwh", 24)
    labels.assign(power_kw=1.0).to_parquet(path)
    assert not fits_series(path, ["a"], "power_kw", 24)
