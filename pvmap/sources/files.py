"""Opening a vector file whatever its format: one dict of readers by suffix, everything else through OGR."""

from __future__ import annotations

import warnings
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
from pyogrio.errors import DataLayerError, DataSourceError, FieldError
from pyproj import CRS
from pyproj.exceptions import CRSError

from pvmap.config import VectorInput
from pvmap.errors import ConfigError, InputError
from pvmap.findings import Finding, finding
from pvmap.opening import PAIRED_SHARE, paired_share
from pvmap.sources.columnar import read_csv, read_geoparquet
from pvmap.sources.layer import WHOLE, RawLayer, first_line, mapped_columns, require_columns, stated_encoding
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
ZIPPED = (".shp", ".gpkg", ".geojson", ".json", ".fgb", ".gml", ".kml", ".tab")
OGR_ERRORS = (DataSourceError, DataLayerError, FieldError, OSError, ValueError, RuntimeError)


def open_layer(source: VectorInput, raw: Path) -> tuple[RawLayer, CRS]:
    """Open the layer an input names and settle its CRS; nothing else is judged.

    Parameters
    ----------
    source
        Input of the city file.
    raw
        Folder its path is relative to.

    Raises
    ------
    InputError
        The file is missing, unreadable, empty, has no geometry, no CRS, or not the layer, column or encoding asked for.
    ConfigError
        The city file's CRS or column name is none.
    """
    path = raw / source.path
    if not path.exists():
        where_from = f"; it is to be had from {source.origin}" if source.origin else ""
        raise InputError(f"{path} is not there{where_from}.")
    layer = READERS.get(path.suffix.lower(), _read_ogr)(path, source)
    if not len(layer.geometry):
        raise InputError(
            f"{source.path}: no row satisfies where = {source.where!r}; correct it in the city file."
            if source.where
            else _empty(source)
        )
    return _settle_crs(layer, source)


def _empty(source: VectorInput) -> str:
    return f"{source.path} is empty; export it again or drop it from the city file."


def _settle_crs(layer: RawLayer, source: VectorInput) -> tuple[RawLayer, CRS]:
    """CRS of the layer: the city file's word first, else the file's."""
    if not source.crs:
        if layer.crs is None:
            raise InputError(f'{source.path} states no CRS; state it in the city file, for example crs = "EPSG:4326".')
        return layer, layer.crs
    try:
        stated = CRS.from_user_input(source.crs)
    except CRSError:
        raise ConfigError(f"{source.path}: crs = {source.crs!r} is not a CRS; write for example EPSG:4549.") from None
    if layer.crs is not None and not layer.crs.equals(stated, ignore_axis_order=True):
        overruled = finding("crs-overruled", layer=source.path, stated=source.crs, own=layer.crs.name)
        layer = replace(layer, findings=(*layer.findings, overruled))
    return layer, stated


def _read_ogr(path: Path, source: VectorInput) -> RawLayer:
    """Read geometry and mapped columns through OGR, as Arrow."""
    wanted = mapped_columns(source)
    try:
        place = _inside_zip(path, source) if path.suffix.lower() == ".zip" else str(path)
        layer = _layer_name(place, source)
        encoding, findings = _encoding(path, place, source, layer)
        options: dict[str, Any] = {"layer": layer, "encoding": encoding}
        with warnings.catch_warnings(record=True) as said:
            warnings.simplefilter("always")
            frame, row = _frame_and_rows(place, source, wanted, options)
        remarks = dict.fromkeys(first_line(w.message) for w in said)
        findings += tuple(finding("reader-remark", layer=source.path, column=one, remark=one) for one in remarks)
    except UnicodeDecodeError as error:
        raise InputError(
            f"{source.path} is not text in {error.encoding}; state its encoding in the city file."
        ) from None
    except OGR_ERRORS as error:
        reason = first_line(error).split("; It might help")[0].rstrip(".")
        raise InputError(f"{source.path} cannot be read: {reason}.") from None
    if not isinstance(frame, gpd.GeoDataFrame):
        raise InputError(f"{source.path} has no geometry, only columns; join the table to polygons first.")
    return RawLayer(
        frame.geometry.to_numpy(), pd.DataFrame(frame[[*dict.fromkeys(wanted.values())]]), row, frame.crs, findings
    )


