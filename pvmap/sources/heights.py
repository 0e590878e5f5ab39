"""Heights and storeys that are no measurements: sentinels, storeys in a column of metres, metres in one of storeys."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from pvmap.findings import EXAMPLES, Finding, finding
from pvmap.sources.units import unit_of

# Numbers that stand for "not known", in whatever unit: the largest of one or two bytes, figures filled with one digit.
SENTINELS: dict[str, tuple[float, ...]] = {
    "height_m": (
        *(99.0, 99.9, 99.99, 111.0, 127.0, 222.0, 254.0, 255.0, 333.0, 444.0, 555.0, 666.0, 777.0, 888.0),
        *(999.0, 999.9, 9999.0, 32767.0, 65535.0, 99999.0),
    ),
    "floors": (88.0, 99.0, 111.0, 127.0, 128.0),
}
# judgement: what lies alone far above everything else, or is far more frequent than its neighbours, was not measured
ALONE = 2.0  # times the next lower value
NEIGHBOURHOOD = 0.15  # share of the value within which its neighbours lie
CROWD = 3.0  # times as many as all neighbours
LEAST_CROWD = 3
HIGHEST = {"height_m": 300.0, "floors": 100.0}  # what no city that is half as high else has three times
FILLERS = 2  # numbers that a column has for "not known" at the most
# judgement: towers three times as high as all of their city are known to everybody there
RARE = {"height_m": 150.0, "floors": 50.0}
OUTSTANDING, OUTSTANDING_SHARE = 3.0, 0.5  # times the next lower value; share of the rows at the most
# judgement: no roof over people is lower than a door with its lintel (2.5 m); towns of whole metres have few such roofs
LOW_M = 2.5
LOW_SHARE = 0.10
WHOLE_SHARE = 0.99
LEAST_VALUES, LEAST_LOW = 10, 2
TOO_LOW_M, TOO_LOW_SHARE = 1.5, 0.05  # nobody stands under it; where roofs were measured a few are such
NOTHING_M = 0.5  # and none is this
# judgement: every town of so many has houses, whose ridges are lower; a quarter of the towers of any city are, too
MANY_VALUES = 20
HIGH_M, HIGHEST_LOW_M, LOWEST = 60.0, 20.0, 0.05
FEW_M = 7.0  # median of whole numbers up to which they may be storeys
TOWERS, MOST_STOREYS = 0.99, 40.0  # and how high nearly all of a new town are, which has few low houses
MULTIPLES, OF_STOREYS_M, LEAST_MULTIPLES = 0.95, 3.0, 4  # storeys taken times 3 m, and how many numbers of them
ALIKE = 2 / 3  # share of one number from which on it was filled in
FILLED, FILLED_TIMES = 0.2, 10  # or a smaller one, where no other number is nearly as frequent
SAME_SHARE = 0.9  # of the rows that have both, equal numbers of metres and storeys
LOW_STOREY_M, HIGH_STOREY_M = 2.0, 15.0  # metres a storey that a building can have
ODD_SHARE = 0.5
FLOOR_NAMES = re.compile(r"层|floor|stor(e?y|ies)|level|(^|_)(cs|ceng|nfl|flr)($|_)", re.I)
METRE_NAMES = re.compile(r"高|height|(^|_)(h|hgt|gd)($|_)|metre|meter", re.I)
FOOT_NAMES = re.compile(r"(^|[_\s(])(ft|feet|foot)($|[_\s)])|英尺", re.I)


def without_sentinels(
    values: np.ndarray, quantity: str, written: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Set sentinels of a column aside.

    A number of `SENTINELS` counts as one where it is at least `ALONE` times the next lower value, or occurs at least
    `LEAST_CROWD` times and `CROWD` times as often as everything within `NEIGHBOURHOOD` of it. The latter says nothing
    where most values of its size are so: such a column tells classes of heights, and 111 may be one of them.
    Any other number from `HIGHEST` on counts as one where it occurs `LEAST_CROWD` times and lies so alone.

    Parameters
    ----------
    values : (n,) float array
        NaN where missing.
    quantity
        Key of `SENTINELS`.
    written : (n,) float array, optional
        The numbers as they stand in the file, where that has another unit.

    Returns
    -------
    tuple of (n,) float array and (n,) bool array
        The values without them, and where they were.
    """
    bad = np.zeros(len(values), bool)
    level, count = np.unique(values[np.isfinite(values)], return_counts=True)
    listed = values[np.isin(values if written is None else written, SENTINELS.get(quantity, ()))]
    suspects = np.isin(level, listed)
    fillers = ~suspects & (level >= HIGHEST.get(quantity, np.inf)) & (count >= LEAST_CROWD)
    fillers &= fillers.sum() <= FILLERS
    highest = level[~suspects & ~fillers].max(initial=0.0)
    if highest > 0.0:
        bad |= np.isin(values, level[fillers & (level >= ALONE * highest)])
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
        if FOOT_NAMES.search(names["height_m"]) and not unit_of(names["height_m"], "height_m"):
            tell("heights-in-feet", "height_m", known, known)
    if counted.any():
        odd = counted & ((2 * floors) % 1 != 0)
        odd = counted if _times_three(floors[counted]) else odd
        named = METRE_NAMES.search(names["floors"]) and not FLOOR_NAMES.search(names["floors"])
        if odd.sum() > ODD_SHARE * counted.sum() or named:
            tell("storeys-look-like-metres", "floors", odd if odd.any() else counted, counted)
    if not found:
        storey = height / np.where(floors > 0, floors, np.nan)
        with np.errstate(invalid="ignore"):
            apart = (storey < LOW_STOREY_M) | (storey > HIGH_STOREY_M)
        tell("heights-and-storeys-disagree", "height_m", apart, np.isfinite(storey))
    if not any(one.code == "heights-look-like-storeys" for one in found):
        tell("heights-too-high", "height_m", _too_high(height), known, lowest=float(np.nanmin(height, initial=np.inf)),
             median=float(np.median(height[known])) if known.any() else 0.0)  # fmt: skip
        low = known & (height < TOO_LOW_M)
        least_m = TOO_LOW_M if low.sum() >= TOO_LOW_SHARE * known.sum() else NOTHING_M
        tell("heights-too-low", "height_m", known & (height < least_m), known, least_m=least_m)
    for ours, values in (("height_m", height), ("floors", floors)):
        far = _outstanding(values, ours)
        if far.any():
            tell("values-stand-out", ours, far, np.isfinite(values), value=float(values[far].min()),
                 next=float(values[np.isfinite(values) & ~far].max()))  # fmt: skip
    return found


