"""What a reader does with the map, in a real browser, from file://, with the network shut."""

from __future__ import annotations

import csv
import io
import re
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from browser.harness import HOSTILE, Watched, settle
from playwright.sync_api import Page, Playwright
from webmap.tables import settings

from pvmap.store import read_table
from pvmap.webmap.build import build_map

pytestmark = pytest.mark.browser

DENSEST = """() => {
  const rooftop = pvmap.datasets.rooftop;
  const run = rooftop.owners.slice().sort((a, b) => b.owned - a.owned)[0];
  return run.first + (run.owned >> 1);
}"""


def go(page: Page, number: int, zoom: int, kind: str = "rooftop") -> None:
    page.evaluate(
        "([kind, n, z]) => void pvmap.state.map.setView(pvmap.datasets[kind].latLng(n), z, { animate: false })",
        [kind, number, zoom],
    )
    settle(page)


def show(page: Page, number: int, kind: str = "rooftop") -> None:
    page.evaluate("([kind, n]) => pvmap.show(pvmap.datasets[kind], n)", [kind, number])
    page.wait_for_selector(".pvmap-popup .pvmap-site")


def three_digits(value: float) -> Decimal:
    """A number as the map prints it: three significant digits, halves away from zero."""
    exact = Decimal(repr(float(value)))
    return exact.quantize(Decimal(1).scaleb(exact.adjusted() - 2), rounding=ROUND_HALF_UP) if exact else exact


def printed(text: str) -> Decimal:
    return Decimal(re.match(r"-?[\d,.]+", text)[0].replace(",", ""))


@pytest.fixture
def appraisal(run_folder: Path) -> pd.DataFrame:
    return read_table(run_folder, "appraisal").set_index("site_id")


def test_opens_without_a_request_or_a_complaint(watched: Watched, map_file: Path) -> None:
    page = watched.open(map_file)
    watched.shot("city")
    for zoom in (12, 14, 16, 18):
        go(page, page.evaluate(DENSEST), zoom)
    assert watched.remote() == []
    assert watched.complaints == []
    assert page.title() == "示范市光伏潜力图"
    assert "合成演示数据" in page.inner_text("#pvmap-banner")
    assert "内部使用" in page.inner_text("#pvmap-banner")


def test_folder_layout_works_from_file(watched: Watched, run_folder: Path, tmp_path: Path) -> None:
    page = watched.open(build_map(run_folder, tmp_path, settings(), "folder"))
    number = page.evaluate(DENSEST)
    go(page, number, 16)
    show(page, number)
    assert page.locator(".pvmap-popup dl dd").count() > 10
    assert watched.remote() == [] and watched.complaints == []


def test_popup_says_what_the_table_says(watched: Watched, map_file: Path, appraisal: pd.DataFrame) -> None:
    page = watched.open(map_file)
    divisor = {"万": 1e4, "亿": 1e8}
    rng = np.random.default_rng(0)
    checked = 0
    for number in rng.choice(3000, 25, replace=False).tolist():
        show(page, number)
        site_id = page.inner_text(".pvmap-popup code").split()[-1]
        row = appraisal.loc[site_id]
        cells = page.eval_on_selector_all(
            ".pvmap-popup [data-column]",
            "cells => cells.map(c => [c.dataset.column, c.textContent + ' ' + (c.nextElementSibling?.tagName === 'SPAN'"
            " ? c.nextElementSibling.textContent : '')])",
        )
        for column, text in cells:
            if column not in row:
                continue
            unit = text.split(maxsplit=1)[1] if " " in text.strip() else ""
            value = float(row[column]) / divisor.get(unit[:1], 1.0) * (100 if "%" in text else 1)
            assert printed(text) == three_digits(value), (site_id, column, text, row[column])
            checked += 1
    assert checked > 300


def test_monthly_bars_follow_the_table(watched: Watched, map_file: Path, appraisal: pd.DataFrame) -> None:
    page = watched.open(map_file)
    number = page.evaluate(DENSEST)
    show(page, number)
    row = appraisal.loc[page.inner_text(".pvmap-popup code").split()[-1]]
    tall = page.eval_on_selector_all(".pvmap-months rect", "bars => bars.map(b => Number(b.getAttribute('height')))")
    months = row[[c for c in row.index if c.startswith("energy_kwh_month")]].to_numpy(float)
    assert len(tall) == 12
    np.testing.assert_allclose(np.array(tall) / max(tall), months / months.max(), atol=0.006)
    watched.shot("popup")


