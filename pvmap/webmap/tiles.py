"""Polygons and columns become tiles a browser can inflate without a server.

A tile is a square of the Web Mercator grid at one zoom. A site belongs to the tile its representative point lies in
(its owner) and is stored whole in every tile its bounds touch, never simplified; only a site larger than a tile is cut.
Sites are numbered by owner tile and, within it, along a Morton curve, so that a tile's own sites are a run of numbers:
the page draws and filters by number, and a site that lies in several tiles is still one site.

Payload: u32 header length, JSON header, then blocks of bytes in planes: numbers of the borrowed sites, row of each
shape, rings per shape, points per ring, x and y as zigzag differences (1/16384 of a tile), columns.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from deflate import deflate_compress

from pvmap.webmap.columns import missing
from pvmap.webmap.printable import printable
from pvmap.webmap.shapes import EXTENT, Shapes, morton

RECORD, GROUP = "\x1e", "\x1d"  # between names, and between identifiers and names
SYMBOLS = {RECORD: "␞", GROUP: "␝"}  # what stands for them where a name holds one
KEY = 1 << 24  # a tile key is column * KEY + row


@dataclass(frozen=True)
class Cut:
    """Which site lies in which tile.

    ``order`` turns numbers into rows of the table; ``owner`` holds each number's tile key. Tile `t` has the own sites
    ``first[t] : first[t] + owned[t]`` and, from ``pair_start[t]`` on, shapes ``pair_shape`` of sites ``pair_number``,
    of which the first ``lowest[t]`` lie under the others.
    """

    order: np.ndarray
    owner: np.ndarray
    keys: np.ndarray
    first: np.ndarray
    owned: np.ndarray
    pair_start: np.ndarray
    pair_shape: np.ndarray
    pair_number: np.ndarray
    lowest: np.ndarray


def cut(shapes: Shapes, point_x: np.ndarray, point_y: np.ndarray, under: np.ndarray | None = None) -> Cut:
    """Share the sites out over tiles.

    Parameters
    ----------
    shapes
        Polygons in tile units.
    point_x, point_y
        Representative point of each site, in tile units. (site,)
    under
        Which sites lie under all others: squares that stand for a masked site. None where no site does. (site,)
    """
    n = len(point_x)
    under = np.zeros(n, bool) if under is None else under
    x0, y0, x1, y1 = np.floor(shapes.bounds.T).astype(np.int64)
    # A representative point on the very edge may round across it; its owner must be a tile the bounds touch.
    whole = shapes.piece_tile < 0
    first_shape = np.full(n, -1)
    first_shape[shapes.site[whole]] = np.flatnonzero(whole)
    tile_x, tile_y = np.floor(point_x).astype(np.int64), np.floor(point_y).astype(np.int64)
    has = first_shape >= 0
    s = first_shape[has]
    tile_x[has] = np.clip(tile_x[has], x0[s], x1[s])
    tile_y[has] = np.clip(tile_y[has], y0[s], y1[s])
    owner = tile_x * KEY + tile_y
    inner = morton(((point_x - tile_x) * 65535).clip(0, 65535), ((point_y - tile_y) * 65535).clip(0, 65535))
    order = np.lexsort((inner, owner))
    number = np.empty(n, np.int64)
    number[order] = np.arange(n)

    wide, high = np.where(whole, x1 - x0 + 1, 1), np.where(whole, y1 - y0 + 1, 1)
    count = wide * high
    shape = np.repeat(np.arange(len(count)), count)
    within = np.arange(len(shape)) - np.repeat(np.cumsum(count) - count, count)
    key = np.where(
        whole[shape],
        (x0[shape] + within % wide[shape]) * KEY + y0[shape] + within // wide[shape],
        shapes.piece_tile[shape],
    )
    of = number[shapes.site[shape]]
    borrowed = owner[shapes.site[shape]] != key
    above = ~under[shapes.site[shape]]
    arranged = np.lexsort((of, borrowed, above, key))
    key, shape, of, above = key[arranged], shape[arranged], of[arranged], above[arranged]
    keys = np.unique(np.concatenate([key, owner]))  # a tile may have only own sites, or only borrowed ones
    start = np.searchsorted(key, keys)
    sorted_owner = owner[order]
    first = np.searchsorted(sorted_owner, keys)
    owned = np.searchsorted(sorted_owner, keys, side="right") - first
    ends = np.append(start, len(key))
    lowest = np.diff(np.concatenate([[0], np.cumsum(~above)])[ends])
    return Cut(order, sorted_owner, keys, first, owned, ends, shape, of, lowest)


def deflate(raw: bytes, level: int) -> str:
    """Compress to a raw deflate stream as text, as DecompressionStream("deflate-raw") reads it."""
    return printable(bytes(deflate_compress(raw, level)))


CALL = "pvmapTile"  # function of the page that takes a block


def call(layer: str, key: str, payload: str, page: str = "") -> str:
    """One block as the script call the page understands; `page` says which page, where the block lies beside it."""
    return f'{CALL}("{layer}","{key}","{payload}"' + (f',"{page}")' if page else ")")


def assemble(header: dict, blocks: list[bytes]) -> bytes:
    """Put a JSON header and blocks of bytes together."""
    head = json.dumps(header, ensure_ascii=False, separators=(",", ":")).encode()
    return len(head).to_bytes(4, "little") + head + b"".join(blocks)


def planes(values: np.ndarray, width: int) -> bytes:
    """Lay unsigned whole numbers out in byte planes, lowest first: equal bytes side by side pack better."""
    assert not len(values) or (values.min() >= 0 and int(values.max()) < 1 << (8 * width)), "too few bytes"
    held = next(size for size in (1, 2, 4, 8) if size >= width)
    every = values.astype(f"<u{held}").view(np.uint8).reshape(-1, held)
    return np.ascontiguousarray(every[:, :width].T).tobytes()


def zigzag(values: np.ndarray) -> np.ndarray:
    """Differences of values that 16 bits tell apart, wrapped, small ones of either sign as small unsigned numbers."""
    assert not len(values) or int(values.max()) - int(values.min()) < 1 << 16, "more than 16 bits tell apart"
    step = np.diff(values.astype(np.int32), prepend=0).astype(np.int16).astype(np.int32)
    return ((step << 1) ^ (step >> 31)) & 0xFFFF


def column_block(values: np.ndarray) -> tuple[list, bytes] | None:
    """One column of some sites: width, least number, whether some are missing, and its bytes, in which 0 is missing.

    None where no site has a value.
    """
    none = values == missing(values)
    if none.all():
        return None
    some = bool(none.any())
    known = values[~none] if some else values
    low = int(known.min())
    span = int(known.max()) - low + some
    width = next(w for w in (1, 2, 4, 6) if span < 1 << (8 * w))
    shifted = values.astype(np.int64) - low + some
    if some:
        shifted[none] = 0
    return [width, low - some, int(some)], planes(shifted, width)


def whole_block(values: np.ndarray) -> bytes:
    """One column of all sites of a layer, in numbered order, as `column_block` has it; null where it has no value."""
    about, packed = column_block(values) or (None, b"")
    return assemble({"n": len(values), "column": about}, [packed])


def tile_block(
    zoom: int, shapes: Shapes, parts: Cut, t: int, columns: Mapping[int, np.ndarray], rows: np.ndarray
) -> tuple[np.ndarray, bytes]:
    """Encode a tile: geometry, and columns that do not stand whole.

    Parameters
    ----------
    zoom
        Of the tiles.
    shapes, parts
        Polygons of the layer and their tiles.
    t
        Which of the tiles.
    columns
        Whole numbers of each column, by its place among all. (row,)
    rows
        Row of each site of the layer, by its number. (site,)

    Returns
    -------
    rows, raw
        Rows of the sites of which it holds columns, own ones first; its bytes.
    """
    x, y = divmod(int(parts.keys[t]), KEY)
    mine = slice(int(parts.pair_start[t]), int(parts.pair_start[t + 1]))
    shape, of = parts.pair_shape[mine], parts.pair_number[mine]
    px, py, per_ring, per_shape = shapes.take(shape, x, y)
    low, n_own = int(parts.first[t]), int(parts.owned[t])
    # One row of columns per site, own sites first; a cut site may have several shapes or none here.
    extra = np.unique(of[(of < low) | (of >= low + n_own)])
    here = rows[np.concatenate([np.arange(low, low + n_own), extra])]
    header: dict[str, Any] = {
        "z": zoom,
        "x": x,
        "y": y,
        "extent": EXTENT,
        "first": low,
        "owned": n_own,
        "borrowed": len(extra),
        "lowest": int(parts.lowest[t]),
        "shapes": len(of),
        "rings": len(per_ring),
        "points": len(px),
        "columns": [],
    }
    row = np.where((of >= low) & (of < low + n_own), of - low, n_own + np.searchsorted(extra, of))
    blocks = [
        planes(extra, 4),
        planes(row, 4),
        planes(per_shape, 4),
        planes(per_ring, 4),
        planes(zigzag(px), 2),
        planes(zigzag(py), 2),
    ]
    for number, values in columns.items():
        if found := column_block(values[here]):
            header["columns"].append([number, *found[0]])
            blocks.append(found[1])
    return here, assemble(header, blocks)
