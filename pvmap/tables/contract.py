"""Does a frame keep the contract of a table, and how is the contract read by a person."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from pvmap.errors import TableError
from pvmap.tables import TABLES
from pvmap.tables.column import Column, Kind


def check(name: str, frame: pd.DataFrame) -> pd.DataFrame:
    """Check a frame against its contract and return it with columns in the contract's order.

    Parameters
    ----------
    name
        Key of ``TABLES``.
    frame
        The table; columns not in the contract are refused.

    Raises
    ------
    TableError
        Naming the table, the column, the number of bad rows and the first of them.
    """
    table = TABLES[name]
    own = {"geometry"} if table.geometry else set()
    if unknown := [c for c in frame.columns if c not in own and table.column(c) is None]:
        raise TableError(f"{name}: unknown column {unknown[0]!r}; the contract in pvmap/tables/ lists what is allowed.")
    for column, spec in table.columns.items():
        if column in frame.columns:
            _check_column(name, column, spec, frame[column], frame)
        elif not spec.optional:
            raise TableError(f"{name}: column {column!r} ({spec.about}) is missing.")
    of_families = [c for c in frame.columns if c not in own and c not in table.columns]
    for column in of_families:
        _check_column(name, column, table.column(column), frame[column], frame)  # type: ignore[arg-type]
    if table.geometry and "geometry" not in frame.columns:
        raise TableError(f"{name}: geometry is missing.")
    require_unique(name, frame)
    order = [*(c for c in table.columns if c in frame.columns), *of_families, *own]
    return frame if list(frame.columns) == order else frame[order]


def require_part(name: str, frame: pd.DataFrame, columns: Iterable[str]) -> None:
    """Check some columns of a frame that another version may have written, and that its key is one.

    Raises
    ------
    TableError
        As `check`.
    """
    for column in columns:
        spec = TABLES[name].columns[column]
        if column not in frame.columns:
            raise TableError(f"{name}: column {column!r} ({spec.about}) is missing.")
        _check_column(name, column, spec, frame[column], frame)
    require_unique(name, frame)


def require_unique(name: str, frame: pd.DataFrame) -> None:
    """Raise a TableError where rows repeat the key of their table."""
    key = TABLES[name].key
    duplicated = frame.duplicated(list(key))
    if duplicated.any():
        first = tuple(frame.loc[duplicated, list(key)].iloc[0])
        raise TableError(f"{name}: {int(duplicated.sum())} rows repeat the key {key}, first {first!r}.")


def nothing(name: str, crs: str) -> pd.DataFrame:
    """Give a table without rows; `crs` where it has geometry."""
    table = TABLES[name]
    frame = pd.DataFrame({c: pd.Series(dtype=_EMPTY[spec.kind]) for c, spec in table.columns.items()})
    return gpd.GeoDataFrame(frame, geometry=[], crs=crs) if table.geometry else frame


_EMPTY = {"str": "str", "float": "float64", "int": "int64", "bool": "bool", "time": "datetime64[ns, UTC]"}
_DTYPES = {"str": "OUS", "float": "f", "int": "iu", "bool": "b"}


def is_of(dtype: Any, kind: Kind) -> bool:
    """Whether a column of this type may hold values of a kind."""
    if kind == "time":
        return isinstance(dtype, pd.DatetimeTZDtype)
    found = "U" if isinstance(dtype, (pd.StringDtype, pd.CategoricalDtype)) else getattr(dtype, "kind", "O")
    return found in _DTYPES[kind]


def _check_column(name: str, column: str, spec: Column, values: pd.Series, frame: pd.DataFrame) -> None:
    if len(values) and not is_of(values.dtype, spec.kind):
        raise TableError(f"{name}: {column} must be {spec.kind}, found {values.dtype}.")
    bad = np.zeros(len(values), bool)
    if not spec.missing:
        bad |= values.isna().to_numpy()
    if spec.values is not None:
        bad |= ~values.isin(spec.values).to_numpy()
    if spec.kind in ("float", "int"):
        number = values.to_numpy(float)
        with np.errstate(invalid="ignore"):
            bad |= np.isinf(number)
            if spec.low is not None:
                bad |= number < spec.low
            if spec.high is not None:
                bad |= number > spec.high
    if bad.any():
        at = int(np.flatnonzero(bad)[0])
        row = frame.iloc[at][list(TABLES[name].key)].tolist()
        limits = f"in {spec.values}" if spec.values else f"between {spec.low} and {spec.high} {spec.unit}".rstrip()
        raise TableError(
            f"{name}: {column} must be {limits}; {int(bad.sum())} rows are not, first {values.iloc[at]!r} at {row}."
        )


def as_markdown() -> str:
    """Describe all tables in Markdown; docs/tables.md is this text."""
    lines = ["# Tables", "", "Generated from `pvmap/tables/` by `pvmap schema --markdown`.", ""]
    for name, table in TABLES.items():
        lines += [f"## {name}", "", table.about, "", f"Key: {', '.join(table.key)}."]
        if table.geometry:
            lines[-1] += " Geometry in the city's metric CRS (GeoParquet)."
        lines += ["", "| column | unit | meaning |", "|---|---|---|"]
        lines += [f"| {column} | {spec.unit} | {spec.about} |" for column, spec in table.described().items()]
        lines.append("")
    return "\n".join(lines)
