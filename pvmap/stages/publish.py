"""What is published of the tiles: their parts become the city's tables, one table a job, a few rows at a time."""

from __future__ import annotations

import filecmp
import itertools
import operator
import re
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from pvmap import disk, store
from pvmap.energy.sky import HOURS
from pvmap.errors import InputError
from pvmap.stages import parts
from pvmap.stages.assess import tile_rows
from pvmap.stages.job import PARTS, PREPARED, TECHNICAL, TileJob
from pvmap.stages.parts import PART_TABLES
from pvmap.stages.skies import profile_hours
from pvmap.store import files as table_files
from pvmap.store import joining, whole
from pvmap.store.record_shapes import STRETCHES
from pvmap.tables.plan import PLAN_TABLES
from pvmap.tables.vocabulary import GROUP

if TYPE_CHECKING:
    from pvmap.engine import Pool

Sites = TypeVar("Sites", bound=pd.DataFrame)

TILES = "tiles.json"  # in that folder: which tiles were assessed
A_TILE = re.compile(r"\d\d_\d{10,}")  # as `curve` names them
ADDED_TO = "exclusions"  # the table of the parts that settling adds rows to before it is published


@dataclass(frozen=True)
class Publish:
    """A table, or one file of it, to be made of the parts of tiles.

    Attributes
    ----------
    make
        Writes it.
    tiles
        Tiles in the order of the curve, and whether each was assessed: all of the city, or those of the file.
    name, below
        The table, and the folder below each part where its rows are.
    number
        Which file of the table it is; None where the table is one file.
    """

    make: Callable[[Publish], object]
    tiles: tuple[tuple[TileJob, bool], ...]
    name: str
    below: str = ""
    number: int | None = None

    @property
    def processed(self) -> Path:
        """Run folder."""
        return self.tiles[0][0].processed

    @property
    def place(self) -> Path:
        """Of the whole table: its file, or the folder of its files."""
        return self.processed / f"{self.name}.parquet"

    @property
    def done(self) -> list[TileJob]:
        """Tiles that were assessed."""
        return [tile for tile, done in self.tiles if done]


def publish(job: Publish) -> None:
    """Write a table: what a worker is asked to do."""
    job.make(job)


def run_all(pool: Pool, function: Callable[[Any], Any], jobs: Sequence[Any]) -> list[Any]:
    """Run jobs of which none may fail, and give their results in the order of the jobs.

    Raises
    ------
    InputError
        What the first that failed says.
    """
    outcomes = pool.run(function, jobs)
    if outcomes.failures:
        raise InputError(outcomes.failures[min(outcomes.failures)])
    return [outcomes.results[number] for number in range(len(jobs))]


def gather(tiles: Sequence[tuple[TileJob, bool]], pool: Pool) -> None:
    """Join the parts of the tiles, in the order of the curve, into the city's tables before plants and decisions.

    Parameters
    ----------
    tiles
        All tiles of the city in the order of the curve, and whether each was assessed.
    pool
        Who computes.

    Raises
    ------
    InputError
        A part is not of this run.
    """
    done = [tile for tile, is_done in tiles if is_done]
    for tile in done:
        parts.require_record(tile)
    limits = [[tile.name, tile.low, tile.high, tile.n_sites] for tile in done]
    store.write_json(done[0].processed / TECHNICAL / TILES, limits)
    longest = ("yields", "surfaces")  # so that nobody waits for whoever takes one of these last
    others = [name for name in PART_TABLES if name not in (*longest, ADDED_TO)]
    makers = {**dict.fromkeys(longest, join), "sites": _sites, **dict.fromkeys(others, join)}
    n_sites = [tile.n_sites for tile, _ in tiles]
    profiles = Publish(_profiles, tuple(tiles), "profiles")
    publish_all([Publish(make, tuple(tiles), name) for name, make in makers.items()], n_sites, pool, beside=[profiles])


def publish_all(tables: Sequence[Publish], n_sites: Sequence[int], pool: Pool, beside: Sequence[Publish] = ()) -> None:
    """Make tables of the same tiles: a file each, or, in a province, a folder of files, each a job of its own.

    Parameters
    ----------
    tables
        Tables of the whole city.
    n_sites
        Sites that are in each of the tiles of a table.
    pool
        Who computes.
    beside
        What is made along with them.
    """
    lots = list(in_lots(range(len(n_sites)), n_sites, tables[0].tiles[0][0].settings.run.sites_per_file))
    folder, jobs = len(lots) > 1, list(beside)
    for table in tables:
        table_files.make_room(table.place, folder=folder)
        for number, lot in enumerate(lots):
            some = tuple(table.tiles[one] for one in lot)
            jobs.append(replace(table, tiles=some, number=number) if folder else table)
    run_all(pool, publish, jobs)
    for table in tables if folder else ():
        if table.place.is_dir():
            table_files.tell_ends(table.place)
        else:  # not one row in the whole city
            table.make(table)


