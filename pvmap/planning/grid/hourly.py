"""The bureau's own series by the hour, laid on the hours of the profiles: loads of districts, market prices.

A stamp with a zone is honoured, one without is local standard time. Steps shorter than an hour are averaged. Another
year is matched by month, day and hour. What is not there is asked for, never guessed.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from pvmap.errors import InputError
from pvmap.findings import Finding, finding
from pvmap.planning.grid.stamps import HOUR_MINUTES, label_ends, read_stamps
from pvmap.planning.table_columns import COLUMNS
from pvmap.planning.table_input import BEYOND, not_read, read_given
from pvmap.settings.city import TableInput
from pvmap.sources.csv_table import CsvTable, read_csv
from pvmap.sources.numbers import read_numbers

DAY = 24  # hours
NAMED = 5  # missing hours and unknown districts that a refusal names
# judgement: peaks rise step by step; what stands alone so far above all others in a few hours stands for not known
ALONE_TIMES, FEW_HOURS = 5.0, 0.05
QUANTITIES = {"load_kw": "kw", "pv_kw": "kw", "price_cny_per_kwh": "cny_per_kwh"}  # units they may be written in


def read_market_prices(
    path: Path, times: pd.DatetimeIndex, utc_offset_hours: float
) -> tuple[np.ndarray, tuple[Finding, ...]]:
    """Read the bureau's market prices.

    Parameters
    ----------
    path
        CSV with `time` and `price_cny_per_kwh`, a year of hours or of steps that divide an hour.
    times
        (T,) UTC hours of the profiles.
    utc_offset_hours
        Local standard time minus UTC. [h]

    Returns
    -------
    tuple of ndarray and tuple of Finding
        (T,) prices [CNY/kWh]; what was assumed.

    Raises
    ------
    InputError
        A missing file or column, a time or price that cannot be read, hours without price.
    """
    table = _read(path, "market_prices")
    series = _by_stamp(table, "price_cny_per_kwh", "", utc_offset_hours)
    wide, findings = _on_hours(path, series, times, utc_offset_hours)
    return wide[""].to_numpy(), (*table.findings, *findings)


def read_loads(
    path: Path,
    times: pd.DatetimeIndex,
    utc_offset_hours: float,
    districts: Collection[str] | None = None,
    city: str = "",
) -> tuple[pd.DataFrame, tuple[Finding, ...]]:
    """Read the bureau's load.

    Parameters
    ----------
    path
        CSV with `time`, `district` and `load_kw`, a year of hours or of steps that divide an hour.
    times
        (T,) UTC hours of the profiles.
    utc_offset_hours
        Local standard time minus UTC. [h]
    districts
        Names of the districts; None where they are not known yet.
    city
        Name under which the load of what lies outside all districts may stand.

    Returns
    -------
    tuple of DataFrame and tuple of Finding
        `time` (UTC, those of the profiles), `district`, `load_kw`: every district of the file at every hour; what was
        assumed.

    Raises
    ------
    InputError
        A missing file or column, a time that cannot be read, a load that is missing or negative, a district that the
        run does not know, hours without load.
    """
    table = _read(path, "load")
    series = _by_stamp(table, "load_kw", table.frame["district"], utc_offset_hours)
    _refuse(table, "load_kw", (series["value"] < 0).to_numpy())
    there = list(series["key"].unique())
    if districts is not None:
        _refuse_unknown(path, there, {*districts, city} - {""})
    wide, findings = _on_hours(path, series, times, utc_offset_hours)
    lost = sorted(set(districts or ()) - set(there))
    if lost:
        code, some = "districts-without-load", ", ".join(lost[:NAMED])
        findings = (*findings, finding(code, layer=path.name, count=len(lost), total=len(districts or ()), names=some))
    findings = (*findings, *_standing_out(path, wide))
    long = wide.rename_axis("time").reset_index().melt("time", var_name="district", value_name="load_kw")
    return long, (*table.findings, *findings)


class DeviceHours(NamedTuple):
    """Hours of transformers, (T, devices) [kW]; `pv_kw` where the table brings it."""

    load_kw: pd.DataFrame
    pv_kw: pd.DataFrame | None
    findings: tuple[Finding, ...]


def read_device_hours(source: TableInput, raw: Path, times: pd.DatetimeIndex, utc_offset_hours: float) -> DeviceHours:
    """Read loads of transformers by the hour, and the power of the plants below them.

    Parameters
    ----------
    source, raw
        Input of the city file, folder of the inputs: `time`, `device_id`, `load_kw` and, where measured, `pv_kw`.
    times
        (T,) UTC hours of the profiles.
    utc_offset_hours
        Local standard time minus UTC. [h]

    Raises
    ------
    InputError
        A missing file or column, a time or number that cannot be read, hours that lack.
    """
    given = read_given(source, raw, *COLUMNS["device_loads"])
    table, path, wide, findings = given.table, raw / source.path, {}, list(given.findings)
    for column in ("load_kw", "pv_kw"):
        if given.has(column):
            series = _by_stamp(table, column, table.frame["device_id"], utc_offset_hours, given.title)
            wide[column], more = _on_hours(path, series, times, utc_offset_hours)
            findings += [one for one in (*more, *_standing_out(path, wide[column])) if one not in findings]
    return DeviceHours(wide["load_kw"], wide.get("pv_kw"), tuple(findings))


def _standing_out(path: Path, wide: pd.DataFrame) -> list[Finding]:
    """Tell hours whose load stands alone far above all others, of the first key that has some."""
    for name in wide:
        values = wide[name].to_numpy(float)
        level = np.unique(values)
        jump = np.flatnonzero((level[1:] >= ALONE_TIMES * level[:-1]) & (level[:-1] >= max(np.median(values), 1e-9)))
        if jump.size and (count := int((values > level[jump[0]]).sum())) <= FEW_HOURS * len(values):
            return [
                finding(
                    "load-stands-out", layer=path.name, count=count, total=len(values), other=str(name) or "whole city",
                    value=float(level[jump[0] + 1]), next=float(level[jump[0]]),
                )
            ]  # fmt: skip
    return []


def _read(path: Path, kind: str) -> CsvTable:
    columns = COLUMNS[kind].needs
    table = read_csv(path, columns)
    return replace(table, findings=(*table.findings, *not_read(table, columns, path.name)))


def _by_stamp(
    table: CsvTable,
    column: str,
    key: pd.Series | str,
    utc_offset_hours: float,
    title: Callable[[str], str] = lambda _: "",
) -> pd.DataFrame:
    """Local time, key and value of each row; `title` is that of a column in the file, which may tell zone and unit.

    Raises
    ------
    InputError
        The first time or value that cannot be read.
    """
    stamps = read_stamps(table.frame["time"], utc_offset_hours, title("time"))
    _refuse(table, "time", stamps.local.isna().to_numpy())
    value = read_numbers(table.frame[column], QUANTITIES[column], title(column), table.name).values
    _refuse(table, column, ~(np.abs(value) <= BEYOND))
    times = {"local": stamps.local, "written": stamps.written, "ends": stamps.ends}
    return pd.DataFrame({**times, "key": key, "value": value, "line": table.line})


def _refuse(table: CsvTable, column: str, bad: np.ndarray) -> None:
    if bad.any():
        at = int(bad.argmax())
        more = f" ({int(bad.sum()):,} such rows)" if bad.sum() > 1 else ""
        remedy = "write times like 2023-01-31 14:00" if column == "time" else "correct it"
        raise InputError(
            f"{table.name}, line {table.line[at]}: {column} {table.frame[column].iloc[at]!r} cannot be used{more}; "
            f"{remedy}."
        )


def _refuse_unknown(path: Path, there: list[str], districts: Collection[str]) -> None:
    unknown = [name for name in there if name not in districts]
    if unknown:
        known = ", ".join(sorted(districts)) or "none"
        raise InputError(
            f"{path}: no district of this run is called {', '.join(map(repr, unknown[:NAMED]))}"
            f"{f' and {len(unknown) - NAMED} more' if len(unknown) > NAMED else ''}; use {known}."
        )


def _on_hours(
    path: Path, series: pd.DataFrame, times: pd.DatetimeIndex, utc_offset_hours: float
) -> tuple[pd.DataFrame, tuple[Finding, ...]]:
    """Values of each key at each hour of the profiles, (T, keys); findings."""
    step = _step_minutes(path, series)
    findings = []
    ends = _ends(series, step)
    if ends.any():
        series = series.assign(local=series["local"] - pd.to_timedelta(step * ends, unit="min"))
        findings.append(finding("hours-labelled-by-their-end", layer=path.name))
    repeated = series.duplicated(["key", "local"]).to_numpy()
    if repeated.any():
        row = series.iloc[int(repeated.argmax())]
        raise InputError(
            f"{path}, line {row['line']}: {_place(row['key'])}{row['local']:%Y-%m-%d %H:%M} local is there twice "
            f"({int(repeated.sum()):,} such rows); keep one row for each time."
        )
    local = series["local"].dt
    leap = (local.month == 2) & (local.day == 29)
    series = series[~leap.to_numpy()]
    wanted = times.tz_convert("UTC").tz_localize(None) + pd.Timedelta(hours=utc_offset_hours)
    stamp = series["local"].dt
    hours = pd.DataFrame({"key": series["key"], "year": stamp.year, "hour": stamp.strftime("%m-%d %H")})
    hours["value"] = series["value"]
    sums = hours.groupby(["year", "hour", "key"], sort=False)["value"].agg(["mean", "size"]).reset_index()
    whole = sums[sums["size"] == round(HOUR_MINUTES / step)]
    year = int(wanted.year[len(wanted) // 2])
    chosen = _one_year(whole, year, len(wanted))
    wide = chosen.pivot_table(index="hour", columns="key", values="mean").reindex(wanted.strftime("%m-%d %H"))
    _refuse_gaps(path, wide.reindex(columns=sorted(hours["key"].unique())))
    n_hours = chosen.groupby(["key", "year"])["hour"].transform("size")  # a year of UTC has some in the next
    if others := sorted(set(chosen["year"][n_hours > DAY]) - {year}):
        held = ", ".join(map(str, others))
        findings.append(finding("hours-of-another-year", layer=path.name, held=held, year=str(year)))
    return wide.set_axis(times), tuple(findings)


def _ends(series: pd.DataFrame, step: float) -> np.ndarray:
    """Rows whose times are the ends of their steps: those of a key together, for a file may be pasted from several."""
    rows = list(series.groupby("key", sort=False).indices.values())
    parts = [series.iloc[at] for at in rows]
    told = [bool(one["ends"].any()) or label_ends(one["written"], one["local"], step) for one in parts]
    usual = all(one is not False for one in told) and True in told  # for keys that do not tell
    out = np.zeros(len(series), bool)
    for at, one in zip(rows, told, strict=True):
        out[at] = usual if one is None else one
    return out


def _step_minutes(path: Path, series: pd.DataFrame) -> float:
    """Minutes between rows: the commonest step of the first key."""
    first = series.loc[series["key"].isin(series["key"].iloc[:1]), "local"].sort_values()
    if len(first) < 2:
        raise InputError(f"{path} holds {len(series)} rows; give a year of hours.")
    step = float(first.diff().mode().iloc[0] / pd.Timedelta(minutes=1))
    if not 0 < step <= HOUR_MINUTES or HOUR_MINUTES % step:
        raise InputError(f"{path}: rows are {step:g} minutes apart; give hourly rows or steps that divide an hour.")
    return step


def _one_year(hours: pd.DataFrame, year: int, n_hours: int) -> pd.DataFrame:
    """Hours of one year where a file holds several: the profiles' own, else the newest that is whole."""
    if not hours.duplicated(["hour", "key"]).any():
        return hours
    n_keys = hours["key"].nunique()
    for one in (year, *sorted(hours["year"].unique(), reverse=True)):
        own = hours[hours["year"] == one]
        if len(own) >= n_hours * n_keys:
            return own
    return hours.sort_values("year", kind="stable").drop_duplicates(["hour", "key"], keep="last")


def _refuse_gaps(path: Path, wide: pd.DataFrame) -> None:
    missing = wide.isna()
    if not missing.any(axis=None):
        return
    key = str(missing.columns[int(missing.any().to_numpy().argmax())])
    gaps = wide.index[missing[key].to_numpy()]
    some = ", ".join(gaps[:NAMED])
    raise InputError(
        f"{path}: {_place(key)}{int(missing.to_numpy().sum()):,} hours lack a value, first (month-day hour, local) "
        f"{some}; give every step of every hour of a year."
    )


def _place(key: str) -> str:
    return f"{key}: " if key else ""
