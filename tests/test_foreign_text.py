"""What a terminal, a script element or a spreadsheet would obey is shown instead."""

from __future__ import annotations

import csv
import io
import json
import logging
import unicodedata
import warnings
from pathlib import Path

import pandas as pd
import pytest
from lxml import etree

from pvmap import store
from pvmap.foreign_text import json_text, script_json, spreadsheet_text, visible, visible_lines, warn_visibly

OBEYED = "\x1b[2J \x9b31m \x07 \r \x00 \x7f \u202e \u2066 \u200e \u061c \ufeff \u2028 \U000e0041 \ud800"


def hidden(text: str) -> list[str]:
    """Characters of a text that a terminal obeys or does not show."""
    return [c for c in text if c != "\n" and unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp")]


def test_nothing_a_terminal_obeys_is_left() -> None:
    assert hidden(visible(OBEYED)) == []
    assert visible("\x1b[31mred\u202e") == r"\x1b[31mred\u202e"
    assert visible("中文 مبنى क्‍ष 😀 [red]") == "中文 مبنى क्‍ष 😀 [red]"


def test_what_libraries_warn_of_is_shown_and_not_obeyed(monkeypatch, capsys) -> None:
    monkeypatch.setattr(warnings, "formatwarning", warnings.formatwarning)
    assert logging.lastResort is not None
    formatter = logging.lastResort.formatter
    try:
        warn_visibly.__wrapped__()
        warned = warnings.formatwarning("层\x1b]0;x\x07\npvmap: done", UserWarning, "a.py", 1, "")
        logging.lastResort.handle(logging.makeLogRecord({"msg": "in %s", "args": ("\x1b[2J层\u202e",), "levelno": 30}))
    finally:
        logging.lastResort.setFormatter(formatter)
    told = warned + capsys.readouterr().err
    assert told.count("层") == 2 and not {"\x1b", "\x07", "\u202e"} & set(told)
    assert "\npvmap: done" not in told and told.endswith("\n")


def test_no_line_of_a_name_passes_for_a_message() -> None:
    assert visible_lines("a is missing\npvmap: all is well\n  b") == "a is missing\n  pvmap: all is well\n  b"


def test_json_says_the_same_and_shows_everything() -> None:
    value = {"a": [OBEYED, "中文"], "b": {"{{ 7 * 7 }}": 1.5}}
    for text in (json_text(value), json_text(value, indent=1)):
        assert json.loads(text) == value
        assert hidden(text) == []
        assert "中文" in text


def test_json_in_a_script_element_is_inert() -> None:
    value = {"a": "</script><!--\u2028 ]]> &lt;"}
    text = script_json(value)
    assert not set("<>&\u2028") & set(text)
    assert json.loads(text) == value


@pytest.mark.parametrize(
    "text", ["=1", "+1", "-1", "@A1", "\t=1", "\r=1", "\n=1", " =1", "\xa0=1", "\ufeff=1", "＝1", "－1", "\tx"]
)
def test_a_text_is_no_formula(text: str) -> None:
    assert spreadsheet_text(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "a=1", "1+1", "屋顶-3", "'=1", "x\n=1"])
def test_other_texts_stay_as_they_are(text: str) -> None:
    assert spreadsheet_text(text) == text


def test_csv_keeps_rows_and_runs_nothing(tmp_path: Path) -> None:
    names = ["=1", 'a"b', "a\rb", "a\nb", "a,b", "", "-2"]
    frame = pd.DataFrame({"=name": names, "value": [-1.5, 2, 3, 4, 5, 6, 7]})
    path = store.write_csv(tmp_path / "a.csv", frame, mark=True)
    raw = path.read_bytes().decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(raw, newline="")))
    assert rows[0] == ["'=name", "value"]
    assert [row[0] for row in rows[1:]] == ["'=1", *names[1:-1], "'-2"]
    assert rows[1][1] == "-1.5"


def test_what_is_visible_may_stand_in_any_xml():
    every = "".join(map(chr, (*range(0x10000), 0x10FFFD, 0xE0001)))
    etree.fromstring(etree.tostring(_element(visible(every))))


def _element(text: str) -> etree._Element:
    element = etree.Element("a")
    element.text = text
    return element
