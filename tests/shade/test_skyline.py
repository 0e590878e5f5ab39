from __future__ import annotations

import math

import geopandas as gpd
import numpy as np
import pandas as pd
import pvlib
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from towns import Town, as_surfaces, blocks

from pvmap.directions import N_AZ, N_EL
from pvmap.settings.shade import ShadeSettings
from pvmap.shade.rings import Boxes
from pvmap.shade.shaded import Shade
from pvmap.shade.skyline import shade_surfaces
from pvmap.shade.sun import SunWeights
from pvmap.shade.surface_model import SurfaceModel
from pvmap.shade.terrain import Terrain
from pvmap.sources.grid import Grid

FAR = ShadeSettings(min_rise_deg=0.01, max_reach_m=1e6)


def on_ground(polygon: shapely.Polygon, **columns: object) -> gpd.GeoDataFrame:
    """One flush array at ground level, no building's own."""
    return as_surfaces(Town(np.array([polygon]), np.array([0.0])), site_id="nobody", **columns)


def boxes(polygons: list[shapely.Polygon], height_m: float) -> Boxes:
    return Boxes.of(polygons, np.full(len(polygons), height_m))


def year_of_sun() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Azimuth, elevation and a clear beam's energy for the hours of a year at 32.2 N."""
    times = pd.date_range("2023-01-01 00:30", periods=8760, freq="h", tz="Etc/GMT-8")
    sun = pvlib.solarposition.get_solarposition(times, 32.2, 119.5)
    elevation = sun["apparent_elevation"].to_numpy()
    beam = np.where(elevation > 0, 0.9 ** (1 / np.sin(np.radians(np.maximum(elevation, 1.0)))), 0.0)
    return sun["azimuth"].to_numpy(), elevation, beam


def look_up(sunlit: np.ndarray, azimuth: np.ndarray, elevation: np.ndarray) -> np.ndarray:
    """Sunlit share (hour, surface), bilinear between bin centres and nodes as the contract says."""
    a, e = azimuth / (360 / N_AZ) - 0.5, elevation / (90 / (N_EL - 1))
    k, j = np.floor(a).astype(int), np.minimum(e.astype(int), N_EL - 2)
    u, v = (a - k)[:, None], (e - j)[:, None]
    at = {(p, q): sunlit[:, (k + p) % N_AZ, j + q].T for p in (0, 1) for q in (0, 1)}
    return (at[0, 0] * (1 - u) + at[1, 0] * u) * (1 - v) + (at[0, 1] * (1 - u) + at[1, 1] * u) * v


@pytest.mark.parametrize("tilt", [0, 5, 24, 60, 90])
@pytest.mark.parametrize("mounting", ["flush", "rack"])
def test_an_open_plane_sees_all_its_sky(tilt, mounting):
    surface = on_ground(shapely.box(0, 0, 30, 30), surface_tilt=tilt, mounting=mounting, gcr=1e-6)
    shade = shade_surfaces(surface)
    assert shade.table[["usable_share", "sky_view_factor", "horizon_band_share"]].to_numpy() == pytest.approx(
        1.0, abs=2e-5
    )
    assert (shade.sunlit == 1).all()
    assert shade.terrain is None


def test_street_canyon():
    walls = [shapely.box(-50_000, 10, 50_000, 30), shapely.box(-50_000, -30, 50_000, -10)]
    for height in (3.0, 10.0, 40.0):
        shade = shade_surfaces(on_ground(shapely.box(-0.1, -0.1, 0.1, 0.1)), boxes(walls, height), settings=FAR)
        assert shade.table["sky_view_factor"][0] == pytest.approx(math.cos(math.atan(height / 10)), abs=0.01)


def test_round_courtyard():
    middle = shapely.Point(0, 0)
    ring = middle.buffer(40, quad_segs=64).difference(middle.buffer(20, quad_segs=64))
    for height in (5.0, 20.0, 60.0):
        shade = shade_surfaces(on_ground(shapely.box(-0.1, -0.1, 0.1, 0.1)), boxes([ring], height))
        assert shade.table["sky_view_factor"][0] == pytest.approx(math.cos(math.atan(height / 20)) ** 2, abs=0.01)


@pytest.mark.parametrize("tilt", [10, 30, 60])
@pytest.mark.parametrize("rise", [5, 20, 45])
def test_tilted_plane_before_a_long_wall(tilt, rise):
    wall = shapely.box(-50_000, -60, 50_000, -20)
    surface = on_ground(shapely.box(-0.1, -0.1, 0.1, 0.1), surface_tilt=tilt)
    shade = shade_surfaces(surface, boxes([wall], 20 * math.tan(math.radians(rise))), settings=FAR)
    expected = (1 + math.cos(math.radians(tilt + rise))) / (1 + math.cos(math.radians(tilt)))
    assert shade.table["sky_view_factor"][0] == pytest.approx(expected, abs=0.01)


