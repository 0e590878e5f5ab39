"""A synthetic typical year whose monthly climate is a table of the settings.

Each day has a clearness K, the share of clear-sky GHI that arrives: Beta(m c, (1 - m) c) distributed, correlated from
day to day through a Gaussian copula; hours stray about their day where the sky is half clear. Erbs splits ghi, direct
light is held to clear sky, closure gives the rest. The mean m and the concentration c of each month are solved so that
GHI and DHI both meet the table: a sky of many clear and many closed days (small c) is less diffuse than one of hazy
days. DNI is an output.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.optimize import brentq, root
from scipy.special import betaincinv, ndtr

from pvmap.errors import WeatherError
from pvmap.findings import finding
from pvmap.settings.weather import TypicalSettings, WeatherFile, WeatherSettings
from pvmap.sources.weather.air import air_temperature, wind
from pvmap.sources.weather.hours import MONTH_DAYS, month_of_hour, year_index
from pvmap.sources.weather.mend import close, diffuse_by_erbs
from pvmap.sources.weather.reading import MID_HOUR, Reading
from pvmap.sources.weather.sun import SunHours, sun_hours

LEAST_CLEARNESS = 0.02
TOLERANCE = 1e-3  # of a month's total; the solver reaches 1e-6
DAYS = 365
Place = tuple[float, float, float]  # longitude, latitude [deg], altitude [m]
WIDEST_ANOMALY = 2.0  # standard deviations a month may stray: beyond, December would outshine its clear sky


@dataclass(frozen=True)
class Sky:
    """What the clearness of a year is drawn from: sun, days' uniforms and hours' normals."""

    times: pd.DatetimeIndex
    day_of_year: np.ndarray  # (8760,)
    sun: SunHours
    uniform: np.ndarray  # (365,)
    hourly: np.ndarray  # (8760,)
    hour_spread: float
    dni_limit: np.ndarray  # (8760,) W/m2

    def clearness(self, month: int, mean: float, concentration: float) -> tuple[slice, np.ndarray]:
        """Hours of a month and their clearness."""
        first = sum(MONTH_DAYS[:month])
        days = slice(first, first + MONTH_DAYS[month])
        hours = slice(24 * days.start, 24 * days.stop)
        day = np.repeat(betaincinv(mean * concentration, (1.0 - mean) * concentration, self.uniform[days]), 24)
        strayed = day + self.hour_spread * 4.0 * day * (1.0 - day) * self.hourly[hours]
        return hours, np.clip(strayed, LEAST_CLEARNESS, 1.0)

    def irradiance(self, hours: slice, clearness: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Ghi, dni, dhi of these hours [W/m2], closed."""
        ghi = self.sun.ghi_clear[hours] * clearness * (self.sun.cos_zenith[hours] > 0)
        zenith = self.sun.zenith[hours]
        dhi = diffuse_by_erbs(ghi, zenith, self.day_of_year[hours])
        dni, dhi = close(ghi, dhi, zenith, self.dni_limit[hours])
        return ghi, dni, dhi


def read(path: Path, file: WeatherFile, settings: WeatherSettings, utc_offset_hours: float) -> Reading:
    """One typical year as a reading; `path` is not looked at."""
    data, _ = typical_year(settings, utc_offset_hours, file)
    return _reading(data, file, settings.typical)


def read_years(path: Path, file: WeatherFile, settings: WeatherSettings, utc_offset_hours: float) -> Reading:
    """``settings.typical.years`` synthetic years as a reading."""
    return _reading(typical_years(settings, utc_offset_hours, settings.typical.years, file), file, settings.typical)


