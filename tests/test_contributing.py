"""What CONTRIBUTING.md names is there; CITATION.cff tells this version."""

from __future__ import annotations

import re

from city import REPOSITORY

from pvmap import __version__

TEXT = (REPOSITORY / "CONTRIBUTING.md").read_text(encoding="utf-8")


def test_every_path_and_name_it_tells_is_there():
    code = re.findall(r"`([^`]+)`", TEXT)
    paths = [one for one in code if re.fullmatch(r"[\w.-]+(/[\w.-]*)*", one) and ("/" in one or one.endswith(".md"))]
    paths += re.findall(r"\]\(([^)]+)\)", TEXT)
    assert len(paths) > 20
    assert [one for one in paths if not (REPOSITORY / one).exists()] == []
    source = "\n".join(path.read_text(encoding="utf-8") for path in (REPOSITORY / "pvmap").rglob("*.py"))
    names = [one for one in code if re.fullmatch(r"[A-Z][A-Za-z]+|[A-Z_]{4,}|[a-z]+\.[a-z]+", one)]
    assert len(names) > 6
    assert [one for one in names if one.rpartition(".")[2] not in source] == []


def test_every_addition_takes_five_steps():
    sections = re.split(r"^## ", TEXT, flags=re.MULTILINE)[1:]
    assert [one.splitlines()[0] for one in sections] == [
        "A new kind of site",
        "A new reader",
        "A new finding",
        "A new column",
    ]
    assert all(re.findall(r"^(\d)\. ", one, re.MULTILINE) == list("12345") for one in sections)


def test_the_citation_is_of_this_version():
    text = (REPOSITORY / "CITATION.cff").read_text(encoding="utf-8")
    fields = dict(re.findall(r"^([a-z-]+): (.+)$", text, re.MULTILINE))
    assert fields["cff-version"] == "1.2.0" and fields["version"] == __version__ and fields["license"] == "Apache-2.0"
    assert fields["title"] and fields["message"] and re.search(r"^authors:\n  - name: \w", text, re.MULTILINE)
