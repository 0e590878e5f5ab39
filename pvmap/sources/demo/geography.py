"""The sketch becomes polygons: districts, townships, water."""

from __future__ import annotations

from functools import cache

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely
from shapely.geometry import LineString, MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from pvmap.sources.demo.sketch import ARCS, DISTRICTS, LAKES, WATERCOURSES, Points

METRIC_CRS = "EPSG:4549"
LAND_CRS = "EPSG:4490"
WEB_CRS = "EPSG:4326"


def project(points: Points | np.ndarray, to: str = METRIC_CRS, source: str = WEB_CRS) -> np.ndarray:
    """Turn longitude and latitude into metres (or between any two CRSs): an (n, 2) array."""
    x, y = np.asarray(points, dtype=float).T
    return np.column_stack(_transformer(source, to).transform(x, y))


@cache
def _transformer(source: str, to: str) -> pyproj.Transformer:
    return pyproj.Transformer.from_crs(source, to, always_xy=True)


def districts() -> gpd.GeoDataFrame:
    """Return the six districts in the metric CRS: adcode, name, geometry."""
    shapes = [MultiPolygon([Polygon(project(_ring(ring))) for ring in district.rings]) for district in DISTRICTS]
    return gpd.GeoDataFrame(
        {"adcode": [d.adcode for d in DISTRICTS], "name": [d.name for d in DISTRICTS]},
        geometry=[s.geoms[0] if len(s.geoms) == 1 else s for s in shapes],
        crs=METRIC_CRS,
    )


def townships(cities: gpd.GeoDataFrame, rng: np.random.Generator) -> gpd.GeoDataFrame:
    """Cut the districts into synthetic townships: the cells nearest to their seats.

    Returns
    -------
    GeoDataFrame
        name, district, x and y of the seat [m], `weight`: the seat's share of its district's urban stock, geometry.
    """
    parts = []
    for district, shape in zip(DISTRICTS, cities.geometry, strict=True):
        seats = project(np.array(district.seats)[:, :2])
        seats = _spread(shape, seats, district.n_townships, rng)
        cells = shapely.voronoi_polygons(shapely.MultiPoint(seats), extend_to=shape, ordered=True)
        named = [s[2] for s in district.seats]
        rest = rng.uniform(0.5, 1.5, len(seats) - len(named))
        weight = np.r_[named, rest / rest.sum() * (1 - sum(named))]
        parts.append(
            gpd.GeoDataFrame(
                {
                    "name": [f"合成{district.name[:-1]}{i + 1:02d}镇" for i in range(len(seats))],
                    "district": district.name,
                    "x": seats[:, 0],
                    "y": seats[:, 1],
                    "weight": weight,
                },
                geometry=[c.intersection(shape) for c in cells.geoms],
                crs=METRIC_CRS,
            )
        )
    return pd.concat(parts, ignore_index=True)


def water(rng: np.random.Generator) -> gpd.GeoDataFrame:
    """Return rivers and lakes, schematic, in the metric CRS: name, kind, geometry."""
    rivers = [LineString(smooth(project(line))).buffer(half, quad_segs=4) for _, line, half in WATERCOURSES]
    lakes = [blob(project(((lon, lat),))[0], radius, rng) for lon, lat, radius in LAKES]
    return gpd.GeoDataFrame(
        {
            "name": [name for name, *_ in WATERCOURSES] + [f"合成湖{i + 1:02d}" for i in range(len(lakes))],
            "kind": ["river"] * len(rivers) + ["lake"] * len(lakes),
        },
        geometry=[*rivers, *lakes],
        crs=METRIC_CRS,
    )


def blob(centre: np.ndarray, radius: float, rng: np.random.Generator, vertices: int = 24) -> Polygon:
    """Draw a rounded, irregular shape around `centre` with the area of a circle of `radius` [m]."""
    angle = np.linspace(0, 2 * np.pi, vertices, endpoint=False)
    waves = sum(rng.normal(0, 0.22 / k) * np.cos(k * angle + rng.uniform(0, 2 * np.pi)) for k in (1, 2, 3, 5))
    distance = radius * np.exp(np.clip(waves, -0.6, 0.6))
    stretch = rng.uniform(0.75, 1.33)
    local = np.column_stack([np.cos(angle) * distance * stretch, np.sin(angle) * distance / stretch])
    turn = rng.uniform(0, np.pi)
    local = local @ np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    scale = np.sqrt(np.pi * radius**2 / Polygon(local).area)
    return Polygon(centre + scale * local)


def _ring(names: tuple[str, ...]) -> np.ndarray:
    """Chain arcs into one closed ring of longitudes and latitudes."""
    points: list[tuple[float, float]] = []
    for name in names:
        arc = ARCS[name.removeprefix("-")]
        points += arc[:0:-1] if name.startswith("-") else arc[:-1]
    return np.array(points)


def smooth(line: np.ndarray) -> np.ndarray:
    """Cut corners twice, as a river would (Chaikin's scheme)."""
    for _ in range(2):
        first, second = 0.75 * line[:-1] + 0.25 * line[1:], 0.25 * line[:-1] + 0.75 * line[1:]
        line = np.vstack([line[:1], np.stack([first, second], axis=1).reshape(-1, 2), line[-1:]])
    return line


def _spread(shape: BaseGeometry, seats: np.ndarray, count: int, rng: np.random.Generator) -> np.ndarray:
    """Add seats inside `shape`, each the best of many candidates by its distance from all others."""
    inner = shape.buffer(-1200.0)
    west, south, east, north = inner.bounds
    points = rng.uniform((west, south), (east, north), (4000, 2))
    points = points[shapely.contains_xy(inner, points)]
    while len(seats) < count:
        some = points[rng.integers(0, len(points), 60)]
        distance = np.linalg.norm(some[:, None] - seats[None], axis=2).min(axis=1)
        seats = np.vstack([seats, some[distance.argmax()]])
    return seats
