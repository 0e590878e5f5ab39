"""Hourly profiles for planners, as Parquet and CSV: kW by district, kind and use, in UTC and local time."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from pvmap import store
from pvmap.planning.profiles import GROUP, Shapes
from pvmap.settings.city import Settings


def write_profiles(folder: Path, profiles: pd.DataFrame, settings: Settings) -> tuple[Path, Path]:
    """Write hourly profiles: one column per district, kind and use, in kW, with UTC and local time.

    Returns
    -------
    tuple
        ``profiles_hourly.parquet`` and ``profiles_hourly.csv`` (UTF-8 with mark, so that Excel reads the Chinese).
    """
    shapes = Shapes.of(profiles, settings.city.utc_offset_hours)
    local = shapes.times.tz_convert("UTC").tz_localize(None) + pd.Timedelta(hours=settings.city.utc_offset_hours)
    wide = pd.DataFrame({"time_utc": shapes.times, "time_local": local})
    names = ["|".join(str(k) for k in key) for key in shapes.groups]
    power = pd.DataFrame(shapes.power_kw.T, columns=names)
    wide = pd.concat([wide, power], axis=1)
    wide["all_kw"] = shapes.power_kw.sum(axis=0)
    table = folder / "profiles_hourly.parquet"
    text = folder / "profiles_hourly.csv"
    store.write_atomically(table, lambda p: wide.to_parquet(p, compression="zstd", index=False))
    rounded = pd.concat(
        [wide[["time_utc", "time_local"]], wide.drop(columns=["time_utc", "time_local"]).round(3)], axis=1
    )
    rounded["time_utc"] = wide["time_utc"].dt.strftime("%Y-%m-%dT%H:%MZ")
    rounded["time_local"] = wide["time_local"].dt.strftime("%Y-%m-%d %H:%M")
    label = "synthetic demo data; " if settings.city.synthetic else ""
    head = f"# {label}kW, mean of the hour that starts; columns {'|'.join(GROUP)}\r\n"
    store.write_csv(text, rounded, head=head, mark=True)
    return table, text
