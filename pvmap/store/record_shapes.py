"""What records of a run hold, key by key. Anybody can make a check that is right, which proves no shape."""

from __future__ import annotations

import datetime
from typing import Annotated, Any, NotRequired

import pyproj
from pydantic import AfterValidator, Field, FiniteFloat, TypeAdapter
from typing_extensions import TypedDict

from pvmap import disk
from pvmap.findings import from_record
from pvmap.settings.addresses import place_of

EARLIEST, LATEST = 1970, 9998  # years in which runs are made, whatever the clock's zone


def _below(name: str) -> str:
    if not disk.is_below(name):
        raise ValueError(name)
    return name


def _address(text: str) -> str:
    place_of(text)
    return text


def _crs(text: str) -> str:
    try:
        return str(pyproj.CRS(text) and text)
    except pyproj.exceptions.CRSError:
        raise ValueError(text) from None


def _moment(text: str) -> str:
    if text and not EARLIEST <= datetime.datetime.fromisoformat(text).year <= LATEST:
        raise ValueError(text)
    return text


def _tellable(record: dict[str, Any]) -> dict[str, Any]:
    """Let pass what can be told again: its code is known, and it holds what the sentences of that name."""
    try:
        from_record(record).as_record()
    except (LookupError, TypeError, AttributeError) as error:
        raise ValueError(str(error)) from None
    return record


Moment = Annotated[str, AfterValidator(_moment)]
Name = Annotated[str, AfterValidator(_below)]
Address = Annotated[str, AfterValidator(_address)]
Tile = Annotated[str, Field(pattern=r"^\d\d_\d{10,}$")]  # as `curve` names them
OnCurve = Annotated[int, Field(ge=0, lt=1 << 63)]
Year = Annotated[int, Field(ge=1, le=9998)]


class Measured(TypedDict):
    """What a file must be."""

    bytes: int
    sha256: str


class Counts(TypedDict):
    """What became of the rows of a layer."""

    rows_read: int
    parts_exploded: int
    kept: int
    refused: int


class Found(TypedDict):
    """A finding."""

    code: str
    layer: str
    column: str
    count: int
    total: int
    rows: list[int]
    sites: list[str]
    values: dict[str, str | int | float]
    severity: str
    sentence_zh: str


class Point(TypedDict):
    """What is known of a weather point beside its hours."""

    weather_id: str
    longitude: Annotated[FiniteFloat, Field(ge=-180, le=180)]
    latitude: Annotated[FiniteFloat, Field(ge=-90, le=90)]
    altitude_m: FiniteFloat
    sun_offset_minutes: FiniteFloat
    interval_minutes: FiniteFloat
    source: str
    corrected: bool
    findings: list[Annotated[Found, AfterValidator(_tellable)]]
    years: Annotated[list[Year], Field(min_length=1)]
    ghi_kwh_per_m2: NotRequired[float]


class Unchecked(TypedDict):
    """A rule that nobody brought a layer for."""

    name: str
    name_zh: str


class Identity(TypedDict):
    """Something that was computed twice."""

    name_zh: str
    name_en: str
    left: float
    right: float
    holds: bool


class Assumption(TypedDict):
    """What was assumed, and what it rests on."""

    key: str
    value: Any
    unit: str
    mark: str
    source: str
    about: str


class OfCity(TypedDict):
    """What a run is of."""

    name: str
    currency: NotRequired[str]


class OfSettings(TypedDict):
    """A city file as it was."""

    city: OfCity


class Input(TypedDict):
    """A file that went in."""

    sha256: str
    bytes: int


class Shape(TypedDict, total=False):
    """Keys of records, which hold the same wherever they stand."""

    stamp: str
    tile: str
    stamps: dict[str, str]
    files: dict[Name, Measured]
    tables: dict[Name, Measured]
    map: dict[Name, Measured]
    folder: Name
    own: Name
    frame: tuple[FiniteFloat, FiniteFloat, FiniteFloat, OnCurve, OnCurve] | None
    bounds: tuple[FiniteFloat, FiniteFloat, FiniteFloat, FiniteFloat]
    crs: Annotated[str, AfterValidator(_crs)]
    created: Moment
    city: OfCity
    counts: dict[str, Counts]
    weather: list[Point]
    findings: list[Annotated[Found, AfterValidator(_tellable)]]
    inputs: dict[str, Input]
    settings: OfSettings
    assumptions: list[Assumption]
    versions: dict[str, str]
    totals: dict[str, dict[str, float | None]]
    self_check: list[Identity]
    incomplete_tiles: list[str]
    failures: dict[str, str]
    not_checked: list[Unchecked]


class Brought(TypedDict):
    """A file of an address: how it was marked there, and what it must be here."""

    marks: str
    file: dict[Name, Measured]


class OlderCity(TypedDict, total=False):
    """What versions before this one told of a city, as far as it is looked at."""

    currency: str


class OlderSettings(TypedDict, total=False):
    """What they told of a city file."""

    city: OlderCity


class Older(TypedDict, total=False):
    """What they told of a run."""

    created: Moment
    inputs: dict[str, Any] | list[dict[str, Any]]
    settings: OlderSettings
    tables: dict[Name, Measured]


RECORD, OLDER = TypeAdapter(Shape), TypeAdapter(Older)
ORIGINS = TypeAdapter(dict[str, dict[Address, Brought]])
POINTS = TypeAdapter(list[Point])
STRETCHES = TypeAdapter(Annotated[list[tuple[Tile, OnCurve, OnCurve, OnCurve]], Field(min_length=1)])
