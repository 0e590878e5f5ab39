"""Heights as they may be: drawn quarter by quarter, before tiles ask what each roof would give under them.

A quarter is a leaf of the city's quadtree with a margin around it, cut without regard to tiles; random numbers hang on
site ids. So a building has the same draws whatever tile, worker or order asks for them.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pvmap import disk, store
from pvmap.planning.risk.height_chain import Neighbours
from pvmap.planning.risk.height_draws import DRAWS, Line, draw_heights, line_up
from pvmap.planning.risk.height_model import Observed, height_density
from pvmap.planning.risk.input_errors import height_errors
from pvmap.planning.risk.keyed import keys_of, normals
from pvmap.settings.city import Settings
from pvmap.shade.obstruction import EDGES_M, Views, obstruction, pairs_of, views_of
from pvmap.sites.roof_use import by_use
from pvmap.sources.grid import Bounds
from pvmap.stages.curve import cut
from pvmap.stages.job import PREPARED, TileJob
from pvmap.stages.prepare import City
from pvmap.store import whole
from pvmap.store.shapes import fits
from pvmap.tables.column import Column, Table

QUARTER_SITES = 8000
TRUTHS = (1, 6)  # sets that worlds 1 and 2 of the self-test take for the truth: of both chains, at other moments
WORLDS = len(TRUTHS) + 1  # as observed, and the worlds of the self-test
MARGIN_M = 2 * EDGES_M[2]  # a neighbour's neighbours matter, those beyond hardly
FOLDER = "draws"
ABOUT, DONE, TALLEST = "city.json", "done.json", "tallest.parquet"
SETS = DRAWS + 1  # heights as observed, then draws
COLUMNS = ["site_id", "site_type", "building_use", "height_m", "height_source", "height_rmse_m", "origin"]
COLUMNS += ["footprint_area_m2", "hilbert"]
_STREAM = 10_000_000  # of the numbers drawn here


class Heights(NamedTuple):
    """Heights of buildings and what they hide, each (SETS, n); NaN for buildings that were not drawn.

    Attributes
    ----------
    height_m
        Set 0 as observed, the others drawn. [m]
    sky, sun
        From `shade.obstruction`. [1]
    """

    height_m: np.ndarray
    sky: np.ndarray
    sun: np.ndarray


_NAMES = [f"{name}_{number}" for name in Heights._fields for number in range(SETS)]  # columns of a file of draws


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


def quarters(settings: Settings, raw: Path, processed: Path, city: City, stamp: str) -> list[TileJob]:
    """Cut the city into quarters and write what they share; none where nothing is drawn."""
    if not wanted(settings):
        return []
    sites = store.read_table(processed / PREPARED, "sites", columns=COLUMNS)
    roofs = sites[sites["site_type"] == "rooftop"]
    if not len(roofs):
        return []
    edges = np.quantile(roofs["footprint_area_m2"], [1 / 3, 2 / 3])
    density = height_density(observed(roofs, settings, edges))
    leaves = cut(roofs["hilbert"].to_numpy(), QUARTER_SITES, ways=4)
    about = {"edges_m2": edges.tolist(), "density": density.tolist(), "roofs": len(roofs)}
    about["quarters"] = [leaf.name for leaf in leaves]
    store.write_json(processed / FOLDER / ABOUT, about)
    return [TileJob(settings, raw, processed, city.crs, f.name, f.low, f.high, stamp) for f in leaves]


def quarter_folder(job: TileJob) -> Path:
    """Folder of a quarter's draws."""
    return job.processed / FOLDER / job.name


def is_drawn(job: TileJob) -> bool:
    """Whether the draws on disk are of the same code, settings and inputs, and whole."""
    folder = quarter_folder(job)
    record = whole.read_record(folder / DONE, "stamp", "tile", "files", "bounds")
    ours = record is not None and (record["stamp"], record["tile"]) == (job.stamp, job.name)
    if record is None or not ours or whole.damaged(folder, record["files"]):
        return False
    numbers = {TALLEST: ["height_m"], **dict.fromkeys(map(_file, range(WORLDS)), _NAMES)}
    return all(fits(folder / name, _table_of(columns)) for name, columns in numbers.items())


