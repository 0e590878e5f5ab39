"""Small cities that tests run whole, from input files to the map."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
from pyproj import CRS

from pvmap import pipeline, store
from pvmap.pipeline import Job, Report

REPOSITORY = Path(__file__).resolve().parent.parent
PIPELINES = REPOSITORY / "pipelines"
SMALL = "n_buildings = 1_500\nn_quarries = 6\nn_ponds = 60"
PER_SURFACE = ("surfaces", "shade", "yields", "exclusions")  # tables a tile settles row by row


@dataclass(frozen=True)
class Run:
    """A city that has been run."""

    job: Job
    report: Report

    @property
    def processed(self) -> Path:
        return self.job.folders.processed

    def table(self, name: str) -> pd.DataFrame:
        return store.read_table(self.processed, name)

    @property
    def record(self) -> dict:
        return store.read_json(self.processed / "run.json")

    @property
    def parts(self) -> list[Path]:
        """Folders of the tiles, in the order of the curve."""
        return sorted((self.processed / "parts").iterdir(), key=lambda part: int(part.name.split("_")[1]))


def demo_file(
    path: Path,
    *,
    sites_per_tile: int = 400,
    more: str = "",
    demo: str = SMALL,
    grid: bool = False,
    **replaced: str,
) -> Path:
    """Write the demo's city file, only smaller; `replaced` exchanges ``key = value`` lines, `more` goes to the end.

    Without `grid` it names no transformers, targets and parks.
    """
    text = (PIPELINES / "demo.toml").read_text(encoding="utf-8")
    if not grid:
        text, n = re.subn(r"(?ms)^# A made-up grid.*?(?=^# Ground that)", "", text)
        assert n
    text = re.sub(r"(?m)^n_buildings = .*$", demo, text)
    for key, value in replaced.items():
        text, n = re.subn(rf"(?m)^{key} = .*$", f"{key} = {value}", text)
        assert n, key
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"{text}\n[run]\nsites_per_tile = {sites_per_tile}\n{more}\n", encoding="utf-8")
    return path


def run(file: Path, root: Path, raw: Path | None = None, **options: object) -> Run:
    """Run a city in this process, unless told otherwise."""
    job = pipeline.open_city(str(file), root, raw)
    return Run(job, pipeline.make_map(job, **{"workers": 0, **options}))  # type: ignore[arg-type]


def copy(city: Run, root: Path) -> Path:
    """Copy a finished run to another root, times of files included."""
    return copied(city.processed.parents[2], root)


def copied(first: Path, root: Path) -> Path:
    """Copy a root with all that was run in it, times of files included."""
    return Path(shutil.copytree(first, root, copy_function=shutil.copy2, dirs_exist_ok=True))


def linked(raw: Path, *files: Path, names: dict[str, str] | None = None) -> Path:
    """Lay links to real files into an input folder."""
    raw.mkdir(parents=True, exist_ok=True)
    for file in files:
        assert file.exists(), file
        (raw / (names or {}).get(file.name, file.name)).symlink_to(file)
    return raw


def pvmap(*arguments: object, cwd: Path | None = None, python: str = sys.executable) -> subprocess.CompletedProcess:
    """Run the real command line."""
    plain = {"NO_COLOR": "1", "TERM": "dumb", "COLUMNS": "200"}
    return subprocess.run(
        [python, "-m", "pvmap", *map(str, arguments)],
        cwd=cwd or PIPELINES.parent,
        env={**os.environ, **plain},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


def same_rows(one: pd.DataFrame, other: pd.DataFrame, key: list[str]) -> None:
    """Both hold the same rows, bit by bit, whatever their order."""
    one, other = (frame.sort_values(key, ignore_index=True) for frame in (one, other))
    if isinstance(one, gpd.GeoDataFrame):
        assert np.array_equal(one.geometry.to_wkb(), other.geometry.to_wkb())
        assert CRS(one.crs) == CRS(other.crs)
        one, other = (pd.DataFrame(frame.drop(columns="geometry")) for frame in (one, other))
    pd.testing.assert_frame_equal(one, other, check_exact=True)
