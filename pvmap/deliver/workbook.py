"""The report a planner takes to a meeting: ``report.xlsx``, Chinese headers with English beneath."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
from xlsxwriter.worksheet import Worksheet

from pvmap import chinese, store
from pvmap.deliver import report_tables
from pvmap.deliver.duck_sheet import write_duck
from pvmap.deliver.findings_sheet import write_findings
from pvmap.deliver.labels import KINDS, LABELS, POLICY_CLASSES, USES
from pvmap.deliver.report_tables import Run, only
from pvmap.deliver.sheets import FIRST, KIND_COLOURS, Book
from pvmap.deliver.sources_sheet import write_not_checked, write_sources
from pvmap.deliver.summary_sheet import ZONE, write_summary
from pvmap.planning.money.supply_curve import curve_steps, per_area
from pvmap.planning.places import township_ids
from pvmap.planning.policy.cases import gaps, installable_shares
from pvmap.planning.risk.tornado import tornado
from pvmap.planning.risk.uncertainty import group_quantiles

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
INSTALLABLE = (
    "可安装比例：能布置组件的面积占该类屋顶总面积之比（含已建），与2021年整县试点文件要求对照；现实情景另列。 "
    "Installable: area that can carry modules over all roof area of the class, what stands included; the 2021 pilot "
    "notice asks for the share beside it. The practical case is another figure."
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
    return store.write_atomically(path, lambda part: _write(part, run))


def _write(path: Path, run: Run) -> None:
    city = run.settings.city
    note = "  ".join(x for x in (city.attribution, city.data_date) if x)
    book = Book(str(path), f"{city.title_zh} {city.title_en}", note, city.synthetic)
    write_summary(book, run)
    for name, english, column in (("分县区", "by district", "district"), ("分乡镇", "by township", "township")):
        groups = township_ids(run.appraisal) if column == "township" else run.appraisal[column].to_numpy(object)
        if column == "township" and not (groups != "").any():
            continue
        frame = report_tables.sums_by(run.appraisal, run.sites, groups, column, run.settings)
        frame[column] = frame[column].replace("", "（界外 outside）")
        sheet = book.sheet(name, english)
        book.table(sheet, only(frame, [column, *ZONE]))
        if column == "district":
            _bars(book, sheet, name, len(frame), _at(frame, [column, *ZONE], "capacity_kwp"))
    classes = report_tables.by_class(run.appraisal, run.sites, run.settings)
    book.table(book.sheet("分类别", "by class"), only(classes, ["class", *ZONE]))
    _targets(book, run)
    book.table(book.sheet("优选200", "top 200 sites"), only(report_tables.top_sites(run.appraisal, run.sites), TOP))
    _curve(book, run)
    _months(book, run)
    if run.duck is not None:
        write_duck(book, run.duck)
    _risk(book, run)
    per_unit = per_area(run.appraisal, run.sites)
    book.table(book.sheet("亩均效益", "per mu and m2"), per_unit)
    book.table(book.sheet("排除面积", "excluded"), report_tables.excluded(run.exclusions, run.sites))
    write_findings(book, run.manifest.get("findings", []))
    write_sources(book, run)
    write_not_checked(book, run)
    _self_check(book, run)
    _manifest(book, run)
    book.file.close()


def _at(frame: pd.DataFrame, columns: list[str], wanted: str) -> int:
    return [c for c in columns if c in frame.columns].index(wanted)


def _bars(book: Book, sheet: Worksheet, name: str, rows: int, column: int) -> None:
    chart = book.file.add_chart({"type": "bar"})
    chart.add_series(
        {
            "name": LABELS["capacity_kwp"].zh,
            "categories": [name, FIRST, 0, FIRST + rows - 1, 0],
            "values": [name, FIRST, column, FIRST + rows - 1, column],
            "fill": {"color": KIND_COLOURS["all"]},
        }
    )
    chart.set_title({"name": LABELS["capacity_kwp"].zh, "name_font": {"size": 11}})
    chart.set_legend({"none": True})
    chart.set_y_axis({"reverse": True})
    sheet.insert_chart(FIRST + rows + 2, 0, chart, {"x_scale": 1.4})


def _targets(book: Book, run: Run) -> None:
    frame = gaps(run.appraisal, run.sites, run.settings.planning.policy, run.settings.city.name)
    classes = frame["level"] == "class"
    frame.loc[classes, "name"] = frame.loc[classes, "name"].map(POLICY_CLASSES)
    sheet = book.sheet("目标缺口", "targets and gaps")
    row = book.table(sheet, frame) + 1
    shares = installable_shares(run.appraisal, run.sites, run.settings.planning.policy)
    shares["roof_class"] = shares["roof_class"].map({**POLICY_CLASSES, **USES})
    row = book.table(sheet, shares, row=row, freeze=False, fit=False) + 1
    book.lines(sheet, row, [INSTALLABLE])


def _curve(book: Book, run: Run) -> None:
    parts = [curve_steps(run.appraisal, by) for by in (None, "site_type", "district")]
    frame = pd.concat(parts, ignore_index=True)
    kinds = frame["group"].isin(KINDS)
    labels = frame["group"].where(~kinds, frame["group"].map(KINDS))
    name = "供给曲线"
    sheet = book.sheet(name, "supply curve")
    book.table(sheet, frame.assign(group=labels))
    if not kinds.any():  # nothing may be built: a chart without a line is none
        return
    chart = book.file.add_chart({"type": "scatter", "subtype": "straight"})
    for group, rows in frame[kinds].groupby("group", sort=False).indices.items():
        first, last = FIRST + int(rows[0]), FIRST + int(rows[-1])
        chart.add_series(
            {
                "name": KINDS[str(group)],
                "categories": [name, first, 2, last, 2],
                "values": [name, first, 1, last, 1],
                "line": {"color": KIND_COLOURS[str(group)], "width": 2},
            }
        )
    chart.set_title({"name": "度电成本—累计规模  cost against capacity", "name_font": {"size": 11}})
    chart.set_x_axis({"name": LABELS["cumulative_mw"].zh, "min": 0})
    least = float(frame["lcoe_cny_per_kwh"].min() // 0.05) * 0.05 if len(frame) else 0.0
    chart.set_y_axis({"name": LABELS["lcoe_cny_per_kwh"].zh, "num_format": "0.00", "min": least})
    chart.set_legend({"position": "bottom"})
    sheet.insert_chart(FIRST, 6, chart, {"x_scale": 1.6, "y_scale": 1.5})


def _months(book: Book, run: Run) -> None:
    frame = report_tables.monthly(run.appraisal)
    kinds = [c for c in frame.columns if c != "month"]
    name = "分月发电量"
    sheet = book.sheet(name, "monthly energy, 亿千瓦时 100 GWh")
    book.table(sheet, frame.assign(**{k: frame[k] * LABELS["energy_kwh"].factor for k in kinds}))
    chart = book.file.add_chart({"type": "column", "subtype": "stacked"})
    for column, kind in enumerate(kinds[:-1], start=1):
        chart.add_series(
            {
                "name": KINDS[kind],
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
    swings = tornado(run.appraisal, run.sites, run.settings).rename(columns={"mark": "verified"})
    swings["meaning_zh"] = swings["key"].map(chinese.meaning)
    keep = ["meaning_zh", "verified", "low", "value", "high", "lcoe_low", "lcoe_high", "gwh_low", "gwh_high"]
    row = book.table(sheet, swings[[*keep, "about", "key"]], row=row, freeze=False) + 1
    shares = "；".join(f"{chinese.word(k)} {s:.1%}（相关系数 {risk.correlation[k]:g}）" for k, s in risk.sigma.items())
    english = "; ".join(f"{k} {s:.1%} (correlation {risk.correlation[k]:g})" for k, s in risk.sigma.items())
    book.lines(sheet, row, [f"误差分量：{shares}", f"Components of error: {english}"])


def _plain(value: Any) -> Any:
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, int | float | str):
        return value
    return json.dumps(
        value, ensure_ascii=False, default=lambda v: v.model_dump() if hasattr(v, "model_dump") else str(v)
    )


def _self_check(book: Book, run: Run) -> None:
    """Show what was computed twice and whether it agrees, as run.json tells it."""
    rows = [
        {"number": number, **{f"identity_{key}": one[key] for key in ("name_zh", "name_en", "left", "right", "holds")}}
        for number, one in enumerate(run.manifest.get("self_check", []), start=1)
    ]
    if rows:
        book.table(book.sheet("自检", "self-check"), pd.DataFrame(rows))


def _manifest(book: Book, run: Run) -> None:
    skipped = ("assumptions", "findings", "bands", "not_checked", "self_check")
    rows = [{"item": key, "entry": str(_plain(value))} for key, value in run.manifest.items() if key not in skipped]
    frame = pd.DataFrame(rows or [{"item": "—", "entry": "—"}])
    book.table(book.sheet("运行记录", "run manifest"), frame)
