"""What is asked of a plan and what limits it: targets, yearly limits, registered projects, room of the grid."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import pandas as pd

from pvmap.planning.grid.room import Room
from pvmap.planning.policy.build_out import Goal, Limit
from pvmap.planning.policy.tranches import where
from pvmap.settings.build_out import BuildOutSettings


class Asked(NamedTuple):
    """What the bureau says: tables of ``plan_inputs``, and what the grid takes.

    Attributes
    ----------
    targets
        `year`, `district`, `class`, `mw`, `kind`, `side`.
    rates, costs, registered
        Of the same names; empty where there are none; `registered` with `district`, `class`, `mw`, `year`.
    room
        What the grid takes of the sites.
    """

    targets: pd.DataFrame
    rates: pd.DataFrame
    costs: pd.DataFrame
    registered: pd.DataFrame
    room: Room


def limits_of(frame: pd.DataFrame, asked: Asked, years: np.ndarray, settings: BuildOutSettings) -> list[Limit]:
    """Limits of each year: what can be built in it, how fast a class may grow, what the grid takes."""
    limits = [
        Limit("pace", where(frame, district, cls), np.array([year - years[0]]), mw)
        for year, district, cls, mw in _rows_of(asked.rates)
        if years[0] <= year <= years[-1]
    ]
    if settings.growth_per_year > 0:
        for district, cls in sorted(set(zip(frame["district"], frame["class"], strict=True))):
            at = where(frame, district, cls)
            limits += [Limit("pace", at, np.array([y]), 0.0, settings.growth_per_year) for y in range(1, len(years))]
    works = {
        district: [
            sum(one.mw for one in settings.reinforcements if one.district == district and one.year <= year)
            for year in years
        ]
        for district in {*asked.room.district, *frame["district"]}
    }
    beyond = ~frame["within"].to_numpy(bool)
    for district in sorted(set(frame["district"][beyond])):
        rows = np.flatnonzero(beyond & (frame["district"] == district).to_numpy())
        limits += _hosting(rows, works[district])
    of_node = asked.room.rows_below(frame["path"].to_numpy(int))
    for rows, mw, district in zip(of_node, asked.room.mw, asked.room.district, strict=True):
        limits += _hosting(rows, [mw + more for more in works[district]])
    return limits


def _hosting(rows: np.ndarray, mw: list[float]) -> list[Limit]:
    """Limits of what stands at the end of each year; those that a later year's smaller or equal one holds drop out."""
    if not len(rows):
        return []
    last = [y for y in range(len(mw)) if y == len(mw) - 1 or mw[y] < mw[y + 1]]
    return [Limit("hosting", rows, np.arange(y + 1), mw[y]) for y in last]


def registered_by_year(registered: pd.DataFrame, years: np.ndarray, realised: float) -> pd.DataFrame:
    """Tell what of registered capacity is realised in each year, (cells, years) [MW]; what is late, in the first."""
    if registered.empty:
        index = pd.MultiIndex.from_arrays([[], []], names=["district", "class"])
        return pd.DataFrame(np.zeros((0, len(years))), index=index, columns=years)
    frame = registered.assign(year=registered["year"].clip(lower=years[0]), mw=registered["mw"] * realised)
    wide = frame.pivot_table(index=["district", "class"], columns="year", values="mw", aggfunc="sum", fill_value=0.0)
    return wide.reindex(columns=years, fill_value=0.0)


def _rows_of(table: pd.DataFrame) -> Iterator[tuple[int, str, str, float]]:
    """Year, district, class and MW of each row."""
    return zip(*(table[name].tolist() for name in ("year", "district", "class", "mw")), strict=True)


def sum_of(table: pd.DataFrame, district: str, cls: str) -> np.ndarray:
    """Sum of the rows of a district and class, either of which may be all, one number a column."""
    return table.iloc[where(table.index.to_frame(index=False), district, cls)].to_numpy(float).sum(axis=0)


def in_dc(registered: pd.DataFrame, frame: pd.DataFrame) -> pd.DataFrame:
    """Turn registered capacity to the DC side, by the ratio of its class in the whole city."""
    sums = frame.groupby("class")[["mwp", "mwac"]].sum()
    ratio = (sums["mwp"] / sums["mwac"]).reindex(registered.index.get_level_values("class")).fillna(1.0)
    return registered.mul(ratio.to_numpy(float), axis=0)


def on_both_sides(targets: pd.DataFrame, frame: pd.DataFrame, stock: pd.DataFrame, years: np.ndarray) -> pd.DataFrame:
    """Targets that stand at the end of a year: `year`, `district`, `class`, `mw` (AC) and `mwp` (DC)."""
    of_plan = targets[targets["year"].between(years[0], years[-1])]
    out = of_plan.sort_values("year", kind="stable").reset_index(drop=True)
    ratio = np.array([_dc_per_ac(frame, stock, *key) for key in zip(out["district"], out["class"], strict=True)], float)
    told, dc = out["mw"].to_numpy(float), (out["side"] == "dc").to_numpy()
    mw, mwp = np.where(dc, told / ratio, told), np.where(dc, told, told * ratio)
    new = np.flatnonzero(out["kind"] == "new")
    for _, rows in out.iloc[new].groupby(["district", "class"], sort=True).indices.items():
        at = new[rows]
        stands = sum_of(stock, out["district"][at[0]], out["class"][at[0]])
        mw[at], mwp[at] = stands[0] + np.cumsum(mw[at]), stands[1] + np.cumsum(mwp[at])
    return out[["year", "district", "class"]].assign(mw=mw, mwp=mwp)


def _dc_per_ac(frame: pd.DataFrame, stock: pd.DataFrame, district: str, cls: str) -> float:
    """Ratio of the sides of what can be built, else of what stands, else 1."""
    built = frame.iloc[where(frame, district, cls)]
    for mw, mwp in ((built["mwac"].sum(), built["mwp"].sum()), sum_of(stock, district, cls)):
        if mw > 0:
            return float(mwp / mw)
    return 1.0


def goals_of(
    frame: pd.DataFrame, targets: pd.DataFrame, stock: pd.DataFrame, registered: pd.DataFrame, years: np.ndarray
) -> list[Goal]:
    """Give what is missing of each target once what stands and what is registered are counted."""
    goals = []
    for year, district, cls, mw in _rows_of(targets):
        at = int(year - years[0])
        there = sum_of(stock, district, cls)[0] + sum_of(registered, district, cls)[: at + 1].sum()
        goals.append(Goal(where(frame, district, cls), at, max(mw - there, 0.0)))
    return goals
