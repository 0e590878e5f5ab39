"""What every tile looks at, laid out once a run: the terrain in levels and all buildings, as arrays on disk.

Processes map the arrays into their memory, so that a tile reads the pages it looks at and nothing is worked out twice.
A record tells which folder holds the arrays of this run and what they must be. Arrays that are made anew go into a new
folder: workers that still hold those of another run keep what they have, and find the new ones by the record.
"""

from __future__ import annotations

import contextlib
import math
import mmap
import re
import shutil
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, Literal, NamedTuple, cast

import numpy as np
import pyarrow.compute as pc
from pyproj import CRS

from pvmap import disk, store
from pvmap.errors import InputError
from pvmap.shade.terrain import Frame, Terrain
from pvmap.sources.grid import Bounds, Grid, widened
from pvmap.sources.raster import Raster, read_window
from pvmap.sources.stretches import Each, in_turn
from pvmap.stages.buildings import Buildings
from pvmap.stages.job import TileJob
from pvmap.store import row_groups, whole
from pvmap.store.windows import COVERING, SIDES

FOLDER = "backdrop"  # below the run
RECORD = "backdrop.json"
MOST_CELLS = 20_000_000  # of the terrain around one tile: 160 MB, and a third more for its coarser levels
ROWS, COLUMNS = 1024, 4096  # cells of an elevation model that are read at once
SITES_AT_ONCE = 8 * store.ROW_GROUP  # whose buildings are laid out at once


class Backdrop(NamedTuple):
    """Terrain and buildings of a city, mapped into memory."""

    terrain: Terrain | None
    buildings: Buildings


