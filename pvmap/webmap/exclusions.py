"""What keeps modules off each site: the share of it that every reason takes, and why a site carries none."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pvmap.store import read_rows
from pvmap.store.row_groups import batches
from pvmap.webmap.columns import SHARE_STEP, Packed, quantise
from pvmap.webmap.shown import AT_ONCE, Shown

UNSTATED = "unstated"


class Excluded(NamedTuple):
    """What excludes a city's sites.

    Attributes
    ----------
    clauses
        Of each reason, the clause behind it.
    by
        Number of the largest reason of each site that carries nothing, -1 for the others: where that is kept. (site,)
    shares
        Of each reason, which share of a site's footprint it takes.
    """

    clauses: dict[str, str]
    by: Path
    shares: list[Packed]


def excluded_column(reason: str) -> str:
    """Name of the column that holds which share of a site's footprint a reason takes."""
    return f"excluded:{reason}"


def excluded(shown: Shown, scratch: Path) -> Excluded:
    """Read what excludes the sites that are shown, and keep it in files."""
    every = replace(shown, kept=None, squares={}, public=None)
    footprint, capacity = (every.column(name).to_numpy(float) for name in ("footprint_area_m2", "capacity_kwp"))
    area_m2, clauses = _areas(every)
    largest, largest_share = np.full(len(footprint), -1), np.zeros(len(footprint))
    kept = slice(None) if shown.kept is None else shown.kept
    names, shares = sorted(area_m2), []
    for number, name in enumerate(names):
        share = area_m2.pop(name) / np.maximum(footprint, 1e-9)
        bigger = share > largest_share
        largest[bigger], largest_share[bigger] = number, share[bigger]
        whole = quantise(np.where(share > 0, share, np.nan), SHARE_STEP, 1.0, exact=False)[kept]
        at = scratch / f"excluded{number}.npy"
        shares.append(Packed.kept_in(at, excluded_column(name), SHARE_STEP, None, whole))
    empty = ~(capacity > 0)
    # A site without capacity and without a stated reason still has to show up somewhere.
    if (empty & (largest < 0)).any():
        largest[empty & (largest < 0)] = len(names)
        names.append(UNSTATED)
    np.save(scratch / "excluded_by.npy", np.where(empty, largest, -1)[kept])
    return Excluded({name: clauses.get(name, "") for name in names}, scratch / "excluded_by.npy", shares)


def _areas(every: Shown) -> tuple[dict[str, np.ndarray], dict[str, str]]:
    """Area of each site that each reason takes [m2], and the clauses of the reasons."""
    ids = pa.array(every.column("site_id"), pa.large_string())
    asked = read_rows(every.processed, "exclusions", columns=["site_id"])["site_id"].cast(pa.large_string())
    site = pc.index_in(asked, value_set=ids).fill_null(-1).to_numpy()
    del asked
    area_m2: dict[str, np.ndarray] = {}
    clauses: dict[str, str] = {}
    first = 0
    for rows in batches(every.processed, "exclusions", ["reason", "area_m2", "clause"], AT_ONCE):
        at = site[first : (first := first + len(rows))]
        reason = rows["reason"].combine_chunks().dictionary_encode()
        codes, reasons = reason.indices.to_numpy(), reason.dictionary.to_pylist()
        area = rows["area_m2"].to_numpy()
        known = np.flatnonzero(at >= 0)
        known = known[np.argsort(codes[known], kind="stable")]
        ends = np.searchsorted(codes[known], np.arange(len(reasons) + 1))
        for name, mine in zip(reasons, np.split(known, ends[1:-1]), strict=True):
            if len(mine):
                if name not in area_m2:
                    area_m2[name] = np.zeros(len(ids))
                np.add.at(area_m2[name], at[mine], area[mine])
                clauses.setdefault(name, str(rows["clause"][int(mine[0])].as_py()))
    return area_m2, clauses
