"""The overview of a map too large for one page: its sums are those of the tables, and it leads to its sheets."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from browser.harness import Watched, printed, settle
from webmap.curve import write_run_along_curve
from webmap.tables import settings

from pvmap.settings.webmap import MapSettings
from pvmap.store import read_table
from pvmap.webmap import province
from pvmap.webmap.province import draw_map

SUMS = "pvmap.sums.over(pvmap.sums.everywhere)"
OF_CASE = f"(key) => {{ pvmap.setCase(key); const sums = {SUMS}; return [sums.n_sites, sums.capacity_kwp]; }}"


@pytest.mark.slow
def test_overview_sums_all_sites_in_every_case_and_leads_to_sheets(watched: Watched, tmp_path: Path) -> None:
    run, stretches = write_run_along_curve(tmp_path / "run", 400)
    city = settings().model_copy(update={"map": MapSettings(sites_per_page=400)})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(province, "OF_A_PAGE", 2)
        index = draw_map(run, tmp_path / "maps", city, stretches)
    page = watched.open(index)
    table, sites = read_table(run, "appraisal"), read_table(run, "sites")
    expected = {
        "technical": table["capacity_kwp"],
        "practical": table["capacity_practical_kwp"],
        "bankable": table["capacity_kwp"].where(table["at_grid_parity"].astype(bool), 0.0),
        "existing": sites["existing_pv_kwp"],
    }
    for key, values in expected.items():
        n_sites, capacity = page.evaluate(OF_CASE, key)
        assert n_sites == (values > 0).sum(), key
        assert capacity == pytest.approx(values.sum(), rel=1e-3), key
    page.evaluate("pvmap.setCase('technical')")
    cost = page.evaluate(f"{SUMS}.lcoe_cny_per_kwh")
    assert cost == pytest.approx(np.average(table["lcoe_cny_per_kwh"].fillna(0), weights=table["energy_kwh"]), rel=1e-3)
    use = "residential_rural"
    page.evaluate(f"pvmap.setOnly('building_use', pvmap.variables.get('building_use').classes.indexOf('{use}'))")
    of_use = table.loc[sites["building_use"] == use, "capacity_kwp"]
    assert page.evaluate(f"{SUMS}.n_sites") == (of_use > 0).sum()
    page.evaluate("pvmap.clearFilter()")
    settle(page)
    listed = page.evaluate("pvmap.meta.sheets.map((one) => [one.n_sites, one.capacity_kwp])")
    assert np.sum(listed, axis=0).tolist() == pytest.approx(
        [(table["capacity_kwp"] > 0).sum(), table["capacity_kwp"].sum()]
    )
    rows = [row.split("\t") for row in page.inner_text(".pvmap-totals").split("\n")[1:]]
    of_districts = table.groupby(sites["district"])["capacity_kwp"].agg(lambda kwp: (kwp > 0).sum())
    assert {name: printed(n) for name, n, *_ in rows} == of_districts.to_dict()
    page.fill("#pvmap-query", "丹阳 市")
    page.press("#pvmap-query", "Enter")
    page.wait_for_selector(".pvmap-beside h3:has-text('丹阳市')")
    assert page.locator(".pvmap-popup .pvmap-sheet-list a").count() > 0
    inside, whole = (page.locator(one).bounding_box() for one in (".pvmap-popup", ".folium-map"))
    assert inside["x"] >= whole["x"] and inside["y"] >= 0 and inside["y"] + inside["height"] <= whole["height"]
    page.keyboard.press("Escape")
    page.locator(".pvmap-sheet-way a").first.click()
    page.wait_for_function("window.pvmap && pvmap.readyAt && pvmap.meta.sheet")
    page.get_by_text("返回总图").click()
    page.wait_for_function("window.pvmap && pvmap.readyAt && pvmap.meta.sheets")
    assert watched.remote() == [] and watched.complaints == []
