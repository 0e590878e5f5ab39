"""Load against photovoltaics: the bureau's load file, and what is left of it at each hour of the day."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from pvmap.errors import InputError
from pvmap.planning.profiles import Hours
from pvmap.sources.csv_table import read_csv


def read_loads(path: Path, utc_offset_hours: float) -> pd.DataFrame:
    """Read the bureau's hourly load.

    Parameters
    ----------
    path
        CSV with `time` (local standard time, start of the hour), `district`, `load_kw`.
    utc_offset_hours
        Local standard time.

    Returns
    -------
    pandas.DataFrame
        `time` (UTC), `district`, `load_kw`.

    Raises
    ------
    InputError
        A missing column, an unreadable time, a load that is missing or negative.
    """
    table = read_csv(path, ("time", "district", "load_kw"))
    frame = table.frame
    local = pd.to_datetime(frame["time"], errors="coerce")
    load = pd.to_numeric(frame["load_kw"], errors="coerce")
    for bad, column in ((local.isna(), "time"), (~(load >= 0), "load_kw")):
        if bad.any():
            at = int(bad.to_numpy().argmax())
            raise InputError(
                f"{path}, line {table.line[at]}: {column} {frame[column].iloc[at]!r} cannot be used; correct it."
            )
    time = (local - pd.Timedelta(hours=utc_offset_hours)).dt.tz_localize("UTC")
    return pd.DataFrame({"time": time, "district": frame["district"].astype(str), "load_kw": load.astype(float)})


def duck_curve(profiles: pd.DataFrame, loads: pd.DataFrame, utc_offset_hours: float) -> pd.DataFrame:
    """Mean day of each month per district: load, photovoltaics and what the rest of the system must give.

    Parameters
    ----------
    profiles
        Contract table.
    loads
        ``read_loads``; hours are matched by local month, day and hour, whatever the year.
    utc_offset_hours
        Local standard time.

    Returns
    -------
    pandas.DataFrame
        `district`, `month` (1-12), `hour` (0-23 local), `load_kw`, `pv_kw`, `net_kw`: means over the days; districts
        that both tables know.

    Raises
    ------
    InputError
        Where no district of the load file is one of the run.
    """
    known = set(profiles["district"]) & set(loads["district"])
    if not known:
        names = ", ".join(sorted(set(profiles["district"])))
        raise InputError(f"inputs.load names no district of this run; use {names}.")
    pv = _mean_day(profiles.groupby(["time", "district"], sort=True)["power_kw"].sum(), utc_offset_hours)
    load = _mean_day(loads.groupby(["time", "district"], sort=True)["load_kw"].sum(), utc_offset_hours)
    out = pd.concat([load.rename("load_kw"), pv.rename("pv_kw")], axis=1, join="inner").reset_index()
    out["net_kw"] = out["load_kw"] - out["pv_kw"]
    return out


def _mean_day(power: pd.Series, utc_offset_hours: float) -> pd.Series:
    frame = power.rename("value").reset_index()
    hours = Hours.of(pd.DatetimeIndex(frame["time"]), utc_offset_hours)
    frame["month"], frame["hour"] = hours.month + 1, hours.hour
    return frame.groupby(["district", "month", "hour"], sort=True)["value"].mean()
