"""A city model, whatever wrote it: faces of buildings, from which footprints and roof planes are taken."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np
import shapely
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError

from pvmap.errors import InputError

EPSG = re.compile(r"EPSG(?:\.xml#|[:/]+(?:[\d.]*[:/]+)?)(\d{4,6})", re.IGNORECASE)
UPWARD = re.compile(r"EPSG:\d{4,6}\+(\d{4,6})", re.IGNORECASE)  # the CRS of heights behind that of the plane
ADV_UTM = re.compile(r"ETRS89_UTM(\d\d)", re.IGNORECASE)  # names of the German survey
ADV_GK = re.compile(r"DE_DHDN_3GK(\d)", re.IGNORECASE)
GROUND = ("GroundSurface", "lod0", "solid", "RoofSurface")  # what a footprint is taken from, the best first
PLAN_MIN_M2 = 0.01  # a RoofSurface that is a wall in truth has no plan area to stand on
AREA_MARGIN_DEG = 1.0
DEGREE_M = 111_000.0
TALLEST_M = 828.0
SLIVER_M = 0.01  # seams between faces that were rounded apart


@dataclass(frozen=True)
class Face:
    """A polygon in space: the building it belongs to, its kind, and rings (n, 3), outer first, none closed.

    Kinds are CityGML's surfaces (RoofSurface, GroundSurface, WallSurface, ...), lod0 for outlines, solid for the rest.
    """

    building: str
    kind: str
    rings: list[np.ndarray]


@dataclass(frozen=True)
class CityModel:
    """Faces as the file has them, the name it gives its CRS, and attributes by building."""

    faces: list[Face]
    crs_name: str
    attributes: dict[str, dict[str, str]] = field(default_factory=dict)


def crs_of_name(name: str, path: object, key: str) -> CRS:
    """CRS by the name a city model gives it: EPSG's in any spelling, of several the first, or the German survey's.

    Parameters
    ----------
    name
        As the file or the city file says.
    path, key
        File and key of the city file, for the sentence.

    Raises
    ------
    InputError
        There is no name, or nothing is called so.
    """
    if not name:
        raise InputError(f"{path} declares no CRS; state it in the city file ({key}.crs).")
    try:
        if code := EPSG.search(name):
            return CRS.from_epsg(int(code[1]))
        if zone := ADV_UTM.search(name):
            return CRS.from_epsg(25800 + int(zone[1]))
        if strip := ADV_GK.search(name):
            return CRS.from_epsg(31464 + int(strip[1]))
        return CRS(name)
    except CRSError:
        raise InputError(f"{path}: {name!r} is not a CRS; state it in the city file ({key}.crs).") from None


class HeightUnit(NamedTuple):
    """What heights of a model are measured in, and its length in metres."""

    name: str
    metres: float


METRE = HeightUnit("metre", 1.0)


def height_unit(name: str, crs: CRS) -> HeightUnit:
    """Tell the unit of z: that of the CRS of heights, else that of x and y, for corners are points of one CRS.

    Parameters
    ----------
    name
        As `crs_of_name` has it, which may go on with the CRS of heights.
    crs
        What `crs_of_name` made of it.

    Examples
    --------
    >>> height_unit("EPSG:2276", CRS.from_epsg(2276)).name, height_unit("EPSG:4549", CRS.from_epsg(4549))
    ('US survey foot', HeightUnit(name='metre', metres=1.0))
    """
    further = [*EPSG.findall(name)[1:], *UPWARD.findall(name)]
    try:
        axes = [axis for code in further for axis in CRS.from_epsg(int(code)).axis_info]
    except CRSError:
        axes = []
    upward = [axis for axis in (*axes, *crs.axis_info) if axis.direction == "up"]
    upward = upward or ([] if crs.is_geographic else crs.axis_info[:1])
    return HeightUnit(upward[0].unit_name, upward[0].unit_conversion_factor) if upward else METRE


def with_heights_in_metres(faces: Sequence[Face], unit: HeightUnit) -> list[Face]:
    """Turn z of faces into metres."""
    if unit.metres == METRE.metres:
        return list(faces)
    return [replace(face, rings=[ring * (1.0, 1.0, unit.metres) for ring in face.rings]) for face in faces]


def flat(crs: CRS) -> CRS:
    """Give its horizontal part."""
    if crs.is_compound:
        return crs.sub_crs_list[0].to_2d()
    return crs.to_2d() if len(crs.axis_info) != 2 else crs


def eastings_first(faces: Sequence[Face], crs: CRS) -> list[Face]:
    """Faces whose corners are x, y, z: easting or longitude first.

    CRSs name their axes in either order and files follow them or not; where the CRS is used tells. Degrees stand in
    the order latitude, longitude unless that is elsewhere.
    """
    if not faces:
        return []
    middle = np.mean([face.rings[0].mean(axis=0)[:2] for face in faces], axis=0)
    orders = ((1, 0), (0, 1)) if crs.is_geographic else ((0, 1), (1, 0))
    first = next((order for order in orders if _is_used_at(crs, *middle[list(order)])), orders[-1 * crs.is_geographic])
    if first == (0, 1):
        return list(faces)
    return [Face(face.building, face.kind, [ring[:, [1, 0, 2]] for ring in face.rings]) for face in faces]


def _is_used_at(crs: CRS, x: float, y: float) -> bool:
    area = crs.area_of_use
    longitude, latitude = Transformer.from_crs(crs, CRS.from_epsg(4326), always_xy=True).transform(x, y)
    if area is None or not (np.isfinite(longitude) and abs(latitude) <= 90):
        return area is None
    east = area.west - AREA_MARGIN_DEG <= longitude <= area.east + AREA_MARGIN_DEG or area.west > area.east
    return east and area.south - AREA_MARGIN_DEG <= latitude <= area.north + AREA_MARGIN_DEG


def footprint(faces: Sequence[Face], crs: CRS) -> shapely.Geometry | None:
    """Outline of a building from its faces, by the best that it has (``GROUND``); None where no face lies flat."""
    unit = 1.0 / DEGREE_M if crs.is_geographic else 1.0
    kinds = {face.kind for face in faces}
    for kind in (one for one in GROUND if one in kinds):
        flat_ones = [_plan(face.rings) for face in faces if face.kind == kind]
        flat_ones = [polygon for polygon in flat_ones if polygon.area > PLAN_MIN_M2 * unit**2]
        if flat_ones:
            joined = shapely.union_all(flat_ones).buffer(SLIVER_M * unit, join_style="mitre")
            return joined.buffer(-SLIVER_M * unit, join_style="mitre")
    return None


def height_m(faces: Sequence[Face], measured: str = "") -> float:
    """Height of a building: as it was measured where that is one, else from the lowest to the highest corner [m]."""
    if is_height(measured):
        return float(measured)
    levels = np.concatenate([face.rings[0][:, 2] for face in faces]) if faces else np.zeros(1)
    return float(np.ptp(levels)) or float("nan")


def is_height(measured: str) -> bool:
    """Whether a height that a model states can be one, in metres."""
    try:
        return 0.0 < float(measured) <= TALLEST_M
    except ValueError:
        return False


def _plan(rings: Sequence[np.ndarray]) -> shapely.Geometry:
    return shapely.make_valid(shapely.Polygon(rings[0][:, :2], [ring[:, :2] for ring in rings[1:]]))
