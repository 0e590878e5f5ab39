"""Assumptions of what the grid can take: limits of transformers, assessed hours, how sites find their device."""

from __future__ import annotations

import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from pvmap.settings.base import Merged, NotNegative, assumption


def _date(text: str) -> str:
    datetime.date.fromisoformat(text)
    return text


Date = Annotated[str, AfterValidator(_date)]
Month = Annotated[int, Field(ge=1, le=12)]
Hour = Annotated[int, Field(ge=0, le=23)]


class HostingSettings(Merged):
    """Hosting capacity of transformers, by DL/T 2041-2025."""

    reverse_limit: float = assumption(
        0.8,
        unit="1",
        mark="unverified",
        source="[dlt2041] read second-hand for 220 and 330 kV and for split units of 110 kV and below; a single unit "
        "of 110 kV and below is taken alike",
        about="share of the rating of single and split transformers that may flow upwards",
        gt=0,
        le=1,
    )
    n1_limit: float = assumption(
        1.0,
        unit="1",
        mark="unverified",
        source="[dlt2041] read second-hand: what is left after one unit fails carries all",
        about="loading allowed to the units that are left when one of several in parallel fails",
        low=1.0,
        high=1.3,
        gt=0,
        le=1.5,
    )
    power_factor: float = assumption(
        0.95,
        unit="1",
        mark="unverified",
        source="judgement: usual of distributed plants, which may be asked for reactive power",
        about="power factor where the table of devices gives none",
        gt=0,
        le=1,
    )
    storage_reading: Literal["outside", "numerator"] = assumption(
        "outside",
        unit="",
        mark="unverified",
        source="[dlt2041] clause 6.3, read second-hand both ways; outside is the smaller",
        about="whether planned storage is added after the division by the output coefficient or before it",
    )
    load_at: Literal["mean", "same_hour", "minimum"] = assumption(
        "mean",
        unit="",
        mark="derived",
        source="judgement: the load's year and the weather's differ, so the hour is matched, not the day",
        about="load at the assessed hour: mean of the month's workdays, that very hour, or the least of all",
    )
    assessed_months: tuple[Month, ...] = assumption(
        (3, 4, 5, 9, 10, 11),
        unit="",
        mark="unverified",
        source="[dlt2041] read second-hand: spring and autumn",
        about="months in which the grid is assessed",
        min_length=1,
    )
    assessed_hours: tuple[Hour, ...] = assumption(
        (10, 11, 12, 13),
        unit="h",
        mark="unverified",
        source="[dlt2041] read second-hand: noon, with 10:00 to 14:00 as an example",
        about="local hours of a workday in which the grid is assessed",
        min_length=1,
    )
    holidays: tuple[Date, ...] = assumption(
        (),
        unit="",
        mark="choice",
        source="judgement: holidays move from year to year; without a list Saturdays and Sundays are the days off",
        about="days off beside Saturdays and Sundays, as 2025-05-01; matched by month and day",
    )
    as_of: Date = assumption(
        "2026-09-30",
        unit="",
        mark="choice",
        source="judgement: the end of a quarter, as the standard asks for one assessment a quarter",
        about="day of the assessment: registrations that ran out before it no longer take headroom",
    )
    max_km: dict[str, NotNegative] = assumption(
        {"10": 1.0, "20": 2.0, "35": 5.0, "66": 10.0, "110": 10.0, "220": 30.0, "330": 50.0},
        unit="km",
        mark="unverified",
        source="judgement: lines of these voltages are seldom longer",
        about="distance to the nearest device up to which a site outside all supply areas joins it, per kV",
    )
    connect_kv: float = assumption(
        110.0,
        unit="kV",
        mark="unverified",
        source="judgement: ground and pond plants of tens of megawatts join a 110 kV station",
        about="level that mines and fishponds join",
        gt=0,
    )
    first: Literal["cheapest", "most_valuable"] = assumption(
        "cheapest",
        unit="",
        mark="choice",
        source="judgement: planners rank by cost; owners by what a kilowatt earns",
        about="who gets headroom first: the lowest levelised cost, or the highest net present value per kW AC",
    )
