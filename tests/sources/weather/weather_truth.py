"""A year of hours that is known exactly, for files of every format to be written from."""

import numpy as np
import pandas as pd

from pvmap.sources.weather.sun import sun_hours

LONGITUDE, LATITUDE, ALTITUDE_M = 119.45, 32.2, 10.0
COLUMNS = ["ghi", "dni", "dhi", "temp_air", "wind_speed"]


def hours_of(start: str, end: str, sun_offset_minutes: float = 30.0) -> pd.DataFrame:
    """Hazy hours from `start` to before `end` (UTC): 70 % of clear-sky beam, 20 % of it as diffuse, closed."""
    times = pd.date_range(start, end, freq="h", tz="UTC", inclusive="left")
    sun = sun_hours(times, LONGITUDE, LATITUDE, ALTITUDE_M, sun_offset_minutes)
    dni = 0.7 * sun.dni_clear
    dhi = 0.2 * sun.dni_clear * sun.cos_zenith
    step = np.arange(len(times))
    return pd.DataFrame(
        {
            "ghi": dni * sun.cos_zenith + dhi,
            "dni": dni,
            "dhi": dhi,
            "temp_air": 15.0 - 10.0 * np.cos(2 * np.pi * times.dayofyear / 365) + np.sin(step / 4.0),
            "wind_speed": 2.0 + np.sin(step / 5.0),
        },
        index=times,
    )


def codes(point, severity=None) -> set[str]:
    """Codes of what was found at a point, of one severity where it is named."""
    return {found.code for found in point.findings if severity in (None, found.severity)}


def counts(point) -> dict[tuple[str, str], int]:
    """How many there are of each code and column."""
    return {(found.code, found.column): found.count for found in point.findings}


def same_hours(point, truth) -> None:
    """Compare at the hours both have."""
    common = point.data.index.intersection(truth.index)
    assert len(common) > 8700
    np.testing.assert_allclose(point.data.loc[common, COLUMNS], truth.loc[common, COLUMNS], atol=1e-6)
