"""What is done with the door: a small answer in memory, a file that resumes, a large file read piece by piece."""

from __future__ import annotations

import io
import json
import os
import re
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import Any

from urllib3.response import BaseHTTPResponse

from pvmap import disk
from pvmap.errors import FetchError
from pvmap.sources.remote.addresses import shown
from pvmap.sources.remote.answers import Again
from pvmap.sources.remote.door import Door, body_of

Progress = Callable[[int, int], None]
CONTENT_RANGE = re.compile(r"bytes (\d+)-(\d+)/(\d+)")
PIECE = 1 << 18  # of a file read piece by piece; heads and footers come in one
PIECES_KEPT = 32
SMALL_BYTES = 1 << 26
MAGIC = {
    ".json": (b"{", b"["),
    ".parquet": (b"PAR1",),
    ".tif": (b"II*", b"MM\x00*", b"II+"),
    ".zip": (b"PK",),
    ".pbf": (b"\x00\x00\x00",),  # a length first, then OSMHeader
}


def silent(done: int, total: int) -> None:
    """Show no progress."""


def get(
    door: Door,
    url: str,
    *,
    most_bytes: int = SMALL_BYTES,
    body: bytes | None = None,
    headers: dict[str, str] | None = None,
    answer_s: float | None = None,
    least_wait_s: float = 0.0,
) -> bytes:
    """Return a small answer, whole; parameters and errors as in `Door.ask`."""

    def read(response: BaseHTTPResponse) -> bytes:
        return b"".join(body_of(response, door, most_bytes))

    method = "GET" if body is None else "POST"
    return door.ask(
        url, read, headers=lambda: headers or {}, method=method, body=body, answer_s=answer_s, least_wait_s=least_wait_s
    )


def get_json(door: Door, url: str, **how: Any) -> Any:
    """Return a small answer as JSON.

    Raises
    ------
    FetchError
        It is none: providers answer in HTML when they are overrun.
    """
    return as_json(url, get(door, url, **how))


def as_json(url: str, content: bytes) -> Any:
    """Parse an answer; errors as in `get_json`."""
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        start = content[:60].decode("utf-8", "replace")
        raise FetchError(f"{shown(url)} answers no JSON but {start!r}; try again later.") from None


def download(door: Door, url: str, path: Path, *, most_bytes: int, progress: Progress = silent) -> Path:
    """Fetch a file; what is there of an earlier try is gone on with, and the file appears whole or not at all.

    Parameters
    ----------
    door, url
        Whom to ask for what.
    path
        Where it goes. Beside it ``NAME.part`` grows, and ``NAME.part.json`` tells of which edition it is.
    most_bytes
        Above which it cannot be what was meant.
    progress
        Called with bytes done and bytes in all (0: not known).

    Raises
    ------
    FetchError, DiskError
        As `Door.ask`; its first bytes are not those of its kind; or it does not fit on the disk.
    """
    part, about = path.with_name(f"{path.name}.part"), path.with_name(f"{path.name}.part.json")

    def headers() -> dict[str, str]:
        n_bytes, edition, _ = _so_far(part, about, url)
        return {"Range": f"bytes={n_bytes}-", "If-Range": edition} if n_bytes and edition else {}

    def read(response: BaseHTTPResponse) -> None:
        if response.headers.get("Content-Encoding", "identity") != "identity":
            raise FetchError(f"{shown(url)} comes packed although nobody asked for it; try a mirror.")
        first, total = _extent(response, url)
        if total > most_bytes:
            raise FetchError(f"{shown(url)} holds {total / 1e6:,.0f} MB, more than this can be; see its address.")
        edition = response.headers.get("ETag") or response.headers.get("Last-Modified", "")
        edition = "" if edition.startswith("W/") else edition
        about.write_text(json.dumps({"url": url, "edition": edition, "total": total}))
        done = first
        with open(part, "r+b" if first else "wb") as file:
            file.seek(first)
            file.truncate()
            for chunk in body_of(response, door, most_bytes - first):
                file.write(chunk)
                done += len(chunk)
                progress(done, total)
            file.flush()
            os.fsync(file.fileno())
        if total and done != total:
            raise Again(f"{done:,} of {total:,} bytes")

    with disk.errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        n_bytes, edition, total = _so_far(part, about, url)
        if not (edition and n_bytes == total):  # else all of it came, and whoever fetched it was stopped then
            door.ask(url, read, headers=headers)
        _require_kind(part, path.suffix, url)
        disk.replace(part, path)
        disk.remove(about)
    return path


