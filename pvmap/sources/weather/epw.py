"""EnergyPlus weather: hour-ending rows in the local standard time its header states.

The file labels an interval by its end; pvlib's reader moves the label to the start, so that the sun stands half an hour
after it. Two families need more: TMYx files (climate.onebuilding.org) carry irradiance that lags by about half an hour,
so that their components close with the sun at the start of the interval (measured on Shanghai-Hongqiao: 2.8 W/m2 there,
9.6 at mid-hour); PVGIS writes its UTC rows under a header that claims a time zone, and states the moment of its values
in a comment.
"""

from __future__ import annotations

import io
from pathlib import Path

import pandas as pd
from pvlib.iotools import read_epw as pvlib_read_epw

from pvmap.errors import WeatherError
from pvmap.findings import Finding, finding
from pvmap.opening import shape_fault
from pvmap.settings.weather import WeatherFile, WeatherSettings
from pvmap.sources.weather.reading import (
    COLUMNS,
    MID_HOUR,
    UNREADABLE,
    Reading,
    in_one_year,
    number_after,
    numeric,
    of_many_years,
    place,
    read_text,
)

TMYX_OFFSET = 0.0
FIRST_DATA_ROW = 8


def read(path: Path, file: WeatherFile, settings: WeatherSettings, utc_offset_hours: float) -> Reading:
    """Read an EPW file.

    Parameters
    ----------
    path
        The file.
    file
        Its entry in the city file; ``utc_offset_hours`` there overrides the header's time zone.
    settings
        The nominal year is taken from it.
    utc_offset_hours
        Not needed here: every reader takes the same arguments.

    Raises
    ------
    WeatherError
        One sentence naming the file and what is wrong with it.
    """
    text = read_text(path)
    try:
        data, head = pvlib_read_epw(io.StringIO(text))
    except UNREADABLE as error:
        raise WeatherError(f"{path}: not an EPW file ({shape_fault(error)}); check weather.points.format.") from None
    comments = "\n".join(line for line in text.split("\n", FIRST_DATA_ROW)[:FIRST_DATA_ROW] if line.startswith("COMM"))
    offset, sun_offset, findings = _conventions(path, head, comments)
    if file.utc_offset_hours is not None:
        offset = file.utc_offset_hours
    longitude, latitude, altitude_m = place(path, file, head["longitude"], head["latitude"], head["altitude"])
    data = data.set_axis(data.index.tz_localize(None))
    typical = of_many_years(data.index)
    if typical:
        data = in_one_year(data, settings.nominal_year)
    index = (data.index - pd.Timedelta(hours=offset)).tz_localize("UTC")
    return Reading(
        data=numeric(data[list(COLUMNS)]).set_axis(index),
        longitude=longitude,
        latitude=latitude,
        altitude_m=altitude_m,
        own_place=(head["longitude"], head["latitude"]),
        sun_offset_minutes=sun_offset,
        source=f"EPW {head['city']} ({head['data_type']})",
        typical=typical,
        utc_offset_hours=offset,
        findings=findings,
    )


def _conventions(path: Path, head: dict, comments: str) -> tuple[float, float, tuple[Finding, ...]]:
    """Clock [h from UTC], sun offset [min] and findings of the family a file belongs to."""
    stated = number_after(r"Irradiance Time Offset \(h\):", comments)
    if stated is not None or (head["city"] == "unknown" and head["data_type"] == "ECMWF/ERA"):
        told = finding("weather-pvgis-epw-clock", layer=path.name, clock_hours=f"{head['TZ']:+g}")
        return 0.0, MID_HOUR if stated is None else 60.0 * (1.0 + stated), (told,)
    if "TMYx" in head["data_type"] or "TMYx" in comments:
        return head["TZ"], TMYX_OFFSET, (finding("weather-tmyx-lag", layer=path.name),)
    return head["TZ"], MID_HOUR, ()
