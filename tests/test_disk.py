"""What is written takes nobody's place, and only our own leftovers go."""

from __future__ import annotations

import errno
import os
import re
import tempfile
from pathlib import Path

import pytest

from pvmap import disk
from pvmap.disk import aside, remove, sweep, write_atomically
from pvmap.errors import DiskError


def test_only_leftovers_of_our_own_go(tmp_path: Path):
    ours = [aside(tmp_path / name) for name in ("sites.parquet", "tiles", "早.json")]
    theirs = [tmp_path / name for name in (".film.part", "film.part", ".part", ".a.0123456789ab.part.txt")]
    for path in (*ours, *theirs):
        path.touch()
    (tmp_path / "below").mkdir()
    deep = aside(tmp_path / "below" / "run.json")
    deep.mkdir()
    (deep / "file").touch()
    sweep(tmp_path)
    assert sorted(tmp_path.rglob("*")) == sorted([*theirs, tmp_path / "below"])


@pytest.mark.parametrize("below", ["", "city", "city/maps"])
@pytest.mark.parametrize("stands", ["file", "pipe", "dangling link", "link to a file", "link to itself"])
def test_what_stands_where_a_folder_must_is_told(tmp_path: Path, stands: str, below: str):
    place = tmp_path / "here"
    if stands == "pipe":
        os.mkfifo(place)
    elif stands == "file":
        place.write_text("mine", encoding="utf-8")
    else:
        (tmp_path / "file").write_text("mine", encoding="utf-8")
        place.symlink_to({"dangling link": "nowhere", "link to a file": "file", "link to itself": "here"}[stands])
    with pytest.raises(DiskError, match=f"{re.escape(str(place))} cannot be written: it is .*no folder; move it away"):
        disk.require_folders(tmp_path, place / below)
    assert os.path.lexists(place)


def test_a_link_to_a_folder_is_one(tmp_path: Path):
    (tmp_path / "home").mkdir()
    (tmp_path / "here").symlink_to("home")
    disk.require_folders(tmp_path / "here" / "city" / "not made yet")


def test_a_folder_makes_room_and_keeps_what_it_holds(tmp_path: Path):
    for name in ("removed.json", "written.json"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "notes.txt").write_text(name, encoding="utf-8")
    remove(tmp_path / "removed.json")
    write_atomically(tmp_path / "written.json", lambda path: path.write_text("{}", encoding="utf-8"))
    assert not (tmp_path / "removed.json").exists()
    assert (tmp_path / "written.json").read_text(encoding="utf-8") == "{}"
    assert {p.read_text(encoding="utf-8") for p in tmp_path.rglob("notes.txt")} == {"removed.json", "written.json"}
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "link.json").symlink_to(tmp_path / "elsewhere")
    remove(tmp_path / "link.json")
    assert sorted(p.suffix for p in tmp_path.iterdir() if p.name.startswith(("link", "else"))) == [""]


def test_a_folder_that_something_is_mounted_on_is_a_sentence(tmp_path: Path):
    with (
        pytest.raises(DiskError, match="tables cannot be written: Device or resource busy"),
        disk.errors(tmp_path, disk.TROUBLE),
    ):
        raise OSError(errno.EBUSY, "Device or resource busy", str(tmp_path / "tables"))


def test_a_system_without_a_place_for_temporary_files_is_told(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(tempfile, "tempdir", None)
    monkeypatch.setattr(tempfile, "_candidate_tempdir_list", lambda: [])
    with pytest.raises(DiskError, match="let TMPDIR name one"), disk.scratch():
        pass
