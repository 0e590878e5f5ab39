"""Air of a synthetic year: temperature and wind with the climate's monthly means and the day's shape."""

from __future__ import annotations

import numpy as np

from pvmap.settings.weather import TypicalSettings
from pvmap.sources.weather.hours import MONTH_DAYS, month_of_hour

COLDEST_HOUR = 5.5  # local: about sunrise
WARMEST_HOUR = 14.5
WIND_SWING = 0.25  # share by which an afternoon's wind exceeds the day's mean
HOURS_A_DAY = 24


def air_temperature(
    typical: TypicalSettings, clearness: np.ndarray, local_hour: np.ndarray, day_noise: np.ndarray
) -> np.ndarray:
    """Hourly air temperature whose monthly means are the table's.

    Parameters
    ----------
    typical
        Monthly means [degC], daily ranges and day-to-day spread [K].
    clearness
        (365,) clearness of the days, 0 to 1: clear days swing more.
    local_hour
        (8760,) local standard hour of the interval's middle.
    day_noise
        (365,) normals.

    Returns
    -------
    ndarray
        (8760,) [degC].
    """
    extra_swing = typical.diurnal_range_clear_k - typical.diurnal_range_overcast_k
    swing = typical.diurnal_range_overcast_k + _between_days(clearness) * extra_swing
    rough = typical.day_temperature_spread_k * _between_days(day_noise) + swing / 2 * _day_shape(local_hour)
    season = np.interp(np.arange(rough.size), *_season(np.asarray(typical.temp_air, float)))
    month = month_of_hour()
    return season + rough - (np.bincount(month, season + rough) / np.bincount(month) - typical.temp_air)[month]


def wind(typical: TypicalSettings, local_hour: np.ndarray, uniform: np.ndarray) -> np.ndarray:
    """Hourly wind speed at 10 m [m/s], Weibull distributed about a daily course, monthly means the table's.

    Parameters
    ----------
    typical
        Monthly means [m/s] and Weibull shape.
    local_hour
        (8760,) local standard hour of the interval's middle.
    uniform
        (8760,) uniforms, correlated from hour to hour.
    """
    raw = (-np.log1p(-uniform)) ** (1.0 / typical.weibull_shape) * (1.0 + WIND_SWING * _day_shape(local_hour))
    month = month_of_hour()
    return raw * (np.asarray(typical.wind_speed) * np.bincount(month) / np.bincount(month, raw))[month]


def _between_days(values: np.ndarray) -> np.ndarray:
    """Hourly values between those of the days' noons, so that nothing jumps at midnight."""
    noons = (np.arange(values.size) + 0.5) * HOURS_A_DAY
    hours = np.arange(values.size * HOURS_A_DAY) + 0.5
    return np.interp(hours, noons, values, period=values.size * HOURS_A_DAY)


def _day_shape(local_hour: np.ndarray) -> np.ndarray:
    """-1 at the coldest hour, 1 at the warmest, half a cosine each way: the rise is shorter than the fall."""
    rise = WARMEST_HOUR - COLDEST_HOUR
    since = np.mod(local_hour - COLDEST_HOUR, HOURS_A_DAY)
    return np.where(
        since < rise,
        -np.cos(np.pi * since / rise),
        np.cos(np.pi * (since - rise) / (HOURS_A_DAY - rise)),
    )


def _season(means: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Nodes (hour of year, degC) of a periodic broken line whose monthly means are `means`.

    The mean over a month of the line through mid-month nodes is nearly 1/8, 6/8, 1/8 of the three nodes (exact for
    months of one length): twelve equations, what is left is removed month by month.
    """
    neighbours = np.eye(12) * 0.75 + np.roll(np.eye(12), 1, axis=1) * 0.125 + np.roll(np.eye(12), -1, axis=1) * 0.125
    nodes = np.linalg.solve(neighbours, means)
    ends = np.cumsum(MONTH_DAYS) * HOURS_A_DAY
    middles = ends - np.asarray(MONTH_DAYS) * HOURS_A_DAY / 2
    year = ends[-1]
    return np.r_[middles[-1] - year, middles, middles[0] + year], np.r_[nodes[-1], nodes, nodes[0]]
