"""Which plane a city is measured in, and how shifted Chinese web-map coordinates come back to WGS84.

Area and distance are taken only in a projected CRS whose unit is the metre. Maps published in China carry GCJ-02
(Gaode, Tencent, DataV: some 400-600 m off) or Baidu's BD-09; both are undone before anything is joined.

The forward formulas are the ones in public use (no authority has published them); the inverse is
iterated until it reproduces its input, so it is exact to the forward formula.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import numpy as np
import pyproj
import shapely
from numpy.typing import ArrayLike
from pyproj import CRS, Transformer

from pvmap.errors import ConfigError, InputError

# EPSG's area of use of CGCS2000, in degrees: west, south, east, north. A box, not a border.
CGCS2000_AREA = (73.62, 16.7, 134.77, 53.56)
CGCS2000_CM_75E = 4534  # EPSG:4534 ... EPSG:4554: 3-degree Gauss-Kruger, central meridians 75, 78 ... 135 E

# Box inside which web maps shift coordinates, as every public implementation has it: west, south, east, north.
SHIFTED_AREA = (72.004, 0.8293, 137.8347, 55.8271)
KRASOVSKY_RADIUS_M = 6378245.0
KRASOVSKY_ECCENTRICITY2 = 0.00669342162296594323
BAIDU_FREQUENCY = np.pi * 3000.0 / 180.0
SETTLED_DEG = 1e-11  # about a micrometre
MAX_ITERATIONS = 30
HALF_STEP_DEG = 1e-4  # along the meridian, to see where grid north lies

# What PROJ leaves as it is, not swapping it to east and north: x and y of these turn the other way round.
MIRRORED = (["south", "west"], ["west", "north"], ["east", "south"])

WGS84 = CRS.from_epsg(4326)
GEOD = pyproj.Geod(ellps="WGS84")
Coordinates = tuple[np.ndarray, np.ndarray]


def choose_metric_crs(longitude: ArrayLike, latitude: ArrayLike) -> CRS:
    """Choose the metric CRS of a city from its coordinates.

    Parameters
    ----------
    longitude, latitude : scalar or (n,) array
        WGS84. [degrees] Their median decides, so that a few stray points do not.

    Returns
    -------
    CRS
        CGCS2000 3-degree Gauss-Kruger within EPSG's box for CGCS2000 (its neighbours inside the box get it too: there
        it is a transverse Mercator as good as UTM), UTM elsewhere, polar stereographic beyond 84 N and 80 S.

    Raises
    ------
    InputError
        No coordinate is a finite number of degrees.
    """
    longitude, latitude = np.atleast_1d(np.asarray(longitude, float)), np.atleast_1d(np.asarray(latitude, float))
    usable = (np.abs(longitude) <= 180.0) & (np.abs(latitude) <= 90.0)
    if not usable.any():
        raise InputError(
            f"No metric CRS fits: none of {longitude.size} coordinates is a longitude and latitude in degrees; "
            "check the CRS of the input or set city.crs."
        )
    x, y = float(np.median(longitude[usable])), float(np.median(latitude[usable]))
    if _inside(CGCS2000_AREA, np.array([x]), np.array([y]))[0]:
        return CRS.from_epsg(CGCS2000_CM_75E + round((min(max(x, 75.0), 135.0) - 75.0) / 3.0))
    if y > 84.0 or y < -80.0:
        return CRS.from_epsg(32661 if y > 0 else 32761)
    zone = min(int((x + 180.0) // 6.0) + 1, 60)
    return CRS.from_epsg((32600 if y >= 0 else 32700) + zone)


def require_metric(crs: CRS | str) -> CRS:
    """Return `crs` if area and distance may be taken in it.

    Raises
    ------
    ConfigError
        It is unknown, not projected, not in metres, or a Mercator projection (Web Mercator at 32 N overstates areas
        by 39 %).
    """
    remedy = "set city.crs to a projected CRS in metres, for example EPSG:4549, or leave it empty"
    try:
        crs = CRS.from_user_input(crs)
    except pyproj.exceptions.CRSError:
        raise ConfigError(f"city.crs = {crs!r} is not a CRS; {remedy}.") from None
    if not crs.is_projected:
        raise ConfigError(f"city.crs = {crs.to_string()} is not projected, so it has no metres; {remedy}.")
    units = {axis.unit_name for axis in crs.axis_info if axis.direction not in ("up", "down")}
    if units != {"metre"}:
        raise ConfigError(f"city.crs = {crs.to_string()} measures in {', '.join(sorted(units))}; {remedy}.")
    if [axis.direction for axis in crs.axis_info][:2] in MIRRORED:
        raise ConfigError(f"city.crs = {crs.to_string()} counts its axes so that maps in it are mirrored; {remedy}.")
    try:
        transformer(WGS84, crs), transformer(crs, WGS84)
    except pyproj.exceptions.ProjError:
        raise ConfigError(
            f"city.crs = {crs.to_string()} is tied to no longitude and latitude that PROJ knows a way to; {remedy}."
        ) from None
    method = _projection_method(crs)
    if method.startswith("Mercator") or "Pseudo Mercator" in method:
        raise ConfigError(f"city.crs = {crs.to_string()} is a Mercator projection and distorts areas; {remedy}.")
    return crs


@lru_cache(maxsize=64)
def transformer(source: CRS, target: CRS) -> Transformer:
    """Return the transformer of x, y from one CRS to another, built once: PROJ takes 40 ms to choose an operation."""
    return Transformer.from_crs(source, target, always_xy=True)


def require_on_earth(crs: CRS, place: str) -> CRS:
    """Return `crs` if PROJ knows a way from it to degrees.

    Raises
    ------
    InputError
        It is a grid of somebody's own, tied to no place on earth.
    """
    try:
        transformer(crs, WGS84)
    except pyproj.exceptions.ProjError:
        raise InputError(
            f"{place}: no way is known from its CRS {crs.name!r} to longitude and latitude; state the CRS that it is "
            'in in the city file, for example crs = "EPSG:4549".'
        ) from None
    return crs


def middles(geometry: np.ndarray, crs: CRS) -> Coordinates:
    """Middle of each geometry's bounds, for a map that needs no better.

    Parameters
    ----------
    geometry : (n,) object array
        Shapely geometries; None and empty ones have no middle.
    crs
        Their CRS.

    Returns
    -------
    longitude, latitude : (n,) arrays
        WGS84. [degrees] NaN where there is none.
    """
    west, south, east, north = shapely.bounds(np.asarray(geometry, object)).reshape(-1, 4).T
    x, y = transformer(crs, WGS84).transform((west + east) / 2.0, (south + north) / 2.0)
    known = (np.abs(x) <= 180.0) & (np.abs(y) <= 90.0)
    return np.where(known, x, np.nan), np.where(known, y, np.nan)


def distance_km(place: tuple[float, float], longitude: ArrayLike, latitude: ArrayLike) -> np.ndarray:
    """Length of the shortest way over the earth from a place, longitude and latitude in degrees, to others."""
    x, y = np.broadcast_arrays(np.asarray(longitude, float), np.asarray(latitude, float))
    return np.asarray(GEOD.inv(np.full(x.shape, place[0]), np.full(x.shape, place[1]), x, y)[2]) / 1000.0


def grid_north(crs: CRS, longitude: ArrayLike, latitude: ArrayLike) -> np.ndarray:
    """Give the azimuth of grid north, the meridian convergence: true azimuth = grid azimuth + this.

    Parameters
    ----------
    crs
        Metric CRS.
    longitude, latitude : scalar or (n,) array
        WGS84. [degrees]

    Returns
    -------
    (n,) array
        Clockwise from true north, -180 to 180 [degrees]; by the step that PROJ makes of 20 m along the meridian. It
        turns all directions alike only where the projection keeps angles, as all usual metric ones do.
    """
    longitude, latitude = np.atleast_1d(np.asarray(longitude, float)), np.atleast_1d(np.asarray(latitude, float))
    to_grid = transformer(WGS84, crs)
    x0, y0 = to_grid.transform(longitude, np.maximum(latitude - HALF_STEP_DEG, -90.0))
    x1, y1 = to_grid.transform(longitude, np.minimum(latitude + HALF_STEP_DEG, 90.0))
    return -np.degrees(np.arctan2(x1 - x0, y1 - y0))


def wgs84_to_gcj02(longitude: ArrayLike, latitude: ArrayLike) -> Coordinates:
    """Shift WGS84 to GCJ-02, as web maps in China do.

    Parameters
    ----------
    longitude, latitude : scalar or (n,) array
        WGS84. [degrees]

    Returns
    -------
    tuple of (n,) float arrays
        GCJ-02 longitude and latitude [degrees]; unchanged outside the shifted area.
    """
    return _where_shifted(_gcj02_shift, longitude, latitude)


def wgs84_to_bd09(longitude: ArrayLike, latitude: ArrayLike) -> Coordinates:
    """Shift WGS84 to Baidu's BD-09; arrays as in `wgs84_to_gcj02`."""
    return _where_shifted(_bd09_shift, longitude, latitude)


