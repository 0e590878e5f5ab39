"""Between weather points yields are blended, never irradiances; the hours of the profile with them."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely

from pvmap.energy.sky import Sky, build_sky
from pvmap.settings.city import Settings
from pvmap.settings.identity import City
from pvmap.settings.weather import WeatherFile, WeatherSettings
from pvmap.sources.weather import read_weather
from pvmap.stages.simulate import simulate_surfaces

SETTINGS = Settings(city=City(name="two-skies", title_zh="两处天空", title_en="Two skies"))


def sky(latitude: float) -> Sky:
    file = WeatherFile(latitude=latitude, longitude=119.0, altitude_m=10.0)
    points = read_weather(WeatherSettings(points=(file,)), Path(), 8.0).points
    return build_sky(points[0], SETTINGS.energy, 8.0)


@pytest.fixture(scope="module")
def surfaces() -> gpd.GeoDataFrame:
    columns = {
        "surface_id": ["a/0", "b/0", "c/0"],
        "site_id": ["a", "b", "c"],
        "surface_tilt": [5.0, 15.0, 24.0],
        "surface_azimuth": [90.0, 180.0, 180.0],
        "gcr": [0.82, 0.67, 0.55],
        "albedo": [0.2, 0.2, 0.25],
        "mounting": ["flush", "rack", "ground"],
        "area_m2": 100.0,
        "plan_area_m2": 100.0,
        "capacity_limit_kwp": [6.0, 12.0, 30.0],
        "height_m": 5.0,
        "ground_tilt": 0.0,
        "ground_azimuth": 180.0,
        "row_length_m": 4.58,
        "edge_height_m": 1.0,
    }
    return gpd.GeoDataFrame(columns, geometry=[shapely.box(0, 0, 10, 10)] * 3, crs="EPSG:4549")


def test_a_place_between_two_points_gets_the_weighted_yield(surfaces):
    north, south = sky(33.0), sky(30.0)
    share = np.array([0.25, 0.5, 1.0])
    group = np.array([0, 0, 1])

    def run(*skies):
        return simulate_surfaces(surfaces, list(skies), {}, None, group, 2, SETTINGS)

    one, *_ = run((north, np.ones(3)))
    other, *_ = run((south, np.ones(3)))
    both, power, *_ = run((north, share), (south, 1 - share))
    expected = share * one["energy_kwh"] + (1 - share) * other["energy_kwh"]
    assert not np.allclose(one["energy_kwh"], other["energy_kwh"], rtol=1e-3)
    np.testing.assert_allclose(both["energy_kwh"], expected, rtol=1e-12)
    np.testing.assert_allclose(power.sum(axis=1), [both["energy_kwh"][:2].sum(), both["energy_kwh"][2]], rtol=1e-9)


def test_each_weather_year_is_simulated_and_the_same_sky_gives_the_same_energy(surfaces):
    typical = sky(32.0)
    alone = [(typical, np.ones(3))]
    result, _, years, _ = simulate_surfaces(surfaces, alone, {2001: alone}, None, np.zeros(3, int), 1, SETTINGS)
    np.testing.assert_allclose(years[2001], result["energy_kwh"], rtol=1e-12)
