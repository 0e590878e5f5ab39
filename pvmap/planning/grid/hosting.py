"""What the grid can take: upward limits of transformers, hosting capacity, what is left of it, and its grade.

The equipment level of [dlt2041]. A transformer may feed upwards what its rating allows; with what its own load takes
away that is the power distributed generation may deliver, and over the measured share of its rating it reaches at
once, the rating that fits. Powers are AC, in MW; intervals are (lower, upper) because planned storage is one.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

import numpy as np

Mode = Literal["single", "split", "parallel"]
MODES: tuple[Mode, ...] = ("single", "split", "parallel")
GREEN, YELLOW, RED = "green", "yellow", "red"
NOWHERE = -1  # index of a parent, a device or a county that there is not


class Interval(NamedTuple):
    """A lower and an upper bound, each an (n,) array."""

    low: np.ndarray
    high: np.ndarray

    def minus(self, amount: np.ndarray | float) -> Interval:
        """Both bounds less the same amount."""
        return Interval(self.low - amount, self.high - amount)


class Headroom(NamedTuple):
    """What is left of a hosting capacity [MW]; both keep their sign, negative is overbooked."""

    connectable: Interval  # less what is connected
    registrable: Interval  # and less what is registered and not yet connected


def reverse_rating_mva(unit_mva: tuple[float, ...], mode: Mode, limit: float, n1_limit: float) -> float:
    """Rating that may be used upwards.

    Parameters
    ----------
    unit_mva
        Rating of each transformer of the station. [MVA]
    mode
        How the secondary sides run. In parallel what is left after the largest unit fails must carry all; split or
        single, each unit carries its own.
    limit
        Share of the rating of single and split units. [1]
    n1_limit
        Loading allowed to the units that are left. [1]

    Returns
    -------
    float
        [MVA]

    Examples
    --------
    >>> reverse_rating_mva((63.0, 40.0, 40.0), "parallel", 0.8, 1.0)
    80.0
    """
    if mode == "parallel" and len(unit_mva) > 1:
        return n1_limit * (sum(unit_mva) - max(unit_mva))
    return limit * sum(unit_mva)


def deliverable_mw(
    load_mw: np.ndarray, other_generation_mw: np.ndarray, upward_mw: np.ndarray, storage_mw: np.ndarray
) -> np.ndarray:
    """Power that distributed generation may deliver at once: P - P_G + U + P_ESS, negative where there is none [MW]."""
    return load_mw - other_generation_mw + upward_mw + storage_mw


def hosting_mw(
    deliverable: np.ndarray, new_storage: Interval, tau: np.ndarray, reading: Literal["outside", "numerator"]
) -> Interval:
    """Hosting capacity, what exists included.

    Parameters
    ----------
    deliverable
        (n,) `deliverable_mw`. [MW]
    new_storage
        Planned storage. [MW]
    tau
        (n,) greatest output over rating at the assessed hours. [1]
    reading
        Whether new storage is added after the division by tau or before it: the clause is read both ways.

    Returns
    -------
    Interval
        (n,) each. [MW]
    """
    if reading == "numerator":
        return Interval(*(np.maximum(deliverable + storage, 0.0) / tau for storage in new_storage))
    own = np.maximum(deliverable, 0.0) / tau
    return Interval(*(own + storage for storage in new_storage))


def headroom_mw(hosting: Interval, connected_mw: np.ndarray, registered_mw: np.ndarray) -> Headroom:
    """Subtract what is connected, and what is registered, from the hosting capacity [MW]."""
    connectable = hosting.minus(connected_mw)
    return Headroom(connectable, connectable.minus(registered_mw))


def own_grades(headroom: Headroom) -> np.ndarray:
    """Grade of each by its own lower bounds: green C2 > 0, yellow C2 <= 0 < C1, red C1 <= 0, (n,) of object."""
    return np.select([headroom.connectable.low <= 0, headroom.registrable.low <= 0], [RED, YELLOW], GREEN).astype(
        object
    )


def red_superior(red: np.ndarray, parent: np.ndarray) -> np.ndarray:
    """Find the superior that makes each device red.

    Parameters
    ----------
    red
        (n,) bool, red by itself; superiors stand before their subordinates.
    parent
        (n,) index of the superior, `NOWHERE` at the top.

    Returns
    -------
    numpy.ndarray
        (n,) index of the highest red superior, `NOWHERE` where there is none.
    """
    above = np.full(len(red), NOWHERE)
    for device, superior in enumerate(parent):
        if superior != NOWHERE:
            above[device] = above[superior] if above[superior] != NOWHERE else (superior if red[superior] else NOWHERE)
    return above


def within_system(equipment: Interval, system: Interval) -> tuple[Interval, np.ndarray]:
    """Hosting capacity of counties whose share of the province's limit is published.

    Parameters
    ----------
    equipment
        By their devices. [MW]
    system
        By the published list, infinite where it does not name a county. [MW]

    Returns
    -------
    Interval
        The smaller of both. [MW]
    numpy.ndarray
        (n,) bool, the devices cannot take even the least share: it should be shared out anew.
    """
    both = Interval(np.minimum(system.low, equipment.low), np.minimum(system.high, equipment.high))
    return both, np.isfinite(system.low) & (equipment.high < system.low)
