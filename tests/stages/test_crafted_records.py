"""Records that somebody has made, with a check that is right, hold what records hold or are damaged ones."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from pvmap import store
from pvmap.errors import InputError
from pvmap.findings import finding, line
from pvmap.foreign_text import visible
from pvmap.sources.weather import stored_points
from pvmap.stages import record
from pvmap.store import whole
from pvmap.store.record_shapes import STRETCHES

FILE = {"bytes": 3, "sha256": "x"}
COUNTS = {"rows_read": 1, "parts_exploded": 0, "kept": 1, "refused": 0}
FOUND = json.loads(json.dumps(finding("polygons-repaired", layer="a.shp", count=3, total=9).as_record()))
PLACE = {"longitude": 119.4, "latitude": 32, "altitude_m": 0.0}
POINT: dict[str, Any] = {"weather_id": "w", **PLACE, "sun_offset_minutes": 30.0, "interval_minutes": 60, "source": "x"}
POINT |= {"corrected": False, "findings": [FOUND], "years": [2023], "ghi_kwh_per_m2": 1400.0}
ASSUMPTION = {"key": "a", "value": [1], "unit": "1", "mark": "choice", "source": "s", "about": "a"}
WHOLE: dict[str, Any] = {
    "stamp": "s",
    "stamps": {"tiles": "s"},
    "files": {"prepared/sites.parquet": FILE},
    "tables": {"sites.parquet": FILE},
    "crs": "EPSG:4549",
    "created": "2026-01-01",
    "city": {"name": "x"},
    "counts": {"rooftop": COUNTS},
    "weather": [POINT],
    "findings": [FOUND],
    "folder": "backdrop/0",
    "own": "backdrop/0/1",
    "frame": [0.0, 1.0, 30.0, 2, 2],
    "bounds": [0.0, 0.0, 1.0, 1.0],
    "inputs": {"a.csv": FILE},
    "settings": {"city": {"name": "x"}},
    "assumptions": [ASSUMPTION],
    "versions": {"pvmap": "1"},
    "totals": {"all": {"n_sites": 1, "energy_gwh": 0.5, "npv_cny": None}},
    "self_check": [{"name_en": "a", "name_zh": "b", "left": 1.0, "right": 1, "holds": True}],
    "incomplete_tiles": ["00_0000000000"],
    "failures": {"00_0000000000": "x"},
    "not_checked": [{"name": "a", "name_zh": "b", "clause": "c"}],
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
    folder = key in ("folder", "own")
    text = folder or key == "stamp"  # any text may be one
    fine = [[]] * may_be_empty(key) + [None] * (key == "frame") + OTHERS[-2:] * (key == "inputs")
    others = [one for one in OTHERS if not (text and isinstance(one, str)) and one not in fine]
    for other in [*others, *(OF_FILES if key == "files" else ()), *(("../x", "/etc", "a/../../b") if folder else ())]:
        whole.write_record(path, WHOLE | {key: other})
        assert whole.read_record(path) is None, other
    whole.write_record(path, {name: value for name, value in WHOLE.items() if name != key})
    with pytest.raises(InputError, match="is damaged or was written by another version"):
        whole.require_record(path, *WHOLE)


def may_be_empty(key: str) -> bool:
    return isinstance(WHOLE[key], list) and key not in ("frame", "bounds")


def strange(value: Any) -> Iterator[Any]:
    """Records like this one with something else in one place, however deep."""
    yield from ({"x": 1}, [[]], True, -(10**30), "\x1b[31m")
    for key in value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ():
        for other in strange(value[key]):
            copy = list(value) if isinstance(value, list) else dict(value)
            copy[key] = other
            yield copy
        if isinstance(value, dict):
            yield {name: one for name, one in value.items() if name != key}


def test_what_passes_for_a_weather_point_or_a_finding_can_be_used(tmp_path: Path):
    hours = pd.DataFrame({"weather_id": "w", "time": pd.date_range("2022-12-31T16:00Z", periods=8760, freq="h")})
    hours = hours.assign(ghi=1.0, dni=1.0, dhi=1.0, temp_air=1.0, wind_speed=1.0)
    passed = 0
    for point in strange(POINT):
        record = whole.read_record(whole.write_record(tmp_path / "r.json", {"weather": [point]}), "weather")
        if record is not None and record["weather"][0]["weather_id"] == "w":
            (read,) = stored_points(hours, record["weather"]).values()
            assert all(one.sentence("zh") and visible(line((one,))) for one in read.findings) and read.summary
            passed += 1
    assert passed > 5


TILE = "00_0000000000"


@pytest.mark.parametrize(
    "found",
    [
        *(None, {}, [], [[]], [3], [[TILE, 0, 5]], [[TILE, "0", 5, 1]], [[TILE, 0, 1 << 63, 1]], [[TILE, -1, 5, 1]]),
        *([["../../x", 0, 5, 1]], [[TILE, 0, 5, True]], [[TILE, 0, [5], 1]], [[None, 0, 5, 1]]),
    ],
    ids=str,
)
def test_limits_of_tiles_of_another_shape_are_damaged(tmp_path: Path, found: Any):
    store.write_json(tmp_path / "tiles.json", found)
    with pytest.raises(InputError, match="is damaged"):
        whole.read_shaped(tmp_path / "tiles.json", STRETCHES)
    store.write_json(tmp_path / "tiles.json", [[TILE, 0, 5, 1]])
    assert [*whole.read_shaped(tmp_path / "tiles.json", STRETCHES)] == [[TILE, 0, 5, 1]]


@pytest.mark.parametrize("settings", [None, [], {"city": None}, {"city": {"currency": 1}}])
def test_a_run_of_another_shape_is_not_compared(tmp_path: Path, settings: Any):
    whole.write_record(tmp_path / "run.json", WHOLE | {"settings": settings})
    with pytest.raises(InputError, match="is damaged"):
        record.require_comparable(tmp_path, "zones", [])


@pytest.mark.parametrize("depth", [300, 10_000, 1_000_000])
def test_nested_deep_is_one_sentence(tmp_path: Path, depth: int):
    (tmp_path / "run.json").write_text("[" * depth + "]" * depth, encoding="utf-8")
    with pytest.raises(InputError):
        whole.require_record(tmp_path / "run.json")
