"""One tile: place modules, find what shades them, simulate the year, write the part.

A tile reads its own window of every input and depends on nothing else, so tiles run anywhere, in any order.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
from pyproj import CRS

from pvmap import store
from pvmap.config import Settings
from pvmap.energy.kernel import simulate
from pvmap.energy.sky import Sky, build_sky, sun_map
from pvmap.settings.energy import EnergySettings
from pvmap.shade.directions import N_AZ, N_EL
from pvmap.shade.skyline import Blocked, SunWeights, shade_surfaces
from pvmap.sites import SITE_TYPES
from pvmap.sites.base import Ground
from pvmap.sites.ledger import clause
from pvmap.sites.masks import load_masks
from pvmap.sources.weather import WeatherPoint, stored_points
from pvmap.sources.weather.hours import year_index
from pvmap.stages.job import TileJob
from pvmap.stages.surroundings import Surroundings, elevation
from pvmap.tables import ENERGY_MONTHS, TABLES

PART_TABLES = ("surfaces", "shade", "yields", "exclusions", "profiles")
GROUP = ["district", "site_type", "building_use"]
HOURS = 8760
SHADED = "shaded"
WHOLE = 1e-9  # rounding guard: 12.0 modules stay 12


@dataclass(frozen=True)
class Part:
    """A tile's share of every table."""

    surfaces: gpd.GeoDataFrame
    shade: pd.DataFrame
    yields: pd.DataFrame
    exclusions: pd.DataFrame
    profiles: pd.DataFrame


def is_current(job: TileJob) -> bool:
    """Whether the part on disk was computed from the same code, settings and inputs."""
    done = job.part / "done.json"
    return done.exists() and store.read_json(done).get("stamp") == job.stamp


def assess_tile(job: TileJob) -> dict[str, int]:
    """Compute one tile and write its part; the stamp comes last, so that a part counts only when it is whole.

    Returns
    -------
    dict
        Rows per table.
    """
    part = assess(read_sites(job), job)
    (job.part / "done.json").unlink(missing_ok=True)
    for name in PART_TABLES:
        store.write_table(job.part, name, getattr(part, name))
    counts = {name: len(getattr(part, name)) for name in PART_TABLES}
    store.write_json(job.part / "done.json", {"stamp": job.stamp, "counts": counts})
    return counts


def read_sites(job: TileJob) -> gpd.GeoDataFrame:
    """Sites of the tile, in the order of the curve."""
    rows = [("hilbert", ">=", job.low), ("hilbert", "<", job.high)]
    return store.read_table(job.processed, "sites", filters=rows)  # type: ignore[return-value]


def assess(sites: gpd.GeoDataFrame, job: TileJob) -> Part:
    """Place, shade and simulate some sites of a city.

    Parameters
    ----------
    sites
        Rows of the contract table "sites".
    job
        Where the city's files are; its tile limits play no part here.
    """
    surfaces, exclusions = place(sites, job)
    owner = sites.set_index("site_id").reindex(surfaces["site_id"])
    groups = owner[GROUP].drop_duplicates().sort_values(GROUP, ignore_index=True)
    number = owner[GROUP].merge(groups.assign(number=range(len(groups))), on=GROUP, how="left")["number"].to_numpy()
    around = Surroundings.around(surfaces, job) if job.settings.shade.enabled and len(surfaces) else None
    power = np.zeros((len(groups), HOURS))
    results = []
    for weather_id in sorted(owner["weather_id"].unique()):
        rows = np.flatnonzero((owner["weather_id"] == weather_id).to_numpy())
        result, hourly = simulate_surfaces(
            surfaces.iloc[rows].reset_index(drop=True),
            sky_over(weather_id, job),
            around,
            number[rows],
            len(groups),
            job.settings,
        )
        results.append(result.set_index(rows))
        power += hourly
    result = pd.concat(results).sort_index() if results else pd.DataFrame(columns=list(_RESULT), dtype=float)
    return Part(
        surfaces,
        result[list(TABLES["shade"].columns)],
        result[list(TABLES["yields"].columns)],
        pd.concat([exclusions, _shaded(surfaces, result, job.settings)], ignore_index=True),
        _profiles(groups, power, job.settings),
    )


