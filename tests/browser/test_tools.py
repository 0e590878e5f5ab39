"""Search, table, download, language, print, base maps, phone: the tools around the map, in a real browser."""

from __future__ import annotations

import csv
import io
import re
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from browser.harness import HOSTILE, Watched, go, settle, show
from latin import latin
from playwright.sync_api import Playwright

from pvmap.crs import wgs84_to_gcj02
from pvmap.store import read_table

pytestmark = pytest.mark.browser

# of the city (files, ids, owner), of keys and programs, and the label that made-up data carry in both languages
OWN_WORDS = (
    r"w0|rooftop-\w+|buildings\.parquet|pvmap demo data|pvmap explain demo|pvmap demo|synthetic demo data|"
    r"[A-D]|A4|English|EN|Esc|CSV|tk|Leaflet|GCJ-02"
)


def test_search_by_name_id_and_coordinates(watched: Watched, map_file: Path, run_folder: Path) -> None:
    page = watched.open(map_file)
    sites = read_table(run_folder, "sites")
    site_id = sites["site_id"].iloc[1234]
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
    page.click("#pvmap-language")
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
    sites = read_table(run_folder, "sites").set_index("site_id")
    for axis in ("longitude", "latitude"):
        found = pd.Series({r["site_id"]: float(r[axis]) for r in rows})
        np.testing.assert_allclose(found, sites.loc[found.index, axis], atol=1e-6)  # a tenth of a metre
    names = sites["name"]
    for row in rows:
        name = names[row["site_id"]]
        assert row["name"] == (f"'{name}" if name[:1] in ("=", "+", "-", "@") else name)
        assert not re.match(r"[=+\-@\t\r]", row["name"])


def test_hostile_names_are_text_everywhere(watched: Watched, map_file: Path, run_folder: Path) -> None:
    page = watched.open(map_file)
    page.click("#pvmap-tool-table")
    ids = read_table(run_folder, "sites")["site_id"].iloc[20 : 20 + len(HOSTILE)].tolist()
    numbers = page.evaluate("ids => probe.numbersOf(ids)", ids)
    for site_id, number, name in zip(ids, numbers, HOSTILE, strict=True):
        page.fill("#pvmap-query", site_id)
        found = page.wait_for_selector(f"#pvmap-found li:first-child button[title='{site_id}'] span")
        assert found.text_content() == name
        page.click("#pvmap-found button >> nth=0")
        page.wait_for_selector(f".pvmap-popup code:has-text('{site_id}')")
        assert page.text_content(".pvmap-popup h3") == name
        page.evaluate("void pvmap.state.map.closePopup()")
        go(page, number, 19)
        if page.evaluate("n => !pvmap.datasets.rooftop.codes.excluded_by[n]", number):
            assert page.wait_for_selector(f"#pvmap-rows tr[data-id='{site_id}'] td button").text_content() == name
        tip = "n => pvmap.datasets.rooftop.record(n).then(r => pvmap.tip(r).firstChild.textContent)"
        assert page.evaluate(tip, number) == name
    assert page.locator("img[src=x], .pvmap-popup script, #pvmap-table img").count() == 0
    assert watched.complaints == [] and watched.remote() == []


def test_chinese_page_is_chinese(watched: Watched, map_file: Path, run_folder: Path) -> None:
    """Every text of panel, popup, legend, data notes and help; names and ids of sites are the city's own."""
    page = watched.open(map_file)
    show(page, page.evaluate("probe.densest()"))
    page.wait_for_selector(".pvmap-popup dt:has-text('占地面积')")
    page.click("#pvmap-tool-help")
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    texts = page.evaluate("""() => {
      const found = [], walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
      while (walk.nextNode()) {
        const tag = walk.currentNode.parentElement.tagName;
        if (tag !== "SCRIPT" && tag !== "STYLE") found.push(walk.currentNode.textContent);
      }
      return found;
    }""")
    sites = read_table(run_folder, "sites")
    own = {*sites["site_id"], *sites["name"], *sites["source"], *HOSTILE}
    shown = [re.sub(rf"\b(?:{OWN_WORDS})\b", "", text) for text in texts if text not in own]
    assert len(shown) > 300 and any("专业判断" in text for text in shown)
    assert [latin(text) for text in shown if latin(text)] == []


def test_english_at_a_click(watched: Watched, map_file: Path) -> None:
    page = watched.open(map_file)
    show(page, page.evaluate("probe.densest()"))
    assert "永久基本农田" in page.text_content(".pvmap-notes")
    page.click("#pvmap-language")
    assert "permanent basic farmland" in page.text_content(".pvmap-notes")
    assert page.title() == "PV potential of Demo City"
    assert page.get_attribute("html", "lang") == "en"
    page.wait_for_selector(".pvmap-popup dt:has-text('Footprint')")
    chinese = r"[\u4e00-\u9fff]"
    for place in ("#pvmap-summary", "#pvmap-layers > summary", "#pvmap-tools button >> nth=1", "#pvmap-curve"):
        assert not re.search(chinese, page.inner_text(place)), place
    units = page.inner_text("#pvmap-summary")
    assert re.search(r"\d(kW|MW)\b", units) and re.search(r"\d(MWh|GWh)\b", units) and "CNY/kWh" in units
    page.click("#pvmap-tool-help")
    assert "How to read this map" in page.inner_text("#pvmap-help")
    moving = page.locator("#pvmap-help .pvmap-moving li").all_inner_texts()
    assert len(moving) == 10 and not re.search(chinese, "".join(moving))
    watched.shot("help")


