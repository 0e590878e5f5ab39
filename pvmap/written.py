"""The one door to places that people see: what is not as pvmap wrote it is kept under another name, never lost.

A folder of outputs carries a record of what was written there last; pages carry a seal instead (`pvmap.pages`). What
neither knows (somebody's own file, one that was changed since, one of an older version, a link, a folder, a file that
was write-protected) is set aside before its place is taken.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import stat
from collections.abc import Callable, Iterable
from pathlib import Path

from pvmap import disk
from pvmap.errors import DiskError, InputError
from pvmap.opening import SQLITE, read_utf8
from pvmap.sentence import Sentence

RECORD = ".written.json"
SETTING_ASIDE = re.compile(r".+\.\d{4}-\d\d-\d\d-\d{4}(-\d+)?(\.[^.]+)?")
TOUCHED = (slice(18, 20), slice(24, 28), slice(92, 100))  # of SQLite's header: journal, counters, library
COMPANIONS = ("-wal", "-shm", "-journal")  # SQLite's, beside the database
LEFT_BY_SYSTEMS = (".DS_Store", "Thumbs.db", "desktop.ini")  # where somebody has looked into a folder
Tell = Callable[[str], None]


def silent(told: str) -> None:
    """Tell nobody."""


class Written:
    """The record of one folder.

    Attributes
    ----------
    stamp : str
        Hash of what the files were made from, where their maker gives one; empty while they are being put in place.
    hashes : dict
        Fingerprints that each file or folder may have and still be ours, by name.
    """

    def __init__(self, folder: Path, record: str = RECORD):
        self._folder, self._record = folder, folder / record
        self.stamp, self.hashes = _read(self._record)

    def is_ours(self, name: str) -> bool:
        """Whether nothing of that name is there, or what `put` has put there, unchanged."""
        return _is_as_written(self._folder / name, self.hashes.get(name, ()))

    def is_current(self, stamp: str) -> bool:
        """Whether all files are there and made from what `stamp` stands for; changed ones are somebody's own."""
        return self.stamp == stamp and all((self._folder / name).exists() for name in self.hashes)

    def require_closed(self) -> None:
        """Raise a DiskError where a program has one of these files open and lets nobody replace it, as on Windows."""
        for path in (self._folder / name for name in self.hashes):
            try:
                if path.is_file():
                    path.open("r+b").close()
            except PermissionError:
                if os.access(path, os.W_OK):  # it is not protected, so that somebody holds it
                    raise DiskError(f"{path} is open in another program; close it there and run again.") from None

    def put(self, fresh: Path, names: Iterable[str], tell: Tell = silent, stamp: str = "") -> list[Path]:
        """Put files and folders in their places.

        Parameters
        ----------
        fresh
            Folder in which they were made, on the same disk.
        names
            Theirs, there and here.
        tell
            Called with a sentence for each thing that was set aside.
        stamp
            See `Written.stamp`.

        Returns
        -------
        list of pathlib.Path
            The places.
        """
        names = list(names)
        for name in names:  # a run that is killed meanwhile leaves files we still know
            self.hashes.setdefault(name, []).append(fingerprint(fresh / name))
        self._write("")
        for name in names:
            put(fresh / name, self._folder / name, lambda path, name=name: self.is_ours(name), tell)  # type: ignore[misc]
        for name in names:
            self.hashes[name] = self.hashes[name][-1:]
        self._write(stamp)
        return [self._folder / name for name in names]

    def _write(self, stamp: str) -> None:
        self.stamp = stamp
        text = json.dumps({"stamp": stamp, "sha256": self.hashes}, ensure_ascii=False, indent=1) + "\n"
        disk.write_atomically(self._record, lambda part: part.write_text(text, encoding="utf-8"))


def put(fresh: Path, path: Path, is_ours: Callable[[Path], bool], tell: Tell = silent) -> Path:
    """Move a finished file or folder to its place; what is there and not ours is set aside, and `tell` told so."""
    if os.path.lexists(path) and not is_ours(path):
        kept = _set_aside(path)
        tell(Sentence("{path} is not as pvmap wrote it: kept as {kept}.", path=str(path), kept=kept.name))
    if path.is_dir():
        old = disk.aside(path)
        disk.replace(path, old)
        disk.replace(fresh, path)
        shutil.rmtree(old, ignore_errors=True)  # the next start sweeps up what is left
    else:
        for ending in COMPANIONS:  # of a database that was only looked at; they would be taken for the new one's
            disk.remove(path.with_name(path.name + ending))
        disk.replace(fresh, path)
    return path


def _set_aside(path: Path) -> Path:
    """Give what is there another name, and with it what SQLite keeps beside it."""
    kept = disk.set_aside(path)
    for ending in COMPANIONS:
        if os.path.lexists(beside := path.with_name(path.name + ending)):
            disk.replace(beside, kept.with_name(kept.name + ending))
    return kept


def was_set_aside(name: str) -> bool:
    """Whether a file or folder has a name that is given to what is set aside."""
    return SETTING_ASIDE.fullmatch(name) is not None


def fingerprint(path: Path) -> str:
    """SHA-256 of a file, or of a folder's files with their names.

    Of a database, which changes when it is only opened, all counts but what opening changes.
    """
    if path.is_dir():
        files = [one for one in sorted(path.rglob("*")) if not one.is_dir() and one.name not in LEFT_BY_SYSTEMS]
        lines = (f"{one.relative_to(path).as_posix()}:{fingerprint(one)}\n" for one in files)
        return hashlib.sha256("".join(lines).encode()).hexdigest()
    with open(path, "rb") as file:
        head = bytearray(file.read(100))
        if head.startswith(SQLITE):
            for where in TOUCHED:
                head[where] = bytes(where.stop - where.start)
        hashed = hashlib.sha256(head)
        while block := file.read(1 << 20):
            hashed.update(block)
    return hashed.hexdigest()


def _is_as_written(path: Path, known: Iterable[str]) -> bool:
    if not os.path.lexists(path):
        return True
    inside = path.rglob("*") if path.is_dir() and not path.is_symlink() else ()
    if not all(_is_plain(one) for one in (path, *inside)):
        return False
    return any(mark in known for mark in (fingerprint(path), _sha256(path)))


def _is_plain(path: Path) -> bool:
    """Whether this is a folder, or a file that nobody has protected and to which no journal has more to add."""
    mode = path.lstat().st_mode
    if stat.S_ISDIR(mode):
        return True
    beside = (path.with_name(path.name + ending) for ending in ("-wal", "-journal"))
    more = any(one.is_file() and one.stat().st_size for one in beside)
    return stat.S_ISREG(mode) and bool(mode & stat.S_IWUSR) and not more


def _sha256(path: Path) -> str:
    """Hash of every byte of a file, as records of older versions have it; empty where it is none."""
    if not path.is_file():
        return ""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _read(record: Path) -> tuple[str, dict[str, list[str]]]:
    """Stamp and fingerprints; of a record that is damaged, or none, nothing: then no file is known."""
    try:
        found = json.loads(read_utf8(record))
        hashes = {str(name): [str(one) for one in some] for name, some in found["sha256"].items()}
        return str(found["stamp"]), {name: some for name, some in hashes.items() if disk.is_below(name)}
    except (InputError, OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return "", {}
