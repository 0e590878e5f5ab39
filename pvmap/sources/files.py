"""Opening a vector file whatever its format: one dict of readers by suffix, everything else through OGR."""

from __future__ import annotations

import codecs
import warnings
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pyogrio
import shapely
from pyogrio.errors import DataLayerError, DataSourceError, FieldError
from pyogrio.raw import read_arrow
from pyogrio.util import vsi_path
from pyproj import CRS
from pyproj.exceptions import CRSError

from pvmap.crs import require_on_earth
from pvmap.errors import ConfigError, InputError, PvmapError
from pvmap.findings import Finding, finding
from pvmap.opening import PUT_IT_THERE
from pvmap.settings.city import VectorInput
from pvmap.settings.presets import FETCHED, preset
from pvmap.sources import archive, csv_table, gdal_door, shapefile_text
from pvmap.sources.city_buildings import is_city_model, read_buildings
from pvmap.sources.columnar import Geometries, plain_geometries, read_csv, read_geoparquet
from pvmap.sources.companions import vector_files
from pvmap.sources.condition import require_plain
from pvmap.sources.layer import (
    WHOLE,
    RawLayer,
    first_line,
    mapped_columns,
    require_columns,
    require_sound,
    stated_encoding,
    unreadable,
    wanted_columns,
)
from pvmap.sources.named_crs import require_known_crs
from pvmap.sources.own_data import require_own_data
from pvmap.sources.where import columns_in, rows_where

