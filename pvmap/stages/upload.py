"""A finished run in object storage: its tables, what was written for planners, and its map; the manifest comes last.

Storage shows an object when all of it has arrived, so none is ever half there; a set of them counts when the manifest
says so. What an upload that was cut off has brought already is not sent again.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from pvmap import disk
from pvmap.errors import ConfigError
from pvmap.foreign_text import json_text
from pvmap.settings.addresses import place_of
from pvmap.settings.city import Settings
from pvmap.stages import bring, lock, whole
from pvmap.stages.history import KEPT
from pvmap.stages.journal import JOURNAL
from pvmap.stages.record import RUN
from pvmap.written import was_set_aside

MANIFEST = "manifest.json"
SENT = "uploads.json"  # in the run folder: what has been sent where, and how it was marked there
OURS = ("parts", KEPT, lock.LOCK, SENT, JOURNAL)  # of the run folder: of no use to others


def upload(
    settings: Settings, processed: Path, maps: Path, address: str, progress: Callable[[str, int, int], None]
) -> str:
    """Send a finished run to a folder in object storage.

    Parameters
    ----------
    settings, processed, maps
        City file, run folder, folder of the map.
    address
        ``s3://BUCKET/FOLDER``, of a scheme that the user allows.
    progress
        Called as ``progress(step, done, total)``.

    Returns
    -------
    str
        Address of the manifest: bytes and SHA-256 of every file.

    Raises
    ------
    InputError
        There is no whole run, or storage does not take it.
    """
    base = address.rstrip("/")
    fs = bring.opened(base)
    try:
        place_of(f"{base}/{MANIFEST}")
    except ValueError as error:
        raise ConfigError(f"{base} cannot be written to: {error}.") from None
    with lock.hold(processed, f"upload {settings.city.name}"), disk.errors(processed, disk.TROUBLE):
        about = whole.require_record(processed / RUN)
        files = _files(processed) | {f"map/{name}": file for name, file in _files(maps).items()}
        contents = {name: whole.measured(file.parent, [file.name])[file.name] for name, file in files.items()}
        sent = whole.read_record(processed / SENT) or {}
        _forget(fs, f"{base}/{MANIFEST}")  # what lies there is between two runs from now on
        for done, (name, file) in enumerate(files.items()):
            progress("upload", done, len(files))
            target = f"{base}/{name}"
            if not _is_there(fs, target, sent.get(target), contents[name]):
                sent[target] = {"file": contents[name], "marks": _send(fs, file, target)}
                whole.write_record(processed / SENT, sent)
        manifest = json_text({"city": settings.city.name, "created": about["created"], "files": contents}, indent=1)
        with bring.answers(base):
            fs.pipe_file(_key(f"{base}/{MANIFEST}"), manifest.encode())
        progress("upload", len(files), len(files))
    return f"{base}/{MANIFEST}"


def _files(folder: Path) -> dict[str, Path]:
    """Files below a folder that are for others, by their names in it."""
    found = {file.relative_to(folder): file for file in sorted(folder.rglob("*")) if file.is_file()}
    return {
        name.as_posix(): file
        for name, file in found.items()
        if name.parts[0] not in OURS and not any(part.startswith(".") or was_set_aside(part) for part in name.parts)
    }


def _is_there(fs: Any, target: str, was: dict[str, Any] | None, content: dict[str, Any]) -> bool:
    if was is None or was["file"] != content:
        return False
    with bring.answers(target):
        try:
            return bring.marks(fs.info(_key(target))) == was["marks"]
        except FileNotFoundError:
            return False


def _send(fs: Any, file: Path, target: str) -> str:
    """Send a file; give how storage has marked it."""
    with bring.answers(target):
        fs.put_file(str(file), _key(target))
        return bring.marks(fs.info(_key(target)))


def _forget(fs: Any, target: str) -> None:
    with bring.answers(target):
        if fs.exists(_key(target)):
            fs.rm_file(_key(target))


def _key(address: str) -> str:
    return address.partition("://")[2]
