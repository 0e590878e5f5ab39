"""The commonest errors are told in Chinese; what users wrote stands in them as it was, and the rest stays English."""

from __future__ import annotations

import ast
import re
import string
import subprocess
import sys
from pathlib import Path

import pytest

import pvmap
from pvmap.cli.chinese_errors import ERRORS, said
from pvmap.stages.lock import Owner


def bare(template: str) -> str:
    return re.sub(r"\{[^{}]*\}", "{}", template)


def made() -> set[str]:
    """Every text with values in it that the code makes, names left out."""
    found = set()
    for path in Path(pvmap.__file__).parent.rglob("*.py"):
        if path.parent.name == "cli" and path.name.startswith("chinese"):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.JoinedStr):
                found.add("".join(part.value if isinstance(part, ast.Constant) else "{}" for part in node.values))
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.add(node.value)
    return found


def test_every_sentence_of_the_table_is_one_that_the_code_makes() -> None:
    code = made()
    gone = [one for one in ERRORS if bare(one) not in code and bare(one).removesuffix("{}") not in code]
    assert gone == []


@pytest.mark.parametrize("english", ERRORS)
def test_a_sentence_is_told_with_its_own_values(english: str) -> None:
    names = [name for _, name, _, _ in string.Formatter().parse(english) if name]
    assert sorted(names) == sorted(n for _, n, _, _ in string.Formatter().parse(ERRORS[english]) if n)
    values = {name: f"<{i}{{x}} \\1 $ 甲>" for i, name in enumerate(names)}
    told = said(english.format(**values))
    assert told == ERRORS[english].format(**values) and re.search("[\u4e00-\u9fff]", told)


def test_sentences_within_sentences_are_told_too() -> None:
    told = said("data/raw/x/b.gpkg is not there; put the file in place or correct its path.")
    assert told == "data/raw/x/b.gpkg 不存在；请放好文件或改正路径。"
    owner = Owner("map demo", "host", "boot", 12, 1.0, "2026-11-26T10:00:00")
    assert said(owner.sentence(Path("demo"))).startswith("demo 正被 `pvmap map demo` 使用（host 上的进程 12")
    assert said("nobody has this sentence in a table") == "nobody has this sentence in a table"
    assert said("put the file in place or correct its path is not there; x.").startswith("put the file in place")


@pytest.mark.slow
def test_a_chinese_terminal_reads_what_is_wrong_in_chinese(tmp_path: Path) -> None:
    for locale, wanted in (("zh_CN.UTF-8", "没有名为 'nowhere' 的城市"), ("C.UTF-8", "No city named 'nowhere'")):
        done = subprocess.run(
            [sys.executable, "-m", "pvmap", "check", "nowhere"],
            capture_output=True,
            text=True,
            cwd=tmp_path,
            env={"LANG": locale, "PATH": "/usr/bin", "PYTHONPATH": str(Path(pvmap.__file__).parents[1])},
            encoding="utf-8",
        )
        assert done.returncode == 2 and wanted in done.stderr, done.stderr