def place(sites: gpd.GeoDataFrame, job: TileJob) -> tuple[gpd.GeoDataFrame, pd.DataFrame]:
    """Lay arrays on sites of every kind: contract tables "surfaces" and "exclusions"."""
    crs = CRS(job.crs)
    bounds = tuple(sites.total_bounds)
    ground = Ground(
        crs=crs,
        latitude=float(sites["latitude"].mean()),
        terrain=(lambda window: elevation(job, window)) if job.settings.inputs.dem is not None else None,
        masks=load_masks(job.settings.masks, job.raw, crs, bounds),  # type: ignore[arg-type]
    )
    placements = [
        kind.place(sites[sites["site_type"] == name].reset_index(drop=True), ground, job.settings)
        for name, kind in SITE_TYPES.items()
        if (sites["site_type"] == name).any()
    ]
    surfaces = pd.concat([p.surfaces for p in placements], ignore_index=True)
    order = sites["site_id"].reset_index().set_index("site_id")["index"]
    rank = surfaces["site_id"].map(order)
    surfaces = surfaces.iloc[np.argsort(rank.to_numpy(), kind="stable")].reset_index(drop=True)
    return surfaces, pd.concat([p.exclusions for p in placements], ignore_index=True)


_RESULT = dict.fromkeys([*TABLES["shade"].columns, *TABLES["yields"].columns])


def simulate_surfaces(
    surfaces: gpd.GeoDataFrame,
    sky: Sky,
    around: Surroundings | None,
    group: np.ndarray,
    n_groups: int,
    settings: Settings,
) -> tuple[pd.DataFrame, np.ndarray]:
    """Shade and simulate surfaces under one sky.

    Parameters
    ----------
    surfaces
        Contract table "surfaces".
    sky
        Light over them.
    around
        What may shade them; None: open sky.
    group : (n,) int array
        Group of the hourly profile.
    n_groups
        Number of groups.
    settings
        The city's settings.

    Returns
    -------
    results : DataFrame
        Columns of the contract tables "shade" and "yields", one row a surface.
    power : (n_groups, 8760) array
        Hourly AC power [kW].
    """
    sights = _sights(surfaces, sky, around, settings)
    factors = sights[-1].factors
    usable = factors["usable_share"].to_numpy()
    room = surfaces["capacity_limit_kwp"].to_numpy() / settings.module.power_kwp
    n_modules = np.floor(room * usable + WHOLE).astype("int64")
    capacity = n_modules * settings.module.power_kwp
    arrays = surfaces.assign(capacity_kwp=capacity)
    light = [
        simulate(
            sky,
            arrays,
            sight.factors,
            sight.sunlit,
            group,
            n_groups if sight.rows else 0,
            settings.energy,
            rows_shade=sight.rows,
        )
        for sight in sights
    ]
    yearly = np.stack([run.energy_kwh_per_kwp.sum(axis=1) for run in light])
    open_sky, last = np.maximum(yearly[0], 1e-12), light[-1]
    part = np.clip((yearly[:-1] - yearly[1:]) / open_sky, 0.0, 1.0)
    energy = last.energy_kwh_per_kwp * capacity[:, None]
    poa = last.poa_kwh_per_m2
    ratio = np.divide(yearly[-1], poa, out=np.zeros(len(poa)), where=poa > 0)
    results = pd.DataFrame(
        {
            "surface_id": surfaces["surface_id"].to_numpy(),
            "usable_share": usable,
            "sky_view_factor": np.clip(factors["sky_view_factor"].to_numpy(), 0, 1),
            "horizon_band_share": np.clip(factors["horizon_band_share"].to_numpy(), 0, 1),
            "loss_terrain": part[0],
            "loss_neighbours": part[1],
            "loss_rows": part[2],
            "site_id": surfaces["site_id"].to_numpy(),
            "n_modules": n_modules,
            "capacity_kwp": capacity,
            "poa_global_kwh_per_m2": poa,
            "shading_loss": np.clip(1 - yearly[-1] / open_sky, 0.0, 1.0),
            "energy_kwh": energy.sum(axis=1),
            **dict(zip(ENERGY_MONTHS, energy.T, strict=True)),
            "specific_yield_kwh_per_kwp": yearly[-1],
            "performance_ratio": ratio,
            "capacity_factor": yearly[-1] / HOURS,
        }
    )
    return results, last.power_kw


