"""Sums, ratios of sums, existing plants, decisions, and the account of every site."""

import numpy as np
import numpy_financial as npf
import pandas as pd
import pytest
from in_parts import PARTS, aggregate, appraise, check_bands, kinds, reduce_profiles

from pvmap.errors import TableError
from pvmap.planning.money import tariff
from pvmap.planning.money.account import flows_of_groups
from pvmap.planning.profiles import Hours
from pvmap.planning.totals import totals
from pvmap.tables.contract import check
from pvmap.tables.vocabulary import ENERGY_MONTHS, GROUP, SITE_TYPES


def test_contract(appraisal, town):
    checked = check("appraisal", appraisal)
    assert list(checked["site_id"]) == list(town.sites["site_id"])
    assert set(checked.columns) == set(appraisal.columns)


def test_existing_plants_are_subtracted_in_proportion_and_never_below_zero(appraisal, town):
    gross = town.yields.groupby("site_id")["capacity_kwp"].sum().reindex(town.sites["site_id"]).to_numpy()
    net = np.maximum(gross - town.sites["existing_pv_kwp"].to_numpy(), 0.0)
    np.testing.assert_allclose(appraisal["capacity_kwp"], net, rtol=1e-12, atol=1e-9)
    energy = town.yields.groupby("site_id")["energy_kwh"].sum().reindex(town.sites["site_id"]).to_numpy()
    share = np.divide(net, gross, out=np.zeros_like(net), where=gross > 0)
    np.testing.assert_allclose(appraisal["energy_kwh"], energy * share, rtol=1e-12)


def test_months_sum_to_the_year(appraisal):
    np.testing.assert_allclose(appraisal[list(ENERGY_MONTHS)].sum(axis=1), appraisal["energy_kwh"], rtol=1e-12)


def test_sums_agree_from_site_to_profile(appraisal, town, settings):
    zones = aggregate(appraisal, town.sites, town.districts, town.townships, settings)
    check("zones", zones)
    same = ("energy_kwh", "capacity_kwp", "capacity_kwac")
    for column, total in (*zip(same, same, strict=True), ("n_sites", None)):
        expected = appraisal[total].sum() if total else (appraisal["capacity_kwp"] > 0).sum()
        for level in ("city", "district", "township", "grid"):
            every = zones[(zones["level"] == level) & (zones["site_type"] == "all")]
            kinds = zones[(zones["level"] == level) & (zones["site_type"] != "all")]
            assert every[column].sum() == pytest.approx(expected, rel=1e-9)
            assert kinds[column].sum() == pytest.approx(expected, rel=1e-9)
    profiles = reduce_profiles(town.profiles, appraisal, town.sites, town.yields)
    check("profiles", profiles)
    assert profiles["power_kw"].sum() == pytest.approx(appraisal["energy_kwh"].sum(), rel=1e-9)


def test_zone_ratios_are_ratios_of_sums(appraisal, town, settings):
    zones = aggregate(appraisal, town.sites, town.districts, None, settings)
    city = zones[(zones["level"] == "city") & (zones["site_type"] == "all")].iloc[0]
    assert city["specific_yield_kwh_per_kwp"] == pytest.approx(
        appraisal["energy_kwh"].sum() / appraisal["capacity_kwp"].sum(), rel=1e-12
    )
    cost = np.nansum(appraisal["lcoe_cny_per_kwh"] * appraisal["energy_kwh"])
    assert city["lcoe_cny_per_kwh"] == pytest.approx(cost / appraisal["energy_kwh"].sum(), rel=1e-12)
    assert city.geometry.area == pytest.approx(1e8)
    sums = kinds(appraisal, town.sites, settings.planning.policy.bands)
    assert totals(sums)["all"]["energy_gwh"] == pytest.approx(appraisal["energy_kwh"].sum() / 1e6)


def test_sites_outside_every_district_stay_in_the_sums(appraisal, town, settings):
    sites = town.sites.copy()
    sites.loc[:9, "district"] = ""
    sites.loc[:9, "township"] = ""
    zones = aggregate(appraisal.assign(district=sites["district"]), sites, town.districts, town.townships, settings)
    rows = zones[(zones["level"] == "district") & (zones["site_type"] == "all")]
    assert "" in set(rows["zone_id"]) and rows.geometry.notna().all()
    assert rows["energy_kwh"].sum() == pytest.approx(appraisal["energy_kwh"].sum(), rel=1e-12)