def test_print_fits_a4(watched: Watched, map_file: Path, tmp_path: Path) -> None:
    page = watched.open(map_file)
    go(page, page.evaluate("probe.densest()"), 13)
    for credit in ("attribution", "attribution_en"):  # a long one pushes nothing off the paper
        page.evaluate("key => { pvmap.meta.banner[key] = '数据来源 '.repeat(120); }", credit)
    page.evaluate("pvmap.preparePrint()")
    sheet = {"width": 297 / 25.4 * 96, "height": 210 / 25.4 * 96}
    for part in (
        *(".folium-map", "#pvmap-legend", ".leaflet-control-scale", "#pvmap-banner h1"),
        "#pvmap-summary",
    ):
        box = page.locator(part).bounding_box()
        assert box and box["x"] >= 0 and box["y"] >= 0
        assert box["x"] + box["width"] <= sheet["width"] and box["y"] + box["height"] <= sheet["height"], part
    assert page.evaluate(
        "(({ scrollHeight: all, clientHeight: seen }) => all <= seen)(document.getElementById('pvmap-scroll'))"
    )
    assert not page.is_visible("#pvmap-query")
    moving = page.locator("#pvmap-sheet .pvmap-moving li").all_inner_texts()
    assert len(moving) == 10 and all("范围" in line and "%" in line for line in moving)
    pdf = page.pdf(path=tmp_path / "map.pdf", prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == 2  # the map; unverified assumptions and the largest sites
    width, height = (float(v) for v in re.search(rb"/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)", pdf).groups())
    assert (width, height) == pytest.approx((842, 595), abs=2)
    if shutil.which("pdftotext"):
        words = subprocess.run(
            ["pdftotext", tmp_path / "map.pdf", "-"], capture_output=True, text=True, check=True
        ).stdout
        assert "示范市光伏潜力图" in words and "图例" in words and re.search(r"\d+ 千?米", words)
    page.evaluate("pvmap.endPrint()")
    assert page.is_visible("#pvmap-query")


def test_online_map_is_asked_only_when_ticked(watched: Watched, map_file: Path) -> None:
    page = watched.open(map_file)
    page.click('[data-keep="group/base"]')
    page.fill(".pvmap-key", "0123456789abcdef")
    page.keyboard.press("Tab")
    assert watched.remote() == []
    page.click("label:has-text('天地图 矢量')")
    page.wait_for_function("document.querySelectorAll('.pvmap-base-tile img').length > 0")
    assert watched.remote() and all("tianditu" in url and "tk=0123456789abcdef" in url for url in watched.remote())


def test_shifted_base_map_lies_under_the_data(watched: Watched, map_file: Path) -> None:
    """The tile layer's origin moves by the GCJ-02 shift at the centre of the view, and by nothing else."""
    page = watched.open(map_file)
    lng, lat = wgs84_to_gcj02(np.array([119.45]), np.array([32.2]))
    assert page.evaluate("pvmap.toGcj02(32.2, 119.45)") == pytest.approx([lat[0], lng[0]], abs=1e-9)
    assert page.evaluate("probe.shiftError(32.2, 119.45)") == pytest.approx([0, 0], abs=1.5)


def test_phone_width_still_works(watched: Watched, map_file: Path) -> None:
    page = watched.page
    page.set_viewport_size({"width": 390, "height": 800})
    watched.open(map_file)
    assert page.locator(".folium-map").bounding_box()["width"] == 390
    show(page, page.evaluate("probe.densest()"))
    watched.shot("phone")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.click("#pvmap-fold")
    assert page.locator(".folium-map").bounding_box()["height"] > 600


def test_contrast_is_readable(watched: Watched, map_file: Path) -> None:
    """Text on its ground reaches WCAG AA: 4.5 to 1."""
    page = watched.open(map_file)
    page.click("#pvmap-tool-table")
    show(page, page.evaluate("probe.densest()"))
    assert page.evaluate("probe.faint()") == []


def test_firefox_opens_it(playwright: Playwright, map_file: Path) -> None:
    if not Path(playwright.firefox.executable_path).exists():
        pytest.skip("Playwright's Firefox is not installed; it cannot be had from a package registry")
    browser = playwright.firefox.launch()
    page = browser.new_page()
    page.goto(map_file.as_uri())
    page.wait_for_function("window.pvmap && pvmap.readyAt")
    browser.close()
