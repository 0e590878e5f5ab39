"""What every kind reads alike: layers of polygons become rows of "sites" with an id that stays from run to run."""

from __future__ import annotations

from collections.abc import Sequence

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from pvmap.config import VectorInput
from pvmap.errors import InputError
from pvmap.sites.base import longitude_latitude
from pvmap.sites.reasons import SOURCE_REASONS
from pvmap.sources.vector import VectorLayer
from pvmap.tables import NO_USE, TABLES

REJECT_COLUMNS = ("source", "source_row", "part", "reason", "detail")
NOT_EXCLUDED = frozenset({"", "0", "0.0", "no", "false", "none", "nan", "否", "无"})
YES = frozenset({"1", "1.0", "yes", "true", "y", "是", "有"})


def read_common(kind: str, layers: Sequence[VectorLayer], inputs: Sequence[VectorInput]) -> gpd.GeoDataFrame:
    """Stack the layers of one kind and fill every column of "sites" that does not depend on the kind.

    Parameters
    ----------
    kind
        Value of ``site_type``.
    layers, inputs
        What was read and the inputs it came from, in the same order.

    Returns
    -------
    GeoDataFrame
        Columns of "sites" (``confidence`` D, heights missing until the kind knows better; ``building_use`` as the
        source has it), the features' own mapped columns, and ``layer``, the number of the input.

    Raises
    ------
    InputError
        When two rows would carry the same site_id.
    """
    frames = []
    for number, (layer, _) in enumerate(zip(layers, inputs, strict=True)):
        features = layer.features.reset_index(drop=True)
        if len(features):
            frames.append(features.assign(layer=number, site_id=_site_ids(kind, features, number)))
    if not frames:
        crs = layers[0].features.crs if layers else None
        return gpd.GeoDataFrame({"site_id": pd.Series(dtype="str")}, geometry=[], crs=crs)
    sites = gpd.GeoDataFrame(pd.concat(frames, ignore_index=True), crs=frames[0].crs)
    repeated = sites["site_id"].duplicated()
    if repeated.any():
        raise InputError(
            f"{kind}: {int(repeated.sum())} rows share a site_id, first {sites.loc[repeated, 'site_id'].iloc[0]!r}; "
            "map another column to id, or none."
        )
    sites["site_type"] = pd.Series(kind, index=sites.index, dtype="str")
    sites["name"] = text_column(sites, "name")
    sites["footprint_area_m2"] = shapely.area(sites.geometry.to_numpy())
    sites["longitude"], sites["latitude"] = longitude_latitude(sites)
    sites["excluded_by"] = _excluded_by(sites)
    for column, value in (
        ("existing_pv_kwp", 0.0),
        ("shared_area_m2", 0.0),
        ("water_share", 1.0),
        ("cluster_area_m2", 0.0),
    ):
        sites[column] = value
    for column in ("district", "township", "weather_id"):
        sites[column] = pd.Series("", index=sites.index, dtype="str")
    if "height_m" not in sites.columns:
        sites["height_m"] = np.nan
    sites["height_source"] = pd.Series("none", index=sites.index, dtype="str")
    sites["confidence"] = pd.Series("D", index=sites.index, dtype="str")
    return sites


def not_buildings(sites: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Blank what only buildings have, whatever the source says: use and height."""
    none = pd.Series(NO_USE, index=sites.index, dtype="str")
    return sites.assign(building_use=none, height_m=np.nan)


def _site_ids(kind: str, features: pd.DataFrame, layer: int) -> pd.Series:
    """Kind + the source's id where it is unique, else kind + row; the part follows where a row has several.

    Layers after the first carry their number, so that adding a layer renames nothing.
    """
    prefix = kind if layer == 0 else f"{kind}-{layer + 1}"
    rows = prefix + "-row" + features["source_row"].astype("str")
    ids = text_column(features, "id")
    repeated = pd.DataFrame({"id": ids, "part": features["part"]}).duplicated(keep=False)
    names = (prefix + "-" + ids).where((ids != "") & ~repeated, rows)
    several = features["n_parts_of_row"] > 1
    return names.where(~several, names + "." + features["part"].astype("str")).astype("str")


def text_column(frame: pd.DataFrame, column: str) -> pd.Series:
    """Give a column as stripped text, empty where it is missing or absent."""
    if column not in frame.columns:
        return pd.Series("", index=frame.index, dtype="str")
    return frame[column].astype("str").fillna("").str.strip()


def flag_column(frame: pd.DataFrame, column: str, default: bool) -> np.ndarray:
    """Give a yes/no column as booleans, `default` where it is missing or absent."""
    text = text_column(frame, column).str.lower()
    return np.where(text.eq("").to_numpy(), default, text.isin(YES).to_numpy())


def _excluded_by(sites: pd.DataFrame) -> pd.Series:
    """Reason from the source's own column `excluded`: known words in full, others as they stand."""
    words = text_column(sites, "excluded")
    known = words.str.lower().map(SOURCE_REASONS)
    return known.where(known.notna(), words.where(~words.str.lower().isin(NOT_EXCLUDED), "")).astype("str")


def refuse(features: pd.DataFrame, reason: str, detail: pd.Series | str) -> pd.DataFrame:
    """Rows of the contract table "rejects"."""
    refused = features[["source", "source_row", "part"]].copy()
    refused["reason"] = pd.Series(reason, index=refused.index, dtype="str")
    refused["detail"] = pd.Series(detail, index=refused.index, dtype="str")
    return refused[list(REJECT_COLUMNS)].reset_index(drop=True)


def nothing_refused() -> pd.DataFrame:
    """Give the contract table "rejects" without rows."""
    number, text = pd.Series(dtype="int64"), pd.Series(dtype="str")
    return refuse(pd.DataFrame({"source": text, "source_row": number, "part": number}), "", "")


def contract_columns(sites: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Drop what only the reader needed."""
    keep = [c for c in TABLES["sites"].columns if c in sites.columns]
    return sites[[*keep, "geometry"]]
