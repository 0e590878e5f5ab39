"""Copies of a city's inputs beside each other: a province of any size, its heights and shadows those of the city."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import rasterio
import shapely
from rasterio.transform import from_origin
from rasterio.windows import Window

from pvmap.sources.demo.geography import METRIC_CRS

AT_ONCE = 100_000  # buildings that are moved at once
ID = "编号"
LAYERS = ("mines.geojson", "fishponds.gpkg")


def lay_copies(raw: Path, out: Path, side: int) -> int:
    """Write `side` x `side` copies of the synthetic city in `raw`, each beside the next, and count their buildings.

    What is written has the shape of what was read: buildings as GeoParquet, heights as one raster, mines and ponds.
    """
    out.mkdir(parents=True, exist_ok=True)
    with rasterio.open(raw / "dem.tif") as file:
        heights, place, profile = file.read(1), file.transform, file.profile
    wide, high = heights.shape[1] * place.a, -heights.shape[0] * place.e
    half = (side - 1) / 2
    steps = [((i - half) * wide, (j - half) * high) for i in range(side) for j in range(side)]
    corner = from_origin(place.c - half * wide, place.f + half * high, place.a, -place.e)
    blocks = {"tiled": True, "blockxsize": 256, "blockysize": 256, "bigtiff": "if_safer"}
    shape = {"width": heights.shape[1] * side, "height": heights.shape[0] * side, "transform": corner}
    with rasterio.open(out / "dem.tif", "w", **(profile | shape | blocks)) as file:
        band = np.tile(heights, (1, side))
        for row in range(side):  # a band of copies at a time
            window = Window(0, row * len(band), band.shape[1], len(band))
            file.write(band, 1, window=window)
    for name in LAYERS:
        layer = gpd.read_file(raw / name)
        metric = layer.to_crs(METRIC_CRS)
        moved = pd.concat([_moved(metric, number, step) for number, step in enumerate(steps)], ignore_index=True)
        gpd.GeoDataFrame(moved, crs=METRIC_CRS).to_crs(layer.crs).to_file(out / name)
    return _buildings(raw / "buildings.parquet", out / "buildings.parquet", steps)


def _buildings(source: Path, target: Path, steps: list[tuple[float, float]]) -> int:
    writer, n = None, 0
    for frame in _moved_buildings(source, steps):
        buffer = io.BytesIO()
        frame.to_parquet(buffer, index=False)
        table = pq.read_table(buffer)
        if writer is None:
            about = json.loads(table.schema.metadata[b"geo"])
            about["columns"]["geometry"].pop("bbox", None)  # of these rows alone
            metadata = {**table.schema.metadata, b"geo": json.dumps(about).encode()}
            writer = pq.ParquetWriter(target, table.schema.with_metadata(metadata))
        writer.write_table(table.cast(writer.schema))
        n += len(table)
    if writer is None:
        raise ValueError(f"{source} has no buildings")
    writer.close()
    return n


def _moved_buildings(source: Path, steps: list[tuple[float, float]]) -> Iterator[gpd.GeoDataFrame]:
    every = gpd.read_parquet(source).to_crs(METRIC_CRS)
    for number, step in enumerate(steps):
        for first in range(0, len(every), AT_ONCE):
            yield _moved(every.iloc[first : first + AT_ONCE], number, step)


def _moved(some: gpd.GeoDataFrame, number: int, step: tuple[float, float]) -> gpd.GeoDataFrame:
    """Move features, and tell their ids from those of the other copies."""
    outlines = shapely.transform(some.geometry.to_numpy(), lambda xy: xy + np.array(step))
    ids = [f"{number}.{one}" if one else one for one in some[ID]]
    return gpd.GeoDataFrame(some.assign(**{ID: ids}), geometry=outlines, crs=some.crs)
