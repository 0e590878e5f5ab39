"""Scenarios of price and use: what the mechanism pays, what midday is worth, how much of the sun is used."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from pvmap.settings.base import Section

PlantClass = Literal["home_person", "home_company", "ci_general", "ci_large", "mine", "fishpond"]


class Scenario(Section):
    """One way in which prices and use may turn out."""

    name: str = Field(pattern=r"^[a-z][a-z0-9]{0,15}$", description="short name, the end of its columns' names")
    title_zh: str = Field("", description="name for people, Chinese")
    title_en: str = Field("", description="name for people, English")
    bid_cny_per_kwh: float = Field(0.0, ge=0, description="mechanism price won, VAT included")
    share: float = Field(0.0, ge=0, le=1, description="share of exported energy under the mechanism; 0: none was won")
    eligible: tuple[PlantClass, ...] = Field(
        (), description="classes that may bid, where inputs.mechanism does not say; none by default"
    )
    midday_cny_per_kwh: float = Field(
        ge=0, description="mean market price of the hours of photovoltaics; the hourly series is scaled to it"
    )
    utilisation: float = Field(gt=0, le=1, description="share of available energy that the grid takes or the site uses")
    year: int = Field(
        2026, ge=2000, le=2100, description="year of building, for the results of the mechanism by year and class"
    )


SHIPPED = (
    Scenario(name="low", title_zh="保守", title_en="low", midday_cny_per_kwh=0.18, utilisation=0.90),
    Scenario(
        name="base",
        title_zh="基准",
        title_en="base",
        bid_cny_per_kwh=0.32,
        share=0.9,
        midday_cny_per_kwh=0.22,
        utilisation=0.95,
    ),
    Scenario(
        name="high",
        title_zh="积极",
        title_en="high",
        bid_cny_per_kwh=0.36,
        share=0.9,
        midday_cny_per_kwh=0.25,
        utilisation=0.98,
    ),
)
