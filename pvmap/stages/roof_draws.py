"""What some roofs of a tile would give under heights as they may be: the contract table "draws"."""

from __future__ import annotations

from typing import NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd

from pvmap import store
from pvmap.energy.kernel import COLUMNS, simulate
from pvmap.planning.risk.keyed import keys_of, uniforms
from pvmap.settings.city import Settings
from pvmap.sources.grid import widened
from pvmap.stages.draws import ABOUT, FOLDER, SETS, TRUTHS, WORLDS, Heights, places_of, read_heights, tallest, wanted
from pvmap.stages.job import TileJob
from pvmap.stages.simulate import WHOLE
from pvmap.stages.skies import Blend, blend, sun_weights
from pvmap.stages.surroundings import Surroundings, grid_north_steps
from pvmap.tables.contract import nothing
from pvmap.text_columns import positions

_SAMPLE, _TOLD = 10_000_010, 10_000_011  # streams of the lots that are cast
MOST_TOLD = 20_000  # roofs from which the whole city learns
MOST_TESTED = 800  # roofs whose own draws are tested: each costs as much as a roof that is drawn, and again
CROWDED_SKY = 0.03  # roofs from which neighbours hide so much sky are drawn twice as often, open ones half as often
OPEN_SKY = 0.002
DRAWN = tuple(range(1, SETS))
MOST_AT_ONCE = 2000  # surfaces under a set of heights that are simulated together: 16 MB of what the sun lights
AS_SEEN = (0,)  # all that a test of carried intervals needs: their draws are told by the quick measure


class _Roofs(NamedTuple):
    """Roofs of a tile that carry arrays, each an (n,) array."""

    free_kwh: np.ndarray
    read_kwh: np.ndarray  # energy with the heights as read
    weight: np.ndarray
    drawn: np.ndarray
    tested: np.ndarray


def draw_roofs(
    sites: gpd.GeoDataFrame, surfaces: gpd.GeoDataFrame, result: pd.DataFrame, around: Surroundings | None, job: TileJob
) -> pd.DataFrame:
    """Simulate a sample of a tile's roofs under each set of heights, and what the self-test asks for.

    Parameters
    ----------
    sites
        Rows of the contract table "sites".
    surfaces
        Contract table "surfaces" of these sites.
    result
        Columns of "shade" and "yields" of these surfaces, in their order.
    around
        What stands around them; None: open sky.
    job
        The tile.

    Returns
    -------
    DataFrame
        Contract table "draws": every roof with arrays, and those of the self-test in each of its worlds; no rows where
        nothing is drawn.
    """
    of_site = positions(surfaces["site_id"], sites["site_id"])
    carries = np.bincount(of_site[of_site >= 0], minlength=len(sites)) > 0
    carries &= (sites["site_type"] == "rooftop").to_numpy()
    roofs_only = sites[carries]
    if around is None or not wanted(job.settings) or not len(roofs_only):
        return nothing("draws", job.crs)
    own = places_of(roofs_only["site_id"].to_numpy(object), tuple(roofs_only.total_bounds), job)  # type: ignore[arg-type]
    heights = [read_heights(job, own, world) for world in range(WORLDS)]
    roof_of = np.append(np.where(carries, np.cumsum(carries) - 1, -1), -1)[of_site]
    roofs = _roofs(roofs_only, surfaces, roof_of, result, heights[0], job)
    share = _shares(roofs_only, surfaces, roof_of, roofs, job)
    share[0, 0] = np.divide(roofs.read_kwh, roofs.free_kwh, out=np.zeros(len(roofs_only)), where=roofs.free_kwh > 0)
    frames = [_rows(roofs_only, roofs, share[0], heights[0])[roofs.free_kwh > 0]]
    for world in range(1, WORLDS):
        rows = _rows(roofs_only, roofs, share[world], heights[world])
        frames.append(rows.assign(world=world, true_share=share[0, TRUTHS[world - 1]])[roofs.tested])
    return pd.concat(frames).sort_index(kind="stable").reset_index(drop=True)


