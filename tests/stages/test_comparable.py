"""What can be compared: runs that their version has vouched for, and older ones of a known shape."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from pvmap import store
from pvmap.errors import InputError, TableError
from pvmap.planning.diff import SHOWN, diff_runs
from pvmap.stages.record import require_comparable
from pvmap.tables.contract import nothing


def put(folder: Path, record: Any) -> None:
    store.write_table(folder, "appraisal", nothing("appraisal", "EPSG:4549"))
    (folder / "run.json").write_text(record if isinstance(record, str) else json.dumps(record), encoding="utf-8")


@pytest.mark.parametrize(
    "record",
    [
        {},
        {"inputs": [{"path": "a", "sha256": "1"}], "settings": {"city": {"currency": "CNY"}}},
        {"inputs": {"a": 1}, "versions": [1], "version": 3, "settings": {"a": {"b": [1]}}},
        {"created": "2026-01-01T00:00:00+00:00"},
    ],
    ids=str,
)
def test_an_older_run_is_compared(tmp_path: Path, record: Any):
    put(tmp_path, record)
    require_comparable(tmp_path, "appraisal", SHOWN)
    assert diff_runs(tmp_path, tmp_path).causes == []


@pytest.mark.parametrize(
    "record",
    [
        *("", "[" * 100_000, "null", "3", "[]", '"x"', "NaN"),
        *({"inputs": 3}, {"inputs": [3]}, {"settings": 3}, {"settings": {"city": 3}}, {"check": "x"}),
        *({"settings": {"city": {"currency": 3}}}, {"created": 3}, {"created": "x"}),
    ],
    ids=lambda record: str(record)[:40],
)
def test_what_is_no_run_is_a_sentence(tmp_path: Path, record: Any):
    put(tmp_path, record)
    with pytest.raises(InputError, match=r"run\.json is (damaged|none of a run)"):
        require_comparable(tmp_path, "appraisal", SHOWN)


@pytest.mark.parametrize(
    ("table", "told"),
    [
        ({"site_id": ["a"]}, "'site_type'.* is missing"),
        ({name: ["x"] for name in SHOWN}, "site_type must be in"),
        ({"site_id": [1]} | {name: ["x"] for name in SHOWN[1:]}, "site_id must be str"),
    ],
)
def test_a_table_of_another_shape_is_a_sentence(tmp_path: Path, table: dict, told: str):
    put(tmp_path, {})
    pd.DataFrame(table).to_parquet(tmp_path / "appraisal.parquet")
    with pytest.raises(TableError, match=told):
        require_comparable(tmp_path, "appraisal", SHOWN)
