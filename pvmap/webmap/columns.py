"""Which columns a site carries to the page, and how they become whole numbers.

A column is stored as ``value = whole number * scale``, or, for a column that goes along with another (months with the
year, investment with capacity), ``value = whole number * scale * other``: such ratios hardly vary and pack well. Where
rounding to the stored step would change the three digits a reader sees, the neighbouring step is taken.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from pvmap.errors import TableError
from pvmap.tables.vocabulary import ENERGY_MONTHS

MONTH_STEP = 0.0004  # of the year: a month is 2-18 % of it, so that 8 bits hold it with an error below 0.3 % of itself
SHARE_STEP = 0.01  # of a footprint that a reason excludes
INTEGERS = (np.int8, np.int16, np.int32, np.int64)  # in memory; a tile takes as many bytes as its own values need
MOST = 2**47  # whole numbers of a column take six bytes at most


@dataclass(frozen=True)
class Field:
    """A column of the page: ``scale`` is the stored step, ``per`` the column it is a ratio of."""

    name: str
    scale: float
    per: str | None = None


FIELDS = (
    Field("footprint_area_m2", 0.01),
    Field("height_m", 0.01),
    Field("existing_pv_kwp", 0.01),
    Field("used_area_m2", 0.01),
    Field("capacity_kwp", 0.01),
    Field("capacity_kwac", 1e-5, "capacity_kwp"),
    Field("energy_kwh", 0.01, "capacity_kwp"),
    *(Field(month, MONTH_STEP, "energy_kwh") for month in ENERGY_MONTHS),
    Field("energy_kwh_mean_25_years", 1e-5, "energy_kwh"),
    Field("poa_global_kwh_per_m2", 0.5),
    Field("shading_loss", 1e-6),
    Field("loss_terrain", 1e-3),
    Field("loss_neighbours", 1e-3),
    Field("loss_rows", 1e-3),
    Field("p50_kwh", 1e-4, "energy_kwh"),
    Field("p75_kwh", 1e-4, "energy_kwh"),
    Field("p90_kwh", 1e-4, "energy_kwh"),
    Field("capex_cny", 0.1, "capacity_kwp"),
    Field("opex_cny_per_year", 0.01, "capacity_kwp"),
    Field("lcoe_cny_per_kwh", 1e-4),
    Field("value_cny_per_kwh", 1e-4),
    Field("required_price_cny_per_kwh", 1e-4),
    Field("npv_cny", 0.05, "capacity_kwp"),
    Field("irr", 1e-5),
    Field("payback_years", 0.01),
    Field("below_coal_benchmark", 1.0),
    Field("co2_t_per_year", 1e-8, "energy_kwh"),
    Field("co2_fossil_t_per_year", 1e-8, "energy_kwh"),
    Field("standard_coal_t_per_year", 1e-8, "energy_kwh"),
    Field("standard_coal_fossil_t_per_year", 1e-8, "energy_kwh"),
    Field("capacity_practical_kwp", 1e-5, "capacity_kwp"),
    Field("capacity_policy_floor_kwp", 0.01),  # may be more than what is left beside standing plants
    Field("connect_rank", 1.0),
    Field("connectable_kwac", 0.01),
)
PLACE_BY_NAME = "place_by_name"
# By these the page sorts all sites, or sums them: each stands in a block of its own, so that none is read tile by tile.
WHOLE = (
    *("footprint_area_m2", "capacity_kwp", "capacity_kwac", "energy_kwh", "shading_loss", "lcoe_cny_per_kwh"),
    *("npv_cny", "payback_years", "capacity_practical_kwp", "capacity_policy_floor_kwp", "existing_pv_kwp"),
    PLACE_BY_NAME,
    *ENERGY_MONTHS,
)
SCENARIO_FIELDS = {"npv_cny_": 0.01, "irr_": 1e-5}  # and the name of a scenario
_REASONS = tuple(f"certainty_reason_{i}" for i in (1, 2, 3))
TEXT_CODES = ("township", "source", "height_source", "decision", "device_id", "device_by", "limited_by", *_REASONS)


def fields(names: Sequence[str]) -> list[Field]:
    """Fields of a table with the given columns."""
    per = {"npv_cny_": "capacity_kwp", "irr_": None}
    scenarios = [
        Field(c, scale, per[start]) for c in names for start, scale in SCENARIO_FIELDS.items() if c.startswith(start)
    ]
    return [*(f for f in FIELDS if f.name in names), *scenarios]


def missing(values: np.ndarray) -> int:
    """Give what stands for "no value" among the whole numbers of a column: the least of its type."""
    return int(np.iinfo(values.dtype).min)


@dataclass(frozen=True)
class Packed:
    """One column as whole numbers (site,), the least of their type where there is no value: where that is kept."""

    name: str
    scale: float
    per: str | None
    path: Path

    @classmethod
    def kept_in(cls, path: Path, name: str, scale: float, per: str | None, values: np.ndarray) -> Packed:
        """Write a column."""
        np.save(path, values)
        return cls(name, scale, per, path)

    @property
    def values(self) -> np.ndarray:
        """The column, mapped."""
        return np.load(self.path, mmap_mode="r")


def pack(some: Sequence[Field], column: Callable[[str], pd.Series], folder: Path) -> list[Packed]:
    """Pack some columns of a table, of which one at a time is looked at.

    Parameters
    ----------
    some
        What to pack.
    column
        Gives a column of sites or appraisal. (site,)
    folder
        Where the packed columns are kept; made here.

    Raises
    ------
    TableError
        A value is larger than six bytes hold, as a price of twenty digits makes it.
    """
    every = {one.name: one for one in FIELDS}
    decoded: dict[str, np.ndarray] = {}

    def packed(one: Field) -> np.ndarray:
        values, base = column(one.name).to_numpy(float, na_value=np.nan), stored(one.per)
        _require_room(one.name, values, one.scale * np.asarray(base, float))
        return quantise(values, one.scale, base, exact=one.scale != MONTH_STEP)

    def stored(name: str | None) -> np.ndarray | float:
        """Values of a column that others are ratios of, as the page has them."""
        if name is None:
            return 1.0
        if name not in decoded:
            whole = packed(every[name])
            decoded[name] = np.where(
                whole == missing(whole), np.nan, whole * every[name].scale * stored(every[name].per)
            )
        return decoded[name]

    folder.mkdir(exist_ok=True)
    return [
        Packed.kept_in(folder / f"{number}.npy", one.name, one.scale, one.per, packed(one))
        for number, one in enumerate(some)
    ]


def pack_words(
    names: Sequence[str], column: Callable[[str], pd.Series], folder: Path
) -> tuple[list[Packed], dict[str, list[str]]]:
    """Pack the columns of words there are, as codes; and for each of them the words the codes stand for."""
    folder.mkdir(exist_ok=True)
    words: dict[str, list[str]] = {}
    packed: list[Packed] = []
    for name in TEXT_CODES:
        if name in names:
            codes, texts = pd.factorize(column(name).fillna("").astype(str), sort=True)
            words[name] = [str(w) for w in texts]
            packed.append(Packed.kept_in(folder / f"{len(packed)}.npy", name, 1.0, None, codes.astype(np.int32)))
    return packed, words


def _require_room(name: str, values: np.ndarray, step: np.ndarray) -> None:
    with np.errstate(invalid="ignore", divide="ignore"):
        beyond = np.isfinite(values / step) & (np.abs(values / step) >= MOST)
    if beyond.any():
        raise TableError(
            f"Column {name} reaches {np.abs(values[beyond]).max():.3g}, more than the map can hold; look for a price, "
            "a cost or a share with too many digits in the city file."
        )


def quantise(values: np.ndarray, scale: float, base: np.ndarray | float, *, exact: bool = True) -> np.ndarray:
    """Turn values into whole multiples of ``scale * base``.

    Parameters
    ----------
    values
        Values, NaN where missing. (site,)
    scale, base
        ``value = whole * scale * base``.
    exact
        Move by one step where the three significant digits would otherwise differ.

    Returns
    -------
    ndarray of the smallest of `INTEGERS` that holds them; the least of the type where the value is missing or `base` is
    zero.
    """
    step = scale * np.asarray(base, float)
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = values / step
        good = np.isfinite(ratio)
        assert np.abs(ratio[good]).max(initial=0.0) < MOST, "a column holds more than six bytes can"
        whole = np.rint(np.where(good, ratio, 0.0))
        if exact:
            unit = _third_digit(values)
            wanted = _rounded(values, unit)
            at = np.flatnonzero(good)
            for _ in range(2):
                size = step if np.ndim(step) == 0 else step[at]
                shown = _rounded(whole[at] * size, unit[at])
                off = (np.abs(shown - wanted[at]) > 0.5 * unit[at]) & (np.abs(ratio[at] - whole[at]) < 1.5)
                whole[at[off]] += np.sign((wanted[at] - shown) * size)[off]
                at = at[off]
    most = np.abs(whole).max(initial=0.0)
    dtype = next(one for one in INTEGERS if most < np.iinfo(one).max)
    return np.where(good, whole, float(np.iinfo(dtype).min)).astype(dtype)


_LEAST = -324  # power of ten of the least number there is
_POWERS = 10.0 ** (np.arange(_LEAST, 309, dtype=float) - 2)


def _third_digit(values: np.ndarray) -> np.ndarray:
    """Give what one unit of the third significant digit is worth."""
    size = np.abs(values)
    return _POWERS[np.floor(np.log10(np.where(size > 0, size, 1.0))).astype(int) - _LEAST]


def _rounded(values: np.ndarray, unit: np.ndarray) -> np.ndarray:
    return np.sign(values) * np.floor(np.abs(values) / unit * (1 + 1e-12) + 0.5) * unit
