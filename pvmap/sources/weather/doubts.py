"""What is doubtful about the light of one weather point: checked against the sun, the clear sky and the climate."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from pvmap.findings import Finding, finding
from pvmap.settings.weather import WeatherFile, WeatherSettings
from pvmap.sources.weather.mend import DARK
from pvmap.sources.weather.reading import IRRADIANCE, Reading, times_of
from pvmap.sources.weather.sun import CLOSES, HIGH_SUN, SunFit, SunHours

HORIZONTAL = 0.02  # share of ghi within which dni is beam on the horizontal
CLOCK_MINUTES = 75.0  # labels of hourly data differ by an hour at most: beyond, it is the clock
BY_SYMMETRY = 2.0  # morning fog and afternoon clouds shift the centre of the days' light
HALF_HOUR_DEG = 7.5  # the sun's way in half an hour at most
SUMMAND = 20.0  # W/m2 above the extraterrestrial that a low sun may seem to give
RARE = 0.001  # share of hours, or of the year's light, that is not worth a word
BRIGHTEST = 0.98  # quantile of them
BRIGHTNESS = (0.45, 0.9)  # clearness index that the brightest hours of a sound file have
UNLIT = 0.003  # clearness index below which an hour of high sun holds no light: the darkest storm lets 0.009 through
MANY_UNLIT = 0.015  # share of them that is no longer some hours of a satellite's outages
WARMEST_MEAN, WARM_LATITUDE, COOLING = 34.0, 25.0, 0.6  # degC up to that latitude, less K a degree beyond
WINDIEST_MEAN = 10.0  # m/s
STEADY_K = 0.5  # standard deviation of all hours below which no air is that steady
MONTHS, SOLSTICE = 12, 2 * np.pi * 10 / 365  # of a year; from 21 December to its end [rad]
SEASONS_DEG, SEASON_K = 30.0, 4.0  # latitude and range of monthly means beyond which summers are warmer than winters


def sun_offset(
    layer: str, file: WeatherFile, reading: Reading, fit: SunFit, settings: WeatherSettings
) -> tuple[float, tuple[Finding, ...]]:
    """Offset by the city file, else by convention, else by the best fit; doubtful where the sun disagrees.

    Returns
    -------
    tuple of float and tuple of Finding
        Minutes from the label to the sun; what the light says about it.
    """
    stated = file.sun_offset_minutes if file.sun_offset_minutes is not None else reading.sun_offset_minutes
    if stated is None:
        return fit.minutes, (finding("weather-sun-guessed", layer=layer, fit_minutes=f"{fit.minutes:+.0f}"),)
    stated = float(stated)
    off = fit.minutes - stated
    tolerance = settings.sun_tolerance_minutes * (BY_SYMMETRY if fit.method == "symmetry" else 1.0)
    if fit.method == "none" or abs(off) <= tolerance:
        return stated, ()
    if abs(off) >= CLOCK_MINUTES:
        fitting = (reading.utc_offset_hours - round(off / 30.0) / 2 + 12.0) % 24.0 - 12.0
        told = finding(
            "weather-clock-disagrees",
            layer=layer,
            hours=f"{off / 60:+.1f}",
            clock_hours=f"{reading.utc_offset_hours:+g}",
            fitting_hours=f"{fitting:+g}",
            fitting_value=f"{fitting:g}",
        )
        return stated, (told,)
    if not math.isnan(fit.left) and fit.left > CLOSES:  # components that close nowhere advise no offset
        return stated, ()
    told = finding(
        "weather-sun-disagrees", layer=layer, fit_minutes=f"{fit.minutes:+.0f}", stated_minutes=f"{stated:+.0f}"
    )
    return stated, (told,)


def components(layer: str, data: pd.DataFrame, fit: SunFit) -> tuple[pd.DataFrame, tuple[Finding, ...]]:
    """Tell components that do not add up; dni that is beam on the horizontal is left to closure."""
    if math.isnan(fit.left) or fit.left <= CLOSES:
        return data, ()
    if fit.left_horizontal <= HORIZONTAL:
        share = f"{100 * fit.left_horizontal:.1f}"
        told = finding("weather-beam-horizontal", layer=layer, column="dni", share_percent=share)
        return data.drop(columns="dni"), (told,)
    share = f"{100 * fit.left:.0f}"
    return data, (finding("weather-components-disagree", layer=layer, share_percent=share),)


def light(layer: str, data: pd.DataFrame, sun: SunHours) -> tuple[Finding, ...]:
    """Tell light above the extraterrestrial, at night, none by day, brighter or duller than any sky."""
    looks = (_above_extraterrestrial, _at_night, _unlit_by_day, _brightness)
    return tuple(found for look in looks for found in look(layer, data, sun))


def corrected(data: pd.DataFrame, sun: SunHours) -> tuple[Finding, ...]:
    """Tell monthly totals that leave hours of light as of no sky, whatever the hours were before."""
    looks = (_above_extraterrestrial, _brightness)
    return tuple(found for look in looks for found in look("weather.correction", data, sun))


def air(layer: str, data: pd.DataFrame, latitude: float) -> tuple[Finding, ...]:
    """Tell air that is warmer, windier or steadier than anywhere, or whose summers are colder than its winters."""
    warmest = WARMEST_MEAN - COOLING * max(abs(latitude) - WARM_LATITUDE, 0.0)
    temperature, wind = float(data["temp_air"].mean()), float(data["wind_speed"].mean())
    found = []
    if temperature > warmest:
        mean = f"{temperature:.1f}"
        found.append(
            finding("weather-too-warm", layer=layer, column="temp_air", temperature=mean, latitude=f"{latitude:.1f}")
        )
    if wind > WINDIEST_MEAN:
        found.append(finding("weather-too-windy", layer=layer, column="wind_speed", wind_speed=f"{wind:.1f}"))
    return (*found, *_seasons(layer, data, latitude))


def _seasons(layer: str, data: pd.DataFrame, latitude: float) -> list[Finding]:
    temperature = data["temp_air"].dropna()
    if temperature.std() < STEADY_K:
        mean = f"{temperature.mean():.1f}"
        return [finding("weather-steady-air", layer=layer, column="temp_air", temperature=mean)]
    by_month = temperature.groupby(times_of(temperature).month).mean()
    if abs(latitude) < SEASONS_DEG or len(by_month) < MONTHS or np.ptp(by_month) < SEASON_K:
        return []
    of_year = 2 * np.pi * (by_month.index.to_numpy() - 0.5) / MONTHS
    height = -np.sign(latitude) * np.cos(of_year + SOLSTICE)  # of the sun at noon, from month to month
    if np.corrcoef(by_month, height)[0, 1] >= 0.0:
        return []
    of_month = by_month.to_numpy()
    code, warmest, coldest = "weather-seasons-reversed", 1 + int(of_month.argmax()), 1 + int(of_month.argmin())
    place = f"{latitude:.1f}"
    return [finding(code, layer=layer, column="temp_air", latitude=place, warmest=warmest, coldest=coldest)]


def _above_extraterrestrial(layer: str, data: pd.DataFrame, sun: SunHours) -> list[Finding]:
    day = sun.zenith < 90.0 + HALF_HOUR_DEG
    highest = np.cos(np.radians(np.clip(sun.zenith - HALF_HOUR_DEG, 0.0, 90.0)))
    limits = {"ghi": sun.dni_extra * highest, "dni": sun.dni_extra, "dhi": sun.dni_extra * highest}
    found = []
    for column in IRRADIANCE:
        if column in data:
            over = day & (data[column].to_numpy() > limits[column] + SUMMAND)
            if over.sum() > RARE * day.sum():
                where = np.flatnonzero(over)
                found.append(
                    finding(
                        "weather-above-extraterrestrial",
                        layer=layer,
                        column=column,
                        count=where.size,
                        total=day.sum(),
                        rows=where,
                    )
                )
    return found


def _at_night(layer: str, data: pd.DataFrame, sun: SunHours) -> list[Finding]:
    dark = sun.zenith >= DARK
    ghi = np.nan_to_num(data["ghi"].to_numpy())
    share = float(ghi[dark].sum() / max(ghi.sum(), 1e-9))
    if share <= RARE:
        return []
    lit = int((ghi[dark] > 0).sum())
    return [
        finding(
            "weather-light-at-night",
            layer=layer,
            column="ghi",
            count=lit,
            total=dark.sum(),
            share_percent=f"{100 * share:.1f}",
        )
    ]


def _unlit_by_day(layer: str, data: pd.DataFrame, sun: SunHours) -> list[Finding]:
    ghi = data["ghi"].to_numpy()
    high = (sun.cos_zenith > HIGH_SUN) & ~np.isnan(ghi)
    unlit = high & (ghi < UNLIT * sun.dni_extra * sun.cos_zenith)
    where = np.flatnonzero(unlit)
    if where.size <= RARE * high.sum():
        return []
    code = "weather-unlit-days" if where.size > MANY_UNLIT * high.sum() else "weather-unlit-hours"
    first = f"{times_of(data)[where[0]]:%Y-%m-%d %H:%M}"
    return [finding(code, layer=layer, column="ghi", count=where.size, total=high.sum(), rows=where, first=first)]


def _brightness(layer: str, data: pd.DataFrame, sun: SunHours) -> list[Finding]:
    """Look at the clearness index of the brightest hours; a clear sky's model would bring in its turbidity."""
    ghi = data["ghi"].to_numpy()
    high = (sun.cos_zenith > HIGH_SUN) & ~np.isnan(ghi)
    if not high.any():
        return []
    share = float(np.quantile(ghi[high] / (sun.dni_extra * sun.cos_zenith)[high], BRIGHTEST))
    low, top = BRIGHTNESS
    if low <= share <= top:
        return []
    code = "weather-too-bright" if share > top else "weather-too-dull"
    return [finding(code, layer=layer, column="ghi", share_percent=f"{100 * share:.0f}")]
