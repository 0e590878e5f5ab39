"""The contracts of what a plan adds: what the grid can take, what is built when, what scenarios of price come to."""

from __future__ import annotations

from pvmap.tables.column import Column, Table, amount, share

GRID_GRADES = ("green", "yellow", "red")
PLAN_CLASSES = ("home_person", "home_company", "ci_general", "ci_large", "mine", "fishpond")
CLASS_WORDS = {  # as tables of bureaus name them
    **{name: name for name in PLAN_CLASSES},
    **dict.fromkeys(("自然人户用", "自然人", "户用自然人"), "home_person"),
    **dict.fromkeys(("非自然人户用", "非自然人"), "home_company"),
    **dict.fromkeys(("一般工商业", "工商业"), "ci_general"),
    "大型工商业": "ci_large",
    **dict.fromkeys(("矿山", "废弃矿山"), "mine"),
    **dict.fromkeys(("鱼塘", "养殖坑塘", "渔光互补", "坑塘"), "fishpond"),
}
BINDING = ("none", "potential", "pace", "hosting")
BID_VERDICTS = ("", "always pays", "within range", "out of reach")
DEVICE_BY = ("polygon", "nearest", "none")
ALL = "all"  # district, class or kind of a row that sums them


def told_apart(district: str) -> str:
    """Name of a district in tables whose sums stand under ``ALL``: one that is itself called so gets quotes."""
    return f"“{district}”" if district == ALL else district


