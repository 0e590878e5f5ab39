"""Memory that was used and is not needed any more goes back to the system, where other processes can have it."""

from __future__ import annotations

import contextlib
import ctypes
from collections.abc import Iterator

import pyarrow as pa

AT_ONCE = 50_000  # geometries


def stretches(n: int) -> Iterator[slice]:
    """Cut `n` geometries into stretches: what is computed on the way to a few numbers of each outweighs the city."""
    yield from (slice(first, first + AT_ONCE) for first in range(0, n, AT_ONCE))


def take_from_system() -> None:
    """Let Arrow take memory where everybody does: what tables leave in a pool of its own serves nobody else."""
    pa.set_memory_pool(pa.system_memory_pool())


def give_back() -> None:
    """Give back what the C library and Arrow keep for later: geometries leave half of a city's memory in such holes."""
    pa.default_memory_pool().release_unused()
    with contextlib.suppress(OSError, AttributeError, TypeError):  # only glibc knows how
        ctypes.CDLL(None).malloc_trim(0)
