"""Planes in made-up surface models: gable, hip and flat roofs, with noise and chimneys."""

from __future__ import annotations

import math

import numpy as np
import pytest
import shapely
from pyproj import CRS
from shapely import affinity

from pvmap.settings.roof_planes import RoofPlaneSettings
from pvmap.sites.plane_edges import cut_where_planes_meet
from pvmap.sites.region_growing import add_point, settle, solve_plane
from pvmap.sites.roof_planes import _planes_of_their_own, fit_roof_planes, grow_planes, level_roofs
from pvmap.sources.grid import Grid

CELL_M = 0.5
METRES = CRS(4549)
LONG, WIDE, EAVE = 20.0, 10.0, 6.0  # footprint from (5, 5) to (25, 15), ridge along x
FOOTPRINT = shapely.box(5, 5, 5 + LONG, 5 + WIDE)


def grid_of(height, cell_m: float = CELL_M) -> Grid:
    """Surface model of 30 m x 20 m: ground at 0, `height(x, y)` above the footprint's corner inside it."""
    x = (np.arange(round(30 / cell_m)) + 0.5) * cell_m
    y = 20 - (np.arange(round(20 / cell_m)) + 0.5) * cell_m
    xx, yy = np.meshgrid(x, y)
    inside = (xx > 5) & (xx < 5 + LONG) & (yy > 5) & (yy < 5 + WIDE)
    return Grid(np.where(inside, height(xx - 5, yy - 5), 0.0), 0.0, 20.0, cell_m)


def gable(pitch: float):
    return lambda x, y: EAVE + np.minimum(y, WIDE - y) * math.tan(math.radians(pitch))


def hip(pitch: float):
    return lambda x, y: (
        EAVE + np.minimum(np.minimum(y, WIDE - y), np.minimum(x, LONG - x)) * math.tan(math.radians(pitch))
    )


def valley(pitch: float):
    return lambda x, y: EAVE + np.abs(y - WIDE / 2) * math.tan(math.radians(pitch))


def flat(x, y):
    return np.full(x.shape, EAVE)


def planes_of(grid: Grid, footprints=(FOOTPRINT,)):
    found = fit_roof_planes(np.array(footprints, object), grid, RoofPlaneSettings(), METRES)
    return found.sort_values("surface_azimuth", ignore_index=True)


def turned(roof, angle: float, cell_m: float, noise_m: float) -> tuple[Grid, shapely.Polygon]:
    """The same roof on ground at 0, turned about the middle of 32 m x 32 m."""
    x = (np.arange(round(32 / cell_m)) + 0.5) * cell_m - 16
    right, up = np.meshgrid(x, -x)
    turn = math.radians(angle)
    u = right * math.cos(turn) + up * math.sin(turn) + LONG / 2
    v = up * math.cos(turn) - right * math.sin(turn) + WIDE / 2
    inside = (u > 0) & (u < LONG) & (v > 0) & (v < WIDE)
    noise = np.random.default_rng(round(angle)).normal(0, noise_m, u.shape) if noise_m else 0.0
    outline = affinity.rotate(shapely.box(-LONG / 2, -WIDE / 2, LONG / 2, WIDE / 2), angle, origin=(0, 0))
    return Grid(np.where(inside, roof(u, v), 0.0) + noise, -16.0, 16.0, cell_m), outline


ANGLES = (0.0, 17.0, 45.0, 71.0)
MODELS = [(1.0, 0.0), (1.0, 0.1), (0.5, 0.05), (0.25, 0.10), (0.25, 0.15)]


@pytest.mark.parametrize(("cell_m", "noise_m"), MODELS)
@pytest.mark.parametrize("pitch", [15.0, 30.0, 45.0])
@pytest.mark.parametrize("roof", [gable, valley])
def test_two_planes_meet_in_a_line(roof, pitch: float, cell_m: float, noise_m: float) -> None:
    """At any angle and under noise: halves of 100 m2 that cover the roof and nothing twice."""
    for angle in ANGLES:
        grid, outline = turned(roof(pitch), angle, cell_m, noise_m)
        found = planes_of(grid, (outline,))
        assert found["surface_tilt"].to_numpy() == pytest.approx([pitch, pitch], abs=1.2)
        off = (found["surface_azimuth"].to_numpy() + angle + 90.0) % 180.0 - 90.0
        assert np.abs(off).max() < 2.0
        assert found.geometry.area.to_numpy() == pytest.approx([100.0, 100.0], rel=0.03 if noise_m else 0.002)
        assert shapely.union_all(found.geometry.to_numpy()).area == pytest.approx(LONG * WIDE, rel=1e-3)


