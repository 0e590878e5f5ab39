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
    district, districts = pd.factorize(frame["district"].to_numpy(object))
    township, townships = pd.factorize(frame["township"].to_numpy(object))
    pair, pairs = pd.factorize(district * len(townships) + township)
    named = [(districts[one // len(townships)], townships[one % len(townships)]) for one in pairs]
    ids = [f"{of}/{name}" if of and name else name for of, name in named]
    return np.array(ids, object)[pair]