def test_click_and_hover_find_the_topmost_site(watched: Watched, map_file: Path) -> None:
    page = watched.open(map_file)
    number = page.evaluate(DENSEST)
    go(page, number, 18)
    at = page.evaluate(
        """n => {
          const map = pvmap.state.map, p = map.latLngToContainerPoint(pvmap.datasets.rooftop.latLng(n));
          const box = map.getContainer().getBoundingClientRect();
          return [p.x + box.left, p.y + box.top];
        }""",
        number,
    )
    page.mouse.move(*at)
    page.wait_for_selector(".pvmap-tip b")
    page.mouse.click(*at)
    page.wait_for_selector(".pvmap-popup code")
    expected = page.evaluate("n => pvmap.datasets.rooftop.record(n).then(r => r.id)", number)
    assert page.inner_text(".pvmap-popup code").endswith(expected)


def test_enter_opens_the_centre(watched: Watched, map_file: Path) -> None:
    page = watched.open(map_file)
    go(page, page.evaluate(DENSEST), 18)
    page.focus(".folium-map")
    page.keyboard.press("Enter")
    page.wait_for_selector(".pvmap-popup code")
    assert page.get_attribute(".leaflet-popup-close-button", "aria-label") == "关闭"


def drawn_ids(page: Page) -> list[str]:
    """Identifiers of the sites whose polygon lies in the view, as the layers draw them now."""
    return page.evaluate(
        """async () => {
          const ids = [], map = pvmap.state.map;
          for (const kind of pvmap.kindsOn()) {
            const dataset = pvmap.datasets[kind], window = dataset.windowOf(map), seen = new Map();
            for (const run of dataset.runsIn(window)) {
              const tile = await dataset.tile(run.key), words = await dataset.words(tile);
              const canvas = document.createElement('canvas');
              canvas.width = canvas.height = 8;
              for (let s = 0; s < tile.shapes; s++) {
                const x = [0, 2].map(k => tile.x + tile.box[4 * s + k] / tile.extent);
                const y = [1, 3].map(k => tile.y + tile.box[4 * s + k] / tile.extent);
                const number = tile.number(tile.row[s]);
                if (x[1] < window.west || x[0] > window.east || y[1] < window.north || y[0] > window.south) continue;
                if (!dataset.shown[number] || dataset.codes.excluded_by[number]) continue;
                seen.set(number, words.ids[tile.row[s]]);
              }
            }
            ids.push(...seen.values());
          }
          return ids;
        }"""
    )


def test_no_site_is_lost_or_counted_twice(watched: Watched, map_file: Path, run_folder: Path) -> None:
    page = watched.open(map_file)
    sites = read_table(run_folder, "sites")
    usable = set(read_table(run_folder, "appraisal").query("capacity_kwp > 0")["site_id"])
    box = sites.to_crs(4326).bounds
    rng = np.random.default_rng(3)
    for zoom in (12, 13, 15, 15, 16, 17):
        go(page, int(rng.integers(3000)), zoom)
        ids = drawn_ids(page)
        assert len(ids) == len(set(ids))
        west, south, east, north = (
            float(v) for v in page.evaluate("pvmap.state.map.getBounds().toBBoxString()").split(",")
        )
        slack = 3e-6  # a step of the tile grid
        touching = lambda e: (  # noqa: E731
            (box["maxx"] > west - e) & (box["minx"] < east + e) & (box["maxy"] > south - e) & (box["miny"] < north + e)
        )
        assert set(sites.loc[touching(-slack), "site_id"]) & usable <= set(ids)
        assert set(ids) <= set(sites.loc[touching(slack), "site_id"]) & usable


