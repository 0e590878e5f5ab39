"""Right to the digit: what rounding, wrapping and cutting used to lose."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from browser.harness import Watched, settle, show
from playwright.sync_api import Browser, Page
from webmap.tables import settings, write_run

from pvmap.settings.webmap import MapSettings
from pvmap.store import read_table, write_table
from pvmap.webmap.build import build_map

pytestmark = [pytest.mark.browser, pytest.mark.slow]
N_DISTRICTS = 300


@pytest.fixture(scope="module")
def odd_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run with 300 reasons and districts, a mine of 70,000 corners, a lake of 2,400 km2, roofs without district."""
    run = write_run(tmp_path_factory.mktemp("odd"), 1200)
    sites, appraisal = read_table(run, "sites"), read_table(run, "appraisal")
    exclusions = read_table(run, "exclusions").sort_values("site_id", ignore_index=True)
    roofs = np.flatnonzero(sites["site_type"] == "rooftop")
    names = [f"区{i:03d}" for i in range(N_DISTRICTS)]
    district = sites["district"].to_numpy(object)
    district[roofs] = [names[i % N_DISTRICTS] for i in range(len(roofs))]
    district[roofs[-40:]] = ""
    mines, ponds = np.flatnonzero(sites["site_type"] == "mine"), np.flatnonzero(sites["site_type"] == "fishpond")
    shapes = sites.geometry.to_numpy(dtype=object, copy=True)
    angle = np.linspace(0, 2 * np.pi, 70_000, endpoint=False)
    x, y = shapely.get_coordinates(shapely.centroid(shapes[mines[1]]))[0]
    radius = 300 + 20 * np.sin(500 * angle)
    shapes[mines[1]] = shapely.polygons(np.stack([x + radius * np.cos(angle), y + radius * np.sin(angle)], axis=1))
    x, y = shapely.get_coordinates(shapely.centroid(shapes[mines[0]]))[0]
    shapes[mines[0]] = shapely.box(x - 12_000, y - 9_000, x + 12_000, y + 9_000)
    area = sites["footprint_area_m2"].to_numpy(copy=True)
    area[ponds[0]] = 2.4e9
    sites = sites.assign(district=district, footprint_area_m2=area).set_geometry(gpd.GeoSeries(shapes, crs=sites.crs))
    write_table(run, "sites", sites)
    write_table(run, "appraisal", appraisal.assign(district=district))
    reason = [f"reason {i % 307}" for i in range(len(exclusions))]  # those of a site follow each other
    write_table(run, "exclusions", exclusions.assign(reason=reason))
    return run


@pytest.fixture(scope="module")
def page_of(chromium: Browser, odd_run: Path, tmp_path_factory: pytest.TempPathFactory) -> Watched:
    secret = read_table(odd_run, "sites")["site_id"].iloc[7]
    masking = MapSettings(masked_sites=(secret,), mask_mode="coarse", masked_cell_m=1500)
    path = build_map(odd_run, tmp_path_factory.mktemp("map"), settings().model_copy(update={"map": masking}))
    context = chromium.new_context(viewport={"width": 1900, "height": 1000}, accept_downloads=True)
    watched = Watched(context.new_page())
    watched.page.set_default_timeout(60_000)
    watched.open(path)
    yield watched
    assert watched.complaints == []
    context.close()


@pytest.fixture
def page(page_of: Watched) -> Page:
    return page_of.page


@pytest.fixture(scope="module")
def sites(odd_run: Path) -> pd.DataFrame:
    appraisal = read_table(odd_run, "appraisal").set_index("site_id")
    own = pd.DataFrame(read_table(odd_run, "sites").set_index("site_id"))
    return own.join(appraisal.drop(columns=[c for c in appraisal if c in own]))


def test_more_than_255_districts_and_reasons_keep_their_names(page: Page, sites: pd.DataFrame, odd_run: Path) -> None:
    found = page.evaluate(
        """async () => {
          const dataset = pvmap.datasets.rooftop, rows = [];
          for (let n = 0; n < dataset.n; n++) {
            const record = await dataset.record(n);
            rows.push([record.id, record.category("district"), record.category("excluded_by")]);
          }
          return rows;
        }"""
    )
    exclusions = read_table(odd_run, "exclusions")
    largest = exclusions.sort_values("area_m2").groupby("site_id")["reason"].last()
    checked = 0
    for site_id, district, reason in found:
        if site_id.startswith("masked"):
            continue
        row = sites.loc[site_id]
        assert district == row["district"]
        assert (reason is None) == (row["capacity_kwp"] > 0)
        if reason not in (None, "unstated"):
            assert reason == largest[site_id]
            checked += int(reason.split()[1]) > 255
    assert len({district for _, district, _ in found}) > 255 and checked


