"""Load against photovoltaics: what a district takes of its own sun, what it sends back, what is left of its load."""

from __future__ import annotations

from typing import NamedTuple

import pandas as pd

from pvmap.planning.profiles import Hours


class Duck(NamedTuple):
    """Photovoltaics of the technical potential against the bureau's load.

    Attributes
    ----------
    days
        Mean day of each month per district: `district`, `month` (1-12), `hour` (0-23 local), `load_kw`, `pv_kw`,
        `net_kw`, of every district that has a load; without photovoltaics there `pv_kw` is 0.
    districts
        Of all hours of the year: `district`, `load_kwh`, `pv_kwh`, `taken_kwh` (used by the load of the same hour),
        `taken_share`, `reverse_hours`, `reverse_kwh`, `reverse_peak_kw`.
    """

    days: pd.DataFrame
    districts: pd.DataFrame


def duck(profiles: pd.DataFrame, loads: pd.DataFrame, utc_offset_hours: float, city: str = "") -> Duck:
    """Lay photovoltaics on the load, hour by hour.

    Parameters
    ----------
    profiles
        Contract table.
    loads
        ``hourly.read_loads``, at the hours of the profiles.
    utc_offset_hours
        Local standard time.
    city
        Name under which the load of what lies outside all districts stands.
    """
    profiles = profiles.assign(district=profiles["district"].replace("", city))
    pv = profiles.groupby(["time", "district"], sort=True)["power_kw"].sum()
    load = loads.groupby(["time", "district"], sort=True)["load_kw"].sum()
    days = _mean_day(load, utc_offset_hours).rename("load_kw").to_frame()
    days = days.assign(pv_kw=_mean_day(pv, utc_offset_hours)).fillna({"pv_kw": 0.0}).reset_index()
    days["net_kw"] = days["load_kw"] - days["pv_kw"]
    return Duck(days, _districts(load, pv))


def _districts(load: pd.Series, pv: pd.Series) -> pd.DataFrame:
    frame = load.rename("load_kwh").to_frame().assign(pv_kwh=pv).fillna({"pv_kwh": 0.0}).reset_index()
    frame["taken_kwh"] = frame[["load_kwh", "pv_kwh"]].min(axis=1)
    frame["reverse_kwh"] = frame["pv_kwh"] - frame["taken_kwh"]
    frame["reverse_hours"] = (frame["reverse_kwh"] > 0).astype(int)
    groups = frame.drop(columns="time").groupby("district", sort=True)
    out = groups.sum().assign(reverse_peak_kw=groups["reverse_kwh"].max()).reset_index()
    out["taken_share"] = out["taken_kwh"] / out["pv_kwh"].where(out["pv_kwh"] > 0)
    amounts = ["load_kwh", "pv_kwh", "taken_kwh", "taken_share", "reverse_hours", "reverse_kwh", "reverse_peak_kw"]
    return out[["district", *amounts]]


def _mean_day(power: pd.Series, utc_offset_hours: float) -> pd.Series:
    frame = power.rename("value").reset_index()
    hours = Hours.of(pd.DatetimeIndex(frame["time"]), utc_offset_hours)
    frame["month"], frame["hour"] = hours.month + 1, hours.hour
    return frame.groupby(["district", "month", "hour"], sort=True)["value"].mean()
