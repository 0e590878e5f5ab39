"""What to measure first, for the list on the map: the sites that hold most of what inputs leave open."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from pvmap.planning.risk.narrowing import first_input_cause, held_kwh2, share_of, unsurest
from pvmap.tables.vocabulary import CAUSES
from pvmap.webmap.data import MapData

OF_EACH_DISTRICT = 10  # enough that a filter leaves some
REASONS = [f"certainty_reason_{number}" for number in (1, 2, 3)]


def unsure(data: MapData, numbers: np.ndarray) -> list[dict[str, Any]]:
    """List sites of every district by what they hold of the city's variance, the first first.

    Parameters
    ----------
    data
        The run. None are listed where its heights were not drawn.
    numbers
        Number of each site within its layer. (site,)

    Returns
    -------
    list of dict
        `kind`, `number`, `cause`, and the shares `of_city` and `of_district` of the variance from errors of inputs.
    """
    spreads = [f"spread_{cause}" for cause in CAUSES]
    if not data.shown.holds(["expected_kwh", *spreads, *REASONS]):
        return []
    energy = data.column("expected_kwh").to_numpy(float)
    held = held_kwh2(energy, (data.column(name).to_numpy(float) for name in spreads))
    district = data.sites["district"].to_numpy(object)
    rows = unsurest(held, district, data.column("site_id").to_numpy(object), OF_EACH_DISTRICT)
    rows = rows[np.argsort(-held[rows], kind="stable")]
    causes = first_input_cause(pd.DataFrame({name: data.column(name).to_numpy(object)[rows] for name in REASONS}))
    kinds, of_district = data.sites["site_type"].to_numpy(object), share_of(held, district)
    of_city = share_of(held, np.zeros(len(held), int))
    return [
        {
            "kind": str(kinds[row]),
            "number": int(numbers[row]),
            "of_city": round(float(of_city[row]), 5),
            "of_district": round(float(of_district[row]), 5),
            "cause": str(cause),
        }
        for row, cause in zip(rows, causes, strict=True)
    ]
