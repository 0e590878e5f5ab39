"""Tables in text as offices really save them: every encoding and separator gives the same cells, or a sentence."""

from __future__ import annotations

import csv
import io
import zipfile
from pathlib import Path

import numpy as np
import pytest

from pvmap.errors import InputError
from pvmap.sources.csv_table import parse_csv, read_csv

HEADER = ["编号", "district", "备注"]
ROWS = [
    ["001", "丹徒区", "新厂房，二期"],
    ["002", "京口区", 'says "no", twice'],
    ["003", "润州区", "two\nlines"],
    ["004", "扬中市; island", "x\ty|z"],
]


def written(separator: str = ",", newline: str = "\r\n", quoting: int = csv.QUOTE_MINIMAL) -> str:
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=separator, lineterminator=newline, quoting=quoting)
    writer.writerows([HEADER, *ROWS])
    return text.getvalue()


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16", "utf-16-le", "utf-16-be", "utf-32"]
)
def test_every_way_of_saving_gives_the_same_cells(tmp_path, encoding, separator, newline):
    path = tmp_path / "t.csv"
    path.write_bytes(written(separator, newline).encode(encoding))
    table = read_csv(path, HEADER)
    assert table.frame.columns.tolist() == HEADER
    assert table.frame.to_numpy().tolist() == ROWS
    assert table.line.tolist() == [2, 3, 4, 6]  # the third row is two lines long
    guessed = [one.values["encoding"] for one in table.findings if one.code == "encoding-guessed"]
    assert guessed == (["GB18030"] if encoding.startswith("gb") else [])


