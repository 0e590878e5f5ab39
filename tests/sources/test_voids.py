"""Untagged voids are found wherever they lie in a file, however it is cut into blocks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
from rasterio.windows import Window

from pvmap.sources import voids
from pvmap.sources.voids import untagged_voids

WIDE, HIGH = 4_500, 1_100  # more than is looked at at once
BLOCKS = {"tiles": {"tiled": True, "blockxsize": 256, "blockysize": 256}, "strips": {"blockysize": 1}, "one": {}}


def written(path: Path, values: np.ndarray, **how: Any) -> Path:
    size = {"width": values.shape[1], "height": values.shape[0], "count": 1, "dtype": values.dtype}
    with rasterio.open(path, "w", driver="GTiff", crs="EPSG:32650", **size, **how) as file:
        file.write(values, 1)
    return path


@pytest.mark.parametrize("blocks", BLOCKS.values(), ids=BLOCKS)
@pytest.mark.parametrize(
    "place", [(0, 0), (HIGH - 1, WIDE - 1), (HIGH - 1, 0), (0, WIDE - 1), (513, 2_303), (255, 256)]
)
def test_a_single_void_is_found(tmp_path: Path, blocks: dict[str, Any], place: tuple[int, int]) -> None:
    values = np.full((HIGH, WIDE), 40, np.int16)
    values[place] = -32768
    with rasterio.open(written(tmp_path / "dem.tif", values, **blocks)) as file:
        assert untagged_voids(file, Window(0, 0, WIDE, HIGH), None) == [-32768.0]
        assert untagged_voids(file, Window(0, 0, WIDE, HIGH), -32768.0) == []
        row, column = place
        here = Window(max(column - 2, 0), max(row - 2, 0), 5, 5).intersection(Window(0, 0, WIDE, HIGH))
        assert untagged_voids(file, here, None) == [-32768.0]
        beside = Window(1_000, 300, 700, 100)
        assert untagged_voids(file, beside, None) == []


def test_the_lowest_few_of_many_voids_are_told(tmp_path: Path) -> None:
    values = np.linspace(-11_000.0, 200.0, HIGH * WIDE, dtype=np.float32).reshape(HIGH, WIDE)  # a sea floor
    values[-1, -1] = np.nan
    with rasterio.open(written(tmp_path / "dem.tif", values)) as file:
        found = untagged_voids(file, Window(0, 0, WIDE, HIGH), None)
    assert found == values.ravel()[: voids.MOST_VOIDS].tolist()


def test_heights_are_judged_in_metres_and_told_as_stored(tmp_path: Path) -> None:
    values = np.array([[4_000, 30_000], [9_500, -6_000]], np.int16)  # of decimetres
    with rasterio.open(written(tmp_path / "dem.tif", values), "r+") as file:
        file.scales = (0.1,)
    with rasterio.open(tmp_path / "dem.tif") as file:
        assert untagged_voids(file, Window(0, 0, 2, 2), None) == [-6_000.0]