def test_levelised_cost_of_single_sites_year_by_year(appraisal, settings):
    """Costs of each year written out: investment and upkeep of the table, the inverter in year 13."""
    plan, energy = settings.planning.economics, settings.energy
    for i in (0, 1, 4, 10, 11):
        row = appraisal.iloc[i]
        factors = [energy.first_year_factor - energy.degradation_per_year * t for t in range(energy.life_years)]
        cost = row["capex_cny"] + row["opex_cny_per_year"] * sum(1.06**-t for t in range(1, 26))
        cost += row["capacity_kwac"] * 120.0 * 1.06**-13
        produced = row["energy_kwh"] / 0.99 * sum(f * 1.06 ** -(t + 1) for t, f in enumerate(factors))
        assert row["lcoe_cny_per_kwh"] == pytest.approx(cost / produced, rel=1e-12)
        assert row["below_coal_benchmark"] == (row["lcoe_cny_per_kwh"] <= plan.coal_benchmark_cny_per_kwh)


def test_coal_is_consistent_with_both_baselines_of_carbon(appraisal, settings):
    """Coal belongs to fossil power: 0.30 kgce/kWh at 0.8273 t/MWh, so 0.211302 at 0.5827, 2.757667 t CO2 a tce."""
    assert settings.planning.carbon.standard_coal_kg_per_kwh == pytest.approx(0.211302, abs=5e-7)
    sums = appraisal.sum(numeric_only=True)
    for end in ("", "_fossil"):
        ratio = sums[f"co2{end}_t_per_year"] / sums[f"standard_coal{end}_t_per_year"]
        assert ratio == pytest.approx(2.757667, abs=5e-7)


def test_parity_is_never_shown_beside_a_loss(appraisal, settings):
    built = appraisal[appraisal["capacity_kwp"] > 0]
    assert (built["at_grid_parity"] == (built["npv_cny"] >= 0)).all()
    pays = built["value_cny_per_kwh"] >= built["required_price_cny_per_kwh"]
    close = (built["value_cny_per_kwh"] / built["required_price_cny_per_kwh"] - 1).abs() < 1e-9
    assert (pays == built["at_grid_parity"])[~close].all()
    rate = settings.planning.economics.discount_rate
    assert ((built["irr"] >= rate) == built["at_grid_parity"])[built["irr"].notna() & ~close].all()
    assert built["at_grid_parity"].nunique() == 2  # the town has both, so that the test can fail


def test_export_only_site_by_hand(town, make_settings):
    """A mine at the coal benchmark: revenue, taxes and return follow from one price."""
    settings = make_settings(tariff={"export_case": "coal"})
    t = town
    row = appraise(t.sites, t.surfaces, t.yields, t.shade, t.exclusions, settings, t.profiles).iloc[10]
    assert row["site_type"] == "mine"
    assert row["value_cny_per_kwh"] == pytest.approx(0.391, rel=1e-9)
    credit, flows, losses = 0.1 * row["capex_cny"], [-row["capex_cny"]], []
    for year in range(25):
        revenue = row["energy_kwh"] / 0.99 * (0.99 - 0.004 * year) * 0.391
        bought = row["capacity_kwac"] * 120.0 if year == 12 else 0.0
        credit += bought * 0.13 / 1.13
        vat, credit = max(revenue * 0.13 / 1.13 - credit, 0.0), max(credit - revenue * 0.13 / 1.13, 0.0)
        depreciation = 0.9 * row["capex_cny"] * 0.95 / 20 if year < 20 else 0.0
        income = revenue / 1.13 - row["opex_cny_per_year"] - bought / 1.13 - 0.12 * vat - depreciation
        losses = losses[-5:]
        taxable = max(income, 0.0)
        for i, loss in enumerate(losses):
            losses[i], taxable = loss - min(loss, taxable), taxable - min(loss, taxable)
        losses.append(max(-income, 0.0))
        flows.append(revenue - row["opex_cny_per_year"] - bought - 1.12 * vat - 0.25 * taxable)
    assert row["irr"] == pytest.approx(npf.irr(flows), abs=1e-10)
    assert row["npv_cny"] == pytest.approx(npf.npv(0.06, flows), rel=1e-9)
    years = int(np.argmax(np.cumsum(flows) >= 0))
    assert years - 1 < row["payback_years"] <= years