def _frame_and_rows(
    place: str, source: VectorInput, wanted: dict[str, str], options: dict[str, Any]
) -> tuple[pd.DataFrame, np.ndarray]:
    """Rows that satisfy `where`, and which rows of the file they are."""
    columns = list(dict.fromkeys(wanted.values()))
    if source.where:
        fields = pyogrio.read_info(place, layer=options["layer"], encoding=options["encoding"])["fields"]
        columns = list(dict.fromkeys([*columns, *columns_in(source.where, fields)]))
    frame = pyogrio.read_dataframe(
        place, columns=columns, use_arrow=True, on_invalid="ignore", arrow_to_pandas_kwargs=WHOLE, **options
    )
    row = np.arange(len(frame), dtype="int64")
    if source.where and isinstance(frame, gpd.GeoDataFrame) and len(frame):
        row = rows_where(source, pd.DataFrame(frame.drop(columns="geometry")), frame.geometry.to_numpy())
        frame = frame.iloc[row]
    if not len(frame) and not source.where:  # GeoJSON without features has no columns either
        raise InputError(_empty(source))
    if any(column not in frame.columns for column in columns):
        fields = pyogrio.read_info(place, layer=options["layer"], encoding=options["encoding"])["fields"]
        require_columns(source, wanted, fields.tolist())
    return frame, row


def _layer_name(place: str, source: VectorInput) -> str | None:
    """Name of the layer to read, None for the only one."""
    if place.lower().endswith(ONE_LAYER):
        return None
    layers = [str(name) for name, geometry in pyogrio.list_layers(place) if geometry is not None]
    if source.layer and source.layer not in layers:
        raise InputError(
            f"{source.path} has no layer {source.layer!r} with geometry; it has {', '.join(layers) or 'none'}."
        )
    if not source.layer and len(layers) > 1:
        raise InputError(f"{source.path} has {len(layers)} layers; name one as layer: {', '.join(layers)}.")
    return source.layer or None


def _inside_zip(path: Path, source: VectorInput) -> str:
    """Path by which OGR reaches the one vector file in a zip (`layer` picks among several by name)."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = [n for n in archive.namelist() if not n.startswith("__MACOSX/")]
    except zipfile.BadZipFile:
        raise InputError(f"{source.path} is not a zip file that can be read; fetch it again.") from None
    inner = [n for n in names if n.lower().endswith(ZIPPED)]
    if len(inner) > 1 and source.layer:
        inner = [n for n in inner if Path(n).stem == source.layer] or inner
    if len(inner) != 1:
        raise InputError(
            f"{source.path} holds {len(inner)} vector files ({', '.join(inner or names[:5])}); "
            "name one by layer, or unpack the file and name the one you mean."
        )
    return f"/vsizip/{path.resolve()}/{inner[0]}"


def _encoding(path: Path, place: str, source: VectorInput, layer: str | None) -> tuple[str | None, tuple[Finding, ...]]:
    """Choose the encoding: the stated one, else UTF-8 where a shapefile without .cpg is that, else OGR's choice.

    Shapefiles made in China are often UTF-8 or GBK without saying so, and OGR then reads ISO-8859-1: mojibake. A
    guess of GBK is told, UTF-8 hardly decodes by chance.
    """
    stated = stated_encoding(source)
    if stated or not place.lower().endswith(".shp"):
        return stated, ()
    text = _undeclared_text(path, place)
    if text is None:
        return None, ()
    guess = _guess(text)
    if guess == "UTF-8":
        return guess, ()
    chosen = pyogrio.read_info(place, layer=layer)["encoding"]
    if chosen == "UTF-8":  # the .dbf names a code page, which OGR has decoded
        return None, ()
    chosen = guess or chosen
    return chosen, (finding("encoding-guessed", layer=source.path, encoding=chosen),)


def _guess(text: bytes) -> str | None:
    """Guess an encoding: UTF-8 where all of it is, GB18030 where high bytes come in pairs as Chinese ones do."""
    try:
        text.decode("utf-8")
        return "UTF-8"
    except UnicodeDecodeError:
        return "GB18030" if paired_share(text) > PAIRED_SHARE else None


def _undeclared_text(path: Path, place: str) -> bytes | None:
    """Field names and records of a shapefile's .dbf; None where a .cpg declares their encoding or there is none."""
    if place.startswith("/vsizip/"):
        inner = place.removeprefix(f"/vsizip/{path.resolve()}/")
        with zipfile.ZipFile(path) as archive:
            members = {name.lower(): name for name in archive.namelist()}
            stem = inner[:-4].lower()
            if f"{stem}.cpg" in members or f"{stem}.dbf" not in members:
                return None
            content = archive.read(members[f"{stem}.dbf"])
    else:
        siblings = {p.suffix.lower(): p for p in path.parent.glob(f"{path.stem}.*")}
        if ".cpg" in siblings or ".dbf" not in siblings:
            return None
        content = siblings[".dbf"].read_bytes()
    header = int.from_bytes(content[8:10], "little")
    names = b"".join(content[i : i + 11] for i in range(32, header - 1, 32))
    return names + content[header:]
