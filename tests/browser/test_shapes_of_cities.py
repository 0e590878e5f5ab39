"""Cities that lack what the demo has: their pages miss nothing, complain of nothing and show no empty number."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

import pytest
from browser.harness import go, settle, show, watching
from city import demo_file, run
from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.slow]

FEW = "n_buildings = 500\nn_quarries = 4\nn_ponds = 20"
NO_NUMBER = re.compile(r".{0,40}(?:\bNaN\b|\bundefined\b|\bnull\b|\[object|\bInfinity\b).{0,20}")
ENGLISH = re.compile(r"[A-Za-z]{4,}(?: [A-Za-z]{2,}){2,}")
CHOICES = ("#pvmap-variable", "#pvmap-case-choice")


class Shape(NamedTuple):
    """What a city lacks of the demo's file, and what it says otherwise."""

    without: tuple[str, ...] = ()
    city: str = ""
    more: str = ""


SHAPES = {
    "no districts": Shape(("inputs.districts", "inputs.townships")),
    "mines alone": Shape(("inputs.buildings", "inputs.buildings.uses", "inputs.fishponds", "fishpond")),
    "ponds alone": Shape(("inputs.buildings", "inputs.buildings.uses", "inputs.mines")),
    "roofs under an open sky": Shape(("inputs.mines", "inputs.fishponds", "fishpond"), more="[shade]\nenabled = false"),
    "level ground, one spread": Shape(("inputs.dem",), more='[certainty]\neffort = "off"'),
    "for the public": Shape(city='use = "public"\nreview_number = "苏S(2026)001号"\n'),
    "elsewhere": Shape(city='country = "generic"\nutc_offset_hours = 8\n'),
}


@pytest.mark.parametrize("shape", SHAPES.values(), ids=list(SHAPES))
def test_nothing_is_missed(chromium: Browser, tmp_path: Path, shape: Shape):
    file = demo_file(tmp_path / "demo.toml", demo=FEW, more=shape.more)
    text = file.read_text(encoding="utf-8").replace("[city]\n", f"[city]\n{shape.city}", 1)
    for table in shape.without:
        text, n = re.subn(rf"(?ms)^\[+{re.escape(table)}\].*?(?=^\[|\Z)", "", text)
        assert n
    file.write_text(text, encoding="utf-8")
    run(file, tmp_path)
    with watching(chromium, 1366, 768) as watched:
        page = watched.open(tmp_path / "maps" / "demo" / "index.html")
        for chinese in (True, False):
            _look_everywhere(page, chinese)
            page.click("#pvmap-language")


def _look_everywhere(page: Page, chinese: bool) -> None:
    for choice in (page.locator(name) for name in CHOICES):
        for value in choice.evaluate("one => [...one.options].filter((o) => !o.disabled).map((o) => o.value)"):
            choice.select_option(value, force=True)
            _require_sound(page)
    for kind in page.evaluate("Object.keys(pvmap.datasets)"):
        go(page, 0, 17, kind)
        show(page, 0, kind)
        _require_sound(page)
    page.click("#pvmap-tool-table")
    page.evaluate("document.querySelectorAll('details').forEach((one) => (one.open = true))")
    _require_sound(page)
    assert not (chinese and ENGLISH.findall(page.inner_text("#pvmap-panel")))
    page.click("#pvmap-tool-table")


def _require_sound(page: Page) -> None:
    settle(page)
    assert NO_NUMBER.findall(page.inner_text("body")) == []
