"""One calendar for all weather points of a city: what is summed by the hour or compared by the year needs one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pvmap.errors import WeatherError
from pvmap.findings import finding
from pvmap.settings.weather import WeatherSettings
from pvmap.sources.weather.hours import year_index
from pvmap.sources.weather.points import WeatherPoint

LEAST_YEARS = 2  # of which a spread can be told


def one_year(
    points: Sequence[WeatherPoint], settings: WeatherSettings, utc_offset_hours: float
) -> tuple[WeatherPoint, ...]:
    """Points of one year each, stamped with the same one: their own where they share it, else the nominal year."""
    if len({point.years for point in points}) == 1:
        return tuple(points)
    index = year_index(settings.nominal_year, utc_offset_hours)
    stamped = []
    for point in points:
        (year,) = point.years
        told = finding(
            "weather-years-restamped", layer=point.weather_id, year=str(year), nominal_year=str(settings.nominal_year)
        )
        more = (told,) if year != settings.nominal_year else ()
        stamped.append(replace(point, data=point.data.set_axis(index), findings=(*point.findings, *more)))
    return tuple(stamped)


def shared_years(points: Sequence[WeatherPoint]) -> tuple[WeatherPoint, ...]:
    """Points with the years that every one of them holds.

    Raises
    ------
    WeatherError
        Where they share fewer than two.
    """
    shared = sorted(set.intersection(*(set(point.years) for point in points)))
    if len(shared) < LEAST_YEARS:
        held = "; ".join(f"{p.weather_id} {', '.join(map(str, p.years))}" for p in points)
        raise WeatherError(
            f"weather.several_years needs {LEAST_YEARS} years that every point holds, they share {len(shared)} "
            f"({held}); bring the same years for every point or drop the key."
        )
    return tuple(_with_years(point, shared) for point in points)


def _with_years(point: WeatherPoint, years: list[int]) -> WeatherPoint:
    lost = [year for year in point.years if year not in years]
    if not lost:
        return point
    told = finding(
        "weather-years-not-shared",
        layer=point.weather_id,
        count=len(lost),
        total=len(point.years),
        years=", ".join(map(str, lost)),
    )
    return replace(point.of_years(years), findings=(*point.findings, told))
