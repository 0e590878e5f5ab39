"""Tables that OGR is not asked to read: GeoParquet, and CSV with longitude and latitude or WKT."""

from __future__ import annotations

import json
from pathlib import Path
from typing import NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import shapely
from pyproj import CRS
from pyproj.exceptions import CRSError

from pvmap.errors import InputError
from pvmap.settings.city import VectorInput
from pvmap.sources import csv_table
from pvmap.sources.layer import (
    WHOLE,
    RawLayer,
    first_line,
    require_columns,
    require_sound,
    stated_encoding,
    unreadable,
    wanted_columns,
)
from pvmap.sources.numbers import read_numbers
from pvmap.sources.stretches import LARGE
from pvmap.sources.where import columns_in, rows_where

LONGITUDE_NAMES = ("lon", "lng", "long", "longitude", "x", "经度")
LATITUDE_NAMES = ("lat", "latitude", "y", "纬度")
WKT_NAMES = ("wkt", "geometry", "geom", "the_geom", "wkt_geom")


class Geometries(NamedTuple):
    """Where the geometries of a GeoParquet file are: its column, their number and their CRS."""

    column: str
    n_rows: int
    crs: CRS | None


def plain_geometries(path: Path) -> Geometries | None:
    """Say where a file of many rows has geometries that are bytes; None for any other, or what cannot be read so."""
    try:
        file = pq.read_metadata(path)
        schema = file.schema.to_arrow_schema()
        about = json.loads(schema.metadata[b"geo"])
        column = about["primary_column"]
        if file.num_rows < LARGE or schema.field(column).type not in (pa.binary(), pa.large_binary()):
            return None
        return Geometries(column, file.num_rows, _stated_crs(about["columns"][column]))
    except (pa.ArrowException, CRSError, OSError, ValueError, LookupError, TypeError):  # whoever reads it tells why
        return None


def read_geoparquet(path: Path, source: VectorInput, asleep: bool = False) -> RawLayer:
    """Read geometry and mapped columns of a GeoParquet file; if `asleep`, one of `plain_geometries` without these."""
    try:
        schema = pq.read_schema(path)
    except (pa.ArrowException, OSError, ValueError) as error:  # a name that is no text is a ValueError
        raise InputError(f"{source.path} is not Parquet that can be read: {first_line(error)}.") from None
    if b"geo" not in (schema.metadata or {}):
        raise InputError(f"{source.path} is Parquet without geometry; write it with GeoDataFrame.to_parquet.")
    try:
        geometry_column = json.loads(schema.metadata[b"geo"])["primary_column"]
    except (ValueError, LookupError, TypeError):  # UnicodeDecodeError is a ValueError
        raise InputError(unreadable(source.path, "its description of the geometry is damaged")) from None
    present = [name for name in schema.names if name != geometry_column]
    wanted = wanted_columns(source, present)
    conditioned = columns_in(source.where, present)
    columns = list(dict.fromkeys([*wanted.values(), *conditioned, geometry_column]))
    try:
        if asleep:
            return _read_asleep(path, wanted, geometry_column, source)
        frame = gpd.read_parquet(path, columns=columns, to_pandas_kwargs=WHOLE)
    except shapely.errors.ShapelyError:
        frame = _read_leniently(path, columns, geometry_column)
    except (pa.ArrowException, CRSError, OSError, ValueError, LookupError, TypeError) as error:
        raise InputError(unreadable(source.path, first_line(error))) from None
    require_sound(((name, pa.array(frame[name])) for name in frame.select_dtypes("str")), source.path)
    row = rows_where(source, pd.DataFrame(frame[conditioned]), frame.geometry.to_numpy())
    frame = frame.iloc[row]
    mapped = pd.DataFrame(frame[[*dict.fromkeys(wanted.values())]])
    return RawLayer(frame.geometry.to_numpy(), mapped, row, frame.crs, names=wanted)


def _stated_crs(about: dict[str, object]) -> CRS | None:
    """CRS that a file states of its geometries."""
    return gpd.GeoSeries([], crs=about.get("crs", "OGC:CRS84")).crs


def _read_asleep(path: Path, wanted: dict[str, str], geometry_column: str, source: VectorInput) -> RawLayer:
    """Read a file without its geometries."""
    columns, file = list(dict.fromkeys(wanted.values())), pq.read_metadata(path)
    table = pq.read_table(path, columns=columns)
    about = json.loads(file.schema.to_arrow_schema().metadata[b"geo"])["columns"][geometry_column]
    frame = table.replace_schema_metadata().to_pandas(**WHOLE)
    require_sound(((name, pa.array(frame[name])) for name in frame.select_dtypes("str")), source.path)
    row = np.arange(file.num_rows, dtype="int64")
    return RawLayer(np.empty(0, object), frame[columns], row, _stated_crs(about), names=wanted)


def _read_leniently(path: Path, columns: list[str], geometry_column: str) -> gpd.GeoDataFrame:
    """Read a file in which some geometry is none, for example a ring of three points: that one becomes None."""
    table = pq.read_table(path, columns=columns)
    about = json.loads(table.schema.metadata[b"geo"])["columns"][geometry_column]
    geometry = shapely.from_wkb(table[geometry_column].to_numpy(zero_copy_only=False), on_invalid="ignore")
    frame = table.drop_columns(geometry_column).replace_schema_metadata().to_pandas(**WHOLE)
    return gpd.GeoDataFrame(frame, geometry=geometry, crs=_stated_crs(about))


def read_csv(path: Path, source: VectorInput) -> RawLayer:
    """Read a CSV whose geometry stands in a WKT column or in two columns of coordinates; all text, nothing guessed.

    The columns are those of ``columns.lon``, ``columns.lat``, ``columns.wkt``, or such as are usually called so.
    """
    table = csv_table.read_csv(path, encoding=stated_encoding(source) or "", layer=source.path)
    frame = table.frame
    wanted = wanted_columns(source, list(frame.columns))
    geometry = _csv_geometry(frame, source)
    row = rows_where(source, frame, geometry)
    columns = frame[[*dict.fromkeys(wanted.values())]].iloc[row]
    return RawLayer(geometry[row], columns, row, None, table.findings, names=wanted)


def _csv_geometry(frame: pd.DataFrame, source: VectorInput) -> np.ndarray:
    named: dict[str, str] = {c: source.columns[c] for c in ("lon", "lat", "wkt") if c in source.columns}
    require_columns(source, named, list(frame.columns))
    wkt = named.get("wkt") or _usual(frame, WKT_NAMES)
    longitude = named.get("lon") or _usual(frame, LONGITUDE_NAMES)
    latitude = named.get("lat") or _usual(frame, LATITUDE_NAMES)
    if wkt and not ("lon" in named and "lat" in named):
        text = frame[wkt].str.strip()
        shapes = shapely.from_wkt(text.to_numpy(object), on_invalid="ignore")
        if shapely.is_missing(shapes).all() and (told := text[text.ne("")]).size:
            raise InputError(
                f"{source.path}: column {wkt!r} holds no WKT, first {told.iloc[0][:20]!r}; write it as POLYGON "
                "((...)), for example with ST_AsText."
            )
        return shapes
    if longitude and latitude:
        x, y = (read_numbers(frame[column], "deg").values for column in (longitude, latitude))
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
