"""What is printed and pictured: the whole of it, on A4 and A3, with what the law and the reader want to see."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from browser.harness import settle, watching
from playwright.sync_api import Browser, Page
from webmap.tables import settings

from pvmap.webmap.build import build_map

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PAPERS = {"A4": (842, 595), "A3": (1191, 842)}  # points
APPROVAL = "镇S（2026）001号"


@pytest.fixture(scope="module")
def page(chromium: Browser, run_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Page:
    path = build_map(run_folder, tmp_path_factory.mktemp("map"), settings(review_number=APPROVAL))
    with watching(chromium, 1366, 768, accept_downloads=True) as watched:
        yield watched.open(path)


def words(pdf: Path) -> str:
    if not shutil.which("pdftotext"):
        pytest.skip("pdftotext is not installed")
    told = subprocess.run(["pdftotext", pdf, "-"], capture_output=True, text=True, check=True).stdout
    return re.sub(r"\s", "", told)


@pytest.mark.parametrize("paper", PAPERS)
def test_paper_says_what_its_sums_are_of(page: Page, paper: str, tmp_path: Path) -> None:
    page.evaluate("pvmap.chooseDistrict('丹阳市')")
    page.evaluate("pvmap.setRange('lcoe_cny_per_kwh', -Infinity, 0.27); pvmap.setCase('practical')")
    page.evaluate("pvmap.select([[31.7, 119.3], [31.7, 119.8], [32.1, 119.8]].map((at) => L.latLng(at)))")
    settle(page)
    page.evaluate("paper => pvmap.preparePrint(paper)", paper)
    broken = "all => all.filter((one) => one.getClientRects().length > 1).map((one) => one.textContent)"
    assert page.eval_on_selector_all(".pvmap-figure span", broken) == []
    loose = r"all => all.flatMap((one) => one.innerText.split('\n')).filter((line) => /^\s*·|·\s*$/.test(line))"
    assert page.eval_on_selector_all("#pvmap-printed, #pvmap-selection p", loose) == []
    selected = page.inner_text("#pvmap-selection dd[data-column=capacity_kwp]").replace(" ", "")
    pdf = page.pdf(path=tmp_path / "map.pdf", prefer_css_page_size=True)
    page.evaluate("pvmap.endPrint(); pvmap.select(null); pvmap.clearFilter(); pvmap.setCase('technical')")
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == 2
    sizes = re.findall(rb"/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)", pdf)
    assert {(round(float(w)), round(float(h))) for w, h in sizes} == {PAPERS[paper]}
    told = words(tmp_path / "map.pdf")
    for part in ("示范市光伏潜力图", f"审图号：{APPROVAL}", paper, "北", "千米", selected, "周长", "规模最大的25处"):
        assert part in told, part
    assert "只计入：区县：丹阳市，度电成本：≤0.27元/千瓦时" in told and "现实可开发规模（交流侧）" in told


def test_what_is_on_the_paper_is_in_its_legend(page: Page) -> None:
    """At every width: zones and their scale, or sites and their classes, never one with the legend of the other."""
    seen = set()
    for zoom in (8, 9, 10, 11, 12):
        page.evaluate("z => void pvmap.state.map.setView(pvmap.datasets.rooftop.latLng(9), z)", zoom)
        settle(page)
        page.evaluate("pvmap.preparePrint('A3')")
        zones, sites = (page.locator(one).is_visible() for one in (".pvmap-zone-legend", ".pvmap-site-legend >> nth=0"))
        dots = page.evaluate("getComputedStyle(document.querySelector('.leaflet-pvmap-sites-pane')).display !== 'none'")
        entries = "[...document.querySelectorAll('.pvmap-zone-legend p')].filter((one) => one.checkVisibility()).length"
        drawn = page.evaluate(
            "new Set([...pvmap.stack].flatMap((one) => one.shapes ?? []).map((one) => one.number)).size"
        )
        assert not zones or page.evaluate(entries) == drawn
        painted = page.evaluate("[...pvmap.stack].some((one) => one.measure && one.data && one.shapes.length > 0)")
        page.evaluate("pvmap.endPrint()")
        assert zones == painted
        assert sites == dots == (not zones), zoom
        seen.add(sites)
    assert seen == {True, False}


def test_no_picture_is_made_of_an_online_map(page: Page) -> None:
    page.evaluate("document.querySelector('[data-keep=\"group/base\"]').parentElement.open = true")
    page.click("label:has-text('天地图 矢量')")
    downloads: list[object] = []
    page.on("download", lambda one: downloads.append(one))
    page.click("#pvmap-tool-picture")
    page.wait_for_function("document.getElementById('pvmap-said').textContent === pvmap.text('picture_online')")
    page.click("[data-keep='layer.none']")
    settle(page)
    with page.expect_download() as waiting:
        page.click("#pvmap-tool-picture")
    assert waiting.value.suggested_filename == "pvmap-demo.png" and len(downloads) == 1
