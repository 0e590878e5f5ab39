"""Assumptions of value: who uses the electricity, when, and what each hour is worth."""

from __future__ import annotations

from itertools import product
from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from pvmap.settings.base import Merged, NotNegative, Section, assumption

Hours = tuple[tuple[int, int], ...]


class Season(Section):
    """Bands of the day in some months; hours that no band names are flat."""

    months: tuple[Annotated[int, Field(ge=1, le=12)], ...] = Field(description="months 1-12 it holds in")
    peak: Hours = Field((), description="local hours [from, to), 0-24")
    valley: Hours = Field((), description="local hours [from, to), 0-24")

    @field_validator("peak", "valley")
    @classmethod
    def _ordered(cls, hours: Hours) -> Hours:
        for start, end in hours:
            if not 0 <= start < end <= 24:
                raise ValueError(f"hours {start}-{end} must satisfy 0 <= from < to <= 24; split them at midnight")
        return hours

    @model_validator(mode="after")
    def _peak_or_valley(self) -> Season:
        for (a, b), (c, d) in product(self.peak, self.valley):
            if max(a, c) < min(b, d):
                raise ValueError(f"hours {a}-{b} of peak and {c}-{d} of valley overlap; part them")
        return self


class RetailPlan(Section):
    """What a kilowatt-hour costs a class of users: fixed part + energy part x factor of the band, VAT included."""

    energy_cny_per_kwh: float = Field(ge=0, description="price of energy, the part that the bands multiply")
    fixed_cny_per_kwh: float = Field(ge=0, description="grid, system and funds, the same in every hour")
    valley: float = Field(0.35, ge=0, description="factor in the valley")
    flat: float = Field(1.0, ge=0, description="factor outside bands")
    peak: float = Field(1.8, ge=0, description="factor at the peak")
    by_bands: bool = Field(True, description="whether the user is on bands; else every hour is flat")


class Contract(Section):
    """A retail contract: a price for each local hour, never floated by bands again."""

    name: str = Field(min_length=1, description="name that retail refers to")
    cny_per_kwh: tuple[float, ...] = Field(min_length=24, max_length=24, description="local hours 0-23, VAT included")
    months: tuple[NotNegative, ...] = Field((1.0,) * 12, min_length=12, max_length=12, description="factor per month")


class LoadShape(Section):
    """When a class of users takes its electricity: relative amounts, normalised to a yearly sum of one."""

    workday: tuple[NotNegative, ...] = Field(
        min_length=24, max_length=24, description="local hours 0-23, Monday to Friday"
    )
    weekend: tuple[NotNegative, ...] = Field(
        min_length=24, max_length=24, description="local hours 0-23, on the same scale"
    )
    months: tuple[NotNegative, ...] = Field((1.0,) * 12, min_length=12, max_length=12, description="factor per month")

    @model_validator(mode="after")
    def _takes_something(self) -> LoadShape:
        if not (any(self.workday) or any(self.weekend)) or not any(self.months):
            raise ValueError("a load that is zero in every hour has no shape; leave it out where nothing is used")
        return self


def _day(night: float, morning: float, noon: float, afternoon: float, evening: float) -> tuple[float, ...]:
    """24 hours in five steps: 22-6, 6-9, 9-13, 13-18 and 18-22 o'clock."""
    return (*(night,) * 6, *(morning,) * 3, *(noon,) * 4, *(afternoon,) * 5, *(evening,) * 4, *(night,) * 2)


_COOLING = (1.10, 1.0, 0.9, 0.85, 0.9, 1.05, 1.25, 1.3, 1.05, 0.85, 0.9, 1.05)
_SCHOOL = (0.7, 0.6, 1.1, 1.0, 1.1, 1.2, 0.5, 0.4, 1.2, 1.0, 1.1, 1.2)

