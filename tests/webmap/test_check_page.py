"""The page of a check: whole in both languages, closed to the outside, and text of files stays text."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from webmap.tables import settings

from pvmap.findings import finding
from pvmap.webmap.charts import GRID, Places, histogram, locator, months
from pvmap.webmap.check_page import Evidence, write_check_page
from pvmap.webmap.i18n import TEXTS

HOSTILE = "</script><img src=x onerror=alert(1)>{{ 7*7 }}\"'\x1b[31m"
CHINESE = re.compile("[一-鿿]")


class Page(HTMLParser):
    """Tags, and the text each language shows."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict]] = []
        self.shown: dict[str, list[str]] = {"zh": [], "en": []}
        self._open: list[str | None] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in ("meta", "rect", "line", "circle", "path", "input"):
            self._open.append(dict(attrs).get("class") if dict(attrs).get("class") in self.shown else None)

    def handle_endtag(self, tag: str) -> None:
        if self._open and tag not in ("rect", "line", "circle", "path"):
            self._open.pop()

    def handle_data(self, data: str) -> None:
        for language in filter(None, self._open):
            self.shown[language].append(data)


def evidence(**changed: object) -> Evidence:
    n = 40
    sites = pd.DataFrame(
        {
            "site_id": [f"rooftop-{i}" for i in range(n)],
            "site_type": "rooftop",
            "building_use": ["education", "commercial"] * (n // 2),
            "height_m": np.linspace(3, 90, n),
            "height_source": ["column"] * 30 + ["default"] * 10,
            "footprint_area_m2": np.geomspace(20, 40_000, n),
            "longitude": np.linspace(119.4, 119.5, n),
            "latitude": np.linspace(32.1, 32.2, n),
            "source": "b.shp",
            "source_row": range(n),
        }
    )
    rejects = pd.DataFrame(
        {
            "source": "b.shp",
            "source_row": [50, 51],
            "part": 0,
            "reason": ["sliver", "no geometry"],
            "detail": HOSTILE,
            "longitude": [119.45, np.nan],
            "latitude": [32.15, np.nan],
        }
    )
    counts = {"rooftop": {"rows_read": 42, "parts_exploded": 0, "kept": 40, "refused": 2}, f"mask 1 {HOSTILE}": {}}
    counts[f"mask 1 {HOSTILE}"] = dict.fromkeys(counts["rooftop"], 0)
    weather = [{"weather_id": HOSTILE, "ghi_kwh_per_m2_by_month": [100.0] * 12}]
    findings = [
        finding("polygons-repaired", layer="b.shp", count=3, total=42, rows=[1, 2, 3]),
        finding("outside-districts", layer=HOSTILE, count=7, total=40, sites=["rooftop-5"]),
    ]
    whole = {"counts": counts, "weather": weather, "findings": findings, "sites": sites, "rejects": rejects}
    return Evidence(**{**whole, **changed})


@pytest.fixture(scope="module")
def text(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("page") / "check.html"
    write_check_page(path, evidence(), settings(title_zh=HOSTILE, title_en=HOSTILE))
    return path.read_text(encoding="utf-8")


def test_the_page_asks_for_nothing_and_obeys_no_text(text: str) -> None:
    page = Page(text)
    allowed = {
        "html",
        "head",
        "meta",
        "title",
        "style",
        "body",
        "header",
        "h1",
        "h2",
        "button",
        "main",
        "section",
        "ul",
    }
    allowed |= {"li", "b", "i", "p", "small", "span", "table", "thead", "tbody", "tr", "th", "td", "script"}
    assert {tag for tag, _ in page.tags} <= allowed | {"svg", "rect", "line", "circle", "path", "text"}
    assert sum(tag == "script" for tag, _ in page.tags) == 1
    for _, attributes in page.tags:
        assert not {"src", "href", "onerror", "onload", "xlink:href"} & set(attributes)
    assert "http://" not in text and "https://" not in text and "url(" not in text
    assert "\x1b" not in text and "\\x1b[31m" in text


def test_both_languages_tell_everything(text: str) -> None:
    shown = Page(text).shown
    assert len(shown["zh"]) == len(shown["en"]) > 40
    for chinese, english in zip(shown["zh"], shown["en"], strict=True):
        if english != chinese:  # a file's name is the same in both
            assert CHINESE.search(chinese) and not CHINESE.search(english)


def test_findings_stand_worst_first_with_their_remedy(text: str) -> None:
    first, second = (one.kind for one in evidence().findings[::-1])
    assert text.index('<li class="doubtful">') < text.index('<li class="note">')
    for kind in (first, second):
        assert kind.remedy_zh.split("{")[0][:8] in text
    assert TEXTS["refused.sliver"][0] in text


def test_a_histogram_counts_every_known_value_once() -> None:
    values = [*np.linspace(1, 200, 97), np.nan]
    counts = [
        int(n.replace(",", ""))
        for n in re.findall(r"<title>[^<]*: ([\d,]+)</title>", histogram(values, [0, 5, 50, 100], "m"))
    ]
    assert sum(counts) == 97 and counts[0] == sum(v < 5 for v in values)
    assert counts[-1] == sum(v >= 50 for v in values)  # beyond the last edge too


def test_months_stand_in_proportion() -> None:
    drawing = months([("a", [50.0] * 12)], [100.0] * 12, "kWh/m²")
    tall = [float(h) for h in re.findall(r'height="([\d.]+)" fill', drawing)]
    assert len(tall) == 24 and tall[12] == pytest.approx(tall[0] / 2, abs=0.06)


def test_the_map_holds_the_city_and_counts_what_lies_beyond() -> None:
    rng = np.random.default_rng(1)
    kept = Places(rng.uniform(119.4, 119.5, 2_000), rng.uniform(32.1, 32.2, 2_000), [])
    lost = Places(np.array([0.0, 119.45]), np.array([0.0, 32.15]), [])
    drawing, outside = locator(kept, lost, Places(np.array([119.45]), np.array([32.15]), [HOSTILE]))
    beyond = 1 + sum(not (119.39 < x < 119.51 and 32.09 < y < 32.21) for x, y in zip(*kept[:2], strict=True))
    assert outside == beyond == 1
    assert 300 < drawing.count("M") < GRID**2 and drawing.count("<circle") == 1
    assert "onerror=alert" in drawing and "<img" not in drawing


@pytest.mark.parametrize("empty", ["findings", "rejects"])
def test_a_clean_city_has_a_page_too(tmp_path: Path, empty: str) -> None:
    nothing = [] if empty == "findings" else evidence().rejects.iloc[:0]
    path = write_check_page(tmp_path / "check.html", evidence(**{empty: nothing}), settings())
    assert "</html>" in path.read_text(encoding="utf-8")
