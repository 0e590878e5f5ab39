"""A run of more sites than a page of its map holds, from its inputs to the sheets."""

from __future__ import annotations

from pathlib import Path

import pytest
from city import demo_file, run
from webmap.test_page import meta_of
from webmap.test_province import ids_of

from pvmap.stages import settle


@pytest.mark.slow
def test_sheets_hold_all_sites_of_a_run_and_the_overview_its_plan(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settle, "SITES_AT_ONCE", 400)
    file = demo_file(tmp_path / "demo.toml", grid=True, sites_per_tile=200, more="[map]\nsites_per_page = 1000\n")
    made = run(file, tmp_path)
    index = made.report.index
    meta = meta_of(index)
    assert len(meta["sheets"]) > 2
    assert "build_out" in meta and meta["hosting"]
    shown = [one for sheet in meta["sheets"] for one in ids_of(index.parent / sheet["file"])]
    assert sorted(shown) == sorted(made.table("sites")["site_id"])