def test_what_stands_uses_the_load_first(town, settings):
    """Self-use of the rest is that of all less that of what stands: hour by hour for one half-built roof."""
    t = town
    at = int(np.flatnonzero((t.sites["building_use"] == "industrial_steel").to_numpy())[0])
    gross = t.yields.groupby("site_id")["capacity_kwp"].sum()[t.sites["site_id"].iloc[at]]
    bare = t.sites.assign(existing_pv_kwp=0.0)
    sites = bare.copy()
    sites.loc[at, "existing_pv_kwp"] = 0.5 * gross

    def row(which):
        return appraise(which, t.surfaces, t.yields, t.shade, t.exclusions, settings, t.profiles).iloc[at]

    whole, rest = row(bare), row(sites)
    mine = (t.profiles[GROUP] == list(t.sites[GROUP].iloc[at])).all(axis=1)
    shape = t.profiles[mine].sort_values("time")
    hours = Hours.of(pd.DatetimeIndex(shape["time"]), 8.0)
    months = whole[list(ENERGY_MONTHS)].to_numpy(float)
    power = shape["power_kw"].to_numpy() * (months / np.bincount(hours.month, shape["power_kw"], 12))[hours.month]
    load = tariff.load_of_use("industrial_steel", hours, settings.planning.tariff)
    load = load * t.sites["footprint_area_m2"].iloc[at] * 170.0
    used = np.minimum(power, load).sum() - np.minimum(0.5 * power, load).sum()
    assert rest["self_use_kwh"] == pytest.approx(used, rel=1e-9)
    assert rest["self_use_kwh"] / rest["energy_kwh"] < whole["self_use_kwh"] / whole["energy_kwh"]


def test_return_of_a_group_is_that_of_its_flows_together(appraisal, town, settings):
    """A group of one site returns what the site returns; of several, between the least and the best."""
    footprint = town.sites["footprint_area_m2"].to_numpy(float)
    alone = flows_of_groups(appraisal, footprint, settings, np.arange(len(appraisal)), len(appraisal))
    together = flows_of_groups(appraisal, footprint, settings, np.zeros(len(appraisal), int), 1)
    np.testing.assert_allclose(together[:, 0], alone.sum(axis=1), rtol=1e-12)
    built = (appraisal["capacity_kwp"] > 0).to_numpy()
    np.testing.assert_allclose(npf.npv(0.06, alone[:, built][:, 3]), appraisal["npv_cny"][built].iloc[3], rtol=1e-9)
    assert npf.npv(0.06, together[:, 0]) == pytest.approx(appraisal["npv_cny"].sum(), rel=1e-9)
    assert appraisal["irr"].min() < npf.irr(together[:, 0]) < appraisal["irr"].max()


def test_without_hours_nothing_is_valued(town, settings):
    t = town
    out = appraise(t.sites, t.surfaces, t.yields, t.shade, t.exclusions, settings)
    check("appraisal", out)
    assert "lcoe_cny_per_kwh" in out
    assert not {"value_cny_per_kwh", "npv_cny", "irr", "payback_years", "at_grid_parity"} & set(out.columns)


def test_areas_that_do_not_add_up_are_called_out(town, settings):
    t = town
    wrong = t.exclusions.assign(area_m2=t.exclusions["area_m2"] * 1.01)
    with pytest.raises(TableError, match="does not add up"):
        appraise(t.sites, t.surfaces, t.yields, t.shade, wrong, settings)


@pytest.mark.parametrize("parts", [1, 2, 7, pytest.param(120, marks=pytest.mark.slow)])
def test_a_site_is_the_same_however_the_city_is_cut(town, settings, parts):
    """Capture price and policy floor are the whole city's, whatever of it is worked on at a time."""
    t = town
    tables = t.sites, t.surfaces, t.yields, t.shade, t.exclusions, settings, t.profiles
    one, other = (appraise(*tables, parts=n) for n in (PARTS, parts))
    assert one["site_id"].tolist() == other["site_id"].tolist() == t.sites["site_id"].tolist()
    numbers = one.select_dtypes("number").columns
    np.testing.assert_allclose(other[numbers], one[numbers], rtol=1e-9, atol=1e-9)
    pd.testing.assert_frame_equal(other.drop(columns=numbers), one.drop(columns=numbers))
    assert one["capacity_policy_floor_kwp"].sum() > 0 and one["revenue_cny"].sum() > one["revenue_later_cny"].sum()


def test_bands_follow_the_stock_and_shout_when_missed(stock, settings):
    t = stock
    appraisal = appraise(t.sites, t.surfaces, t.yields, t.shade, t.exclusions, settings)
    bands, missed = check_bands(appraisal, t.sites, settings.planning.policy.bands)
    assert {b["name"].split(":")[0] for b in bands} == {"rooftop", "mine", "fishpond"}
    assert all(b["inside"] for b in bands) and not missed
    hot = appraisal.assign(energy_kwh=appraisal["energy_kwh"] * 1.3)
    bands, missed = check_bands(hot, t.sites, settings.planning.policy.bands)
    assert {(found.code, found.layer) for found in missed} == {("yield-outside-band", kind) for kind in SITE_TYPES}
