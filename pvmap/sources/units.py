"""Units in which people write numbers, and what the title of a column tells of them.

A title tells its unit in brackets ("容量（万千瓦）", "load [MW]"), or at its end ("负荷/MW", "capacity_kWp").
A unit that its numbers cannot have is refused: taken for our own, it would be a wrong number in silence.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container

from pvmap.currency import CHINESE as MONEY_NAMES
from pvmap.errors import InputError

YEARLY = ("", "/年", "年", "/a", "a", "/year", "year", "/yr", "yr")
OF_KW = {
    **{"kw": 1.0, "mw": 1e3, "千瓦": 1.0, "兆瓦": 1e3, "万千瓦": 1e4, "万kw": 1e4},
    **{"w": 1e-3, "瓦": 1e-3, "gw": 1e6, "吉瓦": 1e6, "亿千瓦": 1e8},
}
OF_KWH = {"千瓦时": 1.0, "kwh": 1.0, "度": 1.0, "兆瓦时": 1e3, "mwh": 1e3, "万千瓦时": 1e4, "万kwh": 1e4, "万度": 1e4}
OF_YUAN = {"元": 1.0, "万元": 1e4, "亿元": 1e8}
SHOWN = 8  # units that a refusal names
COINS = {"角": 0.1, "分": 0.01, "厘": 0.001}
AC, PEAK = ("", "ac"), ("", "p", "峰", "dc")


def _power(kw: float, *marks: str) -> dict[str, float]:
    """Units of power in one of so many kilowatts, each with the marks of alternating or peak power it may have."""
    return {f"{unit}{mark}": of_kw / kw for mark in marks for unit, of_kw in OF_KW.items()}


def _money(each: dict[str, float], *ends: str) -> dict[str, float]:
    """Units of money for one of something."""
    return {
        f"{money}/{unit}{end}": of_yuan / size
        for money, of_yuan in OF_YUAN.items()
        for unit, size in each.items()
        for end in ends
    }


_LIGHT = {
    **dict.fromkeys(("", "w/m2", "wm-2", "瓦/平方米", "瓦/米2", "wh/m2"), 1.0),
    **dict.fromkeys(("kw/m2", "kwm-2", "千瓦/平方米", "kwh/m2"), 1000.0),
}
FLOORS = "f fl floor floors storey storeys story stories level levels 层 楼 层楼"
UNITS: dict[str, dict[str, float]] = {  # as `plain` writes them
    "height_m": {
        **dict.fromkeys(("", "m", "m.", "mtr", "metre", "metres", "meter", "meters", "米", "公尺"), 1.0),
        **dict.fromkeys(("ft", "ft.", "feet", "foot", "'", "英尺"), 0.3048),
        **dict.fromkeys(("cm", "厘米", "公分"), 0.01),
        **dict.fromkeys(("mm", "毫米"), 0.001),
    },
    "floors": dict.fromkeys(("", *FLOORS.split()), 1.0),
    "capacity_mw": {"": 1.0, **_power(1e3, *AC, *PEAK)},
    "kw": {"": 1.0, **_power(1.0, *AC), "kwh/h": 1.0, "mwh/h": 1e3},
    "kwp": {"": 1.0, **_power(1.0, *PEAK)},
    "mw": {"": 1.0, **_power(1e3, *AC, "p", "峰")},
    "mw_per_year": {"": 1.0, **{f"{u}{a}": mw for u, mw in _power(1e3, *AC, "p", "峰").items() for a in YEARLY}},
    "kva": {
        **dict.fromkeys(("", "kva", "千伏安"), 1.0),
        **dict.fromkeys(("mva", "兆伏安"), 1000.0),
        **dict.fromkeys(("万kva", "万千伏安"), 10_000.0),
    },
    "kv": {**dict.fromkeys(("", "kv", "千伏"), 1.0), **dict.fromkeys(("v", "伏"), 0.001)},
    "1": {**dict.fromkeys(("", "台", "年"), 1.0), **dict.fromkeys(("%",), 0.01)},
    "cny_per_w": {"": 1.0, "元": 1.0, **_money({f"{u}{m}": kw * 1e3 for u, kw in OF_KW.items() for m in PEAK}, "")},
    "cny_per_kw_year": {
        "": 1.0,
        "元": 1.0,
        **_money({f"{u}{m}": kw for u, kw in OF_KW.items() for m in PEAK}, *YEARLY),
    },
    "cny_per_kwh": {
        **{"": 1.0, "元": 1.0, "分": 0.01},
        **{f"{coin}/{unit}": of_yuan / kwh for coin, of_yuan in COINS.items() for unit, kwh in OF_KWH.items()},
        **_money(OF_KWH, ""),
    },
    "month": dict.fromkeys(("", "月", "月份"), 1.0),
    "hour": dict.fromkeys(("", "时", "点", "h", "小时", ":00"), 1.0),
    **dict.fromkeys(("ghi", "dni", "dhi"), _LIGHT),
    "temp_air": dict.fromkeys(("", "°c", "°", "度", "c", "摄氏度"), 1.0),
    "wind_speed": {
        **dict.fromkeys(("", "m/s", "ms-1", "米/秒"), 1.0),
        **dict.fromkeys(("km/h", "公里/小时", "千米/小时"), 1 / 3.6),
    },
    "deg": dict.fromkeys(("", "°", "度"), 1.0),
}
_LONG_FIRST = sorted((*MONEY_NAMES.values(), *MONEY_NAMES, "人民币", "RMB"), key=len, reverse=True)
_MONEY = re.compile("|".join(map(re.escape, (*map(str.casefold, _LONG_FIRST), "€", "$", "£", "¥"))))
_WATTS = re.compile(r"(?<![a-z])(?:(k)ilo|(m)ega|(g)iga)watts?(?![a-z])")
_PER = re.compile(r"[\s_]*(?:每|(?<![a-z])per(?![a-z]))[\s_]*")
_MANY = r"(?:10\^?[3-9]|1000|[十百千]?[万亿]|百)?"
_LARGE = (  # of what no title ends in by chance
    r"[kmgt]wh?(?:p|ac|dc)?|[千兆吉]瓦(?:时|峰)?|[kmg]va(?:rh?)?|[千兆]伏安|kv|千伏|[kmg]j|w(?=/)|wh(?=/)|[元角分厘¢](?=/)|cents?(?=/)|"
    r"(?<=[万亿])(?:[元度吨户]|kw)|[kc]?m(?=/)|ft|feet|英尺|[cm]m|厘米|毫米|°[cf]|%|‰|mph|knots?"
)
_SMALL = (
    rf"{_LARGE}|wh?p?|va|v|元|瓦时?|伏安?|[kcm]?m2?|米|公里|千米|平方米|ha|亩|公顷|k|f|开尔文|华氏度|kg|吨|tce|节|°|度"
)
_EACH = rf"(?:[/_]?(?:{_SMALL}|h|s|d|a|yr|year|年|月|日|天|小时|秒|户|人|台)|-2|-1)*"
_WHOLE = re.compile(rf"{_MANY}(?:{_SMALL}){_EACH}")
_AT_END = re.compile(rf"(?<![a-z0-9.])({_MANY}(?:{_LARGE}){_EACH})$")


def plain(unit: str) -> str:
    """Write a unit as `UNITS` has it: any money stands for the city's own.

    Examples
    --------
    >>> plain("CNY / (kW·h)"), plain("ＭＷ"), plain("W/m²"), plain("元每千瓦时")
    ('元/kwh', 'mw', 'w/m2', '元/千瓦时')
    """
    text = _PER.sub("/", unicodedata.normalize("NFKC", unit).casefold())
    return _written(re.sub(r"[\s·•∙⋅*^()]", "", text))


def unit_of(title: str, quantity: str) -> str:
    """Give the unit that the title of a column tells, as `UNITS` writes it; empty where it tells none.

    Parameters
    ----------
    title
        The title.
    quantity
        Key of `UNITS`: words that are its units count as such, others only where they are hardly anything else.

    Examples
    --------
    >>> unit_of("装机容量（万千瓦）", "kw"), unit_of("功率_MW", "kw"), unit_of("G(h)", "ghi")
    ('万千瓦', 'mw', '')
    """
    known = UNITS[quantity]
    text = re.sub(r"\s+", " ", unicodedata.normalize("NFKC", title).casefold()).strip()
    bracketed, rest = _apart(text)
    for told in reversed(bracketed):
        for one in (told, *re.split(r"[\s,;:、]+", told)):
            if _is_unit(unit := plain(one), known):
                return unit
    end = _AT_END.search(_written(re.sub(r"\s*/\s*", "/", _PER.sub("/", rest))))
    if end is not None:
        return end[1].replace("_", "/")
    behind = plain(rest.rpartition("/")[2]) if "/" in rest else ""
    return behind if behind and _is_unit(behind, known) else ""


def scale_of(title: str, quantity: str, table: str) -> float:
    """Give what bare numbers under a title are in the unit of `quantity`, a key of `UNITS`.

    Raises
    ------
    InputError
        The title tells a unit that they cannot have; `table` is where it stands.
    """
    unit = unit_of(title, quantity)
    if unit not in UNITS[quantity]:
        known = ", ".join([*filter(None, UNITS[quantity])][:SHOWN])
        raise InputError(f"{table}: column {title!r} is told in {unit}, which is none of its units; use {known}.")
    return UNITS[quantity][unit]


def _written(text: str) -> str:
    """Any money as the city's own, and kilowatts as kW."""
    return _WATTS.sub(lambda found: f"{''.join(filter(None, found.groups()))}w", _MONEY.sub("元", text))


def _is_unit(text: str, known: Container[str]) -> bool:
    return text != "" and (text in known or _WHOLE.fullmatch(text) is not None)


def _apart(title: str) -> tuple[list[str], str]:
    """Part what stands in brackets, outermost first to last, from all else."""
    inside: list[str] = []
    outside, depth = "", 0
    for sign in title:
        if sign in "([【{":
            if depth == 0:
                inside.append("")
            depth += 1
        if depth == 0:
            outside += sign
        elif not (depth == 1 and sign in "([【{)]】}"):
            inside[-1] += sign
        if sign in ")]】}":
            depth = max(depth - 1, 0)
    return inside, outside.strip()
