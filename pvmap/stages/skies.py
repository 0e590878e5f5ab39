"""The skies a tile needs: weather as the run stored it, made ready once a worker."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd

from pvmap import store
from pvmap.energy.sky import Sky, build_sky
from pvmap.settings.energy import EnergySettings
from pvmap.shade.sun import SunWeights
from pvmap.sources.weather import WeatherPoint, WeatherSet, stored_points
from pvmap.sources.weather.hours import year_index
from pvmap.stages.job import YEARS, TileJob
from pvmap.store import whole
from pvmap.store.record_shapes import POINTS

Blend = list[tuple[Sky, np.ndarray]]  # skies and the (n,) weight of each for every surface


def weather_points(processed: Path) -> dict[str, WeatherPoint]:
    """Weather points as the run stored them, by name."""
    return stored_points(store.read_table(processed, "weather"), _summaries(processed))


def profile_hours(processed: Path, utc_offset_hours: float) -> pd.DatetimeIndex:
    """UTC starts of the 8760 hours of a city's profiles: those of its weather, which has one year."""
    return year_index(_summaries(processed)[0]["years"][0], utc_offset_hours)


def _summaries(processed: Path) -> list[dict[str, Any]]:
    return whole.require_record(processed / "city.json", "weather")["weather"]


def blend(longitude: np.ndarray, latitude: np.ndarray, job: TileJob, first: str) -> Blend:
    """Skies over places with the weight of each: the nearest alone, or four of a grid whose yields are blended.

    Parameters
    ----------
    longitude, latitude : (n,) arrays
        Places [deg].
    job
        The city.
    first
        Weather point whose sky comes first.
    """
    skies = _skies(job.processed, job.stamp, *_how(job))
    ids, weights = _points(job).weights(longitude, latitude)
    total = {name: np.where(ids == name, weights, 0.0).sum(axis=1) for name in skies}
    names = sorted((name for name, weight in total.items() if weight.any()), key=lambda name: (name != first, name))
    return [(skies[name], total[name]) for name in names]


def blend_of_years(longitude: np.ndarray, latitude: np.ndarray, job: TileJob) -> dict[int, Blend]:
    """Do the same for every weather year that was asked for."""
    if not job.settings.weather.several_years:
        return {}
    skies = _skies_of_years(job.processed, job.stamp, *_how(job))
    ids, weights = _points(job).weights(longitude, latitude)
    shares = {name: np.where(ids == name, weights, 0.0).sum(axis=1) for name in np.unique(ids)}
    years = sorted(set.intersection(*({year for id_, year in skies if id_ == name} for name in shares)))
    return {year: [(skies[name, year], weight) for name, weight in shares.items()] for year in years}


def sky_over(weather_id: str, job: TileJob) -> Sky:
    """Light over one weather point."""
    return _skies(job.processed, job.stamp, *_how(job))[weather_id]


def weather_over(longitude: float, latitude: float, job: TileJob) -> list[tuple[WeatherPoint, float]]:
    """Weather points that make up the sky over one place and the weight of each, the heaviest first."""
    points = weather_points(job.processed)
    ids, weights = _points(job).weights(np.array([longitude]), np.array([latitude]))
    share = {name: float(weights[ids == name].sum()) for name in np.unique(ids)}
    return [(points[name], share[name]) for name in sorted(share, key=lambda name: (-share[name], name)) if share[name]]


def sun_weights(sky: Sky) -> SunWeights:
    """Light of a year by the direction it comes from."""
    direct = (sky.direct_normal + sky.circumsolar_normal) / 1000  # kWh/m2 of an hour
    sums = (float(light.sum() / 1000) for light in (sky.isotropic, sky.ghi))
    return SunWeights.of_hours(sky.azimuth, sky.elevation, direct, *sums)


def _points(job: TileJob) -> WeatherSet:
    return _weather_set(job.processed, job.stamp, job.settings.weather.interpolation)


def _how(job: TileJob) -> tuple[str, float]:
    """Give the settings as text: models that hold tables cannot be keys of a cache."""
    return job.settings.energy.model_dump_json(), job.settings.city.utc_offset_hours


@lru_cache(maxsize=1)
def _weather_set(processed: Path, stamp: str, interpolation: Literal["nearest", "bilinear"]) -> WeatherSet:
    return WeatherSet(tuple(weather_points(processed).values()), interpolation)


@lru_cache(maxsize=1)
def _skies(processed: Path, stamp: str, energy: str, utc_offset_hours: float) -> dict[str, Sky]:
    settings = EnergySettings.model_validate_json(energy)
    return {name: build_sky(point, settings, utc_offset_hours) for name, point in weather_points(processed).items()}


@lru_cache(maxsize=1)
def _skies_of_years(processed: Path, stamp: str, energy: str, utc_offset_hours: float) -> dict[tuple[str, int], Sky]:
    settings = EnergySettings.model_validate_json(energy)
    folder = processed / YEARS
    points = stored_points(store.read_table(folder, "weather"), whole.read_shaped(folder / "points.json", POINTS))
    return {
        (name, year): build_sky(point.year(year), settings, utc_offset_hours)
        for name, point in points.items()
        for year in point.years
    }
