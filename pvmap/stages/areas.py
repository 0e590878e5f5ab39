"""Districts and townships: read, named at every site, and written as outlines."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import CRS

from pvmap.errors import InputError
from pvmap.findings import Finding, finding
from pvmap.memory import stretches
from pvmap.settings.city import VectorInput
from pvmap.sources.vector import VectorLayer, read_vector

AREAS = {"districts": "district", "townships": "township"}  # input = column of the sites that names it


def read_named(source: VectorInput, raw: Path, crs: CRS, level: str) -> VectorLayer:
    """Read outlines; their names are what results are summed by."""
    layer = read_vector(source, raw, crs)
    if "name" not in layer.features:
        raise InputError(
            f"inputs.{level} ({source.path}): say which column holds the names: columns = {{ name = ... }}."
        )
    if unnamed := int(layer.features["name"].eq("").sum()):
        told = finding("areas-unnamed", layer=source.path, count=unnamed, total=len(layer.features))
        return replace(layer, findings=(*layer.findings, told))
    return layer


def name_areas(sites: gpd.GeoDataFrame, points: np.ndarray, areas: dict[str, VectorLayer]) -> gpd.GeoDataFrame:
    """District and township of each site, once, by a point within each, (n, 2)."""
    for level, column in AREAS.items():
        sites[column] = _names_of(points, areas[level].features) if level in areas else ""
    return sites


def _names_of(points: np.ndarray, areas: gpd.GeoDataFrame) -> np.ndarray:
    names = [names_at(shapely.points(points[some]), areas) for some in stretches(len(points))]
    return np.concatenate([np.zeros(0, object), *names])


def names_at(points: np.ndarray, areas: gpd.GeoDataFrame) -> np.ndarray:
    """Name of the area that holds each point, (n,); "" where none does.

    Of several it is the smallest: files hold the outline of a whole city beside those of its districts.
    """
    point_rows, area_rows = shapely.STRtree(areas.geometry.to_numpy()).query(points, predicate="intersects")
    names = areas["name"].fillna("").to_numpy(object)
    whole_m2 = pd.Series(areas.geometry.area.to_numpy()).groupby(names).transform("sum").to_numpy()
    order = np.argsort(whole_m2, kind="stable")
    place = np.empty(len(order), int)
    place[order] = np.arange(len(order))
    smallest = pd.Series(place[area_rows]).groupby(point_rows).min()
    values = np.full(len(points), "", object)
    values[smallest.index.to_numpy()] = names[order[smallest.to_numpy()]]
    return values


def area_outlines(areas: dict[str, VectorLayer], level: str) -> gpd.GeoDataFrame:
    """One outline a name; townships of one name in two districts are two."""
    named, keys = areas[level].features[["name", "geometry"]], ["name"]
    if level == "townships" and "districts" in areas:
        points = named.representative_point().to_numpy()
        named, keys = named.assign(district=names_at(points, areas["districts"].features)), ["district", "name"]
    return named.dissolve(keys).reset_index()


def doubt_outside(sites: gpd.GeoDataFrame, areas: dict[str, VectorLayer]) -> list[Finding]:
    """Say how many sites no district, or no township, takes: tables sum them under one without a name."""
    found = []
    for level in areas:
        outside = sites["site_id"][sites[AREAS[level]] == ""]
        if len(outside):
            found.append(finding("outside-districts", layer=level, count=len(outside), total=len(sites), sites=outside))
    return found


def doubt_overlaps(points: np.ndarray, areas: dict[str, VectorLayer]) -> list[Finding]:
    """Say how many sites lie in several districts, or townships: one of them counts them.

    Parameters
    ----------
    points
        (n, 2) points within the sites. [m]
    areas
        Layers by their level.
    """
    found = []
    for level, layer in areas.items():
        names = layer.features["name"].fillna("").to_numpy(object)
        tree, several, outer = shapely.STRtree(layer.features.geometry.to_numpy()), 0, set[str]()
        for some in stretches(len(points)):
            point, area = tree.query(shapely.points(points[some]), predicate="intersects")
            held = pd.DataFrame({"point": point, "name": names[area]}).drop_duplicates()
            twice = held[held["point"].duplicated(keep=False)]
            several += twice["point"].nunique()
            outer |= {*twice["name"]}
        if several:
            sized = layer.features.geometry.area.groupby(names).sum()
            largest = max(sorted(outer), key=lambda name, sized=sized: sized[name])  # type: ignore[misc]
            found.append(
                finding("districts-overlap", layer=level, count=several, total=len(points), other=str(largest))
            )
    return found
