"""Clock and country as the city file has them, and as the place of its sites has them."""

from __future__ import annotations

import pytest

from pvmap.settings.identity import City
from pvmap.sites.place import doubt_place

CLOCK, RULES = "city-clock-not-its-zone", "rules-of-another-country"
BOULDER, KASHGAR, DELFT, TOKYO = (-105.27, 40.01), (75.99, 39.47), (4.36, 52.01), (139.7, 35.7)


@pytest.mark.parametrize(
    ("place", "country", "hours", "told"),
    [
        (KASHGAR, "CN", 8.0, set()),  # 2.9 h from its sun by law
        (KASHGAR, "CN", 5.0, {CLOCK}),
        (BOULDER, "CN", 8.0, {CLOCK, RULES}),
        (BOULDER, "generic", -7.0, set()),
        (BOULDER, "generic", -6.0, {CLOCK}),  # summer time
        (DELFT, "generic", 0.0, {CLOCK}),  # by its longitude
        (DELFT, "generic", 1.0, set()),
        (TOKYO, "CN", 9.0, {RULES}),
    ],
)
def test_who_is_told(place: tuple[float, float], country: str, hours: float, told: set[str]) -> None:
    said = {"country": country, "currency": "CNY" if country == "CN" else "USD", "utc_offset_hours": hours}
    city = City.model_validate({"name": "a", "title_zh": "", "title_en": "", **said})
    assert {found.code for found in doubt_place(city, *place)} == told
