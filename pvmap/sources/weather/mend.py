"""What is missing is filled, briefly and in the open: impossible values, short gaps, components not measured.

Closure ghi = dni cos(zenith) + dhi is the rule by which a missing component is found. Gaps of irradiance are bridged in
clearness (share of what arrives outside the atmosphere), so that a gap at sunrise does not make light at night.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from pvlib.irradiance import erbs

from pvmap.errors import WeatherError
from pvmap.sources.weather.reading import COLUMNS, IRRADIANCE, times_of
from pvmap.sources.weather.sun import SunHours
from pvmap.tables import TABLES

ZERO_OFFSET = -20.0  # W/m2: pyranometers read a little below nothing at night
NIGHT = 96.0  # degrees of zenith beyond which no part of an hour holds sunlight
LOW_SUN = 87.0  # degrees: beyond, dni from a division by cos(zenith) is noise and beam is left in dhi
EDGE = 0.05  # cos(zenith) below which clearness is not carried across a gap


def keep_possible(data: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """Values outside the weather table's contract become missing; zero offsets of irradiance become zero."""
    data, notes = data.copy(), []
    for column in data:
        spec = TABLES["weather"].columns[str(column)]
        values = data[column].to_numpy(copy=True)
        low = spec.low if column not in IRRADIANCE else ZERO_OFFSET
        bad = (values < low) | (values > spec.high)
        if bad.any():
            notes.append(
                f"{column}: {int(bad.sum())} values outside {spec.low:g}..{spec.high:g} {spec.unit} as missing"
            )
        values[bad] = np.nan
        if column in IRRADIANCE:
            values = np.where(values <= 0, 0.0, values)
        data[column] = values
    return data, notes


def drop_empty(path: Path, data: pd.DataFrame, default_wind_speed: float) -> tuple[pd.DataFrame, list[str]]:
    """Columns that hold nothing are as good as absent; wind has a default, ghi and temperature have none."""
    data = data.drop(columns=[c for c in data if data[c].isna().all()])
    for column in ("ghi", "temp_air"):
        if column not in data:
            raise WeatherError(f"{path}: holds no {column}; choose a file that has it.")
    if "wind_speed" in data:
        return data, []
    note = f"no wind in the file: {default_wind_speed:g} m/s throughout"
    return data.assign(wind_speed=default_wind_speed), [note]


def fill_gaps(path: Path, data: pd.DataFrame, sun: SunHours, max_hours: int) -> tuple[pd.DataFrame, list[str]]:
    """Fill gaps of up to `max_hours`; count what was filled.

    Raises
    ------
    WeatherError
        For a longer gap: column, first hour and length.
    """
    if not data.isna().any(axis=None):
        return data, []
    data, notes = data.copy(), []
    night = sun.zenith >= NIGHT
    for column in data:
        values = data[column].to_numpy(copy=True)
        scale = np.ones(values.size)
        if column in IRRADIANCE:
            values[night & np.isnan(values)] = 0.0
            data[column] = values
            scale = sun.dni_extra * (sun.cos_zenith if column != "dni" else 1.0)
        missing = np.isnan(values)
        if not missing.any():
            continue
        _refuse_long(path, str(column), missing, times_of(data), max_hours)
        carries = ~missing & ((column not in IRRADIANCE) | (sun.cos_zenith > EDGE))
        at = np.arange(values.size)
        values[missing] = (np.interp(at, at[carries], values[carries] / scale[carries]) * scale)[missing]
        if column in IRRADIANCE:
            values[missing & (sun.cos_zenith <= 0)] = 0.0
        data[column] = values
        notes.append(f"{column}: {int(missing.sum())} missing hours interpolated")
    return data, notes


def _refuse_long(path: Path, column: str, missing: np.ndarray, times: pd.DatetimeIndex, max_hours: int) -> None:
    edges = np.flatnonzero(np.diff(np.r_[False, missing, False].astype(np.int8)))
    starts, lengths = edges[::2], edges[1::2] - edges[::2]
    if (lengths > max_hours).any():
        worst = int(np.argmax(lengths > max_hours))
        raise WeatherError(
            f"{path}: {column} is missing for {lengths[worst]} hours from {times[starts[worst]]:%Y-%m-%d %H:%M} UTC; "
            f"fill the gap in the file (weather.max_gap_hours is {max_hours})."
        )


def complete(data: pd.DataFrame, sun: SunHours) -> tuple[pd.DataFrame, list[str]]:
    """Find the components a file lacks.

    One of dni and dhi missing: from closure. Both missing: Erbs' diffuse fraction [1]_, then closure, so that
    ghi = dni cos(zenith) + dhi holds at every hour. Where the sun is lower than 3 degrees all light is diffuse.

    References
    ----------
    .. [1] D. G. Erbs, S. A. Klein, J. A. Duffie, "Estimation of the diffuse radiation fraction for hourly, daily and
       monthly-average global radiation", Solar Energy 28(4), 1982. doi 10.1016/0038-092X(82)90302-4.
    """
    ghi = data["ghi"].to_numpy()
    notes: list[str] = []
    if "dni" in data and "dhi" in data:
        return data[list(COLUMNS)], notes
    if "dni" in data:
        dhi = np.clip(ghi - data["dni"].to_numpy() * sun.cos_zenith, 0.0, ghi)
        notes.append("dhi from closure of ghi and dni")
    elif "dhi" in data:
        dhi = np.minimum(data["dhi"].to_numpy(), ghi)
        notes.append("dni from closure of ghi and dhi")
    else:
        dhi = diffuse_by_erbs(ghi, sun.zenith, times_of(data).day_of_year.to_numpy())
        notes.append("dni and dhi by Erbs from ghi")
    dni, dhi = close(ghi, dhi, sun.zenith, sun.dni_extra)
    return data.assign(dni=dni, dhi=dhi)[list(COLUMNS)], notes


def diffuse_by_erbs(ghi: np.ndarray, zenith: np.ndarray, day_of_year: np.ndarray) -> np.ndarray:
    """Diffuse horizontal irradiance by Erbs [W/m2], never above ghi."""
    return np.minimum(np.asarray(erbs(ghi, zenith, day_of_year)["dhi"], dtype=float), ghi)


def close(ghi: np.ndarray, dhi: np.ndarray, zenith: np.ndarray, dni_limit: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Direct and diffuse irradiance that close with ghi, dni at most `dni_limit` and none under a low sun [W/m2]."""
    cos_zenith = np.cos(np.radians(zenith))
    high = zenith < LOW_SUN
    dni = np.where(high, (ghi - np.clip(dhi, 0.0, ghi)) / np.where(high, cos_zenith, 1.0), 0.0)
    dni = np.clip(dni, 0.0, dni_limit)
    return dni, ghi - dni * np.where(high, cos_zenith, 0.0)
