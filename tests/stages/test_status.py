"""How far a run is: by what lies in its folder and by what its journal says, whoever asks."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest
from city import Run, copy, pvmap

from pvmap import pipeline
from pvmap.pipeline import Job
from pvmap.stages import lock
from pvmap.stages.journal import ASSESS, BEGIN, END, FAILED, JOURNAL, STEP, Journal, events
from pvmap.stages.parts import DONE


@pytest.fixture
def job(tmp_path: Path, small_city: Run) -> Job:
    """A finished run that a test may change."""
    folder = copy(small_city, tmp_path) / small_city.processed.relative_to(small_city.processed.parents[2])
    return Job(small_city.job.city_file, small_city.job.settings, small_city.job.folders._replace(processed=folder))


def tiles(job: Job) -> dict[str, int]:
    return pipeline.city_status(job).tiles


def test_of_a_finished_run_all_tiles_are_done(job: Job, small_city: Run):
    found = pipeline.city_status(job)
    assert found.tiles == {"done": len(small_city.parts), "failed": 0, "stale": 0, "to do": 0}
    assert found.owner is None and found.seconds_left is None and not found.failures and not found.ended
    assert found.step == ("draw the map", 1, 1)
    told = [one["step"] for one in events(job.folders.processed) if one["event"] == STEP]
    assert list(dict.fromkeys(told)) == [step for step in small_city.record["seconds"] if step in told]


def test_tiles_wait_fail_or_are_stale(job: Job, small_city: Run):
    processed, n = job.folders.processed, len(small_city.parts)
    one, other, *_ = sorted(part.name for part in (processed / "parts").iterdir())
    for name in (one, other):
        (processed / "parts" / name / DONE).unlink()
    Journal(processed, pipeline.silent).note(FAILED, tile=other, reason="no room for more")
    found = pipeline.city_status(job)
    assert found.tiles == {"done": n - 2, "failed": 1, "stale": 0, "to do": 1}
    assert found.failures == {other: "no room for more"}
    module = job.settings.module.model_copy(update={"power_kwp": 0.45})
    changed = Job(job.city_file, job.settings.model_copy(update={"module": module}), job.folders)
    assert tiles(changed) == {"done": 0, "failed": 1, "stale": n - 2, "to do": 1}


def test_a_tile_whose_tables_are_gone_or_short_is_to_do(job: Job, small_city: Run):
    n = len(small_city.parts)
    one, other, *_ = sorted((job.folders.processed / "parts").iterdir())
    (one / "yields.parquet").unlink()
    with (other / "surfaces.parquet").open("r+b") as table:
        table.truncate(100)
    assert tiles(job) == {"done": n - 2, "failed": 0, "stale": 0, "to do": 2}


def test_what_is_left_takes_as_long_as_what_this_run_has_done(job: Job):
    """Two of six tiles were there, two more took 10 s: the last two take 10 s. Half a line is none."""
    start = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
    lines = [f'{{"at": "{start.isoformat()}", "event": "{BEGIN}"}}']
    for done, seconds in ((2, 0), (3, 4), (4, 10)):
        at = (start + datetime.timedelta(seconds=seconds)).isoformat()
        lines.append(f'{{"at": "{at}", "event": "{STEP}", "step": "{ASSESS}", "done": {done}, "total": 6}}')
    (job.folders.processed / JOURNAL).write_text("\n".join([*lines, '{"at": "20']), encoding="utf-8")
    with lock.hold(job.folders.processed, "map demo"):
        found = pipeline.city_status(job)
    assert found.seconds_left == 10.0 and found.owner is not None and found.owner.command == "map demo"


def test_before_the_first_run_there_is_nothing_to_tell(job: Job, tmp_path: Path):
    fresh = Job(job.city_file, job.settings, job.folders._replace(processed=tmp_path / "none"))
    found = pipeline.city_status(fresh)
    assert found.tiles == {} and found.step is None
    assert not (tmp_path / "none").exists()


def test_a_run_that_ends_says_why(tmp_path: Path):
    with pytest.raises(ValueError, match="out of sand"), Journal(tmp_path, pipeline.silent).run("map"):
        raise ValueError("out of sand")
    assert [one.get("reason", one["event"]) for one in events(tmp_path)] == [BEGIN, "out of sand"]


def test_a_link_in_the_journals_place_leaves_what_it_leads_to_alone(tmp_path: Path):
    theirs = tmp_path / "minutes.txt"
    theirs.write_text("theirs", encoding="utf-8")
    (tmp_path / JOURNAL).symlink_to(theirs)
    with Journal(tmp_path, pipeline.silent).run("map"):
        pass
    assert theirs.read_text(encoding="utf-8") == "theirs"
    assert [one["event"] for one in events(tmp_path)] == [BEGIN, END]


@pytest.mark.parametrize(
    "line",
    [
        '{"at": 1, "event": "step"}',
        '{"at": "x", "event": "step", "step": "a", "done": 1, "total": 2}',
        '{"at": "2026-01-01T00:00:00", "event": "end"}',  # whose clock is that
        '{"at": "2026-01-01T00:00:00Z", "event": "step"}',
        '{"at": "2026-01-01T00:00:00Z", "event": "step", "step": [], "done": "x", "total": null}',
        '{"at": "2026-01-01T00:00:00Z", "event": "tile failed"}',
        '{"at": "2026-01-01T00:00:00Z", "event": "end", "reason": 3}',
        '{"event": "end"}',
        '{"at": "2026-01-01T00:00:00Z", "event": []}',
        "[" * 100_000,
    ],
)
def test_a_line_that_nobody_of_ours_wrote_is_passed_over(tmp_path: Path, line: str):
    with Journal(tmp_path, pipeline.silent).run("map"), (tmp_path / JOURNAL).open("a", encoding="utf-8") as file:
        file.write(f"{line}\n")
    assert [one["event"] for one in events(tmp_path)] == [BEGIN, END]


def test_the_command_says_it(job: Job, tmp_path: Path, small_city: Run):
    said = pvmap("status", small_city.job.city_file, "--root", tmp_path)
    lines = said.stdout.splitlines()
    counted = f"{len(small_city.parts)} done, 0 failed, 0 stale, 0 to do"
    assert lines == ["Nobody works on it.", f"Tiles: {counted}.", "Last step: draw the map, 1 of 1."], said
