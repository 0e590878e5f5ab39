"""The plan in the workbook: what the grid can take, what is built when, and what scenarios of price come to."""

from __future__ import annotations

import pandas as pd

from pvmap.deliver.report_tables import Run, only
from pvmap.deliver.sheets import HEADER_ZH, Book
from pvmap.settings.base import LEVELS_OF_ZONES
from pvmap.settings.scenarios import Scenario
from pvmap.tables.plan import ALL

HOSTING = (
    "设备级承载力，按DL/T 2041-2025；容量为交流侧。绿色：可开放备案容量为正；黄色：备案容量已用尽而可开放并网容量为正；"
    "红色：均已用尽，增容前不再新增接入；上级为红色时下级亦为红色。",
    "仅核查热稳定；潮流、短路电流、电压偏差、谐波未核查，须由电网企业核验。",
    "Equipment level, MW are AC. Green: open for registration; yellow: open for connection, all of it registered; red: "
    "nothing open until reinforced; a red superior makes red. Only the thermal limit was checked.",
)
BUILD_OUT = (
    "线性规划：以最少投资（或最大净现值）完成各年目标；影子价格为约束放宽1兆瓦可节省的费用，目标缺口按远高于造价的罚价计。",
    "A linear programme meets the targets at least investment; a shadow price is what a megawatt more would save; what "
    "is missing of a target is priced far above any plant.",
)
SCENARIOS = (
    "情景不重复计算辐照与发电，只改变电价与消纳；报价判断以竞价区间为准。未提供可参与竞价的类别时按均不可参与计，"
    "并列出若均可竞价的结果供对照。弃光逐时确定：先削减全市光伏出力最大的时段，按这些时段的市场电价计损失，自用电量不削减。",
    "Scenarios change prices and use, never the physics; the verdict on a bid is against the range of bids. "
    "Where nobody says which classes may bid none do; what it would be might all bid stands beside. Curtailed are the "
    "brightest hours of the city first, at what the market pays in them; self-use never is.",
)
HOSTING_COLUMNS = (
    *("rating_mva", "upward_mw", "load_mw", "load_by", "tau", "tau_by", "hosting_mw", "hosting_max_mw"),
    *("connected_mw", "grid_registered_mw", "connectable_mw", "registrable_mw", "holiday_registrable_mw"),
    *("grade_own", "grid_grade", "limited_by", "sites_below", "potential_mw", "allocated_mw", "headroom_left_mw"),
    *("curtailment_rate", "reinforcement_mva", "storage_mw"),
)
DISTRICT_COLUMNS = (
    *("district", "grid_grade", "hosting_mw", "hosting_max_mw", "hosting_by", "connected_mw"),
    *("grid_registered_mw", "connectable_mw", "registrable_mw", "sites_below", "potential_mw", "allocated_mw"),
    *("headroom_left_mw", "available_gwh", "curtailed_gwh", "curtailment_rate", "reinforcement_mva", "storage_mw"),
)
BUILD_OUT_COLUMNS = (
    *("plan_year", "district", "class", "stock_mw", "registered_mw", "built_mw", "built_mwp", "year_end_mwac"),
    *("year_end_mwp", "investment_cny", "energy_gwh", "target_mwac", "target_mw", "missed_mwac"),
    *("binds", "price_cny_per_mw"),
)
SCENARIO_COLUMNS = (
    *("scenario", "class", "district", "bid_cny_per_kwh", "mechanism_share", "eligible_share", "practical_mwac"),
    *("at_target_irr_mw", "at_target_irr_if_eligible_mw", "irr", "irr_if_eligible", "npv_cny"),
    *("scenario_curtailment", "lost_gwh", "curtailed_hours"),
    *("break_even_bid_cny_per_kwh", "bid_verdict"),
)
AREA_COLUMNS = (
    *("area_level", "zone_id", "site_type", "n_sites", "area_m2", "capacity_kwp", "capacity_kwac", "energy_kwh"),
    *("capacity_practical_kwp", "practical_kwac", "connectable_kwac", "planned_kwac", "load_kwh", "self_sufficiency"),
    *("carbon_t_per_tce", "near_zero_gap_t_per_year"),
)
AREAS = (
    "自给率按小时以现实潜力与已建光伏计；碳排放仅计外购电力，近零碳差距为超出单位能耗碳排放上限的部分。",
    "Self-sufficiency hour by hour from the practical potential and what stands; carbon of electricity that is bought "
    "only, and what of it exceeds the limit of a near-zero-carbon park.",
)
WHOLE, OUTSIDE = "全市", "（未划入区县）"  # whether some districts were brought or none
OURS = {  # columns of the plan's tables, whose MW are AC, as the workbook calls them: alike where they mean the same
    "cumulative_mwp": "year_end_mwp",
    "cumulative_mw": "year_end_mwac",
    "target_mw": "target_mwac",
    "target_mwp": "target_mw",
    "gap_mw": "missed_mwac",
    "share": "mechanism_share",
    "capacity_mw": "practical_mwac",
    "year": "plan_year",
}


