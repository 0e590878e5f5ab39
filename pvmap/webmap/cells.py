"""Sites added up by cells: what the overview of a map shows whose sites have no room on one page.

A cell is told apart by all names that a reader filters by, and by which cases its sites count in, so that every sum of
the overview is the sum of its sites, whatever is chosen.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely

from pvmap.crs import WGS84, transformer
from pvmap.tables.vocabulary import ENERGY_MONTHS
from pvmap.webmap.data import MapData
from pvmap.webmap.style import TARGET

MOST_CELLS = 8_000  # within the bounds of a city: some five pixels wide each on a screen
NAMES = ("site_type", "building_use", "district", "township", "confidence", "at_grid_parity", "grid_grade")
CASES = ("capacity_kwp", "capacity_practical_kwp", "capacity_policy_floor_kwp", "existing_pv_kwp")
SUMS = (
    *("footprint_area_m2", "existing_pv_kwp", "capacity_kwp", "capacity_kwac", "energy_kwh", *ENERGY_MONTHS),
    *("npv_cny", "co2_t_per_year", "capacity_practical_kwp", "capacity_policy_floor_kwp"),
)
COST, LOSS, YIELD = "lcoe_cny_per_kwh", "shading_loss", "specific_yield_kwh_per_kwp"
PRICED, UNSHADED = "priced", "unshaded"  # what the ratios are made of


def cell_side_m(bounds: Sequence[float], grid_cell_m: float) -> float:
    """Side of the overview's cells: that of the city's grid, doubled until its bounds hold few enough. [m]."""
    west, south, east, north = bounds
    side = grid_cell_m
    while (east - west) * (north - south) > MOST_CELLS * side**2:
        side *= 2.0
    return side


def cells_of(data: MapData, side_m: float) -> pd.DataFrame:
    """Add the sites of a map up by cells.

    Returns
    -------
    pandas.DataFrame
        What tells cells apart (`column` and `row` of the lattice, `NAMES`, targets, `cases`), `n_sites`, `SUMS`, and
        what ratios are made of.
    """
    sites = data.sites
    to_metric = transformer(WGS84, pyproj.CRS(data.zones.crs))
    x, y = to_metric.transform(sites["longitude"].to_numpy(float), sites["latitude"].to_numpy(float))
    names = [name for name in map(str, sites) if name in NAMES or name.startswith(TARGET)]
    keys = {name: sites[name].astype(str) for name in names}
    told = [sites[name].to_numpy(float, na_value=np.nan) > 0 for name in CASES if name in sites]
    if COST in sites:
        told.append(np.isfinite(sites[COST].to_numpy(float, na_value=np.nan)))
    cases = sum((one.astype(int) << bit for bit, one in enumerate(told)), np.zeros(len(sites), int))
    lattice = {"column": np.floor(x / side_m).astype(int), "row": np.floor(y / side_m).astype(int), "cases": cases}
    there = [name for name in SUMS if name in data.names]
    sums = {name: data.column(name).to_numpy(float, na_value=np.nan) for name in there}
    if {COST, "energy_kwh"} <= set(data.names):
        sums[PRICED] = sites[COST].to_numpy(float, na_value=np.nan) * sums["energy_kwh"]
    if {LOSS, "energy_kwh"} <= set(data.names):
        sums[UNSHADED] = sums["energy_kwh"] / (1.0 - np.minimum(sites[LOSS].to_numpy(float, na_value=np.nan), 0.999))
    frame = pd.DataFrame({**lattice, **keys, "n_sites": np.ones(len(sites), int), **sums})
    return added(frame, [*lattice, *keys])


def added(frame: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Add up what has the same keys."""
    return frame.groupby(keys, sort=True, as_index=False, observed=True).sum()


def keys_of(cells: pd.DataFrame) -> list[str]:
    """Columns that tell cells apart."""
    return [*cells.columns[: list(cells.columns).index("n_sites")]]


def as_run(cells: pd.DataFrame, side_m: float, crs: Any) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Give cells as tables of sites and appraisal that a map reads, in one order."""
    west, south = (cells[name].to_numpy(float) * side_m for name in ("column", "row"))
    to_wgs84 = transformer(pyproj.CRS(crs), WGS84)
    longitude, latitude = to_wgs84.transform(west + side_m / 2, south + side_m / 2)
    ids = [f"cell-{number}" for number in range(len(cells))]
    blank = dict.fromkeys(("name", "height_source", "source"), "")
    given = [name for name in ("site_type", "building_use", "district", "township", "confidence") if name in cells]
    of_sites = [*given, "footprint_area_m2", "existing_pv_kwp"]
    places = {"longitude": longitude, "latitude": latitude, "height_m": np.nan}
    squares = shapely.to_wkb(shapely.box(west, south, west + side_m, south + side_m))
    sites = cells[of_sites].assign(site_id=ids, **blank, **places, geometry=squares)
    told = [name for name in map(str, cells) if name == "grid_grade" or name.startswith(TARGET)]
    appraisal = cells[told].assign(site_id=ids)
    for name in [name for name in told if name.startswith(TARGET)] + ["at_grid_parity"] * ("at_grid_parity" in cells):
        appraisal[name] = cells[name].map({"True": True, "False": False}).astype("boolean")
    for name in SUMS:
        if name in cells and name not in of_sites:
            appraisal[name] = cells[name]
    capacity, energy = (cells[name].to_numpy(float) for name in ("capacity_kwp", "energy_kwh"))
    appraisal[YIELD] = _ratio(energy, capacity)
    if PRICED in cells:
        appraisal[COST] = _ratio(cells[PRICED].to_numpy(float), energy)
    if UNSHADED in cells:
        appraisal[LOSS] = 1.0 - _ratio(energy, cells[UNSHADED].to_numpy(float))
    return sites, appraisal


def _ratio(above: np.ndarray, below: np.ndarray) -> np.ndarray:
    out = np.full(len(above), np.nan)
    return np.divide(above, below, out=out, where=below > 0)


def zones_with_cells(zones: gpd.GeoDataFrame, cells: pd.DataFrame, side_m: float) -> gpd.GeoDataFrame:
    """Put the overview's cells in the place of the city's own grid."""
    places = cells[["column", "row"]].drop_duplicates()
    west, south = (places[name].to_numpy(float) * side_m for name in ("column", "row"))
    ids = [f"{column}_{row}" for column, row in places.itertuples(index=False, name=None)]
    boxes = shapely.box(west, south, west + side_m, south + side_m)
    own = gpd.GeoDataFrame({"level": "grid", "zone_id": ids, "site_type": "all"}, geometry=boxes, crs=zones.crs)
    return gpd.GeoDataFrame(pd.concat([zones[zones["level"] != "grid"], own], ignore_index=True), crs=zones.crs)


def sheet_areas(cells: pd.DataFrame, side_m: float) -> dict[int, shapely.Geometry]:
    """Area of each sheet: the cells of which it has most sites, or all of its cells where it has most of none.

    `sheet` tells which sheet a row is of.
    """
    every = cells.groupby(["column", "row", "sheet"])["n_sites"].sum().reset_index()
    most = every.sort_values(["n_sites", "sheet"], kind="stable").drop_duplicates(["column", "row"], keep="last")
    areas = {}
    for sheet in every["sheet"].unique().tolist():
        own = next(cells[cells["sheet"] == sheet] for cells in (most, every) if (cells["sheet"] == sheet).any())
        west, south = (own[name].to_numpy(float) * side_m for name in ("column", "row"))
        areas[sheet] = shapely.union_all(shapely.box(west, south, west + side_m, south + side_m))
    return areas
