"""The photovoltaic module: shared by siting (how many fit) and energy (what they give)."""

from __future__ import annotations

from pvmap.settings.base import Section, assumption


class ModuleSettings(Section):
    """A 2278 x 1134 mm TOPCon module of 600 W."""

    power_kwp: float = assumption(
        0.600,
        unit="kWp",
        mark="unverified",
        source="judgement: a TOPCon module of this size gives 580-620 W",
        about="DC power of one module",
        low=0.58,
        high=0.62,
        gt=0,
    )
    area_m2: float = assumption(
        2.583, unit="m2", mark="derived", source="judgement: 2278 x 1134 mm", about="area of one module", gt=0
    )
    length_m: float = assumption(
        2.278,
        unit="m",
        mark="unverified",
        source="judgement: the most common large format of today",
        about="long side of one module",
        gt=0,
    )
