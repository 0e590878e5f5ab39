"""What a plan adds to the map: scenarios as cases, years, transformers, headroom; in both languages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from browser.harness import Watched, settle, show
from latin import latin
from playwright.sync_api import Browser, Page
from webmap.plan_tables import GRADES, write_plan
from webmap.tables import settings, write_run

from pvmap.store import read_table
from pvmap.webmap.build import build_map

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_plan(write_run(tmp_path_factory.mktemp("plan"), 600))


@pytest.fixture(scope="module")
def page(chromium: Browser, run: Path, tmp_path_factory: pytest.TempPathFactory) -> Page:
    context = chromium.new_context(viewport={"width": 1366, "height": 900}, offline=True)
    watched = Watched(context.new_page())
    watched.page.set_default_timeout(60_000)
    yield watched.open(build_map(run, tmp_path_factory.mktemp("map"), settings()))
    assert watched.complaints == [] and watched.remote() == []
    context.close()


def test_a_scenario_is_a_case(page: Page, run: Path) -> None:
    appraisal = read_table(run, "appraisal")
    page.select_option("#pvmap-case-choice", "scenario low")
    wanted = (appraisal["capacity_practical_kwp"] * appraisal["at_target_irr_low"]).sum()
    figure = "Number(document.querySelector('#pvmap-summary [data-figure=capacity]').dataset.value)"
    page.wait_for_function(f"wanted => Math.abs({figure} / wanted - 1) < 3e-4", arg=float(wanted))
    assert page.text_content(".pvmap-case-title") == "方案：低价"
    page.select_option("#pvmap-case-choice", "technical")


def test_the_year_follows_the_slider_and_the_district(page: Page) -> None:
    assert "1,260" not in page.inner_text("#pvmap-plan") and "126 万千瓦" in page.inner_text("#pvmap-plan")
    page.focus("#pvmap-year")
    page.keyboard.press("Home")
    page.wait_for_selector("#pvmap-plan b:has-text('2026')")
    assert "42 万千瓦" in page.inner_text("#pvmap-plan") and "建设速度" in page.inner_text("#pvmap-plan")
    page.select_option("#pvmap-district-choice", label="丹阳市")
    page.wait_for_function("document.getElementById('pvmap-plan').innerText.includes('21 万千瓦')")
    assert "可接入" in page.inner_text("#pvmap-card") and "预警" in page.inner_text("#pvmap-card")
    page.select_option("#pvmap-district-choice", "-1")


def test_transformers_and_what_a_site_can_connect(page: Page) -> None:
    page.click("[data-keep='layer.hosting']")
    devices = page.evaluate("pvmap.meta.hosting")
    assert [one["grid_grade"] for one in devices] == list(GRADES)
    page.evaluate("at => void pvmap.state.map.setView(at, 13, { animate: false })", devices[1]["at"])
    settle(page)
    page.evaluate("async at => pvmap.open(await pvmap.topmost(L.latLng(at)), L.latLng(at))", devices[1]["at"])
    popup = page.wait_for_selector(".pvmap-popup h3:has-text('1号变')")
    assert "1.25 万千瓦" in page.inner_text(".pvmap-popup") and popup
    usable = page.evaluate("pvmap.datasets.rooftop.shown.findIndex((one) => one & pvmap.USABLE)")
    show(page, usable)
    page.wait_for_selector(".pvmap-popup dt:has-text('接入变压器')")
    said = page.inner_text(".pvmap-popup")
    assert "无供电变压器" in said and "方案：低价" in said and re.search("绿区|黄区|红区", said)
    words = re.sub(r"rooftop-\w+|pvmap explain demo|[ABCD]\b|T0|buildings\.parquet", "", said)
    assert latin(words) == []
    page.click("#pvmap-language")
    page.wait_for_selector(".pvmap-popup dt:has-text('Transformer')")
    assert not re.search(r"[\u4e00-\u9fff]", page.inner_text("#pvmap-plan"))
