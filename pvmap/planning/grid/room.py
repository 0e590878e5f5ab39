"""What the grid leaves to a plan that may choose between plants on roofs and on land: shares of sites, joint limits."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from pvmap.planning.grid.allocation import Tree
from pvmap.planning.grid.hosting import NOWHERE

LEAST_KW = 1e-6  # less is rounding


class Room(NamedTuple):
    """What the grid takes of n sites, whichever of them a plan chooses.

    Attributes
    ----------
    share
        (n,) of each site's potential that is taken were there none of the other kind. [1]
    path
        (n,) which of `paths` each site is on, `NOWHERE` for none.
    paths
        Nodes at which the two kinds contend, those that a site counts against.
    mw
        (k,) what each such node takes of both together. [MW]
    district
        (k,) whose works on the grid add to it.
    """

    share: np.ndarray
    path: np.ndarray
    paths: list[tuple[int, ...]]
    mw: np.ndarray
    district: np.ndarray

    @classmethod
    def unlimited(cls, n: int) -> Room:
        """Room of n sites of a city whose grid was not checked."""
        return cls(np.ones(n), np.full(n, NOWHERE), [], np.empty(0), np.empty(0, object))

    def rows_below(self, path: np.ndarray) -> list[np.ndarray]:
        """Positions of those of some rows that count against each node; `path` is the rows'."""
        rows: list[list[int]] = [[] for _ in self.mw]
        for row, at in enumerate(path.tolist()):
            for node in self.paths[at] if at != NOWHERE else ():
                rows[node].append(row)
        return [np.array(one, int) for one in rows]


def room_of(taken_kw: np.ndarray, wanted_kw: np.ndarray, device: np.ndarray, tree: Tree, district: np.ndarray) -> Room:
    """Find what of each site the grid takes, and where plants of two kinds contend.

    Parameters
    ----------
    taken_kw
        (n,) what each site may connect were there none of the other kind; infinite where nobody checked. [kW]
    wanted_kw
        (n,) its potential. [kW]
    device
        (n,) device each joins, `NOWHERE` for none.
    tree
        (m,) devices, and districts above them; headroom in kW.
    district
        (m,) name of the district of each node.

    Notes
    -----
    Each kind alone fits into every node, so that any part of each site does; only where both together want more than
    a node has is there anything left to decide.
    """
    share = np.divide(taken_kw, wanted_kw, out=np.ones(len(wanted_kw)), where=wanted_kw > 0).clip(0.0, 1.0)
    contended = tree.used(share * wanted_kw, device) > tree.headroom + LEAST_KW
    kept = np.flatnonzero(contended)
    number = np.full(len(contended), NOWHERE)
    number[kept] = np.arange(len(kept))
    of_device = np.full(len(contended) + 1, NOWHERE)  # the last is NOWHERE's own
    paths: dict[tuple[int, ...], int] = {}
    for one in np.unique(device[device != NOWHERE]).tolist():
        nodes = tuple(number[node] for node in tree.path(one) if contended[node])
        if nodes:
            of_device[one] = paths.setdefault(nodes, len(paths))
    return Room(share, of_device[device], list(paths), tree.headroom[kept] / 1e3, district[kept])
