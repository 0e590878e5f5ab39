"""What a reader of one format hands on: geometry and the wanted columns as the file has them, nothing judged yet."""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import pyarrow as pa
from pyproj import CRS

from pvmap.errors import ConfigError, InputError
from pvmap.findings import Finding
from pvmap.settings.city import VectorInput

NUMBERS = ("height_m", "floors", "capacity_mw")
TEXTS = ("id", "name", "building_use", "excluded", "includes_dykes", "water_type", "land_use")
ELSE = " else"  # after our name: the column that counts where the first says nothing
RASTERS = (".tif", ".tiff", ".asc", ".img", ".hgt", ".png", ".jpg", ".jp2")
PACKED = (".zip", ".gz", ".tgz", ".7z", ".rar")
LONGEST_IN_SHAPEFILES = 10  # letters of a column's name
# Integers stay whole beside missing ones: pandas would turn the column to floats, which end at 2^53.
WHOLE = {"types_mapper": {pa.int64(): pd.Int64Dtype(), pa.uint64(): pd.UInt64Dtype()}.get}
COORDINATES = ("lon", "lat", "wkt")  # where a table without geometry keeps it


@dataclass(frozen=True)
class RawLayer:
    """One layer as read.

    Attributes
    ----------
    geometry : (n,) object array
        Shapely geometries, None where the file has none; empty for a layer read without them.
    columns : DataFrame
        The mapped columns under the file's names, values untouched.
    row : (n,) int array
        Row in the file, counted from 0.
    crs : CRS or None
        As the file states it.
    findings : tuple of Finding
        What is doubtful about how it was read.
    own : tuple of str
        Columns that bear our names already, so that the city file need not map them.
    names : dict
        ``our name -> column`` of those that are there; see `wanted_columns`.
    """

    geometry: np.ndarray
    columns: pd.DataFrame
    row: np.ndarray
    crs: CRS | None
    findings: tuple[Finding, ...] = ()
    own: tuple[str, ...] = ()
    names: dict[str, str] = field(default_factory=dict)


def mapped_columns(source: VectorInput) -> dict[str, str]:
    """Return `our name -> column in the file` of the attributes, coordinates left out.

    Raises
    ------
    ConfigError
        One of our names is not one.
    """
    known = (*TEXTS, *NUMBERS, *COORDINATES)
    for ours in source.columns:
        if ours not in known:
            raise ConfigError(
                f"{source.path}: columns.{ours} is not a column pvmap knows; it knows {', '.join(known)}."
            )
    return {ours: theirs for ours, theirs in source.columns.items() if ours not in COORDINATES}


def wanted_columns(source: VectorInput, present: Sequence[str]) -> dict[str, str]:
    """Return `our name -> column in the file`, of the columns that are there.

    A column of a preset may be absent, and is found whatever its case, or cut as shapefiles cut names. What counts
    where the first column says nothing stands under our name and `ELSE`.

    Raises
    ------
    ConfigError
        As `mapped_columns`.
    InputError
        A column that the city file names is not there.
    """
    wanted = mapped_columns(source)
    for ours in set(source.if_there) & set(wanted):
        found = _like(wanted[ours], present)
        wanted = {**wanted, ours: found} if found else {k: v for k, v in wanted.items() if k != ours}
    for ours, theirs in source.also.items():
        if found := _like(theirs, present):
            wanted[ours + ELSE if ours in wanted else ours] = found
    require_columns(source, wanted, list(present))
    return wanted


def _like(name: str, present: Sequence[str]) -> str:
    """Column of that name; without one, the only one that differs in case or is cut; else empty."""
    if name in present:
        return name
    plain = name.casefold()
    found = [one for one in present if one.casefold() in (plain, plain[:LONGEST_IN_SHAPEFILES])]
    return found[0] if len(found) == 1 else ""


def require_columns(source: VectorInput, wanted: dict[str, str], present: list[str]) -> None:
    """Raise an InputError that names the first mapped column the file has not, and those it has."""
    for ours, theirs in wanted.items():
        if theirs not in present:
            raise InputError(
                f"{source.path} has no column {theirs!r} (columns.{ours}); it has {', '.join(present) or 'none'}."
            )


def stated_encoding(source: VectorInput) -> str | None:
    """Return the encoding the city file states, by the name Python has for it: OGR ignores some of its aliases.

    Raises
    ------
    ConfigError
        There is no such encoding.
    """
    if not source.encoding:
        return None
    try:
        return codecs.lookup(source.encoding).name
    except LookupError:
        raise ConfigError(
            f"{source.path}: encoding = {source.encoding!r} is not one; write for example UTF-8 or GB18030."
        ) from None


def unreadable(name: str, reason: str) -> str:
    """Say that a vector file cannot be read, what helps, and last what its library says of it."""
    if "not recognized" in reason:
        if name.lower().endswith(RASTERS):
            return (
                f"{name} is a raster, where polygons are wanted; heights go to inputs.dem or inputs.dsm, ground that "
                "may not be used to raster and values of [[masks]]."
            )
        if name.lower().endswith(PACKED):
            return f"{name} cannot be read: what it holds is not read packed; unpack it, and name the file in it."
        return (
            f"{name} cannot be read: it is in no format that pvmap knows; export it as GeoPackage, Shapefile, GeoJSON, "
            "FlatGeobuf, GeoParquet or CSV."
        )
    return f"{name} cannot be read; export it again, for example as GeoPackage ({reason})."


def require_sound(columns: Iterable[tuple[str, pa.Array | pa.ChunkedArray]], path: str) -> None:
    """Look at what a library hands over before anything follows it.

    Of a damaged file come lengths that reach beyond the memory they belong to, and text that is none.

    Raises
    ------
    InputError
        A column is not what it says.
    """
    for name, column in columns:
        try:
            column.validate(full=True)
        except pa.ArrowInvalid as error:
            if pa.types.is_string(column.type) and "UTF8" in str(error):
                raise InputError(
                    f"{path}: column {name!r} is not UTF-8 text; save the file as UTF-8, or, if it is a shapefile, "
                    "state its encoding in the city file."
                ) from None
            raise InputError(unreadable(path, "it is damaged inside")) from None


def first_line(error: Exception | Warning | str) -> str:
    """First line of a library's message, to be closed by our own full stop."""
    lines = str(error).strip().splitlines()
    return lines[0].rstrip(" .") if lines else type(error).__name__
