"""Units of a weather file: those the city file states are converted, those that cannot be ours are refused.

Every reader hands over W/m2, degC and m/s by its format; a table of one's own, or a file that errs, may hold others.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from pvmap.errors import WeatherError
from pvmap.findings import Finding, finding
from pvmap.settings.weather import WeatherFile
from pvmap.sources.weather.reading import IRRADIANCE
from pvmap.tables import TABLES

TO_W_PER_M2 = {
    "W/m2": 1.0,
    "kW/m2": 1e3,
    "Wh/m2": 1.0,
    "kWh/m2": 1e3,
    "kJ/m2": 1 / 3.6,
    "MJ/m2": 1e3 / 3.6,
    "J/m2": 1 / 3600,
}
TO_M_PER_S = {"m/s": 1.0, "km/h": 1 / 3.6, "kn": 1852 / 3600, "mph": 0.44704}
TO_DEG_C = {"degC": (1.0, 0.0), "degF": (5 / 9, -160 / 9), "K": (1.0, -273.15)}  # factor and summand

ZERO_OFFSET = -20.0  # W/m2: pyranometers read a little below nothing at night
FEW = 0.01  # share of impossible values that may be spikes
BRIGHT = 0.999  # quantile that stands for the brightest hours, a spike aside
HOTTEST_MEAN = 40.0  # degC: the hottest place on Earth has a yearly mean of 34.6
LIKELY_GHI = ((2.0, "kW/m2"), (8.0, "MJ/m2"))  # brightest hour below this: what it looks like
LIKELY_LARGE_GHI = ((2.2e3, ""), (6e3, "kJ/m2"), (5e5, ""), (6e6, "J/m2"), (np.inf, ""))


def convert(path: Path, data: pd.DataFrame, file: WeatherFile) -> pd.DataFrame:
    """Bring the columns whose unit the city file states to W/m2, degC and m/s; sums are those of an hour.

    Raises
    ------
    WeatherError
        For a column or unit that there is none of.
    """
    for column, unit in file.units.items():
        factor, summand = _conversion(path, column, unit)
        if column not in data:
            raise WeatherError(
                f"{path}: weather.points.units names {column}, which the file does not hold; drop it or map the column."
            )
        data = data.assign(**{column: data[column] * factor + summand})
    return data


def keep_possible(path: Path, data: pd.DataFrame) -> tuple[pd.DataFrame, tuple[Finding, ...]]:
    """Values outside the weather table's contract become missing; zero offsets of irradiance become zero.

    Raises
    ------
    WeatherError
        Where so many values are impossible that the unit must be another; what it looks like is told.
    """
    _refuse_other_units(path, data)
    data, findings = data.copy(), []
    for column in data:
        spec = TABLES["weather"].columns[str(column)]
        values = data[column].to_numpy(copy=True)
        bad = _impossible(str(column), values)
        if bad.any():
            findings.append(
                finding(
                    "weather-values-set-aside",
                    layer=path.name,
                    column=str(column),
                    count=bad.sum(),
                    total=bad.size,
                    rows=np.flatnonzero(bad),
                    low=f"{spec.low:g}",
                    high=f"{spec.high:g}",
                    unit=spec.unit,
                )
            )
        values[bad] = np.nan
        if column in IRRADIANCE:
            values = np.where(values <= 0, 0.0, values)
        data[column] = values
    return data, tuple(findings)


def _conversion(path: Path, column: str, unit: str) -> tuple[float, float]:
    if column in IRRADIANCE and unit in TO_W_PER_M2:
        return TO_W_PER_M2[unit], 0.0
    if column == "wind_speed" and unit in TO_M_PER_S:
        return TO_M_PER_S[unit], 0.0
    if column == "temp_air" and unit in TO_DEG_C:
        return TO_DEG_C[unit]
    raise WeatherError(
        f"{path}: weather.points.units: {column} = {unit!r} is not known; ghi, dni and dhi take "
        f"{', '.join(TO_W_PER_M2)}, temp_air {', '.join(TO_DEG_C)}, wind_speed {', '.join(TO_M_PER_S)}."
    )


def _impossible(column: str, values: np.ndarray) -> np.ndarray:
    spec = TABLES["weather"].columns[column]
    low = spec.low if column not in IRRADIANCE else ZERO_OFFSET
    return (values < low) | (values > spec.high)


def _stand_in(values: np.ndarray) -> np.ndarray:
    """Which values stand for nothing: 999, 9999.9, -99 and their like, -32768."""
    digits = np.round(np.abs(np.nan_to_num(values)) * 10).astype(np.int64)
    nines = np.isin(digits, [10**k - 1 for k in range(2, 8)] + [10**k - 10 for k in range(3, 8)])
    return nines | np.isin(values, [-32768.0, 32767.0, -32767.0])


def _refuse_other_units(path: Path, data: pd.DataFrame) -> None:
    """Refuse units that are certainly not ours; what is merely unlikely is a finding later."""
    for column in data:
        values = data[column].to_numpy()
        values = values[~np.isnan(values) & ~(_stand_in(values) & _impossible(str(column), values))]
        if not values.size:
            continue
        looks_like = _looks_like(str(column), values)
        if looks_like is not None:
            example = f"{np.nan_to_num(np.quantile(values, BRIGHT), nan=np.inf):.6g}"  # between infinities lies none
            advice = f'state it: weather.points.units = {{ {column} = "{looks_like}" }}' if looks_like else "correct it"
            guess = f"looks like {looks_like}" if looks_like else "is not possible"
            unit = TABLES["weather"].columns[str(column)].unit
            raise WeatherError(f"{path}: {column} reaches {example}, which {guess} and not {unit}; {advice}.")


def _looks_like(column: str, values: np.ndarray) -> str | None:
    """Name the unit that values look like, "" for none we know, None where they may be ours."""
    many = np.mean(_impossible(column, values)) > FEW
    high = float(np.quantile(values, BRIGHT))
    if column == "temp_air":
        middle = float(np.median(values))
        if 200.0 < middle < 330.0:
            return "K"
        hot = float(values.mean()) > HOTTEST_MEAN and float(np.quantile(values, 0.001)) > -60.0 and high < 140.0
        return "degF" if hot else "" if many else None
    if column in IRRADIANCE:
        if many:
            return next((unit for limit, unit in LIKELY_LARGE_GHI if high < limit), "")  # of infinite values none
        if column == "ghi" and high > 0.0:
            return next((unit for limit, unit in LIKELY_GHI if high < limit), None)
        return None
    return "" if many else None