@dataclass(frozen=True)
class Sight:
    """What some of the obstacles leave of the sky: factors per surface, sunlit table (None: all lit), rows or not."""

    factors: pd.DataFrame
    sunlit: np.ndarray | None
    rows: bool


def _sights(surfaces: gpd.GeoDataFrame, sky: Sky, around: Surroundings | None, settings: Settings) -> list[Sight]:
    """From the open sky to the whole truth: nothing, then terrain, then neighbours, then rows.

    What one takes from the one before is the loss by its name.
    """
    nothing = Sight(
        pd.DataFrame(1.0, index=surfaces.index, columns=["usable_share", "sky_view_factor", "horizon_band_share"]),
        None,
        False,
    )
    if around is None:
        return [nothing, nothing, nothing, replace(nothing, rows=True)]
    shade = shade_surfaces(
        surfaces, around.boxes, around.terrain, sun=sun_weights(sky), settings=settings.shade, threads=1
    )

    def behind(what: Blocked | None) -> Sight:
        if what is None:
            return nothing
        factors = {"sky_view_factor": what.sky_view_factor, "horizon_band_share": what.horizon_band_share}
        return Sight(pd.DataFrame(factors), what.sunlit, False)

    return [nothing, behind(shade.terrain), behind(shade.neighbours), Sight(shade.table, shade.sunlit, True)]


def sun_weights(sky: Sky) -> SunWeights:
    """Spread the sky's directions over all bins, as shade wants them."""
    sun = sun_map(sky)
    direct, vector = np.zeros((N_AZ, N_EL - 1)), np.zeros((N_AZ, N_EL - 1, 3))
    direct[sun.azimuth_bin, sun.elevation_bin] = sun.normal_kwh_per_m2
    vector[sun.azimuth_bin, sun.elevation_bin] = sun.direction
    return SunWeights(direct, vector, sun.isotropic_kwh_per_m2, sun.ground_kwh_per_m2)


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


def _profiles(groups: pd.DataFrame, power: np.ndarray, settings: Settings) -> pd.DataFrame:
    """Hourly power per group as the contract table "profiles"."""
    times = year_index(settings.weather.nominal_year, settings.city.utc_offset_hours)
    frame = groups.loc[groups.index.repeat(HOURS)].reset_index(drop=True)
    frame.insert(0, "time", np.tile(times, len(groups)))
    return frame.assign(power_kw=power.ravel())


def sky_over(weather_id: str, job: TileJob) -> Sky:
    """Light over a weather point, built once a worker."""
    return _sky(
        job.processed, weather_id, job.stamp, job.settings.energy.model_dump_json(), job.settings.city.utc_offset_hours
    )


@lru_cache(maxsize=16)
def _sky(processed: Path, weather_id: str, stamp: str, energy: str, utc_offset_hours: float) -> Sky:
    # settings come as text because models that hold tables cannot be keys of a cache; the stamp tells runs apart
    return build_sky(weather_point(processed, weather_id), EnergySettings.model_validate_json(energy), utc_offset_hours)


def weather_point(processed: Path, weather_id: str) -> WeatherPoint:
    """Read one weather point as the run stored it."""
    records = store.read_json(processed / "city.json")["weather"]
    return stored_points(store.read_table(processed, "weather"), records)[weather_id]
