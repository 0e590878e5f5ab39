"""A user whose locale is Chinese reads Chinese: help of every command, totals, findings, checks."""

from __future__ import annotations

import io
import re

import pytest
import typer
from city import Run
from rich.console import Console

from pvmap import pipeline
from pvmap.cli import COMMANDS, app, city, terminal, words
from pvmap.cli.chinese_help import HELP
from pvmap.findings import CATALOGUE, Finding

CHINESE = re.compile("[\u4e00-\u9fff]")


@pytest.fixture
def screen(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    monkeypatch.setattr(words, "speaks_chinese", lambda: True)
    monkeypatch.setattr(terminal, "speaks_chinese", lambda: True)
    monkeypatch.setattr(city, "speaks_chinese", lambda: True)
    shown = io.StringIO()
    monkeypatch.setattr(terminal, "screen", Console(file=shown, width=160))
    return shown


def test_every_help_has_its_chinese():
    command = typer.main.get_command(app)
    told = {one.help for one in command.commands.values()} | {command.help}  # type: ignore[attr-defined]
    told |= {p.help for one in command.commands.values() for p in one.params if getattr(p, "help", None)}  # type: ignore[attr-defined]
    assert len(told) > 2 * len(COMMANDS)
    assert sorted(told - set(HELP)) == []
    assert all(CHINESE.search(chinese) for chinese in HELP.values())


def test_sentences_and_their_chinese_hold_the_same_values():
    for english, chinese in words.CHINESE.items():
        assert sorted(re.findall(r"\{\w+\}", english)) == sorted(re.findall(r"\{\w+\}", chinese)), english
        only_values = not re.sub(r"\{\w+\}", "", english).strip()
        assert only_values or re.search("[\u3000-\u9fff\uff00-\uffef]", chinese), english


def test_help_is_put_into_chinese(screen: io.StringIO):
    command = typer.main.get_command(app)
    words.translate(command)
    for one in command.commands.values():  # type: ignore[attr-defined]
        assert CHINESE.search(one.help)
        assert all(CHINESE.search(p.help) for p in one.params if getattr(p, "help", None))


def test_help_shows_brackets_as_they_are(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(words, "speaks_chinese", lambda: False)
    command = typer.main.get_command(app)
    words.translate(command)
    command.main(["plan", "--help"], standalone_mode=False)
    assert "'pvmap[solve]'" in re.sub(r"[│\s]+", "", capsys.readouterr().out)


def test_a_check_is_told_in_chinese(small_city: Run, screen: io.StringIO):
    with pytest.raises(typer.Exit):
        city.check(str(small_city.job.city_file), small_city.processed.parents[2])
    lines = screen.getvalue().splitlines()
    n = small_city.record["counts"]["rooftop"]
    assert f"屋顶：读取 {n['rows_read']:,} 行" in lines[0] and f"保留 {n['kept']:,}" in lines[0]
    assert len(lines) > 5 and all(CHINESE.search(line) for line in lines)
    assert not [line for line in lines if re.search(r"[A-Za-z]{3,}(?: [A-Za-z]{2,}){2,}", line)]


def test_totals_and_findings_are_told_in_chinese(small_city: Run, screen: io.StringIO):
    city._show_totals(small_city.report)
    assert "技术可开发规模，首年" in screen.getvalue() and "废弃矿山" in screen.getvalue()
    code = next(kind.code for kind in CATALOGUE.values() if kind.severity == "doubtful")
    found = [one for one in small_city.report.findings if one.severity == "doubtful"] or [Finding(code)]
    terminal.show_findings(found)
    assert screen.getvalue().count("存疑：") == len({one.code for one in found})


def test_steps_of_a_run_have_their_chinese(small_city: Run):
    steps: set[str] = set()
    pipeline.make_map(small_city.job, workers=0, progress=lambda step, done, total: steps.add(step))
    assert len(steps) > 4 and sorted(steps - set(words.CHINESE)) == []
