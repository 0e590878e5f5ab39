"""The journal of a run folder: what its runs did and when, a line of JSON an event, written as it happens."""

from __future__ import annotations

import contextlib
import datetime
import json
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from pvmap import __version__
from pvmap.foreign_text import json_text

JOURNAL = "journal.jsonl"
ASSESS = "assess tiles"  # the step whose progress counts tiles
BEGIN, END, STEP, FAILED = "begin", "end", "step", "tile failed"  # events
TOLD: dict[str, dict[str, type]] = {  # what events hold beside their time
    STEP: {"step": str, "done": int, "total": int},
    FAILED: {"tile": str, "reason": str},
}
MOST_BYTES = 20_000_000  # a longer journal begins anew, the older one beside it


class Journal:
    """Writes events, and passes the progress of steps on.

    Parameters
    ----------
    folder
        Run folder.
    progress
        Called as ``progress(step, done, total)``.
    """

    def __init__(self, folder: Path, progress: Callable[[str, int, int], None]):
        self._path, self._progress = folder / JOURNAL, progress
        with contextlib.suppress(OSError):
            state = self._path.lstat()
            # a pipe would be waited for, and a link leads to a file of somebody's
            if state.st_size > MOST_BYTES or not stat.S_ISREG(state.st_mode):
                self._path.replace(self._path.with_suffix(".old.jsonl"))

    def __call__(self, step: str, done: int, total: int) -> None:
        """Note how far a step is, and tell it."""
        self.note(STEP, step=step, done=done, total=total)
        self._progress(step, done, total)

    @contextlib.contextmanager
    def run(self, command: str) -> Iterator[None]:
        """Note that a run begins, and how it ends."""
        self.note(BEGIN, command=command, version=__version__)
        try:
            yield
        except BaseException as error:
            self.note(END, reason=str(error) or type(error).__name__)
            raise
        self.note(END)

    def note(self, event: str, **about: Any) -> None:
        """Write an event; what storage does not let us write is left out, for the run does not depend on it."""
        now = datetime.datetime.now(datetime.UTC).isoformat(timespec="milliseconds")
        with contextlib.suppress(OSError), self._path.open("a", encoding="utf-8") as file:
            file.write(json_text({"at": now, "event": event, **about}) + "\n")


def events(folder: Path) -> list[dict[str, Any]]:
    """Read what the last run has noted; nothing where there was none, and no line that is not whole."""
    if not (folder / JOURNAL).is_file():  # a pipe or a device would be read for ever
        return []
    try:
        lines = (folder / JOURNAL).read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return []
    found = list(_whole(lines))
    begun = [number for number, one in enumerate(found) if one["event"] == BEGIN]
    return found[begun[-1] :] if begun else []


def _whole(lines: list[str]) -> Iterator[dict[str, Any]]:
    for line in lines:
        with contextlib.suppress(ValueError, TypeError, RecursionError):
            one = json.loads(line)
            if isinstance(one, dict) and _is_ours(one):
                yield one


def _is_ours(one: dict[str, Any]) -> bool:
    """Whether an event has all that those who read it look at, each of its type."""
    known = TOLD.get(one.get("event", ""), {})
    there = all(isinstance(one.get(name), kind) for name, kind in ({"event": str} | known).items())
    zone = datetime.datetime.fromisoformat(one.get("at", "")).tzinfo
    return there and isinstance(one.get("reason", ""), str) and zone is not None
