"""Outlines that sleep: a city's polygons as bytes, with what most steps ask of them; only those looked at wake up.

A polygon as an object takes five times the memory of its bytes, and most steps of reading a city want no more of it
than bounds, area and a point within. Frames whose outlines sleep are used like any other: whatever asks for shapes gets
them, and lets them go.
"""

from __future__ import annotations

import numbers
from collections.abc import Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import shapely
from geopandas.array import GeometryArray, from_shapely
from pyproj import CRS

from pvmap.crs import WGS84, transformer
from pvmap.memory import stretches

BOX, AREA, POINT, PLACE, MIDDLE = slice(0, 4), 4, slice(5, 7), slice(7, 9), slice(9, 11)
N_KNOWN = 11  # columns of what is known of a polygon


def look_at(polygons: np.ndarray, crs: CRS) -> np.ndarray:
    """Measure polygons.

    Parameters
    ----------
    polygons : (n,) object array
        In a metric CRS; None and empty ones are measured as NaN.
    crs
        Their CRS.

    Returns
    -------
    (n, 11) array
        `BOX`: west, south, east, north [m]; `AREA` [m2]; `POINT`: x and y of a point within [m]; `PLACE`: its longitude
        and latitude in WGS84 [deg]; `MIDDLE`: x and y of the centroid [m].
    """
    points = shapely.point_on_surface(polygons)
    x, y = shapely.get_x(points), shapely.get_y(points)
    longitude, latitude = transformer(crs, WGS84).transform(x, y)
    middle = shapely.centroid(polygons)
    middle_x, middle_y = shapely.get_x(middle), shapely.get_y(middle)
    boxes, areas = shapely.bounds(polygons), shapely.area(polygons)
    return np.column_stack([boxes, areas, x, y, longitude, latitude, middle_x, middle_y])


class Asleep(GeometryArray):
    """Polygons as bytes.

    Parameters
    ----------
    wkb
        Well-known binary of each.
    known : (n, 11) array
        What `look_at` tells of each.
    crs
        Metric CRS.
    """

    def __init__(self, wkb: pa.LargeBinaryArray, known: np.ndarray, crs: CRS):
        self.wkb, self.known = wkb, known
        self._crs = self._sindex = None
        self.crs = crs

    @classmethod
    def of(cls, array: GeometryArray, crs: CRS) -> Asleep:
        """Put polygons to sleep."""
        if isinstance(array, Asleep):
            return array
        polygons = np.asarray(array)
        return cls(pa.array(shapely.to_wkb(polygons), pa.large_binary()), look_at(polygons, crs), crs)

    @property
    def _data(self) -> np.ndarray:
        awake = np.empty(len(self), object)
        for some in stretches(len(self)):  # bytes of each would lie about as an object as well
            awake[some] = shapely.from_wkb(self.wkb[some].to_numpy(zero_copy_only=False))
        return awake

    @property
    def bounds(self) -> np.ndarray:
        """West, south, east and north of each, (n, 4), in metres."""
        return self.known[:, BOX]

    @property
    def area(self) -> np.ndarray:
        """Area of each, (n,), in square metres."""
        return self.known[:, AREA]

    @property
    def is_empty(self) -> np.ndarray:
        """Whether each has no point, (n,)."""
        return np.isnan(self.known[:, 0]) & ~self.isna()

    @property
    def size(self) -> int:
        """Their number."""
        return len(self.wkb)

    @property
    def nbytes(self) -> int:
        """Bytes that they take."""
        return int(self.wkb.nbytes + self.known.nbytes)

    def isna(self) -> np.ndarray:
        """Whether each is missing, (n,)."""
        return self.wkb.is_null().to_numpy(zero_copy_only=False)

    def __getitem__(self, idx: Any) -> Any:
        if isinstance(idx, numbers.Integral):
            return shapely.from_wkb(self.wkb[int(idx)].as_py())
        if isinstance(idx, slice) and idx.step in (None, 1):
            first, last, _ = idx.indices(len(self))
            return Asleep(self.wkb.slice(first, max(last - first, 0)), self.known[idx], self.crs)
        rows = np.arange(len(self))[pd.api.indexers.check_array_indexer(self, idx)]
        return Asleep(self.wkb.take(pa.array(rows)), self.known[rows], self.crs)

    def __setitem__(self, key: Any, value: Any) -> None:
        rows = np.atleast_1d(np.arange(len(self))[pd.api.indexers.check_array_indexer(self, key)])
        given = value.array if isinstance(value, pd.Series) else value
        given = (
            given
            if isinstance(given, GeometryArray)
            else from_shapely(np.broadcast_to(np.asarray(given, object), rows.shape))
        )
        new = Asleep.of(given, self.crs)
        which = np.arange(len(self))
        which[rows] = len(self) + np.arange(len(rows))
        self.wkb = pa.concat_arrays([self.wkb, new.wkb]).take(pa.array(which))
        self.known = np.concatenate([self.known, new.known])[which]

    def take(self, indices: Sequence[int], allow_fill: bool = False, fill_value: Any = None) -> GeometryArray:
        """Give some of them, as pandas wants it."""
        if allow_fill and (np.asarray(indices) < 0).any():
            return GeometryArray(self._data, crs=self.crs).take(indices, allow_fill=True, fill_value=fill_value)
        return self[np.arange(len(self))[np.asarray(indices, int)]]

    def copy(self, *args: Any, **kwargs: Any) -> Asleep:
        """Give them once more; nothing in them is ever changed in place."""
        return Asleep(self.wkb, self.known, self.crs)

    @classmethod
    def _concat_same_type(cls, to_concat: Sequence[GeometryArray]) -> Asleep:
        crs = next(one.crs for one in to_concat if isinstance(one, Asleep))
        every = [cls.of(one, crs) for one in to_concat]
        return cls(pa.concat_arrays([one.wkb for one in every]), np.concatenate([one.known for one in every]), crs)


def stacked(frames: Sequence[gpd.GeoDataFrame]) -> gpd.GeoDataFrame:
    """Put frames of one CRS, one at least, beneath each other; where the outlines of one sleep so do all."""
    crs = frames[0].crs
    if any(isinstance(frame.geometry.array, Asleep) for frame in frames):
        frames = [
            frame.set_geometry(gpd.GeoSeries(Asleep.of(frame.geometry.array, crs), frame.index)) for frame in frames
        ]
    return gpd.GeoDataFrame(pd.concat(frames, ignore_index=True), crs=crs)


def awake(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Give a frame with its polygons as objects, for whatever looks at all of them more than once."""
    array = frame.geometry.array
    return frame.set_geometry(np.asarray(array), crs=frame.crs) if isinstance(array, Asleep) else frame