def test_the_table_is_sorted_by_exact_values(page: Page, sites: pd.DataFrame) -> None:
    page.click("#pvmap-tool-table")
    page.select_option("#pvmap-scope", "city")
    usable = sites[(sites["capacity_kwp"] > 0)].drop(index=[sites.index[7]], errors="ignore")
    for column, label, ascending in (
        ("lcoe_cny_per_kwh", "度电成本", True),
        ("energy_kwh", "首年发电量", False),
        ("npv_cny", "税后净现值", False),  # this and what follows only the tiles hold
        ("footprint_area_m2", "占地面积", False),
        ("payback_years", "静态回收期", True),
    ):
        page.click(f"#pvmap-rows th button:has-text('{label}')")
        page.wait_for_selector(
            f"#pvmap-rows th[aria-sort={'ascending' if ascending else 'descending'}]:has-text('{label}')"
        )
        shown = [one.get_attribute("data-id") for one in page.locator("#pvmap-rows tbody tr").all()]
        shown = [one for one in shown if not one.startswith("masked")]
        expected = usable.sort_values(column, ascending=ascending)[column].to_numpy()[: len(shown)]
        # values are stored in steps finer than three digits, years in hundredths
        step = 0.01 if column == "payback_years" else 0.0
        np.testing.assert_allclose(usable.loc[shown, column], expected, rtol=4e-4, atol=step)
        assert len(shown) >= 49
    page.click("#pvmap-rows th button:has-text('名称')")
    page.wait_for_selector("#pvmap-rows th[aria-sort=ascending]:has-text('名称')")
    names = "[...document.querySelectorAll('#pvmap-rows tbody td:first-child')].map((one) => one.textContent)"
    assert page.evaluate(f"{names}.every((one, i, all) => !i || all[i - 1].localeCompare(one, 'zh') <= 0)")


def test_the_order_that_was_asked_for_last_stays(page: Page) -> None:
    """A column that is read tile by tile comes later than one asked for after it."""
    found = page.evaluate(
        """async () => {
          const list = new pvmap.SiteList(pvmap.sums.everywhere);
          for (const kind of list.kinds) pvmap.datasets[kind].tiles.clear();
          await Promise.all([list.sort("npv_cny", true), list.sort("energy_kwh", true)]);
          const [slow] = await list.page(0, 1);
          await list.sort("energy_kwh", true);
          return [list.column, slow.id, (await list.page(0, 1))[0].id];
        }"""
    )
    assert found[0] == "energy_kwh" and found[1] == found[2]


def test_the_list_stays_while_rows_are_visited(page: Page) -> None:
    page.select_option("#pvmap-scope", "view")
    page.evaluate("void pvmap.state.map.fitBounds(pvmap.meta.bounds, { animate: false })")
    settle(page)
    page.wait_for_selector("#pvmap-rows tbody tr")
    note = page.text_content("#pvmap-rows-note")
    page.click("#pvmap-rows tbody tr:nth-child(3) button")
    page.wait_for_selector(".pvmap-popup code")
    page.evaluate("pvmap.idle()")
    assert page.text_content("#pvmap-rows-note") == note and page.evaluate("pvmap.state.map.getZoom()") >= 17
    page.click("#pvmap-rows tbody tr:nth-child(4) button")
    page.click("[data-keep=unpin]")
    page.wait_for_function("note => document.getElementById('pvmap-rows-note').textContent !== note", arg=note)
    page.evaluate("pvmap.state.map.closePopup()")
    page.keyboard.press("Escape")


def test_chinese_heads_and_full_coordinates_in_the_download(page: Page, sites: pd.DataFrame) -> None:
    page.evaluate("void pvmap.state.map.fitBounds(pvmap.meta.bounds, { animate: false })")
    page.click("#pvmap-tool-table")
    page.select_option("#pvmap-scope", "city")
    with page.expect_download() as waiting:
        page.click("#pvmap-csv")
    raw = Path(waiting.value.path()).read_bytes().decode("utf-8-sig")
    rows = [row for row in csv.DictReader(io.StringIO(raw, newline="")) if not row["编号"].startswith("masked")]
    assert {
        "名称",
        "区县",
        "情景规模（直流侧）（千瓦峰）",
        "情景首年发电量（千瓦时）",
        "首年发电量（千瓦时）",
        "经度（WGS84）",
    } <= set(rows[0])
    for row in rows:
        site = sites.loc[row["编号"]]
        assert abs(float(row["经度（WGS84）"]) - site["longitude"]) < 1e-6
        assert abs(float(row["纬度（WGS84）"]) - site["latitude"]) < 1e-6
        assert float(row["占地面积（平方米）"]) == pytest.approx(site["footprint_area_m2"], rel=1e-8, abs=0.011)
    assert max(float(row["占地面积（平方米）"]) for row in rows) == pytest.approx(2.4e9)
    page.keyboard.press("Escape")


