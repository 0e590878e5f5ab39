"""A Word document being written: headings with Chinese numerals, paragraphs, tables, pictures, marks on every page."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO

import docx
import numpy as np
import pandas as pd
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Length, Pt, RGBColor
from docx.text.paragraph import Paragraph

from pvmap.deliver.cells import shown, wide
from pvmap.deliver.label import Label
from pvmap.deliver.marks import Marks
from pvmap.foreign_text import visible

BODY, HEAD = "宋体", "黑体"  # what Word in China has; other programs take their own Chinese fonts
NUMERALS = "一二三四五六七八九十"
GREY, RED = RGBColor(0x55, 0x55, 0x55), RGBColor(0xB0, 0x00, 0x20)
EMPTY = "—"
MARGINS_CM = 2.2
LETTER_CM = 0.15  # of a letter in a table
NARROWEST, WIDEST, MARGIN = 5.0, 34.0, 4.0  # of a column, in letters
PADDING, SHORTEST = 2.5, 6.0  # letters: beside a number, at the least, and of a text where even headers are broken
SQUEEZED = 10.0  # letters that a text keeps where the page is short
AIR = Pt(1.5)  # above and below the text of a cell
FEW = 200  # rows by which a column is measured


class Page:
    """The document; its methods write downwards."""

    def __init__(self, marks: Marks) -> None:
        self.file = docx.Document()
        self.marks = marks
        self._chapter = self._table = self._picture = 0
        section = self.file.sections[0]
        section.orientation = WD_ORIENT.PORTRAIT
        section.page_width, section.page_height = Cm(21.0), Cm(29.7)
        self._width_cm = 21.0 - 2 * MARGINS_CM
        section.left_margin = section.right_margin = Cm(MARGINS_CM)
        section.top_margin = section.bottom_margin = Cm(2.4)
        for name, font, size in (
            *(("Normal", BODY, 10.5), ("Heading 1", HEAD, 16), ("Heading 2", HEAD, 13)),
            ("Caption", BODY, 9),
        ):
            style = self.file.styles[name]
            style.font.name, style.font.size = "Times New Roman", Pt(size)
            style.font.color.rgb = RGBColor(0, 0, 0)
            properties = style.element.get_or_add_rPr()
            fonts = properties.get_or_add_rFonts()
            for attribute in [key for key in fonts.attrib if key.endswith("Theme")]:
                del fonts.attrib[attribute]  # themes would win over the fonts named
            for script in ("ascii", "hAnsi"):
                fonts.set(qn(f"w:{script}"), "Times New Roman")
            fonts.set(qn("w:eastAsia"), font)
        loud = "　".join(marks.loud_zh)
        head = section.header.paragraphs[0]
        head.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        self._run(head, "　".join(filter(None, [marks.title_zh, loud])), size=9, color=RED if loud else GREY)
        foot = section.footer.paragraphs[0]
        foot.alignment = WD_ALIGN_PARAGRAPH.CENTER
        self._run(foot, "第 ", size=9)
        _field(foot, "PAGE")
        self._run(foot, " 页", size=9)

    def cover(self, title: str, lines: Sequence[tuple[str, str]]) -> None:
        """Write the first page: title, marks, and lines of what and who."""
        for _ in range(6):
            self.file.add_paragraph()
        for text, size in ((self.marks.title_zh, 22), (title, 26)):
            head = self.file.add_paragraph()
            head.alignment = WD_ALIGN_PARAGRAPH.CENTER
            self._run(head, text, size=size, bold=True)
        for mark in self.marks.loud_zh:
            below = self.file.add_paragraph()
            below.alignment = WD_ALIGN_PARAGRAPH.CENTER
            self._run(below, mark, size=16, color=RED, bold=True)
        for _ in range(8):
            self.file.add_paragraph()
        for name, value in lines:
            line = self.file.add_paragraph()
            line.alignment = WD_ALIGN_PARAGRAPH.CENTER
            self._run(line, f"{name}：{value or EMPTY}", size=14)
        self.file.add_page_break()

    def landscape(self) -> None:
        """Lay the pages from here on across."""
        section = self.file.add_section(WD_SECTION.NEW_PAGE)
        section.orientation = WD_ORIENT.LANDSCAPE
        section.page_width, section.page_height = Cm(29.7), Cm(21.0)
        self._width_cm = 29.7 - 2 * MARGINS_CM

    def chapter(self, title: str) -> None:
        """Begin a chapter, numbered in Chinese."""
        self._chapter += 1
        number = NUMERALS[self._chapter - 1] if self._chapter <= len(NUMERALS) else f"十{NUMERALS[self._chapter - 11]}"
        self.file.add_heading(f"{number}、{title}", level=1)

    def section(self, title: str) -> None:
        """Begin a section of a chapter."""
        self.file.add_heading(visible(title), level=2)

    def text(self, *paragraphs: str) -> None:
        """Write paragraphs, indented by two characters as Chinese text is."""
        for one in paragraphs:
            paragraph = self.file.add_paragraph()
            paragraph.paragraph_format.first_line_indent = Pt(21)
            paragraph.paragraph_format.line_spacing = 1.4
            self._run(paragraph, one)

    def items(self, lines: Sequence[str]) -> None:
        """Write a list."""
        for line in lines:
            self._run(self.file.add_paragraph(style="List Bullet"), line)

    def table(self, title: str, frame: pd.DataFrame, labels: dict[str, Label] | None = None) -> None:
        """Write a frame in the units its labels name, with a caption; the header stands on every page.

        Parameters
        ----------
        title
            Caption.
        frame
            Columns that have labels, of all tables or in `labels`, in the units of our tables; empty ones are left out.
        labels
            Labels that this table has of its own.
        """
        self._table += 1
        caption = self.file.add_paragraph(style="Caption")
        caption.alignment = WD_ALIGN_PARAGRAPH.CENTER
        caption.paragraph_format.keep_with_next = True
        self._run(caption, f"表{self._table}　{title}", size=9, bold=True)
        told = [bool(frame[name].notna().any() and (frame[name] != "").any()) for name in frame]
        frame = frame.loc[:, told] if any(told) else frame
        known, wording = labels or {}, self.marks.wording
        names = [str(name) for name in frame.columns]
        columns = [known.get(name) or wording.label(name) or Label(name, "") for name in names]
        values = [shown(frame[name], label, str(name)) for name, label in zip(frame, columns, strict=True)]
        texts = [[printed(value, label) for value in column] for column, label in zip(values, columns, strict=True)]
        grid = self.file.add_table(rows=1 + len(frame), cols=len(columns), style="Table Grid")
        grid.alignment = WD_TABLE_ALIGNMENT.CENTER
        grid.autofit = False
        numeric = [not any(isinstance(value, str) for value in column) for column in values]
        widths = _widths([label.zh for label in columns], texts, numeric, self._width_cm)
        for column, width in zip(grid.columns, widths, strict=True):
            column.width = width
        for number, row in enumerate(grid.rows):
            _mark(row, "w:cantSplit")
            if number == 0:
                _mark(row, "w:tblHeader")
            for at, cell in enumerate(row.cells):
                cell.width = widths[at]
                if number == 0:
                    self._cell(cell, columns[at].zh, bold=True, middle=True)
                    _shade(cell, "E9EEF3")
                else:
                    right = not isinstance(values[at][number - 1], str)
                    self._cell(cell, texts[at][number - 1] or EMPTY, right=right)
        self.file.add_paragraph()

    def picture(self, title: str, image: BytesIO | None, missing: str) -> None:
        """Put a picture with its caption below, or say why there is none."""
        if image is None:
            self.text(missing)
            return
        self._picture += 1
        line = self.file.add_paragraph()
        line.alignment = WD_ALIGN_PARAGRAPH.CENTER
        line.paragraph_format.keep_with_next = True
        line.add_run().add_picture(image, width=Cm(16.0))
        caption = self.file.add_paragraph(style="Caption")
        caption.alignment = WD_ALIGN_PARAGRAPH.CENTER
        self._run(caption, f"图{self._picture}　{title}", size=9, bold=True)

    def _cell(self, cell: object, text: str, *, bold: bool = False, middle: bool = False, right: bool = False) -> None:
        paragraph = cell.paragraphs[0]  # type: ignore[attr-defined]
        if middle or right:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER if middle else WD_ALIGN_PARAGRAPH.RIGHT
        paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = AIR
        self._run(paragraph, text, size=8, bold=bold)

    @staticmethod
    def _run(paragraph: Paragraph, text: str, **look: object) -> None:
        run = paragraph.add_run(visible(text))
        run.bold = bool(look.get("bold"))
        if "size" in look:
            run.font.size = Pt(look["size"])  # type: ignore[arg-type]
        if "color" in look:
            run.font.color.rgb = look["color"]  # type: ignore[assignment]


def printed(value: object, label: Label) -> str:
    """Write a cell as the workbook's number format shows it.

    Examples
    --------
    >>> printed(1234.5678, Label("", "", 1.0, "#,##0.00")), printed(0.1234, Label("", "", 1.0, "0.0%"))
    ('1,234.57', '12.3%')
    >>> printed(-0.00001, Label("", "", 1.0, "0.00"))
    '0.00'
    """
    if value is None:
        return EMPTY
    if isinstance(value, str):
        return value
    code = label.number
    percent = code.endswith("%")
    decimals = len(code.rstrip("%").partition(".")[2])
    number = float(value) * (100.0 if percent else 1.0)  # type: ignore[arg-type]
    if code == "General":
        return f"{number:g}"
    number = round(number, decimals) + 0.0  # no minus before a zero
    return f"{number:{',' if ',' in code else ''}.{decimals}f}" + ("%" if percent else "")


def _field(paragraph: Paragraph, name: str) -> None:
    """Put a field that the reader's program fills, as the number of the page."""
    for kind in ("begin", None, "end"):
        run = paragraph.add_run()
        run.font.size = Pt(9)
        if kind is None:
            text = OxmlElement("w:instrText")
            text.text = name
            run._r.append(text)
        else:
            mark = OxmlElement("w:fldChar")
            mark.set(qn("w:fldCharType"), kind)
            run._r.append(mark)


