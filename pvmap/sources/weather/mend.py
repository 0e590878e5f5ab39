"""What is missing is filled, briefly and in the open: components by closure, short gaps by interpolation.

Closure ghi = dni cos(zenith) + dhi comes first: a component that is missing where the other two are known is never
interpolated. Gaps of irradiance are bridged in clearness (share of what arrives outside the atmosphere), so that a gap
at sunrise does not make light at night.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from pvlib.irradiance import erbs

from pvmap.errors import WeatherError
from pvmap.findings import Finding, finding
from pvmap.sources.weather.reading import COLUMNS, IRRADIANCE, times_of
from pvmap.sources.weather.sun import SunHours

DARK = 100.0  # degrees of zenith at mid-hour beyond which no part of an hour holds light that counts
NIGHT = 96.0  # degrees of zenith beyond which no part of an hour holds sunlight
LOW_SUN = 87.0  # degrees: beyond, dni from a division by cos(zenith) is noise and beam is left in dhi
EDGE = 0.05  # cos(zenith) below which clearness is not carried across a gap
NAMED_GAPS = 5  # that a refusal names


def drop_empty(path: Path, data: pd.DataFrame, default_wind_speed: float) -> tuple[pd.DataFrame, tuple[Finding, ...]]:
    """Columns that hold nothing are as good as absent; wind has a default, ghi and temperature have none."""
    data = data.drop(columns=[c for c in data if data[c].isna().all()])
    if "ghi" not in data and "dni" in data and "dhi" in data:
        data = data.assign(ghi=np.nan)  # closure gives it
    for column in ("ghi", "temp_air"):
        if column not in data:
            raise WeatherError(f"{path}: holds no {column}; choose a file that has it.")
    if "wind_speed" in data:
        return data, ()
    still = finding("weather-no-wind", layer=path.name, wind_speed=default_wind_speed)
    return data.assign(wind_speed=default_wind_speed), (still,)


def fill(path: Path, data: pd.DataFrame, sun: SunHours, max_hours: int) -> tuple[pd.DataFrame, tuple[Finding, ...]]:
    """Fill what is missing and count what was filled.

    In this order: nights are dark; ghi from dhi and dni; ghi, temperature and wind across gaps of up to `max_hours`;
    one of dni and dhi from closure; both by Erbs' diffuse fraction [1]_, then closure. So ghi = dni cos(zenith) + dhi
    holds wherever something was filled. Where the sun is lower than 3 degrees all light is diffuse.

    Parameters
    ----------
    path
        The file, for messages.
    data
        n rows of ghi, temp_air, wind_speed, and dni and dhi where the file has them; NaN where missing.
    sun
        The sun of the same hours.
    max_hours
        Longest gap that is interpolated. [h]

    Returns
    -------
    tuple of DataFrame and tuple of Finding
        All of ``COLUMNS`` without NaN; what was done.

    Raises
    ------
    WeatherError
        For longer gaps: every column with its first hours and lengths.

    References
    ----------
    .. [1] D. G. Erbs, S. A. Klein, J. A. Duffie, "Estimation of the diffuse radiation fraction for hourly, daily and
       monthly-average global radiation", Solar Energy 28(4), 1982. doi 10.1016/0038-092X(82)90302-4.
    """
    night = sun.zenith >= NIGHT
    light = {c: data[c].to_numpy(copy=True) if c in data else np.full(len(data), np.nan) for c in IRRADIANCE}
    for values in light.values():
        values[night & np.isnan(values)] = 0.0
    ghi, dni, dhi = light.values()
    closed = {"ghi": np.isnan(ghi) & ~np.isnan(dni) & ~np.isnan(dhi)}
    ghi = np.where(closed["ghi"], dhi + dni * sun.cos_zenith, ghi)
    columns = {"ghi": ghi, **{c: data[c].to_numpy(copy=True) for c in ("temp_air", "wind_speed")}}
    gaps = {column: np.isnan(values) for column, values in columns.items()}
    _refuse_long(path, gaps, times_of(data), max_hours)
    columns = {c: _interpolated(values, sun if c == "ghi" else None) for c, values in columns.items()}
    ghi = columns["ghi"]
    closed["dhi"], closed["dni"] = np.isnan(dhi) & ~np.isnan(dni), np.isnan(dni) & ~np.isnan(dhi)
    split = np.isnan(dni) & np.isnan(dhi)
    dhi = np.where(closed["dhi"], ghi - dni * sun.cos_zenith, dhi)
    dhi = np.where(split, diffuse_by_erbs(ghi, sun.zenith, times_of(data).day_of_year.to_numpy()), dhi)
    closing = split | closed["dhi"] | closed["dni"] | gaps["ghi"]
    both = close(ghi, dhi, sun.zenith, sun.dni_extra)
    dni, dhi = (np.where(closing, new, old) for new, old in zip(both, (dni, dhi), strict=True))
    done = [_told("weather-gaps-filled", path, column, gap) for column, gap in gaps.items()]
    done += [_told("weather-closed", path, column, hours) for column, hours in closed.items()]
    done.append(_told("weather-split-by-erbs", path, "", split))
    return data.assign(**columns, dni=dni, dhi=dhi)[list(COLUMNS)], tuple(one for one in done if one.count)


def with_ghi(data: pd.DataFrame, sun: SunHours) -> pd.DataFrame:
    """Give a file without ghi that of its components, for it to be doubted as others are."""
    if data["ghi"].notna().any() or "dni" not in data or "dhi" not in data:
        return data
    return data.assign(ghi=data["dhi"] + data["dni"] * sun.cos_zenith)


def darken(data: pd.DataFrame, sun: SunHours) -> pd.DataFrame:
    """Take light deep in the night as none."""
    dark = sun.zenith >= DARK
    return data.assign(**{c: np.where(dark, 0.0, data[c].to_numpy()) for c in IRRADIANCE if c in data})


def _told(code: str, path: Path, column: str, hours: np.ndarray) -> Finding:
    return finding(code, layer=path.name, column=column, count=hours.sum(), total=hours.size)


def _interpolated(values: np.ndarray, sun: SunHours | None) -> np.ndarray:
    """Values across their gaps; light, where a sun is given, in clearness."""
    missing = np.isnan(values)
    if not missing.any():
        return values
    scale = np.ones(values.size) if sun is None else sun.dni_extra * sun.cos_zenith
    carries = ~missing if sun is None else ~missing & (sun.cos_zenith > EDGE)
    at = np.arange(values.size)
    bridged = np.interp(at, at[carries], values[carries] / scale[carries]) * scale if carries.any() else 0.0 * scale
    return np.where(missing, bridged, values)


def _refuse_long(path: Path, gaps: dict[str, np.ndarray], times: pd.DatetimeIndex, max_hours: int) -> None:
    """Tell all gaps that are too long at once: a file is mended once."""
    lines = []
    for column, missing in gaps.items():
        edges = np.flatnonzero(np.diff(np.r_[False, missing, False].astype(np.int8)))
        starts, lengths = edges[::2], edges[1::2] - edges[::2]
        long = np.flatnonzero(lengths > max_hours)
        named = [f"for {lengths[k]} hours from {times[starts[k]]:%Y-%m-%d %H:%M} UTC" for k in long[:NAMED_GAPS]]
        more = f" and {long.size - NAMED_GAPS:,} times more" if long.size > NAMED_GAPS else ""
        if named:
            lines.append(f"{column} is missing {', '.join(named)}{more}")
    if lines:
        raise WeatherError(
            f"{path}: {'; '.join(lines)}; fill the gaps in the file (weather.max_gap_hours is {max_hours})."
        )


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
