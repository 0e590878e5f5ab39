"""A process that loads what workers need while the first one still loads itself; each worker begins as its copy."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from collections.abc import Iterator

# Dask has workers give memory back at once, and every tile then asks the system for the same pages again. [bytes]
# So does the C library with what threads beside the first one leave, unless all share its arena; one of them computes.
# Arrow takes its memory where arrays take theirs, so that what tables leave serves them.
ALLOCATOR: dict[str, int | str] = {
    "MALLOC_TRIM_THRESHOLD_": 256 << 20,
    "MALLOC_MMAP_THRESHOLD_": 32 << 20,
    "MALLOC_ARENA_MAX": 1,
    "ARROW_DEFAULT_MEMORY_POOL": "system",
}
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"), 1)  # as Dask has it
LOADED = "pvmap.stages.loaded"  # the module whose import it begins with
_ours = _begun = False


def own() -> None:
    """Say that this process is the command line's alone: what copies inherit does not change once they have begun."""
    global _ours
    _ours = True


def begin() -> None:
    """Start it, where processes can be copied, on Linux, and this one is the command line's. It ends with this one."""
    global _begun
    if sys.platform != "linux" or not _ours:
        return
    from multiprocessing import forkserver, resource_tracker

    resource_tracker.ensure_running()  # which opens the way for Ctrl-C again when it starts, so it comes first
    with _environment({**ALLOCATOR, **ONE_THREAD}), _deaf_to_interrupts():
        forkserver.set_forkserver_preload([LOADED])
        forkserver.ensure_running()
    _begun = True


def has_begun() -> bool:
    """Whether workers can be its copies."""
    return _begun


@contextlib.contextmanager
def _environment(values: dict[str, int | str]) -> Iterator[None]:
    """Hand variables down to a process that is started meanwhile; what the user has set stays."""
    added = {name: str(value) for name, value in values.items() if name not in os.environ}
    os.environ.update(added)
    try:
        yield
    finally:
        for name in added:
            del os.environ[name]


@contextlib.contextmanager
def _deaf_to_interrupts() -> Iterator[None]:
    """Keep Ctrl-C from a process that is started meanwhile, and from its copies: they end when this one does."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
