"""Assumptions about what a roof leaves for modules inside its setback: three shares by use, multiplied.

Obstacles can be seen, so a measured surface model takes the place of the first; nobody can see from above which paths
must stay open or who may build, so the other two stay whatever was measured.
"""

from __future__ import annotations

from typing import Any

from pvmap.settings.base import Section, assumption


def _clear(default: float, low: float, high: float) -> Any:
    return assumption(
        default,
        unit="1",
        mark="unverified",
        source="judgement: stair heads, lift houses, plant, tanks, skylights and water heaters usual on such roofs",
        about="share of the area inside the setback that obstacles leave free, where they were not measured",
        low=low,
        high=high,
        gt=0,
        le=1,
    )


def _open(default: float, low: float, high: float) -> Any:
    return assumption(
        default,
        unit="1",
        mark="unverified",
        source="judgement: a walkway of 0.8-1.0 m every 40 m, fire lanes, and room around what must be serviced",
        about="share of the area free of obstacles that paths for access and maintenance leave",
        low=low,
        high=high,
        gt=0,
        le=1,
    )


def _allowed(default: float, low: float, high: float) -> Any:
    return assumption(
        default,
        unit="1",
        mark="unverified",
        source="judgement: what remains of the usual usable share of such roofs once obstacles and paths are taken out",
        about="share of the rest whose owners can agree and whose structure can carry modules",
        low=low,
        high=high,
        ge=0,
        le=1,
    )


class ObstacleFreeShare(Section):
    """Share of the setback area without obstacles, by use; a measured surface model replaces it."""

    industrial_steel: float = _clear(0.875, 0.75, 0.95)
    industrial_concrete: float = _clear(0.85, 0.70, 0.95)
    commercial: float = _clear(0.68, 0.50, 0.80)
    government: float = _clear(0.82, 0.65, 0.92)
    education: float = _clear(0.80, 0.65, 0.92)
    health: float = _clear(0.72, 0.55, 0.85)
    residential_low: float = _clear(0.75, 0.55, 0.90)
    residential_high: float = _clear(0.61, 0.40, 0.80)
    residential_rural: float = _clear(0.93, 0.80, 0.98)
    other: float = _clear(0.71, 0.50, 0.90)


class AccessShare(Section):
    """Share that paths for access and maintenance leave, by use; also on measured roofs."""

    industrial_steel: float = _open(0.92, 0.85, 0.97)
    industrial_concrete: float = _open(0.87, 0.80, 0.95)
    commercial: float = _open(0.85, 0.75, 0.93)
    government: float = _open(0.88, 0.80, 0.95)
    education: float = _open(0.85, 0.75, 0.93)
    health: float = _open(0.86, 0.75, 0.93)
    residential_low: float = _open(0.86, 0.75, 0.95)
    residential_high: float = _open(0.82, 0.70, 0.93)
    residential_rural: float = _open(0.96, 0.90, 1.0)
    other: float = _open(0.845, 0.70, 0.95)


class StructureShare(Section):
    """Share that ownership and structure allow, by use; also on measured roofs."""

    industrial_steel: float = _allowed(0.87, 0.70, 0.95)
    industrial_concrete: float = _allowed(0.825, 0.70, 0.95)
    commercial: float = _allowed(0.744, 0.60, 0.90)
    government: float = _allowed(0.818, 0.70, 0.95)
    education: float = _allowed(0.78, 0.65, 0.95)
    health: float = _allowed(0.856, 0.70, 0.95)
    residential_low: float = _allowed(0.62, 0.40, 0.80)
    residential_high: float = _allowed(0.50, 0.0, 0.60)
    residential_rural: float = _allowed(0.952, 0.80, 1.0)
    other: float = _allowed(0.50, 0.30, 0.75)