def hosting_tables(hosting: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Districts and devices of the table "hosting", as readers get them."""
    frame = hosting.rename(columns={**OURS, "registered_mw": "grid_registered_mw", "n_sites": "sites_below"})
    frame["hosting_by"] = frame["hosting_by"].replace({"kV": "千伏", "; published limit": "；公布值封顶"}, regex=True)
    district = frame["kind"] == "district"
    devices = frame[~district].rename(columns={"name": "station"})
    ahead = ["device_id", "station", "district", "level_kv", "parent_id", "mode"]
    return frame.loc[district, list(DISTRICT_COLUMNS)], devices[[*ahead, *HOSTING_COLUMNS]]


def build_out_tables(build_out: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Divide the table into the city by year, with shares of homes and industry, and every district and class."""
    frame = build_out.rename(columns=OURS)
    of_city = frame[frame["district"] == ALL]
    city = of_city[of_city["class"] == ALL].reset_index(drop=True)
    for column, start in (("home_share", "home_"), ("ci_share", "ci_")):
        part = of_city[of_city["class"].str.startswith(start)].groupby("plan_year")["year_end_mwac"].sum()
        share = city["plan_year"].map(part).fillna(0.0) / city["year_end_mwac"].where(city["year_end_mwac"] > 0)
        city[column] = share
    first = [name for name in BUILD_OUT_COLUMNS if name not in ("district", "class")]
    return city[[*first, "home_share", "ci_share"]], _named(frame[list(BUILD_OUT_COLUMNS)])


def scenario_table(scenarios: pd.DataFrame, named: tuple[Scenario, ...]) -> pd.DataFrame:
    """Bid, return and megawatts, class by class, scenarios side by side."""
    frame = scenarios.rename(columns={**OURS, "curtailment_rate": "scenario_curtailment"})
    order = frame["scenario"].map({one.name: number for number, one in enumerate(named)})
    frame = frame.assign(order=order).sort_values(["district", "class", "order"], kind="stable")
    frame["scenario"] = frame["scenario"].map({one.name: one.title_zh or one.name for one in named})
    return _named(frame[list(SCENARIO_COLUMNS)])


def _named(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(district=frame["district"].replace({ALL: WHOLE, "": OUTSIDE}))


def area_table(zones: pd.DataFrame) -> pd.DataFrame:
    """Areas of the city's own: what they can give, and how far a park is from near-zero carbon."""
    return only(zones.rename(columns={"level": "area_level"}), list(AREA_COLUMNS))


def write_plan(book: Book, run: Run) -> None:
    """Write the sheets of those of the plan's tables that the city has."""
    if "hosting" in run.tables:
        districts, devices = hosting_tables(run.tables["hosting"])
        sheet = book.sheet("承载力", "hosting capacity")
        row = book.table(sheet, districts, row=HEADER_ZH, freeze=False, fit=False) + 1 if len(districts) else HEADER_ZH
        if len(devices):  # a public build names none
            row = book.table(sheet, devices, row=row, freeze=False) + 1  # whose names are the longer ones
        book.lines(sheet, row, list(HOSTING))
    if "build_out" in run.tables:
        city, every = build_out_tables(run.tables["build_out"])
        sheet = book.sheet("建设时序", "build-out by year")
        row = book.table(sheet, city, row=HEADER_ZH, freeze=False, fit=False) + 1
        row = book.table(sheet, every, row=row, freeze=False) + 1
        book.lines(sheet, row, list(BUILD_OUT))
    if "scenarios" in run.tables:
        sheet = book.sheet("电价情景", "scenarios: bid price, return, megawatts")
        row = book.table(sheet, scenario_table(run.tables["scenarios"], run.settings.scenarios)) + 1
        book.lines(sheet, row, list(SCENARIOS))
    zones = run.tables.get("zones", pd.DataFrame({"level": []}))
    areas = zones[~zones["level"].isin(LEVELS_OF_ZONES)]
    if len(areas):
        sheet = book.sheet("园区", "areas of the city's own")
        row = book.table(sheet, area_table(areas)) + 1
        book.lines(sheet, row, list(AREAS))
