"""One table from the use of a building to its policy class, its cost class and its load shape."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from pvmap.tables.vocabulary import BUILDING_USES
from pvmap.text_columns import few_texts


class UseClass(NamedTuple):
    """What a use means to policy, to cost and to the load it brings."""

    policy: str  # class of the NEA county notice; "none" where it names no share
    cost: str  # key of capex_cny_per_kw and its companions
    load: str  # key of load_shapes; "" where nothing is used on the spot


USE_CLASSES: dict[str, UseClass] = {
    "industrial_steel": UseClass("commerce_industry", "commercial", "industry"),
    "industrial_concrete": UseClass("commerce_industry", "commercial", "industry"),
    "commercial": UseClass("commerce_industry", "commercial", "commerce"),
    "government": UseClass("government", "commercial", "office"),
    "education": UseClass("public", "commercial", "school"),
    "health": UseClass("public", "commercial", "hospital"),
    "residential_low": UseClass("none", "residential", "home"),
    "residential_high": UseClass("none", "residential", "home"),
    "residential_rural": UseClass("rural", "residential", "home"),
    "other": UseClass("none", "commercial", ""),
}
GROUND = {"mine": UseClass("none", "mine", ""), "fishpond": UseClass("none", "fishpond", "")}
CLASSES: dict[str, UseClass] = {**USE_CLASSES, **GROUND}

if set(USE_CLASSES) != set(BUILDING_USES):
    raise AssertionError("every building use of the contract needs its classes")


def class_key(sites: pd.DataFrame) -> np.ndarray:
    """Key of each site in ``CLASSES``: the use of a building, else the kind of site.

    Parameters
    ----------
    sites
        Frame with `site_type` and `building_use`, n rows.

    Returns
    -------
    numpy.ndarray
        (n,) strings.
    """
    roof = sites["site_type"].eq("rooftop").to_numpy(bool)
    return np.where(roof, few_texts(sites["building_use"]), few_texts(sites["site_type"]))


def policy_class(sites: pd.DataFrame) -> np.ndarray:
    """Class of the NEA county notice of each site, (n,): government, public, commerce_industry, rural or none."""
    keys, uniques = pd.factorize(class_key(sites))
    return np.array([CLASSES[str(u)].policy for u in uniques], object)[keys]


def lookup(keys: np.ndarray, table: dict[str, float], default: float = 0.0) -> np.ndarray:
    """Read one number per key from a small table, (n,) float64; keys it does not hold get `default`."""
    codes, uniques = pd.factorize(keys)
    return np.array([table.get(str(u), default) for u in uniques], float)[codes]
