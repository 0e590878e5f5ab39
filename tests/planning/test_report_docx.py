"""The report of a bureau: its form, its marks, the workbook's numbers, and text from outside as text."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import warnings
from pathlib import Path

import docx
import numpy as np
import openpyxl
import pytest
from in_parts import aggregate, appraise

from pvmap import chinese
from pvmap.config import assumptions
from pvmap.deliver import labels
from pvmap.deliver.labels import LABELS, Label
from pvmap.deliver.marks import INTERNAL_ZH, SYNTHETIC_ZH
from pvmap.deliver.plan_labels import PLAN_LABELS
from pvmap.deliver.report import pictures
from pvmap.deliver.report.page import EMPTY, printed
from pvmap.deliver.report.write import write_report
from pvmap.deliver.report_tables import MOVING, Run
from pvmap.deliver.sheets import FIRST
from pvmap.deliver.workbook import write_workbook

PAYLOAD = "=1+1 <w:t>&\x07$x_2$"


@pytest.fixture(scope="module")
def run(town, settings):
    t = town
    appraisal = appraise(t.sites, t.surfaces, t.yields, t.shade, t.exclusions, settings, t.profiles)
    zones = aggregate(appraisal, t.sites, t.districts, t.townships, settings)
    findings = [{"severity": "doubtful", "sentence_zh": PAYLOAD, "remedy_zh": "核对", "layer": "a.shp"}]
    for one in findings:
        one |= {"column": "", "count": 1, "total": 0, "rows": [], "sites": []}
    return Run(settings, appraisal, t.sites, t.exclusions, {"findings": findings}, tables={"zones": zones})


@pytest.fixture(scope="module")
def folder(tmp_path_factory, run) -> Path:
    folder = tmp_path_factory.mktemp("report")
    write_report(folder / "report.docx", run)
    write_workbook(folder / "report.xlsx", run)
    return folder


def rows_of(table) -> list[list[str]]:
    return [[cell.text for cell in row.cells] for row in table.rows]


def as_printed(value: object, label: Label) -> set[str]:
    """How a cell of the workbook may be printed: a number that ends in 5 may have been written a bit lower."""
    if isinstance(value, int | float):
        return {printed(value * factor, label) for factor in (1.0, 1 + 1e-12, 1 - 1e-12)}
    return {"", EMPTY} if value is None else {str(value)}


def test_it_has_the_form_of_a_report(folder):
    document = docx.Document(str(folder / "report.docx"))
    chapters = [p.text for p in document.paragraphs if p.style.name == "Heading 1"]
    wanted = "编制依据 数据与核查 测算方法 开发潜力 目标与缺口 电网承载力 分年建设安排 "
    wanted += "投资与效益 用地与排除 风险 分县（市、区）项目清单"
    assert [chapter.split("、", 1)[1] for chapter in chapters] == wanted.split()
    assert [chapter.split("、")[0] for chapter in chapters][-2:] == ["十", "十一"]
    text = "\n".join(p.text for p in document.paragraphs)
    for line in ("编制单位", "版本", "审图号：未送审", "承载力未核查"):
        assert line in text
    assert not re.search(r"[{}]|None|nan", text)


def test_page_one_names_the_unverified_assumptions_that_move_the_result_most(folder, run):
    document = docx.Document(str(folder / "report.docx"))
    head, *rows = rows_of(next(table for table in document.tables if len(table.columns) == len(MOVING)))
    named = [row[0] for row in rows]
    assert [sum(word in cell for cell in head) for word in ("成本", "电量")] == [2, 2]
    marks = {chinese.meaning(one.key): one.mark for one in assumptions(run.settings)}
    assert len(named) == 10
    assert {marks.get(name, "unverified") for name in named} == {"unverified"}
    summary = openpyxl.load_workbook(folder / "report.xlsx").worksheets[0]
    cells = [str(cell) for row in summary.iter_rows(values_only=True) for cell in row if cell is not None]
    assert [cell for cell in cells if cell in named] == named


def test_every_page_says_what_its_reader_must_know(folder):
    for section in docx.Document(str(folder / "report.docx")).sections:
        head = section.header.paragraphs[0].text
        assert INTERNAL_ZH in head and SYNTHETIC_ZH in head


def test_it_holds_the_numbers_of_the_workbook(folder):
    tables = docx.Document(str(folder / "report.docx")).tables
    book = openpyxl.load_workbook(folder / "report.xlsx")
    compared = 0
    for title, key in (("分县区", "district"), ("项目清单", "site_id")):
        sheet = book[title]
        heads = [cell.value for cell in sheet[FIRST - 1]]
        label_of = {label.zh: label for label in LABELS.values()}
        lines = {
            row[heads.index(LABELS[key].zh)]: dict(zip(heads, row, strict=True))
            for row in sheet.iter_rows(min_row=FIRST + 1, values_only=True)
        }
        for table in tables:
            head, *rows = rows_of(table)
            if LABELS[key].zh not in head:
                continue
            for row in rows:
                name = row[head.index(LABELS[key].zh)]
                if name == "全市":
                    continue
                for column, text in zip(head, row, strict=True):
                    if column in heads and column != LABELS["rank"].zh:
                        value = lines[name][column]
                        assert text in as_printed(value, label_of[column]), (name, column)
                        compared += 1
    assert compared > 300


def test_no_number_is_broken_over_lines(folder):
    """Letters of a table are 0.15 cm wide, a percent sign twice that; headers and texts give way."""
    seen = 0
    for table in docx.Document(folder / "report.docx").tables:
        for cell in (cell for row in table.rows[1:] for cell in row.cells):
            if re.fullmatch(r"-?[\d,]+(\.\d+)?%?", cell.text):
                assert cell.width.cm / 0.15 >= len(cell.text) + cell.text.count("%") + 2.0, cell.text
                seen += 1
    assert seen > 100


def test_text_from_outside_stays_text(folder):
    document = docx.Document(str(folder / "report.docx"))
    cells = [cell for table in document.tables for row in rows_of(table) for cell in row]
    assert PAYLOAD.replace("\x07", "\\x07") in cells


def test_a_picture_quotes_no_name_on_the_terminal(capfd: pytest.CaptureFixture[str]):
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.showwarning = lambda message, *_rest: print(message)
        drawn = pictures.bars(["\x1b[31m丹阳", "\x00\U0001f600"], {"rooftop": np.array([1.0, 2.0])}, "兆瓦")
    assert drawn is not None and drawn.getvalue().startswith(b"\x89PNG")
    assert capfd.readouterr() == ("", "")


def test_maps_and_charts_are_pictures(folder):
    assert len(docx.Document(str(folder / "report.docx")).inline_shapes) == 4


@pytest.mark.slow
def test_libreoffice_opens_it(folder, tmp_path):
    office = shutil.which("lowriter")
    if office is None:
        absent = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        absent("LibreOffice is not installed: apt-get install libreoffice-writer")
    home = f"-env:UserInstallation=file://{tmp_path}/profile"
    command = [
        office,
        home,
        "--headless",
        "--convert-to",
        "pdf",
        "--outdir",
        str(tmp_path),
        str(folder / "report.docx"),
    ]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0 and (tmp_path / "report.pdf").exists(), done.stderr


def test_the_plan_calls_no_quantity_as_another_table_does():
    text = Path(labels.__file__).read_text(encoding="utf-8")
    own = set(re.findall(r'^    "(\w+)": Label', text, re.MULTILINE))
    assert len(own) > 100 and own & set(PLAN_LABELS) == set()
