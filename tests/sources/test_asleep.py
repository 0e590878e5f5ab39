"""Frames whose outlines sleep are the frames they were, whatever is done to them."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
import shapely
from pyproj import CRS

from pvmap.sources.asleep import AREA, MIDDLE, PLACE, POINT, RATIO, RIDGE, Asleep, awake, look_at, stacked

CRS_M = CRS.from_epsg(4549)


def houses(n: int = 6) -> gpd.GeoDataFrame:
    west = 500_000.0 + 30.0 * np.arange(n)
    polygons = shapely.box(west, 3_550_000.0, west + 10.0 + np.arange(n), 3_550_012.0)
    return gpd.GeoDataFrame({"name": [f"h{i}" for i in range(n)]}, geometry=polygons, crs=CRS_M)


def asleep(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    return frame.set_geometry(gpd.GeoSeries(Asleep.of(frame.geometry.array, CRS_M), frame.index))


def require_same(sleeping: gpd.GeoDataFrame, frame: gpd.GeoDataFrame) -> None:
    array = sleeping.geometry.array
    assert isinstance(array, Asleep)
    assert sleeping.crs == frame.crs
    assert sleeping["name"].tolist() == frame["name"].tolist()
    assert shapely.to_wkb(np.asarray(array)).tolist() == shapely.to_wkb(frame.geometry.to_numpy()).tolist()
    assert np.array_equal(array.bounds, frame.geometry.array.bounds)
    assert np.array_equal(array.area, frame.geometry.array.area)
    assert np.array_equal(array.look_up(slice(None)), look_at(frame.geometry.to_numpy(), CRS_M))


@pytest.mark.parametrize(
    "some",
    [
        lambda f: f.iloc[[4, 1, 1]],
        lambda f: f.iloc[1:3],
        lambda f: f.iloc[::-2],
        lambda f: f[f["name"] != "h2"].reset_index(drop=True),
        lambda f: f.drop(index=[0, 5]),
        lambda f: f.iloc[:0],
        lambda f: f.copy(),
        lambda f: f.assign(more=1.0).sort_values("name", ascending=False),
        lambda f: gpd.GeoDataFrame(pd.concat([f, f.iloc[:2]], ignore_index=True), crs=f.crs),
    ],
)
def test_rows_are_taken_as_of_any_frame(some) -> None:
    frame = houses()
    require_same(some(asleep(frame)), some(frame))


def test_outlines_that_change_are_measured_anew_and_others_keep_theirs() -> None:
    frame, other = houses(), houses()
    sleeping, kept = asleep(frame), asleep(frame)
    smaller = gpd.GeoSeries(shapely.box(0.0, 0.0, [1.0, 2.0], 5.0), index=[3, 1], crs=CRS_M)
    for one in (sleeping, frame):
        one.loc[[3, 1], "geometry"] = smaller
    require_same(sleeping, frame)
    require_same(kept, other)
    sleeping.geometry.array[0] = shapely.box(0.0, 0.0, 3.0, 3.0)
    assert sleeping.geometry.array.area[0] == 9.0


def test_frames_of_both_kinds_are_stacked_asleep_and_wake_again() -> None:
    frame = houses()
    both = stacked([frame.iloc[:2], asleep(frame).iloc[2:]])
    require_same(both, frame)
    woken = awake(both)
    assert not isinstance(woken.geometry.array, Asleep)
    assert woken.geometry.geom_equals_exact(frame.geometry, 0.0).all()
    assert not isinstance(stacked([frame, frame]).geometry.array, Asleep)


def test_texts_of_stacked_frames_lie_in_one_piece() -> None:
    """In several, all of a column would be copied whenever some of its rows are taken."""
    one = gpd.GeoDataFrame({"name": pd.Series(["甲", ""], dtype="str")}, geometry=[shapely.Point(0, 0)] * 2, crs=3857)
    every = stacked([one, one.iloc[:1], one])
    assert every["name"].tolist() == ["甲", "", "甲", "甲", ""]
    assert isinstance(pa.array(every["name"].array), pa.Array)


def test_what_is_known_of_a_polygon() -> None:
    known = look_at(np.array([shapely.box(500_000.0, 0.0, 500_010.0, 20.0), None], object), CRS.from_epsg(32650))
    assert known[0, AREA] == 200.0
    assert known[0, MIDDLE].tolist() == [500_005.0, 10.0]
    assert shapely.box(500_000.0, 0.0, 500_010.0, 20.0).contains(shapely.Point(known[0, POINT]))
    assert known[0, PLACE] == pytest.approx([117.0, 0.0], abs=1e-3)  # the zone's meridian, at the equator
    assert known[0, [RIDGE, RATIO]].tolist() == [0.0, 2.0]  # its longer side runs north
    assert np.isnan(known[1, [AREA, *range(5, 13)]][1:]).all()


def test_types_of_outlines_that_sleep() -> None:
    frame = houses()
    two = shapely.MultiPolygon([shapely.box(0.0, 0.0, 1.0, 1.0), shapely.box(2.0, 0.0, 3.0, 1.0)])
    frame.loc[[1], "geometry"] = gpd.GeoSeries([two], index=[1], crs=frame.crs)
    both = stacked([asleep(frame), frame])
    assert isinstance(both.geometry.array, Asleep)
    back = both.iloc[::-1]
    assert back.geom_type.tolist() == 2 * frame.geom_type.tolist()[::-1]
    assert set(back.geom_type) == {"Polygon", "MultiPolygon"}