def in_lots(items: Iterable[Any], sizes: Sequence[int], most: int) -> Iterator[tuple[Any, ...]]:
    """Share items out in their order over lots alike in size, with some `most` each at most."""
    ends = list(itertools.accumulate(sizes))
    n_lots = -(-sum(sizes) // most)
    number = [(end - 1) * n_lots // ends[-1] for end in ends]
    for _, some in itertools.groupby(zip(number, items, strict=True), key=operator.itemgetter(0)):
        yield tuple(item for _, item in some)


def join(job: Publish) -> None:
    """Join a table of the parts; where a part has no rows of it, it has no file."""
    like = job.tiles[0][0]
    files = [tile.part / job.below / f"{job.name}.parquet" for tile in job.done]
    there = [file for file in files if file.exists()]
    joining.join_tables(there, job.processed, job.name, like.crs, like.settings.city.currency, job.number)


def assessed(processed: Path, like: TileJob) -> list[TileJob]:
    """Tiles of which the tables of a run were made, in the order of the curve."""
    found = whole.read_shaped(processed / TECHNICAL / TILES, STRETCHES)
    return [
        replace(like, processed=processed, name=name, low=low, high=high, n_sites=n) for name, low, high, n in found
    ]


def assessed_sites(processed: Path) -> pd.DataFrame:
    """Sites of the tiles that were assessed: all of the city unless a tile failed."""
    sites = store.read_table(processed, "sites")
    limits = [(low, high) for _, low, high, _ in whole.read_shaped(processed / TECHNICAL / TILES, STRETCHES)]
    return of_tiles(sites, limits)


def for_planners(processed: Path) -> dict[str, pd.DataFrame]:
    """Read the tables of a run that files for planners are made of; those of a plan where it has one."""
    names = ["appraisal", "exclusions", "profiles", "zones", "years"]
    names += [name for name in PLAN_TABLES if (processed / f"{name}.parquet").exists()]
    tables = {"sites": assessed_sites(processed), **{name: store.read_table(processed, name) for name in names}}
    return tables | {"gross_profiles": store.read_table(processed / TECHNICAL, "profiles")}


def of_tiles(sites: Sites, limits: Sequence[tuple[int, int]]) -> Sites:
    """Keep the sites that lie in tiles, of which the limits on the curve are given in its order."""
    stretches = np.array(limits, "int64")
    stretch = np.searchsorted(stretches[:, 0], sites["hilbert"], side="right") - 1
    within = (stretch >= 0) & (sites["hilbert"].to_numpy() < stretches[stretch, 1])
    return sites if within.all() else sites[within].reset_index(drop=True)


def remove_other_parts(processed: Path, jobs: Sequence[TileJob]) -> None:
    """Remove the parts of earlier tilings, which nothing reads any more, but nothing that is not ours."""
    names = {job.name for job in jobs}
    for part in (processed / PARTS).iterdir():
        if part.name not in names and A_TILE.fullmatch(part.name):
            disk.remove_ours(part, parts.OURS)


def measured_sites(surfaces: pd.DataFrame) -> np.ndarray:
    """Ids of the sites whose every surface lies on a measured plane."""
    measured = surfaces["measured"].to_numpy(bool)
    if not measured.any():
        return np.empty(0, object)
    of_site = pd.Series(measured).groupby(surfaces["site_id"].to_numpy()).all()
    return of_site.index[of_site.to_numpy(bool)].to_numpy(object)


def _sites(job: Publish) -> None:
    """Publish the sites, with grade A for those that are measured."""
    read, out = job.processed / PREPARED / "sites.parquet", table_files.place(job.place, job.number)
    if job.number is not None or any(_has_measured(tile) for tile in job.done):
        store.write_stream(out, _graded(job))
    elif not (out.is_file() and filecmp.cmp(read, out, shallow=False)):
        disk.write_atomically(out, lambda path: shutil.copyfile(read, path))


def _has_measured(tile: TileJob) -> bool:
    return bool(parts.read([tile], "surfaces", ["measured"])["measured"].any())


def _measured(tile: TileJob) -> np.ndarray:
    """Such sites of a tile: only tiles know the planes."""
    return measured_sites(parts.read([tile], "surfaces", ["site_id", "measured"]))


def _graded(job: Publish) -> Iterator[pa.Table]:
    for tile, done in job.tiles:
        rows = store.read_rows(tile.prepared, "sites", tile_rows(tile))
        if done:
            known = pc.is_in(rows["site_id"], value_set=pa.array(_measured(tile), rows["site_id"].type))
            at = rows.schema.get_field_index("confidence")
            grade = pc.if_else(known, pa.scalar("A", rows["confidence"].type), rows["confidence"])
            rows = rows.set_column(at, rows.schema.field(at), grade)
        yield rows


def _profiles(job: Publish) -> None:
    """Publish the hourly power of all tiles, summed in the order of the curve."""
    power: dict[tuple[str, ...], np.ndarray] = {}
    for tile in job.done:
        groups, hourly = parts.read_profiles(tile.part)
        for key, row in zip(groups[GROUP].itertuples(index=False, name=None), hourly, strict=True):
            power[key] = power[key] + row if key in power else row
    if not power:  # nothing may be built in the whole city: no power in any hour, for every group of its sites
        sites = store.read_table(job.processed / PREPARED, "sites", columns=GROUP)
        power = dict.fromkeys(sites.itertuples(index=False, name=None), np.zeros(HOURS))
    keys = sorted(power)
    times = profile_hours(job.processed, job.done[0].settings.city.utc_offset_hours)
    frame = pd.DataFrame(keys, columns=GROUP, dtype="str")
    frame = frame.loc[frame.index.repeat(HOURS)].reset_index(drop=True)
    frame.insert(0, "time", times[np.tile(np.arange(HOURS), len(keys))])
    frame = frame.assign(power_kw=np.concatenate([power[key] for key in keys]))
    store.write_table(job.processed / TECHNICAL, "profiles", frame)
