"""Parts of tables, which tiles leave: written quickly, read once, joined a few at a time."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from pvmap.currency import CNY
from pvmap.disk import write_atomically
from pvmap.store import AS_PART, ROW_GROUP, reading, with_notes, write_stream, write_table
from pvmap.store.files import place
from pvmap.tables import TABLES
from pvmap.tables.contract import check, nothing


def write_part(folder: Path, name: str, frame: pd.DataFrame) -> Path:
    """Check a tile's share of a table and write it for `join_tables`, which is the only one to read it, and once."""
    frame = check(name, frame)

    def write(path: Path) -> None:
        if isinstance(frame, gpd.GeoDataFrame):
            frame.to_parquet(path, write_covering_bbox=True, index=False, **AS_PART)
        else:
            pq.write_table(pa.Table.from_pandas(frame, preserve_index=False), path, **AS_PART)

    return write_atomically(folder / f"{name}.parquet", write, flush=False)


def write_series(path: Path, labels: pd.DataFrame, column: str, values: np.ndarray) -> Path:
    """Write series of one length, one row each: its labels, and its (row, time) values as one list."""
    lists = pa.FixedSizeListArray.from_arrays(pa.array(values.ravel()), values.shape[1])
    table = pa.Table.from_pandas(labels, preserve_index=False).append_column(column, lists)
    return write_atomically(path, lambda temporary: pq.write_table(table, temporary, **AS_PART), flush=False)


def read_series(path: Path, column: str) -> tuple[pd.DataFrame, np.ndarray]:
    """Read what `write_series` wrote."""
    with reading(path):
        table = pq.read_table(path)
    values = table[column].combine_chunks()
    n_times = values.type.list_size
    return table.drop_columns(column).to_pandas(), values.flatten().to_numpy().reshape(len(table), n_times)


def join_tables(
    parts: Sequence[Path], folder: Path, name: str, crs: str, money: str = CNY, number: int | None = None
) -> Path:
    """Join parts of a table in their order, a few at a time, so that memory does not grow with the city.

    Parameters
    ----------
    parts
        Files that `write_part` wrote; no row is in two of them.
    folder, name, money
        As for `write_table`.
    crs
        Of a table with geometry that has no parts.
    number
        Which file of the table this is, where it is a folder of files; without parts it is not written.
    """
    path = place(folder / f"{name}.parquet", number)
    if not parts:
        return path if number is not None else write_table(folder, name, nothing(name, crs), money)
    schema = with_notes(pq.read_schema(parts[0]), name, money)
    if TABLES[name].geometry:
        schema = schema.with_metadata({**schema.metadata, b"geo": _joined_geo([pq.read_schema(f) for f in parts])})

    def groups() -> Iterator[pa.Table]:
        rest = schema.empty_table()
        for part in parts:
            rest = pa.concat_tables([rest, pq.read_table(part).cast(schema)])
            while len(rest) >= ROW_GROUP:
                yield rest.slice(0, ROW_GROUP)
                rest = rest.slice(ROW_GROUP)
        yield rest

    return write_stream(path, groups())


def _joined_geo(schemas: list[pa.Schema]) -> bytes:
    """GeoParquet's metadata for all parts: their common bounds, and every type of geometry among them."""
    every = [json.loads(schema.metadata[b"geo"]) for schema in schemas]
    column = every[0]["primary_column"]
    about = [one["columns"][column] for one in every]
    joined = every[0]["columns"][column]
    joined["geometry_types"] = sorted({kind for one in about for kind in one["geometry_types"]})
    bounds = [one["bbox"] for one in about if one.get("bbox")]
    if bounds:
        west, south, east, north = zip(*bounds, strict=True)
        joined["bbox"] = [min(west), min(south), max(east), max(north)]
    return json.dumps(every[0]).encode()


def read_joined(parts: Sequence[Path], columns: list[str] | None = None) -> pd.DataFrame:
    """Read parts of a table, or columns of them, one after the other, without their geometry."""
    tables = []
    for part in parts:
        with reading(part), pq.ParquetFile(part) as file:
            tables.append(file.read(columns))
    return pa.concat_tables(tables, promote_options="permissive").to_pandas()
