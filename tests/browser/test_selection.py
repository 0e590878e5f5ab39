"""What is drawn on the map is summed, listed, measured; its picture is a file: on three screens, in both languages."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyproj
import pytest
import shapely
from browser.harness import settle, watching
from PIL import Image
from playwright.sync_api import Browser, Page

from pvmap.store import read_table
from pvmap.tables.vocabulary import ENERGY_MONTHS

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SCREENS = {"desk": (1600, 900), "laptop": (1366, 768), "phone": (390, 844)}
CORNERS = [(0.3, 0.35), (0.7, 0.3), (0.65, 0.7), (0.35, 0.65)]  # shares of the map's width and height
FOOT = 54  # of a picture: title, source, scale
GEOD = pyproj.Geod(ellps="WGS84")


@pytest.fixture(scope="module", params=[(screen, language) for screen in SCREENS for language in ("zh", "en")])
def page(chromium: Browser, map_file: Path, request: pytest.FixtureRequest) -> Page:
    screen, language = request.param
    with watching(chromium, *SCREENS[screen], timeout_ms=20_000, accept_downloads=True) as watched:
        shown = watched.open(map_file)
        shown.evaluate("one => pvmap.setLanguage(one)", language)
        settle(shown)
        yield shown


@pytest.fixture(scope="module")
def sites(run_folder: Path) -> pd.DataFrame:
    columns = read_table(run_folder, "sites")[["site_id", "longitude", "latitude"]]
    return read_table(run_folder, "appraisal").query("capacity_kwp > 0").merge(columns, on="site_id")


IDS = """() => Promise.all(new pvmap.SiteList(pvmap.selection.each).slice(0, Infinity)
  .map(([dataset, number]) => dataset.record(number).then(({ id }) => id)))"""


def draw(page: Page, tool: str) -> list[Any]:
    """Click the corners, the last one twice; what was selected."""
    page.keyboard.press("Escape")
    page.click(f"#pvmap-tool-{tool}")
    page.locator(".folium-map").scroll_into_view_if_needed()
    box = page.locator(".folium-map").bounding_box()
    assert box is not None
    at = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in CORNERS]
    for x, y in at[:-1]:
        page.mouse.click(x, y)
    page.mouse.dblclick(*at[-1])
    page.wait_for_function("pvmap.selection !== null")
    settle(page)
    drawn = page.evaluate(
        """() => (pvmap.selection.ring || pvmap.selection.line).map((at) => {
          const { x, y } = pvmap.state.map.latLngToContainerPoint(at), size = pvmap.state.map.getSize();
          return [at.lng, at.lat, x / size.x, y / size.y];
        })"""
    )
    np.testing.assert_allclose([one[2:] for one in drawn], CORNERS, atol=0.01)
    return drawn


def test_a_polygon_is_summed_listed_and_measured(page: Page, sites: pd.DataFrame) -> None:
    ring = shapely.Polygon([one[:2] for one in draw(page, "polygon")])
    least, most = (
        sites[shapely.contains_xy(ring.buffer(by), sites["longitude"], sites["latitude"])] for by in (-2e-5, 2e-5)
    )
    card = page.locator("#pvmap-selection")
    n, kwp, kwh = (
        float(card.locator(f"dd[data-column={column}]").get_attribute("data-value") or "nan")
        for column in ("n_sites", "capacity_kwp", "energy_kwh")
    )
    assert 100 < len(least) <= n <= len(most)
    for total, column in ((kwp, "capacity_kwp"), (kwh, "energy_kwh")):
        assert least[column].sum() * (1 - 3e-4) <= total <= most[column].sum() * (1 + 3e-4)
    months = card.locator(".pvmap-months rect")
    assert months.count() == 12 and card.locator("svg").count() == 2  # months, and the supply curve
    told = page.evaluate("pvmap.sums.months(pvmap.selection.each)")
    inside = sites[sites["site_id"].isin(page.evaluate(IDS))]
    np.testing.assert_allclose(told, inside[list(ENERGY_MONTHS)].sum(), rtol=6e-4)
    with page.expect_download() as waiting:
        page.click("#pvmap-selection-csv")
    rows = list(csv.reader(io.StringIO(Path(waiting.value.path()).read_text(encoding="utf-8-sig"), newline="")))
    ids = {row[0] for row in rows[1:]}
    assert len(ids) == n and {*least["site_id"]} <= ids <= {*most["site_id"]}
    area, around = map(abs, GEOD.geometry_area_perimeter(ring))
    assert page.evaluate("pvmap.selection.area") == pytest.approx(area, rel=2e-3)
    assert page.evaluate("pvmap.selection.length") == pytest.approx(around, rel=2e-3)
    chinese = page.evaluate("pvmap.state.language") == "zh"
    assert ("亩" if chinese else " mu") in card.inner_text()
    page.evaluate("([a, b, c, d]) => pvmap.select([a, c, b, d])", page.evaluate("pvmap.selection.ring"))
    assert page.evaluate("pvmap.text('area_crossed')") in card.inner_text()  # two triangles: one outweighs the other
    page.keyboard.press("Escape")
    page.wait_for_function("pvmap.selection === null")


def test_a_line_is_as_long_as_it_is(page: Page) -> None:
    places = draw(page, "measure")
    length = GEOD.line_length([one[0] for one in places], [one[1] for one in places])
    assert page.evaluate("pvmap.selection.length") == pytest.approx(length, rel=2e-3)
    told = page.evaluate("v => pvmap.text('length', { length: pvmap.format('distance', v) })", length)
    assert told in page.locator("#pvmap-selection").inner_text()
    page.keyboard.press("Escape")
    page.wait_for_function("pvmap.selection === null")


def test_a_picture_of_the_map_is_a_file(page: Page) -> None:
    with page.expect_download() as waiting:
        page.click("#pvmap-tool-picture")
    size = page.evaluate("(({ x, y }) => [x, y])(pvmap.state.map.getSize())")
    with Image.open(waiting.value.path()) as picture:
        assert picture.format == "PNG" and picture.size == (size[0], size[1] + FOOT)
        colours = picture.convert("RGB").getcolors(1 << 24)
    assert colours is not None and len(colours) > 100