_LOAD_SHAPES = {
    "industry": LoadShape(
        workday=_day(0.55, 0.85, 1.0, 1.0, 0.8),
        weekend=_day(0.5, 0.65, 0.75, 0.75, 0.6),
        months=(0.9, 0.75, 1.0, 1.0, 1.0, 1.05, 1.1, 1.1, 1.05, 1.0, 1.0, 1.05),
    ),
    "commerce": LoadShape(
        workday=_day(0.2, 0.4, 1.0, 1.0, 0.95), weekend=_day(0.2, 0.4, 1.1, 1.15, 1.05), months=_COOLING
    ),
    "office": LoadShape(
        workday=_day(0.15, 0.6, 1.0, 1.0, 0.3), weekend=_day(0.15, 0.2, 0.25, 0.25, 0.2), months=_COOLING
    ),
    "school": LoadShape(
        workday=_day(0.15, 0.6, 1.0, 0.95, 0.5), weekend=_day(0.15, 0.2, 0.25, 0.25, 0.2), months=_SCHOOL
    ),
    "hospital": LoadShape(
        workday=_day(0.6, 0.8, 1.0, 1.0, 0.75), weekend=_day(0.55, 0.7, 0.85, 0.85, 0.7), months=_COOLING
    ),
    "home": LoadShape(
        workday=_day(0.45, 0.6, 0.55, 0.55, 1.0), weekend=_day(0.45, 0.6, 0.7, 0.7, 1.05), months=_COOLING
    ),
}


