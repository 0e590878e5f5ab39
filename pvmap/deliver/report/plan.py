"""Chapters on what the grid can take, when it is built, what it earns; each only where the city has it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from pvmap.deliver import plan_sheets, report_tables
from pvmap.deliver.cells import shown
from pvmap.deliver.label import Label
from pvmap.deliver.report import pictures
from pvmap.deliver.report.page import Page, printed
from pvmap.deliver.report_tables import Run, only
from pvmap.deliver.solution_sheet import told
from pvmap.deliver.words import zh
from pvmap.settings.base import LEVELS_OF_ZONES
from pvmap.tables.plan import ALL

OF_DISTRICTS = [
    *("district", "grid_grade", "hosting_mw", "connected_mw", "grid_registered_mw", "connectable_mw"),
    *("registrable_mw", "potential_mw", "allocated_mw", "curtailment_rate"),
]
OF_DEVICES = [
    *("device_id", "station", "district", "level_kv", "grid_grade", "connected_mw", "connectable_mw"),
    *("registrable_mw", "potential_mw", "allocated_mw", "limited_by"),
]
OF_YEARS = [
    *("plan_year", "registered_mw", "built_mw", "year_end_mwac", "year_end_mwp", "investment_cny", "energy_gwh"),
    *("target_mwac", "missed_mwac", "binds"),
]
OF_CLASSES = ["plan_year", "class", "built_mw", "year_end_mwac", "year_end_mwp", "investment_cny", "energy_gwh"]
OF_LAST_YEAR = ["district", "year_end_mwac", "year_end_mwp", "target_mwac", "missed_mwac", "binds"]
OF_SCENARIOS = [
    *("scenario", "class", "bid_cny_per_kwh", "practical_mwac", "at_target_irr_mw", "irr"),
    *("at_target_irr_if_eligible_mw", "irr_if_eligible", "scenario_curtailment", "break_even_bid_cny_per_kwh"),
]
OF_AREAS = [
    *("area_level", "zone_id", "n_sites", "capacity_kwp", "capacity_kwac", "practical_kwac", "load_kwh"),
    *("self_sufficiency", "near_zero_gap_t_per_year"),
]


def write_hosting(page: Page, run: Run) -> None:
    """Write the table of districts and the transformers that are red or yellow."""
    page.chapter("电网承载力")
    if "hosting" not in run.tables:
        page.text("未提供变压器资料，承载力未核查；本报告的近期可开发量按现实可开发规模计，不代表电网可接入。")
        return
    districts, devices = plan_sheets.hosting_tables(run.tables["hosting"])
    page.text(*plan_sheets.HOSTING[:2])
    if len(districts):
        page.table("各县（市、区）承载力（交流侧）", only(districts, OF_DISTRICTS))
    full = devices[devices["grid_grade"].isin(("yellow", "red"))]
    if len(devices):
        page.text(f"变压器共 {len(devices):,} 台（站），其中黄色或红色 {len(full):,} 台（站）。")
    else:
        page.text("公开版不列变压器。")
    if len(full):
        page.table("黄色与红色变压器", only(full, OF_DEVICES))


def write_build_out(page: Page, run: Run) -> None:
    """Write the years of the city, and what keeps targets from being met."""
    page.chapter("分年建设安排")
    if "build_out" not in run.tables:
        page.text("未提供分年目标，不安排分年建设。")
        return
    city, every = plan_sheets.build_out_tables(run.tables["build_out"])
    page.text(plan_sheets.BUILD_OUT[0])
    page.table("全市分年建设（交流侧）", only(city, OF_YEARS))
    target, standing = (city[name].to_numpy(float) / 10.0 for name in ("target_mwac", "year_end_mwac"))
    page.picture("全市年末累计规模", pictures.build_out(list(city["plan_year"]), standing, target), pictures.NO_FONT)
    whole_city, all_classes = every["district"] == plan_sheets.WHOLE, every["class"] == ALL
    last = every[(every["plan_year"] == every["plan_year"].max()) & all_classes & ~whole_city]
    if len(last):
        page.table("末年各县（市、区）累计（交流侧）", only(last, OF_LAST_YEAR))
    page.table("全市分类别分年新增（交流侧）", only(every[whole_city & ~all_classes], OF_CLASSES))


def write_scenarios(page: Page, run: Run) -> None:
    """Write what plants earn in each scenario, of the city by class."""
    if "scenarios" not in run.tables:
        return
    page.chapter("电价情景")
    table = plan_sheets.scenario_table(run.tables["scenarios"], run.settings.scenarios)
    page.text(plan_sheets.SCENARIOS[0])
    page.table("全市各情景分类别", only(table[table["district"] == plan_sheets.WHOLE], OF_SCENARIOS))


def write_areas(page: Page, run: Run) -> None:
    """Write the areas of the city's own, parks above all."""
    zones = run.tables.get("zones")
    areas = None if zones is None else zones[~zones["level"].isin(LEVELS_OF_ZONES) & (zones["site_type"] == ALL)]
    if areas is None or not len(areas):
        return
    page.chapter("园区")
    page.text(plan_sheets.AREAS[0])
    page.table("各园区潜力与自给率", only(plan_sheets.area_table(areas), OF_AREAS))


