"""Heights as they may be: drawn quarter by quarter, before tiles ask what each roof would give under them.

A quarter is a leaf of the city's quadtree with a margin around it, cut without regard to tiles; random numbers hang on
site ids. So a building has the same draws whatever tile, worker or order asks for them.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
import shapely

from pvmap import disk, store
from pvmap.planning.risk.height_draws import DRAWS, Neighbours, draw_heights
from pvmap.planning.risk.height_model import Observed, height_density
from pvmap.planning.risk.keyed import keys_of, normals
from pvmap.settings.certainty import CertaintySettings
from pvmap.settings.city import Settings
from pvmap.shade.obstruction import EDGES_M, obstruction, pairs_of, views_of
from pvmap.sites.base import Bounds
from pvmap.sites.roof_use import by_use
from pvmap.stages import whole
from pvmap.stages.job import PREPARED, TileJob
from pvmap.stages.prepare import City, cut

QUARTER_SITES = 8000
WORLDS = 3  # the city as observed, and two of its draws taken for the truth and observed anew
TRUTHS = (0, 5)  # which draws these are: of both chains, at different moments
TESTED_QUARTERS = 4  # at most, in which the other worlds are drawn too
MARGIN_M = 2 * EDGES_M[2]  # a neighbour's neighbours matter, those beyond hardly
FOLDER = "draws"
ABOUT = "city.json"
SETS = DRAWS + 1  # heights as observed, then draws
_STREAM = 10_000_000  # of the numbers drawn here


class Heights(NamedTuple):
    """Heights of buildings and what they hide, (WORLDS, SETS, n); worlds that were not drawn are NaN.

    Attributes
    ----------
    height_m
        Set 0 as observed in that world, the others drawn. [m]
    sky, sun
        From `shade.obstruction`. [1]
    """

    height_m: np.ndarray
    sky: np.ndarray
    sun: np.ndarray


def wanted(settings: Settings) -> bool:
    """Whether a run draws heights at all."""
    return settings.certainty.effort != "off" and settings.shade.enabled and bool(settings.inputs.buildings)


def observed(sites: pd.DataFrame, settings: Settings, edges_m2: np.ndarray) -> Observed:
    """Say how well the height of each building is known.

    Parameters
    ----------
    sites
        Rooftop rows of "sites".
    settings
        ``certainty``, and ``rooftop`` for heights that nobody told.
    edges_m2
        Footprints that part the classes of size. [m2]
    """
    uses, told = sites["building_use"].to_numpy(object), sites["height_m"].to_numpy(float)
    height = np.where(np.isfinite(told), told, by_use(settings.rooftop.default_height_m, uses))
    rmse, log_sd = height_errors(sites, settings.certainty)
    return Observed(height, rmse, log_sd, np.searchsorted(edges_m2, sites["footprint_area_m2"].to_numpy(float)))


def height_errors(sites: pd.DataFrame, settings: CertaintySettings) -> tuple[np.ndarray, np.ndarray]:
    """Error of each height by its source: normal [m] or, where that is 0, of the logarithm [1]; two (n,) arrays."""
    source = height_origin(sites)
    stated = sites["height_rmse_m"].to_numpy(float)
    log_sd = pd.Series(source).map(settings.height_log_sd).to_numpy(float)
    rmse = pd.Series(source).map(settings.height_rmse_m).to_numpy(float)
    stated = np.where((sites["height_source"] == "column").to_numpy(), stated, np.nan)
    rmse = np.where(np.isfinite(stated), stated, rmse)
    return np.nan_to_num(rmse), np.where(np.isfinite(rmse), 0.0, log_sd)


def height_origin(sites: pd.DataFrame) -> np.ndarray:
    """Name the source of each height as the settings do: surveyed, floors, assumed, unstated and so on."""
    source = sites["height_source"].map({"surface model": "surface_model", "floors": "floors"}).fillna("assumed")
    return np.where(sites["height_source"] == "column", sites["origin"].replace("", "unstated"), source).astype(object)


def quarters(settings: Settings, raw: Path, processed: Path, city: City, stamp: str) -> list[TileJob]:
    """Cut the city into quarters and write what they share; none where nothing is drawn."""
    if not wanted(settings):
        return []
    columns = ["site_id", "site_type", "building_use", "height_m", "height_source", "footprint_area_m2", "hilbert"]
    sites = store.read_table(processed / PREPARED, "sites", columns=[*columns, "origin", "height_rmse_m"])
    roofs = sites[sites["site_type"] == "rooftop"]
    if not len(roofs):
        return []
    edges = np.quantile(roofs["footprint_area_m2"], [1 / 3, 2 / 3])
    density = height_density(observed(roofs, settings, edges))
    leaves = cut(roofs["hilbert"].to_numpy(), QUARTER_SITES)
    tested = pd.Series([leaf.name for leaf in leaves])
    tested = tested.iloc[np.argsort(keys_of(tested), kind="stable")[:TESTED_QUARTERS]]
    n_tested = sum(leaf.n_sites for leaf in leaves if leaf.name in set(tested))
    about = {"edges_m2": edges.tolist(), "density": density.tolist(), "tested": tested.tolist()}
    about |= {"quarters": [leaf.name for leaf in leaves], "first_hilbert": [leaf.low for leaf in leaves]}
    store.write_json(processed / FOLDER / ABOUT, about | {"roofs": len(roofs), "roofs_tested": n_tested})
    return [TileJob(settings, raw, processed, city.crs, f.name, f.low, f.high, stamp) for f in leaves]


def quarter_folder(job: TileJob) -> Path:
    """Folder of a quarter's draws."""
    return job.processed / FOLDER / job.name


