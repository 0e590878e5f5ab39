"""The page is closed: no remote link, no way out for a name, every word in two languages."""

from __future__ import annotations

import html
import json
import re
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import folium
import pandas as pd
import pytest
from pydantic import ValidationError
from webmap.tables import settings, write_run

from pvmap.errors import InputError
from pvmap.findings import finding
from pvmap.settings.city import Settings
from pvmap.settings.scenarios import SHIPPED, Scenario
from pvmap.settings.webmap import BaseMap, MapSettings
from pvmap.store import read_json, read_table, write_json
from pvmap.webmap.asset import asset
from pvmap.webmap.build import build_map
from pvmap.webmap.data import read_data
from pvmap.webmap.help import HELP
from pvmap.webmap.i18n import TEXTS
from pvmap.webmap.layers import SiteTiles
from pvmap.webmap.meta import cases
from pvmap.webmap.page import SCRIPTS, OfflineMap


class Links(HTMLParser):
    """Everything a page would fetch, and the scripts and elements it has."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.tags: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.found += [v or "" for k, v in attrs if k in ("src", "href", "action", "data", "poster")]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_run(tmp_path_factory.mktemp("run"), 300, names={3: "</script><img src=x onerror=alert(1)>"})


def meta_of(path: Path) -> dict:
    text = path.read_text(encoding="utf-8")
    return json.loads(re.search(r'id="pvmap-meta">(.*?)</script>', text, re.S)[1])


def test_page_links_to_nothing(run: Path, tmp_path: Path) -> None:
    links = Links()
    links.feed(build_map(run, tmp_path, settings()).read_text(encoding="utf-8"))
    assert [link for link in links.found if not link.startswith("data:")] == []
    assert "img" not in links.tags and "iframe" not in links.tags and "link" not in links.tags


def test_colours_of_cost_turn_at_the_planners_benchmark(run: Path, tmp_path: Path) -> None:
    dear = Settings.model_validate(
        {"city": settings().city.model_dump(), "planning": {"economics": {"coal_benchmark_cny_per_kwh": 0.312}}}
    )
    meta = meta_of(build_map(run, tmp_path, dear))
    assert meta["reference_price"] == 0.312
    assert 0.312 in next(one for one in meta["variables"] if one["key"] == "lcoe_cny_per_kwh")["edges"]


def test_the_page_knows_the_ten_unverified_assumptions_that_move_most(run: Path, tmp_path: Path) -> None:
    rows = meta_of(build_map(run, tmp_path, settings()))["moving"]
    assert len(rows) == 10
    rate = next(one for one in rows if "discount rate" in one["about"][1])
    assert rate["about"][0] == "实际折现率（不计通胀）" and rate["values"] == ["0.06", "0.05", "0.08"]
    assert float(rate["cost"][0]) < 0 < float(rate["cost"][1]) and "energy" not in rate
    ends = [[[float(end) for end in one[name]] for name in ("cost", "energy", "worth") if name in one] for one in rows]
    swing = [max(abs(high - low) for low, high in of_one) for of_one in ends]
    assert all(after <= before + 0.2 for before, after in pairwise(swing)) and swing[0] > 5


def test_hostile_titles_and_reasons_cannot_leave_their_place(run: Path, tmp_path: Path) -> None:
    bad = "</script><script>alert(1)</script>{%endraw%}{{ 6 * 7 }}{% endraw %}{{ 7 * 7 }}{%- raw %}"
    record = finding("layers-apart", layer=bad, other="districts", gap_km=3.0).as_record()
    write_json(run / "run.json", {**read_json(run / "run.json"), "findings": [record]})
    base_map = BaseMap(name_zh=bad, name_en=bad, urls=("a/{z}",), attribution=bad)
    hostile = settings(title_zh=bad, title_en=bad, attribution=bad).model_copy(
        update={"map": MapSettings(base_maps=(base_map,))}
    )
    path = build_map(run, tmp_path, hostile)
    text = path.read_text(encoding="utf-8")
    assert "<script>alert(1)" not in text
    meta = meta_of(path)
    assert html.escape(bad) in text
    assert meta["base_maps"] == [base_map.model_dump(mode="json")]
    assert meta["title"] == [bad, bad] and meta["banner"]["attribution"] == bad
    assert meta["banner"]["findings"][0]["sentence"][1].startswith(f"{bad} and districts do not meet")


@pytest.mark.parametrize(
    ("found", "key"),
    [
        ({"incomplete_tiles": ["3_4"]}, "warn.incomplete"),
        ({"findings": [finding("outside-districts", count=2, total=9).as_record()]}, "warn.findings"),
    ],
)
def test_banner_says_what_is_wrong(run: Path, tmp_path: Path, found: dict, key: str) -> None:
    write_json(run / "run.json", {"city": "demo", **found})
    assert [w["key"] for w in meta_of(build_map(run, tmp_path, settings()))["banner"]["warnings"]] == [key]


def test_a_scenario_is_called_as_the_planner_calls_it() -> None:
    """As in the workbook, by whatever short name its columns end with."""
    sites = pd.DataFrame({"existing_pv_kwp": [0.0], "at_target_irr_low": [True], "at_target_irr_b27": [False]})
    own = Scenario(name="b27", title_zh="2027年竞价", midday_cny_per_kwh=0.2, utilisation=0.9)
    named = [one["title"] for one in cases(sites, (*SHIPPED, own)) if "title" in one]
    assert sorted(named) == [["2027年竞价", "b27"], ["保守", "low"]]
    assert [one["title"] for one in cases(sites, SHIPPED) if one.get("name") == "b27"] == [["b27", "b27"]]


def test_every_word_has_two_languages_and_every_key_a_word() -> None:
    assert all(len(pair) == 2 and all(pair) for pair in TEXTS.values())
    assert all(all(pair) for title, lines in HELP for pair in (title, *lines))
    source = "\n".join(asset(name) for name in SCRIPTS)
    used = set(re.findall(r'\btext\("([\w.]+)"', source)) | set(re.findall(r'pvmap\.section\("(\w+)"', source))
    used |= set(re.findall(r'"data-(?:text|label|placeholder)": "([\w.]+)"', source))
    assert used and used <= set(TEXTS)


def test_assets_are_readable_and_small() -> None:
    for name in SCRIPTS:
        lines = asset(name).splitlines()
        assert len(lines) < 300 and max(map(len, lines)) < 240, name
        assert not re.search(r"(inner|outer|insertAdjacent)HTML|document\.write|\beval\b|Function\(", asset(name)), name
        assert "http" not in asset(name).replace("http://www.w3.org/2000/svg", "")


def test_folium_layer_control_works_on_our_layers() -> None:
    page = OfflineMap({"variables": []}, "x")
    layer = SiteTiles(
        "roofs", "rooftop", "#D55E00", dots_from=11, polygons_from=15, text="layer.rooftop", group="rooftops"
    )
    layer.add_to(page)
    folium.LayerControl().add_to(page)
    html = page.get_root().render()
    assert f'"roofs" : {layer.get_name()}' in html and f"{layer.get_name()}.addTo(" in html


def test_masked_sites_are_hidden_or_coarse(run: Path) -> None:
    sites = read_table(run, "sites")
    secret = sites["site_id"].iloc[5]
    hidden = read_data(run, MapSettings(masked_sites=(secret,)))
    assert hidden.n_masked == 1 and secret not in set(hidden.column("site_id")) and len(hidden.sites) == len(sites) - 1
    coarse = read_data(run, MapSettings(masked_sites=(secret,), mask_mode="coarse", masked_cell_m=500))
    row = coarse.sites.index[coarse.column("site_id") == "masked-1"][0]
    assert coarse.column("name")[row] == "" and secret not in set(coarse.column("site_id"))
    square = coarse.shown.squares[row]
    west, south, east, north = square.bounds
    every = slice(0, len(sites))
    assert coarse.shown.outlines(every)[1][row] == square
    assert len(hidden.shown.outlines(every)[1]) == len(hidden.sites)
    assert (east - west, north - south) == (500, 500) and west % 500 == 0 and south % 500 == 0


def test_absent_columns_make_no_panel(run: Path, tmp_path: Path) -> None:

    from pvmap.store import write_table
    from pvmap.tables import TABLES

    bare = tmp_path / "bare"
    bare.mkdir()
    for name in ("sites", "zones", "exclusions"):
        frame = read_table(run, name)
        optional = [c for c, s in TABLES[name].columns.items() if s.optional and c in frame]
        write_table(bare, name, frame.drop(columns=optional))
    appraisal: pd.DataFrame = read_table(run, "appraisal")
    write_table(bare, "appraisal", appraisal[[c for c, s in TABLES["appraisal"].columns.items() if not s.optional]])
    write_json(bare / "run.json", {})
    path = build_map(bare, tmp_path / "map", settings())
    meta = meta_of(path)
    assert not {"lcoe_cny_per_kwh", "p50_kwh", "co2_t_per_year"} & set(meta["columns"])
    assert "lcoe_cny_per_kwh" not in [v["key"] for v in meta["variables"]] and meta["priority"] == []
    assert len(meta["moving"]) == 10  # cost is made of capacity, so it is known where none was written
    assert "pvmap.sections.curve();" not in path.read_text(encoding="utf-8")


def test_missing_tables_are_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"sites\.parquet is not there"):
        build_map(tmp_path, tmp_path / "map", settings())


@pytest.mark.parametrize(
    "url",
    [
        *(
            "javascript:alert(1)",
            " javascript:1",
            "java\tscript:1",
            "data:image/svg+xml,1",
            "file:///etc/passwd",
            "blob:1",
        ),
        *(
            "//evil/{z}",
            "/\\evil/{z}",
            "{s}:1",
            "https:evil",
            "https://a/{attribution}",
            "https://a/\u202e",
            "https://a/'",
        ),
    ],
)
def test_tile_addresses_are_of_web_servers_or_beside_the_map(url: str) -> None:
    with pytest.raises(ValidationError, match="tile address"):
        BaseMap(name_zh="图", name_en="map", urls=(url,))


def test_tile_addresses_may_be_relative() -> None:
    urls = ("tiles/{z}/{x}/{y}.png", "../t?z={z}&at=12:00", "/t/{z}", "HTTPS://t{s}.example.org/{z}/{x}/{-y}{r}.png")
    assert BaseMap(name_zh="图", name_en="map", urls=urls).urls == urls
