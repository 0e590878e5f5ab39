"""Contracts of what sites are worth: their years, their draws, their appraisal and the sums of zones."""

from __future__ import annotations

from pvmap.settings.base import LEVELS_OF_ZONES
from pvmap.tables.column import Column, Table, amount, share
from pvmap.tables.plan import DEVICE_BY, GRID_GRADES, PLAN_CLASSES
from pvmap.tables.vocabulary import (
    CAUSES,
    GRADES,
    HEIGHT_SETS,
    SITE_TYPES,
    kind_column,
    month_columns,
    site_id_column,
    use_column,
)

VALUE_TABLES: dict[str, Table] = {
    "years": Table(
        "Energy of each site in each weather year, as new as in the first year, before existing plants are subtracted.",
        ("site_id", "year"),
        {
            "site_id": site_id_column(),
            "year": Column("int", "1", "local calendar year of the weather", 0.0),
            "energy_kwh": amount("kWh", "yearly AC energy in that weather"),
        },
    ),
    "draws": Table(
        "Roofs under heights as they may be. Energies are shares of what the roof gives without neighbours.",
        ("site_id", "world"),
        {
            "site_id": site_id_column(),
            "world": Column(
                "int", "1", "0; above: a self-test, in which a draw is the truth, observed and drawn anew", 0.0
            ),
            "true_share": amount("1", "energy, under the heights that the world takes for the truth", missing=True),
            "free_kwh": amount("kWh", "yearly AC energy of the roof full of modules, without neighbours"),
            "weight": amount("1", "roofs that this one stands for where draws are carried to all; 0 for none"),
            **{f"share_{n}": amount("1", f"energy, {of}", missing=True) for n, of in HEIGHT_SETS.items()},
            **{f"sky_{n}": share(f"sky that neighbours hide, {of}") for n, of in HEIGHT_SETS.items()},
            **{f"sun_{n}": share(f"side of the sun that neighbours hide, {of}") for n, of in HEIGHT_SETS.items()},
        },
    ),
    "appraisal": Table(
        "The result per site that map, workbook and exports read.",
        ("site_id",),
        {
            "site_id": site_id_column(),
            "site_type": kind_column(),
            "building_use": use_column(),
            "district": Column("str", "", "district"),
            "township": Column("str", "", "township"),
            "confidence": Column(
                "str",
                "",
                "grade A-D by P90 over P50 (certainty.grades); as of sites where heights are not drawn",
                values=GRADES,
            ),
            "usable_area_m2": amount("m2", "plan area that can carry arrays, existing PV included"),
            "used_area_m2": amount("m2", "plan area that carries arrays"),
            "capacity_gross_kwp": amount("kWp", "DC capacity that surfaces can carry, existing PV included"),
            "capacity_kwp": amount("kWp", "DC capacity, existing PV subtracted"),
            "capacity_kwac": amount("kW", "AC capacity of the inverters"),
            "energy_kwh": amount("kWh", "yearly AC energy, first year"),
            **month_columns(),
            "energy_kwh_mean_25_years": amount("kWh", "mean yearly AC energy over 25 years"),
            "poa_global_kwh_per_m2": amount(
                "kWh/m2", "yearly plane-of-array irradiance after shade, capacity-weighted"
            ),
            "specific_yield_kwh_per_kwp": amount("kWh/kWp", "first-year energy over capacity"),
            "shading_loss": share("yearly energy lost to shade"),
            "loss_terrain": share("part lost to terrain"),
            "loss_neighbours": share("part lost to neighbours"),
            "loss_rows": share("part lost to the array's own rows"),
            "p50_kwh": amount("kWh", "median yearly energy, single year", optional=True),
            "p75_kwh": amount("kWh", "yearly energy exceeded in three years of four", optional=True),
            "p90_kwh": amount("kWh", "yearly energy exceeded in nine years of ten", optional=True),
            "expected_kwh": amount(
                "kWh",
                "mean yearly energy over heights as they may be, where energy_kwh takes them as read",
                optional=True,
            ),
            **{
                f"spread_{cause}": amount("1", f"standard deviation over the energy, {about}", optional=True)
                for cause, about in CAUSES.items()
            },
            **{
                f"certainty_reason_{n}": Column("str", "", f"{nth} cause of its spread", optional=True)
                for n, nth in enumerate(("largest", "second", "third"), start=1)
            },
            "capex_cny": amount("CNY", "investment", optional=True),
            "opex_cny_per_year": amount("CNY/year", "operation, maintenance and rent", optional=True),
            "lcoe_cny_per_kwh": amount("CNY/kWh", "levelised cost of electricity", missing=True, optional=True),
            "value_cny_per_kwh": Column(
                "float", "CNY/kWh", "levelised value of the site's own hours", missing=True, optional=True
            ),
            "self_use_kwh": amount("kWh", "first-year energy used on the spot", optional=True),
            "self_use_cny": amount("CNY", "what it saves in the first year, VAT included", optional=True),
            "export_market_cny": Column(
                "float", "CNY", "what the first year's exports earn in the market, without mechanism", optional=True
            ),
            "revenue_cny": Column("float", "CNY", "first-year revenue, VAT included", optional=True),
            "revenue_later_cny": Column("float", "CNY", "the same without the mechanism price", optional=True),
            "required_price_cny_per_kwh": amount(
                "CNY/kWh",
                "value at which the plant just earns the discount rate after tax",
                missing=True,
                optional=True,
            ),
            "npv_cny": Column("float", "CNY", "net present value after tax", missing=True, optional=True),
            "irr": Column("float", "1", "internal rate of return after tax", missing=True, optional=True),
            "payback_years": amount("years", "years until the investment is returned", missing=True, optional=True),
            "at_grid_parity": Column(
                "bool",
                "",
                "value of its own hours at least the required price: NPV after tax not negative",
                optional=True,
            ),
            "reaches_target_irr": Column("bool", "", "return after tax at least the target", optional=True),
            "below_coal_benchmark": Column(
                "bool", "", "levelised cost at most the coal benchmark price", optional=True
            ),
            "co2_t_per_year": amount("t/year", "CO2 avoided in the first year, baseline grid average", optional=True),
            "co2_fossil_t_per_year": amount("t/year", "the same, baseline fossil power", optional=True),
            "standard_coal_t_per_year": amount(
                "t/year", "standard coal saved in the first year, baseline grid average", optional=True
            ),
            "standard_coal_fossil_t_per_year": amount("t/year", "the same, baseline fossil power", optional=True),
            "capacity_practical_kwp": amount("kWp", "capacity in the practical case", optional=True),
            "capacity_policy_floor_kwp": amount(
                "kWp", "capacity the policy asks for, what stands included, at most what roofs carry", optional=True
            ),
            "decision": Column("str", "", "override by the bureau: confirm, refuse, correct or empty", optional=True),
            "decision_note": Column("str", "", "reason, author and date of the override", optional=True),
            "plan_class": Column("str", "", "class of plant in planning", values=PLAN_CLASSES, optional=True),
            "device_id": Column("str", "", "transformer the site joins; empty where none serves it", optional=True),
            "device_by": Column(
                "str", "", "how it was found: supply area, nearest, or none", values=DEVICE_BY, optional=True
            ),
            "grid_grade": Column(
                "str",
                "",
                "grade of that transformer, superiors counted; empty: not checked",
                values=(*GRID_GRADES, ""),
                optional=True,
            ),
            "connect_rank": Column(
                "int", "1", "order in which headroom is given, from 1; 0 where none is asked for", 0.0, optional=True
            ),
            "connectable_kwac": amount(
                "kW", "AC capacity of the practical case within the grid's headroom", optional=True
            ),
            "planned_kwac": amount(
                "kW", "AC capacity of the practical case that the build-out has by its last year", optional=True
            ),
            "limited_by": Column(
                "str",
                "",
                "transformer or district whose headroom ran out, no device where none serves; empty: not limited",
                optional=True,
            ),
        },
        families={
            "npv_cny_": Column("float", "CNY", "net present value after tax in the scenario NAME", missing=True),
            "irr_": Column("float", "1", "rate of return after tax in the scenario NAME", missing=True),
            "at_target_irr_": Column("bool", "", "return in the scenario NAME at least the target"),
        },
    ),
    "zones": Table(
        "Sums per area; ratios are ratios of sums.",
        ("level", "zone_id", "site_type"),
        {
            "zone_id": Column("str", "", "district, district/township, column_row of the 1 km grid, or an area's name"),
            "site_type": Column("str", "", "kind of site, or all", values=(*SITE_TYPES, "all")),
            "level": Column(
                "str", "", f"what the zone is: {', '.join(LEVELS_OF_ZONES)}, or the level the city file gives its areas"
            ),
            "n_sites": Column("int", "1", "sites with capacity", 0.0),
            "area_m2": amount("m2", "plan area that carries arrays"),
            "capacity_kwp": amount("kWp", "DC capacity"),
            "capacity_kwac": amount("kW", "AC capacity of the inverters", optional=True),
            "energy_kwh": amount("kWh", "yearly AC energy, first year"),
            "specific_yield_kwh_per_kwp": amount("kWh/kWp", "energy over capacity", missing=True),
            "lcoe_cny_per_kwh": amount("CNY/kWh", "energy-weighted levelised cost", missing=True, optional=True),
            "p50_kwh": amount(
                "kWh", "median yearly energy, single year, never a sum of sites' P50", missing=True, optional=True
            ),
            "p75_kwh": amount("kWh", "yearly energy exceeded in three years of four", missing=True, optional=True),
            "p90_kwh": amount("kWh", "yearly energy exceeded in nine years of ten", missing=True, optional=True),
            "co2_t_per_year": amount("t/year", "CO2 avoided in the first year", optional=True),
            "capacity_practical_kwp": amount("kWp", "DC capacity of the practical case", missing=True, optional=True),
            "practical_kwac": amount("kW", "AC capacity of the practical case", missing=True, optional=True),
            "connectable_kwac": amount("kW", "of it within the grid's headroom", missing=True, optional=True),
            "planned_kwac": amount("kW", "AC capacity the build-out has by its last year", missing=True, optional=True),
            "load_kwh": amount("kWh", "yearly load, where the area brings one", missing=True, optional=True),
            "self_sufficiency": share(
                "of that load covered hour by hour by the practical potential", missing=True, optional=True
            ),
            "carbon_t_per_tce": amount(
                "t/tce", "CO2 of what electricity is left to buy, per standard coal used", missing=True, optional=True
            ),
            "near_zero_gap_t_per_year": amount(
                "t/year", "CO2 beyond what a near-zero-carbon park may emit", missing=True, optional=True
            ),
        },
        geometry=True,
    ),
}
