"""What to measure first stands in the panel: of the city, of a district, and each line opens its site."""

from __future__ import annotations

from pathlib import Path

import pytest
from browser.harness import Watched, settle
from webmap.tables import settings, with_certainty, write_run

from pvmap.webmap.build import build_map

pytestmark = [pytest.mark.browser, pytest.mark.slow]

LISTED = """() => {
  const heads = [...document.querySelectorAll("#pvmap-where_to_begin h3")], words = pvmap.text("measure_first");
  const list = heads.find((head) => head.textContent === words)?.nextElementSibling.nextElementSibling;
  return list ? [...list.querySelectorAll("button")].map((line) => line.textContent) : [];
}"""
EXPECTED = """async (share) => {
  const passing = pvmap.meta.unsure.filter((one) => pvmap.datasets[one.kind].passes(one.number, false)).slice(0, 5);
  const title = async (one) => pvmap.siteTitle(await pvmap.datasets[one.kind].record(one.number));
  const titles = await Promise.all(passing.map(title));
  const figure = (one) => `${pvmap.format("share", one[share])}，${pvmap.text(`cause.${one.cause}`)}`;
  return passing.map((one, n) => titles[n] + figure(one));
}"""


def test_what_to_measure_first_is_listed_and_opened(watched: Watched, tmp_path: Path) -> None:
    run = with_certainty(write_run(tmp_path / "run", 300))
    page = watched.open(build_map(run, tmp_path / "map", settings()))
    same = f"async (share) => JSON.stringify(({LISTED})()) === JSON.stringify(await ({EXPECTED})(share))"
    page.wait_for_function(same, arg="of_city")
    assert len(page.evaluate(LISTED)) == 5
    page.evaluate("pvmap.chooseDistrict(pvmap.variables.get('district').classes[0])")
    page.wait_for_function(same, arg="of_district")
    settle(page)
    first = page.evaluate("pvmap.meta.unsure.find((one) => pvmap.datasets[one.kind].passes(one.number, false))")
    page.locator("#pvmap-where_to_begin .pvmap-leading").last.locator("button").first.click()
    title = page.evaluate("async (one) => pvmap.siteTitle(await pvmap.datasets[one.kind].record(one.number))", first)
    page.wait_for_function("title => document.querySelector('.pvmap-popup h3')?.textContent === title", arg=title)
    assert watched.complaints == [] and watched.remote() == []
    watched.shot("measure-first")
