"""Outlines that sleep: a city's polygons as bytes, with what most steps ask of them; only those looked at wake up.

A polygon as an object takes five times the memory of its bytes, and most steps of reading a city want no more of it
than bounds, area and a point within. Frames whose outlines sleep are used like any other: whatever asks for shapes gets
them, and lets them go.
"""

from __future__ import annotations

import mmap
import numbers
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import shapely
from geopandas.array import GeometryArray, from_shapely
from pyproj import CRS

from pvmap.crs import WGS84, transformer
from pvmap.memory import stretches
from pvmap.sources.rectangles import azimuth_of, ridge_axes
from pvmap.text_columns import in_one_piece

BOX, AREA, POINT, PLACE, MIDDLE, RIDGE, RATIO = slice(0, 4), 4, slice(5, 7), slice(7, 9), slice(9, 11), 11, 12
N_KNOWN = 13  # columns of what is known of a polygon
TYPES = np.array([None, "Point", "LineString", "Polygon", "MultiPoint", "MultiLineString", "MultiPolygon"], object)


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
    (n, 13) array
        `BOX`: west, south, east, north [m]; `AREA` [m2]; `POINT`: x and y of a point within [m]; `PLACE`: its longitude
        and latitude in WGS84 [deg]; `MIDDLE`: x and y of the centroid [m]; `RIDGE` [deg] along the longer side of the
        least rectangle, and `RATIO` of its sides.
    """
    points = shapely.point_on_surface(polygons)
    x, y = shapely.get_x(points), shapely.get_y(points)
    longitude, latitude = transformer(crs, WGS84).transform(x, y)
    middle = shapely.centroid(polygons)
    middle_x, middle_y = shapely.get_x(middle), shapely.get_y(middle)
    boxes, areas = shapely.bounds(polygons), shapely.area(polygons)
    there = ~(shapely.is_missing(polygons) | shapely.is_empty(polygons))
    ridge, ratio = np.full((2, len(polygons)), np.nan)
    _, along, _, ratio[there] = ridge_axes(polygons[there])
    ridge[there] = azimuth_of(along)
    return np.column_stack([boxes, areas, x, y, longitude, latitude, middle_x, middle_y, ridge, ratio])


class Store(NamedTuple):
    """Polygons as bytes: `wkb` of each, and the (n, 13) `known` of each; where they lie in a file, its `pages`."""

    wkb: pa.LargeBinaryArray
    known: np.ndarray
    pages: mmap.mmap | None = None

    def let_go(self) -> None:
        """Give pages back that were looked at: they would count as memory of this process."""
        if self.pages is not None and hasattr(self.pages, "madvise"):
            self.pages.madvise(mmap.MADV_DONTNEED)


class Asleep(GeometryArray):
    """Polygons as bytes: rows of stores, which are left where they are.

    Parameters
    ----------
    stores
        Where the polygons are.
    rows : (n,) int array
        Which of them, all stores numbered through.
    crs
        Metric CRS.
    """

    def __init__(self, stores: Sequence[Store], rows: np.ndarray, crs: CRS):
        self._stores, self._rows = tuple(stores), rows
        self._crs = self._sindex = None
        self.crs = crs

    @classmethod
    def all_of(cls, stores: Sequence[Store], crs: CRS) -> Asleep:
        """Give all polygons of stores."""
        return cls(stores, np.arange(sum(len(one.wkb) for one in stores)), crs)

    @classmethod
    def of(cls, array: GeometryArray, crs: CRS) -> Asleep:
        """Put polygons to sleep."""
        if isinstance(array, Asleep):
            return array
        return cls.all_of([Store(as_bytes(array), look_at(np.asarray(array), crs))], crs)

    def look_up(self, columns: slice | int) -> np.ndarray:
        """Give what is known of each, some columns or one of them."""
        width = (len(range(N_KNOWN)[columns]),) if isinstance(columns, slice) else ()
        known = np.empty((len(self), *width))
        for store, mine, rows in self._places():
            known[mine] = store.known[:, columns][rows]
        return known

    @property
    def wkb(self) -> pa.LargeBinaryArray:
        """Well-known binary of each."""
        found, places = [pa.array([], pa.large_binary())], [np.zeros(0, "int64")]
        for store, mine, rows in self._places():
            found.append(store.wkb.take(pa.array(rows)))
            places.append(np.arange(len(self))[mine])
        together, order = pa.concat_arrays(found), np.concatenate(places)
        if (order == np.arange(len(order))).all():
            return together
        back = np.empty(len(order), "int64")
        back[order] = np.arange(len(order))
        return together.take(pa.array(back))

    def _places(self) -> Iterator[tuple[Store, np.ndarray | slice, np.ndarray]]:
        """Give each store that holds some of them, which of ours these are, and which of the store's; to be copied."""
        if not len(self):
            return
        ends = np.cumsum([len(one.wkb) for one in self._stores])
        number = np.searchsorted(ends, self._rows, side="right")
        order = None if (number[1:] >= number[:-1]).all() else np.argsort(number, kind="stable")
        several, first = np.unique(number if order is None else number[order], return_index=True)
        for one, begin, end in zip(several, first, [*first[1:], len(number)], strict=True):
            mine = slice(begin, end) if order is None else order[begin:end]
            store = self._stores[one]
            yield store, mine, self._rows[mine] - (ends[one] - len(store.wkb))
            store.let_go()

    @property
    def _data(self) -> np.ndarray:
        polygons = np.empty(len(self), object)
        for some in stretches(len(self)):  # bytes of each would lie about as an object as well
            polygons[some] = shapely.from_wkb(self[some].wkb.to_numpy(zero_copy_only=False))
        return polygons

    @property
    def geom_type(self) -> np.ndarray:
        """Type of each, (n,), as its bytes name it; of those that are missing any."""
        code = np.zeros(len(self), "uint8")
        for store, mine, rows in self._places():
            _, offsets, values = (np.frombuffer(part or b"", "uint8") for part in store.wkb.buffers())
            first = offsets.view("int64")[store.wkb.offset :][rows]
            code[mine] = values[np.minimum(first + 1, len(values) - 1)]  # behind the order of bytes, the lowest of four
        return TYPES[code]

    @property
    def bounds(self) -> np.ndarray:
        """West, south, east and north of each, (n, 4), in metres."""
        return self.look_up(BOX)

    @property
    def area(self) -> np.ndarray:
        """Area of each, (n,), in square metres."""
        return self.look_up(AREA)

    @property
    def is_empty(self) -> np.ndarray:
        """Whether each has no point, (n,)."""
        return np.isnan(self.look_up(0)) & ~self.isna()

    @property
    def size(self) -> int:
        """Their number."""
        return len(self._rows)

    @property
    def nbytes(self) -> int:
        """Bytes that they take beside their stores."""
        return int(self._rows.nbytes)

    def isna(self) -> np.ndarray:
        """Whether each is missing, (n,)."""
        missing = np.zeros(len(self), bool)
        for store, mine, rows in self._places():
            if store.wkb.null_count:
                missing[mine] = store.wkb.is_null().to_numpy(zero_copy_only=False)[rows]
        return missing

    def __getitem__(self, idx: Any) -> Any:
        if isinstance(idx, numbers.Integral):
            return shapely.from_wkb(Asleep(self._stores, self._rows[[int(idx)]], self.crs).wkb[0].as_py())
        if not isinstance(idx, slice):
            idx = pd.api.indexers.check_array_indexer(self, idx)
        return Asleep(self._stores, self._rows[idx], self.crs)

    def __setitem__(self, key: Any, value: Any) -> None:
        rows = np.atleast_1d(np.arange(len(self))[pd.api.indexers.check_array_indexer(self, key)])
        given = value.array if isinstance(value, pd.Series) else value
        given = (
            given
            if isinstance(given, GeometryArray)
            else from_shapely(np.broadcast_to(np.asarray(given, object), rows.shape))
        )
        both = Asleep._concat_same_type([self, Asleep.of(given, self.crs)])
        which = np.arange(len(self))
        which[rows] = len(self) + np.arange(len(rows))
        self._stores, self._rows = both._stores, both._rows[which]

    def take(self, indices: Sequence[int], allow_fill: bool = False, fill_value: Any = None) -> GeometryArray:
        """Give some of them, as pandas wants it."""
        if allow_fill and (np.asarray(indices) < 0).any():
            return GeometryArray(self._data, crs=self.crs).take(indices, allow_fill=True, fill_value=fill_value)
        return self[np.asarray(indices, int)]

    def copy(self, *args: Any, **kwargs: Any) -> Asleep:
        """Give them once more; nothing in them is ever changed in place."""
        return Asleep(self._stores, self._rows, self.crs)

    @classmethod
    def _concat_same_type(cls, to_concat: Sequence[GeometryArray]) -> Asleep:
        crs = next(one.crs for one in to_concat if isinstance(one, Asleep))
        every = [cls.of(one, crs) for one in to_concat]
        lengths = [sum(len(store.wkb) for store in one._stores) for one in every]
        before = np.cumsum([0, *lengths[:-1]])
        rows = [one._rows + first for one, first in zip(every, before, strict=True)]
        return cls([store for one in every for store in one._stores], np.concatenate(rows), crs)


