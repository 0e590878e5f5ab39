"""Whoever reads Chinese reads Chinese: assumptions, what they rest on, clauses, reasons, help."""

from __future__ import annotations

import pytest
from latin import latin

from pvmap import chinese
from pvmap.config import assumptions
from pvmap.deliver import words as tables
from pvmap.findings import finding
from pvmap.findings.words import REFUSALS
from pvmap.findings.words import USES as USES_IN_FINDINGS
from pvmap.settings.city import Settings
from pvmap.settings.demo import DemoSettings
from pvmap.settings.identity import City
from pvmap.settings.references import JUDGEMENT, references
from pvmap.sites.expected_masks import EXPECTED_MASKS
from pvmap.sites.ledger import BY_SOURCE_CLAUSE, STATED_CLAUSES, clause
from pvmap.sites.measured import NO_PLANE
from pvmap.sites.reasons import REASONS
from pvmap.tables.vocabulary import BUILDING_USES
from pvmap.tables.vocabulary import REFUSALS as REFUSED
from pvmap.webmap.help import HELP
from pvmap.webmap.i18n import TEXTS

CITY = Settings(city=City(name="all", title_zh="", title_en=""), demo=DemoSettings())
EVERY = list(assumptions(CITY))


@pytest.mark.parametrize("one", EVERY, ids=lambda one: one.key)
def test_every_assumption_is_told_in_chinese(one) -> None:
    told = [chinese.meaning(one.key), chinese.basis(one.key, one.source), chinese.unit(one.unit)]
    told += [str(chinese.value(one.value)), chinese.word(one.mark)]
    assert [latin(text) for text in told] == [[]] * 5, told
    assert told[0] != one.key and told[4] != one.mark
    assert len(told[1]) > len("专业判断：") or not one.source.startswith(JUDGEMENT)


def test_no_text_is_left_over() -> None:
    known = (
        {one.key for one in EVERY} | {one.key.rpartition(".")[0] for one in EVERY} | {"planning.risk.sigma.resource"}
    )
    for table in ("meaning", "judgement"):
        assert sorted(set(chinese._words()[table]) - known) == []
    judged = {one.key for one in EVERY if one.source.startswith(JUDGEMENT)}
    judged |= {key.rpartition(".")[0] for key in judged} | {"planning.risk.sigma.resource"}
    assert sorted(set(chinese._words()["judgement"]) - judged) == []


def test_every_reference_has_a_chinese_title() -> None:
    assert [one.key for one in references().values() if latin(one.title_zh)] == []


def test_clauses_of_rules_and_masks_are_told_in_chinese() -> None:
    told = [mask.clause for mask in EXPECTED_MASKS] + [BY_SOURCE_CLAUSE, NO_PLANE, *STATED_CLAUSES.values()]
    for kind in (CITY.rooftop, CITY.mine, CITY.fishpond, CITY.rooftop.access_share):
        marked = [
            key for key in type(kind).model_fields if isinstance(type(kind).model_fields[key].json_schema_extra, dict)
        ]
        told += [clause(kind, key) for key in marked]
    told += ["; ".join(told[-3:]), "existing PV layer"]
    told.append(clause(type(CITY.rooftop)(parapet_setback_m=2.5), "parapet_setback_m"))
    assert [text for text in map(chinese.clause, told) if latin(text)] == []
    assert "2.5" in chinese.clause(told[-1]) and "核实：否" in chinese.clause(told[-1])


@pytest.mark.parametrize("own", ["our own rule", "规划三区三线", "", "x (sourced; [no_such_key])", "a: b (c)"])
def test_a_clause_of_the_city_file_keeps_its_words(own: str) -> None:
    assert own.split(" (")[0] in chinese.clause(own)


def test_every_reason_and_mask_has_a_chinese_name() -> None:
    named = {mask.name: mask.name_zh for mask in EXPECTED_MASKS if mask.name not in REASONS}  # one name is both
    assert {name: chinese.reason(name) for name in named} == named
    told = [chinese.reason(name) for name in (*named, *REASONS)]
    assert [one for one in told if latin(one)] == []
    assert chinese.reason("our own mask") == "our own mask"


def test_the_page_s_own_words_are_chinese() -> None:
    texts = {key: pair[0] for key, pair in TEXTS.items()}
    texts |= {line[0]: line[0] for _, lines in HELP for line in lines}
    keys = (
        "Esc",
        "A",
        "B",
        "C",
        "D",
        "A4",
        "CSV",
        "tk",
        "Chrome",
        "Edge",
        "Firefox",
        "GCJ",
        "WGS84",
        "index.html",
        "tiles",
    )
    found = {key: [word for word in latin(_no_braces(text)) if word not in keys] for key, text in texts.items()}
    assert {key: words for key, words in found.items() if words} == {}


def _no_braces(text: str) -> str:
    while "{" in text:
        before, _, rest = text.partition("{")
        text = before + rest.partition("}")[2]
    return text


def test_findings_call_reasons_and_uses_as_map_and_tables_do() -> None:
    assert {reason: TEXTS[f"refused.{reason}"][0] for reason in REFUSED} == REFUSALS
    assert {use: tables.USES[use].zh for use in BUILDING_USES} == USES_IN_FINDINGS
    assert {use: TEXTS[f"building_use.{use}"][0] for use in BUILDING_USES} == USES_IN_FINDINGS
    assert {use: chinese.word(use) for use in BUILDING_USES} == USES_IN_FINDINGS


@pytest.mark.parametrize(
    ("code", "values", "told"),
    [
        ("uses-missing", {"use": "other"}, "按 其他或未知 计"),
        ("many-refused", {"reasons": "no geometry (2), sliver (1)"}, "无图形 (2)、碎屑图形 (1)"),
        (
            "words-read-by-part",
            {"words": "primary, school = education, 卫生院 = health"},
            "school = 学校, 卫生院 = 医院",
        ),
        ("use-words-not-known", {"words": "K7, other"}, "K7, other"),  # words of the file stay as they are
    ],
)
def test_findings_tell_names_of_ours_in_chinese(code: str, values: dict[str, str], told: str) -> None:
    found = finding(code, layer="b.gpkg", column="use", count=3, total=9, **values)
    assert told in found.sentence("zh")
    assert next(iter(values.values())) in found.sentence("en")
