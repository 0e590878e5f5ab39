"""Rows that lie on another part of the earth, or on none, are refused by name; the others are a city all the same."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from pyproj import CRS

from pvmap.errors import InputError
from pvmap.stages.doubts import doubt_sites, refuse_far

METRIC = CRS.from_epsg(4549)


def town(*stray: tuple[float, float], n: int = 8) -> gpd.GeoDataFrame:
    """Sites of a town at 119.45 E, 32.2 N, and strays at longitudes and latitudes."""
    places = [(119.45 + 0.001 * k, 32.2) for k in range(n)] + list(stray)
    longitude, latitude = np.array(places, float).T
    frame = pd.DataFrame({"site_id": [f"rooftop-{k}" for k in range(len(places))], "longitude": longitude})
    frame = frame.assign(latitude=latitude, source="b.shp", source_row=np.arange(len(places)), part=0)
    frame = frame.assign(site_type="rooftop", footprint_area_m2=100.0, district="")
    x = 500_000.0 + 100.0 * np.arange(len(places))
    return gpd.GeoDataFrame(frame, geometry=shapely.box(x, 3.56e6, x + 10.0, 3.56e6 + 10.0), crs=METRIC)


@pytest.mark.parametrize(
    ("place", "why"), [((-119.45, 32.2), "km away"), ((32.2, 89.0), "km away"), ((np.nan, np.nan), "no place")]
)
def test_a_stray_is_refused_by_its_row(place, why):
    sites, rejects, (found,) = refuse_far(town(place))
    assert len(sites) == 8 and rejects["source_row"].tolist() == [8]
    assert why in rejects["detail"].iloc[0]
    assert (found.code, found.count, found.total, found.rows) == ("rows-far-away", 1, 9, (8,))


@pytest.mark.parametrize("place", [(121.05, 32.2), (119.45, 45.0)])
def test_a_neighbouring_province_is_not_refused(place):
    assert len(refuse_far(town(place))[0]) == 9


def test_of_two_towns_nobody_knows_which_is_lost_and_the_sentence_names_a_site():
    sites = town(*[(75.0, 39.0)] * 8)
    assert len(refuse_far(sites)[0]) == 16
    with pytest.raises(InputError, match="km from the middle of all, first rooftop-"):
        doubt_sites(sites, METRIC)


def apart(sites: gpd.GeoDataFrame) -> list:
    """What is said of a width; footprints lie where longitude and latitude do."""
    at = sites.set_geometry(
        gpd.points_from_xy(sites["longitude"], sites["latitude"], crs=4326).to_crs(METRIC).buffer(5)
    )
    return [found for found in doubt_sites(at, METRIC) if found.code == "city-too-wide"]


@pytest.mark.parametrize("stray", [(118.45, 32.2), (119.45, 33.2), (119.54, 31.2)])
def test_a_slip_of_a_degree_is_told_by_its_site(stray):
    (found,) = apart(town(stray, n=20))
    assert (found.count, found.total, found.sites) == (1, 21, ("rooftop-20",))


def test_villages_of_a_wide_county_and_a_far_place_in_a_district_are_no_strays():
    villages = [(119.45 + 0.15 * k, 32.2 + 0.02 * k) for k in range(8)]
    assert not apart(town(*villages))
    known = town((118.45, 32.2), n=20)
    known.loc[20, "district"] = "exclave"
    assert not apart(known)


def test_a_crs_that_is_the_best_for_the_city_is_not_to_be_changed_for_itself():
    sites = town(*[(124.5, 32.2)] * 2)
    assert [one.code for one in doubt_sites(sites, METRIC)] == []
