"""A table of the bureau's, column by column: texts, numbers with units, words; what cannot be used names its line."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from pvmap.currency import AMOUNTS, other_money
from pvmap.errors import InputError
from pvmap.findings import Finding, finding
from pvmap.settings.city import TableInput
from pvmap.sources.csv_table import CsvTable, read_csv
from pvmap.sources.numbers import read_numbers

# Columns that say something about a row to people, and nothing to a calculation.
REMARKS = frozenset(
    {
        *("note", "notes", "remark", "remarks", "comment", "comments", "document", "source"),
        *("备注", "说明", "注", "依据", "文件", "文号", "来源", "序号", "编号"),
    }
)


MEASURE = r"\D{0,3}\d[\d,.]*\D*|"  # a number, its unit before or after it, or nothing
NAMED = 5  # columns that a finding names
BEYOND = 1e9  # of any unit that is read here: no power, price or count of a city comes near, infinity is above it


@dataclass(frozen=True)
class GivenTable:
    """A table with our names for its columns.

    Attributes
    ----------
    table
        As written; columns that are neither needed nor known stand aside.
    theirs
        What a column of ours is called there.
    """

    table: CsvTable
    theirs: Mapping[str, str]

    def __len__(self) -> int:
        return len(self.table.frame)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What had to be guessed to read it."""
        return self.table.findings

    def has(self, column: str) -> bool:
        """Whether the table brings a column."""
        return column in self.table.frame

    def text(self, column: str, default: str = "") -> pd.Series:
        """Texts of a column, `default` where a cell is empty or the column is not there."""
        if not self.has(column):
            return pd.Series(default, index=self.table.frame.index, dtype="str")
        return self.table.frame[column].replace("", default)

    def number(
        self,
        column: str,
        quantity: str,
        default: float = np.nan,
        *,
        low: float = -np.inf,
        high: float = np.inf,
        above: bool = False,
    ) -> np.ndarray:
        """Read numbers of a column in the unit of a quantity of ``sources.units.UNITS``.

        Parameters
        ----------
        column, quantity
            Column; key of the units it may be written in.
        default
            Value of empty cells, and of all where the column is not there.
        low, high
            Bounds, both allowed.
        above
            Whether `low` itself is refused.

        Raises
        ------
        InputError
            The first cell that is no number, beyond the bounds or beyond anything real; a unit that it cannot have.
        """
        if not self.has(column):
            return np.full(len(self), default)
        read = read_numbers(self.table.frame[column], quantity, self.title(column), self.table.name)
        self.refuse(column, read.unreadable, "is no number")
        self.refuse(column, np.abs(read.values) > BEYOND, f"is beyond anything real ({BEYOND:g})")
        beyond = (read.values < low) | (read.values > high) | (above & (read.values == low))
        brackets = ("(" if above else "[") + f"{low:g}, {high:g}]"
        under = f"is not above {low:g}" if above else f"is below {low:g}"
        self.refuse(column, beyond, f"is outside {brackets}" if np.isfinite(high) else under)
        return np.where(np.isnan(read.values), default, read.values)

    def title(self, column: str) -> str:
        """Give what the city file calls a column, which may tell the unit of its numbers; empty for our own name."""
        return self.theirs.get(column, "")

    def year(self, column: str, default: int | None = None) -> np.ndarray:
        """Read years, (n,) int."""
        values = self.number(column, "1", np.nan if default is None else default, low=2000, high=2100)
        self.refuse(column, np.isnan(values) | (values % 1 != 0), "is no year")
        return values.astype(int)

    def word(self, column: str, words: Mapping[str, str], default: str = "") -> np.ndarray:
        """Read words of a column as ours, (n,) of object; case and blanks do not count."""
        text = self.text(column)
        found = text.str.strip().str.casefold().map({**words, "": default})
        self.refuse(column, found.isna().to_numpy(), f"is none of {', '.join(dict.fromkeys(words))}")
        return found.to_numpy(object)

    def known(self, column: str, names: Collection[str], what: str, *, empty: bool = False) -> np.ndarray:
        """Read names that must be among some, (n,) of object; `empty` allows none at all."""
        text = self.text(column)
        bad = ~text.isin({*names, *([""] if empty else [])})
        some = ", ".join(sorted(names)[:8]) + (" ..." if len(names) > 8 else "")
        self.refuse(column, bad.to_numpy(), f"is no {what}; known are {some}")
        return text.to_numpy(object)

    def refuse(self, column: str, bad: np.ndarray, why: str) -> None:
        """Raise an InputError that names the first bad row, its line and what is wrong with its cell."""
        if not bad.any():
            return
        at = int(np.argmax(bad))
        cell = self.table.frame[column].iloc[at] if self.has(column) else ""
        more = f" ({int(bad.sum()):,} such rows)" if bad.sum() > 1 else ""
        name = self.theirs.get(column, column)
        raise InputError(f"{self.table.name}, line {self.table.line[at]}: {name} {cell!r} {why}{more}; correct it.")

    def refuse_other_money(self, currency: str) -> None:
        """Raise an InputError where an amount is told in another money than the city's, of which numbers are taken."""
        for column in AMOUNTS & {*self.table.frame}:
            cells = self.table.frame[column]
            told = cells.map({cell: other_money(cell, currency) for cell in cells.unique()})
            why = f"is told in {next(filter(None, told), '')}, but this city counts in {currency}"
            self.refuse(column, told.to_numpy(object) != "", why)

    def once(self, *columns: str) -> None:
        """Raise an InputError where two rows say something about the same."""
        keys = pd.concat([self.text(column) for column in columns], axis=1)
        self.refuse(columns[0], keys.duplicated().to_numpy(), f"is there twice ({', '.join(columns)})")


