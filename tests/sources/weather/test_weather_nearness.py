"""Weather belongs to the city it is near: who is told what, and who is not."""

import numpy as np
import pandas as pd
import pytest

from pvmap.settings.weather import WeatherSettings
from pvmap.sources.weather import WeatherPoint, WeatherSet, nearness

ZHENJIANG, SUZHOU, KASHGAR = (119.45, 32.2), (120.607, 31.3), (75.99, 39.47)
HONGQIAO, HANGZHOU = (121.336, 31.198), (120.15, 30.25)
OWN_CLIMATE = {"ghi_kwh_per_m2": [100.0] * 12, "dhi_kwh_per_m2": [50.0] * 12}


def told(city, place, kind="epw", **settings):
    point = WeatherPoint("w", *place, 0.0, pd.DataFrame(), 30.0, 60.0, "", False)
    sites = pd.DataFrame({"site_id": ["s"], "longitude": [city[0]], "latitude": [city[1]], "weather_id": ["w"]})
    given = WeatherSettings.model_validate({"points": [{"format": kind, "path": "w.epw", "name": "w"}], **settings})
    return {found.code for found in nearness.doubts(WeatherSet((point,)), sites, given)}


FAR, ZONE, HALF = "weather-far-from-city", "weather-other-time-zone", "weather-other-hemisphere"
REGION = "typical-year-outside-its-region"


@pytest.mark.parametrize(
    ("city", "place", "how", "expected"),
    [
        (SUZHOU, HONGQIAO, {}, set()),  # 70 km
        (HANGZHOU, HONGQIAO, {}, {FAR}),  # 156 km
        (KASHGAR, ZHENJIANG, {}, {FAR, ZONE}),
        (SUZHOU, ZHENJIANG, {"kind": "typical"}, set()),
        (KASHGAR, ZHENJIANG, {"kind": "typical"}, {REGION}),
        (KASHGAR, KASHGAR, {"kind": "typical"}, {REGION}),  # its own sun under another climate
        (KASHGAR, KASHGAR, {"kind": "typical", "typical": OWN_CLIMATE}, set()),
        (KASHGAR, ZHENJIANG, {"kind": "typical", "typical": OWN_CLIMATE}, {FAR, ZONE}),
        (SUZHOU, HONGQIAO, {"correction": {}}, set()),
        (KASHGAR, KASHGAR, {"correction": {}}, {"correction-outside-its-region"}),
        ((36.8, -1.3), (36.8, 0.2), {}, {FAR, HALF}),
        ((36.8, -0.1), (36.8, 0.2), {}, set()),  # across the equator, next door
        ((179.9, -17.0), (-179.9, -17.0), {}, set()),  # across the date line, next door
    ],
)
def test_who_is_told(city, place, how, expected):
    assert told(city, place, **how) == expected


def test_only_sites_that_may_be_far_are_measured_and_none_of_those_is_passed_over():
    random = np.random.default_rng(1)
    longitude, latitude = random.uniform(-180.0, 180.0, 500), random.uniform(-90.0, 90.0, 500)
    for place in (ZHENJIANG, (-179.9, -17.0), (10.0, 89.0)):
        point = WeatherPoint("w", *place, 0.0, pd.DataFrame(), 30.0, 60.0, "", False)
        assert (
            nearness._detour_km(point, longitude, latitude) >= nearness.distance_km(place, longitude, latitude)
        ).all()
