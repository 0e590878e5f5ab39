"""NASA POWER hourly point data, json or csv: means over the hour, labelled by its start.

Times are UTC or, by POWER's default, "local solar time": UTC moved by whole hours, one to each 15 degrees of longitude.
Units depend on the community the data were asked for (re: Wh/m2 an hour, sb: W/m2, ag: MJ an hour).
"""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pandas as pd

from pvmap.errors import WeatherError
from pvmap.findings import finding
from pvmap.opening import shape_fault
from pvmap.settings.weather import WeatherFile, WeatherSettings
from pvmap.sources.weather.reading import (
    COLUMNS,
    IRRADIANCE,
    MID_HOUR,
    UNREADABLE,
    Reading,
    number_after,
    numeric,
    place,
    read_table,
    read_text,
    times_of,
)

VARIABLE_MAP = {
    "ALLSKY_SFC_SW_DWN": "ghi",
    "ALLSKY_SFC_SW_DNI": "dni",
    "ALLSKY_SFC_SW_DIFF": "dhi",
    "T2M": "temp_air",
    "WS10M": "wind_speed",
}
TO_W_PER_M2 = {
    "W/m^2": 1.0,
    "Wh/m^2": 1.0,
    "W-hr/m^2": 1.0,
    "kW-hr/m^2": 1e3,
    "MJ/hr": 1e6 / 3600,
    "MJ/m^2": 1e6 / 3600,
}
HEADER_END = "-END HEADER-"


def read(path: Path, file: WeatherFile, settings: WeatherSettings, utc_offset_hours: float) -> Reading:
    """Read a NASA POWER hourly point file.

    Raises
    ------
    WeatherError
        Where ghi or temperature were not asked for, or a unit is not known.
    """
    text = read_text(path)
    try:
        parts = _from_json(text) if path.suffix.lower() == ".json" else _from_csv(path, text)
    except UNREADABLE as error:
        raise WeatherError(
            f"{path}: not a NASA POWER hourly file ({shape_fault(error)}); download JSON or CSV with its header."
        ) from None
    data, where, units, standard, fill = parts
    data = numeric(data.rename(columns=VARIABLE_MAP)[[c for c in map(VARIABLE_MAP.get, data.columns) if c]])
    data = data.mask(data == fill)
    for raw, column in VARIABLE_MAP.items():
        if column in IRRADIANCE and column in data:
            unit = units.get(raw, "W/m^2")
            if unit not in TO_W_PER_M2:
                raise WeatherError(f"{path}: {raw} is in {unit!r}; ask NASA POWER for community RE.")
            data[column] *= TO_W_PER_M2[unit]
    longitude, latitude, altitude_m = place(path, file, *where)
    hours = file.utc_offset_hours
    solar = hours is None and standard == "LST"
    if hours is None:
        hours = float(np.floor(longitude / 15.0 + 0.5)) if solar else 0.0
    return Reading(
        data=data[[c for c in COLUMNS if c in data]].set_axis(times_of(data) - pd.Timedelta(hours=hours)),
        longitude=longitude,
        latitude=latitude,
        altitude_m=altitude_m,
        own_place=where[:2],
        sun_offset_minutes=MID_HOUR,
        source="NASA POWER hourly",
        typical=False,
        utc_offset_hours=hours,
        findings=(finding("weather-solar-time", layer=path.name, clock_hours=f"{hours:+g}"),) if solar else (),
    )


Parts = tuple[pd.DataFrame, tuple[float | None, float | None, float | None], dict[str, str], str, float]


def _from_json(text: str) -> Parts:
    content = json.loads(text)
    data = numeric(pd.DataFrame(content["properties"]["parameter"]))
    data.index = pd.to_datetime(data.index, format="%Y%m%d%H", utc=True)
    header = content["header"]
    longitude, latitude, *more = content["geometry"]["coordinates"]
    units = {name: str(about.get("units", "W/m^2")) for name, about in content.get("parameters", {}).items()}
    where = (float(longitude), float(latitude), float(more[0]) if more else None)
    return data, where, units, header.get("time_standard", "LST"), float(header["fill_value"])


def _from_csv(path: Path, text: str) -> Parts:
    head, found, body = text.partition(HEADER_END)
    if not found:
        raise ValueError(f"no line {HEADER_END}")
    data = numeric(read_table(path, body, needs=("YEAR", "MO", "DY", "HR"), skipped_lines=head.count("\n")).frame)
    stamps = data[["YEAR", "MO", "DY", "HR"]].set_axis(["year", "month", "day", "hour"], axis=1)
    data = data.drop(columns=["YEAR", "MO", "DY", "HR"]).set_axis(
        pd.DatetimeIndex(pd.to_datetime(stamps)).tz_localize("UTC")
    )
    where = (
        number_after(r"(?i:longitude)", head),
        number_after(r"(?i:latitude)", head),
        number_after(r"region\s*=", head),
    )
    units = dict(re.findall(r"^(\S+) .*\(([^()]*)\)\s*$", head, flags=re.MULTILINE))
    fill = number_after(r"availability range:", head)
    return data, where, units, "UTC" if " in UTC" in head else "LST", np.nan if fill is None else fill
