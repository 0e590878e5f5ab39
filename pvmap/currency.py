"""The money a city counts in: our own words, units and headers with it in the place of the yuan.

Programs find amounts under the same names everywhere (``npv_cny``), whatever the city's money is; what a person reads
names the money that it is. Only words of this package go through here, never names or texts of a city's files.
"""

from __future__ import annotations

import re
import unicodedata

CNY = "CNY"
CHINESE = {
    CNY: "元",
    "AUD": "澳元",
    "CAD": "加元",
    "CHF": "瑞士法郎",
    "EUR": "欧元",
    "GBP": "英镑",
    "INR": "印度卢比",
    "JPY": "日元",
    "KRW": "韩元",
    "SEK": "瑞典克朗",
    "USD": "美元",
    "VND": "越南盾",
}
SIGNS = {  # and the money each may stand for, the likeliest first
    **{"€": ("EUR",), "£": ("GBP",), "₹": ("INR",), "₩": ("KRW",), "₫": ("VND",)},
    **{"$": ("USD", "AUD", "CAD"), "¥": (CNY, "JPY")},
}
AMOUNTS = frozenset({"price", "price_cny_per_kwh", "capex_cny_per_w_dc", "opex_cny_per_kw_year"})  # columns of tables
_YUAN = re.compile(r"(?<![单多公美欧日韩澳加])元(?![素件年])")  # not in the words for unit, several, element
_CNY = re.compile(r"(?<![A-Za-z])CNY(?![A-Za-z])")
_MORE_THAN_A_NUMBER = re.compile(r"[^\d.,+\-\s]")
_IN_A_NAME = re.compile(r"(?:^|(?<=_))cny(?=_|$)")


def in_chinese(currency: str) -> str:
    """Chinese name of a currency, its code where there is none here."""
    return CHINESE.get(currency, currency)


def in_money(text: str, currency: str) -> str:
    """Put a city's money in the place of the yuan in words of ours, of either language.

    Examples
    --------
    >>> in_money("levelised cost (CNY/kWh)", "EUR"), in_money("投资（亿元）", "EUR")
    ('levelised cost (EUR/kWh)', '投资（亿欧元）')
    """
    if currency == CNY:
        return text
    return _YUAN.sub(in_chinese(currency), _CNY.sub(currency, text))


def other_money(text: str, currency: str) -> str:
    """Give the money that a text of somebody's tells, where it is another one than a city's; else nothing.

    Examples
    --------
    >>> other_money("price (USD/kWh)", "CNY"), other_money("电价（元/度）", "EUR"), other_money("€/MWh", "EUR")
    ('USD', 'CNY', '')
    """
    if not _MORE_THAN_A_NUMBER.search(text):  # as almost every cell of a table
        return ""
    text = unicodedata.normalize("NFKC", text)
    told = {code for code, name in CHINESE.items() if (code != CNY and name in text) or _is_word(code, text)}
    told |= {currency if currency in some else some[0] for sign, some in SIGNS.items() if sign in text}
    told |= {CNY} if _YUAN.search(text) or "人民币" in text or _is_word("RMB", text) else set()
    return next(iter(sorted(told - {currency})), "") if currency not in told else ""


def _is_word(code: str, text: str) -> bool:
    return re.search(rf"(?<![A-Za-z]){code}(?![A-Za-z])", text, re.IGNORECASE) is not None


def header(column: str, currency: str) -> str:
    """Name of a column as a person reads it, for example in a CSV.

    Examples
    --------
    >>> header("lcoe_cny_per_kwh", "USD"), header("npv_cny", "CNY")
    ('lcoe_usd_per_kwh', 'npv_cny')
    """
    return _IN_A_NAME.sub(currency.lower(), column)
