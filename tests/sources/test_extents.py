"""Warnings for layers that do not lie where they should: Zhenjiang's districts are labelled WGS84 and are not."""

import geopandas as gpd
import numpy as np
import pytest
import shapely
from pyproj import CRS

from pvmap.settings.city import VectorInput
from pvmap.sources.vector import check_extents, read_vector

METRIC = CRS.from_epsg(4549)


@pytest.fixture(scope="module")
def districts(shared_data):
    def read(datum):
        source = VectorInput(path="boundaries/zhenjiang_districts_gcj02.geojson", datum=datum)
        return read_vector(source, shared_data, METRIC).features

    return {"as labelled": read("wgs84"), "converted": read("gcj02")}


def scatter(area: gpd.GeoDataFrame, n: int) -> gpd.GeoDataFrame:
    """Houses of 10 m evenly over an area."""
    rng = np.random.default_rng(7)
    west, south, east, north = area.total_bounds
    xy = rng.uniform((west, south), (east, north), (n, 2))
    whole = shapely.union_all(area.geometry.to_numpy())
    shapely.prepare(whole)
    xy = xy[shapely.contains_xy(whole, *xy.T)]
    return gpd.GeoDataFrame(geometry=shapely.box(*(xy - 5).T, *(xy + 5).T), crs=area.crs)


def test_layers_that_fit_raise_no_warning(districts):
    houses = scatter(districts["converted"], 20_000)
    assert check_extents({"rooftop": houses, "districts": districts["converted"]}) == []
    assert check_extents({"rooftop": houses}) == []
    assert check_extents({}) == []


def test_shifted_districts_are_called_out(districts):
    houses = scatter(districts["converted"], 20_000)
    (found,) = check_extents({"rooftop": houses, "districts": districts["as labelled"]})
    assert (found.code, found.layer) == ("shifted-by-gcj02", "districts")
    assert 'datum = "gcj02" for districts' in found.remedy()


def test_shifted_houses_are_called_out(districts):
    houses = scatter(districts["as labelled"], 20_000)
    (found,) = check_extents({"rooftop": houses, "districts": districts["converted"]})
    assert (found.code, found.layer) == ("shifted-by-gcj02", "rooftop")


def test_houses_beyond_an_outline_are_not_called_shifted(districts):
    """A city whose neighbours' houses are in the file too: no shift makes that better."""
    houses = scatter(districts["converted"], 20_000)
    two = districts["converted"].iloc[:3]
    assert check_extents({"rooftop": houses, "districts": two}) == []


def test_layers_far_apart_are_called_out(districts):
    houses = scatter(districts["converted"], 2_000)
    away = houses.set_geometry(houses.translate(yoff=500_000.0))
    (found,) = check_extents({"rooftop": away, "districts": districts["converted"]})
    assert "rooftops and districts do not meet" in found.sentence()
    (found,) = check_extents({"rooftop": away, "mine": houses.iloc[:3], "fishpond": houses.iloc[:0]})
    assert (found.code, found.layer, found.values["other"]) == ("layers-apart", "mine", "rooftop")


def test_layers_that_meet_by_their_boxes_only(districts):
    outline = gpd.GeoDataFrame(geometry=[shapely.Polygon([(0, 0), (9e4, 0), (0, 9e4)])], crs=METRIC)
    houses = gpd.GeoDataFrame(geometry=[shapely.box(8e4, 8e4, 8.001e4, 8.001e4)], crs=METRIC)
    (found,) = check_extents({"rooftop": houses, "districts": outline})
    assert (found.code, found.layer, found.count) == ("none-inside", "rooftop", 1)


@pytest.mark.parametrize(("gap_km", "told"), [(5.0, []), (300.0, ["layers-apart"])])
def test_mines_in_the_hills_beyond_a_town_are_not_doubted(gap_km, told):
    town, mine = (
        gpd.GeoDataFrame(geometry=[shapely.box(x, 0, x + 999, 999)], crs=METRIC) for x in (0.0, 999 + 1e3 * gap_km)
    )
    assert [one.code for one in check_extents({"rooftop": town, "mine": mine})] == told
