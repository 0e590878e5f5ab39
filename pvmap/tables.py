"""The contracts: what each table holds, in which unit, within which bounds.

A table is checked (``contract.py``) whenever it crosses a file (``store.py``); ``docs/tables.md`` is made from here.
Names of pvlib's glossary keep pvlib's name and unit; every other quantity carries its unit in its name. All energies
are those of the first year of operation unless a name says otherwise.
"""

from __future__ import annotations

from pvmap.column import Column, Table, amount, share
from pvmap.plan_tables import DEVICE_BY, GRID_GRADES, PLAN_CLASSES, PLAN_TABLES
from pvmap.settings.base import LEVELS_OF_ZONES

NEIGHBOURS = "neighbours"  # source of a height that those of other buildings say
ASSUMED_HEIGHTS = ("default", NEIGHBOURS)  # sources of heights that nobody observed
SITE_TYPES = ("rooftop", "mine", "fishpond")
BUILDING_USES = (
    "industrial_steel",
    "industrial_concrete",
    "commercial",
    "government",
    "education",
    "health",
    "residential_low",
    "residential_high",
    "residential_rural",
    "other",
)
NO_USE = "none"  # building_use of sites that are not buildings
REFUSALS = (  # why a row is no site
    *("no geometry", "empty geometry", "wrong geometry type", "no area", "sliver", "duplicate"),
    *("coordinates not finite", "coordinates are zero", "outside the metric CRS"),
    *("outline that holds other buildings", "part of another building", "piece of another site"),
    *("counted with another site", "no pond", "no mining land", "not bare", "far too large for its kind"),
    "not for the public",
)
MOUNTINGS = ("flush", "rack", "ground", "pond")
GRADES = ("A", "B", "C", "D")
CAUSES = {  # errors of inputs that spread a site's energy
    "height": "from heights, its own and its neighbours'",
    "outline": "from the outline",
    "use": "from the use, where it is not known",
    "form": "from the form of roof or ground",
}
HEIGHT_SETS = {0: "heights as observed", **{n: f"draw {n} of the heights" for n in range(1, 9)}}
MONTHS = tuple(f"{m:02d}" for m in range(1, 13))
ENERGY_MONTHS = tuple(f"energy_kwh_month_{m}" for m in MONTHS)


def _site_id() -> Column:
    return Column("str", "", "kind of site and its id in the source: the same site keeps it from run to run")


def _surface_id() -> Column:
    return Column("str", "", "site_id and a running number")


def _months() -> dict[str, Column]:
    return {c: amount("kWh", f"AC energy of local month {c[-2:]}, first year") for c in ENERGY_MONTHS}


def _kind() -> Column:
    return Column("str", "", "kind of site", values=SITE_TYPES)


def _use() -> Column:
    return Column("str", "", "use of the building; none where the site is no building", values=(*BUILDING_USES, NO_USE))


