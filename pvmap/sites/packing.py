"""How densely modules may stand: row spacing by GB 50797, ground cover ratio, whole modules.

GB 50797 asks that rows do not shade each other from 9 h to 15 h true solar time on the winter solstice. With rows of
length L along their slope that is ``pitch = L (cos b + sin b x shadow)``, where ``shadow`` is the length of the shadow
of a unit height along the rows' azimuth; ``shadow`` is 2.026 at 32.2 N facing south (docs/method.md).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pvmap.errors import ConfigError
from pvmap.row_geometry import along_ground, normal, slope_towards
from pvmap.settings.module import ModuleSettings
from pvmap.settings.sites import SitingSettings

OBLIQUITY = 23.45  # degrees; GB 50797 prints its tangent as 0.4338
GB_WINDOW = (9.0, 15.0)  # true solar time
GB_LATITUDE = 58.0  # beyond it the sun barely rises by 9 h

Floats = NDArray[np.float64]


def equator_azimuth(latitude: ArrayLike) -> Floats:
    """Azimuth towards the equator: 180 north of it, 0 south of it."""
    return np.where(np.asarray(latitude, float) >= 0.0, 180.0, 0.0)


def spacing_window(settings: SitingSettings, latitude: ArrayLike) -> tuple[float, float]:
    """Hours that rows must stay clear on the winter solstice, checked against the latitude.

    Raises
    ------
    ConfigError
        Where GB 50797's own window is used beyond 58 degrees, or the sun is down at the window's edge.
    """
    window = (settings.spacing_start_hour, settings.spacing_end_hour)
    highest = float(np.max(np.abs(np.asarray(latitude, float)), initial=0.0))
    too_far = window == GB_WINDOW and highest >= GB_LATITUDE
    if too_far or (_solstice_sun(np.array([highest]), window)[2] <= 0.0).any():
        raise ConfigError(
            f"siting.spacing_start_hour to spacing_end_hour = {window[0]:g}-{window[1]:g} h: at latitude {highest:.2f} "
            "the winter sun is too low for rows that never shade each other; set a narrower window, such as 11 and 13."
        )
    return window


def _solstice_sun(latitude: Floats, window: tuple[float, float]) -> tuple[Floats, Floats, Floats]:
    """Sun vector (east, north, up) at both ends of the window, winter solstice; arrays (2, ...)."""
    declination = np.radians(np.where(latitude >= 0.0, -OBLIQUITY, OBLIQUITY))
    phi = np.radians(latitude)
    hour_angle = np.radians([(hour - 12.0) * 15.0 for hour in window]).reshape(2, *[1] * latitude.ndim)
    east = -np.cos(declination) * np.sin(hour_angle)
    north = np.cos(phi) * np.sin(declination) - np.sin(phi) * np.cos(declination) * np.cos(hour_angle)
    up = np.sin(phi) * np.sin(declination) + np.cos(phi) * np.cos(declination) * np.cos(hour_angle)
    return np.broadcast_arrays(east, north, up)  # type: ignore[return-value]


def shadow_length(
    latitude: ArrayLike,
    surface_azimuth: ArrayLike,
    *,
    ground_tilt: ArrayLike = 0.0,
    ground_azimuth: ArrayLike = 180.0,
    window: tuple[float, float] = GB_WINDOW,
) -> Floats:
    """Longest shadow of a unit height towards the row behind on the winter solstice.

    Parameters
    ----------
    latitude, surface_azimuth
        [deg], broadcast against each other.
    ground_tilt, ground_azimuth
        Slope of the ground and the azimuth it falls to [deg]; the height stands square to the ground, the shadow is
        measured along it.
    window
        Hours of true solar time between which rows must not shade each other.

    Returns
    -------
    array
        Shadow over height [1]; 0 where the sun stands behind the rows, infinite where it does not clear the slope.

    References
    ----------
    [gb50797], read second-hand: clause number to be checked.
    """
    lat, azimuth, tilt, downhill = (
        np.asarray(values, float)
        for values in np.broadcast_arrays(latitude, surface_azimuth, ground_tilt, ground_azimuth)
    )
    sun = np.stack(_solstice_sun(lat, window))
    along = np.sum(sun * along_ground(azimuth, tilt, downhill)[:, None], axis=0)
    square = np.sum(sun * normal(tilt, downhill)[:, None], axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        shadow = np.where(square > 0.0, along / square, np.inf)
    return np.maximum(shadow, 0.0).max(axis=0)


def pitch_ratio(
    latitude: ArrayLike,
    surface_tilt: ArrayLike,
    surface_azimuth: ArrayLike,
    *,
    ground_tilt: ArrayLike = 0.0,
    ground_azimuth: ArrayLike = 180.0,
    window: tuple[float, float] = GB_WINDOW,
) -> Floats:
    """Distance from row to row along the ground, over the rows' length along their slope (pitch / L).

    On sloping ground rows are laid out in its plane (`row_geometry`): its slope towards the rows' azimuth lessens their
    tilt over the ground, down to 0, and its slope across them lengthens the shadows of one half of the day.

    Returns
    -------
    array
        [1], at least 1 where modules would lie on the ground.
    """
    slope = slope_towards(surface_azimuth, ground_tilt, ground_azimuth)
    over_ground = np.radians(np.maximum(np.asarray(surface_tilt, float) - slope, 0.0))
    shadow = shadow_length(
        latitude, surface_azimuth, ground_tilt=ground_tilt, ground_azimuth=ground_azimuth, window=window
    )
    with np.errstate(invalid="ignore"):
        rise = np.where(over_ground > 0.0, np.sin(over_ground) * shadow, 0.0)
    return np.cos(over_ground) + rise


def ground_cover_ratio(
    latitude: ArrayLike,
    surface_tilt: ArrayLike,
    surface_azimuth: ArrayLike,
    *,
    ground_tilt: ArrayLike = 0.0,
    ground_azimuth: ArrayLike = 180.0,
    window: tuple[float, float] = GB_WINDOW,
) -> Floats:
    """Give module area over array area on the ground by GB 50797: 1 / `pitch_ratio`, at most 1, 0 without sun [1].

    Parameters are those of `pitch_ratio`.
    """
    ratio = pitch_ratio(
        latitude,
        surface_tilt,
        surface_azimuth,
        ground_tilt=ground_tilt,
        ground_azimuth=ground_azimuth,
        window=window,
    )
    return np.minimum(1.0 / ratio, 1.0)


def pond_cover_ratio(
    latitude: ArrayLike,
    surface_tilt: float,
    surface_azimuth: ArrayLike,
    *,
    row_length_m: float,
    min_pitch_m: float,
    max_water_cover: float,
    window: tuple[float, float] = GB_WINDOW,
) -> Floats:
    """Ground cover ratio over water: the least of GB 50797, the smallest pitch and the cap on covered water [1].

    0.511 at 12 degrees and a cap of 0.50: docs/method.md.
    """
    by_sun = ground_cover_ratio(latitude, surface_tilt, surface_azimuth, window=window)
    by_cover = max_water_cover / np.cos(np.radians(surface_tilt))
    return np.minimum(by_sun, min(row_length_m / min_pitch_m, by_cover))


def whole_modules(area_m2: ArrayLike, gcr: ArrayLike, module: ModuleSettings) -> NDArray[np.int64]:
    """Whole modules on an array area [m2] at a ground cover ratio [1]."""
    modules = np.asarray(area_m2, float) * np.asarray(gcr, float) / module.area_m2
    return np.floor(modules + 1e-9).astype(np.int64)  # 1e-9: an area cut for exactly n modules holds n
