"""A finished run in object storage: its tables, what was written for planners, and its map; the manifest comes last.

Storage shows an object when all of it has arrived, so none is ever half there; a set of them counts when the manifest
says so. What an upload that was cut off has brought already is not sent again. What lies there and was not sent from
this run folder is somebody's own: it is kept under another name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path, PurePosixPath
from typing import Any

from pvmap import disk
from pvmap.disk import names_aside
from pvmap.errors import ConfigError
from pvmap.foreign_text import json_text
from pvmap.pages import MAP, is_sealed
from pvmap.sentence import Sentence
from pvmap.settings.addresses import place_of
from pvmap.settings.city import Settings
from pvmap.stages import backdrop, bring, draws, lock
from pvmap.stages.earlier import require_of_run
from pvmap.stages.history import KEPT
from pvmap.stages.job import PARTS
from pvmap.stages.journal import JOURNAL
from pvmap.stages.record import PAGE, few, published, require_tables
from pvmap.store import whole
from pvmap.webmap.province import SHEETS
from pvmap.webmap.writing import TILES, is_tile
from pvmap.written import LEFT_BY_SYSTEMS, Tell, Written, silent, was_set_aside

MANIFEST = "manifest.json"
SENT = "uploads.json"  # in the run folder: what has been sent where, and how it was marked there
OURS = (PARTS, KEPT, lock.LOCK, SENT, JOURNAL, backdrop.FOLDER, backdrop.RECORD, draws.FOLDER)  # of no use to others


def upload(
    settings: Settings,
    processed: Path,
    maps: Path,
    address: str,
    progress: Callable[[str, int, int], None],
    tell: Tell = silent,
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
    tell
        Called with a sentence for each object that was not sent from here and is kept under another name, and for
        files here that are not of the run and are not sent.

    Returns
    -------
    str
        Address of the manifest: bytes and SHA-256 of every file.

    Raises
    ------
    InputError
        There is no run, a table of it is damaged, files or map are of another one, or storage does not take it.
    """
    base = address.rstrip("/")
    fs = bring.opened(base)
    try:
        place_of(f"{base}/{MANIFEST}")
    except ValueError as error:
        raise ConfigError(f"{base} cannot be written to: {error}.") from None
    with lock.hold(processed, f"upload {settings.city.name}"), disk.errors(processed, disk.TROUBLE):
        about = whole.require_record(processed / whole.RUN, "city", "created", "tables", "stamps")
        require_tables(processed, about)
        require_of_run(about, processed, maps)
        files = _of_run(processed, about, tell) | {f"map/{name}": one for name, one in _of_map(maps, tell).items()}
        contents = {name: whole.measured(file.parent, [file.name])[file.name] for name, file in files.items()}
        sent = _sent_before(processed)
        manifest = f"{base}/{MANIFEST}"
        _make_room(fs, manifest, sent.get(manifest), tell)
        _forget(fs, manifest)  # what lies there is between two runs from now on
        for done, (name, file) in enumerate(files.items()):
            progress("upload", done, len(files))
            target = f"{base}/{name}"
            if _make_room(fs, target, sent.get(target), tell) != contents[name]:
                sent[target] = {"file": contents[name], "marks": _send(fs, file, target)}
                whole.write_record(processed / SENT, sent)
        told = json_text({"city": settings.city.name, "created": about["created"], "files": contents}, indent=1)
        with bring.answers(base):
            bring.asked(fs, "pipe_file", _key(manifest), told.encode())
        sent[manifest] = {"file": {}, "marks": _marks(fs, manifest)}
        whole.write_record(processed / SENT, sent)
        progress("upload", len(files), len(files))
    return manifest


def _sent_before(processed: Path) -> dict[str, Any]:
    """Read what has been sent where, as far as the record tells it as it was written."""
    known = whole.read_record(processed / SENT) or {}
    return {target: was for target, was in known.items() if _told(was, "file", dict) and _told(was, "marks", str)}


def _told(was: object, key: str, kind: type) -> bool:
    return isinstance(was, dict) and isinstance(was.get(key), kind)


def _of_run(processed: Path, about: dict[str, Any], tell: Tell) -> dict[str, Path]:
    """Files of a run folder that are of its run and for others, by their names in it: tables, and what was planned."""
    planned = Written(processed)
    ours = [processed / name for name in planned.hashes if planned.is_ours(name)]
    told = {whole.RUN, *about["tables"]}
    files = [processed / name for name in (whole.RUN, *published(processed)) if name in told]
    files += [one for place in ours for one in ([place] if place.is_file() else place.rglob("*"))]
    return _sent(processed, files, tell)


def _of_map(maps: Path, tell: Tell) -> dict[str, Path]:
    """Files of a map, by their names in its folder."""
    pages = [maps / PAGE, *(maps / SHEETS).glob("*.html")]
    files = [one for one in pages if one.exists() and is_sealed(one, MAP)]
    return _sent(maps, [*files, *filter(is_tile, (maps / TILES).rglob("*.js"))], tell)


def _sent(folder: Path, files: Iterable[Path], tell: Tell) -> dict[str, Path]:
    """Give files by their names below a folder, and tell what else lies there."""

    def is_known(name: Path) -> bool:
        return name.parts[0] in OURS or any(part.startswith(".") or was_set_aside(part) for part in name.parts)

    kept = {file.relative_to(folder) for file in files if file.is_file() and file.name not in LEFT_BY_SYSTEMS}
    there = {one.relative_to(folder) for one in folder.rglob("*") if one.is_symlink() or not one.is_dir()}
    if others := sorted(name.as_posix() for name in there - kept if not is_known(name)):
        tell(Sentence("{folder}: {files} not of the run, not sent.", folder=str(folder), files=few(others)))
    return {name.as_posix(): folder / name for name in sorted(kept) if not is_known(name)}


def _make_room(fs: Any, target: str, was: dict[str, Any] | None, tell: Tell) -> dict[str, Any]:
    """Copy an object that was not sent from here to another name; give what one that was sent holds, else nothing."""
    there = _marks(fs, target)
    if was is not None and there == was["marks"]:
        return was["file"]
    if there:
        folder, _, name = target.rpartition("/")
        kept = next(one for one in names_aside(PurePosixPath(name)) if not _marks(fs, f"{folder}/{one}"))
        with bring.answers(target):
            bring.asked(fs, "cp_file", _key(target), _key(f"{folder}/{kept}"), n_bytes=int(there.split()[0]))
        tell(Sentence("{path} is not as pvmap wrote it: kept as {kept}.", path=target, kept=str(kept)))
    return {}


def _marks(fs: Any, target: str) -> str:
    """How storage marks an object; nothing where there is none."""
    with bring.answers(target):
        try:
            return bring.marks(bring.asked(fs, "info", _key(target)))
        except FileNotFoundError:
            return ""


def _send(fs: Any, file: Path, target: str) -> str:
    """Send a file; give how storage has marked it."""
    with bring.answers(target):
        bring.asked(fs, "put_file", str(file), _key(target), n_bytes=file.stat().st_size)
    return _marks(fs, target)


def _forget(fs: Any, target: str) -> None:
    with bring.answers(target):
        if bring.asked(fs, "exists", _key(target)):
            bring.asked(fs, "rm_file", _key(target))


def _key(address: str) -> str:
    return address.partition("://")[2]
