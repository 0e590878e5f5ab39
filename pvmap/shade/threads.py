"""Rows shared out to threads, for compiled code that lets go of the interpreter's lock.

Numba's own parallel loops do the same, but take several times as long to compile, and a city's tiles run in processes
of one thread each.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np

CHUNKS_PER_THREAD = 8  # rows differ in cost, so threads that are done early take the next chunk


def in_threads(work: Callable[[int, int], object], n: int, threads: int) -> None:
    """Call ``work(first, last)`` until all of ``n`` rows are done, `last` excluded.

    Parameters
    ----------
    work
        Must write nothing but its own rows.
    n
        Number of rows.
    threads
        Threads to use; with one, a single call does it all.
    """
    if threads == 1:
        work(0, n)
        return
    ends = np.linspace(0, n, min(n, threads * CHUNKS_PER_THREAD) + 1).astype(int).tolist()
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(work, ends[:-1], ends[1:]))
