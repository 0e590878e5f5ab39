"""The Chinese guide: its commands, keys, files and the words of the map it quotes are those of the program."""

from __future__ import annotations

import re
import shlex
import struct
import tomllib

import pytest
import typer
from city import REPOSITORY

from pvmap.cli import app
from pvmap.settings.city import Settings
from pvmap.tables import TABLES
from pvmap.webmap.i18n import TEXTS

FOLDER = REPOSITORY / "docs" / "zh"
PAGES = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.md")}
EVERY = "\n".join(PAGES.values())


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", EVERY, re.DOTALL)


def test_there_is_a_page_for_each_reader():
    assert set(PAGES) == {"README.md", "clerk.md", "planner.md", "engineer.md"}
    assert all(f"]({name})" in PAGES["README.md"] for name in set(PAGES) - {"README.md"})


def test_the_words_of_the_map_are_those_it_shows():
    shown = {chinese for chinese, _ in TEXTS.values()}
    quoted = set(re.findall("「([^」]+)」", EVERY))
    assert len(quoted) > 12
    assert sorted(quoted - shown) == []


@pytest.mark.parametrize("command", [line for block in blocks("sh") for line in block.splitlines()])
def test_commands_are_there(command: str):
    program, name, *arguments = shlex.split(command)
    assert program == "pvmap"
    known = typer.main.get_command(app).commands[name]  # type: ignore[attr-defined]
    options = {option for parameter in known.params for option in parameter.opts}
    assert {a for a in arguments if a.startswith("--")} <= options
    assert name != "schema" or arguments[0] in TABLES


def test_keys_of_city_files_are_understood():
    for block in blocks("toml"):
        city = {"name": "x", "title_zh": "甲", "title_en": "A"}
        Settings.model_validate({"city": city, **tomllib.loads(block)})
    inline = set(re.findall(r"`(\w+) = [^`]*`", EVERY))
    template = (REPOSITORY / "pipelines" / "TEMPLATE.toml").read_text(encoding="utf-8")
    assert inline >= {"datum", "encoding", "path"}
    assert [key for key in inline if not re.search(rf"^#?{key} = ", template, re.MULTILINE)] == []


def test_links_lead_somewhere_and_every_picture_is_shown():
    links = set(re.findall(r"\]\(([^)]+)\)", EVERY))
    assert [link for link in links if not (FOLDER / link).exists()] == []
    pictures = {path.name for path in FOLDER.glob("*.png")}
    assert pictures and pictures <= links


def test_pictures_are_of_a_screen_or_a_sheet_and_light():
    for path in FOLDER.glob("*.png"):
        head = path.read_bytes()[:24]
        assert head[:8] == b"\x89PNG\r\n\x1a\n"
        assert struct.unpack(">II", head[16:24]) == ((1123, 794) if path.stem == "print" else (1366, 768)), path.name
        assert path.stat().st_size < 400_000, path.name


def test_pages_are_chinese():
    for name, text in PAGES.items():
        plain = re.sub(r"```.*?```|`[^`]*`|\]\([^)]*\)", "", text, flags=re.DOTALL)
        lines = [line for line in plain.splitlines() if line.strip("|-# ")]
        assert [line for line in lines if not re.search("[\u4e00-\u9fff]", line) and len(line) > 12] == [], name
