"""Why a site's energy is not surer: the largest causes of its spread by name, and what would mend them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from pvmap.planning.risk.input_errors import UNKNOWN, form_known, height_origin

SKY = ("year", "resource", "transposition")
WORD_OF_HEIGHT = {
    "assumed": "height unknown",
    "floors": "height from floors",
    "public_model": "height from a public model",
    "unstated": "height of unstated origin",
}
WORD_OF_FORM = {  # by what is known of a form; roofs have one word
    "mine_no_terrain": "ground unknown",
    "mine_terrain": "ground",
    "pond_dykes_unknown": "dykes unknown",
    "pond_dykes_told": "dykes",
}


def reasons(sites: pd.DataFrame, sigma: dict[str, np.ndarray], count: int = 3) -> list[np.ndarray]:
    """Name the largest causes of each site's spread, the largest first.

    Parameters
    ----------
    sites
        Contract table, n rows.
    sigma
        (n,) relative standard deviations by cause.
    count
        How many.

    Returns
    -------
    list of numpy.ndarray
        `count` arrays (n,) of keys of `reason_words.REASONS`.
    """
    words = {
        "height": pd.Series(height_origin(sites)).map(WORD_OF_HEIGHT).fillna("heights around").to_numpy(object),
        "use": np.where(sites["building_use"] == UNKNOWN, "use unknown", "use assumed"),
        "outline": np.full(len(sites), "outline"),
        "form": pd.Series(form_known(sites)).map(WORD_OF_FORM).fillna("form of the roof").to_numpy(object),
        "weather": np.full(len(sites), "weather"),
    }
    sizes = {name: values for name, values in sigma.items() if name not in SKY}
    sizes["weather"] = np.sqrt(sum(np.square(sigma[name]) for name in SKY))
    names = np.stack([words.get(name, np.full(len(sites), name)) for name in sizes], axis=1).astype(object)
    order = np.argsort(-np.stack(list(sizes.values()), axis=1), axis=1, kind="stable")[:, :count]
    return list(np.take_along_axis(names, order, axis=1).T)
