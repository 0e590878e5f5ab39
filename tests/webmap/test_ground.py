"""Hills, waters and roads: where they lie, how they are lit, and that they stay small."""

from __future__ import annotations

import json
from pathlib import Path

import geopandas as gpd
import numpy as np
import pyproj
import pytest
import rasterio
import shapely
from rasterio.transform import from_origin
from webmap.tables import CRS, settings

from pvmap.settings.city import Settings
from pvmap.webmap.ground import MOST_CORNERS, PIXELS, Ground, keep_lines, read_ground
from pvmap.webmap.tiles import deflate

WEST, SOUTH, SIZE = 440_000.0, 3_530_000.0, 20_000.0
BOUNDS = WEST, SOUTH, WEST + SIZE, SOUTH + SIZE
TOP = WEST + SIZE / 2, SOUTH + SIZE / 2
METRIC = pyproj.CRS(CRS)


def city(raw: Path, *backdrop: dict, dem: bool = False, use: str = "internal") -> Settings:
    about = settings(use=use, review_number="GS 1").model_dump()
    about["inputs"] |= {"backdrop": backdrop, "dem": {"path": "dem.tif"} if dem else None}
    return Settings.model_validate(about)


def write_cone(raw: Path, cell_m: float = 100.0) -> None:
    """Lay out a cone 1,000 m high and 8 km wide in the middle of level ground."""
    n = int(1.4 * SIZE / cell_m)
    west, north = WEST - 0.2 * SIZE, SOUTH + 1.2 * SIZE
    x = west + (np.arange(n) + 0.5) * cell_m
    y = north - (np.arange(n) + 0.5) * cell_m
    away = np.hypot(x[None] - TOP[0], y[:, None] - TOP[1])
    heights = np.maximum(0.0, 1000.0 * (1 - away / 4000.0)).astype("float32")
    profile = {"height": n, "width": n, "count": 1, "dtype": "float32", "crs": CRS}
    with rasterio.open(
        raw / "dem.tif", "w", driver="GTiff", transform=from_origin(west, north, cell_m, cell_m), **profile
    ) as file:
        file.write(heights, 1)


def hills(ground: Ground) -> tuple[dict, np.ndarray]:
    """Header and shades of the block, as the page reads them: rows from north to south."""
    assert ground.hills is not None
    length = int.from_bytes(ground.hills[:4], "little")
    head = json.loads(ground.hills[4 : 4 + length])
    return head, np.frombuffer(ground.hills[4 + length :], np.uint8).reshape(head["high"], head["wide"])


def shade_at(ground: Ground, x: float, y: float) -> int:
    """Shade of the pixel in which a place given in metres lies, on the picture that the page stretches."""
    head, pixels = hills(ground)
    to_web = pyproj.Transformer.from_crs(CRS, 3857, always_xy=True).transform(x, y)
    (south, west), (north, east) = head["bounds"]
    corners = pyproj.Transformer.from_crs(4326, 3857, always_xy=True).transform([west, east], [south, north])
    across = (to_web[0] - corners[0][0]) / (corners[0][1] - corners[0][0])
    down = (corners[1][1] - to_web[1]) / (corners[1][1] - corners[1][0])
    return int(pixels[int(down * head["high"]), int(across * head["wide"])]) - 128


def test_hills_are_lit_from_the_north_west(tmp_path: Path) -> None:
    write_cone(tmp_path)
    ground = read_ground(city(tmp_path, dem=True), tmp_path, METRIC, BOUNDS)
    x, y = TOP
    aside = 2000.0 / np.sqrt(2)
    assert shade_at(ground, x - aside, y + aside) > 5  # faces the light
    assert shade_at(ground, x + aside, y - aside) < -20  # lies in its own shadow
    assert shade_at(ground, x - 8000, y) == 0  # level
    assert shade_at(ground, x + aside, y - aside - 5500) == 0
    assert ground.meta() == {"beneath": ["hills"], "beneath_left_out": 0}


@pytest.mark.parametrize("cell_m", [25.0, 900.0])
def test_hills_are_as_large_as_a_screen_at_most(tmp_path: Path, cell_m: float) -> None:
    write_cone(tmp_path, cell_m)
    ground = read_ground(city(tmp_path, dem=True), tmp_path, METRIC, BOUNDS)
    head, pixels = hills(ground)
    assert max(pixels.shape) == PIXELS
    (south, west), (north, east) = head["bounds"]
    assert (east - west) / (north - south) == pytest.approx(1 / np.cos(np.radians((south + north) / 2)), rel=0.02)
    assert len(deflate(ground.hills or b"", 6)) < 300_000


