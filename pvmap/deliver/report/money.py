"""Chapters on investment, land and risk."""

from __future__ import annotations

import pandas as pd

from pvmap.deliver import report_tables
from pvmap.deliver.plan_sheets import OUTSIDE
from pvmap.deliver.report.page import Page
from pvmap.deliver.report_tables import MOVING, Run, only
from pvmap.deliver.words import LEVELS
from pvmap.planning.policy.cases import gaps
from pvmap.planning.risk.tornado import TEN
from pvmap.planning.risk.uncertainty import group_quantiles

MONEY = [
    *("site_type", "capex_cny", "capex_cny_per_w", "irr", "payback_years", "lcoe_cny_per_kwh", "value_cny_per_kwh"),
    *("self_use_share", "share_at_grid_parity", "share_at_target_irr"),
]
CARBON = [
    *("site_type", "co2_t_per_year", "co2_fossil_t_per_year", "standard_coal_t_per_year"),
    "standard_coal_fossil_t_per_year",
]
LAND = ["site_type", "area_m2", "footprint_total_m2", "mu_per_mw"]
TARGETS = ["level", "name", "installed_mwac", "practical_mwac", "target_mwac", "gap_mwac", "year", "reachable"]
REASONS = 12  # reasons of exclusion listed


def write_targets(page: Page, run: Run) -> None:
    """Compare what stands and may be built with the targets, leaving out townships without one."""
    city, floored = run.settings.city.name, "capacity_policy_floor_kwp" in run.appraisal
    if not (floored or run.settings.planning.policy.targets):
        return
    frame = gaps(run.appraisal, run.sites, run.settings.planning.policy, city, run.settings.energy.inverter)
    frame = frame[(frame["level"] != "township") | frame["target_mwac"].notna()]
    page.chapter("目标与缺口")
    floor = "；未设目标的类别以整县试点文件的屋顶比例要求（政策底线）为准" if floored else ""
    page.text(f"已建规模来自城市文件或已建光伏图层{floor}。")
    if "build_out" in run.tables:
        page.text("分年规划目标及其完成情况见“分年建设安排”一章。")
    named = report_tables.named_targets(frame, city)
    page.table("目标、已建与缺口（交流侧）", only(named, TARGETS))
    page.table("目标、已建与缺口（直流侧）", only(named, [name.replace("_mwac", "_mw") for name in TARGETS]))


def write_investment(page: Page, run: Run) -> None:
    """Write investment, returns and what emissions fall by."""
    page.chapter("投资与效益")
    kinds = report_tables.by_kind(run.appraisal, run.sites, run.settings)
    page.text("平价指税后净现值不小于零；投资为技术可开发规模全部建成所需，含接网费用，不含电网侧改造。")
    page.table("投资与收益", only(kinds, MONEY))
    page.table("首年减排与节煤" if page.marks.wording.home else "首年减排", only(kinds, CARBON))


def write_land(page: Page, run: Run) -> None:
    """Write how much ground and roof is used, and why the rest is not."""
    page.chapter("用地与排除")
    kinds = report_tables.by_kind(run.appraisal, run.sites, run.settings)
    page.table("布置面积与占地", only(kinds, LAND))
    reasons = report_tables.reasons(run.exclusions, run.sites).head(REASONS)
    if len(reasons):
        page.table(
            "未利用面积的主要原因", only(reasons, ["site_type", "reason_zh", "touched_sites", "excluded_m2", "share"])
        )


def write_risk(page: Page, run: Run) -> None:
    """Write what a single year may fall to, and which assumptions move the result most."""
    page.chapter("风险")
    risk = run.settings.planning.risk
    whole = group_quantiles(run.appraisal, None, risk, run.years_kwh).assign(group=LEVELS["city"].zh)
    parts = group_quantiles(run.appraisal, "district", risk, run.years_kwh)
    frame = pd.concat([whole, parts], ignore_index=True)
    frame["group"] = frame["group"].replace("", OUTSIDE)
    page.text("P90 为单年有九成把握达到的电量；分区数值计入误差相关性，不等于各点之和。")
    page.table("单年电量的把握程度", only(frame, ["group", "sigma", "p50_kwh", "p75_kwh", "p90_kwh"]))
    columns = [MOVING[0], "verified", *MOVING[1:]]
    page.table("对度电成本、电量与净现值影响最大的参数", only(run.swings.head(TEN), columns))
    page.text("参数为区间两端时全市的度电成本、首年电量与税后净现值；标“否”的参数应优先核实。")
