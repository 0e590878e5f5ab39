"""Where the sun stands in the hours of a weather table, and whether the table agrees.

``best_sun_offset`` moves the sun against the labels until the components close (ghi = dhi + dni cos z). Where dni or
dhi are not given, or close nowhere, closure says nothing: then the day must be symmetric about solar noon.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import pandas as pd
from pvlib.irradiance import get_extra_radiation
from pvlib.location import Location
from pvlib.solarposition import get_solarposition

from pvmap.sources.weather.reading import times_of

SEARCH = 90  # minutes either way of the start of the interval
COARSE = 10  # minutes
BRIGHT = 100.0  # W/m2 of dni: below, closure says little about the sun
SAMPLE = 600  # bright hours that are looked at
LEAST_HOURS = 24  # bright hours without which closure says nothing
HIGH_SUN = 0.3  # cos(zenith) above which light is judged
CLOSES = 0.03  # share of ghi that components may miss each other by and still be called closed


@dataclass(frozen=True)
class SunHours:
    """The sun in each hour: arrays of one length; dni_clear is Ineichen's with pvlib's Linke turbidity [W/m2]."""

    zenith: np.ndarray
    cos_zenith: np.ndarray
    dni_extra: np.ndarray
    ghi_clear: np.ndarray
    dni_clear: np.ndarray


@dataclass(frozen=True)
class SunFit:
    """Where the sun fits the light best.

    Attributes
    ----------
    minutes
        From the label [min].
    method
        Closure of the components where they close, else symmetry of the days.
    left
        Mean of |ghi - dhi - dni cos z| over that of ghi at the best moment, bright hours; NaN without components.
    left_horizontal
        The same with dni as if it were beam on the horizontal: |ghi - dhi - dni|.
    """

    minutes: float
    method: Literal["closure", "symmetry", "none"]
    left: float = float("nan")
    left_horizontal: float = float("nan")


def sun_hours(
    times: pd.DatetimeIndex, longitude: float, latitude: float, altitude_m: float, sun_offset_minutes: float
) -> SunHours:
    """Sun and clear sky at label + offset.

    Parameters
    ----------
    times
        UTC labels.
    longitude, latitude, altitude_m
        Place [deg, deg, m].
    sun_offset_minutes
        Minutes from label to sun.

    Returns
    -------
    SunHours
        Geometric zenith [deg] and its cosine, not below 0; irradiances in W/m2.
    """
    moments = times + pd.Timedelta(minutes=sun_offset_minutes)
    position = get_solarposition(moments, latitude, longitude, altitude=altitude_m)
    place = Location(latitude, longitude, "UTC", altitude_m)
    clear = place.get_clearsky(moments, model="ineichen", solar_position=position)
    zenith = position["zenith"].to_numpy()
    return SunHours(
        zenith=zenith,
        cos_zenith=np.maximum(np.cos(np.radians(zenith)), 0.0),
        dni_extra=np.asarray(get_extra_radiation(moments), dtype=float),
        ghi_clear=clear["ghi"].to_numpy(),
        dni_clear=clear["dni"].to_numpy(),
    )


def best_sun_offset(data: pd.DataFrame, longitude: float, latitude: float, altitude_m: float) -> SunFit:
    """Offset from the label at which the sun fits the irradiance best.

    Parameters
    ----------
    data
        ghi, and dni and dhi where they were given and not derived [W/m2]; UTC labels.
    longitude, latitude, altitude_m
        Place [deg, deg, m].

    Returns
    -------
    SunFit
        To the minute by closure; by symmetry to some minutes, since clouds have hours of their own.
    """
    symmetric = _by_symmetry(data["ghi"], longitude, latitude)
    if "dni" not in data or "dhi" not in data:
        return symmetric
    whole = data[["ghi", "dni", "dhi"]].dropna()
    place = longitude, latitude, altitude_m
    bright = np.flatnonzero(whole["dni"].to_numpy() > BRIGHT)
    if bright.size >= LEAST_HOURS:
        return _by_closure(whole.iloc[_some(bright)], symmetric, place)
    # nearly no beam all year: a sky that hardly is, and components that may be something else than their names say
    day = np.flatnonzero(whole["ghi"].to_numpy() > BRIGHT)
    if day.size < LEAST_HOURS:
        return symmetric
    fit = _by_closure(whole.iloc[_some(day)], symmetric, place)
    return replace(symmetric, left=fit.left, left_horizontal=fit.left_horizontal)


def _some(hours: np.ndarray) -> np.ndarray:
    return hours[np.linspace(0, hours.size - 1, min(SAMPLE, hours.size)).astype(int)]


def _by_closure(data: pd.DataFrame, symmetric: SunFit, place: tuple[float, float, float]) -> SunFit:
    """Search about the label, or about where the days are symmetric where that is far from it."""
    ghi, dni, dhi = (data[c].to_numpy() for c in ("ghi", "dni", "dhi"))
    longitude, latitude, altitude_m = place
    mean = float(ghi.mean())

    def shares(offsets: np.ndarray) -> np.ndarray:
        moments = data.index.append([data.index + pd.Timedelta(minutes=int(m)) for m in offsets])[len(data) :]
        zenith = get_solarposition(moments, latitude, longitude, altitude=altitude_m)["zenith"].to_numpy()
        cos_zenith = np.maximum(np.cos(np.radians(zenith)), 0.0).reshape(len(offsets), -1)
        return np.abs(ghi - dhi - dni * cos_zenith).mean(axis=1) / mean

    coarse = np.arange(-SEARCH, SEARCH + 1, COARSE)
    if abs(symmetric.minutes) > SEARCH:
        coarse = np.r_[coarse, COARSE * round(symmetric.minutes / COARSE) + coarse]
    middle = int(coarse[np.argmin(shares(coarse))])
    fine = np.arange(middle - COARSE, middle + COARSE + 1)
    left = shares(fine)
    horizontal = float(np.abs(ghi - dhi - dni).mean() / mean)
    best = float(left.min())
    if best <= CLOSES:
        return SunFit(float(fine[np.argmin(left)]), "closure", best, horizontal)
    return SunFit(symmetric.minutes, "symmetry", best, horizontal)


def _by_symmetry(ghi: pd.Series, longitude: float, latitude: float) -> SunFit:
    """Centre of the light on the circle of the day, so that a clock may be off by half a day."""
    light = ghi[ghi > 0]
    if light.empty:
        return SunFit(0.0, "none")
    times = times_of(light)
    equation = get_solarposition(times, latitude, longitude)["equation_of_time"].to_numpy()
    clock = times.hour.to_numpy() * 60 + times.minute.to_numpy()
    from_noon = np.exp(2j * np.pi * (clock + equation + longitude * 4 - 720) / 1440)
    return SunFit(float(-np.angle((light.to_numpy() * from_noon).sum()) * 720 / np.pi), "symmetry")