def _widths(heads: list[str], texts: list[list[str]], numeric: list[bool], whole_cm: float) -> list[Length]:
    """Share a page's width out: where it is short, texts are broken and numbers are not."""
    held = [max((wide(text) + text.count("%") for text in column[:FEW]), default=0) for column in texts]
    needs = np.array(
        [MARGIN + min(max(wide(head) / 3.0, NARROWEST, one), WIDEST) for head, one in zip(heads, held, strict=True)]
    )
    numbers = np.array(numeric)
    left = whole_cm / LETTER_CM - needs[numbers].sum()
    least = np.minimum(needs, SQUEEZED)[~numbers]
    more = needs[~numbers] - least
    if needs[~numbers].sum() > left > least.sum():
        needs[~numbers] = least + more * (left - least.sum()) / more.sum()
    over = needs.sum() - whole_cm / LETTER_CM
    spare = np.maximum(needs - np.where(numbers, held, np.minimum(held, SHORTEST)) - PADDING, 0.0)
    if over > 0 and spare.any():  # headers and texts break before numbers do
        needs -= spare * min(over / spare.sum(), 1.0)
    return [Cm(whole_cm * need / needs.sum()) for need in needs]


def _mark(row: object, name: str) -> None:
    """Say of a row that it stands on every page, or is never split between two."""
    mark = OxmlElement(name)
    mark.set(qn("w:val"), "true")
    row._tr.get_or_add_trPr().append(mark)  # type: ignore[attr-defined]


def _shade(cell: object, fill: str) -> None:
    mark = OxmlElement("w:shd")
    mark.set(qn("w:val"), "clear")
    mark.set(qn("w:fill"), fill)
    cell._tc.get_or_add_tcPr().append(mark)  # type: ignore[attr-defined]