def read_given(source: TableInput, raw: Path, needs: Collection[str], knows: Collection[str] = ()) -> GivenTable:
    """Read a table.

    Parameters
    ----------
    source, raw
        Input of the city file, folder of the inputs.
    needs, knows
        Columns it must and may have, by our names.

    Raises
    ------
    InputError
        A missing file or column, or one of the city file's `columns` that is no column of ours.
    """
    ours = [*needs, *knows]
    if unknown := [name for name in source.columns if name not in ours]:
        raise InputError(f"{source.path}: columns names {unknown[0]!r}, which is none of {', '.join(ours)}.")
    table = read_csv(raw / source.path, [source.columns.get(name, name) for name in needs], encoding=source.encoding)
    if lost := [theirs for theirs in source.columns.values() if theirs not in table.frame]:
        there = ", ".join(map(str, table.frame.columns))
        raise InputError(f"{table.name}: column {lost[0]!r} is missing; it has {there}.")
    names = {source.columns.get(name, name): name for name in ours}
    frame = table.frame[[theirs for theirs in names if theirs in table.frame]].rename(columns=names)
    found = (*table.findings, *not_read(table, names, Path(source.path).name))
    return GivenTable(CsvTable(table.name, frame, table.line, found), source.columns)


def not_read(table: CsvTable, known: Collection[str], layer: str) -> list[Finding]:
    """Tell columns that hold something which nobody reads: numbers may be meant to count, texts hardly.

    Parameters
    ----------
    table
        As written.
    known
        Columns that are read, by the names of the file.
    layer
        Name under which findings stand.
    """
    columns = [str(name) for name in table.frame]
    some = [name for name in columns if name not in known and name.strip().casefold() not in REMARKS]
    filled = [name for name in some if (table.frame[name] != "").any()]
    numeric = [name for name in filled if table.frame[name].str.fullmatch(MEASURE).all()]
    found = []
    for code, names in (("numbers-not-read", numeric), ("texts-not-read", [n for n in filled if n not in numeric])):
        if names:
            told = {"names": ", ".join(names[:NAMED]), "known": ", ".join(known)}
            found.append(finding(code, layer=layer, count=len(names), total=table.frame.shape[1], **told))
    return found
