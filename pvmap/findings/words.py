"""Names of ours that sentences use, in the reader's language, and text of a file as one short line."""

from __future__ import annotations

from pvmap.currency import in_chinese
from pvmap.foreign_text import visible

# layers, kinds of site and stages: what a finding names where there is no file to name
WORDS: dict[str, tuple[str, str]] = {
    "rooftop": ("rooftops", "屋顶"),
    "mine": ("mines", "矿山"),
    "fishpond": ("fishponds", "鱼塘"),
    "districts": ("districts", "区县界线"),
    "townships": ("townships", "乡镇界线"),
    "sensitive": ("sensitive areas", "敏感区域"),
    "existing_pv": ("existing photovoltaics", "已建光伏"),
    "weather": ("weather", "气象数据"),
    "grid_devices": ("transformers", "变电设备"),
    "county_limits": ("published limits", "公布的承载力"),
    "planning": ("planning", "规划参数"),
    "targets": ("targets", "规划目标"),
    "rates": ("yearly limits", "年建设上限"),
    "costs": ("costs by year", "分年造价"),
    "registered": ("registered projects", "备案项目"),
    "scenarios": ("scenarios", "电价情景"),
    "whole city": ("the whole city", "全市"),
    "outside": ("what lies outside all districts", "各区县界线以外"),
    "all classes": ("all classes", "各类合计"),
    "home_person": ("homes of natural persons", "自然人户用"),
    "home_company": ("homes by companies", "非自然人户用"),
    "ci_general": ("general commerce and industry", "一般工商业"),
    "ci_large": ("large commerce and industry", "大型工商业"),
    "surveyed": ("surveyed", "测绘"),
    "cadastre": ("cadastre", "不动产登记"),
    "public_model": ("public model", "公开模型"),
    "surface_model": ("surface model", "地表模型"),
    "measured_planes": ("measured planes", "实测屋面"),
    "unstated": ("unstated", "来源未说明"),
    "floors": ("storeys", "层数"),
    "assumed": ("assumed", "假定"),
    "none": ("nothing", "无"),
    "potential": ("the potential", "资源潜力"),
    "pace": ("the yearly limit", "年建设上限"),
    "hosting": ("the grid's headroom", "电网承载力"),
    "typical": ("typical", "典型年"),
}
# columns of ours that a Chinese sentence names; an English one names them as programs and city files do
QUANTITIES = {
    "height_m": "高度",
    "floors": "层数",
    "capacity_mw": "装机容量",
    "ghi": "水平面总辐射",
    "dni": "法向直接辐射",
    "dhi": "水平面散射辐射",
    "temp_air": "气温",
    "wind_speed": "风速",
}
LONGEST = 120  # characters of a text from a file that a sentence quotes


def word(name: str, language: str) -> str:
    """Name of a layer or kind in a language; what is none of ours, for example a file, stays as it is."""
    return WORDS[name][language == "zh"] if name in WORDS else one_line(name)


def quantity(column: str, language: str) -> str:
    """Name of a column of ours in a language; what is none of ours stays as it is."""
    return QUANTITIES.get(column, one_line(column)) if language == "zh" else one_line(column)


def money(code: str, language: str) -> str:
    """Currency in a language, by its code."""
    return in_chinese(code) if language == "zh" else code


def listed(items: str, language: str) -> str:
    """Items that each begin with a name of ours, in a language.

    Examples
    --------
    >>> listed("unstated 3.2 m, floors 15%", "zh")
    '来源未说明 3.2 m、层数 15%'
    """
    pairs = (item.partition(" ") for item in items.split(", "))
    told = (f"{word(name, language)}{blank}{rest}" for name, blank, rest in pairs)
    return ("、" if language == "zh" else ", ").join(told)


def one_line(text: str) -> str:
    r"""Text of a file as it may stand in a sentence: control characters and line ends made visible, not endless.

    Examples
    --------
    >>> print(one_line("No. 7\nMill Lane"))
    No. 7\nMill Lane
    """
    plain = visible(text)
    return plain if len(plain) <= LONGEST else plain[: LONGEST - 1] + "…"
