"""What was computed twice must agree: looked at a tile at a time, in the tables as they were published."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pvmap.planning.self_check import Stretch, add_identities, of_city, of_part
from pvmap.planning.self_check_rules import Identity
from pvmap.settings.city import Settings
from pvmap.stages.publish import run_all
from pvmap.stages.settle import Settled

if TYPE_CHECKING:
    from pvmap.engine import Pool


@dataclass(frozen=True)
class CheckJob:
    """Rows of a run's tables that are to be checked."""

    processed: Path
    settings: Settings
    stretch: Stretch


def checked(
    processed: Path, settings: Settings, counts: dict[str, dict[str, int]], settled: Settled, pool: Pool
) -> list[Identity]:
    """Compare what must agree in the tables of a settled run; see `planning.self_check`.

    Parameters
    ----------
    processed, settings, counts
        Run folder, its settings, and the rows of every layer that was read.
    settled
        What was settled: totals, and which rows of the tables are each tile's.
    pool
        Who computes.
    """
    ends = settled.rows.cumsum().to_numpy("int64")
    starts = ends - settled.rows.to_numpy("int64")
    jobs = []
    for number, (low, high) in enumerate(settled.rows.index):
        bounds = zip(starts[number].tolist(), ends[number].tolist(), strict=True)
        rows = dict(zip(settled.rows.columns, itertools.starmap(slice, bounds), strict=True))
        jobs.append(CheckJob(processed, settings, Stretch(rows, (low, high))))
    parts = run_all(pool, check_part, jobs)
    return add_identities([*parts, of_city(processed, settings, counts, settled.totals)])


def check_part(job: CheckJob) -> list[Identity]:
    """Compute what a tile's rows add to both sides of every identity."""
    return of_part(job.processed, job.settings, job.stretch)
