"""Assumptions of cost: what a plant of each class takes to build and to run."""

from __future__ import annotations

from pvmap.settings.base import Section, assumption


class CapexSettings(Section):
    """Investment per kWp DC before the size factor, VAT included."""

    commercial: float = assumption(
        2700.0,
        unit="CNY/kW",
        mark="unverified",
        source="[cpia2024] 2.7 CNY a watt for commerce and industry, read second-hand",
        about="roofs of industry, commerce and public buildings",
        low=2400.0,
        high=3300.0,
        ge=0,
    )
    residential: float = assumption(
        2600.0,
        unit="CNY/kW",
        mark="unverified",
        source="judgement: a little below commerce and industry: no design, no switchgear of its own",
        about="roofs of homes",
        low=2200.0,
        high=3000.0,
        ge=0,
    )
    mine: float = assumption(
        3200.0,
        unit="CNY/kW",
        mark="unverified",
        source="judgement: ground plants 2,900 and 300 for earthworks",
        about="abandoned mines, earthworks included",
        low=2900.0,
        high=3600.0,
        ge=0,
    )
    fishpond: float = assumption(
        3100.0,
        unit="CNY/kW",
        mark="unverified",
        source="[danyang270] 2,780; [lianyungang540] 3,710 with storage and 220 kV; [taixing10] 4,290",
        about="fishponds, piles included",
        low=2780.0,
        high=3710.0,
        ge=0,
    )


class OpexSettings(Section):
    """Operation and maintenance per kWp DC and year."""

    commercial: float = assumption(
        46.0,
        unit="CNY/kW-yr",
        mark="unverified",
        source="[cpia2024] distributed plants, read second-hand",
        about="roofs of industry, commerce and public buildings",
        low=35.0,
        high=60.0,
        ge=0,
    )
    residential: float = assumption(
        46.0,
        unit="CNY/kW-yr",
        mark="unverified",
        source="[cpia2024] distributed plants, read second-hand",
        about="roofs of homes",
        low=35.0,
        high=60.0,
        ge=0,
    )
    mine: float = assumption(
        40.0,
        unit="CNY/kW-yr",
        mark="unverified",
        source="judgement: large plants cost less a kilowatt than roofs",
        about="abandoned mines",
        low=35.0,
        high=60.0,
        ge=0,
    )
    fishpond: float = assumption(
        50.0,
        unit="CNY/kW-yr",
        mark="unverified",
        source="judgement: boats and corrosion cost more than dry ground",
        about="fishponds",
        low=35.0,
        high=60.0,
        ge=0,
    )
