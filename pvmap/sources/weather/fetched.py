"""What `pvmap fetch` has brought: the answer of PVGIS, NASA POWER or ERA5, told apart by what stands in it."""

from __future__ import annotations

from pathlib import Path

from pvmap.settings.weather import WeatherFile, WeatherSettings
from pvmap.sources.weather import era5, nasa_power, pvgis
from pvmap.sources.weather.reading import Reading, read_text

OF_POWER, OF_ERA5 = '"ALLSKY_SFC_SW_DWN"', '"ssrd"'


def read(path: Path, file: WeatherFile, settings: WeatherSettings, utc_offset_hours: float) -> Reading:
    """Read a fetched file; errors as those of `pvgis.read`, `nasa_power.read` and `era5.read`."""
    text = read_text(path)
    read_as = nasa_power.read if OF_POWER in text else era5.read if OF_ERA5 in text else pvgis.read
    return read_as(path, file, settings, utc_offset_hours)
