"""A value or a text as a cell of the workbook: in the reader's units and words, never a formula, and how wide it is."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pandas as pd
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from pvmap.deliver.label import Label
from pvmap.deliver.words import zh

CELL = 32_767  # characters a cell can hold


def write_text(sheet: Worksheet, row: int, column: int, text: str, cell: Format) -> None:
    """Write a text as text: never a formula, a link or a number, and cut where a cell is full."""
    units = text.encode("utf-16-le")  # as Excel counts
    if len(units) > 2 * CELL:
        text = units[: 2 * (CELL - 1)].decode("utf-16-le", "ignore") + "…"
    sheet.write_string(row, column, text, cell)


def header_text(text: str) -> str:
    """Text for the head of a page, in which an ampersand begins a command."""
    return text.replace("&", "&&")


def shown(values: pd.Series, label: Label, name: str) -> list[Any]:
    """Values as cells: numbers in the label's unit, booleans as 是 or 否, known words in Chinese."""
    out: list[Any] = []
    for value in values.tolist():
        if value is None or (isinstance(value, float) and np.isnan(value)) or value is pd.NA:
            out.append(None)
        elif isinstance(value, bool | np.bool_):
            out.append("是" if value else "否")
        elif isinstance(value, int | float | np.number):
            out.append(float(value) * label.factor)
        else:
            out.append(zh(name, str(value)))
    return out


def wide(text: str) -> int:
    """Width of a text in letters; a Chinese character is as wide as two."""
    return sum(2 if ord(c) > 0x2E80 else 1 for c in text)


def n_lines(value: Any, width: int) -> int:
    """Lines that a cell takes in a column so wide; a line breaks a little before it is full."""
    if not isinstance(value, str) or wide(value) + 2 <= width:
        return 1
    return -(-wide(value) // (width - 3))


def width_of(value: Any, code: str) -> int:
    """Width of a cell in letters, numbers as their code writes them."""
    if isinstance(value, str) or value is None:
        return wide(value or "")
    decimals = len(re.findall("0", code.partition(".")[2]))
    return len(f"{value * (100 if '%' in code else 1):,.{decimals}f}") + code.count("%")
