"""Every script of the gallery runs as it stands, on a small city of the demo's name, and makes what it says."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest
from city import REPOSITORY, Run, copy

pytestmark = pytest.mark.slow  # each runs a city again and composes its map

GALLERY = REPOSITORY / "docs" / "gallery"
MAKES = {
    "city_in_ten_lines.py": ("city.html", "GWh a year"),
    "one_roof_explained.py": ("", "among its neighbours"),
    "own_layer_on_the_map.py": ("own_layer.html", ""),
    "new_site_kind.py": ("car_parks.html", "park-3"),
}


@pytest.fixture(scope="module")
def home(small_city: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder as a user has it: pipelines/demo.toml, the small city's, and its data."""
    root = copy(small_city, tmp_path_factory.mktemp("gallery"))
    (root / "pipelines").mkdir()
    (root / "demo.toml").rename(root / "pipelines" / "demo.toml")
    return root


def test_every_script_is_known():
    assert {path.name for path in GALLERY.glob("*.py")} == set(MAKES)


@pytest.mark.parametrize("script", MAKES)
def test_it_runs(script: str, home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    monkeypatch.chdir(home)
    runpy.run_path(str(GALLERY / script), run_name="__main__")
    page, says = MAKES[script]
    assert says in capsys.readouterr().out
    if page:
        text = (home / page).read_text(encoding="utf-8")
        assert "pvmapTile(" in text and "pvmap.start();" in text
