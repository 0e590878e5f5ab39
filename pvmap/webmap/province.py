"""A map of more sites than one page holds: an overview of cells, and a page for each sheet of neighbouring sites.

Workers draw it in three strokes, so that whoever asks for it holds no site: rows of each sheet are copied into a folder
of their own, added up by cells and sampled; cells are joined; every sheet, and the overview, becomes a page.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Literal, NamedTuple, cast

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pyproj
import shapely

from pvmap.crs import WGS84, transformer
from pvmap.errors import InputError
from pvmap.pages import MAP, is_sealed
from pvmap.planning.publication import is_public
from pvmap.settings.city import Settings
from pvmap.store import copy_rows, read_outlines, read_table
from pvmap.webmap.build import Share, build_map, compose, makers_folder
from pvmap.webmap.cells import (
    added,
    as_run,
    cell_side_m,
    cells_of,
    keys_of,
    sheet_areas,
    zones_with_cells,
)
from pvmap.webmap.data import PLAN, read_data
from pvmap.webmap.i18n import TEXTS
from pvmap.webmap.meta import NEVER
from pvmap.webmap.plan import targets_meta
from pvmap.webmap.scratch import Each, perform
from pvmap.webmap.shared_scales import sample, scales_of
from pvmap.webmap.style import Variable
from pvmap.webmap.writing import write_file
from pvmap.webmap.zones import outlines
from pvmap.written import Tell, silent

SHEETS = "sheets"  # folder of their pages
OF_A_PAGE = 4  # a sheet has at most so small a part of the sites that a page may have
_PAGE = re.compile(r"\d+\.html")


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


def draw_map(
    processed: Path,
    maps: Path,
    settings: Settings,
    stretches: pd.DataFrame,
    layout: Literal["file", "folder"] = "file",
    older: Path | None = None,
    raw: Path | None = None,
    each: Each = map,
    tell: Tell = silent,
) -> Path:
    """Build the map of a city: one page, or an overview and sheets where there are more sites than a page holds.

    Parameters
    ----------
    processed, maps, settings, layout, older, raw, each, tell
        As for `build.build_map`; `layout` is that of one page.
    stretches
        By limits on the curve, how many rows of `appraisal` and of `exclusions` lie there.

    Returns
    -------
    Path
        The page, or the overview.

    Raises
    ------
    InputError
        As for `build.build_map`, or all sites of a city of many sheets are hidden.
    """
    n_sites = int(stretches["appraisal"].sum())
    if n_sites <= settings.map.sites_per_page:
        page = build_map(processed, maps, settings, layout, older, raw, each, tell)
        _remove_pages(maps, ())
        return page
    with makers_folder(processed) as scratch:
        do = partial(each, partial(perform, scratch))
        city = _city_zone(processed)
        side_m = cell_side_m(city.total_bounds.tolist(), settings.planning.grid_cell_m)
        groups = _groups(stretches, settings.map.sites_per_page // OF_A_PAGE)
        (starts,) = do([partial(_first_sites, processed, [int(one.index[0][0]) for one in groups])])
        sheets = _sheets(groups, starts, processed, scratch, settings, side_m)
        samples = list(do([partial(weigh_sheet, sheet) for sheet in sheets]))
        scales = scales_of(pd.concat(samples, ignore_index=True), settings)
        (known,) = do([partial(join_cells, sheets, city.crs, scratch / "overview")])
        overview = partial(draw_overview, sheets[0], known, scratch / "overview", maps, older, raw)
        sheets = [sheet for sheet in sheets if not known[sheet.number - 1].area.is_empty]  # of others all is masked
        if not sheets:
            raise InputError("No site may be shown: see map.masked_sites and, in a public build, inputs.sensitive.")
        (maps / SHEETS).mkdir(parents=True, exist_ok=True)
        for kept in do([overview, *(partial(draw_sheet, sheet, known, scales, maps, raw) for sheet in sheets)]):
            for one in kept:
                tell(one)
    _remove_pages(maps, [sheet.number for sheet in sheets])
    return maps / "index.html"


def _groups(stretches: pd.DataFrame, most: int) -> list[pd.DataFrame]:
    """Share stretches out over sheets of much the same number of sites, none with many more than `most`."""
    n_rows = stretches["appraisal"].to_numpy("int64")
    size = n_rows.sum() / np.ceil(n_rows.sum() / most)
    middle = np.cumsum(n_rows) - n_rows / 2
    return [group for _, group in stretches.groupby((middle // size).astype(int))]


def _first_sites(processed: Path, lows: Sequence[int]) -> np.ndarray:
    """First row of the sites of each sheet, and one past the last; a site of a tile that failed is on one of them."""
    hilbert = read_table(processed, "sites", columns=["hilbert"])["hilbert"].to_numpy()
    return np.array([0, *np.searchsorted(hilbert, lows[1:]), len(hilbert)])


def _sheets(
    groups: Sequence[pd.DataFrame],
    starts: np.ndarray,
    processed: Path,
    scratch: Path,
    settings: Settings,
    cell_m: float,
) -> list[Sheet]:
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
    crs = _crs_of(processed)
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


def _crs_of(processed: Path) -> pyproj.CRS:
    return pyproj.CRS(_city_zone(processed).crs)


def _city_zone(processed: Path) -> gpd.GeoDataFrame:
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


def draw_sheet(
    sheet: Sheet, known: Sequence[About], scales: dict[str, Variable], maps: Path, raw: Path | None
) -> list[str]:
    """Draw the page of a sheet, and tell what was set aside for it."""
    own = known[sheet.number - 1]
    beside = [one.told("") for one in known if one is not own and one.area.intersects(own.area)]
    meta = {"sheet": {**own.told(""), "overview": "../index.html", "beside": beside}}
    return _draw(sheet.folder, maps / SHEETS / sheet.file, _untargeted(sheet.settings), Share(meta, scales), raw)


def draw_overview(
    sheet: Sheet, known: Sequence[About], folder: Path, maps: Path, older: Path | None, raw: Path | None
) -> list[str]:
    """Draw the overview of all sheets, of which `sheet` is one, and tell what was set aside for it."""
    settings, side_m = sheet.settings, sheet.cell_m
    areas = gpd.GeoDataFrame(geometry=[one.area for one in known], crs=_crs_of(sheet.processed))
    rings = outlines(areas, 0.0)
    cell = f"{side_m / 1e3:g}"
    texts = {key: [one.replace("1", cell, 1) for one in TEXTS[key]] for key in ("level.grid", "aggregates.grid")}
    meta: dict[str, Any] = {
        "sheets": [{**one.told(f"{SHEETS}/"), "rings": ring} for one, ring in zip(known, rings, strict=True) if ring],
        "cell_km": cell,
        "dots_from": NEVER,
        **targets_meta(sheet.processed, settings),
    }
    own = _untargeted(settings)
    planning = own.planning.model_copy(update={"grid_cell_m": side_m})
    unlisted = own.map.model_copy(update={"priority_count": 0, "masked_sites": ()})
    own = own.model_copy(update={"planning": planning, "map": unlisted})
    share = Share(meta, {}, folder / "n_sites.npy", texts)
    return _draw(folder, maps / "index.html", own, share, raw, older)


def _draw(
    folder: Path, page: Path, settings: Settings, share: Share, raw: Path | None, older: Path | None = None
) -> list[str]:
    kept: list[str] = []
    scratch = folder / "map"
    try:
        scratch.mkdir(exist_ok=True)  # by whom it was tried before
        made = compose(folder, settings, scratch, "", older, raw, share=share)
        write_file(page, made.page.get_root().render(), made, kept.append)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return kept


def _untargeted(settings: Settings) -> Settings:
    """Leave targets out: a page of some sites cannot count towards them."""
    policy = settings.planning.policy.model_copy(update={"targets": ()})
    return settings.model_copy(update={"planning": settings.planning.model_copy(update={"policy": policy})})


def _public(settings: Settings) -> Settings | None:
    return settings if is_public(settings) else None


def _remove_pages(maps: Path, kept: Collection[int]) -> None:
    """Remove the pages of sheets that an earlier map had more, unless somebody has changed them."""
    for path in (maps / SHEETS).glob("*.html"):
        if _PAGE.fullmatch(path.name) and int(path.stem) not in kept and is_sealed(path, MAP):
            path.unlink()
