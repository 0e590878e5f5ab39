"""Assumptions of the plan by year: classes of plants, who builds village roofs, what registered projects come to."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from pvmap.settings.base import Fall, Merged, Section, assumption


class Reinforcement(Section):
    """Headroom that works on the grid add in a district from a year on."""

    district: str = Field(description="district")
    year: int = Field(ge=2000, le=2100, description="year from which it counts")
    mw: float = Field(ge=0, description="headroom added, AC [MW]")


class BuildOutSettings(Merged):
    """What is built in which year."""

    first_year: int = assumption(
        2026,
        unit="",
        mark="choice",
        source="judgement: the plan of 2026 to 2030",
        about="first year that is planned",
        ge=2000,
        le=2100,
    )
    last_year: int = assumption(
        2030,
        unit="",
        mark="choice",
        source="judgement: the plan of 2026 to 2030",
        about="last year that is planned",
        ge=2000,
        le=2100,
    )
    objective: Literal["least_cost", "npv"] = assumption(
        "least_cost",
        unit="",
        mark="choice",
        source="judgement: a bureau asks what its targets take; an investor what pays",
        about="build no more than is asked for at the least discounted investment, or all that raises present value",
    )
    tranches: int = assumption(
        10,
        unit="1",
        mark="choice",
        source="judgement: tenths of a class's cost in a district",
        about="parts of equal size, by levelised cost, into which a class is divided in each district",
        ge=1,
        le=100,
    )
    home_company_share: float = assumption(
        0.5,
        unit="1",
        mark="unverified",
        source="judgement: half of the roofs of homes are built by companies",
        about="share of homes that companies invest in; the rest is on natural persons' accounts",
        ge=0,
        le=1,
    )
    large_mwac: float = assumption(
        6.0,
        unit="MW",
        mark="unverified",
        source="[nea7] read second-hand: general commerce and industry up to 6 MW",
        about="roofs of commerce, industry and public buildings above this count as large",
        gt=0,
    )
    class_basis: Literal["ac", "dc"] = assumption(
        "ac",
        unit="",
        mark="unverified",
        source="judgement: [nea7] does not say the side; its figures are grid connections",
        about="side on which that size is counted",
    )
    realised_share: float = assumption(
        0.8,
        unit="1",
        mark="unverified",
        source="judgement: one registration in five lapses",
        about="share of registered capacity that is built in its expected year",
        ge=0,
        le=1,
    )
    growth_per_year: float = assumption(
        0.0,
        unit="1/yr",
        mark="choice",
        source="judgement: yearly limits say it more plainly",
        about="greatest growth of what a class builds in a district over the year before; 0: not limited",
        ge=0,
    )
    price_fall_per_year: dict[str, Fall] = assumption(
        dict.fromkeys(("home_person", "home_company", "ci_general", "ci_large", "mine", "fishpond"), 0.0),
        unit="1/yr",
        mark="unverified",
        source="judgement: constant prices, as no forecast is relied on",
        about="fall of the investment per kilowatt, per class",
    )
    reinforcements: tuple[Reinforcement, ...] = Field((), description="works on the grid that add headroom")

    @model_validator(mode="after")
    def _in_order(self) -> BuildOutSettings:
        if self.last_year < self.first_year:
            raise ValueError(f"last_year {self.last_year} is before first_year {self.first_year}")
        return self
