"""The synthetic city is written by one run at a time."""

from __future__ import annotations

from pathlib import Path

import pytest

from pvmap.errors import InputError
from pvmap.settings.city import Settings
from pvmap.stages import lock
from pvmap.stages.ready import make_demo


def test_nobody_sweeps_up_what_another_run_is_writing(tmp_path: Path):
    titles = {"name": "x", "title_zh": "x", "title_en": "x"}
    settings = Settings.model_validate({"city": titles, "demo": {"n_buildings": 500}})
    (tmp_path / ".writing-1").mkdir()
    with lock.hold(tmp_path, "map x"), pytest.raises(InputError, match="in use by `pvmap map x`"):
        make_demo(settings, tmp_path, "map")
    assert [path.name for path in tmp_path.iterdir()] == [".writing-1"]


def test_a_city_of_its_own_files_is_left_alone(tmp_path: Path):
    settings = Settings.model_validate({"city": {"name": "x", "title_zh": "x", "title_en": "x"}})
    make_demo(settings, tmp_path / "raw", "map")
    assert list(tmp_path.iterdir()) == []
