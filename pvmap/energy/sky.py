"""All that does not depend on the surface: sun vectors and the terms of light, once per weather point, by pvlib."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import pandas as pd
import pvlib
from numpy.typing import ArrayLike, NDArray

from pvmap.errors import WeatherError
from pvmap.settings.energy import EnergySettings

HOURS = 8760
PROBE_TILT = 30.0  # deg: a plane on which no transposition model clips a term while it faces the sun

Array = NDArray[np.float64]


class WeatherPoint(Protocol):
    """What the energy stage asks of a weather point (``sources.weather`` makes them)."""

    @property
    def weather_id(self) -> str:
        """Name."""

    @property
    def longitude(self) -> float:
        """Degrees east of Greenwich."""

    @property
    def latitude(self) -> float:
        """Degrees north of the equator."""

    @property
    def altitude_m(self) -> float:
        """Metres above the sea."""

    @property
    def data(self) -> pd.DataFrame:
        """Columns ghi, dni, dhi, temp_air, wind_speed; index: UTC start of the interval."""

    @property
    def sun_offset_minutes(self) -> float:
        """Minutes from an interval's label to the moment its sun is taken at."""

    @property
    def interval_minutes(self) -> float:
        """Minutes of an interval."""


@dataclass(frozen=True, eq=False)
class Sky:
    """Light over one weather point; one row per hour with light, in the order of time.

    Attributes
    ----------
    weather_id
        Weather point.
    hour, month
        Hour 0..8759 and month 0..11 of the local year.
    sun
        (hour, 3) unit vectors to the sun: east, north, up (by apparent position).
    elevation, azimuth
        Apparent position of the sun. [degrees]
    direct_normal, circumsolar_normal
        Beam and circumsolar light on a plane that faces the sun. [W/m2]
    isotropic, horizon
        Isotropic light on the horizontal plane; light of the horizon band on a vertical plane, may be negative. [W/m2]
    ghi, temp_air, wind_speed
        As measured. [W/m2], [degC], [m/s]
    """

    weather_id: str
    hour: NDArray[np.int64]
    month: NDArray[np.int64]
    sun: Array
    elevation: Array
    azimuth: Array
    direct_normal: Array
    circumsolar_normal: Array
    isotropic: Array
    horizon: Array
    ghi: Array
    temp_air: Array
    wind_speed: Array


def sun_position(point: WeatherPoint) -> pd.DataFrame:
    """Position of the sun for every row of the weather, at label + ``sun_offset_minutes``.

    Returns
    -------
    DataFrame
        ``apparent_zenith``, ``azimuth`` [degrees], ``dni_extra`` [W/m2], ``airmass_relative`` [1]; the weather's index.
    """
    index = pd.DatetimeIndex(point.data.index)
    times = index + pd.Timedelta(minutes=point.sun_offset_minutes)
    sun = pvlib.solarposition.get_solarposition(times, point.latitude, point.longitude, point.altitude_m)
    return pd.DataFrame(
        {
            "apparent_zenith": sun["apparent_zenith"].to_numpy(),
            "azimuth": sun["azimuth"].to_numpy(),
            "dni_extra": pvlib.irradiance.get_extra_radiation(times).to_numpy(),
            "airmass_relative": pvlib.atmosphere.get_relative_airmass(sun["apparent_zenith"]).to_numpy(),
        },
        index=index,
    )


