"""The door for files: only a regular file is opened, text is decoded as it was written, and nothing else is waited for.

A pipe, a socket, a device or a folder in the place of a file would be waited for, or read for ever.
"""

from __future__ import annotations

import contextlib
import glob
import json
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

from pvmap.errors import ConfigError, InputError
from pvmap.gbk import is_paired, utf8_by_chance

LARGEST_TEXT_BYTES = 1 << 26  # of a file that is read at once: far above any settings, weather or document of ours
PATTERN_SIGNS = "*?["
CHUNK = 1 << 20
SQLITE = b"SQLite format 3\0"  # how a database begins, a GeoPackage too
PUT_IT_THERE = "put the file in place or correct its path"
# The longer marks first: that of UTF-32 begins like that of UTF-16
BYTE_ORDER_MARKS = {
    b"\xff\xfe\x00\x00": "utf-32",
    b"\x00\x00\xfe\xff": "utf-32",
    b"\xef\xbb\xbf": "utf-8-sig",
    b"\xff\xfe": "utf-16",
    b"\xfe\xff": "utf-16",
}
OTHER_KINDS = (
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISFIFO, "a named pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)
SIGNS_OF_TEXT = "\n,;\t{<"


def regular(path: Path, remedy: str = PUT_IT_THERE) -> Path:
    """Return `path` if it leads to a regular file that can be read.

    Parameters
    ----------
    path
        Where the file should be; links are followed.
    remedy
        What the user can do where nothing is there.

    Raises
    ------
    InputError
        Nothing is there, it is something else than a file, or it may not be looked at or read.
    """
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        if path.is_symlink():
            raise InputError(f"{path} is a link to {os.readlink(path)}, which is not there; {remedy}.") from None
        raise InputError(f"{path} is not there; {remedy}.") from None
    except (OSError, ValueError) as error:  # ValueError: a name with a NUL in it
        raise InputError(f"{str(path)!r} cannot be opened: {reason_of(error)}; {remedy}.") from None
    if not stat.S_ISREG(mode):
        what = next((name for is_that, name in OTHER_KINDS if is_that(mode)), "no file")
        raise InputError(f"{path} is {what}, not a regular file; put the file itself there or correct its path.")
    with readable(path), open(path, "rb", buffering=0) as file:
        file.read(1)
    return path


@contextlib.contextmanager
def readable(path: Path) -> Iterator[None]:
    """Say in a sentence that a file may not be read, or that its disk does not give it."""
    try:
        yield
    except OSError as error:
        raise InputError(
            f"{path} cannot be read: {reason_of(error)}; see to its permissions and to the disk that it lies on."
        ) from None


def is_there(path: Path) -> bool:
    """Whether anything is there; what has a name no system can have, or may not be looked at, is not."""
    try:
        return path.exists()
    except OSError:
        return False


def is_pattern(named: str) -> bool:
    """Whether a path may stand for several files."""
    return any(sign in named for sign in PATTERN_SIGNS)


def matching(raw: Path, named: str) -> list[Path]:
    """Return the path, or the files that match it where it is a pattern, by name.

    Parameters
    ----------
    raw
        Folder it is relative to, which no pattern leaves.
    named
        Path or pattern: ``*`` and ``?`` in a name, ``**`` for any folders, each once, though links lead in circles;
        names that begin with a full stop never match. What is there under the very name is no pattern.

    Raises
    ------
    ConfigError
        The pattern is absolute or leads upward.
    InputError
        No file matches.
    """
    path = raw / named
    if not is_pattern(named) or os.path.lexists(path):
        return [path]
    if Path(named).is_absolute() or ".." in Path(named).parts:
        raise ConfigError(f"path = {named!r} is a pattern that leaves {raw}; write one below it, or name each file.")
    try:
        found = sorted(_found(raw, Path(named).parts), key=str)
    except OSError as error:  # a folder that may not be looked into
        raise InputError(f"{error.filename} cannot be read: {reason_of(error)}.") from None
    if not (files := [one for one in found if not one.is_dir()]):
        raise InputError(f"{path}: no file matches this pattern; put the files in place or correct it.")
    return files


def _found(folder: Path, parts: tuple[str, ...]) -> set[Path]:
    if "**" not in parts:
        return {folder / one for one in glob.glob(str(Path(*parts)), root_dir=folder)}
    at, seen = parts.index("**"), set[Path]()
    tops = _found(folder, parts[:at]) if at else {folder}
    below = [one for top in sorted(tops) for one in _folders(top, seen)]
    return {file for one in below for file in _found(one, parts[at + 1 :] or ("*",))}


def _folders(folder: Path, seen: set[Path]) -> Iterator[Path]:
    """Give a folder and those below it that were not seen yet, by whatever name."""
    if folder.is_dir() and (real := folder.resolve()) not in seen:
        seen.add(real)
        yield folder
        for one in sorted(folder.iterdir()):
            if not one.name.startswith("."):
                yield from _folders(one, seen)


def read_bytes(path: Path, largest: int = LARGEST_TEXT_BYTES) -> bytes:
    """Content of a regular file of at most `largest` bytes.

    Raises
    ------
    InputError
        It is no regular file, larger, or cannot be read.
    """
    size = regular(path).stat().st_size
    if size > largest:
        raise InputError(
            f"{path} holds {size / 1e6:,.0f} MB, more than such a file can; see whether it is the right one."
        )
    with readable(path):
        return path.read_bytes()


def read_text(path: Path, stated: str = "") -> tuple[str, str]:
    """Text of a file, and the encoding it was read in; see `encoding_of`."""
    encoding = encoding_of(path, stated)
    content = read_bytes(path)
    try:
        return content.decode(encoding), encoding
    except UnicodeDecodeError as error:
        not_text(path, encoding, error.start)


def read_utf8(path: Path, largest: int = LARGEST_TEXT_BYTES) -> str:
    """Text of a file that must be UTF-8, with or without byte order mark."""
    try:
        return read_bytes(path, largest).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        not_text(path, "UTF-8", error.start)


def not_text(path: Path, encoding: str, position: int) -> NoReturn:
    """Raise the sentence on a file that is not text in `encoding`."""
    raise InputError(f"{path} is not {encoding} text (byte {position}); save it as UTF-8.")


def read_json(path: Path) -> Any:
    """Content of a JSON file; see `parse_json`."""
    return parse_json(read_text(path)[0], str(path))


def parse_json(text: str, name: str) -> Any:
    """Parse JSON.

    Parameters
    ----------
    text
        The text.
    name
        Where it comes from, for the sentence.

    Raises
    ------
    InputError
        It is no JSON, or nested deeper than any data file is.
    """
    try:
        return json.loads(text)
    except RecursionError:
        raise InputError(f"{name} is nested too deeply to be read; export it again.") from None
    except ValueError as error:  # no JSON, or a whole number of thousands of digits
        raise InputError(
            f"{name} is not JSON that can be read: {str(error).splitlines()[0]}; export it again."
        ) from None


def encoding_of(path: Path, stated: str = "") -> str:
    """Tell the encoding of a text file: by its byte order mark, else UTF-8 where all of it is, else GB18030.

    Excel in China saves GBK, of which GB18030 is the superset. Other text falls apart in it, or pairs its high bytes
    only by chance: GB18030 is taken where they come in pairs as Chinese ones do.

    Parameters
    ----------
    path
        The file.
    stated
        Encoding that somebody has stated: it is taken if the text decodes.

    Raises
    ------
    InputError
        It is no regular file, or no text in any of these.
    """
    with readable(path):
        return _encoding_of(regular(path), stated)


def _encoding_of(path: Path, stated: str) -> str:
    with open(path, "rb") as file:
        head = file.read(4096)
    marked = next((name for mark, name in BYTE_ORDER_MARKS.items() if head.startswith(mark)), "")
    if known := stated or marked or (_without_mark(path, head) if b"\x00" in head else ""):
        if _decodes(path, known):
            return known
        not_text(path, known, 0)
    if _decodes(path, "utf-8"):
        with open(path, "rb") as file:
            return "gb18030" if utf8_by_chance(file) else "utf-8"
    if _looks_paired(path) and _decodes(path, "gb18030"):
        return "gb18030"
    raise InputError(f"{path} is not text in UTF-8, UTF-16 or GB18030; save it as UTF-8, or state its encoding.")


def reason_of(error: Exception) -> str:
    """First line of what the system or a library says, to be closed by our own full stop."""
    text = getattr(error, "strerror", None) or str(error)
    lines = text.strip().splitlines()
    return lines[0].rstrip(" .") if lines else type(error).__name__


def shape_fault(error: Exception) -> str:
    """Say what Python's error on data of another shape means."""
    if isinstance(error, TypeError | AttributeError):  # which names Python's own kinds
        return "a value is not of the kind that stands there"
    return f"{error} is missing" if isinstance(error, KeyError) else reason_of(error)


def _without_mark(path: Path, head: bytes) -> str:
    """UTF-16 without its mark shows by the zero bytes of line ends and separators; a binary file is none of it."""
    zeros = [head[start::2].count(0) for start in (0, 1)]
    encoding = "utf-16-le" if zeros[1] > zeros[0] else "utf-16-be"
    text = head.decode(encoding, "ignore")
    if "\x00" in text or not any(sign in text for sign in SIGNS_OF_TEXT):
        raise InputError(f"{path} holds zero bytes, as no text does; save it as text in UTF-8, a workbook as CSV.")
    return encoding


def _looks_paired(path: Path) -> bool:
    return any(is_paired(chunk) for chunk in _chunks(path) if not chunk.isascii())


def _decodes(path: Path, encoding: str) -> bool:
    try:
        with open(path, encoding=encoding, newline="") as text:
            while text.read(CHUNK):
                pass
    except (UnicodeError, LookupError):
        return False
    return True


def _chunks(path: Path) -> Iterator[bytes]:
    with open(path, "rb") as file:
        while chunk := file.read(CHUNK):
            yield chunk
