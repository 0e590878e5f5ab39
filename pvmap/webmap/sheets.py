"""Sheets of a map that has more sites than one page holds: what is copied for each, summed by cells and sampled."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, cast

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pyproj
import shapely

from pvmap.crs import WGS84, transformer
from pvmap.planning.publication import is_public
from pvmap.settings.city import Settings
from pvmap.store import read_outlines, read_table
from pvmap.store.row_groups import copy_rows
from pvmap.webmap.cells import added, as_run, cells_of, keys_of, sheet_areas, zones_with_cells
from pvmap.webmap.data import PLAN, read_data
from pvmap.webmap.shared_scales import sample


@dataclass(frozen=True)
class Sheet:
    """Rows of a run's tables that one page shows: neighbours along the curve."""

    number: int
    rows: Mapping[str, slice]
    processed: Path
    folder: Path  # where they are copied to
    settings: Settings
    cell_m: float

    @property
    def file(self) -> str:
        """Name of its page."""
        return f"{self.number:03d}.html"

    @property
    def cells(self) -> Path:
        """Where the sums of its cells are kept."""
        return self.folder / "cells.parquet"


class About(NamedTuple):
    """What pages tell of a sheet, and its area."""

    number: int
    n_sites: int
    capacity_kwp: float
    energy_kwh: float
    districts: list[str]
    area: shapely.Geometry

    def told(self, folder: str) -> dict[str, Any]:
        """Give it as the page's scripts read it; `folder`: where its page lies."""
        file = f"{folder}{self.number:03d}.html"
        sums = {"n_sites": self.n_sites, "capacity_kwp": self.capacity_kwp, "energy_kwh": self.energy_kwh}
        return {"number": self.number, "file": file, **sums, "districts": self.districts}


def groups_of(stretches: pd.DataFrame, most: int) -> list[pd.DataFrame]:
    """Share stretches out over sheets of much the same number of sites, none with many more than `most`."""
    n_rows = stretches["appraisal"].to_numpy("int64")
    size = n_rows.sum() / np.ceil(n_rows.sum() / most)
    middle = np.cumsum(n_rows) - n_rows / 2
    return [group for _, group in stretches.groupby((middle // size).astype(int))]


def first_sites(processed: Path, lows: Sequence[int]) -> np.ndarray:
    """First row of the sites of each sheet, and one past the last; a site of a tile that failed is on one of them."""
    hilbert = read_table(processed, "sites", columns=["hilbert"])["hilbert"].to_numpy()
    return np.array([0, *np.searchsorted(hilbert, lows[1:]), len(hilbert)])


def sheets_of(
    groups: Sequence[pd.DataFrame],
    starts: np.ndarray,
    processed: Path,
    scratch: Path,
    settings: Settings,
    cell_m: float,
) -> list[Sheet]:
    """Make sheets of groups of stretches; of the rest as in `Sheet`."""
    sheets, ends = [], dict.fromkeys(("appraisal", "exclusions"), 0)
    for number, group in enumerate(groups, start=1):
        rows = {"sites": slice(int(starts[number - 1]), int(starts[number]))}
        for name, first in ends.items():
            ends[name] = first + int(group[name].sum())
            rows[name] = slice(first, ends[name])
        sheets.append(Sheet(number, rows, processed, scratch / f"sheet{number}", settings, cell_m))
    return sheets


def weigh_sheet(sheet: Sheet) -> pd.DataFrame:
    """Copy the rows of a sheet, keep the sums of its cells, and give a sample of its numbers."""
    processed, folder = sheet.processed, sheet.folder
    folder.mkdir(exist_ok=True)
    for name, rows in sheet.rows.items():
        copy_rows(processed, name, rows, folder)
    shutil.copyfile(processed / "run.json", folder / "run.json")
    places = read_table(folder, "sites", columns=["longitude", "latitude"])
    crs = pyproj.CRS(city_zone(processed).crs)
    longitude, latitude = (places[name].to_numpy(float) for name in ("longitude", "latitude"))
    x, y = transformer(WGS84, crs).transform(longitude, latitude)
    bounds = (float(x.min()), float(y.min()), float(x.max()), float(y.max()))
    read_outlines(processed / "zones.parquet", bbox=bounds).to_parquet(folder / "zones.parquet")
    if (districts := processed / "districts.parquet").exists():
        here = read_outlines(districts).cx[bounds[0] : bounds[2], bounds[1] : bounds[3]]
        here.to_parquet(folder / districts.name)
    data = read_data(folder, sheet.settings.map, _public(sheet.settings))
    cells_of(data, sheet.cell_m).to_parquet(sheet.cells)
    return sample(data)


def city_zone(processed: Path) -> gpd.GeoDataFrame:
    """Read the zone of a whole city."""
    return read_outlines(processed / "zones.parquet", filters=[("level", "==", "city")])


def join_cells(sheets: Sequence[Sheet], crs: Any, folder: Path) -> list[About]:
    """Add the cells of all sheets up, and write them as a run that a map is drawn of; tell what lies on each sheet."""
    folder.mkdir(exist_ok=True)
    processed, side_m = sheets[0].processed, sheets[0].cell_m
    every = pd.concat([pd.read_parquet(one.cells).assign(sheet=one.number) for one in sheets], ignore_index=True)
    areas = sheet_areas(every, side_m)
    counts = every.groupby(["sheet", "district"])["n_sites"].sum().sort_values(ascending=False, kind="stable")
    usable = every["n_sites"].where(every["cases"] % 2 == 1, 0)  # the first case: what the rules allow
    sums = every.assign(usable=usable).groupby("sheet")[["usable", "capacity_kwp", "energy_kwh"]].sum()
    sums = sums.reindex([one.number for one in sheets], fill_value=0)  # a sheet whose every site is masked shows none
    of = counts.reset_index()
    names = {one.number: of.loc[of["sheet"] == one.number, "district"].astype(str).tolist() for one in sheets}
    known = [
        About(number, int(n_sites), capacity, energy, names[number], areas.get(number, shapely.Polygon()))
        for number, n_sites, capacity, energy in sums.itertuples(name=None)
    ]
    cells = every.drop(columns="sheet")
    cells = added(cells, keys_of(cells))
    sites, appraisal = as_run(cells, side_m, crs)
    sites.to_parquet(folder / "sites.parquet")
    appraisal.to_parquet(folder / "appraisal.parquet")
    np.save(folder / "n_sites.npy", cells["n_sites"].to_numpy())
    texts = {name: pa.array([], pa.string()) for name in ("site_id", "reason", "clause")}
    pq.write_table(pa.table({**texts, "area_m2": pa.array([], pa.float64())}), folder / "exclusions.parquet")
    zones = cast(gpd.GeoDataFrame, read_table(processed, "zones", filters=[("level", "!=", "grid")]))
    zones_with_cells(zones, cells, side_m).to_parquet(folder / "zones.parquet")
    for name in ("run.json", "districts.parquet", *(f"{one}.parquet" for one in PLAN)):
        if (processed / name).exists():
            shutil.copyfile(processed / name, folder / name)
    return known


def _public(settings: Settings) -> Settings | None:
    return settings if is_public(settings) else None