def draw_quarter(job: TileJob) -> int:
    """Draw the heights of a quarter and write them; returns how many buildings it has."""
    about = store.read_json(job.processed / FOLDER / ABOUT)
    mine = [("hilbert", ">=", job.low), ("hilbert", "<", job.high), ("site_type", "==", "rooftop")]
    edges = store.read_rows(job.prepared, "sites", mine, columns=["bbox"])["bbox"].combine_chunks()
    west, south = (pc.min(edges.field(name)).as_py() for name in ("xmin", "ymin"))
    east, north = (pc.max(edges.field(name)).as_py() for name in ("xmax", "ymax"))
    around: Bounds = (west - MARGIN_M, south - MARGIN_M, east + MARGIN_M, north + MARGIN_M)
    near = store.read_table(job.prepared, "sites", columns=[*COLUMNS, "latitude", "geometry"], bbox=around)
    near = near[near["site_type"] == "rooftop"].reset_index(drop=True)
    inside = near["hilbert"].between(job.low, job.high, inclusive="left").to_numpy()
    quarter = Quarter.of(near, inside, job, about)
    folder, ids = quarter_folder(job), near["site_id"].to_numpy()[inside]
    disk.remove(folder / DONE)
    drawn = quarter.draw()
    worlds = [drawn, *(quarter.draw_again(drawn, world) for world in range(1, WORLDS))]
    written = [_write(folder, world, ids, heights, inside) for world, heights in enumerate(worlds)]
    most = np.max([heights.height_m[:, inside].max(axis=0) for heights in worlds], axis=0)
    written.append(_write_columns(folder / TALLEST, {"site_id": ids, "height_m": most}))
    files = whole.measured(folder, [path.name for path in written])
    about = {"stamp": job.stamp, "tile": job.name, "files": files, "bounds": [west, south, east, north]}
    whole.write_record(folder / DONE, about)
    return len(ids)


def _write(folder: Path, world: int, site_id: np.ndarray, heights: Heights, inside: np.ndarray) -> Path:
    columns = {
        f"{name}_{number}": values[number, inside].astype("float32")
        for name, values in heights._asdict().items()
        for number in range(SETS)
    }
    return _write_columns(folder / _file(world), {"site_id": site_id, **columns})


def _write_columns(path: Path, columns: dict[str, np.ndarray]) -> Path:
    """Write a table; heights lie on a grid and names are told apart, but what they hide is seldom twice the same."""
    table, again = pa.table(columns), [name for name in columns if name.startswith("height_m_")]
    return disk.write_atomically(
        path, lambda part: pq.write_table(table, part, compression="zstd", use_dictionary=again, write_statistics=False)
    )


def _table_of(columns: list[str]) -> Table:
    """Contract of a file of a quarter: a number a building in each of these columns."""
    number = Column("float", "", "")
    return Table("", ("site_id",), {"site_id": Column("str", "", ""), **dict.fromkeys(columns, number)})


def _file(world: int) -> str:
    return f"heights_{world}.parquet"


@dataclass(frozen=True)
class Quarter:
    """Buildings of a quarter and of its margin, and what stays while their heights are drawn."""

    seen: Observed
    line: Line
    views: Views
    density: np.ndarray
    latitude: float

    @classmethod
    def of(cls, near: pd.DataFrame, inside: np.ndarray, job: TileJob, about: dict[str, Any]) -> Quarter:
        """Find who stands beside whom, and what the middles of the quarter's own roofs look at."""
        polygons = near.geometry.to_numpy()
        pairs = pairs_of(polygons)
        return cls(
            observed(near, job.settings, np.array(about["edges_m2"])),
            line_up(keys_of(near["site_id"]), Neighbours(*pairs)),
            views_of(polygons, pairs, inside),
            np.array(about["density"]),
            float(near["latitude"].mean()),
        )

    def draw(self, seen: Observed | None = None, world: int = 0) -> Heights:
        """Draw heights given these observations, or others of the same buildings, whose density is learned anew."""
        density = self.density if seen is None else height_density(seen)
        seen = seen or self.seen
        drawn = draw_heights(seen, self.line, density, world=world)
        height = np.concatenate([np.maximum(seen.height_m, 0.0)[None], drawn])
        return Heights(height, *obstruction(self.views, height, self.latitude))

    def draw_again(self, drawn: Heights, world: int) -> Heights:
        """Take a draw for the truth, observe it anew, and draw heights given that."""
        normal = normals(self.line.keys, _STREAM + world)
        return self.draw(self.seen.corrupted(drawn.height_m[TRUTHS[world - 1]], normal), world)


