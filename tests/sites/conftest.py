"""Small cities built in the test: layers of polygons in a metric CRS, settings, and the account of areas."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from pyproj import CRS
from shapely import affinity

from pvmap.settings.city import Settings, VectorInput
from pvmap.sites import SITE_TYPES
from pvmap.sites.base import Ground, Placement
from pvmap.sources.vector import VectorLayer
from pvmap.tables import contract

ZHENJIANG = CRS(4549)
EAST_0, NORTH_0 = 500_000.0, 3_563_700.0  # 120 E, where grid north is true north, 32.2 N
LATITUDE = 32.2


def settings_of(**sections: Any) -> Settings:
    return Settings.model_validate({"city": {"name": "t", "title_zh": "t", "title_en": "t"}, **sections})


@pytest.fixture(scope="session")
def city() -> Callable[..., Settings]:
    """Settings with the sections given as keywords."""
    return settings_of


def layer_of(polygons: list[Any], source: str = "in.geojson", **columns: list[Any]) -> VectorLayer:
    n = len(polygons)
    values = {"source": source, "source_row": np.arange(n), "part": 0, "n_parts_of_row": 1, **columns}
    features = gpd.GeoDataFrame(pd.DataFrame(values, index=range(n)), geometry=polygons, crs=ZHENJIANG)
    return VectorLayer(features, pd.DataFrame(), n, n)


def rectangle(length: float, width: float, angle: float = 0.0, at: tuple[float, float] = (0.0, 0.0)) -> shapely.Polygon:
    """Rectangle whose long side runs east at angle 0 and turns counter-clockwise, its centre at `at`."""
    box = shapely.box(-length / 2, -width / 2, length / 2, width / 2)
    return affinity.translate(affinity.rotate(box, angle, origin=(0, 0)), EAST_0 + at[0], NORTH_0 + at[1])


def read_kind(
    kind: str,
    polygons: list[Any],
    settings: Settings | None = None,
    source: dict[str, Any] | None = None,
    **columns: list[Any],
) -> gpd.GeoDataFrame:
    given = VectorInput(path="in.geojson", **(source or {}))
    sites, rejects, _ = SITE_TYPES[kind].read([layer_of(polygons, **columns)], [given], settings or settings_of())
    assert len(sites) + len(rejects) == len(polygons)
    return sites


def place_kind(kind: str, sites: gpd.GeoDataFrame, settings: Settings | None = None, **ground: Any) -> Placement:
    """Place, and check what must hold for every placement: contracts, area balance, no more than the roof holds."""
    settings = settings or settings_of()
    sites = SITE_TYPES[kind].prepare(sites, settings, lambda bounds: ground.get("masks", ()))
    placement = SITE_TYPES[kind].place(sites, Ground(ZHENJIANG, LATITUDE, **ground), settings)
    check_placement(sites, placement)
    return placement


def check_placement(sites: gpd.GeoDataFrame, placement: Placement) -> None:
    for name, frame in (("sites", sites), ("surfaces", placement.surfaces), ("exclusions", placement.exclusions)):
        contract.check(name, frame)
    used = placement.surfaces.groupby("site_id")["plan_area_m2"].sum()
    out = placement.exclusions.groupby("site_id")["area_m2"].sum()
    footprint = sites.set_index("site_id")["footprint_area_m2"]
    rest = footprint - used.reindex(footprint.index).fillna(0.0) - out.reindex(footprint.index).fillna(0.0)
    assert rest.abs().max() <= 1e-6
    assert set(placement.surfaces["site_id"]) <= set(sites["site_id"])
    surfaces = placement.surfaces
    assert (surfaces["capacity_limit_kwp"] <= surfaces["area_m2"] * surfaces["gcr"] * 0.600 / 2.583 + 1e-6).all()
    assert (surfaces["plan_area_m2"] <= surfaces.geometry.area + 1e-6).all()
    assert (placement.exclusions["area_m2"] <= placement.exclusions["area_touched_m2"] + 1e-6).all()
    assert placement.exclusions["clause"].str.contains(r"sourced|derived|unverified|choice|clause", regex=True).all()


def excluded(placement: Placement) -> dict[str, float]:
    """Excluded area by reason."""
    area = placement.exclusions.groupby("reason")["area_m2"].sum()
    return area[area > 1e-6].to_dict()


class Town:
    """The helpers above in one fixture, so that test files import nothing from each other."""

    settings = staticmethod(settings_of)
    layer = staticmethod(layer_of)
    rectangle = staticmethod(rectangle)
    read = staticmethod(read_kind)
    place = staticmethod(place_kind)
    check = staticmethod(check_placement)
    excluded = staticmethod(excluded)
    crs = ZHENJIANG
    latitude = LATITUDE
    origin = (EAST_0, NORTH_0)


@pytest.fixture(scope="session")
def town() -> type[Town]:
    return Town
