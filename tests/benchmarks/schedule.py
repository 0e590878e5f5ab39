"""How long tiles take on many workers, from what each took: tiles go out in their order to whoever is free first."""

from __future__ import annotations

import heapq
from collections.abc import Iterable


def makespan(seconds: Iterable[float], n_workers: int, overhead_s: float = 0.0) -> float:
    """Time until the last tile is done.

    Parameters
    ----------
    seconds
        What each tile takes, in the order in which they are handed out. [s]
    n_workers
        Who computes.
    overhead_s
        What the scheduler takes to hand out a tile, one after the other. [s]

    Examples
    --------
    >>> makespan([3, 2, 2, 1], 2)
    4.0
    >>> makespan([1, 1, 1, 3], 2), makespan([3, 1, 1, 1], 2)
    (4.0, 3.0)
    """
    free = [0.0] * n_workers
    handed_out, last = 0.0, 0.0
    for taken in seconds:
        handed_out += overhead_s
        end = max(heapq.heappop(free), handed_out) + taken
        heapq.heappush(free, end)
        last = max(last, end)
    return last
