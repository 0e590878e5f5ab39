"""Findings as lines for a screen: worst first, at most one line a code, what to do at the end of it."""

from __future__ import annotations

from collections.abc import Iterable

from pvmap.findings.finding import Finding, Language, add_up, worst_first
from pvmap.findings.words import word

OTHERS = 3  # further places of a code that its line names


def by_code(findings: Iterable[Finding]) -> list[tuple[Finding, ...]]:
    """Group findings by code, the worst code first and the largest finding first within it."""
    groups: dict[str, list[Finding]] = {}
    for found in worst_first(add_up(findings)):
        groups.setdefault(found.code, []).append(found)
    return [tuple(group) for group in groups.values()]


def line(group: tuple[Finding, ...], language: Language = "en") -> str:
    """Tell the findings of one code in one line: sentence and remedy of the largest, and where else it was found."""
    first, *others = group
    told = f"{first.sentence(language)} {first.remedy(language)}"
    if others:
        places = [f"{word(found.layer, language)} {found.column}".strip() for found in others]
        named = (", " if language == "en" else "、").join(dict.fromkeys(places[:OTHERS]))
        more = len(others) > OTHERS
        if language == "zh":
            told += f"另见：{named}{'等' if more else ''}。"
        else:
            told += f" Also in {named}{' and others' if more else ''}."
    return told