def typical_year(
    settings: WeatherSettings, utc_offset_hours: float, file: WeatherFile | None = None
) -> tuple[pd.DataFrame, np.ndarray]:
    """Make the typical year.

    Parameters
    ----------
    settings
        Climate table, structure of the hours and seed (``settings.typical``), nominal year.
    utc_offset_hours
        Local standard time minus UTC [h].
    file
        Overrides of the place, if any.

    Returns
    -------
    tuple of DataFrame and ndarray
        8760 rows of ghi, dni, dhi [W/m2], temp_air [degC], wind_speed [m/s], UTC starts, sun at mid-hour; the months'
        (mean, concentration) of clearness, (12, 2).

    Raises
    ------
    WeatherError
        Where no clearness gives a month's GHI and DHI together.
    """
    typical, place = settings.typical, _place(file or WeatherFile(), settings.typical)
    data, found = _typical_year(typical, settings.clear_sky_excess, settings.nominal_year, utc_offset_hours, place)
    return data.copy(), found.copy()


@lru_cache(maxsize=4)  # weather is read again where another input is refused, to tell of all that is wrong at once
def _typical_year(
    typical: TypicalSettings, clear_sky_excess: float, year: int, utc_offset_hours: float, place: Place
) -> tuple[pd.DataFrame, np.ndarray]:
    rng = np.random.default_rng(typical.seed)
    sky = _sky(typical, clear_sky_excess, utc_offset_hours, year, rng, place)
    found = np.array([_solve_month(sky, m, typical) for m in range(12)])
    return _assemble(sky, found, typical, rng), found


def typical_years(
    settings: WeatherSettings, utc_offset_hours: float, n_years: int, file: WeatherFile | None = None
) -> pd.DataFrame:
    """Make `n_years` synthetic years that differ as years do.

    Months stray from the table independently of each other, so that yearly GHI has the relative standard deviation
    ``settings.typical.year_spread`` and, month by month, the table as its mean over the years, both exactly (up to
    months held within two deviations). A dull month is dull by its mean clearness; its concentration stays the typical
    year's, so that DHI and DNI follow by themselves. Temperature and wind keep their monthly means.

    Returns
    -------
    DataFrame
        n x 8760 rows; the last year is the nominal year.
    """
    typical, place = settings.typical, _place(file or WeatherFile(), settings.typical)
    _, found = typical_year(settings, utc_offset_hours, file)
    rng = np.random.default_rng([typical.seed, n_years])
    wanted = _monthly_ghi_of_years(np.asarray(typical.ghi_kwh_per_m2), typical.year_spread, n_years, rng)
    parts = []
    for k in range(n_years):
        year = settings.nominal_year - n_years + 1 + k
        sky = _sky(typical, settings.clear_sky_excess, utc_offset_hours, year, rng, place)
        shape = np.array([[_mean_for(sky, m, wanted[k, m], found[m, 1]), found[m, 1]] for m in range(12)])
        parts.append(_assemble(sky, shape, typical, rng))
    return pd.concat(parts)


def _reading(data: pd.DataFrame, file: WeatherFile, typical: TypicalSettings) -> Reading:
    longitude, latitude, altitude_m = _place(file, typical)
    return Reading(
        data=data,
        longitude=longitude,
        latitude=latitude,
        altitude_m=altitude_m,
        sun_offset_minutes=MID_HOUR,
        source="synthetic typical year from monthly climate",
        typical=False,
        modelled=False,
        findings=(finding("weather-synthetic", layer=file.name or "typical"),),
    )


def _place(file: WeatherFile, typical: TypicalSettings) -> Place:
    return (
        typical.longitude if file.longitude is None else file.longitude,
        typical.latitude if file.latitude is None else file.latitude,
        typical.altitude_m if file.altitude_m is None else file.altitude_m,
    )


def _sky(
    typical: TypicalSettings,
    clear_sky_excess: float,
    utc_offset_hours: float,
    year: int,
    rng: np.random.Generator,
    place: Place,
) -> Sky:
    times = year_index(year, utc_offset_hours)
    sun = sun_hours(times, *place, MID_HOUR)
    return Sky(
        times=times,
        day_of_year=times.day_of_year.to_numpy(),
        sun=sun,
        uniform=ndtr(correlated(rng, DAYS, typical.day_correlation)),
        hourly=correlated(rng, len(times), typical.hour_correlation),
        hour_spread=typical.hour_spread,
        dni_limit=(1.0 + clear_sky_excess) * sun.dni_clear,
    )


