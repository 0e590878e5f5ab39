"""Hourly profiles for planners, as Parquet and CSV: kW by district, kind and use, in UTC and local time."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from pvmap import disk, store
from pvmap.deliver.marks import marks_of
from pvmap.planning.profiles import Shapes
from pvmap.settings.city import Settings
from pvmap.tables.vocabulary import GROUP


def write_profiles(folder: Path, profiles: pd.DataFrame, settings: Settings) -> tuple[Path, Path]:
    """Write hourly profiles: one column per district, kind and use, in kW, with UTC and local time.

    Returns
    -------
    tuple
        ``profiles_hourly.parquet``, with units in its metadata as the tables have them, and ``profiles_hourly.csv``:
        a header and 8760 rows (UTF-8 with mark, so that Excel reads the Chinese), nothing else.
    """
    shapes = Shapes.of(profiles, settings.city.utc_offset_hours)
    local = shapes.times.tz_convert("UTC").tz_localize(None) + pd.Timedelta(hours=settings.city.utc_offset_hours)
    names = ["|".join((*(str(k) for k in key), "kW")) for key in shapes.groups]
    power = pd.DataFrame(shapes.power_kw.T, columns=names)
    power["all_kw"] = shapes.power_kw.sum(axis=0)
    times = pd.DataFrame({"time_utc": shapes.times, "time_local": local})
    note = marks_of(settings.city).note
    told = pd.DataFrame({"data_note": note}, times.index) if note else pd.DataFrame()
    table = folder / "profiles_hourly.parquet"
    text = folder / "profiles_hourly.csv"
    disk.write_atomically(table, lambda p: pq.write_table(_with_units(times, power, told), p, compression="zstd"))
    shown = pd.DataFrame(
        {
            "time_utc": times["time_utc"].dt.strftime("%Y-%m-%dT%H:%MZ"),
            "time_local": times["time_local"].dt.strftime("%Y-%m-%d %H:%M"),
        }
    )
    store.write_csv(text, pd.concat([shown, power.round(3), told], axis=1), mark=True)
    return table, text


def _with_units(times: pd.DataFrame, power: pd.DataFrame, told: pd.DataFrame) -> pa.Table:
    """Join the columns, their units and meanings in the metadata as those of the tables are."""
    table = pa.Table.from_pandas(pd.concat([times, power, told], axis=1), preserve_index=False)
    mean = f"mean power of the hour that starts, {', '.join(GROUP)}"
    notes = {
        "time_utc": {"unit": "UTC", "about": "start of the hour"},
        "time_local": {"unit": "local standard time", "about": "start of the hour"},
        **{name: {"unit": "kW", "about": mean} for name in power},
        "all_kw": {"unit": "kW", "about": "mean power of the hour that starts, all together"},
    }
    return table.replace_schema_metadata({**(table.schema.metadata or {}), b"pvmap": json.dumps(notes).encode()})
