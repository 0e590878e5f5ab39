"""What every kind reads alike: layers of polygons become rows of "sites" with an id that stays from run to run."""

from __future__ import annotations

from collections.abc import Sequence

import geopandas as gpd
import numpy as np
import pandas as pd
from pyproj import CRS

from pvmap.crs import middles
from pvmap.errors import ConfigError
from pvmap.findings import Finding
from pvmap.settings.city import VectorInput
from pvmap.settings.words import (
    EXCLUSION_WORDS,
    LEFT_OUT_WORDS,
    MISSING_WORDS,
    NO_WORDS,
    NOT_EXCLUDED_WORDS,
    WATER_WORDS,
    YES_WORDS,
)
from pvmap.sites.base import Sites, longitude_latitude
from pvmap.sites.ids import join_pieces, site_ids, text_column
from pvmap.sites.reasons import SOURCE_REASONS
from pvmap.sites.words import Words, plain, read_words
from pvmap.sources.asleep import stacked
from pvmap.sources.vector import VectorLayer
from pvmap.tables import TABLES
from pvmap.tables.vocabulary import NO_USE

REJECT_COLUMNS = tuple(TABLES["rejects"].columns)
KEPT = "kept"
REMARKS: dict[str, tuple[str, ...]] = {
    KEPT: (*NO_WORDS, *NOT_EXCLUDED_WORDS),
    "stated": (*YES_WORDS, *LEFT_OUT_WORDS),
    **EXCLUSION_WORDS,
}


def read_common(kind: str, layers: Sequence[VectorLayer], inputs: Sequence[VectorInput]) -> Sites:
    """Stack the layers of one kind and fill every column of "sites" that does not depend on the kind.

    Parameters
    ----------
    kind
        Value of ``site_type``.
    layers, inputs
        What was read and the inputs it came from, in the same order.

    Returns
    -------
    tuple of GeoDataFrame, DataFrame and tuple of Finding
        Columns of "sites" (``confidence`` D, heights missing until the kind knows better; ``building_use`` as the
        source has it), the features' own mapped columns, and ``layer``, the number of the input. Then "rejects":
        pieces that were joined with the site they belong to. Then what is doubtful about ids and words.

    Raises
    ------
    ConfigError
        ``words`` of an input translates into something that pvmap does not know.
    """
    frames = []
    for source in inputs:
        _require_known_words(source)
    for number, layer in enumerate(layers):
        features = layer.features.reset_index(drop=True)
        if len(features):
            frames.append(features.assign(layer=number))
    if not frames:
        crs = layers[0].features.crs if layers else None
        columns = {"site_id": "str", "source": "str", "footprint_area_m2": "float64"}
        none = gpd.GeoDataFrame({n: pd.Series(dtype=kind) for n, kind in columns.items()}, geometry=[], crs=crs)
        return none, nothing_refused(), ()
    every = stacked(frames)
    sites, pieces, joined = join_pieces(every, inputs)
    rejects = refuse(pieces, "piece of another site", "joined with row " + pieces["joined_with"].astype("str"))
    sites["site_id"], repeated = site_ids(kind, sites, inputs)
    sites["site_type"] = pd.Series(kind, index=sites.index, dtype="str")
    sites["name"] = text_column(sites, "name")
    sites["footprint_area_m2"] = sites.geometry.array.area
    sites["longitude"], sites["latitude"] = longitude_latitude(sites)
    sites["excluded_by"], remarks = _excluded_by(sites, inputs)
    for column, value in (
        ("existing_pv_kwp", 0.0),
        ("shared_area_m2", 0.0),
        ("water_share", 1.0),
        ("cluster_area_m2", 0.0),
        ("ridge_azimuth", np.nan),
    ):
        sites[column] = value
    for column in ("district", "township", "weather_id"):
        sites[column] = pd.Series("", index=sites.index, dtype="str")
    if "height_m" not in sites.columns:
        sites["height_m"] = np.nan
    sites["height_source"] = pd.Series("none", index=sites.index, dtype="str")
    sites["confidence"] = pd.Series("D", index=sites.index, dtype="str")
    sites["hilbert"] = 0  # until the city is laid along its curve
    sites["use_known"], sites["ridge_hidden"], sites["height_rmse_m"] = True, False, np.nan
    sites["origin"] = pd.Series("", index=sites.index, dtype="str")
    return sites, rejects, (*joined, *repeated, *remarks)


