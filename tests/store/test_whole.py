"""Records vouch for files, and for themselves."""

from __future__ import annotations

from pathlib import Path

import pytest

from pvmap import store
from pvmap.errors import InputError
from pvmap.store import whole


@pytest.fixture
def record(tmp_path: Path) -> Path:
    (tmp_path / "a.bin").write_bytes(bytes(range(200)))
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "c.bin").write_bytes(b"content")
    files = whole.measured(tmp_path, ["a.bin", "b/c.bin"])
    return whole.write_record(tmp_path / "record.json", {"files": files, "名": float("nan"), "n": {1: 0.1 + 0.2}})


def test_a_record_comes_back_as_it_was_written(record: Path):
    found = whole.require_record(record)
    assert found["n"] == {"1": 0.1 + 0.2}
    assert whole.damaged(record.parent, found["files"]) == []


@pytest.mark.parametrize("size", [0, 1, 100, 199])
def test_a_short_file_is_damaged(record: Path, size: int):
    file = record.parent / "a.bin"
    file.write_bytes(file.read_bytes()[:size])
    assert whole.damaged(record.parent, whole.require_record(record)["files"]) == ["a.bin"]


def test_a_changed_byte_a_missing_file_and_a_folder_are_damaged(record: Path):
    files = whole.require_record(record)["files"]
    file = record.parent / "b" / "c.bin"
    file.write_bytes(b"contend")
    assert whole.damaged(record.parent, files) == ["b/c.bin"]
    file.unlink()
    assert whole.damaged(record.parent, files) == ["b/c.bin"]
    file.mkdir()
    assert whole.damaged(record.parent, files) == ["b/c.bin"]


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b"null", b"\xff\xfe", b'{"check": "0"}', None], ids=repr)
def test_a_record_that_is_not_whole_is_none(record: Path, content: bytes | None):
    text = record.read_bytes()
    record.write_bytes(text[: len(text) // 2] if content is None else content)
    assert whole.read_record(record) is None
    with pytest.raises(InputError, match="run `pvmap map` for this city again"):
        whole.require_record(record)


def test_a_record_that_somebody_has_edited_is_none(record: Path):
    found = store.read_json(record)
    store.write_json(record, found | {"files": {}})
    assert whole.read_record(record) is None


def test_a_record_that_is_not_there_is_none(tmp_path: Path):
    assert whole.read_record(tmp_path / "none.json") is None
    with pytest.raises(InputError, match="is not there"):
        whole.require_record(tmp_path / "none.json")
