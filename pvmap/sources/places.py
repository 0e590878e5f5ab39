"""Where rows lie that have lost their place, and what says so: zeros, swapped axes, another zone, another datum."""

from __future__ import annotations

import warnings
from pathlib import Path

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
    area = crs.area_of_use
    bounds = bounds[np.isfinite(bounds).all(axis=1)]
    if area is None or not len(bounds) or crs.is_geographic:
        return None
    x, y = np.median((bounds[:, 0] + bounds[:, 2]) / 2.0), np.median((bounds[:, 1] + bounds[:, 3]) / 2.0)

    def within(east: float, north: float) -> bool:
        longitude, latitude = transformer(crs, WGS84).transform(east, north)
        turn = (longitude - area.west) % 360.0 if np.isfinite(longitude) else np.inf
        width = (area.east - area.west) % 360.0 or 360.0
        beside = turn <= width + AROUND_AREA_DEG or turn >= 360.0 - AROUND_AREA_DEG
        return beside and area.south - AROUND_AREA_DEG <= latitude <= area.north + AROUND_AREA_DEG

    if within(x, y):
        return None
    if within(y, x):
        raise InputError(
            f"{source.path}: its easting and northing are swapped, for example ({x:.0f}, {y:.0f}) in {crs.name}; "
            "export it again with x as easting."
        )
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
