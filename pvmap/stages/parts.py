"""A tile's part on disk: its rows of the city's tables, and the record that says which run they are of.

The record comes last, so that a part counts only when it is whole. A table without rows has no file.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from pvmap import disk
from pvmap.energy.sky import HOURS
from pvmap.errors import InputError
from pvmap.stages.job import TileJob
from pvmap.store import joining, whole
from pvmap.store.shapes import fits_series, strange
from pvmap.tables.contract import nothing
from pvmap.tables.vocabulary import GROUP

PART_TABLES = ("surfaces", "shade", "yields", "exclusions", "years", "roof_points", "draws")
DONE = "done.json"  # says which run a part is of, and what its files must be
PROFILES, POWER = "profiles.parquet", "power_kw"
OURS = re.compile(rf"(?:{'|'.join(PART_TABLES)}|profiles|appraisal)\.parquet|{re.escape(DONE)}|\..+\.part")


class Profiles(NamedTuple):
    """Hourly AC power [kW]: district, kind and use of each group, and the (group, 8760) array."""

    groups: pd.DataFrame
    power_kw: np.ndarray


def write(job: TileJob, tables: dict[str, pd.DataFrame], profiles: Profiles) -> None:
    """Write the part of a tile in the place of an earlier one."""
    if job.part.is_file():  # somebody's, in the place of our folder
        disk.set_aside(job.part)
    disk.remove(job.part / DONE)
    written = [path for name in PART_TABLES if (path := write_rows(job.part, name, tables.get(name)))]
    written.append(joining.write_series(job.part / PROFILES, profiles.groups, POWER, profiles.power_kw))
    about = {
        "stamp": job.stamp,
        "tile": job.name,
        "files": whole.measured(job.part, [path.name for path in written]),
    }
    whole.write_record(job.part / DONE, about, flush=False)


def record(job: TileJob) -> dict[str, Any] | None:
    """Return what is known of the part on disk; None where it is of other code, settings, inputs or another tile."""
    found = whole.read_record(job.part / DONE, "stamp", "tile", "files")
    return found if found is not None and (found["stamp"], found["tile"]) == (job.stamp, job.name) else None


def is_current(job: TileJob) -> bool:
    """Whether the part on disk was computed from the same code, settings and inputs, and is still whole."""
    found = record(job)
    if found is None or whole.damaged(job.part, found["files"]):
        return False
    tables = [one for one in found["files"] if one != PROFILES]
    return not strange(job.part, tables, job.crs, now=True) and fits_series(job.part / PROFILES, GROUP, POWER, HOURS)


def require_record(job: TileJob) -> dict[str, Any]:
    """Return what is known of a part that this run has made or found current.

    Raises
    ------
    InputError
        It is not of this run any more.
    """
    found = record(job)
    if found is None:
        raise InputError(f"{job.part} was changed by somebody else while the run was under way; run again.")
    return found


def write_rows(folder: Path, name: str, frame: pd.DataFrame | None) -> Path | None:
    """Write rows of a table in the place of earlier ones; without rows, leave no file."""
    if frame is not None and len(frame):
        return joining.write_part(folder, name, frame)
    disk.remove(folder / f"{name}.parquet")
    return None


def read(jobs: Sequence[TileJob], name: str, columns: list[str] | None = None) -> pd.DataFrame:
    """Read a table of the parts of some tiles, or columns of it, part by part; one without rows has no file."""
    files = [file for job in jobs if (file := job.part / f"{name}.parquet").exists()]
    if files:
        return joining.read_joined(files, columns)
    return _empty(name).copy() if columns is None else _empty(name)[columns]


@cache
def _empty(name: str) -> pd.DataFrame:
    return pd.DataFrame(nothing(name, crs="EPSG:4326").drop(columns="geometry", errors="ignore"))


def read_profiles(part: Path) -> Profiles:
    """Read the hourly power of a part."""
    return Profiles(*joining.read_series(part / PROFILES, POWER))
