"""The Chinese README says what the English one says: commands, code, numbers, links, tables, line by line of both."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from city import REPOSITORY

ENGLISH, CHINESE = ((REPOSITORY / name).read_text(encoding="utf-8") for name in ("README.md", "README.zh-CN.md"))
HAN = re.compile("[\u4e00-\u9fff]")
NUMBER = re.compile(r"(?<![\w.])\d+(?:,\d{3})*(?:\.\d+)?(?:e-?\d+)?")
OWN = {"README.md", "README.zh-CN.md"}  # each leads to the other


def commands(text: str) -> list[str]:
    blocks = re.findall(r"```sh\n(.*?)```", text, re.DOTALL)
    return [line.split("#")[0].strip() for block in blocks for line in block.splitlines()]


def cells(text: str) -> list[list[str]]:
    lines = re.findall(r"^\|(.*)\|$", text, re.MULTILINE)
    return [[cell.strip() for cell in line.split("|")] for line in lines]


def prose(text: str) -> str:
    return re.sub(r"```.*?```", "", text, flags=re.DOTALL)


def test_commands_are_the_same_and_told_in_chinese():
    assert commands(CHINESE) == commands(ENGLISH)
    told = re.findall(r"^(?:make|pvmap) .*#(.*)$", CHINESE, re.MULTILINE)
    assert len(told) > 10 and all(HAN.search(one) for one in told)


def test_python_is_the_same():
    lines = [re.findall(r"```python\n(.*?)```", text, re.DOTALL) for text in (ENGLISH, CHINESE)]
    code = [[line.split("#")[0].strip() for block in blocks for line in block.splitlines()] for blocks in lines]
    assert code[0] == code[1] and len(code[0]) > 4


def test_code_names_and_links_are_the_same():
    inline = [Counter(re.findall(r"`([^`\n]+)`", prose(text))) for text in (ENGLISH, CHINESE)]
    assert inline[0] == inline[1]
    links = [Counter(re.findall(r"\]\(([^)]+)\)", text)) for text in (ENGLISH, CHINESE)]
    assert {k: n for k, n in links[0].items() if k not in OWN} == {k: n for k, n in links[1].items() if k not in OWN}
    for name in links[1]:
        assert (REPOSITORY / name).exists(), name


def test_numbers_are_the_same():
    english, chinese = (Counter(NUMBER.findall(prose(text))) for text in (ENGLISH, CHINESE))
    assert english == chinese
    assert chinese["45,981"] == 1


@pytest.mark.parametrize("text", [ENGLISH, CHINESE], ids=["English", "Chinese"])
def test_what_others_hold_is_there(text: str):
    """Tables name the same rows, sections come in one order: what tests/test_readme.py holds of one is so of both."""
    assert len(re.findall(r"^## ", text, re.MULTILINE)) == len(re.findall(r"^## ", ENGLISH, re.MULTILINE))
    assert [len(row) for row in cells(text)] == [len(row) for row in cells(ENGLISH)]
    for own, other in zip(cells(text), cells(ENGLISH), strict=True):
        if re.fullmatch(r"[a-zA-Z][\w, -]*", other[0]) and other[0] not in ("kind", "where", "table", "package"):
            assert own[0] == other[0] or other[0] in ("rooftop", "mine", "fishpond", "all")


def test_every_paragraph_is_chinese():
    plain = re.sub(r"`[^`]*`|\]\([^)]*\)", "", prose(CHINESE))
    lines = [line for line in plain.splitlines() if re.search(r"[A-Za-z]{4,}", line) and not line.startswith("|--")]
    missing = [line for line in lines if not HAN.search(line)]
    assert missing == ["# pvmap", "[English"]
