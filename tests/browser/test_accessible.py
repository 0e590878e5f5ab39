"""Everyone can use it: axe-core finds no serious fault, in both languages, on three screens, by keyboard alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from browser.harness import settle, show, watching
from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SCREENS = {"desk": (1600, 900), "laptop": (1366, 768), "phone": (390, 844)}


@pytest.fixture(params=SCREENS)
def page(chromium: Browser, map_file: Path, request: pytest.FixtureRequest) -> Page:
    with watching(chromium, *SCREENS[request.param], accept_downloads=True) as watched:
        yield watched.open(map_file)


def faults(page: Page) -> list[str]:
    """Serious and critical faults, each with the elements it is of."""
    settle(page)
    found = Axe().run(page).response["violations"]
    return [
        f"{one['id']}: {[node['html'][:90] for node in one['nodes'][:3]]}"
        for one in found
        if one["impact"] in ("serious", "critical")
    ]


def test_axe_would_tell(page: Page) -> None:
    page.evaluate("void document.getElementById('pvmap-banner').append(document.createElement('button'))")
    assert any(one.startswith("button-name") for one in faults(page))


def test_axe_finds_no_serious_fault(page: Page) -> None:
    for _ in range(2):
        assert faults(page) == []
        page.evaluate("document.querySelectorAll('#pvmap-panel details').forEach((one) => { one.open = true; })")
        page.click("#pvmap-tool-table")
        page.wait_for_selector("#pvmap-rows tbody tr")
        show(page, page.evaluate("probe.densest()"))
        assert faults(page) == []
        page.keyboard.press("Escape")
        page.keyboard.press("Escape")
        page.click("#pvmap-tool-help")
        assert faults(page) == []
        page.keyboard.press("Escape")
        page.click("#pvmap-language")


def test_a_popup_leaves_half_of_the_map_and_scrolls(page: Page) -> None:
    show(page, page.evaluate("probe.densest()"))
    share = page.evaluate(
        """() => {
          const box = document.querySelector(".pvmap-popup").getBoundingClientRect();
          const map = pvmap.state.map.getContainer().getBoundingClientRect();
          return (box.width * box.height) / (map.width * map.height);
        }"""
    )
    assert share <= 0.5
    inner = page.locator(".pvmap-popup .leaflet-popup-content")
    assert inner.evaluate("one => one.scrollHeight <= one.clientHeight || getComputedStyle(one).overflowY") in (
        True,
        "auto",
        "scroll",
    )
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_popup_shows_all_months_without_a_scroll(page: Page) -> None:
    usable = page.evaluate("pvmap.datasets.rooftop.shown.findIndex((one) => one & pvmap.USABLE)")
    for language in ("zh", "en"):
        page.evaluate("one => pvmap.setLanguage(one)", language)
        show(page, usable)
        ends = "one => document.querySelector(one).getBoundingClientRect().bottom"
        months, seen = (
            page.evaluate(ends, f".pvmap-popup {one}") for one in (".pvmap-months", ".leaflet-popup-content")
        )
        assert months <= seen + 1, language
        labelled = "[...document.querySelectorAll('.folium-map, .leaflet-control-zoom a')].map((one) => one.ariaLabel)"
        words = [page.evaluate("key => pvmap.text(key)", key) for key in ("map_label", "closer", "farther")]
        assert page.evaluate(labelled) == words
        page.keyboard.press("Escape")


def test_escape_closes_what_is_open_one_by_one(page: Page) -> None:
    page.click("#pvmap-tool-table")
    page.wait_for_selector("#pvmap-rows tbody tr")
    show(page, page.evaluate("probe.densest()"))
    page.keyboard.press("Escape")
    page.wait_for_selector(".pvmap-popup", state="detached")
    assert page.evaluate("document.activeElement.classList.contains('folium-map')")
    page.keyboard.press("Escape")
    page.wait_for_function("!document.body.classList.contains('pvmap-with-table')")
    page.click("#pvmap-tool-help")
    assert page.evaluate("document.activeElement.tagName") == "H2"
    assert page.evaluate("document.getElementById('pvmap-help').scrollTop") == 0
    page.keyboard.press("Escape")
    assert not page.evaluate("document.getElementById('pvmap-help').open")


def test_the_keyboard_alone_selects_and_opens(page: Page) -> None:
    page.evaluate(
        "n => void pvmap.state.map.setView(pvmap.datasets.rooftop.latLng(n), 18)", page.evaluate("probe.densest()")
    )
    settle(page)
    page.focus(".folium-map")
    page.keyboard.press("Enter")
    page.wait_for_selector(".pvmap-popup code")
    page.keyboard.press("Escape")
    page.focus("#pvmap-tool-circle")
    page.keyboard.press("Enter")
    page.focus(".folium-map")
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowRight")
    settle(page)
    page.keyboard.press("Enter")
    page.wait_for_selector("#pvmap-selection-csv")
    page.keyboard.press("Escape")
    page.wait_for_function("pvmap.selection === null")


def test_the_keyboard_alone_searches_switches_lists_and_prints(page: Page) -> None:
    for _ in ("zh", "en"):
        page.focus("#pvmap-query")
        page.keyboard.type("丹阳")
        page.wait_for_selector("#pvmap-found button:has-text('丹阳市')")
        page.keyboard.press("Enter")
        page.wait_for_selector(".pvmap-popup h3:has-text('丹阳市')")
        page.keyboard.press("Escape")
        page.wait_for_selector(".pvmap-popup", state="detached")
        page.fill("#pvmap-query", "")
        page.focus("#pvmap-case-choice")
        page.keyboard.press("ArrowDown")
        page.wait_for_function("pvmap.state.case !== 'technical'")
        page.keyboard.press("ArrowUp")
        page.wait_for_function("pvmap.state.case === 'technical'")
        page.focus("#pvmap-tool-table")
        page.keyboard.press("Enter")
        settle(page)
        page.focus("#pvmap-rows tbody tr td button")
        page.keyboard.press("Enter")
        page.wait_for_selector(".pvmap-popup code")
        for gone in (".pvmap-popup", ".pvmap-with-table"):
            page.keyboard.press("Escape")
            page.wait_for_selector(gone, state="detached")
        page.focus("#pvmap-tool-print")
        page.keyboard.press("Enter")
        page.wait_for_selector("dialog.pvmap-dialog[open]")
        page.keyboard.press("Escape")
        page.wait_for_selector("dialog.pvmap-dialog", state="detached")
        page.focus("#pvmap-language")
        page.keyboard.press("Enter")


def test_every_control_that_takes_the_focus_is_seen(page: Page) -> None:
    """Tab goes through the page and never stands outside the window."""
    seen = set()
    for _ in range(90):
        page.keyboard.press("Tab")
        box = page.evaluate(
            """() => {
              const one = document.activeElement, box = one.getBoundingClientRect();
              const name = one.id || one.dataset.keep || one.className;
              return [name, box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth];
            }"""
        )
        assert box[1], box
        seen.add(str(box[0]))
    assert {"pvmap-query", "pvmap-language"} <= seen
