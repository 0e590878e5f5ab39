"""Cities that lack what others have: every part of the page stands, says nothing amiss and complains of nothing."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from browser.harness import Watched, settle
from playwright.sync_api import Browser, Page
from webmap.tables import settings, write_run

from pvmap.colours import USE_COLOURS
from pvmap.config import assumptions
from pvmap.store import read_json, read_table, write_json, write_table
from pvmap.webmap.build import build_map

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SCREENS = {"laptop": (1366, 768), "phone": (390, 844)}
LARGE = """() => pvmap.kindTable({ kinds: Object.fromEntries(Object.keys(pvmap.meta.kind_colours).map((kind) =>
  [kind, { n: 980361, capacity: 12345678, energy: 1.23456e10, capacity_ac: 10234567 }])) })"""
COLOURS = "[...pvmap.variables.values()].filter((one) => one.colourable).map((one) => one.key)"
C_SHAPE = [[0, 0], [0, 10], [10, 10], [10, 0], [8, 0], [8, 8], [2, 8], [2, 0]]


def without_zones(run: Path) -> None:
    """No district has a name, no township, no cell: only the city itself."""
    for table in ("sites", "appraisal"):
        write_table(run, table, read_table(run, table).assign(district="", township=""))
    zones = read_table(run, "zones")
    write_table(run, "zones", zones[zones["level"] == "city"].reset_index(drop=True))
    (run / "districts.parquet").unlink()


def only(keep: Callable[[pd.DataFrame, pd.DataFrame], np.ndarray]) -> Callable[[Path], None]:
    def reduce(run: Path) -> None:
        sites, appraisal, exclusions = (read_table(run, one) for one in ("sites", "appraisal", "exclusions"))
        mine = keep(sites, appraisal)
        write_table(run, "sites", sites[mine].reset_index(drop=True))
        write_table(run, "appraisal", appraisal[mine].reset_index(drop=True))
        left = exclusions["site_id"].isin(sites["site_id"][mine])
        write_table(run, "exclusions", exclusions[left].reset_index(drop=True))

    return reduce


def all_excluded(run: Path) -> None:
    appraisal = read_table(run, "appraisal")
    nothing = [c for c in appraisal if c.startswith(("capacity", "energy", "used_area", "npv", "co2"))]
    unknown = ["lcoe_cny_per_kwh", "value_cny_per_kwh", "payback_years", "irr"]
    appraisal[nothing], appraisal[unknown] = 0.0, np.nan
    write_table(run, "appraisal", appraisal.assign(at_grid_parity=False))
    write_table(run, "sites", read_table(run, "sites").assign(existing_pv_kwp=0.0))


CITIES: dict[str, Callable[[Path], None]] = {
    "no zones": without_zones,
    "ponds alone": only(lambda sites, _: (sites["site_type"] == "fishpond").to_numpy()),
    "one roof": only(lambda _, appraisal: np.arange(len(appraisal)) == np.argmax(appraisal["capacity_kwp"] > 0)),
    "all excluded": all_excluded,
}


@pytest.fixture(scope="module", params=CITIES)
def city(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("city")
    run = write_run(folder / "run", 300)
    CITIES[request.param](run)
    return build_map(run, folder / "map", settings())


@pytest.mark.parametrize(("screen", "language"), [("laptop", "en"), ("phone", "zh")])
def test_every_part_stands(chromium: Browser, city: Path, screen: str, language: str) -> None:
    wide, high = SCREENS[screen]
    context = chromium.new_context(viewport={"width": wide, "height": high}, offline=True, accept_downloads=True)
    watched = Watched(context.new_page())
    page = watched.open(city)
    page.evaluate("one => pvmap.setLanguage(one)", language)
    page.evaluate("document.querySelectorAll('#pvmap-panel details').forEach((one) => { one.open = true; })")
    steps = [f"void pvmap.setVariable('{key}')" for key in page.evaluate(COLOURS)]
    steps += [f"void pvmap.setCase('{key}')" for key in page.evaluate("pvmap.meta.cases.map((one) => one.key)")]
    steps += [f"pvmap.show(pvmap.datasets.{kind}, 0)" for kind in page.evaluate("pvmap.meta.kinds")]
    steps += [
        "void pvmap.state.map.closePopup()",
        "void pvmap.fit(pvmap.meta.bounds)",
        "void pvmap.select([[31, 118], [31, 120], [33, 120], [33, 118]].map((at) => L.latLng(at)))",
        "void pvmap.listSelection()",
        "void pvmap.setRange('capacity_kwp', 1e9, Infinity)",
        "void pvmap.clearFilter()",
        "void document.getElementById('pvmap-tool-help').click()",
        "pvmap.preparePrint()",
    ]
    for step in steps:
        page.evaluate(step)
        settle(page)
        assert page.evaluate("probe.amiss()") == [], step
    assert watched.complaints == [] and watched.remote() == []
    context.close()


def test_a_city_without_room_shows_what_is_excluded_and_says_so(chromium: Browser, tmp_path: Path) -> None:
    """From the first view on, in which other cities show sums of districts."""
    run = write_run(tmp_path / "run", 300)
    all_excluded(run)
    watched = Watched(chromium.new_page(viewport={"width": 1366, "height": 768}))
    page = watched.open(build_map(run, tmp_path / "map", settings()))
    watched.shot("all-excluded")
    assert page.evaluate("pvmap.state.map.getZoom() < pvmap.meta.dots_from")
    assert page.evaluate("pvmap.excludedOn().sort()") == ["fishpond", "mine", "rooftop"]
    drawn = page.evaluate(
        """() => [...pvmap.state.map.getPane("pvmap-sites").querySelectorAll("canvas")].reduce((sum, canvas) => {
          const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
          return sum + data.filter((_, i) => i % 4 === 3 && data[i]).length;
        }, 0)"""
    )
    n_sites = len(read_table(run, "sites"))
    assert drawn > n_sites  # pixels
    for language, word in (("zh", "都被排除"), ("en", "are excluded")):
        page.evaluate("one => pvmap.setLanguage(one)", language)
        said = page.text_content("#pvmap-banner .pvmap-alert.warn") or ""
        assert word in said and str(n_sites) in said
    assert watched.complaints == []
    page.close()


def test_help_calls_uses_by_their_names(chromium: Browser, tmp_path: Path) -> None:
    """Settings have code names for them, in values and in sentences."""
    run = write_run(tmp_path / "run", 300)
    every = [one._asdict() for one in assumptions(settings())]
    write_json(run / "run.json", read_json(run / "run.json") | {"assumptions": every})
    watched = Watched(chromium.new_page())
    page = watched.open(build_map(run, tmp_path / "map", settings()))
    page.evaluate("pvmap.setLanguage('en')")
    page.click("#pvmap-tool-help")
    told = page.text_content("#pvmap-help") or ""
    codes = [one for one in USE_COLOURS if "_" in one]
    assert len(codes) > 4 and [one for one in codes if re.search(rf"\b{one}\b", told)] == []
    assert '":' not in told and "{" not in told  # values of many parts are in words too
    assert "Industrial, concrete roof" in told and "commerce industry" in told
    page.close()


@pytest.fixture(scope="module")
def page(chromium: Browser, map_file: Path) -> Page:
    watched = Watched(chromium.new_page(viewport={"width": 1366, "height": 768}))
    yield watched.open(map_file)
    watched.page.close()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_sums_of_a_million_have_room_in_the_panel(page: Page, language: str) -> None:
    page.evaluate("one => pvmap.setLanguage(one)", language)
    settle(page)
    page.evaluate(f"void document.querySelector('#pvmap-summary .pvmap-body').append(({LARGE})())")
    assert page.evaluate("probe.amiss()") == []


def test_the_name_of_a_zone_stands_in_it(page: Page) -> None:
    """Also where its middle lies in the town that it goes around."""
    inside = page.evaluate(
        """ring => {
          const at = pvmap.middleOf([ring], L.polygon([ring]).getBounds());
          return [pvmap.inRings([ring], L.latLng(5, 5)), pvmap.inRings([ring], at)];
        }""",
        C_SHAPE,
    )
    assert inside == [False, True]