@dataclass(frozen=True)
class Plan:
    """A backdrop that is to be laid out: its folder below the run, and the terrain's cells, or None without any.

    `window`: west, south, east, north of what is known of the terrain, in cells from the origin of the CRS.
    """

    job: TileJob
    name: str
    frame: Frame | None = None
    window: tuple[int, int, int, int] = (0, 0, 0, 0)

    def terrain(self, mode: Literal["r+", "w+"]) -> Terrain | None:
        """Map the terrain that is being filled into memory."""
        folder = self.job.processed / self.name
        return None if self.frame is None else _mapped(self.frame, folder / "terrain", folder / "highest", mode)

    def bands(self) -> list[Band]:
        """Cut the terrain into bands of rows that workers fill."""
        _, south, _, north = self.window
        return [Band(self, bottom, bottom + ROWS) for bottom in range(south // ROWS * ROWS, north, ROWS)]

    def lots(self) -> list[Lot]:
        """Cut the sites into lots along the curve, of which workers lay out the buildings."""
        n_sites = row_groups.count(self.job.prepared, "sites")
        return [Lot(self, first, first + SITES_AT_ONCE) for first in range(0, n_sites, SITES_AT_ONCE)]


@dataclass(frozen=True)
class Band:
    """Rows of the terrain between two edges, in cells from the origin of the CRS."""

    plan: Plan
    bottom: int
    top: int


@dataclass(frozen=True)
class Lot:
    """Sites along the curve, from one row to before another."""

    plan: Plan
    first: int
    last: int


@dataclass(frozen=True)
class Laid:
    """A plan of which the terrain is filled and all lots lie in folders of their own, in the order of the curve."""

    plan: Plan
    lots: tuple[str, ...]


def lay_out(job: TileJob, each: Each = in_turn) -> None:
    """Lay out the backdrop of a run where there is none that is current and whole; one of an earlier run goes.

    Parameters
    ----------
    job
        Any tile of the run: only its city matters here.
    each
        Calls a function on every job of a stage and gives the results: this process in turn, or workers.

    Raises
    ------
    InputError
        The elevation model cannot be read.
    """
    (plan,) = each(plan_ahead, [job])
    if plan is not None:
        each(fill_band, plan.bands())
        laid = Laid(plan, tuple(each(lay_lot, plan.lots())))
        each(finish, [laid])
        for lot in laid.lots:  # not before it is known that all of them were joined
            shutil.rmtree(job.processed / lot, ignore_errors=True)
        with contextlib.suppress(OSError):
            (job.processed / plan.name / "highest").unlink()


def plan_ahead(job: TileJob) -> Plan | None:
    """Plan what is to be laid out, None where that is not wanted or there already; remove that of earlier runs."""
    found, wanted = _record(job), job.settings.shade.enabled
    there = wanted and found is not None and not whole.damaged(job.processed, found["files"])
    keep = found["folder"] if there and found is not None else None
    if keep is None:
        disk.remove(job.processed / RECORD)
    for old in (job.processed / FOLDER).iterdir() if (job.processed / FOLDER).is_dir() else ():
        ours = re.fullmatch("[0-9a-f]{12}", old.name)
        if ours and f"{FOLDER}/{old.name}" != keep:
            shutil.rmtree(old, ignore_errors=True)  # a worker may still look at it: the next run tries again
    if keep is not None or not wanted:
        return None
    with disk.errors(job.processed / FOLDER, disk.TROUBLE):
        plan = _planned(job, _new_folder(job, FOLDER))
        plan.terrain("w+")
    return plan


def fill_band(band: Band) -> None:
    """Read the elevation model's cells of a band, block by block, and write them out in levels."""
    plan, (west, south, east, north) = band.plan, band.plan.window
    job, frame = plan.job, plan.frame
    with disk.errors(job.processed / plan.name, disk.TROUBLE):
        terrain = plan.terrain("r+")
        if terrain is None or frame is None:
            return
        blocks = (
            (max(left, west), max(band.bottom, south), min(left + COLUMNS, east), min(band.top, north))
            for left in range(west // COLUMNS * COLUMNS, east, COLUMNS)
        )
        first = round(frame.north / frame.cell_m)
        rows = range(max(first - band.top, 0), min(first - band.bottom, frame.rows))
        terrain.fill(_read_blocks(plan, blocks), rows, partial(_forget, terrain))


def lay_lot(lot: Lot) -> str:
    """Lay out the buildings of a lot on the terrain, and name the folder."""
    plan, job = lot.plan, lot.plan.job
    with disk.errors(job.processed / plan.name, disk.TROUBLE):
        own = _new_folder(job, plan.name)  # who was taken for dead may still be writing to another
        terrain = plan.terrain("r+")
        columns, rows = ["site_id", "site_type", "height_m", "geometry"], slice(lot.first, lot.last)
        sites = row_groups.batches(job.prepared, "sites", columns, rows=rows)
        Buildings.lay_out(job.processed / own, sites, terrain, partial(_forget, terrain))
    return own


def finish(laid: Laid) -> None:
    """Crown the terrain, join the buildings, and leave the record by which tiles find both."""
    plan, job = laid.plan, laid.plan.job
    with disk.errors(job.processed / plan.name, disk.TROUBLE):
        own = _new_folder(job, plan.name)
        folder, files = job.processed / own, []
        if (terrain := plan.terrain("r+")) is not None:
            terrain = replace(terrain, crests=terrain.crowned())
            terrain.crests.tofile(folder / "crests")
            files.append(f"{plan.name}/terrain")
            terrain = terrain if terrain.highest > -math.inf else None
        Buildings.join(folder, (job.processed / lot for lot in laid.lots))
        files += [f"{own}/{path.name}" for path in folder.iterdir()]
        about = {
            "stamp": job.stamp,
            "folder": plan.name,
            "own": own,
            "frame": None if terrain is None else list(terrain.frame),
            "files": whole.measured(job.processed, files),
        }
        whole.write_record(job.processed / RECORD, about)


def opened(job: TileJob) -> Backdrop:
    """Map the backdrop of a run into memory, for one tile: with it go the pages that it looked at.

    Raises
    ------
    InputError
        There is none of this run.
    """
    found = _record(job)
    if found is None:
        raise InputError(
            f"{job.processed / RECORD} was changed by somebody else while the run was under way; run again."
        )
    cells, own = (job.processed / found[name] for name in ("folder", "own"))
    frame = None if found["frame"] is None else Frame(*found["frame"])
    terrain = None if frame is None else _mapped(frame, cells / "terrain", own / "crests", "c")
    return Backdrop(terrain, Buildings.mapped(own))


def _record(job: TileJob) -> dict[str, Any] | None:
    found = whole.read_record(job.processed / RECORD, "stamp", "folder", "own", "frame", "files")
    return found if found is not None and found["stamp"] == job.stamp else None


def _new_folder(job: TileJob, within: str) -> str:
    name = f"{within}/{uuid.uuid4().hex[:12]}"
    (job.processed / name).mkdir(parents=True)
    return name


def _planned(job: TileJob, name: str) -> Plan:
    """Lay the cells of the elevation model out to its reach around the city.

    A model so fine that what one tile looks at does not fit in memory is read in larger cells, the same all over the
    city.
    """
    source, crs, reach_m = job.settings.inputs.dem, CRS(job.crs), job.settings.shade.terrain_reach_m
    if source is None:
        return Plan(job, name)
    raster = Raster(job.raw, source)
    own, around = raster.extent(crs), widened(_bounds(job), reach_m)
    window = max(own[0], around[0]), max(own[1], around[1]), min(own[2], around[2]), min(own[3], around[3])
    if window[0] >= window[2] or window[1] >= window[3]:
        return Plan(job, name)
    cell_m, widest = raster.cell_m(crs), 4 * reach_m
    cells = min(own[2] - own[0], widest) * min(own[3] - own[1], widest) / cell_m**2
    cell_m *= math.ceil(max(1.0, math.sqrt(cells / MOST_CELLS)))
    west, south = (math.floor(edge / cell_m + 1e-9) for edge in window[:2])
    east, north = (math.ceil(edge / cell_m - 1e-9) for edge in window[2:])
    frame = Frame.around(west * cell_m, north * cell_m, cell_m, north - south, east - west)
    return Plan(job, name, frame, (west, south, east, north))


def _read_blocks(plan: Plan, blocks: Iterable[tuple[int, int, int, int]]) -> Iterator[Grid]:
    """Read the blocks of an elevation model that have data; their edges count cells from the origin of the CRS."""
    job, frame, source = plan.job, plan.frame, plan.job.settings.inputs.dem
    if source is None or frame is None:
        return
    for edges in blocks:
        west, south, east, north = (edge * frame.cell_m for edge in edges)
        grid = read_window(source, job.raw, CRS(job.crs), (west, south, east, north), frame.cell_m)
        if grid is not None:
            yield grid


def _mapped(frame: Frame, cells: Path, crests: Path, mode: Literal["c", "r+", "w+"]) -> Terrain:
    """Map the files of a terrain's arrays into memory, as plain ones: compiled loops know no other kind."""
    sizes = {cells: frame.levels.size, crests: frame.crests.size}
    files = (np.memmap(path, "<f8", mode, shape=(size,)) for path, size in sizes.items())
    return Terrain(frame, *(file.view(np.ndarray) for file in files))


def _forget(terrain: Terrain | None) -> None:
    """Let the pages of a terrain's cells go: what was written is the system's to keep, not this process'."""
    if terrain is not None and hasattr(mmap, "MADV_DONTNEED"):  # Windows has no such thing
        file = cast(np.memmap, terrain.cells.base)
        cast(mmap.mmap, file.base).madvise(mmap.MADV_DONTNEED)


def _bounds(job: TileJob) -> Bounds:
    """Bounds of all sites."""
    low, high = np.full(2, np.inf), np.full(2, -np.inf)
    for batch in row_groups.batches(job.prepared, "sites", [COVERING]):
        west, south, east, north = (pc.struct_field(batch[COVERING], side) for side in SIDES)
        low = np.fmin(low, [pc.min(west).as_py(), pc.min(south).as_py()])
        high = np.fmax(high, [pc.max(east).as_py(), pc.max(north).as_py()])
    return (*low.tolist(), *high.tolist())
