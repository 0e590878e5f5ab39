"""Metric CRS by place, and shifted coordinates against other people's figures."""

import numpy as np
import pyproj
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pvmap import crs
from pvmap.errors import ConfigError, InputError

METRES_PER_DEGREE = 111_320.0

# WGS84 longitude, latitude -> GCJ-02, as the test suites of two public implementations have them.
PUBLISHED_GCJ02 = [
    ((121.5272106, 31.1774276), (121.531541859215, 31.17530398364597)),  # eviltransform: Shanghai
    ((113.912316, 22.543847), (113.9171764808363, 22.540796131694766)),  # eviltransform: Shenzhen
    ((116.377817, 39.911954), (116.38404722455657, 39.91334545536069)),  # eviltransform: Beijing
    ((116.404, 39.915), (116.41024449916938, 39.91640428150164)),  # wandergis/coordtransform
]


def metres(longitude, latitude, other_longitude, other_latitude):
    east = (np.asarray(longitude) - other_longitude) * np.cos(np.radians(latitude))
    return METRES_PER_DEGREE * np.hypot(east, np.asarray(latitude) - other_latitude)


@pytest.mark.parametrize(("wgs84", "gcj02"), PUBLISHED_GCJ02)
def test_gcj02_equals_published_points(wgs84, gcj02):
    assert metres(*crs.wgs84_to_gcj02(*wgs84), *gcj02) < 1e-3
    assert metres(*crs.gcj02_to_wgs84(*gcj02), *wgs84) < 1e-3


def test_bd09_equals_published_point():
    """wandergis/coordtransform: GCJ-02 (116.404, 39.915) is BD-09 (116.41036949371029, 39.92133699351021)."""
    wgs84 = crs.gcj02_to_wgs84(116.404, 39.915)
    assert metres(*crs.wgs84_to_bd09(*wgs84), 116.41036949371029, 39.92133699351021) < 1e-3


@given(st.floats(72.01, 137.83), st.floats(0.83, 55.82))
def test_shifts_can_be_undone(longitude, latitude):
    for there, back in ((crs.wgs84_to_gcj02, crs.gcj02_to_wgs84), (crs.wgs84_to_bd09, crs.bd09_to_wgs84)):
        assert metres(*back(*there(longitude, latitude)), longitude, latitude) < 1e-3


@given(st.floats(73.7, 134.6), st.floats(17.0, 53.4))
def test_gcj02_is_off_by_what_is_known(longitude, latitude):
    """Hundreds of metres nearly everywhere, and nowhere none."""
    assert 10.0 < metres(*crs.wgs84_to_gcj02(longitude, latitude), longitude, latitude) < 1300.0


def test_nothing_is_shifted_abroad():
    longitude, latitude = np.array([139.7, -105.3, 12.0, np.nan]), np.array([35.5, 40.0, 57.7, 30.0])
    for shift in (crs.wgs84_to_gcj02, crs.gcj02_to_wgs84, crs.wgs84_to_bd09, crs.bd09_to_wgs84):
        x, y = shift(longitude, latitude)
        np.testing.assert_array_equal(x, longitude)
        np.testing.assert_array_equal(y, latitude)


@pytest.mark.parametrize(
    ("place", "longitude", "latitude", "epsg"),
    [
        ("Zhenjiang", 119.45, 32.05, 4549),
        ("Shenzhen", 113.93, 22.52, 4547),
        ("Karakoram", 76.4, 35.7, 4534),
        ("Tokyo", 139.7, 35.5, 32654),
        ("Boulder", -105.25, 40.0, 32613),
        ("Athens", 23.7, 38.0, 32634),
        ("Santiago", -70.6, -33.4, 32719),
        ("Svalbard", 15.0, 85.0, 32661),
        ("Date line", 180.0, 10.0, 32660),
    ],
)
def test_metric_crs_by_place(place, longitude, latitude, epsg):
    assert crs.choose_metric_crs(longitude, latitude).to_epsg() == epsg


def test_stray_points_do_not_choose_the_crs():
    assert crs.choose_metric_crs([119.4, 0.0, 119.5, np.nan, 119.6], [32.0, 0.0, 32.1, 5.0, 32.2]).to_epsg() == 4549


def test_metres_are_not_degrees():
    with pytest.raises(InputError, match="none of 2 coordinates"):
        crs.choose_metric_crs([450_000.0, 460_000.0], [3_500_000.0, 3_510_000.0])


@pytest.mark.parametrize("good", ["EPSG:4549", "EPSG:32650", "EPSG:2100", "EPSG:3007", "EPSG:4549+5773"])
def test_metric_crs_passes(good):
    assert crs.require_metric(good).is_projected


@pytest.mark.parametrize(
    ("bad", "because"),
    [
        ("EPSG:4326", "not projected"),
        ("EPSG:4490", "not projected"),
        ("EPSG:3857", "Mercator"),
        ("EPSG:3395", "Mercator"),
        ("EPSG:5513", "mirrored"),  # Krovak to south and west; EPSG:5514 is the same to east and north
        ("EPSG:2263", "foot"),
        ("EPSG:99999", "not a CRS"),
        (
            "+proj=tmerc +lon_0=120 +x_0=500000 +ellps=GRS80 +axis=wsu +units=m",
            "no longitude and latitude that PROJ knows",
        ),
        ("Zhenjiang", "not a CRS"),
    ],
)
def test_other_crs_are_refused(bad, because):
    with pytest.raises(ConfigError, match=because) as raised:
        crs.require_metric(bad)
    assert "EPSG:4549" in str(raised.value)


@pytest.mark.parametrize(
    ("code", "longitude", "latitude"),
    [("EPSG:4549", 119.4, 32.2), ("EPSG:32651", 120.6, 31.3), ("EPSG:3035", 11.9, 57.7), ("EPSG:28356", 151.2, -33.9)],
)
def test_grid_north_is_the_meridian_convergence_of_proj(code, longitude, latitude):
    projection = pyproj.CRS.from_user_input(code)
    factors = pyproj.Proj(projection).get_factors(longitude, latitude)
    assert crs.grid_north(projection, longitude, latitude)[0] == pytest.approx(factors.meridian_convergence, abs=1e-5)


def test_grid_north_of_a_grid_that_looks_south():
    lo29 = pyproj.CRS.from_epsg(2053)  # westing and southing
    assert abs(crs.grid_north(lo29, 29.0, -26.0)[0]) == pytest.approx(180.0)