def test_how_much_of_the_horizon_is_free_does_not_depend_on_how_little_a_plane_leans():
    """Weighted with the cosine of the azimuth from the plane's own, whatever its tilt."""
    wall = shapely.box(-30, -60, 50, -20)
    tilts = (0.5, 1.0, 10.0, 30.0)
    surfaces = [on_ground(shapely.box(-0.1, -0.1, 0.1, 0.1), surface_tilt=tilt) for tilt in tilts]
    share = [shade_surfaces(one, boxes([wall], 1.5), settings=FAR).table["horizon_band_share"][0] for one in surfaces]
    assert 0.1 < share[-1] < 0.9
    assert share == pytest.approx([share[-1]] * len(tilts), abs=1e-4)


@pytest.mark.parametrize(("tilt", "gcr"), [(15, 0.67), (24, 0.57), (12, 0.51)])
def test_rows_hide_the_sky_as_in_pvlib(tilt, gcr):
    surface = on_ground(shapely.box(0, 0, 50, 50), surface_tilt=tilt, gcr=gcr, mounting="ground")
    shade = shade_surfaces(surface)
    seen = pvlib.bifacial.utils.vf_row_sky_2d_integ(tilt, gcr)
    assert shade.table["sky_view_factor"][0] == pytest.approx(seen / ((1 + math.cos(math.radians(tilt))) / 2), abs=2e-3)
    assert shade.table["horizon_band_share"][0] < 1
    assert shade.neighbours.sky_view_factor == pytest.approx(1)
    assert (shade.sunlit == 1).all()


def test_rows_on_a_slope_see_more_sky_downhill_and_less_uphill():
    def view(slope: float, downhill: float) -> float:
        columns = {"surface_tilt": 20.0, "gcr": 0.6, "mounting": "ground"}
        surface = on_ground(shapely.box(0, 0, 50, 50), ground_tilt=slope, ground_azimuth=downhill, **columns)
        return float(shade_surfaces(surface).table["sky_view_factor"][0])

    assert view(10, 180) > view(0, 180) > view(10, 0)
    assert view(10, 90) == pytest.approx(view(0, 180), abs=1e-3)


def test_skyline_and_rows_are_not_multiplied():
    # a wall lower than the top of the row in front hides nothing more
    columns = {"surface_tilt": 30.0, "gcr": 0.8, "mounting": "rack"}
    surface = on_ground(shapely.box(-0.1, -0.1, 0.1, 0.1), **columns)
    alone = shade_surfaces(surface).table["sky_view_factor"][0]
    wall = shapely.box(-50_000, -60, 50_000, -20)
    low = shade_surfaces(surface, boxes([wall], 0.2), settings=FAR)
    assert low.table["sky_view_factor"][0] == pytest.approx(alone, abs=1e-4)
    assert low.neighbours.sky_view_factor[0] < 1 - 1e-4


def test_a_long_box_beside_a_roof_through_the_year():
    azimuth, elevation, beam = year_of_sun()
    up = elevation > 2
    azimuth, elevation, weight = azimuth[up], elevation[up], beam[up] * np.sin(np.radians(elevation[up]))
    for direction, box in ((180, shapely.box(-20_000, -40, 20_000, 0)), (90, shapely.box(30, -20_000, 60, 20_000))):
        for rise in (5.0, 15.0, 40.0):
            shade = shade_surfaces(on_ground(shapely.box(0, 0, 30, 30)), boxes([box], rise), settings=FAR)
            depth = rise * np.cos(np.radians(azimuth - direction)) / np.tan(np.radians(elevation))
            expected = np.average(np.clip(1 - np.maximum(depth, 0) / 30, 0, 1), weights=weight)
            found = np.average(look_up(shade.sunlit, azimuth, elevation)[:, 0], weights=weight)
            assert found == pytest.approx(expected, abs=0.005)


def weights() -> SunWeights:
    azimuth, elevation, beam = year_of_sun()
    return SunWeights.of_hours(azimuth, elevation, 0.6 * beam, 600.0, 1345.0)