def sky_diffuse(
    surface_tilt: ArrayLike, surface_azimuth: ArrayLike, sun: pd.DataFrame, dni: Array, dhi: Array, model: str
) -> tuple[Array, Array, Array]:
    """Compute isotropic, circumsolar and horizon light on a plane [W/m2] by pvlib.

    While the sun is down all diffuse light counts as isotropic.
    """
    zenith, azimuth = sun["apparent_zenith"].to_numpy(), sun["azimuth"].to_numpy()
    plane_and_light = (surface_tilt, surface_azimuth, dhi, dni, sun["dni_extra"].to_numpy(), zenith, azimuth)
    terms = pvlib.irradiance.haydavies(*plane_and_light, return_components=True)
    isotropic, circumsolar, horizon = terms["poa_isotropic"], terms["poa_circumsolar"], np.zeros_like(dhi)
    if model == "perez":
        terms = pvlib.irradiance.perez(
            *plane_and_light, airmass=sun["airmass_relative"].to_numpy(), return_components=True
        )
        up = (zenith < 90) & (dhi > 0)
        isotropic = np.where(up, terms["poa_isotropic"], isotropic)
        circumsolar = np.where(up, terms["poa_circumsolar"], circumsolar)
        horizon = np.where(up, terms["poa_horizon"], horizon)
    return isotropic, circumsolar, horizon


def build_sky(
    point: WeatherPoint, settings: EnergySettings, utc_offset_hours: float, *, year: int | None = None
) -> Sky:
    """Compute the sky of one local year.

    Parameters
    ----------
    point
        Weather with 8760 hours per local year.
    settings
        Transposition model.
    utc_offset_hours
        Local standard time minus UTC; hours and months are local. [h]
    year
        Local year to take; needed where the weather holds several.

    Raises
    ------
    WeatherError
        If the year is not there, or not whole.
    """
    local = pd.DatetimeIndex(point.data.index) + pd.Timedelta(hours=utc_offset_hours)
    rows = _rows_of_year(point.weather_id, np.asarray(local.year), year)
    if len(rows) != HOURS:
        raise WeatherError(
            f"Weather {point.weather_id}: a local year must have 8760 hours, found {len(rows)} rows; "
            "fill the gaps and leave out 29 February."
        )
    sun = sun_position(point).iloc[rows]
    data = {c: point.data[c].to_numpy(float)[rows] for c in ("ghi", "dni", "dhi", "temp_air", "wind_speed")}
    zenith, azimuth = sun["apparent_zenith"].to_numpy(), sun["azimuth"].to_numpy()
    dni = np.where(zenith < 90, data["dni"], 0.0)
    isotropic, circumsolar, horizon = sky_diffuse(PROBE_TILT, azimuth, sun, dni, data["dhi"], settings.transposition)
    probe = np.radians(PROBE_TILT)
    lit = (dni > 0) | (data["dhi"] > 0) | (data["ghi"] > 0)
    z, a = np.radians(zenith), np.radians(azimuth)
    vector = np.column_stack([np.sin(z) * np.sin(a), np.sin(z) * np.cos(a), np.cos(z)])
    with np.errstate(divide="ignore", invalid="ignore"):
        circumsolar_normal = np.where(circumsolar > 0, circumsolar / np.cos(z - probe), 0.0)
    return Sky(
        weather_id=point.weather_id,
        hour=np.flatnonzero(lit),
        month=(np.asarray(local.month)[rows] - 1)[lit].astype(np.int64),
        sun=vector[lit],
        elevation=90 - zenith[lit],
        azimuth=azimuth[lit],
        direct_normal=dni[lit],
        circumsolar_normal=circumsolar_normal[lit],
        isotropic=isotropic[lit] / ((1 + np.cos(probe)) / 2),
        horizon=horizon[lit] / np.sin(probe),
        ghi=data["ghi"][lit],
        temp_air=data["temp_air"][lit],
        wind_speed=data["wind_speed"][lit],
    )


def _rows_of_year(weather_id: str, years: NDArray, year: int | None) -> NDArray[np.int64]:
    there = np.unique(years)
    if year is None and len(there) == 1:
        year = int(there[0])
    if year is None or year not in there:
        raise WeatherError(
            f"Weather {weather_id} holds the local years {there[0]} to {there[-1]}, asked for was {year or 'none'}; "
            "name one of them."
        )
    return np.flatnonzero(years == year)
