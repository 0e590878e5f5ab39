"""Mines on made ground: slope by aspect, walls, patches, missing terrain, density."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from pvmap.settings.mine import MineSettings
from pvmap.sites import mine_terrain as terrain
from pvmap.sources.grid import Grid

CELL = 30.0


def ground(town, elevation, n: int = 60, cell: float = CELL):
    """Terrain whose height is a function of east and north of the site's middle; answers any window of its lattice."""
    east, north = town.origin
    x = (np.arange(n) - n / 2 + 0.5) * cell
    xx, yy = np.meshgrid(x, -x)
    grid = Grid(np.asarray(elevation(xx, yy), float) + 0.0 * xx, east - n / 2 * cell, north + n / 2 * cell, cell)

    def window(bounds):
        west, south, far_east, top = bounds
        columns = np.flatnonzero((grid.x > west) & (grid.x < far_east))
        rows = np.flatnonzero((grid.y > south) & (grid.y < top))
        values = grid.values[np.ix_(rows, columns)]
        return Grid(values, grid.west + columns[0] * cell, grid.north - rows[0] * cell, cell) if values.size else None

    return window


def plane(slope: float, azimuth: float):
    """Even ground that falls towards an azimuth."""
    fall = np.tan(np.radians(slope))
    return lambda x, y: 500.0 - fall * (x * np.sin(np.radians(azimuth)) + y * np.cos(np.radians(azimuth)))


def mine(town, side: float = 600.0, **columns):
    return town.read("mine", [town.rectangle(side, side)], **columns)


def test_flat_ground(town) -> None:
    """36 ha: 20 % for roads; about 1.05 MWp a net hectare expected, 0.6 to 1.2 observed."""
    placed = town.place("mine", mine(town), terrain=ground(town, lambda x, y: 0.0))
    (surface,) = placed.surfaces.itertuples()
    assert surface.plan_area_m2 == pytest.approx(0.80 * 360_000)
    assert (surface.surface_tilt, surface.surface_azimuth, surface.ground_tilt) == (24.0, 180.0, 0.0)
    assert (surface.mounting, surface.albedo) == ("ground", 0.25)
    assert surface.gcr == pytest.approx(1 / (np.cos(np.radians(24)) + 2.026 * np.sin(np.radians(24))), abs=1e-3)
    mwp_per_net_ha = surface.capacity_limit_kwp / 1e3 / 36.0
    print(f"mine, flat: {mwp_per_net_ha:.3f} MWp per net ha (expected about 1.05)")
    assert mwp_per_net_ha == pytest.approx(1.05, abs=0.03)
    assert town.excluded(placed) == {"roads and inverters": pytest.approx(72_000)}


# On cells of 10 m even slopes below the limits do not span 20 m, so only slope and aspect decide.
@pytest.mark.parametrize(
    ("slope", "azimuth", "usable"),
    [
        (24.9, 180, True), (25.1, 180, False), (24.9, 136, True), (24.9, 224, True),
        (19.9, 90, True), (20.1, 90, False), (19.9, 270, True), (20.1, 270, False), (20.1, 134, False),
        (20.1, 226, False),
        (9.9, 0, True), (10.1, 0, False), (10.1, 314, True), (10.1, 316, False), (10.1, 44, False), (10.1, 46, True),
        (2.0, 0, True), (36.0, 180, False),
    ],
)  # fmt: skip
def test_slope_by_aspect(town, slope, azimuth, usable) -> None:
    placed = town.place("mine", mine(town, 300.0), terrain=ground(town, plane(slope, azimuth), n=80, cell=10.0))
    assert bool(len(placed.surfaces)) is usable
    reasons = set(town.excluded(placed)) - {"roads and inverters"}
    assert reasons == (set() if usable else {"highwall"} if slope > 35 else {"slope and aspect"})


