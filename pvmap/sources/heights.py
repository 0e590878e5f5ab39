"""Heights and storeys that are no measurements: sentinels, storeys in a column of metres, metres in one of storeys."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from pvmap.findings import EXAMPLES, Finding, finding

# Numbers that stand for "not known": the largest of a byte, and figures filled up with one digit.
SENTINELS: dict[str, tuple[float, ...]] = {
    "height_m": (99.0, 99.9, 99.99, 111.0, 127.0, 222.0, 254.0, 255.0, 333.0, 444.0, 555.0, 666.0, 777.0, 888.0),
    "floors": (88.0, 99.0, 111.0, 127.0, 128.0),
}
# judgement: what lies alone far above everything else, or is far more frequent than its neighbours, was not measured
ALONE = 2.0  # times the next lower value
NEIGHBOURHOOD = 0.15  # share of the value within which its neighbours lie
CROWD = 3.0  # times as many as all neighbours
LEAST_CROWD = 3
# judgement: no roof over people is lower than a door with its lintel (2.5 m); towns of whole metres have few such roofs
LOW_M = 2.5
LOW_SHARE = 0.10
WHOLE_SHARE = 0.99
LEAST_VALUES = 20
SAME_SHARE = 0.9  # of the rows that have both, equal numbers of metres and storeys
LOW_STOREY_M, HIGH_STOREY_M = 2.0, 15.0  # metres a storey that a building can have
ODD_SHARE = 0.5
FLOOR_NAMES = re.compile(r"层|floor|stor(e?y|ies)|level|(^|_)(cs|ceng|nfl|flr)($|_)", re.I)
METRE_NAMES = re.compile(r"高|height|(^|_)(h|hgt|gd)($|_)|metre|meter", re.I)
FOOT_NAMES = re.compile(r"(^|[_\s(])(ft|feet|foot)($|[_\s)])|英尺", re.I)


def without_sentinels(values: np.ndarray, quantity: str) -> tuple[np.ndarray, np.ndarray]:
    """Set sentinels of a column aside.

    A number of `SENTINELS` counts as one where it is at least `ALONE` times the next lower value, or occurs at least
    `LEAST_CROWD` times and `CROWD` times as often as everything within `NEIGHBOURHOOD` of it. The latter says nothing
    where most values of its size are so: such a column tells classes of heights, and 111 may be one of them.

    Parameters
    ----------
    values : (n,) float array
        NaN where missing.
    quantity
        Key of `SENTINELS`.

    Returns
    -------
    tuple of (n,) float array and (n,) bool array
        The values without them, and where they were.
    """
    bad = np.zeros(len(values), bool)
    level, count = np.unique(values[np.isfinite(values)], return_counts=True)
    suspects = np.isin(level, SENTINELS.get(quantity, ()))
    highest = level[~suspects].max(initial=0.0)
    crowded = _crowded(level, count)
    for value, crowd in zip(level[suspects], crowded[suspects], strict=True):
        alone = highest > 0.0 and value >= ALONE * highest
        like = ~suspects & (level >= value / ALONE) & (level <= value * ALONE)
        classes = count[like & crowded].sum() > count[like].sum() / 2
        if alone or (crowd and not classes):
            bad |= values == value
    return np.where(bad, np.nan, values), bad


def _crowded(level: np.ndarray, count: np.ndarray) -> np.ndarray:
    """Whether each value of a column, in ascending order, is far more frequent than everything near it."""
    before = np.concatenate([[0], np.cumsum(count)])
    first = np.searchsorted(level, level * (1.0 - NEIGHBOURHOOD), "left")
    last = np.searchsorted(level, level * (1.0 + NEIGHBOURHOOD), "right")
    others = before[last] - before[first] - count
    return (count >= LEAST_CROWD) & (count >= CROWD * others)


def doubt_heights(columns: pd.DataFrame, names: Mapping[str, str], layer: str, row: np.ndarray) -> list[Finding]:
    """Doubt whether a column mapped to metres holds metres, and one mapped to storeys storeys.

    Parameters
    ----------
    columns : DataFrame, n rows
        height_m and floors as read, where mapped.
    names
        Our name -> name in the file.
    layer
        File.
    row : (n,) int array
        Rows in the file.
    """
    height, floors = _column(columns, "height_m"), _column(columns, "floors")
    known, counted = np.isfinite(height), np.isfinite(floors)
    found: list[Finding] = []

    def tell(code: str, ours: str, which: np.ndarray, total: np.ndarray, **values: Any) -> None:
        if which.any():
            place = finding(code, layer=layer, column=names[ours], count=int(which.sum()), total=int(total.sum()),
                            rows=row[which][:EXAMPLES], **values)  # fmt: skip
            found.append(place)

    if known.any():
        tell("heights-look-like-storeys", "height_m", _storeys_in(height, floors, names), known,
             median=float(np.median(height[known])))  # fmt: skip
        if FOOT_NAMES.search(names["height_m"]):
            tell("heights-in-feet", "height_m", known, known)
    if counted.any():
        odd = counted & ((2 * floors) % 1 != 0)
        named = METRE_NAMES.search(names["floors"]) and not FLOOR_NAMES.search(names["floors"])
        if odd.sum() > ODD_SHARE * counted.sum() or named:
            tell("storeys-look-like-metres", "floors", odd if odd.any() else counted, counted)
    if not found:
        storey = height / np.where(floors > 0, floors, np.nan)
        with np.errstate(invalid="ignore"):
            apart = (storey < LOW_STOREY_M) | (storey > HIGH_STOREY_M)
        tell("heights-and-storeys-disagree", "height_m", apart, np.isfinite(storey))
    return found


def _storeys_in(height: np.ndarray, floors: np.ndarray, names: Mapping[str, str]) -> np.ndarray:
    """Rows whose metres are storeys: by the column's name, by the other column, or by their small whole numbers."""
    known = np.isfinite(height)
    both = known & np.isfinite(floors)
    named = FLOOR_NAMES.search(names["height_m"]) and not METRE_NAMES.search(names["height_m"])
    same = both & (height == floors)
    if named or (both.any() and same.sum() >= SAME_SHARE * both.sum()):
        return known if named else same
    whole, low = known & (height % 1 == 0), known & (height < LOW_M)
    small = known.sum() >= LEAST_VALUES and whole.sum() >= WHOLE_SHARE * known.sum()
    return known if small and low.sum() >= LOW_SHARE * known.sum() else np.zeros(len(height), bool)


def _column(columns: pd.DataFrame, name: str) -> np.ndarray:
    return columns[name].to_numpy(float) if name in columns else np.full(len(columns), np.nan)
