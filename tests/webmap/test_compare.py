"""Two runs of a city: every zone of either, its numbers in both, and why they differ."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyproj
import pytest
from webmap.tables import write_run

from pvmap.errors import InputError
from pvmap.settings.webmap import MapSettings
from pvmap.store import read_json, read_table, write_json, write_table
from pvmap.webmap.compare import comparison
from pvmap.webmap.data import read_data


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    old, new = (write_run(tmp_path_factory.mktemp(name), 300) for name in ("old", "new"))
    zones = read_table(old, "zones")
    smaller = zones.assign(capacity_kwp=zones["capacity_kwp"] * 0.75)
    write_table(old, "zones", smaller[smaller["zone_id"] != "扬中市"])
    gone = read_table(new, "zones")
    write_table(new, "zones", gone[gone["zone_id"] != "句容市"])
    write_json(old / "run.json", {**read_json(old / "run.json"), "settings": {"a": {"b": 1}}, "inputs": {"x.shp": "1"}})
    write_json(new / "run.json", {**read_json(new / "run.json"), "settings": {"a": {"b": 2}}, "inputs": {"x.shp": "2"}})
    return old, new


def test_zones_of_either_run_have_their_numbers_in_both(runs: tuple[Path, Path]) -> None:
    old, new = runs
    found = comparison(read_data(new, MapSettings()), old)
    district = found["levels"]["district"]
    assert sorted(district["ids"]) == sorted({*read_table(new, "sites")["district"]})
    for side, run in (("before", old), ("after", new)):
        zones = read_table(run, "zones").query("level == 'district' and site_type == 'all'").set_index("zone_id")
        wanted = zones["capacity_kwp"].reindex(district["ids"]).fillna(0.0)
        np.testing.assert_allclose(district[side]["capacity_kwp"], wanted, rtol=1e-6)
    assert district["after"]["capacity_kwp"][district["ids"].index("句容市")] == 0
    assert district["before"]["capacity_kwp"][district["ids"].index("扬中市")] == 0
    assert all(district["rings"])
    township = found["levels"]["township"]
    assert [one.rpartition("/")[2] for one in township["ids"]] == township["names"]
    (whole,) = found["levels"]["city"]["after"]["capacity_kwp"]
    assert whole == pytest.approx(read_table(new, "appraisal")["capacity_kwp"].sum(), rel=1e-6)
    assert found["reasons"] == [
        {"what": "input_other", "name": "x.shp"},
        {"what": "setting", "name": "a.b", "old": "1", "new": "2"},
    ]


def test_a_run_in_another_crs_is_refused(runs: tuple[Path, Path], tmp_path: Path) -> None:
    new = runs[1]
    other = write_run(tmp_path / "other", 60)
    write_table(other, "zones", read_table(other, "zones").to_crs(pyproj.CRS(4547)))
    with pytest.raises(InputError, match="another CRS"):
        comparison(read_data(new, MapSettings()), other)
    with pytest.raises(InputError, match="is not there"):
        comparison(read_data(new, MapSettings()), tmp_path)
