"""The network says what a planner may ask of it: worked cases to the digit, and what any sound network must show."""

from __future__ import annotations

import logging
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from pvmap.deliver.solution_sheet import told
from pvmap.planning.grid.prices import Prices
from pvmap.planning.grid.pypsa_export import Around, write_pypsa
from pvmap.planning.grid.solve import Asked, Solution, _optimize, _read, solve_city, solve_user
from pvmap.planning.grid.typical_weeks import typical_weeks
from pvmap.planning.grid.user_networks import User, write_user_network
from pvmap.planning.money.tariff import retail_price
from pvmap.planning.profiles import Hours
from pvmap.settings.city import Settings

pytestmark = pytest.mark.slow

SUN = np.zeros(24)
SUN[7:18] = [0.04, 0.14, 0.28, 0.40, 0.48, 0.52, 0.50, 0.44, 0.34, 0.22, 0.10]
NOON = (np.arange(24) >= 10) & (np.arange(24) <= 14)
LCOE = (3105 * 0.06 / (1 - 1.06**-25) + 52.9) / 365 / SUN.sum()  # CNY/kWh: 810.3944 CNY per MW AC and day
TIMES = pd.date_range("2023-06-01", periods=24, freq="h", tz="Etc/GMT-8")
BATTERY = {"name": "b", "kind": "battery", "power_mw": 10.0, "hours": 2.0, "city_share": 1.0, "district": "县"}


def settings(units: list[dict] | None = None, **grid: float) -> Settings:
    storage = {"units": units or [], "round_trip_efficiency": {"battery": 0.9}}
    planning = {"grid": {"link_mw": 1000.0, **grid}, "storage": storage}
    return Settings.model_validate(
        {"city": {"name": "hub", "title_zh": "枢纽", "title_en": "Hub"}, "planning": planning}
    )


def flat(noon: float, else_: float) -> np.ndarray:
    return np.where(NOON, noon, else_)


def counties(days: int = 1, **of: dict) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame, pd.DatetimeIndex]:
    """Sites, appraisal and profiles of counties with a site each: capacity, practical share, levelised cost."""
    times = pd.date_range(TIMES[0], periods=24 * days, freq="h")
    sites, appraisal, profiles = [], [], []
    for name, one in of.items():
        kwp, sun = one.get("kwp", 60e3), np.tile(SUN, days) * one.get("sun", 1.0)
        site = {"site_id": name, "site_type": "mine", "building_use": "none", "district": name, "existing_pv_kwp": 0.0}
        sites.append(site | {"footprint_area_m2": 1e6})
        appraisal.append(
            {
                "capacity_kwp": kwp,
                "capacity_kwac": kwp / 1.25,
                "capacity_practical_kwp": kwp * one.get("practical", 1.0),
                "energy_kwh": kwp * sun.sum(),
                "specific_yield_kwh_per_kwp": sun.sum(),
                "lcoe_cny_per_kwh": one.get("lcoe", LCOE),
            }
        )
        group = {"district": name, "site_type": "mine", "building_use": "none"}
        profiles.append(pd.DataFrame({"time": times.tz_convert("UTC"), **group, "power_kw": kwp * sun}))
    return pd.DataFrame(sites), pd.DataFrame(appraisal), pd.concat(profiles, ignore_index=True), times.tz_convert("UTC")


@pytest.fixture(scope="module", autouse=True)
def _pypsa() -> None:
    """Imported by tests that run: it takes two seconds, of each process that only collects them too."""
    pypsa = pytest.importorskip("pypsa", reason="pypsa is not installed: pip install 'pvmap[solve]'")
    pypsa.options.api.legacy_string_dtype = True


