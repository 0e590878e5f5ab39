"""What a place says: the time zone that holds there, its standard clock, and whose rules may be guessed.

tzfpy knows the zones, with borders simplified by some hundred metres; they decide a guess and are never drawn.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

import tzfpy

Country = Literal["CN", "generic"]
OF_CHINA = ("Asia/Shanghai", "Asia/Urumqi")  # the second names a clock that people in Xinjiang keep, not the legal one
BEIJING = OF_CHINA[0]
YEAR = 2026  # whose law tells the clocks


def zone_of(longitude: float, latitude: float) -> str:
    """Name the time zone at a place, as the IANA database does; at sea that of the ship's clock.

    Examples
    --------
    >>> zone_of(4.36, 52.01), zone_of(87.62, 43.82)  # Delft, Urumqi
    ('Europe/Amsterdam', 'Asia/Shanghai')
    """
    zone = tzfpy.get_tz(longitude, latitude)
    return BEIJING if zone in OF_CHINA else zone


def standard_hours(zone: str) -> float:
    """Hours east of UTC of a zone's standard time: the earlier of its clocks in January and July.

    Examples
    --------
    >>> standard_hours("Europe/Amsterdam"), standard_hours("Australia/Sydney"), standard_hours("Asia/Kathmandu")
    (1.0, 10.0, 5.75)
    """
    clocks = (datetime(YEAR, month, 15, tzinfo=ZoneInfo(zone)).utcoffset() for month in (1, 7))
    return min(clock for clock in clocks if clock is not None) / timedelta(hours=1)


def guess(longitude: float, latitude: float) -> Country:
    """Guess whose rules hold at a place: China's where its clock is kept, plain ones elsewhere.

    Examples
    --------
    >>> guess(120.62, 31.31), guess(106.92, 47.92)  # Suzhou, Ulaanbaatar
    ('CN', 'generic')
    """
    return "CN" if zone_of(longitude, latitude) == BEIJING else "generic"
