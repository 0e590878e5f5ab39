"""The key of the table of rejects holds whatever a city file names twice."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from pvmap.stages.prepare import _all_rejects
from pvmap.tables import contract


def rejects(*keys: tuple[int, int], source: str = "m.geojson") -> pd.DataFrame:
    rows, parts = np.array(keys).T
    return pd.DataFrame(
        {
            "source": source,
            "source_row": rows,
            "part": parts,
            "reason": "sliver",
            "detail": "",
            "longitude": 119.5,
            "latitude": 32.1,
        }
    ).astype({"source": "str", "reason": "str", "detail": "str"})


@pytest.mark.parametrize("times", [1, 2, 3])
@pytest.mark.parametrize("keys", [[(5, 0)], [(5, 0), (5, 1)], [(5, 0), (5, 2), (6, 0)]])
def test_two_files_of_one_name_or_one_mask_used_twice(times, keys):
    every = _all_rejects([rejects(*keys)] * times)
    assert len(every) == times * len(keys)
    assert not every.duplicated(["source", "source_row", "part"]).any()
    contract.check("rejects", every)
