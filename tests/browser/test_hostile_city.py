"""Every payload of the corpus in every text of a page, every control used: nothing runs, every letter is shown."""

from __future__ import annotations

import csv
import io
import re
import shutil
from pathlib import Path

import pytest
from browser.harness import Watched, settle
from hostile_bureau import LEVELS, TEXTS
from hostile_city import LEFT_OUT, MASKED, Hostile, hostile_city, turned
from payloads import PAYLOADS
from playwright.sync_api import Browser, Page
from webmap.curve import stretches_of

from pvmap import store
from pvmap.webmap import province
from pvmap.webmap.province import SHEETS

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SHOWN = """async () => {
  const found = [];
  for (const dataset of Object.values(pvmap.datasets))
    for (let n = 0; n < dataset.n; n++) {
      await pvmap.show(dataset, n);
      const popup = document.querySelector(".pvmap-popup"), word = (s) => popup.querySelector(s)?.textContent ?? null;
      const record = await dataset.record(n);
      document.body.append(pvmap.tip(record));
      const tip = document.body.lastChild;
      found.push({
        id: record.id, title: word("h3"), command: word("code"), tip: tip.firstChild.textContent,
        words: [...popup.querySelectorAll(".pvmap-word, .pvmap-reasons li > span")].map((e) => e.textContent),
      });
      tip.remove();
    }
  return found;
}"""
SEARCHED = """async (texts) => {
  const input = document.getElementById("pvmap-query"), found = [];
  for (const text of texts) {
    input.value = text;
    input.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter" }));
    const status = document.querySelector("#pvmap-search [role=status]");
    do await new Promise((done) => setTimeout(done)); while (status.textContent === pvmap.text("searching"));
    found.push([...document.querySelectorAll("#pvmap-found button > span")].map((e) => e.textContent));
  }
  return found;
}"""
ATTRIBUTIONS = """async () => {
  const found = [];
  for (let n = 0; n < pvmap.meta.base_maps.length; n++) {
    document.querySelector(`input[data-keep="base_map.${n}"]`).click();
    found.push(document.querySelector(".leaflet-control-attribution .pvmap-word").textContent);
  }
  return found;
}"""
ZONES = """async (levels) => {
  const found = [];
  for (const [key, level] of levels) {
    const select = document.getElementById("pvmap-level");
    select.value = `aggregates.${key}`;
    select.dispatchEvent(new Event("change"));
    pvmap.state.map.setZoom(10, { animate: false });
    await pvmap.idle();
    while (![...pvmap.stack].some((one) => one.data?.level === level)) await pvmap.idle();
    const layer = [...pvmap.stack].find((one) => one.data?.level === level);
    for (const { bounds } of layer.shapes) {
      const hit = await layer.hit(bounds.getCenter());
      await pvmap.open(hit, bounds.getCenter());
      const title = document.querySelector(".pvmap-popup h3").textContent;
      const within = hit.data.within?.[hit.index];
      found.push([title, pvmap.zoneTip(hit).firstChild.textContent, within ? `${within}/${title}` : title]);
    }
  }
  return found;
}"""


def letters(text: str) -> str:
    """A text as readers keep it and the page shows it: without blanks around it, separators of records as symbols."""
    return text.strip().translate({0x1E: "␞", 0x1D: "␝"})


def spaced(text: str) -> str:
    """Words of a text: the title bar has a blank for whatever is no letter."""
    return " ".join(re.split(r"[\x00-\x20\x7f-\x9f]+", text)).strip()


@pytest.fixture(scope="module")
def page_of(chromium: Browser, hostile: Hostile) -> Watched:
    context = chromium.new_context(viewport={"width": 1366, "height": 900}, accept_downloads=True)
    watched = Watched(context.new_page())
    watched.page.set_default_timeout(60_000)
    watched.open(hostile.page)
    yield watched
    context.close()


@pytest.fixture
def page(page_of: Watched) -> Page:
    """The page, and after every test the proof that nothing ran, nothing was asked for and nothing came in."""
    yield page_of.page
    assert page_of.page.evaluate("window.pwned") is None
    assert page_of.complaints == []
    assert page_of.remote() == []
    foreign = "iframe, object, embed, base, animate, body style, a[href^='javascript'], img:not(.leaflet-tile)"
    assert page_of.page.locator(foreign).count() == 0
    listening = "[...document.querySelectorAll('*')].filter((e) => e.getAttributeNames().some((n) => /^on/.test(n)))"
    assert page_of.page.evaluate(f"{listening}.length") == 0


