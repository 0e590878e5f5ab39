"""Whether the city file says of clock and country what the place of its sites says."""

from __future__ import annotations

from collections.abc import Iterator

from pvmap.findings import Finding, finding
from pvmap.settings.countries import HOME
from pvmap.settings.countries.where import BEIJING, standard_hours, zone_of
from pvmap.settings.identity import City


def doubt_place(city: City, longitude: float, latitude: float) -> Iterator[Finding]:
    """Tell a clock that is not the legal one, and China's rules where another clock is kept.

    Parameters
    ----------
    city
        The city file's ``city``.
    longitude, latitude
        Middle of its sites. [deg]
    """
    zone = zone_of(longitude, latitude)
    hours = standard_hours(zone)
    if city.utc_offset_hours != hours:
        yield finding(
            "city-clock-not-its-zone",
            layer="city",
            zone=zone,
            clock_hours=f"{city.utc_offset_hours:+g}",
            zone_hours=f"{hours:+g}",
            hours=f"{hours:.2f}",
        )
    if city.country == HOME and zone != BEIJING:
        yield finding("rules-of-another-country", layer="city", zone=zone)
