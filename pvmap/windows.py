"""Some rows of a file of the run: where they lie is read once a process, since that takes longer the more there are."""

from __future__ import annotations

import functools
import json
import operator
from functools import lru_cache
from pathlib import Path
from typing import Any

import geopandas as gpd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as pads
import pyarrow.parquet as pq
import pyproj
import shapely
from geopandas.array import GeometryArray
from pyarrow.fs import LocalFileSystem

Bounds = tuple[float, float, float, float]
COVERING = "bbox"  # column of the bounds of each outline
SIDES = ("xmin", "ymin", "xmax", "ymax")  # of them, as GeoParquet names them


def some_rows(
    path: Path,
    columns: list[str] | None = None,
    bbox: Bounds | None = None,
    filters: list[tuple[str, str, Any]] | None = None,
) -> pa.Table:
    """Read the rows whose outlines touch a window, that filters let through, or both, as they are stored."""
    wanted = [] if filters is None else [pq.filters_to_expression(filters)]
    if bbox is not None:
        west, south, east, north = (pc.scalar(float(one)) for one in bbox)
        at = functools.partial(pc.field, COVERING)
        wanted += [at("xmin") <= east, at("xmax") >= west, at("ymin") <= north, at("ymax") >= south]
    return _kept(path).to_table(columns, functools.reduce(operator.and_, wanted), use_threads=False)


def names_of(path: Path) -> list[str]:
    """Names of the columns of a file."""
    return _kept(path).schema.names


def _kept(path: Path) -> pads.Dataset:
    """Open a file with what its end tells of it, until another takes its place."""
    found = path.stat()
    return _opened(path, found.st_ino, found.st_size, found.st_mtime_ns)


@lru_cache(maxsize=4)
def _opened(path: Path, *_: int) -> pads.Dataset:
    form = pads.ParquetFileFormat()
    fragment = form.make_fragment(str(path), filesystem=LocalFileSystem())
    fragment.ensure_complete_metadata()
    return pads.FileSystemDataset([fragment], fragment.physical_schema, form, fragment.filesystem)


def some_outlines(path: Path, columns: list[str] | None = None, **which: Any) -> gpd.GeoDataFrame:
    """Read some rows of a GeoParquet file, as `geopandas.read_parquet` gives them; `which` as for `some_rows`."""
    names = columns or [one for one in names_of(path) if one != COVERING]
    table = some_rows(path, names, **which)
    about = json.loads(table.schema.metadata[b"geo"])
    column = about["primary_column"]
    outlines = shapely.from_wkb(table[column].to_numpy())
    frame = table.drop_columns(column).to_pandas()
    crs = _crs(json.dumps(about["columns"][column]["crs"]))
    return gpd.GeoDataFrame(frame, geometry=GeometryArray(outlines, crs=crs))[names]


@lru_cache(maxsize=8)
def _crs(text: str) -> pyproj.CRS:
    return pyproj.CRS.from_json(text)
