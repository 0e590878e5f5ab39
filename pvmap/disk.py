"""Files that appear whole or not at all, and a sentence for everything storage does not let us do."""

from __future__ import annotations

import contextlib
import datetime
import errno
import os
import re
import shutil
import tempfile
import time
import uuid
from collections.abc import Callable, Container, Iterator
from pathlib import Path, PurePath, PurePosixPath, PureWindowsPath
from typing import TypeVar

from pvmap.errors import DiskError, PvmapError

AnyPath = TypeVar("AnyPath", bound=PurePath)
# what storage answers when it is full, not ours to write, worn out, gone or a mount point; not every system knows each
NAMES = (
    *("ENOSPC", "EDQUOT", "EROFS", "EACCES", "EPERM", "EIO", "ESTALE", "ENOTCONN", "ENODEV", "ENXIO", "EFBIG"),
    "EBUSY",
)
TROUBLE = frozenset(getattr(errno, name) for name in NAMES if hasattr(errno, name))
READER_PAUSES_S = (0.05, 0.1, 0.2, 0.4, 0.8)  # a map that is just being opened, a virus scanner
PART = ".part"  # how the name of a file ends that is still being written
_ASIDE = re.compile(r"\..+\.[0-9a-f]{12}\.part")  # a name that `aside` gives, and hardly anybody else
FULL_BYTES = 1 << 20  # with less than this free a disk counts as full


def replace(fresh: Path, path: Path) -> None:
    """Put a finished file in the place of an older one, waiting a moment for readers: Windows lets none be replaced.

    Raises
    ------
    PermissionError
        Somebody holds the old file for longer than that.
    """
    for pause_s in READER_PAUSES_S:
        try:
            os.replace(fresh, path)
            return
        except PermissionError:
            time.sleep(pause_s)
    os.replace(fresh, path)


def set_aside(path: Path) -> Path:
    """Give what is there another name, which says when; links are not followed."""
    kept = next(one for one in names_aside(path) if not os.path.lexists(one))
    replace(path, kept)
    return kept


def names_aside(path: AnyPath) -> Iterator[AnyPath]:
    """Give names for what is set aside, which say when, the plainest first."""
    now = f"{datetime.datetime.now():%Y-%m-%d-%H%M}"
    for number in ("", *(f"-{n}" for n in range(2, 10_000))):
        yield path.with_name(f"{path.stem}.{now}{number}{path.suffix}")


def is_folder(path: Path) -> bool:
    """Whether a folder is there, and no link to one."""
    return path.is_dir() and not path.is_symlink()


def put(fresh: Path, path: Path) -> None:
    """Put a finished file in its place, out of which a folder goes first: no file is renamed onto one."""
    if is_folder(path):
        set_aside(path)
    replace(fresh, path)


def write_atomically(
    path: Path, write: Callable[[Path], object], put: Callable[[Path, Path], object] = put, *, flush: bool = True
) -> Path:
    """Let `write` fill a temporary file beside `path`, flush it to disk and rename it into place.

    Parameters
    ----------
    path
        The place.
    write
        Called with the temporary file.
    put
        Called with it and its place once it is whole; by default a folder that stands there is set aside.
    flush
        Whether to wait until it is on the disk. A power failure may take what is not, so only for files of which a
        record tells what they must be, and which are made again where they are not.

    Raises
    ------
    DiskError
        Where the disk is full, read-only or gone.
    """
    temporary = aside(path)
    with errors(path):
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            write(temporary)
            if flush:
                with open(temporary, "rb+") as handle:
                    os.fsync(handle.fileno())
            put(temporary, path)
        finally:
            with contextlib.suppress(OSError):  # what went wrong first is what to tell
                remove(temporary)
    return path


def require_folders(*places: Path) -> None:
    """Make sure that folders are there or can be made: that neither a file nor a link to nothing stands in their way.

    Raises
    ------
    DiskError
        One does.
    """
    for place in places:
        for one in (*reversed(place.parents), place):
            if os.path.lexists(one) and not one.is_dir():
                what = "a link that leads to no folder" if one.is_symlink() else "no folder"
                raise DiskError(f"{one} cannot be written: it is {what}; move it away or choose another --root.")


