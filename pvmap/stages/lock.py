"""One city, one run: who holds a run folder, and whether that one is still alive.

The lock is a folder that is renamed into place with its content, which every file system does in one step or not at
all, those of a network too, and which fails where a lock with content stands already. What it holds is one file, under
a name that no other owner uses. Its holder shows that it lives by touching that file; whoever finds a lock whose
process has ended on this machine, or on another one without a sign of life for long, removes that file by its name, so
that of many who do so at once none can take away the lock of one that was quicker.
"""

from __future__ import annotations

import contextlib
import datetime
import errno
import itertools
import json
import math
import os
import shutil
import socket
import stat
import threading
import time
import uuid
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated

from pydantic import Field, TypeAdapter, ValidationError

from pvmap import disk
from pvmap.disk import aside
from pvmap.errors import DiskError, InputError

LOCK = "run.lock"
BEAT_SECONDS = 10.0  # between two signs of life
SILENT_SECONDS = 180.0  # without one, and the holder counts as dead; network folders show times up to a minute late
TAKEN = (errno.ENOTEMPTY, errno.EEXIST, errno.ENOTDIR)  # what renaming onto a lock may end with
WATCHED_BEATS, LOOKS_A_BEAT = 2, 10  # how long a lock is watched whose time is far from ours, and how closely
MOST_BYTES = 1 << 20  # of a file that names an owner
MOST_TRIES = 10_000  # to take a lock that nobody holds: some program may keep its empty folder open
CLOCK_SECONDS = 2.0  # by which the start of a process may be read differently


@dataclass(frozen=True)
class Owner:
    """Who holds a folder.

    Attributes
    ----------
    command
        What it runs.
    host, machine
        Where; machines tell process numbers apart, which containers of one host do not share.
    process, started
        Its number, and when it began [s]: numbers are given away again.
    since
        When it took the folder, for people.
    """

    command: str
    host: str
    machine: str
    process: Annotated[int, Field(gt=0, lt=1 << 31)]
    started: float
    since: str

    @classmethod
    def me(cls, command: str) -> Owner:
        """Describe this process."""
        now = datetime.datetime.now(datetime.UTC).isoformat(timespec="milliseconds")
        return cls(command, socket.gethostname(), _machine(), os.getpid(), _start_of(os.getpid()), now)

    def sentence(self, folder: Path) -> str:
        """Say that the folder is taken, and what to do."""
        return (
            f"{folder} is in use by `pvmap {self.command}`, process {self.process} on {self.host} since {self.since}; "
            f"wait for it or end it (a lock without a sign of life for {SILENT_SECONDS:.0f} s is taken away)."
        )


OWNER = TypeAdapter(Owner)


class Lock:
    """A folder held by this process."""

    def __init__(self, folder: Path, entry: str):
        self._folder, self._entry = folder, entry
        self._done = threading.Event()
        threading.Thread(target=self._beat, daemon=True, name="sign of life").start()

    def require(self) -> None:
        """Make sure that the folder is still there and ours, before something is published in it.

        Raises
        ------
        DiskError, InputError
            The folder has gone, or somebody has taken it over.
        """
        with disk.errors(self._folder):
            if (self._folder / LOCK / self._entry).exists():
                return
        found = holder(self._folder)
        if found is None:
            raise DiskError(f"{self._folder} has gone away while the run was under way; see to the disk and run again.")
        raise InputError(found.sentence(self._folder))

    def _beat(self) -> None:
        while not self._done.wait(BEAT_SECONDS):
            with contextlib.suppress(OSError):
                os.utime(self._folder / LOCK / self._entry)

    def _release(self) -> None:
        self._done.set()
        with contextlib.suppress(OSError):
            (self._folder / LOCK / self._entry).unlink()
            (self._folder / LOCK).rmdir()


@contextlib.contextmanager
def hold(folder: Path, command: str) -> Iterator[Lock]:
    """Hold a run folder, which is made where it is not there.

    Raises
    ------
    InputError
        Somebody else holds it.
    DiskError
        It cannot be written, or has gone away meanwhile.
    """
    with disk.errors(folder):
        disk.require_folders(folder)
        lock = Lock(folder, _take(folder, Owner.me(command)))
    try:
        yield lock
    except (FileNotFoundError, InputError):  # of a folder that has gone, whatever is missed first
        lock.require()
        raise
    finally:
        lock._release()


def require_free(folder: Path) -> None:
    """Make sure that no run is changing a folder that is about to be read; nothing is written.

    Raises
    ------
    InputError
        Somebody holds it.
    """
    owner = holder(folder)
    if owner is not None:
        raise InputError(owner.sentence(folder))


def holder(folder: Path) -> Owner | None:
    """Give the living owner of a run folder, None where there is none.

    Raises
    ------
    DiskError
        The disk does not say.
    """
    with disk.errors(folder):
        for entry in _entries(folder / LOCK):
            owner = _read(entry)
            if owner is not None and not _is_dead(owner, entry, time.time()):
                return owner
    return None