def gcj02_to_wgs84(longitude: ArrayLike, latitude: ArrayLike) -> Coordinates:
    """Undo the GCJ-02 shift; inverse of `wgs84_to_gcj02` to about a micrometre, arrays as there."""
    return _unshift(_gcj02_shift, longitude, latitude)


def bd09_to_wgs84(longitude: ArrayLike, latitude: ArrayLike) -> Coordinates:
    """Undo the BD-09 shift; inverse of `wgs84_to_bd09` to about a micrometre, arrays as there."""
    return _unshift(_bd09_shift, longitude, latitude)


def _gcj02_shift(longitude: np.ndarray, latitude: np.ndarray) -> Coordinates:
    """GCJ-02 of points inside the shifted area: a smooth wobble in metres on Krasovsky's ellipsoid."""
    x, y = longitude - 105.0, latitude - 35.0
    root = 0.1 * np.sqrt(np.abs(x))
    common = (20.0 * np.sin(6.0 * np.pi * x) + 20.0 * np.sin(2.0 * np.pi * x)) * 2.0 / 3.0
    north_m = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 2.0 * root + common
    north_m += (20.0 * np.sin(np.pi * y) + 40.0 * np.sin(np.pi * y / 3.0)) * 2.0 / 3.0
    north_m += (160.0 * np.sin(np.pi * y / 12.0) + 320.0 * np.sin(np.pi * y / 30.0)) * 2.0 / 3.0
    east_m = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + root + common
    east_m += (20.0 * np.sin(np.pi * x) + 40.0 * np.sin(np.pi * x / 3.0)) * 2.0 / 3.0
    east_m += (150.0 * np.sin(np.pi * x / 12.0) + 300.0 * np.sin(np.pi * x / 30.0)) * 2.0 / 3.0

    phi = np.radians(latitude)
    w2 = 1.0 - KRASOVSKY_ECCENTRICITY2 * np.sin(phi) ** 2
    meridian_radius = KRASOVSKY_RADIUS_M * (1.0 - KRASOVSKY_ECCENTRICITY2) / w2**1.5
    parallel_radius = KRASOVSKY_RADIUS_M / np.sqrt(w2) * np.cos(phi)
    return longitude + np.degrees(east_m / parallel_radius), latitude + np.degrees(north_m / meridian_radius)


