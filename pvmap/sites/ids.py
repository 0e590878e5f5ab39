"""Ids that stay from run to run: the source's where they tell sites apart, else the row; pieces are joined."""

from __future__ import annotations

from collections.abc import Sequence

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from pvmap.findings import EXAMPLES, Finding, finding
from pvmap.settings.city import VectorInput

MOST_PIECES = 9  # judgement: four tiles meet at a corner, a long hall crosses a few; a number of a street has more
SEAM_M = 0.05  # how exactly pieces meet along their seam
LEAST_SEAM_M = 0.5  # judgement: neighbours touch in a corner, halves of a building along a wall


def text_column(frame: pd.DataFrame, column: str) -> pd.Series:
    """Give a column as stripped text, empty where it is missing or absent."""
    if column not in frame.columns:
        return pd.Series("", index=frame.index, dtype="str")
    return frame[column].astype("str").fillna("").str.strip()


def site_ids(kind: str, sites: pd.DataFrame, inputs: Sequence[VectorInput]) -> tuple[pd.Series, list[Finding]]:
    """Kind + the source's id where it is unique, else kind + row; the part follows where a row has several.

    Layers after the first carry their number, so that adding a layer renames nothing. Where an id reads like another
    site's name, the later one gets a sign and a number more.

    Parameters
    ----------
    kind
        Value of ``site_type``.
    sites
        Features of all layers with ``layer``, ``source_row``, ``part``, ``n_parts_of_row`` and, where mapped, ``id``.
    inputs
        The inputs by number.

    Returns
    -------
    tuple of Series and list of Finding
        Unique names, and which ids were given twice or collide.
    """
    layer = sites["layer"]
    prefix = (kind + "-" + (layer + 1).astype("str")).where(layer > 0, kind)
    ids = text_column(sites, "id")
    repeated = pd.Series(_alike(pd.DataFrame({"id": ids, "layer": layer, "part": sites["part"]})), index=sites.index)
    names = (prefix + "-" + ids).where(ids.ne("") & ~repeated, prefix + "-row" + sites["source_row"].astype("str"))
    names = names.where(sites["n_parts_of_row"] <= 1, names + "." + sites["part"].astype("str")).astype("str")
    collide = again = names.duplicated()
    while again.any():
        names = names.where(~again, names + "~" + names.groupby(names).cumcount().astype("str"))
        again = names.duplicated()
    found = []
    for code, bad in (("ids-repeated", repeated), ("ids-collide", collide)):
        for number in np.unique(layer[bad]):
            rows = np.flatnonzero(bad & (layer == number))
            examples = ", ".join(dict.fromkeys(ids.iloc[rows[: 4 * EXAMPLES]].str.slice(0, 40)).keys())
            source = inputs[number]
            found.append(
                finding(
                    code, layer=source.path, column=source.columns.get("id", ""), count=len(rows),
                    total=int((layer == number).sum()), rows=sites["source_row"].iloc[rows[:EXAMPLES]],
                    sites=names.iloc[rows[:EXAMPLES]], ids=examples,
                )
            )  # fmt: skip
    return names, found


def _alike(keys: pd.DataFrame) -> np.ndarray:
    """Whether each row has an `id`, and another row all its columns, (n,) bool."""
    shared = keys["id"].duplicated(keep=False).to_numpy() & keys["id"].ne("").to_numpy(bool)
    shared[shared] = keys[shared].duplicated(keep=False)  # few: to look at all columns of all rows takes longer
    return shared


def join_pieces(
    features: gpd.GeoDataFrame, inputs: Sequence[VectorInput]
) -> tuple[gpd.GeoDataFrame, pd.DataFrame, list[Finding]]:
    """Join rows of one layer and id that meet along a wall: tiles of a service have cut one building.

    Rows that tell different uses or remarks are no pieces of one, but buildings of one plot.

    Parameters
    ----------
    features
        Features of all layers with ``layer``, ``source_row`` and, where mapped, ``id``.
    inputs
        The inputs by number.

    Returns
    -------
    tuple of GeoDataFrame, DataFrame and list of Finding
        The features without the pieces that went into another; these pieces with ``joined_with``, the row of the
        other; and how many there were. The first piece stays, with the outline of all and the largest height.
    """
    keys = pd.DataFrame({"id": text_column(features, "id"), "layer": features["layer"]}).reset_index(drop=True)
    several = np.flatnonzero(_alike(keys))
    same = keys.iloc[several].groupby(["layer", "id"], sort=False)
    group, size = same.ngroup().to_numpy(), same["id"].transform("size").to_numpy()
    few = (size <= MOST_PIECES) & features["n_parts_of_row"].eq(1).to_numpy()[several]
    rows, group = several[few], group[few]
    polygons = np.asarray(features.geometry.array[rows])
    one, other = shapely.STRtree(polygons).query(polygons, predicate="dwithin", distance=SEAM_M)
    pair = (one < other) & (group[one] == group[other])
    for column in ("building_use", "excluded"):
        told = text_column(features.iloc[rows], column).to_numpy(object)
        pair &= (told[one] == told[other]) | (told[one] == "") | (told[other] == "")
    one, other = one[pair], other[pair]
    seam = shapely.intersection(shapely.boundary(polygons[one]), shapely.buffer(polygons[other], SEAM_M, quad_segs=1))
    along = shapely.length(seam) >= LEAST_SEAM_M
    links = coo_array((np.ones(along.sum(), bool), (one[along], other[along])), shape=(len(rows), len(rows)))
    component = connected_components(links, directed=False)[1] if len(rows) else np.empty(0, int)
    first = np.full(len(rows), -1)
    if len(rows):
        _, start, component = np.unique(component, return_index=True, return_inverse=True)
        first = start[component]
    gone = np.flatnonzero(first != np.arange(len(rows)))
    if not len(gone):
        return features, features.iloc[:0].assign(joined_with=0), []
    keep = rows[first[gone]]
    shapes = features.geometry.array.copy()
    heights = [name for name in ("height_m", "floors", "measured_height_m") if name in features]
    features = features.copy()
    several, joined = np.unique(keep), []
    for kept in several:
        members = np.concatenate([[kept], rows[gone[keep == kept]]])
        grown = shapely.buffer(np.asarray(shapes[members]), SEAM_M, join_style="mitre")
        joined.append(shapely.buffer(shapely.union_all(grown), -SEAM_M, join_style="mitre"))
        for name in heights:
            features.loc[features.index[kept], name] = features[name].iloc[members].max()
    shapes[several] = np.array(joined, object)
    pieces = features.iloc[rows[gone]].assign(joined_with=features["source_row"].to_numpy()[keep])
    whole = features.set_geometry(gpd.GeoSeries(shapes, index=features.index, crs=features.crs))
    found = [
        finding(
            "pieces-joined", layer=inputs[number].path, column=inputs[number].columns.get("id", ""), count=len(mine),
            total=int((features["layer"] == number).sum()), rows=mine["source_row"].iloc[:EXAMPLES],
        )
        for number, mine in pieces.groupby("layer")
    ]  # fmt: skip
    return whole.drop(index=features.index[rows[gone]]).reset_index(drop=True), pieces, found
