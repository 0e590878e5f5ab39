"""What the demo has written into a folder of inputs, so that it never writes over what somebody else put there."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path

from pvmap import store
from pvmap.errors import InputError

RECORD = ".demo-stamp"
ANY = "*"  # stands for the hash of a file that was recorded by name only


class Written:
    """The record of one folder.

    Attributes
    ----------
    stamp : str
        Hash of what the files were made from; empty while they are being put in place.
    hashes : dict
        SHA-256 that each file may have and still be ours, by name.
    """

    def __init__(self, raw: Path):
        self._raw = raw
        self.stamp, self.hashes = _read(raw / RECORD)

    def is_current(self, stamp: str) -> bool:
        """Whether all files are there and made from what `stamp` stands for; changed ones are somebody's own."""
        return self.stamp == stamp and all((self._raw / name).exists() for name in self.hashes)

    def require_ours(self, names: Iterable[str]) -> None:
        """Raise an InputError where one of these files is there and is not as the demo has written it."""
        for name in names:
            path, ours = self._raw / name, self.hashes.get(name, [])
            if path.is_symlink() or (path.exists() and ANY not in ours and sha256(path) not in ours):
                raise InputError(
                    f"{path} was not written by the demo, which would replace it; move it away, "
                    "or take the table [demo] out of the city file."
                )

    def begin(self, fresh: Path, names: Iterable[str]) -> None:
        """Note what is about to be put in place: a run that is killed meanwhile leaves files we still know."""
        for name in names:
            self.hashes.setdefault(name, []).append(sha256(fresh / name))
        self._write("")

    def finish(self, stamp: str) -> None:
        """Note that all is in place."""
        self.hashes = {name: hashes[-1:] for name, hashes in self.hashes.items()}
        self._write(stamp)

    def _write(self, stamp: str) -> None:
        self.stamp = stamp
        store.write_json(self._raw / RECORD, {"stamp": stamp, "sha256": self.hashes})


def sha256(path: Path) -> str:
    """Hash of a file; empty where it is none."""
    if not path.is_file():
        return ""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _read(record: Path) -> tuple[str, dict[str, list[str]]]:
    """Stamp and hashes; of a record that is damaged none, of an older one names only."""
    try:
        text = record.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return "", {}
    try:
        found = json.loads(text)
        return str(found["stamp"]), {str(name): [str(one) for one in some] for name, some in found["sha256"].items()}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return "", {name: [ANY] for name in text.splitlines()[1:]}
