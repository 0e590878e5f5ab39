"""Times of tables by the hour: written in many ways, with or without a zone, for the start of a step or for its end."""

from __future__ import annotations

import re
from typing import NamedTuple

import pandas as pd

from pvmap.sources.weather.hours import WIDEST_CLOCK

STAMP = (
    r"^(?P<year>\d{4})[-/.年]?(?P<month>\d{1,2})[-/.月]?(?P<day>\d{1,2})日?"
    r"(?:(?:[T\s]\s*|(?<=日))(?P<hour>\d{1,2})(?:[:：时](?P<minute>\d{1,2})分?(?:[:：]\d{1,2}(?:\.\d+)?秒?)?|时)?)?"
    r"\s*(?P<zone>[Zz]|UTC|GMT|[+-]\d{2}:?\d{2}|[+-]\d{2})?$"
)
COMPACT = r"^(\d{4})(\d{2})(\d{2})(?!\d)"  # without it 20231112 could be read in two ways
TITLE_ZONE = r"(?i)(?<![a-z])(?:(?:utc|gmt)\s*(?P<zone>[+-]\d{1,2}(?::?\d{2})?)?|世界时)(?![a-z\d])"
HOUR_MINUTES = 60


class Stamps(NamedTuple):
    """Times of n rows.

    Attributes
    ----------
    written, local
        By the clock of the file, and in local standard time; NaT where `local` cannot be known.
    ends
        Which have an hour 24, as only the end of an hour is called.
    """

    written: pd.Series
    local: pd.Series
    ends: pd.Series


def read_stamps(text: pd.Series, utc_offset_hours: float, title: str = "") -> Stamps:
    """Read times; one without a zone is of that of its column's title, else local standard time.

    Parameters
    ----------
    text
        (n,) as written.
    utc_offset_hours
        Local standard time minus UTC. [h]
    title
        Of the column: "time (UTC)", "时间（UTC+8）".
    """
    told = re.search(TITLE_ZONE, title)
    bare = utc_offset_hours if told is None else _zone_hours(told["zone"] or "Z")
    parts = text.str.replace(COMPACT, r"\1-\2-\3", regex=True).str.extract(STAMP)
    number = parts.drop(columns="zone").apply(pd.to_numeric, errors="coerce").fillna({"hour": 0, "minute": 0})
    ends = number["hour"] == 24
    beyond = (number["hour"] > 24) | (ends & (number["minute"] > 0)) | (number["minute"] >= HOUR_MINUTES)
    day = pd.to_datetime(number[["year", "month", "day"]], errors="coerce").mask(beyond)
    written = day + pd.to_timedelta(number["hour"] * HOUR_MINUTES + number["minute"], unit="min")
    hours = parts["zone"].map(lambda zone: bare if pd.isna(zone) else _zone_hours(zone))
    local = written + pd.to_timedelta(utc_offset_hours - hours, unit="h")
    return Stamps(written, local, ends)


def label_ends(written: pd.Series, local: pd.Series, step_minutes: float) -> bool | None:
    """Whether days end at midnight instead of beginning there, by the clock they are written in or by the local.

    Days that begin there by either clock do: the same moments are one series, whatever zone they are written in.

    Parameters
    ----------
    written, local
        As `Stamps` has them.
    step_minutes
        Between rows.

    Returns
    -------
    bool or None
        None where they do neither.
    """
    rows, one = [int(local.argmin()), int(local.argmax())], pd.Timedelta(minutes=step_minutes)
    for by in (pd.Timedelta(0), one):  # whole days of starts may look like days of ends on another clock
        for clock in (written, local):
            edges = clock.iloc[rows] + [pd.Timedelta(0), one]
            if (edges - by).dt.strftime("%H:%M").eq("00:00").all():
                return by > pd.Timedelta(0)
    return None


def _zone_hours(zone: str) -> float:
    """Hours of a zone from UTC; NaN for one that is nowhere."""
    if zone[0] not in "+-":
        return 0.0
    digits = zone[1:].replace(":", "").zfill(2)
    hours, minutes = int(digits[:2]), int(digits[2:] or 0)
    if minutes >= HOUR_MINUTES or hours + minutes / HOUR_MINUTES > WIDEST_CLOCK:
        return float("nan")
    return (1 if zone[0] == "+" else -1) * (hours + minutes / HOUR_MINUTES)
