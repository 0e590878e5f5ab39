"""How far a city's run is: tiles done, failed, stale and still to do, who works on it, and for how long yet."""

from __future__ import annotations

import datetime
from collections import Counter
from pathlib import Path
from typing import NamedTuple

from pvmap import store
from pvmap.settings.city import Settings
from pvmap.stages import lock, parts, stamp
from pvmap.stages.curve import cut
from pvmap.stages.job import PREPARED, TileJob
from pvmap.stages.journal import ASSESS, END, FAILED, STEP, events
from pvmap.stages.parts import DONE
from pvmap.stages.prepare import RECORD
from pvmap.store import whole


class Status(NamedTuple):
    """What stands of a city.

    Attributes
    ----------
    tiles
        Number of tiles that are `done`, `failed`, `stale` (of other inputs, settings or code) and `to do`.
    failures
        Why tiles failed, by name.
    step, ended
        What the last run did last, how much of it and of how much; why it ended where it ended before its time.
    seconds_left
        Until all tiles are assessed, at the pace of this run; None where nobody works or nothing is known yet.
    owner
        Who works on it; None where nobody does.
    """

    tiles: dict[str, int]
    failures: dict[str, str]
    step: tuple[str, int, int] | None
    ended: str
    seconds_left: float | None
    owner: lock.Owner | None


def status(settings: Settings, raw: Path, processed: Path) -> Status:
    """Look how far a city is; nothing is read but what says so, and nothing is written."""
    noted = events(processed)
    owner = lock.holder(processed)
    failures = {one["tile"]: one["reason"] for one in noted if one["event"] == FAILED}
    steps = [one for one in noted if one["event"] == STEP]
    step = (steps[-1]["step"], steps[-1]["done"], steps[-1]["total"]) if steps else None
    ended = next((one["reason"] for one in noted if one["event"] == END and "reason" in one), "")
    states = _states(settings, raw, processed, failures)
    left = _seconds_left([one for one in steps if one["step"] == ASSESS]) if owner else None
    told = {name: why for name, why in failures.items() if states.get(name) == "failed"}
    counted = Counter(states.values())
    tiles = {word: counted[word] for word in ("done", "failed", "stale", "to do")} if states else {}
    return Status(tiles, told, step, ended, left, owner)


def _states(settings: Settings, raw: Path, processed: Path, failures: dict[str, str]) -> dict[str, str]:
    record = whole.read_record(processed / RECORD, "crs")
    if record is None or not (processed / PREPARED / "sites.parquet").is_file():
        return {}
    current = stamp.tile_stamp(settings, raw)
    hilbert = store.read_table(processed / PREPARED, "sites", columns=["hilbert"])["hilbert"].to_numpy()
    states = {}
    for tile in cut(hilbert, settings.run.sites_per_tile):
        job = TileJob(settings, raw, processed, record["crs"], tile.name, tile.low, tile.high, current)
        made = parts.record(job)
        if made is not None and whole.all_there(job.part, made["files"]):
            states[tile.name] = "done"
        elif tile.name in failures:
            states[tile.name] = "failed"
        else:
            states[tile.name] = "stale" if made is None and (job.part / DONE).is_file() else "to do"
    return states


def _seconds_left(steps: list[dict]) -> float | None:
    """Time left at the pace so far of one step, whose first event says what was there before."""
    if len(steps) < 2 or steps[-1]["done"] <= steps[0]["done"]:
        return None
    first, last = (datetime.datetime.fromisoformat(one["at"]) for one in (steps[0], steps[-1]))
    pace = (last - first).total_seconds() / (steps[-1]["done"] - steps[0]["done"])
    return pace * (steps[-1]["total"] - steps[-1]["done"])
