"""What is doubtful about the bureau's own prices and loads is told by map and plan alike, and only while it stands."""

from __future__ import annotations

import pandas as pd
import pytest
from findings.examples.village import HEAD, TYPICAL, feature, put, rectangle

from pvmap import pipeline, store

VILLAGE = """[[inputs.buildings]]
path = "b.geojson"
columns = { id = "no", height_m = "h", building_use = "use" }
[inputs.districts]
path = "d.geojson"
columns = { name = "name" }
"""
FILES = '[inputs.load]\npath = "load.csv"\n[inputs.market_prices]\npath = "p.csv"\n'


def hours(year: int) -> pd.Index:
    return pd.date_range(f"{year}-01-01", f"{year + 1}-01-01", freq="h", inclusive="left").strftime("%Y-%m-%d %H:%M")


@pytest.mark.slow
def test_units_and_years_of_prices_and_loads(tmp_path):
    raw = tmp_path / "data/raw/x"
    raw.mkdir(parents=True)
    halls = [feature(rectangle(60 * k, 0, 40, 30), no=f"b{k}", h=8.0, use="commercial") for k in range(2)]
    put(raw, "b.geojson", halls)
    put(raw, "d.geojson", [feature(rectangle(-200, -200, 800, 800), name="甲区")])
    city = tmp_path / "x.toml"
    city.write_text(HEAD + VILLAGE + TYPICAL, encoding="utf-8")
    pipeline.make_map(pipeline.open_city(str(city), tmp_path), workers=0)

    def planned(kw: float, yuan: float, year: int = 2023) -> dict[str, str]:
        pd.DataFrame({"time": hours(year), "district": "甲区", "load_kw": kw}).to_csv(raw / "load.csv", index=False)
        pd.DataFrame({"time": hours(2023), "price_cny_per_kwh": yuan}).to_csv(raw / "p.csv", index=False)
        told: list = []
        pipeline.write_plan(job := pipeline.open_city(str(city), tmp_path), doubt=told.extend)
        recorded = store.read_json(job.folders.processed / "run.json")["findings"]
        found = {one.code: one.layer for one in told}
        assert {one["code"] for one in recorded} >= set(found)
        assert not {one["code"] for one in recorded if one["layer"] in ("load.csv", "p.csv")} - set(found)
        return {code: layer for code, layer in found.items() if layer in ("load.csv", "p.csv")}

    city.write_text(HEAD + VILLAGE + FILES + TYPICAL, encoding="utf-8")
    assert planned(0.02, 350.0, 2024) == {
        "load-far-off": "load.csv",
        "hours-of-another-year": "load.csv",
        "prices-far-off": "p.csv",
    }
    assert planned(20.0, 0.35) == {}
    assert planned(0.0, 0.0) == {"load-far-off": "load.csv", "prices-far-off": "p.csv"}
