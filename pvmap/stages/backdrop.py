"""What every tile looks at, laid out once a run: the terrain in levels and all buildings, as arrays on disk.

Processes map the arrays into their memory, so that a tile reads the pages it looks at and nothing is worked out twice.
A record tells which folder holds the arrays of this run and what they must be. Arrays that are made anew go into a new
folder: workers that still hold those of another run keep what they have, and find the new ones by the record.
"""

from __future__ import annotations

import math
import mmap
import re
import shutil
import uuid
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any, Literal, cast

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyproj import CRS

from pvmap import disk, store, whole
from pvmap.errors import InputError
from pvmap.settings.city import RasterInput
from pvmap.shade.terrain import Frame, Terrain
from pvmap.sources.grid import Bounds, Grid, widened
from pvmap.sources.raster import Raster, read_window
from pvmap.stages.buildings import Buildings
from pvmap.stages.job import TileJob
from pvmap.windows import COVERING, SIDES

FOLDER = "backdrop"  # below the run
RECORD = "backdrop.json"
MOST_CELLS = 20_000_000  # of the terrain around one tile: 160 MB, and a third more for its coarser levels
BLOCK = 2048  # cells along a side of what is read of an elevation model at once


class Backdrop:
    """Terrain and buildings of a city, mapped into memory."""

    def __init__(self, folder: Path, frame: Frame | None):
        self.terrain = None if frame is None else _mapped_terrain(folder, frame, "c")
        self.buildings = Buildings.mapped(folder)


def lay_out(job: TileJob) -> None:
    """Lay out the backdrop of a run where there is none that is current and whole; one of an earlier run goes.

    Parameters
    ----------
    job
        Any tile of the run: only its city matters here.

    Raises
    ------
    InputError
        The elevation model cannot be read.
    """
    folder = job.processed / FOLDER
    found = _record(job)
    wanted = job.settings.shade.enabled
    if wanted and (found is None or whole.damaged(job.processed, found["files"])):
        found = _lay_out(job, f"{FOLDER}/{uuid.uuid4().hex[:12]}")
    keep = found["folder"] if wanted and found is not None else None
    for old in folder.iterdir() if folder.is_dir() else ():
        ours = re.fullmatch("[0-9a-f]{12}", old.name)
        if ours and f"{FOLDER}/{old.name}" != keep:
            shutil.rmtree(old, ignore_errors=True)  # a worker may still look at it: the next run tries again


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
    return Backdrop(job.processed / found["folder"], None if found["frame"] is None else Frame(*found["frame"]))


def _record(job: TileJob) -> dict[str, Any] | None:
    found = whole.read_record(job.processed / RECORD, "stamp", "folder", "frame", "files")
    return found if found is not None and found["stamp"] == job.stamp else None


def _lay_out(job: TileJob, name: str) -> dict[str, Any]:
    folder = job.processed / name
    disk.remove(job.processed / RECORD)
    with disk.errors(folder, disk.TROUBLE):
        folder.mkdir(parents=True)
        terrain = _lay_out_terrain(job, folder)
        sites = _sites(job, ["site_id", "site_type", "height_m", "geometry"])
        Buildings.lay_out(folder, sites, terrain, partial(_forget, terrain))
        files = whole.measured(job.processed, [f"{name}/{path.name}" for path in folder.iterdir()])
    frame = None if terrain is None else list(terrain.frame)
    about = {"stamp": job.stamp, "folder": name, "frame": frame, "files": files}
    whole.write_record(job.processed / RECORD, about)
    return about


def _sites(job: TileJob, columns: list[str]) -> Iterator[pa.Table]:
    return store.batches(job.prepared, "sites", columns)


def _lay_out_terrain(job: TileJob, folder: Path) -> Terrain | None:
    """Write the elevation model out to its reach around the city, block by block; None where there is none.

    A model so fine that what one tile looks at does not fit in memory is read in larger cells, the same all over the
    city.
    """
    source, crs, reach_m = job.settings.inputs.dem, CRS(job.crs), job.settings.shade.terrain_reach_m
    if source is None:
        return None
    raster = Raster(job.raw, source)
    own, around = raster.extent(crs), widened(_bounds(job), reach_m)
    window = max(own[0], around[0]), max(own[1], around[1]), min(own[2], around[2]), min(own[3], around[3])
    if window[0] >= window[2] or window[1] >= window[3]:
        return None
    cell_m, widest = raster.cell_m(crs), 4 * reach_m
    cells = min(own[2] - own[0], widest) * min(own[3] - own[1], widest) / cell_m**2
    cell_m *= math.ceil(max(1.0, math.sqrt(cells / MOST_CELLS)))
    west, south = (math.floor(edge / cell_m + 1e-9) for edge in window[:2])
    east, north = (math.ceil(edge / cell_m - 1e-9) for edge in window[2:])
    frame = Frame.around(west * cell_m, north * cell_m, cell_m, north - south, east - west)
    terrain = _mapped_terrain(folder, frame, "w+")
    blocks = (
        (max(left, west), max(bottom, south), min(left + BLOCK, east), min(bottom + BLOCK, north))
        for bottom in range(south // BLOCK * BLOCK, north, BLOCK)
        for left in range(west // BLOCK * BLOCK, east, BLOCK)
    )
    terrain.fill(_read_blocks(source, job.raw, crs, blocks, cell_m), partial(_forget, terrain))
    return terrain if terrain.highest > -math.inf else None


def _read_blocks(
    source: RasterInput, raw: Path, crs: CRS, blocks: Iterator[tuple[int, int, int, int]], cell_m: float
) -> Iterator[Grid]:
    """Read the blocks of an elevation model that have data; their edges count cells from the origin of the CRS."""
    for edges in blocks:
        west, south, east, north = (edge * cell_m for edge in edges)
        grid = read_window(source, raw, crs, (west, south, east, north), cell_m)
        if grid is not None:
            yield grid


def _mapped_terrain(folder: Path, frame: Frame, mode: Literal["c", "w+"]) -> Terrain:
    """Map the files of a terrain's arrays into memory, as plain ones: compiled loops know no other kind."""
    sizes = {"terrain": frame.levels.size, "crests": frame.crests.size}
    files = (np.memmap(folder / name, "<f8", mode, shape=(size,)) for name, size in sizes.items())
    return Terrain(frame, *(file.view(np.ndarray) for file in files))


def _forget(terrain: Terrain | None) -> None:
    """Let the pages of a terrain's files go: what was written is the system's to keep, not this process'."""
    if terrain is not None and hasattr(mmap, "MADV_DONTNEED"):  # Windows has no such thing
        for array in (terrain.cells, terrain.crests):
            file = cast(np.memmap, array.base)
            cast(mmap.mmap, file.base).madvise(mmap.MADV_DONTNEED)


def _bounds(job: TileJob) -> Bounds:
    """Bounds of all sites."""
    low, high = np.full(2, np.inf), np.full(2, -np.inf)
    for batch in _sites(job, [COVERING]):
        west, south, east, north = (pc.struct_field(batch[COVERING], side) for side in SIDES)
        low = np.fmin(low, [pc.min(west).as_py(), pc.min(south).as_py()])
        high = np.fmax(high, [pc.max(east).as_py(), pc.max(north).as_py()])
    return (*low.tolist(), *high.tolist())
