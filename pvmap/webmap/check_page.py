"""The page of a check: what was read and what is doubtful about it, in one file that opens without internet."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Any

import pandas as pd

from pvmap.findings import Finding, word, worst_first
from pvmap.pages import CHECK, write_page
from pvmap.settings.city import Settings
from pvmap.settings.weather import CLIMATE_PLACE
from pvmap.tables.vocabulary import ASSUMED_HEIGHTS
from pvmap.webmap.asset import asset
from pvmap.webmap.bilingual import Both, Rows, both, escape, table
from pvmap.webmap.charts import DOUBTFUL, KEPT, REFUSED, SERIES, Places, histogram, locator, months
from pvmap.webmap.i18n import TEXTS

HEIGHTS_M = (0, 3, 6, 9, 12, 15, 18, 21, 24, 30, 40, 60, 80, 100, 150)
AREAS_M2 = (0, 30, 100, 300, 1_000, 3_000, 10_000, 30_000, 100_000, 300_000, 1_000_000)
SITE_COLUMNS = (
    *("site_id", "site_type", "building_use", "height_m", "height_source", "footprint_area_m2"),
    *("longitude", "latitude", "source", "source_row"),
)
SEVERITIES: dict[str, Both] = {name: TEXTS[f"severity.{name}"] for name in ("refused", "doubtful", "note")}
# A second wall behind escaping: the page may ask for nothing and run nothing but its own switch of languages.
POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; script-src-attr 'none'; img-src data:"
)
SWITCH = (
    "document.getElementById('language').onclick=()=>{const r=document.documentElement;"
    "r.lang=r.lang==='zh'?'en':'zh';document.title=document.body.dataset[r.lang]};"
)


@dataclass(frozen=True)
class Evidence:
    """What a check has seen.

    Attributes
    ----------
    counts
        Rows read, parts exploded, kept and refused, by layer.
    weather
        ``WeatherPoint.summary`` of each point.
    findings
        All of them.
    sites, rejects
        Contract tables; of sites the columns of ``SITE_COLUMNS``.
    """

    counts: dict[str, dict[str, int]]
    weather: list[dict[str, Any]]
    findings: Sequence[Finding]
    sites: pd.DataFrame
    rejects: pd.DataFrame


def write_check_page(path: Path, seen: Evidence, settings: Settings) -> Path:
    """Write the page.

    Parameters
    ----------
    path
        The HTML file; an older page of a check is replaced when the new one is whole, anything else kept beside.
    seen
        What the check has seen.
    settings
        Of the city: its titles and the climate its light is held against.
    """
    city = settings.city
    title = (f"数据核查：{city.title_zh}", f"Check of the data: {city.title_en}")
    sections = [
        _section(("核查发现", "What was found"), _findings(seen.findings)),
        _section(("读入的数据行", "Rows read"), _rows(seen)),
        _section(("位置", "Where rows lie"), _map(seen)),
        *_charts(seen.sites),
        _section(("逐月水平面总辐照量", "Monthly light on the horizontal"), _light(seen, settings)),
    ]
    page = f"""<!DOCTYPE html>
