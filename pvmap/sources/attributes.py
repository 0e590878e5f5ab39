"""Mapped columns become numbers and text: strict, and every value that is set aside is counted."""

from __future__ import annotations

import numpy as np
import pandas as pd

from pvmap.config import VectorInput
from pvmap.findings import Finding, finding
from pvmap.sources.layer import NUMBERS, RawLayer, mapped_columns

# Least (exclusive) and largest value taken for real. The tallest building has 163 floors and 828 m; existing PV of 0 MW
# is a statement, a height of 0 m is a missing one.
PLAUSIBLE = {"height_m": (0.0, 1000.0), "floors": (0.0, 200.0), "capacity_mw": (-1e-12, 100_000.0)}


def read_attributes(layer: RawLayer, source: VectorInput) -> tuple[pd.DataFrame, tuple[Finding, ...]]:
    """Turn the mapped columns into ours.

    Parameters
    ----------
    layer
        As read, n rows.
    source
        Its input: ``columns`` maps our names to the file's.

    Returns
    -------
    tuple of DataFrame and tuple of Finding
        (n, our columns): id, name, building_use as text, empty where missing; height_m, floors, capacity_mw as float,
        NaN where missing, not a number or outside `PLAUSIBLE`. Then what was set aside, by column.
    """
    columns: dict[str, pd.Series] = {}
    findings: list[Finding] = []
    for ours, theirs in mapped_columns(source).items():
        given = layer.columns[theirs].reset_index(drop=True)
        if ours not in NUMBERS:
            columns[ours] = _text(given)
            continue
        columns[ours], unreadable, implausible = _number(given, *PLAUSIBLE[ours])
        for code, bad in (("values-not-numbers", unreadable), ("values-implausible", implausible)):
            if bad.any():
                at = np.flatnonzero(bad)
                findings.append(
                    finding(
                        code,
                        layer=source.path,
                        column=ours,
                        count=at.size,
                        total=len(given),
                        rows=layer.row[at],
                        theirs=theirs,
                        value=str(given.iloc[at[0]]),
                    )
                )
    return pd.DataFrame(columns, index=pd.RangeIndex(len(layer.row))), tuple(findings)


def _number(given: pd.Series, low: float, high: float) -> tuple[pd.Series, np.ndarray, np.ndarray]:
    """Floats, and which values were not numbers and which not plausible; missing ones are neither."""
    if pd.api.types.is_numeric_dtype(given):
        missing = given.isna().to_numpy()
        values = given.to_numpy(float, na_value=np.nan)
    else:
        text = given.astype("str").str.strip()
        missing = (given.isna() | text.isin(["", "NULL", "null", "None", "nan", "NaN"])).to_numpy()
        values = pd.to_numeric(text, errors="coerce").to_numpy(float)
    unreadable = ~missing & np.isnan(values)
    implausible = ~missing & ~unreadable & ~((values > low) & (values <= high))
    values = np.where(implausible, np.nan, values)
    return pd.Series(values), unreadable, implausible


def _text(given: pd.Series) -> pd.Series:
    """Text without surrounding blanks; whole numbers without the decimals a missing neighbour has given them."""
    if pd.api.types.is_float_dtype(given):
        whole = given.notna() & (given % 1 == 0) & (given.abs() < 2**53)
        text = given.astype("str").where(~whole, given.where(whole, 0).astype("int64").astype("str"))
    else:
        text = given.astype("str").str.strip()
    return text.where(given.notna(), "").astype("str")
