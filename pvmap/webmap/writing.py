"""A composed map becomes files: one page that holds everything, or a page with its tiles beside it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from pvmap.disk import aside, is_folder
from pvmap.pages import MAP, write_page
from pvmap.webmap.scratch import Block
from pvmap.webmap.tiles import CALL, call
from pvmap.written import Tell, put, silent

if TYPE_CHECKING:
    from pvmap.webmap.page import OfflineMap

TILES = "tiles"  # folder of a page's script files


class Composed(NamedTuple):
    """A map before it is written: its page, and the blocks of data that belong to it."""

    page: OfflineMap
    first: Iterator[Block]  # overviews and zones
    whole: Iterator[Block]  # columns that stand whole
    tiles: Iterator[Block]  # tiles, each followed by its texts
    small: set[str]  # layers whose tiles are few


def is_ours(tiles: Path) -> bool:
    """Whether a folder of tiles, which is written anew as a whole, holds nothing but tiles."""
    return is_folder(tiles) and all(is_folder(one) or is_tile(one) for one in tiles.rglob("*"))


def is_tile(path: Path) -> bool:
    """Whether a file is a tile."""
    if path.is_symlink() or not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(len(CALL)) == CALL.encode()


def write_file(index: Path, html: str, made: Composed, tell: Tell = silent) -> Path:
    """Write one page: overviews and zones first, so that the map shows while columns and tiles still arrive."""
    head, tail = html.rsplit("</html>", 1)

    def write(path: Path) -> None:
        with path.open("w", encoding="utf-8") as out:
            out.write(head)
            for block in chain(made.first, made.whole, made.tiles):
                out.write(f"<script>{call(*block)}</script>\n")
            out.write("</html>" + tail)

    return write_page(index, MAP, write, tell)


def write_folder(maps: Path, html: str, made: Composed, tell: Tell = silent) -> Path:
    """Write the page and its tiles as script files; overviews, zones and small layers are fetched with the page."""
    target = maps / TILES
    fresh = aside(target)
    head, tail = html.rsplit("</html>", 1)
    mark = hashlib.sha256(html.encode()).hexdigest()[:16]  # a page shows no tiles of another one that lie beside it
    scripts = [f'<script>{CALL}.page = "{mark}"</script>\n']

    def write(layer: str, key: str, payload: str) -> None:
        (fresh / layer).mkdir(parents=True, exist_ok=True)
        (fresh / layer / f"{key}.js").write_text(call(layer, key, payload, mark), encoding="ascii")

    for layer, key, payload in made.first:
        write(layer, key, payload)
        scripts.append(f'<script src="tiles/{layer}/{key}.js"></script>\n')
    for block in made.whole:
        write(*block)
    bundles: dict[str, list[str]] = {}
    for block in made.tiles:
        if (kind := block[0].removesuffix("-text")) in made.small:
            bundles.setdefault(kind, []).append(call(*block, mark))
        else:
            write(*block)
    for layer, lines in bundles.items():
        (fresh / layer / "all.js").write_text(";\n".join(lines), encoding="ascii")
        scripts.append(f'<script src="tiles/{layer}/all.js"></script>\n')
    put(fresh, target, is_ours, tell)
    page = head + "".join(scripts) + "</html>" + tail
    return write_page(maps / "index.html", MAP, lambda path: path.write_text(page, encoding="utf-8"), tell)
