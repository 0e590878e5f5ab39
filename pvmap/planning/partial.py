"""What a part of a city adds to its whole: sums and bounds by key. Nobody holds all sites; parts add up to the city.

Parts are added in the order of the curve, so the whole does not depend on how many workers made them, or when.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import pandas as pd

BATCH = 64  # parts that are held before they are added to the whole
BOUNDS = {"low_x": "min", "low_y": "min", "high_x": "max", "high_y": "max"}


@dataclass(frozen=True)
class Partial:
    """Tables by name, each indexed by its key.

    Attributes
    ----------
    sums
        Columns that add up.
    bounds
        The columns of ``BOUNDS``, which grow. [m]
    """

    sums: dict[str, pd.DataFrame] = field(default_factory=dict)
    bounds: dict[str, pd.DataFrame] = field(default_factory=dict)

    def __or__(self, other: Partial) -> Partial:
        """Tables of both, which have no name in common."""
        return Partial(self.sums | other.sums, self.bounds | other.bounds)


def add_up(parts: Iterable[Partial]) -> Partial:
    """Add parts to one, in their order; a part may lack tables and keys of others, which then stand for nothing."""
    held: list[Partial] = []
    for part in parts:
        held.append(part)
        if len(held) > BATCH:
            held = [_added(held)]
    return _added(held)


def _added(parts: list[Partial]) -> Partial:
    sums = {name: _by_key([p.sums[name] for p in parts if name in p.sums]).sum() for name in _names(parts, "sums")}
    bounds = {
        name: _by_key([p.bounds[name] for p in parts if name in p.bounds]).agg(BOUNDS)
        for name in _names(parts, "bounds")
    }
    return Partial(sums, bounds)


def _names(parts: list[Partial], kind: str) -> list[str]:
    return list(dict.fromkeys(name for part in parts for name in getattr(part, kind)))


def _by_key(frames: list[pd.DataFrame]) -> pd.api.typing.DataFrameGroupBy:
    frame = pd.concat([frame for frame in frames if len(frame)] or frames[:1])
    return frame.groupby(level=list(range(frame.index.nlevels)), sort=True)
