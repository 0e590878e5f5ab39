"""Which place or class a target of the city file is for."""

from __future__ import annotations

import numpy as np
import pandas as pd

from pvmap.errors import InputError
from pvmap.planning.places import township_ids
from pvmap.planning.policy.classes import policy_class
from pvmap.settings.policy import PolicySettings, Target


def require_known_targets(sites: pd.DataFrame, settings: PolicySettings, city: str) -> None:
    """Raise an InputError for the first target whose name no place or class of the run has, or that fits several."""
    named = pd.concat(
        [pd.DataFrame({"level": level, "name": pd.unique(names)}) for level, names in levels(sites, city).items()],
        ignore_index=True,
    )
    rows_of(settings.targets, named)


def levels(frame: pd.DataFrame, city: str) -> dict[str, np.ndarray]:
    """Name of each site's place at every level, (n,) each."""
    return {
        "city": np.full(len(frame), city, object),
        "district": frame["district"].to_numpy(object),
        "township": township_ids(frame),
        "class": policy_class(frame),
    }


def one_row_each(of_targets: list[tuple[Target, int]], n: int) -> tuple[np.ndarray, list[Target | None]]:
    """Repeat n rows so that each target has one of its own, the nearest year first: rows, and the target of each."""
    held: list[list[Target]] = [[] for _ in range(n)]
    for target, row in sorted(of_targets, key=lambda one: one[0].year or 0):
        held[row].append(target)
    rows = np.repeat(np.arange(n), [max(len(one), 1) for one in held])
    asked: list[Target | None] = []
    for one in held:
        asked += one or [None]
    return rows, asked


def rows_of(targets: tuple[Target, ...], named: pd.DataFrame) -> list[int]:
    """Row of `level` and `name` that each target is for."""
    rows: list[int] = []
    own = named["name"].where(named["level"] != "township", named["name"].str.rsplit("/", n=1).str[-1])
    for target in targets:
        fits = (named["name"] == target.name) | (own == target.name)
        if target.level:
            fits &= named["level"] == target.level
        found = np.flatnonzero(fits.to_numpy())
        if len(found) == 1:
            row = int(found[0])
            for other, at in zip(targets, rows, strict=False):
                if at == row and None not in (target.target_mw, other.target_mw) and target.year == other.year:
                    raise InputError(
                        f"planning.policy.targets: {target.name!r} has two targets for the same year; keep one, or "
                        "give each a year of its own."
                    )
            rows.append(row)
            continue
        known = ", ".join(name for name in named.loc[named["level"] != "township", "name"].astype(str) if name)
        raise InputError(
            f"planning.policy.targets: {target.name!r} names no place or class of this run; known are {known}, and "
            "townships as district/township."
            if not len(found)
            else f"planning.policy.targets: {target.name!r} fits {', '.join(named['name'].iloc[found])}; "
            "give its level, and for a township district/township."
        )
    return rows