def _rows(sites: gpd.GeoDataFrame, roofs: _Roofs, share: np.ndarray, heights: Heights) -> pd.DataFrame:
    columns = {"site_id": sites["site_id"].to_numpy(), "world": 0, "true_share": np.nan}
    columns |= {"free_kwh": roofs.free_kwh, "weight": roofs.weight}
    for name, values in (("share", share), ("sky", heights.sky), ("sun", heights.sun)):
        columns |= {f"{name}_{number}": values[number] for number in range(SETS)}
    return pd.DataFrame(columns)


def _roofs(
    sites: gpd.GeoDataFrame,
    surfaces: gpd.GeoDataFrame,
    at: np.ndarray,
    result: pd.DataFrame,
    heights: Heights,
    job: TileJob,
) -> _Roofs:
    """Decide by lot which roofs are drawn: more of those in the shade, and enough of a small city.

    Surfaces lie on the roofs `at`, -1: on none.
    """
    about, settings = store.read_json(job.processed / FOLDER / ABOUT), job.settings.certainty
    room = surfaces["capacity_limit_kwp"].to_numpy(float)
    left = 1.0 - result["shading_loss"].to_numpy(float)
    open_kwh = np.divide(
        result["specific_yield_kwh_per_kwp"].to_numpy(float), left, out=np.zeros(len(left)), where=left > 0
    )
    alone = 1.0 - result["loss_terrain"].to_numpy(float) - result["loss_rows"].to_numpy(float)
    free = np.bincount(at[at >= 0], (room * open_kwh * alone)[at >= 0], len(sites))
    read = np.bincount(at[at >= 0], result["energy_kwh"].to_numpy(float)[at >= 0], len(sites))
    often = np.select([(sky := heights.sky.mean(axis=0)) > CROWDED_SKY, sky < OPEN_SKY], [2.0, 0.5], 1.0)
    share = max(settings.sample_share, settings.sample_least / about["roofs"])
    rate = np.ones(len(sites)) if settings.effort == "full" else np.minimum(share * often, 1.0)
    keys = keys_of(sites["site_id"])
    drawn = (uniforms(keys, _SAMPLE) < rate) & (free > 0)
    kept = min(1.0, MOST_TOLD / (about["roofs"] * (1.0 if settings.effort == "full" else share)))
    lot = uniforms(keys, _TOLD)
    told = drawn & (lot < kept)
    tested = told if settings.effort == "sample" else told & (lot < MOST_TESTED / about["roofs"])
    return _Roofs(free, read, np.where(told, 1.0 / rate, 0.0), drawn, tested)


def _shares(
    sites: gpd.GeoDataFrame, surfaces: gpd.GeoDataFrame, at: np.ndarray, roofs: _Roofs, job: TileJob
) -> np.ndarray:
    """Energy of roofs under sets of heights over what they give alone, (WORLDS, SETS, n); NaN where nobody asks.

    Of the drawn roofs under all draws, of the tested ones in each further world under what its test needs. What is
    asked of the same roofs is computed together.
    """
    out = np.full((WORLDS, SETS, len(sites)), np.nan)
    on_drawn = np.flatnonzero(np.append(roofs.drawn, False)[at])
    if not len(on_drawn):
        return out
    drawn = surfaces.iloc[on_drawn].reset_index(drop=True)
    reach = widened(tuple(drawn.total_bounds), job.settings.shade.max_reach_m)  # type: ignore[arg-type]
    around = Surroundings.around(drawn, job, tallest(job, reach))
    boxes = around.boxes
    near = places_of(boxes.site_id, _bounds(around), job)
    heights = np.stack([read_heights(job, near, world).height_m for world in range(WORLDS)])
    heights = np.where(np.isfinite(heights), heights, boxes.top_z - boxes.base_z)
    again = DRAWN if job.settings.certainty.effort == "full" else AS_SEEN
    of_drawn = [(0, number) for number in DRAWN]
    of_tested = [(world, number) for world in range(1, WORLDS) for number in again]
    if (roofs.tested == roofs.drawn).all():
        asked = [(roofs.drawn, of_drawn + of_tested)]
    else:
        asked = [(roofs.drawn, of_drawn), (roofs.tested, of_tested)]
    for chosen, sets in asked:
        mine = chosen[at[on_drawn]]
        if not mine.any():
            continue
        own, position = drawn[mine].reset_index(drop=True), at[on_drawn[mine]]
        owner = sites.iloc[position].reset_index(drop=True)
        world, number = np.array(sets).T
        yearly = _yearly_kwh(own, owner, heights[world, number], around, job)
        for place, kwh in zip(sets, yearly, strict=True):
            out[place][chosen] = np.bincount(position, kwh, len(sites))[chosen] / roofs.free_kwh[chosen]
    return out


