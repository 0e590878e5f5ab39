"""Walls are what is steeper than the hillside explains: on any cells, at any angle, against quarries drawn for it."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from sites.quarries import DRAWN_M, Quarry, burn, demo_pits, draw

from pvmap.settings.mine import MineSettings
from pvmap.sites import mine_terrain as terrain
from pvmap.sites.masks import outline
from pvmap.sites.plane_fit import RING, on_fine_cells
from pvmap.sources.grid import Grid

RULES = MineSettings()
CELLS = (5.0, 7.5, 10.0, 12.5, 20.0, 30.0, 45.0, 60.0, 90.0)
SEEDS = range(300, 312)  # no constant was chosen by these


def even(tilt: float, azimuth: float, cell_m: float, n: int = 24) -> Grid:
    """Plane that falls towards an azimuth."""
    x, y = (np.arange(n) + 0.5) * cell_m, -(np.arange(n) + 0.5) * cell_m
    towards = np.radians(azimuth)
    fall = np.tan(np.radians(tilt)) * (np.sin(towards) * x[None, :] + np.cos(towards) * y[:, None])
    return Grid(1000.0 - fall, 0.0, 0.0, cell_m)


@settings(max_examples=60)
@given(st.floats(0.0, 30.0), st.floats(0.0, 360.0), st.sampled_from(CELLS))
def test_an_even_slope_is_no_wall(tilt: float, azimuth: float, cell_m: float) -> None:
    found = terrain.read_terrain(even(tilt, azimuth, cell_m), 180.0, RULES)
    assert not found.wall.any()
    assert found.slope == pytest.approx(np.full(found.slope.shape, tilt), abs=0.01)
    if tilt > 0.1:
        off = (found.aspect - azimuth + 180.0) % 360.0 - 180.0
        assert np.abs(off).max() < 0.1


def test_an_even_slope_stays_even_over_missing_cells() -> None:
    grid = even(22.0, 33.0, 30.0)
    grid.values[8:11, 4:9] = np.nan
    found = terrain.read_terrain(grid, 180.0, RULES)
    assert not found.wall.any()
    assert found.slope == pytest.approx(np.full(found.slope.shape, 22.0), abs=0.01)


@pytest.mark.parametrize(("cell_m", "apart"), [(2.0, 3), (5.0, 1), (30.0, 7)])
def test_the_window_that_is_read_moves_no_cell(cell_m: float, apart: int) -> None:
    """Rough ground read from two corners: where both windows show it, they show the same."""
    rough = np.random.default_rng(3).normal(0.0, 5.0, (160, 160))
    whole = on_fine_cells(Grid(rough, 1000.0, 5000.0, cell_m))
    part = Grid(rough[apart:, apart:], 1000.0 + apart * cell_m, 5000.0 - apart * cell_m, cell_m)
    fine = on_fine_cells(part)
    right, down = (fine.west - whole.west) / fine.cell_m, (whole.north - fine.north) / fine.cell_m
    assert (right, down) == (round(right), round(down)) and whole.cell_m == fine.cell_m
    rim = 3 * RING  # beyond the reach of the window's edge
    rows, columns = (slice(round(start) + rim, round(start) + 3 * rim) for start in (down, right))
    assert fine.values[rim : 3 * rim, rim : 3 * rim] == pytest.approx(whole.values[rows, columns], abs=0.01)


@pytest.mark.parametrize("cell_m", [5.0, 10.0, 30.0, 60.0])
@pytest.mark.parametrize(("tilt", "azimuth"), [(0.0, 180.0), (15.0, 157.0), (28.0, 300.0)])
def test_noise_of_a_metre_is_no_wall(tilt: float, azimuth: float, cell_m: float) -> None:
    grid = even(tilt, azimuth, cell_m, n=120)
    noise = np.random.default_rng(int(cell_m + tilt)).normal(0.0, 1.0, grid.values.shape)
    found = terrain.read_terrain(Grid(grid.values + noise, 0.0, 0.0, cell_m), 180.0, RULES)
    assert found.wall.mean() < 0.001


@pytest.mark.parametrize("cell_m", [10.0, 20.0, 30.0])
@pytest.mark.parametrize("angle", [0.0, 17.0, 45.0, 71.0])
@pytest.mark.parametrize(("height", "is_wall"), [(5.0, False), (15.0, True), (40.0, True)])
def test_a_lone_wall_at_any_angle(height: float, is_wall: bool, angle: float, cell_m: float) -> None:
    """Found all along where the rule's own arithmetic says so, and as wide as on the finest cells."""
    turn = np.radians(angle)
    n = round(900 / cell_m)
    x = (np.arange(n * 8) + 0.5) * cell_m / 8 - 450.0
    step = np.where(x[None, :] * np.cos(turn) - x[:, None] * np.sin(turn) > 0.0, height, 0.0)
    grid = Grid(step.reshape(n, 8, n, 8).mean(axis=(1, 3)), -450.0, 450.0, cell_m)
    found = terrain.read_terrain(grid, 180.0, RULES)
    assert found.wall.any() == is_wall
    if is_wall:
        middle = shapely.box(-200.0, -200.0, 200.0, 200.0)
        line = shapely.LineString(
            [(-900 * np.sin(turn), -900 * np.cos(turn)), (900 * np.sin(turn), 900 * np.cos(turn))]
        )
        free = shapely.intersection(terrain.beside_walls(found, RULES), middle)
        along = shapely.length(shapely.intersection(line, middle))
        assert shapely.area(free) / along == pytest.approx(2 * 33.0, rel=0.15)


