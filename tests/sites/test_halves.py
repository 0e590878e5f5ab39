"""Polygons parted by a line: what one gets by arithmetic is what the geometry library makes of the same."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from pvmap.sites.halves import halves

FAR_M = 100.0
L_SHAPE = [(0, 0), (10, 0), (10, 4), (4, 4), (4, 12), (0, 12)]
COMB = [(0, 0), (14, 0), (14, 9), (10, 9), (10, 3), (4, 3), (4, 9), (0, 9)]  # a level line crosses its teeth four times
YARD = shapely.Polygon([(0, 0), (12, 0), (12, 12), (0, 12)], [[(4, 4), (4, 8), (8, 8), (8, 4)]])
TWO = shapely.MultiPolygon([shapely.box(0, 0, 3, 9), shapely.box(5, 0, 8, 9)])
SHAPES = [
    shapely.box(0, 0, 20, 10),
    shapely.Polygon(L_SHAPE),
    shapely.Polygon(L_SHAPE[::-1]),
    shapely.Polygon(COMB),
    YARD,
    TWO,
    shapely.Polygon([(0, 0), (8, 0), (8, 4), (10, 5), (8, 6), (8, 10), (0, 10)]),  # a corner on its middle line
]


def parted(shapes, middle, direction):
    far = FAR_M * np.column_stack([np.cos(direction), np.sin(direction)])
    return halves(np.array(shapes, object), middle - far, middle + far)


def beside(middle, direction, side):
    """Half of the plane to the right hand (side 1) of a line."""
    along = FAR_M * np.array([np.cos(direction), np.sin(direction)])
    away = side * np.array([along[1], -along[0]])
    return shapely.Polygon([middle - along, middle + along, middle + along + away, middle - along + away])


@given(st.sampled_from(SHAPES), st.floats(0, 6.3), st.floats(-3, 3), st.floats(-3, 3))
@settings(max_examples=60)
def test_halves_are_what_lies_on_either_side(shape, direction, east, north) -> None:
    """Also far from the origin, as metric coordinates are."""
    shape = shapely.transform(shape, lambda xy: xy + np.array([409_886.7, 3_523_942.9]))
    middle = np.array([shape.envelope.centroid.x + east, shape.envelope.centroid.y + north])
    for found, side in zip(parted([shape], middle[None], np.array([direction])), (1.0, -1.0), strict=True):
        expected = shapely.intersection(shape, beside(middle, direction, side))
        assert found[0].is_valid
        assert shapely.symmetric_difference(found[0], expected).area < 1e-6


def test_a_level_line_parts_every_shape() -> None:
    """Areas counted by hand; the line meets corners, teeth, a yard and two parts."""
    middle = np.array([[10, 5], [5, 6], [5, 6], [7, 5], [6, 6], [4, 3], [4, 5]], float)
    right, left = parted(SHAPES, middle, np.zeros(len(SHAPES)))
    assert shapely.area(right).tolist() == [100, 48, 48, 58, 64, 18, 41]
    assert shapely.area(left).tolist() == [100, 24, 24, 32, 64, 36, 41]


@pytest.mark.parametrize("shape", [SHAPES[0], SHAPES[1], SHAPES[2], shapely.Polygon(L_SHAPE[3:] + L_SHAPE[:3])])
@pytest.mark.parametrize("direction", [0.4, 2.0, 3.6, 5.2])
def test_corners_come_in_the_order_of_the_library(shape, direction) -> None:
    """Points are sampled from the first long edge on, so another order would be another sample."""
    middle = np.array([3.0, 4.5])
    for found, side in zip(parted([shape], middle[None], np.array([direction])), (1.0, -1.0), strict=True):
        assert shapely.equals_exact(found[0], shapely.intersection(shape, beside(middle, direction, side)), 1e-9)


@pytest.mark.parametrize("shape", [SHAPES[3], SHAPES[4], SHAPES[6]])
def test_shapes_that_are_not_crossed_twice_alone(shape) -> None:
    middle = shapely.get_coordinates(shape.envelope.centroid)
    right, left = parted([shape], middle, np.zeros(1))
    assert shapely.area(right) + shapely.area(left) == pytest.approx(shape.area)
    assert right[0].area > 0 and left[0].area > 0


def test_nothing_is_parted_into_nothing() -> None:
    right, left = halves(np.empty(0, object), np.zeros((0, 2)), np.zeros((0, 2)))
    assert len(right) == len(left) == 0