def is_drawn(job: TileJob) -> bool:
    """Whether the draws on disk are of the same code, settings and inputs, and whole."""
    record = whole.read_record(quarter_folder(job) / "done.json")
    return record is not None and record["stamp"] == job.stamp and not whole.damaged(quarter_folder(job), record["files"])


def draw_quarter(job: TileJob) -> int:
    """Draw the heights of a quarter and write them; returns how many buildings it has."""
    about = store.read_json(job.processed / FOLDER / ABOUT)
    own = store.read_table(job.prepared, "sites", filters=[("hilbert", ">=", job.low), ("hilbert", "<", job.high)])
    own = own[own["site_type"] == "rooftop"]
    west, south, east, north = own.total_bounds  # type: ignore[attr-defined]
    around: Bounds = (west - MARGIN_M, south - MARGIN_M, east + MARGIN_M, north + MARGIN_M)
    near = store.read_table(job.prepared, "sites", bbox=around)
    near = near[near["site_type"] == "rooftop"].reset_index(drop=True)
    mine = near["site_id"].isin(own["site_id"]).to_numpy()
    worlds = WORLDS if job.name in about["tested"] else 1
    drawn = _draw(near, mine, worlds, np.array(about["density"]), np.array(about["edges_m2"]), job.settings)
    columns = {
        f"{name}_{world}_{number}": values[world, number, mine].astype("float32")
        for name, values in drawn._asdict().items()
        for world in range(worlds)
        for number in range(SETS)
    }
    frame = pd.DataFrame({"site_id": near["site_id"].to_numpy()[mine], **columns})
    folder = quarter_folder(job)
    disk.remove(folder / "done.json")
    path = disk.write_atomically(folder / "heights.parquet", lambda p: frame.to_parquet(p, compression="zstd"))
    whole.write_record(folder / "done.json", {"stamp": job.stamp, "files": whole.measured(folder, [path.name])})
    return len(frame)


def _draw(
    near: pd.DataFrame, mine: np.ndarray, worlds: int, density: np.ndarray, edges_m2: np.ndarray, settings: Settings
) -> Heights:
    """Draw the heights of some buildings in each world, and see what they hide from those that are ours."""
    polygons, keys = near.geometry.to_numpy(), keys_of(near["site_id"])
    pairs = pairs_of(polygons)
    views = views_of(polygons, pairs, mine)
    seen = observed(near, settings, edges_m2)
    height = np.empty((worlds, SETS, len(near)))
    for world in range(worlds):
        if world:
            truth = height[0, 1 + TRUTHS[world - 1]]
            seen = observed(near, settings, edges_m2).corrupted(truth, normals(keys, _STREAM + world))
        height[world, 0] = np.maximum(seen.height_m, 0.0)
        height[world, 1:] = draw_heights(seen, keys, Neighbours(*pairs), density, world=world)
    latitude = float(near["latitude"].mean())
    hidden = obstruction(views, height.reshape(-1, len(near)), latitude)
    return Heights(height, *(some.reshape(height.shape) for some in hidden))


def read_heights(job: TileJob, sites: pd.DataFrame) -> Heights:
    """Read the draws of some buildings, wherever their quarters lie.

    Parameters
    ----------
    job
        Any tile of the run.
    sites
        ``site_id`` and ``hilbert`` of the n buildings; those that were not drawn get NaN.
    """
    about = store.read_json(job.processed / FOLDER / ABOUT)
    at = np.searchsorted(about["first_hilbert"], sites["hilbert"].to_numpy(), side="right") - 1
    out = Heights(*(np.full((WORLDS, SETS, len(sites)), np.nan) for _ in range(3)))
    for number in np.unique(at[at >= 0]):
        rows = np.flatnonzero(at == number)
        frame = pd.read_parquet(job.processed / FOLDER / about["quarters"][number] / "heights.parquet")
        frame = frame.set_index("site_id")
        found = frame.reindex(sites["site_id"].iloc[rows])
        for name, values in out._asdict().items():
            for world in range(WORLDS):
                for one in range(SETS):
                    column = f"{name}_{world}_{one}"
                    if column in found:
                        values[world, one, rows] = found[column].to_numpy()
    return out
