"""Names are labels, ids are keys: a township is known by its district and its name together."""

from __future__ import annotations

import numpy as np
import pandas as pd


def township_ids(frame: pd.DataFrame) -> np.ndarray:
    """Id of each row's township, (n,): ``district/township``, the township alone outside districts, "" without one.

    Parameters
    ----------
    frame
        `district` and `township`, n rows.
    """
    pairs, uniques = pd.factorize(pd.MultiIndex.from_arrays([frame["district"], frame["township"]]))
    named = [f"{district}/{township}" if district and township else township for district, township in uniques]
    return np.array([*named, ""], object)[pairs]