def test_points_in_deep_shade_carry_no_modules():
    tower = shapely.box(0, -20, 40, 0)
    surface = on_ground(shapely.box(0, 0, 40, 100))
    shade = shade_surfaces(surface, boxes([tower], 40.0), sun=weights())
    share = shade.table["usable_share"][0]
    assert 0.3 < share < 0.95
    points = shade.points
    assert points["usable"].mean() == pytest.approx(share)
    assert points.loc[points["usable"], "y"].mean() > points.loc[~points["usable"], "y"].mean()
    everything = shade_surfaces(surface, boxes([tower], 40.0))
    assert (shade.sunlit.mean(axis=(1, 2)) > everything.sunlit.mean(axis=(1, 2))).all()
    assert everything.table["usable_share"][0] == 1


def test_open_points_get_the_open_sky():
    shade = shade_surfaces(on_ground(shapely.box(0, 0, 20, 20)), sun=weights())
    _, elevation, beam = year_of_sun()
    up = elevation > 0
    expected = (0.6 * beam * np.sin(np.radians(elevation)))[up].sum() + 600.0
    assert shade.points["poa_kwh_per_m2"].to_numpy() == pytest.approx(expected, rel=2e-3)
    assert shade.points["open_sky_share"].to_numpy() == pytest.approx(1.0)


@pytest.mark.parametrize("tilt", [0.0, 30.0, 60.0, 90.0])
def test_a_plane_gets_its_part_of_a_grey_sky_and_of_the_ground(tilt):
    grey = SunWeights(np.zeros((N_AZ, N_EL - 1)), np.zeros((N_AZ, N_EL - 1, 3)), 600.0, 1000.0)
    shade = shade_surfaces(on_ground(shapely.box(0, 0, 20, 20), surface_tilt=tilt, albedo=0.25), sun=grey)
    up = math.cos(math.radians(tilt))
    expected = 600.0 * (1 + up) / 2 + 0.25 * 1000.0 * (1 - up) / 2
    assert shade.points["poa_kwh_per_m2"].to_numpy() == pytest.approx(expected, rel=1e-4)


def hill() -> Terrain:
    """A wall of hills 150 m high, 1 km to the south; nearer than that, a plain."""
    values = np.zeros((100, 100))
    values[75:, :] = 150.0
    return Terrain.of(Grid(values, 0.0, 6000.0, 60.0))


def test_parts_are_what_the_sources_alone_give():
    town = blocks(150, 400, 0.2, seed=2)
    moved = Town(shapely.transform(town.polygons, lambda xy: xy + 2500.0), town.height_m)
    surfaces = as_surfaces(moved, surface_tilt=15.0, mounting="rack", gcr=0.6)
    buildings = Boxes.of(moved.polygons, moved.height_m, 0.0, moved.names)
    both = shade_surfaces(surfaces, buildings, hill())
    flush = surfaces.assign(mounting="flush")
    far, near = shade_surfaces(flush, None, hill()), shade_surfaces(flush, buildings, None)
    assert both.terrain is not None
    assert (both.neighbours.sky_view_factor <= both.terrain.sky_view_factor + 1e-12).all()
    assert (both.table["sky_view_factor"] <= both.neighbours.sky_view_factor + 1e-12).all()
    assert (both.sunlit <= np.minimum(both.terrain.sunlit, near.sunlit) + 1e-6).all()
    assert far.terrain is not None
    assert far.terrain.sky_view_factor == pytest.approx(far.neighbours.sky_view_factor)


def same(a: Shade, b: Shade) -> bool:
    return a.table.equals(b.table) and np.array_equal(a.sunlit, b.sunlit) and a.points.equals(b.points)


def test_neither_threads_nor_company_change_a_surface():
    town = blocks(300, 500, 0.2, seed=6)
    surfaces, buildings = as_surfaces(town), Boxes.of(town.polygons, town.height_m, 0.0, town.names)
    whole = shade_surfaces(surfaces, buildings, sun=weights(), threads=1)
    assert same(whole, shade_surfaces(surfaces, buildings, sun=weights(), threads=2))
    some = shade_surfaces(surfaces.iloc[100:120], buildings, sun=weights())
    assert np.array_equal(some.sunlit, whole.sunlit[100:120])


@settings(max_examples=20)
@given(which=st.integers(0, 79), by=st.floats(0.5, 50.0), tilt=st.sampled_from([0.0, 15.0, 35.0]))
def test_raising_a_neighbour_never_gives_light(which, by, tilt):
    town = blocks(80, 250, 0.2, seed=9)
    surfaces = as_surfaces(town, surface_tilt=tilt)
    raised = town.height_m.copy()
    raised[which] += by
    before = shade_surfaces(surfaces, Boxes.of(town.polygons, town.height_m, 0.0, town.names))
    after = shade_surfaces(surfaces, Boxes.of(town.polygons, raised, 0.0, town.names))
    others = np.arange(80) != which
    assert (after.sunlit[others] <= before.sunlit[others] + 1e-6).all()
    for column in ("sky_view_factor", "horizon_band_share"):
        assert (after.table[column] <= before.table[column] + 1e-12)[others].all()


