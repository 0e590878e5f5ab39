"""OpenStreetMap's tags in the columns that every client writes: which layer an object belongs to, and as what."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import pyarrow as pa
import shapely

from pvmap.sources.remote import geo_file

ATTRIBUTION = "© OpenStreetMap contributors (openstreetmap.org/copyright)"
LICENCE = "ODbL 1.0"
WATERS = ("aquaculture", "salt_pond", "reservoir", "basin")  # of landuse
POWER = ("substation", "line", "minor_line", "cable", "plant", "generator")
ROADS = ("motorway", "trunk", "primary", "secondary")  # those that a map of a whole city has room for
PROTECTED = ("protected_area", "national_park")
DISUSED = ("disused:landuse", "abandoned:landuse")
# Shapes of a layer other than areas
LINES = ("power", "roads")
POINTS = ("power",)
# What to ask for, layer by layer, in Overpass' words
FILTERS = {
    "buildings": ('["building"]',),
    "water": ('["natural"="water"]', f'["landuse"~"^({"|".join(WATERS)})$"]'),
    "land_use": ('["landuse"]', *(f'["{key}"="quarry"]' for key in DISUSED)),
    "protected": (f'["boundary"~"^({"|".join(PROTECTED)})$"]', '["leisure"="nature_reserve"]'),
    "power": (f'["power"~"^({"|".join(POWER)})$"]',),
    "roads": (f'["highway"~"^({"|".join(ROADS)})$"]',),
}


class Thing(NamedTuple):
    """An object with its id, tags and shape."""

    identifier: str
    tags: Mapping[str, str]
    shape: shapely.Geometry


def row(layer: str, thing: Thing) -> dict[str, str | bytes | None] | None:
    """Return an object in a layer's columns; None where it does not belong to the layer."""
    kind = _kind(layer, thing.tags)
    if kind is None or (layer not in LINES and thing.shape.geom_type not in ("Polygon", "MultiPolygon")):
        return None
    tags = thing.tags
    known = {
        "id": thing.identifier,
        "name": tags.get("name"),
        "height": tags.get("height"),
        "floors": tags.get("building:levels"),
        "use": kind,
        "source": "OpenStreetMap",
        "water_type": kind,
        "land_use": kind,
        "kind": kind,
        "voltage": tags.get("voltage"),
        "geometry": shapely.to_wkb(thing.shape),
    }
    return {name: known[name] for name in geo_file.schema(layer).names}


def table(layer: str, things: Iterable[Thing]) -> pa.Table:
    """Return the objects of a layer in its columns, each once."""
    rows = {thing.identifier: made for thing in things if (made := row(layer, thing)) is not None}
    return pa.Table.from_pylist(list(rows.values()), schema=geo_file.schema(layer))


def _kind(layer: str, tags: Mapping[str, str]) -> str | None:
    """Return as what an object counts in a layer; None where it is not of it."""
    if layer == "buildings":
        built = tags.get("building")
        if built in (None, "no") or tags.get("location") == "underground":
            return None
        return tags.get("amenity", "yes") if built == "yes" else built
    if layer == "water":
        if tags.get("natural") == "water":
            return tags.get("water", "water")
        return tags["landuse"] if tags.get("landuse") in WATERS else None
    if layer == "land_use":
        return "quarry" if "quarry" in (tags.get(key) for key in DISUSED) else tags.get("landuse")
    if layer == "protected":
        bounded = tags.get("boundary")
        return bounded if bounded in PROTECTED else {"nature_reserve": "nature_reserve"}.get(tags.get("leisure", ""))
    key, kinds = ("power", POWER) if layer == "power" else ("highway", ROADS)
    return tags.get(key) if tags.get(key) in kinds else None