@pytest.mark.parametrize(
    ("slope", "azimuth", "denser"), [(10.0, 180.0, True), (15.0, 90.0, False), (8.0, 0.0, False), (14.0, 224.0, True)]
)
def test_rows_follow_the_ground(town, slope, azimuth, denser) -> None:
    placed = town.place("mine", mine(town, 300.0), terrain=ground(town, plane(slope, azimuth), n=80, cell=10.0))
    (surface,) = placed.surfaces.itertuples()
    assert (surface.ground_tilt, surface.ground_azimuth) == (pytest.approx(slope), pytest.approx(azimuth, abs=1e-6))
    rise_southward = np.tan(np.radians(slope)) * np.cos(np.radians(azimuth - 180.0))
    assert surface.area_m2 == pytest.approx(surface.plan_area_m2 * np.hypot(1.0, rise_southward))
    flat = town.place("mine", mine(town, 300.0), terrain=ground(town, lambda x, y: 0.0)).surfaces["gcr"].iloc[0]
    assert (surface.gcr > flat + 1e-3) is np.bool_(denser)
    # the middle of a row stands at its height over the ground, both edges half a row up and down the slant
    over_ground = np.radians(24.0) - np.arctan(rise_southward)
    assert surface.height_m - surface.edge_height_m == pytest.approx(surface.row_length_m / 2 * np.sin(over_ground))


def test_the_sunny_slope_is_capped(town) -> None:
    placed = town.place("mine", mine(town, 300.0), terrain=ground(town, plane(23.0, 180.0), n=80, cell=10.0))
    assert placed.surfaces["gcr"].tolist() == [0.70]


@pytest.mark.parametrize("cell", [10.0, 30.0])
@pytest.mark.parametrize(("height", "is_wall"), [(0.0, False), (5.0, False), (15.0, True), (60.0, True)])
def test_highwall_and_its_rim(town, height, is_wall, cell) -> None:
    """A step through the middle: 20 m of rim and the bell of the wall on either side, on cells of any size.

    Slope limits are opened so that the step acts through the wall rule alone.
    """
    settings = town.settings(
        mine={"slope_limit": 89, "slope_limit_equator": 89, "slope_limit_side": 89, "slope_limit_pole": 89}
    )
    step = ground(town, lambda x, y: np.where(x > 0, height, 0.0), n=round(1800 / cell), cell=cell)
    placed = town.place("mine", mine(town), settings, terrain=step)
    expected = 2 * 33.0 * 600.0 if is_wall else 0.0
    assert town.excluded(placed).get("highwall", 0.0) == pytest.approx(expected, rel=0.15)


@pytest.mark.parametrize(
    ("slope", "aspect", "equator", "sector"),
    [
        (2.9, 0.0, 180.0, terrain.FLAT),
        (5.0, 180.0, 180.0, terrain.EQUATOR),
        (5.0, 135.0, 180.0, terrain.EQUATOR),
        (5.0, 134.0, 180.0, terrain.EAST),
        (5.0, 90.0, 180.0, terrain.EAST),
        (5.0, 45.0, 180.0, terrain.POLE),
        (5.0, 0.0, 180.0, terrain.POLE),
        (5.0, 270.0, 180.0, terrain.WEST),
        (5.0, 0.0, 0.0, terrain.EQUATOR),
        (5.0, 90.0, 0.0, terrain.EAST),
        (5.0, 270.0, 0.0, terrain.WEST),
        (5.0, 180.0, 0.0, terrain.POLE),
    ],
)
def test_sector(slope, aspect, equator, sector) -> None:
    found = terrain.aspect_sector(np.array([slope]), np.array([aspect]), equator, MineSettings().flat_below)
    assert found.tolist() == [sector]


@pytest.mark.parametrize(("side", "kept"), [(141.0, False), (141.5, True)])
def test_smallest_patch(town, side, kept) -> None:
    """2 ha is a square of 141.4 m."""
    placed = town.place("mine", mine(town, side), terrain=ground(town, lambda x, y: 0.0))
    assert bool(len(placed.surfaces)) is kept
    assert ("patch too small" in town.excluded(placed)) is not kept


