"""How often intervals of 80 % hold the truth, and what the city's energy errs by, in towns of known heights.

``python tests/benchmarks/certainty_coverage.py DATA TOWN...`` prints a line for each town, error of heights and effort:
means over four seeds, and the range over seeds and thirds. Some minutes a town.
"""

from __future__ import annotations

import itertools
import sys
import tempfile
from pathlib import Path

import pandas as pd

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from known_heights import MODELS, bias, covered, energies, judged, known, observed, town

SEEDS = 4
HEADS = (
    "town",
    "error",
    "effort",
    "held",
    "least, most of seeds",
    "thirds by loss",
    "by size",
    "least, most of thirds",
)


def measure(data: Path, name: str) -> pd.DataFrame:
    """One row for each error, effort and seed."""
    outlines, rows = known(data, name), []
    height = outlines["height"].to_numpy(float)
    with tempfile.TemporaryDirectory() as folder:
        truth = energies(town(Path(folder) / "truth", outlines, height, "exact", "off"))
        models = [model for model in MODELS if model != "exact"]
        for model, seed, effort in itertools.product(models, range(1, SEEDS + 1), ("full", "sample")):
            place = Path(folder) / f"{model}-{seed}-{effort}"
            frame = judged(town(place, outlines, observed(height, model, seed), model, effort), truth)
            known_of = {"town": name, "error": model, "effort": effort, "read": bias(frame, "read")}
            rows.append(known_of | {"bias": bias(frame, "mean")} | covered(frame))
            print(rows[-1], file=sys.stderr, flush=True)
    return pd.DataFrame(rows)


def as_markdown(found: pd.DataFrame) -> str:
    """One line for each town, error and effort."""
    lines = [f"| {' | '.join((*HEADS, 'bias as read', 'bias', 'worst'))} |", "|---" * (len(HEADS) + 3) + "|"]
    thirds = [f"{kind} {number}" for kind in ("loss", "size") for number in (1, 2, 3)]
    for key, rows in found.groupby(["town", "error", "effort"], sort=False):
        mean = rows.mean(numeric_only=True)
        each = [", ".join(f"{100 * mean[one]:.0f}" for one in some) for some in (thirds[:3], thirds[3:])]
        spans = [f"{100 * some.min():.0f}-{100 * some.max():.0f}" for some in (rows["all"], rows[thirds].to_numpy())]
        worst = rows["bias"].loc[rows["bias"].abs().idxmax()]
        cells = [*key, f"{100 * mean['all']:.0f} %", spans[0], *each, spans[1]]
        lines.append(f"| {' | '.join([*cells, *(f'{100 * x:+.1f} %' for x in (mean['read'], mean['bias'], worst))])} |")
    return "\n".join(lines)


if __name__ == "__main__":
    print(as_markdown(pd.concat([measure(Path(sys.argv[1]), name) for name in sys.argv[2:]])))
