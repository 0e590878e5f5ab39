"""Azimuths are true ones in whatever metric CRS the geometry was measured."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely
from pyproj import CRS, Transformer

from pvmap.crs import grid_north
from pvmap.sites import SITE_TYPES
from pvmap.sites.base import Ground
from pvmap.sites.ridge import flat_planes
from pvmap.sites.rooftop import prepare
from pvmap.sources.grid import Grid

ALBERS = CRS("+proj=aea +lat_1=25 +lat_2=47 +lat_0=0 +lon_0=105 +datum=WGS84 +units=m +no_defs")
GRIDS = [CRS.from_epsg(4549), CRS.from_epsg(32651), ALBERS]
PLACE = (119.4, 32.2)


def along_the_meridian(crs: CRS, width_m: float, length_m: float) -> shapely.Polygon:
    """Rectangle whose sides of `length_m` run true north, in a metric CRS."""
    at = CRS(f"+proj=tmerc +lon_0={PLACE[0]} +lat_0={PLACE[1]} +datum=WGS84 +units=m +no_defs")
    corners = shapely.get_coordinates(shapely.box(-width_m / 2, -length_m / 2, width_m / 2, length_m / 2))
    return shapely.Polygon(np.column_stack(Transformer.from_crs(at, crs, always_xy=True).transform(*corners.T)))


def site(kind: str, polygon: shapely.Polygon, crs: CRS, **columns: object) -> gpd.GeoDataFrame:
    values = {"site_id": ["a"], "footprint_area_m2": [polygon.area], "excluded_by": [""], "existing_pv_kwp": [0.0]}
    more = {"shared_area_m2": [0.0], "site_type": [kind], "longitude": [PLACE[0]], "latitude": [PLACE[1]]}
    return gpd.GeoDataFrame(values | more | columns, geometry=[polygon], crs=crs)


def off(azimuth: object, truth: float) -> float:
    return float(np.abs((np.asarray(azimuth, float) - truth + 180) % 360 - 180).min())


@pytest.mark.parametrize("crs", GRIDS, ids=str)
def test_gable_planes_of_a_hall_along_the_meridian_face_east_and_west(crs, city) -> None:
    sites = site("rooftop", along_the_meridian(crs, 40.0, 90.0), crs, building_use=["industrial_steel"], height_m=[8.0])
    surfaces = SITE_TYPES["rooftop"].place(prepare(sites, city()), Ground(crs, PLACE[1]), city()).surfaces
    assert len(surfaces) == 2
    assert off(surfaces["surface_azimuth"], 90.0) < 0.1 and off(surfaces["surface_azimuth"], 270.0) < 0.1


@pytest.mark.parametrize("crs", GRIDS, ids=str)
def test_measured_planes_face_where_they_truly_do(crs, city) -> None:
    """What a plane measures on the grid is its azimuth there."""
    polygon = along_the_meridian(crs, 20.0, 20.0)
    sites = site("rooftop", polygon, crs, building_use=["residential_rural"], height_m=[8.0])
    on_grid = (200.0 - grid_north(crs, *PLACE)[0]) % 360
    found = gpd.GeoDataFrame(
        {"roof": [0], "surface_tilt": [30.0], "surface_azimuth": [on_grid], "obstacles_measured": [True]},
        geometry=[polygon],
        crs=crs,
    )
    ground = Ground(crs, PLACE[1], roof_planes=lambda given: found)
    (surface,) = SITE_TYPES["rooftop"].place(prepare(sites, city()), ground, city()).surfaces.itertuples()
    assert surface.surface_azimuth == pytest.approx(200.0, abs=1e-9)


def test_all_but_level_planes_turn_with_grid_north() -> None:
    tilt = np.array([0.0, 0.5, 30.0])
    given = flat_planes(np.full(3, shapely.box(0, 0, 9, 9), object), np.arange(3), np.ones(3))
    turned = given._replace(tilt=tilt, azimuth=np.array([0.0, 200.0, 359.5])).turned(np.array([0.7, 0.7, 0.7]))
    assert turned.azimuth == pytest.approx([0.0, 200.7, 0.2])


@pytest.mark.parametrize("crs", GRIDS, ids=str)
def test_hillsides_fall_where_they_truly_do(crs, city) -> None:
    polygon = along_the_meridian(crs, 300.0, 300.0)
    west, south, east, north = (round(v, -1) for v in polygon.buffer(700.0).bounds)
    x, y = np.meshgrid(np.arange(west + 5, east, 10.0), np.arange(north - 5, south, -10.0))
    down = np.radians(170.0 - grid_north(crs, *PLACE)[0])  # true azimuth 170
    heights = 500.0 - np.tan(np.radians(12.0)) * ((x - west) * np.sin(down) + (y - south) * np.cos(down))
    ground = Ground(crs, PLACE[1], terrain=lambda bounds: Grid(heights, west, north, 10.0))
    (surface,) = SITE_TYPES["mine"].place(site("mine", polygon, crs), ground, city()).surfaces.itertuples()
    assert surface.ground_azimuth == pytest.approx(170.0, abs=0.1)
    assert surface.ground_tilt == pytest.approx(12.0, abs=0.1)
    assert surface.surface_azimuth == 180.0  # rows face the equator, not the grid's south
