"""What the network refuses: storage without a share, exports dearer than imports, loads with gaps."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from pydantic import ValidationError

from pvmap.errors import InputError, TableError
from pvmap.planning.grid.prices import Prices, border_prices
from pvmap.planning.grid.pypsa_export import Around, write_pypsa
from pvmap.planning.grid.storage import storage_units
from pvmap.planning.profiles import Hours

BUSES = ["town", "东区", "西区"]
UNIT = {"name": "句容", "kind": "pumped", "power_mw": 1350.0, "district": "东区"}


def write(folder, town, make_settings, appraisal, around=Around(), **planning):
    return write_pypsa(folder, appraisal, town.sites, town.profiles, town.profiles, make_settings(**planning), around)


@pytest.fixture(scope="module")
def appraisal(town, settings):
    from in_parts import appraise

    t = town
    return appraise(t.sites, t.surfaces, t.yields, t.shade, t.exclusions, settings, t.profiles)


def test_storage_needs_the_share_that_serves_the_city(make_settings):
    with pytest.raises(ValidationError, match="city_share"):
        make_settings(storage={"units": [UNIT]})


def test_a_unit_is_as_large_as_its_share_and_as_good_as_its_kind(make_settings):
    units = storage_units(make_settings(storage={"units": [UNIT | {"city_share": 0.2}]}), BUSES)
    assert len(units) == 1
    unit = units.iloc[0]
    assert (unit["p_nom"], unit["bus"], unit["max_hours"]) == (270.0, "东区", 6.0)
    assert unit["efficiency_store"] * unit["efficiency_dispatch"] == pytest.approx(0.75)
    assert storage_units(make_settings(storage={"units": [UNIT | {"city_share": 0.0}]}), BUSES).empty
    assert storage_units(make_settings(), BUSES).empty


def test_the_network_has_the_units_of_the_city_file_and_no_others(tmp_path, town, make_settings, appraisal):
    some, none = (tmp_path / name / "storage_units.csv" for name in ("some", "none"))
    write(some.parent, town, make_settings, appraisal, storage={"units": [UNIT | {"city_share": 0.2}]})
    assert pd.read_csv(some)["name"].tolist() == ["句容"]
    write(none.parent, town, make_settings, appraisal)
    assert not none.exists()


@pytest.mark.parametrize("kind", ["pumped", "battery", "compressed_air", "hydrogen"])
def test_an_extendable_unit_of_any_kind_costs_its_annuity(make_settings, kind):
    own = {"kind": kind, "city_share": 1.0, "extendable": True, "hours": 4.0, "capex_cny_per_kwh": 1000.0}
    given = make_settings(storage={"units": [UNIT | own], "life_years": {kind: 10.0}})
    unit = storage_units(given, BUSES).iloc[0]
    assert unit["capital_cost"] == pytest.approx(4e6 * 0.06 / (1 - 1.06**-10))
    assert (unit["p_nom"], unit["p_nom_max"], unit["carrier"]) == (0.0, 1350.0, kind)


@pytest.mark.parametrize(
    ("units", "said"),
    [
        ([UNIT | {"city_share": 1.0, "district": "南区"}], "南区"),
        ([UNIT | {"city_share": 1.0}, UNIT | {"city_share": 0.5}], "two are called"),
    ],
)
def test_a_unit_elsewhere_or_twice_is_refused(make_settings, units, said):
    with pytest.raises(InputError, match=said):
        storage_units(make_settings(storage={"units": units}), BUSES)


def test_exports_dearer_than_imports_are_a_loop():
    buy = np.full(24, 300.0)
    sell = np.where(np.arange(24) == 13, 301.0, 200.0)
    with pytest.raises(InputError, match="in hour 13"):
        Prices(buy, sell)


def test_border_prices_follow_the_market_and_its_negative_hours(make_settings):
    hours = Hours(np.zeros(3, int), np.arange(3), np.zeros(3, int))
    given = make_settings(grid={"grid_adder_cny_per_mwh": 30.0, "export_discount_cny_per_mwh": 20.0})
    prices = border_prices(hours, given, np.array([0.4, 0.0, -0.05]))
    np.testing.assert_allclose(prices.buy, [430.0, 30.0, -20.0])
    np.testing.assert_allclose(prices.sell, [380.0, -20.0, -70.0])


def test_an_hour_without_load_is_named(tmp_path: Path, town, make_settings, appraisal):
    times = pd.DatetimeIndex(town.profiles["time"].unique())
    loads = pd.concat([pd.DataFrame({"time": times, "district": d, "load_kw": 1e3}) for d in ("东区", "西区")])
    gone = loads.assign(load_kw=loads["load_kw"].where(~((loads["time"] == times[30]) & (loads["district"] == "西区"))))
    for broken in (gone, gone.dropna()):
        with pytest.raises(TableError, match=f"西区 has no load in the hour {times[30]:%Y-%m-%d %H}"):
            write(tmp_path / "n", town, make_settings, appraisal, Around(broken))


def test_capital_cost_is_the_levelised_cost_and_energies_are_the_tables(tmp_path, town, make_settings, appraisal):
    folder = write(tmp_path / "n", town, make_settings, appraisal)
    generators = pd.read_csv(folder / "generators.csv").set_index("name").query("p_nom_extendable")
    sun = pd.read_csv(folder / "generators-p_max_pu.csv", index_col=0)[generators.index].sum()
    kwp, specific = appraisal["capacity_practical_kwp"], appraisal["specific_yield_kwh_per_kwp"].fillna(0.0)
    assert generators["p_nom_max"].sum() == pytest.approx(kwp.sum() / 1e3, rel=1e-9)
    assert (generators["p_nom_max"] * sun).sum() == pytest.approx((kwp * specific).sum() / 1e3, rel=1e-9)
    cost = (kwp * specific * appraisal["lcoe_cny_per_kwh"].fillna(0.0)).sum()
    assert (generators["p_nom_max"] * generators["capital_cost"]).sum() == pytest.approx(cost, rel=1e-9)


def test_what_can_be_connected_bounds_what_may_be_built(tmp_path, town, make_settings, appraisal):
    half = appraisal.assign(connectable_kwac=0.5 * appraisal["capacity_kwac"])
    folder = write(tmp_path / "n", town, make_settings, half)
    generators = pd.read_csv(folder / "generators.csv").query("p_nom_extendable")
    assert generators["p_nom_max"].sum() == pytest.approx(appraisal["capacity_kwp"].sum() / 2e3, rel=1e-9)
    assert "connectable" in (folder / "meta.json").read_text(encoding="utf-8")


def test_transformers_limit_each_way(tmp_path, town, make_settings, appraisal):
    limits = pd.DataFrame({"district": ["东区"], "down_mw": [95.0], "up_mw": [47.5]})
    folder = write(tmp_path / "n", town, make_settings, appraisal, Around(limits=limits))
    links = pd.read_csv(folder / "links.csv").set_index("name")
    assert links.loc["down 东区", ["bus0", "bus1", "p_nom"]].tolist() == ["town", "东区", 95.0]
    assert links.loc["up 东区", ["bus0", "bus1", "p_nom"]].tolist() == ["东区", "town", 47.5]
    assert links.loc["link 西区", "p_min_pu"] == -1.0
