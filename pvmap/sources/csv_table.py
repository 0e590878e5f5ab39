"""One reader for every table in text, be it a bureau's, a layer or weather: all cells text, no guess in silence."""

from __future__ import annotations

import csv
import io
import itertools
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

import numpy as np
import pandas as pd

from pvmap.errors import InputError
from pvmap.findings import Finding, finding
from pvmap.opening import encoding_of, regular

SEPARATORS = (",", ";", "\t", "|", "，", "；")
MOST_COLUMNS = 2000
NAMED = 5  # columns that a finding names
WIDE = 4  # cells of a row from which on as many separators within a cell are no chance
DECIMAL_COMMA = r"[+-]?(?:\d+|[1-9]\d{0,2}(?:\.\d{3})+)(?:,\d*)?|[+-]?,\d+|"  # or nothing
POINT_AFTER_COMMA = r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+|,\d{3})"  # a comma that parts thousands
NO_THOUSANDS = r"[+-]?(?:\d+,(?:\d{1,2}|\d{4,})|0,\d+|\d{4,},\d+|,\d+)"  # a comma that parts decimals
DOUBTFUL_POINT = r"[+-]?[1-9]\d{0,2}(?:\.\d{3})+"
CUT = re.compile(r"(?:(?<=,)|^)[+-]?[1-9]\d{0,2}(?=,\d{3}(?:\.\d+)?(?:,|$))")  # a cell, and thousands after it
LONGEST_CELL = 2**31 - 1  # characters: outlines as WKT are long


@dataclass(frozen=True)
class CsvTable:
    """A table as written.

    Attributes
    ----------
    name
        Where it comes from, for sentences.
    frame
        Text, stripped of blanks around it; empty where a cell is.
    line : (n,) int array
        Line of the file each row begins in, counted from 1.
    findings
        What had to be guessed.
    """

    name: str
    frame: pd.DataFrame
    line: np.ndarray
    findings: tuple[Finding, ...] = ()


def read_csv(
    path: Path, needs: Iterable[str] = (), *, encoding: str = "", limit: int | None = None, layer: str = ""
) -> CsvTable:
    """Read a table with a header: UTF-8, UTF-16 or GBK; commas, semicolons, tabs or bars between its cells.

    Parameters
    ----------
    path
        The file.
    needs
        Columns it must have.
    encoding
        Stated encoding; else see `pvmap.opening.encoding_of`.
    limit
        Rows that are enough, where a look is all that is wanted.
    layer
        Name under which findings stand; the file's own by default.

    Returns
    -------
    CsvTable

    Raises
    ------
    InputError
        No regular file, no text, no header, a column that is missing or there twice, a quote that is never closed, or
        a row with more cells than the header, or rows run together by quotes; the line is named.
    """
    found = encoding_of(path, encoding)
    with open(regular(path), encoding=found, newline="") as text:
        table = parse_csv(text, str(path), needs, limit=limit, layer=layer or path.name)
    if encoding or found != "gb18030":
        return table
    guessed = finding("encoding-guessed", layer=layer or path.name, encoding="GB18030")
    return CsvTable(table.name, table.frame, table.line, (guessed, *table.findings))