PLAN_TABLES: dict[str, Table] = {
    "hosting": Table(
        "What each transformer and each district can take of distributed generation, at the equipment level of "
        "DL/T 2041-2025; MW are AC. Only where the city file names its transformers.",
        ("kind", "device_id"),
        {
            "kind": Column("str", "", "what the row is", values=("device", "district")),
            "device_id": Column("str", "", "id of the transformer; name of the district"),
            "name": Column("str", "", "name of the station or district"),
            "district": Column("str", "", "district it belongs to"),
            "level_kv": amount("kV", "upper voltage; missing for districts", missing=True),
            "parent_id": Column("str", "", "superior transformer; empty at the top"),
            "mode": Column("str", "", "secondary side: single, split or parallel; empty for districts"),
            "rating_mva": amount("MVA", "rating of all units of the station", missing=True),
            "upward_mw": amount("MW", "upward limit", missing=True),
            "downward_mw": amount("MW", "what it carries down: rating times its own power factor", missing=True),
            "load_mw": Column("float", "MW", "load at the assessed hour", missing=True),
            "load_by": Column("str", "", "where the load is from", values=("hours", "table", "estimated", "")),
            "tau": amount("1", "greatest output over rating at the assessed hours", missing=True),
            "tau_by": Column("str", "", "where that is from", values=("measured", "profiles", "")),
            "hosting_by": Column("str", "", "devices that a district's figure adds up, or which list caps it"),
            "hosting_mw": amount("MW", "hosting capacity, lower bound, what exists included"),
            "hosting_max_mw": amount("MW", "the same, upper bound"),
            "connected_mw": amount("MW", "connected distributed generation"),
            "registered_mw": amount("MW", "registered, valid and not yet connected"),
            "connectable_mw": Column("float", "MW", "open for connection (C1), lower bound; negative is overbooked"),
            "connectable_max_mw": Column("float", "MW", "the same, upper bound"),
            "registrable_mw": Column("float", "MW", "open for registration (C2), lower bound; negative is overbooked"),
            "registrable_max_mw": Column("float", "MW", "the same, upper bound"),
            "holiday_registrable_mw": Column(
                "float", "MW", "C2 with the load of holidays in May and October: shown, never graded", missing=True
            ),
            "grade_own": Column("str", "", "grade by its own lower bounds", values=GRID_GRADES),
            "grid_grade": Column("str", "", "grade, red superiors counted", values=GRID_GRADES),
            "limited_by": Column("str", "", "highest red superior; empty where there is none"),
            "n_sites": Column("int", "1", "sites with practical potential below it", 0.0),
            "potential_mw": amount("MW", "practical potential of these sites"),
            "allocated_mw": amount("MW", "of it within all headroom, by the order of connection"),
            "headroom_left_mw": amount("MW", "headroom that is left after it"),
            "available_gwh": amount("GWh", "yearly energy were all practical potential built, existing included"),
            "curtailed_gwh": amount("GWh", "of it cut here, hour by hour, and not below"),
            "curtailment_rate": share("curtailed over available, cut below included"),
            "reinforcement_mva": amount("MVA", "transformers that would make room for the rest of the potential"),
            "storage_mw": amount("MW", "storage charging at the assessed hours that would do the same"),
        },
        geometry=True,
    ),
    "build_out": Table(
        "What is built in which year, by the linear programme; MW are AC. Only where the city has targets by year.",
        ("year", "district", "class"),
        {
            "year": Column("int", "1", "year", 2000.0, 2100.0),
            "district": Column("str", "", "district; all for the city"),
            "class": Column("str", "", "class of plants, or all", values=(*PLAN_CLASSES, ALL)),
            "stock_mw": amount("MW", "standing before the first year"),
            "registered_mw": amount("MW", "registered projects expected to be realised in this year"),
            "built_mw": amount("MW", "built in this year beside them"),
            "cumulative_mw": amount("MW", "standing at the end of the year"),
            "built_mwp": amount("MWp", "built in this year, DC"),
            "cumulative_mwp": amount("MWp", "standing at the end of the year, DC"),
            "investment_cny": amount("CNY", "investment of this year, not discounted"),
            "energy_gwh": amount("GWh", "energy of the year from what the plan has built; its first year counts half"),
            "target_mw": amount("MW", "target for the end of the year", missing=True),
            "target_mwp": amount("MWp", "the same, DC", missing=True),
            "gap_mw": amount("MW", "what is missing of it, AC", missing=True),
            "binds": Column("str", "", "what keeps more from being built", values=BINDING),
            "price_cny_per_mw": amount("CNY/MW", "what a megawatt more of that would save"),
        },
    ),
    "scenarios": Table(
        "What plants earn in each scenario of price and use; MW are AC of the practical case.",
        ("scenario", "district", "class"),
        {
            "scenario": Column("str", "", "name of the scenario"),
            "district": Column("str", "", "district; all for the city"),
            "class": Column("str", "", "class of plants, or all", values=(*PLAN_CLASSES, ALL)),
            "bid_cny_per_kwh": amount(
                "CNY/kWh", "mechanism price where it was won; missing where there is none", missing=True
            ),
            "share": share("share of exports under the mechanism where it was won"),
            "eligible_share": share("share of the potential that may bid, by inputs.mechanism or the scenario"),
            "capacity_mw": amount("MW", "practical potential"),
            "at_target_irr_mw": amount("MW", "of it with a return of at least the target"),
            "at_target_irr_if_eligible_mw": amount("MW", "the same might every class bid"),
            "npv_cny": Column("float", "CNY", "net present value after tax, of the practical potential"),
            "irr": Column("float", "1", "rate of return after tax, weighted by MW", missing=True),
            "irr_if_eligible": Column("float", "1", "the same might every class bid", missing=True),
            "available_gwh": amount("GWh", "first-year energy before anything is cut"),
            "lost_gwh": amount("GWh", "first-year energy that is not taken"),
            "curtailment_rate": share("lost over available"),
            "curtailed_hours": amount("h", "hours of the year in which something is cut: the brightest ones"),
            "break_even_bid_cny_per_kwh": Column(
                "float", "CNY/kWh", "bid at which they would just earn the target return", missing=True
            ),
            "bid_verdict": Column(
                "str", "", "that bid beside the range of bids; empty where there is none", values=BID_VERDICTS
            ),
        },
    ),
}
