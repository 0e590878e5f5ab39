"""The run folder: checked tables in, checked tables out, never a half-written file."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from pandas.api.types import is_numeric_dtype

from pvmap.currency import CNY, in_money
from pvmap.disk import aside, remove, write_atomically
from pvmap.errors import InputError, PvmapError
from pvmap.foreign_text import json_text, spreadsheet_text
from pvmap.opening import regular
from pvmap.store.files import files_of, tell_ends
from pvmap.store.windows import names_of, notes_of, some_outlines, some_rows
from pvmap.tables import TABLES
from pvmap.tables.contract import check

ROW_GROUP = 8192  # rows; small enough that a tile's window skips most of the city
IDS = ("site_id", "surface_id")  # texts of which hardly any is there twice
# how a file is written that is read once, and whole
AS_PART: dict[str, Any] = {"compression": "lz4", "use_dictionary": False, "write_statistics": False}


def write_text(path: Path, text: str, *, flush: bool = True) -> Path:
    """Write UTF-8 text atomically; `flush` as in ``disk.write_atomically``."""
    return write_atomically(path, lambda p: p.write_text(text, encoding="utf-8"), flush=flush)


def write_json(path: Path, value: Any, *, flush: bool = True) -> Path:
    """Write JSON atomically, Chinese readable; `flush` as in ``disk.write_atomically``."""
    return write_text(path, json_text(value, indent=1, default=str) + "\n", flush=flush)


def write_csv(path: Path, frame: pd.DataFrame, *, index: bool = False, mark: bool = False) -> Path:
    """Write a frame as CSV, texts and headers such that no spreadsheet takes one for a formula.

    Parameters
    ----------
    path, frame
        What goes where; times must be text already.
    index
        Write the index as first column.
    mark
        Begin with a byte order mark, by which Excel knows UTF-8.
    """

    def safe(value: Any) -> Any:
        return spreadsheet_text(value) if isinstance(value, str) else value

    texts = {name: frame[name].astype(object).map(safe) for name in frame.columns if not is_numeric_dtype(frame[name])}
    safely = frame.assign(**texts).rename(columns=safe)
    # Ends of line of either kind within a text are quoted only where both belong to the end of a row.
    text = safely.to_csv(index=index, lineterminator="\r\n")
    return write_atomically(path, lambda p: p.write_bytes(text.encode("utf-8-sig" if mark else "utf-8")))


def read_json(path: Path) -> Any:
    """Read JSON, or say which run is missing it."""
    with reading(path):
        return json.loads(path.read_text(encoding="utf-8"))


@contextlib.contextmanager
def reading(path: Path) -> Iterator[None]:
    """Say in one sentence that a file of the run is not there or cannot be understood, and what mends it."""
    try:
        for file in files_of(path):
            if file.exists() and not file.is_dir():
                regular(file)  # a pipe or a device would be read for ever
        yield
    except (FileNotFoundError, NotADirectoryError):
        raise InputError(f"{path} is not there; run `pvmap map` for this city first.") from None
    except (PvmapError, MemoryError):
        raise
    except Exception as error:  # a damaged file makes a parser raise whatever it likes
        reason = " ".join(str(error).split())[:120]
        raise InputError(
            f"{path} is damaged and cannot be read ({reason}); run `pvmap map` for this city again."
        ) from None


def write_table(folder: Path, name: str, frame: pd.DataFrame, money: str = CNY) -> Path:
    """Check a table and write it as Parquet (GeoParquet where it has geometry) with units in its metadata.

    Parameters
    ----------
    folder
        Run folder; the file is ``folder/name.parquet``.
    name
        Key of ``TABLES``.
    frame
        Rows, already in the order they should lie on disk.
    money
        Currency that the units of amounts name.
    """
    frame = check(name, frame)

    def write(path: Path) -> None:
        if isinstance(frame, gpd.GeoDataFrame):
            return _write_outlines(path, frame, name, money)
        table = pa.Table.from_pandas(frame, preserve_index=False)
        table = table.replace_schema_metadata(with_notes(table.schema, name, money).metadata)
        pq.write_table(table, path, row_group_size=ROW_GROUP, **stored(table.schema))

    return write_atomically(folder / f"{name}.parquet", write)


def _write_outlines(path: Path, frame: gpd.GeoDataFrame, name: str, money: str) -> None:
    """Write GeoParquet, then once more with metadata of our own, for which geopandas offers no way."""
    plain = aside(path)
    try:
        frame.to_parquet(plain, write_covering_bbox=True, row_group_size=ROW_GROUP, index=False, **AS_PART)
        with pq.ParquetFile(plain) as file:
            schema = with_notes(file.schema_arrow, name, money)
            with pq.ParquetWriter(path, schema, **stored(schema)) as out:
                for group in range(file.num_row_groups):
                    out.write_table(file.read_row_group(group).cast(schema))
    finally:
        remove(plain)


def stored(schema: pa.Schema) -> dict[str, Any]:
    """Say how a table is stored that stays: words by a dictionary, which makes numbers, ids and outlines no smaller."""
    texts = [one.name for one in schema if pa.types.is_string(one.type) or pa.types.is_large_string(one.type)]
    return {"compression": "zstd", "use_dictionary": [name for name in texts if name not in IDS]}


def with_notes(schema: pa.Schema, name: str, money: str) -> pa.Schema:
    """Add units and meanings of a table's columns to the metadata of its file."""
    specs = {column: TABLES[name].column(column) for column in schema.names}
    known = {column: spec for column, spec in specs.items() if spec is not None}
    notes = {column: {"unit": in_money(spec.unit, money), "about": spec.about} for column, spec in known.items()}
    return schema.with_metadata({**(schema.metadata or {}), b"pvmap": json.dumps(notes).encode()})


