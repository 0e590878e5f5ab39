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
    "overrides": ("decisions", "人工决定"),
}
# why a row is refused, and what a building is used for
REFUSALS: dict[str, str] = {
    "no geometry": "无图形",
    "empty geometry": "空图形",
    "wrong geometry type": "图形类型不符",
    "coordinates not finite": "坐标不是有效数字",
    "outside the metric CRS": "超出投影坐标系范围",
    "far from the others": "远离其他场址",
    "no area": "无面积",
    "sliver": "碎屑图形",
    "duplicate": "重复图形",
    "coordinates are zero": "坐标为零",
    "outline that holds other buildings": "内含其他建筑的轮廓",
    "part of another building": "已并入所属建筑",
    "far too large for its kind": "面积远超同类场址",
    "not for the public": "敏感区域，不公开",
    "piece of another site": "已并入同一场址",
    "no pond": "不是坑塘",
    "no mining land": "不是采矿用地",
    "not bare": "不是裸地",
    "crosses itself too often": "边界自相交过多",
    "counted with another site": "与其他场址重叠，不重复计算",
}
USES = {
    "industrial_steel": "工业彩钢屋面",
    "industrial_concrete": "工业混凝土屋面",
    "commercial": "商业",
    "government": "党政机关",
    "education": "学校",
    "health": "医院",
    "residential_low": "低层多层住宅",
    "residential_high": "高层住宅",
    "residential_rural": "农村住宅",
    "other": "其他或未知",
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


def reasons(items: str, language: str) -> str:
    """Reasons why rows are refused, each with its number in brackets, in a language.

    Examples
    --------
    >>> reasons("no geometry (2), sliver (1)", "zh")
    '无图形 (2)、碎屑图形 (1)'
    """
    pairs = (item.rpartition(" (") for item in items.split(", "))
    told = (f"{REFUSALS.get(reason, reason) if language == 'zh' else reason} ({number}" for reason, _, number in pairs)
    return ("、" if language == "zh" else ", ").join(told)


def use(code: str, language: str) -> str:
    """Name what a building is used for in a language; English sentences call it as city files do."""
    return USES.get(code, one_line(code)) if language == "zh" else one_line(code)


def meanings(items: str, language: str) -> str:
    """Words of a file, with what they are taken for behind an equals sign where that is told, in a language.

    Examples
    --------
    >>> meanings("primary school = education, K7", "zh")
    'primary school = 学校, K7'
    """
    parts = (item.rpartition(" = ") for item in items.split(", "))
    told = (f"{given}{sign}{use(meaning, language) if sign else meaning}" for given, sign, meaning in parts)
    return one_line(", ".join(told))


def one_line(text: str) -> str:
    r"""Text of a file as it may stand in a sentence: control characters and line ends made visible, not endless.

    Examples
    --------
    >>> print(one_line("No. 7\nMill Lane"))
    No. 7\nMill Lane
    """
    plain = visible(text)
    return plain if len(plain) <= LONGEST else plain[: LONGEST - 1] + "…"
