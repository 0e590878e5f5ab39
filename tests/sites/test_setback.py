"""Polygons less a strip along their edges: arithmetic gives what the geometry library makes of the same."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from pvmap.sites.setback import set_back

PLACE = np.array([409_886.7, 3_523_942.9])  # as metric coordinates are
SHAPES = [
    shapely.box(0, 0, 20, 10),
    shapely.Polygon([(0, 0), (12, 1), (14, 6), (7, 11), (-2, 8)]),
    shapely.Polygon([(0, 0), (10, 0), (10, 4), (4, 4), (4, 12), (0, 12)]),  # a corner that turns inwards
    shapely.Polygon([(0, 0), (12, 0), (12, 12), (0, 12)], [[(4, 4), (4, 8), (8, 8), (8, 4)]]),
    shapely.MultiPolygon([shapely.box(0, 0, 3, 9), shapely.box(5, 0, 8, 9)]),
    shapely.Polygon([(0, 0), (5, 0), (10, 0), (10, 10), (0, 10)]),  # a corner on a straight edge
    shapely.Polygon([(0, 0), (5, -0.005), (10, 0), (10, 10), (0, 10)]),  # one that hardly stands out
    shapely.Polygon([(0, 0), (10, 0), (10, 9.8), (9.8, 10), (0, 10)]),  # an edge that goes
    shapely.Polygon(),
]


def corners(shape):
    return shapely.get_coordinates(shape).tolist()


@given(st.sampled_from(SHAPES), st.booleans(), st.floats(0, 6.3), st.floats(0.01, 6.0))
@settings(max_examples=100)
def test_what_is_left_is_what_the_library_leaves(shape, reversed_, turn, distance) -> None:
    """To the last digit, and from the same corner on: points are sampled from the first long edge on."""
    turned = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    shape = shapely.transform(shape.reverse() if reversed_ else shape, lambda xy: xy @ turned + PLACE)
    found = set_back(np.array([shape], object), np.array([distance]))[0]
    assert corners(found) == corners(shapely.buffer(shape, -distance, join_style="mitre"))


@pytest.mark.parametrize("reversed_", [False, True])
def test_many_at_once_keep_their_own_distances(reversed_) -> None:
    """Areas counted by hand."""
    shapes = np.array([shape.reverse() if reversed_ else shape for shape in SHAPES], object)
    left = set_back(shapes, np.array([2.0, 0.0, 1.0, 1.0, 1.0, 5.0, 4.9, 1.0, 1.0]))
    areas = [16 * 6, shapely.area(SHAPES[1]), 8 * 2 + 2 * 8, 10 * 10 - 6 * 6, 2 * 7, 0, 0.04, 8 * 8, 0]
    assert shapely.area(left) == pytest.approx(areas, abs=2e-3)


def test_nothing_is_left_of_nothing() -> None:
    assert len(set_back(np.zeros(0, object), np.zeros(0))) == 0


def test_roofs_need_no_library(monkeypatch) -> None:
    """Else they would be as slow as they are with it."""
    expected = corners(shapely.buffer(SHAPES[0], -0.5, join_style="mitre"))
    monkeypatch.setattr(shapely, "buffer", lambda polygons, *_, **__: np.full(len(polygons), None))
    assert [corners(one) for one in set_back(np.array(SHAPES[:1], object), np.array([0.5]))] == [expected]