def test_popups_and_tips_show_every_letter(page: Page, hostile: Hostile) -> None:
    sites = store.read_table(hostile.processed, "sites").set_index("site_id")
    assert set(MASKED) < set(sites.index)
    sites = sites.drop(index=list(MASKED))
    found = page.evaluate(SHOWN)
    assert {letters(site_id) for site_id in sites.index} == {one["id"] for one in found}
    sites.index = sites.index.map(letters)
    for one in found:
        row = sites.loc[one["id"]]
        name = letters(row["name"]) or one["id"]
        assert one["title"] == name and one["tip"] == name
        assert {row["district"], row["township"]} - {""} <= set(one["words"])
        quoted = one["command"].removeprefix("pvmap explain x ")
        assert quoted in (one["id"], "'" + one["id"].replace("'", "'\\''") + "'")
    words = {word for one in found for word in one["words"]}
    reasons = set(store.read_table(hostile.processed, "exclusions")["reason"]) & set(PAYLOADS)
    assert len(reasons) > 70 and reasons <= words


def test_search_finds_every_name(page: Page) -> None:
    one_line = [text for text in map(letters, turned(4)) if not {"\n", "\r"} & set(text)]
    for text, found in zip(one_line, page.evaluate(SEARCHED, one_line), strict=True):
        assert text in found


def test_layers_base_maps_and_legend(page: Page) -> None:
    for summary in page.locator("#pvmap-sections summary").all():
        if summary.evaluate("e => !e.parentElement.open"):
            summary.evaluate("e => e.click()")
    assert page.evaluate(ATTRIBUTIONS) == [text.replace("\x00", "␀") for text in turned(25)]
    labels = page.locator(".pvmap-group-base label span").all_text_contents()
    assert set(turned(23)) <= set(labels)
    for box in page.locator("#pvmap-layers input[type=checkbox]").all():
        box.evaluate("e => e.checked || e.click()")
    settle(page)
    names = page.evaluate("[...document.querySelectorAll('#pvmap-filters span')].map((e) => e.textContent)")
    assert {text.strip() for text in turned(12)} <= set(names)  # districts
    legend = page.locator("#pvmap-legend .pvmap-word").all_text_contents()
    assert len(set(PAYLOADS) & set(legend)) > 70
    for variable in page.evaluate("[...pvmap.variables.values()].filter((v) => v.colourable).map((v) => v.key)"):
        page.select_option("#pvmap-variable", variable)
        settle(page)
    for choice in page.locator("#pvmap-filters input").all()[::40]:
        choice.evaluate("e => e.click()")
    page.evaluate("pvmap.clearFilter()")
    settle(page)


def test_zones_are_named_as_the_file_names_them(page: Page, hostile: Hostile) -> None:
    found = page.evaluate(ZONES, [["district", "district"], ["township", "township"]])
    assert all(title == tip for title, tip, _ in found)
    zones = store.read_table(hostile.processed, "zones")
    named = set(zones.loc[zones["level"].isin(["district", "township"]), "zone_id"]) - {""}
    assert named == {zone for _, _, zone in found}
    assert {text.strip() for text in PAYLOADS} <= {title for title, _, _ in found}


def test_areas_of_the_citys_own_are_named_as_the_file_names_them(page: Page) -> None:
    offered = page.evaluate(
        "[...document.querySelectorAll('#pvmap-level option')].map((e) => [e.value, e.textContent])"
    )
    own = [
        (value.removeprefix("aggregates."), shown) for value, shown in offered if value.startswith("aggregates.area")
    ]
    assert len(own) == len(LEVELS)
    levels = [(key, level) for key, shown in own for level in LEVELS if level in shown]
    assert sorted(level for _, level in levels) == sorted(LEVELS)
    found = page.evaluate(ZONES, levels[:2])
    assert {title for title, _, _ in found} == {tip for _, tip, _ in found} == set(TEXTS)


def test_table_and_download(page: Page, hostile: Hostile, tmp_path: Path) -> None:
    page.evaluate("void pvmap.state.map.fitBounds(pvmap.meta.bounds, { animate: false })")
    page.click("#pvmap-tool-table")
    page.evaluate("void pvmap.state.map.setZoom(11, { animate: false })")
    settle(page)
    page.wait_for_function("document.querySelectorAll('#pvmap-rows tbody tr').length >= 50")
    sites = store.read_table(hostile.processed, "sites")
    names = {letters(text) for text in sites["name"]}
    assert set(page.locator("#pvmap-rows td button").all_text_contents()) <= names
    page.click("#pvmap-language")
    with page.expect_download() as waiting:
        page.click("#pvmap-csv")
    assert waiting.value.suggested_filename == "pvmap-x.csv"
    raw = Path(waiting.value.path()).read_bytes().decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(raw, newline="")))
    assert len(rows) > 200 and {row["site_id"] for row in rows} <= set(sites["site_id"].map(letters))
    for row in rows:
        for column in ("name", "district", "township"):
            assert not re.match(r"[\t\r\n]|[\s\ufeff]*[=+\-@＝]", row[column])
            assert {row[column], row[column].removeprefix("'")} & {*sites[column], *names, "(outside all districts)"}
    page.click("#pvmap-language")
    page.click("#pvmap-tool-table")