def not_buildings(sites: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Blank what only buildings have, whatever the source says: use and height."""
    none = pd.Series(NO_USE, index=sites.index, dtype="str")
    return sites.assign(building_use=none, height_m=np.nan)


def read_column(
    sites: pd.DataFrame, inputs: Sequence[VectorInput], ours: str, tables: Words, unknown: str, *, parts: bool = False
) -> tuple[np.ndarray, list[Finding]]:
    """Read a column of words of every layer.

    Parameters
    ----------
    sites
        Columns ``layer``, ``site_id``, ``source_row`` and, where mapped, `ours`.
    inputs
        The inputs by number; their ``words`` overrule the tables.
    ours
        Our name of the column.
    tables, parts
        As in `words.read_words`.
    unknown
        Code of the finding on words that nobody knows.

    Returns
    -------
    tuple of (n,) object array and list of Finding
        Meanings, empty where missing or unknown.
    """
    meaning, found = np.full(len(sites), "", object), []
    given, layer = text_column(sites, ours), sites["layer"].to_numpy()
    for number, source in enumerate(inputs):
        rows = np.flatnonzero(layer == number)
        if ours not in source.columns and not given.iloc[rows].ne("").any():
            continue
        own = {name: [word for word, means in source.words.items() if means == name] for name in tables}
        read = read_words(given.iloc[rows], tables, own, parts=parts)
        meaning[rows] = read.meaning
        found += read.findings(source, ours, sites.iloc[rows], unknown)
    return meaning, found


def _require_known_words(source: VectorInput) -> None:
    """Raise a ConfigError where ``words`` of an input translates into something that is no meaning."""
    known = {*REMARKS, *WATER_WORDS, "yes", "no"}
    for word, means in source.words.items():
        if means not in known:
            raise ConfigError(
                f"{source.path}: words.{word} = {means!r} is not known; use one of {', '.join(sorted(known))}."
            )


def _excluded_by(sites: pd.DataFrame, inputs: Sequence[VectorInput]) -> tuple[pd.Series, list[Finding]]:
    """Reason from the source's own column `excluded`: known words in full, unknown ones as they stand."""
    meaning, found = read_column(sites, inputs, "excluded", REMARKS, "remarks-not-known", parts=True)
    code, words = pd.factorize(text_column(sites, "excluded"))
    as_given = np.array(["" if plain(word) in MISSING_WORDS else word for word in words] or [""], object)[code]
    reasons = {**SOURCE_REASONS, KEPT: ""}
    known, names = pd.factorize(meaning)
    reason = np.array([reasons.get(name, "") for name in names] or [""], object)[known]
    return pd.Series(np.where(meaning == "", as_given, reason), index=sites.index, dtype="str"), found


def refuse(features: gpd.GeoDataFrame, reason: str, detail: pd.Series | str) -> pd.DataFrame:
    """Rows of the contract table "rejects"."""
    refused = pd.DataFrame(features[["source", "source_row", "part"]])
    refused["reason"] = pd.Series(reason, index=refused.index, dtype="str")
    refused["detail"] = pd.Series(detail, index=refused.index, dtype="str")
    refused["longitude"], refused["latitude"] = middles(features.geometry.to_numpy(), CRS(features.crs))
    return refused[list(REJECT_COLUMNS)].reset_index(drop=True)


def nothing_refused() -> pd.DataFrame:
    """Give the contract table "rejects" without rows."""
    kinds = dict.fromkeys(REJECT_COLUMNS, "str")
    kinds |= {"source_row": "int64", "part": "int64", "longitude": "float64", "latitude": "float64"}
    return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in kinds.items()}, index=pd.RangeIndex(0))


def contract_columns(sites: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Drop what only the reader needed."""
    keep = [c for c in TABLES["sites"].columns if c in sites.columns]
    return sites[[*keep, "geometry"]]
