"""Errors in Chinese, by the English sentences that the code raises; `errors_zh.toml` is the table.

A sentence is recognised by its own words. What stands between them, which names in braces stand for, is taken over as
it is, but for the names of `WITHIN`: they stand for what is said in this package's own words.
"""

from __future__ import annotations

import re
import string
import tomllib
from collections.abc import Callable
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from pvmap.webmap.i18n import TEXTS

MORE, FURTHER = "{more}", "further"  # how many more there are stands last, whatever stands in brackets before it
NEXT_CAUSE = re.compile(r", (?=Input |Setting |versions?[.\w]*: )")


class Words(NamedTuple):
    """A sentence without what stands in its braces: n names between n + 1 pieces."""

    pieces: tuple[str, ...]
    names: tuple[str, ...]

    @classmethod
    def of(cls, template: str) -> Words:
        """Take a template apart."""
        parts = list(string.Formatter().parse(template))
        names = tuple(name for _, name, _, _ in parts if name is not None)
        pieces = [""]
        for text, name, _, _ in parts:  # a doubled brace is a piece of its own
            pieces[-1] += text
            pieces += [""] if name is not None else []
        return cls(tuple(pieces), names)

    def found_in(self, sentence: str) -> dict[str, str] | None:
        """Give what the names stand for in a sentence, each as short as can be; None where it is another sentence."""
        first, last = self.pieces[0], self.pieces[-1]
        if not self.names:
            return {} if sentence == first else None
        at, end = len(first), len(sentence) - len(last)
        if not (sentence.startswith(first) and sentence.endswith(last)):
            return None
        values = []
        for piece, name in zip(self.pieces[1:-1], self.names[1:], strict=True):
            find = sentence.rfind if name == FURTHER else sentence.find
            stop = find(piece, at + 1, end)
            if stop < 0:
                return None
            values.append(sentence[at:stop])
            at = stop + len(piece)
        return dict(zip(self.names, [*values, sentence[at:end]], strict=True)) if at < end else None


def said(sentence: str) -> str:
    """Say an error in Chinese; one that the table does not have stays as it is."""
    for words, chinese in _table():
        if (found := words.found_in(sentence)) is not None:
            return chinese.format(**{name: WITHIN.get(name, str)(value) for name, value in found.items()})
    return sentence


@cache
def errors() -> dict[str, dict[str, str]]:
    """Read the table: topic -> English -> Chinese."""
    from pvmap.planning.diff import CAUSES  # which takes half a second to load, and only errors need it

    topics = tomllib.loads(files("pvmap").joinpath("errors_zh.toml").read_text(encoding="utf-8"))
    more = {"": ""} | topics.pop("more")
    found: dict[str, dict[str, str]] = {name: {} for name in topics}
    for topic, english, chinese in ((name, *line) for name, lines in topics.items() for line in lines.items()):
        several = more if MORE in english else {"": ""}
        found[topic] |= {english.replace(MORE, end): chinese.replace(MORE, its_end) for end, its_end in several.items()}
    return found | {"causes": {english: TEXTS[f"cause.{key}"][0] for key, english in CAUSES.items()}}


@cache
def _table() -> list[tuple[Words, str]]:
    """List the sentences: those around others, then those with most words of their own first."""
    every = [
        (topic != "around", -sum(map(len, words.pieces)), words, chinese)
        for topic, lines in errors().items()
        for words, chinese in ((Words.of(english), chinese) for english, chinese in lines.items())
    ]
    return [one[2:] for one in sorted(every)]


def _counted(refused: str) -> str:
    """Say a reason why rows were refused, with its count."""
    name, _, count = refused.rpartition(" (")
    return f"{TEXTS[f'refused.{name}'][0]}（{count.rstrip(')')}）" if f"refused.{name}" in TEXTS else refused


def _each(separator: str, chinese: str, one: Callable[[str], str]) -> Callable[[str], str]:
    return lambda several: chinese.join(map(one, several.split(separator)))


def _causes(several: str) -> str:
    return "；".join(said(f"{one}.").rstrip("。.") for one in NEXT_CAUSE.split(several))


OURS = (
    "advice", "complaint", "fault", "first_fault", "guess", "limits", "month", "new", "old", "reason", "remedy", "rest",
    "there", "what", "why",
)  # fmt: skip
WITHIN: dict[str, Callable[[str], str]] = dict.fromkeys(OURS, said) | {
    "causes": _causes,
    "choices": lambda names: names.replace("' or '", "' 或 '"),
    "gaps": _each("; ", "；", said),
    "lines": _each("\n", "\n", said),
    "names": lambda names: "无" if names == "none" else names,
    "reasons": _each(", ", "、", _counted),
    "times": _each(", ", "、", said),
}
