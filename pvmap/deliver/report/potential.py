"""Chapters on the potential: the whole city, districts, and the projects of each."""

from __future__ import annotations

from io import BytesIO

import geopandas as gpd
import numpy as np
import pandas as pd

from pvmap.deliver import report_tables
from pvmap.deliver.labels import LABELS
from pvmap.deliver.plan_sheets import OUTSIDE
from pvmap.deliver.project_list import projects
from pvmap.deliver.report import pictures
from pvmap.deliver.report.page import Page
from pvmap.deliver.report_tables import Run, only
from pvmap.deliver.words import KINDS, LEVELS
from pvmap.planning.money.supply_curve import curve_steps
from pvmap.tables.vocabulary import SITE_TYPES

WHOLE = [
    *("site_type", "n_sites", "capacity_kwp", "capacity_kwac", "energy_kwh", "specific_yield_kwh_per_kwp"),
    *("capacity_practical_kwp", "practical_kwac"),
]
BY_DISTRICT = [
    *("district", "n_sites", "capacity_kwp", "capacity_kwac", "energy_kwh", "capex_cny_per_w"),
    *("specific_yield_kwh_per_kwp", "irr", "payback_years", "lcoe_cny_per_kwh"),
]
BY_CLASS = ["class", *BY_DISTRICT[1:]]
PROJECT = [
    *(
        "rank",
        "name",
        "site_id",
        "building_use",
        "township",
        "n_sites",
        "site_kwp",
        "site_kwac",
        "site_kwh",
        "site_capex_cny",
    ),
    *("lcoe_cny_per_kwh", "irr", "confidence"),
]


def write_potential(page: Page, run: Run) -> None:
    """Write totals by kind, map, districts, classes, months and supply curve."""
    page.chapter("开发潜力")
    kinds = report_tables.by_kind(run.appraisal, run.sites, run.settings)
    page.text(summary(kinds))
    page.table("各类场址技术可开发规模与现实可开发规模", only(kinds, WHOLE))
    zones = run.tables.get("zones")
    outlines = gpd.GeoDataFrame({"zone_id": []}, geometry=[], crs=None)
    if isinstance(zones, gpd.GeoDataFrame):
        outlines = zones[(zones["level"] == "district") & (zones["site_type"] == "all")]
    number = run.settings.city.review_number
    note = "　".join((*page.marks.loud_zh, *([f"审图号：{number}"] if number else [])))
    page.picture(
        "场址分布（点的大小示规模）", pictures.site_map(run.sites, run.appraisal, outlines, note), pictures.NO_FONT
    )
    page.section("分县（市、区）")
    districts = by_district(run)
    whole = kinds[kinds["site_type"] == "all"].assign(district=LEVELS["city"].zh)
    page.table(
        "各县（市、区）技术可开发规模与经济性", only(pd.concat([districts, whole], ignore_index=True), BY_DISTRICT)
    )
    page.picture("各县（市、区）技术可开发规模", _district_bars(run, districts), pictures.NO_FONT)
    page.section("分类别")
    page.table(
        "各类别技术可开发规模与经济性", only(report_tables.by_class(run.appraisal, run.sites, run.settings), BY_CLASS)
    )
    page.section("分月与成本")
    months = report_tables.monthly(run.appraisal)
    parts = {k: months[k].to_numpy() * LABELS["energy_kwh"].factor for k in SITE_TYPES if k in months}
    title = "首年分月发电量（亿千瓦时）"
    page.picture(title, pictures.bars([f"{m}月" for m in months["month"]], parts, title), pictures.NO_FONT)
    steps = curve_steps(run.appraisal, "site_type")
    if len(steps):
        page.picture("度电成本与累计规模", pictures.supply_curve(steps, page.marks.wording), pictures.NO_FONT)


def by_district(run: Run) -> pd.DataFrame:
    """Sum the sites of each district, as the workbook's sheet does."""
    groups = run.appraisal["district"].to_numpy(object)
    frame = report_tables.sums_by(run.appraisal, run.sites, groups, "district", run.settings)
    return frame.assign(district=frame["district"].replace("", OUTSIDE))


def summary(kinds: pd.DataFrame) -> str:
    """Say the totals in one sentence, in the units of the tables."""
    row = kinds[kinds["site_type"] == "all"].iloc[0]
    shares = "、".join(
        f"{KINDS[kind].zh} {mwac * LABELS['capacity_kwac'].factor:,.3f} 万千瓦"
        for kind, mwac in zip(kinds["site_type"], kinds["capacity_kwac"], strict=True)
        if kind != "all"
    )
    label = LABELS["capacity_kwp"]
    return (
        f"全市尚可开发光伏 {row['capacity_kwp'] * label.factor:,.1f} 兆瓦峰（直流侧），"
        f"即 {row['capacity_kwac'] * LABELS['capacity_kwac'].factor:,.3f} 万千瓦（交流侧），"
        f"首年发电量 {row['energy_kwh'] * LABELS['energy_kwh'].factor:,.4f} 亿千瓦时；其中{shares}（均为交流侧）。"
        "计入荷载与产权可得性的现实可开发规模为 "
        f"{row['practical_kwac'] * LABELS['practical_kwac'].factor:,.3f} 万千瓦（交流侧）。"
    )


def _district_bars(run: Run, districts: pd.DataFrame) -> BytesIO | None:
    where = run.appraisal["district"].replace("", OUTSIDE).to_numpy(object)
    capacity = run.appraisal["capacity_kwac"].to_numpy(float) * LABELS["capacity_kwac"].factor
    kind = run.appraisal["site_type"].to_numpy(object)
    names = [str(name) for name in districts["district"]]
    parts = {
        one: np.array([capacity[(where == name) & (kind == one)].sum() for name in names])
        for one in SITE_TYPES
        if (kind == one).any()
    }
    return pictures.bars(names, parts, "万千瓦（交流侧）")


def write_projects(page: Page, run: Run) -> None:
    """Write a section a district, with its best projects of each kind."""
    page.landscape()
    page.chapter("分县（市、区）项目清单")
    count = run.settings.planning.projects_per_group
    page.text(
        f"每县（市、区）每类按税后净现值列前 {count} 处，与工作簿“项目清单”一致；"
        "可信等级按该处 P90 与 P50 之比划分，未作不确定性分析的按资料划分（A 为实测坡面，D 为高度与用途均未知）。"
        f"距最大一处 {run.settings.planning.pond_project_km:g} 公里以内的鱼塘合为一个项目。"
    )
    every = projects(run.appraisal, run.sites, run.settings)
    for district in every["district"].unique():
        rows, name = every[every["district"] == district], str(district) or OUTSIDE
        page.section(name)
        for kind in SITE_TYPES:
            mine = rows[rows["site_type"] == kind]
            if len(mine):
                other = {"fishpond": {"building_use"}, "mine": {"building_use", "n_sites"}, "rooftop": {"n_sites"}}[
                    kind
                ]
                columns = [c for c in PROJECT if c not in other]
                page.table(f"{name}：{KINDS[kind].zh}项目", only(mine, columns))
