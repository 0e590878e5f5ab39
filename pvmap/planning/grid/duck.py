"""Load against photovoltaics: what is left of the bureau's load at each hour of the day."""

from __future__ import annotations

import pandas as pd

from pvmap.planning.profiles import Hours


def duck_curve(profiles: pd.DataFrame, loads: pd.DataFrame, utc_offset_hours: float, city: str = "") -> pd.DataFrame:
    """Mean day of each month per district: load, photovoltaics and what the rest of the system must give.

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

    Returns
    -------
    pandas.DataFrame
        `district`, `month` (1-12), `hour` (0-23 local), `load_kw`, `pv_kw`, `net_kw`: means over the days, of every
        district that has a load; without photovoltaics there `pv_kw` is 0.
    """
    profiles = profiles.assign(district=profiles["district"].replace("", city))
    pv = _mean_day(profiles.groupby(["time", "district"], sort=True)["power_kw"].sum(), utc_offset_hours)
    load = _mean_day(loads.groupby(["time", "district"], sort=True)["load_kw"].sum(), utc_offset_hours)
    out = load.rename("load_kw").to_frame().assign(pv_kw=pv).fillna({"pv_kw": 0.0}).reset_index()
    out["net_kw"] = out["load_kw"] - out["pv_kw"]
    return out


def _mean_day(power: pd.Series, utc_offset_hours: float) -> pd.Series:
    frame = power.rename("value").reset_index()
    hours = Hours.of(pd.DatetimeIndex(frame["time"]), utc_offset_hours)
    frame["month"], frame["hour"] = hours.month + 1, hours.hour
    return frame.groupby(["district", "month", "hour"], sort=True)["value"].mean()
