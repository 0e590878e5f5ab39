"""Memory that was used and is not needed any more goes back to the system; what stays is not looked through for it."""

from __future__ import annotations

import contextlib
import ctypes
import gc
from collections.abc import Iterator

import pyarrow as pa

AT_ONCE = 50_000  # geometries


def stretches(n: int, whole: int = 1) -> Iterator[slice]:
    """Cut `n` geometries into stretches: what is computed on the way to a few numbers of each outweighs the city.

    Each but the last is a multiple of `whole`.
    """
    length = max(AT_ONCE // whole, 1) * whole
    yield from (slice(first, first + length) for first in range(0, n, length))


def take_from_system() -> None:
    """Let Arrow take memory where everybody does: what tables leave in a pool of its own serves nobody else."""
    pa.set_memory_pool(pa.system_memory_pool())


def keep_what_is_loaded() -> None:
    """Spare Python's collector what a process has loaded: that stays anyway, and takes 0.1 s to go through each time.

    For processes of our own: what is garbage by then would stay as well.
    """
    gc.freeze()


def give_back() -> None:
    """Give back what the C library and Arrow keep for later: geometries leave half of a city's memory in such holes."""
    pa.default_memory_pool().release_unused()
    with contextlib.suppress(OSError, AttributeError, TypeError):  # only glibc knows how
        ctypes.CDLL(None).malloc_trim(0)
