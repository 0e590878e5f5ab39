"""Rough hills, and more waters and roads than a page has room for: what lies around a made-up city at its largest."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import rasterio
import shapely
from rasterio.transform import from_origin
from webmap.tables import CRS, settings

from pvmap.settings.city import Settings

CELLS, CELL_M = 1500, 90.0


def write_surroundings(raw: Path, middle: tuple[float, float], seed: int = 2) -> Settings:
    """Write a terrain that is steep everywhere, winding rivers and a net of roads; settings that name them."""
    rng = np.random.default_rng(seed)
    heights = np.zeros((CELLS, CELLS))
    for size in (3, 12, 50, 250):  # coarse hills and fine ones
        rough = rng.normal(0, 900 / size**0.8, (size, size))
        at = np.linspace(0, size - 1, CELLS).round().astype(int)
        heights += rough[np.ix_(at, at)]
    west, north = middle[0] - CELLS * CELL_M / 2, middle[1] + CELLS * CELL_M / 2
    profile = {"height": CELLS, "width": CELLS, "count": 1, "dtype": "float32", "crs": CRS}
    with rasterio.open(
        raw / "dem.tif", "w", driver="GTiff", transform=from_origin(west, north, CELL_M, CELL_M), **profile
    ) as file:
        file.write(heights.astype("float32"), 1)
    winding = rng.normal(0, 150, (400, 500, 2)).cumsum(axis=1) + rng.uniform(-30_000, 30_000, (400, 1, 2))
    for name, lines in (("rivers.gpkg", winding[:100]), ("roads.gpkg", winding[100:])):
        gpd.GeoDataFrame(geometry=shapely.linestrings(lines + np.array(middle)), crs=CRS).to_file(raw / name)
    plain = settings().model_dump()
    layers = [{"path": "rivers.gpkg", "shows": "water"}, {"path": "roads.gpkg", "shows": "road"}]
    plain["inputs"] |= {"dem": {"path": "dem.tif"}, "backdrop": layers}
    return Settings.model_validate(plain)
