"""What to measure first stands on the map as it stands in the workbook."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from webmap.tables import settings, with_certainty, write_run

from pvmap.planning.risk.narrowing import measure_first
from pvmap.settings.webmap import MapSettings
from pvmap.store import read_table
from pvmap.webmap.data import read_data
from pvmap.webmap.unsure import OF_EACH_DISTRICT, unsure


def listed(run: Path, map_settings: MapSettings | None = None) -> tuple[list[str], list[dict]]:
    """Ids of the listed sites, and the list."""
    data = read_data(run, map_settings or settings().map)
    found = unsure(data, np.arange(len(data.sites)))
    return [str(data.column("site_id").iloc[one["number"]]) for one in found], found


def test_the_map_lists_what_the_workbook_lists(tmp_path: Path) -> None:
    run = with_certainty(write_run(tmp_path, 300))
    names, found = listed(run)
    sheet = measure_first(read_table(run, "appraisal"), read_table(run, "sites"), OF_EACH_DISTRICT).set_index("site_id")
    assert set(names) == set(sheet.index) and len(names) == len(set(names)) > 10
    assert [one["cause"] for one in found] == sheet["cause_en"].loc[names].tolist()
    assert [one["of_district"] for one in found] == pytest.approx(sheet["spread_share"].loc[names].tolist(), abs=1e-5)
    held = [one["of_city"] for one in found]
    assert held == sorted(held, reverse=True) and 0.9 < sum(held) < 1.001


def test_a_hidden_site_is_not_listed(tmp_path: Path) -> None:
    run = with_certainty(write_run(tmp_path, 300))
    first, *others = listed(run)[0]
    left = listed(run, MapSettings(masked_sites=(first,)))[0]
    assert first not in left and left[:5] == others[:5]


def test_without_draws_nothing_is_listed(tmp_path: Path) -> None:
    assert listed(write_run(tmp_path, 30)) == ([], [])
