"""What a reader does with the map, in a real browser, from file://, with the network shut."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from browser.harness import Watched, as_shown, go, printed, settle, show
from webmap.tables import settings

from pvmap.store import read_table
from pvmap.webmap.build import build_map

pytestmark = pytest.mark.browser


@pytest.fixture
def appraisal(run_folder: Path) -> pd.DataFrame:
    return read_table(run_folder, "appraisal").set_index("site_id")


def test_opens_without_a_request_or_a_complaint(watched: Watched, map_file: Path) -> None:
    page = watched.open(map_file)
    watched.shot("city")
    for zoom in (12, 14, 16, 18):
        go(page, page.evaluate("probe.densest()"), zoom)
    assert watched.remote() == []
    assert watched.complaints == []
    assert page.title() == "示范市光伏潜力图"
    assert "合成演示数据" in page.inner_text("#pvmap-banner")
    assert "内部使用" in page.inner_text("#pvmap-banner")


@pytest.mark.slow
def test_folder_layout_works_from_file(watched: Watched, run_folder: Path, tmp_path: Path) -> None:
    page = watched.open(build_map(run_folder, tmp_path, settings(), "folder"))
    number = page.evaluate("probe.densest()")
    go(page, number, 16)
    show(page, number)
    assert page.locator(".pvmap-popup dl dd").count() > 10
    assert watched.remote() == [] and watched.complaints == []


def test_popup_says_what_the_table_says(watched: Watched, map_file: Path, appraisal: pd.DataFrame) -> None:
    page = watched.open(map_file)
    divisor = {"万": 1e4, "亿": 1e8}
    rng = np.random.default_rng(0)
    checked = 0
    for number in rng.choice(3000, 12, replace=False).tolist():
        show(page, number)
        site_id = page.inner_text(".pvmap-popup code").split()[-1]
        row = appraisal.loc[site_id]
        for column, text in page.evaluate("probe.cells()"):
            if column not in row:
                continue
            unit = text.split(maxsplit=1)[1] if " " in text.strip() else ""
            value = float(row[column]) / divisor.get(unit[:1], 1.0) * (100 if "%" in text else 1)
            assert printed(text) == as_shown(value, text), (site_id, column, text, row[column])
            checked += 1
    assert checked > 150


def test_monthly_bars_follow_the_table(watched: Watched, map_file: Path, appraisal: pd.DataFrame) -> None:
    page = watched.open(map_file)
    number = page.evaluate("probe.densest()")
    show(page, number)
    row = appraisal.loc[page.inner_text(".pvmap-popup code").split()[-1]]
    tall = page.eval_on_selector_all(".pvmap-months rect", "bars => bars.map(b => Number(b.getAttribute('height')))")
    months = row[[c for c in row.index if c.startswith("energy_kwh_month")]].to_numpy(float)
    assert len(tall) == 12
    np.testing.assert_allclose(np.array(tall) / max(tall), months / months.max(), atol=0.006)
    assert "0.04 %" in page.text_content(".pvmap-popup figure .pvmap-note")
    told = page.evaluate(
        """async ([number, names]) => {
          const record = await pvmap.datasets.rooftop.record(number);
          return names.map((name) => record.get(name));
        }""",
        [number, list(row.index[row.index.str.startswith("energy_kwh_month")])],
    )
    np.testing.assert_allclose(told, months, atol=0.0002 * months.sum() * 1.01)  # as the note says
    watched.shot("popup")


def test_click_and_hover_find_the_topmost_site(watched: Watched, map_file: Path) -> None:
    page = watched.open(map_file)
    number = page.evaluate("probe.densest()")
    go(page, number, 18)
    at = page.evaluate("n => probe.place(n)", number)
    page.mouse.move(*at)
    page.wait_for_selector(".pvmap-tip b")
    page.mouse.click(*at)
    page.wait_for_selector(".pvmap-popup code")
    expected = page.evaluate("n => pvmap.datasets.rooftop.record(n).then(r => r.id)", number)
    assert page.inner_text(".pvmap-popup code").endswith(expected)


def test_enter_opens_the_centre(watched: Watched, map_file: Path) -> None:
    page = watched.open(map_file)
    go(page, page.evaluate("probe.densest()"), 18)
    page.focus(".folium-map")
    page.keyboard.press("Enter")
    page.wait_for_selector(".pvmap-popup code")
    assert page.get_attribute(".leaflet-popup-close-button", "aria-label") == "关闭"


def test_no_site_is_lost_or_counted_twice(watched: Watched, map_file: Path, run_folder: Path) -> None:
    page = watched.open(map_file)
    sites = read_table(run_folder, "sites")
    usable = set(read_table(run_folder, "appraisal").query("capacity_kwp > 0")["site_id"])
    box = sites.set_index("site_id").to_crs(4326).bounds
    rng = np.random.default_rng(3)
    for zoom in (15, 15, 16, 17):
        go(page, int(rng.integers(3000)), zoom)
        ids = page.evaluate("probe.drawn()")
        assert len(ids) == len(set(ids))
        west, south, east, north = (
            float(v) for v in page.evaluate("pvmap.state.map.getBounds().toBBoxString()").split(",")
        )
        assert touching(box, west, south, east, north, -3e-6) & usable <= set(ids)
        assert set(ids) <= touching(box, west, south, east, north, 3e-6) & usable


def touching(box: pd.DataFrame, west: float, south: float, east: float, north: float, slack: float) -> set[str]:
    """Sites whose bounds touch a window widened by a step of the tile grid, or narrowed by it."""
    wide = (box["maxx"] > west - slack) & (box["minx"] < east + slack)
    high = (box["maxy"] > south - slack) & (box["miny"] < north + slack)
    return set(box.index[wide & high])


def test_every_site_is_painted_where_it_lies(watched: Watched, map_file: Path) -> None:
    """Pixels under representative points carry colour at the zoom of points and at that of polygons."""
    page = watched.open(map_file)
    for zoom in (13, 17):
        go(page, page.evaluate("probe.densest()"), zoom)
        assert page.evaluate("probe.unpainted()") == [], zoom


def test_sums_follow_view_and_filter(watched: Watched, map_file: Path, run_folder: Path) -> None:
    page = watched.open(map_file)
    appraisal = read_table(run_folder, "appraisal").query("capacity_kwp > 0")
    figure = "name => Number(document.querySelector(`[data-figure=${name}]`).dataset.value)"
    assert page.evaluate(figure, "sites") == len(appraisal)
    assert page.evaluate(figure, "capacity") == pytest.approx(appraisal["capacity_kwp"].sum(), rel=5e-4)
    assert page.evaluate(figure, "energy") == pytest.approx(appraisal["energy_kwh"].sum(), rel=5e-4)
    page.click("#pvmap-filters > summary")
    page.click('#pvmap-filters summary:has-text("可信等级")')
    page.click('[data-keep="confidence/3"]')
    page.wait_for_function(f"({figure})('sites') < {len(appraisal)}")
    kept = appraisal[appraisal["confidence"] != "D"]
    assert page.evaluate(figure, "sites") == len(kept)
    assert page.evaluate(figure, "capacity") == pytest.approx(kept["capacity_kwp"].sum(), rel=5e-4)
    lcoe = (kept["lcoe_cny_per_kwh"] * kept["energy_kwh"]).sum() / kept["energy_kwh"].sum()
    assert page.evaluate(figure, "lcoe") == pytest.approx(lcoe, rel=2e-3)
    page.click('[data-keep="clear"]')
    page.wait_for_function(f"({figure})('sites') === {len(appraisal)}")


def test_class_breaks_filter_exactly(watched: Watched, map_file: Path, run_folder: Path) -> None:
    """A printed break is the border: what a kind's list of classes lets pass is what the table's values say."""
    page = watched.open(map_file)
    appraisal = read_table(run_folder, "appraisal").query("capacity_kwp > 0")
    for column in ("capacity_kwp", "lcoe_cny_per_kwh", "shading_loss", "specific_yield_kwh_per_kwp"):
        for kind in ("rooftop", "fishpond"):
            edges, name = page.evaluate(
                "([key, kind]) => [pvmap.variables.get(key).of(kind).edges, pvmap.variables.get(key).of(kind).list]",
                [column, kind],
            )
            last = len(edges) - 2
            page.evaluate("([name, number]) => pvmap.setClass(name, number, false)", [name, last])
            taken = (appraisal["site_type"] == kind) & (appraisal[column] >= edges[last])
            assert page.evaluate("probe.passing()") == len(appraisal) - taken.sum(), (column, kind)
            assert taken.any() or column == "lcoe_cny_per_kwh"  # whose break at the price may have nothing above it
            page.evaluate("pvmap.clearFilter()")


def test_layers_toggle_and_colours_change(watched: Watched, map_file: Path) -> None:
    page = watched.open(map_file)
    for text in ("layer.mine", "layer.priority", "layer.outlines"):
        box = page.locator(f'[data-keep="{text}"]')
        if not box.is_visible():
            page.click('[data-keep="group/base"]')
        before = box.is_checked()
        box.click()
        page.wait_for_function(
            "([t, b]) => document.querySelector(`[data-keep='${t}']`).checked !== b", arg=[text, before]
        )
    assert page.evaluate("pvmap.kindsOn()") == ["rooftop", "fishpond"]
    page.click('[data-keep="group/excluded"]')
    page.click('[data-keep="layer.excluded.rooftop"]')
    go(page, page.evaluate("probe.densest()"), 13)
    assert "屋面退让：平屋面距女儿墙的退让：1.0 m" in page.inner_text("#pvmap-legend")
    for variable in page.eval_on_selector_all("#pvmap-variable option", "all => all.map(o => o.value)"):
        page.select_option("#pvmap-variable", variable)
        settle(page)
        assert page.inner_text("#pvmap-legend h3") != ""
    for level in ("district", "township", "grid", "none", "auto"):
        page.select_option("#pvmap-level", f"aggregates.{level}")
        settle(page)
    assert watched.complaints == [] and watched.remote() == []
    watched.shot("layers")


def test_the_first_view_shows_its_legend_in_colours_that_differ(watched: Watched, map_file: Path) -> None:
    page = watched.open(map_file)
    page.select_option("#pvmap-level", "aggregates.grid")
    settle(page)
    page.wait_for_selector(".pvmap-zone-legend .pvmap-swatch")
    colours = page.eval_on_selector_all(
        ".pvmap-zone-legend .pvmap-swatch", "all => all.map(one => one.style.background)"
    )
    assert len(colours) == 5
    shades = np.array([[int(part) for part in re.findall(r"\d+", colour)] for colour in colours])
    assert (np.abs(np.diff(shades, axis=0)).sum(axis=1) > 60).all()
    page.set_viewport_size({"width": 1366, "height": 768})
    box = page.locator(".pvmap-zone-legend h3").bounding_box()
    assert box is not None and box["y"] + box["height"] < 768


def test_zone_popup_says_what_the_zones_say(watched: Watched, map_file: Path, run_folder: Path) -> None:
    page = watched.open(map_file)
    page.select_option("#pvmap-level", "aggregates.district")
    settle(page)
    page.wait_for_function("[...pvmap.stack].some(layer => layer.shapes && layer.shapes.length === 6)")
    zones = read_table(run_folder, "zones").query("level == 'district' and site_type == 'all'").set_index("zone_id")
    hit = page.evaluate(
        """async () => {
          const hit = await pvmap.topmost(pvmap.state.map.getCenter());
          await pvmap.open(hit, pvmap.state.map.getCenter());
          return hit.zone;
        }"""
    )
    page.wait_for_selector(".pvmap-popup dd")
    shown = page.get_attribute(".pvmap-popup dd[data-column=capacity_kwp]", "data-value")
    assert float(shown) == pytest.approx(zones.loc[hit, "capacity_kwp"], rel=1e-4)
