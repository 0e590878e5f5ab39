"""What a plan adds to the map: scenarios as cases, years, transformers, headroom; in both languages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from browser.harness import settle, show, watching
from latin import latin
from playwright.sync_api import Browser, Page
from webmap.plan_tables import GRADES, write_plan
from webmap.tables import settings, write_run

from pvmap.settings.policy import PolicySettings, Target
from pvmap.store import read_table
from pvmap.webmap.build import build_map

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_plan(write_run(tmp_path_factory.mktemp("plan"), 600))


TARGETS = (
    Target(name="丹阳市", target_mw=500.0, installed_mw=120.0, year=2027),
    Target(name="demo", level="city", target_mw=3.0, installed_mw=4.0),
)


@pytest.fixture(scope="module")
def page(chromium: Browser, run: Path, tmp_path_factory: pytest.TempPathFactory) -> Page:
    city = settings()
    planning = city.planning.model_copy(update={"policy": PolicySettings(targets=TARGETS)})
    city = city.model_copy(update={"planning": planning})
    path = build_map(run, tmp_path_factory.mktemp("map"), city)
    with watching(chromium, 1366, 900) as watched:
        yield watched.open(path)


def test_a_scenario_is_a_case(page: Page, run: Path) -> None:
    appraisal = read_table(run, "appraisal")
    page.select_option("#pvmap-case-choice", "scenario low")
    wanted = (appraisal["capacity_practical_kwp"] * appraisal["at_target_irr_low"]).sum()
    figure = "Number(document.querySelector('#pvmap-summary [data-figure=capacity]').dataset.value)"
    page.wait_for_function(f"wanted => Math.abs({figure} / wanted - 1) < 3e-4", arg=float(wanted))
    assert page.text_content(".pvmap-case-title") == "电价情景：保守（直流侧）"
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


def test_a_district_card_tells_targets_gaps_and_headroom(page: Page) -> None:
    page.select_option("#pvmap-district-choice", label="丹阳市")
    page.wait_for_selector("#pvmap-card h3:has-text('丹阳市')")
    told = dict(page.eval_on_selector_all("#pvmap-card [data-target]", CELLS))
    assert told == {
        "target.installed": ["已建", "12 万千瓦"],  # 120 MW of 500
        "target.target_by": ["目标（2027 年）", "50 万千瓦"],
        "target.gap": ["目标减已建", "38 万千瓦"],
        "target.plan": ["规划目标（2028 年末）", "70 万千瓦"],
        "target.planned": ["规划累计（2028 年末）", "63 万千瓦"],
        "target.plan_gap": ["规划缺口（2028 年末）", "7 万千瓦"],
    }
    card = page.inner_text("#pvmap-card")
    assert "可承载" in card and "不能" in card and latin(card) == []
    page.evaluate("pvmap.setRange('capacity_kwp', 1e9, Infinity); pvmap.setLanguage('en')")  # no target is filtered
    settle(page)
    english = dict(page.eval_on_selector_all("#pvmap-card [data-target]", CELLS))
    assert english["target.gap"] == ["Target less standing", "380 MW"] and english.keys() == told.keys()
    assert not re.search(r"[\u4e00-\u9fff]", page.inner_text("#pvmap-card").replace("丹阳市", ""))
    page.evaluate("pvmap.clearFilter(); pvmap.setLanguage('zh')")
    settle(page)
    whole = dict(page.eval_on_selector_all("#pvmap-card [data-target]", CELLS))  # all of the city: passed already
    assert whole["target.gap"][1] == "0 千瓦" and "能" in page.inner_text("#pvmap-card")


CELLS = "all => all.map((one) => [one.dataset.target, [one.previousSibling.textContent, one.textContent]])"


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
    assert "无供电变压器" in said and "电价情景：保守" in said and re.search("绿区|黄区|红区", said)
    words = re.sub(r"rooftop-\w+|pvmap explain demo|[ABCD]\b|T0|buildings\.parquet", "", said)
    assert latin(words) == []
    page.click("#pvmap-language")
    page.wait_for_selector(".pvmap-popup dt:has-text('Transformer')")
    assert not re.search(r"[\u4e00-\u9fff]", page.inner_text("#pvmap-plan"))
