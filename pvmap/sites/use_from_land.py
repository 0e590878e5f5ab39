"""Buildings whose use nobody says take that of the land they stand on, with the grade of a building of unknown use."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
import shapely

from pvmap.findings import Finding, finding
from pvmap.settings.city import VectorInput
from pvmap.settings.words import NO_USE_WORDS, USE_WORDS
from pvmap.sites.ids import text_column
from pvmap.sites.words import read_words
from pvmap.sources.vector import VectorLayer

FROM_LAND = "use_from_land"  # column of features: the use is that of the land
# what land may tell of a building on it; a farm's land is mostly fields
TOLD_BY_LAND = ("industrial", "commercial", "government", "education", "health", "residential", "residential_rural")


def with_uses_of_land(
    layers: Sequence[VectorLayer], inputs: Sequence[VectorInput], land: VectorLayer | None, source: VectorInput | None
) -> tuple[list[VectorLayer], list[Finding]]:
    """Fill the uses that a source leaves open.

    Parameters
    ----------
    layers, inputs
        Buildings as read and their inputs, in the same order.
    land, source
        Land use as read (column ``land_use``) and its input; without it nothing happens.

    Returns
    -------
    layers, findings
        With the column `FROM_LAND`, and how many uses are the land's.
    """
    if land is None or source is None or not len(land.features):
        return list(layers), []
    outlines, meaning = land.features.geometry.to_numpy(), _meanings(land, source)
    known = np.isin(meaning, TOLD_BY_LAND)
    outlines, meaning = outlines[known], meaning[known]
    order = np.argsort(-shapely.area(outlines), kind="stable")  # the smallest area is written last, and stays
    outlines, meaning = outlines[order], meaning[order]
    tree, done, found, n_open = shapely.STRtree(outlines), [], [], 0
    for layer, own in zip(layers, inputs, strict=True):
        features = layer.features
        given = text_column(features, "building_use")
        tables = {use: USE_WORDS.get(use, ()) for use in USE_WORDS}
        words = {use: [word for word, means in own.uses.items() if means == use] for use in tables}
        open_rows = np.flatnonzero(read_words(given, tables, words, parts=True, missing=NO_USE_WORDS).missing)
        n_open += len(open_rows)
        points = shapely.point_on_surface(features.geometry.to_numpy()[open_rows])
        pairs = tree.query(points, predicate="intersects")
        pairs = pairs[:, np.argsort(pairs[1], kind="stable")]
        uses = given.to_numpy(object).copy()
        uses[open_rows[pairs[0]]] = meaning[pairs[1]]
        rows = np.unique(open_rows[pairs[0]])
        from_land = np.zeros(len(features), bool)
        from_land[rows] = True
        told = pd.Series(uses, index=features.index, dtype="str")
        done.append(replace(layer, features=features.assign(**{"building_use": told, FROM_LAND: from_land})))
        if len(rows):
            code, numbers = "uses-from-land-use", features["source_row"].iloc[rows]
            found.append(
                finding(code, layer=own.path, count=len(rows), total=len(features), rows=numbers, other=source.path)
            )
    if n_open and not found:
        found.append(
            finding("land-use-tells-nothing", layer=source.path, count=n_open, total=n_open, known=len(outlines))
        )
    return done, found


def _meanings(land: VectorLayer, source: VectorInput) -> np.ndarray:
    words = {use: [word for word, means in source.uses.items() if means == use] for use in USE_WORDS}
    return read_words(text_column(land.features, "land_use"), USE_WORDS, words, parts=True).meaning