def parse_csv(
    text: TextIO | str,
    name: str,
    needs: Iterable[str] = (),
    *,
    separator: str = "",
    skipped_lines: int = 0,
    limit: int | None = None,
    layer: str = "",
) -> CsvTable:
    """Read a table from text that is already decoded; as `read_csv`.

    Parameters
    ----------
    text
        The text, or the part of a file that holds the table.
    name
        Where it comes from, for sentences.
    needs, limit, layer
        As for `read_csv`.
    separator
        What stands between cells; found in the header by default, a blank stands for any run of blanks.
    skipped_lines
        Lines of the file before `text`.
    """
    handle = io.StringIO(text, newline="") if isinstance(text, str) else text
    first, skipped_lines = _first_lines(handle, skipped_lines)
    separator = separator or max(SEPARATORS, key=_outside_quotes("".join(first)).count)
    rows = _rows(first, handle, separator, name, skipped_lines)
    header = [cell.strip() for cell in next(rows, (0, []))[1]]
    while header and not header[-1]:
        header.pop()
    if not header:
        raise InputError(f"{name} is empty; export it again or drop it from the city file.")
    if len(header) > MOST_COLUMNS:
        raise InputError(f"{name}: its header has {len(header):,} cells; its ends of line are lost, export it again.")
    cells, lines, short = _fit(_unmerged(rows, separator, len(header), name), len(header), name, limit)
    names = [column or f"column {number}" for number, column in enumerate(header, start=1)]
    for column in needs:
        if names.count(column) != 1:
            there = "is there twice" if column in names else "is missing"
            raise InputError(f"{name}: column {column!r} {there}; it has {', '.join(names)}.")
    frame = pd.DataFrame(cells, columns=_distinct(names), dtype="str")
    some = [finding("rows-cut-short", layer=layer, count=len(short), total=len(lines), rows=short)] if short else []
    commas = _decimal_commas(frame)
    _refuse_doubtful_points(frame, commas if separator == ";" else _surely_decimal(frame, commas), name)
    if commas and separator == ";":
        frame[commas] = frame[commas].apply(lambda column: column.str.replace(".", "").str.replace(",", "."))
        told = ", ".join(commas[:NAMED])
        some.append(finding("decimal-commas", layer=layer, count=len(commas), total=len(frame.columns), names=told))
    return CsvTable(name, frame, np.asarray(lines, "int64"), tuple(some))


def _decimal_commas(frame: pd.DataFrame) -> list[str]:
    """Columns of nothing but numbers, some with a comma: where commas part no cells, they part decimals."""
    names = [str(name) for name in frame]
    if any(frame[name].str.fullmatch(POINT_AFTER_COMMA).any() for name in names):
        return []
    with_comma = [name for name in names if frame[name].str.contains(",", regex=False).any()]
    return [name for name in with_comma if frame[name].str.fullmatch(DECIMAL_COMMA).all()]


def _surely_decimal(frame: pd.DataFrame, commas: list[str]) -> list[str]:
    """Those of some columns in which a comma parts no thousands."""
    return [name for name in commas if frame[name].str.fullmatch(NO_THOUSANDS).any()]


def _refuse_doubtful_points(frame: pd.DataFrame, commas: list[str], name: str) -> None:
    """Raise an InputError for a column of nothing but 1.250 and the like beside decimal commas: 1250, or 1.25."""
    for column in frame if commas else ():
        text = frame[column]
        if text.str.fullmatch(DOUBTFUL_POINT).any() and text.str.fullmatch(rf"\d{{0,3}}|{DOUBTFUL_POINT}").all():
            first = text[text.str.fullmatch(DOUBTFUL_POINT)].iloc[0]
            raise InputError(
                f"{name}: {column} {first!r} beside decimal commas in {commas[0]} may be thousands or decimals; write "
                "it without the point, or with a comma."
            )


def _first_lines(handle: TextIO, skipped_lines: int) -> tuple[list[str], int]:
    """Give the lines of the header, Excel's own line aside, and how many lines of the file stand before them.

    Titles of columns are broken in two within their quotes ("power⏎(kW)"): what parts cells may stand in the last line.
    """
    first = handle.readline().lstrip("\ufeff")
    while first and (not first.strip() or first.lower().startswith("sep=")):
        skipped_lines += 1
        first = handle.readline()
    lines, quotes = [first], first.count('"')
    while quotes % 2 and (more := handle.readline()):
        lines.append(more)
        quotes += more.count('"')
    return lines, skipped_lines


