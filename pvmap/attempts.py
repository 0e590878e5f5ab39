"""One job tried, in this process or in a worker: a result, or a sentence why there is none."""

from __future__ import annotations

import os
import socket
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

from pvmap.errors import DiskError, PvmapError
from pvmap.foreign_text import warn_visibly
from pvmap.memory import keep_what_is_loaded

Entry = Callable[[], str | None]  # hashable; None, or the sentence why a worker must not take part


class Failed(PvmapError):
    """A job that has failed and may be tried again: its sentence, whatever was raised where it ran."""


class Refusal(NamedTuple):
    """What comes back instead of a result.

    Attributes
    ----------
    sentence
        Why.
    everywhere
        Whether the whole run must stop for it.
    too_large
        Whether there was, or may have been, no memory for it.
    """

    sentence: str
    everywhere: bool = False
    too_large: bool = False


def let_in() -> str | None:
    """Let every worker compute."""
    return None


@cache
def enter(entry: Entry) -> str | None:
    """Ask once a worker process whether it may take part; by then all is loaded that its first job needs."""
    keep_what_is_loaded()
    warn_visibly()
    return entry()


def in_worker(entry: Entry, function: Callable[[Any], Any], job: Any) -> Any:
    """Run a job in a worker that may take part."""
    if why := enter(entry):
        return Refusal(f"Worker process {os.getpid()} on {socket.gethostname()}: {why}", everywhere=True)
    return tried(function, job)


def tried(function: Callable[[Any], Any], job: Any) -> Any:
    """Run a job; what a user can put right comes back as a sentence, for it would only fail again.

    Raises
    ------
    Failed
        What may pass when it is tried again: storage that does not answer, and errors of our own.
    """
    try:
        return function(job)
    except MemoryError as error:
        return Refusal(reason(error), too_large=True)
    except Exception as error:
        if isinstance(error, PvmapError) and not isinstance(error, DiskError):
            return Refusal(str(error))
        raise Failed(reason(error)) from None


@dataclass(frozen=True)
class Call:
    """A job as it travels: `pickle.loads` of its bytes runs it, and gives what it came to.

    Schedulers pass bytes on and need no pvmap. A worker unpickles them as its task: where it cannot, for it has another
    pvmap or none, the task fails with the reason. Arguments that Dask cannot unpickle make a worker close without one.
    """

    entry: Entry
    function: Callable[[Any], Any]
    job: Any

    def __reduce__(self) -> tuple[Any, ...]:
        return in_worker, (self.entry, self.function, self.job)


def attempt(function: Callable[[Any], Any], job: Any, retries: int) -> Any:
    """Run a job in this process, as often as a worker would."""
    for left in range(retries, -1, -1):
        try:
            return tried(function, job)
        except Exception as error:
            if not left:
                return Refusal(reason(error))
    raise AssertionError("retries are 0 or more")


def reason(error: BaseException | None) -> str:
    """One line for the report: our own errors speak for themselves, a bug names the line it came from."""
    if isinstance(error, PvmapError) or error is None:
        return str(error)
    frames = traceback.extract_tb(error.__traceback__)
    place = f" ({frames[-1].filename.rsplit('/', 1)[-1]}:{frames[-1].lineno})" if frames else ""
    return f"{type(error).__name__}: {error}{place}"