<html lang="zh"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="{POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>{escape(title[0])}</title>
<style>{asset("check.css")}</style></head>
<body data-zh="{escape(title[0])}" data-en="{escape(title[1])}">
<header>{both(title, "h1")}<button id="language" type="button">中文 / English</button></header>
<main>{"".join(sections)}</main><script>{SWITCH}</script></body></html>
"""
    return write_page(path, CHECK, lambda fresh: fresh.write_text(page, encoding="utf-8"))


def _section(heading: Both, body: str) -> str:
    return f"<section>{both(heading, 'h2')}{body}</section>"


def _findings(findings: Sequence[Finding]) -> str:
    if not findings:
        return both(("未发现数据问题。", "Nothing was found."), "p")
    items = []
    for found in worst_first(findings):
        said = [
            both((found.sentence("zh"), found.sentence("en")), "p"),
            both((found.remedy("zh"), found.remedy("en")), "i"),
        ]
        named = [
            both((f"{zh}{'、'.join(map(str, some))}", f"{en}{', '.join(map(str, some))}"), "small")
            for zh, en, some in (
                ("前几行（从 0 起）：", "first rows (from 0): ", found.rows),
                ("前几处场址：", "first sites: ", found.sites),
            )
            if some
        ]
        items.append(
            f'<li class="{found.severity}"><b>{both(SEVERITIES[found.severity])}</b>{"".join(said + named)}</li>'
        )
    return f'<ul class="findings">{"".join(items)}</ul>'


def _rows(seen: Evidence) -> str:
    heads = [
        ("图层", "layer"),
        ("读入行数", "rows read"),
        ("拆分增加", "parts exploded"),
        ("保留", "kept"),
        ("未采用", "refused"),
    ]
    keys = ("rows_read", "parts_exploded", "kept", "refused")
    body = table(heads, [[layer_name(name), *(f"{n[key]:,}" for key in keys)] for name, n in seen.counts.items()], 4)
    rule = ("读入行数 + 拆分增加 = 保留 + 未采用", "Rows read + parts exploded = kept + refused.")
    reasons = seen.rejects["reason"].value_counts()
    why: Rows = [[TEXTS[f"refused.{reason}"], f"{n:,}"] for reason, n in reasons.items()]
    heads = [("未采用的原因", "why refused"), ("数量", "count")]
    return body + both(rule, "p") + (table(heads, why, 1) if why else "")


def layer_name(name: str) -> Both:
    """Name of a layer of the counts: ours, or `mask N NAME`."""
    mask = re.fullmatch(r"mask (\d+) (.*)", name, re.DOTALL)
    if mask:
        return f"限制图层 {mask[1]} {mask[2]}", f"mask {mask[1]} {mask[2]}"
    return word(name, "zh"), word(name, "en")


def _map(seen: Evidence) -> str:
    sites, rejects = seen.sites, seen.rejects.dropna(subset=["longitude", "latitude"])
    drawing, outside = locator(_places(sites), _places(rejects), _named(seen))
    legend = "".join(
        f'<span><i style="background:{colour}"></i>{both(text)}</span>'
        for colour, text in (
            (KEPT, ("保留（颜色越深越密）", "kept, darker where denser")),
            (REFUSED, ("未采用", "refused")),
            (DOUBTFUL, ("存疑（核查发现所举的前几处）", "doubtful: the first few that findings name")),
        )
    )
    beyond = (f"{outside:,} 行位于图框之外。", f"{outside:,} rows lie outside the frame.")
    return f'{drawing}<p class="legend">{legend}</p>' + (both(beyond, "p") if outside else "")


def _places(frame: pd.DataFrame, names: list[str] | None = None) -> Places:
    return Places(frame["longitude"].to_numpy(float), frame["latitude"].to_numpy(float), names or [])


def _named(seen: Evidence) -> Places:
    """Rows and sites that doubtful findings name, wherever they are known to lie."""
    frames, names = [], []
    for found in seen.findings:
        if found.severity == "note":
            continue
        file = PurePath(found.layer).name
        for frame in (seen.sites, seen.rejects):
            of_row = (frame["source"] == file) & frame["source_row"].isin(found.rows)
            of_id = frame["site_id"].isin(found.sites) if "site_id" in frame else False
            some = frame.loc[of_row | of_id, ["longitude", "latitude"]].dropna()
            frames.append(some)
            names += [f"{found.code}: {found.layer}"] * len(some)
    nothing = pd.DataFrame({"longitude": [], "latitude": []}, dtype=float)
    return _places(pd.concat([nothing, *frames]), names)


def _charts(sites: pd.DataFrame) -> list[str]:
    roofs = sites[sites["site_type"] == "rooftop"]
    charts = []
    if len(roofs):
        assumed = roofs["height_source"].isin(ASSUMED_HEIGHTS)
        n = f"{int(assumed.sum()):,}"
        note = (
            f"{len(roofs):,} 栋中有 {n} 栋无高度，按假定值计算，未计入本图。",
            f"{n} of {len(roofs):,} have no height; one is assumed, and not counted here.",
        )
        drawing = histogram(roofs["height_m"][~assumed], HEIGHTS_M, "m") + (both(note, "p") if assumed.any() else "")
        charts.append(_section(("建筑高度", "Heights of buildings"), drawing))
    for kind, of_kind in sites.groupby("site_type", sort=False):
        name = TEXTS[f"kind.{kind}"]
        heading = (f"占地面积：{name[0]}", f"Footprints: {name[1]}")
        charts.append(_section(heading, histogram(of_kind["footprint_area_m2"], AREAS_M2, "m²")))
    if len(roofs):
        by_use = roofs.groupby("building_use")["footprint_area_m2"]
        number, area = by_use.size(), by_use.sum().sort_values(ascending=False)
        rows: Rows = [
            [TEXTS[f"building_use.{use}"], f"{n:,}", f"{m2:,.0f}", f"{m2 / area.sum():.1%}"]
            for use, n, m2 in zip(area.index, number[area.index], area, strict=True)
        ]
        heads = [("用途", "use"), ("栋数", "buildings"), ("占地（m²）", "footprint (m²)"), ("占比", "share")]
        charts.append(_section(("建筑用途", "Uses of buildings"), table(heads, rows, 3)))
    return charts


def _light(seen: Evidence, settings: Settings) -> str:
    climate = settings.weather.correction or settings.weather.typical
    reference = list(climate.ghi_kwh_per_m2)
    series = [(str(one["weather_id"]), list(one["ghi_kwh_per_m2_by_month"])) for one in seen.weather]
    rows: Rows = [[name, f"{sum(values):,.0f}", f"{sum(values) / sum(reference) - 1:+.1%}"] for name, values in series]
    place = f"{CLIMATE_PLACE[0]:g}°E {CLIMATE_PLACE[1]:g}°N"
    note = (
        f"灰色为参考气候（{sum(reference):,.0f} kWh/m²；城市文件未另行给出时为 {place} 的气候）。",
        f"Grey: the climate it is held against ({sum(reference):,.0f} kWh/m²), that of {place} unless the city file "
        "gives its own.",
    )
    drawing = months(series, reference, "kWh/m²") + both(note, "p")
    if len(series) > len(SERIES):
        drawing += both((f"图中为前 {len(SERIES)} 个气象点。", f"Drawn are the first {len(SERIES)} points."), "p")
    heads = [("气象点", "weather"), ("年总量（kWh/m²）", "a year (kWh/m²)"), ("与参考之差", "against the climate")]
    return drawing + table(heads, rows, 2)
