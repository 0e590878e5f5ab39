"""Assumptions of storage: units of any kind, with what is usual of the kind where a unit does not say it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from pvmap.settings.base import Merged, NotNegative, Positive, Section, assumption

StorageKind = Literal["pumped", "battery", "compressed_air", "hydrogen"]
Efficiency = Annotated[float, Field(gt=0, le=1)]
Life = Annotated[float, Field(ge=1)]


class StorageUnit(Section):
    """One station or a group of like units on the side of the grid."""

    name: str = Field(min_length=1, description="name of the unit")
    kind: StorageKind = Field(description="pumped, battery, compressed_air (in salt caverns) or hydrogen")
    power_mw: float = Field(ge=0, description="power of charging and discharging [MW]; of an extendable unit the most")
    city_share: float = Field(
        ge=0, le=1, description="share of it that serves this city: 1 for its own, less for one the province dispatches"
    )
    district: str = Field("", description="district whose bus it stands at; empty: the city's bus")
    hours: float | None = Field(None, gt=0, description="full-load hours; absent: usual of the kind")
    efficiency_store: float | None = Field(None, gt=0, le=1, description="of charging; absent: usual of the kind")
    efficiency_dispatch: float | None = Field(None, gt=0, le=1, description="of discharging; absent: usual of the kind")
    capex_cny_per_kwh: float | None = Field(None, ge=0, description="investment; absent: usual of the kind")
    extendable: bool = Field(False, description="whether the solver decides how much of it is built, up to its power")
    source: str = Field("", description="document that names it")


class StorageSettings(Merged):
    """Storage handed to PyPSA; without units the network holds none."""

    units: tuple[StorageUnit, ...] = Field((), description="units of any kind")
    hours: dict[str, Positive] = assumption(
        {"pumped": 6.0, "battery": 2.0, "compressed_air": 5.0, "hydrogen": 12.0},
        unit="h",
        mark="unverified",
        source="judgement: pumped and compressed air are built for the daily peak, batteries for two hours, hydrogen "
        "for calm days",
        about="full-load hours of a unit that does not say them, by kind",
    )
    round_trip_efficiency: dict[str, Efficiency] = assumption(
        {"pumped": 0.75, "battery": 0.865, "compressed_air": 0.65, "hydrogen": 0.35},
        unit="1",
        mark="unverified",
        source="judgement: reversible units 0.72 to 0.80, batteries with inverters 0.85 to 0.88, compressed air that "
        "keeps its heat 0.60 to 0.70, electrolysis and fuel cell 0.30 to 0.40",
        about="efficiency of charging and discharging together by kind, split evenly between both ways",
    )
    capex_cny_per_kwh: dict[str, NotNegative] = assumption(
        {"pumped": 1100.0, "battery": 1000.0, "compressed_air": 1300.0, "hydrogen": 2000.0},
        unit="CNY/kWh",
        mark="unverified",
        source="judgement: announced totals of stations over their storage",
        about="investment of extendable storage by kind, over the energy it holds",
    )
    life_years: dict[str, Life] = assumption(
        {"pumped": 40.0, "battery": 12.0, "compressed_air": 30.0, "hydrogen": 15.0},
        unit="yr",
        mark="unverified",
        source="judgement: civil works last, cells wear out",
        about="years over which the investment is spread, by kind",
    )
    user_side_efficiency: float = assumption(
        0.865,
        unit="1",
        mark="unverified",
        source="judgement: batteries with inverters 0.85 to 0.88",
        about="efficiency of a battery behind the user's meter, counted on charging",
        gt=0,
        le=1,
    )
    user_side_hours: float = assumption(
        2.0,
        unit="h",
        mark="unverified",
        source="judgement: two cycles a day between valley, flat and peak",
        about="full-load hours of a battery behind the user's meter",
        gt=0,
    )
    user_side_share_of_peak: float = assumption(
        0.1,
        unit="1",
        mark="choice",
        source="judgement: small enough that its value is that of one kilowatt-hour more",
        about="power of the batteries behind the meters over the peak load of their use",
        gt=0,
        le=1,
    )
