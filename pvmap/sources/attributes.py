"""Mapped columns become numbers and text; every value that is set aside is a finding."""

from __future__ import annotations

import numpy as np
import pandas as pd

from pvmap.errors import InputError
from pvmap.findings import EXAMPLES, Finding, finding
from pvmap.settings.city import VectorInput
from pvmap.sources.heights import doubt_heights, tell_fillings, without_sentinels
from pvmap.sources.layer import ELSE, NUMBERS, RawLayer
from pvmap.sources.numbers import read_numbers
from pvmap.sources.units import unit_of

# Least (exclusive) and largest value taken for real. The tallest building has 163 floors and 828 m; existing PV of 0 MW
# is a statement, a height of 0 m is a missing one.
PLAUSIBLE = {"height_m": (0.0, 828.0), "floors": (0.0, 163.0), "capacity_mw": (-1e-12, 100_000.0)}

SPREADSHEET_DIGITS = 15  # that spreadsheets keep of a number
LEAST_ROUNDED = 3  # ids of which the last digits are zeros by chance: hardly so many


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
        NaN where missing, not a number, outside `PLAUSIBLE` or a sentinel. Then what is doubtful about them.

    Raises
    ------
    InputError
        A column holds bytes.
    """
    columns: dict[str, pd.Series] = {}
    found: list[Finding] = []
    mapped = {ours: theirs for ours, theirs in layer.names.items() if not ours.endswith(ELSE)}
    names = {**{name: name for name in layer.own}, **mapped}
    for ours, theirs in names.items():
        given = _filled(layer, ours, theirs)
        if given.dtype == object and pd.api.types.infer_dtype(given, skipna=True) == "bytes":
            raise InputError(f"{source.path}: column {theirs!r} holds bytes, not text or numbers; map another one.")
        if ours not in NUMBERS:
            columns[ours] = _text(given)
            if ours == "id":
                found += _rounded(columns[ours], given, theirs, source.path, layer.row)
            continue
        columns[ours], more = _number(given, ours, theirs, source.path, layer.row)
        found += more
    frame = pd.DataFrame(columns, index=pd.RangeIndex(len(layer.row)))
    doubts = doubt_heights(frame, names, source.path, layer.row)
    return frame, (*found, *(doubts or tell_fillings(frame, names, source.path)))


def _filled(layer: RawLayer, ours: str, theirs: str) -> pd.Series:
    """Values of a column, and of the second one where the first says nothing."""
    given = layer.columns[theirs].reset_index(drop=True)
    second = layer.names.get(ours + ELSE)
    if second is None:
        return given
    silent = given.isna() | given.astype("str").str.strip().eq("")
    other = layer.columns[second].reset_index(drop=True)
    if ours not in NUMBERS:  # whole numbers beside missing ones would become floats
        return _text(given).where(~silent, _text(other))
    return given.astype("object").where(~silent, other).convert_dtypes()


def _number(given: pd.Series, ours: str, theirs: str, layer: str, row: np.ndarray) -> tuple[pd.Series, list[Finding]]:
    """Floats of one column, and what was set aside."""
    read = read_numbers(given, ours, theirs, layer)
    values = read.values
    low, high = PLAUSIBLE[ours]
    with np.errstate(invalid="ignore"):
        implausible = np.isfinite(values) & ~((values > low) & (values <= high)) | np.isinf(values)
    zero = implausible & (values == 0.0)
    values, sentinel = without_sentinels(np.where(implausible, np.nan, values), ours, read.written)
    found = []
    for code, bad in (
        ("values-not-numbers", read.unreadable),
        ("values-read-from-text", read.worded),
        ("values-converted", read.converted),
        ("zeros-are-missing", zero),
        ("values-implausible", implausible & ~zero),
        ("values-sentinel", sentinel),
    ):
        if bad.any():
            first = str(given.iloc[int(np.argmax(bad))])
            found.append(
                finding(
                    code,
                    layer=layer,
                    column=ours,
                    count=int(bad.sum()),
                    total=len(values),
                    rows=row[bad][:EXAMPLES],
                    theirs=theirs,
                    value=first,
                    **({"unit": unit_of(theirs, ours)} if code == "values-converted" else {}),
                )
            )
    return pd.Series(values), found


def _rounded(ids: pd.Series, given: pd.Series, theirs: str, layer: str, row: np.ndarray) -> list[Finding]:
    """Find ids that somebody has turned to floating-point numbers: the digits after the fifteenth are lost.

    Whole numbers of more digits, all of them zeros from there on, have been through a spreadsheet.
    """
    lost = ids.str.fullmatch(r"\d([.,]\d+)?[eE]\+?\d+").to_numpy(bool)
    if pd.api.types.is_float_dtype(given):
        whole = 2 ** (np.finfo(getattr(given.dtype, "numpy_dtype", given.dtype)).nmant + 1)  # all up to it are held
        lost = lost | given.abs().ge(whole).fillna(False).to_numpy(bool)
    long = ids.str.len().gt(SPREADSHEET_DIGITS) & ids.str.isdecimal()
    if long.any() and ids[long].str.slice(SPREADSHEET_DIGITS).str.strip("0").eq("").all():
        lost = lost | (long.to_numpy(bool) & (ids[long].nunique() >= LEAST_ROUNDED))
    if not lost.any():
        return []
    first = str(ids.iloc[int(np.argmax(lost))])
    return [
        finding(
            "ids-rounded",
            layer=layer,
            column=theirs,
            count=int(lost.sum()),
            total=len(ids),
            rows=row[lost][:EXAMPLES],
            value=first,
        )
    ]


def _text(given: pd.Series) -> pd.Series:
    """Text without surrounding blanks; whole numbers without the decimals a missing neighbour has given them."""
    if pd.api.types.is_float_dtype(given) and not pd.api.types.is_extension_array_dtype(given):
        whole = given.notna() & (given % 1 == 0) & (given.abs() < 2**53)
        text = given.astype("str").where(~whole, given.where(whole, 0).astype("int64").astype("str"))
    else:
        text = given.astype("str").str.strip()
        perhaps = (text.str.endswith("0") & text.str.contains(".", regex=False)).fillna(False).to_numpy(bool)
        if perhaps.any():  # a pattern is tried on each text apart, which takes longer than all the rest
            text[perhaps] = text[perhaps].str.replace(r"^(-?\d+)\.0+$", r"\1", regex=True)
    return text.where(given.notna(), "").astype("str")
