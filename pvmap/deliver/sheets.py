"""One sheet of the workbook: title, headers in two languages, rows in the reader's units, frozen panes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from pvmap.deliver.labels import KINDS, LABELS, LEVELS, MARKS, OPTIONS, SEVERITIES, USES, Label

SYNTHETIC = "合成演示数据，非真实数据  Synthetic demo data, not real"
TITLE, HEADER_ZH, HEADER_EN, FIRST = 0, 2, 3, 4  # rows of a sheet
KIND_COLOURS = {"rooftop": "#d55e00", "mine": "#7f6a4d", "fishpond": "#0072b2", "all": "#4d4d4d"}
TRANSLATED = {
    "site_type": KINDS,
    "building_use": USES,
    "verified": MARKS,
    "level": LEVELS,
    "severity": SEVERITIES,
    "option": OPTIONS,
}
LONGEST = 60  # characters: the widest column
CELL = 32_767  # characters a cell can hold


class Book:
    """A workbook being written: keeps its formats, so that every sheet looks the same."""

    def __init__(self, path: str, title: str, note: str, synthetic: bool) -> None:
        self.file = xlsxwriter.Workbook(path, {"nan_inf_to_errors": False})
        self.title, self.note, self.synthetic = title, note, synthetic
        self._formats: dict[str, Format] = {}
        font = {"font_name": "Microsoft YaHei", "font_size": 10}
        self._font = font
        self._title = self.file.add_format({**font, "bold": True, "font_size": 14})
        self._note = self.file.add_format({**font, "font_color": "#666666"})
        self._warn = self.file.add_format({**font, "bold": True, "font_color": "#b00020"})
        head = {**font, "bold": True, "text_wrap": True, "valign": "vcenter", "align": "center", "bg_color": "#e9eef3"}
        self._zh = self.file.add_format({**head, "top": 1})
        self._en = self.file.add_format({**head, "bold": False, "font_size": 8, "font_color": "#555555", "bottom": 1})

    def number(self, code: str) -> Format:
        """Return the cell format of a number code, made once."""
        if code not in self._formats:
            wrap = {"text_wrap": True} if code == "@" else {}  # sentences
            self._formats[code] = self.file.add_format({**self._font, **wrap, "num_format": code, "valign": "top"})
        return self._formats[code]

    def sheet(self, name: str, english: str) -> Worksheet:
        """Add a sheet with its title and, where the data are made up, the label that says so."""
        sheet = self.file.add_worksheet(name)
        write_text(sheet, TITLE, 0, f"{self.title}  {name} {english}", self._title)
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.fit_to_pages(1, 0)
        if self.synthetic:
            write_text(sheet, TITLE + 1, 0, SYNTHETIC, self._warn)
            sheet.set_header(f"&C&B{SYNTHETIC}")
        else:
            write_text(sheet, TITLE + 1, 0, self.note, self._note)
        return sheet

    def lines(self, sheet: Worksheet, row: int, lines: list[str], *, loud: bool = False) -> int:
        """Write plain lines downwards and return the row after them."""
        for i, line in enumerate(lines):
            write_text(sheet, row + i, 0, line, self._warn if loud else self._note)
        return row + len(lines)

    def table(
        self, sheet: Worksheet, frame: pd.DataFrame, *, row: int = HEADER_ZH, freeze: bool = True, fit: bool = True
    ) -> int:
        """Write a frame with headers in both languages.

        Parameters
        ----------
        sheet
            Sheet to write to.
        frame
            Columns that ``LABELS`` names (others show their own name), in the units of our tables.
        row
            Row of the Chinese header; the English one follows.
        freeze
            Keep headers and the first column in view.
        fit
            Set the widths of the columns.

        Returns
        -------
        int
            First row after the table.
        """
        sheet.set_row(row, 48)
        sheet.set_row(row + 1, 36)
        for column, name in enumerate(frame.columns):
            label = LABELS.get(name, Label(KINDS.get(name, name), name))
            sheet.write_string(row, column, label.zh, self._zh)
            sheet.write_string(row + 1, column, label.en, self._en)
            values = shown(frame[name], label, name)
            code = label.number if name in LABELS else "#,##0.0000"
            self._column(sheet, row + 2, column, values, self.number(code))
            if fit:
                widest = max((_width(v) for v in values[:200]), default=0)
                sheet.set_column(column, column, min(max(widest + 2, 15), LONGEST))
        if freeze:
            sheet.freeze_panes(row + 2, 1)
            if len(frame):
                sheet.autofilter(row + 1, 0, row + 1 + len(frame), len(frame.columns) - 1)
        return row + 2 + len(frame)

    def transposed(self, sheet: Worksheet, frame: pd.DataFrame, *, row: int) -> int:
        """Write a short, wide frame with its columns downwards: the first column's values become the headers."""
        heads = shown(frame.iloc[:, 0], Label("", ""), str(frame.columns[0]))
        for column, head in enumerate(["指标", "indicator", *heads]):
            write_text(sheet, row, column, str(head), self._zh)
        sheet.set_column(0, 1, 38)
        sheet.set_column(2, 1 + len(heads), 20)
        for i, name in enumerate(frame.columns[1:], start=1):
            label = LABELS[name]
            sheet.write_string(row + i, 0, label.zh, self.number("@"))
            sheet.write_string(row + i, 1, label.en, self._note)
            for column, value in enumerate(shown(frame[name], label, name), start=2):
                self._column(sheet, row + i, column, [value], self.number(label.number))
        return row + len(frame.columns)

    @staticmethod
    def _column(sheet: Worksheet, row: int, column: int, values: list[Any], cell: Format) -> None:
        for i, value in enumerate(values):
            if value is None:
                sheet.write_blank(row + i, column, None, cell)
            elif isinstance(value, str):
                write_text(sheet, row + i, column, value, cell)
            else:
                sheet.write_number(row + i, column, value, cell)


def write_text(sheet: Worksheet, row: int, column: int, text: str, cell: Format) -> None:
    """Write a text as text: never a formula, a link or a number, and cut where a cell is full."""
    units = text.encode("utf-16-le")  # as Excel counts
    if len(units) > 2 * CELL:
        text = units[: 2 * (CELL - 1)].decode("utf-16-le", "ignore") + "…"
    sheet.write_string(row, column, text, cell)


def shown(values: pd.Series, label: Label, name: str) -> list[Any]:
    """Values as cells: numbers in the label's unit, booleans as 是/否, known words in both languages."""
    out: list[Any] = []
    words = TRANSLATED.get(name, {})
    for value in values.tolist():
        if value is None or (isinstance(value, float) and np.isnan(value)) or value is pd.NA:
            out.append(None)
        elif isinstance(value, bool | np.bool_):
            out.append("是 yes" if value else "否 no")
        elif isinstance(value, int | float | np.number):
            out.append(float(value) * label.factor)
        else:
            out.append(words.get(value, str(value)))
    return out


def _width(value: Any) -> int:
    if isinstance(value, str):
        return sum(2 if ord(c) > 0x2E80 else 1 for c in value)
    return 12
