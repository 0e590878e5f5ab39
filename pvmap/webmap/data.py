"""What the map reads: the tables of a run, joined site by site, sensitive sites masked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pyproj
import shapely

from pvmap.errors import InputError
from pvmap.memory import give_back
from pvmap.settings.webmap import MapSettings
from pvmap.store import batches, read_json, read_outlines, read_table
from pvmap.webmap.columns import FIELDS, SCENARIO_FIELDS, SHARE_STEP, TEXT_CODES, quantise
from pvmap.webmap.style import PRACTICAL_SHARE, TARGET

SITE_COLUMNS = (
    "site_id",
    "site_type",
    "name",
    "building_use",
    "height_m",
    "height_source",
    "footprint_area_m2",
    "existing_pv_kwp",
    "district",
    "township",
    "longitude",
    "latitude",
    "source",
    "confidence",
)
# of the appraisal: what colours, sums and lists are made of; the other columns are packed one at a time
HELD_COLUMNS = {
    *("specific_yield_kwh_per_kwp", "energy_kwh", "capacity_kwp", "capacity_kwac", "shading_loss", "lcoe_cny_per_kwh"),
    *("at_grid_parity", "grid_grade", "npv_cny", "co2_t_per_year"),
    *("capacity_practical_kwp", "capacity_policy_floor_kwp"),
}
PACKED_COLUMNS = {*(f.name for f in FIELDS), *TEXT_CODES}
PLAN = ("build_out", "hosting")
AT_ONCE = 65_536  # rows of a table that are looked at together


@dataclass(frozen=True)
class Appraisal:
    """Columns of the appraisal, laid beside the sites as they are asked for.

    ``names`` are those the map shows. ``at`` is the row of each site, -1 where it has none; None where they agree.
    """

    processed: Path
    names: list[str]
    at: np.ndarray | None

    @classmethod
    def beside(cls, sites: pd.DataFrame, processed: Path) -> Appraisal:
        """Find the appraisal of sites; a site without one keeps empty values and is never lost."""
        path = processed / "appraisal.parquet"
        if not path.exists():
            raise InputError(f"{path} is not there; run `pvmap map` for this city first.")
        wanted = (HELD_COLUMNS | PACKED_COLUMNS) - set(SITE_COLUMNS)
        names = [c for c in pq.read_schema(path).names if c in wanted or c.startswith((*SCENARIO_FIELDS, TARGET))]
        own, ids = (pd.Index(frame["site_id"]) for frame in (read_table(processed, "appraisal", ["site_id"]), sites))
        return cls(processed, names, None if own.equals(ids) else own.get_indexer(ids))

    def holds(self, names: Iterable[str]) -> bool:
        """Whether the table has these columns, shown or not."""
        return set(names) <= set(pq.read_schema(self.processed / "appraisal.parquet").names)

    def read(self, names: list[str]) -> pd.DataFrame:
        """Read columns, a row for each site."""
        values = read_table(self.processed, "appraisal", columns=names)
        return values if self.at is None else values.reindex(self.at).reset_index(drop=True)


@dataclass(frozen=True)
class MapData:
    """Everything the map shows of one run.

    ``sites`` carries one row per site, in the order of the table; ``kept`` tells which rows of the table those are.
    ``appraisal`` reads what ``sites`` does not carry. ``shares`` tell how much of a site each reason excludes.
    ``squares`` are what stands for the polygon of a masked site, by row of ``sites``; `read_shapes` reads the others.
    ``clauses`` gives, per exclusion reason, the clause behind it.
    """

    sites: pd.DataFrame
    kept: np.ndarray
    appraisal: Appraisal
    shares: dict[str, np.ndarray]
    squares: dict[int, shapely.Geometry]
    clauses: dict[str, str]
    zones: gpd.GeoDataFrame
    districts: gpd.GeoDataFrame
    run: dict[str, Any]
    n_masked: int
    build_out: pd.DataFrame | None = None
    hosting: gpd.GeoDataFrame | None = None
    hidden: tuple[str, ...] = ()  # columns that are not for the map's readers

    @property
    def names(self) -> list[str]:
        """Columns that there are of each site."""
        every = [*self.sites.columns, *(one for one in self.appraisal.names if one not in self.sites)]
        return [one for one in every if one not in self.hidden]

    def column(self, name: str) -> pd.Series:
        """Give a column of the sites, from its file where it is not held."""
        if name in self.sites:
            return self.sites[name]
        return self.appraisal.read([name])[name][self.kept].reset_index(drop=True)


def read_data(processed: Path, settings: MapSettings) -> MapData:
    """Read and join the tables of a run.

    Parameters
    ----------
    processed
        Run folder with sites, appraisal, zones, exclusions, optionally districts.parquet, and run.json.
    settings
        Which sites to mask, and how.

    Raises
    ------
    InputError
        If a table is missing or there is no site to draw.
    """
    sites = read_table(processed, "sites", columns=list(SITE_COLUMNS))
    if not len(sites):
        raise InputError(f"{processed}/sites.parquet holds no site; the map needs at least one.")
    appraisal = Appraisal.beside(sites, processed)
    held = [name for name in appraisal.names if name in HELD_COLUMNS or name.startswith(TARGET)]
    table = pd.concat([sites, appraisal.read(held)], axis=1)
    del sites
    give_back()
    table["excluded_by"], shares, clauses = _exclusions(processed, table)
    give_back()
    if "capacity_practical_kwp" in table:
        parts, whole = (table[c].to_numpy(float) for c in ("capacity_practical_kwp", "capacity_kwp"))
        some = (parts > 0) & (whole > 0)
        # the practical case lies within the technical one, but for rounding
        table[PRACTICAL_SHARE] = np.where(some, np.minimum(parts / np.where(some, whole, 1.0), 1.0), np.nan)
    zones = cast(gpd.GeoDataFrame, read_table(processed, "zones"))
    table, kept, squares, n_masked = _mask(table, zones.crs, settings)
    districts_path = processed / "districts.parquet"
    districts = (
        read_outlines(districts_path)
        if districts_path.exists()
        else gpd.GeoDataFrame({"name": []}, geometry=[], crs=zones.crs)
    )
    plan = {name: read_table(processed, name) for name in PLAN if (processed / f"{name}.parquet").exists()}
    run = read_json(processed / "run.json")
    shares = {name: values[kept] for name, values in shares.items()}
    beside = (appraisal, shares, squares, clauses, zones, districts, run, n_masked)
    return MapData(table, kept, *beside, **plan)  # type: ignore[arg-type]


def read_shapes(processed: Path, data: MapData) -> Iterator[np.ndarray]:
    """Read the polygons of a map's sites, in the order of ``data.sites``, some at a time.

    Apart from the tables, because a million polygons weigh as much as all their numbers.
    """
    first = done = 0
    for rows in batches(processed, "sites", ["geometry"], AT_ONCE):
        kept = data.kept[first : first + len(rows)]
        shapes = shapely.from_wkb(rows["geometry"].to_numpy()[kept])
        for row, square in data.squares.items():
            if done <= row < done + len(shapes):
                shapes[row - done] = square
        yield shapes
        first, done = first + len(rows), done + len(shapes)


def excluded_column(reason: str) -> str:
    """Name of the column that holds which share of a site's footprint a reason takes."""
    return f"excluded:{reason}"