def write_network(page: Page, run: Run) -> None:
    """Write what districts take of their own sun, and what a solver made of the network."""
    if run.duck is None and run.solution is None:
        return
    page.chapter("消纳与源网荷储")
    if run.duck is not None:
        page.text(
            "就地消纳为光伏电量中被本县（市、区）同一小时负荷用掉的部分；光伏出力高于负荷的小时产生反送电。光伏按尚可开发的技术规模计。"
        )
        page.table("就地消纳与反送电", run.duck.districts)
        page.picture("负荷与光伏", pictures.duck(run.duck.days), pictures.NO_FONT)
    if run.solution is not None:
        solved = run.solution
        page.text(
            f"以 {solved.hours:,} 小时（典型周或全年）求解源网荷储模型："
            "逐时购售电价、各县光伏上限、储能与线路约束下系统成本最小。"
        )
        page.table("各算例结果", *_downwards(page, solved.cases))
        if (solved.cases["shed_gwh"] > 0).any():
            page.text("存在缺供电量：线路或受电能力小于负荷，结果只说明电网资料与负荷不相称，不宜据此安排建设。")
        page.text(*(page.marks.wording.words(zh) for zh, _ in told(solved)))
        for title, frame in (("分县（市、区）分类型优化结果", solved.groups), ("分年建设安排末年校核", solved.planned)):
            if len(frame):
                outside = frame["district"].replace(run.settings.city.name, plan_sheets.OUTSIDE)
                page.table(title, frame.assign(district=outside))
        if len(solved.targets):
            named = report_tables.named_targets(solved.targets, run.settings.city.name)
            page.table("目标的影子价格", named.drop(columns="name_en").rename(columns={"target_mwac": "open_mwac"}))
        if len(solved.users):
            page.text("用户侧储能按零售分时电价单独测算，不计入上述模型；收益高于成本方有投资价值。")
            page.table("用户侧储能", solved.users.replace({np.nan: None}))


def _downwards(page: Page, cases: pd.DataFrame) -> tuple[pd.DataFrame, dict[str, Label]]:
    """Lay the indicators of each case downwards, and say what the columns are called: a page is not wide enough."""
    labels = {str(name): page.marks.wording.label(str(name)) for name in cases.columns[1:]}
    rows = {"item": [label.zh for label in labels.values() if label is not None]}
    for _, one in cases.iterrows():
        told = [
            printed(shown(pd.Series([one[name]]), label, name)[0], label)
            for name, label in labels.items()
            if label is not None
        ]
        rows[str(one["case"])] = told
    return pd.DataFrame(rows), {"item": Label("指标", ""), **{n: Label(zh("case", n), "") for n in cases["case"]}}