def _bounds(around: Surroundings) -> tuple[float, float, float, float]:
    low = (around.boxes.centre - around.boxes.radius[:, None]).min(axis=0)
    high = (around.boxes.centre + around.boxes.radius[:, None]).max(axis=0)
    return float(low[0]), float(low[1]), float(high[0]), float(high[1])


def _yearly_kwh(
    surfaces: gpd.GeoDataFrame, owner: gpd.GeoDataFrame, height_m: np.ndarray, around: Surroundings, job: TileJob
) -> np.ndarray:
    """Yearly energy of surfaces under each set of heights of the buildings around, (set, n) [kWh]."""
    on = positions(surfaces["site_id"], around.boxes.site_id)
    out = np.zeros((len(height_m), len(surfaces)))
    north = grid_north_steps(job, owner["longitude"], owner["latitude"])
    for (weather_id, turn), rows in owner.groupby(["weather_id", north], sort=True).indices.items():
        where = owner["longitude"].to_numpy()[rows], owner["latitude"].to_numpy()[rows]
        skies = blend(*where, job, first=weather_id)
        own, turned = surfaces.iloc[rows].reset_index(drop=True), around.turned(turn)
        step = max(1, MOST_AT_ONCE // len(rows))
        for first in range(0, len(height_m), step):
            some = height_m[first : first + step]
            out[first : first + step, rows] = _under(own, on[rows], some, skies, turned, job.settings)
    return out


def _under(
    surfaces: gpd.GeoDataFrame,
    on: np.ndarray,
    height_m: np.ndarray,
    skies: Blend,
    around: Surroundings,
    settings: Settings,
) -> np.ndarray:
    """Yearly energy of surfaces of one weather, each on the box `on` (-1: none), (set, n) [kWh]."""
    n_sets, n = len(height_m), len(surfaces)
    own = np.where(on >= 0, height_m[:, on], surfaces["height_m"].to_numpy(float))
    shade = around.shade_under_heights(surfaces, own, height_m, sun_weights(skies[0][0]), settings.shade)
    room = np.tile(surfaces["capacity_limit_kwp"].to_numpy() / settings.module.power_kwp, n_sets)
    capacity = np.floor(room * shade.table["usable_share"].to_numpy() + WHOLE) * settings.module.power_kwp
    mounting = pd.Categorical(surfaces["mounting"])  # rows of words are slow to take
    columns = {name: np.tile(surfaces[name].to_numpy(), n_sets) for name in COLUMNS if name != "mounting"}
    arrays = pd.DataFrame(columns)
    arrays["mounting"] = pd.Categorical.from_codes(np.tile(mounting.codes, n_sets), dtype=mounting.dtype)
    kwh = np.zeros(n_sets * n)
    for sky, weight in skies:
        share = np.tile(weight, n_sets)
        rows = np.flatnonzero(share)
        group = np.zeros(len(rows), np.int64)
        some = arrays.iloc[rows], shade.table.iloc[rows], shade.sunlit, group
        light = simulate(sky, *some, 0, settings.energy, rows_shade=True, sunlit_rows=rows)
        kwh[rows] += light.energy_kwh_per_kwp.sum(axis=1) * share[rows]
    return (kwh * capacity).reshape(n_sets, n)
