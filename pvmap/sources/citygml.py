"""CityGML 2 and 3: buildings of LoD 0 to 3 as faces, one top-level object in memory at a time.

Names of elements are taken without their namespaces, which differ by version and by profile. Entities are not
resolved, nothing is fetched, and a document type is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from lxml import etree

from pvmap.errors import InputError
from pvmap.opening import regular
from pvmap.sources import gdal_door
from pvmap.sources.city_model import CityModel, Face

SUFFIXES = (".gml", ".xml", ".citygml")
HEAD_BYTES = 1 << 16
PARSER = {"resolve_entities": False, "no_network": True, "load_dtd": False, "huge_tree": False}
SURFACES = ("RoofSurface", "GroundSurface", "WallSurface", "OuterFloorSurface", "OuterCeilingSurface", "ClosureSurface")
NOT_OF_THE_SHELL = ("Window", "Door", "WindowSurface", "DoorSurface", "BuildingInstallation", "Room", "BuildingRoom")
LOD = re.compile(r"lod(\d)")
ATTRIBUTES = ("measuredHeight", "function", "usage", "class", "storeysAboveGround", "yearOfConstruction", "roofType")


def is_citygml(path: Path) -> bool:
    """Whether a file is CityGML, by its ending and its first element."""
    if path.suffix.lower() not in SUFFIXES:
        return False
    with open(regular(path), "rb") as file:
        return re.search(rb"<(?:[\w.-]+:)?CityModel[\s>]", file.read(HEAD_BYTES)) is not None


def read_city_model(path: Path) -> CityModel:
    """Read the buildings of a CityGML file.

    Raises
    ------
    InputError
        It is no XML that can be read, has a document type, or a ring that is none.
    """
    gdal_door.refuse_doctype(path, "", str(path))
    faces: list[Face] = []
    attributes: dict[str, dict[str, str]] = {}
    crs_name = ""
    try:
        for _, element in etree.iterparse(path, events=("end",), tag=("{*}Envelope", "{*}cityObjectMember"), **PARSER):
            if _local(str(element.tag)) == "Envelope":
                crs_name = crs_name or element.get("srsName", "")
                continue
            for building in element.iterchildren("{*}Building"):
                identifier = _identifier(building) or f"building {len(attributes)}"
                attributes[identifier] = _attributes(building)
                faces += _faces(building, identifier, path)
                crs_name = crs_name or next((e.get("srsName") for e in building.iter() if e.get("srsName")), "")
            element.clear()
    except etree.XMLSyntaxError as error:
        where = f", line {error.lineno}" if error.lineno else ""
        raise InputError(f"{path}{where} is not XML that can be read; export it again.") from None
    return CityModel(faces, crs_name, attributes)


def _local(name: str) -> str:
    """Name without its namespace; lxml keeps a prefix that nobody declared as part of the name."""
    return name.rpartition("}")[2].rpartition(":")[2]


def _identifier(element: etree._Element) -> str:
    """Give its gml:id, whichever version of GML writes it."""
    return next((value for name, value in element.attrib.items() if _local(name) == "id"), "")


def _attributes(building: etree._Element) -> dict[str, str]:
    """Attributes of the building itself, as text; the height of CityGML 3 stands deeper and means the same."""
    found = {"name": building.findtext("{*}name", "")}
    for name in ATTRIBUTES:
        found[name] = (building.findtext(f"{{*}}{name}") or "").strip()
    found["measuredHeight"] = found["measuredHeight"] or (building.findtext("{*}height//{*}value") or "").strip()
    return found


def _faces(building: etree._Element, identifier: str, path: Path) -> Iterator[Face]:
    """Faces of a building and its parts; of a surface in several levels of detail the finest."""
    best: dict[etree._Element, int] = {}
    every: list[tuple[etree._Element | None, int, str, etree._Element]] = []
    for polygon, place in _polygons(building):
        kind, lod, surface = _whose(place, building)
        if kind:
            every.append((surface, lod, kind, polygon))
            if surface is not None:
                best[surface] = max(best.get(surface, 0), lod)
    for surface, lod, kind, polygon in every:
        if surface is None or lod == best[surface]:
            rings = [_ring(ring, path, identifier) for ring in polygon.iter("{*}LinearRing")]
            if rings:
                yield Face(identifier, kind, rings)


def _polygons(building: etree._Element) -> Iterator[tuple[etree._Element, etree._Element]]:
    """Polygons and the place each stands in; a link to a polygon elsewhere in the building is a place of its own."""
    by_id = {}
    for polygon in building.iter("{*}Polygon", "{*}Triangle", "{*}Rectangle"):
        by_id[_identifier(polygon)] = polygon
        yield polygon, polygon
    for member in building.iter("{*}surfaceMember"):
        link = next((v for name, v in member.attrib.items() if _local(name) == "href"), "")
        if link[1:] in by_id and link.startswith("#"):
            yield by_id[link[1:]], member


def _whose(place: etree._Element, building: etree._Element) -> tuple[str, int, etree._Element | None]:
    """Kind of a face ("" where it is none of the shell), level of detail and surface, from what it stands in."""
    lod = -1
    for parent in place.iterancestors():
        name = _local(str(parent.tag))
        if name in NOT_OF_THE_SHELL:
            return "", lod, None
        if name in SURFACES:
            return name, lod, parent
        if found := LOD.match(name):
            lod = max(lod, int(found[1]))
        if parent is building:
            break
    return ("lod0" if lod == 0 else "solid") if lod >= 0 else "", lod, None


def _ring(ring: etree._Element, path: Path, identifier: str) -> np.ndarray:
    """(n, 3) corners, the first not repeated."""
    texts = [e.text or "" for e in ring.iter("{*}posList", "{*}pos", "{*}coordinates")]
    try:
        numbers = np.array(" ".join(texts).replace(",", " ").split(), float)
        corners = numbers.reshape(-1, 3)
    except ValueError:
        raise InputError(f"{path}: {identifier} has a ring that is not x y z, x y z, ...; export it again.") from None
    corners = corners[:-1] if len(corners) > 1 and (corners[0] == corners[-1]).all() else corners
    if len(corners) < 3 or not np.isfinite(corners).all():
        raise InputError(f"{path}: {identifier} has a ring of fewer than three corners; export it again.")
    return corners