def solved(
    folder: Path, town: tuple, prices: Prices, given: Settings, load_mw: float = 20.0, up_mw: float | None = None
):
    """Write the network through the exporter, read it with PyPSA and solve it."""
    import pypsa

    sites, appraisal, profiles, times = town
    names = sites["district"]
    loads = pd.concat([pd.DataFrame({"time": times, "district": n, "load_kw": 1e3 * load_mw}) for n in names])
    limits = None if up_mw is None else pd.DataFrame({"district": names, "down_mw": 1000.0, "up_mw": up_mw})
    write_pypsa(folder, appraisal, sites, profiles, profiles, given, Around(loads, prices, limits))
    network = pypsa.Network(str(folder))
    done = network.optimize(solver_name="highs", log_to_console=False, include_objective_constant=False)
    assert done == ("ok", "optimal")
    return network


def built(network) -> float:
    return float(network.generators.loc[network.generators.p_nom_extendable, "p_nom_opt"].sum())


def curtailed(network) -> float:
    solar = network.generators.index[network.generators.p_nom_extendable]
    could = network.generators_t.p_max_pu[solar] * network.generators.p_nom_opt[solar]
    return float((could - network.generators_t.p[solar]).to_numpy().sum())


A, D = Prices(flat(190, 340), flat(120, 300)), Prices(flat(300, 340), flat(250, 300))
CASES = {  # prices, battery, up-limit [MW]: PV [MW], PV, import, export, curtailed [MWh], cost [CNY]
    "a": (A, False, None, (38.461538, 133.076923, 346.923077, 0, 0, 147636.169657)),
    "b": (Prices(flat(391, 391), flat(200, 200)), False, None, (60, 207.6, 313.2, 40.8, 0, 162945.624666)),
    "c": (A, True, None, (51.744381, 179.035558, 303.072628, 0, 0, 144995.953925)),
    "d": (D, False, None, (60, 207.6, 313.2, 40.8, 0, 144912.424666)),
    "e": (D, False, 5.0, (50, 172, 324, 16, 1.0, 146696.920555)),
    "f": (D, True, 5.0, (60, 207.6, 294.226334, 19.718149, 0, 143731.841006)),
    "g": (Prices(flat(150, 300), flat(120, 280)), False, None, (0, 0, 480, 0, 0, 129000)),
}


@pytest.mark.parametrize("case", CASES)
def test_worked_cases(tmp_path: Path, case: str) -> None:
    prices, battery, up_mw, expected = CASES[case]
    network = solved(tmp_path, counties(县={}), prices, settings([BATTERY] if battery else None), 20.0, up_mw)
    p = network.generators_t.p
    solar = network.generators.index[network.generators.p_nom_extendable]
    got = (built(network), p[solar].to_numpy().sum(), p["import hub"].sum(), -p["export hub"].sum(), curtailed(network))
    # the cases leave out the hundredth of a yuan that keeps power from circling through both links
    cost = network.objective - (network.links.marginal_cost * network.links_t.p0.clip(lower=0.0)).to_numpy().sum()
    np.testing.assert_allclose((*got, cost), expected, rtol=1e-6, atol=1e-5)


ALONE = """
import sys

sys.modules["pvmap"] = None  # whoever is given the folder has PyPSA and no pvmap
import pypsa

pypsa.options.api.legacy_string_dtype = True
network = pypsa.Network(sys.argv[1])
done = network.optimize(solver_name="highs", log_to_console=False, include_objective_constant=False)
solar = network.generators.p_nom_extendable
print(*done, network.objective, network.generators.p_nom_opt[solar].sum(), network.storage_units_t.p.abs().sum().sum())
"""


