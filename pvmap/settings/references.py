"""What the model rests on: the references a `source` names in brackets, and how a source is read.

A source is ``[key]`` with, where it helps, a clause and a few words behind it, or ``judgement: ...`` with its
reasoning. ``references.toml`` beside this module holds the references, once; docs/references.md is printed from it.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import Literal, NamedTuple

JUDGEMENT = "judgement: "
OWN = "set in the city file; its default: "  # before the source of a default that the city file has replaced
_KEY = re.compile(r"\[([a-z][a-z0-9_]*)\]")
HEAD = """# References

What pvmap's assumptions, rules and formulas rest on. A `source` names them by key, `[key]`, in the city file's
template, in `run.json`, in the workbook, on the map and in `pvmap explain`; what begins with `judgement:` rests on the
reasoning that follows. Printed by `pvmap references --markdown`.

How each was read: *original*, the text itself; *copy*, a mirror of it; *second-hand*, as others restate it; *not read*.
A clause that was not read in the original is to be checked before it is quoted.
"""
READ_ZH = {"original": "原文", "copy": "转载", "second-hand": "转引", "not read": "未读"}


class Reference(NamedTuple):
    """Something that can be looked up."""

    key: str
    title: str
    title_zh: str
    issuer: str
    clause: str
    read: Literal["original", "copy", "second-hand", "not read"]
    date: str = ""
    number: str = ""
    address: str = ""

    def cited(self, chinese: bool) -> str:
        """Title, number and address in one line, for readers who do not know the key."""
        if not chinese:
            return ", ".join(one for one in (self.title, self.number, self.date) if one)
        number = "" if self.number == self.title_zh else self.number
        return f"《{self.title_zh}》{number}" + (f"（{self.date}）" if self.date else "")


@cache
def references() -> dict[str, Reference]:
    """Every reference by its key."""
    text = files("pvmap.settings").joinpath("references.toml").read_text(encoding="utf-8")
    return {key: Reference(key=key, **fields) for key, fields in tomllib.loads(text).items()}


def keys_of(source: str) -> list[str]:
    """Keys a source names, in its order.

    Examples
    --------
    >>> keys_of("[gb50797] 9:00 to 15:00; [pvlib]")
    ['gb50797', 'pvlib']
    """
    return _KEY.findall(source)


def spelled_out(source: str) -> str:
    """Put titles and numbers in the place of keys, so that a reader reaches what a source names.

    Examples
    --------
    >>> spelled_out("[gb50797] on the winter solstice")
    'Code for design of photovoltaic power station, GB 50797-2012, 2012: on the winter solstice'
    """

    def title(match: re.Match[str]) -> str:
        known = references().get(match[1])
        return known.cited(chinese=False) + ":" if known else match[0]

    return re.sub(r":(?=[;)]|$)", "", _KEY.sub(title, source))


def as_markdown() -> str:
    """docs/references.md."""
    lines = [HEAD]
    for number, one in enumerate(references().values(), start=1):
        lines.append(f'{number}. <a id="{one.key}"></a>**[{one.key}]** {one.title} / {one.title_zh}')
        about = [one.issuer, one.date, one.number, f"<{one.address}>" if one.address else ""]
        lines.append(f"   - {', '.join(x for x in about if x)}")
        lines.append(f"   - {one.clause} (read: {one.read})")
    return "\n".join(lines) + "\n"
