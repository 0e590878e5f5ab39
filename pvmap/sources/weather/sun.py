"""Where the sun stands in the hours of a weather table, and whether the table agrees.

``best_sun_offset`` moves the sun against the labels until the components close (ghi = dhi + dni cos z). Where dni or
dhi are not given, closure says nothing: then the day must be symmetric about solar noon.
"""

from __future__ import annotations

from dataclasses import dataclass
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
    """Best offset of the sun from the label [min], what is left of |ghi - dhi - dni cos z| [W/m2], and the method."""

    minutes: float
    residual: float
    method: Literal["closure", "symmetry", "none"]


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
    if "dni" in data and "dhi" in data and (bright := np.flatnonzero(data["dni"].to_numpy() > BRIGHT)).size >= 24:
        chosen = bright[np.linspace(0, bright.size - 1, min(SAMPLE, bright.size)).astype(int)]
        return _by_closure(data.iloc[chosen], longitude, latitude, altitude_m)
    return _by_symmetry(data["ghi"], longitude, latitude)


def _by_closure(data: pd.DataFrame, longitude: float, latitude: float, altitude_m: float) -> SunFit:
    ghi, dni, dhi = (data[c].to_numpy() for c in ("ghi", "dni", "dhi"))

    def residuals(offsets: np.ndarray) -> np.ndarray:
        moments = data.index.append([data.index + pd.Timedelta(minutes=int(m)) for m in offsets])[len(data) :]
        zenith = get_solarposition(moments, latitude, longitude, altitude=altitude_m)["zenith"].to_numpy()
        cos_zenith = np.maximum(np.cos(np.radians(zenith)), 0.0).reshape(len(offsets), -1)
        return np.nanmean(np.abs(ghi - dhi - dni * cos_zenith), axis=1)

    coarse = np.arange(-SEARCH, SEARCH + 1, COARSE)
    middle = int(coarse[np.argmin(residuals(coarse))])
    fine = np.arange(middle - COARSE, middle + COARSE + 1)
    left = residuals(fine)
    return SunFit(float(fine[np.argmin(left)]), float(left.min()), "closure")


def _by_symmetry(ghi: pd.Series, longitude: float, latitude: float) -> SunFit:
    if not ghi.sum() > 0:
        return SunFit(0.0, 0.0, "none")
    equation = get_solarposition(ghi.index, latitude, longitude)["equation_of_time"].to_numpy()
    times = times_of(ghi)
    clock = times.hour.to_numpy() + times.minute.to_numpy() / 60
    from_noon = (clock * 60 + equation + longitude * 4) % 1440 - 720
    weight = ghi.fillna(0.0).to_numpy()
    return SunFit(float(-(weight * from_noon).sum() / weight.sum()), 0.0, "symmetry")
