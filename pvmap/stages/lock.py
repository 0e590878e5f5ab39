"""One city, one run: who holds a run folder, and whether that one is still alive.

The lock is a folder that is renamed into place with its content, which every file system does in one step or not at
all, those of a network too. Its holder shows that it lives by touching it; whoever finds a lock whose process has
ended on this machine, or on another one without a sign of life for long, takes it away.
"""

from __future__ import annotations

import contextlib
import datetime
import errno
import json
import os
import shutil
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from pvmap import disk
from pvmap.disk import aside
from pvmap.errors import DiskError, InputError

LOCK = "run.lock"
OWNER = "owner.json"  # in that folder
BEAT_SECONDS = 10.0  # between two signs of life
SILENT_SECONDS = 180.0  # without one, and the holder counts as dead; network folders show times up to a minute late
TAKEN = (errno.ENOTEMPTY, errno.EEXIST, errno.ENOTDIR)  # what renaming onto a lock may end with
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
        Its number, and when it began [s since 1970]: numbers are given away again.
    since
        When it took the folder, for people.
    """

    command: str
    host: str
    machine: str
    process: int
    started: float
    since: str

    @classmethod
    def me(cls, command: str) -> Owner:
        """Describe this process."""
        import psutil  # here and below: `check` takes no lock, and starts without it

        now = datetime.datetime.now(datetime.UTC).isoformat(timespec="milliseconds")
        return cls(command, socket.gethostname(), _machine(), os.getpid(), psutil.Process().create_time(), now)

    def sentence(self, folder: Path) -> str:
        """Say that the folder is taken, and what to do."""
        return (
            f"{folder} is in use by `pvmap {self.command}`, process {self.process} on {self.host} since {self.since}; "
            f"wait for it or end it (a lock without a sign of life for {SILENT_SECONDS:.0f} s is taken away)."
        )


class Lock:
    """A folder held by this process."""

    def __init__(self, folder: Path, owner: Owner):
        self._folder, self._owner = folder, owner
        self._done = threading.Event()
        threading.Thread(target=self._beat, daemon=True, name="sign of life").start()

    def require(self) -> None:
        """Make sure that the folder is still there and ours, before something is published in it.

        Raises
        ------
        DiskError, InputError
            The folder has gone, or somebody has taken it over.
        """
        found = _read(self._folder / LOCK)
        if found == self._owner:
            return
        if found is None:
            raise DiskError(f"{self._folder} has gone away while the run was under way; see to the disk and run again.")
        raise InputError(found.sentence(self._folder))

    def _beat(self) -> None:
        while not self._done.wait(BEAT_SECONDS):
            with contextlib.suppress(OSError):
                os.utime(self._folder / LOCK / OWNER)

    def _release(self) -> None:
        self._done.set()
        if _read(self._folder / LOCK) == self._owner:
            with contextlib.suppress(OSError):
                shutil.rmtree(_moved_away(self._folder / LOCK))


@contextlib.contextmanager
def hold(folder: Path, command: str) -> Iterator[Lock]:
    """Hold a run folder, which is made where it is not there.

    Raises
    ------
    InputError
        Somebody else holds it.
    DiskError
        It cannot be written.
    """
    owner = Owner.me(command)
    with disk.errors(folder):
        _take(folder, owner)
    lock = Lock(folder, owner)
    try:
        yield lock
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
    """Give the living owner of a run folder, None where there is none."""
    owner = _read(folder / LOCK)
    if owner is None or _is_dead(owner, time.time() - _last_sign(folder / LOCK)):
        return None
    return owner


def _take(folder: Path, owner: Owner) -> None:
    lock = folder / LOCK
    while True:
        mine = aside(lock)
        mine.mkdir(parents=True)
        try:
            (mine / OWNER).write_text(json.dumps(asdict(owner)), encoding="utf-8")
            now = _last_sign(mine)  # by the clock of that disk
            os.rename(mine, lock)
            return
        except FileNotFoundError:  # the holder sweeps up what lies about
            continue
        except OSError as error:
            if not (error.errno in TAKEN or lock.exists()):
                raise
            found = _read(lock)
            if found is not None and not _is_dead(found, now - _last_sign(lock)):
                raise InputError(found.sentence(folder)) from None
            _take_away(lock, found)
        finally:
            shutil.rmtree(mine, ignore_errors=True)


def _take_away(lock: Path, dead: Owner | None) -> None:
    """Remove a dead owner's lock; if another one was quicker it is that one's lock now, and goes back."""
    with contextlib.suppress(FileNotFoundError):
        gone = _moved_away(lock)
        if _read(gone) == dead:
            shutil.rmtree(gone) if gone.is_dir() else gone.unlink()
        else:
            os.rename(gone, lock)


def _moved_away(lock: Path) -> Path:
    gone = aside(lock)
    os.rename(lock, gone)
    return gone


def _read(lock: Path) -> Owner | None:
    """Owner of a lock; None where there is none, or a damaged one, which nobody living leaves."""
    try:
        return Owner(**json.loads((lock / OWNER).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def _last_sign(lock: Path) -> float:
    try:
        return (lock / OWNER).stat().st_mtime
    except OSError:
        return 0.0


def _is_dead(owner: Owner, silent_seconds: float) -> bool:
    if owner.machine != _machine():
        return silent_seconds > SILENT_SECONDS
    import psutil

    try:
        process = psutil.Process(owner.process)
        same = abs(process.create_time() - owner.started) < CLOCK_SECONDS
        alive = process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True
    except psutil.AccessDenied:
        return silent_seconds > SILENT_SECONDS
    # a clock that was set makes a living process look like another one, but not a silent one
    return not alive or (not same and silent_seconds > 3 * BEAT_SECONDS)


def _machine() -> str:
    """Whose process numbers these are: containers have the host's name at times, but process numbers of their own."""
    with contextlib.suppress(OSError):
        return f"{socket.gethostname()} {os.readlink('/proc/self/ns/pid')}"
    return socket.gethostname()
