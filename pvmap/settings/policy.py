"""Assumptions of policy: what the rules ask for, what is likely to be available, what is already there."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from pvmap.settings.base import Merged, NotNegative, Section, Share, assumption


class Target(Section):
    """A target or a stock the bureau tracks."""

    name: str = Field(
        description="name of a district, township (or district/township) or policy class; for the whole the city's own"
    )
    level: Literal["", "city", "district", "township", "class"] = Field(
        "", description="which of them, where several have the name"
    )
    target_mw: float | None = Field(None, ge=0, description="MW to be reached")
    installed_mw: float | None = Field(
        None, ge=0, description="MW already installed; absent: what the existing-PV layer holds"
    )
    basis: Literal["ac", "dc"] = Field("ac", description="side on which both are counted; statistics count AC")
    year: int | None = Field(None, ge=2000, le=2100, description="year by whose end the target is to be reached")
    source: str = Field("", description="document that sets it")


class BandSettings(Merged):
    """What a whole city should come out at; outside, the run says so loudly."""

    yield_kwh_per_kwp: dict[str, tuple[NotNegative, NotNegative]] = assumption(
        {"rooftop": (900.0, 1150.0), "mine": (1000.0, 1250.0), "fishpond": (1000.0, 1250.0)},
        unit="kWh/kWp",
        mark="derived",
        source="judgement: this climate on planes of 0 to 24 degrees gives 1,095 to 1,225 as new and "
        "under open sky; less first year, rows and shade",
        about="first-year yield of the city, after shade, per kind",
    )
    capacity_wp_per_m2: dict[str, tuple[NotNegative, NotNegative]] = assumption(
        {
            "industrial_steel": (85.0, 155.0),
            "industrial_concrete": (50.0, 120.0),
            "commercial": (25.0, 85.0),
            "government": (40.0, 105.0),
            "education": (35.0, 105.0),
            "health": (35.0, 105.0),
            "residential_low": (15.0, 70.0),
            "residential_high": (0.0, 45.0),
            "residential_rural": (40.0, 110.0),
            "other": (10.0, 60.0),
            "mine": (5.0, 110.0),
            "fishpond": (60.0, 120.0),
        },
        unit="Wp/m2",
        mark="derived",
        source="judgement: usable shares times 232 Wp a square metre of module, widened by setback and shade",
        about="capacity over footprint, per use and kind: times the stock it gives the band of the city's capacity",
    )


class PolicySettings(Merged):
    """Cases and targets."""

    floor_share: dict[str, Share] = assumption(
        {"government": 0.50, "public": 0.40, "commerce_industry": 0.30, "rural": 0.20},
        unit="1",
        mark="sourced",
        source="[pilot2021] least installable shares of all roof area",
        about="share of a class's roof area in a county that must carry modules: the policy floor",
    )
    availability: dict[str, Share] = assumption(
        {
            "industrial_steel": 0.50,
            "industrial_concrete": 0.70,
            "commercial": 0.60,
            "government": 0.80,
            "education": 0.70,
            "health": 0.60,
            "residential_low": 0.20,
            "residential_high": 0.0,
            "residential_rural": 0.40,
            "other": 0.30,
            "mine": 0.60,
            "fishpond": 0.15,
        },
        unit="1",
        mark="unverified",
        source="[metal_roofs] under half of steel roofs carry the load; the rest is judgement on ownership",
        about="practical case: share of capacity that load-bearing and ownership leave",
    )
    minimum_kwp: dict[str, NotNegative] = assumption(
        {
            "industrial_steel": 100.0,
            "industrial_concrete": 100.0,
            "commercial": 100.0,
            "government": 20.0,
            "education": 20.0,
            "health": 20.0,
            "residential_low": 5.0,
            "residential_high": 5.0,
            "residential_rural": 5.0,
            "other": 5.0,
            "mine": 2000.0,
            "fishpond": 300.0,
        },
        unit="kWp",
        mark="unverified",
        source="judgement: 30 m2 of homes, 200 m2 of public roofs, 1,000 m2 of commerce, 2 ha of "
        "mines, 0.3 ha of ponds",
        about="practical case: smallest site worth building",
    )
    bands: BandSettings = BandSettings()
    targets: tuple[Target, ...] = Field((), description="targets and stocks of city, districts, townships, classes")
