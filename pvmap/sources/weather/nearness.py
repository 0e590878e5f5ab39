"""Whether weather belongs to the city: distance, hemisphere, hour of the sun, and the region of the default climate."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
from pyproj import Geod

from pvmap.findings import Finding, finding
from pvmap.settings.weather import CLIMATE_PLACE, GHI_KWH_PER_M2, Irradiation, WeatherSettings
from pvmap.sources.weather.points import WeatherPoint, WeatherSet

GEOD = Geod(ellps="WGS84")
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
    distance = int(_distance_km(CLIMATE_PLACE, longitude, latitude))
    east, north = (f"{degrees:.2f}" for degrees in CLIMATE_PLACE)
    elsewhere = distance > settings.climate_radius_km
    named = set(sites["weather_id"])
    if elsewhere and typical & named and _is_default(settings.typical):
        code, key = "typical-year-outside-its-region", "weather.typical"
        found.append(finding(code, layer=key, longitude=east, latitude=north, distance_km=distance))
    if elsewhere and settings.correction is not None and named - typical and _is_default(settings.correction):
        code, key = "correction-outside-its-region", "weather.correction"
        found.append(finding(code, layer=key, longitude=east, latitude=north, distance_km=distance))
    for point in weather.points:
        at_origin = (point.longitude, point.latitude) == CLIMATE_PLACE and _is_default(settings.typical)
        if not (at_origin and point.weather_id in typical):  # of the default climate its region was looked at
            found += _far(point, sites[sites["weather_id"] == point.weather_id], settings.max_distance_km)
    return found


def _is_default(climate: Irradiation) -> bool:
    return tuple(climate.ghi_kwh_per_m2) == GHI_KWH_PER_M2


def _far(point: WeatherPoint, sites: pd.DataFrame, max_distance_km: float) -> Iterator[Finding]:
    """Tell how far the sites of a point lie from it, and what that does to seasons and hours."""
    distance = _distance_km((point.longitude, point.latitude), sites["longitude"], sites["latitude"])
    far = distance > max_distance_km
    if not far.any():
        return
    away = sites[far]
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


def _distance_km(place: tuple[float, float], longitude: object, latitude: object) -> np.ndarray:
    x, y = np.broadcast_arrays(np.asarray(longitude, float), np.asarray(latitude, float))
    return np.round(GEOD.inv(np.full(x.shape, place[0]), np.full(x.shape, place[1]), x, y)[2] / 1000.0)
