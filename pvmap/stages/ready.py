"""From input files to tiles that have been assessed, as far as these are not current on disk."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from pyproj import CRS

from pvmap import config
from pvmap.settings.city import Settings
from pvmap.sources.demo import needs_writing, write_demo
from pvmap.sources.stretches import Each, in_turn
from pvmap.stages import lock, record, stamp, steady
from pvmap.stages.assess import assess_tile
from pvmap.stages.bureau import read_bureau_files, require_known_names
from pvmap.stages.curve import Tile, cut
from pvmap.stages.job import PREPARED, TileJob
from pvmap.stages.journal import ASSESS
from pvmap.stages.parts import is_current
from pvmap.stages.plan_trial import tried
from pvmap.stages.prepare import City, prepare
from pvmap.stages.refusals import told_at_once
from pvmap.stages.skies import profile_hours
from pvmap.stages.trial import try_corrections, try_prices
from pvmap.store import row_groups

if TYPE_CHECKING:
    from pvmap.engine import Pool


def ready(settings: Settings, raw: Path, processed: Path, each: Each = in_turn) -> tuple[City, list[TileJob]]:
    """Read the city (`each` as in `prepare`), try what tiles and the money after them will read, and cut it into tiles.

    Raises
    ------
    PvmapError
        Everything about the inputs that cannot be used, at once.
    """
    with told_at_once(settings, raw):
        config.require_inputs(settings, raw)
        city = prepared(settings, raw, processed, each)
        bureau = read_bureau_files(settings, raw, processed, processed / PREPARED)
        require_known_names(settings, processed, processed / PREPARED)
        try_prices(settings)
        hours = profile_hours(processed, settings.city.utc_offset_hours)
        districts = sorted(row_groups.distinct(processed / PREPARED, "sites", "district") - {""})
        planned = tried(settings, raw, CRS(city.crs), districts, hours)
    city = replace(city, findings=[*city.findings, *bureau.findings, *planned])
    jobs = tile_jobs(settings, raw, processed, city)
    try_corrections(jobs[0])
    return city, jobs


def make_demo(settings: Settings, raw: Path, command: str) -> None:
    """Write the synthetic city's files where a city file asks for it, unless another run is writing them.

    Raises
    ------
    InputError
        Another run is writing them, which would take ours for leftovers; or as `write_demo`.
    """
    if needs_writing(settings, raw) or (settings.demo is not None and (raw / lock.LOCK).exists()):
        with lock.hold(raw, f"{command} {settings.city.name}"):
            write_demo(settings, raw)


def prepared(settings: Settings, raw: Path, processed: Path, each: Each = in_turn) -> City:
    """Prepare the city, or take it as it lies on disk when it is current and whole."""
    found = record.current_city(settings, raw, processed)
    if found is not None:
        return found
    seen = steady.every_hash(settings, raw)
    city = prepare(settings, raw, processed, each)
    steady.require_same(seen, settings, raw)
    record.write_city(settings, raw, processed, city)
    return city


def tile_jobs(settings: Settings, raw: Path, processed: Path, city: City) -> list[TileJob]:
    """Cut the city into tiles, in the order of the curve."""
    codes = (
        some["hilbert"].to_numpy().astype("int32")
        for some in row_groups.batches(processed / PREPARED, "sites", ["hilbert"])
    )
    hilbert = np.concatenate([np.zeros(0, "int32"), *codes])
    current = stamp.tile_stamp(settings, raw)

    def job(tile: Tile) -> TileJob:
        return TileJob(settings, raw, processed, city.crs, tile.name, tile.low, tile.high, current, tile.n_sites)

    return [job(tile) for tile in cut(hilbert, settings.run.sites_per_tile)]


def assess_tiles(
    jobs: list[TileJob], pool: Pool, retries: int, progress: Callable[[str, int, int], None]
) -> dict[str, str]:
    """Assess the tiles that are not current; return the errors of those that failed, by tile."""
    todo = sorted((job for job in jobs if not is_current(job)), key=lambda job: -job.n_sites)  # none lags at the end
    finished = len(jobs) - len(todo)
    progress(ASSESS, finished, len(jobs))

    def on_done(_: int) -> None:
        nonlocal finished
        finished += 1
        progress(ASSESS, finished, len(jobs))

    outcomes = pool.run(assess_tile, todo, retries=retries, on_done=on_done, smaller=TileJob.smaller)
    return dict(sorted((todo[number].name, reason) for number, reason in outcomes.failures.items()))