def _exclusions(processed: Path, sites: pd.DataFrame) -> tuple[np.ndarray, dict[str, np.ndarray], dict[str, str]]:
    """Read what is excluded: number of the largest reason of each site that carries nothing, shares, and clauses."""
    ids, footprint = pd.Index(sites["site_id"]), np.maximum(sites["footprint_area_m2"].to_numpy(float), 1e-9)
    area_m2: dict[str, np.ndarray] = {}
    clauses: dict[str, str] = {}
    for rows in batches(processed, "exclusions", ["site_id", "reason", "area_m2", "clause"], AT_ONCE):
        some = rows.to_pandas()
        row = ids.get_indexer(pd.Index(some["site_id"]))
        for reason, mine in some[row >= 0].assign(row=row[row >= 0]).groupby("reason", sort=False):
            of_reason = area_m2.setdefault(str(reason), np.zeros(len(sites)))
            np.add.at(of_reason, mine["row"].to_numpy(), mine["area_m2"].to_numpy(float))
            clauses.setdefault(str(reason), str(mine["clause"].iloc[0]))
    largest, largest_share = np.full(len(sites), -1), np.zeros(len(sites))
    shares, names = {}, sorted(area_m2)
    for number, name in enumerate(names):
        share = area_m2.pop(name) / footprint
        bigger = share > largest_share
        largest[bigger], largest_share[bigger] = number, share[bigger]
        known = np.where(share > 0, share, np.nan)
        shares[excluded_column(name)] = quantise(known, SHARE_STEP, 1.0, exact=False)
    empty = ~(sites["capacity_kwp"].to_numpy(float) > 0)
    # A site without capacity and without a stated reason still has to show up somewhere.
    if (empty & (largest < 0)).any():
        largest[empty & (largest < 0)] = len(names)
        names.append("unstated")
    return np.where(empty, largest, -1), shares, {name: clauses.get(name, "") for name in names}


def _mask(
    sites: pd.DataFrame, crs: Any, settings: MapSettings
) -> tuple[pd.DataFrame, np.ndarray, dict[int, shapely.Geometry], int]:
    """Hide the sites a city must not show, or put a nameless square in their place."""
    kept = np.ones(len(sites), bool)
    if not settings.masked_sites:
        return sites, kept, {}, 0
    wanted = list(settings.masked_sites)
    masked = (sites["site_id"].isin(wanted) | sites["name"].isin(wanted)).to_numpy()
    n = int(masked.sum())
    if settings.mask_mode == "hide":
        return sites[~masked].reset_index(drop=True), ~masked, {}, n
    cell = settings.masked_cell_m
    to_metric = pyproj.Transformer.from_crs(4326, crs, always_xy=True)
    place = sites.loc[masked, ["longitude", "latitude"]].to_numpy(float)
    west, south = (np.floor(np.asarray(v) / cell) * cell for v in to_metric.transform(*place.T))
    squares = shapely.box(west, south, west + cell, south + cell)
    longitude, latitude = to_metric.transform(west + cell / 2, south + cell / 2, direction="INVERSE")
    sites = sites.copy()
    sites.loc[masked, "longitude"] = longitude
    sites.loc[masked, "latitude"] = latitude
    sites.loc[masked, "name"] = ""
    sites.loc[masked, "site_id"] = [f"masked-{i + 1}" for i in range(n)]
    return sites, kept, dict(zip(np.flatnonzero(masked).tolist(), squares, strict=True)), n
