"""Case, filter, district, search, address: one state that every number of the page follows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from browser.harness import Watched, settle, watching
from playwright.sync_api import Browser, Page
from webmap.tables import settings, write_run

from pvmap.store import read_table, write_table
from pvmap.webmap.build import build_map

pytestmark = [pytest.mark.browser, pytest.mark.slow]

FIGURE = "name => Number(document.querySelector(`#pvmap-summary [data-figure=${name}]`).dataset.value)"
ZONES = """async level => {
  const number = pvmap.meta.levels.indexOf(level), data = await pvmap.outlinesOf(number);
  const sums = pvmap.sums.ofLevel(number);
  return Object.fromEntries(data.ids.map((id, zone) => [id, sums(zone)]));
}"""


@pytest.fixture(scope="module")
def page_of(chromium: Browser, map_file: Path) -> Watched:
    with watching(chromium, 1366, 768) as watched:
        watched.open(map_file)
        yield watched


@pytest.fixture
def page(page_of: Watched) -> Page:
    page_of.page.evaluate("pvmap.setCase('technical'); pvmap.clearFilter(); pvmap.state.map.closePopup()")
    page_of.page.evaluate("void pvmap.state.map.fitBounds(pvmap.meta.bounds, { animate: false })")
    settle(page_of.page)
    return page_of.page


@pytest.fixture(scope="module")
def sites(run_folder: Path) -> pd.DataFrame:
    appraisal = read_table(run_folder, "appraisal").set_index("site_id")
    own = read_table(run_folder, "sites").set_index("site_id")
    return appraisal.join(own[["existing_pv_kwp", "longitude", "latitude", "name"]])


def figure(page: Page, name: str, wanted: float, rel: float = 2e-4) -> None:
    page.wait_for_function(f"([n, v, r]) => Math.abs(({FIGURE})(n) - v) <= r * Math.abs(v)", arg=[name, wanted, rel])


@pytest.mark.parametrize(
    ("case", "column", "gate"),
    [
        ("practical", "capacity_practical_kwp", None),
        ("policy_floor", "capacity_policy_floor_kwp", None),
        ("bankable", "capacity_kwp", "at_grid_parity"),
        ("existing", "existing_pv_kwp", None),
    ],
)
def test_a_case_drives_totals_zones_colours_and_table(
    page: Page, sites: pd.DataFrame, case: str, column: str, gate: str | None
) -> None:
    page.select_option("#pvmap-case-choice", case)
    own = sites[column] * (sites[gate] if gate else 1)
    figure(page, "capacity", own.sum())
    assert page.evaluate(FIGURE, "sites") == (own > 0).sum()
    title = page.text_content(".pvmap-case-title")
    assert title == page.evaluate("pvmap.text('case_title.' + pvmap.state.case)") != "技术可开发规模（直流侧）"
    assert page.evaluate("pvmap.variables.get('capacity_kwp').title()") == title
    zones = page.evaluate(ZONES, "district")
    for district, kwp in own.groupby(sites["district"]).sum().items():
        assert zones[district]["capacity_kwp"] == pytest.approx(kwp, rel=3e-4), district
    page.click("#pvmap-tool-table")
    page.select_option("#pvmap-scope", "city")
    page.wait_for_function(
        "n => document.getElementById('pvmap-rows-note').textContent.includes(n)", arg=f"{(own > 0).sum():,}"
    )
    first = page.get_attribute("#pvmap-rows tbody tr", "data-id")
    assert own[first] == pytest.approx(own.max(), rel=1e-3)
    page.select_option("#pvmap-scope", "view")
    page.keyboard.press("Escape")


def test_zones_follow_the_filter_and_means_are_ratios_of_sums(page: Page, sites: pd.DataFrame) -> None:
    page.evaluate("pvmap.setClass('confidence', 3, false)")
    page.evaluate("pvmap.setRange('capacity_kwp', 5, 500)")
    kept = sites[(sites["capacity_kwp"] >= 5) & (sites["capacity_kwp"] <= 500) & (sites["confidence"] != "D")]
    for level, key in (("district", kept["district"]), ("township", kept["district"] + "/" + kept["township"])):
        zones = page.evaluate(ZONES, level)
        assert sum(zone["n_sites"] for zone in zones.values()) == len(kept)
        for name, rows in kept.groupby(key):
            energy, full = rows["energy_kwh"], rows["energy_kwh"] / (1 - rows["shading_loss"])
            wanted = {
                "n_sites": len(rows),
                "energy_kwh": energy.sum(),
                "specific_yield_kwh_per_kwp": energy.sum() / rows["capacity_kwp"].sum(),
                "lcoe_cny_per_kwh": (rows["lcoe_cny_per_kwh"] * energy).sum() / energy.sum(),
                "shading_loss": 1 - energy.sum() / full.sum(),
            }
            for column, value in wanted.items():
                assert zones[name][column] == pytest.approx(value, rel=5e-4, abs=2e-5), (name, column)


def test_range_fields_and_sliders_filter(page: Page, sites: pd.DataFrame) -> None:
    page.evaluate("document.getElementById('pvmap-filters').open = true")
    page.evaluate("[...document.querySelectorAll('.pvmap-filter')].forEach((one) => (one.open = true))")
    carrying = sites[sites["capacity_kwp"] > 0]
    page.locator("[data-keep='number/lcoe_cny_per_kwh/to']").fill("０.２５")  # full width, as a Chinese keyboard types
    page.keyboard.press("Tab")
    inside = (carrying["lcoe_cny_per_kwh"] <= 0.25).sum()
    page.wait_for_function(f"n => Math.abs(({FIGURE})('sites') - n) <= 1", arg=int(inside))
    slider = page.locator("[data-keep='range/lcoe_cny_per_kwh/to']")
    slider.focus()
    page.keyboard.press("End")
    page.wait_for_function("!pvmap.filtered()")


def test_a_filter_leaves_the_excluded_layer_alone(page: Page, sites: pd.DataFrame) -> None:
    excluded = "() => pvmap.datasets.rooftop.shown.reduce((n, one) => n + (one & pvmap.EXCLUDED ? 1 : 0), 0)"
    before = page.evaluate(excluded)
    assert before == ((sites["capacity_kwp"] == 0) & (sites["site_type"] == "rooftop")).sum() > 20
    page.evaluate("pvmap.setRange('lcoe_cny_per_kwh', 0.2, 0.21)")
    page.evaluate("pvmap.setClass('at_grid_parity', 0, false)")
    assert page.evaluate(excluded) == before
    page.evaluate("pvmap.setOnly('district', 0)")  # a site has a district whether it carries anything or not
    assert 0 < page.evaluate(excluded) < before


def test_a_district_zooms_filters_and_shows_its_card(page: Page, sites: pd.DataFrame) -> None:
    page.evaluate("document.getElementById('pvmap-district').open = true")
    page.select_option("#pvmap-district-choice", label="丹阳市")
    card = page.wait_for_selector("#pvmap-card:has-text('丹阳市')")
    mine = sites[(sites["district"] == "丹阳市") & (sites["capacity_kwp"] > 0)]
    figure(page, "sites", len(mine))
    shown = card.query_selector("dd[data-column=energy_kwh]").get_attribute("data-value")
    assert float(shown) == pytest.approx(mine["energy_kwh"].sum(), rel=2e-4)
    months = mine[[c for c in mine if c.startswith("energy_kwh_month")]].sum().to_numpy(float)
    tall = card.eval_on_selector_all(
        ".pvmap-months rect", "all => all.map((one) => Number(one.getAttribute('height')))"
    )
    np.testing.assert_allclose(np.array(tall) / max(tall), months / months.max(), atol=0.006)
    assert len(card.query_selector_all(".pvmap-kinds tr")) == mine["site_type"].nunique()
    centre = page.evaluate("pvmap.state.map.getCenter().lng")
    assert mine["longitude"].min() < centre < mine["longitude"].max()
    page.select_option("#pvmap-district-choice", "-1")
    page.wait_for_function("!pvmap.filtered()")


def test_the_only_district_of_a_county_has_its_card(chromium: Browser, tmp_path: Path) -> None:
    run = write_run(tmp_path / "run", 60)
    for name in ("sites", "appraisal"):
        write_table(run, name, read_table(run, name).assign(district="丹阳市"))
    watched = Watched(chromium.new_context(viewport={"width": 390, "height": 844}, offline=True).new_page())
    page = watched.open(build_map(run, tmp_path / "map", settings()))
    assert page.locator("#pvmap-card h3").text_content() == "丹阳市"
    usable = int((read_table(run, "appraisal")["capacity_kwp"] > 0).sum())
    assert page.get_attribute("#pvmap-card dd[data-column=n_sites]", "data-value") == str(usable)
    page.evaluate("location.hash = '#at=12/32/999'")  # no place on earth
    settle(page)
    assert page.evaluate("pvmap.state.map.getBounds().contains(pvmap.meta.bounds)")
    assert watched.complaints == [] and watched.remote() == []


def test_on_a_phone_the_map_stays_where_a_district_is_asked(chromium: Browser, tmp_path: Path) -> None:
    run = write_run(tmp_path / "run", 60)
    context = chromium.new_context(viewport={"width": 390, "height": 844}, has_touch=True, offline=True)
    watched = Watched(context.new_page())
    page = watched.open(build_map(run, tmp_path / "map", settings()))
    settle(page)
    page.evaluate("void pvmap.state.map.doubleClickZoom.disable()")  # the taps below are two
    view = "[...pvmap.state.map.getBounds().toBBoxString().split(','), pvmap.state.map.getZoom()].join()"
    before, free = page.evaluate(view), page.locator(".folium-map").bounding_box()
    for way in (-0.03, 0.03):  # above the middle of the map, and below it
        at = page.evaluate("way => pvmap.state.map.getSize().y * (0.5 + way)", way) + free["y"]
        page.touchscreen.tap(free["x"] + free["width"] / 2, at)
        page.wait_for_selector(".pvmap-popup .pvmap-site")
        box = page.locator(".pvmap-popup").bounding_box()
        assert page.evaluate(view) == before
        assert box["x"] >= free["x"] and box["x"] + box["width"] <= free["x"] + free["width"]
        assert box["y"] >= free["y"] and box["y"] + box["height"] <= free["y"] + free["height"]
        assert (box["y"] < at) if way > 0 else (box["y"] + box["height"] > at)
        assert page.locator(".pvmap-tip").count() == 0
        assert page.evaluate("getComputedStyle(pvmap.state.map.getContainer(), '::after').content") in (
            "none",
            "normal",
        )
        page.evaluate("void pvmap.state.map.closePopup()")
        page.wait_for_selector(".pvmap-popup", state="detached")
    assert watched.complaints == []


@pytest.mark.parametrize(
    ("query", "place"),
    [
        ("32.1, 119.4", (32.1, 119.4)),
        ("119.4 32.1", (32.1, 119.4)),
        ("北纬32.1度 东经119.4度", (32.1, 119.4)),
        ("东经119°24′，北纬32°6′", (32.1, 119.4)),
        ("32°06'00\" N 119°24'00\" E", (32.1, 119.4)),
        ("E119°24'0.0\", N32°6'0.0\"", (32.1, 119.4)),
        ("３２．１，１１９．４", (32.1, 119.4)),
        ("  32.1\t119.4 ", (32.1, 119.4)),
        ("lat 32.1 lng 119.4", (32.1, 119.4)),
        ("纬度：32.1 经度：119.4", (32.1, 119.4)),
        ("119°24'E 32°6'N", (32.1, 119.4)),
        ("119度24分0秒 32度6分0秒", (32.1, 119.4)),
        ("[119.4, 32.1]", (32.1, 119.4)),
        ("32.1，119.4。", (32.1, 119.4)),
        ("坐标：32.1,119.4", (32.1, 119.4)),
        ("POINT(119.4 32.1)", (32.1, 119.4)),
        ("geo:32.1,119.4", (32.1, 119.4)),
        ("https://maps.example/@32.1,119.4,15z", (32.1, 119.4)),
        ("latitude=32.1&longitude=119.4", (32.1, 119.4)),
        ("x:119.4 y:32.1", (32.1, 119.4)),
        ("x:510000 y:3550000", None),
        ("32 06 00 119 24 00", (32.1, 119.4)),
        ("N32 06 00 E119 24 00", (32.1, 119.4)),
        ("32 06.0 N, 119 24.0 E", (32.1, 119.4)),
        ("https://maps.example/#map=14/32.1/119.4&layers=P", (32.1, 119.4)),
        ("32º6'0''N 119º24'0''E", (32.1, 119.4)),
        ("北緯32.1度 東經119.4度", (32.1, 119.4)),
        ("32,1; 119,4", (32.1, 119.4)),
        ("119-24-00E 32-06-00N", (32.1, 119.4)),
        ("32d06m00s N 119d24m00s E", (32.1, 119.4)),
        ("-32.1, 119.4", (-32.1, 119.4)),
        ("B-12-34-56", None),
        ("12号厂房", None),
        ("rooftop-12", None),
        ("1+1", None),
        ("32°75' 119°", None),
        ("200 300", None),
    ],
)
def test_places_as_people_write_them(page: Page, query: str, place: tuple[float, float] | None) -> None:
    found = page.evaluate("query => pvmap.coordinates(query)", query)
    assert found == (None if place is None else pytest.approx(list(place), abs=1e-9))


def first_found(page: Page, query: str, wanted: str) -> None:
    page.fill("#pvmap-query", query)
    page.wait_for_selector(f"#pvmap-found li:first-child button:has-text('{wanted}')")


def test_search_knows_districts_townships_kinds_and_the_exact_id(page: Page, sites: pd.DataFrame) -> None:
    township = sites["township"].iloc[0]
    for query, wanted in (
        ("丹阳", "丹阳市"),
        ("扬 中　市", "扬中市"),
        (township, township),
        ("fishpond", "鱼塘"),
        ("鱼塘", "鱼塘"),
    ):
        first_found(page, query, wanted)
    first_found(page, "0, 0", "不在本图范围内")
    first_found(page, "32.1, 119.4", "119.40000")
    assert "范围" not in page.inner_text("#pvmap-found")
    shortest = min((one for one in sites.index if one.startswith("rooftop-")), key=len)  # part of many others
    assert sum(shortest in one for one in sites.index) > 20
    full_width = shortest.translate({ord(c): ord(c) + 0xFEE0 for c in "0123456789"})
    for query in (shortest, f"  {full_width} "):
        page.fill("#pvmap-query", query)
        page.wait_for_selector(f"#pvmap-found li:first-child button[title='{shortest}']")
    page.keyboard.press("Enter")
    page.wait_for_selector(f".pvmap-popup code:has-text('{shortest}')")


def test_address_back_and_language(chromium: Browser, map_file: Path) -> None:
    context = chromium.new_context(viewport={"width": 1366, "height": 768}, offline=True)
    watched = Watched(context.new_page())
    page = watched.open(map_file)
    page.wait_for_function("location.hash.includes('at=')")
    page.select_option("#pvmap-case-choice", "practical")
    page.wait_for_function("location.hash.includes('case=practical')")
    page.select_option("#pvmap-variable", "shading_loss")
    page.evaluate("pvmap.setClass('confidence', 3, false); pvmap.setRange('capacity_kwp', 10, Infinity)")
    page.evaluate("pvmap.toggleLayer('layer.mine', false)")
    page.evaluate("void pvmap.state.map.setView([32.0, 119.5], 13, { animate: false })")
    page.click("#pvmap-language")
    page.wait_for_function("location.hash.includes('lang=en') && location.hash.includes('at=13')")
    address, state = page.url, page.evaluate(STATE)
    assert state["case"] == "practical" and state["off"] == {"confidence": [3]} and "layer.mine" not in state["layers"]
    other = context.new_page()
    other.goto(address)
    other.wait_for_function("window.pvmap && pvmap.readyAt")
    assert other.evaluate(STATE) == state
    page.evaluate("void pvmap.state.map.setView([31.9, 119.2], 12, { animate: false })")
    page.wait_for_function("location.hash.includes('at=12')")
    page.go_back()
    page.wait_for_function("pvmap.state.map.getZoom() === 13")
    assert page.evaluate(STATE) == state
    page.goto(
        map_file.as_uri()
        + "#at=x&case=nonsense&colour=__proto__&off.nothing=1&range.capacity_kwp=a~b&layers=base_map.0"
    )
    page.reload()
    page.wait_for_function("window.pvmap && pvmap.readyAt")
    assert page.evaluate("pvmap.state.language") == "en"  # remembered
    page.click("#pvmap-tool-home")
    page.wait_for_function("pvmap.state.map.getBounds().contains(pvmap.meta.bounds)")
    assert watched.complaints == [] and watched.remote() == []
    context.close()


def with_areas(folder: Path, *names: str) -> Path:
    """A city whose file names levels of areas of its own."""
    run = write_run(folder / "run", 300)
    zones = read_table(run, "zones")
    districts = zones[zones["level"] == "district"]
    write_table(run, "zones", pd.concat([zones, *(districts.assign(level=name) for name in names)], ignore_index=True))
    return build_map(run, folder / "map", settings())


def test_a_link_names_the_areas_that_it_shows(chromium: Browser, tmp_path: Path) -> None:
    """Levels have other numbers as soon as the city file names one more."""
    few, more = with_areas(tmp_path / "few", "开发区~乙"), with_areas(tmp_path / "more", "a & b", "开发区~乙")
    watched = Watched(chromium.new_page(viewport={"width": 1366, "height": 768}))
    page = watched.open(few)
    level = """() => pvmap.layersOn().filter((key) => key.startsWith("aggregates.area"))
      .map((key) => pvmap.meta.levels[key.slice("aggregates.area".length)])"""
    page.select_option("#pvmap-level", label=page.evaluate("pvmap.text('aggregates.other', { level: '开发区~乙' })"))
    page.wait_for_function("location.hash.includes('area=')")
    address = page.evaluate("location.hash")
    for file in (few, more):
        page.goto("about:blank")
        page.goto(file.as_uri() + address)
        page.wait_for_function("window.pvmap && pvmap.readyAt")
        assert page.evaluate(level) == ["开发区~乙"] and page.text_content("#pvmap-said") == ""
    page.goto("about:blank")
    page.goto(f"{few.as_uri()}#lang=zh&layers=layer.rooftop&area=a+%26+b")
    page.wait_for_function("window.pvmap && pvmap.readyAt")
    assert "a & b" in (page.text_content("#pvmap-said") or "") and page.evaluate(level) == []
    page.goto("about:blank")
    page.goto(f"{few.as_uri()}#lang=zh&layers=layer.rooftop~aggregates.area3")  # pages of long ago numbered them
    page.wait_for_function("window.pvmap && pvmap.readyAt")
    assert "区域图层 3" in (page.text_content("#pvmap-said") or "") and page.evaluate(level) == []
    assert watched.complaints == []
    page.close()


def test_a_link_names_what_it_filters_by(chromium: Browser, map_file: Path, tmp_path: Path) -> None:
    """The same city with other districts and other breaks: numbers of classes have moved, names and ends have not."""
    run = write_run(tmp_path / "run", 900, seed=4)
    renamed = {"扬中市": "扬中区", "丹徒区": "阿区"}
    for table in ("sites", "appraisal"):
        frame = read_table(run, table)
        write_table(run, table, frame.assign(district=frame["district"].replace(renamed)))
    other = build_map(run, tmp_path / "map", settings())
    context = chromium.new_context(viewport={"width": 1366, "height": 768}, offline=True)
    watched = Watched(context.new_page())
    page = watched.open(map_file)
    page.evaluate("pvmap.chooseDistrict('润州区')")
    page.wait_for_function("location.hash.includes('only.district=')")
    address = page.evaluate("location.hash")
    kept = "() => pvmap.variables.get('district').classes.filter((_, i) => !pvmap.state.off.district?.has(i))"
    for file, own in ((map_file, "扬中市"), (other, "扬中区")):
        page.goto("about:blank")
        page.goto(file.as_uri() + address)
        page.wait_for_function("window.pvmap && pvmap.readyAt")
        assert page.evaluate(kept) == ["润州区"] and page.text_content("#pvmap-said") == ""
        assert own in page.evaluate("pvmap.variables.get('district').classes")
    page.goto("about:blank")
    page.goto(
        other.as_uri() + "#lang=zh&only.district=%E6%89%AC%E4%B8%AD%E5%B8%82&off.capacity_kwp=0~1&off.confidence=A"
    )
    page.wait_for_function("window.pvmap && pvmap.readyAt")
    said = page.text_content("#pvmap-said") or ""
    assert "扬中市" in said and "0~1" in said and "A" not in said
    assert len(page.evaluate(kept)) == 6 and page.evaluate("Object.keys(pvmap.state.off)") == ["confidence"]
    page.goto("about:blank")
    page.goto(other.as_uri() + "#lang=zh&at=12/22.54/114.06&case=older&colour=older&layers=older")  # of another city
    page.wait_for_function("window.pvmap && pvmap.readyAt")
    settle(page)
    assert page.text_content("#pvmap-said") == page.evaluate(
        "pvmap.text('link_elsewhere') + ' ' + pvmap.text('link_unknown', { names: 'older' })"
    )
    assert page.evaluate("pvmap.state.map.getBounds().contains(pvmap.meta.bounds)")
    assert "layer.rooftop" in page.evaluate("pvmap.layersOn()")
    assert watched.complaints == []
    context.close()


STATE = """() => ({
  case: pvmap.state.case, variable: pvmap.state.variable, language: pvmap.state.language, layers: pvmap.layersOn(),
  off: Object.fromEntries(Object.entries(pvmap.state.off).map(([key, off]) => [key, [...off]])),
  low: pvmap.state.ranges.capacity_kwp?.[0], zoom: pvmap.state.map.getZoom(),
  lat: pvmap.state.map.getCenter().lat.toFixed(3),
})"""


def test_a_late_answer_never_replaces_a_later_click(page: Page) -> None:
    shown: Any = page.evaluate(
        """async () => {
          const dataset = pvmap.datasets.rooftop, slow = 5, fast = 9, record = dataset.record.bind(dataset);
          let release;
          const gate = new Promise((done) => (release = done));
          dataset.record = async (number) => {
            if (number === slow) await gate;
            return record(number);
          };
          const first = pvmap.open({ dataset, number: slow });
          await pvmap.open({ dataset, number: fast });
          release();
          await first;
          dataset.record = record;
          const popups = document.querySelectorAll(".pvmap-popup");
          return [popups.length, popups[0].querySelector("code").textContent, (await record(fast)).id];
        }"""
    )
    assert shown[0] == 1 and shown[1].endswith(shown[2])
