"""Weather of any format on one table: UTC, interval start, local calendar years of 8760 hours.

A reader a format hands over a ``Reading``; what follows is the same for all: impossible values out, local calendar,
sun, short gaps, missing components, the check against the sun, monthly correction where the city file asks for it.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Literal

import numpy as np

from pvmap.errors import WeatherError
from pvmap.findings import add_up, finding
from pvmap.settings.weather import WeatherFile, WeatherSettings
from pvmap.sources.weather import (
    doubts,
    epw,
    era5,
    fetched,
    mend,
    nasa_power,
    nearness,
    patterns,
    plain_csv,
    pvgis,
    sam,
    solargis,
    solcast,
    split,
    typical,
    umep,
    units,
)
from pvmap.sources.weather.composite import typical_of_many
from pvmap.sources.weather.correction import correct
from pvmap.sources.weather.hours import HOURS, local_years
from pvmap.sources.weather.points import WeatherPoint, WeatherSet, stored_points
from pvmap.sources.weather.reading import Reader, Reading, times_of
from pvmap.sources.weather.same_years import one_year, shared_years
from pvmap.sources.weather.sun import best_sun_offset, sun_hours

__all__ = ["WEATHER_READERS", "Reading", "WeatherPoint", "WeatherSet", "read_weather", "stored_points"]

WEATHER_READERS: dict[str, Reader] = {
    "epw": epw.read,
    "pvgis": pvgis.read,
    "nasa_power": nasa_power.read,
    "era5": era5.read,
    "csv": plain_csv.read,
    "umep": umep.read,
    "sam": sam.read,
    "nsrdb": sam.read,
    "solcast": solcast.read,
    "solargis": solargis.read,
    "typical": typical.read,
    "fetched": fetched.read,
}


def read_weather(
    settings: WeatherSettings,
    raw: Path,
    utc_offset_hours: float,
    *,
    years: Literal["typical", "all"] = "typical",
) -> WeatherSet:
    """Read every weather point of a city.

    Parameters
    ----------
    settings
        The city file's ``weather``.
    raw
        Folder its paths start from.
    utc_offset_hours
        Local standard time minus UTC [h]: years and months are local.
    years
        "typical" gives every point 8760 rows (of several years each month the most typical one); "all" gives every
        whole year a file holds, and ``settings.typical.years`` synthetic ones for a typical point.

    Returns
    -------
    WeatherSet
        Points in the order of the city file.

    Raises
    ------
    WeatherError
        One sentence naming the file, the place in it and the remedy.
    """
    points = [_read_point(file, settings, raw, utc_offset_hours, years == "all") for file in settings.files]
    chosen = shared_years(points) if years == "all" else one_year(points, settings, utc_offset_hours)
    found = WeatherSet(chosen, settings.interpolation)
    if settings.interpolation == "bilinear":
        found.weights(np.array([points[0].longitude]), np.array([points[0].latitude]))
    return found


def _read_point(
    file: WeatherFile, settings: WeatherSettings, raw: Path, utc_offset_hours: float, every_year: bool
) -> WeatherPoint:
    path = raw / file.path
    if file.format == "typical" and every_year:
        reading = typical.read_years(path, file, settings, utc_offset_hours)
    else:
        reading = WEATHER_READERS[file.format](path, file, settings, utc_offset_hours)
    if times_of(reading.data).hasnans:
        row = int(times_of(reading.data).isna().argmax())
        raise WeatherError(f"{path}: row {row} has no time that can be read; remove the row or give it one.")
    name = file.weather_id
    layer = Path(file.path).name or name
    where = (reading.longitude, reading.latitude, reading.altitude_m)
    data, possible = units.keep_possible(path, units.convert(path, reading.data, file))
    data, empty = mend.drop_empty(path, data, settings.default_wind_speed)
    data, minutes, calendar = local_years(path, replace(reading, data=data), utc_offset_hours, settings.nominal_year)
    reading = replace(reading, sun_offset_minutes=_later(reading.sun_offset_minutes, minutes))
    fit = best_sun_offset(data, *where)
    data, closure = doubts.components(layer, data, fit)
    sun_offset, clock = doubts.sun_offset(layer, file, reading, fit, settings)
    sun = sun_hours(times_of(data), *where, sun_offset)
    data, horizontal = split.without_ghi(layer, data, sun)
    odd = [*horizontal, *doubts.light(layer, mend.with_ghi(data, sun), sun), *doubts.air(layer, data, reading.latitude)]
    fits = fit.method == "none" or abs(fit.minutes - sun_offset) < 1.0
    fitting = sun if fits else sun_hours(times_of(data), *where, fit.minutes)
    if fit.method == "closure":
        odd += split.months(layer, data, fitting, utc_offset_hours)
    odd += patterns.patterns(layer, mend.with_ghi(data, fitting), fitting)
    data, unlikely = split.names(layer, data, fitting)
    data, filled = mend.fill(path, mend.darken(data, sun), sun, settings.max_gap_hours)
    elsewhere = nearness.overruled(layer, reading, settings.max_distance_km)
    findings = [*reading.findings, *elsewhere, *possible, *empty, *calendar, *closure, *clock, *odd, *unlikely, *filled]
    n_years = len(data) // HOURS
    if n_years > 1 and not every_year:
        numbers = tuple(int(y) for y in times_of(data).year[HOURS // 2 :: HOURS])
        data, composed = typical_of_many(layer, data, numbers, utc_offset_hours, settings.nominal_year)
        sun = sun_hours(times_of(data), *where, sun_offset)
        findings.append(composed)
    corrected = not reading.modelled and file.format == "typical"
    if settings.correction is not None and not corrected:
        data, told = correct(name, data, sun, settings.correction, settings.clear_sky_excess)
        corrected = True
        findings += [told, *doubts.corrected(data, sun)]
    elif reading.modelled:
        findings.append(finding("weather-uncorrected", layer=layer))
    return WeatherPoint(name, *where, data, sun_offset, 60.0, reading.source, corrected, tuple(add_up(findings)))


def _later(minutes: float | None, by: float) -> float | None:
    """Sun's moment after labels were put earlier."""
    return None if minutes is None else minutes + by