@pytest.mark.parametrize(("cell_m", "noise_m"), MODELS)
def test_hip_has_four_planes(cell_m: float, noise_m: float) -> None:
    for angle in ANGLES:
        grid, outline = turned(hip(35.0), angle, cell_m, noise_m)
        found = planes_of(grid, (outline,))
        facing = np.sort(np.round((found["surface_azimuth"].to_numpy() + angle) / 90) % 4)
        assert facing.tolist() == [0, 1, 2, 3]
        assert found["surface_tilt"].to_numpy() == pytest.approx([35] * 4, abs=2.5)
        assert np.sort(found.geometry.area) == pytest.approx([25, 25, 75, 75], rel=0.08 if noise_m else 0.02)
        assert found.geometry.area.sum() == pytest.approx(LONG * WIDE, rel=1e-3)


@pytest.mark.parametrize(("roof", "n_planes"), [(flat, 1), (gable(30.0), 2), (hip(30.0), 4)])
@pytest.mark.parametrize("at", [(0.3, 0.4), (0.6, 0.1), (0.45, 0.55)])
@pytest.mark.parametrize("cell_m", [0.5, 1.0])
def test_cells_that_are_half_wall_are_no_plane(cell_m: float, at: tuple[float, float], roof, n_planes: int) -> None:
    """Cells are means of 10 x 10 heights; the outline runs through them, so that a row along an eave has one height."""
    x = (np.arange(round(320 / cell_m)) + 0.5) * cell_m / 10
    y = 20 - (np.arange(round(200 / cell_m)) + 0.5) * cell_m / 10
    u, v = np.meshgrid(x - 5 - at[0] * cell_m, y - 5 - at[1] * cell_m)
    drawn = np.where((u > 0) & (u < LONG) & (v > 0) & (v < WIDE), roof(u, v), 0.0)
    means = drawn.reshape(len(y) // 10, 10, len(x) // 10, 10).mean(axis=(1, 3))
    found = planes_of(Grid(means, 0.0, 20.0, cell_m), (affinity.translate(FOOTPRINT, *(cell_m * k for k in at)),))
    assert len(found) == n_planes
    assert found.geometry.area.sum() == pytest.approx(LONG * WIDE, rel=0.01)


@pytest.mark.parametrize(("noise_m", "cell_m"), [(0.10, 0.25), (0.15, 0.25), (0.15, 0.5), (0.10, 1.0)])
def test_noise_is_no_obstacle(noise_m: float, cell_m: float) -> None:
    grid = grid_of(flat, cell_m)
    noise = np.random.default_rng(7).normal(0, noise_m, grid.values.shape)
    found = planes_of(Grid(grid.values + noise, grid.west, grid.north, cell_m))
    assert len(found) == 1
    assert found.geometry.area.sum() == pytest.approx(LONG * WIDE, rel=1e-3)


@pytest.mark.parametrize(("side", "is_obstacle"), [(1.0, False), (1.5, False), (2.0, True), (3.0, True)])
def test_a_hole_smaller_than_a_module_is_none(side: float, is_obstacle: bool) -> None:
    """2.583 m2: the chimney of 1.5 m moves a module aside, that of 2 m takes its place."""
    chimney = grid_of(lambda x, y: flat(x, y) + 1.5 * ((abs(x - 8) < side / 2) & (abs(y - 5) < side / 2)), 0.25)
    (plane,) = planes_of(chimney).geometry
    assert plane.area == pytest.approx(LONG * WIDE - side**2 * is_obstacle, abs=0.3 * side)


@pytest.mark.parametrize("roof", [flat, gable(30.0)])
def test_chimneys_are_no_part_of_a_plane(roof) -> None:
    chimney = shapely.box(9, 7, 11, 9)  # on the southern plane

    def with_chimney(x, y):
        inside = (x > 4) & (x < 6) & (y > 2) & (y < 4)
        return roof(x, y) + 1.5 * inside

    found = planes_of(grid_of(with_chimney))
    covered = shapely.union_all(found.geometry.to_numpy())
    assert shapely.intersection(covered, chimney).area == pytest.approx(0.0, abs=0.5)
    assert covered.area == pytest.approx(LONG * WIDE - 4.0, rel=0.03)


@pytest.mark.parametrize(("between", "moves"), [("nothing", True), ("a gap", False), ("an outline", False)])
def test_a_border_moves_only_within_a_roof_and_to_a_plane_beside_it(between: str, moves: bool) -> None:
    """Two levels, 0 and 1 m; of the lower plane two columns lie as high as the upper one."""
    height = np.where(np.arange(8) < 2, 0.0, 1.0) * np.ones((5, 1))
    regions = np.where(np.arange(8) < 4, 1, 2).astype(np.int32) * np.ones((5, 1), np.int32)
    labels = np.ones_like(regions)
    if between == "a gap":
        regions[:, 3] = 0
    if between == "an outline":
        labels[:, 4:] = 2
    fits = np.array([[0.0, 0.0, 1.0, 1.25, 0.0, 0.0, 20, 1], [0.0, 0.0, 3.0, 1.25, 1.0, 0.0, 20, labels[0, 7]]])
    expected = np.where(height == 1.0, 2, 1) if moves else regions.copy()
    settle(regions, height, labels, fits, 0.5)
    assert (regions == expected).all()


def test_a_cell_that_stands_out_alone_belongs_to_no_plane() -> None:
    """An aerial of one cell: a plane is looked for from it too, and not found."""
    grid = grid_of(lambda x, y: flat(x, y) + 1.5 * ((abs(x - 5.25) < 0.1) & (abs(y - 3.25) < 0.1)))
    regions = grow_planes(np.array([FOOTPRINT], object), grid, RoofPlaneSettings()).regions
    assert (grid.values > EAVE + 1).sum() == 1
    assert (regions == np.where(grid.values == EAVE, 1, 0)).all()


def test_what_was_not_measured_is_no_roof_even_at_the_height_of_the_datum() -> None:
    """Quays and polders lie at 0 m: half of the roof, at 0 m too, was measured."""
    grid = grid_of(lambda x, y: np.zeros(x.shape))
    x = grid.west + (np.arange(grid.values.shape[1]) + 0.5) * CELL_M
    half = Grid(np.where(x < 15.0, grid.values, np.nan), grid.west, grid.north, CELL_M)
    assert planes_of(half).geometry.area.sum() == pytest.approx(LONG * WIDE / 2, rel=0.06)


def test_cells_in_one_line_tell_no_slope() -> None:
    """A wall's top one cell wide: nothing tells how it leans across, so it is taken for level."""
    sums = np.zeros(10)
    for k in range(6):
        add_point(sums, 0.5 * k, 0.25 * k, 3.0 + k % 2)
    assert solve_plane(sums) == pytest.approx((0.0, 0.0, 3.5, 0.5))


@pytest.mark.parametrize("order", [[0, 1], [1, 0]])
def test_planes_are_not_cut_by_a_line_through_the_middle_of_one(order: list[int]) -> None:
    """On which side of the line such a plane lies cannot be told, whichever of the two comes first."""
    polygons = np.array([shapely.box(-2, 0, 2, 4), shapely.box(2, 0, 6, 4)], object)[order]
    slopes = np.array([[0.5, 0.0, 0.0], [-0.5, 0.0, 0.0]])[order]  # they meet along x = 0
    cut = cut_where_planes_meet(polygons, np.zeros(2, int), slopes, CELL_M, 0.1)
    assert shapely.equals(cut, polygons).all()


@pytest.mark.parametrize("columns", [4, 2], ids=["as large", "smaller"])
def test_a_plane_goes_for_larger_ones_alone(columns: int) -> None:
    """All cells lie on the left plane; the right one was fitted off its own, but is as large, or larger."""
    regions = np.where(np.arange(8) < columns, 1, 2).astype(np.int32) * np.ones((5, 1), np.int32)
    cells = np.bincount(regions.ravel())
    fits = np.array([[0, 0, 1.0, 1.25, 6.0, 0, cells[1], 1], [0, 0, 3.0, 1.25, 7.0, 0, cells[2], 1]], float)
    height, roof, both = np.full((5, 8), 6.0), np.ones_like(regions), np.ones(2, bool)
    assert _planes_of_their_own(regions, height, roof, fits, both, 0.5, 0.1).tolist() == [True, True]


def test_planes_meet_where_they_do_however_far_the_origin_lies() -> None:
    """Coordinates of a metric CRS count in millions: a hip roof there is cut as it is at the origin."""
    grid, outline = turned(hip(35.0), 17.0, 0.5, 0.05)
    away = Grid(grid.values, grid.west + 500_000.0, grid.north + 3_560_000.0, grid.cell_m)
    here, there = (
        planes_of(*given) for given in ((grid, (outline,)), (away, (affinity.translate(outline, 5e5, 3.56e6),)))
    )
    assert there.geometry.area.to_numpy() == pytest.approx(here.geometry.area.to_numpy(), rel=1e-3)
    assert there.geometry.area.sum() == pytest.approx(LONG * WIDE, rel=1e-3)


def test_two_roofs_that_touch_stay_two() -> None:
    low, high = shapely.box(5, 5, 15, 15), shapely.box(15, 5, 25, 15)
    found = planes_of(grid_of(lambda x, y: np.where(x < 10, 6.0, 9.0)), (low, high)).sort_values("roof")
    assert found["roof"].tolist() == [0, 1]
    assert found.geometry.area.tolist() == pytest.approx([100.0, 100.0], rel=1e-6)


def test_no_plane_where_nothing_was_measured() -> None:
    grid = grid_of(flat)
    nothing = Grid(np.full(grid.values.shape, np.nan), grid.west, grid.north, CELL_M)
    assert len(planes_of(nothing)) == 0
    assert len(fit_roof_planes(np.empty(0, object), grid, RoofPlaneSettings(), METRES)) == 0


def test_planes_do_not_depend_on_the_window_or_the_neighbours() -> None:
    rng = np.random.default_rng(3)
    whole = grid_of(gable(30.0))
    whole = Grid(whole.values + rng.normal(0, 0.08, whole.values.shape), whole.west, whole.north, CELL_M)
    part = Grid(whole.values[6:36, 6:54], whole.west + 6 * CELL_M, whole.north - 6 * CELL_M, CELL_M)
    aside = shapely.box(26, 5, 29, 8)
    one, other = planes_of(whole, (FOOTPRINT, aside)), planes_of(part)
    one = one[one["roof"] == 0].reset_index(drop=True)
    assert one["surface_tilt"].equals(other["surface_tilt"])
    assert one["surface_azimuth"].equals(other["surface_azimuth"])
    assert one.geometry.area.equals(other.geometry.area)


def test_levelled_roofs_lose_their_noise_and_keep_their_chimneys() -> None:
    rng = np.random.default_rng(2)

    def chimney(x, y):
        return EAVE + 1.5 * ((x > 4) & (x < 6) & (y > 2) & (y < 4))

    grid = grid_of(chimney)
    noisy = Grid(grid.values + rng.normal(0, 0.05, grid.values.shape), grid.west, grid.north, CELL_M)
    level = level_roofs(np.array([FOOTPRINT], object), noisy, RoofPlaneSettings()).values
    roof = grid.values == EAVE
    assert np.abs(level[roof] - EAVE).mean() < 0.2 * np.abs(noisy.values[roof] - EAVE).mean()
    assert (level[grid.values > EAVE] > EAVE + 1.2).all()
    assert (level[grid.values == 0] == noisy.values[grid.values == 0]).all()