def add_columns(folder: Path, name: str, columns: dict[str, Any], money: str = CNY) -> Path:
    """Add columns to a table without geometry, or put them in the place of those it has, a few rows at a time.

    Parameters
    ----------
    folder, name, money
        As for `write_table`.
    columns
        Name -> array with a value for each row of the table, in its order.
    """
    path, first = folder / f"{name}.parquet", 0
    for file in files_of(path):
        last = first + pq.read_metadata(file).num_rows
        _add_to_file(file, name, {column: values[first:last] for column, values in columns.items()}, money)
        first = last
    if path.is_dir():
        tell_ends(path)
    return path


def _add_to_file(path: Path, name: str, columns: dict[str, Any], money: str) -> None:
    def write(part: Path) -> None:
        with contextlib.ExitStack() as stack:
            file, out, first = stack.enter_context(pq.ParquetFile(path)), None, 0
            for group in range(file.num_row_groups):
                rows = file.read_row_group(group).to_pandas()
                last = first + len(rows)
                frame = check(name, rows.assign(**{column: values[first:last] for column, values in columns.items()}))
                table = pa.Table.from_pandas(frame, preserve_index=False)
                if out is None:
                    schema = with_notes(table.schema, name, money)
                    out = stack.enter_context(pq.ParquetWriter(part, schema, **stored(schema)))
                out.write_table(table.cast(schema), row_group_size=ROW_GROUP)
                first = last

    write_atomically(path, write)


def write_stream(path: Path, tables: Iterator[pa.Table]) -> Path:
    """Write rows as they come, of the schema of the first of them: rows of a checked table of which values changed.

    While some are written the next are made: who writes the whole city keeps all others waiting.
    """

    def write(part: Path) -> None:
        first = next(tables)
        with pq.ParquetWriter(part, first.schema, **stored(first.schema)) as out, ThreadPoolExecutor(1) as writer:
            writing = writer.submit(out.write_table, first, ROW_GROUP)
            for table in tables:
                writing.result()
                writing = writer.submit(out.write_table, table, ROW_GROUP)
            writing.result()

    return write_atomically(path, write)


def read_table(
    folder: Path,
    name: str,
    columns: list[str] | None = None,
    bbox: tuple[float, float, float, float] | None = None,
    filters: list[tuple[str, str, Any]] | None = None,
) -> pd.DataFrame:
    """Read a table (a GeoDataFrame where it has geometry), optionally only some columns, a window or some rows."""
    path = folder / f"{name}.parquet"
    if TABLES[name].geometry and (columns is None or "geometry" in columns):
        return read_outlines(path, columns=columns, bbox=bbox, filters=filters)
    with reading(path):
        if filters is None and path.is_file():
            return pd.read_parquet(path, columns=columns)
        return some_rows(path, columns, filters=filters).to_pandas()


def read_rows(
    folder: Path, name: str, filters: list[tuple[str, str, Any]] | None = None, columns: list[str] | None = None
) -> pa.Table:
    """Read some rows of a table, or columns of them, as they are stored."""
    path = folder / f"{name}.parquet"
    with reading(path):
        if filters is None and path.is_file():
            return pq.read_table(path, columns=columns)
        return some_rows(path, columns, filters=filters)


def read_outlines(path: Path, columns: list[str] | None = None, **which: Any) -> gpd.GeoDataFrame:
    """Read a table of outlines of the run, or some of its rows, or say which run is missing it.

    Parameters
    ----------
    path, columns
        What to read; all columns where none are named.
    which
        As for `windows.some_rows`; None means all rows.
    """
    some = {name: value for name, value in which.items() if value is not None}
    with reading(path):
        if path.is_file() and not some:
            return gpd.read_parquet(path, columns=columns)
        return some_outlines(path, columns, **some)


def column_notes(path: Path) -> dict[str, dict[str, str]]:
    """Units and descriptions stored in a table's file."""
    return json.loads(notes_of(path).get(b"pvmap", b"{}"))


def column_names(folder: Path, name: str) -> list[str]:
    """Names of the columns of a table, in its order."""
    path = folder / f"{name}.parquet"
    with reading(path):
        return names_of(path)
