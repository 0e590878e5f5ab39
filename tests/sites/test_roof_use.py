"""Heights that are assumed: how many make a doubt, and how the assumption is told."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from pvmap.settings.city import VectorInput
from pvmap.sites.roof_use import doubt_missing_heights


@pytest.mark.parametrize(
    ("assumed", "code", "severity"),
    [(9, "heights-assumed-few", "note"), (10, "heights-assumed", "doubtful"), (100, "heights-assumed", "doubtful")],
)
@pytest.mark.parametrize(("lowest", "told"), [(6.4, "(6.4 m)"), (3.2, "(3.2-6.4 m)")])
def test_a_tenth_of_the_layer_makes_a_doubt(assumed: int, code: str, severity: str, lowest: float, told: str) -> None:
    sites = pd.DataFrame({"site_id": [f"b{number}" for number in range(100)], "layer": 0})
    height = np.full(100, 6.4)
    height[0] = lowest
    source = np.where(np.arange(100) < assumed, "default", "column").astype(object)
    (found,) = doubt_missing_heights(sites, [VectorInput(path="b.gpkg")], height, source)
    assert (found.code, found.severity, found.count, found.total) == (code, severity, assumed, 100)
    assert told in found.sentence() and told[1:-3] in found.sentence("zh")