def test_a_wall_cuts_a_mine_into_patches(town) -> None:
    """A wall off the middle leaves a large and a small part; only the large one is kept."""
    sites = town.read("mine", [town.rectangle(440.0, 150.0, at=(60.0, 0.0))])
    placed = town.place("mine", sites, terrain=ground(town, lambda x, y: np.where(x > -60.0, 40.0, 0.0)))
    west = placed.surfaces.geometry.total_bounds[0]
    assert town.excluded(placed)["patch too small"] > 0
    assert west == pytest.approx(town.origin[0] - 60.0 + 33.0, abs=8.0)


def test_sunny_and_shady_slopes_are_surfaces_of_their_own(town) -> None:
    """A ridge that runs east: 8 degrees to the south and to the north, one patch."""
    ridge = ground(town, lambda x, y: 500.0 - np.tan(np.radians(8.0)) * np.abs(y))
    placed = town.place("mine", mine(town), terrain=ridge)
    by_azimuth = placed.surfaces.assign(azimuth=placed.surfaces["ground_azimuth"].round()).set_index("azimuth")
    assert {0.0, 180.0} <= set(by_azimuth.index % 360)
    assert by_azimuth.loc[180.0, "gcr"] > by_azimuth["gcr"].min()


def test_without_terrain_a_share_counts(town) -> None:
    placed = town.place("mine", mine(town))
    assert placed.surfaces["plan_area_m2"].tolist() == [pytest.approx(0.40 * 0.80 * 360_000)]
    assert town.excluded(placed) == {
        "share of broken ground": pytest.approx(0.60 * 360_000),
        "roads and inverters": pytest.approx(0.40 * 0.20 * 360_000),
    }


def half(x, y):
    return np.where(x < 0.0, np.nan, 0.0)


def flat(x, y):
    return 0.0 * x


@pytest.mark.parametrize("slope", [0.0, 8.0])
def test_a_hole_in_the_terrain_lies_in_the_slope_around_it(town, slope) -> None:
    def hillside(x, y):
        return 500.0 + np.tan(np.radians(slope)) * y

    def with_hole(x, y):
        return np.where((np.abs(x) < 100.0) & (np.abs(y) < 60.0), np.nan, hillside(x, y))

    whole, holed = (town.place("mine", mine(town), terrain=ground(town, z)) for z in (hillside, with_hole))
    assert town.excluded(holed) == pytest.approx(town.excluded(whole))
    assert holed.surfaces["capacity_limit_kwp"].sum() == pytest.approx(whole.surfaces["capacity_limit_kwp"].sum())
    assert holed.surfaces["ground_tilt"].tolist() == pytest.approx([slope] * len(holed.surfaces), abs=0.01)


@pytest.mark.parametrize(
    "missing",
    [lambda town: lambda bounds: None, lambda town: ground(town, half), lambda town: ground(town, flat, n=10)],
    ids=["no data", "half of it", "too small a window"],
)
@pytest.mark.parametrize("outside", ["refuse", "share"])
def test_a_mine_of_which_too_much_is_unknown(town, missing, outside) -> None:
    settings = town.settings(mine={"outside_dem": outside})
    placed = town.place("mine", mine(town), settings, terrain=missing(town))
    if outside == "refuse":
        assert town.excluded(placed) == {"no terrain": pytest.approx(360_000)}
        assert len(placed.surfaces) == 0
    else:
        assert placed.surfaces["plan_area_m2"].sum() == pytest.approx(0.40 * 0.80 * 360_000)


def test_a_gap_beside_the_mine_does_no_harm(town) -> None:
    """Cells that are missing beyond the neighbours of its own cells."""
    gap = ground(town, lambda x, y: np.where(x > 400.0, np.nan, 0.0))
    assert len(town.place("mine", mine(town), terrain=gap).surfaces) == 1


def test_a_tilted_footprint_keeps_its_exact_area(town) -> None:
    sites = town.read("mine", [shapely.buffer(town.rectangle(500, 300, 27), 80.0)])
    rough = ground(town, lambda x, y: 15.0 * np.sin(x / 90.0) * np.cos(y / 70.0))
    placed = town.place("mine", sites, terrain=rough)  # place checks the balance to 1e-6
    assert len(placed.surfaces) > 1
