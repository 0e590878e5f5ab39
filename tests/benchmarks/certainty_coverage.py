"""How often intervals of 80 % hold the truth, and what a town's energy errs by: tables of docs/method.md, section 13.

``python tests/benchmarks/certainty_coverage.py DATA [TOWN...]`` takes the middle of each town, with two errors of
heights and both efforts, in four lots, each with seeds of its own for the errors, the draws and the self-test, and
prints both tables; without names all five towns. A name like "Tokyo-whole" takes all of a town. Two at a time, a line
to stderr after each: 80 times 2 to 4 s of one core. Athens is kept apart: look at it once a method is settled, and
change none by what it says. Errors of 3.2 m hardly hide anything that 6.5 m show: `certainty_heights.py` looks at them.
"""

from __future__ import annotations

import itertools
import shutil
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from known_heights import bias, covered, judged, known, named, nearest, observed, town

TOWNS = ("Nanshan", "Suzhou", "Shanghai", "Tokyo", "Athens")
OUTLINES = 600  # nearest to the middle of the town, so that all 80 runs take minutes
WHOLE = "-whole"
ERRORS = ("6.5 m", "25 %")
LOTS = (1, 2, 3, 4)
EFFORTS = ("full", "sample")
HELD_HEADS = ("town", "error", "effort", "roofs", "held", "in each lot", "thirds by loss", "by size")
BIAS_HEADS = ("town", "error", "as read", "full", "in each lot", "sample", "in each lot")
LOSS, SIZE = ([f"{kind} {number}" for number in (1, 2, 3)] for kind in ("loss", "size"))


def measure(data: Path, name: str) -> pd.DataFrame:
    """One row for each error, effort and lot of a town."""
    outlines, rows = known(data, name.lower().removesuffix(WHOLE)), []
    if not name.endswith(WHOLE):
        outlines = nearest(outlines, OUTLINES)
    height = outlines["height"].to_numpy(float)
    with tempfile.TemporaryDirectory() as folder:
        truth = town(Path(folder) / "truth", outlines, height, "exact", "off").kwh
        place = Path(folder) / "told"
        for model, effort, lot in itertools.product(ERRORS, EFFORTS, LOTS):
            told, own = named(outlines, lot), truth.set_axis(truth.index.str.replace("-", f"-lot{lot}", n=1))
            frame = judged(town(place, told, observed(height, model, lot), model, effort), own)
            shutil.rmtree(place)
            known_of = {"town": name, "error": model, "effort": effort, "lot": lot, "roofs": len(frame)}
            rows.append(known_of | {"read": bias(frame, "read"), "bias": bias(frame, "mean")} | covered(frame))
            print(rows[-1], file=sys.stderr, flush=True)
    return pd.DataFrame(rows)


def held_table(found: pd.DataFrame) -> str:
    """Share of roofs whose interval holds their true energy, a line for each town, error and effort."""
    lines = _head(HELD_HEADS)
    for key, rows in found.groupby(["town", "error", "effort"], sort=False):
        parts = (rows[some].mean() for some in (LOSS, SIZE))
        roofs = f"{rows['roofs'].mean():.0f}"
        lines.append(_line(*key, roofs, f"{100 * rows['all'].mean():.1f}", *map(_percents, (rows["all"], *parts))))
    return "\n".join(lines)


def bias_table(found: pd.DataFrame) -> str:
    """Energy of all roofs over the true one less 1, a line for each town and error."""
    lines = _head(BIAS_HEADS)
    for key, rows in found.groupby(["town", "error"], sort=False):
        cells = [f"{100 * rows['read'].mean():+.1f}"]
        for effort in EFFORTS:
            off = 100 * rows.loc[rows["effort"] == effort, "bias"]
            cells += [f"{off.mean():+.2f}", ", ".join(f"{one:+.1f}" for one in off)]
        lines.append(_line(*key, *cells))
    return "\n".join(lines)


def _head(names: tuple[str, ...]) -> list[str]:
    return [_line(*names), "|---" * len(names) + "|"]


def _line(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def _percents(shares: pd.Series) -> str:
    return ", ".join(f"{100 * one:.0f}" for one in np.asarray(shares))


if __name__ == "__main__":
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        asked = partial(measure, Path(sys.argv[1]))
        every = pd.concat(pool.map(asked, sys.argv[2:] or TOWNS))
    print(held_table(every), bias_table(every), sep="\n\n")
