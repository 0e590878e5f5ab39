"""Potential that the grid can take, the cheapest first, and what would be curtailed were all of it built."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from pvmap.planning.grid.hosting import NOWHERE


class Tree(NamedTuple):
    """Devices under their superiors; a superior stands before its subordinates.

    Attributes
    ----------
    parent
        (m,) index of the superior, `NOWHERE` at the top.
    headroom
        (m,) what each may still take, 0 or more.
    district
        (m,) node of the district that each belongs to, which may be another one than its superior's; `NOWHERE` or
        None for none.
    """

    parent: np.ndarray
    headroom: np.ndarray
    district: np.ndarray | None = None

    def path(self, device: int) -> list[int]:
        """Return the device and its superiors, lowest first, and its own district where it is not among them."""
        path, own = [], NOWHERE if self.district is None else int(self.district[device])
        while device != NOWHERE:
            path.append(device)
            device = int(self.parent[device])
        return path if own == NOWHERE or own in path else [*path, own]

    def used(self, taken: np.ndarray, device: np.ndarray) -> np.ndarray:
        """Add up what sites take below each node, (m,)."""
        joined = device != NOWHERE
        own = np.bincount(device[joined], taken[joined], len(self.parent))
        below = np.zeros(len(own))
        for node in np.flatnonzero(own):
            below[self.path(int(node))] += own[node]
        return below


class Allocation(NamedTuple):
    """What sites may connect, each an (n,) array."""

    taken: np.ndarray  # in the unit of what was asked for
    rank: np.ndarray  # order of service from 1; 0 where nothing was asked for or nothing serves
    limited_by: np.ndarray  # device whose headroom ran out, `NOWHERE` where all was taken


def allocate(wanted: np.ndarray, order: np.ndarray, device: np.ndarray, tree: Tree) -> Allocation:
    """Give each site, in this order, what every device on its way up still takes.

    Parameters
    ----------
    wanted
        (n,) what each site asks for, 0 or more.
    order
        (n,) positions of the sites, the first to be served first.
    device
        (n,) device each site joins, `NOWHERE` for none: it gets nothing.
    tree
        Devices, counties among them.

    Returns
    -------
    Allocation

    Notes
    -----
    Limits that nest in one another are a laminar family, so that serving the best first is also the best in sum. A
    district whose transformers hang on several of other districts does not nest: its limit is kept all the same.
    """
    left = tree.headroom.astype(float).tolist()
    paths: dict[int, list[int]] = {}
    taken, rank = np.zeros(len(wanted)), np.zeros(len(wanted), "int64")
    limited_by = np.full(len(wanted), NOWHERE)
    served = order[(wanted[order] > 0) & (device[order] != NOWHERE)]
    for number, site in enumerate(served.tolist(), start=1):
        own = int(device[site])
        path = paths.get(own) or paths.setdefault(own, tree.path(own))
        tightest = min(path, key=left.__getitem__)
        amount = min(float(wanted[site]), left[tightest])
        taken[site], rank[site] = amount, number
        if amount < wanted[site]:
            limited_by[site] = tightest
        for one in path:
            left[one] = max(left[one] - amount, 0.0)
    return Allocation(taken, rank, limited_by)


def curtailed(power: np.ndarray, limit: np.ndarray, parent: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Cut what no device can take, from the lowest upwards: what is cut below does not count above.

    Parameters
    ----------
    power
        (m, T) power of the plants that join each device itself.
    limit
        (m, T) power it can take from all below it: load - other generation + upward limit + storage.
    parent
        (m,) index of the superior, which stands before its subordinates; `NOWHERE` at the top.

    Returns
    -------
    cut, arriving
        (m, T) each: what each device cuts, and what reaches it from all below.
    """
    arriving, cut = power.astype(float, copy=True), np.empty_like(power, dtype=float)
    depth = np.zeros(len(parent), int)
    for one, superior in enumerate(parent):
        depth[one] = 0 if superior == NOWHERE else depth[superior] + 1
    for level in range(int(depth.max(initial=0)), -1, -1):
        here = np.flatnonzero(depth == level)
        cut[here] = np.clip(arriving[here] - limit[here], 0.0, arriving[here])
        below = here[parent[here] != NOWHERE]
        np.add.at(arriving, parent[below], arriving[below] - cut[below])
    return cut, arriving
