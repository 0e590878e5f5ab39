"""Memory that was used and is not needed any more goes back to the system, where other processes can have it."""

from __future__ import annotations

import contextlib
import ctypes

import pyarrow as pa


def give_back() -> None:
    """Give back what the C library and Arrow keep for later: geometries leave half of a city's memory in such holes."""
    pa.default_memory_pool().release_unused()
    with contextlib.suppress(OSError, AttributeError, TypeError):  # only glibc knows how
        ctypes.CDLL(None).malloc_trim(0)
