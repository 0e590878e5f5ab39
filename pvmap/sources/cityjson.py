"""Roof planes from CityJSON (LoD2 and better): each RoofSurface becomes a tilted plane with its plan polygon."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError

from pvmap.config import FileInput
from pvmap.errors import InputError
from pvmap.opening import parse_json, read_utf8, regular, shape_fault

LARGEST_BYTES = 1 << 30
SHELLS_AROUND = {"MultiSurface": 0, "CompositeSurface": 0, "Solid": 1, "MultiSolid": 2, "CompositeSolid": 2}
# What walking through JSON of another shape raises
NOT_CITYJSON = (KeyError, IndexError, TypeError, AttributeError, ValueError, OverflowError)
PLAN_MIN_M2 = 0.01  # a RoofSurface that is a wall in truth has no plan area to stand on


def read_roof_planes(source: FileInput, raw: Path, crs: CRS) -> gpd.GeoDataFrame:
    """Read the RoofSurfaces of a CityJSON file as planes.

    Parameters
    ----------
    source
        The input; its `crs` is needed where the file declares none.
    raw
        Folder of the input files.
    crs
        Metric CRS of the city.

    Returns
    -------
    GeoDataFrame
        One row a RoofSurface: building (id of the top-level object), surface_tilt and surface_azimuth [deg],
        area_m2 along the plane, eave_z_m and mean_z_m [m above the file's datum], geometry the plan polygon.

    Raises
    ------
    InputError
        The file is missing, not CityJSON, declares no CRS, or has no RoofSurface.
    """
    path = regular(raw / source.path, source.holds or "it should hold CityJSON roofs")
    city = parse_json(read_utf8(path, LARGEST_BYTES), str(path))
    try:
        objects, vertices = city["CityObjects"], _vertices(city)
        declared = str(source.crs or city.get("metadata", {}).get("referenceSystem") or "")
        faces = list(_roof_faces(objects, len(vertices)))
    except NOT_CITYJSON as error:
        raise InputError(f"{path} is not CityJSON as pvmap knows it: {shape_fault(error)}.") from None
    vertices = _project(vertices, _crs(declared, path), crs)
    rows = [
        {"building": building, **plane}
        for building, rings in faces
        if (plane := _plane([vertices[ring] for ring in rings])) is not None
    ]
    if not rows:
        raise InputError(f"{path} holds no RoofSurface; give LoD2 buildings with semantic surfaces.")
    return gpd.GeoDataFrame(rows, geometry="geometry", crs=crs)


def ring_normal(ring: np.ndarray) -> np.ndarray:
    """Area vector of a closed 3-D ring by Newell's method: direction the normal, length the area.

    Parameters
    ----------
    ring : (n, 3) array
        Corners [m], the first not repeated.
    """
    following = np.roll(ring, -1, axis=0)
    return 0.5 * np.cross(ring, following).sum(axis=0)


def _vertices(city: dict[str, Any]) -> np.ndarray:
    vertices = np.asarray(city["vertices"], float)
    transform = city.get("transform")
    if transform:
        vertices = vertices * np.asarray(transform["scale"], float) + np.asarray(transform["translate"], float)
    if vertices.ndim != 2 or vertices.shape[1] != 3 or not np.isfinite(vertices).all():
        raise ValueError("vertices are not x, y, z")
    return vertices


def _crs(declared: str, path: Path) -> CRS:
    if not declared:
        raise InputError(f"{path} declares no CRS; state it in the city file (inputs.roofs_cityjson.crs).")
    code = re.search(r"EPSG\D+(?:\d+/)?(\d+)$", declared)
    try:
        return CRS.from_epsg(int(code[1])) if code else CRS(declared)
    except CRSError:
        raise InputError(f"{path}: {declared!r} is not a CRS; state it in inputs.roofs_cityjson.crs.") from None


def _project(vertices: np.ndarray, from_crs: CRS, to_crs: CRS) -> np.ndarray:
    """Horizontal coordinates into the city's CRS; heights stay what they are."""
    flat = from_crs.to_2d() if len(from_crs.axis_info) != 2 else from_crs
    x, y = Transformer.from_crs(flat, to_crs, always_xy=True).transform(vertices[:, 0], vertices[:, 1])
    return np.column_stack([x, y, vertices[:, 2]])


def _roof_faces(objects: dict[str, Any], n_vertices: int) -> Iterator[tuple[str, list[np.ndarray]]]:
    """Top-level object and rings (positions of vertices) of every RoofSurface; errors where the file has no such shape.

    Raises
    ------
    ValueError
        Objects are each other's parents, or a ring names vertices that are not there.
    """
    for identifier, thing in objects.items():
        if not str(thing["type"]).startswith("Building"):
            continue
        for face in _roofs(thing):
            rings = [np.asarray(ring) for ring in face]
            for ring in rings:
                if ring.ndim != 1 or ring.dtype.kind != "i" or len(ring) < 3:
                    raise ValueError(f"{identifier}: a ring is not a list of three vertices or more")
                if ring.min() < 0 or ring.max() >= n_vertices:
                    raise ValueError(f"{identifier}: vertex {ring.max()} of {n_vertices}")
            yield _top(identifier, objects), rings


def _top(identifier: str, objects: dict[str, Any]) -> str:
    seen = [identifier]
    while parents := objects[identifier].get("parents"):
        identifier = parents[0]
        if identifier in seen:
            raise ValueError(f"{' and '.join(seen[-2:])} are each other's parents")
        seen.append(identifier)
    return identifier


def _roofs(thing: dict[str, Any]) -> list[list[Any]]:
    """Rings of the RoofSurfaces of one object, of its most detailed geometry."""
    known = [one for one in thing.get("geometry") or [] if one["type"] in SHELLS_AROUND]
    detailed = max(known, key=lambda one: str(one.get("lod", "")), default=None)
    if detailed is None or not detailed.get("semantics"):
        return []
    kinds = [str(surface["type"]) for surface in detailed["semantics"]["surfaces"]]
    faces = _faces(detailed["boundaries"], detailed["semantics"]["values"], SHELLS_AROUND[detailed["type"]])
    return [rings for rings, kind in faces if kind is not None and kinds[kind] == "RoofSurface"]


def _faces(boundaries: list[Any], values: Any, shells_around: int) -> list[tuple[list[Any], int | None]]:
    """Flatten shells and solids to (rings, semantic index) a face."""
    given = values if isinstance(values, list) else [values if shells_around == 0 else None] * len(boundaries)
    pairs = list(zip(boundaries, given, strict=True))
    return pairs if shells_around == 0 else [face for part in pairs for face in _faces(*part, shells_around - 1)]


def _plane(corners: list[np.ndarray]) -> dict[str, Any] | None:
    """One RoofSurface as a plane; None where it stands upright or lies where its CRS holds nothing."""
    if not all(np.isfinite(ring).all() for ring in corners):
        return None
    normal = ring_normal(corners[0]) + sum((_opposed(corners[0], hole) for hole in corners[1:]), np.zeros(3))
    normal *= 1 if normal[2] >= 0 else -1
    polygon = shapely.make_valid(shapely.Polygon(corners[0][:, :2], [hole[:, :2] for hole in corners[1:]]))
    if normal[2] < PLAN_MIN_M2 or polygon.area < PLAN_MIN_M2:
        return None
    area = float(np.linalg.norm(normal))
    return {
        "surface_tilt": float(np.degrees(np.arccos(np.clip(normal[2] / area, -1, 1)))),
        "surface_azimuth": float(np.degrees(np.arctan2(normal[0], normal[1])) % 360),
        "area_m2": area,
        "eave_z_m": float(corners[0][:, 2].min()),
        "mean_z_m": float(corners[0][:, 2].mean()),
        "geometry": polygon,
    }


def _opposed(outer: np.ndarray, hole: np.ndarray) -> np.ndarray:
    """Area vector of a hole, turned against the outer ring's whichever way it was digitised."""
    vector = ring_normal(hole)
    return -vector if vector @ ring_normal(outer) > 0 else vector
