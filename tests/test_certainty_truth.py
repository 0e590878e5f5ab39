"""Heights that are known, made noisy as public ones are: what a run tells of each roof must hold of the truth."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from city import Run, run

from pvmap import store
from pvmap.planning.risk import carry
from pvmap.stages.draws import self_test

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data" / "buildings"
FILE = """
[city]
name = "town"
title_zh = "某城"
title_en = "Town"
[[inputs.buildings]]
path = "b.geojson"
crs = "EPSG:4326"
columns = {{ id = "no", height_m = "height" }}
default_use = "commercial"
height_rmse_m = {rmse_m}
[[weather.points]]
format = "typical"
[certainty]
effort = "{effort}"
"""
LOW, HIGH = 1, 5  # levels of 10 and 90 %
ROUNDING = 1e-4  # of what a roof gives without neighbours


def town(folder: Path, heights: gpd.GeoDataFrame, rmse_m: float, effort: str) -> Run:
    """Run a town of these heights."""
    raw = folder / "data" / "raw" / "town"
    raw.mkdir(parents=True)
    heights.to_file(raw / "b.geojson", driver="GeoJSON")
    (folder / "town.toml").write_text(FILE.format(rmse_m=rmse_m, effort=effort), encoding="utf-8")
    return run(folder / "town.toml", folder, raw)


def judged(noisy: Run, truth: Run) -> pd.DataFrame:
    """Each roof's true energy, its interval and its mean, in shares of what the roof gives without neighbours."""
    draws = noisy.table("draws")
    effort = noisy.job.settings.certainty.effort
    told = carry.fit(draws[draws["weight"] > 0], self_test(noisy.processed), own=effort == "full")
    spread = carry.spread(draws, told)
    true = truth.table("yields").groupby("site_id")["energy_kwh"].sum().reindex(draws["site_id"]).to_numpy()
    frame = pd.DataFrame(
        {
            "free_kwh": draws["free_kwh"],
            "true": true / draws["free_kwh"],
            "read": draws["share_0"],
            "mean": spread.mean,
            "low": spread.quantile[:, LOW] - ROUNDING,
            "high": spread.quantile[:, HIGH] + ROUNDING,
        }
    ).dropna()
    return frame.assign(held=(frame["true"] >= frame["low"]) & (frame["true"] <= frame["high"]))


def bias(frame: pd.DataFrame, column: str) -> float:
    return float((frame[column] * frame["free_kwh"]).sum() / (frame["true"] * frame["free_kwh"]).sum() - 1.0)


@pytest.mark.slow
@pytest.mark.parametrize(("name", "column"), [("suzhou_buildings", "height"), ("tokyo_buildings", "height")])
def test_intervals_hold_the_truth_and_the_bias_of_noise_goes(tmp_path: Path, name: str, column: str):
    if not SHARED.exists():
        pytest.skip("needs ../shared/data")
    known = gpd.read_file(SHARED / f"{name}.geojson")
    known = known[known.geometry.is_valid & (known.geometry.geom_type == "Polygon")].iloc[:1200].reset_index(drop=True)
    true = np.maximum(pd.to_numeric(known[column]).to_numpy(float), 3.0)
    heights = gpd.GeoDataFrame({"no": [f"b{i}" for i in range(len(true))]}, geometry=known.geometry, crs=known.crs)
    rng = np.random.default_rng(1)
    noisy = np.maximum(true + rng.normal(0.0, 6.5, len(true)), 3.0)
    truth = town(tmp_path / "truth", heights.assign(height=true), 0.1, "off")
    frame = judged(town(tmp_path / "noisy", heights.assign(height=noisy), 6.5, "sample"), truth)
    assert 0.72 < frame["held"].mean() < 0.92
    assert abs(bias(frame, "mean")) < max(0.5 * abs(bias(frame, "read")), 0.005)
    assert (store.read_table(truth.processed, "draws").empty) and len(frame) > 500
