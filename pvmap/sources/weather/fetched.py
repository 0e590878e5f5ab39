"""What `pvmap fetch` has brought: the answer of PVGIS or of NASA POWER, told apart by what stands in it."""

from __future__ import annotations

from pathlib import Path

from pvmap.settings.weather import WeatherFile, WeatherSettings
from pvmap.sources.weather import nasa_power, pvgis
from pvmap.sources.weather.reading import Reading, read_text

OF_POWER = '"ALLSKY_SFC_SW_DWN"'


def read(path: Path, file: WeatherFile, settings: WeatherSettings, utc_offset_hours: float) -> Reading:
    """Read a fetched file; errors as those of `pvgis.read` and `nasa_power.read`."""
    reader = nasa_power if OF_POWER in read_text(path) else pvgis
    return reader.read(path, file, settings, utc_offset_hours)
