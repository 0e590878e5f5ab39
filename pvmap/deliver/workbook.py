"""The report a planner takes to a meeting: ``report.xlsx``, Chinese headers with English beneath."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
from xlsxwriter.worksheet import Worksheet

from pvmap import chinese, disk
from pvmap.colours import ALL_COLOUR, KIND_COLOURS
from pvmap.deliver import report_tables
from pvmap.deliver.duck_sheet import write_duck
from pvmap.deliver.findings_sheet import write_findings
from pvmap.deliver.labels import LABELS
from pvmap.deliver.marks import marks_of
from pvmap.deliver.measure_sheet import write_measure_first
from pvmap.deliver.plan_sheets import OUTSIDE, write_plan
from pvmap.deliver.project_list import projects
from pvmap.deliver.record_sheet import write_record, write_self_check
from pvmap.deliver.report_tables import MOVING, Run, only
from pvmap.deliver.sheets import FIRST, Book
from pvmap.deliver.solution_sheet import write_solution
from pvmap.deliver.sources_sheet import write_not_checked, write_sources
from pvmap.deliver.summary_sheet import ZONE, write_summary
from pvmap.deliver.words import KINDS
from pvmap.planning.money.supply_curve import curve_steps, per_area
from pvmap.planning.places import township_ids
from pvmap.planning.policy.cases import gaps, installable_shares
from pvmap.planning.risk.uncertainty import group_quantiles

MOST = 20  # assumptions on the sheet of risk, verified ones too
TOP = [
    "site_id",
    "name",
    "site_type",
    "building_use",
    "district",
    "township",
    "site_kwp",
    "site_kwac",
    "site_kwh",
    "specific_yield_kwh_per_kwp",
    "shading_loss",
    "footprint_area_m2",
    "site_capex_cny",
    "lcoe_cny_per_kwh",
    "value_cny_per_kwh",
    "required_price_cny_per_kwh",
    "npv_cny",
    "irr",
    "payback_years",
    "at_grid_parity",
    "reaches_target_irr",
    "below_coal_benchmark",
    "confidence",
    "decision",
    "decision_note",
]
BY_YEAR = (
    "分年目标及其完成情况见“建设时序”；此处为城市文件中的目标与政策底线，不含分年目标表（inputs.targets）。",
    "Targets by year and how they are met: sheet “建设时序”; here are those of the city file and the policy floor, "
    "without the table of targets (inputs.targets).",
)
INSTALLABLE = (
    "可安装比例：能布置组件的面积占该类屋顶总面积之比（含已建），与2021年整县试点文件要求对照；现实可开发规模另列。",
    "Installable: area that can carry modules over all roof area of the class, what stands included; the 2021 pilot "
    "notice asks for the share beside it. The practical case is another figure.",
)

POND_PROJECTS = (
    "鱼塘：距最大一处 {:g} 公里以内、同一县（市、区）的鱼塘合为一个项目，编号与名称取最大一处，可信度取最低。",
    "Ponds of one district within {:g} km of the largest are one project, under its id and name, with the worst grade.",
)


def write_workbook(path: Path, run: Run) -> Path:
    """Write the report.

    Parameters
    ----------
    path
        ``report.xlsx``; replaced only when the new one is whole.
    run
        Tables and manifest of one run; `appraisal` and `sites` in the same order.

    Returns
    -------
    pathlib.Path
        `path`. All numbers are values, no formulas, so any program shows the same.
    """
    return disk.write_atomically(path, lambda part: _write(part, run))


def _write(path: Path, run: Run) -> None:
    book = Book(str(path), marks_of(run.settings.city))
    write_summary(book, run)
    for name, english, column in (("分县区", "by district", "district"), ("分乡镇", "by township", "township")):
        groups = township_ids(run.appraisal) if column == "township" else run.appraisal[column].to_numpy(object)
        if column == "township" and not (groups != "").any():
            continue
        frame = report_tables.sums_by(run.appraisal, run.sites, groups, column, run.settings)
        frame[column] = frame[column].replace("", OUTSIDE)
        sheet = book.sheet(name, english)
        book.table(sheet, only(frame, [column, *ZONE]))
        if column == "district":
            _bars(book, sheet, name, len(frame), _at(frame, [column, *ZONE], "capacity_kwp"))
    classes = report_tables.by_class(run.appraisal, run.sites, run.settings)
    book.table(book.sheet("分类别", "by class"), only(classes, ["class", *ZONE]))
    policy = run.settings.planning.policy
    if policy.targets or "capacity_policy_floor_kwp" in run.appraisal:
        _targets(book, run)
    book.table(book.sheet("优选200", "top 200 sites"), only(report_tables.top_sites(run.appraisal, run.sites), TOP))
    lists = ["district", "site_type", "rank", *(c for c in TOP if c not in ("district", "site_type"))]
    lists.insert(lists.index("site_kwp"), "n_sites")
    sheet = book.sheet("项目清单", "projects by district and kind")
    row = book.table(sheet, only(projects(run.appraisal, run.sites, run.settings), lists)) + 1
    book.lines(sheet, row, [text.format(run.settings.planning.pond_project_km) for text in POND_PROJECTS])
    _curve(book, run)
    _months(book, run)
    if run.duck is not None:
        write_duck(book, run.duck)
    write_plan(book, run)
    if run.solution is not None:
        write_solution(book, run, run.solution)
    _risk(book, run)
    write_measure_first(book, run.appraisal, run.sites)
    home = book.marks.wording.home
    per_unit = per_area(run.appraisal, run.sites, "mu" if home else "ha")
    names = ("亩均效益", "per mu and m2") if home else ("单位面积效益", "per ha and m2")
    book.table(book.sheet(*names), per_unit)
    aside = {"reason": 30.0, "clause": 60.0}
    book.table(book.sheet("排除面积", "excluded"), report_tables.excluded(run.exclusions, run.sites), aside=aside)
    write_findings(book, run.manifest.get("findings", []))
    write_sources(book, run)
    write_not_checked(book, run)
    write_self_check(book, run.manifest)
    write_record(book, run.manifest)
    book.close()


def _at(frame: pd.DataFrame, columns: list[str], wanted: str) -> int:
    return [c for c in columns if c in frame.columns].index(wanted)


def _bars(book: Book, sheet: Worksheet, name: str, rows: int, column: int) -> None:
    chart = book.file.add_chart({"type": "bar"})
    chart.add_series(
        {
            "name": LABELS["capacity_kwp"].zh,
            "categories": [name, FIRST, 0, FIRST + rows - 1, 0],
            "values": [name, FIRST, column, FIRST + rows - 1, column],
            "fill": {"color": ALL_COLOUR},
        }
    )
    chart.set_title({"name": LABELS["capacity_kwp"].zh, "name_font": {"size": 11}})
    chart.set_legend({"none": True})
    chart.set_y_axis({"reverse": True})
    sheet.insert_chart(FIRST + rows + 2, 1, chart, {"x_scale": 1.4})


def _targets(book: Book, run: Run) -> None:
    city = run.settings.city.name
    frame = report_tables.named_targets(
        gaps(run.appraisal, run.sites, run.settings.planning.policy, city, run.settings.energy.inverter), city
    )
    sheet = book.sheet("目标缺口", "targets and gaps")
    row = book.table(sheet, frame, aside={"name_en": 30.0}) + 1
    if "build_out" in run.tables:
        row = book.lines(sheet, row, list(BY_YEAR)) + 1
    if "capacity_policy_floor_kwp" not in run.appraisal:
        return
    shares = installable_shares(run.appraisal, run.sites, run.settings.planning.policy)
    row = book.table(sheet, shares, row=row, freeze=False, fit=False) + 1
    book.lines(sheet, row, list(INSTALLABLE))


def _curve(book: Book, run: Run) -> None:
    parts = [curve_steps(run.appraisal, by) for by in (None, "site_type", "district")]
    frame = pd.concat(parts, ignore_index=True)
    kinds = frame["group"].isin(KINDS)
    name = "供给曲线"
    sheet = book.sheet(name, "supply curve")
    book.table(sheet, frame)
    if not kinds.any():  # nothing may be built: a chart without a line is none
        return
    chart = book.file.add_chart({"type": "scatter", "subtype": "straight"})
    for group, rows in frame[kinds].groupby("group", sort=False).indices.items():
        first, last = FIRST + int(rows[0]), FIRST + int(rows[-1])
        chart.add_series(
            {
                "name": KINDS[str(group)].zh,
                "categories": [name, first, 2, last, 2],
                "values": [name, first, 1, last, 1],
                "line": {"color": KIND_COLOURS.get(str(group), ALL_COLOUR), "width": 2},
            }
        )
    chart.set_title({"name": "度电成本—累计规模", "name_font": {"size": 11}})
    chart.set_x_axis({"name": LABELS["cumulative_mw"].zh, "min": 0})
    least = float(frame["lcoe_cny_per_kwh"].min() // 0.05) * 0.05 if len(frame) else 0.0
    chart.set_y_axis({"name": book.label("lcoe_cny_per_kwh").zh, "num_format": "0.00", "min": least})
    chart.set_legend({"position": "bottom"})
    sheet.insert_chart(FIRST, 6, chart, {"x_scale": 1.6, "y_scale": 1.5})


def _months(book: Book, run: Run) -> None:
    frame = report_tables.monthly(run.appraisal)
    kinds = [c for c in frame.columns if c != "month"]
    name = "分月发电量（亿千瓦时）"
    sheet = book.sheet(name, "monthly energy, 100 GWh")
    book.table(sheet, frame.assign(**{k: frame[k] * LABELS["energy_kwh"].factor for k in kinds}))
    chart = book.file.add_chart({"type": "column", "subtype": "stacked"})
    for column, kind in enumerate(kinds[:-1], start=1):
        chart.add_series(
            {
                "name": KINDS[kind].zh,
                "categories": [name, FIRST, 0, FIRST + 11, 0],
                "values": [name, FIRST, column, FIRST + 11, column],
                "fill": {"color": KIND_COLOURS[kind]},
            }
        )
    chart.set_title({"name": "首年分月发电量（亿千瓦时）", "name_font": {"size": 11}})
    chart.set_legend({"position": "bottom"})
    sheet.insert_chart(FIRST, len(kinds) + 2, chart, {"x_scale": 1.3, "y_scale": 1.2})


def _risk(book: Book, run: Run) -> None:
    sheet = book.sheet("风险", "risk and sensitivity")
    risk = run.settings.planning.risk
    frame = group_quantiles(run.appraisal, "district", risk, run.years_kwh).drop(columns="energy_kwh")
    row = book.table(sheet, frame, freeze=False) + 1
    aside = {"about": 60.0, "key": 40.0}
    columns = [MOVING[0], "verified", *MOVING[1:], *aside]
    row = book.table(sheet, only(run.swings.head(MOST), columns), row=row, freeze=False, aside=aside) + 1
    shares = "；".join(f"{chinese.word(k)} {s:.1%}（相关系数 {risk.correlation[k]:g}）" for k, s in risk.sigma.items())
    english = "; ".join(f"{k} {s:.1%} (correlation {risk.correlation[k]:g})" for k, s in risk.sigma.items())
    book.lines(sheet, row, [f"误差分量：{shares}", f"Components of error: {english}"])
