"""CityJSON: buildings as faces, each of its most detailed geometry."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from pvmap.errors import InputError
from pvmap.opening import parse_json, read_utf8, shape_fault
from pvmap.sources.city_model import CityModel, Face

LARGEST_BYTES = 1 << 30
SHELLS_AROUND = {"MultiSurface": 0, "CompositeSurface": 0, "Solid": 1, "MultiSolid": 2, "CompositeSolid": 2}
# What walking through JSON of another shape raises
NOT_CITYJSON = (KeyError, IndexError, TypeError, AttributeError, ValueError, OverflowError)
SUFFIXES = (".json", ".cityjson", ".jsonl")
SEQUENCE = '"CityJSONFeature"'  # a line each, of a file that grows while it is written
ENDS_BYTES = 1 << 16
MARK = re.compile(rb'"CityObjects"\s*:|"type"\s*:\s*"CityJSON"')


def is_cityjson(path: Path) -> bool:
    """Whether a file is CityJSON, by its name, or by what stands near either end of it."""
    if path.suffix.lower() not in SUFFIXES:
        return False
    with open(path, "rb") as file:
        ends = file.read(ENDS_BYTES)
        file.seek(max(path.stat().st_size - ENDS_BYTES, 0))
        ends += file.read()
    return path.name.lower().endswith(".city.json") or MARK.search(ends) is not None


def read_city_model(path: Path) -> CityModel:
    """Read the buildings of a CityJSON file.

    Raises
    ------
    InputError
        It is not CityJSON, or a sequence of features.
    """
    text = read_utf8(path, LARGEST_BYTES)
    if SEQUENCE in text:
        raise InputError(
            f"{path} is a sequence of CityJSON features, a line each; join them to one CityJSON file, for example with "
            "cjio, and name that."
        )
    city = parse_json(text, str(path))
    try:
        objects, vertices = city["CityObjects"], _vertices(city)
        declared = str(city.get("metadata", {}).get("referenceSystem") or "")
        faces = [
            Face(building, kind, [vertices[ring] for ring in rings])
            for building, kind, rings in _shells(objects, len(vertices))
        ]
        told = {
            identifier: {str(name): str(value) for name, value in (thing.get("attributes") or {}).items()}
            for identifier, thing in objects.items()
        }
    except NOT_CITYJSON as error:
        raise InputError(f"{path} is not CityJSON as pvmap knows it: {shape_fault(error)}.") from None
    return CityModel(faces, declared, told)


def _vertices(city: dict[str, Any]) -> np.ndarray:
    vertices = np.asarray(city["vertices"], float)
    if not vertices.size:  # a city of no buildings
        return np.empty((0, 3))
    transform = city.get("transform")
    if transform:
        vertices = vertices * np.asarray(transform["scale"], float) + np.asarray(transform["translate"], float)
    if vertices.ndim != 2 or vertices.shape[1] != 3 or not np.isfinite(vertices).all():
        raise ValueError("vertices are not x, y, z")
    return vertices


def _shells(objects: dict[str, Any], n_vertices: int) -> Iterator[tuple[str, str, list[np.ndarray]]]:
    """Top-level object, kind and rings (positions of vertices) of every face; errors where a file has no such shape.

    Raises
    ------
    ValueError
        Objects are each other's parents, or a ring names vertices that are not there.
    """
    tops: dict[str, str] = {}
    for identifier, thing in objects.items():
        if not str(thing["type"]).startswith("Building"):
            continue
        for kind, face in _kinds_and_faces(thing):
            rings = [np.asarray(ring) for ring in face]
            for ring in rings:
                if ring.ndim != 1 or ring.dtype.kind != "i" or len(ring) < 3:
                    raise ValueError(f"{identifier}: a ring is not a list of three vertices or more")
                if ring.min() < 0 or ring.max() >= n_vertices:
                    raise ValueError(f"{identifier}: vertex {ring.max()} of {n_vertices}")
            yield _top(identifier, objects, tops), kind, rings


def _top(identifier: str, objects: dict[str, Any], tops: dict[str, str]) -> str:
    """Find the building that an object belongs to, whatever groups hold it; `tops` keeps those that are known."""
    way: dict[str, None] = {}
    while identifier not in tops and (parents := _parents(identifier, objects)):
        way[identifier] = None
        if parents[0] in way:
            if parents[0] == identifier:
                raise ValueError(f"{identifier} is its own parent")
            raise ValueError(f"{identifier} and {parents[0]} are each other's parents")
        identifier = parents[0]
    top = tops.get(identifier, identifier)
    tops.update(dict.fromkeys(way, top))
    return top


def _parents(identifier: str, objects: dict[str, Any]) -> list[str]:
    """Parents of an object that are buildings or parts of one."""
    named = objects[identifier].get("parents") or []
    return [one for one in named if str(objects[one]["type"]).startswith("Building")]


def _kinds_and_faces(thing: dict[str, Any]) -> Iterator[tuple[str, list[Any]]]:
    """Kind and rings of the faces of one object, of its most detailed geometry."""
    known = [one for one in thing.get("geometry") or [] if one["type"] in SHELLS_AROUND]
    detailed = max(known, key=lambda one: str(one.get("lod", "")), default=None)
    if detailed is None:
        return
    semantics = detailed.get("semantics") or {"surfaces": [], "values": None}
    kinds = [str(surface["type"]) for surface in semantics["surfaces"]]
    plain = "lod0" if str(detailed.get("lod", "")).startswith("0") else "solid"
    for rings, kind in _faces(detailed["boundaries"], semantics["values"], SHELLS_AROUND[detailed["type"]]):
        yield plain if kind is None else kinds[kind], rings


def _faces(boundaries: list[Any], values: Any, shells_around: int) -> list[tuple[list[Any], int | None]]:
    """Flatten shells and solids to (rings, semantic index) a face."""
    given = values if isinstance(values, list) else [values if shells_around == 0 else None] * len(boundaries)
    pairs = list(zip(boundaries, given, strict=True))
    return pairs if shells_around == 0 else [face for part in pairs for face in _faces(*part, shells_around - 1)]
