"""Roof planes of a city model (LoD2 and better): each RoofSurface becomes a tilted plane with its plan polygon."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from pyproj import CRS, Transformer

from pvmap.errors import InputError
from pvmap.opening import regular
from pvmap.settings.city import FileInput
from pvmap.sources import citygml, cityjson
from pvmap.sources.city_model import (
    PLAN_MIN_M2,
    crs_of_name,
    eastings_first,
    flat,
    height_unit,
    with_heights_in_metres,
)
from pvmap.sources.places import require_in_plane

KEY = "inputs.roofs_cityjson"


def read_roof_planes(source: FileInput, raw: Path, crs: CRS) -> gpd.GeoDataFrame:
    """Read the RoofSurfaces of a CityJSON or CityGML file as planes.

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
        area_m2 along the plane, eave_z_m and mean_z_m [m above the file's datum], geometry the plan polygon. Its
        ``attrs`` hold ``height_unit``, in which the file has its heights.

    Raises
    ------
    InputError
        The file is missing, no city model, declares no CRS, or has no RoofSurface.
    """
    path = regular(raw / source.path, source.holds or "it should hold CityJSON or CityGML roofs")
    gml = citygml.is_citygml(path)
    try:
        model = citygml.read_city_model(path) if gml else cityjson.read_city_model(path)
    except InputError:
        if gml or cityjson.is_cityjson(path):
            raise
        raise InputError(
            f"{source.path} is neither CityJSON nor CityGML, unpacked, of which roof planes are taken; footprints go "
            "to inputs.buildings, a surface model to inputs.dsm."
        ) from None
    name = source.crs or model.crs_name
    stated = crs_of_name(name, path, KEY)
    file_crs, unit = flat(stated), height_unit(name, stated)
    roofs = eastings_first([face for face in model.faces if face.kind == "RoofSurface"], file_crs)
    if roofs:
        corners = np.concatenate([face.rings[0][:, :2] for face in roofs])
        require_in_plane(np.column_stack([corners, corners]), file_crs, source.path)
    to_metres = Transformer.from_crs(file_crs, crs, always_xy=True)
    rows = [
        {"building": face.building, **plane}
        for face in with_heights_in_metres(roofs, unit)
        if (plane := _plane([_projected(ring, to_metres) for ring in face.rings])) is not None
    ]
    if not rows:
        raise InputError(f"{path} holds no RoofSurface; give LoD2 buildings with semantic surfaces.")
    planes = gpd.GeoDataFrame(rows, geometry="geometry", crs=crs)
    planes.attrs["height_unit"] = unit
    return planes


def _projected(ring: np.ndarray, to_metres: Transformer) -> np.ndarray:
    """Horizontal coordinates into the city's CRS; heights stay what they are."""
    return np.column_stack([*to_metres.transform(ring[:, 0], ring[:, 1]), ring[:, 2]])


def ring_normal(ring: np.ndarray) -> np.ndarray:
    """Area vector of a closed 3-D ring by Newell's method: direction the normal, length the area.

    Parameters
    ----------
    ring : (n, 3) array
        Corners [m], the first not repeated.
    """
    following = np.roll(ring, -1, axis=0)
    return 0.5 * np.cross(ring, following).sum(axis=0)


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
