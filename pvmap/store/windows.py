"""Some rows of a table of the run: where they lie is read once a process, for it takes longer the more there are."""

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

from pvmap.store.files import files_of

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
    rows = functools.reduce(operator.and_, wanted) if wanted else None
    return _kept(path).to_table(columns, rows, use_threads=False)


def names_of(path: Path) -> list[str]:
    """Names of the columns of a table."""
    return _kept(path).schema.names


def notes_of(path: Path) -> dict[bytes, bytes]:
    """Metadata of a table, of its first file where it has several."""
    return _kept(path).schema.metadata or {}


def _kept(path: Path) -> pads.Dataset:
    """Open a table with what the ends of its files tell of it, until others take their place."""
    return _opened(*((file, (at := file.stat()).st_ino, at.st_size, at.st_mtime_ns) for file in files_of(path)))


@lru_cache(maxsize=4)
def _opened(*files: tuple[Path, int, int, int]) -> pads.Dataset:
    form, system = pads.ParquetFileFormat(), LocalFileSystem()
    fragments = [form.make_fragment(str(file), filesystem=system) for file, *_ in files]
    for one in fragments:
        one.ensure_complete_metadata()
    return pads.FileSystemDataset(fragments, fragments[0].physical_schema, form, system)


def some_outlines(path: Path, columns: list[str] | None = None, **which: Any) -> gpd.GeoDataFrame:
    """Read some rows of a table of outlines, as `geopandas.read_parquet` gives them; `which` as for `some_rows`."""
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