def packed() -> bytes:
    """A workbook as spreadsheets save it: a zip of XML."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("xl/worksheets/sheet1.xml", "<row><c>编号</c></row>" * 40)
    return out.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        bytes.fromhex("d0cf11e0a1b11ae1")
        + bytes(16)
        + b"\x3e\x00\x03\x00\xfe\xff\x09\x00"
        + bytes(480),  # head of an .xls
        packed(),
        written().encode().replace(b"x\t", b"x\x00"),
        b"\x00" * 64,
    ],
    ids=["xls", "xlsx", "one-zero", "zeros"],
)
def test_what_is_no_text_is_told_as_such(tmp_path, content):
    (tmp_path / "t.csv").write_bytes(content)
    with pytest.raises(
        InputError, match=r"t\.csv holds zero bytes, as no text does; save it as text in UTF-8, a workbook"
    ):
        read_csv(tmp_path / "t.csv", HEADER)


@pytest.mark.parametrize(
    "text",
    [
        written(quoting=csv.QUOTE_ALL),
        "sep=,\n" + written(),
        "\n\n" + written(),
        written().replace("district", " district "),
        "\n".join(line + ",," for line in ("编号,district,备注", "001,丹徒区,x", ",,", "002,京口区,y")),
        "编号， district，备注\n001，丹徒区，x\n",
    ],
)
def test_what_spreadsheets_add_is_no_part_of_the_table(tmp_path, text):
    (tmp_path / "t.csv").write_bytes(text.encode())
    table = read_csv(tmp_path / "t.csv", HEADER)
    assert table.frame.columns.tolist() == HEADER
    assert table.frame["编号"].tolist() == [f"{k:03d}" for k in range(1, len(table.frame) + 1)]
    assert table.frame["district"].iloc[0] == "丹徒区"
    assert not table.findings


def test_short_rows_are_filled_and_told():
    table = parse_csv("a,b,c\n1,2,3\n4,5\n6\n", "t.csv", layer="t.csv")
    assert table.frame.to_numpy().tolist() == [["1", "2", "3"], ["4", "5", ""], ["6", "", ""]]
    (short,) = table.findings
    assert (short.code, short.count, short.total, short.rows) == ("rows-cut-short", 2, 3, (1, 2))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "台账（单位：万元）\na,b\n1,2\n",
            "first line has one cell and the next has 2, so it is a title and no header",
        ),
        ("台账,,\n\na,b,c\n1,2,3\n", "first line has one cell and the next has 3"),
        ("a\n1\n2,3\n", r"t\.csv, line 3: 2 cells under a header of 1"),
        ("a,b\n1,2\n3,4,5\n", r"t\.csv, line 3: 3 cells under a header of 2"),
        ('a,b\n1,"x\ny"\n3,4,5\n', r"t\.csv, line 4: 3 cells"),
        ('a,b\n1,2\n3,"never closed\n5,6\n', r"t\.csv, line 3: this row cannot be read .*quotes"),
        ('a,b\n1,"x"y\n', r"t\.csv, line 2: this row cannot be read"),
        ('a,b,c\nx,",5\ny,",6\n', r"t\.csv, line 2: a quote opens here and closes in a later line"),  # ditto marks
        ('a,b,c,d\n1,2,3,4\nx,"1,2,3\ny,2",3,4\n', r"t\.csv, line 3: a quote opens here"),
        ("a,b,kw,note\nx,y,999\nx,y,1,250\n", r"t\.csv, line 3: 4 cells, other rows have 3: commas seem to part"),
        ("a,b,kw,note\nx,y,999,\nx,y,1,250.5,\n", r"t\.csv, line 3: 5 cells, other rows have 4: commas seem"),
        ("", r"t\.csv is empty"),
        (" \n\n", r"t\.csv is empty"),
        ("a,c\n1,2\n", r"column 'b' is missing; it has a, c"),
        ("a,b,b\n1,2,3\n", r"column 'b' is there twice"),
    ],
)
def test_what_cannot_be_understood_is_told_by_its_line(tmp_path, text, told):
    (tmp_path / "t.csv").write_bytes(text.encode())
    with pytest.raises(InputError, match=told):
        read_csv(tmp_path / "t.csv", ("a", "b"))


@pytest.mark.parametrize(
    ("text", "cells"),
    [
        ('a,b,c,d\nx,"two, or\nmore lines",1,2\n', ["x", "two, or\nmore lines", "1", "2"]),
        ("a,b,c\n1,250,\n2,300\n", ["1", "250", ""]),  # rows that are short for another reason
        ("a,b\n1,250,\n2,251,\n", ["1", "250"]),  # all rows end in a separator
        ('"a\n(kW)";b;c\n1;x,y,z;2\n', ["1", "x,y,z", "2"]),  # a header of two lines
        ('"a\n(kW)"\tb\n1,5\tx\n', ["1,5", "x"]),
    ],
)
def test_what_only_looks_like_it_is_read_as_written(text, cells):
    assert parse_csv(text, "t.csv").frame.iloc[0].tolist() == cells


@pytest.mark.parametrize("content", [b"\x00\x01\x02\x03" * 500, b"a,b\n\xff\x80x,\x81\n", bytes(range(128, 256)) * 3])
def test_bytes_that_are_no_text_are_refused(tmp_path, content):
    (tmp_path / "t.csv").write_bytes(content)
    with pytest.raises(InputError, match=r"t\.csv"):
        read_csv(tmp_path / "t.csv", ("a", "b"))


def test_a_stated_encoding_is_obeyed(tmp_path):
    (tmp_path / "t.csv").write_bytes("a,b\n鎮江,1\n".encode("big5"))
    assert read_csv(tmp_path / "t.csv", encoding="big5").frame["a"].tolist() == ["鎮江"]
    with pytest.raises(InputError, match="not utf-8 text"):
        read_csv(tmp_path / "t.csv", encoding="utf-8")


def test_a_long_cell_and_a_look_at_the_first_rows(tmp_path):
    outline = "POLYGON ((" + ", ".join(f"{k} {k}" for k in range(40_000)) + "))"
    Path(tmp_path / "t.csv").write_text(f'id;wkt\n1;"{outline}"\n2;x\n', encoding="utf-8")
    assert read_csv(tmp_path / "t.csv").frame["wkt"].iloc[0] == outline
    assert np.array_equal(read_csv(tmp_path / "t.csv", limit=1).line, [2])


def test_where_semicolons_part_cells_commas_part_decimals(tmp_path):
    rows = "119,450;32,200;1.234,500;;12,5 m;1,2,3\n119,460;32,210;7;0,5;13 m;4\n"
    (tmp_path / "t.csv").write_text("lon;lat;mw;x;h;ids\n" + rows, encoding="utf-8")
    table = read_csv(tmp_path / "t.csv")
    assert table.frame["lon"].tolist() == ["119.450", "119.460"] and table.frame["lat"].tolist() == ["32.200", "32.210"]
    assert table.frame["mw"].tolist() == ["1234.500", "7"] and table.frame["x"].tolist() == ["", "0.5"]
    assert table.frame["h"].tolist() == ["12,5 m", "13 m"] and table.frame["ids"].tolist() == ["1,2,3", "4"]
    assert [found.code for found in table.findings] == ["decimal-commas"]


@pytest.mark.parametrize(
    "text",
    ["a;b\n1,234.5;1,250\n", "a;b\n1,234,567;1,250\n", "a;b\n12.5;x\n", "a;b\n0.350;x\n0,35;x\n", "a,b\n1,250\n"],
)
def test_commas_that_part_thousands_or_cells_stay(tmp_path, text):
    (tmp_path / "t.csv").write_text(text, encoding="utf-8")
    table = read_csv(tmp_path / "t.csv")
    assert table.frame.iloc[0].tolist() == text.split("\n")[1].split(text[1]) and not table.findings


@pytest.mark.parametrize(
    "text",
    ["a;b\n1.250;0,35\n", "a;b\n1.250;1,250\n7;0,5\n", "a\tb\n-1.250\t0,35\n", 'a,b\n1.250,"0,35"\n2.250,"1,5"\n'],
)
def test_a_point_beside_decimal_commas_is_not_guessed(text):
    with pytest.raises(
        InputError, match=r"t\.csv: a '-?1\.250' beside decimal commas in b may be thousands or decimals"
    ):
        parse_csv(text, "t.csv")


@pytest.mark.parametrize(
    ("text", "cells"),
    [
        ("a;b\n0.350;0,35\n1.250;1\n", ["0.350", "0.35"]),  # no thousands begin with nought
        ("a;b\n12.5;0,35\n1.250;1\n", ["12.5", "0.35"]),
        ("a;b\n01.02.2025;0,35\n", ["01.02.2025", "0.35"]),
        ("a\tb\n1.250\t1,250\n", ["1.250", "1,250"]),  # commas that may part thousands show nothing
        ("a;b\n1.250;x\n", ["1.250", "x"]),
    ],
)
def test_points_that_cannot_part_thousands_stay(text, cells):
    assert parse_csv(text, "t.csv").frame.iloc[0].tolist() == cells


def test_formulas_that_keep_spreadsheets_from_rounding_are_their_text():
    text = 'id,nm\n="0321102001001001234",a\n"=""0012""","=1+1"\n"=""a"" & ""b""",b\n'
    frame = parse_csv(text, "t.csv").frame
    assert frame["id"].tolist() == ["0321102001001001234", "0012", '="a" & "b"']
    assert frame["nm"].tolist() == ["a", "=1+1", "b"]