TABLES: dict[str, Table] = {
    "sites": Table(
        "What was read and kept: one row per roof, mine or pond.",
        ("site_id",),
        {
            "site_id": _site_id(),
            "site_type": _kind(),
            "name": Column("str", "", "name in the source, may be empty"),
            "building_use": _use(),
            "height_m": Column("float", "m", "height of the roof above ground", 0.0, 1000.0, missing=True),
            "height_source": Column(
                "str", "", "where the height comes from: column, floors, surface model, neighbours, default, none"
            ),
            "footprint_area_m2": amount("m2", "area of the polygon in the metric CRS"),
            "existing_pv_kwp": amount("kWp", "capacity that already stands here and is subtracted"),
            "district": Column("str", "", "county-level district by representative point; empty outside all"),
            "township": Column("str", "", "township by representative point; empty where none was given"),
            "longitude": Column("float", "deg", "representative point, WGS84", -180.0, 180.0),
            "latitude": Column("float", "deg", "representative point, WGS84", -90.0, 90.0),
            "weather_id": Column("str", "", "weather point the site takes its sky from"),
            "source": Column("str", "", "input file"),
            "source_row": Column("int", "1", "row in the input file, counted from 0", 0.0),
            "hilbert": Column(
                "int", "1", "place along the Hilbert curve of the city, order of the rows", 0.0, optional=True
            ),
            "part": Column("int", "1", "part of the multipolygon, 0 where there is one", 0.0, optional=True),
            "shared_area_m2": amount("m2", "area of the source's polygon that counts with another site", optional=True),
            "excluded_by": Column(
                "str", "", "reason the source gives to leave this site out, else empty", optional=True
            ),
            "water_share": share("share of a pond's polygon that is water, 1 for other kinds", optional=True),
            "cluster_area_m2": amount(
                "m2", "area of the cluster of ponds this one belongs to, 0 for other kinds", optional=True
            ),
            "ridge_azimuth": Column(
                "float",
                "deg",
                "ridge that a row of houses shares, clockwise from grid north; missing where the footprint decides",
                0.0,
                180.0,
                missing=True,
                optional=True,
            ),
            "use_known": Column("bool", "", "the source tells the use of the building", optional=True),
            "ridge_hidden": Column(
                "bool", "", "a pitched roof so square that its ridge may run either way", optional=True
            ),
            "origin": Column(
                "str",
                "",
                "where outline and height come from, as the city file states it; empty where it does not",
                optional=True,
            ),
            "height_rmse_m": amount(
                "m",
                "error of the height as the city file states it; missing where it does not",
                missing=True,
                optional=True,
            ),
            "confidence": Column(
                "str",
                "",
                "A measured planes, B measured height and known use, C one of the two, D neither; one lower where "
                "a pitched roof is so square that its ridge may run either way",
                values=GRADES,
            ),
        },
        geometry=True,
    ),
    "rejects": Table(
        "What was read and refused; rows read + parts exploded = kept + refused.",
        ("source", "source_row", "part"),
        {
            "source": Column("str", "", "input file"),
            "source_row": Column("int", "1", "row in the input file, counted from 0", 0.0),
            "part": Column("int", "1", "part of the multipolygon, 0 where there is one", 0.0),
            "reason": Column("str", "", "short reason", values=REFUSALS),
            "detail": Column("str", "", "the value that caused it"),
            "longitude": Column("float", "deg", "middle of its bounds, WGS84", -180.0, 180.0, missing=True),
            "latitude": Column("float", "deg", "middle of its bounds, WGS84", -90.0, 90.0, missing=True),
        },
    ),
    "exclusions": Table(
        "Why ground or roof that was read is not used. Per site: plan area used + area_m2 by reason = footprint.",
        ("site_id", "reason"),
        {
            "site_id": _site_id(),
            "reason": Column("str", "", "rule that excludes"),
            "area_m2": amount("m2", "plan area attributed to this reason alone (first clause in the stated order)"),
            "area_touched_m2": amount("m2", "plan area this reason covers, overlaps included"),
            "clause": Column("str", "", "source of the rule, with its mark"),
        },
    ),
    "surfaces": Table(
        "Tilted surfaces that may carry modules, before shade.",
        ("surface_id",),
        {
            "surface_id": _surface_id(),
            "site_id": _site_id(),
            "surface_tilt": Column("float", "deg", "tilt of the modules from horizontal", 0.0, 90.0),
            "surface_azimuth": Column("float", "deg", "azimuth of the modules, clockwise from north", 0.0, 360.0),
            "gcr": Column(
                "float", "1", "module area over array area on the plane: rows, or 0.82 where flush", 0.0, 1.0
            ),
            "albedo": share("reflectance of what lies in front of the rows"),
            "mounting": Column("str", "", "how the modules stand", values=MOUNTINGS),
            "area_m2": amount(
                "m2", "array area along the plane after setbacks and obstacles; across a slope level rows count in plan"
            ),
            "plan_area_m2": amount("m2", "its horizontal projection"),
            "capacity_limit_kwp": amount("kWp", "DC capacity in whole modules, before shade"),
            "height_m": Column("float", "m", "height of the modules above ground", 0.0, 1000.0),
            "ground_tilt": Column("float", "deg", "slope the rows stand on", 0.0, 90.0),
            "ground_azimuth": Column("float", "deg", "downhill direction of that slope", 0.0, 360.0),
            "row_length_m": Column("float", "m", "length of a row up its slope; 0 where modules lie flush", 0.0, 100.0),
            "edge_height_m": Column(
                "float", "m", "height of the rows' lower edge above what they stand on", 0.0, 100.0
            ),
            "measured": Column("bool", "", "the plane was measured, not assumed: grade A", optional=True),
        },
        geometry=True,
    ),
    "shade": Table(
        "What stands in the way of each surface.",
        ("surface_id",),
        {
            "surface_id": _surface_id(),
            "usable_share": share(
                "share of the surface that gets at least the configured share of open-sky irradiance"
            ),
            "sky_view_factor": share("share of the isotropic sky the tilted plane sees, 1 when open"),
            "horizon_band_share": share("unblocked share of the horizon band 0-6.5 degrees in front of the plane"),
            "loss_terrain": share("yearly energy lost to far and near terrain"),
            "loss_neighbours": share("yearly energy lost to buildings and trees"),
            "loss_rows": share("yearly energy lost to the array's own rows"),
        },
    ),
    "weather": Table(
        "Hourly weather of a year (or many) per weather point; time is UTC and labels the start of the interval.",
        ("weather_id", "time"),
        {
            "weather_id": Column("str", "", "weather point"),
            "time": Column("time", "UTC", "start of the interval"),
            "ghi": Column("float", "W/m2", "global horizontal irradiance", 0.0, 1500.0),
            "dni": Column("float", "W/m2", "direct normal irradiance", 0.0, 1500.0),
            "dhi": Column("float", "W/m2", "diffuse horizontal irradiance", 0.0, 1500.0),
            "temp_air": Column("float", "degC", "air temperature", -60.0, 60.0),
            "wind_speed": Column("float", "m/s", "wind speed", 0.0, 100.0),
        },
    ),
    "yields": Table(
        "What each surface gives, first year of operation.",
        ("surface_id",),
        {
            "surface_id": _surface_id(),
            "site_id": _site_id(),
            "n_modules": Column("int", "1", "whole modules after shade", 0.0),
            "capacity_kwp": amount("kWp", "DC capacity after shade"),
            "poa_global_kwh_per_m2": amount("kWh/m2", "yearly plane-of-array irradiance after shade"),
            "shading_loss": share("yearly energy lost to terrain, neighbours and rows together"),
            "energy_kwh": amount("kWh", "yearly AC energy, first year"),
            **_months(),
            "specific_yield_kwh_per_kwp": amount("kWh/kWp", "energy over capacity, first year"),
            "performance_ratio": Column("float", "1", "energy / (capacity x poa)", 0.0, 1.2),
            "capacity_factor": share("energy / (capacity x 8760 h)"),
        },
    ),
    "profiles": Table(
        "Hourly AC power by district, kind and use, first year, of what can still be built: existing plants taken out.",
        ("time", "district", "site_type", "building_use"),
        {
            "time": Column("time", "UTC", "start of the hour"),
            "district": Column("str", "", "district"),
            "site_type": _kind(),
            "building_use": _use(),
            "power_kw": amount("kW", "mean AC power of the hour"),
        },
    ),
    "roof_points": Table(
        "Sample points of surfaces and what reaches them, where shade.write_points asks for them; rows not counted.",
        ("surface_id", "point"),
        {
            "surface_id": _surface_id(),
            "point": Column("int", "1", "number within the surface", 0.0),
            "z_m": Column("float", "m", "height of the point above the datum of the terrain"),
            "poa_global_kwh_per_m2": amount("kWh/m2", "yearly plane-of-array irradiance after shade"),
            "open_sky_share": amount("1", "its share of what the plane gets under an open sky"),
            "usable": Column("bool", "", "the share reaches the configured least: the point carries modules"),
        },
        geometry=True,
    ),
    "years": Table(
        "Energy of each site in each weather year, as new as in the first year, before existing plants are subtracted.",
        ("site_id", "year"),
        {
            "site_id": _site_id(),
            "year": Column("int", "1", "local calendar year of the weather", 0.0),
            "energy_kwh": amount("kWh", "yearly AC energy in that weather"),
        },
    ),
    "draws": Table(
        "Roofs under heights as they may be. Energies are shares of what the roof gives without neighbours.",
        ("site_id", "world"),
        {
            "site_id": _site_id(),
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
            "site_id": _site_id(),
            "site_type": _kind(),
            "building_use": _use(),
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
            **_months(),
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
            "revenue_cny": amount("CNY", "first-year revenue, VAT included", optional=True),
            "revenue_later_cny": amount("CNY", "the same without the mechanism price", optional=True),
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
            "energy_kwh": amount("kWh", "yearly AC energy, first year"),
            "specific_yield_kwh_per_kwp": amount("kWh/kWp", "energy over capacity", missing=True),
            "lcoe_cny_per_kwh": amount("CNY/kWh", "energy-weighted levelised cost", missing=True, optional=True),
            "p50_kwh": amount(
                "kWh", "median yearly energy, single year, never a sum of sites' P50", missing=True, optional=True
            ),
            "p75_kwh": amount("kWh", "yearly energy exceeded in three years of four", missing=True, optional=True),
            "p90_kwh": amount("kWh", "yearly energy exceeded in nine years of ten", missing=True, optional=True),
            "co2_t_per_year": amount("t/year", "CO2 avoided in the first year", optional=True),
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
    **PLAN_TABLES,
}
