"""What `explain` tells is told in the language of the terminal."""

from __future__ import annotations

import ast
import inspect
import pickle
import re
import string

import numpy as np
import pandas as pd
import pytest
from city import Run
from latin import latin

from pvmap import pipeline
from pvmap.cli import words
from pvmap.planning import explain as cases
from pvmap.planning.money import explained
from pvmap.planning.risk import narrowing
from pvmap.sentence import Sentence
from pvmap.stages import explain


def templates() -> list[str]:
    """Every sentence that the modules make, as their sources have them: named where it is made, or as `told`."""
    found = ["Found about this site", "Found about its layer"]
    for module in (explain, cases, explained, narrowing):
        for node in ast.walk(ast.parse(inspect.getsource(module))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Sentence":
                found += [one.value for one in node.args if isinstance(one, ast.Constant)]
            if isinstance(node, ast.Assign) and [getattr(one, "id", "") for one in node.targets] == ["told"]:
                found += [one.value for one in [node.value] if isinstance(one, ast.Constant)]
    assert len(found) > 40
    return found


def names(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}


@pytest.mark.parametrize("template", templates())
def test_every_sentence_of_explain_has_its_chinese(template: str) -> None:
    told = words.CHINESE[template]
    assert names(told) == names(template)
    assert told == "  {found}" or "：" in told or any("\u4e00" <= c <= "\u9fff" for c in told)


def site(**values: object) -> pd.Series:
    place = {"site_id": "a", "name": "", "district": "", "township": "", "longitude": 119.4, "latitude": 32.2}
    read = {"source": "b.csv", "source_row": 1, "height_m": np.nan, "confidence": "A", "existing_pv_kwp": 0.0}
    return pd.Series({"site_type": "rooftop", "building_use": "commercial", **place, **read, **values})


def test_values_are_told_in_chinese_too(chinese: None) -> None:
    place = list(explain._source_lines(site()))[1]
    assert place == "  rooftop, use commercial, in no district, 119.40000 E 32.20000 N"
    assert words.in_words(place) == "  屋顶，用途 商业，位于 区县以外，东经 119.40000，北纬 32.20000"
    south = list(explain._source_lines(site(site_type="mine", building_use="none", longitude=-70.5, latitude=-33.4)))[1]
    assert south == "  mine, in no district, 70.50000 W 33.40000 S"
    assert words.in_words(south) == "  废弃矿山，位于 区县以外，西经 70.50000，南纬 33.40000"
    taken = Sentence("  - {m2:,.1f} m2 {reason}: {clause}", m2=1234.5, reason=("a", "甲"), clause=("{x}", "{乙}"))
    assert taken == "  - 1,234.5 m2 a: {x}"
    assert words.in_words(taken) == "  - 1,234.5 平方米 甲：{乙}"


@pytest.mark.slow
def test_every_line_about_a_site_is_told_in_chinese(small_city: Run, chinese: None) -> None:
    appraisal = small_city.table("appraisal").query("capacity_kwp > 0")
    told = [
        words.in_words(line)
        for site_type in ("rooftop", "mine", "fishpond")
        for line in pipeline.explain_site(
            small_city.job, appraisal.loc[appraisal["site_type"] == site_type, "site_id"].iloc[0]
        )
    ]
    after = [line for line in told if line][2:]
    assert any("净现值" in line and "元" in line for line in after)
    named = r"(?:inputs|planning|economics)\.[a-z_.]+|(?:rooftop|mine|fishpond)-\S+|\w+\.(?:gpkg|parquet|geojson)"
    column = r"[a-z]+_[a-z_]+|columns|floors|typical|weather\.points"
    ours = re.compile(rf"{named}|{column}|\b[A-D]\b|\de[-+]\d+")  # files, ids, keys, grades, numbers
    odd = [line for line in after if latin(ours.sub("", line))]
    assert odd == [], "\n".join(odd)


def test_a_site_names_the_money_it_rests_on_and_no_other_class(small_city: Run) -> None:
    told = {}
    for site_type in ("rooftop", "fishpond"):
        site = small_city.table("appraisal").query("site_type == @site_type").iloc[0]
        lines = explain._unverified(site, small_city.job.settings)
        told[site_type] = {one.key.removeprefix("planning."): one.value for one in lines}
    assert told["fishpond"]["economics.capex_cny_per_kw.fishpond"] == 3100.0
    assert told["fishpond"]["economics.grid_cny_per_kw"] == 250.0 and told["fishpond"]["economics.owner"] == "company"
    assert "economics.capex_cny_per_kw.fishpond" not in told["rooftop"]
    assert "tariff.load_shapes" in told["rooftop"] and "tariff.load_shapes" not in told["fishpond"]
    assert {"tariff.mechanism_cny_per_kwh", "carbon.co2_t_per_mwh"} <= told["rooftop"].keys() & told["fishpond"].keys()


def test_a_sentence_in_a_sentence_is_told_in_chinese(chinese: None) -> None:
    decided = Sentence(" ({decision}: {note})", decision="refuse", note="{roof} <b>")
    told = Sentence("  No capacity remains here{decided}: nothing to build, nothing to pay.", decided=decided)
    assert told == "  No capacity remains here (refuse: {roof} <b>): nothing to build, nothing to pay."
    assert words.in_words(told) == "  此处没有可建规模（否决：{roof} <b>）：无投资，无支出。"
    assert words.in_words(pickle.loads(pickle.dumps(told))) == words.in_words(told)


def test_other_text_stays_as_it_is(chinese: None) -> None:
    assert words.in_words("rooftop-1 {name}") == "rooftop-1 {name}"
    assert words.in_words(Sentence("nobody knows {what}", what="this")) == "nobody knows this"