def test_every_site_is_painted_where_it_lies(watched: Watched, map_file: Path) -> None:
    """Pixels under representative points carry colour at the zoom of points and at that of polygons."""
    page = watched.open(map_file)
    for zoom in (13, 17):
        go(page, page.evaluate(DENSEST), zoom)
        blank = page.evaluate(
            """() => {
              const map = pvmap.state.map, dataset = pvmap.datasets.rooftop, blank = [];
              const canvases = [...document.querySelectorAll('.leaflet-pvmap-sites-pane canvas')];
              const boxes = canvases.map(c => c.getBoundingClientRect());
              dataset.each(dataset.windowOf(map), number => {
                const p = map.latLngToContainerPoint(dataset.latLng(number)), at = map.getContainer().getBoundingClientRect();
                const x = p.x + at.left, y = p.y + at.top;
                if (x < at.left + 2 || y < at.top + 2 || x > at.right - 2 || y > at.bottom - 2) return;
                const painted = canvases.some((c, i) => {
                  const b = boxes[i];
                  if (x < b.left || y < b.top || x >= b.right || y >= b.bottom) return false;
                  const px = Math.floor((x - b.left) * c.width / b.width), py = Math.floor((y - b.top) * c.height / b.height);
                  const around = c.getContext('2d').getImageData(Math.max(0, px - 1), Math.max(0, py - 1), 3, 3).data;
                  return around.some((v, k) => k % 4 === 3 && v > 0);
                });
                if (!painted) blank.push(number);
              });
              return blank;
            }"""
        )
        assert blank == [], zoom


def test_sums_follow_view_and_filter(watched: Watched, map_file: Path, run_folder: Path) -> None:
    page = watched.open(map_file)
    appraisal = read_table(run_folder, "appraisal").query("capacity_kwp > 0")
    figure = "name => Number(document.querySelector(`[data-figure=${name}]`).dataset.value)"
    assert page.evaluate(figure, "sites") == len(appraisal)
    assert page.evaluate(figure, "capacity") == pytest.approx(appraisal["capacity_kwp"].sum(), rel=5e-4)
    assert page.evaluate(figure, "energy") == pytest.approx(appraisal["energy_kwh"].sum(), rel=5e-4)
    page.click("#pvmap-filters > summary")
    page.click('#pvmap-filters summary:has-text("可信等级")')
    page.click('[data-keep="confidence/3"]')
    page.wait_for_function(f"({figure})('sites') < {len(appraisal)}")
    kept = appraisal[appraisal["confidence"] != "D"]
    assert page.evaluate(figure, "sites") == len(kept)
    assert page.evaluate(figure, "capacity") == pytest.approx(kept["capacity_kwp"].sum(), rel=5e-4)
    lcoe = (kept["lcoe_cny_per_kwh"] * kept["energy_kwh"]).sum() / kept["energy_kwh"].sum()
    assert page.evaluate(figure, "lcoe") == pytest.approx(lcoe, rel=2e-3)
    page.click('[data-keep="clear"]')
    page.wait_for_function(f"({figure})('sites') === {len(appraisal)}")


def test_class_breaks_filter_exactly(watched: Watched, map_file: Path, run_folder: Path) -> None:
    """A printed break is the border: what the class list lets pass is what the table's values say."""
    page = watched.open(map_file)
    appraisal = read_table(run_folder, "appraisal").query("capacity_kwp > 0")
    for column in ("capacity_kwp", "lcoe_cny_per_kwh", "shading_loss", "specific_yield_kwh_per_kwp"):
        edges = page.evaluate("key => pvmap.variables.get(key).edges", column)
        last = len(edges) - 2
        page.evaluate("([key, number]) => pvmap.setClass(key, number, false)", [column, last])
        left = page.evaluate(
            "Object.values(pvmap.datasets).reduce((sum, d) => sum + d.shown.reduce((a, s, i) => a + (s && !d.codes.excluded_by[i]), 0), 0)"
        )
        assert left == (appraisal[column] < edges[last]).sum(), column
        page.evaluate("pvmap.clearFilter()")


