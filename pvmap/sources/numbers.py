"""Numbers as people write them: with units, full-width digits, separators, 约; what is none of these is counted."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd

from pvmap.sources.units import UNITS, plain, scale_of, unit_of

MISSING_TEXT = frozenset(
    {"", "-", "--", "—", "——", "/", "\\", "null", "none", "nan", "n/a", "na", "<na>", "?", "无", "空"}
)
NUMBER = re.compile(
    r"(?:约|大约|approx\.?|about|ca\.?|c\.|~|≈|地上)?\s*(?P<sign>[¥$€£])?\s*"
    r"(?P<number>[+-]?(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d{1,3}(?:\.\d{3})+,\d+|\d+(?:[.,]\d*)?|[.,]\d+)(?:e[+-]?\d+)?|[一二三四五六七八九十两]{1,3})"
    r"\s*(?P<unit>[^\d\s][^\d]*)?"
)
THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2}(,\d{3})+(\.\d+)?")
POINT_THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2}\.\d{3}")
SURELY_POINT_THOUSANDS = re.compile(r"\d\.\d{3},\d")
SURELY_THOUSANDS = re.compile(r"\d,\d{3}[.,]\d")
CHINESE_DIGITS = {digit: value for value, digit in enumerate("一二三四五六七八九", start=1)} | {"两": 2}


class Numbers(NamedTuple):
    """A column of numbers, (n,) each.

    Attributes
    ----------
    values
        NaN where there is none.
    unreadable
        Texts that are no numbers.
    worded
        Texts read with effort.
    converted
        Numbers in the unit that the title tells, where that is not ours.
    written
        The numbers before their unit counted: whoever writes 999 for nothing does so in any unit.
    """

    values: np.ndarray
    unreadable: np.ndarray
    worded: np.ndarray
    converted: np.ndarray
    written: np.ndarray


def read_numbers(given: pd.Series, quantity: str, title: str = "", table: str = "") -> Numbers:
    """Turn a column into floats in the unit of `quantity`, a key of `UNITS`.

    A comma before three digits parts thousands, unless another number of the column shows that it is a decimal one;
    points part thousands where another number has both. What the `title` of the column in its `table` tells is the unit
    of numbers that have none of their own. Marks of footnotes make a number unreadable.

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
    none, nothing = np.zeros(n, bool), np.full(n, np.nan)
    if pd.api.types.is_bool_dtype(given):
        return Numbers(nothing, given.notna().to_numpy(bool), none, none, nothing)
    scale = scale_of(title, quantity, table)
    if pd.api.types.is_numeric_dtype(given):
        values = given.to_numpy(float, na_value=np.nan)
        return Numbers(values * scale, none, none, np.isfinite(values) & (scale != 1.0), values)
    text = given.astype("str").fillna("").str.strip()
    values = pd.to_numeric(text, errors="coerce").to_numpy(float).copy()
    code, words = pd.factorize(text.to_numpy(object))
    points = any(map(SURELY_POINT_THOUSANDS.search, words))
    if points:
        values[text.map(lambda one: POINT_THOUSANDS.fullmatch(one) is not None).to_numpy(bool)] = np.nan
    left = np.isnan(values)
    parsed, missing = np.full((len(words), 2), np.nan), np.zeros(len(words), bool)
    written = {
        word: unicodedata.normalize("NFKC", str(words[word])).strip().casefold() for word in np.unique(code[left])
    }
    decimal = _has_decimal_commas(written.values())
    units = {**UNITS[quantity], "": scale}
    if unit_of(title, quantity).startswith("元/"):  # then 300元 in a cell is of what the title says
        units["元"] = scale
    for word, one in written.items():
        missing[word] = one in MISSING_TEXT
        if not any(unicodedata.category(sign) == "No" for sign in str(words[word])):  # 1250① is not 12501
            parsed[word] = _number(one, units, decimal, points)
    factor = np.full(n, scale)
    values[left], factor[left] = parsed[code[left]].T
    found, bare = np.isfinite(values), (factor == scale) & (scale != 1.0)
    unreadable = np.isnan(values) & ~missing[code]
    return Numbers(values * factor, unreadable, left & found, bare & found, values)


def _has_decimal_commas(texts: Iterable[str]) -> bool:
    """Whether a number among them has a comma that parts no thousands, and none has one that surely does."""
    numbers = [match["number"] for text in texts if "," in text and (match := NUMBER.fullmatch(text))]
    return any(not THOUSANDS.fullmatch(one) for one in numbers) and not any(map(SURELY_THOUSANDS.search, numbers))


def _number(text: str, units: Mapping[str, float], decimal_comma: bool, points: bool) -> tuple[float, float]:
    """Read one text: the number as written and what its unit is in ours, NaN where it is no number of these units."""
    match = NUMBER.fullmatch(text)
    # a sign of money stands before it
    scale = None if match is None else units.get(plain((match["sign"] or "") + (match["unit"] or "")))
    if match is None or scale is None:
        return float("nan"), float("nan")
    number = match["number"]
    if number[0] in CHINESE_DIGITS or number[0] == "十":
        return _chinese(number), scale
    if THOUSANDS.fullmatch(number) and not decimal_comma:
        return float(number.replace(",", "")), scale
    if points and POINT_THOUSANDS.fullmatch(number):
        return float(number.replace(".", "")), scale
    whole, comma, rest = number.rpartition(",")
    return float(f"{whole.replace('.', '')}.{rest}" if comma else number), scale


def _chinese(number: str) -> float:
    """Value of a Chinese numeral below 100; NaN where it is none."""
    tens, ten, ones = number.partition("十")
    if not ten:
        return float(CHINESE_DIGITS[number]) if len(number) == 1 else float("nan")
    if len(tens) > 1 or len(ones) > 1:
        return float("nan")
    return 10.0 * CHINESE_DIGITS.get(tens, 1) + CHINESE_DIGITS.get(ones, 0)
