"""Heights as they may be, and how a run tests itself on them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import shapely

from pvmap.planning.risk.height_draws import Neighbours, line_up
from pvmap.planning.risk.height_model import GRID_M, SIZES, Observed
from pvmap.planning.risk.keyed import keys_of
from pvmap.shade.obstruction import pairs_of, views_of
from pvmap.stages.draws import Quarter

N = 300


def test_the_self_test_learns_the_density_of_heights_anew():
    """Whatever density the run has: observed anew, a town of three heights tells of the three."""
    west = 200.0 * np.arange(N)  # too far apart to tell of each other
    polygons = shapely.box(west, 0.0, west + 20.0, 20.0)
    height = np.resize([9.0, 21.0, 36.0], N)
    seen = Observed(height, np.full(N, 4.0), np.zeros(N), np.zeros(N, np.int64))
    pairs, even = pairs_of(polygons), np.full((SIZES, len(GRID_M)), 1.0 / len(GRID_M))
    keys = keys_of(pd.Series([f"r{i}" for i in range(N)], dtype=object))
    views = views_of(polygons, pairs, np.ones(N, bool))
    quarter = Quarter(seen, line_up(keys, Neighbours(*pairs)), views, even, 30.0)
    drawn = quarter.draw()
    again = quarter.draw_again(drawn._replace(height_m=np.tile(height, (len(drawn.height_m), 1))), 1)
    told_off, drawn_off = np.abs(again.height_m[0] - height).mean(), np.abs(again.height_m[1:] - height).mean()
    assert told_off > 2.0  # observed anew, with the error of the source
    assert drawn_off < told_off  # by an even density, root of two as much
