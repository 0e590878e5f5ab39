"""Ground that may carry modules: quarries on hillsides, fishponds in grids along water.

A pond has about a hectare; of the city's 10,000 ha of ponds and of its 45 quarries (800 ha together) there are as many
as the settings say, by default as large a share as of its buildings.
"""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import shapely
from shapely.geometry import Polygon
from shapely.geometry.base import BaseGeometry

from pvmap.errors import ConfigError
from pvmap.settings.demo import QUARRIES, DemoSettings
from pvmap.sources.demo.geography import METRIC_CRS, blob
from pvmap.sources.demo.plots import FreeGround
from pvmap.sources.demo.sketch import DISTRICTS
from pvmap.sources.demo.terrain import CELL_M, CONTROL, Lattice

QUARRY_HA = (3.0, 60.0)  # smallest and largest: judgement
QUARRY_GAP_M = 1400.0  # between the centres of two
BELT_SOUTH_M, BELT_WEIGHT = 3_546_000.0, 4.0  # the limestone belt along the Yangtze has most of them: 32.04 N
QUARRY_HEIGHT_M, QUARRY_SLOPE = (30.0, 240.0), (4.0, 22.0)  # hillsides [m above sea, degrees]
RESTORED_SHARE = 0.06  # of the quarries have been planted [U]
POND_GROUP = (14, 70)  # ponds in one grid
POND_LENGTH_M, POND_WIDTH_M, DYKE_M = (110.0, 190.0), (55.0, 95.0), 8.0
POND_SHORE_M = (150.0, 1600.0)  # how far from a river or lake a grid begins
DYKES_INSIDE_SHARE = 0.3  # of the grids are drawn with their dykes [U]
SMALL_SHARE = 0.03  # of the ponds are too small or too narrow for modules [U]
RESERVOIR_SHARE = 0.01  # of the ponds are in truth a bay of a reservoir [U]
SEAT_FREE_M = 2500.0  # no ponds this near the seat of a district, half of it near a township's
MAX_ROUNDS = 200  # of drawing places for ponds before giving up


def make_quarries(
    settings: DemoSettings,
    city: BaseGeometry,
    height: np.ndarray,
    steepness: np.ndarray,
    lattice: Lattice,
    rng: np.random.Generator,
) -> gpd.GeoDataFrame:
    """Place quarries on hillsides: 编号, 矿山名称, 矿种, 排除原因, geometry in the metric CRS."""
    count, (smallest, largest) = settings.n_quarries, QUARRY_HA
    total = settings.quarry_area_ha * count / QUARRIES
    area = np.exp(rng.normal(0.0, 0.8, count))
    for _ in range(60):  # few passes bring sizes and sum to agreement
        area = np.clip(area * total / max(area.sum(), 1e-9), smallest, largest)
    radius = np.sqrt(area * 1e4 / np.pi)
    z, s = height[::CONTROL, ::CONTROL], steepness[::CONTROL, ::CONTROL]
    hillside = (z > QUARRY_HEIGHT_M[0]) & (z < QUARRY_HEIGHT_M[1]) & (s > QUARRY_SLOPE[0]) & (s < QUARRY_SLOPE[1])
    row, column = np.nonzero(hillside)
    x = lattice.west + (column * CONTROL + 0.5) * CELL_M
    y = lattice.north - (row * CONTROL + 0.5) * CELL_M
    order = np.argsort(rng.exponential(1.0 / np.where(y > BELT_SOUTH_M, BELT_WEIGHT, 1.0)), kind="stable")
    shapely.prepare(city)
    pits: list[Polygon] = []
    centres = np.empty((0, 2))
    for point in np.column_stack([x, y])[order]:
        if len(pits) == count:
            break
        if len(centres) and np.linalg.norm(centres - point, axis=1).min() < QUARRY_GAP_M:
            continue
        pit = blob(point, radius[len(pits)], rng)
        if city.contains(pit):
            pits.append(pit)
            centres = np.vstack([centres, point])
    n = len(pits)
    return gpd.GeoDataFrame(
        {
            "编号": [f"Q{i + 1:03d}" for i in range(n)],
            "矿山名称": [f"合成采石场{i + 1:02d}" for i in range(n)],
            "矿种": rng.choice(["石灰岩", "白云岩", "建筑石料"], n),
            "排除原因": np.where(rng.random(n) < RESTORED_SHARE, "已修复造林", ""),
        },
        geometry=pits,
        crs=METRIC_CRS,
    )


