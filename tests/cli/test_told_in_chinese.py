"""What `explain` tells is told in the language of the terminal."""

from __future__ import annotations

import ast
import inspect
import string

import pytest

from pvmap.cli import words
from pvmap.sentence import Sentence
from pvmap.stages import explain


@pytest.fixture
def chinese(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(words, "speaks_chinese", lambda: True)


def templates() -> list[str]:
    """Every sentence that the module makes, as its source has them."""
    calls = [node for node in ast.walk(ast.parse(inspect.getsource(explain))) if isinstance(node, ast.Call)]
    made = [one.args[0] for one in calls if isinstance(one.func, ast.Name) and one.func.id == "Sentence"]
    headings = ["Found about this site", "Found about its layer"]
    return [one.value for one in made if isinstance(one, ast.Constant)] + headings


def names(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}


@pytest.mark.parametrize("template", templates())
def test_every_sentence_of_explain_has_its_chinese(template: str) -> None:
    told = words.CHINESE[template]
    assert names(told) == names(template)
    assert told == "  {found}" or "：" in told or any("\u4e00" <= c <= "\u9fff" for c in told)


def test_values_are_told_in_chinese_too(chinese: None) -> None:
    place = Sentence(
        "  {kind}, use {use}, in {place}, {longitude:.5f} E {latitude:.5f} N",
        kind="rooftop",
        use="commercial",
        place=("no district", "区县以外"),
        longitude=119.4,
        latitude=32.2,
    )
    assert place == "  rooftop, use commercial, in no district, 119.40000 E 32.20000 N"
    assert words.in_words(place) == "  屋顶，用途 商业，位于 区县以外，东经 119.40000，北纬 32.20000"
    taken = Sentence("  - {m2:,.1f} m2 {reason}: {clause}", m2=1234.5, reason=("a", "甲"), clause=("{x}", "{乙}"))
    assert taken == "  - 1,234.5 m2 a: {x}"
    assert words.in_words(taken) == "  - 1,234.5 平方米 甲：{乙}"


def test_other_text_stays_as_it_is(chinese: None) -> None:
    assert words.in_words("rooftop-1 {name}") == "rooftop-1 {name}"
    assert words.in_words(Sentence("nobody knows {what}", what="this")) == "nobody knows this"