def _take(folder: Path, owner: Owner) -> str:
    """Put a lock in place; give the name of its file."""
    lock, name, tries = folder / LOCK, f"{uuid.uuid4().hex}.json", itertools.count()
    while True:
        mine = aside(lock)
        mine.mkdir(parents=True)
        try:
            (mine / name).write_text(json.dumps(asdict(owner)), encoding="utf-8")
            now = _last_sign(mine / name)  # by the clock of that disk
            with contextlib.suppress(OSError):
                lock.rmdir()  # an empty one: Windows renames onto no folder
            os.rename(mine, lock)
            return name
        except FileNotFoundError:  # the holder sweeps up what lies about
            continue
        except OSError as error:
            if next(tries) == MOST_TRIES or not (error.errno in TAKEN or lock.exists()):
                raise
            _take_away_dead(folder, now)
        finally:
            shutil.rmtree(mine, ignore_errors=True)


def _take_away_dead(folder: Path, now: float) -> None:
    """Empty the lock of a dead owner; each entry goes by a name that belongs to nobody else, a stranger's is kept."""
    lock = folder / LOCK
    kept = next(one for one in disk.names_aside(lock) if not os.path.lexists(one))
    if _is_no_folder(lock):
        with contextlib.suppress(OSError):  # a folder that has come into its place meanwhile has no second name
            os.link(lock, kept, **({"follow_symlinks": False} if os.link in os.supports_follow_symlinks else {}))
            lock.unlink()
        if _is_no_folder(lock):  # a disk that knows no second names
            raise DiskError(f"{lock} cannot be written: it is no folder; move it away or choose another --root.")
    for entry in _entries(lock):
        found = _read(entry)
        if found is not None and not _is_dead(found, entry, now):
            raise InputError(found.sentence(folder))
        with contextlib.suppress(FileNotFoundError):  # somebody else was as quick
            if found is not None or _is_ours(entry):
                entry.unlink()
            else:
                kept.mkdir(exist_ok=True)
                os.rename(entry, kept / entry.name)


def _is_no_folder(lock: Path) -> bool:
    return os.path.lexists(lock) and (lock.is_symlink() or not lock.is_dir())


def _entries(lock: Path) -> list[Path]:
    """Files of a lock: its owner's alone, unless somebody has put others beside it. A link is nobody's lock."""
    try:
        return [] if lock.is_symlink() else sorted(lock.iterdir())
    except (FileNotFoundError, NotADirectoryError):
        return []


def _read(entry: Path) -> Owner | None:
    """Owner that a file names; None where it has gone, or is damaged, as nobody living leaves it.

    A disk that does not answer is an error: it must not pass for a dead owner.
    """
    try:
        if not entry.is_file() or entry.stat().st_size > MOST_BYTES:  # a pipe would be waited for
            return None
        return OWNER.validate_json(entry.read_bytes())
    except (FileNotFoundError, IsADirectoryError, ValidationError):
        return None


def _is_ours(entry: Path) -> bool:
    """Whether a file that names no owner may be one that was damaged: a small one with such a name."""
    about = entry.lstat()
    return stat.S_ISREG(about.st_mode) and entry.suffix == ".json" and about.st_size <= MOST_BYTES


def _last_sign(entry: Path) -> float:
    try:
        return entry.stat().st_mtime
    except FileNotFoundError:  # given back a moment ago
        return 0.0


def _silence(entry: Path, now: float) -> float:
    """Seconds since the last sign of life; of one that lies far off, only another one after it tells anything.

    It may be old because its owner is dead, or because a clock was set since.
    """
    last = _last_sign(entry)
    if abs(last - now) < SILENT_SECONDS:
        return now - last
    for _ in range(WATCHED_BEATS * LOOKS_A_BEAT):
        time.sleep(BEAT_SECONDS / LOOKS_A_BEAT)
        if _last_sign(entry) != last:
            return 0.0
    return math.inf


def _is_dead(owner: Owner, entry: Path, now: float) -> bool:
    import psutil  # here and below: `check` takes no lock, and starts without it

    if owner.machine != _machine():
        return _silence(entry, now) > SILENT_SECONDS
    if not psutil.pid_exists(owner.process):
        return True
    try:
        if psutil.Process(owner.process).status() == psutil.STATUS_ZOMBIE:
            return True
        is_same = abs(_start_of(owner.process) - owner.started) < CLOCK_SECONDS
    except psutil.Error:  # somebody else's, which some systems do not show
        return _silence(entry, now) > SILENT_SECONDS
    # where only the clock tells starts, one that was set makes a living process look like another, but not a silent one
    return not is_same and _silence(entry, now) > 3 * BEAT_SECONDS


def _start_of(process: int) -> float:
    """When a process began [s]: since the machine did where it tells that, for clocks are set; else since 1970."""
    import psutil

    with contextlib.suppress(OSError):
        after_name = Path(f"/proc/{process}/stat").read_bytes().rpartition(b")")[2].split()
        return int(after_name[19]) / os.sysconf("SC_CLK_TCK")
    return psutil.Process(process).create_time()


def _machine() -> str:
    """Whose process numbers these are.

    A host may be renamed, two may be called alike, and containers have process numbers of their own: the name tells
    only where the system has nothing better.
    """
    with contextlib.suppress(OSError):
        started = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        return f"{started} {os.readlink('/proc/self/ns/pid')}"
    return socket.gethostname()