def test_turning_everything_by_a_quarter_changes_nothing_but_the_azimuth():
    town = blocks(200, 400, 0.2, seed=12)
    turned = Town(gpd.GeoSeries(town.polygons).rotate(-90, origin=(200, 200)).to_numpy(), town.height_m)
    one = shade_surfaces(as_surfaces(town, surface_tilt=20.0), Boxes.of(town.polygons, town.height_m, 0.0, town.names))
    other = shade_surfaces(
        as_surfaces(turned, surface_tilt=20.0, surface_azimuth=270.0),
        Boxes.of(turned.polygons, turned.height_m, 0.0, turned.names),
    )
    assert abs(np.roll(one.sunlit, 16, axis=1) - other.sunlit).mean() < 1e-4
    assert other.table["sky_view_factor"].to_numpy() == pytest.approx(one.table["sky_view_factor"].to_numpy(), abs=1e-3)


def test_no_surfaces_no_shade():
    empty = as_surfaces(blocks(3, 100, 0.1)).iloc[:0]
    shade = shade_surfaces(empty, boxes([shapely.box(0, 0, 1, 1)], 3.0), hill())
    assert len(shade.table) == 0
    assert shade.sunlit.shape == (0, N_AZ, N_EL)


def test_where_a_surface_model_has_measured_boxes_do_not_count():
    """A neighbour drawn 20 m high stands 5 m high in the model; a far one lies beyond the model's edge."""
    cells = np.zeros((100, 100))
    cells[:, 60:70] = 5.0
    model = SurfaceModel.of(Grid(cells, 0.0, 100.0, 1.0))
    near, far = shapely.box(60, 0, 70, 100), shapely.box(-60, 0, -50, 100)
    town = Boxes.of([near, far], np.array([20.0, 20.0]))
    surface = on_ground(shapely.box(38, 48, 42, 52))

    def sky(buildings: Boxes | None, dsm: SurfaceModel | None, of: gpd.GeoDataFrame = surface) -> float:
        shade = shade_surfaces(of, buildings, dsm=dsm, settings=FAR)
        return float(shade.neighbours.sky_view_factor[0])

    only_near, only_far = Boxes.of([near], np.array([20.0])), Boxes.of([far], np.array([20.0]))
    assert sky(only_near, None) < sky(only_near, model) - 0.05
    assert sky(only_near, model) == sky(None, model)
    assert sky(town, model) == sky(only_far, model) < sky(None, model)
    outside = on_ground(shapely.box(118, 48, 122, 52))
    assert sky(town, model, outside) == sky(town, None, outside)


@pytest.mark.parametrize("north", [-0.75, 8.25, 120.0])
def test_tables_count_from_true_north_wherever_grid_north_lies(north):
    """A town drawn on a grid turned by `north` is shaded as it is on one that is not."""
    town = blocks(30, 300.0, 0.3, seed=4)
    turned = Town(np.array([shapely.affinity.rotate(p, north, origin=(0, 0)) for p in town.polygons]), town.height_m)
    one, other = (
        shade_surfaces(as_surfaces(t, surface_tilt=20.0), Boxes.of(t.polygons, t.height_m, site_id=t.names), **more)
        for t, more in ((town, {}), (turned, {"grid_north": north}))
    )
    np.testing.assert_allclose(other.sunlit, one.sunlit, atol=1e-5)
    np.testing.assert_allclose(other.table["sky_view_factor"], one.table["sky_view_factor"], atol=1e-6)


def test_a_surface_model_has_measured_where_it_lies():
    model = SurfaceModel.of(Grid(np.zeros((20, 40)), 100.0, 220.0, 1.0))  # 100-140 east, 200-220 north
    places = np.array([[120, 210], [99, 210], [141, 210], [120, 199], [120, 221], [139, 219], [101, 201]], float)
    assert model.has_measured(places).tolist() == [True, False, False, False, False, True, True]


def drawn(height, grid_north: float, cell_m: float, half_m: float) -> Grid:
    """Heights by true east and north of the origin, on a grid whose north lies at an azimuth."""
    middle = np.arange(-half_m + cell_m / 2, half_m, cell_m)
    right, up = np.meshgrid(middle, -middle)
    turn = math.radians(grid_north)
    east, north = right * math.cos(turn) + up * math.sin(turn), up * math.cos(turn) - right * math.sin(turn)
    return Grid(height(east, north), -half_m, half_m, cell_m)


