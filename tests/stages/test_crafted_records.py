"""Records that somebody has made, with a check that is right, hold what records hold or are damaged ones."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pvmap.errors import InputError
from pvmap.stages import record, whole

FILE = {"bytes": 3, "sha256": "x"}
WHOLE: dict[str, Any] = {
    "stamp": "s",
    "stamps": {"tiles": "s"},
    "files": {"prepared/sites.parquet": FILE},
    "tables": {"sites.parquet": FILE},
    "crs": "EPSG:4549",
    "created": "2026-01-01",
    "city": {"name": "x"},
    "counts": {"rooftop": {"kept": 1}},
    "weather": [{"weather_id": "x"}],
    "findings": [{"code": "x"}],
}
OTHERS = [
    None,
    True,
    -1,
    1e300,
    "\x1b[31m{{7*7}}<script>",
    [],
    [[]],
    {"a": 1},
    {"../../x": FILE},
    {"/etc/passwd": FILE},
]
OF_FILES = [
    *({name: FILE} for name in ("a/../../b", "..", "C:\\x", "\\\\host\\x", "a\\..\\b")),
    *({"a": file} for file in (None, [], {}, {"bytes": 3}, {"bytes": "x", "sha256": "x"}, {"bytes": 3, "sha256": 3})),
]


def test_a_whole_record_is_read(tmp_path: Path):
    assert whole.require_record(whole.write_record(tmp_path / "r.json", WHOLE), *WHOLE) == WHOLE


@pytest.mark.parametrize("key", WHOLE)
def test_what_is_of_another_shape_is_damaged(tmp_path: Path, key: str):
    path = tmp_path / "r.json"
    others = [one for one in OTHERS if not (isinstance(WHOLE[key], type(one)) and not isinstance(one, dict))]
    others = [
        *(one for one in others if key != "city" or not isinstance(one, dict)),
        *(OF_FILES if key == "files" else ()),
    ]
    for other in others:
        whole.write_record(path, WHOLE | {key: other})
        assert whole.read_record(path) is None, other
    whole.write_record(path, {name: value for name, value in WHOLE.items() if name != key})
    with pytest.raises(InputError, match="is damaged or was written by another version"):
        whole.require_record(path, *WHOLE)


@pytest.mark.parametrize("settings", [None, [], {"city": None}, {"city": {"currency": 1}}])
def test_a_run_of_another_shape_is_not_compared(tmp_path: Path, settings: Any):
    whole.write_record(tmp_path / "run.json", WHOLE | {"settings": settings})
    with pytest.raises(InputError, match="none of a run of pvmap"):
        record.require_comparable(tmp_path, "zones", [])


@pytest.mark.parametrize("depth", [300, 10_000, 1_000_000])
def test_nested_deep_is_one_sentence(tmp_path: Path, depth: int):
    (tmp_path / "run.json").write_text("[" * depth + "]" * depth, encoding="utf-8")
    with pytest.raises(InputError):
        whole.require_record(tmp_path / "run.json")