def test_rugged_ground_stays_small(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    profile = {"height": 700, "width": 700, "count": 1, "dtype": "float32", "crs": CRS}
    with rasterio.open(
        tmp_path / "dem.tif", "w", driver="GTiff", transform=from_origin(WEST - 3000, SOUTH + 24000, 40, 40), **profile
    ) as file:
        file.write(rng.uniform(0, 400, (700, 700)).astype("float32"), 1)  # no ground is as rough
    ground = read_ground(city(tmp_path, dem=True), tmp_path, METRIC, BOUNDS)
    assert sum(len(payload) for _, _, payload in ground.blocks(6)) < 420_000


def corners(steps: list) -> np.ndarray:
    """Corners of a ring as latitude and longitude, as the page adds its steps up."""
    return np.array(steps).reshape(-1, 2).cumsum(axis=0) / 1e5


def test_no_hills_for_the_public_or_without_their_file(tmp_path: Path) -> None:
    assert read_ground(city(tmp_path, dem=True), tmp_path, METRIC, BOUNDS).hills is None
    write_cone(tmp_path)
    assert read_ground(city(tmp_path, dem=True, use="public"), tmp_path, METRIC, BOUNDS).hills is None
    far = tuple(edge + 1e6 for edge in BOUNDS)
    assert read_ground(city(tmp_path, dem=True), tmp_path, METRIC, far).hills is None  # type: ignore[arg-type]


def test_waters_and_roads_lie_where_they_were_drawn(tmp_path: Path) -> None:
    lake, island = shapely.Point(TOP).buffer(3000), shapely.Point(TOP).buffer(1000)
    brook = shapely.LineString([TOP, (WEST + SIZE * 3, TOP[1])])  # leaves the city
    gpd.GeoDataFrame(geometry=[lake - island, brook], crs=CRS).to_file(tmp_path / "w.gpkg", layer="w")
    gpd.GeoDataFrame(geometry=[shapely.LineString([BOUNDS[:2], BOUNDS[2:]])], crs=CRS).to_file(tmp_path / "r.gpkg")
    layers = {"path": "w.gpkg", "shows": "water"}, {"path": "r.gpkg", "shows": "road"}
    ground = read_ground(city(tmp_path, *layers), tmp_path, METRIC, BOUNDS)
    assert ground.meta() == {"beneath": ["water", "road"], "beneath_left_out": 0}
    to_metric = pyproj.Transformer.from_crs(4326, CRS, always_xy=True)

    def back(steps: list) -> np.ndarray:
        latitude, longitude = corners(steps).T
        return np.stack(to_metric.transform(longitude, latitude), axis=1)

    (water,) = (one for one in ground.lines if one["area"])
    drawn = shapely.Polygon(back(water["rings"][0]), [back(water["rings"][1])])
    assert drawn.symmetric_difference(lake - island).area < 0.02 * lake.area  # outlines are simplified by 30 m
    line, road = (one for one in ground.lines if not one["area"])
    assert (line["shows"], road["shows"]) == ("water", "road")
    assert back(line["rings"][0])[:, 0].max() < WEST + 1.1 * SIZE
    np.testing.assert_allclose(back(road["rings"][0]), [BOUNDS[:2], BOUNDS[2:]], atol=2)


def test_kept_waters_and_roads_are_those_of_the_files_and_none_is_none(tmp_path: Path) -> None:
    rng = np.random.default_rng(2)
    steps = rng.uniform(-4000, 4000, (60, 4, 2)).cumsum(axis=1) + rng.uniform(-0.5 * SIZE, 1.5 * SIZE, (60, 1, 2))
    ways = [shapely.LineString(one) for one in steps + BOUNDS[:2]]
    gpd.GeoDataFrame(geometry=ways[:40], crs=CRS).to_file(tmp_path / "r.gpkg")
    gpd.GeoDataFrame(geometry=[one.buffer(80) for one in ways[40:]], crs=CRS).to_crs(4326).to_file(tmp_path / "w.gpkg")
    layers = {"path": "r.gpkg", "shows": "road"}, {"path": "w.gpkg", "shows": "water"}
    for told in (layers, ()):
        own = city(tmp_path, *told)
        keep_lines(own, tmp_path, METRIC, tmp_path / "lines.parquet")
        kept = read_ground(own, tmp_path, METRIC, BOUNDS, tmp_path / "lines.parquet")
        assert kept == read_ground(own, tmp_path, METRIC, BOUNDS)
        assert len({one["shows"] for one in kept.lines}) == len(told)


def test_the_smallest_waters_are_left_out_where_there_is_no_room(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    middles = shapely.points(rng.uniform(WEST, WEST + SIZE, 3000), rng.uniform(SOUTH, SOUTH + SIZE, 3000))
    ponds = shapely.buffer(middles, rng.uniform(50, 900, 3000), quad_segs=32)
    gpd.GeoDataFrame(geometry=ponds, crs=CRS).to_file(tmp_path / "w.gpkg")
    plain = city(tmp_path, {"path": "w.gpkg", "shows": "water"}).model_dump()
    plain["map"]["outline_tolerance_m"] = 0.0
    ground = read_ground(Settings.model_validate(plain), tmp_path, METRIC, BOUNDS)
    n_corners = sum(len(corners(ring)) for one in ground.lines for ring in one["rings"])
    assert n_corners <= MOST_CORNERS < n_corners + 129
    assert ground.n_left_out == 3000 - len(ground.lines) > 0
    radius = np.sqrt(shapely.area(ponds) / np.pi)
    least = np.sort(radius)[::-1][len(ground.lines) - 1]
    smallest = min(np.ptp(corners(one["rings"][0])[:, 0]) for one in ground.lines)
    assert smallest * 111_000 / 2 > 0.7 * least  # half of it where the window cuts it
    assert sum(len(payload) for _, _, payload in ground.blocks(6)) < 400_000