CORNERS = """() => [...document.querySelectorAll("path.pvmap-outline")]
  .reduce((n, one) => n + one.getAttribute("d").split("L").length, 0)"""


def test_a_ring_of_70000_corners_and_a_site_in_pieces_are_whole(page: Page, sites: pd.DataFrame) -> None:
    mines = sites[sites["site_type"] == "mine"]
    rings = page.evaluate(
        """async () => {
          const dataset = pvmap.datasets.mine, found = {};
          for (let n = 0; n < dataset.n; n++) found[(await dataset.record(n)).id] = await dataset.rings(n);
          return found;
        }"""
    )
    for site_id, shape in zip(mines.index, gpd.GeoSeries(mines["geometry"], crs="EPSG:4549").to_crs(4326), strict=True):
        parts = rings[site_id]
        points = [[(p["lng"], p["lat"]) if isinstance(p, dict) else (p[1], p[0]) for p in ring] for ring in parts]
        polygon = shapely.union_all([shapely.make_valid(shapely.Polygon(ring)) for ring in points])
        assert shapely.area(shapely.symmetric_difference(polygon, shape)) < 0.02 * shape.area, site_id
    assert page.evaluate("pvmap.datasets.mine.large.size") >= 1
    assert max(len(ring) for parts in rings.values() for ring in parts) >= 69_990
    show(page, page.evaluate("[...pvmap.datasets.mine.large.keys()][0]"), "mine")
    page.evaluate("void pvmap.state.map.setZoom(11, { animate: false })")
    settle(page)
    assert page.locator("path.pvmap-outline").count() == 1 and page.evaluate(CORNERS) >= 1
    page.evaluate("pvmap.state.map.closePopup()")


def test_ponds_answer_when_their_tiles_were_put_away(page: Page) -> None:
    answers = page.evaluate(
        """async () => {
          const dataset = pvmap.datasets.fishpond, map = pvmap.state.map;
          const layer = [...pvmap.stack].find((one) => one.dataset === dataset);
          let found = 0, asked = 0;
          for (let n = 0; n < dataset.n; n++) {
            map.setView(dataset.latLng(n), 12, { animate: false });
            await pvmap.idle();
            dataset.tiles.clear(); // as a view of more tiles than are kept does
            asked++;
            if ((await layer.hit(dataset.latLng(n)))?.dataset === dataset) found++;
          }
          return [found, asked];
        }"""
    )
    assert answers[0] == answers[1] > 0


def test_a_masked_square_lies_under_everything(page: Page) -> None:
    found = page.evaluate(
        """async () => {
          const dataset = pvmap.datasets.rooftop;
          let masked = -1;
          for (let n = 0; n < dataset.n && masked < 0; n++)
            if ((await dataset.record(n)).id.startsWith("masked")) masked = n;
          const map = pvmap.state.map;
          map.setView(dataset.latLng(masked), 17, { animate: false });
          await pvmap.idle();
          const box = L.polygon(await dataset.rings(masked)).getBounds(), hits = [];
          for (let n = 0; n < dataset.n; n++) {
            if (n === masked || !dataset.passes(n, false) || !box.contains(dataset.latLng(n))) continue;
            const rings = await dataset.rings(n), at = dataset.latLng(n);
            if (!pvmap.inRings(rings.map((ring) => ring.map((p) => [p.lat, p.lng])), at)) continue;
            hits.push((await pvmap.topmost(at)).number === masked);
          }
          return hits;
        }"""
    )
    assert found and not any(found)


def test_what_lies_outside_all_districts_hides_no_district(page: Page) -> None:
    zones = page.evaluate(
        """async () => {
          const level = pvmap.meta.levels.indexOf("district"), data = await pvmap.outlinesOf(level);
          const at = data.ids.indexOf("");
          return [at, data.rings[at]?.length, pvmap.sums.ofLevel(level)(at).n_sites];
        }"""
    )
    assert zones[0] < 0 or (zones[1] == 0 and zones[2] >= 0)