def _so_far(part: Path, about: Path, url: str) -> tuple[int, str, int]:
    """Return how much of this address lies there, of which edition, and its size; nothing where it is none of it."""
    try:
        known = json.loads(about.read_text())
        n_bytes, total = part.stat().st_size, int(known["total"])
        if known["url"] == url and n_bytes <= total:
            return n_bytes, str(known["edition"]), total
    except (OSError, ValueError, KeyError, TypeError):
        pass
    return 0, "", 0


def _extent(response: BaseHTTPResponse, url: str) -> tuple[int, int]:
    """Return the first byte that comes and how many there are in all, 0 where nobody says."""
    if response.status != 206:
        length = response.headers.get("Content-Length", "")
        return 0, int(length) if length.isdigit() else 0
    found = CONTENT_RANGE.fullmatch(response.headers.get("Content-Range", "").strip())
    if found is None:
        raise FetchError(f"{shown(url)} answers a part without saying which; try a mirror.")
    return int(found[1]), int(found[3])


def _require_kind(part: Path, ending: str, url: str) -> None:
    """Refuse a file that does not begin as its kind does: a page that says "too busy" is no raster."""
    with open(part, "rb") as file:
        start = file.read(16)
    if ending in MAGIC and not start.startswith(MAGIC[ending]):
        disk.remove(part)
        raise FetchError(f"{shown(url)} sends no {ending[1:]} file but {start!r}; try again later.")


class NoRanges(FetchError):
    """The server gives only whole files."""


class RangedFile(io.RawIOBase):
    """A remote file of which only the pieces that are read are fetched.

    Parameters
    ----------
    door, url
        Whom to ask for what.
    most_bytes
        How much of it may be read in all.

    Raises
    ------
    NoRanges
        The server sends the whole file whatever is asked for.
    FetchError
        As `Door.ask`; or the file changes while it is read.
    """

    def __init__(self, door: Door, url: str, most_bytes: int):
        super().__init__()
        self._door, self._url, self._left = door, url, most_bytes
        self._edition, self._at = "", 0
        self._pieces: OrderedDict[int, bytes] = OrderedDict()
        self._size = 0
        self.fault: FetchError | None = None  # libraries that read through this file tell of it in words of their own
        head = self._fetch(0, PIECE)
        self._pieces[0] = head

    def readable(self) -> bool:
        """Tell Python that it can be read."""
        return True

    def seekable(self) -> bool:
        """Tell Python that it can be read anywhere."""
        return True

    def tell(self) -> int:
        """Return where the next read starts."""
        return self._at

    @property
    def size(self) -> int:
        """Bytes in all."""
        return self._size

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Go somewhere, as any file does."""
        start = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._size}[whence]
        self._at = max(start + offset, 0)
        return self._at

    def readinto(self, buffer: Any) -> int:
        """Fill a buffer, as any file does."""
        content = self.read(len(buffer))
        buffer[: len(content)] = content
        return len(content)

    def read(self, size: int = -1) -> bytes:
        """Return up to `size` bytes from here on."""
        end = self._size if size is None or size < 0 else min(self._at + size, self._size)
        content = self._span(self._at, end) if end > self._at else b""
        self._at += len(content)
        return content

    def _span(self, start: int, end: int) -> bytes:
        if end - start > PIECE:
            return self._fetch(start, end)
        first, last = start // PIECE, (end - 1) // PIECE
        joined = b"".join(self._piece(number) for number in range(first, last + 1))
        return joined[start - first * PIECE : end - first * PIECE]

    def _piece(self, number: int) -> bytes:
        if number not in self._pieces:
            self._pieces[number] = self._fetch(number * PIECE, min((number + 1) * PIECE, self._size))
            if len(self._pieces) > PIECES_KEPT:
                self._pieces.popitem(last=False)
        self._pieces.move_to_end(number)
        return self._pieces[number]

    def _fetch(self, start: int, end: int) -> bytes:
        """Fetch the bytes from `start` up to `end`."""
        self._left -= end - start
        if self._left < 0:
            self.fault = FetchError(
                f"{shown(self._url)}: more of it would be read than a window can need; see its box."
            )
            raise self.fault

        def read(response: BaseHTTPResponse) -> bytes:
            if response.status != 206:
                raise NoRanges(f"{shown(self._url)} sends whole files only; try a mirror.")
            first, size = _extent(response, self._url)
            edition = response.headers.get("ETag", "")
            if first != start or (self._size and (size, edition) != (self._size, self._edition)):
                raise FetchError(f"{shown(self._url)} has changed while it was read; run again.")
            self._size, self._edition = size, edition
            content = b"".join(body_of(response, self._door, end - start))
            if len(content) != min(end, size) - start:
                raise Again(f"{len(content):,} of {end - start:,} bytes")
            return content

        try:
            return self._door.ask(self._url, read, headers=lambda: {"Range": f"bytes={start}-{end - 1}"})
        except FetchError as error:
            self.fault = error
            raise
