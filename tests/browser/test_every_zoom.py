"""Every colour acts at every zoom, and opening things never changes what is counted."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from browser.harness import settle, watching
from playwright.sync_api import Browser, Page

from pvmap.tables.vocabulary import NO_USE

pytestmark = [pytest.mark.browser, pytest.mark.slow]

ZONES = """level => {
  const number = pvmap.meta.levels.indexOf(level), sums = pvmap.sums.ofLevel(number);
  return pvmap.outlinesOf(number).then(({ ids, area_km2 }) => {
    const totals = ids.map((_, zone) => sums(zone)), measure = pvmap.zoneMeasure(totals, area_km2);
    return Object.fromEntries(ids.map((id, i) => {
      const number = measure.classOf(totals[i], area_km2[i]);
      return [id, [measure.labels[number] ?? null, measure.figure(totals[i]), pvmap.zoneColour(measure, number)]];
    }));
  });
}"""
SUMS = """() => Object.fromEntries([...document.querySelectorAll("#pvmap-summary [data-figure]")].map(
  (one) => [one.dataset.figure, one.dataset.value]))"""


@pytest.fixture(scope="module")
def page(chromium: Browser, map_file: Path) -> Page:
    with watching(chromium, 1366, 768) as watched:
        yield watched.open(map_file)


def whole_city(page: Page) -> None:
    page.evaluate("pvmap.setCase('technical'); pvmap.clearFilter(); void pvmap.fit(pvmap.meta.bounds)")
    settle(page)


@pytest.mark.parametrize("zoom", [8, 9, 10, 12, 14, 16])
def test_no_two_colourings_look_alike(page: Page, zoom: int) -> None:
    page.evaluate(
        "([n, z]) => void pvmap.state.map.setView(pvmap.datasets.rooftop.latLng(n), z, { animate: false })",
        [page.evaluate("probe.densest()"), zoom],
    )
    seen: dict[bytes, str] = {}
    for variable in page.eval_on_selector_all("#pvmap-variable option", "all => all.map(o => o.value)"):
        page.select_option("#pvmap-variable", variable)
        settle(page)
        picture = page.locator(".folium-map").screenshot()
        assert picture not in seen, f"{variable} looks as {seen.get(picture)} at zoom {zoom}"
        seen[picture] = variable
    assert len(seen) > 5
    page.select_option("#pvmap-variable", "capacity_kwp")


def test_zones_show_shares_of_what_is_good(page: Page, sites: pd.DataFrame) -> None:
    whole_city(page)
    for variable, good in (("at_grid_parity", [True]), ("confidence", ["A", "B"])):
        page.select_option("#pvmap-variable", variable)
        zones = page.evaluate(ZONES, "district")
        for district, mine in sites.groupby("district"):
            share = 100 * mine.loc[mine[variable].isin(good), "capacity_kwp"].sum() / mine["capacity_kwp"].sum()
            label, shown, _ = zones[district]
            assert float(shown.rstrip("%")) == pytest.approx(share, abs=0.06), (variable, district)
            low = int(share // 20 * 20)
            assert label == ("< 20" if low == 0 else "≥ 80" if low >= 80 else f"{low}–{low + 20}"), (variable, district)
        page.wait_for_function(
            """key => [pvmap.text(`share_of.${key}`), "%"].every(
              (part) => document.querySelector(".pvmap-zone-legend").textContent.includes(part))""",
            arg=variable,
        )


def test_zones_show_the_use_that_most_roofs_have(page: Page, sites: pd.DataFrame) -> None:
    whole_city(page)
    page.select_option("#pvmap-variable", "building_use")
    zones = page.evaluate(ZONES, "township")
    for (district, township), mine in sites.groupby(["district", "township"]):
        uses = mine[mine["building_use"] != NO_USE].groupby("building_use", observed=True)["capacity_kwp"].sum()
        leading = uses.index[uses > uses.max() * 0.9999]  # codes tell no finer
        names = page.evaluate("all => all.map((use) => pvmap.text(`building_use.${use}`))", list(leading))
        label, shown, _ = zones[f"{district}/{township}"]
        assert label == shown and label in names
    page.evaluate("pvmap.onlyKind('fishpond')")
    assert {tuple(one) for one in page.evaluate(ZONES, "district").values()} == {(None, "—", "#CBD2D9")}
    settle(page)
    page.wait_for_function("document.querySelector('.pvmap-zone-legend').textContent.includes(pvmap.text('no_value'))")
    page.evaluate("for (const kind of pvmap.meta.kinds) pvmap.toggleLayer(`layer.${kind}`, true)")


def test_ponds_have_colours_and_classes_of_their_own(page: Page, sites: pd.DataFrame) -> None:
    whole_city(page)
    for language in ("zh", "en"):
        page.evaluate("one => pvmap.setLanguage(one)", language)
        page.select_option("#pvmap-variable", "capacity_kwp")
        settle(page)
        titles = page.locator("#pvmap-legend .pvmap-site-legend").all_inner_texts()
        names = page.evaluate("pvmap.meta.kinds.map((kind) => pvmap.text(`kind.${kind}`))")
        assert len(titles) == len(names) > 1 and all(a.startswith(b) for a, b in zip(titles, names, strict=True))
    page.evaluate("pvmap.setLanguage('zh'); pvmap.onlyKind('fishpond')")
    page.evaluate("void pvmap.state.map.setView(pvmap.datasets.fishpond.latLng(0), 13, { animate: false })")
    seen = set()
    for variable in ("capacity_kwp", "specific_yield_kwh_per_kwp", "lcoe_cny_per_kwh"):
        page.select_option("#pvmap-variable", variable)
        settle(page)
        seen.add(page.locator(".folium-map").screenshot())
    assert len(seen) == 3
    page.select_option("#pvmap-variable", "capacity_kwp")
    settle(page)
    ponds = sites.loc[sites["site_type"] == "fishpond", "capacity_kwp"]
    edges = page.evaluate("pvmap.variables.get('capacity_kwp').of('fishpond').edges")
    page.click("[data-keep='capacity_kwp@fishpond/0']")
    assert page.evaluate("probe.passing()") == len(sites) - (ponds < edges[1]).sum() < len(sites)
    page.wait_for_function("location.hash.includes('off.capacity_kwp%40fishpond=%7E')")  # up to its end
    page.evaluate("for (const kind of pvmap.meta.kinds) pvmap.toggleLayer(`layer.${kind}`, true)")


@pytest.mark.parametrize("case", ["policy_floor", "existing"])
def test_cost_colours_sites_that_have_none_in_the_case_and_says_so(page: Page, case: str) -> None:
    whole_city(page)
    page.select_option("#pvmap-variable", "lcoe_cny_per_kwh")
    page.select_option("#pvmap-case-choice", case)
    settle(page)
    page.wait_for_function(
        "document.querySelector('.pvmap-zone-legend').textContent.includes(pvmap.text('colour_other_case'))"
    )
    page.wait_for_function(
        "one => document.getElementById('pvmap-curve').textContent.includes(pvmap.text(`no_cost.${one}`))", arg=case
    )
    assert page.locator("[data-figure=lcoe]").count() == 0
    page.select_option("#pvmap-case-choice", "technical")
    page.wait_for_selector("[data-figure=lcoe]")
    assert page.evaluate("pvmap.text('colour_other_case')") not in page.text_content("#pvmap-legend")


@pytest.mark.parametrize("zoom", [9, 12, 16])
def test_opening_things_never_changes_the_sums(page: Page, zoom: int) -> None:
    page.evaluate(
        "([n, z]) => void pvmap.state.map.setView(pvmap.datasets.rooftop.latLng(n), z, { animate: false })",
        [page.evaluate("probe.densest()"), zoom],
    )
    settle(page)
    before, bounds = page.evaluate(SUMS), page.evaluate("pvmap.state.map.getBounds().toBBoxString()")

    def same() -> None:
        settle(page)
        assert page.evaluate(SUMS) == before
        assert page.evaluate("pvmap.state.map.getBounds().toBBoxString()") == bounds

    page.click("#pvmap-tool-table")
    page.wait_for_selector("#pvmap-rows tbody tr")
    same()
    assert f"{int(before['sites']):,}" in page.inner_text("#pvmap-rows-note")
    page.click("#pvmap-fold")
    page.click("#pvmap-fold")
    same()
    page.keyboard.press("Escape")
    same()
    page.click("#pvmap-tool-help")
    same()
    page.keyboard.press("Escape")
    page.evaluate("document.querySelectorAll('#pvmap-panel details').forEach((one) => { one.open = !one.open; })")
    same()
    page.evaluate("document.querySelectorAll('#pvmap-panel details').forEach((one) => { one.open = !one.open; })")


def test_what_is_visited_lies_beside_the_table(page: Page) -> None:
    whole_city(page)
    page.click("#pvmap-tool-table")
    page.click("#pvmap-rows tbody tr:nth-child(3) button")
    page.wait_for_selector(".pvmap-popup .pvmap-site")
    settle(page)
    top = page.locator("#pvmap-table").bounding_box()["y"]
    box = page.locator(".pvmap-popup").bounding_box()
    assert box["y"] >= 0 and box["y"] + box["height"] <= top
    page.evaluate("pvmap.chooseDistrict('丹阳市')")
    settle(page)
    south = page.evaluate(
        """async () => {
          const data = await pvmap.outlinesOf(pvmap.meta.levels.indexOf("district"));
          const bounds = L.polygon(data.rings[data.ids.indexOf("丹阳市")]).getBounds();
          return pvmap.state.map.latLngToContainerPoint(bounds.getSouthWest()).y;
        }"""
    )
    assert south <= top
    page.evaluate("pvmap.clearFilter()")
    page.keyboard.press("Escape")
