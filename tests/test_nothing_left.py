"""A city whose ground is all excluded has a potential of zero, with its reasons: a result, not a failure."""

from __future__ import annotations

import json

import pytest
from findings.examples.places import PONDS
from findings.examples.village import HEAD, TYPICAL, feature, put, rectangle

from pvmap import pipeline, store
from pvmap.cli.city import _show_totals
from pvmap.cli.runs import _tell_ratios

MASK = '[[masks]]\nname = "永久基本农田"\nclause = "x"\ninput = { path = "m.geojson" }\n'


def test_all_ground_is_excluded(tmp_path, capsys):
    raw = tmp_path / "data/raw/x"
    raw.mkdir(parents=True)
    put(raw, "p.geojson", [feature(rectangle(320 * k, 0, 300, 300), no=f"p{k}") for k in range(2)])
    put(raw, "m.geojson", [feature(rectangle(-100, -100, 1000, 1000))])
    city = tmp_path / "x.toml"
    city.write_text(HEAD + PONDS + MASK + TYPICAL, encoding="utf-8")
    job = pipeline.open_city(str(city), tmp_path)
    report = pipeline.make_map(job, workers=0)
    assert report.index.exists() and not report.failures
    assert report.totals["all"]["capacity_mwp"] == report.totals["all"]["energy_gwh"] == 0.0
    processed = job.folders.processed
    exclusions = store.read_table(processed, "exclusions")
    assert set(exclusions["reason"]) == {"永久基本农田"}
    assert exclusions["area_m2"].sum() == store.read_table(processed, "sites")["footprint_area_m2"].sum()
    assert (store.read_table(processed, "appraisal")["revenue_cny"] == 0.0).all()
    assert all(path.exists() for path in pipeline.write_plan(job))
    json.loads((processed / "run.json").read_text("utf-8"), parse_constant=pytest.fail)  # no JSON knows NaN
    _show_totals(report)
    _tell_ratios(pipeline.diff_runs(processed, processed).summed("site_type").iloc[-1], "CNY")
    told = capsys.readouterr().out
    assert "–" in told and "nan" not in told and "->" not in told