def require_scratch() -> None:
    """Make sure that the system has a place for what is needed only for a while.

    Raises
    ------
    DiskError
        It has none.
    """
    try:
        tempfile.gettempdir()
    except FileNotFoundError:  # it has tried all there are
        raise DiskError("No folder for temporary files can be written to; let TMPDIR name one that can.") from None


@contextlib.contextmanager
def scratch(*, cleans: bool = True) -> Iterator[Path]:
    """Give a folder for what is needed only for a while.

    Parameters
    ----------
    cleans
        Whether it is an error where something in it cannot be removed at the end.

    Raises
    ------
    DiskError
        As `require_scratch`.
    """
    require_scratch()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=not cleans) as folder:
        yield Path(folder)


def require_writable(folder: Path) -> None:
    """Make sure that files can be written to a folder, or to what it will be made in, by writing one.

    Raises
    ------
    DiskError
        They cannot.
    """
    trial = aside(next(one for one in (folder, *folder.parents) if one.is_dir()) / "trial")
    with errors(folder):
        try:
            trial.write_bytes(b"\n")
        finally:
            remove(trial)


def is_below(name: str) -> bool:
    """Whether a name that was read leads to a place below a folder, on whatever system."""
    rooted = PurePosixPath(name).is_absolute() or PureWindowsPath(name).anchor
    return not rooted and ".." not in name.replace("\\", "/").split("/")


def aside(path: Path) -> Path:
    """Name beside `path` under which it is made; nobody else's, whatever machine writes there as well."""
    return path.with_name(f".{path.name}.{uuid.uuid4().hex[:12]}{PART}")


def sweep(*folders: Path) -> None:
    """Remove what killed writers left below folders: everything that is named as `aside` names it."""
    for folder in folders:
        for path in [one for one in folder.rglob(f".*{PART}") if _ASIDE.fullmatch(one.name)]:
            with errors(path):
                if is_folder(path):
                    shutil.rmtree(path)
                else:
                    remove(path)


@contextlib.contextmanager
def errors(path: Path, only: Container[int] | None = None) -> Iterator[None]:
    """Say in one sentence what storage does not let us do to `path`, or below it.

    Parameters
    ----------
    path
        What is being written.
    only
        Error numbers to answer, `TROUBLE` for work of which writing is only a part; by default every one.
    """
    try:
        yield
    except PvmapError:
        raise
    except OSError as error:
        if only is None:
            raise _no_writing(path, error.strerror or str(error)) from None
        if error.errno not in only:
            raise
        raise _no_writing(Path(error.filename or path), error.strerror or str(error)) from None
    except Exception as error:  # drivers have errors of their own for a disk without room
        if _is_full(path):
            raise _no_writing(path, "No space left on device") from error
        raise


def _no_writing(path: Path, reason: str) -> DiskError:
    return DiskError(
        f"{path} cannot be written: {reason}; see to the space and permissions there or choose another --root."
    )


def _is_full(path: Path) -> bool:
    there = next((folder for folder in path.parents if folder.is_dir()), None)
    return there is not None and shutil.disk_usage(there).free < FULL_BYTES


def remove_ours(folder: Path, ours: re.Pattern[str]) -> None:
    """Remove files below a folder whose names are ours, and folders that are empty then; all else may be somebody's.

    Parameters
    ----------
    folder
        The folder; a link in its place is somebody's.
    ours
        Names of such files.
    """
    if not is_folder(folder):
        return
    with errors(folder):
        for path in folder.iterdir():
            if is_folder(path):
                remove_ours(path, ours)
            elif ours.fullmatch(path.name):
                remove(path)
        with contextlib.suppress(OSError):
            folder.rmdir()


def remove(path: Path) -> None:
    """Remove a file where there is one; a folder in its place may hold what is somebody's, and is set aside."""
    if is_folder(path):
        set_aside(path)
        return
    with contextlib.suppress(FileNotFoundError, NotADirectoryError):
        path.unlink()