def make_ponds(
    settings: DemoSettings,
    water: gpd.GeoDataFrame,
    districts: gpd.GeoDataFrame,
    towns: gpd.GeoDataFrame,
    ground: FreeGround,
    rng: np.random.Generator,
) -> gpd.GeoDataFrame:
    """Lay ponds in grids along rivers and lakes: 编号, 塘名, 含塘埂, 水面类型, geometry in the metric CRS."""
    left = np.diff(np.round(np.cumsum([0.0, *(d.pond_share for d in DISTRICTS)]) * settings.n_ponds).astype(int))
    shore = shapely.get_coordinates(shapely.segmentize(water.boundary.to_numpy(), 100.0))
    main = towns.groupby("district").cumcount() < towns["district"].map({d.name: len(d.seats) for d in DISTRICTS})
    towns_kept_free = gpd.points_from_xy(towns["x"], towns["y"]).buffer(np.where(main, SEAT_FREE_M, SEAT_FREE_M / 2))
    open_land = [shape.difference(towns_kept_free.union_all()) for shape in districts.geometry]
    parts: list[tuple[np.ndarray, np.ndarray]] = []
    for _ in range(MAX_ROUNDS):
        if left.sum() == 0:
            break
        direction, away = rng.uniform(0, 2 * np.pi, 300), rng.uniform(*POND_SHORE_M, 300)
        points = shore[rng.integers(0, len(shore), 300)] + away[:, None] * np.column_stack(
            [np.cos(direction), np.sin(direction)]
        )
        for district, land in enumerate(open_land):
            for point in points[shapely.contains_xy(land, points) & ground.is_free(*points.T)]:
                if left[district] > 0:
                    parts.append(_grid_of_ponds(point, int(left[district]), ground, rng))
                    left[district] -= len(parts[-1][0])
    if left.sum():
        raise ConfigError(
            f"demo.n_ponds = {settings.n_ponds} do not fit along the demo's water, "
            f"{left.sum()} found no room; lower it."
        )
    shapes, dykes = (np.concatenate([np.empty(0, dtype=object), *column]) for column in zip(*parts, strict=True))
    n = len(shapes)
    return gpd.GeoDataFrame(
        {
            "编号": [f"P{i + 1:05d}" for i in range(n)],
            "塘名": [f"合成鱼塘{i + 1:04d}" for i in range(n)],
            "含塘埂": np.where(dykes.astype(bool), "是", "否"),
            "水面类型": np.where(rng.random(n) < RESERVOIR_SHARE, "水库", "养殖坑塘"),
        },
        geometry=shapes,
        crs=METRIC_CRS,
    )


def _grid_of_ponds(
    point: np.ndarray, most: int, ground: FreeGround, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Lay one grid: four-sided ponds with slightly crooked banks, or plots up to the middle of their dykes."""
    size = (rng.uniform(*POND_WIDTH_M) + DYKE_M, rng.uniform(*POND_LENGTH_M) + DYKE_M)
    plots = ground.settle(point, min(int(rng.integers(*POND_GROUP)), most), size, rng.uniform(-0.6, 0.6), rng)
    n = len(plots)
    with_dykes = rng.random() < DYKES_INSIDE_SHARE
    half = np.tile(np.array(size) / 2 - (0.0 if with_dykes else DYKE_M / 2), (n, 1))
    half *= np.where(rng.random((n, 1)) < SMALL_SHARE, rng.choice([(0.3, 1.0), (0.45, 0.35)], n), 1.0)
    corners = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)]) * half[:, None, :]
    if not with_dykes:
        corners *= rng.uniform(0.92, 1.0, corners.shape)
    which = np.repeat(np.arange(n), 4)
    x, y = plots.place(which, corners[:, :, 0].ravel(), corners[:, :, 1].ravel())
    return shapely.polygons(np.column_stack([x, y]).reshape(n, 4, 2)), np.full(n, with_dykes)
