"""The condition `where` of an input, by one set of rules whatever the format.

Formats disagree on case, on codes with leading zeros and on columns that were not asked for, so none of them is asked:
SQLite decides over the columns that the condition names.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable

import numpy as np
import pandas as pd
import shapely

from pvmap.errors import InputError
from pvmap.settings.city import VectorInput
from pvmap.sources.layer import first_line

AREA, FID = "OGR_GEOM_AREA", "FID"  # names that OGR gives every layer
QUOTED = re.compile(r"""('(?:[^']|'')*'|"(?:[^"]|"")*")""")
CODE = re.compile(r"[+-]?0\d")


def columns_in(where: str, names: Iterable[str]) -> list[str]:
    """Columns that a condition may name."""
    return [name for name in names if name.casefold() in where.casefold()]


def rows_where(source: VectorInput, columns: pd.DataFrame, geometry: np.ndarray | None = None) -> np.ndarray:
    """Rows that satisfy `source.where`.

    Text compares without regard to case. A column of numbers written as text compares as numbers, its empty cells as
    NULL, unless it holds a code with a leading zero (0601): then all of it is text.

    Parameters
    ----------
    source
        Input of the city file.
    columns : DataFrame, n rows
        At least the columns that the condition names.
    geometry : (n,) object array, optional
        For OGR_GEOM_AREA, in the square of the file's unit.

    Returns
    -------
    (m,) int array
        Positions in rising order.

    Raises
    ------
    InputError
        The condition is none, or names no column.
    """
    if not source.where:
        return np.arange(len(columns), dtype="int64")
    named = {name: columns[name] for name in columns_in(source.where, columns.columns)}
    taken = {name.casefold() for name in columns.columns}
    if geometry is not None and columns_in(source.where, [AREA]):
        named[AREA] = pd.Series(shapely.area(geometry))
    if columns_in(source.where, [FID]) and FID.casefold() not in taken:
        named[FID] = pd.Series(np.arange(len(columns)))
    if not named:
        raise InputError(f"{source.path}: where = {source.where!r} names no column of the file.")
    named = {name: _as_compared(values) for name, values in named.items()}
    declared = ", ".join(f"{_quoted(name)} {_affinity(values)} COLLATE NOCASE" for name, values in named.items())
    marks = ", ".join("?" * (len(named) + 1))
    pieces = QUOTED.split(source.where)  # SQLite's LIKE ignores case and knows no ILIKE
    condition = "".join(
        piece if odd % 2 else re.sub(r"(?i)\bilike\b", "LIKE", piece) for odd, piece in enumerate(pieces)
    )
    database = sqlite3.connect(":memory:")
    try:
        database.execute(f"CREATE TABLE layer (pvmap_row INTEGER, {declared})")
        every = zip(range(len(columns)), *map(_plain, named.values()), strict=True)
        database.executemany(f"INSERT INTO layer VALUES ({marks})", every)
        found = database.execute(f"SELECT pvmap_row FROM layer WHERE ({condition}) ORDER BY pvmap_row").fetchall()
    except sqlite3.Error as error:
        raise InputError(
            f"{source.path}: where = {source.where!r} is not a condition on its columns: {first_line(error)}."
        ) from None
    finally:
        database.close()
    return np.fromiter((row for (row,) in found), "int64", len(found))


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _as_compared(values: pd.Series) -> pd.Series:
    """Turn text to numbers where all of it is numbers and none a code with a leading zero."""
    if pd.api.types.is_numeric_dtype(values):
        return values
    text = values.astype("str").str.strip()
    filled = text[text.ne("") & values.notna()]
    if not len(filled) or filled.str.match(CODE).any():
        return values
    numbers = pd.to_numeric(text, errors="coerce")
    return values if numbers[filled.index].isna().any() else numbers


def _affinity(values: pd.Series) -> str:
    return "NUMERIC" if pd.api.types.is_numeric_dtype(values) else "TEXT"


def _plain(column: pd.Series) -> list[object]:
    """Values SQLite can hold: numbers, text, None."""
    values = column.astype(object).where(column.notna(), None).tolist()
    return [v if v is None or isinstance(v, int | float | str) else str(v) for v in values]
