"""A composed map becomes files: one page that holds everything, or a page with its tiles beside it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import NamedTuple, TextIO

from pvmap.store import write_atomically, write_text
from pvmap.webmap.page import OfflineMap
from pvmap.webmap.tiles import call


class Composed(NamedTuple):
    """A map before it is written: its page, and the blocks of data that belong to it."""

    page: OfflineMap
    first: list[tuple[str, str, str]]  # layer, key, payload of overviews and zones
    whole: Iterator[tuple[str, str, str]]  # layer, key, payload of columns that stand whole
    tiles: Iterator[tuple[str, str, str, str]]  # layer, key, payload, payload of the texts
    small: set[str]  # layers whose tiles are few


def write_file(maps: Path, html: str, made: Composed) -> Path:
    """Write one page: overviews and zones first, so that the map shows while columns and tiles still arrive."""
    head, tail = html.rsplit("</html>", 1)

    def block(out: TextIO, layer: str, key: str, payload: str) -> None:
        out.write(f"<script>{call(layer, key, payload)}</script>\n")

    def write(path: Path) -> None:
        with path.open("w", encoding="utf-8") as out:
            out.write(head)
            for layer, key, payload in chain(made.first, made.whole):
                block(out, layer, key, payload)
            for layer, key, tile, text in made.tiles:
                block(out, layer, key, tile)
                block(out, f"{layer}-text", key, text)
            out.write("</html>" + tail)

    return write_atomically(maps / "index.html", write)


def write_folder(maps: Path, html: str, made: Composed) -> Path:
    """Write the page and its tiles as script files; overviews, zones and small layers are fetched with the page."""
    target = maps / "tiles"
    fresh = maps / ".tiles.part"
    shutil.rmtree(fresh, ignore_errors=True)
    head, tail = html.rsplit("</html>", 1)
    scripts = []

    def write(layer: str, key: str, payload: str) -> None:
        (fresh / layer).mkdir(parents=True, exist_ok=True)
        (fresh / layer / f"{key}.js").write_text(call(layer, key, payload), encoding="ascii")

    for layer, key, payload in made.first:
        write(layer, key, payload)
        scripts.append(f'<script src="tiles/{layer}/{key}.js"></script>\n')
    for block in made.whole:
        write(*block)
    bundles: dict[str, list[str]] = {}
    for layer, key, tile, text in made.tiles:
        for name, payload in ((layer, tile), (f"{layer}-text", text)):
            if layer in made.small:
                bundles.setdefault(layer, []).append(call(name, key, payload))
            else:
                write(name, key, payload)
    for layer, lines in bundles.items():
        (fresh / layer / "all.js").write_text(";\n".join(lines), encoding="ascii")
        scripts.append(f'<script src="tiles/{layer}/all.js"></script>\n')
    shutil.rmtree(target, ignore_errors=True)
    fresh.rename(target)
    page = head + "".join(scripts) + "</html>" + tail
    return write_text(maps / "index.html", page)
