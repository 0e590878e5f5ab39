"""Pages that may lie anywhere: each ends with a seal, by which pvmap knows it again wherever it was copied to."""

from __future__ import annotations

import hashlib
import os
import re
import stat
from collections.abc import Callable
from pathlib import Path

from pvmap import disk, written
from pvmap.errors import ConfigError

MAP, CHECK, PROFILE = "map", "check", "profile"  # what a page is
SEAL = re.compile(rb"<!-- pvmap ([a-z]+) ([0-9a-f]{64}) -->\n")
SEAL_BYTES = 128  # more than any seal takes


def write_page(path: Path, kind: str, write: Callable[[Path], object], tell: written.Tell = written.silent) -> Path:
    """Let `write` fill a page, seal it and put it in its place; what is there and no such page of ours is set aside."""

    def sealed(fresh: Path) -> None:
        write(fresh)
        seal(fresh, kind)

    def put(fresh: Path, place: Path) -> None:
        written.put(fresh, place, lambda there: is_sealed(there, kind), tell)

    return disk.write_atomically(path, sealed, put)


def seal(path: Path, kind: str) -> None:
    """End a page with what it is and the hash of all before."""
    with open(path, "rb+") as file:
        hashed = hashlib.file_digest(file, "sha256").hexdigest()
        file.seek(0, os.SEEK_END)
        file.write(f"<!-- pvmap {kind} {hashed} -->\n".encode())


def is_sealed(path: Path, kind: str) -> bool:
    """Whether a page of that kind lies there as it was written, or an empty file, and nobody has protected it."""
    about = path.lstat()
    if not stat.S_ISREG(about.st_mode) or not about.st_mode & stat.S_IWUSR:
        return False
    if not about.st_size:
        return True
    with open(path, "rb") as file:
        file.seek(max(about.st_size - SEAL_BYTES, 0))
        tail = file.read()
        found = SEAL.fullmatch(tail, tail.rfind(b"<!--")) if b"<!--" in tail else None
        if found is None or found[1] != kind.encode():
            return False
        left, hashed = about.st_size - len(found[0]), hashlib.sha256()
        file.seek(0)
        while block := file.read(min(left, 1 << 20)):
            left -= len(block)
            hashed.update(block)
    return hashed.hexdigest().encode() == found[2]


def require_page(path: Path, option: str, kind: str) -> None:
    """Make sure that a page which the user asks for takes nobody's place but an older page's of its kind.

    Parameters
    ----------
    path
        Where it shall go.
    option
        What names it on the command line.
    kind
        What it will be.

    Raises
    ------
    ConfigError
        Something else is there.
    DiskError
        Nothing can be there, or be written there.
    """
    fault = None
    with disk.errors(path):
        if not path.name or path.is_dir():
            fault = "this is a folder"
        elif os.path.lexists(path) and not stat.S_ISREG(path.lstat().st_mode):
            fault = "this is a link, a pipe or a device"
        elif os.path.lexists(path) and not is_sealed(path, kind):
            fault = "the file there was not written by this option, or was changed since"
    if fault:
        raise ConfigError(f"{option} {path}: {fault}; name a new file, or move that one away.")
    disk.require_writable(path.parent)
