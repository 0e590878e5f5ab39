"""A headless Chromium with the network shut, and a small made-up city to open in it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from browser.harness import CHROMIUM, FLAGS, HOSTILE, Watched
from playwright.sync_api import Browser, Playwright, sync_playwright
from webmap.tables import settings, write_run

from pvmap.store import read_table
from pvmap.webmap.build import build_map


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="session")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    if not Path(CHROMIUM).exists():
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)("Debian's chromium is not installed")
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def run_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Tables of 3,000 roofs, some with hostile names; the rows of HOSTILE names are 20, 21, ..."""
    names = {20 + i: name for i, name in enumerate(HOSTILE)}
    return write_run(tmp_path_factory.mktemp("run"), 3000, names=names)


@pytest.fixture(scope="session")
def map_file(run_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_map(run_folder, tmp_path_factory.mktemp("map"), settings())


@pytest.fixture(scope="module")
def sites(run_folder: Path) -> pd.DataFrame:
    """What the map shows of its sites: those with room for modules."""
    return read_table(run_folder, "appraisal").query("capacity_kwp > 0")


@pytest.fixture
def watched(chromium: Browser) -> Iterator[Watched]:
    context = chromium.new_context(viewport={"width": 1366, "height": 900}, offline=True, accept_downloads=True)
    page = context.new_page()
    page.set_default_timeout(60_000)
    yield Watched(page)
    context.close()