class TariffSettings(Merged):
    """Value by hour: retail prices for what is used on the spot, market and mechanism prices for the rest."""

    seasons: tuple[Season, ...] = assumption(
        (
            Season(months=(6, 7, 8, 12, 1, 2), peak=((14, 22),), valley=((0, 6), (11, 13))),
            Season(months=(3, 4, 5, 9, 10, 11), peak=((15, 22),), valley=((2, 6), (10, 14))),
        ),
        unit="h",
        mark="unverified",
        source="[tou426], read second-hand in three public places that agree; since 2026-03-01 it "
        "binds only users outside the market: [market1656] article 35",
        about="time-of-use bands by month, local time; the valley at midday is where photovoltaics feed",
    )
    plans: dict[str, RetailPlan] = assumption(
        {
            "two_part": RetailPlan(energy_cny_per_kwh=0.3957, fixed_cny_per_kwh=0.2443, peak=1.8),
            "single_part": RetailPlan(energy_cny_per_kwh=0.4240, fixed_cny_per_kwh=0.3150, peak=1.7),
            "single_part_small": RetailPlan(
                energy_cny_per_kwh=0.4240, fixed_cny_per_kwh=0.3150, peak=1.6, by_bands=False
            ),
            "residential": RetailPlan(energy_cny_per_kwh=0.0, fixed_cny_per_kwh=0.5283, by_bands=False),
            "public": RetailPlan(energy_cny_per_kwh=0.0, fixed_cny_per_kwh=0.5283, by_bands=False),
        },
        unit="CNY/kWh",
        mark="unverified",
        source="[retail2026] two-part 1-10 kV 0.3828 / 0.6400 / 0.9566, split by [tou426]; single-part "
        "0.4634 / 0.7390 / 1.0358 of Nanjing; homes and schools at the first residential step "
        "below 1 kV",
        about="retail prices: a fixed part and an energy part that the bands multiply (single_part from 100 kVA, "
        "single_part_small below, where bands are a choice)",
    )
    contracts: tuple[Contract, ...] = Field((), description="prices by the hour that market users have agreed")
    retail: dict[str, str] = assumption(
        {
            "industrial_steel": "two_part",
            "industrial_concrete": "two_part",
            "commercial": "single_part",
            "government": "single_part",
            "education": "public",
            "health": "single_part",
            "residential_low": "residential",
            "residential_high": "residential",
            "residential_rural": "residential",
            "other": "export",
            "none": "export",
        },
        unit="",
        mark="unverified",
        source="judgement: the retail price each use pays",
        about="name of a plan or a contract, or export where nothing is used on the spot",
    )
    load_shapes: dict[str, LoadShape] = assumption(
        _LOAD_SHAPES,
        unit="1",
        mark="unverified",
        source="judgement: two-shift industry, shops, offices, terms, wards, homes",
        about="hourly load shape per load class",
    )
    load_kwh_per_m2: dict[str, NotNegative] = assumption(
        {
            "industrial_steel": 170.0,
            "industrial_concrete": 125.0,
            "commercial": 85.0,
            "government": 75.0,
            "education": 60.0,
            "health": 75.0,
            "residential_low": 18.0,
            "residential_high": 15.0,
            "residential_rural": 36.0,
            "other": 0.0,
            "none": 0.0,
        },
        unit="kWh/m2-yr",
        mark="unverified",
        source="judgement: yearly use of such buildings over the ground they cover; the self-use that follows is "
        "printed per class",
        about="electricity a year that the roof owner's own meter takes, over the footprint",
    )
    export_case: Literal["mechanism", "market", "coal"] = assumption(
        "mechanism",
        unit="",
        mark="choice",
        source="[ndrc136] market with a mechanism on top",
        about="what exported electricity earns: market with a mechanism on top, market alone, the coal benchmark",
    )
    mechanism_cny_per_kwh: float = assumption(
        0.32,
        unit="CNY/kWh",
        mark="unverified",
        source="[jiangsu_bids] bids from 0.25 to 0.391, winning not sure; 0.32 in between",
        about="mechanism price (136号), VAT included",
        low=0.25,
        high=0.391,
        ge=0,
    )
    mechanism_share: float = assumption(
        0.9,
        unit="1",
        mark="unverified",
        source="[ndrc136] share by province and year; at most 0.9 assumed",
        about="share of exported electricity under the mechanism",
        low=0.0,
        high=0.9,
        ge=0,
        le=0.9,
    )
    mechanism_years: int = assumption(
        10,
        unit="yr",
        mark="unverified",
        source="[ndrc136] years by province; ten assumed",
        about="years the mechanism runs",
        ge=0,
    )
    bid_range_cny_per_kwh: tuple[float, float] = assumption(
        (0.25, 0.391),
        unit="CNY/kWh",
        mark="unverified",
        source="[jiangsu_bids] read second-hand",
        about="lowest and highest bid; a plant that pays below the first always pays, one that needs more than the "
        "second is out of reach",
    )
    market_cny_per_kwh: tuple[float, ...] = assumption(
        (
            *(0.36, 0.35, 0.34, 0.34, 0.34, 0.36),
            *(0.38, 0.37, 0.34, 0.29, 0.25, 0.22),
            *(0.21, 0.21, 0.23, 0.27, 0.34, 0.42),
            *(0.46, 0.47, 0.46, 0.43, 0.40, 0.38),
        ),
        unit="CNY/kWh",
        mark="unverified",
        source="judgement: a day whose midday falls below the lowest bid of [jiangsu_bids]",
        about="market price by local hour 0-23, VAT included",
        min_length=24,
        max_length=24,
    )
    market_month_factors: tuple[NotNegative, ...] = assumption(
        (1.05, 1.0, 0.92, 0.9, 0.92, 1.0, 1.12, 1.12, 0.98, 0.94, 0.98, 1.07),
        unit="1",
        mark="unverified",
        source="judgement: summer and winter are dearer",
        about="market price by month, relative",
        min_length=12,
        max_length=12,
    )

    @model_validator(mode="after")
    def _each_told_once(self) -> TariffSettings:
        months = [month for season in self.seasons for month in season.months]
        if twice := [month for month in months if months.count(month) > 1]:
            raise ValueError(f"month {twice[0]} stands in two seasons; keep it in one")
        taken = ["export", *self.plans]
        for contract in self.contracts:
            if contract.name in taken:
                raise ValueError(f"{contract.name!r} is the name of another price too; give each a name of its own")
            taken.append(contract.name)
        return self
