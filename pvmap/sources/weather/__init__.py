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
from pvmap.findings import Finding, finding
from pvmap.settings.weather import WeatherFile, WeatherSettings
from pvmap.sources.weather import epw, mend, nasa_power, plain_csv, pvgis, typical, umep
from pvmap.sources.weather.composite import typical_of_many
from pvmap.sources.weather.correction import correct
from pvmap.sources.weather.hours import HOURS, local_years
from pvmap.sources.weather.points import WeatherPoint, WeatherSet, stored_points
from pvmap.sources.weather.reading import Reader, Reading, times_of
from pvmap.sources.weather.sun import SunFit, best_sun_offset, sun_hours

__all__ = ["WEATHER_READERS", "Reading", "WeatherPoint", "WeatherSet", "read_weather", "stored_points"]

WEATHER_READERS: dict[str, Reader] = {
    "epw": epw.read,
    "pvgis": pvgis.read,
    "nasa_power": nasa_power.read,
    "csv": plain_csv.read,
    "umep": umep.read,
    "typical": typical.read,
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
    points = tuple(_read_point(file, settings, raw, utc_offset_hours, years == "all") for file in settings.points)
    names = [p.weather_id for p in points]
    if repeated := {n for n in names if names.count(n) > 1}:
        raise WeatherError(f"weather: two points are called {min(repeated)!r}; give each a name in weather.points.")
    found = WeatherSet(points, settings.interpolation)
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
    notes = list(reading.notes)
    where = (reading.longitude, reading.latitude, reading.altitude_m)
    data, more = mend.keep_possible(reading.data)
    notes += more
    data, more = mend.drop_empty(path, data, settings.default_wind_speed)
    notes += more
    data, more = local_years(path, replace(reading, data=data), utc_offset_hours, settings.nominal_year)
    notes += more
    fit = best_sun_offset(data, *where)
    name = file.name or Path(file.path).stem or file.format
    sun_offset, findings = _sun_offset(name, file, reading, fit, settings, notes)
    sun = sun_hours(times_of(data), *where, sun_offset)
    data, more = mend.fill_gaps(path, data, sun, settings.max_gap_hours)
    notes += more
    data, more = mend.complete(data, sun)
    notes += more
    n_years = len(data) // HOURS
    if n_years > 1 and not every_year:
        numbers = tuple(int(y) for y in times_of(data).year[HOURS // 2 :: HOURS])
        data, note = typical_of_many(data, numbers, utc_offset_hours, settings.nominal_year)
        sun = sun_hours(times_of(data), *where, sun_offset)
        notes.append(note)
    corrected = not reading.modelled and file.format == "typical"
    if settings.correction is not None and not corrected:
        data, more = correct(name, data, sun, settings.correction, settings.clear_sky_excess)
        notes += more
        corrected = True
    elif reading.modelled:
        notes.append("uncorrected")
    told = tuple(dict.fromkeys(notes))
    return WeatherPoint(name, *where, data, sun_offset, 60.0, reading.source, corrected, told, findings)


def _sun_offset(
    name: str, file: WeatherFile, reading: Reading, fit: SunFit, settings: WeatherSettings, notes: list[str]
) -> tuple[float, tuple[Finding, ...]]:
    """Offset by the city file, else by convention, else by the best fit; a finding where the sun disagrees."""
    stated = file.sun_offset_minutes if file.sun_offset_minutes is not None else reading.sun_offset_minutes
    if stated is None:
        notes.append(f"the file does not say when its sun stands: {fit.minutes:+.0f} min by {fit.method}")
        return fit.minutes, ()
    stated = float(stated)
    if fit.method == "none" or abs(fit.minutes - stated) <= settings.sun_tolerance_minutes:
        return stated, ()
    best = float(fit.minutes)
    return stated, (finding("sun-beside-label", layer=name, best=best, stated=stated, method=fit.method),)
