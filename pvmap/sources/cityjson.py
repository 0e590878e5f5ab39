"""Roof planes from CityJSON (LoD2 and better): each RoofSurface becomes a tilted plane with its plan polygon."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from pyproj import CRS, Transformer

from pvmap.config import FileInput
from pvmap.errors import InputError

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
    path = raw / source.path
    try:
        city = json.loads(path.read_text(encoding="utf-8"))
        objects, vertices = city["CityObjects"], _vertices(city)
    except FileNotFoundError:
        raise InputError(f"{path} is not there; {source.holds or 'it should hold CityJSON roofs'}.") from None
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(f"{path} is not a CityJSON file ({type(error).__name__}: {error}).") from None
    vertices = _project(vertices, _crs(source, city, path), crs)
    rows = [
        {"building": _top(identifier, objects), **plane}
        for identifier, thing in objects.items()
        if thing["type"].startswith("Building")
        for plane in _planes(thing, vertices)
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
        vertices = vertices * np.asarray(transform["scale"]) + np.asarray(transform["translate"])
    return vertices


def _crs(source: FileInput, city: dict[str, Any], path: Path) -> CRS:
    stated = source.crs or city.get("metadata", {}).get("referenceSystem", "")
    if not stated:
        raise InputError(f"{path} declares no CRS; state it in the city file (inputs.roofs_cityjson.crs).")
    code = re.search(r"EPSG\D+(?:\d+/)?(\d+)$", stated)
    return CRS.from_epsg(int(code[1])) if code else CRS(stated)


def _project(vertices: np.ndarray, from_crs: CRS, to_crs: CRS) -> np.ndarray:
    """Horizontal coordinates into the city's CRS; heights stay what they are."""
    flat = from_crs.to_2d() if len(from_crs.axis_info) != 2 else from_crs
    x, y = Transformer.from_crs(flat, to_crs, always_xy=True).transform(vertices[:, 0], vertices[:, 1])
    return np.column_stack([x, y, vertices[:, 2]])


def _top(identifier: str, objects: dict[str, Any]) -> str:
    while parents := objects[identifier].get("parents"):
        identifier = parents[0]
    return identifier


def _planes(thing: dict[str, Any], vertices: np.ndarray) -> list[dict[str, Any]]:
    """RoofSurfaces of one object, of its most detailed geometry."""
    detailed = max(thing.get("geometry", []), key=lambda g: str(g["lod"]), default=None)
    if detailed is None or "semantics" not in detailed:
        return []
    kinds = [s["type"] for s in detailed["semantics"]["surfaces"]]
    planes = []
    for rings, kind in _faces(detailed["boundaries"], detailed["semantics"]["values"]):
        if kind is None or kinds[kind] != "RoofSurface":
            continue
        corners = [vertices[ring] for ring in rings]
        normal = ring_normal(corners[0]) + sum((_opposed(corners[0], hole) for hole in corners[1:]), np.zeros(3))
        normal *= 1 if normal[2] >= 0 else -1
        polygon = shapely.make_valid(shapely.Polygon(corners[0][:, :2], [hole[:, :2] for hole in corners[1:]]))
        if normal[2] < PLAN_MIN_M2 or polygon.area < PLAN_MIN_M2:
            continue
        area = float(np.linalg.norm(normal))
        planes.append(
            {
                "surface_tilt": float(np.degrees(np.arccos(np.clip(normal[2] / area, -1, 1)))),
                "surface_azimuth": float(np.degrees(np.arctan2(normal[0], normal[1])) % 360),
                "area_m2": area,
                "eave_z_m": float(corners[0][:, 2].min()),
                "mean_z_m": float(corners[0][:, 2].mean()),
                "geometry": polygon,
            }
        )
    return planes


def _opposed(outer: np.ndarray, hole: np.ndarray) -> np.ndarray:
    """Area vector of a hole, turned against the outer ring's whichever way it was digitised."""
    vector = ring_normal(hole)
    return -vector if vector @ ring_normal(outer) > 0 else vector


def _faces(boundaries: list[Any], values: Any) -> list[tuple[list[list[int]], int | None]]:
    """Flatten shells and solids to (rings, semantic index) a face."""
    if not isinstance(boundaries[0][0][0], list):
        flat = values if isinstance(values, list) else [values] * len(boundaries)
        return list(zip(boundaries, flat, strict=True))
    nested = values if isinstance(values, list) else [None] * len(boundaries)
    return [face for part, value in zip(boundaries, nested, strict=True) for face in _faces(part, value)]
