"""PVGIS: typical years (csv, json, epw) and hourly series (csv, json), all in UTC.

Values are instantaneous. Typical years are stamped on the hour and state the moment of their irradiance in the header
("Irradiance Time Offset"); hourly series carry it as the minute of their stamps. Hourly series must be asked for on the
horizontal plane, where PVGIS' in-plane components are GHI and DHI.
"""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

from pvlib.iotools import read_pvgis_hourly, read_pvgis_tmy

from pvmap.errors import WeatherError
from pvmap.opening import shape_fault
from pvmap.settings.weather import WeatherFile, WeatherSettings
from pvmap.sources.weather import epw
from pvmap.sources.weather.reading import (
    COLUMNS,
    UNREADABLE,
    Reading,
    number_after,
    numeric,
    place,
    read_text,
    whole_hours,
)

REANALYSIS_OFFSET = 30.0  # ERA5 holds means over the hour
MAX_SLOPE = 0.01  # degrees


def read(path: Path, file: WeatherFile, settings: WeatherSettings, utc_offset_hours: float) -> Reading:
    """Read any file PVGIS writes: TMY csv, json or epw, hourly csv or json.

    Raises
    ------
    WeatherError
        Where the file is none of these, or its plane is tilted.
    """
    ending = path.suffix.lower()
    if ending == ".epw":
        return epw.read(path, file, settings, utc_offset_hours)
    if ending not in (".csv", ".json"):
        raise WeatherError(f"{path}: PVGIS files end in .csv, .json or .epw; rename it or correct weather.points.")
    text = read_text(path)
    hourly = '"tmy_hourly"' not in text if ending == ".json" else "\ntime," in text
    try:
        return (_hourly if hourly else _typical)(path, file, text, ending)
    except UNREADABLE as error:
        raise WeatherError(
            f"{path}: not a PVGIS {ending[1:]} file ({shape_fault(error)}); "
            "download it again or correct weather.points.format."
        ) from None


def _typical(path: Path, file: WeatherFile, text: str, ending: str) -> Reading:
    buffer: Any = io.StringIO(text) if ending == ".json" else io.BytesIO(text.encode())
    data, meta = read_pvgis_tmy(buffer, pvgis_format=ending[1:])
    where, database = _where(meta)
    stated = number_after(r"[Ii]rradiance[ _][Tt]ime[ _][Oo]ffset[^:]*:", text[:2000])
    sun_offset = None if stated is None else 60.0 * stated
    if sun_offset is None and "ERA5" in database:
        sun_offset = REANALYSIS_OFFSET
    longitude, latitude, altitude_m = place(path, file, *where)
    return Reading(
        data=numeric(data[list(COLUMNS)]),
        longitude=longitude,
        latitude=latitude,
        altitude_m=altitude_m,
        own_place=where[:2],
        sun_offset_minutes=sun_offset,
        source=f"PVGIS TMY {database}".strip(),
        typical=True,
    )


def _hourly(path: Path, file: WeatherFile, text: str, ending: str) -> Reading:
    data, meta = read_pvgis_hourly(io.StringIO(text), pvgis_format=ending[1:])
    slope = _slope(text, meta)
    if slope is None or abs(slope) > MAX_SLOPE:
        raise WeatherError(
            f"{path}: irradiance is on a plane of slope {slope} degrees; ask PVGIS for slope 0 with components."
        )
    if "poa_direct" in data:
        data["dhi"] = data["poa_sky_diffuse"] + data.get("poa_ground_diffuse", 0.0)
        data["ghi"] = data["poa_direct"] + data["dhi"]
    else:
        data["ghi"] = data["poa_global"]
    where, database = _where(meta)
    data, minute = whole_hours(path, data)
    longitude, latitude, altitude_m = place(path, file, *where)
    return Reading(
        data=numeric(data[[c for c in COLUMNS if c in data]]),
        longitude=longitude,
        latitude=latitude,
        altitude_m=altitude_m,
        own_place=where[:2],
        sun_offset_minutes=minute,
        source=f"PVGIS hourly {database}".strip(),
        typical=False,
    )


def _where(meta: dict[str, Any]) -> tuple[tuple[float, float, float], str]:
    inputs = meta["inputs"]
    spot = inputs.get("location", inputs)
    database = inputs.get("meteo_data", {}).get("radiation_db", inputs.get("radiation_database", ""))
    return (spot["longitude"], spot["latitude"], spot["elevation"]), database


def _slope(text: str, meta: dict[str, Any]) -> float | None:
    system = meta["inputs"].get("mounting_system")
    if system is None:
        return number_after(r"Slope:", text[:2000])
    return system.get("fixed", {}).get("slope", {}).get("value")
