"""The page that compares two runs: more, less, why."""

from __future__ import annotations

from pathlib import Path

import pytest
from browser.harness import Watched, settle
from latin import latin
from playwright.sync_api import Browser
from webmap.tables import settings, write_run

from pvmap.store import read_json, read_table, write_json, write_table
from pvmap.webmap.build import build_map

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_difference_of_two_runs(chromium: Browser, run_folder: Path, tmp_path: Path) -> None:
    older = write_run(tmp_path / "older", 60)
    zones = read_table(run_folder, "zones")
    factor = zones["zone_id"].map({"丹阳市": 0.5, "京口区": 2.0}).fillna(1.0)
    write_table(older, "zones", zones.assign(capacity_kwp=zones["capacity_kwp"] * factor))
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
    cells = page.locator(".pvmap-compared tr[data-column=capacity_kwp] td").all_text_contents()
    assert cells == [page.evaluate("v => pvmap.format('capacity', v)", v) for v in (wanted / 2, wanted)] + [
        "+" + page.evaluate("v => pvmap.format('capacity', v)", wanted / 2)
    ]
    watched.shot("comparison")
    assert watched.complaints == [] and watched.remote() == []
