"""The plan by what plants cost, year by year: investment, and what they cost to run where the bureau says so."""

import numpy as np
import pandas as pd
import pytest

from pvmap.planning.grid.room import Room
from pvmap.planning.policy.asked import Asked
from pvmap.planning.policy.plan_classes import Part
from pvmap.planning.policy.plan_table import plan
from pvmap.planning.policy.tranches import Sites
from pvmap.settings.build_out import BuildOutSettings

OF = np.array([50.0, 50.0])  # MW AC of mines and of ponds, 1.25 DC to the AC
CAPEX = np.array([3.8e6, 3.9e6])  # CNY per MW AC
PARTS = [Part(np.array([i]), cls, 1.0, np.array([False])) for i, cls in enumerate(("mine", "fishpond"))]
COSTS = ["year", "class", "capex_cny_per_w_dc", "opex_cny_per_kw_year"]
KEYS = ["year", "district", "class", "mw"]


def planned(costs: list[tuple], targets: list[tuple], *, objective: str = "least_cost", npv: float = 0.0):
    sites = Sites(
        np.array(["东区", "东区"], object),
        OF,
        1.25 * OF,
        CAPEX * OF,
        40e3 * 1.25 * OF,
        npv * OF,
        OF,
        CAPEX,
        0 * OF,
        0 * OF,
    )
    asked = Asked(
        pd.DataFrame(targets, columns=[*KEYS, "kind", "side"]),
        pd.DataFrame(columns=KEYS),
        pd.DataFrame(costs, columns=COSTS),
        pd.DataFrame(columns=KEYS),
        Room.unlimited(2),
    )
    got = plan(sites, PARTS, asked, BuildOutSettings(objective=objective), 0.06, 25).table
    return got[got["district"] == "all"].set_index(["class", "year"])


TARGET = [(2026, "all", "all", 20.0, "cumulative", "ac")]


def test_the_cheaper_investment_is_built_where_nothing_is_said_of_running_costs():
    table = planned([], TARGET)
    assert table.loc[("mine", 2026), "built_mw"] == pytest.approx(20.0)
    assert table.loc[("all", 2026), "investment_cny"] == pytest.approx(20 * CAPEX[0])


def test_running_costs_of_the_table_are_weighed_over_the_life():
    """10 CNY a kilowatt and year are 128 over 25 years at 6 %: more than the 80 by which a mine is cheaper to build."""
    table = planned([(2026, "mine", 3.8 / 1.25, 50.0), (2026, "fishpond", 3.9 / 1.25, 40.0)], TARGET)
    assert table.loc[("fishpond", 2026), "built_mw"] == pytest.approx(20.0)
    assert table.loc[("all", 2026), "investment_cny"] == pytest.approx(20 * CAPEX[1])  # no running costs in it
    # where the table is silent on a class its own running costs count, so that classes stay comparable
    table = planned([(2026, "mine", 3.8 / 1.25, 50.0)], TARGET)
    assert table.loc[("fishpond", 2026), "built_mw"] == pytest.approx(20.0)
    table = planned([(2026, "mine", 3.8 / 1.25, 43.0)], TARGET)  # 48 over its life: still the cheaper
    assert table.loc[("mine", 2026), "built_mw"] == pytest.approx(20.0)


def test_what_pays_depends_on_the_running_costs_of_the_year():
    """A plant worth 0.1 million a megawatt today pays no more once it costs 12 CNY a kilowatt and year more to run."""
    dear = [(y, "mine", 3.8 / 1.25, 52.0) for y in range(2026, 2031)]
    table = planned(dear, TARGET, objective="npv", npv=0.1e6)
    assert table.loc["fishpond", "built_mw"].sum() == pytest.approx(50.0)
    assert table.loc["mine", "built_mw"].sum() == pytest.approx(0.0)
    assert planned([], TARGET, objective="npv", npv=0.1e6).loc["mine", "built_mw"].sum() == pytest.approx(50.0)


def test_new_targets_of_years_before_the_plan_are_in_what_stands():
    early = [(2025, "all", "all", 30.0, "new", "ac"), (2026, "all", "all", 20.0, "new", "ac")]
    assert planned([], early).loc[("all", 2030), "cumulative_mw"].max() == pytest.approx(20.0)


def test_a_target_is_told_on_both_sides():
    """Plants of 1.25: 25 MWp are 20 MW, whichever of them the bureau writes; new ones come on top of what stands."""
    every = {
        side: planned([], [(2026, "all", "all", mw, kind, side)]).loc[
            ("all", 2026), ["target_mw", "target_mwp", "built_mw"]
        ]
        for side, mw, kind in (("ac", 20.0, "cumulative"), ("dc", 25.0, "new"))
    }
    for told in every.values():
        assert told.tolist() == pytest.approx([20.0, 25.0, 20.0])
