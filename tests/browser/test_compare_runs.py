"""The page that compares two runs: more, less, why."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from browser.harness import Watched, settle
from latin import latin
from playwright.sync_api import Browser
from webmap.tables import settings, write_run

from pvmap.store import read_json, read_table, write_json, write_table
from pvmap.webmap.build import build_map

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def require_sums(cells: list[str], before: float, after: float, rel: float = 1e-9) -> None:
    """What is printed adds up to the digit, each side within half a unit of its last place."""
    shown = [Decimal(one.replace(",", "")) for one in cells]
    places = {-one.as_tuple().exponent for one in shown}
    assert len(places) == 1 and shown[1] - shown[0] == shown[2]
    half = 0.5 * 10.0 ** -places.pop()
    assert [float(one) for one in shown[:2]] == pytest.approx([before, after], rel=rel, abs=half)


def test_difference_of_two_runs(chromium: Browser, run_folder: Path, tmp_path: Path) -> None:
    older = write_run(tmp_path / "older", 60)
    zones = read_table(run_folder, "zones")
    factor = zones["zone_id"].map({"丹阳市": 0.5, "京口区": 2.0}).fillna(1.0)
    dearer = zones["zone_id"].map({"句容市": 1.5}).fillna(1.0)
    before = zones.assign(
        capacity_kwp=zones["capacity_kwp"] * factor, lcoe_cny_per_kwh=zones["lcoe_cny_per_kwh"] * dearer
    )
    write_table(older, "zones", before)
    write_json(older / "run.json", {**read_json(older / "run.json"), "settings": {"tariff": 0.4}})
    watched = Watched(chromium.new_context(viewport={"width": 1366, "height": 768}, offline=True).new_page())
    page = watched.open(build_map(run_folder, tmp_path / "map", settings(), older=older))
    page.evaluate("void pvmap.state.map.setZoom(9, { animate: false })")
    settle(page)
    panel = page.inner_text("#pvmap-compare")
    assert "增加" in panel and "减少" in panel and "tariff" in page.text_content("#pvmap-compare")
    assert latin(page.text_content("#pvmap-compare").replace("tariff", "")) == []
    wanted = zones.query("level == 'district' and site_type == 'all' and zone_id == '丹阳市'")["capacity_kwp"].iloc[0]
    page.evaluate(
        """async () => {
          const layer = [...pvmap.stack].find((one) => one.level === "district" && one.shapes);
          const one = layer.shapes.find(({ index }) => pvmap.meta.compare.levels.district.ids[index] === "丹阳市");
          await pvmap.open(await layer.hit(one.bounds.getCenter()), one.bounds.getCenter());
        }"""
    )
    row = "tr[data-column=capacity_kwp] td"
    cells = page.locator(f".pvmap-popup .pvmap-compared {row}").all_text_contents()
    assert "兆瓦峰" in page.text_content(".pvmap-popup .pvmap-compared tr[data-column=capacity_kwp] th")
    require_sums(cells, wanted / 2e3, wanted / 1e3)
    old, new = (
        one.query("level == 'city' and site_type == 'all'")[["capacity_kwp", "lcoe_cny_per_kwh"]].iloc[0]
        for one in (before, zones)
    )
    whole = page.locator(f"#pvmap-compare .pvmap-compared {row}").all_text_contents()
    require_sums(whole, old["capacity_kwp"] / 1e3, new["capacity_kwp"] / 1e3)
    cost = "#pvmap-compare .pvmap-compared tr[data-column=lcoe_cny_per_kwh]"
    require_sums(
        page.locator(f"{cost} td").all_text_contents(), old["lcoe_cny_per_kwh"], new["lcoe_cny_per_kwh"], rel=1e-3
    )
    assert "元/千瓦时" in page.text_content(f"{cost} th")
    page.keyboard.press("Escape")
    labels = {one.split("\n")[0]: one for one in page.locator(".pvmap-zone-label").all_inner_texts()}
    units = {one.split()[-1] for one in page.locator(".pvmap-compare .pvmap-choice").all_inner_texts() if "0" in one}
    assert units == {labels["丹阳市"].split()[-1]}
    assert set(labels) == {"丹阳市", "京口区"} and cells[2] in labels["丹阳市"] and "-" in labels["京口区"]
    fills = """() => [...pvmap.stack].find((one) => one.level === "district").getLayers()
      .map((one) => one.options.fillColor).filter(Boolean)"""
    seen = {}
    for key in page.eval_on_selector_all("#pvmap-compared option", "all => all.map((one) => one.value)"):
        page.select_option("#pvmap-compared", key)
        seen[key] = page.evaluate(fills)
        page.wait_for_function(
            "key => document.querySelector('#pvmap-compare h3').textContent.includes(pvmap.text(key))", arg=key
        )
    assert list(seen) == ["capacity_dc", "energy_first", "n_sites", "lcoe"]
    names = page.evaluate("pvmap.meta.compare.levels.district.ids")
    same = "#EDEDED"
    assert {name for name, fill in zip(names, seen["capacity_dc"], strict=True) if fill != same} == {"丹阳市", "京口区"}
    assert {name for name, fill in zip(names, seen["lcoe"], strict=True) if fill != same} == {"句容市"}
    assert set(seen["energy_first"]) == set(seen["n_sites"]) == {same}
    watched.shot("comparison")
    assert watched.complaints == [] and watched.remote() == []
