"""What the map reads: the tables of a run, joined site by site, sensitive sites masked."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pyproj
import shapely

from pvmap.errors import InputError
from pvmap.settings.webmap import MapSettings
from pvmap.store import read_json, read_outlines, read_table

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
    "geometry",
)


@dataclass(frozen=True)
class MapData:
    """Everything the map shows of one run.

    ``sites`` carries one row per site, in no particular order, without geometry; ``shapes`` are its polygons in the
    metric CRS. ``clauses`` gives, per exclusion reason, the clause behind it.
    """

    sites: pd.DataFrame
    shapes: np.ndarray
    crs: pyproj.CRS
    clauses: dict[str, str]
    zones: gpd.GeoDataFrame
    districts: gpd.GeoDataFrame
    run: dict[str, Any]
    n_masked: int


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
    if sites.crs is None:
        raise InputError(f"{processed}/sites.parquet states no CRS; run `pvmap map` for this city again.")
    crs = pyproj.CRS.from_user_input(sites.crs)
    shapes = np.asarray(sites.geometry.array, dtype=object)
    table = pd.DataFrame(sites.drop(columns="geometry")).reset_index(drop=True)
    table = _join(table, _read_appraisal(processed))
    table, clauses = _add_exclusions(table, read_table(processed, "exclusions"))
    table, shapes, n_masked = _mask(table, shapes, crs, settings)
    districts_path = processed / "districts.parquet"
    districts = (
        read_outlines(districts_path)
        if districts_path.exists()
        else gpd.GeoDataFrame({"name": []}, geometry=[], crs=crs)
    )
    return MapData(
        table,
        shapes,
        crs,
        clauses,
        read_table(processed, "zones"),  # type: ignore[arg-type]
        districts,
        read_json(processed / "run.json"),
        n_masked,
    )


def _read_appraisal(processed: Path) -> pd.DataFrame:
    path = processed / "appraisal.parquet"
    if not path.exists():
        raise InputError(f"{path} is not there; run `pvmap map` for this city first.")
    known = set(SITE_COLUMNS) - {"site_id"}
    columns = [c for c in pq.read_schema(path).names if c not in known and not c.startswith("__")]
    return read_table(processed, "appraisal", columns=columns)


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
    sites: pd.DataFrame, shapes: np.ndarray, crs: pyproj.CRS, settings: MapSettings
) -> tuple[pd.DataFrame, np.ndarray, int]:
    """Hide the sites a city must not show, or put a nameless square in their place."""
    if not settings.masked_sites:
        return sites, shapes, 0
    wanted = list(settings.masked_sites)
    masked = (sites["site_id"].isin(wanted) | sites["name"].isin(wanted)).to_numpy()
    n = int(masked.sum())
    if settings.mask_mode == "hide":
        return sites[~masked].reset_index(drop=True), shapes[~masked], n
    cell = settings.masked_cell_m
    bounds = shapely.bounds(shapes[masked])
    west = np.floor((bounds[:, 0] + bounds[:, 2]) / 2 / cell) * cell
    south = np.floor((bounds[:, 1] + bounds[:, 3]) / 2 / cell) * cell
    shapes = shapes.copy()
    shapes[masked] = shapely.box(west, south, west + cell, south + cell)
    to_wgs84 = pyproj.Transformer.from_crs(crs, 4326, always_xy=True)
    longitude, latitude = to_wgs84.transform(west + cell / 2, south + cell / 2)
    sites = sites.copy()
    sites.loc[masked, "longitude"] = longitude
    sites.loc[masked, "latitude"] = latitude
    sites.loc[masked, "name"] = ""
    sites.loc[masked, "site_id"] = [f"masked-{i + 1}" for i in range(n)]
    return sites, shapes, n
