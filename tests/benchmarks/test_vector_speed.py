"""How much cleaning costs beside the reading and projecting nobody can do without."""

import os
import statistics
import time

import geopandas as gpd
import numpy as np
import pytest
import shapely
from pyproj import CRS

from pvmap.settings.city import VectorInput
from pvmap.sources.vector import read_vector

N = 200_000
METRIC = CRS.from_epsg(4549)


@pytest.mark.benchmark
def test_cleaning_costs_little_more_than_reading(tmp_path):
    rng = np.random.default_rng(1)
    x, y = rng.uniform(450_000, 540_000, N), rng.uniform(3.50e6, 3.57e6, N)
    boxes = shapely.box(x, y, x + rng.uniform(6, 40, N), y + rng.uniform(6, 20, N))
    boxes[rng.integers(0, N, N // 100)] = boxes[0]
    frame = gpd.GeoDataFrame({"h": rng.uniform(3, 60, N)}, geometry=boxes, crs=METRIC).to_crs(4326)
    frame.to_parquet(tmp_path / "houses.parquet")
    source = VectorInput(path="houses.parquet", columns={"height_m": "h"})

    def seconds(work) -> float:
        start = time.perf_counter()
        work()
        return time.perf_counter() - start

    plain, ours = [], []
    for _ in range(3):
        plain.append(seconds(lambda: gpd.read_parquet(tmp_path / "houses.parquet").to_crs(METRIC)))
        ours.append(seconds(lambda: read_vector(source, tmp_path, METRIC)))
    ratio = statistics.median(ours) / statistics.median(plain)
    print(f"\nread_vector: {N / statistics.median(ours):,.0f} footprints/s, {ratio:.1f} x bare reading and projecting")
    if os.environ.get("CI", "").lower() == "true":
        assert ratio < 8.0