def test_layers_toggle_and_colours_change(watched: Watched, map_file: Path) -> None:
    page = watched.open(map_file)
    for text in ("layer.mine", "layer.priority", "layer.outlines"):
        box = page.locator(f'[data-keep="{text}"]')
        if not box.is_visible():
            page.click('[data-keep="group/base"]')
        before = box.is_checked()
        box.click()
        page.wait_for_function("([t, b]) => document.querySelector(`[data-keep='${t}']`).checked !== b", arg=[text, before])
    assert page.evaluate("pvmap.kindsOn()") == ["rooftop", "fishpond"]
    page.click('[data-keep="group/excluded"]')
    page.click('[data-keep="layer.excluded.rooftop"]')
    go(page, page.evaluate(DENSEST), 13)
    assert "条款 1 [U]" in page.inner_text("#pvmap-legend")
    for variable in page.eval_on_selector_all("#pvmap-variable option", "all => all.map(o => o.value)"):
        page.select_option("#pvmap-variable", variable)
        settle(page)
        assert page.inner_text("#pvmap-legend h3") != ""
    for level in ("district", "township", "grid", "none", "auto"):
        page.select_option("#pvmap-level", f"aggregates.{level}")
        settle(page)
    assert watched.complaints == [] and watched.remote() == []
    watched.shot("layers")


def test_zone_popup_says_what_the_zones_say(watched: Watched, map_file: Path, run_folder: Path) -> None:
    page = watched.open(map_file)
    page.select_option("#pvmap-level", "aggregates.district")
    settle(page)
    page.wait_for_function("[...pvmap.stack].some(layer => layer.shapes && layer.shapes.length === 6)")
    zones = read_table(run_folder, "zones").query("level == 'district' and site_type == 'all'").set_index("zone_id")
    hit = page.evaluate(
        """() => {
          const hit = pvmap.topmost(pvmap.state.map.getCenter());
          pvmap.open(hit, pvmap.state.map.getCenter());
          return hit.zone;
        }"""
    )
    page.wait_for_selector(".pvmap-popup dd")
    shown = page.get_attribute(".pvmap-popup dd[data-column=capacity_kwp]", "data-value")
    assert float(shown) == pytest.approx(zones.loc[hit, "capacity_kwp"], rel=1e-5)


def test_search_by_name_id_and_coordinates(watched: Watched, map_file: Path, run_folder: Path) -> None:
    page = watched.open(map_file)
    sites = read_table(run_folder, "sites")
    site_id = sites["site_id"].iat[1234]
    page.fill("#pvmap-query", site_id)
    page.wait_for_selector(f"#pvmap-found button:has-text('{site_id}')")
    page.click("#pvmap-found button >> nth=0")
    page.wait_for_selector(".pvmap-popup code")
    assert page.inner_text(".pvmap-popup code").endswith(site_id)
    row = sites.iloc[77]
    for order in ((row["longitude"], row["latitude"]), (row["latitude"], row["longitude"])):
        page.fill("#pvmap-query", f"{order[0]:.5f}, {order[1]:.5f}")
        page.wait_for_selector("#pvmap-found button:has-text('前往')")
        page.click("#pvmap-found button")
        centre = page.evaluate("[pvmap.state.map.getCenter().lng, pvmap.state.map.getCenter().lat]")
        assert centre == pytest.approx([row["longitude"], row["latitude"]], abs=1e-3)
    page.fill("#pvmap-query", "没有这样的名字")
    page.wait_for_selector("#pvmap-search [role=status]:has-text('没有找到')")


def test_table_download_and_hostile_names(watched: Watched, map_file: Path, run_folder: Path) -> None:
    page = watched.open(map_file)
    page.click("#pvmap-tool-table")
    page.wait_for_selector("#pvmap-rows tbody tr")
    watched.shot("table")
    page.evaluate("void pvmap.state.map.setZoom(8, { animate: false })")  # the drawer took half of the city's window
    settle(page)
    with page.expect_download() as waiting:
        page.click("#pvmap-csv")
    raw = Path(waiting.value.path()).read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig"), newline="")))
    appraisal = read_table(run_folder, "appraisal").set_index("site_id")
    usable = appraisal[appraisal["capacity_kwp"] > 0]
    assert {r["site_id"] for r in rows} == set(usable.index) and len(rows) == len(usable)
    energy = pd.Series({r["site_id"]: float(r["energy_kwh"]) for r in rows})
    np.testing.assert_allclose(energy.sort_index(), usable["energy_kwh"].sort_index(), rtol=1e-4, atol=1)
    names = read_table(run_folder, "sites").set_index("site_id")["name"]
    for row in rows:
        name = names[row["site_id"]]
        assert row["name"] == (f"'{name}" if name[:1] in ("=", "+", "-", "@") else name)
        assert not re.match(r"[=+\-@\t\r]", row["name"])


