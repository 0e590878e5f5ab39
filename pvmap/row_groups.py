"""Tables of the run a group of rows at a time, for whoever does not hold the city."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from pvmap.disk import write_atomically
from pvmap.store import AS_PART, ROW_GROUP, reading


def batches(
    folder: Path, name: str, columns: list[str], n_rows: int = ROW_GROUP, rows: slice = slice(None)
) -> Iterator[pa.Table]:
    """Read some columns of a table in stretches of at most `n_rows` rows; geometry comes as WKB.

    Of `rows` alone, where they are given: they begin and end with groups of rows.
    """
    path = folder / f"{name}.parquet"
    with reading(path), pq.ParquetFile(path, metadata=_footer(path)) as file:
        here, _, _ = _groups_of(file.metadata, rows)
        for batch in file.iter_batches(n_rows, row_groups=here, columns=columns):
            yield pa.Table.from_batches([batch])


def count(folder: Path, name: str) -> int:
    """Count the rows of a table."""
    path = folder / f"{name}.parquet"
    with reading(path):
        return _footer(path).num_rows


def read_slice(folder: Path, name: str, columns: list[str] | None = None, rows: slice | None = None) -> pd.DataFrame:
    """Read a stretch of rows of a table without its geometry, and little more than them."""
    path = folder / f"{name}.parquet"
    with reading(path), pq.ParquetFile(path, metadata=_footer(path)) as file:
        here, skipped, n_rows = _groups_of(file.metadata, rows or slice(None))
        return file.read_row_groups(here, columns=columns).slice(skipped, n_rows).to_pandas()


def _footer(path: Path) -> pq.FileMetaData:
    """Read where a file's rows lie, once for all slices: it is longer the more rows there are."""
    found = path.stat()
    return _footer_of(path, found.st_ino, found.st_size, found.st_mtime_ns)


@lru_cache(maxsize=4)
def _footer_of(path: Path, *_: int) -> pq.FileMetaData:
    return pq.read_metadata(path)


def _groups_of(about: pq.FileMetaData, rows: slice) -> tuple[list[int], int, int]:
    """Find the groups that hold some rows, how many of the first come before them, and how many they are."""
    first, last, _ = rows.indices(about.num_rows)
    ends = list(itertools.accumulate(about.row_group(group).num_rows for group in range(about.num_row_groups)))
    here = [group for group, end in enumerate(ends) if end > first and end - about.row_group(group).num_rows < last]
    before = ends[here[0] - 1] if here and here[0] else 0
    return here, first - before, last - first


def copy_rows(folder: Path, name: str, rows: slice, target: Path) -> Path:
    """Copy some rows of a table into a folder, a group of rows at a time, for readers that read tables whole."""
    path = folder / f"{name}.parquet"

    def write(out: Path) -> None:
        with reading(path), pq.ParquetFile(path) as file, pq.ParquetWriter(out, file.schema_arrow, **AS_PART) as copy:
            here, skipped, left = _groups_of(file.metadata, rows)
            for group in here:
                some = file.read_row_group(group).slice(skipped, left)
                copy.write_table(some)
                skipped, left = 0, left - len(some)

    return write_atomically(target / f"{name}.parquet", write)


def distinct(folder: Path, name: str, column: str) -> set[Any]:
    """Values of a column of a table, a few rows at a time."""
    return {one for rows in batches(folder, name, [column]) for one in rows[column].unique().to_pylist()}
