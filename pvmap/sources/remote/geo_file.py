"""The file that every client writes its shapes to: GeoParquet in one schema a layer, row by row, never all at once."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from pvmap import disk

CRS = "OGC:CRS84"
TEXT = pa.string()
SHARED = {"id": TEXT, "name": TEXT}
COLUMNS = {
    "buildings": {**SHARED, "height": TEXT, "floors": TEXT, "use": TEXT, "source": TEXT},
    "water": {**SHARED, "water_type": TEXT},
    "land_use": {**SHARED, "land_use": TEXT},
    "protected": {**SHARED, "kind": TEXT},
    "power": {**SHARED, "kind": TEXT, "voltage": TEXT},
    "roads": {**SHARED, "kind": TEXT},
}
# without "crs" GeoParquet means longitude and latitude on WGS84
ABOUT = {
    "version": "1.1.0",
    "primary_column": "geometry",
    "columns": {"geometry": {"encoding": "WKB", "geometry_types": []}},
}


def schema(layer: str) -> pa.Schema:
    """Return the columns of a layer; numbers are text, for providers write units and lists into them."""
    fields = {**COLUMNS[layer], "geometry": pa.binary()}
    return pa.schema(list(fields.items()), metadata={"geo": json.dumps(ABOUT)})


def write(layer: str, tables: Iterable[pa.Table], path: Path) -> int:
    """Write tables of a layer's columns one after the other, and return how many rows there are.

    Raises
    ------
    DiskError
        It does not fit.
    """
    n_rows = 0

    def fill(temporary: Path) -> None:
        nonlocal n_rows
        with pq.ParquetWriter(temporary, schema(layer), compression="zstd") as writer:
            for table in tables:
                if table.num_rows:
                    writer.write_table(table.cast(schema(layer)))
                    n_rows += table.num_rows

    disk.write_atomically(path, fill)
    return n_rows


def batches(path: Path) -> Iterable[pa.Table]:
    """Read such a file back, a row group at a time."""
    with pq.ParquetFile(path) as file:
        for number in range(file.num_row_groups):
            yield file.read_row_group(number)
