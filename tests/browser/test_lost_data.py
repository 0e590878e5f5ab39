"""Data that a page should have and has not: whoever copied only a part of a map is told, and nothing stops."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from browser.harness import Watched, settle, watching
from playwright.sync_api import Browser
from webmap.tables import settings, write_run

from pvmap.store import read_table, write_table
from pvmap.webmap.build import build_map

pytestmark = [pytest.mark.browser, pytest.mark.slow]

BESIDE, WITHIN = "文件夹", "不完整"  # of what the sentences for a folder and for a file speak


def cut(path: Path, share: float) -> None:
    content = path.read_bytes()
    path.write_bytes(content[: int(share * len(content))])


def put_others(maps: Path) -> None:
    """Put the tiles of another run of as many sites in the place of the page's own."""
    other = maps / "other"
    build_map(write_run(other / "run", 300, seed=2), other, settings(), "folder")
    shutil.rmtree(maps / "tiles")
    shutil.move(other / "tiles", maps / "tiles")


LOSSES: dict[str, tuple[str, Callable[[Path], object]]] = {
    "all tiles": (BESIDE, lambda maps: shutil.rmtree(maps / "tiles")),
    "one kind": (BESIDE, lambda maps: (maps / "tiles/fishpond/overview.js").unlink()),
    "cut short": (BESIDE, lambda maps: cut(maps / "tiles/rooftop/overview.js", 0.5)),
    "emptied": (BESIDE, lambda maps: cut(maps / "tiles/rooftop/overview.js", 0.0)),
    "what zones are": (BESIDE, lambda maps: shutil.rmtree(maps / "tiles/zones")),
    "another map's": (BESIDE, put_others),
    "page cut short": (WITHIN, lambda maps: cut(maps / "index.html", 0.8)),
}


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_run(tmp_path_factory.mktemp("run"), 300)


@pytest.mark.parametrize("loss", LOSSES)
def test_what_is_lost_is_told(run: Path, chromium: Browser, tmp_path: Path, loss: str):
    about, lose = LOSSES[loss]
    index = build_map(run, tmp_path, settings(), "folder" if about == BESIDE else "file")
    lose(tmp_path)
    watched = Watched(chromium.new_context(offline=True).new_page())
    page = watched.open(index)
    assert about in page.inner_text("#pvmap-lost")
    page.fill("#pvmap-query", "119.45 32.2")
    page.click("#pvmap-language")
    settle(page)
    assert "again" in page.inner_text("#pvmap-lost")
    page.context.close()
    assert [one for one in watched.complaints if "Failed to load" not in one and "Invalid" not in one] == []


def test_a_city_without_districts_whose_ponds_never_pay_lacks_nothing(chromium: Browser, tmp_path: Path):
    folder = write_run(tmp_path / "run", 300)
    (folder / "districts.parquet").unlink()
    appraisal = read_table(folder, "appraisal")
    appraisal.loc[appraisal["site_type"] == "fishpond", "payback_years"] = np.nan
    write_table(folder, "appraisal", appraisal)
    with watching(chromium, 1366, 768) as watched:  # which proves that nothing is told to be lost
        page = watched.open(build_map(folder, tmp_path, settings()))
        page.click("#pvmap-tool-table")
        settle(page)
        kept = page.evaluate("pvmap.datasets.fishpond.columns().then(() => [...pvmap.datasets.fishpond.held.keys()])")
        assert "npv_cny" in kept and "payback_years" not in kept


def test_a_link_names_nothing_of_the_languages_own(run: Path, chromium: Browser, tmp_path: Path):
    page = chromium.new_context(offline=True).new_page()
    page.goto(f"{build_map(run, tmp_path, settings()).as_uri()}#layers=constructor&off.nothing=1&lang=en")
    page.wait_for_function("window.pvmap && pvmap.readyAt")
    assert "constructor" in page.inner_text("#pvmap-said") and "nothing" in page.inner_text("#pvmap-said")
    assert page.locator("#pvmap-lost").count() == 0
    page.context.close()
