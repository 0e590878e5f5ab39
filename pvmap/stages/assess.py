"""One tile: place modules, find what shades them, simulate the year, write the part.

A tile reads its own window of every input and depends on nothing else, so tiles run anywhere, in any order.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any, TypeVar

import geopandas as gpd
import numpy as np
import pandas as pd
from pyproj import CRS

from pvmap import store
from pvmap.energy.sky import HOURS
from pvmap.settings.city import Settings
from pvmap.sites import SITE_TYPES
from pvmap.sites.base import Ground, Placement
from pvmap.sites.ledger import clause
from pvmap.sites.masks import load_masks
from pvmap.stages import parts
from pvmap.stages.draws import wanted
from pvmap.stages.job import TileJob
from pvmap.stages.parts import Profiles
from pvmap.stages.roof_draws import draw_roofs
from pvmap.stages.roofs import roof_planes
from pvmap.stages.simulate import simulate_surfaces
from pvmap.stages.skies import blend, blend_of_years
from pvmap.stages.surroundings import Surroundings, elevation, grid_north_steps
from pvmap.store.windows import COVERING, SIDES
from pvmap.tables import TABLES
from pvmap.tables.vocabulary import GROUP
from pvmap.text_columns import positions

SHADED = "shaded"

Frame = TypeVar("Frame", bound=pd.DataFrame)


def assess_tile(job: TileJob) -> int:
    """Compute one tile, write its part, and return how many surfaces it has."""
    tables, profiles = _in_pieces(read_sites(job), job) if job.pieces > 1 else assess(read_sites(job), job)
    parts.write(job, tables, profiles)
    return len(tables["surfaces"])


def read_sites(job: TileJob) -> gpd.GeoDataFrame:
    """Sites of the tile, in the order of the curve."""
    return store.read_table(job.prepared, "sites", filters=tile_rows(job))  # type: ignore[return-value]


def read_numbers(job: TileJob) -> pd.DataFrame:
    """Sites of the tile with the bounds of their outlines instead of these."""
    columns = [name for name in store.column_names(job.prepared, "sites") if name != "geometry"]
    rows = store.read_rows(job.prepared, "sites", tile_rows(job), columns)
    return rows.flatten().to_pandas().rename(columns={f"{COVERING}.{side}": side for side in SIDES})


def tile_rows(job: TileJob) -> list[tuple[str, str, Any]]:
    """Say which rows of the table of sites are the tile's."""
    return [("hilbert", ">=", job.low), ("hilbert", "<", job.high)]


def assess(sites: gpd.GeoDataFrame, job: TileJob) -> tuple[dict[str, pd.DataFrame], Profiles]:
    """Place, shade and simulate some sites of a city.

    Parameters
    ----------
    sites
        Rows of the contract table "sites".
    job
        Where the city's files are; its tile limits play no part here.

    Returns
    -------
    tables
        Their rows of `parts.PART_TABLES`, as far as the city asks for them.
    profiles
        Hourly power by group.
    """
    placed = place(sites, job)
    surfaces = placed.surfaces
    owner = pd.DataFrame(sites[[*GROUP, "longitude", "latitude", "weather_id"]])
    owner = owner.iloc[positions(surfaces["site_id"], sites["site_id"])]
    groups = owner[GROUP].drop_duplicates().sort_values(GROUP, ignore_index=True)
    number = owner[GROUP].merge(groups.assign(number=range(len(groups))), on=GROUP, how="left")["number"].to_numpy()
    around = Surroundings.around(surfaces, job) if job.settings.shade.enabled and len(surfaces) else None
    power = np.zeros((len(groups), HOURS))
    results, of_years, points = [], [], []
    north = grid_north_steps(job, owner["longitude"], owner["latitude"])
    under: Any = owner.groupby(["weather_id", north], sort=True).indices
    for (weather_id, turn), rows in under.items():
        where = owner["longitude"].to_numpy()[rows], owner["latitude"].to_numpy()[rows]
        result, hourly, years, sampled = simulate_surfaces(
            surfaces.iloc[rows].reset_index(drop=True),
            blend(*where, job, first=weather_id),
            blend_of_years(*where, job),
            around.turned(turn) if around is not None else None,
            number[rows],
            len(groups),
            job.settings,
        )
        results.append(result.set_index(rows))
        of_years.append(years.set_index(rows))
        points += [sampled] if sampled is not None else []
        power += hourly
    result = pd.concat(results).sort_index() if results else pd.DataFrame(columns=list(_RESULT), dtype=float)
    shaded = pd.concat([placed.exclusions, _shaded(surfaces, result, job.settings)])
    tables = {
        "surfaces": surfaces,
        "shade": result[list(TABLES["shade"].columns)],
        "yields": result[list(TABLES["yields"].columns)],
        "exclusions": _as_in(shaded, "site_id", sites["site_id"]),
    }
    if job.settings.weather.several_years and of_years:
        tables["years"] = _years(surfaces, pd.concat(of_years).sort_index())
    if points:
        tables["roof_points"] = _as_in(pd.concat(points), "surface_id", surfaces["surface_id"])
    if around is not None and wanted(job.settings):
        tables["draws"] = draw_roofs(sites, surfaces, result, around, job)
    return tables, Profiles(groups, power)


