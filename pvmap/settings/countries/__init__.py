"""Country packs: defaults that are a country's rules. China's are the settings' own; others lie over them."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

from pvmap.settings.base import Section
from pvmap.settings.countries.where import standard_hours, zone_of

HOME = "CN"  # whose rules the settings' own defaults are


class Pack(Section):
    """Defaults that take the place of China's.

    Attributes
    ----------
    source, source_zh
        What they rest on, in both languages.
    currency
        Money its amounts are in.
    values
        Assumptions by their dotted keys.
    ranges
        Low and high of those that are guesses about the world.
    unused
        Assumptions that enter nothing as long as they keep their default.
    """

    source: str
    source_zh: str
    currency: str
    values: dict[str, Any]
    ranges: dict[str, tuple[float, float]]
    unused: tuple[str, ...]


@cache
def pack(country: str) -> Pack | None:
    """Return the pack of a country; None for China, whose rules are the defaults."""
    if country == HOME:
        return None
    text = files("pvmap.settings.countries").joinpath(f"{country}.toml").read_text(encoding="utf-8")
    return Pack.model_validate(tomllib.loads(text))


def with_pack(given: dict[str, Any]) -> dict[str, Any]:
    """Return a city file with the defaults of its country's pack under it.

    Raises
    ------
    ValueError
        A city outside China does not say its clock, and no window tells where it lies.
    """
    city = given.get("city")
    if not isinstance(city, dict) or city.get("country", HOME) != "generic":
        return given
    found = pack("generic")
    assert found is not None
    under: dict[str, Any] = {"city": {"currency": found.currency}}
    for key, value in found.values.items():
        *sections, last = key.split(".")
        table = under
        for section in sections:
            table = table.setdefault(section, {})
        table[last] = value
    window = (given.get("fetch") or {}).get("window") if isinstance(given.get("fetch") or {}, dict) else None
    if "utc_offset_hours" not in city:
        if not window:
            raise ValueError(
                "city.utc_offset_hours is missing: outside China write the local standard time, hours east of UTC"
            )
        if _is_box(window):  # else its own rule refuses it
            under["city"]["utc_offset_hours"] = offset_of(window)
    return _over(under, given)


def offset_of(window: Any) -> float:
    """Hours east of UTC of the standard time at the middle of a window.

    Examples
    --------
    >>> offset_of((-8.8, 42.1, -8.6, 42.3))  # Vigo, whose sun is at UTC-0.6
    1.0
    """
    west, south, east, north = map(float, window)
    return standard_hours(zone_of((west + east) / 2.0, (south + north) / 2.0))


def _is_box(window: Any) -> bool:
    sides = window if isinstance(window, list | tuple) else ()
    return len(sides) == 4 and all(isinstance(side, int | float) and abs(side) <= 180.0 for side in sides)


def _over(under: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    """Lay a table over another, table by table."""
    merged = {**under, **given}
    for key, value in given.items():
        below = under.get(key)
        if isinstance(value, dict) and isinstance(below, dict):
            merged[key] = _over(below, value)
    return merged
