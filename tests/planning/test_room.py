"""The plan keeps to every transformer, not to the sums of districts alone."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pvmap.planning.grid.allocation import Tree, allocate
from pvmap.planning.grid.hosting import NOWHERE
from pvmap.planning.grid.room import Room, room_of
from pvmap.planning.policy.asked import Asked
from pvmap.planning.policy.plan_classes import Part
from pvmap.planning.policy.plan_table import plan
from pvmap.planning.policy.tranches import Sites
from pvmap.settings.build_out import BuildOutSettings, Reinforcement

KEYS = ["year", "district", "class", "mw"]
NONE = pd.DataFrame(columns=KEYS)


def planned(mw, cost, room, targets, classes, *, works=()):
    mw = np.asarray(mw, float)
    sites = Sites(
        np.full(len(mw), "东区", object),
        mw,
        1.25 * mw,
        1e7 * np.asarray(cost) * mw,
        0 * mw,
        0 * mw,
        mw,
        cost,
        0 * mw,
        0 * mw,
    )
    parts = [
        Part(np.flatnonzero(classes == one), one, 1.0, np.zeros((classes == one).sum(), bool))
        for one in sorted({*classes})
    ]
    asked = Asked(
        pd.DataFrame([(*one, "cumulative", "ac") for one in targets], columns=[*KEYS, "kind", "side"]),
        NONE,
        pd.DataFrame(columns=["year", "class", "capex_cny_per_w_dc", "opex_cny_per_kw_year"]),
        NONE,
        room,
    )
    return plan(sites, parts, asked, BuildOutSettings(reinforcements=works), 0.06, 25)


def room_in(tree, device, mw, cost, central):
    """Room as a run finds it: each kind alone, the cheapest first."""
    wanted = 1e3 * np.asarray(mw, float)
    order = np.argsort(cost, kind="stable")
    alone = sum(allocate(np.where(kind, wanted, 0.0), order, device, tree).taken for kind in (central, ~central))
    return room_of(alone, wanted, device, tree, np.full(len(tree.parent), "东区", object))


ROOFS = np.full(3, "ci_general", object)


def test_cheap_roofs_below_a_full_station_are_not_planned():
    """A district with 30 MW of headroom, all of it at one station; the cheapest roofs hang on the other one."""
    tree = Tree(np.array([2, 2, NOWHERE]), np.array([0.0, 40e3, 30e3]))
    device, mw, cost = np.array([0, 1, 1]), np.array([20.0, 20.0, 20.0]), np.array([0.2, 0.3, 0.4])
    room = room_in(tree, device, mw, cost, np.zeros(3, bool))
    got = planned(mw, cost, room, [(2026, "all", "all", 50.0)], ROOFS)
    np.testing.assert_allclose(got.built_share * mw, [0.0, 20.0, 10.0], atol=1e-5)
    city = got.table[(got.table["district"] == "all") & (got.table["class"] == "all")].set_index("year")
    assert city.loc[2026, "gap_mw"] == pytest.approx(20.0)
    assert city.loc[2026, "binds"] == "hosting"
    # a megawatt more of room would spare the price of one that is missing, less what the plant costs
    assert city.loc[2026, "price_cny_per_mw"] == pytest.approx(100e6, rel=0.06)


def test_works_on_the_grid_let_them_in():
    tree = Tree(np.array([2, 2, NOWHERE]), np.array([0.0, 40e3, 30e3]))
    device, mw, cost = np.array([0, 1, 1]), np.array([20.0, 20.0, 20.0]), np.array([0.2, 0.3, 0.4])
    room = room_in(tree, device, mw, cost, np.zeros(3, bool))
    works = (Reinforcement(district="东区", year=2028, mw=12.0),)
    targets = [(2027, "all", "all", 50.0), (2030, "all", "all", 50.0)]
    got = planned(mw, cost, room, targets, ROOFS, works=works)
    np.testing.assert_allclose(got.built_share * mw, [12.0, 20.0, 10.0], atol=1e-5)
    city = got.table[(got.table["district"] == "all") & (got.table["class"] == "all")].set_index("year")
    assert city["gap_mw"].dropna().tolist() == pytest.approx([20.0, 8.0])


def test_roofs_and_ponds_share_what_one_station_takes():
    """Alone either fits; together they want 80 of 50 MW, and a target decides who gets it."""
    tree = Tree(np.array([1, NOWHERE]), np.array([50e3, 90e3]))
    mw, cost = np.array([40.0, 40.0]), np.array([0.2, 0.3])
    classes = np.array(["ci_general", "fishpond"], object)
    room = room_in(tree, np.array([0, 0]), mw, cost, classes == "fishpond")
    np.testing.assert_array_equal(room.share, [1.0, 1.0])
    got = planned(mw, cost, room, [(2026, "all", "fishpond", 35.0), (2026, "all", "all", 80.0)], classes)
    np.testing.assert_allclose(got.built_share * mw, [15.0, 35.0], atol=1e-5)


def test_a_city_that_nobody_checked_is_not_limited():
    mw, cost = np.array([20.0, 20.0, 20.0]), np.array([0.2, 0.3, 0.4])
    got = planned(mw, cost, Room.unlimited(3), [(2026, "all", "all", 60.0)], ROOFS)
    np.testing.assert_allclose(got.built_share, 1.0, atol=1e-6)


def test_a_target_without_any_potential_is_said_to_lack_it():
    got = planned(np.array([5.0]), np.array([0.3]), Room.unlimited(1), [(2026, "all", "mine", 3.0)], ROOFS[:1])
    (found,) = [one for one in got.findings if one.code == "target-not-met"]
    assert found.values["limit"] == "potential" and found.values["price"] == 1e4  # 100 million CNY in 10,000 of them


@st.composite
def cities(draw):
    m, n = draw(st.integers(2, 7)), draw(st.integers(1, 12))
    parent = np.array([NOWHERE, *(draw(st.integers(0, i - 1)) for i in range(1, m))])
    room_kw = np.array(draw(st.lists(st.integers(0, 90), min_size=m, max_size=m)), float) * 1e3
    device = np.array(draw(st.lists(st.integers(0, m - 1), min_size=n, max_size=n)))
    mw = np.array(draw(st.lists(st.integers(1, 40), min_size=n, max_size=n)), float)
    cost = np.array(draw(st.lists(st.integers(20, 60), min_size=n, max_size=n))) / 100.0
    central = np.array(draw(st.lists(st.booleans(), min_size=n, max_size=n)))
    ponds, every = draw(st.integers(0, 200)), draw(st.integers(0, 400))
    return Tree(parent, room_kw), device, mw, cost, central, ponds, every


@pytest.mark.slow
@settings(max_examples=25)
@given(cities())
def test_no_device_is_planned_beyond_its_headroom(city):
    tree, device, mw, cost, central, ponds, every = city
    classes = np.where(central, "fishpond", "ci_general").astype(object)
    targets = [(2028, "all", "fishpond", float(ponds)), (2030, "all", "all", float(every))]
    got = planned(mw, cost, room_in(tree, device, mw, cost, central), targets, classes)
    below = np.bincount(device, got.built_share * mw, len(tree.parent))
    for node in range(len(below) - 1, 0, -1):
        below[tree.parent[node]] += below[node]
    assert (below <= tree.headroom / 1e3 + 1e-4).all()
    whole = allocate(1e3 * mw, np.argsort(cost), device, tree).taken.sum() / 1e3
    built = (got.built_share * mw).sum()
    assert built >= min(whole, float(every)) - 1e-3  # and no more is left out than must be
