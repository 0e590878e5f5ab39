"""Names that tables hold, as readers get them: Chinese in the cell, English in a column or a header line of its own."""

from __future__ import annotations

from typing import NamedTuple


class Word(NamedTuple):
    """A name in both languages."""

    zh: str
    en: str


KINDS = {
    "rooftop": Word("屋顶", "rooftop"),
    "mine": Word("废弃矿山", "mine"),
    "fishpond": Word("鱼塘", "fishpond"),
    "all": Word("合计", "all"),
}
USES = {
    "industrial_steel": Word("工业彩钢屋面", "industrial, steel"),
    "industrial_concrete": Word("工业混凝土屋面", "industrial, concrete"),
    "commercial": Word("商业", "commercial"),
    "government": Word("党政机关", "government"),
    "education": Word("学校", "education"),
    "health": Word("医院", "health"),
    "residential_low": Word("低层多层住宅", "housing, low"),
    "residential_high": Word("高层住宅", "housing, high"),
    "residential_rural": Word("农村住宅", "rural homes"),
    "other": Word("其他或未知", "other"),
    "none": Word("—", ""),
}
POLICY_CLASSES = {
    "government": Word("党政机关", "government"),
    "public": Word("学校、医院等公共建筑", "public"),
    "commerce_industry": Word("工商业厂房", "commerce and industry"),
    "rural": Word("农村居民", "rural"),
    "none": Word("政策未列", "not named"),
}
SEVERITIES = {
    "refused": Word("未采用", "refused"),
    "doubtful": Word("存疑", "doubtful"),
    "note": Word("说明", "note"),
}
MARKS = {
    "sourced": Word("是（有来源）", "sourced"),
    "derived": Word("推导", "derived"),
    "unverified": Word("否（未核实）", "unverified"),
    "choice": Word("不适用（方法选择）", "choice"),
}
OPTIONS = {
    "none": Word("均不计", "none"),
    "inverter": Word("逆变器更换", "inverter"),
    "salvage": Word("期末残值", "salvage"),
    "rent": Word("场地租金", "rent"),
    "grid": Word("接网费用", "grid"),
    "all": Word("全部计入", "all"),
}
LEVELS = {
    "city": Word("全市", "city"),
    "district": Word("县（市、区）", "district"),
    "township": Word("乡镇", "township"),
    "class": Word("类别", "class"),
}
UNITS = {"mu": Word("亩", "mu"), "ha": Word("公顷", "ha"), "m2": Word("平方米", "m2")}
PLAN_CLASSES = {
    "home_person": Word("自然人户用", "homes of natural persons"),
    "home_company": Word("非自然人户用", "homes by companies"),
    "ci_general": Word("一般工商业", "general commerce and industry"),
    "ci_large": Word("大型工商业", "large commerce and industry"),
    "mine": KINDS["mine"],
    "fishpond": KINDS["fishpond"],
    "all": KINDS["all"],
}
GRID_GRADES = {
    "green": Word("绿色", "green"),
    "yellow": Word("黄色", "yellow"),
    "red": Word("红色", "red"),
    "": Word("未核查", "not checked"),
}
MODES = {"single": Word("单台", "single"), "split": Word("分列", "split"), "parallel": Word("并列", "parallel")}
FROM = {
    "hours": Word("逐时实测", "hours"),
    "table": Word("设备表", "table"),
    "estimated": Word("按容量分摊（估计）", "estimated"),
    "measured": Word("实测", "measured"),
    "profiles": Word("逐时出力", "profiles"),
}
BINDING = {
    "none": Word("无", "none"),
    "potential": Word("资源潜力", "potential"),
    "pace": Word("年建设上限", "yearly limit"),
    "hosting": Word("电网承载力", "headroom of the grid"),
}
VERDICTS = {
    "": Word("—", ""),
    "always pays": Word("恒可行（低于下限）", "always pays"),
    "within range": Word("在竞价区间内", "within range"),
    "out of reach": Word("不可及（高于上限）", "out of reach"),
}
CASES = {
    "with": Word("含储能", "with storage"),
    "without": Word("不含储能", "without storage"),
    "planned": Word("分年建设安排末年", "as planned, last year"),
}
TRANSLATED: dict[str, dict[str, Word]] = {
    "site_type": KINDS,
    "building_use": USES,
    "class": {**USES, **KINDS, **PLAN_CLASSES},
    "group": KINDS,
    "verified": MARKS,
    "level": LEVELS,
    "severity": SEVERITIES,
    "option": OPTIONS,
    "unit": UNITS,
    "roof_class": {**USES, **POLICY_CLASSES},
    "case": CASES,
    "grid_grade": GRID_GRADES,
    "grade_own": GRID_GRADES,
    "mode": MODES,
    "load_by": FROM,
    "tau_by": FROM,
    "binds": BINDING,
    "bid_verdict": VERDICTS,
}


def zh(column: str, name: str) -> str:
    """Chinese for a name in a column; names that are the city's own stay."""
    found = TRANSLATED.get(column, {}).get(name)
    return name if found is None else found.zh


def en(column: str, name: str) -> str:
    """English for a name in a column; empty for the city's own."""
    found = TRANSLATED.get(column, {}).get(name)
    return "" if found is None else found.en