def _in_pieces(sites: gpd.GeoDataFrame, job: TileJob) -> tuple[dict[str, pd.DataFrame], Profiles]:
    """Do what `assess` does for one stretch of the curve after the other; sums of hours differ in rounding alone."""
    cuts = np.linspace(0, len(sites), job.pieces + 1).astype(int)
    found = [assess(sites.iloc[low:high].reset_index(drop=True), job) for low, high in pairwise(cuts) if high > low]
    tables = {}
    for name in {name for piece, _ in found for name in piece}:
        rows = [piece[name] for piece, _ in found if name in piece]
        tables[name] = pd.concat([one for one in rows if len(one)] or rows[:1], ignore_index=True)
    groups = pd.concat([profiles.groups for _, profiles in found], ignore_index=True)
    together = groups.groupby(GROUP, sort=True, dropna=False).ngroup().to_numpy()
    power = np.zeros((together.max(initial=-1) + 1, HOURS))
    np.add.at(power, together, np.concatenate([profiles.power_kw for _, profiles in found]))
    return tables, Profiles(groups.drop_duplicates().sort_values(GROUP, ignore_index=True), power)


def place(sites: gpd.GeoDataFrame, job: TileJob) -> Placement:
    """Lay arrays on sites of every kind."""
    crs = CRS(job.crs)
    bounds = tuple(sites.total_bounds)
    ground = Ground(
        crs=crs,
        latitude=float(sites["latitude"].mean()),
        terrain=(lambda window: elevation(job, window)) if job.settings.inputs.dem is not None else None,
        masks=load_masks(job.settings.masks, job.raw, crs, bounds),  # type: ignore[arg-type]
        roof_planes=roof_planes(job),
    )
    placements = [
        kind.place(sites[sites["site_type"] == name].reset_index(drop=True), ground, job.settings)
        for name, kind in SITE_TYPES.items()
        if (sites["site_type"] == name).any()
    ]
    surfaces = pd.concat([p.surfaces for p in placements], ignore_index=True)
    surfaces = _as_in(surfaces, "site_id", sites["site_id"])
    exclusions = pd.concat([p.exclusions for p in placements], ignore_index=True)
    return Placement(surfaces, exclusions)


_RESULT = dict.fromkeys([*TABLES["shade"].columns, *TABLES["yields"].columns])


def _as_in(frame: Frame, column: str, order: pd.Series) -> Frame:
    """Order rows as their ids stand in `order`, and among equals as they come, so that tiles change no order."""
    rank = positions(frame[column], order)
    return frame.iloc[np.argsort(rank, kind="stable")].reset_index(drop=True)


def _shaded(surfaces: gpd.GeoDataFrame, shade: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """Exclusions for the plan area that shade takes from what was placed, per site."""
    lost = surfaces["plan_area_m2"].to_numpy(float) * (1 - shade["usable_share"].to_numpy(float))
    per_site = pd.Series(lost).groupby(surfaces["site_id"].to_numpy(), sort=False).sum()
    per_site = per_site[per_site > 0]
    return pd.DataFrame(
        {
            "site_id": per_site.index.astype("str"),
            "reason": SHADED,
            "area_m2": per_site.to_numpy(),
            "area_touched_m2": per_site.to_numpy(),
            "clause": clause(settings.shade, "min_irradiance_share"),
        }
    )


def _years(surfaces: gpd.GeoDataFrame, energy: pd.DataFrame) -> pd.DataFrame:
    """Energy per site and weather year as the contract table "years"."""
    per_site = energy.groupby(surfaces["site_id"].to_numpy(), sort=False).sum()
    long = per_site.rename_axis("site_id").reset_index().melt("site_id", var_name="year", value_name="energy_kwh")
    long = _as_in(long, "site_id", per_site.index.to_series())
    return long.astype({"site_id": "str", "year": "int64", "energy_kwh": "float64"})
