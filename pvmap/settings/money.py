"""Assumptions of cost: what a plant takes to build and to run, and what the tax office takes."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import model_validator

from pvmap.settings.base import Section, assumption

CostOption = Literal["inverter", "salvage", "rent", "grid"]
Owner = Literal["company", "person"]


class Merged(Section):
    """A section whose dictionaries may be given in part: what the city file leaves out keeps its default."""

    @model_validator(mode="before")
    @classmethod
    def _merge(cls, data: Any) -> Any:
        if not isinstance(data, dict):
            return data
        merged = dict(data)
        for key, value in data.items():
            field = cls.model_fields.get(key)
            default = None if field is None else field.get_default(call_default_factory=True)
            if isinstance(default, dict) and isinstance(value, dict):
                if unknown := set(value) - set(default):
                    raise ValueError(f"{key}: unknown {sorted(unknown)[0]!r}; allowed: {', '.join(default)}")
                merged[key] = default | value
        return merged


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


class EconomicsSettings(Merged):
    """Cost of electricity and the owner's account."""

    capex_cny_per_kw: CapexSettings = CapexSettings()
    opex_cny_per_kw_year: OpexSettings = OpexSettings()
    size_factors: dict[str, tuple[tuple[float, float], ...]] = assumption(
        {
            "commercial": ((0.0, 1.08), (100.0, 1.0), (1000.0, 0.97)),
            "residential": ((0.0, 1.0), (100.0, 0.97)),
            "mine": ((0.0, 1.05), (5000.0, 1.0), (20000.0, 0.97)),
            "fishpond": ((0.0, 1.0),),
        },
        unit="(kW, 1)",
        mark="unverified",
        source="judgement: economies of scale; small ponds are built as one cluster",
        about="factor on investment from this capacity [kW] upwards, per cost class",
    )
    discount_rate: float = assumption(
        0.06,
        unit="1/yr",
        mark="unverified",
        source="judgement: between loans of today and the return that owners ask for",
        about="real discount rate, zero inflation",
        low=0.05,
        high=0.08,
        gt=-1,
    )
    target_irr: float = assumption(
        0.06,
        unit="1/yr",
        mark="unverified",
        source="judgement: owners ask at least the discount rate; state-owned developers ask 6-8 % before leverage",
        about="rate of return after tax that an owner asks for",
        low=0.05,
        high=0.08,
        gt=-1,
    )
    options: tuple[CostOption, ...] = assumption(
        ("inverter", "rent", "grid"),
        unit="",
        mark="choice",
        source="judgement: what every plant pays is counted; a value after the last year is not relied on",
        about="costs counted beyond investment and maintenance, of inverter, salvage, rent and grid",
    )
    owner: dict[str, Owner] = assumption(
        {
            "industrial_steel": "company",
            "industrial_concrete": "company",
            "commercial": "company",
            "government": "company",
            "education": "company",
            "health": "company",
            "residential_low": "company",
            "residential_high": "company",
            "residential_rural": "person",
            "other": "company",
            "mine": "company",
            "fishpond": "company",
        },
        unit="",
        mark="unverified",
        source="judgement: village homes are built by their owners, the shared roofs of flats by companies; a person's "
        "sales up to 100,000 CNY a month bear no VAT until 2027-12-31 [vat_small2023], taken to last; no income tax is "
        "assumed",
        about="whose account a plant is on: a company's with VAT and income tax, or a natural person's without",
    )
    inverter_cny_per_wac: float = assumption(
        0.12,
        unit="CNY/W AC",
        mark="unverified",
        source="judgement: price of string inverters with work, falling",
        about="option inverter: price of the replacement",
        low=0.08,
        high=0.20,
        ge=0,
    )
    inverter_year: int = assumption(
        13,
        unit="yr",
        mark="unverified",
        source="judgement: inverters last 13-15 years",
        about="option inverter: year of replacement",
        ge=1,
    )
    salvage_share: float = assumption(
        0.05,
        unit="1",
        mark="unverified",
        source="judgement: scrap of steel, aluminium and copper",
        about="option salvage: share of the investment recovered after the last year",
        ge=0,
        le=1,
    )
    rent_pond_cny_per_mu: float = assumption(
        800.0,
        unit="CNY/mu-yr",
        mark="unverified",
        source="judgement: rents of ponds in the delta, 400 to 1,200",
        about="option rent: whole pond",
        low=400.0,
        high=1200.0,
        ge=0,
    )
    rent_mine_cny_per_mu: float = assumption(
        400.0,
        unit="CNY/mu-yr",
        mark="unverified",
        source="judgement: half a pond's",
        about="option rent: mine ground that carries arrays",
        low=0.0,
        high=800.0,
        ge=0,
    )
    rent_roof_cny_per_m2: float = assumption(
        5.0,
        unit="CNY/m2-yr",
        mark="unverified",
        source="judgement: roof rents or the discount on power in their place, up to 8",
        about="option rent: roof that carries arrays",
        low=0.0,
        high=8.0,
        ge=0,
    )
    grid_cny_per_kw: dict[str, float] = assumption(
        {"commercial": 50.0, "residential": 0.0, "mine": 250.0, "fishpond": 250.0},
        unit="CNY/kW",
        mark="unverified",
        source="judgement: low voltage at the meter costs next to nothing, a line of some kilometres "
        "of 10 or 35 kV does",
        about="option grid: connection paid by the plant, per cost class",
    )
    vat_rate: float = assumption(
        0.13,
        unit="1",
        mark="unverified",
        source="[vat2019] article 1",
        about="value added tax in the price of electricity",
        ge=0,
    )
    vat_surcharge: float = assumption(
        0.12,
        unit="1",
        mark="unverified",
        source="judgement: city construction tax 7 %, education surcharges 3 % and 2 %, in a city",
        about="surcharges on the VAT that is paid",
        low=0.06,
        high=0.12,
        ge=0,
    )
    input_vat_share: float = assumption(
        0.10,
        unit="1",
        mark="unverified",
        source="judgement: 13 % on goods and 9 % on works, of a price that includes them",
        about="share of the investment that is input VAT, set off against output VAT year by year",
        low=0.0,
        high=0.115,
        ge=0,
        le=0.2,
    )
    income_tax_rate: float = assumption(
        0.25,
        unit="1",
        mark="sourced",
        source="[income_tax_law] article 4, read in a copy",
        about="income tax on positive income",
        ge=0,
        lt=1,
    )
    tax_holiday: bool = assumption(
        False,
        unit="",
        mark="unverified",
        source="judgement: whether roofs count as public infrastructure is disputed, so off",
        about="no income tax in years 1-3, half in years 4-6",
    )
    loss_carry_years: int = assumption(
        5,
        unit="yr",
        mark="sourced",
        source="[income_tax_law] article 18, read in a copy",
        about="years for which a loss is set off against later income",
        ge=0,
    )
    depreciation_years: int = assumption(
        20,
        unit="yr",
        mark="unverified",
        source="judgement: common for power plants in China, clause not checked",
        about="straight-line depreciation",
        ge=1,
    )
    depreciation_residual: float = assumption(
        0.05,
        unit="1",
        mark="unverified",
        source="judgement: common for power plants in China, clause not checked",
        about="share that is never depreciated",
        ge=0,
        lt=1,
    )
    coal_benchmark_cny_per_kwh: float = assumption(
        0.391,
        unit="CNY/kWh",
        mark="unverified",
        source="[jiangsu_bids] the upper limit of bids equals it; its own document was not read",
        about="price at which the map's colours of cost turn: in China the province's coal benchmark, VAT included",
        ge=0,
    )
