"""One number everywhere: tables, map, workbook, report and GeoPackage of one real run say the same."""

from __future__ import annotations

from pathlib import Path

import docx
import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pytest
from browser.harness import Watched, as_shown, printed
from city import Run
from playwright.sync_api import Page

from pvmap import pipeline
from pvmap.deliver.labels import LABELS
from pvmap.deliver.report.page import printed as in_word
from pvmap.deliver.sheets import FIRST

pytestmark = pytest.mark.browser
IN_WORKBOOK = {  # column of the appraisal = its label on the sheet of single sites
    "capacity_kwp": "site_kwp",
    "energy_kwh": "site_kwh",
    "lcoe_cny_per_kwh": "lcoe_cny_per_kwh",
    "npv_cny": "npv_cny",
    "payback_years": "payback_years",
}
POWERS = {"兆": 1e3, "万": 1e4, "亿": 1e8}  # of kilowatts and kilowatt-hours


def on_the_map(page: Page, site_id: str, row: pd.Series) -> int:
    """Search a site, open it, and hold every number of its popup against the table; how many there were."""
    page.fill("#pvmap-query", site_id)
    page.wait_for_selector(f"#pvmap-found button:has-text('{site_id}')")
    page.click("#pvmap-found button >> nth=0")
    page.wait_for_selector(f".pvmap-popup code:has-text('{site_id}')")
    shown = [(column, text) for column, text in page.evaluate("probe.cells()") if column in row]
    for column, text in shown:
        unit = text.split(maxsplit=1)[1] if " " in text.strip() else ""
        value = float(row[column]) / POWERS.get(unit[:1], 1.0) * (100 if "%" in text else 1)
        assert printed(text) == as_shown(value, text), (site_id, column, text, row[column])
    return len(shown)


def reported(path: Path) -> dict[str, dict[str, str]]:
    """Cells of the report's lists of projects, by site and heading."""
    out = {}
    for table in docx.Document(str(path)).tables:
        head, *rows = ([cell.text for cell in row.cells] for row in table.rows)
        if LABELS["site_id"].zh in head:
            out |= {row[head.index(LABELS["site_id"].zh)]: dict(zip(head, row, strict=True)) for row in rows}
    return out


def test_one_number_in_tables_map_workbook_report_and_geopackage(small_city: Run, watched: Watched) -> None:
    pipeline.write_plan(small_city.job)
    appraisal = small_city.table("appraisal").set_index("site_id")
    total = appraisal["energy_kwh"].sum()

    assert small_city.table("profiles")["power_kw"].sum() == pytest.approx(total, rel=1e-9)
    zones = small_city.table("zones").query("site_type == 'all'")
    for level in ("city", "district", "township", "grid"):
        assert zones.loc[zones["level"] == level, "energy_kwh"].sum() == pytest.approx(total, rel=1e-9), level

    packed = gpd.read_file(small_city.processed / "demo.gpkg", layer="sites").set_index("site_id")
    for column in IN_WORKBOOK:
        np.testing.assert_allclose(packed.loc[appraisal.index, column], appraisal[column], rtol=1e-12)

    sheet = openpyxl.load_workbook(small_city.processed / "report.xlsx", data_only=True)["优选200"]
    headings = [cell.value for cell in sheet[FIRST]]
    in_report = reported(small_city.processed / "report.docx")
    page = watched.open(small_city.report.index)
    n_on_map = 0
    for number in range(FIRST + 1, FIRST + 6):
        cells = dict(zip(headings, (cell.value for cell in sheet[number]), strict=True))
        row = appraisal.loc[cells["site id"]]
        for column, name in IN_WORKBOOK.items():
            label = LABELS[name]
            assert cells[label.en] == pytest.approx(row[column] * label.factor, rel=1e-9), column
            if label.zh in in_report[cells["site id"]]:
                text = in_report[cells["site id"]][label.zh]
                assert text == in_word(row[column] * label.factor, label), column
        n_on_map += on_the_map(page, cells["site id"], row)
    assert n_on_map >= 50