def _rows(
    first: list[str], handle: TextIO, separator: str, name: str, skipped_lines: int
) -> Iterator[tuple[int, list[str]]]:
    """Line on which each row that is not blank begins, and its cells."""
    if separator == " ":
        for line, text in enumerate((*first, *handle), start=skipped_lines + 1):
            if text.strip():
                yield line, text.split()
        return
    csv.field_size_limit(LONGEST_CELL)
    reader = csv.reader(itertools.chain(first, handle), delimiter=separator, skipinitialspace=True, strict=True)
    line = skipped_lines + 1
    while True:
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise InputError(
                f"{name}, line {line}: this row cannot be read ({error}); see to its quotes, or export it again."
            ) from None
        if "".join(row).strip():
            yield line, row
        line = skipped_lines + reader.line_num + 1


def _unmerged(
    rows: Iterator[tuple[int, list[str]]], separator: str, n: int, name: str
) -> Iterator[tuple[int, list[str]]]:
    """Refuse a cell that holds rows: quotes that were meant as ditto or inch marks run all between them together."""
    for line, row in rows:
        text = "".join(row)
        for cell in row if "\n" in text or "\r" in text else ():
            n_ends = cell.count("\n") or cell.count("\r")
            ditto = cell.startswith(separator) and cell.endswith(separator)
            whole = n >= WIDE and cell.count(separator) == n_ends * (n - 1)
            if n_ends and (ditto or whole):
                raise InputError(
                    f"{name}, line {line}: a quote opens here and closes in a later line, with rows between; write "
                    "what it stands for, or two quotes for one."
                )
        yield line, row


def _outside_quotes(header: str) -> str:
    return "".join(header.split('"')[::2])


def _fit(
    rows: Iterator[tuple[int, list[str]]], n: int, name: str, limit: int | None
) -> tuple[list[list[str]], list[int], list[int]]:
    """Cells of each row, as many as the header has; the lines they begin in; rows that were short."""
    cells: list[list[str]] = []
    lines: list[int] = []
    short: list[int] = []
    n_cells: list[int] = []
    for line, row in rows:
        if limit is not None and len(cells) >= limit:
            break
        row = [_text_of(cell.strip()) for cell in row]
        if len(row) > n and any(row[n:]):
            if n == 1 and not cells:
                raise InputError(
                    f"{name}: its first line has one cell and the next has {len(row)}, so it is a title and no header; "
                    "remove what stands above the header, and write units that it tells into the titles of columns."
                )
            raise InputError(
                f"{name}, line {line}: {len(row)} cells under a header of {n}; put text that holds the "
                "separator into quotes, or export the table again."
            )
        n_cells.append(len(row))
        if len(row) < n:
            short.append(len(cells))
            row += [""] * (n - len(row))
        cells.append(row[:n] if len(row) > n else row)
        lines.append(line)
    _refuse_cut_numbers(cells, n_cells, lines, name)
    return cells, lines, short


def _text_of(cell: str) -> str:
    """Cell without the formula by which spreadsheets are kept from rounding a long number: ="321102001001001234"."""
    return cell[2:-1] if cell[:2] == '="' and cell[-1] == '"' and cell.count('"') == 2 else cell


def _refuse_cut_numbers(cells: list[list[str]], n_cells: list[int], lines: list[int], name: str) -> None:
    """Raise an InputError where rows have as many cells more than others as commas may have cut thousands off."""
    if len(set(n_cells)) < 2:
        return
    cuts = [len(CUT.findall(",".join(row))) for row in cells]
    if len({n - cut for n, cut in zip(n_cells, cuts, strict=True)}) == 1:
        at = int(np.argmax(n_cells))
        raise InputError(
            f"{name}, line {lines[at]}: {n_cells[at]} cells, other rows have {min(n_cells)}: commas seem to part "
            "thousands of its numbers; put them into quotes, or export the table without them."
        )


def _distinct(names: list[str]) -> list[str]:
    """Names of which none is there twice: the second is numbered."""
    seen: dict[str, int] = {}
    distinct = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        distinct.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return distinct
