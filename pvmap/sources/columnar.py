"""Tables that OGR is not asked to read: GeoParquet, and CSV with longitude and latitude or WKT."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import shapely

from pvmap.config import VectorInput
from pvmap.errors import InputError
from pvmap.sources import csv_table
from pvmap.sources.layer import RawLayer, first_line, mapped_columns, require_columns, stated_encoding

LONGITUDE_NAMES = ("lon", "lng", "long", "longitude", "x", "经度")
LATITUDE_NAMES = ("lat", "latitude", "y", "纬度")
WKT_NAMES = ("wkt", "geometry", "geom", "the_geom", "wkt_geom")


def read_geoparquet(path: Path, source: VectorInput, _limit: int | None = None) -> RawLayer:
    """Read geometry and mapped columns of a GeoParquet file."""
    try:
        schema = pq.read_schema(path)
    except (pa.ArrowException, OSError) as error:
        raise InputError(f"{source.path} is not Parquet that can be read: {first_line(error)}.") from None
    if b"geo" not in (schema.metadata or {}):
        raise InputError(f"{source.path} is Parquet without geometry; write it with GeoDataFrame.to_parquet.")
    wanted = mapped_columns(source)
    geometry_column = json.loads(schema.metadata[b"geo"])["primary_column"]
    present = [name for name in schema.names if name != geometry_column]
    require_columns(source, wanted, present)
    conditioned = _named_in(source.where, present)
    columns = list(dict.fromkeys([*wanted.values(), *conditioned, geometry_column]))
    try:
        frame = gpd.read_parquet(path, columns=columns)
    except shapely.errors.ShapelyError:
        frame = _read_leniently(path, columns, geometry_column)
    except (pa.ArrowException, OSError, ValueError) as error:
        raise InputError(f"{source.path} cannot be read: {first_line(error)}.") from None
    row = rows_where(source, pd.DataFrame(frame[conditioned]))
    frame = frame.iloc[row]
    return RawLayer(frame.geometry.to_numpy(), pd.DataFrame(frame[[*dict.fromkeys(wanted.values())]]), row, frame.crs)


def _read_leniently(path: Path, columns: list[str], geometry_column: str) -> gpd.GeoDataFrame:
    """Read a file in which some geometry is none, for example a ring of three points: that one becomes None."""
    table = pq.read_table(path, columns=columns)
    about = json.loads(table.schema.metadata[b"geo"])["columns"][geometry_column]
    geometry = shapely.from_wkb(table[geometry_column].to_numpy(zero_copy_only=False), on_invalid="ignore")
    frame = table.drop_columns(geometry_column).replace_schema_metadata().to_pandas()
    return gpd.GeoDataFrame(frame, geometry=geometry, crs=about.get("crs", "OGC:CRS84"))


def read_csv(path: Path, source: VectorInput, limit: int | None = None) -> RawLayer:
    """Read a CSV whose geometry stands in a WKT column or in two columns of coordinates; all text, nothing guessed.

    The columns are those of ``columns.lon``, ``columns.lat``, ``columns.wkt``, or such as are usually called so.
    """
    table = csv_table.read_csv(path, encoding=stated_encoding(source) or "", limit=limit, layer=source.path)
    frame = table.frame
    wanted = mapped_columns(source)
    require_columns(source, wanted, list(frame.columns))
    row = rows_where(source, frame[_named_in(source.where, list(frame.columns))])
    frame = frame.iloc[row]
    columns = frame[[*dict.fromkeys(wanted.values())]]
    return RawLayer(_csv_geometry(frame, source), columns, row, None, table.findings)


def rows_where(source: VectorInput, columns: pd.DataFrame) -> np.ndarray:
    """Rows that satisfy `source.where`, by SQLite, whose SQL is OGR's for all a filter needs.

    Text compares without regard to case and numbers written as text compare as numbers, as OGR does both.
    """
    if not source.where:
        return np.arange(len(columns), dtype="int64")
    if columns.columns.empty:
        raise InputError(f"{source.path}: where = {source.where!r} names no column of the file.")
    quoted = [name.replace('"', '""') for name in columns.columns]
    names = ", ".join(f'"{name}" NUMERIC COLLATE NOCASE' for name in quoted)
    marks = ", ".join("?" * (columns.shape[1] + 1))
    values = [_plain(columns[name]) for name in columns.columns]
    database = sqlite3.connect(":memory:")
    try:
        database.execute(f"CREATE TABLE layer (pvmap_row INTEGER, {names})")
        database.executemany(f"INSERT INTO layer VALUES ({marks})", zip(range(len(columns)), *values, strict=True))
        found = database.execute(f"SELECT pvmap_row FROM layer WHERE ({source.where}) ORDER BY pvmap_row").fetchall()
    except sqlite3.Error as error:
        raise InputError(f"{source.path}: where = {source.where!r} is not a condition: {first_line(error)}.") from None
    finally:
        database.close()
    return np.fromiter((row for (row,) in found), "int64", len(found))


def _plain(column: pd.Series) -> list[object]:
    """Values SQLite can hold: numbers, text, None."""
    values = column.astype(object).where(column.notna(), None).tolist()
    return [v if v is None or isinstance(v, int | float | str) else str(v) for v in values]


def _named_in(where: str, names: list[str]) -> list[str]:
    return [name for name in names if name.casefold() in where.casefold()]


def _csv_geometry(frame: pd.DataFrame, source: VectorInput) -> np.ndarray:
    named: dict[str, str] = {c: source.columns[c] for c in ("lon", "lat", "wkt") if c in source.columns}
    require_columns(source, named, list(frame.columns))
    wkt = named.get("wkt") or _usual(frame, WKT_NAMES)
    longitude = named.get("lon") or _usual(frame, LONGITUDE_NAMES)
    latitude = named.get("lat") or _usual(frame, LATITUDE_NAMES)
    if wkt and not ("lon" in named and "lat" in named):
        return shapely.from_wkt(frame[wkt].str.strip().to_numpy(object), on_invalid="ignore")
    if longitude and latitude:
        x = pd.to_numeric(frame[longitude], errors="coerce").to_numpy(float)
        y = pd.to_numeric(frame[latitude], errors="coerce").to_numpy(float)
        points = np.full(len(frame), None, object)
        usable = np.isfinite(x) & np.isfinite(y)
        points[usable] = shapely.points(x[usable], y[usable])
        return points
    raise InputError(
        f"{source.path} has no geometry: none of its columns ({', '.join(frame.columns)}) holds WKT or longitude and "
        "latitude; name them under columns (wkt, or lon and lat), or join the table to polygons first."
    )


def _usual(frame: pd.DataFrame, names: tuple[str, ...]) -> str | None:
    return next((column for column in frame.columns if column.strip().casefold() in names), None)
