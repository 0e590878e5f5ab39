"""Light that no sky and no instrument gives: days that are copies, a ceiling, a part that is more than the whole."""

from __future__ import annotations

import numpy as np
import pandas as pd

from pvmap.findings import Finding, finding
from pvmap.sources.weather.reading import times_of
from pvmap.sources.weather.sun import HIGH_SUN, SunHours

DAY = 24  # hours
LIT, LEAST_LIT = 50.0, 6  # W/m2, and hours of it that make a day which no other is like
MANY_DAYS = 0.01  # share of days that are copies
MANY_AT_TOP = 0.01  # share of hours of a high sun
PART, SUMMAND = 1.05, 10.0  # of ghi, and W/m2 above it, that a part of it may seem to have
MANY_ABOVE = 0.01  # share of lit hours of a high sun


def patterns(layer: str, data: pd.DataFrame, sun: SunHours) -> tuple[Finding, ...]:
    """Tell copied days, a ceiling, and dni or dhi that alone is more than ghi.

    Parameters
    ----------
    layer
        The file, for the finding.
    data
        ghi, and dni or dhi where the file has them, of whole local years [W/m2].
    sun
        The sun of the same hours.
    """
    return (*_copied_days(layer, data), *_ceiling(layer, data, sun), *_above_the_whole(layer, data, sun))


def _copied_days(layer: str, data: pd.DataFrame) -> list[Finding]:
    """Compare local days hour by hour: of two real ones no six hours of light agree."""
    days = pd.DataFrame(data["ghi"].to_numpy().reshape(-1, DAY)).round(3)
    lit = ((days > LIT).sum(axis=1) >= LEAST_LIT) & days.notna().all(axis=1)
    again = np.flatnonzero(lit & days.duplicated())
    if again.size <= MANY_DAYS * len(days):
        return []
    first = f"{times_of(data)[again[0] * DAY + DAY // 2]:%Y-%m-%d}"
    return [finding("weather-days-copied", layer=layer, column="ghi", count=again.size, total=lit.sum(), first=first)]


def _ceiling(layer: str, data: pd.DataFrame, sun: SunHours) -> list[Finding]:
    ghi = data["ghi"].to_numpy()
    high = (sun.cos_zenith > HIGH_SUN) & ~np.isnan(ghi)
    if not high.any():
        return []
    top = ghi[high].max()
    at = int((ghi[high] == top).sum())
    if top <= 0 or at <= MANY_AT_TOP * high.sum():
        return []
    return [finding("weather-ceiling", layer=layer, column="ghi", count=at, total=high.sum(), top=f"{top:.0f}")]


def _above_the_whole(layer: str, data: pd.DataFrame, sun: SunHours) -> list[Finding]:
    """Look where the other part lacks: where all three are there, closure tells."""
    if ("dni" in data) == ("dhi" in data):
        return []
    column = "dni" if "dni" in data else "dhi"
    ghi, part = data["ghi"].to_numpy(), data[column].to_numpy() * (sun.cos_zenith if column == "dni" else 1.0)
    seen = (sun.cos_zenith > HIGH_SUN) & (ghi > LIT) & ~np.isnan(part)
    above = int((part > PART * ghi + SUMMAND)[seen].sum())
    if above <= MANY_ABOVE * seen.sum():
        return []
    return [finding("weather-part-above-whole", layer=layer, column=column, count=above, total=seen.sum())]