READERS: dict[str, Callable[[Path, VectorInput], RawLayer]] = {
    ".parquet": read_geoparquet,
    ".geoparquet": read_geoparquet,
    ".pq": read_geoparquet,
    ".csv": read_csv,
    ".tsv": read_csv,
    ".txt": read_csv,
}
ONE_LAYER = (".shp", ".geojson", ".json", ".geojsonl", ".fgb")  # listing layers would parse the file once more
JSONS, UTF16 = (".geojson", ".json", ".geojsonl"), (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
# IndexError: what pyogrio raises on a file without any layer
OGR_ERRORS = (DataSourceError, DataLayerError, FieldError, OSError, ValueError, RuntimeError, IndexError)


def open_layer(source: VectorInput, raw: Path, *, asleep: bool = False) -> tuple[RawLayer, CRS]:
    """Open the layer an input names and settle its CRS; nothing else is judged.

    Parameters
    ----------
    source
        Input of the city file.
    raw
        Folder its path is relative to.
    asleep
        Leave out the geometries: it is a layer of `sleeping`.

    Raises
    ------
    InputError
        The file is missing, unreadable, empty, has no geometry, no CRS, or not the layer, column or encoding asked for.
    ConfigError
        The city file's CRS or column name is none.
    """
    path = raw / source.path
    vector_files(path, f"it is to be had from {source.origin}" if source.origin else PUT_IT_THERE)
    require_plain(source.where, source.path)
    read = read_buildings if is_city_model(path) else READERS.get(path.suffix.lower(), _read_ogr)
    layer = read_geoparquet(path, source, asleep) if read is read_geoparquet else read(path, source)
    if not len(layer.row):
        raise InputError(
            f"{source.path}: no row satisfies where = {source.where!r}; correct it in the city file."
            if source.where
            else _empty(source)
        )
    return _settle_crs(replace(layer, findings=(*layer.findings, *_of_a_set(layer, source))), source)


def sleeping(source: VectorInput, raw: Path) -> tuple[Geometries, CRS] | None:
    """Say where a large layer has geometries that can be read in stretches, and its settled CRS; None for others."""
    path = raw / source.path
    if READERS.get(path.suffix.lower()) is not read_geoparquet or source.where:
        return None
    try:
        vector_files(path, PUT_IT_THERE)
        found = plain_geometries(path)
        return None if found is None else (found, _settle_crs(_of_crs(found.crs), source)[1])
    except PvmapError:  # told by whoever reads the layer
        return None


def columns_there(source: VectorInput, raw: Path) -> list[str]:
    """Names of the columns, geometry left out, of a file that `open_layer` has read; of a city model none."""
    path = raw / source.path
    if is_city_model(path):
        return []
    reader = READERS.get(path.suffix.lower())
    if reader is read_geoparquet:
        return pq.read_schema(path).names
    if reader is read_csv:
        table = csv_table.read_csv(path, encoding=stated_encoding(source) or "", layer=source.path)
        return [str(name) for name in table.frame]
    inner = archive.member(path, source) if path.suffix.lower() == ".zip" else ""
    place = archive.gdal_path(path, inner) if inner else str(path.absolute())
    with gdal_door.vectors():
        layer = _layer_name(place, source)
        encoding, _ = shapefile_text.encoding_of(path, inner, place, source, layer)
        return _fields(place, {"layer": layer, "encoding": encoding} | gdal_door.open_options(place))


def _of_crs(crs: CRS | None) -> RawLayer:
    return RawLayer(np.empty(0, object), pd.DataFrame(), np.empty(0, "int64"), crs)


def _of_a_set(layer: RawLayer, source: VectorInput) -> Iterator[Finding]:
    """Tell the terms of a public set, and which of the columns it is known for are not there."""
    if not source.preset:
        return
    known = preset(source.preset)
    if source.preset != FETCHED:
        yield finding("set-terms", layer=source.path, known_set=source.preset, licence=known.licence)
        absent = [known.columns[ours] for ours in ("height_m", "floors", "building_use") if _lacks(layer, source, ours)]
        if absent and not known.columns.keys().isdisjoint(layer.names):
            columns = ", ".join(absent)
            yield finding("set-columns-absent", layer=source.path, known_set=source.preset, columns=columns)


def _lacks(layer: RawLayer, source: VectorInput, ours: str) -> bool:
    return ours in source.if_there and ours not in layer.names


def _empty(source: VectorInput) -> str:
    return f"{source.path} is empty; export it again or drop it from the city file."


def _settle_crs(layer: RawLayer, source: VectorInput) -> tuple[RawLayer, CRS]:
    """CRS of the layer: the city file's word first, else the file's."""
    if not source.crs:
        if layer.crs is None or layer.crs.name.startswith("Undefined "):  # as GeoPackage calls what nobody has said
            raise InputError(f'{source.path} states no CRS; state it in the city file, for example crs = "EPSG:4326".')
        return layer, require_on_earth(layer.crs, source.path)
    try:
        stated = CRS.from_user_input(source.crs)
    except CRSError:
        raise ConfigError(f"{source.path}: crs = {source.crs!r} is not a CRS; write for example EPSG:4549.") from None
    if layer.crs is not None and not layer.crs.equals(stated, ignore_axis_order=True):
        overruled = finding("crs-overruled", layer=source.path, stated=source.crs, own=layer.crs.name)
        layer = replace(layer, findings=(*layer.findings, overruled))
    return layer, require_on_earth(stated, source.path)


def _read_ogr(path: Path, source: VectorInput) -> RawLayer:
    """Read geometry and mapped columns through OGR, as Arrow."""
    with gdal_door.vectors():
        return _read_shut_in(path, source)


def _read_shut_in(path: Path, source: VectorInput) -> RawLayer:
    """As `_read_ogr`, GDAL being shut in."""
    inner = archive.member(path, source) if path.suffix.lower() == ".zip" else ""
    place = archive.gdal_path(path, inner) if inner else str(path.absolute())
    if vsi_path(place) != place:  # pyogrio takes such marks for those of an address
        raise InputError(f"{path} cannot be read under this name; rename it without ! ? ; # and the like.")
    gdal_door.refuse_doctype(path, inner, source.path)
    _refuse_utf16(path, source)
    require_own_data(path, inner, source)
    try:
        layer = _layer_name(place, source)
        encoding, findings = shapefile_text.encoding_of(path, inner, place, source, layer)
        _require_no_encoding(place, encoding, source)
        options: dict[str, Any] = {"layer": layer, "encoding": encoding}
        with warnings.catch_warnings(record=True) as said:
            warnings.simplefilter("always")
            frame, row, wanted = _frame_and_rows(place, source, options | gdal_door.open_options(place))
        remarks = dict.fromkeys(first_line(w.message) for w in said)
        findings += tuple(finding("reader-remark", layer=source.path, column=one, remark=one) for one in remarks)
    except UnicodeDecodeError as error:
        raise InputError(
            f"{source.path} is not text in {error.encoding}; state its encoding in the city file."
        ) from None
    except UnboundLocalError:  # how pyogrio tells of a CRS that is no text
        raise InputError(
            f"{source.path}: the reference system it names is not text; correct or remove its .prj, or save it anew."
        ) from None
    except OGR_ERRORS as error:
        reason = first_line(error).split("; It might help")[0].rstrip(".")
        raise InputError(unreadable(source.path, reason)) from None
    if not isinstance(frame, gpd.GeoDataFrame):
        raise InputError(f"{source.path} has no geometry, only columns; join the table to polygons first.")
    require_known_crs(path, inner, source, frame.crs)
    mapped = pd.DataFrame(frame[[*dict.fromkeys(wanted.values())]])
    return RawLayer(frame.geometry.to_numpy(), mapped, row, frame.crs, findings, names=wanted)


def _require_no_encoding(place: str, encoding: str | None, source: VectorInput) -> None:
    """Raise an InputError for an encoding of text that only shapefiles, among what GDAL reads, may choose."""
    if encoding not in (None, "utf-8") and not place.lower().endswith(".shp"):
        raise InputError(
            f"{source.path}: encoding = {source.encoding!r} holds for shapefiles and tables only; save the file as "
            "UTF-8, or export it as GeoPackage, and leave encoding out."
        )


def _refuse_utf16(path: Path, source: VectorInput) -> None:
    """Raise an InputError for JSON in two bytes a letter, as some shells write it: GDAL takes it for no JSON."""
    if path.suffix.lower() in JSONS:
        with open(path, "rb") as file:
            if file.read(2) in UTF16:
                raise InputError(f"{source.path} is text in UTF-16; save it as UTF-8.")


def _frame_and_rows(
    place: str, source: VectorInput, options: dict[str, Any]
) -> tuple[pd.DataFrame, np.ndarray, dict[str, str]]:
    """Rows that satisfy `where`, which rows of the file they are, and the columns that are wanted of them."""
    wanted, fields = mapped_columns(source), []
    if source.where or source.if_there or source.also:
        fields = _fields(place, options)
    if source.if_there or source.also:
        wanted = wanted_columns(source, fields)
    columns = list(dict.fromkeys(wanted.values()))
    if source.where:
        columns = list(dict.fromkeys([*columns, *columns_in(source.where, fields)]))
    frame = _frame(place, source, columns, options)
    if twice := [str(name) for name in frame.columns[frame.columns.duplicated()]]:
        raise InputError(f"{source.path} has column {twice[0]!r} twice; give each a name of its own.")
    row = np.arange(len(frame), dtype="int64")
    if source.where and isinstance(frame, gpd.GeoDataFrame) and len(frame):
        row = rows_where(source, pd.DataFrame(frame.drop(columns="geometry")), frame.geometry.to_numpy())
        frame = frame.iloc[row]
    if not len(frame) and not source.where:  # GeoJSON without features has no columns either
        raise InputError(_empty(source))
    if any(column not in frame.columns for column in columns):
        require_columns(source, wanted, _fields(place, options))
    return frame, row, wanted


def _fields(place: str, options: dict[str, Any]) -> list[str]:
    """Names of the columns of a layer, by the options it is read with: without those a .gml gets a file beside it."""
    return list(pyogrio.read_info(place, **options)["fields"])


def _frame(place: str, source: VectorInput, columns: list[str], options: dict[str, Any]) -> pd.DataFrame:
    """Read a layer as pyogrio's read_dataframe does, but look first at what GDAL hands over."""
    meta, table = read_arrow(place, columns=columns, datetime_as_string=True, **options)
    require_sound(zip(table.column_names, table.columns, strict=True), source.path)
    frame = table.to_pandas(**WHOLE)
    for name, dtype in zip(meta["fields"], meta["dtypes"], strict=True):
        if str(dtype).startswith("datetime64") and name in frame:
            frame[name] = frame[name].astype("str").str.replace("T", " ", n=1)
    geometry = meta["geometry_name"] or "wkb_geometry"
    if geometry not in frame.columns:
        return frame
    shapes = shapely.from_wkb(frame.pop(geometry).to_numpy(), on_invalid="ignore")
    return gpd.GeoDataFrame(frame, geometry=shapes, crs=meta["crs"])


def _layer_name(place: str, source: VectorInput) -> str | None:
    """Name of the layer to read, None for the only one."""
    if place.lower().endswith(ONE_LAYER):
        return None
    # A .gml is looked into as a part of itself, beside which GDAL can leave no file of its own
    seen = f"/vsisubfile/0,{place}" if place.lower().endswith(".gml") else place
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it says so; and what it says of the data it says again when it reads them
        layers = [str(name) for name, geometry in pyogrio.list_layers(seen) if geometry is not None]
    if source.layer and source.layer not in layers:
        raise InputError(
            f"{source.path} has no layer {source.layer!r} with geometry; it has {', '.join(layers) or 'none'}."
        )
    if not source.layer and len(layers) > 1:
        raise InputError(f"{source.path} has {len(layers)} layers; name one as layer: {', '.join(layers)}.")
    return source.layer or None
