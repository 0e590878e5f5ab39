"""Main roads from seat to seat of the synthetic townships: only drawn beneath the map, no number depends on them."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import shapely
from scipy.spatial import Delaunay, cKDTree
from shapely.geometry import LineString
from shapely.geometry.base import BaseGeometry

from pvmap.sources.demo.geography import METRIC_CRS, smooth

BENDS = 5  # places between two seats where a road leaves the straight line
STRAY_SHARE = 0.03  # of its length, by which it leaves it
LONGEST_BRIDGE_M = 2500.0  # wider waters have no road across


def make_roads(
    towns: gpd.GeoDataFrame, city: BaseGeometry, waters: gpd.GeoDataFrame, rng: np.random.Generator
) -> gpd.GeoDataFrame:
    """Connect neighbouring seats: 名称 and geometry, in the metric CRS."""
    seats = towns[["x", "y"]].to_numpy()
    water = waters.union_all()
    lines = [_bent(seats[a], seats[b], rng) for a, b in _neighbours(seats)]
    within = [line.intersection(city) for line in lines if line.intersection(water).length < LONGEST_BRIDGE_M]
    names = [f"合成主干路{i + 1}" for i in range(len(within))]
    return gpd.GeoDataFrame({"名称": names}, geometry=within, crs=METRIC_CRS)


def _neighbours(seats: np.ndarray) -> np.ndarray:
    """Pairs of seats with no third one in the circle whose diameter they are: a Gabriel graph, (pair, 2)."""
    triangles = Delaunay(seats).simplices
    edges = np.unique(np.sort(triangles[:, [[0, 1], [1, 2], [2, 0]]].reshape(-1, 2), axis=1), axis=0)
    middle = (seats[edges[:, 0]] + seats[edges[:, 1]]) / 2
    half = np.linalg.norm(seats[edges[:, 0]] - seats[edges[:, 1]], axis=1) / 2
    nearest = cKDTree(seats).query(middle)[0]
    return edges[nearest > half * (1 - 1e-9)]


def _bent(start: np.ndarray, end: np.ndarray, rng: np.random.Generator) -> LineString:
    along = np.linspace(0, 1, BENDS + 2)[:, None]
    across = np.array([start[1] - end[1], end[0] - start[0]])
    stray = np.r_[0.0, rng.normal(0, STRAY_SHARE, BENDS), 0.0][:, None]
    points = start + along * (end - start) + stray * across
    return shapely.set_precision(LineString(smooth(points)), 0.01)
