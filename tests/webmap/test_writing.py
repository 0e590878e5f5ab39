"""The folder of tiles is written anew as a whole, and nobody's own files are lost with it."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from pvmap.webmap.tiles import call
from pvmap.webmap.writing import Composed, write_folder


def tile(folder: Path) -> None:
    (folder / "tiles/rooftop").mkdir(parents=True)
    (folder / "tiles/rooftop/1.js").write_text(call("rooftop", "1", "AA"), encoding="ascii")


def picture(folder: Path) -> None:
    tile(folder)
    (folder / "tiles/3/2").mkdir(parents=True)
    (folder / "tiles/3/2/1.png").write_bytes(b"\x89PNG")


def script(folder: Path) -> None:
    tile(folder)
    (folder / "tiles/rooftop/own.js").write_text("let mine = 1", encoding="ascii")


def link(folder: Path) -> None:
    (folder / "elsewhere").mkdir()
    (folder / "tiles").symlink_to(folder / "elsewhere")


def file(folder: Path) -> None:
    (folder / "tiles").write_text("mine", encoding="utf-8")


@pytest.mark.parametrize(
    ("there", "kept"),
    [(tile, ""), (Path.exists, ""), (picture, "3/2/1.png"), (script, "rooftop/own.js"), (link, "."), (file, ".")],
)
def test_what_is_not_all_tiles_is_kept_under_another_name(tmp_path: Path, there: Callable[[Path], object], kept: str):
    there(tmp_path)
    told: list[str] = []
    made = Composed(None, iter([("mine", "1", "AA")]), iter([]), iter([]), set())  # type: ignore[arg-type]
    write_folder(tmp_path, "<html></html>", made, told.append)
    assert [one.name for one in (tmp_path / "tiles").rglob("*.js")] == ["1.js"]
    page = re.search(r'pvmapTile\.page = "(\w+)"', (tmp_path / "index.html").read_text(encoding="utf-8"))[1]
    assert (tmp_path / "tiles/mine/1.js").read_text(encoding="ascii") == call("mine", "1", "AA", page)
    beside = [one for one in tmp_path.iterdir() if one.name not in ("tiles", "index.html", "elsewhere")]
    assert len(beside) == len(told) == bool(kept)
    if kept:
        assert os.path.lexists(beside[0] / kept) and beside[0].name in told[0]
