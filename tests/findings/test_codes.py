"""Every code has an example that raises it and one without the fault that does not; sentences are whole."""

from __future__ import annotations

import importlib
import pkgutil
import re
import string
from pathlib import Path

import findings.examples
import pytest
from findings.examples import EXAMPLES

from pvmap.findings import CATALOGUE, LANGUAGES, SEVERITIES
from pvmap.findings.page import as_markdown

for module in pkgutil.iter_modules(findings.examples.__path__, "findings.examples."):
    importlib.import_module(module.name)

PLACES = {"layer", "column", "count", "total", "rows", "sites"}
CHINESE = re.compile("[一-鿿]")


@pytest.mark.parametrize("code", CATALOGUE)
def test_a_fault_raises_it_and_a_clean_input_does_not(code: str, tmp_path: Path) -> None:
    assert code in EXAMPLES, f"{code} has no example; add one to tests/findings/examples"
    found = {}
    for faulty in (True, False):
        folder = tmp_path / str(faulty)
        folder.mkdir()
        found[faulty] = {one.code: one for one in EXAMPLES[code](folder, faulty)}
    assert code in found[True], f"the faulty example raises {sorted(found[True])}"
    assert code not in found[False], "the clean example raises it too"
    for language in LANGUAGES:  # every brace finds its value
        told = found[True][code]
        assert told.sentence(language) and told.remedy(language)


@pytest.mark.parametrize("kind", CATALOGUE.values(), ids=CATALOGUE)
def test_the_catalogue_is_whole(kind) -> None:
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)+", kind.code)
    assert kind.severity in SEVERITIES
    for text in (kind.sentence_en, kind.remedy_en, kind.cause, kind.threshold):
        assert text and not CHINESE.search(text)
    for text in (kind.sentence_zh, kind.remedy_zh):
        assert CHINESE.search(text)
    assert kind.sentence_en.endswith(".") and kind.remedy_en.endswith(".")
    fields_en, fields_zh = (
        {name for _, name, _, _ in string.Formatter().parse(text) if name} for text in sentences(kind)
    )
    assert fields_en - PLACES == fields_zh - PLACES, "both languages tell the same values"


def sentences(kind) -> tuple[str, str]:
    return kind.sentence_en + kind.remedy_en, kind.sentence_zh + kind.remedy_zh


def test_no_example_is_of_a_code_that_is_gone() -> None:
    assert set(EXAMPLES) <= set(CATALOGUE)


def test_the_page_of_the_catalogue_is_the_catalogue() -> None:
    page = Path(__file__).parents[2] / "docs" / "findings.md"
    assert page.read_text(encoding="utf-8") == as_markdown(), (
        "write it anew: pvmap findings --markdown > docs/findings.md"
    )


@pytest.mark.parametrize("name", ["MODEL", "PARAMETERS", "DESIGN", "GRID"])
def test_the_page_cites_nothing_that_is_not_shipped(name: str) -> None:
    assert f"{name}.md" not in as_markdown()
