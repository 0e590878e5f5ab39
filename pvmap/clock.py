"""How long the steps of a run take, and how much memory: looked at while it runs, the same way on every system."""

from __future__ import annotations

import contextlib
import itertools
import threading
import time
from collections.abc import Callable

import psutil

from pvmap.memory import give_back

INTERVAL_S = 0.25
CHILDREN_EVERY = 8  # looks: to find children, every process of the machine is looked at


class PeakMemory:
    """Watches this process and its children for as long as each ``with`` lasts.

    Attributes
    ----------
    main_mb, largest_worker_mb
        Most resident memory seen of this process, and of one child process. [MB]
    """

    def __init__(self) -> None:
        self.main_mb = self.largest_worker_mb = 0.0
        self._children: list[psutil.Process] = []
        self._done = threading.Event()

    def __enter__(self) -> PeakMemory:
        self._done = threading.Event()
        self.look()
        threading.Thread(target=self._watch, args=(self._done,), name="peak-memory", daemon=True).start()
        return self

    def __exit__(self, *error: object) -> None:
        self._done.set()
        self.look()

    def look(self, anew: bool = True) -> None:
        """Look once, `anew` at who the children are."""
        here = psutil.Process()
        self.main_mb = max(self.main_mb, _resident_mb(here))
        if anew:
            with contextlib.suppress(psutil.Error):
                self._children = here.children(recursive=True)
        self.largest_worker_mb = max([self.largest_worker_mb, *map(_resident_mb, self._children)])

    def record(self) -> dict[str, float]:
        """Return what run.json keeps, in MB."""
        return {"main": round(self.main_mb, 1), "largest_worker": round(self.largest_worker_mb, 1)}

    def _watch(self, done: threading.Event) -> None:
        for number in itertools.count(1):
            if done.wait(INTERVAL_S):
                break
            self.look(anew=number % CHILDREN_EVERY == 0)


class Clock:
    """Times the steps of a run, watches their memory, and tells the progress of those without steps of their own."""

    def __init__(self, progress: Callable[[str, int, int], None]):
        self.seconds: dict[str, float] = {}
        self.memory = PeakMemory()
        self._progress = progress
        self._step, self._counted = "", False
        self._start = 0.0

    def __call__(self, step: str, *, counted: bool = False) -> Clock:
        """Name the step that the next ``with`` times; of one whose work is `counted` others tell how far it is."""
        self._step, self._counted = step, counted
        return self

    def __enter__(self) -> None:
        self.memory.__enter__()
        self._start = time.perf_counter()
        if not self._counted:
            self._progress(self._step, 0, 1)

    def __exit__(self, *error: object) -> None:
        give_back()
        self.memory.__exit__()
        self.seconds[self._step] = round(time.perf_counter() - self._start, 2)
        if error == (None, None, None) and not self._counted:
            self._progress(self._step, 1, 1)


def _resident_mb(process: psutil.Process) -> float:
    """Resident memory; none of a process that has just ended or is not ours to look at."""
    with contextlib.suppress(psutil.Error):
        return process.memory_info().rss / 2**20
    return 0.0