def correlated(rng: np.random.Generator, n: int, correlation: float) -> np.ndarray:
    """Stationary AR(1) normals of unit variance, (n,)."""
    noise = rng.standard_normal(n)
    noise[1:] *= np.sqrt(1.0 - correlation**2)
    for i in range(1, n):
        noise[i] += correlation * noise[i - 1]
    return noise


def _solve_month(sky: Sky, month: int, typical: TypicalSettings) -> tuple[float, float]:
    """Mean and concentration of clearness that give the month's GHI and DHI."""
    wanted = 1000.0 * np.array([typical.ghi_kwh_per_m2[month], typical.dhi_kwh_per_m2[month]])

    def shape(x: np.ndarray) -> tuple[float, float]:
        return 1.0 / (1.0 + np.exp(-x[0])), float(np.exp(np.clip(x[1], -3.0, 6.0)))

    def off(x: np.ndarray) -> np.ndarray:
        ghi, _, dhi = sky.irradiance(*sky.clearness(month, *shape(x)))
        return np.array([ghi.sum(), dhi.sum()]) / wanted - 1.0

    answer = root(off, np.array([0.5, 0.7]), method="hybr", options={"xtol": 1e-9, "eps": 1e-5})
    if np.abs(off(answer.x)).max() > TOLERANCE:
        left = (1.0 + off(answer.x)) * wanted / 1000.0
        raise WeatherError(
            f"weather.typical: no sky has GHI {wanted[0] / 1000:g} with DHI {wanted[1] / 1000:g} kWh/m2 in month "
            f"{month + 1} (nearest {left[0]:.1f} with {left[1]:.1f}); correct the monthly table."
        )
    return shape(answer.x)


def _mean_for(sky: Sky, month: int, ghi_kwh_per_m2: float, concentration: float) -> float:
    """Mean clearness that gives the month's GHI at a given concentration."""
    clear = sky.sun.ghi_clear * (sky.sun.cos_zenith > 0)

    def off(mean: float) -> float:
        hours, clearness = sky.clearness(month, mean, concentration)
        return float(clear[hours] @ clearness) / 1000.0 / ghi_kwh_per_m2 - 1.0

    if off(0.999) < 0:
        return 0.999
    return float(brentq(off, 0.01, 0.999, xtol=1e-6))


def _monthly_ghi_of_years(table: np.ndarray, spread: float, n_years: int, rng: np.random.Generator) -> np.ndarray:
    """Monthly GHI (years, 12) [kWh/m2]: mean the table, yearly standard deviation `spread`, months independent."""
    stray = np.clip(rng.standard_normal((n_years, 12)), -WIDEST_ANOMALY, WIDEST_ANOMALY)
    stray -= stray.mean(axis=0)
    yearly = (stray * table).sum(axis=1) / table.sum()
    return table * (1.0 + stray * spread / yearly.std(ddof=1))


def _assemble(sky: Sky, shape: np.ndarray, typical: TypicalSettings, rng: np.random.Generator) -> pd.DataFrame:
    clearness = np.concatenate([sky.clearness(m, *shape[m])[1] for m in range(12)])
    ghi, dni, dhi = sky.irradiance(slice(0, len(sky.times)), clearness)
    month = month_of_hour()
    local_hour = (np.arange(len(month)) % 24) + 0.5
    day = clearness.reshape(DAYS, 24)[:, 8:16].mean(axis=1)
    temp_air = air_temperature(typical, day, local_hour, correlated(rng, DAYS, 0.7))
    wind_speed = wind(typical, local_hour, ndtr(correlated(rng, len(month), 0.85)))
    columns = {"ghi": ghi, "dni": dni, "dhi": dhi, "temp_air": temp_air, "wind_speed": wind_speed}
    return pd.DataFrame(columns, index=sky.times)
