"""Parts of a map that are encoded apart, each in a file of blocks: what workers do, and what the page is made of."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pvmap.webmap.columns import WHOLE, Packed
from pvmap.webmap.overview import overview
from pvmap.webmap.scratch import Block, write_blocks
from pvmap.webmap.shown import Shown
from pvmap.webmap.site_layers import SiteLayer
from pvmap.webmap.tiles import GROUP, KEY, RECORD, SYMBOLS, deflate, tile_block, whole_block
from pvmap.webmap.zones import outlines

TEXTS = ("site_id", "name")
SITES_AT_ONCE = 32_768  # of which one encodes tiles at once
VALUES_AT_ONCE = 1_000_000  # of which one encodes columns at once


def encoded_json(value: Any, level: int) -> str:
    """Encode something small."""
    return deflate(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode(), level)


def keep_texts(shown: Shown, path: Path) -> Path:
    """Write identifiers and names of the sites shown, such that any of them are found quickly."""
    texts = {}
    for name in TEXTS:
        values = pa.array(shown.column(name), pa.large_string())
        for symbol, instead in SYMBOLS.items():
            values = pc.replace_substring(values, symbol, instead)
        texts[name] = values
    table = pa.table(texts).combine_chunks()
    with pa.OSFile(str(path), "wb") as out, pa.ipc.new_file(out, table.schema) as file:
        file.write_table(table)
    return path


@dataclass(frozen=True)
class Codes:
    """16-bit codes of one variable, or of one level of zones, of all sites shown: where they are kept."""

    name: str
    path: Path


def encode_overview(
    layer: SiteLayer, codes: Sequence[Codes], crs: Any, level: int, n_sites: Path | None = None
) -> Path:
    """Encode points and codes of a layer, and outlines of what tiles hold in pieces only.

    `n_sites`: of how many sites each of those shown is the sum, where they are cells.
    """

    def blocks() -> Iterator[Block]:
        numbered = layer.numbered
        mine = {one.name: np.load(one.path, mmap_mode="r")[numbered.rows] for one in codes}
        many = None if n_sites is None else np.load(n_sites)[numbered.rows]
        raw = overview(layer.zoom, layer.parts, numbered.x, numbered.y, mine, list(layer.large), many)
        yield layer.kind, "overview", deflate(raw, level)
        if layer.large:
            shapes = gpd.GeoDataFrame(geometry=list(layer.large.values()), crs=crs)
            yield layer.kind, "large", encoded_json(outlines(shapes, 0.0), level)

    return write_blocks(layer.folder / "overview", blocks())


def whole_lots(layer: SiteLayer, columns: Sequence[Packed]) -> list[list[Packed]]:
    """Share the columns that stand whole out, such that each lot has not too many values."""
    whole = [one for one in columns if one.name in WHOLE]
    size = max(1, VALUES_AT_ONCE // len(layer.numbered.rows))
    return [whole[first : first + size] for first in range(0, len(whole), size)]


def encode_whole(layer: SiteLayer, columns: Sequence[Packed], level: int) -> Path:
    """Encode some of the columns that stand whole."""
    rows = layer.numbered.rows
    blocks = ((layer.kind, f"whole_{one.name}", deflate(whole_block(one.values[rows]), level)) for one in columns)
    return write_blocks(layer.folder / f"whole_{columns[0].name}", blocks)


def stretches(layer: SiteLayer) -> list[slice]:
    """Share the tiles of a layer out, such that each lot has much the same number of sites."""
    held = layer.parts.pair_start
    lots = np.searchsorted(held, np.arange(0, int(held[-1]) + SITES_AT_ONCE, SITES_AT_ONCE)).clip(max=len(held) - 1)
    ends = [*np.unique([0, *lots, len(held) - 1]).tolist()]
    return [slice(first, last) for first, last in itertools.pairwise(ends)]


def encode_tiles(layer: SiteLayer, columns: Sequence[Packed], texts: Path, tiles: slice, level: int) -> Path:
    """Encode some tiles of a layer; identifiers and names are a block apart."""

    def blocks() -> Iterator[Block]:
        shapes, parts, rows = layer.shapes, layer.parts, layer.numbered.rows
        values = {number: one.values for number, one in enumerate(columns) if one.name not in WHOLE}
        with pa.memory_map(str(texts)) as mapped:
            words = pa.ipc.open_file(mapped).read_all()
            for t in range(tiles.start, tiles.stop):
                here, raw = tile_block(layer.zoom, shapes, parts, t, values, rows)
                tile, some = "{}_{}".format(*divmod(int(parts.keys[t]), KEY)), words.take(here)
                text = GROUP.join(RECORD.join(some[name].to_pylist()) for name in TEXTS)
                yield layer.kind, tile, deflate(raw, level)
                yield f"{layer.kind}-text", tile, deflate(text.encode(), level)

    return write_blocks(layer.folder / f"tiles-{tiles.start}", blocks())
