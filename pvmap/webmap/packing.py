"""Columns of the sites shown become whole numbers in files, several columns at once, each by whoever has time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from pvmap.tables.vocabulary import ENERGY_MONTHS
from pvmap.webmap.columns import MONTH_STEP, Packed, fields, pack, pack_words
from pvmap.webmap.names import pack_places
from pvmap.webmap.shown import Shown

AT_ONCE = 12  # columns: what others are ratios of is looked at once for all of them


class Packing(NamedTuple):
    """What packing comes to.

    Attributes
    ----------
    columns
        In an order in which a ratio follows the column it refers to.
    words
        For each column of codes, the words the codes stand for.
    month_factors
        See `month_factors`.
    """

    columns: list[Packed]
    words: dict[str, list[str]]
    month_factors: dict[str, list[list[float]]]


def packers(shown: Shown, names: Sequence[str], scratch: Path) -> list[Callable[[], Any]]:
    """List what is to be done: factors of the months, words, places by name, and all numbers in their order."""
    known = fields(names)
    lots = [known[first : first + AT_ONCE] for first in range(0, len(known), AT_ONCE)]
    return [
        partial(month_factors, shown, names),
        partial(_words, shown, names, scratch / "words"),
        partial(pack_places, shown, scratch / "places"),
        *(partial(_numbers, shown, lot, scratch / f"numbers{i}") for i, lot in enumerate(lots)),
    ]


def packing(done: Sequence[Any], shares: list[Packed]) -> Packing:
    """Put together what `packers` gave; columns of shares stand between numbers and words."""
    factors, (codes, words), places, *numbers = done
    return Packing([*(one for lot in numbers for one in lot), places, *shares, *codes], words, factors)


def _numbers(shown: Shown, some: Sequence[Any], folder: Path) -> list[Packed]:
    return pack(some, shown.column, folder)


def _words(shown: Shown, names: Sequence[str], folder: Path) -> tuple[list[Packed], dict[str, list[str]]]:
    return pack_words(names, shown.column, folder)


def month_factors(shown: Shown, names: Sequence[str]) -> dict[str, list[list[float]]]:
    """Tell by what to multiply sums of a month, per kind and district: steps alike in many sites do not cancel out.

    Returns
    -------
    dict
        Kind of site -> per district, in the order of their names, a factor for each month. Empty without months.
    """
    if not set(ENERGY_MONTHS) <= set(names):
        return {}
    places = pd.DataFrame({name: shown.column(name).astype(str) for name in ("site_type", "district")})
    grouped = places.groupby(["site_type", "district"])
    group, keys = grouped.ngroup().to_numpy(), grouped.size().index
    energy = shown.column("energy_kwh").to_numpy(float)
    factors = {}
    for month in ENERGY_MONTHS:
        true = shown.column(month).to_numpy(float)
        with np.errstate(divide="ignore", invalid="ignore"):
            told = np.rint(true / energy / MONTH_STEP) * MONTH_STEP * energy
        sums = pd.DataFrame({"true": true, "told": told}).groupby(group).sum()
        factors[month] = (sums["true"] / sums["told"].where(sums["told"] > 0)).to_numpy()
    table = pd.DataFrame(factors, index=keys).fillna(1.0).round(6)
    kinds, districts = (sorted(set(names)) for names in (keys.get_level_values(0), keys.get_level_values(1)))
    return {kind: table.xs(kind).reindex(districts).fillna(1.0).to_numpy().tolist() for kind in kinds}
