"""Decisions of the bureau on single sites."""

from __future__ import annotations

from collections.abc import Callable, Container
from pathlib import Path

import numpy as np
import pandas as pd

from pvmap.errors import InputError
from pvmap.planning.table_columns import COLUMNS
from pvmap.sources.csv_table import read_csv
from pvmap.sources.numbers import read_numbers

DECISIONS = ("confirm", "refuse", "correct")


def read_overrides(path: Path, known: Callable[[pd.Series], Container[str]], n_left_out: int = 0) -> pd.DataFrame:
    """Read the bureau's CSV: confirm, refuse or correct single sites.

    Parameters
    ----------
    path
        CSV with the columns `site_id`, `decision`, `reason`, `by`, `date` and, for correct, `value_kwp` (the capacity
        that remains to be built there).
    known
        Gives those of some ids that are sites of the run.
    n_left_out
        How many sites were read and are none of the run, which decisions may name.

    Returns
    -------
    pandas.DataFrame
        One row per decision, all columns.

    Raises
    ------
    InputError
        A missing column, an unknown decision or site, a repeated site, a correction without value.
    """
    columns = COLUMNS["overrides"]
    table = read_csv(path, columns.needs)
    frame = table.frame.assign(value_kwp=table.frame.get("value_kwp", ""))[[*columns.needs, *columns.knows]]
    for line, row in zip(table.line, frame.to_dict("records"), strict=True):
        if row["decision"] not in DECISIONS:
            raise InputError(f"{path}, line {line}: decision {row['decision']!r} is none of {', '.join(DECISIONS)}.")
        if not row["reason"] or not row["by"] or not row["date"]:
            raise InputError(f"{path}, line {line}: site {row['site_id']!r} needs a reason, an author (by) and a date.")
    frame["value_kwp"] = read_numbers(frame["value_kwp"], "kwp").values
    wrong = (frame["decision"] == "correct") & ~(np.isfinite(frame["value_kwp"]) & (frame["value_kwp"] >= 0))
    if wrong.any():
        site = frame.loc[wrong, "site_id"].iloc[0]
        raise InputError(f"{path}: correct of site {site!r} needs value_kwp, a finite capacity of 0 kWp or more.")
    if frame["site_id"].duplicated().any():
        site = frame.loc[frame["site_id"].duplicated(), "site_id"].iloc[0]
        raise InputError(f"{path}: site {site!r} is decided more than once; keep one line.")
    there = known(frame["site_id"])
    unknown = [site for site in frame["site_id"] if site not in there]
    if len(unknown) > n_left_out:
        raise InputError(f"{path}: no site {unknown[0]!r} in this run ({len(unknown)} unknown ids); see sites.parquet.")
    return frame


def notes(site_id: pd.Series, overrides: pd.DataFrame | None) -> tuple[pd.Series, pd.Series]:
    """Decision and note ("reason (by, date)") of each site, empty where there is none."""
    if overrides is None or overrides.empty:
        empty = pd.Series("", index=site_id.index, dtype="str")
        return empty, empty.copy()
    table = overrides.set_index("site_id")
    note = table["reason"] + " (" + table["by"] + ", " + table["date"] + ")"
    return site_id.map(table["decision"]).fillna("").astype("str"), site_id.map(note).fillna("").astype("str")
