"""Page one of the report: doubts, totals, bands, risk, and the assumptions that move the result most."""

from __future__ import annotations

import pandas as pd
from xlsxwriter.worksheet import Worksheet

from pvmap.config import assumptions
from pvmap.deliver import report_tables
from pvmap.deliver.report_tables import MOVING, Run, only
from pvmap.deliver.sheets import HEADER_ZH, IN_ENGLISH, INDICATOR, NARROWEST, Book
from pvmap.deliver.words import KINDS, LEVELS
from pvmap.planning.risk.tornado import option_effects
from pvmap.planning.risk.uncertainty import group_quantiles

ZONE = [
    "n_sites",
    "capacity_kwp",
    "capacity_kwac",
    "energy_kwh",
    "capex_cny_per_w",  # what a bureau reads first, in its order
    "specific_yield_kwh_per_kwp",
    "irr",
    "payback_years",
    "lcoe_cny_per_kwh",
    "hours_ac",
    "hours_mean_25_years",
    "poa_global_kwh_per_m2",
    "poa_mj_per_m2",
    "area_m2",
    "footprint_total_m2",
    "mu_per_mw",
    "capex_cny",
    "value_cny_per_kwh",
    "self_use_share",
    "share_at_grid_parity",
    "share_at_target_irr",
    "share_below_coal",
    "capacity_practical_kwp",
    "practical_kwac",
    "capacity_policy_floor_kwp",
    "policy_floor_kwac",
    "co2_t_per_year",
    "co2_fossil_t_per_year",
    "standard_coal_t_per_year",
    "standard_coal_fossil_t_per_year",
]
MU = "1 亩 = 666.67 平方米。"
GLOSSARY = [
    "万千瓦 = 10 MW；亿千瓦时 = 100 GWh。规模均注明直流侧（兆瓦峰）或交流侧（万千瓦），利用小时随之不同。",
    "首年电量含首年衰减；P50/P75/P90 为单年值；全市与分区的P90按误差相关性合成，不等于各点P90之和。",
    "度电成本：税前、含增值税、不变价，用于比较技术；净现值、内部收益率、保本电价与平价：同一税后现金流，"
    "税后净现值≥0即自身时段价值不低于保本电价。",
    "Energies are first-year; P-values single-year; zone P90s respect correlation and are not sums of sites' P90s.",
    "Levelised cost is before tax, VAT included, constant prices, for comparing technologies; NPV, return, required "
    "price and parity come from one cash flow after tax: NPV >= 0 is the same as value >= required price.",
]


LIMITS = ("value", "low", "high")
BANDS = {
    f"{kind}: {name}": f"{KINDS[kind].zh}：{zh}"
    for kind in ("rooftop", "mine", "fishpond")
    for name, zh in (
        ("yield", "首年利用小时（直流侧）"),
        ("capacity, existing included", "技术可开发规模，含已建（兆瓦峰）"),
    )
}


def write_summary(book: Book, run: Run) -> None:
    """Write the first sheet."""
    sheet = book.sheet("摘要", "summary")
    row = HEADER_ZH
    for first, last, width in ((0, 0, INDICATOR), (1, 1, IN_ENGLISH), (2, 5, NARROWEST)):
        book.width(sheet, first, last, width)
    if loud := [found for found in run.manifest.get("findings", []) if found["severity"] != "note"]:
        row = book.lines(sheet, row, [f"数据存疑：{found['sentence_zh']}" for found in loud], loud=True) + 1
    frame = report_tables.by_kind(run.appraisal, run.sites, run.settings)
    row = book.transposed(sheet, only(frame, ["site_type", *ZONE]), row=row) + 1
    sheet.freeze_panes(HEADER_ZH, 1)
    if bands := run.manifest.get("bands"):
        frame = pd.DataFrame(bands)
        item = [BANDS.get(n, n) for n in frame["name"]]
        frame = pd.DataFrame(
            {
                "item": item,
                "item_en": frame["name"],
                "inside": frame["inside"],
                **{f"band_{k}": frame[k] for k in LIMITS},
            }
        )
        row = book.table(sheet, frame, row=row, freeze=False, fit=False) + 1
    risk = run.settings.planning.risk
    quantiles = group_quantiles(run.appraisal, None, risk, run.years_kwh).drop(columns="energy_kwh")
    quantiles["group"] = LEVELS["city"].zh
    row = book.table(sheet, quantiles, row=row, freeze=False, fit=False) + 1
    options = option_effects(run.appraisal, run.sites, run.settings)
    row = book.table(sheet, options, row=row, freeze=False, fit=False) + 1
    row = _most_moving(book, sheet, run, row)
    book.lines(sheet, row, [*([MU] if book.marks.wording.home else []), *GLOSSARY])


def _most_moving(book: Book, sheet: Worksheet, run: Run, row: int) -> int:
    """Name the unverified assumptions that move the result most; the rest stands on its own sheet."""
    unverified = sum(a.mark == "unverified" for a in assumptions(run.settings))
    moving = run.unverified_swings
    head = f"对结果影响最大的未核实参数 {len(moving)} 项（共 {unverified} 项未核实，见“依据与参数”）"
    english = f"The {len(moving)} unverified assumptions that move the result most, of {unverified}"
    row = book.lines(sheet, row, [head, english])
    columns = [MOVING[0], "about", *MOVING[1:]]
    return book.table(sheet, only(moving, columns), row=row, freeze=False, fit=False) + 1
