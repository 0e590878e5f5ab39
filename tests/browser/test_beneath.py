"""Hills, waters and roads on the page; the panel in the dark; the scale in the reader's words."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pyproj
import pytest
import rasterio
import shapely
from browser.harness import Watched, settle
from playwright.sync_api import Browser, Page
from rasterio.transform import from_origin
from webmap.tables import CRS, settings

from pvmap.settings.city import Settings
from pvmap.store import read_table
from pvmap.webmap.build import build_map

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def middle(run_folder: Path) -> tuple[float, float]:
    west, south, east, north = read_table(run_folder, "zones").total_bounds
    return (west + east) / 2, (south + north) / 2


@pytest.fixture(scope="module")
def with_ground(run_folder: Path, middle: tuple[float, float], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Map of the made-up city with a hill, a lake upon it and a road through it."""
    raw = tmp_path_factory.mktemp("raw")
    x, y = middle
    cells = np.hypot(*np.meshgrid(np.arange(-400, 400), np.arange(-400, 400))) * 200.0
    heights = np.maximum(0.0, 900 - cells / 30).astype("float32")
    profile = {"height": 800, "width": 800, "count": 1, "dtype": "float32", "crs": CRS}
    place = from_origin(x - 80_000, y + 80_000, 200, 200)
    with rasterio.open(raw / "dem.tif", "w", driver="GTiff", transform=place, **profile) as file:
        file.write(heights, 1)
    gpd.GeoDataFrame(geometry=[shapely.Point(x, y).buffer(3000)], crs=CRS).to_file(raw / "w.gpkg")
    road = shapely.LineString([(x - 30_000, y + 8000), (x + 30_000, y + 8000)])
    gpd.GeoDataFrame(geometry=[road], crs=CRS).to_file(raw / "r.gpkg")
    plain = settings().model_dump()
    layers = [{"path": "w.gpkg", "shows": "water"}, {"path": "r.gpkg", "shows": "road"}]
    plain["inputs"] |= {"dem": {"path": "dem.tif"}, "backdrop": layers}
    return build_map(run_folder, tmp_path_factory.mktemp("map"), Settings.model_validate(plain), raw=raw)


@pytest.fixture
def page(watched: Watched, with_ground: Path) -> Page:
    yield watched.open(with_ground)
    assert watched.complaints == [] and watched.remote() == []


def colour(page: Page, x: float, y: float) -> list[int]:
    """Colour of the picture of the map at a place given in metres."""
    longitude, latitude = pyproj.Transformer.from_crs(CRS, 4326, always_xy=True).transform(x, y)
    return page.evaluate(
        """async (at) => {
          const canvas = await pvmap.picture(), { x, y } = pvmap.state.map.latLngToContainerPoint(at);
          return [...canvas.getContext("2d").getImageData(Math.round(x), Math.round(y), 1, 1).data].slice(0, 3);
        }""",
        [latitude, longitude],
    )


def bare(page: Page) -> None:
    """Leave nothing but what lies beneath."""
    page.select_option("#pvmap-level", "aggregates.none")
    page.evaluate(
        """const beneath = ["layer.hills", "layer.water", "layer.road"];
        for (const one of pvmap.layersOn()) if (!beneath.includes(one)) pvmap.toggleLayer(one, false);"""
    )
    page.wait_for_selector(".leaflet-pvmap-hills-pane img")
    page.wait_for_function("document.querySelector('.leaflet-pvmap-hills-pane img').complete")
    settle(page)


def test_hills_waters_and_roads_lie_where_they_are(page: Page, middle: tuple[float, float]) -> None:
    bare(page)
    x, y = middle
    level, lit, shaded = (colour(page, x + dx, y + dy) for dx, dy in ((0, -40_000), (-8000, 14_000), (8000, -8000)))
    assert sum(lit) > sum(level) > sum(shaded)
    red, _, blue = colour(page, x, y)
    assert blue > red + 20  # the lake
    red, green, blue = colour(page, x + 6000, y + 8000)
    assert max(red, green, blue) < 190  # the road
    page.click('[data-keep="group/base"]')
    for what in ("hills", "water", "road"):
        page.click(f'[data-keep="layer.{what}"]')
    settle(page)
    assert page.locator(".leaflet-pvmap-hills-pane img").count() == 0
    assert colour(page, x, y) == colour(page, x + 6000, y + 8000) == colour(page, x + 8000, y - 8000)


def test_sunlight_stands_at_its_weather_point(page: Page) -> None:
    assert page.locator(".pvmap-sun").count() == 0
    page.click('[data-keep="group/base"]')
    page.click('[data-keep="layer.sun"]')
    assert page.inner_text(".pvmap-sun") == "1,230 千瓦时/平方米"
    at = page.evaluate("() => { const p = pvmap.state.map.latLngToContainerPoint([32.0, 119.45]); return [p.x, p.y]; }")
    box, frame = (page.locator(one).bounding_box() for one in (".pvmap-sun b", ".folium-map"))
    middle = [box["x"] - frame["x"] + box["width"] / 2, box["y"] - frame["y"] + box["height"] / 2]
    assert middle == pytest.approx(at, abs=2)
    page.click("#pvmap-language")
    page.wait_for_function("document.querySelector('.pvmap-sun').textContent.includes('kWh/m²')")


def test_the_page_tells_what_had_no_room(page: Page) -> None:
    assert "水面或道路" not in page.text_content("#pvmap-banner")
    page.evaluate("pvmap.meta.beneath_left_out = 1234; pvmap.setLanguage('zh')")
    assert "未画出最小的 1,234 处水面或道路" in page.text_content("#pvmap-banner")


def test_the_scale_speaks_the_readers_language(page: Page) -> None:
    assert page.inner_text(".leaflet-control-scale-line").endswith("千米")
    page.click("#pvmap-language")
    page.wait_for_function("document.querySelector('.leaflet-control-scale-line').textContent.endsWith(' km')")


def test_the_panel_is_dark_where_the_reader_prefers_it(chromium: Browser, with_ground: Path) -> None:
    seen = {}
    for scheme in ("light", "dark"):
        context = chromium.new_context(viewport={"width": 1366, "height": 900}, offline=True, color_scheme=scheme)  # type: ignore[arg-type]
        watched = Watched(context.new_page())
        page = watched.open(with_ground)
        page.evaluate("document.querySelectorAll('#pvmap-panel details').forEach((one) => { one.open = true; })")
        page.click("#pvmap-tool-table")
        page.wait_for_selector("#pvmap-rows tbody tr")
        page.evaluate("pvmap.show(pvmap.datasets.rooftop, probe.densest())")
        page.wait_for_selector(".pvmap-popup .pvmap-site")
        settle(page)
        assert page.evaluate("probe.faint()") == [], scheme
        paint = "name => getComputedStyle(document.querySelector(name)).backgroundColor"
        seen[scheme] = [
            page.evaluate(paint, name) for name in ("#pvmap-panel", "#pvmap-table", ".leaflet-popup-content-wrapper")
        ]
        assert watched.complaints == []
        context.close()
    assert set(seen["light"]) == {"rgb(255, 255, 255)"}
    assert all(max(int(part) for part in one[4:-1].split(",")) < 60 for one in seen["dark"])
