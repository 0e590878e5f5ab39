"""Solcast's CSV of time series: means over a period, labelled by its end, in UTC unless the stamps say otherwise."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from pvmap.errors import WeatherError
from pvmap.settings.weather import WeatherFile, WeatherSettings
from pvmap.sources.weather.reading import (
    Reading,
    in_one_year,
    numeric,
    of_many_years,
    place,
    read_table,
    read_text,
    refuse_some_zones,
    times_of,
)
from pvmap.sources.weather.steps import to_hours

NAMES = {"ghi": "ghi", "dni": "dni", "dhi": "dhi", "airtemp": "temp_air", "windspeed10m": "wind_speed"}
LABELS = {"periodend": "end", "periodstart": "start"}
ZONE = r"(?:Z|[+-]\d\d:?\d\d)$"


def read(path: Path, file: WeatherFile, settings: WeatherSettings, utc_offset_hours: float) -> Reading:
    """Read a CSV of Solcast; the place stands in the city file, as Solcast does not write it.

    Raises
    ------
    WeatherError
        Where neither end nor start of the periods, ghi or the air's temperature is there, or a time cannot be read.
    """
    found = read_table(path, read_text(path))
    table = found.frame
    table.columns = pd.Index([str(name).lower().replace("_", "").replace(" ", "") for name in table.columns])
    stamp = next((name for name in LABELS if name in table), None)
    data = numeric(table[[c for c in table if c in NAMES]]).rename(columns=NAMES)
    if stamp is None or not {"ghi", "temp_air"} <= {*data}:
        raise WeatherError(
            f"{path}: not a Solcast CSV: it needs period_end, ghi and air_temp (there: {', '.join(table.columns)}); "
            "download them or correct weather.points.format."
        )
    times = pd.to_datetime(table[stamp], format="ISO8601", errors="coerce", utc=True)
    if times.isna().any():
        row = int(times.isna().to_numpy().argmax())
        raise WeatherError(f"{path}, line {found.line[row]}: {table[stamp].iloc[row]!r} is no time; correct it.")
    refuse_some_zones(path, table[stamp], ZONE)
    zoned = table[stamp].str.contains(ZONE).all()
    clock = 0.0 if zoned or file.utc_offset_hours is None else file.utc_offset_hours
    data = data.set_axis(pd.DatetimeIndex(times) - pd.Timedelta(hours=clock))
    typical = of_many_years(times_of(data).tz_localize(None))
    if typical:
        data = in_one_year(data.set_axis(times_of(data).tz_localize(None)), settings.nominal_year)
        data = data.set_axis(times_of(data).tz_localize("UTC"))
    local = pd.Timedelta(hours=utc_offset_hours)
    data, sun_offset, thin = to_hours(path, data.sort_index(), LABELS[stamp], local, settings.least_hour_share)
    longitude, latitude, altitude_m = place(path, file, None, None, None)
    return Reading(
        data=data,
        longitude=longitude,
        latitude=latitude,
        altitude_m=altitude_m,
        sun_offset_minutes=sun_offset,
        source="Solcast",
        typical=typical,
        utc_offset_hours=clock,
        findings=(*found.findings, *thin),
    )