@pytest.mark.parametrize("i", range(len(HOSTILE)))
def test_hostile_names_are_text_everywhere(watched: Watched, map_file: Path, run_folder: Path, i: int) -> None:
    page = watched.open(map_file)
    site_id = read_table(run_folder, "sites")["site_id"].iat[20 + i]
    page.fill("#pvmap-query", site_id)
    page.wait_for_selector("#pvmap-found li")
    assert page.locator("#pvmap-found li span >> nth=0").evaluate("e => e.textContent") == HOSTILE[i]
    page.click("#pvmap-found button >> nth=0")
    page.wait_for_selector(".pvmap-popup code")
    assert page.locator(".pvmap-popup h3").evaluate("e => e.textContent") == HOSTILE[i]
    number = page.evaluate(
        "async id => { const d = pvmap.datasets.rooftop;"
        " for (let n = 0; n < d.n; n++) if ((await d.record(n)).id === id) return n; }",
        site_id,
    )
    page.evaluate("void pvmap.state.map.closePopup()")
    page.click("#pvmap-tool-table")
    go(page, number, 19)
    if page.evaluate("n => !pvmap.datasets.rooftop.codes.excluded_by[n]", number):
        cell = page.wait_for_selector(f"#pvmap-rows tr[data-id='{site_id}'] td button")
        assert cell.text_content() == HOSTILE[i]
    tip = "n => pvmap.datasets.rooftop.record(n).then(r => pvmap.tip(r).firstChild.textContent)"
    assert page.evaluate(tip, number) == HOSTILE[i]
    assert page.locator("img[src=x], .pvmap-popup script, #pvmap-table img").count() == 0
    assert watched.complaints == [] and watched.remote() == []


def test_english_at_a_click(watched: Watched, map_file: Path) -> None:
    page = watched.open(map_file)
    show(page, page.evaluate(DENSEST))
    page.click("#pvmap-language")
    assert page.title() == "PV potential of Demo City"
    assert page.get_attribute("html", "lang") == "en"
    page.wait_for_selector(".pvmap-popup dt:has-text('Footprint')")
    chinese = r"[\u4e00-\u9fff]"
    for place in ("#pvmap-summary", "#pvmap-layers > summary", "#pvmap-tools button >> nth=1", "#pvmap-curve"):
        assert not re.search(chinese, page.inner_text(place)), place
    units = page.inner_text("#pvmap-summary")
    assert re.search(r"\b(kW|MW)\b", units) and re.search(r"\b(MWh|GWh)\b", units) and "CNY/kWh" in units
    page.click("#pvmap-tool-help")
    assert "How to read this map" in page.inner_text("#pvmap-help")
    watched.shot("help")