def test_banner_help_print_and_language(page: Page, hostile: Hostile) -> None:
    city = hostile.settings.city
    for title, credit in ((city.title_zh, city.attribution), (city.title_en, city.attribution_en)):
        assert page.text_content("#pvmap-banner h1") == title
        assert spaced(page.evaluate("document.title")) == spaced(title)
        banner = page.text_content("#pvmap-banner")
        assert credit in banner and city.data_date in banner and city.review_number in banner
        notes = page.text_content(".pvmap-notes")
        assert len([text for text in PAYLOADS if text in notes]) >= len(PAYLOADS) // 2
        page.click("#pvmap-tool-help")
        page.click("#pvmap-help button")
        page.evaluate("pvmap.preparePrint()")
        page.evaluate("pvmap.endPrint()")
        page.click("#pvmap-language")


def test_a_second_wall_stands_behind_the_first(chromium: Browser, hostile: Hostile) -> None:
    """Even markup in the page runs no handler and asks for nothing: its policy forbids it."""
    watched = Watched(chromium.new_page())
    page = watched.open(hostile.page)
    page.evaluate("void document.body.insertAdjacentHTML('beforeend', '<img src=dot.png onload=window.pwned=1>')")
    page.evaluate("void document.body.insertAdjacentHTML('beforeend', '<iframe srcdoc=x></iframe>')")
    assert page.evaluate("fetch('http://127.0.0.1:9/').then(() => 'asked', () => 'refused')") == "refused"
    page.wait_for_function("document.querySelector('img[src$=\"dot.png\"]').complete")
    assert page.evaluate("window.pwned") is None and watched.remote() == []
    assert len([line for line in watched.complaints if "Content Security Policy" in line]) >= 2
    page.close()


def test_sheets_of_a_province_show_every_letter(chromium: Browser, hostile: Hostile, tmp_path: Path) -> None:
    """The same city on an overview and on sheets of a hundred sites: their pages have text of their own."""
    shown, city = hostile.settings.map.model_copy(update={"sites_per_page": 100}), hostile.settings
    for folder in (tmp_path, tmp_path / SHEETS):
        folder.mkdir(exist_ok=True)
        shutil.copy(hostile.page.with_name("dot.png"), folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(province, "OF_A_PAGE", 2)
        index = province.draw_map(
            hostile.processed, tmp_path, city.model_copy(update={"map": shown}), stretches_of(hostile.processed)
        )
    pages = [index, *sorted((tmp_path / SHEETS).glob("*.html"))]
    assert len(pages) > 3
    sites = store.read_table(hostile.processed, "sites").set_index("site_id").drop(index=list(MASKED))
    names = {letters(site_id): letters(name) or letters(site_id) for site_id, name in sites["name"].items()}
    told: dict[str, str] = {}
    for path in pages:
        watched = Watched(chromium.new_page())
        page = watched.open(path)
        assert page.text_content("#pvmap-banner h1").startswith(city.city.title_zh)
        if path != index:
            told |= {one["id"]: one["title"] for one in page.evaluate(SHOWN)}
        page.click("#pvmap-language")
        settle(page)
        assert page.evaluate("window.pvmap && window.pwned") is None
        assert watched.complaints == [] and watched.remote() == []
        page.close()
    assert told == names


def test_a_build_for_the_public_shows_every_letter_but_nothing_sensitive(chromium: Browser, tmp_path: Path) -> None:
    public = hostile_city(tmp_path, "public")
    sensitive = {f"mine-{turned(10)[n]}".strip() for n in LEFT_OUT}
    sites = store.read_table(public.processed, "sites")
    assert len(sensitive) == len(LEFT_OUT) and not sensitive & set(sites["site_id"])
    for one in sensitive:
        assert one not in "".join(public.printed.values())
    watched = Watched(chromium.new_page())
    page = watched.open(public.page)
    found = page.evaluate(SHOWN)
    kept = set(sites["site_id"]) - set(MASKED)
    assert {one["id"] for one in found} == {letters(site_id) for site_id in kept}
    names = {letters(text) for text in sites["name"]} | {one["id"] for one in found}
    assert {one["title"] for one in found} <= names
    credit = public.settings.city
    banner = page.text_content("#pvmap-banner")
    assert credit.title_zh == page.text_content("#pvmap-banner h1") and credit.review_number in banner
    page.click("#pvmap-language")
    settle(page)
    assert page.evaluate("window.pwned") is None and watched.complaints == [] and watched.remote() == []
    page.close()
