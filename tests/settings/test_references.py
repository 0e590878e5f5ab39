"""Every source leads to something a reader can look up, or says that it is judgement and why."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pvmap.config import assumptions, load
from pvmap.findings import CATALOGUE
from pvmap.settings.city import Settings
from pvmap.settings.demo import DemoSettings
from pvmap.settings.identity import City
from pvmap.settings.references import JUDGEMENT, keys_of, references, spelled_out
from pvmap.sites.expected_masks import EXPECTED_MASKS
from pvmap.sites.ledger import BY_SOURCE_CLAUSE, STATED_CLAUSES

REPOSITORY = Path(__file__).resolve().parents[2]
NAMED_APART = ("PARAMETERS", "MODEL", "DESIGN", "MAP", "GRID", "REMOTE")  # papers that are not in the repository
UNSHIPPED = re.compile(rf"({'|'.join(NAMED_APART)})\.md|proto" + r"types/|[^a-z]iss" + r"ue [0-9]+")
SHIPPED = ("pvmap", "pipelines", "docs", "tests", "README.md", "CHANGELOG.md")
CITY = Settings(city=City(name="all", title_zh="", title_en=""), demo=DemoSettings())


def sources() -> dict[str, str]:
    """Source of every assumption and finding, by what it belongs to."""
    told = {one.key: one.source for one in assumptions(CITY)}
    return told | {f"finding {code}": kind.source for code, kind in CATALOGUE.items()}


def clauses() -> list[str]:
    """Clauses that come with pvmap: of masks, of stated reasons, of the city files."""
    files = [load(path) for path in (REPOSITORY / "pipelines").glob("*.toml") if path.stem != "TEMPLATE"]
    named = [mask.clause for city in files for mask in city.masks]
    return [*named, *(mask.clause for mask in EXPECTED_MASKS), BY_SOURCE_CLAUSE, *STATED_CLAUSES.values()]


def resolves(source: str) -> bool:
    """Whether a source begins with a reference or says why it is judgement, and every reference it names is there."""
    leads = re.match(r"\[[a-z][a-z0-9_]*\]", source) or source.removeprefix(JUDGEMENT) not in ("", source)
    return bool(leads) and all(key in references() for key in keys_of(source))


def test_every_source_resolves() -> None:
    told = sources()
    assert [key for key, source in told.items() if not resolves(source)] == []
    assert len(told) > 300


def test_every_clause_names_its_mark_and_a_source_that_resolves() -> None:
    every = clauses()
    assert len(every) > 40
    for clause in every:
        found = re.search(r"\((sourced|derived|unverified|choice); (.*)\)$", clause)
        assert found, clause
        assert resolves(found[2]), clause


@pytest.mark.parametrize(
    "source",
    ["[no_such_key]", "[pvlib] and [no_such_key]", "the usual value", "judgement: ", "judgement", "", "see [pvlib]"],
)
def test_a_source_that_leads_nowhere_is_noticed(source: str) -> None:
    assert not resolves(source)


def test_what_a_file_replaces_is_no_assumption_in_force() -> None:
    inputs = {"market_prices": {"path": "p.csv"}}
    files = CITY.model_validate({**CITY.model_dump(exclude={"inputs", "weather", "demo"}), "inputs": inputs})
    own = {one.key for one in assumptions(files)}
    epw = files.model_copy(
        update={"weather": files.weather.model_validate({"points": [{"format": "epw", "path": "a"}]})}
    )
    lost = {one.key for one in assumptions(CITY)} - own
    assert {key for key in lost if not key.startswith("demo.")} == {
        "planning.tariff.market_cny_per_kwh",
        "planning.tariff.market_month_factors",
    }
    lost = own - {one.key for one in assumptions(epw)}
    assert lost and all(key.startswith("weather.typical.") for key in lost)


def test_what_is_sourced_can_be_opened() -> None:
    for one in assumptions(CITY):
        if one.mark == "sourced":
            found = [references()[key] for key in keys_of(one.source)]
            assert found and (found[0].address or found[0].number) and found[0].read != "not read", one.key


def test_what_counts_as_verified_was_read_itself_or_in_a_copy() -> None:
    """What others say a text holds has not been verified; a judgement's arithmetic stands for itself."""
    for one in assumptions(CITY):
        if one.mark in ("sourced", "derived") and (keys := keys_of(one.source)):
            assert {references()[key].read for key in keys} & {"original", "copy"}, one.key


def test_every_reference_is_used_and_says_what_is_taken_from_it() -> None:
    texts = [p.read_text(encoding="utf-8") for folder in ("pvmap", "docs", "tests") for p in _files(folder)]
    used = {key for text in texts for key in keys_of(text)}
    for key, one in references().items():
        assert one.title and one.title_zh and one.issuer and one.clause, key
        assert key in used, f"nothing names [{key}]"


def test_the_method_names_modules_and_references_that_are_there() -> None:
    text = (REPOSITORY / "docs" / "method.md").read_text(encoding="utf-8")
    modules = set(re.findall(r"`((?:pvmap|tests)/[\w/]+\.\w+)`", text))
    assert len(modules) > 30 and not [one for one in modules if not (REPOSITORY / one).is_file()]
    keys = set(keys_of(text))
    assert len(keys) > 30 and sorted(keys - set(references())) == []
    for section in re.split(r"(?m)^## ", text)[1:-1]:
        title = section.splitlines()[0]
        assert re.match(r"\d+ [^(]+\(`pvmap/", title), title


def test_a_source_is_spelled_out_for_readers_who_have_no_list_of_keys() -> None:
    told = spelled_out("[vat2019] article 1")
    assert "公告2019年第39号" in told and told.endswith("article 1") and "[" not in told


def _files(name: str) -> list[Path]:
    path = REPOSITORY / name
    every = [path] if path.is_file() else sorted(path.rglob("*"))
    kinds = (".py", ".toml", ".md", ".txt", ".js", ".css", ".html")
    return [p for p in every if p.suffix in kinds and p.stem != "references"]


def test_nothing_shipped_names_what_is_not_shipped() -> None:
    assert UNSHIPPED.search("see MOD" + "EL.md") and UNSHIPPED.search("(iss" + "ue 3")
    found = [
        f"{path.relative_to(REPOSITORY)}:{number}: {line.strip()}"
        for name in SHIPPED
        for path in _files(name)
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if UNSHIPPED.search(line)
    ]
    assert not found, "\n".join(found)