def judged(quarry: Quarry, cell_m: float) -> tuple[float, np.ndarray]:
    """Usable ground of a pit [ha], and what is marked as wall and rim on its drawn cells."""
    found = terrain.read_terrain(quarry.grid(cell_m), 180.0, RULES)
    walls = terrain.beside_walls(found, RULES)
    steep = shapely.union_all(outline(found.steep, found.grid))
    usable = shapely.difference(shapely.difference(quarry.outline(), walls), steep)
    return shapely.area(usable) / 1e4, burn(walls)


@pytest.mark.slow
def test_quarries_are_the_same_on_any_cells_and_their_walls_are_found() -> None:
    usable = dict.fromkeys((10.0, 20.0, 30.0, 60.0), 0.0)
    found, there = dict.fromkeys(usable, 0), 0
    for seed in SEEDS:
        quarry = draw(seed)
        truth = quarry.beside_high_walls(RULES.highwall_rim_m)
        there += int(truth.sum())
        for cell_m in usable:
            ha, marked = judged(quarry, cell_m)
            usable[cell_m] += ha
            found[cell_m] += int((marked & truth).sum())
    print({cell: f"{ha:.1f} ha, {found[cell] / there:.2f} of wall and rim" for cell, ha in usable.items()})
    assert usable[20.0] == pytest.approx(usable[10.0], rel=0.05)
    assert usable[30.0] == pytest.approx(usable[10.0], rel=0.05)
    assert usable[60.0] == pytest.approx(usable[10.0], rel=0.20)
    assert min(found[cell] for cell in (10.0, 20.0, 30.0)) >= 0.75 * there


@pytest.mark.slow
def test_pits_of_the_demo_are_the_same_on_any_cells_and_near_the_truth() -> None:
    """Benches of 12 m: what lies farther from every face than the rim is usable."""
    usable, truth = dict.fromkeys((10.0, 20.0, 30.0, 60.0), 0.0), 0.0
    for pit in demo_pits(45):
        beside = pit.beside_high_walls(RULES.highwall_rim_m)
        truth += (pit.pit & ~beside).sum() * DRAWN_M**2 / 1e4
        for cell_m in usable:
            usable[cell_m] += judged(pit, cell_m)[0]
    print(f"truth {truth:.1f} ha", {cell: round(ha, 1) for cell, ha in usable.items()})
    assert [usable[20.0], usable[30.0]] == pytest.approx([usable[10.0]] * 2, rel=0.02)
    assert usable[60.0] == pytest.approx(usable[10.0], rel=0.05)
    assert list(usable.values()) == pytest.approx([truth] * 4, rel=0.15)


@pytest.mark.parametrize("seed", [320, 321, 322])
def test_turning_a_quarry_turns_its_walls(seed: int) -> None:
    """On 30 m cells: area of walls with their rim within a spread of 8 %."""
    marked = [judged(draw(seed, turn), 30.0)[1].sum() * DRAWN_M**2 for turn in (0.0, 17.0, 45.0, 71.0)]
    assert np.ptp(marked) <= 0.08 * np.mean(marked)


def test_the_lone_wall_that_is_just_found() -> None:
    """h = excess x sqrt(2 pi) / (1 / 20 m - 1 / 90 m) = 8.4 m, but no less than a bench is promised."""
    assert terrain.hidden_wall_m(30.0, RULES) == 15.0
    assert terrain.hidden_wall_m(90.0, RULES) == pytest.approx(0.13 * 2.50663 / (1 / 34.2 - 1 / 90.0), rel=1e-4)
