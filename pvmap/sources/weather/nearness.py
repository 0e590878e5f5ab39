"""Whether weather belongs to the city: distance, hemisphere, hour of the sun, and the region of the default climate."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from pvmap.crs import distance_km
from pvmap.findings import Finding, finding
from pvmap.settings.weather import CLIMATE_PLACE, GHI_KWH_PER_M2, Irradiation, WeatherSettings
from pvmap.sources.weather.points import WeatherPoint, WeatherSet
from pvmap.sources.weather.reading import Reading

LONGEST_DEGREE_KM = 111.7  # of a meridian, at the pole, and no shorter than one of the equator
HOUR_DEG = 15.0  # degrees of longitude that the sun takes an hour for


def doubts(weather: WeatherSet, sites: pd.DataFrame, settings: WeatherSettings) -> list[Finding]:
    """Tell weather that is not the city's.

    Parameters
    ----------
    weather
        The city's points.
    sites
        site_id, longitude, latitude [deg] and weather_id, the nearest point.
    settings
        The city file's ``weather``.
    """
    longitude, latitude = float(sites["longitude"].mean()), float(sites["latitude"].mean())
    found: list[Finding] = []
    typical = {file.name or "typical" for file in settings.files if file.format == "typical"}
    distance = int(distance_km(CLIMATE_PLACE, longitude, latitude).round())
    east, north = (f"{degrees:.2f}" for degrees in CLIMATE_PLACE)
    elsewhere = distance > settings.climate_radius_km
    named = set(sites["weather_id"].unique())
    if elsewhere and typical & named and _is_default(settings.typical):
        code, key = "typical-year-outside-its-region", "weather.typical"
        found.append(finding(code, layer=key, longitude=east, latitude=north, distance_km=distance))
    if elsewhere and settings.correction is not None and named - typical and _is_default(settings.correction):
        code, key = "correction-outside-its-region", "weather.correction"
        found.append(finding(code, layer=key, longitude=east, latitude=north, distance_km=distance))
    for point in weather.points:
        at_origin = (point.longitude, point.latitude) == CLIMATE_PLACE and _is_default(settings.typical)
        if not (at_origin and point.weather_id in typical):  # of the default climate its region was looked at
            own = sites["weather_id"] == point.weather_id
            found += _far(point, sites.loc[own, ["site_id", "longitude", "latitude"]], settings.max_distance_km)
    return found


def overruled(layer: str, reading: Reading, max_distance_km: float) -> tuple[Finding, ...]:
    """Tell a file that says it is far from where the city file puts it."""
    east, north = reading.own_place
    if east is None or north is None or not (abs(east) <= 180 and abs(north) <= 90):
        return ()
    distance = int(distance_km((east, north), reading.longitude, reading.latitude))
    if distance <= max_distance_km:
        return ()
    code, longitude, latitude = "weather-place-overruled", f"{east:.2f}", f"{north:.2f}"
    return (finding(code, layer=layer, distance_km=distance, longitude=longitude, latitude=latitude),)


def _is_default(climate: Irradiation) -> bool:
    return tuple(climate.ghi_kwh_per_m2) == GHI_KWH_PER_M2


def _far(point: WeatherPoint, sites: pd.DataFrame, max_distance_km: float) -> Iterator[Finding]:
    """Tell how far the sites of a point lie from it, and what that does to seasons and hours."""
    x, y = sites["longitude"].to_numpy(float), sites["latitude"].to_numpy(float)
    perhaps = np.flatnonzero(_detour_km(point, x, y) > max_distance_km)
    distance = distance_km((point.longitude, point.latitude), x[perhaps], y[perhaps]).round()
    far = distance > max_distance_km
    if not far.any():
        return
    away = sites.iloc[perhaps[far]]
    east, north = f"{point.longitude:.2f}", f"{point.latitude:.2f}"
    yield finding(
        "weather-far-from-city",
        layer=point.weather_id,
        count=len(away),
        total=len(sites),
        sites=away["site_id"],
        longitude=east,
        latitude=north,
        distance_km=int(distance.max()),
    )
    latitude, longitude = float(away["latitude"].mean()), float(away["longitude"].mean())
    if latitude * point.latitude < 0:
        code = "weather-other-hemisphere"
        yield finding(code, layer=point.weather_id, latitude=north, city_latitude=f"{latitude:.2f}")
    hours = ((point.longitude - longitude + 180.0) % 360.0 - 180.0) / HOUR_DEG
    if abs(hours) >= 1.0:
        yield finding("weather-other-time-zone", layer=point.weather_id, longitude=east, hours=f"{hours:+.1f}")


def _detour_km(point: WeatherPoint, longitude: np.ndarray, latitude: np.ndarray) -> np.ndarray:
    """Length of a way along a parallel and a meridian, rounded up: no site lies farther, and it takes no time."""
    along = np.abs((longitude - point.longitude + 180.0) % 360.0 - 180.0) * np.cos(np.radians(point.latitude))
    return LONGEST_DEGREE_KM * (along + np.abs(latitude - point.latitude)) + 1.0
