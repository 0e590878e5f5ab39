"""Tables of the run a group of rows at a time, for whoever does not hold the city."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from pvmap.disk import write_atomically
from pvmap.store import AS_PART, ROW_GROUP, reading
from pvmap.store.files import files_of


def batches(
    folder: Path, name: str, columns: list[str], n_rows: int = ROW_GROUP, rows: slice = slice(None)
) -> Iterator[pa.Table]:
    """Read some columns of a table in stretches of at most `n_rows` rows; geometry comes as WKB.

    Of `rows` alone, where they are given: they begin and end with groups of rows.
    """
    path = folder / f"{name}.parquet"
    with reading(path):
        for file, end, groups in _groups_of(path, rows).files:
            with pq.ParquetFile(file, metadata=end) as opened:
                for batch in opened.iter_batches(n_rows, row_groups=groups, columns=columns):
                    yield pa.Table.from_batches([batch])


def count(folder: Path, name: str) -> int:
    """Count the rows of a table."""
    path = folder / f"{name}.parquet"
    with reading(path):
        return sum(end.num_rows for end in _ends(path))


def read_slice(folder: Path, name: str, columns: list[str] | None = None, rows: slice | None = None) -> pd.DataFrame:
    """Read a stretch of rows of a table without its geometry, and little more than them."""
    path, tables = folder / f"{name}.parquet", []
    with reading(path):
        here = _groups_of(path, rows or slice(None))
        for file, end, groups in here.files:
            with pq.ParquetFile(file, metadata=end) as opened:
                tables.append(opened.read_row_groups(groups, columns=columns))
        return pa.concat_tables(tables).slice(here.skipped, here.n_rows).to_pandas()


class _Groups(NamedTuple):
    """Groups that hold some rows: by file, with its end; how many rows of the first come before, how many they are."""

    files: list[tuple[Path, pq.FileMetaData, list[int]]]
    skipped: int
    n_rows: int


def _groups_of(path: Path, rows: slice) -> _Groups:
    """Find the groups of a table that hold some rows; of none the first file, and no group of it."""
    files, ends = files_of(path), _ends(path)
    first, last, _ = rows.indices(sum(end.num_rows for end in ends))
    found, begin, before = [], 0, None
    for file, end in zip(files, ends, strict=True):
        here = []
        for group in range(end.num_row_groups):
            until = begin + end.row_group(group).num_rows
            if first < until and begin < last:
                here.append(group)
                before = begin if before is None else before
            begin = until
        if here:
            found.append((file, end, here))
    return _Groups(found or [(files[0], ends[0], [])], first - (before or 0), last - first)


def _ends(path: Path) -> list[pq.FileMetaData]:
    """Read where the rows of a table lie, once for all slices: it is longer the more rows there are."""
    return _ends_of(*((file, (at := file.stat()).st_ino, at.st_size, at.st_mtime_ns) for file in files_of(path)))


@lru_cache(maxsize=4)
def _ends_of(*files: tuple[Path, int, int, int]) -> list[pq.FileMetaData]:
    return [pq.read_metadata(file) for file, *_ in files]


def copy_rows(folder: Path, name: str, rows: slice, target: Path) -> Path:
    """Copy some rows of a table into a folder, a group of rows at a time, for readers that read tables whole."""
    path = folder / f"{name}.parquet"

    def write(out: Path) -> None:
        with reading(path):
            files, skipped, left = _groups_of(path, rows)
            with pq.ParquetWriter(out, pq.read_schema(files[0][0]), **AS_PART) as copy:
                for file, end, groups in files:
                    with pq.ParquetFile(file, metadata=end) as opened:
                        for group in groups:
                            some = opened.read_row_group(group).slice(skipped, left)
                            copy.write_table(some)
                            skipped, left = 0, left - len(some)

    return write_atomically(target / f"{name}.parquet", write)


def distinct(folder: Path, name: str, column: str) -> set[Any]:
    """Values of a column of a table, a few rows at a time."""
    return {one for rows in batches(folder, name, [column]) for one in rows[column].unique().to_pylist()}
