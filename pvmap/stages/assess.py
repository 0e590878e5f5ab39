"""One tile: place modules, find what shades them, simulate the year, write the part.

A tile reads its own window of every input and depends on nothing else, so tiles run anywhere, in any order.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, TypeVar

import geopandas as gpd
import numpy as np
import pandas as pd
from pyproj import CRS

from pvmap import disk, store
from pvmap.energy.sky import HOURS
from pvmap.findings import Finding, add_up
from pvmap.settings.city import Settings
from pvmap.sites import SITE_TYPES
from pvmap.sites.base import Ground, Placement
from pvmap.sites.ledger import clause
from pvmap.sites.masks import load_masks
from pvmap.stages import whole
from pvmap.stages.job import TileJob
from pvmap.stages.roofs import roof_planes
from pvmap.stages.simulate import roof_points, simulate_surfaces
from pvmap.stages.skies import blend, blend_of_years, profile_hours
from pvmap.stages.surroundings import Surroundings, elevation, grid_north_steps
from pvmap.tables import TABLES

PART_TABLES = ("surfaces", "shade", "yields", "exclusions", "profiles", "years", "roof_points")
GROUP = ["district", "site_type", "building_use"]
SHADED = "shaded"
DONE = "done.json"  # says which run a part is of, and what its files must be


Frame = TypeVar("Frame", bound=pd.DataFrame)


@dataclass(frozen=True)
class Part:
    """A tile's share of every table."""

    surfaces: gpd.GeoDataFrame
    shade: pd.DataFrame
    yields: pd.DataFrame
    exclusions: pd.DataFrame
    profiles: pd.DataFrame
    years: pd.DataFrame
    roof_points: gpd.GeoDataFrame
    findings: tuple[Finding, ...] = ()


def part_record(job: TileJob) -> dict[str, Any] | None:
    """Return what is known of the part on disk; None where there is none from the same code, settings and inputs."""
    record = whole.read_record(job.part / DONE)
    return record if record is not None and record["stamp"] == job.stamp else None


def is_current(job: TileJob) -> bool:
    """Whether the part on disk was computed from the same code, settings and inputs, and is still whole."""
    record = part_record(job)
    return record is not None and not whole.damaged(job.part, record["files"])


def assess_tile(job: TileJob) -> dict[str, int]:
    """Compute one tile and write its part; the stamp comes last, so that a part counts only when it is whole.

    Returns
    -------
    dict
        Rows per table.
    """
    part = assess(read_sites(job), job)
    disk.remove(job.part / DONE)
    files = [store.write_table(job.part, name, getattr(part, name)).name for name in PART_TABLES]
    counts = {name: len(getattr(part, name)) for name in PART_TABLES}
    found = [asdict(one) for one in part.findings]
    about = {"stamp": job.stamp, "counts": counts, "files": whole.measured(job.part, files), "findings": found}
    whole.write_record(job.part / DONE, about)
    return counts


def read_sites(job: TileJob) -> gpd.GeoDataFrame:
    """Sites of the tile, in the order of the curve."""
    rows = [("hilbert", ">=", job.low), ("hilbert", "<", job.high)]
    return store.read_table(job.prepared, "sites", filters=rows)  # type: ignore[return-value]


def assess(sites: gpd.GeoDataFrame, job: TileJob) -> Part:
    """Place, shade and simulate some sites of a city.

    Parameters
    ----------
    sites
        Rows of the contract table "sites".
    job
        Where the city's files are; its tile limits play no part here.
    """
    placed = place(sites, job)
    surfaces = placed.surfaces
    owner = sites.set_index("site_id").reindex(surfaces["site_id"])
    groups = owner[GROUP].drop_duplicates().sort_values(GROUP, ignore_index=True)
    number = owner[GROUP].merge(groups.assign(number=range(len(groups))), on=GROUP, how="left")["number"].to_numpy()
    around = Surroundings.around(surfaces, job) if job.settings.shade.enabled and len(surfaces) else None
    power = np.zeros((len(groups), HOURS))
    results, of_years, points = [], [], [roof_points(surfaces)]
    north = grid_north_steps(job, owner["longitude"], owner["latitude"])
    for (weather_id, turn), rows in owner.groupby(["weather_id", north], sort=True).indices.items():
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
        points.append(sampled)
        power += hourly
    result = pd.concat(results).sort_index() if results else pd.DataFrame(columns=list(_RESULT), dtype=float)
    return Part(
        surfaces,
        result[list(TABLES["shade"].columns)],
        result[list(TABLES["yields"].columns)],
        _as_in(pd.concat([placed.exclusions, _shaded(surfaces, result, job.settings)]), "site_id", sites["site_id"]),
        _profiles(groups, power, job),
        _years(surfaces, pd.concat(of_years).sort_index() if of_years else pd.DataFrame()),
        _as_in(pd.concat([some for some in points if len(some)] or points[:1]), "surface_id", surfaces["surface_id"]),
        placed.findings,
    )


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
    return Placement(surfaces, exclusions, tuple(add_up(found for p in placements for found in p.findings)))


_RESULT = dict.fromkeys([*TABLES["shade"].columns, *TABLES["yields"].columns])


def _as_in(frame: Frame, column: str, order: pd.Series) -> Frame:
    """Order rows as their ids stand in `order`, and among equals as they come, so that tiles change no order."""
    rank = pd.Index(order).get_indexer(frame[column])
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


def _profiles(groups: pd.DataFrame, power: np.ndarray, job: TileJob) -> pd.DataFrame:
    """Hourly power per group as the contract table "profiles"."""
    times = profile_hours(job.processed, job.settings.city.utc_offset_hours)
    frame = groups.loc[groups.index.repeat(HOURS)].reset_index(drop=True)
    frame.insert(0, "time", times[np.tile(np.arange(HOURS), len(groups))])
    return frame.assign(power_kw=power.ravel())


def _years(surfaces: gpd.GeoDataFrame, energy: pd.DataFrame) -> pd.DataFrame:
    """Energy per site and weather year as the contract table "years"; no rows where no years were asked for."""
    per_site = energy.groupby(surfaces["site_id"].to_numpy(), sort=False).sum()
    long = per_site.rename_axis("site_id").reset_index().melt("site_id", var_name="year", value_name="energy_kwh")
    long = _as_in(long, "site_id", per_site.index.to_series())
    return long.astype({"site_id": "str", "year": "int64", "energy_kwh": "float64"})
