"""What the map reads: the tables of a run, joined site by site, sensitive sites masked."""

from __future__ import annotations

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
from pvmap.settings.webmap import MapSettings
from pvmap.store import read_json, read_outlines, read_table
from pvmap.webmap.columns import FIELDS, SCENARIO_FIELDS, TEXT_CODES
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
APPRAISAL_COLUMNS = {
    *(f.name for f in FIELDS),
    *TEXT_CODES,
    "specific_yield_kwh_per_kwp",
    "at_grid_parity",
    "grid_grade",
}
PLAN = ("build_out", "hosting")
OF_SCENARIOS = (*SCENARIO_FIELDS, TARGET)  # beginnings of columns; the name of the scenario follows


@dataclass(frozen=True)
class MapData:
    """Everything the map shows of one run.

    ``sites`` carries one row per site, in the order of the table; ``kept`` tells which rows of the table those are.
    ``squares`` are what stands for the polygon of a masked site, by row of ``sites``; `read_shapes` reads the others.
    ``clauses`` gives, per exclusion reason, the clause behind it.
    """

    sites: pd.DataFrame
    kept: np.ndarray
    squares: dict[int, shapely.Geometry]
    clauses: dict[str, str]
    zones: gpd.GeoDataFrame
    districts: gpd.GeoDataFrame
    run: dict[str, Any]
    n_masked: int
    build_out: pd.DataFrame | None = None
    hosting: gpd.GeoDataFrame | None = None


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
    table = _join(sites, _read_appraisal(processed))
    del sites
    exclusions = read_table(processed, "exclusions", columns=["site_id", "reason", "area_m2", "clause"])
    table, clauses = _add_exclusions(table, exclusions)
    del exclusions
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
    return MapData(table, kept, squares, clauses, zones, districts, run, n_masked, **plan)  # type: ignore[arg-type]


def read_shapes(processed: Path, data: MapData) -> tuple[np.ndarray, pyproj.CRS]:
    """Read the polygons of a map's sites, in the order of ``data.sites``, and their metric CRS.

    Apart from the tables, because a million polygons weigh as much as all their numbers.

    Raises
    ------
    InputError
        If the table states no CRS.
    """
    sites = cast(gpd.GeoDataFrame, read_table(processed, "sites", columns=["geometry"]))
    if sites.crs is None:
        raise InputError(f"{processed}/sites.parquet states no CRS; run `pvmap map` for this city again.")
    shapes = np.asarray(sites.geometry.array, dtype=object)[data.kept]
    for row, square in data.squares.items():
        shapes[row] = square
    return shapes, pyproj.CRS.from_user_input(sites.crs)


def _read_appraisal(processed: Path) -> pd.DataFrame:
    path = processed / "appraisal.parquet"
    if not path.exists():
        raise InputError(f"{path} is not there; run `pvmap map` for this city first.")
    wanted = APPRAISAL_COLUMNS - set(SITE_COLUMNS)
    columns = [c for c in pq.read_schema(path).names if c in wanted or c.startswith(OF_SCENARIOS)]
    return read_table(processed, "appraisal", columns=["site_id", *columns])


def _join(sites: pd.DataFrame, appraisal: pd.DataFrame) -> pd.DataFrame:
    """Put the appraisal beside the sites; a site without one keeps empty values and is never lost."""
    same = len(sites) == len(appraisal) and bool(np.all(sites["site_id"].to_numpy() == appraisal["site_id"].to_numpy()))
    values = appraisal.drop(columns="site_id")
    if not same:
        at = pd.Index(appraisal["site_id"]).get_indexer(pd.Index(sites["site_id"]))
        values = values.reindex(at).reset_index(drop=True)
    return pd.concat([sites, values.reset_index(drop=True)], axis=1)


def excluded_column(reason: str) -> str:
    """Name of the column that holds which share of a site's footprint a reason takes."""
    return f"excluded:{reason}"


def _add_exclusions(sites: pd.DataFrame, exclusions: pd.DataFrame) -> tuple[pd.DataFrame, dict[str, str]]:
    """Add one share column per reason, and the largest reason of every site that carries nothing."""
    row = pd.Index(sites["site_id"]).get_indexer(pd.Index(exclusions["site_id"]))
    reasons, names = pd.factorize(exclusions["reason"], sort=True)
    area = exclusions["area_m2"].to_numpy(float)
    known = row >= 0
    footprint = np.maximum(sites["footprint_area_m2"].to_numpy(float), 1e-9)
    largest, largest_share = np.full(len(sites), -1), np.zeros(len(sites))
    shares = {}
    for number, name in enumerate(names):
        mine = known & (reasons == number)
        share = np.bincount(row[mine], weights=area[mine], minlength=len(sites)) / footprint
        bigger = share > largest_share
        largest[bigger], largest_share[bigger] = number, share[bigger]
        shares[excluded_column(name)] = np.where(share > 0, share, np.nan)
    capacity = sites["capacity_kwp"].to_numpy(float)
    empty = ~(capacity > 0)
    # A site without capacity and without a stated reason still has to show up somewhere.
    known_names = [str(name) for name in names]
    if (empty & (largest < 0)).any():
        largest[empty & (largest < 0)] = len(known_names)
        known_names.append("unstated")
    clauses = exclusions.drop_duplicates("reason").set_index("reason")["clause"].to_dict()
    added = pd.DataFrame({**shares, "excluded_by": np.where(empty, largest, -1)}, index=sites.index)
    return pd.concat([sites, added], axis=1), {name: str(clauses.get(name, "")) for name in known_names}


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
