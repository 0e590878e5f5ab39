"""First pages of the report: cover, basis, data and what was found about them, method."""

from __future__ import annotations

import pandas as pd

from pvmap.config import assumptions
from pvmap.deliver.label import Label
from pvmap.deliver.report.page import Page
from pvmap.deliver.report_tables import MOVING, Run, only
from pvmap.deliver.words import KINDS, SEVERITIES
from pvmap.settings.countries import HOME
from pvmap.settings.references import READ_ZH, keys_of, references

TITLE = "光伏开发潜力与建设方案报告"
UNITS = "单位：1 万千瓦＝10 兆瓦，1 亿千瓦时＝100 吉瓦时"
MU = "，1 亩＝666.67 平方米"
METHOD = (
    "可安装范围：由建筑轮廓、矿山与鱼塘图斑出发，按退距、障碍物、坡度、水面类型及各类限制图层扣除后，得到可布置组件的面；"
    "同一面积落入多项限制的只计一次。",
    "遮挡：以建筑轮廓与高度、地形（有实测表面模型时用之）逐方位计算天际线，得到直射被遮的时段与天空可见比例；行间遮挡按阵列几何计算。",
    "发电量：逐时太阳位置、斜面辐照（Hay-Davies）、组件温度、直流与逆变器损失依次计算；首年电量已含首年衰减。",
    "规模口径：技术可开发规模为扣除已建后的规模，现实可开发规模另计荷载与产权可得性；直流侧以兆瓦峰计，交流侧以万千瓦计，两者之比为容配比。",
    "经济性：度电成本为税前、含增值税、不变价；净现值、内部收益率、回收期与平价判断出自同一税后现金流。",
    "分区与分类数值均为场址数值之和或和之比，与工作簿、地图一致。",
)


def write_cover(page: Page, run: Run) -> None:
    """Write the cover: title, issuer, version, dates, approval number."""
    city = run.settings.city
    approval = [("审图号", city.review_number or "未送审，仅供内部使用")] if city.country == HOME else []
    page.cover(
        TITLE,
        [
            ("编制单位", city.issuer),
            ("版本", city.version),
            ("数据时间", city.data_date),
            ("编制日期", str(run.manifest.get("created", ""))[:10]),
            *approval,
        ],
    )


def write_basis(page: Page, run: Run) -> None:
    """List what the numbers rest on: the unverified assumptions that matter most, standards and documents."""
    page.chapter("编制依据")
    _write_unverified(page, run)
    named = [key for one in assumptions(run.settings) if not one.own for key in keys_of(one.source)]
    named += [key for mask in run.settings.masks for key in keys_of(mask.clause)]
    used = [references()[key] for key in dict.fromkeys(named) if key in references()]
    page.text(
        f"本报告所用规则与参数引自下列标准、文件与资料（共 {len(used)} 项），括注为查阅方式；"
        "其余参数为专业判断，见工作簿“依据与参数”。"
    )
    page.items([f"{one.cited(chinese=True)}（{READ_ZH[one.read]}）" for one in used])


def _write_unverified(page: Page, run: Run) -> None:
    """Name on page one the unverified assumptions that move the result most."""
    every = list(assumptions(run.settings))
    unverified = sum(one.mark == "unverified" for one in every)
    moving = run.unverified_swings
    page.text(
        f"共用参数 {len(every)} 项，其中 {unverified} 项尚未核实。"
        f"对结果影响最大的 {len(moving)} 项如下，采用本报告数据前应先核实："
    )
    page.table("对结果影响最大的未核实参数", only(moving, MOVING))


def write_data(page: Page, run: Run) -> None:
    """Tell what was read, what is doubtful about it, and which constraints nobody checked."""
    page.chapter("数据与核查")
    counts = run.manifest.get("counts", {})
    if counts:
        names = {"rows_read": "读入行数", "parts_exploded": "拆分增加", "kept": "保留", "refused": "拒绝"}
        frame = pd.DataFrame(
            [
                {"site_type": kind, **{key: numbers.get(key, 0) for key in names}}
                for kind, numbers in counts.items()
                if kind in KINDS
            ]
        )
        page.table("数据读入情况", frame, {key: Label(zh, "", 1.0, "#,##0") for key, zh in names.items()})
    findings = run.manifest.get("findings", [])
    loud = [one for one in findings if one["severity"] != "note"]
    page.text(
        f"自动核查发现 {len(findings)} 类情况，其中存疑或未采用 {len(loud)} 类，须与数据提供单位核实；"
        "处理办法见工作簿“数据核查”。"  # they name keys of the city file, which are no matter of a report
    )
    frame = pd.DataFrame([{"程度": SEVERITIES[one["severity"]].zh, "核查发现": one["sentence_zh"]} for one in findings])
    if len(frame):
        page.table("数据核查发现", frame)
    if run.settings.city.attribution:
        page.text(f"数据来源与署名：{run.settings.city.attribution}。引用或转载本报告图表时须一并注明。")
    missing = run.manifest.get("not_checked", [])
    if missing:
        page.text(
            f"下列 {len(missing)} 项限制未提供图层，尚未核查，相应面积未扣除："
            + "、".join(m["name_zh"] for m in missing)
            + "。"
        )


def write_method(page: Page, run: Run) -> None:
    """Say in a few sentences how the numbers came about."""
    page.chapter("测算方法")
    page.text(*METHOD)
    weather = run.manifest.get("weather", [])
    if weather:
        sun = [point["ghi_kwh_per_m2"] for point in weather if "ghi_kwh_per_m2" in point]
        span = "—".join(dict.fromkeys(f"{one:,.0f}" for one in (min(sun), max(sun)))) if sun else ""
        told = f"，水平面年总辐照 {span} 千瓦时/平方米" if sun else ""
        page.text(f"气象数据 {len(weather)} 处{told}。")
    page.text(f"{UNITS}{MU if page.marks.wording.home else ''}。")
