"""Polygons as flat rings, whose inside lies to the left."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from pvmap.shade.rings import Rings

HOUSE = shapely.box(3.5e6, 5e5, 3.5e6 + 8, 5e5 + 12)
YARD = shapely.Polygon(
    shapely.box(0, 0, 30, 30).exterior, [shapely.box(5, 5, 10, 10).exterior, shapely.box(15, 15, 25, 20).exterior]
)
PAIR = shapely.MultiPolygon([shapely.box(40, 0, 50, 5), YARD])


def other_way(polygon: shapely.Geometry) -> shapely.Geometry:
    """Run through all of its rings the other way round."""
    return shapely.reverse(polygon)


@pytest.mark.parametrize("polygons", [[HOUSE], [HOUSE, YARD], [PAIR, HOUSE, YARD], [shapely.Polygon(), HOUSE]])
@pytest.mark.parametrize(
    "turn", [shapely.orient_polygons, other_way, lambda one: shapely.orient_polygons(one, exterior_cw=True)]
)
def test_the_inside_lies_to_the_left_of_every_ring(polygons, turn):
    rings = Rings.of([turn(one) for one in polygons])
    assert len(rings) == len(polygons)
    for number, polygon in enumerate(polygons):
        first, last = rings.first_ring[number : number + 2]
        parts = [rings.xy[rings.ring_start[r] : rings.ring_start[r + 1]] for r in range(first, last)]
        filled = [shapely.Polygon(ring) for ring in parts if len(ring)]
        areas = [one.area * (1 if one.exterior.is_ccw else -1) for one in filled]
        assert sum(areas) == pytest.approx(polygon.area)
        assert sorted(-one for one in areas if one < 0) == pytest.approx(
            sorted(shapely.Polygon(hole).area for part in shapely.get_parts(polygon) for hole in part.interiors)
        )


def test_rings_begin_where_the_polygon_does():
    there, back = (Rings.of([one]) for one in (shapely.orient_polygons(YARD), other_way(shapely.orient_polygons(YARD))))
    np.testing.assert_array_equal(there.xy, back.xy)


def test_no_polygons_are_no_rings():
    assert len(Rings.of([])) == 0 and Rings.of([]).xy.shape == (0, 2)