def test_pypsa_alone_opens_and_solves_the_folder(tmp_path: Path) -> None:
    """The folder is moved away from where it was written, and read where pvmap cannot be imported: case c."""
    network = solved(tmp_path / "n", counties(县={}), A, settings([BATTERY]), 20.0)
    elsewhere = (tmp_path / "n").rename(tmp_path / "given away")
    told = subprocess.run(
        [sys.executable, "-I", "-c", ALONE, str(elsewhere)], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    *done, objective, mw, stored = told.stdout.splitlines()[-1].split()
    assert done == ["ok", "optimal"] and float(stored) > 0
    assert float(objective) == pytest.approx(network.objective, rel=1e-9)
    assert float(mw) == pytest.approx(CASES["c"][3][0], rel=1e-6)


def two(days: int = 2, **of: dict) -> tuple:
    """Two counties, the second sunnier, for some days."""
    return counties(days, 东=of.get("东", {}), 西=of.get("西", {"sun": 1.2, "kwp": 30e3}))


def day(prices: Prices, days: int = 2) -> Prices:
    return Prices(np.tile(prices.buy, days), np.tile(prices.sell, days))


def test_prices_below_the_cost_build_nothing_and_dear_ones_build_all(tmp_path: Path) -> None:
    cheap = Prices(np.full(48, 150.0), np.full(48, 100.0))
    assert built(solved(tmp_path / "cheap", two(), cheap, settings())) == pytest.approx(0.0, abs=1e-6)
    dear = solved(tmp_path / "dear", two(), Prices(np.full(48, 600.0), np.full(48, 500.0)), settings())
    solar = dear.generators[dear.generators.p_nom_extendable]
    np.testing.assert_allclose(solar.p_nom_opt, solar.p_nom_max)
    # everything is taken, so the energy is that of the tables
    appraisal = two()[1]
    assert dear.generators_t.p[solar.index].to_numpy().sum() == pytest.approx(
        appraisal["energy_kwh"].sum() / 1e3, rel=1e-6
    )


def test_cheap_noons_build_less_than_there_is_and_only_the_practical_case_may_be_built(tmp_path: Path) -> None:
    town = two(东={"practical": 0.5})
    network = solved(tmp_path, town, day(A), settings(), load_mw=10.0)
    assert 0 < built(network) < town[1]["capacity_practical_kwp"].sum() / 1e3
    most = network.generators.p_nom_max[network.generators.p_nom_extendable]
    assert sorted(most) == [30.0, 30.0]
    sun = network.generators_t.p_max_pu[most.index].sum()
    assert (sun * most).sum() == pytest.approx(
        (town[1]["capacity_practical_kwp"] * town[1]["specific_yield_kwh_per_kwp"]).sum() / 1e3, rel=1e-6
    )


def test_storage_builds_more_sun_and_never_costs_more(tmp_path: Path) -> None:
    unit = BATTERY | {"district": "东"}
    without = solved(tmp_path / "without", two(), day(A), settings(), 10.0, 4.0)
    network = solved(tmp_path / "with", two(), day(A), settings([unit]), 10.0, 4.0)
    assert built(network) > built(without) and network.objective < without.objective
    stored = network.storage_units_t.p.to_numpy()
    assert (-stored[stored < 0]).sum() * 0.9 == pytest.approx(stored[stored > 0].sum(), rel=1e-6)
    assert stored.any()


def test_power_balances_at_every_bus_and_hour(tmp_path: Path) -> None:
    network = solved(tmp_path, two(), day(A), settings([BATTERY | {"district": "西"}]), 10.0, 3.0)
    for bus in network.buses.index:
        given = network.generators_t.p[network.generators.index[network.generators.bus == bus]].sum(axis=1)
        given += network.storage_units_t.p[network.storage_units.index[network.storage_units.bus == bus]].sum(axis=1)
        given -= network.loads_t.p[network.loads.index[network.loads.bus == bus]].sum(axis=1)
        given -= network.links_t.p0[network.links.index[network.links.bus0 == bus]].sum(axis=1)
        given -= network.links_t.p1[network.links.index[network.links.bus1 == bus]].sum(axis=1)
        assert given.abs().max() < 1e-6, bus


def test_a_tighter_up_limit_cuts_what_is_built(tmp_path: Path) -> None:
    sizes = [built(solved(tmp_path / str(up), two(), day(D), settings(), 10.0, up)) for up in (50.0, 5.0, 0.0)]
    assert sizes[0] > sizes[1] > sizes[2] > 0


def test_the_price_of_shedding_matters_only_where_load_is_shed(tmp_path: Path) -> None:
    costs = [
        solved(tmp_path / str(price), two(), day(A), settings(shedding_cny_per_mwh=price)).objective
        for price in (10_000.0, 20_000.0)
    ]
    assert costs[0] == pytest.approx(costs[1], rel=1e-9)


def test_a_battery_behind_the_meter_earns_two_cycles_a_day(tmp_path: Path) -> None:
    """Two-part bands of 0.3828, 0.6400 and 0.9566 CNY/kWh: 514.0566 + 197.4566 CNY a day in either season."""
    given = settings()
    for month in (7, 4):
        hours = Hours(np.full(24, month - 1), np.arange(24), np.zeros(24, int))
        retail = retail_price("industrial_steel", hours, given.planning.tariff)
        prices = Prices(1e3 * retail, np.full(24, 200.0))
        user = User(np.full(24, 50.0), np.zeros(24), prices, 0.5)
        folder = write_user_network(tmp_path / str(month), "industrial_steel", user, TIMES.tz_convert("UTC"), given)
        row = solve_user(folder, 0, 0.3)
        assert row["value_cny_per_kwh_day"] * 1000 == pytest.approx(711.5133, rel=3e-4)


def test_a_solved_city_tells_storage_curtailment_and_the_price_of_its_targets(tmp_path: Path) -> None:
    import pypsa

    given = settings([BATTERY | {"district": "东"}])
    solved(tmp_path / "n", two(), day(A), given, 10.0, 4.0)
    gaps = pd.DataFrame(
        {"level": ["city", "district", "township"], "name": ["hub", "东", "镇"], "gap_mwac": [60.0, 1.0, 5.0]}
    )
    root = logging.getLogger()
    before = root.level, list(root.handlers)
    cases, groups, targets, planned, hours = solve_city(
        tmp_path / "n", tmp_path / "network.nc", gaps, Asked(0, lambda *_: None)
    )
    assert (root.level, root.handlers) == before  # what is written after it stays as quiet as it was
    assert hours == 48 and list(cases["case"]) == ["with", "without"] and planned.empty
    with_, without = cases.iloc[0], cases.iloc[1]
    assert with_["optimal_mwac"] >= 60.0 - 1e-6 and with_["curtailed_gwh"] < without["curtailed_gwh"]
    assert with_["system_cost_cny"] < without["system_cost_cny"]
    assert groups["optimal_mwp"].sum() == pytest.approx(with_["optimal_mwp"])
    assert list(targets["name"]) == ["hub", "东"]
    assert targets["shadow_cny_per_kw"][0] > 0 and targets["shadow_cny_per_kw"][1] == pytest.approx(0.0, abs=1e-9)
    again = pypsa.Network(str(tmp_path / "network.nc"))
    assert built(again) == pytest.approx(with_["optimal_mwp"])


def test_typical_weeks_keep_the_energies_of_the_year(tmp_path: Path) -> None:
    sun = np.tile(np.arange(52.0), (168, 1)).T.ravel()
    hours = typical_weeks(sun, 4)
    assert len(hours) == 4 * 168 and sorted(set(sun[hours])) == [6.0, 19.0, 32.0, 45.0]


def test_a_load_that_typical_weeks_scale_up_may_still_go_unserved(tmp_path: Path) -> None:
    """The week of middling sun has the smallest load and one hour of the greatest: scaled, that is 2.3 times it."""
    import pypsa

    network = pypsa.Network(snapshots=pd.date_range("2023-01-01", periods=3 * 168, freq="h"))
    load = np.full(3 * 168, 30.0)
    load[169 : 2 * 168] = 10.0
    network.add("Bus", "b")
    network.add("Load", "l", bus="b", p_set=load)
    sun = np.repeat([0.1, 0.2, 0.3], 168)
    network.add("Generator", "pv", bus="b", carrier="rooftop", p_nom=1.0, p_max_pu=sun, p_nom_extendable=False)
    network.add("Generator", "shedding b", bus="b", carrier="shedding", p_nom=30.0, marginal_cost=3000.0)
    network.export_to_csv_folder(str(tmp_path / "n"))
    weeks = _read(tmp_path / "n", 1)
    assert len(weeks.snapshots) == 168
    _optimize(weeks, pd.DataFrame())
    scaled = load.mean() * 3 * 168 / 3 / (30.0 + 167 * 10.0)
    assert weeks.generators_t.p.sum(axis=1).max() == pytest.approx(30.0 * scaled)


def test_the_last_year_of_the_plan_is_checked_with_what_is_registered(tmp_path: Path) -> None:
    """Plants that are planned are fixed: what the up-limit does not take is cut, hour by hour."""
    sites, appraisal, profiles, times = counties(县={})
    appraisal["planned_kwac"] = 40e3  # of 48 MW AC: 50 of 60 MWp
    registered = pd.DataFrame({"district": ["县"], "class": ["mine"], "mw": [8.0]})  # 10 MWp
    loads = pd.DataFrame({"time": times, "district": "县", "load_kw": 20e3})
    limits = pd.DataFrame({"district": ["县"], "down_mw": [1000.0], "up_mw": [5.0]})
    around = Around(loads, D, limits, registered)
    write_pypsa(
        tmp_path / "n",
        sites=sites,
        appraisal=appraisal,
        profiles=profiles,
        gross=profiles,
        settings=settings(),
        around=around,
    )
    none = pd.DataFrame({"level": [], "name": [], "gap_mwac": []})
    cases, groups, _, planned, _ = solve_city(tmp_path / "n", tmp_path / "network.nc", none, Asked(0, lambda *_: None))
    row = cases.set_index("case").loc["planned"]
    could = 60.0 * SUN
    cut = np.maximum(could - 25.0, 0.0).sum()  # 20 MW of load and 5 MW up
    assert row["optimal_mwp"] == pytest.approx(50.0) and row["curtailed_gwh"] * 1e3 == pytest.approx(cut, abs=1e-6)
    assert row["pv_gwh"] * 1e3 == pytest.approx(could.sum() - cut, abs=1e-6)
    assert planned["standing_mwac"].tolist() == pytest.approx([48.0])
    # the optimum has the registered plant too, so that it builds 10 MWp less than case e
    assert groups["optimal_mwp"].tolist() == pytest.approx([40.0], abs=1e-5)
    # a plant whose hours are worth less than it costs is not built further
    assert groups["cost_cny_per_kwh"].tolist() == pytest.approx([LCOE + 1e-4], rel=1e-6)


def test_a_generator_that_is_built_in_part_is_worth_what_it_costs(tmp_path: Path) -> None:
    """Case a: between nothing and all the last megawatt earns just its cost; below that price none is built."""
    none = pd.DataFrame({"level": [], "name": [], "gap_mwac": []})
    for name, prices in (("a", A), ("g", CASES["g"][0])):
        solved(tmp_path / name, counties(县={}), prices, settings())
        _, groups, *_ = solve_city(tmp_path / name, tmp_path / f"{name}.nc", none, Asked(0, lambda *_: None))
        cost, worth = groups["cost_cny_per_kwh"][0], groups["worth_cny_per_kwh"][0]
        assert worth == pytest.approx(cost, rel=1e-6) if name == "a" else worth < cost


@pytest.mark.parametrize("shed_gwh", [0.0, 250.0])
def test_a_load_that_goes_unserved_is_told(shed_gwh: float) -> None:
    case = {"case": "with", "optimal_mwp": 0.0, "shed_gwh": shed_gwh}
    none = pd.DataFrame()
    said = told(Solution(pd.DataFrame([case]), none, none, none, 8760, none))
    zh, en = ("\n".join(texts) for texts in zip(*said, strict=True))
    assert ("2.500 亿千瓦时用电无法供应" in zh) == ("250.0 GWh of the load cannot be served" in en) == (shed_gwh > 0)