def as_bytes(array: GeometryArray) -> pa.LargeBinaryArray:
    """Give well-known binary of each, of those that sleep as it lies there."""
    return array.wkb if isinstance(array, Asleep) else pa.array(shapely.to_wkb(np.asarray(array)), pa.large_binary())


def stacked(frames: Sequence[gpd.GeoDataFrame]) -> gpd.GeoDataFrame:
    """Put frames of one CRS, one at least, beneath each other; where the outlines of one sleep so do all.

    Columns of text become one piece each: Arrow would join the pieces anew whenever somebody takes some of the rows.
    """
    crs = frames[0].crs
    if any(isinstance(frame.geometry.array, Asleep) for frame in frames):
        frames = [
            frame.set_geometry(gpd.GeoSeries(Asleep.of(frame.geometry.array, crs), frame.index)) for frame in frames
        ]
    every = gpd.GeoDataFrame(pd.concat(frames, ignore_index=True), crs=crs)
    for name in every.columns[every.dtypes == "str"]:
        every[name] = in_one_piece(every[name])
    return every


def awake(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Give a frame with its polygons as objects, for whatever looks at all of them more than once."""
    array = frame.geometry.array
    return frame.set_geometry(np.asarray(array), crs=frame.crs) if isinstance(array, Asleep) else frame
