"""Every error is told in Chinese; what users wrote stands in it as it was."""

from __future__ import annotations

import ast
import re
import string
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest
from sentences import NOT_FOR_USERS, VALUE, Source

import pvmap
from pvmap.chinese_errors import OURS, WITHIN, Words, errors, said
from pvmap.config import understand
from pvmap.errors import ConfigError
from pvmap.stages.lock import Owner

PROSE = re.compile(r"[a-z]{2,} [a-z]{2,}")
EVERY = {english: chinese for topic in errors().values() for english, chinese in topic.items()}


@cache
def source() -> Source:
    return Source()


def lost(sentence: str) -> list[str]:
    """What stays English of a sentence whose values are `VALUE`, commands left out."""
    told = re.sub(r"`[^`]*`", "", said(sentence))
    return [] if told != sentence and not PROSE.search(told) else [told]


def test_every_sentence_that_is_raised_is_told_in_chinese() -> None:
    raised = {one for one in source().raised() if PROSE.search(one)} - NOT_FOR_USERS
    assert len(raised) > 400
    assert {one: left for one in sorted(raised) if (left := lost(one))} == {}


def test_a_sentence_that_the_table_lacks_is_found() -> None:
    assert lost(f"{VALUE} is nowhere in the table; do something about it.")
    assert lost(f"{VALUE} is not there; do something about it.")  # nor may a part of it stay English


def test_every_sentence_of_the_table_is_one_that_the_code_makes() -> None:
    constants = (node for module in source().modules.values() for node in ast.walk(module))
    said_by_code = [node.value for node in constants if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    code = "\n".join([*source().raised(), *said_by_code, "."])
    ours = {one for topic, lines in errors().items() if topic != "what libraries say" for one in lines}
    ours -= {one for one in ours if "{further}" in one}  # the same with more of what may follow
    assert [one for one in sorted(ours) if any(piece.strip(". ") not in code for piece in Words.of(one).pieces)] == []


@pytest.mark.parametrize("english", EVERY)
def test_a_sentence_is_told_with_its_own_values(english: str) -> None:
    chinese = EVERY[english]
    names = [name for _, name, _, _ in string.Formatter().parse(english) if name]
    assert sorted(names) == sorted(n for _, n, _, _ in string.Formatter().parse(chinese) if n)
    values = {name: f"<{i}{{x}} \\1 $ 甲>" for i, name in enumerate(names)}
    told = said(english.format(**values))
    assert told == chinese.format(**values) and re.search("[\u4e00-\u9fff]", told)


def test_sentences_within_sentences_are_told_too() -> None:
    told = said("data/raw/x/b.gpkg is not there; put the file in place or correct its path.")
    assert told == "data/raw/x/b.gpkg 不存在；请放好文件或改正路径。"
    owner = Owner("map demo", "host", "boot", 12, 1.0, "2026-11-26T10:00:00")
    assert said(owner.sentence(Path("demo"))).startswith("demo 正被 `pvmap map demo` 使用（host 上的进程 12")
    assert said("nobody has this sentence in a table") == "nobody has this sentence in a table"
    assert said("put the file in place or correct its path is not there; x.").startswith("put the file in place")
    told = said("t.csv, line 3: p 'x' is outside (0, 5] (1,234 such rows); correct it.")
    assert told == "t.csv 第 3 行：p 'x' 超出 (0, 5]（共 1,234 行如此）；请改正。"
    assert said("w.csv: holds no ghi; choose a file that has it. See weather.points.").endswith("见 weather.points。")
    told = said("b.gpkg: none of its 3 rows can be used: no geometry (1), sliver (2); check layer and CRS.")
    assert told == "b.gpkg：3 行都不可用：无图形（1）、碎屑图形（2）；请检查图层与坐标系。"
    why = "Input a.gpkg has other content, Setting x.y: (1, 2) became not set, versions.numpy: 1 became 2 and 3 more"
    told = said(f"The tables in out were made otherwise than they would be now ({why}); run `pvmap map demo` first.")
    assert not PROSE.search(told.replace("pvmap map demo", "")) and "设置 x.y：(1, 2) 改为 未设" in told


@pytest.mark.parametrize(
    ("city", "wanted"),
    [
        ("name = 3", "应为文字"),
        ("name = 'X Y'", "应符合模式"),
        ("name = 'x'\ntitle_zh = 'x'\ntitle_en = 'x'\n[weather]\nmax_gap_hours = 'x'", "应为整数"),
        ("name = 'x'\ntitle_zh = 'x'\ntitle_en = 'x'\n[weather]\nmax_gap_hours = 1.5", "不能有小数"),
        ("name = 'x'\ntitle_zh = 'x'\ntitle_en = 'x'\n[weather]\nmax_gap_hours = -1", "应大于"),
        ("name = 'x'\ntitle_zh = 'x'\ntitle_en = 'x'\n[weather]\ninterpolation = 'x'", "应为 '"),
        ("name = 'x'\ntitle_zh = 'x'\ntitle_en = 'x'\nuse = 'public'", "审图号"),
        ("name = 'x'\ntitle_zh = 'x'\ntitle_en = 'x'\nlongitude = 4", "没有"),
        ("name = 'x'\nname = 'y'", "写了两次"),
        ("name = x", "值不正确"),
        ("name 'x'", "缺少 ="),
        ("name = ['x'", "没有闭合"),
    ],
)
def test_what_is_wrong_with_a_city_file_is_told_in_chinese(city: str, wanted: str) -> None:
    with pytest.raises(ConfigError) as caught:
        understand(Path("x.toml"), f"[city]\n{city}\n")
    told = said(str(caught.value))
    assert wanted in told and not PROSE.search(told), told


def test_values_that_are_taken_over_are_never_read() -> None:
    assert said("City file none is not there; give the path of a TOML file or a name from put/.").startswith(
        "找不到城市文件 none；"
    )
    assert set(WITHIN) > set(OURS)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "chinese", "english"),
    [
        (["check", "nowhere"], "没有名为 'nowhere' 的城市", "No city named 'nowhere'"),
        (["map", "demo", "--wrkers", "2"], "没有 --wrkers 这个选项（相近的：--workers）", "No such option: --wrkers"),
        (["map", "--workers", "x"], "'--workers' 的值不可用：应为整数", "Invalid value for '--workers'"),
        (["mpa"], "没有 'mpa' 这个命令；是否指 'map'？", "No such command 'mpa'. Did you mean 'map'?"),
    ],
)
def test_a_chinese_terminal_reads_what_is_wrong_in_chinese(
    arguments: list[str], chinese: str, english: str, tmp_path: Path
) -> None:
    for locale, wanted in (("zh_CN.UTF-8", chinese), ("C.UTF-8", english)):
        done = subprocess.run(
            [sys.executable, "-m", "pvmap", *arguments],
            capture_output=True,
            text=True,
            cwd=tmp_path,
            env={"LANG": locale, "PATH": "/usr/bin", "PYTHONPATH": str(Path(pvmap.__file__).parents[1])},
            encoding="utf-8",
        )
        assert done.returncode == 2 and wanted in done.stderr, done.stderr
        assert len(done.stderr.splitlines()) == 1
