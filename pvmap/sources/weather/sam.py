"""SAM's CSV, which NSRDB is delivered in: two lines of header, then rows by year, month, day, hour and minute.

pvlib's ``read_nsrdb_psm4`` takes zones of whole hours and heights of whole metres only, and no other names than
NSRDB's; its names are used here. A stamp at half past belongs to the middle of its hour; half-hourly rows are the very
moment's. Where all stamps stand on the hour, files differ in what that means, and the light itself tells.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd
from pvlib.iotools.psm4 import VARIABLE_MAP

from pvmap.errors import WeatherError
from pvmap.findings import Finding
from pvmap.settings.weather import WeatherFile, WeatherSettings
from pvmap.sources.weather.reading import (
    COLUMNS,
    MID_HOUR,
    Reading,
    in_one_year,
    numeric,
    of_many_years,
    place,
    read_table,
    read_text,
    times_of,
    whole_hours,
)
from pvmap.sources.weather.steps import to_hours

NAMES = {
    **{theirs.lower(): ours for theirs, ours in VARIABLE_MAP.items() if ours in COLUMNS},
    **dict.fromkeys(("gh", "global", "global horizontal"), "ghi"),
    **dict.fromkeys(("dn", "beam", "direct normal"), "dni"),
    **dict.fromkeys(("df", "diffuse", "diffuse horizontal"), "dhi"),
    **dict.fromkeys(("tdry", "dry bulb", "dry-bulb", "tamb", "temp"), "temp_air"),
    **dict.fromkeys(("wspd", "wind", "windspeed"), "wind_speed"),
}
PLACES = {
    "longitude": ("longitude", "lon", "long", "lng"),
    "latitude": ("latitude", "lat"),
    "altitude_m": ("elevation", "elev", "el", "site elevation"),
    "zone": ("time zone", "timezone", "tz"),
}
STAMP = ("year", "month", "day", "hour")
HEADER_LINES = 2


def read(path: Path, file: WeatherFile, settings: WeatherSettings, utc_offset_hours: float) -> Reading:
    """Read a CSV of SAM or NSRDB.

    Raises
    ------
    WeatherError
        Where the header does not say the clock, or a column is missing.
    """
    lines = read_text(path).splitlines(keepends=True)
    if len(lines) <= HEADER_LINES:
        raise WeatherError(f"{path}: not a SAM or NSRDB file: it ends in its header; download it again.")
    head = read_table(path, "".join(lines[:HEADER_LINES])).frame
    about = {str(name).strip().lower(): value for name, value in head.iloc[0].items()} if len(head) else {}
    table = read_table(path, "".join(lines[HEADER_LINES:]), skipped_lines=HEADER_LINES).frame
    table.columns = pd.Index([str(name).strip().lower() for name in table.columns])
    data = numeric(table[[c for c in table if c in NAMES]]).rename(columns=NAMES)
    data = data.loc[:, ~data.columns.duplicated()]
    missing = [c for c in ("year", "month", "day", "hour") if c not in table]
    missing += [c for c in ("ghi", "temp_air") if c not in data and not (c == "ghi" and {"dni", "dhi"} <= {*data})]
    if missing:
        raise WeatherError(
            f"{path}: not a SAM or NSRDB file: no column {missing[0]!r} under two lines of header; "
            "check weather.points.format."
        )
    zone = file.utc_offset_hours if file.utc_offset_hours is not None else _number(about, "zone")
    if zone is None:
        raise WeatherError(f"{path}: its header names no time zone; set weather.points.utc_offset_hours.")
    data = data.set_axis(_times(path, numeric(table[[c for c in table if c in (*STAMP, "minute")]])))
    typical = of_many_years(times_of(data))
    if typical:
        data = in_one_year(data, settings.nominal_year)
    clock = pd.Timedelta(hours=zone)
    thin: tuple[Finding, ...] = ()
    if len(times_of(data).minute.unique()) == 1:  # by its own clock: in UTC a zone of half hours would move it
        data, minute = whole_hours(path, data)
        sun_offset = minute or (MID_HOUR if "minute" not in table else None)
        data = data.set_axis((times_of(data) - clock).tz_localize("UTC"))
    else:
        data = data.set_axis((times_of(data) - clock).tz_localize("UTC")).sort_index()
        local = pd.Timedelta(hours=utc_offset_hours)
        data, sun_offset, thin = to_hours(path, data, "instant", local, settings.least_hour_share)
    east, north, high = (_number(about, name) for name in ("longitude", "latitude", "altitude_m"))
    longitude, latitude, altitude_m = place(path, file, east, north, high)
    return Reading(
        data=data,
        longitude=longitude,
        latitude=latitude,
        altitude_m=altitude_m,
        own_place=(east, north),
        sun_offset_minutes=sun_offset,
        source=f"SAM CSV {about.get('source', '')}".strip(),
        typical=typical,
        utc_offset_hours=zone,
        findings=thin,
    )


def _times(path: Path, stamps: pd.DataFrame) -> pd.DatetimeIndex:
    times = pd.to_datetime(stamps.assign(minute=stamps.get("minute", 0.0)), errors="coerce")
    if times.isna().any():
        row = int(times.isna().to_numpy().argmax())
        raise WeatherError(f"{path}: row {row} has no time ({', '.join(map(str, stamps.iloc[row]))}); correct it.")
    return pd.DatetimeIndex(times)


def _number(about: dict[str, str], name: str) -> float | None:
    for key in PLACES[name]:
        try:
            return float(about[key])
        except (KeyError, ValueError):
            continue
    return None
