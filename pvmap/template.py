"""pipelines/TEMPLATE.toml: what a person wrote about city files, and every assumption as the settings have it.

``template.txt`` beside this module holds the words; lines that begin with ``@`` stand for assumptions: ``@key`` for
one with its value, ``@table key`` for one whose value is a table, ``@each section`` for the like values of a section,
``@about key`` for its meaning and source alone, where an example follows.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from importlib.resources import files
from typing import Any

from pvmap.config import Assumption, assumptions
from pvmap.settings.city import Settings
from pvmap.settings.demo import DemoSettings
from pvmap.settings.identity import City

WIDTH = 120


def as_toml() -> str:
    """Fill the words with the assumptions as the settings have them; pipelines/TEMPLATE.toml is this text."""
    text = files("pvmap").joinpath("template.txt").read_text(encoding="utf-8")
    named = City(name="template", title_zh="", title_en="")
    known = {one.key: one for one in assumptions(Settings(city=named, demo=DemoSettings()))}
    lines: list[str] = []
    for line in text.splitlines():
        lines += _stands_for(line[1:].split(" "), known) if line.startswith("@") else [line]
    return "\n".join(lines) + "\n"


def _stands_for(order: list[str], known: dict[str, Assumption]) -> Iterator[str]:
    what, key = (order[0], order[1]) if len(order) == 2 else ("value", order[0])
    if what == "each":
        like = [one for one in known.values() if one.key.startswith(f"{key}.")]
        yield from _about(like[0], "; plausible range behind each")
        for one in like:
            yield f"#{_name(one)} = {_toml(one.default)}  # {one.low:g} to {one.high:g}"
        return
    one = known[key]
    ranged = one.low is not None and one.high is not None
    yield from _about(one, f"; plausible {one.low:g} to {one.high:g}" if ranged else "")
    if what == "table":
        yield f"#[{key}]"
        for name, value in one.default.items():
            yield f"#{name} = {_toml(value)}"
    elif what == "value":
        yield from _assigned(_name(one), one.default)


def _about(one: Assumption, range_told: str) -> Iterator[str]:
    unit = "" if one.unit in ("", "1") else f" [{one.unit}]"
    told = one.about[0].upper() + one.about[1:] + unit
    yield from textwrap.wrap(told, WIDTH, initial_indent="# ", subsequent_indent="# ", break_long_words=False)
    why = f"{one.mark}: {one.source}{range_told}"
    yield from textwrap.wrap(why, WIDTH, initial_indent="#   ", subsequent_indent="#   ", break_long_words=False)


def _assigned(name: str, value: Any) -> Iterator[str]:
    line = f"#{name} = {_toml(value)}"
    if len(line) <= WIDTH or not isinstance(value, tuple):
        yield line
        return
    yield f"#{name} = ["
    items = " ".join(f"{_toml(one)}," for one in value)
    yield from textwrap.wrap(items, WIDTH, initial_indent="#  ", subsequent_indent="#  ")
    yield "#]"


def _name(one: Assumption) -> str:
    return one.key.rpartition(".")[2]


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, tuple):
        return f"[{', '.join(map(_toml, value))}]"
    if isinstance(value, dict):
        return f"{{ {', '.join(f'{name} = {_toml(one)}' for name, one in value.items())} }}"
    return str(value)