def knoll(east, north):
    """A hill of 40 m, 100 m away in the south-west."""
    return 40.0 * np.exp(-((east + 70.0) ** 2 + (north + 70.0) ** 2) / (2 * 25.0**2))


@pytest.mark.parametrize("source", ["terrain", "surface model"])
def test_hills_stand_where_they_truly_do_wherever_grid_north_lies(source):
    """The sun in the south-west is hidden as far up as the hill rises; other azimuths are free."""
    for north in (0.0, 8.0, -50.0):
        array = on_ground(shapely.box(-0.2, -0.2, 0.2, 0.2))
        grid = drawn(knoll, north, 2.0, 200.0)
        model = {"terrain": Terrain.of(grid)} if source == "terrain" else {"dsm": SurfaceModel.of(grid)}
        sunlit = shade_surfaces(array, **model, grid_north=north).sunlit[0]
        hidden = (sunlit < 0.5).sum(axis=1) * 90 / (N_EL - 1)  # degrees up, by azimuth bin
        azimuth = (np.arange(N_AZ) + 0.5) * 360 / N_AZ
        assert azimuth[hidden > 3].mean() == pytest.approx(225.0, abs=2.0)
        assert np.ptp(azimuth[hidden > 3]) < 80.0
        # in its azimuth the line of sight is steepest where the hill's flank is met: over its own profile
        away = np.linspace(1.0, 150.0, 2000)
        steepest = np.degrees(np.arctan((knoll(-away / math.sqrt(2), -away / math.sqrt(2)) / away).max()))
        assert hidden.max() == pytest.approx(steepest, abs=90 / (N_EL - 1))


def valley(east, north):
    """Flat for 70 m on either side, then slopes of one in two."""
    return np.maximum(np.abs(east) - 70.0, 0.0) / 2


def test_terrain_around_a_roof_is_seen_from_its_middle():
    """A long roof across a valley sees both slopes alike, whatever point of it comes first."""
    roof = Town(np.array([shapely.box(-50, -5, 50, 5)]), np.array([8.0]))
    buildings = Boxes.of(roof.polygons, roof.height_m, site_id=roof.names)
    terrain = Terrain.of(drawn(valley, 0.0, 5.0, 400.0))
    sunlit = shade_surfaces(as_surfaces(roof), buildings, terrain).terrain.sunlit[0]
    assert sunlit.min() == 0.0
    np.testing.assert_allclose(sunlit, sunlit[::-1], atol=1e-3)


def test_near_terrain_hides_the_sun_from_the_ground_and_not_from_a_roof():
    """A bank of 20 m, 25 m away, ends before roofs begin to look: models of the ground hold the houses themselves."""

    def bank(east, north):
        return np.where((east > 25.0) & (east < 45.0) & (np.abs(north) < 30.0), 20.0, 0.0)

    terrain, place = Terrain.of(drawn(bank, 0.0, 5.0, 400.0)), shapely.box(-2, -2, 2, 2)
    house = Town(np.array([place]), np.array([2.0]))
    on_roof = shade_surfaces(as_surfaces(house), Boxes.of(house.polygons, house.height_m, site_id=house.names), terrain)
    below = shade_surfaces(on_ground(place, height_m=2.0), terrain=terrain)
    east = round(N_AZ / 4)
    assert (on_roof.terrain.sunlit == 1.0).all()
    hidden_deg = (below.terrain.sunlit[0, east] < 0.5).sum() * 90 / (N_EL - 1)
    assert hidden_deg == pytest.approx(math.degrees(math.atan(18.0 / 26.0)), abs=90 / (N_EL - 1))


def test_a_roof_on_a_slope_is_level_and_an_array_beside_it_follows_the_ground():
    """The house stands on its foot at 3 m, though the ground under it rises from 0 to 10 m."""
    house = Town(np.array([shapely.box(0, -5, 20, 5)]), np.array([8.0]))
    terrain = Terrain.of(drawn(lambda east, north: east / 2, 0.0, 5.0, 200.0))
    buildings = Boxes.of(house.polygons, house.height_m, base_z=np.array([3.0]), site_id=house.names)
    assert shade_surfaces(as_surfaces(house), buildings, terrain).points["z"].to_numpy() == pytest.approx(11.0)
    ground = shade_surfaces(on_ground(shapely.box(0, 20, 20, 30), height_m=2.0), buildings, terrain).points
    assert ground["z"].to_numpy() == pytest.approx(2.0 + ground["x"].to_numpy() / 2)
