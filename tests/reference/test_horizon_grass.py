"""Skylines over rasters beside GRASS r.horizon, both against a march over the same bilinear surface."""

from __future__ import annotations

from pathlib import Path

import grass_peer
import numpy as np
import pytest
import rasterio
from towns import march, raster_town

from pvmap.shade.sweep import Sweep

AZIMUTHS = [2.8125, 53.4375, 143.4375, 205.3125]


@pytest.mark.parametrize("scene", ["athens", "turned boxes"])
def test_no_worse_than_r_horizon(scene: str, shared_data: Path, tmp_path: Path):
    if scene == "athens":
        with rasterio.open(shared_data / "terrain" / "athens" / "DSM.tif") as file:
            z = file.read(1)
    else:
        z = raster_town(400)
    peer, _ = grass_peer.horizons(z, AZIMUTHS, tmp_path)
    rng = np.random.default_rng(0)
    rows, columns = rng.integers(3, z.shape[0] - 3, 1500), rng.integers(3, z.shape[1] - 3, 1500)
    sweep = Sweep.of(z, 1.0)
    for azimuth, theirs in zip(AZIMUTHS, peer, strict=True):
        exact = march(z, rows, columns, azimuth, 0.02)
        ours = abs(np.degrees(np.arctan(sweep.towards(azimuth)[rows, columns])) - exact)
        other = abs(theirs[rows, columns] - exact)
        print(
            f"{scene} at {azimuth:.1f}: median {np.median(ours):.3f} (r.horizon {np.median(other):.3f}), "
            f"95th percentile {np.quantile(ours, 0.95):.2f} ({np.quantile(other, 0.95):.2f}) degrees"
        )
        assert np.median(ours) < 0.05
        assert np.quantile(ours, 0.95) <= np.quantile(other, 0.95)
