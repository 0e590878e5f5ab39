"""How long siting takes for a city of roofs, and how much is won by placing many at once."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from pyproj import CRS

from pvmap.settings.city import Settings, VectorInput
from pvmap.sites import SITE_TYPES, overlaps
from pvmap.sites.base import Ground
from pvmap.sources.vector import VectorLayer
from pvmap.tables.vocabulary import BUILDING_USES

N_ROOFS = 60_000
CITY = 600_000


def made_stock(n: int) -> VectorLayer:
    """L-shaped and rectangular roofs on a jittered grid, all uses, turned at random."""
    rng = np.random.default_rng(1)
    side = int(np.ceil(np.sqrt(n)))
    x, y = (v.ravel()[:n] * 45.0 for v in np.meshgrid(np.arange(side), np.arange(side)))
    length, width, turn = rng.uniform(8, 35, n), rng.uniform(6, 20, n), rng.uniform(0, np.pi, n)
    notch = rng.random(n) < 0.3
    corner = np.where(notch, 0.5, 1.0)
    u = (
        np.stack([-length, length, length, length * (2 * corner - 1), length * (2 * corner - 1), -length, -length], 1)
        / 2
    )
    v = np.stack([-width, -width, width * (2 * corner - 1), width * (2 * corner - 1), width, width, -width], 1) / 2
    east = 450_000 + x[:, None] + u * np.cos(turn)[:, None] - v * np.sin(turn)[:, None]
    north = 3_560_000 + y[:, None] + u * np.sin(turn)[:, None] + v * np.cos(turn)[:, None]
    columns = pd.DataFrame(
        {
            "source": "stock", "source_row": np.arange(n), "part": 0, "n_parts_of_row": 1,
            "building_use": rng.choice(BUILDING_USES, n), "height_m": rng.uniform(3, 60, n),
        }
    )  # fmt: skip
    polygons = shapely.polygons(np.stack([east, north], 2))
    return VectorLayer(gpd.GeoDataFrame(columns, geometry=polygons, crs=CRS(4549)), pd.DataFrame(), n, n)


def seconds(work: Callable[[], Any], repeat: int = 3) -> tuple[float, Any]:
    """Median of a few runs, and the last result."""
    times, result = [], None
    for _ in range(repeat):
        start = time.perf_counter()
        result = work()
        times.append(time.perf_counter() - start)
    return float(np.median(times)), result


@pytest.mark.benchmark
def test_siting_a_city_of_roofs() -> None:
    settings = Settings.model_validate({"city": {"name": "t", "title_zh": "t", "title_en": "t"}})
    layer, source = made_stock(N_ROOFS), VectorInput(path="stock")
    rooftop, ground = SITE_TYPES["rooftop"], Ground(CRS(4549), 32.2)
    read_s, (sites, *_) = seconds(lambda: rooftop.read([layer], [source], settings))
    resolve_s, (frames, _) = seconds(lambda: overlaps.resolve({"rooftop": sites}))
    place_s, _ = seconds(lambda: rooftop.place(frames["rooftop"], ground, settings))
    few = frames["rooftop"].iloc[:100]
    single_s, _ = seconds(lambda: [rooftop.place(few.iloc[[row]], ground, settings) for row in range(len(few))], 1)
    micro = {"read": read_s, "resolve": resolve_s, "place": place_s}
    per_roof = ", ".join(f"{step} {duration / N_ROOFS * 1e6:.0f} us" for step, duration in micro.items())
    whole_city = sum(micro.values()) * CITY / N_ROOFS
    print(f"\nsiting, {N_ROOFS:,} roofs, one core: {per_roof} a roof; {CITY:,} roofs in {whole_city:.0f} s")
    ratio = (single_s / len(few)) / (place_s / N_ROOFS)
    print(f"placing together against one at a time: {ratio:.0f} x")
    assert ratio > 20.0
