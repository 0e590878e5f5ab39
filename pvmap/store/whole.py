"""Whether files of the run folder are what was written: a record says what its tables must be, and what it is itself.

A disk that was full, a power failure or a curious hand leave files that are short, empty, gone or of another run. Such
a file is not current, whatever its stamp says: what it belongs to is computed again, or its user is told.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from pvmap import store
from pvmap.errors import InputError
from pvmap.store.record_shapes import OLDER, RECORD
from pvmap.versions import content_hash, digest

RUN = "run.json"
CHECK = "check"  # key of a record that holds the hash of all its other keys


def measured(folder: Path, names: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Bytes and hash of files below a folder, by their name."""
    return {n: {"bytes": (folder / n).stat().st_size, "sha256": content_hash(folder / n)} for n in sorted(names)}


def damaged(folder: Path, files: dict[str, dict[str, Any]]) -> list[str]:
    """Names of the files that are not what `measured` saw."""
    return [name for name, was in files.items() if not is_as_told(folder / name, was)]


def all_there(folder: Path, files: dict[str, dict[str, Any]]) -> bool:
    """Whether each has its size still: a look, where `damaged` reads them."""
    return all((folder / n).is_file() and (folder / n).stat().st_size == was["bytes"] for n, was in files.items())


def write_record(path: Path, record: dict[str, Any], *, flush: bool = True) -> Path:
    """Write a JSON record that says whether it is whole; `flush` as in ``disk.write_atomically``."""
    plain = json.loads(json.dumps(record, default=str))  # as it will be read
    return store.write_json(path, plain | {CHECK: _check(plain)}, flush=flush)


def require_record(path: Path, *needs: str, shape: TypeAdapter[Any] = RECORD) -> dict[str, Any]:
    """Read such a record, with some of the keys that it needs.

    Raises
    ------
    InputError
        It is not there, or not whole.
    """
    record = store.read_json(path)
    if not isinstance(record, dict) or record.pop(CHECK, None) != _check(record):
        raise _damaged(path)
    _require(shape, record, path)
    if not record.keys() >= set(needs):
        raise _damaged(path)
    return record


def read_record(path: Path, *needs: str, shape: TypeAdapter[Any] = RECORD) -> dict[str, Any] | None:
    """Read such a record; None where it is not there or not whole."""
    try:
        return require_record(path, *needs, shape=shape)
    except InputError:
        return None


def read_shaped(path: Path, shape: TypeAdapter[Any]) -> Any:
    """Read JSON that another record vouches for.

    Raises
    ------
    InputError
        It is not there, or of another shape.
    """
    found = store.read_json(path)
    _require(shape, found, path)
    return found


def read_run(folder: Path) -> dict[str, Any]:
    """Read what a finished run tells of itself, or what one of an older version does that vouched for nothing.

    Raises
    ------
    InputError
        There is no run, its record is damaged, or what is there is none of a run.
    """
    found = store.read_json(folder / RUN)
    if not isinstance(found, dict) or CHECK in found:
        return require_record(folder / RUN, "tables")
    try:
        OLDER.validate_python(found, strict=True)
    except ValidationError:
        raise InputError(f"{folder / RUN} is none of a run of pvmap; choose the folder of a finished run.") from None
    return found


def _require(shape: TypeAdapter[Any], found: Any, path: Path) -> None:
    try:
        shape.validate_json(json.dumps(found), strict=True)
    except ValidationError:
        raise _damaged(path) from None


def _damaged(path: Path) -> InputError:
    return InputError(f"{path} is damaged or was written by another version; run `pvmap map` for this city again.")


def _check(record: dict[str, Any]) -> str:
    return digest([json.dumps(record, sort_keys=True)])


def is_as_told(path: Path, was: dict[str, Any]) -> bool:
    """Whether a file has the ``bytes`` and the ``sha256`` that a record tells of it."""
    try:
        return path.is_file() and path.stat().st_size == was.get("bytes") and content_hash(path) == was["sha256"]
    except OSError:
        return False
