"""Inputs that somebody replaces while a run reads them: told, and never taken for what they are not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from city import same_rows
from test_bad_input import CITY, Hamlet, footprints

from pvmap import pipeline, store
from pvmap.errors import InputError
from pvmap.stages import assessed_city, ready
from pvmap.tables import TABLES

MOMENTS = {
    "reading": (ready, "prepare"),
    "assessing": (ready, "assess_tile"),
    "drawing": (assessed_city, "write_solar_raster"),
    "settling": (pipeline, "settle"),
}
DECISIONS = "site_id,decision,value_kwp,reason,by,date\n"
NAMES = ("sites", "yields", "appraisal")


def run(hamlet: Hamlet) -> Path:
    job = pipeline.open_city(str(hamlet.file), hamlet.root)
    pipeline.make_map(job, workers=0)
    return job.folders.processed


def meanwhile(monkeypatch: pytest.MonkeyPatch, moment: str, act: Callable[[], None]) -> None:
    """Let somebody act once, before a step of the run goes on."""
    module, name = MOMENTS[moment]
    step = getattr(module, name)

    def stepped(*given, **more):
        monkeypatch.setattr(module, name, step)
        act()
        return step(*given, **more)

    monkeypatch.setattr(module, name, stepped)


LATER = [pytest.param(moment, marks=pytest.mark.slow) for moment in ("reading", "drawing", "settling")]


@pytest.mark.parametrize("moment", ["assessing", *LATER])
def test_an_input_that_changes_under_a_run_is_told_and_its_numbers_are_forgotten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moment: str
):
    hamlet, other = Hamlet(tmp_path / "city"), Hamlet(tmp_path / "other")
    own = footprints()
    meanwhile(monkeypatch, moment, lambda: hamlet.put("buildings.geojson", footprints(height=[60.0, 3.0, 3.0, 3.0])))
    with pytest.raises(InputError, match=r"buildings\.geojson was changed .* while the run was under way; run again"):
        run(hamlet)
    assert not (hamlet.root / "data" / "processed" / "hamlet" / "run.json").exists()
    hamlet.put("buildings.geojson", own)  # somebody has put it back
    again, plain = run(hamlet), run(other)
    for name in NAMES:
        same_rows(store.read_table(again, name), store.read_table(plain, name), list(TABLES[name].key))


def test_decisions_that_change_under_a_run_compute_no_tile_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    hamlet = Hamlet(tmp_path)
    hamlet.say(CITY + '\n[inputs.overrides]\npath = "decisions.csv"\n')
    hamlet.put("decisions.csv", DECISIONS)
    more = DECISIONS + "rooftop-b1,refuse,,no,me,2026-01-01\n"
    meanwhile(monkeypatch, "settling", lambda: hamlet.put("decisions.csv", more))
    with pytest.raises(InputError, match=r"decisions\.csv was changed"):
        run(hamlet)
    made = {part: part.stat().st_mtime_ns for part in tmp_path.rglob("done.json")}
    assert made
    run(hamlet)
    assert {part: part.stat().st_mtime_ns for part in tmp_path.rglob("done.json")} == made
