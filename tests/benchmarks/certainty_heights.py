"""Draws of heights held against towns of known heights, four lots in seconds: what they do to energy and why.

``python tests/benchmarks/certainty_heights.py DATA TOWN...`` prints a line for each town and error. What a roof loses
is told by the quick measure of what neighbours hide, in the truth as in the draws, so that only heights can be at
fault: the draws, the self-test and the widths it finds. Each lot has seeds of its own, for the errors and for these.
"Alike": pairs of touching buildings whose heights differ by less than half a step of the grid, in truth and in the
draws.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import shapely

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from known_heights import HIGH, LOW, MODELS, ROUNDING, bias, covered, known, observed

from pvmap.planning.risk import carry
from pvmap.planning.risk.height_chain import TOUCHING, Neighbours
from pvmap.planning.risk.height_draws import line_up
from pvmap.planning.risk.height_model import STEP_M, Observed, height_density
from pvmap.planning.risk.keyed import keys_of
from pvmap.shade.obstruction import pairs_of, views_of
from pvmap.stages.draws import DRAWS, SETS, TRUTHS, WORLDS, Heights, Quarter

SEEDS = 4
LOST = np.array([0.6, 0.3, 0.0, 0.15, 0.0])  # of energy, by the terms of the quick measure: two thirds is diffuse light
HEADS = ("town", "error", "held", "thirds by loss", "by size", "bias as read", "bias", "alike in truth", "in draws")


class Town:
    """Buildings of known heights, told with an error and drawn."""

    def __init__(self, data: Path, name: str) -> None:
        outlines = known(data, name)
        polygons = outlines.to_crs(outlines.estimate_utm_crs()).geometry.to_numpy()
        self.height = outlines["height"].to_numpy(float)
        self.site_id, self.area = outlines["no"].to_numpy(object), shapely.area(polygons)
        self.size = np.searchsorted(np.quantile(self.area, [1 / 3, 2 / 3]), self.area)
        pairs = pairs_of(polygons)
        self.near, self.views = Neighbours(*pairs), views_of(polygons, pairs, np.ones(len(polygons), bool))
        self.line = line_up(keys_of(pd.Series(self.site_id)), self.near)
        self.latitude = float(outlines.geometry.iloc[0].centroid.y)

    def quarter(self, model: str, seed: int) -> Quarter:
        """Tell the heights with an error."""
        (kind, sd), n = MODELS[model], len(self.height)
        rmse, log_sd = np.full(n, sd * (kind == "m")), np.full(n, sd * (kind != "m"))
        seen = Observed(observed(self.height, model, seed), rmse, log_sd, self.size)
        own = keys_of(pd.Series([f"lot{seed}{one}" for one in self.site_id]))  # random numbers hang on ids
        return Quarter(seen, self.line._replace(keys=own), self.views, height_density(seen), self.latitude)

    def alike(self, height: np.ndarray) -> float:
        """Share of touching pairs of the same height, of (set, n) heights."""
        first = np.repeat(np.arange(len(self.height)), np.diff(self.near.start))
        touching = self.near.kind == TOUCHING
        off = height[:, first[touching]] - height[:, self.near.other[touching]]
        return float((np.abs(off) < STEP_M / 2).mean())


def left(heights: Heights) -> np.ndarray:
    """Share of energy that neighbours leave under each set, (SETS, n)."""
    return 1.0 - np.clip(carry.terms(heights.sky, heights.sun) @ LOST, 0.0, 1.0)


def as_draws(town: Town, heights: Heights, world: int, true: np.ndarray | float) -> pd.DataFrame:
    """Lay draws out as the contract table has them."""
    columns = {"site_id": town.site_id, "world": world, "true_share": true, "free_kwh": town.area, "weight": 1.0}
    for name, values in (("share", left(heights)), ("sky", heights.sky), ("sun", heights.sun)):
        columns |= {f"{name}_{number}": values[number] for number in range(SETS)}
    return pd.DataFrame(columns)


def measure(town: Town, model: str, seed: int) -> dict[str, float]:
    """What is held, by how much the town's energy errs, and how alike touching buildings are."""
    quarter = town.quarter(model, seed)
    truth = quarter.draw(quarter.seen._replace(height_m=town.height, rmse_m=np.full(len(town.height), 1e-6)))
    drawn = quarter.draw()
    rows = [as_draws(town, drawn, 0, np.nan)]
    for world in range(1, WORLDS):
        again = quarter.draw_again(drawn, world)
        rows.append(as_draws(town, again, world, left(drawn)[TRUTHS[world - 1]]))
    told = carry.fit(pd.concat(rows), own=True)
    assert told is not None
    spread = carry.spread(rows[0], told)
    columns = {"free_kwh": town.area, "true": left(truth)[0], "read": rows[0]["share_0"], "mean": spread.mean}
    low, high = spread.quantile[:, LOW] - ROUNDING, spread.quantile[:, HIGH] + ROUNDING
    frame = pd.DataFrame(columns)
    frame["held"] = (frame["true"] >= low) & (frame["true"] <= high)
    alike = {"truth": town.alike(town.height[None]), "draws": town.alike(drawn.height_m[-DRAWS:])}
    return covered(frame) | {"read": bias(frame, "read"), "bias": bias(frame, "mean")} | alike


def as_line(name: str, model: str, found: pd.DataFrame) -> str:
    """Means over the seeds."""
    mean = 100 * found.mean()
    held = mean["all"]
    thirds = [", ".join(f"{mean[f'{kind} {number}']:.0f}" for number in (1, 2, 3)) for kind in ("loss", "size")]
    biases = [f"{mean[one]:+.1f} %" for one in ("read", "bias")]
    alike = [f"{mean[one]:.0f} %" for one in ("truth", "draws")]
    return f"| {' | '.join([name, model, f'{held:.0f} %', *thirds, *biases, *alike])} |"


if __name__ == "__main__":
    print(f"| {' | '.join(HEADS)} |\n{'|---' * len(HEADS)}|")
    for name in sys.argv[2:]:
        town = Town(Path(sys.argv[1]), name)
        for model in (one for one in MODELS if one != "exact"):
            found = pd.DataFrame([measure(town, model, seed) for seed in range(1, SEEDS + 1)])
            print(as_line(name, model, found), flush=True)
