"""Whether files of the run folder are what was written: a record says what its tables must be, and what it is itself.

A disk that was full, a power failure or a curious hand leave files that are short, empty, gone or of another run. Such
a file is not current, whatever its stamp says: what it belongs to is computed again, or its user is told.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, TypeAdapter, ValidationError
from typing_extensions import TypedDict

from pvmap import disk, store
from pvmap.errors import InputError
from pvmap.versions import content_hash, digest

CHECK = "check"  # key of a record that holds the hash of all its other keys


def _below(name: str) -> str:
    if not disk.is_below(name):
        raise ValueError(name)
    return name


class Measured(TypedDict):
    """What a file must be."""

    bytes: int
    sha256: str


Files = dict[Annotated[str, AfterValidator(_below)], Measured]


class Shape(TypedDict, total=False):
    """What keys of records hold wherever they stand: anybody can make a check that is right, which proves no shape."""

    stamp: str
    stamps: dict[str, str]
    files: Files
    tables: Files
    map: Files
    crs: str
    created: str
    city: dict[str, Any]
    counts: dict[str, dict[str, int]]
    weather: list[dict[str, Any]]
    findings: list[dict[str, Any]]


SHAPE = TypeAdapter(Shape)


def measured(folder: Path, names: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Bytes and hash of files below a folder, by their name."""
    return {n: {"bytes": (folder / n).stat().st_size, "sha256": content_hash(folder / n)} for n in sorted(names)}


def damaged(folder: Path, files: dict[str, dict[str, Any]]) -> list[str]:
    """Names of the files that are not what `measured` saw."""
    return [name for name, was in files.items() if not _is(folder / name, was)]


def all_there(folder: Path, files: dict[str, dict[str, Any]]) -> bool:
    """Whether each has its size still: a look, where `damaged` reads them."""
    return all((folder / n).is_file() and (folder / n).stat().st_size == was["bytes"] for n, was in files.items())


def write_record(path: Path, record: dict[str, Any]) -> Path:
    """Write a JSON record that says whether it is whole."""
    plain = json.loads(json.dumps(record, default=str))  # as it will be read
    return store.write_json(path, plain | {CHECK: _check(plain)})


def require_record(path: Path, *needs: str) -> dict[str, Any]:
    """Read such a record, with some of the keys that it needs.

    Raises
    ------
    InputError
        It is not there, or not whole.
    """
    record = store.read_json(path)
    if not isinstance(record, dict) or record.pop(CHECK, None) != _check(record) or not _is_shaped(record, needs):
        raise InputError(f"{path} is damaged or was written by another version; run `pvmap map` for this city again.")
    return record


def read_record(path: Path, *needs: str) -> dict[str, Any] | None:
    """Read such a record; None where it is not there or not whole."""
    try:
        return require_record(path, *needs)
    except InputError:
        return None


def _is_shaped(record: dict[str, Any], needs: Iterable[str]) -> bool:
    try:
        SHAPE.validate_python(record)
    except ValidationError:
        return False
    return record.keys() >= set(needs)


def _check(record: dict[str, Any]) -> str:
    return digest([json.dumps(record, sort_keys=True)])


def _is(path: Path, was: dict[str, Any]) -> bool:
    try:
        return path.is_file() and path.stat().st_size == was.get("bytes") and content_hash(path) == was["sha256"]
    except OSError:
        return False
