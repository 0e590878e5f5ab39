"""Monthly totals brought to a reference, hours keeping their shape.

Every hour's ghi is multiplied by the month's factor. Diffuse light is scaled by a factor of its own, found by bisection
so that the month's DHI is met while each hour keeps dhi <= ghi and a direct irradiance of at most clear sky plus the
allowed excess: what a cap takes from the beam becomes diffuse. dni then follows from closure, exactly.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from pvmap.errors import WeatherError
from pvmap.findings import Finding, finding
from pvmap.settings.weather import Correction
from pvmap.sources.weather.hours import HOURS, month_of_hour
from pvmap.sources.weather.mend import LOW_SUN, close
from pvmap.sources.weather.sun import SunHours

BISECTIONS = 60
MONTH_NAMES = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def correct(
    name: str, data: pd.DataFrame, sun: SunHours, reference: Correction, clear_sky_excess: float
) -> tuple[pd.DataFrame, Finding]:
    """Scale ghi and dhi month by month to the reference; several years keep their differences.

    Parameters
    ----------
    name
        Of the point, for messages.
    data
        n x 8760 rows of ghi, dni, dhi and more [W/m2].
    sun
        Sun of the same hours.
    reference
        Monthly GHI and DHI [kWh/m2], local months; the mean over the years meets them.
    clear_sky_excess
        Share by which dni may exceed clear sky.

    Returns
    -------
    tuple of DataFrame and Finding
        The corrected table; totals before and after and the factors.

    Raises
    ------
    WeatherError
        Where no diffuse irradiance between the caps has the month's total.
    """
    n_years = len(data) // HOURS
    month = np.tile(month_of_hour(), n_years)
    wanted_ghi = np.asarray(reference.ghi_kwh_per_m2) * 1000.0 * n_years
    wanted_dhi = np.asarray(reference.dhi_kwh_per_m2) * 1000.0 * n_years
    before = _monthly(month, data["ghi"].to_numpy()), _monthly(month, data["dhi"].to_numpy())
    if (before[0] <= 0).any():
        raise WeatherError(f"weather {name}: a month without any ghi cannot be corrected; check the file.")
    factor = wanted_ghi / before[0]
    ghi = data["ghi"].to_numpy() * factor[month]
    limit = (1.0 + clear_sky_excess) * sun.dni_clear
    beam_limit = np.where(sun.zenith < LOW_SUN, limit * sun.cos_zenith, 0.0)
    least = np.maximum(ghi - beam_limit, 0.0)
    _refuse_impossible(name, _monthly(month, least), wanted_dhi, wanted_ghi)
    dhi = _scale_diffuse(data["dhi"].to_numpy(), least, ghi, month, wanted_dhi)
    dni, dhi = close(ghi, dhi, sun.zenith, limit)
    after = data.assign(ghi=ghi, dni=dni, dhi=dhi)
    totals = {
        f"{column}_{when}": f"{table[column].sum() / 1000 / n_years:.0f}"
        for column in ("ghi", "dhi", "dni")
        for when, table in (("before", data), ("after", after))
    }
    factors = ", ".join(f"{m}: {f:.2f}" for m, f in enumerate(factor, start=1))
    told = finding("weather-corrected", layer=name, factors=factors)
    return after, replace(told, values={**told.values, **totals})


def _monthly(month: np.ndarray, values: np.ndarray) -> np.ndarray:
    return np.bincount(month, values, minlength=12)


def _refuse_impossible(name: str, least: np.ndarray, wanted_dhi: np.ndarray, wanted_ghi: np.ndarray) -> None:
    bad = (least > wanted_dhi) | (wanted_dhi > wanted_ghi)
    if bad.any():
        m = int(np.argmax(bad))
        raise WeatherError(
            f"weather {name}: no sky has GHI {wanted_ghi[m] / 1000:.0f} with DHI {wanted_dhi[m] / 1000:.0f} kWh/m2 in "
            f"{MONTH_NAMES[m]} (at least {least[m] / 1000:.0f} must be diffuse); correct weather.correction."
        )


def _scale_diffuse(
    dhi: np.ndarray, least: np.ndarray, most: np.ndarray, month: np.ndarray, wanted: np.ndarray
) -> np.ndarray:
    """Diffuse light x the month's factor, within `least` and `most`; the sum grows with the factor, so bisect."""
    low, high = np.zeros(12), np.full(12, 1.0)
    seen = np.maximum(dhi, 1e-3 * most)  # an hour without any diffuse light could not be scaled up
    while (_monthly(month, np.clip(high[month] * seen, least, most)) < wanted).any() and high.max() < 1e6:
        high *= 2.0
    for _ in range(BISECTIONS):
        middle = (low + high) / 2
        short = _monthly(month, np.clip(middle[month] * seen, least, most)) < wanted
        low, high = np.where(short, middle, low), np.where(short, high, middle)
    return np.clip(high[month] * seen, least, most)
