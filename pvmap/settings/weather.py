"""Where the weather comes from."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from pvmap.settings.base import Section


class WeatherPoint(Section):
    """One weather file, or a typical year where `format` is typical."""

    path: str = Field("", description="file below data/raw/CITY; empty for a typical year")
    origin: str = Field("", description="where the file is to be had")
    holds: str = Field("hourly weather of at least one year", description="what the file should hold")
    format: Literal["epw", "pvgis", "nasa_power", "csv", "typical"] = Field("typical", description="reader")


class WeatherSettings(Section):
    """One or several weather points, and how a site chooses among them."""

    points: tuple[WeatherPoint, ...] = (WeatherPoint(),)