def tell_fillings(columns: pd.DataFrame, names: Mapping[str, str], layer: str) -> list[Finding]:
    """Tell heights that may be right, and that only who made them can know: all whole numbers, or most of them one.

    Parameters
    ----------
    columns, names, layer
        As for `doubt_heights`, which finds nothing wrong with them.
    """
    height = _column(columns, "height_m")
    height = height[np.isfinite(height)]
    level, count = np.unique(height, return_counts=True)
    if len(height) < LEAST_VALUES:
        return []
    total, column = len(columns), names["height_m"]
    others = np.sort(count)[:-1].max(initial=0)
    filled = count.max() >= FILLED * len(height) and count.max() >= FILLED_TIMES * max(others, 1)
    if filled or count.max() >= ALIKE * len(height):
        value = float(level[np.argmax(count)])
        return [finding("heights-alike", layer=layer, column=column, count=count.max(), total=total, value=value)]
    whole, median = (height % 1 == 0).sum(), float(np.median(height))
    high = np.quantile(height, TOWERS) <= MOST_STOREYS and (height % OF_STOREYS_M == 0).mean() < MULTIPLES
    if whole >= WHOLE_SHARE * len(height) and (median <= FEW_M or high):
        return [finding("heights-in-whole-metres", layer=layer, column=column, count=whole, total=total, median=median)]
    return []


def _too_high(height: np.ndarray) -> np.ndarray:
    """All rows with a height, where no town is so high; low towers all alike were built or filled in, as is told."""
    known = np.isfinite(height)
    if known.sum() < MANY_VALUES:
        return np.zeros(len(height), bool)
    lowest, median = np.quantile(height[known], (LOWEST, 0.5))
    alike = np.ptp(height[known]) == 0.0
    return known & (median > HIGH_M or (lowest > HIGHEST_LOW_M and not alike))


def _outstanding(values: np.ndarray, quantity: str) -> np.ndarray:
    """Rows far above all others."""
    level = np.unique(values[np.isfinite(values)])
    jump = np.flatnonzero((level[1:] > RARE[quantity]) & (level[1:] >= OUTSTANDING * level[:-1])) + 1
    far = values >= level[jump[0]] if len(jump) else np.zeros(len(values), bool)
    return far if far.sum() <= OUTSTANDING_SHARE * np.isfinite(values).sum() else np.zeros(len(values), bool)


def _times_three(floors: np.ndarray) -> bool:
    """Whether storeys look like metres that were taken from storeys."""
    three = floors % OF_STOREYS_M == 0
    return bool(
        len(floors) >= MANY_VALUES
        and three.mean() >= MULTIPLES
        and np.median(floors) >= 3 * OF_STOREYS_M
        and len(np.unique(floors)) >= LEAST_MULTIPLES
    )


def _storeys_in(height: np.ndarray, floors: np.ndarray, names: Mapping[str, str]) -> np.ndarray:
    """Rows whose metres are storeys: by the column's name, by the other column, or by their small whole numbers."""
    known = np.isfinite(height)
    both = known & np.isfinite(floors)
    named = FLOOR_NAMES.search(names["height_m"]) and not METRE_NAMES.search(names["height_m"])
    same = both & (height == floors)
    if named or (both.any() and same.sum() >= SAME_SHARE * both.sum()):
        return known if named else same
    halves, low = known & (2 * height % 1 == 0), known & (height < LOW_M)  # half a storey lies under a roof
    small = known.sum() >= LEAST_VALUES and halves.sum() >= WHOLE_SHARE * known.sum()
    many = low.sum() >= max(LOW_SHARE * known.sum(), LEAST_LOW)
    return known if small and many else np.zeros(len(height), bool)


def _column(columns: pd.DataFrame, name: str) -> np.ndarray:
    return columns[name].to_numpy(float) if name in columns else np.full(len(columns), np.nan)
