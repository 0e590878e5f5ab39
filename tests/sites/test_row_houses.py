"""Row houses: which neighbours form a row, the ridge they share, and that neither turning nor tiles change it."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from shapely import affinity

from pvmap.settings.row_houses import RowHouses
from pvmap.sites import SITE_TYPES, row_houses
from pvmap.sites.base import Ground
from pvmap.sites.row_houses import row_ridges

RURAL = "residential_rural"
LEFT = 0.93 * 0.96 * 0.952  # free of obstacles, open for access, allowed by structure


def row(n: int, wide: float, deep: float, gap: float = 0.0, shift: float = 0.0) -> list[shapely.Polygon]:
    """Houses side by side from west to east; every second one stands further north by `shift`."""
    west, south = np.arange(n) * (wide + gap), np.arange(n) % 2 * shift
    return list(shapely.box(west, south, west + wide, south + deep))


def leg(n: int, deep: float, wide: float) -> list[shapely.Polygon]:
    """Houses one behind the other towards the south, below the first house of a row."""
    south = -np.arange(1, n + 1) * wide
    return list(shapely.box(0.0, south, deep, south + wide))


def leaning(house: shapely.Polygon, angle: float) -> shapely.Polygon:
    return affinity.rotate(house, angle, origin=(house.bounds[2], house.bounds[1]))


SHARED, OWN = 90.0, np.nan  # rows run east before they turn
CASES = {
    "squares": (row(5, 10, 10), [SHARED] * 5),
    "narrow and deep": (row(6, 5, 12), [SHARED] * 6),
    "wide and shallow": (row(4, 12, 8), [SHARED] * 4),
    "two squares": (row(2, 10, 10), [SHARED] * 2),
    "two narrow ones are no longer than wide": (row(2, 6, 10), [OWN] * 2),
    "lone": (row(1, 5, 12), [OWN]),
    "drawn apart by 0.4 m": (row(5, 10, 10, gap=0.4), [SHARED] * 5),
    "drawn over each other by 0.4 m": (row(5, 10, 10, gap=-0.4), [SHARED] * 5),
    "alleys of 0.6 m": (row(5, 10, 10, gap=0.6), [OWN] * 5),
    "staggered, 8 m shared": (row(6, 10, 10, shift=2.0), [SHARED] * 6),
    "staggered, 3 m shared": (row(6, 10, 10, shift=7.0), [OWN] * 6),
    "corners meet": (row(4, 10, 10, shift=10.0), [OWN] * 4),
    "block of 3 x 3": ([h for k in range(3) for h in (affinity.translate(p, 0, 10 * k) for p in row(3, 10, 10))],
                       [OWN] * 9),
    "back to back": (row(6, 8, 10) + [affinity.translate(p, 0, 10) for p in row(6, 8, 10)], [SHARED] * 12),
    "two legs alike": (row(4, 8, 10) + leg(4, 10, 8), [OWN] * 8),
    "long leg and short leg": (row(9, 8, 10) + leg(3, 10, 8), [OWN] * 12),
    "last house leans by 30": ([*row(5, 10, 10), leaning(shapely.box(-10, 0, 0, 10), 30)], [SHARED] * 5 + [OWN]),
    "rows across a road": (row(5, 10, 10) + [affinity.translate(p, 0, 16) for p in row(5, 10, 10)], [SHARED] * 10),
    "a wall drawn in pieces": (
        [shapely.box(0, 0, 10, 10), shapely.Polygon([(10, 0), (20, 0), (20, 10), (10, 10), (10, 7), (10, 5), (10, 2)])],
        [SHARED] * 2,
    ),
}  # fmt: skip


@pytest.mark.parametrize("turn", [0.0, 17.0, 45.0, 71.0, 120.0])
@pytest.mark.parametrize("case", CASES)
def test_rows_and_what_is_none(case: str, turn: float) -> None:
    houses, expected = CASES[case]
    found = row_ridges(turned(houses, turn), RowHouses())
    assert np.isfinite(found).tolist() == np.isfinite(expected).tolist()
    off = (found - (np.array(expected) - turn) + 90.0) % 180.0 - 90.0
    slant = 14.0 if "staggered" in case else 0.01  # of the rectangle against the walls
    assert np.nanmax(np.abs(off), initial=0.0) <= slant


def turned(houses: list[shapely.Polygon], turn: float) -> np.ndarray:
    return np.array([affinity.rotate(house, turn, origin=(3.0, 4.0)) for house in houses], object)


def test_on_a_bend_houses_turned_too_far_keep_their_own() -> None:
    """Houses on an arc, each turned by 6 degrees against the last: of six the ends stand 15 degrees off the row."""
    arc = [affinity.rotate(shapely.box(-4.3, 76, 4.3, 86), 6.0 * k, origin=(0, 0)) for k in range(-10, 10)]
    ridges = row_ridges(np.array(arc[:6], object), RowHouses())
    assert np.isfinite(ridges).tolist() == [False, True, True, True, True, False]
    assert ridges[1:5] == pytest.approx([(90.0 - 6.0 * -7.5) % 180.0] * 4, abs=0.01)
    assert np.isnan(row_ridges(np.array(arc, object), RowHouses())).all()


def test_which_way_round_outlines_are_drawn_does_not_matter() -> None:
    houses, expected = CASES["staggered, 8 m shared"]
    mixed = [house.reverse() if k % 2 else house for k, house in enumerate(houses)]
    found, again = (row_ridges(turned(some, 17.0), RowHouses()) for some in (houses, mixed))
    assert np.isfinite(found).tolist() == np.isfinite(expected).tolist()
    assert found == pytest.approx(again)


def test_houses_inside_an_outline_share_no_walls_with_it() -> None:
    """The outline of a block is far from the houses it is drawn around, though it touches them by its area."""
    houses = [shapely.box(x, 40, x + 10, 50) for x in (20, 50, 80)]
    assert np.isnan(row_ridges(np.array([*houses, shapely.box(0, 0, 110, 90)], object), RowHouses())).all()


@pytest.mark.parametrize("at_once", [1, 7, 40])
def test_rows_that_are_looked_at_apart_are_the_same(at_once: int, monkeypatch: pytest.MonkeyPatch) -> None:
    towns = [affinity.translate(house, 200.0 * n, 0.0) for n, (one, _) in enumerate(CASES.values()) for house in one]
    houses = np.array(towns)[np.random.default_rng(3).permutation(len(towns))]
    together = row_ridges(houses, RowHouses())
    monkeypatch.setattr(row_houses, "PAIRS_AT_ONCE", at_once)
    np.testing.assert_array_equal(row_ridges(houses, RowHouses()), together)
    assert np.isfinite(together).any()


def test_order_of_the_houses_does_not_matter() -> None:
    rng = np.random.default_rng(3)
    rows = np.concatenate(
        [
            turned([affinity.translate(p, 90 * (n % 6), 90 * (n // 6)) for p in row(1 + n % 7, 8, 10)], 9.0)
            for n in range(36)
        ]
    )
    mixed = rng.permutation(len(rows))
    found, again = row_ridges(rows, RowHouses()), row_ridges(rows[mixed], RowHouses())
    assert found[mixed] == pytest.approx(again, nan_ok=True)


def rural(town, houses, **more):
    shapes = [affinity.translate(house, *town.origin) for house in houses]
    uses = more.pop("building_use", [RURAL] * len(shapes))
    return town.read("rooftop", shapes, building_use=uses, height_m=[6.0] * len(shapes), **more)


def test_square_houses_in_a_row_have_two_planes_and_not_the_mean_of_four(town) -> None:
    """Ridges run east: of each house of 10 x 10 m the southern half is used, set back by 0.4 m all round."""
    placed = town.place("rooftop", rural(town, row(5, 10, 10)))
    assert len(placed.surfaces) == 5
    assert placed.surfaces["surface_azimuth"].to_numpy() == pytest.approx(180.0, abs=0.01)
    assert placed.surfaces["plan_area_m2"].to_numpy() == pytest.approx(9.2 * 4.2 * LEFT)


def test_narrow_houses_in_a_row_face_south_though_each_is_deeper_than_wide(town) -> None:
    lone = town.place("rooftop", rural(town, row(1, 6, 12)))
    assert sorted(lone.surfaces["surface_azimuth"]) == pytest.approx([90.0, 270.0], abs=0.01)
    placed = town.place("rooftop", rural(town, row(6, 6, 12)))
    assert placed.surfaces["surface_azimuth"].to_numpy() == pytest.approx(180.0, abs=0.01)


@pytest.mark.parametrize("use", ["industrial_steel", "government"])
def test_other_buildings_form_no_rows_and_link_none(town, use: str) -> None:
    houses = row(3, 10, 10)
    ridges = prepared(town, rural(town, houses, building_use=[RURAL, use, RURAL]))["ridge_azimuth"]
    assert ridges.isna().all()
    assert prepared(town, rural(town, houses, building_use=[use] * 3))["ridge_azimuth"].isna().all()


def prepared(town, sites):
    return SITE_TYPES["rooftop"].prepare(sites, town.settings())


def test_tiles_change_nothing_and_other_kinds_pass_through(town) -> None:
    houses = row(6, 6, 12) + list(turned([affinity.translate(p, 90, 50) for p in row(5, 10, 10)], 20.0))
    sites = pd.concat([rural(town, houses), town.read("mine", [town.rectangle(500, 500)])], ignore_index=True)
    city = prepared(town, gpd.GeoDataFrame(sites, crs=town.crs))
    assert city.loc[city["site_type"] == "mine", "ridge_azimuth"].isna().all()
    roofs = city[city["site_type"] == "rooftop"].reset_index(drop=True)
    ground, settings = Ground(town.crs, town.latitude), town.settings()
    place = SITE_TYPES["rooftop"].place
    whole = place(roofs, ground, settings).surfaces.set_index("surface_id")
    tiles = pd.concat([place(roofs[roofs.index % 3 == tile], ground, settings).surfaces for tile in range(3)])
    pd.testing.assert_frame_equal(tiles.set_index("surface_id").sort_index(), whole.sort_index())


def test_rules_are_settings(town) -> None:
    houses = np.array(row(5, 10, 10, gap=0.6), object)
    assert np.isfinite(row_ridges(houses, RowHouses(gap_m=0.7))).all()
    touching = np.array(row(2, 10, 10), object)
    for rule in ({"shared_wall_m": 10.5}, {"length_ratio": 2.1}):
        assert np.isnan(row_ridges(touching, RowHouses(**rule))).all()
    staggered = np.array(row(6, 10, 10, shift=4.0), object)
    assert np.isnan(row_ridges(staggered, RowHouses(filled_share=0.95))).all()
