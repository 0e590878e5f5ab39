"""A clerk's way through the page, on three screens in both languages: every number on it is one of the tables."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest
from browser.harness import settle, watching
from latin import latin
from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SCREENS = {"desk": (1600, 900), "laptop": (1366, 768), "phone": (390, 844)}
DISTRICT = "丹阳市"
MOST = 0.27  # CNY/kWh
WORDS = {
    "zh": {"practical": "现实可开发规模（{}）", "bankable": "经济可行规模（{}）", "dc": "直流侧", "ac": "交流侧"},
    "en": {"practical": "Practical potential ({})", "bankable": "Bankable potential ({})", "dc": "DC", "ac": "AC"},
}
FIGURE = """name => Number(document.querySelector(`#pvmap-summary [data-figure=${name}]`).dataset.value)"""
CARD = """where => Object.fromEntries([...document.querySelectorAll(`${where} dd[data-column]`)]
  .map((one) => [one.dataset.column, [one.previousSibling.textContent, Number(one.dataset.value)]]))"""
AROUND = """() => {
  const [[south, west], [north, east]] = pvmap.meta.bounds;
  pvmap.select([[south - 0.1, west - 0.1], [south - 0.1, east + 0.1], [north + 0.1, east + 0.1],
    [north + 0.1, west - 0.1]].map((at) => L.latLng(at)));
}"""


@pytest.fixture(scope="module", params=[(screen, language) for screen in SCREENS for language in WORDS])
def walk(chromium: Browser, map_file: Path, request: pytest.FixtureRequest) -> tuple[Page, str]:
    screen, language = request.param
    with watching(chromium, *SCREENS[screen], accept_downloads=True) as watched:
        page = watched.open(map_file)
        page.evaluate("one => pvmap.setLanguage(one)", language)
        page.wait_for_function("one => location.hash.includes(`lang=${one}`)", arg=language)  # Back leads nowhere else
        settle(page)
        yield page, language


def counted(sites: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """Capacity and energy in the practical case of what the walk lets pass."""
    some = sites[(sites["district"] == DISTRICT) & (sites["lcoe_cny_per_kwh"] <= MOST)]
    share = some["capacity_practical_kwp"] / some["capacity_kwp"]
    return some["capacity_practical_kwp"], some["energy_kwh"] * share


def test_every_part_follows_case_filter_district_and_selection(walk: tuple[Page, str], sites: pd.DataFrame) -> None:
    page, language = walk
    words = WORDS[language]
    page.evaluate(AROUND)
    page.select_option("#pvmap-district-choice", label=DISTRICT)
    page.evaluate("most => pvmap.setRange('lcoe_cny_per_kwh', -Infinity, most)", MOST)
    page.select_option("#pvmap-case-choice", "practical")
    settle(page)
    capacity, energy = counted(sites)
    n = int((capacity > 0).sum())
    for where in ("#pvmap-card", "#pvmap-selection"):
        card = page.evaluate(CARD, where)
        assert card["capacity_kwp"][0] == words["practical"].format(words["dc"])
        assert card["capacity_kwac"][0] == words["practical"].format(words["ac"])
        # a value that lies on the border of the filter is in a step that the code cannot tell apart
        assert card["n_sites"][1] == pytest.approx(n, abs=2)
        assert card["capacity_kwp"][1] == pytest.approx(capacity.sum(), rel=3e-3)
        assert card["energy_kwh"][1] == pytest.approx(energy.sum(), rel=3e-3)
    assert page.evaluate(FIGURE, "sites") == card["n_sites"][1]
    page.click("#pvmap-tool-table")
    page.select_option("#pvmap-scope", "selection")
    settle(page)
    assert f"{int(card['n_sites'][1]):,}" in page.inner_text("#pvmap-rows-note")
    heads = page.locator("#pvmap-rows th").all_inner_texts()
    assert any(words["practical"].format(words["ac"]) in one for one in heads)
    page.evaluate("document.getElementById('pvmap-tool-table').click()")  # on a phone it lies over the panel
    page.select_option("#pvmap-case-choice", "bankable")
    settle(page)
    some = sites[(sites["district"] == DISTRICT) & (sites["lcoe_cny_per_kwh"] <= MOST) & sites["at_grid_parity"]]
    title, kwp = page.evaluate(CARD, "#pvmap-selection")["capacity_kwp"]
    assert title == words["bankable"].format(words["dc"])
    assert kwp == pytest.approx(some["capacity_kwp"].sum(), rel=3e-3)


def test_back_undoes_the_case_and_the_controls_say_so(walk: tuple[Page, str], sites: pd.DataFrame) -> None:
    page, _ = walk
    page.evaluate("pvmap.select(null); pvmap.clearFilter(); pvmap.setCase('technical')")
    page.click("#pvmap-tool-home")
    settle(page)
    page.wait_for_function("location.hash.includes('case=technical') && !/(off|only)[.]/.test(location.hash)")
    page.select_option("#pvmap-district-choice", label=DISTRICT)
    page.wait_for_function("location.hash.includes('only.district')")
    page.select_option("#pvmap-case-choice", "practical")
    page.wait_for_function("location.hash.includes('case=practical')")
    page.go_back()
    page.wait_for_function("pvmap.state.case === 'technical'")
    settle(page)
    assert page.input_value("#pvmap-case-choice") == "technical"
    mine = sites.loc[sites["district"] == DISTRICT, "capacity_kwp"]
    assert page.evaluate(CARD, "#pvmap-card")["capacity_kwp"][1] == pytest.approx(mine.sum(), rel=3e-4)
    page.go_back()
    page.wait_for_function("!pvmap.filtered()")
    settle(page)
    assert page.input_value("#pvmap-district-choice") == "-1"


def test_a_turned_screen_and_a_printed_page_change_no_sum(walk: tuple[Page, str]) -> None:
    page, language = walk
    page.click("#pvmap-tool-home")
    page.select_option("#pvmap-district-choice", label=DISTRICT)
    settle(page)
    before = page.evaluate(CARD, "#pvmap-card")
    size = page.viewport_size
    assert size is not None
    for wide, high in ((size["height"], size["width"]), (size["width"], size["height"])):
        page.set_viewport_size({"width": wide, "height": high})
        settle(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.evaluate("pvmap.preparePrint('A4')")
    page.evaluate("pvmap.endPrint()")
    settle(page)
    assert page.evaluate(CARD, "#pvmap-card") == before
    assert page.evaluate("pvmap.chosenDistrict()") == DISTRICT
    told = page.inner_text("#pvmap-card").replace(DISTRICT, "")
    foreign = latin(told) if language == "zh" else re.findall(r"[\u4e00-\u9fff]+", told)
    assert foreign == []


def test_it_can_be_read_in_the_dark(walk: tuple[Page, str]) -> None:
    page, _ = walk
    page.emulate_media(color_scheme="dark")
    page.evaluate("pvmap.clearFilter()")
    page.evaluate("document.querySelectorAll('#pvmap-panel details').forEach((one) => { one.open = true; })")
    page.evaluate("async () => pvmap.show(pvmap.datasets.rooftop, probe.densest())")
    settle(page)
    assert page.evaluate("probe.faint()") == []
    page.emulate_media(color_scheme="light")
    page.keyboard.press("Escape")
