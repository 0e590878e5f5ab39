"""Where rows lie that have lost their place, and what says so: zeros, swapped axes, another zone, another datum."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import NoReturn

import numpy as np
import pyproj
from pyproj import CRS
from pyproj.transformer import TransformerGroup

from pvmap.crs import WGS84, transformer
from pvmap.errors import InputError
from pvmap.findings import Finding, finding
from pvmap.settings.city import VectorInput

# judgement: fifty times the accuracy of a mapped coordinate in degrees; in metres what degrees would fill
ZERO_DEG = 0.01
ZERO_M = 180.0
FAR_DEG, FAR_M = 1.0, 100_000.0  # judgement: a city that lies around 0 has rows near 0
AROUND_AREA_DEG = 5.0  # judgement: a projection is used for a while beyond its own area
# Zones of 3 and of 6 degrees by their numbers, with CGCS2000's EPSG code of the first: eastings with and without number
ZONES = ((range(25, 46), 4513, 4534), (range(13, 24), 4491, 4502))
MILLION_M = 1e6  # by which a zone's number stands before eastings
EARTH_RADIUS_M, EARTH_INVERSE_FLATTENING = 6378137.0, 298.2572  # GRS 1980, WGS 84 and CGCS2000 agree to the millimetre
WEB_MAP_SIGNS = (b"acroutes", b"subfeatureindex", b"childrennum", b"gcj02", b"gcj-02", b"gcj_02", b"bd09ll", b"bd09mc")
LOOKED_AT = 65_536  # bytes at either end of a file: names of columns stand there in every format


def lost_rows(bounds: np.ndarray, crs: CRS) -> np.ndarray:
    """Find rows at zero longitude or latitude, or (0, 0) in metres, of a layer that lies elsewhere.

    Nothing lies where both are zero degrees, be it the middle of the layer.

    Parameters
    ----------
    bounds : (n, 4) array
        As in the file, NaN where a geometry is missing.
    crs
        CRS of the file.

    Returns
    -------
    (n,) bool array
    """
    west, south, east, north = bounds.T
    x, y = (west + east) / 2.0, (south + north) / 2.0
    near, far = (ZERO_DEG, FAR_DEG) if crs.is_geographic else (ZERO_M, FAR_M)
    finite = np.isfinite(x) & np.isfinite(y)
    if not finite.any():
        return finite
    x_away, y_away = np.abs(np.median(x[finite])) > far, np.abs(np.median(y[finite])) > far
    with np.errstate(invalid="ignore"):
        x_zero, y_zero = (np.abs(x) <= near) & x_away, (np.abs(y) <= near) & y_away
        sea = (np.abs(x) <= near) & (np.abs(y) <= near)  # off Africa, farther from land than any site
    if crs.is_geographic:
        return finite & (x_zero | y_zero | sea)
    return finite & x_zero & (y_zero | (np.abs(y) <= near))


def require_in_plane(bounds: np.ndarray, crs: CRS, path: str) -> None:
    """Raise an InputError where the middle of a layer lies nowhere in its CRS.

    So it is with eastings that begin with the number of their zone in a CRS without it, and the other way round.

    Parameters
    ----------
    bounds : (n, 4) array
        As in the file, NaN where a geometry is missing.
    crs, path
        CRS of the file, and its name.
    """
    bounds = bounds[np.isfinite(bounds).all(axis=1)]
    if crs.is_geographic or not len(bounds):
        return
    x, y = (float(np.median(bounds[:, [low, low + 2]].mean(axis=1))) for low in (0, 1))
    if np.isfinite(transformer(crs, WGS84).transform(x, y)).all():
        return
    if _is_used_at(crs, y, x):
        _refuse_swapped(x, y, crs, path)
    raise InputError(
        f"{path}: its coordinates, for example ({x:.0f}, {y:.0f}), are no place in {crs.name}; {_zone_remedy(x, crs)}."
    )


def _refuse_swapped(x: float, y: float, crs: CRS, path: str) -> NoReturn:
    raise InputError(
        f"{path}: its easting and northing are swapped, for example ({x:.0f}, {y:.0f}) in {crs.name}; "
        "export it again with x as easting."
    )


def _is_used_at(crs: CRS, east: float, north: float) -> bool:
    """Whether a place lies in the area a CRS is made for, or a little beyond; not where it has none."""
    area = crs.area_of_use
    if area is None:
        return False
    longitude, latitude = transformer(crs, WGS84).transform(east, north)
    turn = (longitude - area.west) % 360.0 if np.isfinite(longitude) else np.inf
    width = (area.east - area.west) % 360.0 or 360.0
    beside = turn <= width + AROUND_AREA_DEG or turn >= 360.0 - AROUND_AREA_DEG
    return bool(beside and area.south - AROUND_AREA_DEG <= latitude <= area.north + AROUND_AREA_DEG)


def _zone_remedy(x: float, crs: CRS) -> str:
    """Say which CRS eastings are in that have the number of a zone, or lack it."""
    parameters = crs.coordinate_operation.params if crs.coordinate_operation else []
    of_crs = next((float(one.value) for one in parameters if one.name == "False easting"), 0.0) // MILLION_M
    of_x = x // MILLION_M
    for zones, numbered, plain in ZONES:
        if of_x in zones and not of_crs:
            code = numbered + int(of_x) - zones[0]
            return (
                f"their eastings begin with the number of zone {of_x:.0f}: if they are in CGCS2000, "
                f'state crs = "EPSG:{code}"'
            )
        if of_crs in zones and not of_x:
            code = plain + int(of_crs) - zones[0]
            return (
                f"their eastings lack the number of zone {of_crs:.0f}: if they are in CGCS2000, "
                f'state crs = "EPSG:{code}"'
            )
    return "state the CRS they are in as crs"


def doubt_place(bounds: np.ndarray, crs: CRS, metric: CRS, source: VectorInput, raw: Path) -> list[Finding]:
    """Doubt the CRS and the datum of a layer.

    Raises
    ------
    InputError
        Easting and northing are swapped.
    """
    found = []
    if (outside := _outside_area(bounds, crs, source)) is not None:
        found.append(outside)
    if source.datum == "wgs84" and (sign := _web_map_sign(raw / source.path)):
        found.append(finding("coordinates-from-web-map", layer=source.path, sign=sign))
    if source.datum == "wgs84" and only_ballpark(crs, metric):
        found.append(
            finding(
                "datum-ballpark",
                layer=source.path,
                own=crs.geodetic_crs.name if crs.geodetic_crs else crs.name,
                city=metric.geodetic_crs.name if metric.geodetic_crs else metric.name,
            )
        )
    return found


def only_ballpark(crs: CRS, metric: CRS) -> bool:
    """Whether PROJ knows no transformation from a datum of an older ellipsoid: the layer comes out 50 m off or more.

    Between datums of the earth's own ellipsoid (WGS 84, CGCS2000, ETRS89) no transformation is a metre or two.
    """
    ellipsoid = crs.ellipsoid
    if ellipsoid is None or (
        abs(ellipsoid.semi_major_metre - EARTH_RADIUS_M) < 1.0
        and abs(ellipsoid.inverse_flattening - EARTH_INVERSE_FLATTENING) < 1e-3
    ):
        return False
    with warnings.catch_warnings():  # of a grid finer than a metre or two, which nobody has here
        warnings.simplefilter("ignore", UserWarning)
        known = TransformerGroup(crs, metric, always_xy=True).transformers
    return not known or "Ballpark" in known[0].description


def _outside_area(bounds: np.ndarray, crs: CRS, source: VectorInput) -> Finding | None:
    """Tell a layer whose middle lies far outside the area its CRS is made for."""
    bounds = bounds[np.isfinite(bounds).all(axis=1)]
    if crs.area_of_use is None or not len(bounds) or crs.is_geographic:
        return None
    x, y = np.median((bounds[:, 0] + bounds[:, 2]) / 2.0), np.median((bounds[:, 1] + bounds[:, 3]) / 2.0)
    if _is_used_at(crs, x, y):
        return None
    if _is_used_at(crs, y, x):
        _refuse_swapped(x, y, crs, source.path)
    return finding("outside-crs-area", layer=source.path, x=float(x), y=float(y), own=crs.name)


def _web_map_sign(path: Path) -> str:
    """Name of a column that only files of Chinese web maps have; empty where there is none."""
    if not path.is_file():
        return ""
    with open(path, "rb") as file:
        text = file.read(LOOKED_AT)
        if (size := path.stat().st_size) > 2 * LOOKED_AT:
            file.seek(size - LOOKED_AT)
        text = (text + file.read(LOOKED_AT)).lower()
    return next((sign.decode() for sign in WEB_MAP_SIGNS if sign in text), "")


def scale_error(crs: CRS, longitude: np.ndarray, latitude: np.ndarray) -> float:
    """Largest deviation from 1 of the scale along meridians and parallels at some places.

    Parameters
    ----------
    crs
        A projected CRS.
    longitude, latitude : (n,) arrays
        WGS84. [deg]

    Examples
    --------
    >>> round(scale_error(CRS.from_epsg(4549), np.array([120.0]), np.array([32.0])), 6)
    0.0
    """
    try:
        factors = pyproj.Proj(crs).get_factors(longitude, latitude, errcheck=True)
    except pyproj.exceptions.ProjError:
        return float("inf")
    scales = np.r_[np.atleast_1d(factors.meridional_scale), np.atleast_1d(factors.parallel_scale)]
    return float(np.abs(scales - 1.0).max())
