"""The folder of tiles is written anew as a whole, and nobody's own files go with it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from pvmap.errors import InputError
from pvmap.webmap.tiles import call
from pvmap.webmap.writing import require_ours


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


@pytest.mark.parametrize(
    ("there", "named"),
    [(tile, ""), (Path.exists, ""), (picture, "1.png"), (script, "own.js"), (link, "tiles")],
)
def test_only_tiles_are_replaced(tmp_path: Path, there: Callable[[Path], object], named: str):
    there(tmp_path)
    if named:
        with pytest.raises(InputError, match=f"{named} is no tile of a map"):
            require_ours(tmp_path)
    else:
        require_ours(tmp_path)
