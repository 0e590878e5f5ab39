"""The table sorts every site by every column, however many there are, and says what it sorted by."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from browser.harness import Watched
from playwright.sync_api import Browser, Page
from webmap.tables import settings, write_run

from pvmap.store import read_table
from pvmap.webmap.build import build_map

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SORTED = """async ([column, descending, one_case]) => {
  pvmap.setCase(one_case);
  const list = new pvmap.SiteList(pvmap.sums.everywhere);
  await list.sort(column, descending);
  const value = (one) => (column === "name" ? one.name || one.id : pvmap.caseValue(one, column));
  const pages = [];
  for (const from of [0, list.length >> 1, list.length - 100]) {
    pages.push((await list.page(from, Math.min(from + 100, list.length))).map((one) => [one.id, value(one)]));
  }
  return pages;
}"""


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_run(tmp_path_factory.mktemp("many"), 70_000)


@pytest.fixture(scope="module")
def page(chromium: Browser, run: Path, tmp_path_factory: pytest.TempPathFactory) -> Page:
    watched = Watched(chromium.new_page())
    watched.page.set_default_timeout(60_000)
    yield watched.open(build_map(run, tmp_path_factory.mktemp("map"), settings()))
    assert watched.complaints == []
    watched.page.close()


@pytest.mark.parametrize("descending", [False, True])
def test_numbers_stand_in_their_order_and_those_without_last(page: Page, descending: bool) -> None:
    numbers = [3.0, -1e-9, np.pi, 1e300, -5.5, 0.0, 3.0, -1e300, 65536.5, 65536.25, 3.0, -5.5]
    blank = [2, 7]  # rows without a number
    rows: list[Any] = [None if i in blank else number for i, number in enumerate(numbers)]
    order = page.evaluate(
        """([rows, descending]) => [...pvmap.ordered(Float64Array.from(rows, (one) => one ?? NaN), descending)
                                    .subarray(0, rows.length)]""",
        [rows, descending],
    )
    known = [i for i in range(len(rows)) if i not in blank]
    assert order == [*sorted(known, key=lambda i: -numbers[i] if descending else numbers[i]), *blank]


@pytest.mark.parametrize("descending", [False, True])
def test_any_place_of_an_order_is_that_of_the_whole(page: Page, descending: bool) -> None:
    rng = np.random.default_rng(14)
    many = 20_000
    drawn = [
        rng.lognormal(4, 1, many),
        rng.normal(0, 1e6, many).round(-3),  # of either sign, many of them equal
        1 + rng.integers(0, 300, many) * 1e-15,  # upper halves of their bits all alike
        np.where(rng.random(many) < 1e-3, 1e-200, 1e3 + rng.random(many)),  # nearly all in one bucket
        rng.choice([0.0, -0.0, 5e-324, -5e-324, 2.0**-1040, np.nan], many),
        np.full(many, np.nan),
    ]
    for numbers in drawn:
        known = np.flatnonzero(~np.isnan(numbers))
        rank = -numbers[known] if descending else numbers[known]
        whole = [*known[np.argsort(rank, kind="stable")].tolist(), *np.flatnonzero(np.isnan(numbers)).tolist()]
        starts = [many // 2, 0, many - 7]
        windows = page.evaluate(
            """([rows, descending, starts]) => {
              const order = pvmap.ordered(Float64Array.from(rows, (one) => one ?? NaN), descending);
              const windows = [...starts.map((from) => [from, from + 7]), [0, rows.length]];
              return windows.map((one) => [...order.subarray(...one)]);
            }""",
            [[None if np.isnan(number) else float(number) for number in numbers], descending, starts],
        )
        assert windows == [*(whole[start : start + 7] for start in starts), whole]


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize(
    ("column", "case"),
    [
        ("npv_cny", "technical"),
        ("footprint_area_m2", "technical"),
        ("payback_years", "technical"),
        ("capacity_kwac", "technical"),
        ("energy_kwh", "technical"),
        ("capacity_kwac", "practical"),
    ],
)
def test_more_sites_than_codes_are_sorted_by_value(
    page: Page, run: Path, column: str, case: str, descending: bool
) -> None:
    sites = read_table(run, "sites").set_index("site_id")
    appraisal = read_table(run, "appraisal").set_index("site_id")
    table = appraisal.join(sites[["footprint_area_m2"]])
    table = table[table["capacity_kwp"] > 0]
    if case == "practical":
        table = table[table["capacity_practical_kwp"] > 0]
        table["capacity_kwac"] *= table["capacity_practical_kwp"] / table["capacity_kwp"]
    values = table[column].sort_values(ascending=not descending, na_position="last").to_numpy()
    starts = (0, len(values) // 2, len(values) - 100)
    for start, rows in zip(starts, page.evaluate(SORTED, [column, descending, case]), strict=True):
        shown = np.array([np.nan if value is None else value for _, value in rows])
        exact = table.loc[[site_id for site_id, _ in rows], column].to_numpy()
        np.testing.assert_allclose(exact, values[start : start + 100], rtol=4e-4, atol=0.011)
        known = shown[~np.isnan(shown)]
        assert (np.diff(-known if descending else known) >= 0).all() and not np.isnan(shown[: len(known)]).any()


def test_more_names_than_codes_are_sorted(page: Page, run: Path) -> None:
    sites = pd.DataFrame(read_table(run, "sites"))
    usable = set(read_table(run, "appraisal").query("capacity_kwp > 0")["site_id"])
    sites = sites[sites["site_id"].isin(usable)]
    bare = sorted(sites.loc[sites["name"] == "", "site_id"])
    first, _, last = page.evaluate(SORTED, ["name", False, "technical"])
    assert [name for _, name in last] == bare[-100:]
    assert {name for _, name in first} <= set(sites["name"]) - {""}
    in_order = sorted(set(sites["name"]) - {""}, key=lambda name: name.encode("gb18030"))
    assert [name for _, name in first] == in_order[:100]
    backwards = page.evaluate(SORTED, ["name", True, "technical"])[0]
    assert [name for _, name in backwards] == bare[:-101:-1]
