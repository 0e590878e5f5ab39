"""The contracts: what each table holds, in which unit, within which bounds.

A table is checked (``contract.py``) whenever it crosses a file (``pvmap/store``); ``docs/tables.md`` is made from here.
Names of pvlib's glossary keep pvlib's name and unit; every other quantity carries its unit in its name. All energies
are those of the first year of operation unless a name says otherwise.
"""

from __future__ import annotations

from pvmap.tables.column import Column, Table, amount, share
from pvmap.tables.plan import PLAN_TABLES
from pvmap.tables.values import VALUE_TABLES
from pvmap.tables.vocabulary import (
    GRADES,
    MOUNTINGS,
    REFUSALS,
    kind_column,
    month_columns,
    site_id_column,
    surface_id_column,
    use_column,
)

TABLES: dict[str, Table] = {
    "sites": Table(
        "What was read and kept: one row per roof, mine or pond.",
        ("site_id",),
        {
            "site_id": site_id_column(),
            "site_type": kind_column(),
            "name": Column("str", "", "name in the source, may be empty"),
            "building_use": use_column(),
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
            "site_id": site_id_column(),
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
            "surface_id": surface_id_column(),
            "site_id": site_id_column(),
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
            "surface_id": surface_id_column(),
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
            "surface_id": surface_id_column(),
            "site_id": site_id_column(),
            "n_modules": Column("int", "1", "whole modules after shade", 0.0),
            "capacity_kwp": amount("kWp", "DC capacity after shade"),
            "poa_global_kwh_per_m2": amount("kWh/m2", "yearly plane-of-array irradiance after shade"),
            "shading_loss": share("yearly energy lost to terrain, neighbours and rows together"),
            "energy_kwh": amount("kWh", "yearly AC energy, first year"),
            **month_columns(),
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
            "site_type": kind_column(),
            "building_use": use_column(),
            "power_kw": amount("kW", "mean AC power of the hour"),
        },
    ),
    "roof_points": Table(
        "Sample points of surfaces and what reaches them, where shade.write_points asks for them; rows not counted.",
        ("surface_id", "point"),
        {
            "surface_id": surface_id_column(),
            "point": Column("int", "1", "number within the surface", 0.0),
            "z_m": Column("float", "m", "height of the point above the datum of the terrain"),
            "poa_global_kwh_per_m2": amount("kWh/m2", "yearly plane-of-array irradiance after shade"),
            "open_sky_share": amount("1", "its share of what the plane gets under an open sky"),
            "usable": Column("bool", "", "the share reaches the configured least: the point carries modules"),
        },
        geometry=True,
    ),
    **VALUE_TABLES,
    **PLAN_TABLES,
}
