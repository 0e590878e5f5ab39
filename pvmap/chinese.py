"""Assumptions, sources and clauses as Chinese readers get them: no code names, no English sentences.

``settings/assumptions_zh.toml`` holds the words; references have Chinese titles of their own.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

from pydantic import BaseModel

from pvmap.config import assumptions
from pvmap.settings.city import Settings
from pvmap.settings.countries import pack
from pvmap.settings.demo import DemoSettings
from pvmap.settings.identity import City
from pvmap.settings.references import JUDGEMENT, OWN, keys_of, references

_CLAUSE = re.compile(
    r"(?P<rule>.*) \((?:set in the city file; default .*?, )?"
    r"(?P<mark>sourced|derived|unverified|choice); (?P<source>.*)\)"
)
_UNITS = (
    ("CNY", "元"),
    ("tce", "吨标准煤"),
    ("kV", "千伏"),
    ("yr", "年"),
    ("year", "年"),
    ("years", "年"),
    ("deg", "度"),
    ("mu", "亩"),
    ("h", "小时"),
)


def meaning(key: str) -> str:
    """Say what an assumption means, by its key."""
    words = _words()["meaning"]
    section, _, last = key.rpartition(".")
    if section in words:
        return f"{words[section]}：{word(last)}"
    return words.get(key, key)


def basis(key: str, source: str) -> str:
    """Say what an assumption rests on: titles of its references, or the judgement; the city file where that sets it."""
    if source.startswith(OWN):
        return f"城市文件所设；默认值依据：{basis(key, source.removeprefix(OWN))}"
    titles = "；".join(references()[one].cited(chinese=True) for one in keys_of(source))
    if not source.startswith(JUDGEMENT):
        return titles
    plain = pack("generic")
    if plain is not None and source == plain.source:
        return f"专业判断：{plain.source_zh}"
    judged = _words()["judgement"]
    told = judged.get(key) or judged.get(key.rpartition(".")[0], "")
    return f"专业判断：{told}" + (f"；参见{titles}" if titles else "")


def word(name: str) -> str:
    """Chinese for a name that settings use: a use, a kind, a cost option, a mark; others stay as they are."""
    return _words()["word"].get(name, name)


def step(name: str) -> str:
    """Chinese for a step on the way from sunlight to energy."""
    return _words()["step"].get(name, name)


def reason(name: str) -> str:
    """Chinese for a reason why ground is not used, or for a mask that this package expects; other names stay."""
    return _words()["reason"].get(name, name)


def value(given: Any) -> Any:
    """Put a setting's value with its names in Chinese; numbers stay numbers."""
    if isinstance(given, bool):
        return "是" if given else "否"
    if isinstance(given, int | float) or given is None:
        return given
    if isinstance(given, BaseModel):
        given = given.model_dump()
    if isinstance(given, dict):
        return "；".join(f"{word(str(name))} {_within(one, (dict, BaseModel))}" for name, one in given.items())
    if isinstance(given, list | tuple):
        return "、".join(_within(one, (list, tuple, dict, BaseModel)) for one in given) or "无"
    return word(str(given))


def _within(one: Any, bracketed: tuple[type, ...]) -> str:
    """Put a value within another in Chinese, in brackets where it has parts of its own."""
    return f"（{value(one)}）" if isinstance(one, bracketed) else str(value(one))


def unit(symbol: str) -> str:
    """Put the words of a unit in Chinese; symbols stay."""
    if symbol == "1":
        return ""
    for english, chinese in _UNITS:
        symbol = re.sub(rf"\b{english}\b", chinese, symbol)
    return symbol


def clause(text: str) -> str:
    """Put a clause in Chinese, as rules and masks of this package write it; one of the city file's own stays."""
    parts = re.split(r"(?<=\)); ", text)  # several rules at once
    if len(parts) > 1 and all(map(_CLAUSE.fullmatch, parts)):
        return "；".join(map(clause, parts))
    found = _CLAUSE.fullmatch(text)
    if not found:
        return _words()["clause"].get(text, text)
    rule, source = found["rule"], found["source"]
    titles = "；".join(references()[one].cited(chinese=True) for one in keys_of(source) if one in references())
    about, _, amount = rule.rpartition(": ")
    if about in _keys() and amount:
        amount = "、".join(word(one) for one in amount.split(", "))
        number, _, symbol = amount.partition(" ")
        rule = f"{meaning(_keys()[about]).split('：')[0]}：{number}{f' {unit(symbol)}' if symbol else ''}"
    else:
        rule = _words()["clause"].get(rule, rule)
    verified = word(found["mark"])
    return f"{rule}（{titles or '专业判断'}；核实：{verified}）"


@cache
def _words() -> dict[str, dict[str, str]]:
    text = files("pvmap.settings").joinpath("assumptions_zh.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


@cache
def _keys() -> dict[str, str]:
    """Key of an assumption by what it says about itself in English."""
    every = Settings(city=City(name="every", title_zh="", title_en=""), demo=DemoSettings())
    return {one.about: one.key for one in reversed(list(assumptions(every)))}
