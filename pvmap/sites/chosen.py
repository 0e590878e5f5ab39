"""Sites chosen out of layers that hold more: ponds out of all waters, bare mining land out of all land use.

What is not chosen is refused with its reason, so rows still add up. Nobody says of such sites that they are fishponds
or abandoned: they have grade D, and a finding says so.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import CRS

from pvmap.crs import middles
from pvmap.findings import finding
from pvmap.settings.city import RasterInput, Settings, VectorInput
from pvmap.settings.words import MINING_WORDS, WATER_WORDS
from pvmap.sites.masks import outline
from pvmap.sites.patches import HECTARE_M2
from pvmap.sites.words import read_words
from pvmap.sources.raster import read_window
from pvmap.sources.vector import VectorLayer

OPEN_WATER = ("river", "canal", "lake", "reservoir", "wetland")
NAME_ENDINGS = ("河", "江", "湖", "溪", "渠", "港", "水库", "运河", "海")
NOT_A_POND, NOT_MINING, NOT_BARE = "no pond", "no mining land", "not bare"


def choose(kind: str, layer: VectorLayer, source: VectorInput, settings: Settings, raw: Path, crs: CRS) -> VectorLayer:
    """Keep of a layer what can be sites of a kind; a layer of nothing but sites passes through.

    Parameters
    ----------
    kind
        Kind of site.
    layer, source
        What was read and its input, whose ``of`` says what the layer holds.
    settings
        ``fishpond.from_waters``, ``mine.from_land_use`` and ``inputs.land_cover`` are used.
    raw, crs
        Folder of the inputs and metric CRS.

    Returns
    -------
    VectorLayer
        Features kept, of mining land only the bare part; the others among the rejects; with a finding.
    """
    if source.of == "sites" or not len(layer.features):
        return layer
    if kind == "fishpond":
        return _ponds(layer, source, settings)
    if kind == "mine":
        return _mines(layer, source, settings, raw, crs)
    return layer


def _ponds(layer: VectorLayer, source: VectorInput, settings: Settings) -> VectorLayer:
    rules = settings.fishpond.from_waters
    water = _words(layer.features, "water_type", WATER_WORDS, source)
    name = _words(layer.features, "name", WATER_WORDS, source)
    named = _text(layer.features, "name").str.endswith(NAME_ENDINGS).to_numpy(bool)
    geometry = layer.features.geometry.to_numpy()
    area_m2 = shapely.area(geometry)
    round_ = 4.0 * np.pi * area_m2 / np.maximum(shapely.length(shapely.get_exterior_ring(geometry)), 1e-9) ** 2
    called_pond = water == "pond"
    why = np.full(len(geometry), "", object)
    for detail, bad in (
        ("longer than wide", (round_ < rules.least_compactness) & ~called_pond),
        (f"larger than {rules.most_ha:g} ha", (area_m2 > rules.most_ha * HECTARE_M2) & ~called_pond),
        ("its name is that of open water", (np.isin(name, OPEN_WATER) | named) & ~called_pond),
        ("its class is that of open water", np.isin(water, OPEN_WATER)),
    ):
        why[bad] = detail
    chosen = _without(layer, why != "", NOT_A_POND, why)
    found = finding(
        "ponds-chosen", layer=source.path, count=int((why == "").sum()), total=len(why),
        n_named=int((called_pond & (why == "")).sum()),
    )  # fmt: skip
    return replace(chosen, findings=(*chosen.findings, found))


def _mines(layer: VectorLayer, source: VectorInput, settings: Settings, raw: Path, crs: CRS) -> VectorLayer:
    meaning = _words(layer.features, "land_use", {"mining": MINING_WORDS}, source)
    chosen = _without(layer, meaning != "mining", NOT_MINING, _text(layer.features, "land_use").to_numpy(object))
    n_mining, before_m2 = len(chosen.features), float(chosen.features.area.sum())
    cover = settings.inputs.land_cover
    if cover is not None and n_mining:
        chosen = _bare(chosen, cover, settings.mine.from_land_use.bare_classes, raw, crs)
    found = finding(
        "mines-chosen" if cover is not None else "mines-chosen-whole", layer=source.path, count=n_mining,
        total=len(layer.features), kept_ha=float(chosen.features.area.sum()) / HECTARE_M2,
        whole_ha=before_m2 / HECTARE_M2,
    )  # fmt: skip
    return replace(chosen, findings=(*chosen.findings, found))


def _bare(layer: VectorLayer, cover: RasterInput, classes: tuple[int, ...], raw: Path, crs: CRS) -> VectorLayer:
    """Cut polygons down to the cells of some classes; each part that is left is a site."""
    pieces = [_bare_parts(one, cover, classes, raw, crs) for one in layer.features.geometry]
    none = np.array([not len(parts) for parts in pieces])
    left = _without(layer, none, NOT_BARE, np.full(len(pieces), "nothing of it is bare", object))
    kept = [parts for parts in pieces if len(parts)]
    if not kept:
        return left
    repeats = [len(parts) for parts in kept]
    rows = np.repeat(np.arange(len(kept)), repeats)
    features = left.features.iloc[rows].reset_index(drop=True).set_geometry(np.concatenate(kept), crs=crs)
    number = np.concatenate([np.arange(n) for n in repeats])
    features["part"] = features["part"].to_numpy() + number
    features["n_parts_of_row"] = features["n_parts_of_row"].to_numpy() + np.repeat(repeats, repeats) - 1
    return replace(left, features=features, n_parts=left.n_parts + len(rows) - len(kept))


def _bare_parts(
    polygon: shapely.Polygon, cover: RasterInput, classes: tuple[int, ...], raw: Path, crs: CRS
) -> np.ndarray:
    """Parts of a polygon that lie on cells of some classes."""
    grid = read_window(cover, raw, crs, polygon.bounds, resampling="nearest")
    if grid is None:
        return np.array([], object)
    ground = shapely.union_all(outline(np.isin(grid.values, classes), grid))
    parts = shapely.get_parts(shapely.intersection(polygon, ground))
    return parts[(shapely.get_type_id(parts) == shapely.GeometryType.POLYGON) & (shapely.area(parts) > 1.0)]


def _without(layer: VectorLayer, refused: np.ndarray, reason: str, detail: np.ndarray) -> VectorLayer:
    """Move features to the rejects."""
    gone = layer.features[refused]
    longitude, latitude = middles(gone.geometry.to_numpy(), CRS(gone.crs))
    rejects = pd.DataFrame(
        {
            "source": gone["source"].to_numpy(), "source_row": gone["source_row"].to_numpy(),
            "part": gone["part"].to_numpy(), "reason": reason, "detail": detail[refused],
            "longitude": longitude, "latitude": latitude,
        }
    ).astype({"source": "str", "reason": "str", "detail": "str"})  # fmt: skip
    every = pd.concat([one for one in (layer.rejects, rejects) if len(one)] or [layer.rejects], ignore_index=True)
    return replace(layer, features=layer.features[~refused].reset_index(drop=True), rejects=every)


def _words(
    features: gpd.GeoDataFrame, column: str, tables: dict[str, tuple[str, ...]], source: VectorInput
) -> np.ndarray:
    own: dict[str, list[str]] = {name: [w for w, means in source.words.items() if means == name] for name in tables}
    return read_words(_text(features, column), tables, own, parts=True).meaning


def _text(features: gpd.GeoDataFrame, column: str) -> pd.Series:
    if column in features:
        return features[column].fillna("").astype("str").reset_index(drop=True)
    return pd.Series("", index=range(len(features)), dtype="str")
