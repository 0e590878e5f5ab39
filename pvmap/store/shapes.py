"""What tables of a run hold, told by the ends of their files: a check sum that is right proves no shape.

Anybody can make a table of other columns and a record that vouches for it. No row is read here: what stands in the rows
of such a table is its maker's word, as it is that of whoever made the input files.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import Any, Literal, NamedTuple, NotRequired

import pyarrow as pa
import pyarrow.parquet as pq
import pyproj
from pydantic import TypeAdapter, ValidationError
from typing_extensions import TypedDict

from pvmap.store.files import table_of
from pvmap.store.windows import COVERING, SIDES
from pvmap.tables import TABLES
from pvmap.tables.column import Column, Kind, Table
from pvmap.tables.contract import is_of

_AREAS = Table("Outlines of areas.", ("name",), {"name": Column("str", "", "what is summed by", missing=True)}, True)
_SHAPES = {**TABLES, "districts": _AREAS, "townships": _AREAS}
_GEOMETRY = "geometry"
_COVERING = pa.struct([(side, pa.float64()) for side in SIDES])
_EVERY = ("sites", "surfaces")  # tables that are written with all the columns of their contract, optional ones too

_TOGETHER = {  # columns of one hand, by table: where one is, all are
    "appraisal": (
        ("energy_kwh", "p50_kwh", "p75_kwh", "p90_kwh"),
        ("expected_kwh", "spread_height", "spread_outline", "spread_use", "spread_form"),
    )
}


def strange(folder: Path, names: Iterable[str], crs: str | None, *, now: bool = False) -> list[str]:
    """Names of the files below a folder that are called like tables of a run and cannot be these.

    Parameters
    ----------
    folder, names
        The files; those that are called otherwise may be anything.
    crs
        Metric CRS of outlines; None where the run did not tell it.
    now
        Whether this very version must have written them, so that they hold all it writes and nothing else.
    """
    return [one for one in names if one.endswith(".parquet") and not _is_table(folder, PurePosixPath(one), crs, now)]


def fits(path: Path, table: Table) -> bool:
    """Whether a file has the columns of a table, of their kinds; it may have others."""
    return (found := _end(path)) is not None and _holds(found, table, table.columns)


def fits_series(path: Path, labels: Iterable[str], column: str, n_times: int) -> bool:
    """Whether a file holds what `joining.write_series` writes, so many values a row."""
    if (found := _end(path)) is None or not all(found.may_hold(name, "str") for name in labels):
        return False
    return column in found.turned and found.schema.field(column).type == pa.list_(pa.float64(), n_times)


def _is_table(folder: Path, name: PurePosixPath, crs: str | None, now: bool) -> bool:
    called = PurePosixPath(table_of(str(name))).stem
    table = _SHAPES.get(called)
    if table is None:
        return True
    if (found := _end(folder / name)) is None:
        return False
    every = now and called in _EVERY
    needed = [column for column, spec in table.columns.items() if every or not spec.optional]
    if not _holds(found, table, needed) or (table.geometry and not _has_outlines(found.schema, crs)):
        return False
    if not now or called not in TABLES:
        return True
    together = all(len({one in found.turned for one in some}) == 1 for some in _TOGETHER.get(called, ()))
    return together and _is_as_checked(found.schema, table)


class _Outlines(TypedDict):
    """What GeoParquet tells of a column of outlines."""

    encoding: Literal["WKB"]
    crs: dict[str, Any]
    geometry_types: list[str]
    bbox: NotRequired[tuple[float, float, float, float]]


class _Geo(TypedDict):
    """What it tells of a file."""

    version: str
    primary_column: Literal["geometry"]
    columns: dict[str, _Outlines]


_GEO = TypeAdapter(_Geo)


class _End(NamedTuple):
    """What the end of a file tells.

    Attributes
    ----------
    schema
        Its columns.
    stored, turned
        Types of the columns of the frame that it gives: as they are stored, and as notes of pandas in it turn them.
    has_rows
        Whether it has rows: a column of none may be of any kind.
    """

    schema: pa.Schema
    stored: dict[Any, Any]
    turned: dict[Any, Any]
    has_rows: bool

    def may_hold(self, column: str, kind: Kind) -> bool:
        """Whether a column is there and may hold values of a kind."""
        kinds = (self.stored, self.turned)
        return column in self.turned and (not self.has_rows or all(is_of(one[column], kind) for one in kinds))


def _end(path: Path) -> _End | None:
    """Read the end of a Parquet file; None where there is none that can be understood, or names two columns alike."""
    try:
        with pq.ParquetFile(path) as file:
            schema, has_rows = file.schema_arrow, file.metadata.num_rows > 0
        notes = {key: text for key, text in (schema.metadata or {}).items() if key == b"pandas"}
        types = _frame_types(schema.with_metadata(notes).serialize().to_pybytes())
    except Exception:  # a damaged end makes a parser raise whatever it likes
        return None
    return None if types is None else _End(schema, *types, has_rows)


@lru_cache(maxsize=64)
def _frame_types(schema: bytes) -> tuple[dict[Any, Any], dict[Any, Any]] | None:
    """Types of the columns of a frame, stored and turned; None where two are named alike.

    To make an empty frame takes milliseconds, and the parts of all tiles are alike.
    """
    told = pa.ipc.read_schema(pa.py_buffer(schema))
    stored, turned = (one.empty_table().to_pandas().dtypes for one in (told.remove_metadata(), told))
    return (dict(stored), dict(turned)) if turned.index.is_unique else None


def _holds(found: _End, table: Table, needed: Iterable[str]) -> bool:
    known = {str(column): table.column(str(column)) for column in found.turned}
    right = all(found.may_hold(one, spec.kind) for one, spec in known.items() if spec is not None)
    return right and all(column in known for column in needed)


def _is_as_checked(schema: pa.Schema, table: Table) -> bool:
    """Whether columns are all known and in the order in which `contract.check` leaves them."""
    last = [_GEOMETRY, COVERING] if table.geometry else []
    plain = [one for one in schema.names if one not in last]
    own = [one for one in plain if one in table.columns]
    families = [one for one in plain if one not in table.columns]
    ordered = [*(one for one in table.columns if one in own), *families, *last]
    return schema.names == ordered and all(table.column(one) is not None for one in families)


def _has_outlines(schema: pa.Schema, crs: str | None) -> bool:
    """Whether the metadata tell of outlines in the metric CRS, and the columns hold such and their bounds."""
    try:
        about = _GEO.validate_json((schema.metadata or {}).get(b"geo", b""))["columns"][_GEOMETRY]
    except (ValidationError, KeyError):
        return False
    kind = schema.field(_GEOMETRY).type if _GEOMETRY in schema.names else pa.null()
    binary = pa.types.is_binary(kind) or pa.types.is_large_binary(kind)
    covered = COVERING not in schema.names or schema.field(COVERING).type == _COVERING
    return binary and covered and _is_crs(json.dumps(about["crs"]), crs)


@lru_cache(maxsize=16)
def _is_crs(told: str, crs: str | None) -> bool:
    """Whether a CRS as GeoParquet tells it is that of the run; once a process, since all its tables tell the same."""
    try:
        found = pyproj.CRS.from_json(told)
        return crs is None or found == pyproj.CRS(crs)
    except pyproj.exceptions.CRSError:
        return False
