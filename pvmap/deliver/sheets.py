"""One sheet of the workbook: title, headers in two languages, rows in the reader's units, frozen panes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from pvmap.deliver.cells import header_text, n_lines, shown, width_of, write_text
from pvmap.deliver.label import Label
from pvmap.deliver.marks import Marks
from pvmap.deliver.words import KINDS, TRANSLATED, en, zh

TITLE, ENGLISH, NOTE, HEADER_ZH, HEADER_EN, FIRST = range(6)  # rows of a sheet
PAGE = 205  # characters of our widths that a landscape page of A4 holds legibly: letters of 7 points
LINE = 100  # characters: the least that a line of plain text may take before it wraps
HEAD, FOOT = 80, 160  # characters at the head and foot of a page: all parts of either together may have 255
LONGEST = 60  # characters: the widest column
NARROWEST = 10  # characters: room for a header
UNSET = 8.43  # characters: the width of a column that nobody set
CHART = (18, 8)  # rows and columns that a chart of its own size covers at most
HEAD_LINES, AIR_POINTS = 2, 4.0  # at the least, of a header
TITLE_SIZE, SMALL = 1.4, 0.8  # of the size of other letters: titles, English headers
INDICATOR, IN_ENGLISH = 30, 26  # characters: the columns beside a transposed table
LINE_POINTS = 14.0  # height of a line of a cell
ENGLISH_OF_FIRST = "in_english"  # column that tells words of ours in the first one


class Book:
    """A workbook being written: keeps its formats, so that every sheet looks the same."""

    def __init__(self, path: str, marks: Marks) -> None:
        self.file = xlsxwriter.Workbook(path, {"nan_inf_to_errors": False})
        self.marks = marks
        self._widths: dict[str, dict[int, float]] = {}
        self._aside: dict[str, int] = {}
        self._titles: dict[str, list[tuple[str, Format, float]]] = {}
        self._formats: dict[str, Format] = {}
        font = {"font_name": "Microsoft YaHei", "font_size": 10}
        self._font = font
        title = {**font, "bold": True, "font_size": 10 * TITLE_SIZE}
        self._title = self.file.add_format(title)
        self._note = self.file.add_format({**font, "font_color": "#666666"})
        self._warn = self.file.add_format({**font, "bold": True, "font_color": "#b00020"})
        over_lines = {"text_wrap": True, "valign": "top"}
        self._title_line = self.file.add_format({**title, **over_lines})
        self._line = self.file.add_format({**font, **over_lines, "font_color": "#666666"})
        self._loud_line = self.file.add_format({**font, **over_lines, "bold": True, "font_color": "#b00020"})
        self._beside = self.file.add_format({**font, "font_color": "#666666", "valign": "top"})
        head = {**font, "bold": True, "text_wrap": True, "valign": "vcenter", "align": "center", "bg_color": "#e9eef3"}
        self._small = self.file.add_format(
            {**font, "font_size": 8, "font_color": "#666666", "text_wrap": True, "valign": "top"}
        )
        self._zh = self.file.add_format({**head, "top": 1})
        self._en = self.file.add_format({**head, "bold": False, "font_size": 8, "font_color": "#555555", "bottom": 1})

    def number(self, code: str) -> Format:
        """Return the cell format of a number code, made once."""
        if code not in self._formats:
            # texts stand apart from numbers before them
            wrap = {"text_wrap": True, "align": "left", "indent": 1} if code == "@" else {}
            self._formats[code] = self.file.add_format({**self._font, **wrap, "num_format": code, "valign": "top"})
        return self._formats[code]

    def label(self, column: str) -> Label:
        """Say what a column that has a label is called here."""
        known = self.marks.wording.label(column)
        assert known is not None, f"{column} has no label"
        return known

    def sheet(self, name: str, english: str) -> Worksheet:
        """Add a sheet with its titles, and on every page what its reader must know: made up, for internal use."""
        sheet = self.file.add_worksheet(name)
        loud = "　".join(self.marks.loud_zh)
        note = "　".join(filter(None, [loud, *self.marks.quiet]))
        self._titles[name] = [
            (f"{self.marks.title_zh}　{name}", self._title_line, TITLE_SIZE),
            (f"{self.marks.english}: {english}", self._line, 1.0),
            (note, self._loud_line if loud else self._line, 1.0),
        ]
        for row, form in ((TITLE, self._title), (ENGLISH, self._note), (NOTE, self._warn if loud else self._note)):
            write_text(sheet, row, 0, self._titles[name][row][0], form)
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.set_margins(left=0.4, right=0.4, top=0.7, bottom=0.6)
        sheet.repeat_columns(0)
        sheet.fit_to_pages(1, 0)
        sheet.set_header(f"&L&9{header_text(f'{self.marks.title_zh[:HEAD]}　{name}')}&R&B{header_text(loud)}")
        whose = header_text("　".join(self.marks.quiet))
        sheet.set_footer(f"&L&8{whose if len(whose) <= FOOT else ''}&R&9第 &P 页，共 &N 页")
        return sheet

    def close(self) -> None:
        """Say what of each sheet is printed, and write the file."""
        for sheet in self.file.worksheets():
            self._to_print(sheet)
        self.file.close()

    def _to_print(self, sheet: Worksheet) -> None:
        """Leave out columns that stand aside and, where pages lie side by side, titles that would be cut at their edge.

        Head and foot of each page tell them instead, unless they are too long for it.
        """
        pages, aside = self._pages(sheet), self._aside.get(sheet.name)
        told = len(header_text("　".join(self.marks.quiet))) <= FOOT and len(self.marks.title_zh) <= HEAD
        if aside is None and (pages == 1 or not told):
            return
        charts = [(one[0] + CHART[0] * one[6], one[1] + CHART[1] * one[5]) for one in sheet.charts]
        last = int(max([sheet.dim_rowmax, *(row for row, _ in charts)]))
        right = int(max([sheet.dim_colmax if aside is None else aside - 1, *(column for _, column in charts)]))
        if pages == 1:
            for row, (text, form, size) in enumerate(self._titles[sheet.name]):
                self._over(sheet, row, (0, right), text, form, size)
        sheet.print_area(HEADER_ZH if pages > 1 and told else 0, 0, last, right)

    def _over(
        self, sheet: Worksheet, row: int, columns: tuple[int, int], text: str, form: Format, size: float = 1.0
    ) -> None:
        """Write a text over some columns, in as many lines as it takes."""
        first, last = columns
        if last > first:
            sheet.merge_range(row, first, row, last, "", form)
        write_text(sheet, row, first, text, form)
        widths = self._widths.get(sheet.name, {})
        width = sum(widths.get(column, UNSET) for column in range(first, last + 1)) / size
        sheet.set_row(row, size * LINE_POINTS * n_lines(text, int(width)))

    def _pages(self, sheet: Worksheet) -> int:
        """Count the pages side by side on which the columns of a sheet are legible."""
        widths = self._widths.get(sheet.name, {})
        label = widths.get(0, 0.0)
        return max(int(-(-(sum(widths.values()) - label) // (PAGE - label))), 1) if label < PAGE else 1

    def _first_page(self, sheet: Worksheet) -> tuple[int, int]:
        """Give the first and last column that a line of text may take; the labels are on every page."""
        widths, pages = self._widths.get(sheet.name, {}), self._pages(sheet)
        start = int(pages > 1)
        most = PAGE - widths.get(0, 0.0) if pages > 1 else max(sum(widths.values()), LINE)
        last, width = start, widths.get(start, UNSET)
        while width + widths.get(last + 1, UNSET) <= most:
            last += 1
            width += widths.get(last, UNSET)
        return start, last

    def width(self, sheet: Worksheet, first: int, last: int, width: float) -> None:
        """Set the width of columns, and of the print: as many pages side by side as stay legible."""
        sheet.set_column(first, last, width)
        self._widths.setdefault(sheet.name, {}).update(dict.fromkeys(range(first, last + 1), width))
        sheet.fit_to_pages(self._pages(sheet), 0)

    def lines(self, sheet: Worksheet, row: int, lines: list[str], *, loud: bool = False) -> int:
        """Write plain lines downwards, over the columns of the first page, and return the row after them."""
        start, last = self._first_page(sheet)
        form = self._loud_line if loud else self._line
        for i, line in enumerate(lines, start=row):
            self._over(sheet, i, (start, last), line, form)
        return row + len(lines)

    def table(
        self,
        sheet: Worksheet,
        frame: pd.DataFrame,
        *,
        row: int = HEADER_ZH,
        freeze: bool = True,
        fit: bool = True,
        aside: dict[str, float] | None = None,
        longest: dict[str, int] | None = None,
    ) -> int:
        """Write a frame with headers in both languages.

        Parameters
        ----------
        sheet
            Sheet to write to.
        frame
            Columns that have labels (others show their own name), in the units of our tables.
        row
            Row of the Chinese header; the English one follows.
        freeze
            Keep headers and the first column in view.
        fit
            Set the widths of the columns and print the headers on every page: of the longest table of a sheet. Others
            take the widths that are there, and set those of columns that have none.
        aside
            Widths of the last columns, which are not printed: they tell in English what others tell in Chinese.
        longest
            Greatest widths of columns, where that is not the usual one. [characters]

        Returns
        -------
        int
            First row after the table.
        """
        frame = _with_english(frame)
        tall, heads, aside = np.ones(len(frame)), [HEAD_LINES, 1], aside or {}
        if aside:
            aside = {**aside, ENGLISH_OF_FIRST: UNSET}
            self._aside[sheet.name] = next(n for n, name in enumerate(frame.columns) if name in aside)
        for column, name in enumerate(frame.columns):
            known = self.marks.wording.label(str(name))
            label = known or Label(*KINDS.get(name, (name, name)))
            sheet.write_string(row, column, label.zh, self._zh)
            sheet.write_string(row + 1, column, label.en, self._en)
            values = shown(frame[name], label, name)
            code = label.number if known else "#,##0.0000"
            if name in aside:
                sheet.set_column(column, column, aside[name])
                for i, value in enumerate(values):
                    write_text(sheet, row + 2 + i, column, "" if value is None else str(value), self._beside)
                continue
            self._column(sheet, row + 2, column, values, self.number(code))
            there = self._widths.get(sheet.name, {}).get(column, 0.0)
            if fit or not there:
                widest = max((width_of(v, code) for v in values), default=0)
                there = max(there, min(max(widest + 2, NARROWEST), (longest or {}).get(name, LONGEST)))
                self.width(sheet, column, column, there)
            tall = np.maximum(tall, [n_lines(value, int(there)) for value in values])
            told = (n_lines(label.zh, int(there)), n_lines(label.en, int(there / SMALL)))
            heads = [max(lines) for lines in zip(heads, told, strict=True)]
        sheet.set_row(row, LINE_POINTS * heads[0] + AIR_POINTS)
        sheet.set_row(row + 1, SMALL * LINE_POINTS * heads[1] + AIR_POINTS)
        if fit:
            sheet.repeat_rows(row, row + 1)
        for number in np.flatnonzero(tall > 1).tolist():  # not every program finds the height of wrapped texts itself
            sheet.set_row(row + 2 + number, LINE_POINTS * tall[number])
        if freeze:
            sheet.freeze_panes(row + 2, 1)
            if len(frame):
                sheet.autofilter(row + 1, 0, row + 1 + len(frame), len(frame.columns) - 1)
        return row + 2 + len(frame)

    def transposed(self, sheet: Worksheet, frame: pd.DataFrame, *, row: int) -> int:
        """Write a short, wide frame with its columns downwards: the first column's values become the headers."""
        first = str(frame.columns[0])
        heads = [str(head) for head in frame.iloc[:, 0]]
        for column, head in enumerate(["指标", "英文", *(zh(first, head) for head in heads)]):
            write_text(sheet, row, column, head, self._zh)
        for column, head in enumerate(["indicator", "in English", *(en(first, head) for head in heads)]):
            write_text(sheet, row + 1, column, head, self._en)
        self.width(sheet, 0, 0, INDICATOR)
        self.width(sheet, 1, 1, IN_ENGLISH)
        self.width(sheet, 2, 1 + len(heads), NARROWEST)
        for i, name in enumerate(frame.columns[1:], start=2):
            label = self.label(str(name))
            sheet.write_string(row + i, 0, label.zh, self.number("@"))
            sheet.write_string(row + i, 1, label.en, self._small)
            if (lines := max(n_lines(label.zh, INDICATOR), n_lines(label.en, int(IN_ENGLISH / SMALL)))) > 1:
                sheet.set_row(row + i, LINE_POINTS * lines)
            for column, value in enumerate(shown(frame[name], label, name), start=2):
                self._column(sheet, row + i, column, [value], self.number(label.number))
        return row + 1 + len(frame.columns)

    def _column(self, sheet: Worksheet, row: int, column: int, values: list[Any], cell: Format) -> None:
        for i, value in enumerate(values):
            if value is None:
                sheet.write_blank(row + i, column, None, cell)
            elif isinstance(value, str):
                write_text(sheet, row + i, column, value, self.number("@"))
            else:
                sheet.write_number(row + i, column, value, cell)


def _with_english(frame: pd.DataFrame) -> pd.DataFrame:
    """Put the English of a first column that has words of ours into a column of its own, at the end."""
    first = str(frame.columns[0]) if len(frame.columns) else ""
    if first not in TRANSLATED:
        return frame
    told = frame[first].map(lambda name: en(first, str(name)))
    return frame.assign(**{ENGLISH_OF_FIRST: told}) if (told != "").any() else frame
