"""Numbers as people write them: with units, full-width digits, separators, 约; what is none of these is counted."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd

MISSING_TEXT = frozenset(
    {"", "-", "--", "—", "——", "/", "\\", "null", "none", "nan", "n/a", "na", "<na>", "?", "无", "空"}
)
UNITS: dict[str, dict[str, float]] = {
    "height_m": {
        **dict.fromkeys(("", "m", "m.", "mtr", "metre", "metres", "meter", "meters", "米", "公尺"), 1.0),
        **dict.fromkeys(("ft", "ft.", "feet", "foot", "'", "英尺"), 0.3048),
        **dict.fromkeys(("cm", "厘米", "公分"), 0.01),
        **dict.fromkeys(("mm", "毫米"), 0.001),
    },
    "floors": dict.fromkeys(
        (
            "",
            "f",
            "fl",
            "floor",
            "floors",
            "storey",
            "storeys",
            "story",
            "stories",
            "level",
            "levels",
            "层",
            "楼",
            "层楼",
        ),
        1.0,
    ),
    "capacity_mw": {
        **dict.fromkeys(("", "mw", "mwp", "mwac", "mwdc", "兆瓦", "兆瓦峰"), 1.0),
        **dict.fromkeys(("kw", "kwp", "kwac", "kwdc", "千瓦", "千瓦峰"), 0.001),
        **dict.fromkeys(("gw", "gwp", "吉瓦"), 1000.0),
        **dict.fromkeys(("w", "wp", "瓦"), 1e-6),
        **dict.fromkeys(("万千瓦",), 10.0),
    },
    "kw": {
        **dict.fromkeys(("", "kw", "kwac", "kwh/h", "千瓦"), 1.0),
        **dict.fromkeys(("mw", "mwac", "兆瓦"), 1000.0),
        **dict.fromkeys(("万千瓦",), 10_000.0),
    },
    "kwp": {
        **dict.fromkeys(("", "kw", "kwp", "千瓦", "千瓦峰"), 1.0),
        **dict.fromkeys(("mw", "mwp", "兆瓦", "兆瓦峰"), 1000.0),
    },
    "mw": {
        **dict.fromkeys(("", "mw", "mwac", "mwp", "兆瓦", "兆瓦峰"), 1.0),
        **dict.fromkeys(("kw", "kwac", "kwp", "千瓦", "千瓦峰"), 0.001),
        **dict.fromkeys(("万千瓦",), 10.0),
    },
    "kva": {**dict.fromkeys(("", "kva", "千伏安"), 1.0), **dict.fromkeys(("mva", "兆伏安"), 1000.0)},
    "kv": {**dict.fromkeys(("", "kv", "千伏"), 1.0), "v": 0.001},
    "1": {**dict.fromkeys(("", "台", "年"), 1.0), **dict.fromkeys(("%",), 0.01)},
    "cny": dict.fromkeys(("", "元", "cny"), 1.0),
    "cny_per_kwh": {
        **dict.fromkeys(("", "元", "元/千瓦时", "元/kwh", "元/度", "cny/kwh", "cny"), 1.0),
        **dict.fromkeys(("元/兆瓦时", "元/mwh", "cny/mwh"), 0.001),
        **dict.fromkeys(("分", "分/千瓦时", "分/kwh"), 0.01),
    },
    "month": dict.fromkeys(("", "月", "月份"), 1.0),
    "hour": dict.fromkeys(("", "时", "点", "h", ":00", "：00"), 1.0),
    **{light: {"": 1.0} for light in ("ghi", "dni", "dhi")},  # W/m2
    "temp_air": dict.fromkeys(("", "°c", "°", "度"), 1.0),
    "wind_speed": dict.fromkeys(("", "m/s", "米/秒"), 1.0),
    "deg": dict.fromkeys(("", "°", "度"), 1.0),
}
NUMBER = re.compile(
    r"(?:约|大约|approx\.?|about|ca\.?|c\.|~|≈|地上)?\s*"
    r"(?P<number>[+-]?(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d{1,3}(?:\.\d{3})+,\d+|\d+(?:[.,]\d*)?|[.,]\d+)(?:e[+-]?\d+)?|[一二三四五六七八九十两]{1,3})"
    r"\s*(?P<unit>[^\d\s][^\d]*)?"
)
THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2}(,\d{3})+(\.\d+)?")
POINT_THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2}\.\d{3}")
SURELY_POINT_THOUSANDS = re.compile(r"\d\.\d{3},\d")
UNIT_OF_TITLE = re.compile(r".*(?:[(\[【]\s*([^()\[\]【】]+?)\s*[)\]】]|/\s*([^/\s()\[\]【】]+))\s*", re.DOTALL)
SURELY_THOUSANDS = re.compile(r"\d,\d{3}[.,]\d")
CHINESE_DIGITS = {digit: value for value, digit in enumerate("一二三四五六七八九", start=1)} | {"两": 2}


class Numbers(NamedTuple):
    """A column of numbers, (n,) each: values, NaN where none; texts that are no numbers; texts read with effort."""

    values: np.ndarray
    unreadable: np.ndarray
    worded: np.ndarray


def read_numbers(given: pd.Series, quantity: str, title: str = "") -> Numbers:
    """Turn a column into floats in the unit of `quantity`, a key of `UNITS`.

    A comma before three digits parts thousands, unless another number of the column shows that it is a decimal one;
    points part thousands where another number has both. What the `title` of the column has in brackets or behind a
    slash is the unit of numbers that have none of their own. Marks of footnotes make a number unreadable.

    Examples
    --------
    >>> read_numbers(pd.Series(["１２.５米", "约 30 ft", "1,200 cm", "6层", None]), "height_m").values.round(3)
    array([12.5  ,  9.144, 12.   ,    nan,    nan])
    >>> read_numbers(pd.Series(["1,250 m", "12,5"]), "height_m").values
    array([ 1.25, 12.5 ])
    >>> read_numbers(pd.Series(["63", "400 kVA"]), "kva", "rating (MVA)").values
    array([63000.,   400.])
    """
    n = len(given)
    if pd.api.types.is_bool_dtype(given):
        return Numbers(np.full(n, np.nan), given.notna().to_numpy(bool), np.zeros(n, bool))
    scale = UNITS[quantity].get(unit_of(title), 1.0)
    if pd.api.types.is_numeric_dtype(given):
        values = given.to_numpy(float, na_value=np.nan) * scale
        return Numbers(values, np.zeros(n, bool), np.isfinite(values) & (scale != 1.0))
    text = given.astype("str").fillna("").str.strip()
    values = pd.to_numeric(text, errors="coerce").to_numpy(float).copy()
    code, words = pd.factorize(text.to_numpy(object))
    points = any(map(SURELY_POINT_THOUSANDS.search, words))
    if points:
        values[text.map(lambda one: POINT_THOUSANDS.fullmatch(one) is not None).to_numpy(bool)] = np.nan
    left = np.isnan(values)
    parsed, missing = np.full(len(words), np.nan), np.zeros(len(words), bool)
    plain = {word: unicodedata.normalize("NFKC", str(words[word])).strip().casefold() for word in np.unique(code[left])}
    decimal = _has_decimal_commas(plain.values())
    units = {**UNITS[quantity], "": scale}
    for word, one in plain.items():
        missing[word] = one in MISSING_TEXT
        if not any(unicodedata.category(sign) == "No" for sign in str(words[word])):  # 1250① is not 12501
            parsed[word] = _number(one, units, decimal, points)
    values = values * scale
    values[left] = parsed[code[left]]
    return Numbers(values, np.isnan(values) & ~missing[code], (left | (scale != 1.0)) & np.isfinite(values))


def unit_of(title: str) -> str:
    """Give the unit that the title of a column tells, as units are written here; empty where it tells none.

    Examples
    --------
    >>> unit_of("装机容量（万千瓦）"), unit_of("功率/kW"), unit_of("load_kw")
    ('万千瓦', 'kw', '')
    """
    found = UNIT_OF_TITLE.fullmatch(unicodedata.normalize("NFKC", title).casefold())
    return (found[1] or found[2]) if found else ""


def _has_decimal_commas(texts: Iterable[str]) -> bool:
    """Whether a number among them has a comma that parts no thousands, and none has one that surely does."""
    numbers = [match["number"] for text in texts if "," in text and (match := NUMBER.fullmatch(text))]
    return any(not THOUSANDS.fullmatch(one) for one in numbers) and not any(map(SURELY_THOUSANDS.search, numbers))


def _number(text: str, units: Mapping[str, float], decimal_comma: bool, points: bool) -> float:
    """Read one text, NaN where it is no number of these units."""
    match = NUMBER.fullmatch(text)
    if match is None:
        return float("nan")
    scale = units.get((match["unit"] or "").strip())
    if scale is None:
        return float("nan")
    number = match["number"]
    if number[0] in CHINESE_DIGITS or number[0] == "十":
        return _chinese(number) * scale
    if THOUSANDS.fullmatch(number) and not decimal_comma:
        return float(number.replace(",", "")) * scale
    if points and POINT_THOUSANDS.fullmatch(number):
        return float(number.replace(".", "")) * scale
    whole, comma, rest = number.rpartition(",")
    return float(f"{whole.replace('.', '')}.{rest}" if comma else number) * scale


def _chinese(number: str) -> float:
    """Value of a Chinese numeral below 100; NaN where it is none."""
    tens, ten, ones = number.partition("十")
    if not ten:
        return float(CHINESE_DIGITS[number]) if len(number) == 1 else float("nan")
    if len(tens) > 1 or len(ones) > 1:
        return float("nan")
    return 10.0 * CHINESE_DIGITS.get(tens, 1) + CHINESE_DIGITS.get(ones, 0)