def test_print_fits_one_a4_sheet(watched: Watched, map_file: Path, tmp_path: Path) -> None:
    page = watched.open(map_file)
    go(page, page.evaluate(DENSEST), 13)
    page.evaluate("pvmap.preparePrint()")
    sheet = {"width": 297 / 25.4 * 96, "height": 210 / 25.4 * 96}
    for part in (".folium-map", "#pvmap-legend", ".leaflet-control-scale", "#pvmap-banner h1"):
        box = page.locator(part).bounding_box()
        assert box and box["x"] >= 0 and box["y"] >= 0
        assert box["x"] + box["width"] <= sheet["width"] and box["y"] + box["height"] <= sheet["height"], part
    assert not page.is_visible("#pvmap-query")
    pdf = page.pdf(path=tmp_path / "map.pdf", prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == 1
    width, height = (float(v) for v in re.search(rb"/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)", pdf).groups())
    assert (width, height) == pytest.approx((842, 595), abs=2)
    page.evaluate("pvmap.endPrint()")
    assert page.is_visible("#pvmap-query")


def test_online_map_is_asked_only_when_ticked(watched: Watched, map_file: Path) -> None:
    page = watched.open(map_file)
    page.click('[data-keep="group/base"]')
    page.fill("#pvmap-key", "0123456789abcdef")
    page.keyboard.press("Tab")
    assert watched.remote() == []
    page.click("label:has-text('天地图 矢量')")
    page.wait_for_function("document.querySelectorAll('.pvmap-base-tile img').length > 0")
    assert watched.remote() and all("tianditu" in url and "tk=0123456789abcdef" in url for url in watched.remote())


def test_shifted_base_map_lies_under_the_data(watched: Watched, map_file: Path) -> None:
    """The tile layer's origin moves by the GCJ-02 shift at the centre of the view, and by nothing else."""
    from pvmap.crs import wgs84_to_gcj02

    page = watched.open(map_file)
    lng, lat = wgs84_to_gcj02(np.array([119.45]), np.array([32.2]))
    assert page.evaluate("pvmap.toGcj02(32.2, 119.45)") == pytest.approx([lat[0], lng[0]], abs=1e-9)
    offset = page.evaluate(
        """() => {
          const map = pvmap.state.map;
          map.setView([32.2, 119.45], 16, { animate: false });
          const ground = pvmap.ground({ urls: ['data:image/gif;base64,R0lGODlhAQABAAAAACw=#{z}/{x}/{y}'], datum: 'gcj02', max_zoom: 18 });
          ground.addTo(map);
          const layer = ground.getLayers()[0], [lat, lng] = pvmap.toGcj02(32.2, 119.45);
          const tile = Object.values(layer._tiles)[0];
          const size = map.getSize(), at = tile.el.getBoundingClientRect(), box = map.getContainer().getBoundingClientRect();
          const world = map.project([lat, lng], 16);
          const expected = [tile.coords.x * 256 - world.x + size.x / 2, tile.coords.y * 256 - world.y + size.y / 2];
          return [at.left - box.left - expected[0], at.top - box.top - expected[1]];
        }"""
    )
    assert offset == pytest.approx([0, 0], abs=1.5)


def test_phone_width_still_works(watched: Watched, map_file: Path) -> None:
    page = watched.page
    page.set_viewport_size({"width": 390, "height": 800})
    watched.open(map_file)
    assert page.locator(".folium-map").bounding_box()["width"] == 390
    show(page, page.evaluate(DENSEST))
    watched.shot("phone")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.click("#pvmap-fold")
    assert page.locator(".folium-map").bounding_box()["height"] > 600


def test_contrast_is_readable(watched: Watched, map_file: Path) -> None:
    """Text on its ground reaches WCAG AA: 4.5 to 1."""
    page = watched.open(map_file)
    page.click("#pvmap-tool-table")
    show(page, page.evaluate(DENSEST))
    low = page.evaluate(
        """() => {
          const rgb = text => text.match(/[\\d.]+/g).map(Number);
          const light = c => { const [r, g, b] = c.slice(0, 3).map(v => (v /= 255) <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
          const ground = node => { for (; node; node = node.parentElement) { const c = rgb(getComputedStyle(node).backgroundColor); if (c.length < 4 || c[3] > 0.9) return c; } return [255, 255, 255]; };
          const bad = [];
          for (const node of document.querySelectorAll('#pvmap-panel *, #pvmap-table *, .pvmap-popup *')) {
            const own = [...node.childNodes].some(c => c.nodeType === 3 && c.textContent.trim());
            if (!own || node.disabled || !node.getClientRects().length || node.namespaceURI.includes('svg') || node.tagName === 'OPTION') continue;
            const [a, b] = [light(rgb(getComputedStyle(node).color)), light(ground(node))].sort((p, q) => q - p);
            const ratio = (a + 0.05) / (b + 0.05);
            if (ratio < 4.5) bad.push([node.className, node.textContent.slice(0, 20), ratio]);
          }
          return bad;
        }"""
    )
    assert low == []


def test_firefox_opens_it(playwright: Playwright, map_file: Path) -> None:
    if not Path(playwright.firefox.executable_path).exists():
        pytest.skip("Playwright's Firefox is not installed; it cannot be had from a package registry")
    browser = playwright.firefox.launch()
    page = browser.new_page()
    page.goto(map_file.as_uri())
    page.wait_for_function("window.pvmap && pvmap.readyAt")
    browser.close()
