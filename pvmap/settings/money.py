"""Assumptions of the owner's account: what is counted, at which interest, and what the tax office takes."""

from __future__ import annotations

from typing import Literal

from pvmap.settings.base import Merged, NotNegative, Positive, assumption
from pvmap.settings.costs import CapexSettings, OpexSettings

CostOption = Literal["inverter", "salvage", "rent", "grid"]
Owner = Literal["company", "person"]


class EconomicsSettings(Merged):
    """Cost of electricity and the owner's account."""

    capex_cny_per_kw: CapexSettings = CapexSettings()
    opex_cny_per_kw_year: OpexSettings = OpexSettings()
    size_factors: dict[str, tuple[tuple[NotNegative, Positive], ...]] = assumption(
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
    grid_cny_per_kw: dict[str, NotNegative] = assumption(
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
