"""A small OpenStreetMap file in its binary format, written by hand: nodes, closed ways, tags."""

from __future__ import annotations

import struct
from collections.abc import Iterable

Box = tuple[float, float, float, float]


def osm_pbf(areas: Iterable[tuple[Box, dict[str, str]]]) -> bytes:
    """Write boxes with tags as closed ways."""
    texts: dict[str, int] = {"": 0}
    nodes, ways = b"", b""
    number = 0
    for way, ((west, south, east, north), tags) in enumerate(areas, 1):
        refs = []
        for x, y in ((west, south), (east, south), (east, north), (west, north)):
            number += 1
            refs.append(number)
            nodes += _field(
                1, _number(1, _signed(number)) + _number(8, _signed(_nano(y))) + _number(9, _signed(_nano(x)))
            )
        keys = [texts.setdefault(key, len(texts)) for key in tags]
        values = [texts.setdefault(value, len(texts)) for value in tags.values()]
        steps = [b - a for a, b in zip([0, *refs], [*refs, refs[0]], strict=True)]
        body = _number(1, way) + _field(2, _packed(keys)) + _field(3, _packed(values))
        ways += _field(3, body + _field(8, _packed(map(_signed, steps))))
    strings = b"".join(_field(1, text.encode()) for text in texts)
    block = _field(1, strings) + _field(2, nodes) + _field(2, ways)
    head = _field(4, b"OsmSchema-V0.6") + _field(16, b"pvmap tests")
    return _blob(b"OSMHeader", head) + _blob(b"OSMData", block)


def _blob(kind: bytes, content: bytes) -> bytes:
    blob = _field(1, content)
    header = _field(1, kind) + _number(3, len(blob))
    return struct.pack(">I", len(header)) + header + blob


def _field(number: int, content: bytes) -> bytes:
    return _varint(number << 3 | 2) + _varint(len(content)) + content


def _number(number: int, value: int) -> bytes:
    return _varint(number << 3) + _varint(value)


def _packed(values: Iterable[int]) -> bytes:
    return b"".join(map(_varint, values))


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])


def _signed(value: int) -> int:
    return value << 1 if value >= 0 else (-value << 1) - 1


def _nano(degrees: float) -> int:
    return round(degrees * 1e7)
