"""The longest part of a run: the city is read, laid out and assessed tile by tile, as far as that is not done yet."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from pvmap.errors import InputError
from pvmap.settings.city import Settings
from pvmap.stages import backdrop, publish
from pvmap.stages.draws import draw_quarter, is_drawn, quarters
from pvmap.stages.job import TileJob
from pvmap.stages.journal import ASSESS, FAILED, Journal
from pvmap.stages.prepare import RECORD, City
from pvmap.stages.ready import assess_tiles, ready
from pvmap.stages.rehearse import REHEARSALS
from pvmap.stages.solar_raster import write_solar_raster

if TYPE_CHECKING:
    from pvmap import engine
    from pvmap.clock import Clock


def assessed(
    settings: Settings, raw: Path, processed: Path, pool: engine.Pool, clock: Clock, journal: Journal
) -> tuple[City, list[TileJob], dict[str, str]]:
    """Read the city, assess its tiles and draw its raster, as far as these are not current on disk.

    Returns
    -------
    city, jobs, failures
        What was read; all tiles; the errors of those that failed, by name.
    """
    retries = settings.run.retries
    if not (processed / RECORD).exists():  # of a first run all is ahead, so workers had better get ready
        for part in REHEARSALS:
            pool.ahead(part, settings)
    with clock("read and tile the city"):
        city, jobs = ready(settings, raw, processed, partial(publish.run_all, pool))
    with clock("lay out terrain and buildings"):
        backdrop.lay_out(jobs[0], partial(publish.run_all, pool))
    if heights := [one for one in quarters(settings, raw, processed, city, jobs[0].stamp) if not is_drawn(one)]:
        with clock("draw heights"):
            publish.run_all(pool, draw_quarter, heights)
    with clock(ASSESS, counted=True):
        failures = assess_tiles(jobs, pool, retries, journal)
    for name, reason in failures.items():
        journal.note(FAILED, tile=name, reason=reason)
    done = [one for one in jobs if one.name not in failures]
    if not done:
        raise InputError(f"Every tile of {settings.city.name!r} failed, first: {next(iter(failures.values()))}")
    with clock("draw the solar raster"):
        holes = write_solar_raster(done[0], lambda draw, todo: pool.run(draw, todo, retries=retries).failures)
    return replace(city, findings=[*city.findings, *holes]), jobs, failures
