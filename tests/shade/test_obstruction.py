"""The quick measure of what neighbours hide, against shapely's distances and rays."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from towns import blocks

from pvmap.shade.obstruction import DIRECTIONS, EDGES_M, obstruction, pairs_of, views_of


def scattered() -> np.ndarray:
    """Turned rectangles of all distances, one with a courtyard, and two that touch."""
    town = blocks(60, 420, 0.12, seed=21).polygons
    court = shapely.difference(shapely.box(500, 0, 560, 40), shapely.box(510, 10, 540, 30))
    inside, beside = shapely.box(520, 15, 530, 25), shapely.box(560, 5, 575, 20)
    return np.array([*town, court, inside, beside, shapely.box(590, 100, 600, 110)], object)


def test_pairs_are_those_within_a_hundred_metres_by_the_distance_of_outlines() -> None:
    polygons = scattered()
    pairs = pairs_of(polygons)
    outlines = shapely.boundary(polygons)
    found = {
        (one, int(pairs.other[at])): int(pairs.kind[at])
        for one in range(len(polygons))
        for at in range(pairs.start[one], pairs.start[one + 1])
    }
    assert len(found) == len(pairs.other)
    bounds = shapely.box(*shapely.bounds(polygons).T)
    kinds = set()
    for one in range(len(polygons)):
        for other in range(len(polygons)):
            gap = shapely.distance(bounds[one], bounds[other])
            if one == other or gap > 100.0:
                assert (one, other) not in found
                continue
            apart = shapely.distance(outlines[one], outlines[other]) if gap <= 30.0 else gap
            kind = sum(apart > edge for edge in EDGES_M)
            if kind < len(EDGES_M) - 1 or apart <= 100.0:
                assert found[one, other] == kind
                kinds.add(kind)
    assert kinds == {0, 1, 2, 3}


def skylines(polygons: np.ndarray, heights: np.ndarray) -> np.ndarray:
    """Tangent of elevation from the middle of each roof, (roof, direction), by rays of 400 m."""
    middle, outlines = shapely.centroid(polygons), shapely.boundary(polygons)
    near = pairs_of(polygons)
    tangent = np.zeros((len(polygons), DIRECTIONS))
    for one, eye in enumerate(middle):
        for k in range(DIRECTIONS):
            turn = 2 * np.pi * k / DIRECTIONS
            ray = shapely.LineString([(eye.x, eye.y), (eye.x + 400 * np.sin(turn), eye.y + 400 * np.cos(turn))])
            for other in near.other[near.start[one] : near.start[one + 1]]:
                met = shapely.intersection(ray, outlines[other])
                if not shapely.is_empty(met):
                    rise = (heights[other] - heights[one]) / max(shapely.distance(eye, met), 1.0)
                    tangent[one, k] = max(tangent[one, k], rise)
    return tangent


@pytest.mark.parametrize(("latitude", "towards"), [(31.0, 180.0), (-31.0, 0.0)])
def test_hidden_sky_and_sun_are_those_of_rays(latitude: float, towards: float) -> None:
    polygons = scattered()
    heights = np.random.default_rng(8).uniform(3.0, 60.0, (2, len(polygons)))
    wanted = np.ones(len(polygons), bool)
    wanted[5] = False
    views = views_of(polygons, pairs_of(polygons), wanted)
    sky, sun = obstruction(views, heights, latitude)
    weight = np.maximum(np.cos(np.arange(DIRECTIONS) * 2 * np.pi / DIRECTIONS - np.radians(towards)), 0.0)
    for row in range(2):
        elevation = np.arctan(skylines(polygons, heights[row]))
        assert (elevation > 0).any(axis=1).mean() > 0.5
        expected = (np.sin(elevation) ** 2).mean(axis=1) * wanted
        assert sky[row] == pytest.approx(expected, abs=1e-9)
        assert sun[row] == pytest.approx(np.sin(elevation) @ weight / weight.sum() * wanted, abs=1e-9)
