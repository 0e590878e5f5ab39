"""A made-up run in the order in which real runs lie on disk."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from webmap.tables import write_run

from pvmap.stages.curve import HILBERT_LEVEL
from pvmap.store import read_table, write_table


def write_run_along_curve(folder: Path, n: int, at_once: int = 20) -> tuple[Path, pd.DataFrame]:
    """Write what `write_run` does, along the curve; and the rows of its stretches of `at_once` sites."""
    run = write_run(folder, n)
    sites, appraisal, exclusions = (read_table(run, name) for name in ("sites", "appraisal", "exclusions"))
    code = sites.hilbert_distance(level=HILBERT_LEVEL).to_numpy("int64")
    order = np.argsort(code, kind="stable")
    sites = sites.iloc[order].assign(hilbert=code[order]).reset_index(drop=True)
    appraisal = appraisal.set_index("site_id").loc[sites["site_id"]].reset_index()
    of = pd.Index(sites["site_id"]).get_indexer(exclusions["site_id"])
    exclusions = exclusions.iloc[np.argsort(of, kind="stable")].reset_index(drop=True)
    for name, table in (("sites", sites), ("appraisal", appraisal), ("exclusions", exclusions)):
        write_table(run, name, table)
    return run, stretches_of(run, at_once)


def stretches_of(run: Path, at_once: int = 20) -> pd.DataFrame:
    """Rows of the stretches of `at_once` sites, by their limits on the curve, of a run that lies along it."""
    sites, exclusions = read_table(run, "sites"), read_table(run, "exclusions")
    code = sites["hilbert"].to_numpy("int64")
    of = pd.Index(sites["site_id"]).get_indexer(exclusions["site_id"])
    first = np.flatnonzero(np.concatenate([[True], np.diff(code) > 0]))  # sites of one code lie together
    starts = first[np.unique(np.searchsorted(first, np.arange(0, len(sites), at_once)).clip(max=len(first) - 1))]
    ends = np.append(starts[1:], len(sites))
    counts = np.bincount(of, minlength=len(sites))
    low, high = code[starts], np.append(code[starts[1:]], 4**HILBERT_LEVEL)
    rows = {"appraisal": ends - starts, "exclusions": np.add.reduceat(counts, starts)}
    return pd.DataFrame(rows, index=pd.MultiIndex.from_arrays([low, high], names=["low", "high"]))
