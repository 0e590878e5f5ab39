"""Weather points and the set of them a city has: one table, one sun convention, one record each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import pandas as pd

from pvmap.errors import WeatherError
from pvmap.findings import Finding, from_record
from pvmap.sources.weather.hours import HOURS, month_of_hour
from pvmap.sources.weather.reading import COLUMNS, IRRADIANCE, times_of

SAME_PLACE = 1e-6  # degrees


@dataclass(frozen=True)
class WeatherPoint:
    """Hourly weather of one place, whole local calendar years.

    Attributes
    ----------
    weather_id
        Its name.
    longitude, latitude, altitude_m
        Place [deg, deg, m].
    data
        ghi, dni, dhi [W/m2], temp_air [degC], wind_speed [m/s at 10 m]; UTC starts of the hours, 8760 rows a year,
        years in local standard time.
    sun_offset_minutes
        The sun is computed at label + this [min].
    interval_minutes
        Length of an interval [min].
    source
        What it was read from.
    corrected
        Whether its irradiation was brought to monthly reference totals.
    findings
        What was assumed, mended or found doubtful.
    """

    weather_id: str
    longitude: float
    latitude: float
    altitude_m: float
    data: pd.DataFrame
    sun_offset_minutes: float
    interval_minutes: float
    source: str
    corrected: bool
    findings: tuple[Finding, ...] = ()

    @property
    def years(self) -> tuple[int, ...]:
        """Local calendar years it holds."""
        return tuple(int(y) for y in times_of(self.data).year[HOURS // 2 :: HOURS])

    def year(self, year: int) -> WeatherPoint:
        """Return the same point with one of its years, 8760 rows."""
        if year not in self.years:
            raise WeatherError(f"weather {self.weather_id}: holds years {self.years}, not {year}; choose one of them.")
        return self.of_years([year])

    def of_years(self, years: Sequence[int]) -> WeatherPoint:
        """Return the same point with some of its years."""
        kept = np.repeat(np.isin(self.years, years), HOURS)
        return replace(self, data=self.data[kept])

    def monthly(self) -> pd.DataFrame:
        """Mean over the years of monthly ghi, dni, dhi [kWh/m2], temp_air [degC] and wind_speed [m/s], local months."""
        month = np.tile(month_of_hour(), len(self.years))
        groups = self.data[list(COLUMNS)].groupby(month)
        sums = groups[list(IRRADIANCE)].sum() / 1000.0 / len(self.years)
        return sums.join(groups[["temp_air", "wind_speed"]].mean())

    @property
    def summary(self) -> dict[str, Any]:
        """Return what run.json records of it: place, conventions, notes, monthly and yearly totals."""
        monthly = self.monthly()
        record: dict[str, Any] = {
            "weather_id": self.weather_id,
            "longitude": self.longitude,
            "latitude": self.latitude,
            "altitude_m": self.altitude_m,
            "sun_offset_minutes": self.sun_offset_minutes,
            "interval_minutes": self.interval_minutes,
            "source": self.source,
            "corrected": self.corrected,
            "findings": [found.as_record() for found in self.findings],
            "notes": [found.sentence() for found in self.findings],
            "years": list(self.years),
        }
        for column in IRRADIANCE:
            record[f"{column}_kwh_per_m2"] = round(float(monthly[column].sum()), 1)
            record[f"{column}_kwh_per_m2_by_month"] = monthly[column].round(2).tolist()
        record["temp_air"] = round(float(self.data["temp_air"].mean()), 2)
        record["temp_air_by_month"] = monthly["temp_air"].round(2).tolist()
        record["wind_speed"] = round(float(self.data["wind_speed"].mean()), 2)
        return record


@dataclass(frozen=True)
class WeatherSet:
    """The weather points of a city and the rule by which a site chooses among them."""

    points: tuple[WeatherPoint, ...]
    interpolation: Literal["nearest", "bilinear"] = "nearest"

    def point(self, weather_id: str) -> WeatherPoint:
        """Return the point of that name."""
        return {p.weather_id: p for p in self.points}[weather_id]

    def assign(self, longitude: np.ndarray, latitude: np.ndarray) -> np.ndarray:
        """Nearest point of each place.

        Parameters
        ----------
        longitude, latitude
            (n,) arrays [deg].

        Returns
        -------
        ndarray
            (n,) weather_id; of equally near points the first.
        """
        x, y = np.radians(np.asarray(longitude, float)), np.radians(np.asarray(latitude, float))
        best = np.zeros(x.shape, int)
        least = np.full(x.shape, np.inf)
        for k, point in enumerate(self.points):
            px, py = np.radians(point.longitude), np.radians(point.latitude)
            # haversine without its root: monotone in distance, exact across the date line
            chord = np.sin((y - py) / 2) ** 2 + np.cos(y) * np.cos(py) * np.sin((x - px) / 2) ** 2
            nearer = chord < least
            best[nearer], least[nearer] = k, chord[nearer]
        return np.array([p.weather_id for p in self.points], dtype=object)[best]

    def weights(self, longitude: np.ndarray, latitude: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Points of each place and their weights: yields, not irradiances, are to be blended by them.

        Parameters
        ----------
        longitude, latitude
            (n,) arrays [deg].

        Returns
        -------
        tuple of ndarray
            weather_id (n, k) and weights (n, k) that sum to 1: k = 1 for nearest, 4 for bilinear. Places outside the
            grid take its edge.

        Raises
        ------
        WeatherError
            Where bilinear is asked for and the points do not fill a grid of longitudes and latitudes.
        """
        longitude, latitude = np.asarray(longitude, float), np.asarray(latitude, float)
        if self.interpolation == "nearest":
            return self.assign(longitude, latitude)[:, None], np.ones((longitude.size, 1))
        grid, xs, ys = self._grid()
        i, u = _cell(xs, longitude)
        j, v = _cell(ys, latitude)
        i2, j2 = np.minimum(i + 1, xs.size - 1), np.minimum(j + 1, ys.size - 1)
        ids = np.stack([grid[j, i], grid[j, i2], grid[j2, i], grid[j2, i2]], axis=1)
        shares = np.stack([(1 - u) * (1 - v), u * (1 - v), (1 - u) * v, u * v], axis=1)
        return ids, shares

    def _grid(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Names on the grid (latitude, longitude), its longitudes and its latitudes."""
        xs = _distinct([p.longitude for p in self.points])
        ys = _distinct([p.latitude for p in self.points])
        grid = np.full((ys.size, xs.size), None, dtype=object)
        for p in self.points:
            grid[np.abs(ys - p.latitude).argmin(), np.abs(xs - p.longitude).argmin()] = p.weather_id
        if len(self.points) != grid.size or any(name is None for name in grid.flat):
            raise WeatherError(
                f"weather: {len(self.points)} points do not fill the {xs.size} x {ys.size} grid of their longitudes "
                'and latitudes; add the missing points or set weather.interpolation = "nearest".'
            )
        return grid, xs, ys

    def table(self) -> pd.DataFrame:
        """Return the contract table "weather": weather_id, time, ghi, dni, dhi, temp_air, wind_speed."""
        parts = [
            p.data[list(COLUMNS)].rename_axis("time").reset_index().assign(weather_id=p.weather_id) for p in self.points
        ]
        return pd.concat(parts, ignore_index=True)[["weather_id", "time", *COLUMNS]]

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What was found at any point."""
        return tuple(found for point in self.points for found in point.findings)


def stored_points(table: pd.DataFrame, records: list[dict[str, Any]]) -> dict[str, WeatherPoint]:
    """Points from the stored table "weather" and the summaries run.json keeps, by weather_id.

    Parameters
    ----------
    table
        Contract table "weather".
    records
        ``WeatherPoint.summary`` of each point.
    """
    frames = dict(tuple(table.groupby("weather_id", sort=False)))
    points = {}
    for record in records:
        name = record["weather_id"]
        kept = {key: record[key] for key in WeatherPoint.__dataclass_fields__ if key not in ("data", "findings")}
        data = frames[name].set_index("time")[list(COLUMNS)]
        points[name] = WeatherPoint(data=data, findings=tuple(map(from_record, record["findings"])), **kept)
    return points


def _distinct(values: list[float]) -> np.ndarray:
    ordered = np.sort(np.asarray(values, float))
    return ordered[np.r_[True, np.diff(ordered) > SAME_PLACE]]


def _cell(nodes: np.ndarray, at: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Index of the node below and share of the way to the next, clamped to the grid."""
    if nodes.size == 1:
        return np.zeros(at.shape, int), np.zeros(at.shape)
    below = np.clip(np.searchsorted(nodes, at, side="right") - 1, 0, nodes.size - 2)
    return below, np.clip((at - nodes[below]) / (nodes[below + 1] - nodes[below]), 0.0, 1.0)
