"""Squares of a surface model: what a roof and what the ground sees from them."""

from __future__ import annotations

import numpy as np
import pytest

from pvmap.directions import N_AZ, azimuths
from pvmap.shade.surface_model import SurfaceModel
from pvmap.sources.grid import Grid
from pvmap.stages.surface_blocks import Block, measured_part

SIZE = 120  # cells of 1 m
EAST = N_AZ // 4  # first bin north of east looks 2.8 degrees south of it


def block(heights: np.ndarray, roofs: np.ndarray | None = None) -> Block:
    model = SurfaceModel.of(Grid(heights, 0.0, float(SIZE), 1.0))
    return Block(model, np.zeros(heights.shape, bool) if roofs is None else roofs, clearance_m=0.5)


def test_rough_ground_does_not_shade_the_arrays_above_it() -> None:
    rough = np.random.default_rng(0).normal(0.0, 0.1, (SIZE, SIZE))
    points = np.random.default_rng(1).uniform(30, 90, (50, 2))
    assert block(rough).skylines(points, azimuths(), 1).max() < 0.05


def test_a_tree_rises_above_the_arrays_by_its_height_less_theirs() -> None:
    heights = np.zeros((SIZE, SIZE))
    heights[:, 80:84] = 10.0  # a row of trees, its edge 20 m to the east
    seen = block(heights).skylines(np.array([[60.0, 60.0]]), azimuths(), 1)[0]
    assert seen[EAST] == pytest.approx(9.5 / 20.0, abs=0.03)
    assert seen[3 * N_AZ // 4] == 0.0  # nothing in the west


def test_a_roof_looks_from_its_own_cell_and_sees_its_chimney() -> None:
    heights, roofs = np.zeros((SIZE, SIZE)), np.zeros((SIZE, SIZE), bool)
    roofs[50:70, 50:70] = True
    heights[roofs] = 12.0
    heights[58:62, 65:67] = 14.0
    seen = block(heights, roofs).skylines(np.array([[60.5, 60.5]]), azimuths(), 1)[0]
    assert seen[EAST] == pytest.approx(2.0 / 5.0, abs=0.1)
    assert seen[N_AZ // 2] == 0.0  # open roof in the south


def test_points_outside_see_nothing() -> None:
    assert (block(np.ones((SIZE, SIZE))).skylines(np.array([[-5.0, 60.0], [60.0, 500.0]]), azimuths(), 1) == 0.0).all()


def test_the_measured_part_keeps_its_place() -> None:
    values = np.full((10, 12), np.nan)
    values[3:7, 4:9] = 1.0
    values[5, 5] = np.nan
    part = measured_part(Grid(values, 100.0, 200.0, 2.0))
    assert part.bounds == (108.0, 186.0, 118.0, 194.0)
    assert part.values.shape == (4, 5) and np.isnan(part.values[2, 1])
