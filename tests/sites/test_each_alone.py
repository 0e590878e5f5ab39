"""A site gets what it would get alone: nothing of the sites beside it in the table is taken for its own."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from pvmap.sites import SITE_TYPES
from pvmap.sites.base import Ground
from pvmap.sites.masks import LoadedMask
from pvmap.sources.grid import Grid

PLACES = {"longitude": [117.0, 119.0, 121.0, 123.0, 118.0], "latitude": [20.0, 44.0, -31.0, 38.0, 8.0]}
USES = ["government", "industrial_steel", "residential_rural", "commercial", "residential_rural"]


def read(town, kind: str) -> gpd.GeoDataFrame:
    """Five sites far apart on the globe, the first of them left out, each with values of its own."""
    side = {"rooftop": (30.0, 18.0), "mine": (400.0, 300.0), "fishpond": (300.0, 200.0)}[kind]
    shapes = [town.rectangle(*side, angle=23.0 * k, at=(1000.0 * k, 70.0 * k)) for k in range(5)]
    columns: dict[str, list] = {"excluded": ["heritage", None, None, None, None]}
    if kind == "rooftop":
        columns |= {"building_use": USES, "height_m": [9.0, 6.0, 5.0, 30.0, 7.0]}
    if kind == "fishpond":
        columns |= {"includes_dykes": ["yes", "no", "yes", "yes", "no"]}
    sites = town.read(kind, shapes, **columns)
    return sites.assign(**PLACES)


def measured(sites: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Roofs of the third and the fourth site are measured, obstacles of the fourth too."""
    number = sites.index.to_numpy()
    roof = np.flatnonzero(np.isin(number, [2, 3]))
    known = number[roof] == 3
    columns = {
        "roof": roof,
        "surface_tilt": np.where(known, 25.0, 12.0),
        "surface_azimuth": np.where(known, 170.0, 3.0),
    }
    return gpd.GeoDataFrame(
        pd.DataFrame({**columns, "obstacles_measured": known}),
        geometry=sites.geometry.to_numpy()[roof],
        crs=sites.crs,
    )


def hills(bounds: tuple[float, float, float, float]) -> Grid:
    """Long waves of the ground in any window, on cells of 30 m."""
    west, south, east, north = (30.0 * np.floor(edge / 30.0) for edge in bounds)
    x, y = np.meshgrid(np.arange(west, east, 30.0) + 15.0, np.arange(north, south, -30.0) - 15.0)
    return Grid(40.0 * np.sin(x / 700.0) + 0.02 * (y - south), west, north, 30.0)


@pytest.mark.parametrize("kind", ["rooftop", "mine", "fishpond"])
def test_together_as_alone(town, kind: str) -> None:
    settings = town.settings(fishpond={"min_cluster_ha": 1.0})
    strips = [town.rectangle(9000.0, 12.0, angle=10.0 * k, at=(0.0, 40.0 * k)) for k in range(3)]
    mask = LoadedMask("reserve", "a clause (unverified; judgement: test)", np.array(strips, object))
    ground = Ground(town.crs, 1.0, hills, (mask,), measured)
    sites = SITE_TYPES[kind].prepare(read(town, kind), settings, lambda bounds: (mask,))
    together = SITE_TYPES[kind].place(sites, ground, settings)
    apart = [SITE_TYPES[kind].place(sites.iloc[[k]], ground, settings) for k in range(5)]
    assert together.surfaces["site_id"].nunique() == 4 and len(together.exclusions) > 4
    for table, keys in (("surfaces", ["surface_id"]), ("exclusions", ["site_id", "reason", "clause"])):
        whole = getattr(together, table).sort_values(keys, ignore_index=True)
        parts = pd.concat([getattr(one, table) for one in apart]).sort_values(keys, ignore_index=True)
        assert_frame_equal(pd.DataFrame(whole), pd.DataFrame(parts), check_dtype=False)
