"""The physics as functions over arrays: weather of any source in, what any number of planes give out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from pvmap.energy import kernel
from pvmap.energy.kernel import Simulation
from pvmap.energy.sky import Sky, build_sky
from pvmap.errors import TableError, WeatherError
from pvmap.settings.energy import EnergySettings
from pvmap.tables.contract import require_part
from pvmap.tables.vocabulary import MOUNTINGS

WEATHER_COLUMNS = ("ghi", "dni", "dhi", "temp_air", "wind_speed")
BOUNDED = ("surface_tilt", "gcr", "albedo")  # an azimuth may go round more than once


@dataclass(frozen=True)
class Station:
    """A year of weather at one place; fields as ``energy.sky.WeatherPoint`` asks for them."""

    data: pd.DataFrame
    longitude: float
    latitude: float
    altitude_m: float = 0.0
    sun_offset_minutes: float = 30.0
    interval_minutes: float = 60.0
    weather_id: str = "station"


def sky_over(station: Station, utc_offset_hours: float = 0.0, settings: EnergySettings | None = None) -> Sky:
    """Compute sun and light over a station, once for all planes.

    Parameters
    ----------
    station
        8760 hours of ``ghi``, ``dni``, ``dhi`` [W/m2], ``temp_air`` [degC] and ``wind_speed`` [m/s] by the UTC start of
        the hour: one year of local time, without 29 February.
    utc_offset_hours
        Local standard time minus UTC: the year and its months are local. [h]
    settings
        Assumptions of the energy stage; the defaults where left out.

    Raises
    ------
    WeatherError
        A column is missing, times have no zone, or the year is not whole.
    TableError
        A value is missing or is no light, temperature or wind that there is.
    """
    index = station.data.index
    if missing := [name for name in WEATHER_COLUMNS if name not in station.data]:
        raise WeatherError(f"The weather has no column {missing[0]!r}; it needs {', '.join(WEATHER_COLUMNS)}.")
    if not (isinstance(index, pd.DatetimeIndex) and index.tz is not None):
        raise WeatherError("The weather's index must hold times with a time zone; `tz_localize` gives them one.")
    hours = _as_floats(station.data[list(WEATHER_COLUMNS)])
    require_part("weather", hours.assign(weather_id=station.weather_id, time=index), WEATHER_COLUMNS)
    return build_sky(station, settings or EnergySettings(), utc_offset_hours)


def simulate(
    sky: Sky,
    surface_tilt: ArrayLike,
    surface_azimuth: ArrayLike,
    mounting: ArrayLike = "flush",
    gcr: ArrayLike = 0.5,
    albedo: ArrayLike = 0.2,
    settings: EnergySettings | None = None,
) -> Simulation:
    """Simulate planes under an open sky: light, glass, heat, inverter, losses, first year of operation.

    What a city's surfaces see of sun and sky beyond their own rows comes from their surroundings: ``energy.kernel``
    takes that as tables.

    Parameters
    ----------
    sky
        See `sky_over`.
    surface_tilt, surface_azimuth : (n,) arrays or numbers
        Tilt from the horizontal, azimuth clockwise from north. [degrees]
    mounting : (n,) array or one
        flush (on the roof's plane), rack, ground or pond; all but flush stand in rows that shade each other.
    gcr, albedo : (n,) arrays or numbers
        Length of a row over the distance to the next; share of light that the ground reflects. [1]
    settings
        Assumptions of the energy stage; the defaults where left out.

    Returns
    -------
    Simulation
        ``energy_kwh_per_kwp`` (n, 12), ``poa_kwh_per_m2`` (n,).

    Raises
    ------
    TableError
        A mounting nobody knows, or a number that cannot be one.

    Examples
    --------
    A grey sky of 100 W/m2 all year gives a level plane 876 kWh/m2. One tilted by 60 degrees sees (1 + cos 60) / 2 of
    the sky and, of the ground that reflects a fifth, the rest: 0.75 + 0.2 x 0.25.

    >>> times = pd.date_range("2025-01-01", periods=8760, freq="h", tz="UTC")
    >>> grey = {"ghi": 100.0, "dni": 0.0, "dhi": 100.0, "temp_air": 15.0, "wind_speed": 2.0}
    >>> sky = sky_over(Station(pd.DataFrame(grey, times), longitude=119.45, latitude=32.2))
    >>> simulate(sky, [0.0, 60.0], 180.0).poa_kwh_per_m2.round(1).tolist()
    [876.0, 700.8]
    """
    given = (surface_tilt, surface_azimuth, mounting, gcr, albedo)
    names = ("surface_tilt", "surface_azimuth", "mounting", "gcr", "albedo")
    columns = dict(zip(names, np.broadcast_arrays(*map(np.atleast_1d, given)), strict=True))
    if unknown := sorted(set(columns["mounting"].tolist()) - set(MOUNTINGS)):
        raise TableError(f"No mounting is called {unknown[0]!r}; there are {', '.join(MOUNTINGS)}.")
    surfaces = _as_floats(pd.DataFrame(columns))
    require_part("surfaces", surfaces.assign(surface_id=surfaces.index.astype(str)), BOUNDED)
    surfaces = surfaces.assign(ground_tilt=0.0, ground_azimuth=180.0, row_length_m=4.58, edge_height_m=1.0)
    nowhere = np.zeros(len(surfaces), int)
    return kernel.simulate(sky, surfaces, None, None, nowhere, 0, settings or EnergySettings())


def _as_floats(frame: pd.DataFrame) -> pd.DataFrame:
    """Whole numbers as the floats that the contract of tables asks for."""
    return frame.astype({name: float for name, column in frame.items() if column.dtype.kind in "iu"})
