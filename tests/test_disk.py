"""What is written takes nobody's place, and only our own leftovers go."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from pvmap.disk import aside, require_page, sweep
from pvmap.errors import ConfigError, DiskError

THERE: dict[str, tuple[Callable[[Path], object], str]] = {
    "nothing": (lambda path: None, ""),
    "an older page": (lambda path: path.write_text("<!DOCTYPE html>\n<html>"), ""),
    "an older page of Dask's": (lambda path: path.write_text("\n\n<!doctype HTML>"), ""),
    "an empty file": (lambda path: path.touch(), ""),
    "somebody's layer": (lambda path: path.write_text('{"type": "FeatureCollection"}'), "no page"),
    "somebody's table": (lambda path: path.write_bytes(b"PAR1"), "no page"),
    "a folder": (lambda path: path.mkdir(), "folder"),
    "a link": (lambda path: path.symlink_to("elsewhere"), "link"),
    "a pipe": (os.mkfifo if hasattr(os, "mkfifo") else Path.mkdir, "pipe|folder"),
}


@pytest.mark.parametrize("there", THERE)
def test_a_page_takes_the_place_of_a_page_only(tmp_path: Path, there: str):
    put, refusal = THERE[there]
    put(tmp_path / "page.html")
    if refusal:
        with pytest.raises(ConfigError, match=rf"--html .*page\.html: .*({refusal})"):
            require_page(tmp_path / "page.html", "--html")
    else:
        require_page(tmp_path / "page.html", "--html")


@pytest.mark.parametrize("path", ["", ".", "/"])
def test_a_page_has_a_name(path: str):
    with pytest.raises(ConfigError, match="folder"):
        require_page(Path(path), "--html")


def test_a_name_that_no_system_has_is_a_sentence(tmp_path: Path):
    with pytest.raises((ConfigError, DiskError)):
        require_page(tmp_path / ("x" * 300), "--html")


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