class Places(NamedTuple):
    """Where the draws of n buildings are: for each quarter that has some, its name, their rows, and places in it."""

    n: int
    found: list[tuple[str, np.ndarray, np.ndarray]]


def places_of(site_id: np.ndarray, bounds: Bounds, job: TileJob) -> Places:
    """Find the draws of some buildings, wherever their quarters lie.

    Parameters
    ----------
    site_id
        (n,) their ids; what was not drawn may be among them.
    bounds
        West, south, east, north of all of them. [m]
    job
        Any tile of the run.
    """
    wanted_ids, found = pd.Index(np.asarray(site_id, object)), []
    for name, tall in _quarters_meeting(bounds, job):
        place = tall.index.get_indexer(wanted_ids)
        rows = np.flatnonzero(place >= 0)
        if len(rows):
            found.append((name, rows, place[rows]))
    return Places(len(site_id), found)


def tallest(job: TileJob, bounds: Bounds) -> pd.Series:
    """Greatest height of any draw, by site, of all buildings that may stand within bounds [m].

    Parameters
    ----------
    job
        Any tile of the run.
    bounds
        West, south, east, north. [m]
    """
    found = [tall for _, tall in _quarters_meeting(bounds, job)]
    return pd.concat(found) if found else pd.Series(dtype=float)


def _quarters_meeting(bounds: Bounds, job: TileJob) -> list[tuple[str, pd.Series]]:
    """Names of the quarters that come within bounds, and the greatest heights of each."""
    west, south, east, north = bounds
    found = []
    for name in store.read_json(job.processed / FOLDER / ABOUT)["quarters"]:
        folder = job.processed / FOLDER / name
        low_x, low_y, high_x, high_y = whole.require_record(folder / DONE, "bounds")["bounds"]
        if low_x <= east and high_x >= west and low_y <= north and high_y >= south:
            path = folder / TALLEST
            found.append((name, _tallest(path, job.stamp, path.stat().st_mtime_ns)))
    return found


@lru_cache(maxsize=32)
def _tallest(path: Path, stamp: str, written_ns: int) -> pd.Series:
    tall = pd.read_parquet(path)
    return pd.Series(tall["height_m"].to_numpy(float), pd.Index(tall["site_id"].to_numpy(object), dtype=object))


@lru_cache(maxsize=32)
def _drawn(path: Path, stamp: str, written_ns: int) -> np.ndarray:
    """Read a file of a quarter, which several tiles look at: (3, SETS, n), a megabyte each."""
    table = pq.read_table(path, columns=_NAMES)
    values = np.stack([table[name].to_numpy() for name in _NAMES]).astype(float)
    return values.reshape(len(Heights._fields), SETS, table.num_rows)


def read_heights(job: TileJob, places: Places, world: int = 0) -> Heights:
    """Read the draws of some buildings.

    Parameters
    ----------
    job
        Any tile of the run.
    places
        Where they are; buildings that were not drawn get NaN.
    world
        0, or a world of the self-test.
    """
    out = np.full((len(Heights._fields), SETS, places.n), np.nan)
    for name, rows, place in places.found:
        path = job.processed / FOLDER / name / _file(world)
        out[:, :, rows] = _drawn(path, job.stamp, path.stat().st_mtime_ns)[:, :, place]
    return Heights(*out)
