"""Light and shade on the surfaces of a tile: what they give, and what each kind of obstacle takes."""

from __future__ import annotations

from dataclasses import dataclass, replace

import geopandas as gpd
import numpy as np
import pandas as pd

from pvmap.energy.kernel import COLUMNS, Simulation, simulate
from pvmap.energy.sky import HOURS
from pvmap.settings.city import Settings
from pvmap.shade.shaded import Blocked
from pvmap.stages.skies import Blend, sun_weights
from pvmap.stages.surroundings import Surroundings
from pvmap.tables.vocabulary import ENERGY_MONTHS

WHOLE = 1e-9  # rounding guard: 12.0 modules stay 12


def simulate_surfaces(
    surfaces: gpd.GeoDataFrame,
    skies: Blend,
    years: dict[int, Blend],
    around: Surroundings | None,
    group: np.ndarray,
    n_groups: int,
    settings: Settings,
) -> tuple[pd.DataFrame, np.ndarray, pd.DataFrame, gpd.GeoDataFrame | None]:
    """Shade and simulate surfaces.

    Parameters
    ----------
    surfaces
        Contract table "surfaces".
    skies
        Skies over them; the first decides which points are usable.
    years
        Skies of further weather years.
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
    energy_of_years : DataFrame
        Yearly energy [kWh] per surface, one column a weather year.
    points : GeoDataFrame or None
        Contract table "roof_points" where it is asked for.
    """
    sights, points = _sights(surfaces, skies, around, settings)
    factors = sights[-1].factors
    usable = factors["usable_share"].to_numpy()
    room = surfaces["capacity_limit_kwp"].to_numpy() / settings.module.power_kwp
    n_modules = np.floor(room * usable + WHOLE).astype("int64")
    capacity = n_modules * settings.module.power_kwp
    columns = {name: surfaces[name].to_numpy() for name in COLUMNS}
    columns["mounting"] = pd.Categorical(columns["mounting"])  # rows of words are slow to take
    arrays = pd.DataFrame(columns | {"capacity_kwp": capacity})
    last = _under(skies, arrays, sights[-1], group, n_groups, settings)
    yearly = np.repeat(last.energy_kwh_per_kwp.sum(axis=1)[None], len(sights), axis=0)
    for number in reversed(range(len(sights) - 1)):
        yearly[number] = yearly[number + 1]
        rows = np.flatnonzero(sights[number + 1].adds)  # elsewhere the next obstacle takes nothing
        if len(rows):
            light = _under(skies, arrays, sights[number], group, 0, settings, rows)
            yearly[number, rows] = light.energy_kwh_per_kwp.sum(axis=1)
    open_sky = np.maximum(yearly[0], 1e-12)
    part = np.clip((yearly[:-1] - yearly[1:]) / open_sky, 0.0, 1.0)
    energy = last.energy_kwh_per_kwp * capacity[:, None]
    poa = last.poa_kwh_per_m2
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
            "performance_ratio": np.divide(yearly[-1], poa, out=np.zeros(len(poa)), where=poa > 0),
            "capacity_factor": yearly[-1] / HOURS,
        }
    )
    of_years = {
        year: _under(those, arrays, sights[-1], group, 0, settings).energy_kwh_per_kwp.sum(axis=1) * capacity
        for year, those in years.items()
    }
    return results, last.power_kw, pd.DataFrame(of_years, index=results.index), points


def _under(
    skies: Blend,
    arrays: pd.DataFrame,
    sight: Sight,
    group: np.ndarray,
    n_groups: int,
    settings: Settings,
    some: np.ndarray | None = None,
) -> Simulation:
    """Simulate all arrays, or some, under each sky, and blend what comes out: yields are blended, never irradiances."""
    some = np.arange(len(arrays)) if some is None else some
    total = Simulation(np.zeros((len(some), 12)), np.zeros(len(some)), np.zeros((n_groups, HOURS)))
    for sky, weight in skies:
        under = np.flatnonzero(weight[some])
        rows = some[under]
        share, those = weight[rows], arrays.iloc[rows]
        run = simulate(
            sky,
            those.assign(capacity_kwp=those["capacity_kwp"] * share),
            sight.factors.iloc[rows],
            sight.sunlit,
            group[rows],
            n_groups,
            settings.energy,
            rows_shade=sight.rows,
            sunlit_rows=rows,
        )
        total.energy_kwh_per_kwp[under] += run.energy_kwh_per_kwp * share[:, None]
        total.poa_kwh_per_m2[under] += run.poa_kwh_per_m2 * share
        total.power_kw[:] += run.power_kw
    return total


@dataclass(frozen=True)
class Sight:
    """What some of the obstacles leave of the sky.

    Attributes
    ----------
    factors
        Sky-view factor and horizon-band share of each surface.
    sunlit
        Sunlit table; None: all lit.
    adds : (surface,) bool array
        Where these obstacles may take more light than those of the sight before.
    rows
        Whether the rows in front are among them.
    """

    factors: pd.DataFrame
    sunlit: np.ndarray | None
    adds: np.ndarray
    rows: bool = False


def _sights(
    surfaces: gpd.GeoDataFrame, skies: Blend, around: Surroundings | None, settings: Settings
) -> tuple[list[Sight], gpd.GeoDataFrame | None]:
    """From the open sky to the whole truth: nothing, then terrain, then neighbours, then rows.

    What one takes from the one before is the loss by its name. Also the sample points, where they are asked for.
    """
    in_rows = (surfaces["mounting"] != "flush").to_numpy()
    nowhere = np.zeros(len(surfaces), bool)
    ones = pd.DataFrame(1.0, index=surfaces.index, columns=["usable_share", "sky_view_factor", "horizon_band_share"])
    nothing = Sight(ones, None, nowhere)
    if around is None:
        return [nothing, nothing, nothing, replace(nothing, adds=in_rows, rows=True)], None
    shade = around.shade(surfaces, sun_weights(skies[0][0]), settings.shade)

    def behind(what: Blocked | None) -> Sight:
        if what is None:
            return nothing
        factors = {"sky_view_factor": what.sky_view_factor, "horizon_band_share": what.horizon_band_share}
        return Sight(pd.DataFrame(factors), what.sunlit, what.adds)

    truth = Sight(shade.table, shade.sunlit, in_rows, rows=True)
    sights = [nothing, behind(shade.terrain), behind(shade.neighbours), truth]
    return sights, roof_points(surfaces, shade.points) if settings.shade.write_points else None


def roof_points(surfaces: gpd.GeoDataFrame, sampled: pd.DataFrame) -> gpd.GeoDataFrame:
    """Sample points as the contract table "roof_points".

    Parameters
    ----------
    surfaces
        Contract table "surfaces".
    sampled
        ``Shade.points`` of these surfaces.
    """
    return gpd.GeoDataFrame(
        {
            "surface_id": surfaces["surface_id"].to_numpy()[sampled["surface"].to_numpy()],
            "point": sampled.groupby("surface").cumcount().to_numpy("int64"),
            "z_m": sampled["z"].to_numpy(),
            "poa_global_kwh_per_m2": sampled["poa_kwh_per_m2"].to_numpy(),
            "open_sky_share": sampled["open_sky_share"].to_numpy(),
            "usable": sampled["usable"].to_numpy(),
        },
        geometry=gpd.points_from_xy(sampled["x"], sampled["y"]),
        crs=surfaces.crs,
    )
