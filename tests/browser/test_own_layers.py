"""Layers that Python users add to the map: drawn, listed in the panel, switched there; a notebook's frame shows it."""

from __future__ import annotations

import html
import re
from pathlib import Path

import folium
import pytest
from browser.harness import Watched, settle
from webmap.tables import settings

from pvmap.webmap.live import live_map

pytestmark = pytest.mark.browser
NAME = "变电站 <b>&</b> substation"


@pytest.fixture(scope="module")
def own(run_folder: Path) -> folium.Map:
    city = live_map(run_folder, settings())
    own = folium.FeatureGroup(name=NAME)
    folium.CircleMarker((32.2, 119.45), radius=9, color="#BB5566", class_name="own-mark").add_to(own)
    own.add_to(city)
    return city


def test_an_own_layer_is_drawn_listed_and_switched(watched: Watched, own: folium.Map, tmp_path: Path) -> None:
    own.save(str(tmp_path / "own.html"))
    page = watched.open(tmp_path / "own.html")
    assert page.locator(".own-mark").count() == 1
    assert page.evaluate("pvmap.datasets.rooftop.n") == 3000
    page.evaluate("document.querySelector('.pvmap-group-base').open = true")
    tick = page.get_by_label(NAME)
    assert tick.is_checked()
    tick.click()
    settle(page)
    assert page.locator(".own-mark").count() == 0
    assert watched.complaints == [] and watched.remote() == []


def test_a_notebook_shows_it(watched: Watched, own: folium.Map, tmp_path: Path) -> None:
    cell = own._repr_html_()
    (tmp_path / "cell.html").write_text(f"<!DOCTYPE html><meta charset=utf-8>{cell}", encoding="utf-8")
    watched.page.goto((tmp_path / "cell.html").as_uri())
    inside = watched.page.frame_locator("iframe")
    inside.locator("#pvmap-banner").wait_for()
    inside.locator("html[data-pvmap-ready]").wait_for(state="attached")
    assert inside.locator(".own-mark").count() == 1
    assert "srcdoc" in cell and re.search("pvmapTile", html.unescape(cell))
