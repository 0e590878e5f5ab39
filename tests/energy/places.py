"""Real weather and made-up surfaces that the energy tests share."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

from pvmap.energy.chain import Surface
from pvmap.settings.weather import WeatherFile, WeatherSettings
from pvmap.sources.weather import WeatherPoint, read_weather

MOUNTINGS = ("flush", "rack", "ground", "pond")


@cache
def shanghai(shared_data: Path) -> WeatherPoint:
    """Typical year of Shanghai Hongqiao."""
    file = WeatherFile(path="weather/CHN_SH_Shanghai-Hongqiao_TMYx_1956-2023.epw", format="epw")
    return read_weather(WeatherSettings(points=(file,)), shared_data, 8.0).points[0]


@cache
def athens(shared_data: Path) -> WeatherPoint:
    """The year 2023 of Athens, sunnier than China's coast."""
    file = WeatherFile(path="terrain/athens/athens_2023.epw", format="epw")
    return read_weather(WeatherSettings(points=(file,)), shared_data, 2.0).points[0]


@cache
def typical() -> WeatherPoint:
    """The synthetic typical year of Zhenjiang."""
    return read_weather(WeatherSettings(points=({},)), Path(), 8.0).points[0]


def random_surfaces(n: int, *, mountings: tuple[str, ...] = MOUNTINGS, seed: int = 0) -> pd.DataFrame:
    """Surfaces of any tilt to 60 degrees and any azimuth, two thirds of the rows on slopes."""
    rng = np.random.default_rng(seed)
    sloping = np.arange(n) % 3 != 0
    return pd.DataFrame(
        {
            "surface_tilt": rng.uniform(0, 60, n),
            "surface_azimuth": rng.uniform(0, 360, n),
            "gcr": rng.uniform(0.2, 0.8, n),
            "albedo": rng.uniform(0.05, 0.4, n),
            "mounting": rng.choice(mountings, n),
            "height_m": rng.uniform(0, 5, n),
            "row_length_m": 4.58,
            "edge_height_m": rng.uniform(0, 5, n),
            "ground_tilt": rng.uniform(0, 20, n) * sloping,
            "ground_azimuth": rng.uniform(0, 360, n),
            "capacity_kwp": rng.uniform(1, 500, n),
        }
    )


def random_shade(n: int, seed: int = 0) -> tuple[pd.DataFrame, np.ndarray]:
    """View factors and sunlit tables: the higher the sun, the more of a surface it reaches."""
    rng = np.random.default_rng(seed)
    shade = pd.DataFrame({"sky_view_factor": rng.uniform(0.5, 1, n), "horizon_band_share": rng.uniform(0, 1, n)})
    return shade, np.sort(rng.uniform(0, 1, (n, 64, 33)).astype(np.float32), axis=2)


def as_surface(row: pd.Series, **more: object) -> Surface:
    """One row as the chain takes it."""
    return Surface(**row.drop(["capacity_kwp", "height_m"]).to_dict(), **more)