def _bd09_shift(longitude: np.ndarray, latitude: np.ndarray) -> Coordinates:
    """BD-09 of points inside the shifted area: GCJ-02, turned and stretched a little about the origin."""
    x, y = _gcj02_shift(longitude, latitude)
    radius = np.hypot(x, y) + 0.00002 * np.sin(y * BAIDU_FREQUENCY)
    angle = np.arctan2(y, x) + 0.000003 * np.cos(x * BAIDU_FREQUENCY)
    return radius * np.cos(angle) + 0.0065, radius * np.sin(angle) + 0.006


def _where_shifted(shift: Callable[..., Coordinates], longitude: ArrayLike, latitude: ArrayLike) -> Coordinates:
    longitude, latitude = np.asarray(longitude, float), np.asarray(latitude, float)
    inside = _inside(SHIFTED_AREA, longitude, latitude)
    with np.errstate(invalid="ignore"):
        x, y = shift(longitude, latitude)
    return np.where(inside, x, longitude), np.where(inside, y, latitude)


def _unshift(shift: Callable[..., Coordinates], longitude: ArrayLike, latitude: ArrayLike) -> Coordinates:
    """Solve shift(w) = given by fixed-point iteration: the shift changes by under 1 % of a step, so it converges fast.

    A point counts as shifted when the solution lies inside the shifted area: then every shifted point finds its way
    back, also across the edge of the area.
    """
    wanted_x, wanted_y = np.ravel(longitude).astype(float), np.ravel(latitude).astype(float)
    x, y = wanted_x.copy(), wanted_y.copy()
    moving = np.arange(len(x))  # each point stops by itself, so where it ends does not depend on the others
    with np.errstate(invalid="ignore"):
        for _ in range(MAX_ITERATIONS):
            x_shifted, y_shifted = shift(x[moving], y[moving])
            dx, dy = wanted_x[moving] - x_shifted, wanted_y[moving] - y_shifted
            x[moving] += dx
            y[moving] += dy
            moving = moving[np.maximum(np.abs(dx), np.abs(dy)) > SETTLED_DEG]
            if not len(moving):
                break
    inside = _inside(SHIFTED_AREA, x, y)
    x, y = np.where(inside, x, wanted_x), np.where(inside, y, wanted_y)
    return x.reshape(np.shape(longitude)), y.reshape(np.shape(latitude))


def _inside(box: tuple[float, float, float, float], x: np.ndarray, y: np.ndarray) -> np.ndarray:
    west, south, east, north = box
    return (x >= west) & (x <= east) & (y >= south) & (y <= north)


def _projection_method(crs: CRS) -> str:
    """Name of the projection, also where the CRS is compound or bound."""
    for part in (crs, *crs.sub_crs_list):
        part = part.source_crs if part.is_bound and part.source_crs else part
        if part.coordinate_operation is not None:
            return part.coordinate_operation.method_name
    return ""
