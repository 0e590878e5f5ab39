"""The page on changed results: its arithmetic, a cause for every change over 1 %, and the README's totals."""

from __future__ import annotations

import re

import pytest
from city import REPOSITORY

PAGE = (REPOSITORY / "docs" / "changes_of_results.md").read_text(encoding="utf-8")
GUIDE = (REPOSITORY / "docs" / "zh" / "engineer.md").read_text(encoding="utf-8")
README = (REPOSITORY / "README.md").read_text(encoding="utf-8")
IN_CHINESE = {
    "演示城市，屋顶": "demo, roofs",
    "演示城市，矿山": "demo, mines",
    "演示城市，鱼塘": "demo, ponds",
    "杭州，采石场一处": "Hangzhou, mines",
    "哥德堡，屋顶": "Göteborg, roofs",
    "雅典，屋顶": "Athens, roofs",
    "苏黎世，屋顶": "Zürich, roofs",
}
AMOUNTS = ["sites", "usable ha", "MWp (DC)", "GWh/yr", "kWh/kWp"]


def table(text: str, comment: str) -> list[list[str]]:
    """Cells of the table after a comment of the page, its two header lines left out."""
    block = text.split(f"<!-- {comment}", 1)[1].split("\n\n", 1)[0]
    lines = re.findall(r"^\|(.*)\|$", block, re.MULTILINE)
    return [[cell.strip() for cell in line.split("|")] for line in lines[2:]]


def number(cell: str) -> float:
    return float(cell.replace(",", "").rstrip("%"))


def compared() -> dict[str, tuple[list[str], list[str], list[str], str]]:
    """Cells before, after and changed, and the causes, by city and kind."""
    rows = table(PAGE, "before and after")
    assert [row[1] for row in rows] == ["before", "after", "change"] * (len(rows) // 3)
    triples = zip(rows[::3], rows[1::3], rows[2::3], strict=True)
    return {before[0]: (before[2:7], after[2:7], change[2:7], change[7]) for before, after, change in triples}


def test_five_cities_are_compared():
    assert {name.split(",")[0] for name in compared()} == {"demo", "Hangzhou", "Göteborg", "Athens", "Zürich"}


@pytest.mark.parametrize("name", compared())
def test_changes_are_those_of_the_figures(name: str):
    before, after, change, _ = compared()[name]
    for what, one, other, told in zip(AMOUNTS, before, after, change, strict=True):
        unit = 0.0 if what == "sites" else 10.0 ** -len(one.partition(".")[2])  # that both are rounded to
        ratio = number(other) / number(one)
        rounding = 50.0 * unit / number(one) * (1.0 + ratio) + 0.0501
        assert number(told) == pytest.approx(100.0 * (ratio - 1.0), abs=rounding), what


@pytest.mark.parametrize("name", compared())
def test_every_change_over_one_per_cent_has_a_cause(name: str):
    _, _, change, causes = compared()[name]
    known = set(re.findall(r"^\| (\d+) \|", PAGE, re.MULTILINE))
    named = re.findall(r"\d+", causes)
    assert set(named) <= known
    assert named or all(abs(number(told)) <= 1.0 for told in change)


def test_every_cause_is_named_by_a_city():
    causes = {number for _, _, _, told in compared().values() for number in re.findall(r"\d+", told)}
    assert set(re.findall(r"^\| (\d+) \|", PAGE, re.MULTILINE)) == causes


def test_the_chinese_guide_tells_the_same_changes():
    told = dict(re.findall(r"^\| ([^|]+，[^|]+) \| ([+-]?[\d.]+%) \|", GUIDE, re.MULTILINE))
    assert set(told) == set(IN_CHINESE)
    for chinese, name in IN_CHINESE.items():
        assert number(told[chinese]) == number(compared()[name][2][AMOUNTS.index("MWp (DC)")]), chinese


def test_the_demos_own_totals_are_those_of_the_readme():
    last = {row[0]: row[2:] for row in table(PAGE, "the demo's own files") if row[1] == "today"}
    stated = {row[0]: row[1:] for row in table(README, "demo totals")}
    assert last and last == stated
