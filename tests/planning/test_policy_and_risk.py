"""Cases, targets, decisions of the bureau, and how errors add up."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from in_parts import aggregate, appraise

from pvmap.deliver.report_tables import by_kind
from pvmap.errors import InputError
from pvmap.planning.money.supply_curve import curve_steps, per_area, supply_curve
from pvmap.planning.net import remaining_exclusions, require_balance
from pvmap.planning.overrides import read_overrides
from pvmap.planning.policy import gaps, policy_floor_kwp  # where scripts of planners look for them
from pvmap.planning.policy.cases import installable_shares, practical_kwp, within_potential
from pvmap.planning.policy.classes import CLASSES, USE_CLASSES, policy_class
from pvmap.planning.policy.targets import require_known_targets
from pvmap.planning.risk import uncertainty
from pvmap.planning.risk.tornado import option_effects, replace, tornado
from pvmap.settings.planning import RiskSettings
from pvmap.settings.policy import PolicySettings
from pvmap.tables.contract import check
from pvmap.tables.vocabulary import BUILDING_USES

RISK = RiskSettings()


@pytest.mark.parametrize(
    ("use", "policy", "cost", "load"),
    [
        ("industrial_steel", "commerce_industry", "commercial", "industry"),
        ("industrial_concrete", "commerce_industry", "commercial", "industry"),
        ("commercial", "commerce_industry", "commercial", "commerce"),
        ("government", "government", "commercial", "office"),
        ("education", "public", "commercial", "school"),
        ("health", "public", "commercial", "hospital"),
        ("residential_low", "none", "residential", "home"),
        ("residential_high", "none", "residential", "home"),
        ("residential_rural", "rural", "residential", "home"),
        ("other", "none", "commercial", ""),
        ("mine", "none", "mine", ""),
        ("fishpond", "none", "fishpond", ""),
    ],
)
def test_classes(use, policy, cost, load):
    assert CLASSES[use] == (policy, cost, load)


def test_every_class_has_its_coefficients(settings):
    plan = settings.planning
    assert set(USE_CLASSES) == set(BUILDING_USES)
    for table in (plan.policy.availability, plan.policy.minimum_kwp, plan.policy.bands.capacity_wp_per_m2):
        assert set(table) == set(CLASSES)
    assert {c.cost for c in CLASSES.values()} == set(plan.economics.size_factors) == set(plan.economics.grid_cny_per_kw)
    assert {c.policy for c in CLASSES.values()} - {"none"} == set(plan.policy.floor_share)
    assert {c.load for c in USE_CLASSES.values()} - {""} == set(plan.tariff.load_shapes)


@pytest.mark.parametrize(
    ("key", "kwp", "expected"),
    [
        ("industrial_steel", 99.0, 0.0),
        ("industrial_steel", 100.0, 50.0),
        ("residential_rural", 4.9, 0.0),
        ("residential_rural", 10.0, 4.0),
        ("residential_high", 500.0, 0.0),
        ("government", 20.0, 16.0),
        ("mine", 1999.0, 0.0),
        ("mine", 5000.0, 3000.0),
        ("fishpond", 300.0, 45.0),
    ],
)
def test_practical_case(key, kwp, expected):
    assert practical_kwp(np.array([kwp]), np.array([key], object), PolicySettings())[0] == pytest.approx(expected)


@pytest.mark.parametrize(
    ("policy", "footprint", "used", "expected"),
    [
        ("government", 1000.0, 600.0, 100 * 500 / 600),
        ("public", 1000.0, 500.0, 100 * 400 / 500),
        ("commerce_industry", 1000.0, 600.0, 100 * 300 / 600),
        ("rural", 1000.0, 400.0, 100 * 200 / 400),
        ("government", 1000.0, 300.0, 100 * 500 / 300),  # more than it can carry
        ("none", 1000.0, 600.0, 0.0),
    ],
)
def test_policy_floor(policy, footprint, used, expected):
    found = policy_floor_kwp(
        np.array([100.0]),
        np.array([used]),
        np.array([footprint]),
        np.array(["d"], object),
        np.array([policy], object),
        PolicySettings(),
    )
    assert found[0] == pytest.approx(expected)


def test_the_floor_is_cut_to_what_a_countys_roofs_carry():
    """County a is asked for 150 of 120 kWp, b for 50 of 80: a cannot borrow from b."""
    cut = within_potential(
        np.array([100.0, 50.0, 50.0]),
        np.array([90.0, 30.0, 80.0]),
        np.array(["a", "a", "b"], object),
        np.array(["government"] * 3, object),
    )
    np.testing.assert_allclose(cut, [80.0, 40.0, 50.0])


@pytest.mark.parametrize(("standing", "gap"), [(0.0, 62.5), (20.0, 42.5), (60.0, 2.5), (80.0, 0.0)])
def test_what_stands_is_subtracted_once(standing, gap):
    """A government roof of 1,000 m2 carries 100 kWp on 800 m2: half of the roof is 62.5 kWp, whatever stands."""
    left = (100.0 - standing) / 100.0
    place = np.array(["A"], object), np.array(["government"], object)
    floor = policy_floor_kwp(np.array([100.0]), np.array([800.0]), np.array([1000.0]), *place, PolicySettings())
    appraisal = pd.DataFrame(
        {
            "capacity_kwp": [100.0 * left],
            "capacity_practical_kwp": [0.0],
            "capacity_policy_floor_kwp": floor,
            "capacity_kwac": [80.0 * left],
            "district": ["A"],
            "township": [""],
            "site_type": ["rooftop"],
            "building_use": ["government"],
        }
    )
    sites = pd.DataFrame({"existing_pv_kwp": [standing]})
    row = gaps(appraisal, sites, PolicySettings()).query("level == 'class'").iloc[0]
    assert row["target_mw"] * 1e3 == pytest.approx(62.5)
    assert row["gap_mw"] * 1e3 == pytest.approx(gap)
    assert row["target_mwac"] * 1e3 == pytest.approx(62.5 * 0.8)


@pytest.mark.parametrize("refused", [0, 1, 3])
def test_a_refusal_lowers_no_target_of_the_policy(refused):
    """Three government roofs of 1,000 m2 carry 100 kWp on 800 m2 each, 30 stand on the first: 187.5 kWp are asked."""
    gross, area, roof = np.full(3, 100.0), np.full(3, 800.0), np.full(3, 1000.0)
    place = np.full(3, "A", object), np.full(3, "government", object)
    left = np.where(np.arange(3) < refused, 0.0, [70.0, 100.0, 100.0])
    appraisal = pd.DataFrame(
        {
            "capacity_gross_kwp": gross,
            "capacity_kwp": left,
            "capacity_practical_kwp": left,
            "capacity_policy_floor_kwp": policy_floor_kwp(gross, area, roof, *place, PolicySettings()),
            "district": "A",
            "township": "",
            "site_type": "rooftop",
            "building_use": "government",
        }
    )
    sites = pd.DataFrame({"existing_pv_kwp": [30.0, np.nan, 0.0]})
    row = gaps(appraisal, sites, PolicySettings()).query("level == 'class'").iloc[0]
    assert row[["target_mw", "installed_mw", "gap_mw"]].to_list() == pytest.approx([0.1875, 0.03, 0.1575])
    assert row["reachable"] == (refused < 2)  # 230 and 100 kWp are left beside what stands in the first two cases


def test_a_place_with_targets_for_several_years_has_a_row_for_each(appraisal, town, make_settings):
    by_year = {2030: 9.0, 2027: 5.0, 2028: 3.0}
    every = [{"name": "东区", "target_mw": mw, "year": year, "installed_mw": 4.0} for year, mw in by_year.items()]
    table = gaps(appraisal, town.sites, make_settings(policy={"targets": every}).planning.policy, "town")
    mine = table[table["name"] == "东区"]
    assert mine[["year", "target_mwac", "gap_mwac"]].to_numpy().tolist() == [
        pytest.approx(row) for row in ([2027, 5.0, 1.0], [2028, 3.0, 0.0], [2030, 9.0, 5.0])
    ]
    assert not table.drop(mine.index)["name"].duplicated().any()


def test_what_stands_on_ponds_counts_by_the_ratio_of_ponds():
    """2.5 MWp over water are 2 MW AC; the roofs that are left need 1.15 kWp a kW, and the target of 3 MW AC lacks 1."""
    appraisal = pd.DataFrame(
        {
            "capacity_kwp": [0.0, 2300.0],
            "capacity_kwac": [0.0, 2000.0],
            "capacity_practical_kwp": [0.0, 2300.0],
            "district": ["A", "A"],
            "township": ["", ""],
            "site_type": ["fishpond", "rooftop"],
            "building_use": ["none", "industrial_steel"],
        }
    )
    sites = pd.DataFrame({"existing_pv_kwp": [2500.0, np.nan]})
    asked = PolicySettings(targets=({"name": "A", "target_mw": 3.0, "year": 2030},))
    row = gaps(appraisal, sites, asked).query("name == 'A'").iloc[0]
    found = row[["installed_mw", "installed_mwac", "target_mwac", "gap_mwac", "gap_mw", "target_mw"]].to_list()
    assert found == pytest.approx([2.5, 2.0, 3.0, 1.0, 1.15, 3.65])
    assert row["reachable"] and row["year"] == 2030
    stated = PolicySettings(targets=({"name": "A", "target_mw": 3.0, "installed_mw": 2.6},))
    row = gaps(appraisal, sites, stated).query("name == 'A'").iloc[0]
    assert row[["installed_mw", "gap_mwac"]].to_list() == pytest.approx([2.6 * 1.25, 0.4])


def test_what_is_likely_is_counted_by_the_ratio_of_its_own_kind(appraisal, town, settings):
    """Of ponds nobody expects anything and of roofs a half: 1 MW of inverters, which is what the target asks for."""
    some = pd.DataFrame(
        {
            "capacity_kwp": [2500.0, 2300.0],
            "capacity_kwac": [2000.0, 2000.0],
            "capacity_practical_kwp": [0.0, 1150.0],
            "capacity_policy_floor_kwp": [0.0, 575.0],
            "district": ["A", "A"],
            "township": ["", ""],
            "site_type": ["fishpond", "rooftop"],
            "building_use": ["none", "industrial_steel"],
        }
    )
    asked = PolicySettings(targets=({"name": "A", "target_mw": 1.0}, {"name": "t", "target_mw": 1.2, "basis": "dc"}))
    table = gaps(some, pd.DataFrame({"existing_pv_kwp": [0.0, 0.0]}), asked, "t").set_index("name")
    assert table.loc["A", ["practical_mw", "practical_mwac"]].to_list() == pytest.approx([1.15, 1.0])
    assert table.loc["A", ["floor_mw", "floor_mwac"]].to_list() == pytest.approx([0.575, 0.5])
    assert table.loc["A", "reachable"] and not table.loc["t", "reachable"]
    city = gaps(appraisal, town.sites, PolicySettings(), "town").iloc[0]
    told = by_kind(appraisal, town.sites, settings).set_index("site_type").loc["all"]
    for ours, theirs in (
        ("technical", "capacity_kwac"),
        ("practical", "practical_kwac"),
        ("floor", "policy_floor_kwac"),
    ):
        assert city[f"{ours}_mwac"] == pytest.approx(told[theirs] / 1e3), ours


def test_installable_shares_stand_beside_what_is_asked(appraisal, town):
    table = installable_shares(appraisal, town.sites, PolicySettings()).set_index("roof_class")
    assert list(table["asked_share"]) == [0.5, 0.4, 0.4, 0.3, 0.2]
    government = (town.sites["building_use"] == "government").to_numpy()
    area = (town.surfaces["plan_area_m2"] * town.shade["usable_share"]).groupby(town.surfaces["site_id"]).sum()
    carried = area.reindex(town.sites["site_id"]).to_numpy()[government].sum()
    share = carried / town.sites["footprint_area_m2"].to_numpy()[government].sum()
    assert table.loc["government", "installable_share"] == pytest.approx(share)


def test_policy_floor_binds_a_class_in_a_county_not_a_roof():
    """Two government roofs: one carries nothing, the other makes up for it; another county is on its own."""
    found = policy_floor_kwp(
        np.array([0.0, 120.0, 60.0]),
        np.array([0.0, 800.0, 400.0]),
        np.array([500.0, 1000.0, 500.0]),
        np.array(["a", "a", "b"], object),
        np.array(["government"] * 3, object),
        PolicySettings(),
    )
    np.testing.assert_allclose(found, [0.0, 120.0 * 750 / 800, 60.0 * 250 / 400])


def test_gaps(appraisal, town, make_settings):
    policy = make_settings(
        policy={
            "targets": [
                {"name": "town", "target_mw": 10.0, "installed_mw": 4.0, "basis": "dc", "year": 2030},
                {"name": "东区", "target_mw": 1e6},
            ]
        }
    ).planning.policy
    table = gaps(appraisal, town.sites, policy, "town")
    city = table[table["level"] == "city"].iloc[0]
    assert (city["installed_mw"], city["target_mw"], city["gap_mw"], city["year"]) == (4.0, 10.0, 6.0, 2030)
    assert city["technical_mw"] == pytest.approx(appraisal["capacity_kwp"].sum() / 1e3)
    east = table[table["name"] == "东区"].iloc[0]
    assert not east["reachable"] and east["target_mwac"] == pytest.approx(1e6)
    here = appraisal[appraisal["district"] == "东区"]
    ratio = here["capacity_kwp"].sum() / here["capacity_kwac"].sum()
    assert east["gap_mwac"] == pytest.approx(1e6 - east["installed_mwac"])
    assert east["gap_mw"] == pytest.approx(ratio * east["gap_mwac"])
    for side in ("mw", "mwac"):
        lacks = (table[f"target_{side}"] - table[f"installed_{side}"]).clip(lower=0.0)
        np.testing.assert_allclose(lacks, table[f"gap_{side}"], atol=1e-9)
    classes = table[table["level"] == "class"].set_index("name")
    assert classes.loc["government", "target_mw"] == pytest.approx(classes.loc["government", "floor_mw"])
    assert np.isnan(classes.loc["none", "target_mw"])
    for level in ("district", "township", "class"):
        assert table.loc[table["level"] == level, "technical_mw"].sum() == pytest.approx(city["technical_mw"])
    assert set(policy_class(appraisal)) == {"none", "government", "public", "commerce_industry", "rural"}


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ({"name": "Atlantis"}, "'Atlantis' names no place or class"),
        ({"name": "town", "year": 2030}, "'town' has two targets for the same year"),
        ({"name": "北镇"}, "'北镇' fits 东区/北镇, 西区/北镇"),
    ],
)
def test_a_target_that_nobody_knows_is_an_error(town, make_settings, target, message):
    every = [{"name": "town", "target_mw": 2.0, "year": 2030}, target | {"target_mw": 1.0}]
    policy = make_settings(policy={"targets": every}).planning.policy
    with pytest.raises(InputError, match=message):
        require_known_targets(town.sites.assign(township="北镇"), policy, "town")


def test_townships_of_one_name_in_two_districts_stay_apart(appraisal, town, settings):
    same = town.townships.assign(name=town.townships["name"].str[-2:])
    sites = town.sites.assign(township=town.sites["township"].str[-2:])
    zones = aggregate(appraisal, sites, town.districts, same, settings)
    mine = zones[(zones["level"] == "township") & (zones["site_type"] == "all")].set_index("zone_id")
    assert set(mine.index) == {"东区/北镇", "东区/南镇", "西区/北镇", "西区/南镇"}
    assert mine.loc["东区/北镇"].geometry.centroid.x > mine.loc["西区/北镇"].geometry.centroid.x
    table = gaps(appraisal.assign(township=sites["township"].to_numpy()), sites, settings.planning.policy, "town")
    assert (table["level"] == "township").sum() == 4


def write(path, text):
    path.write_text(text, encoding="utf-8-sig")
    return path


def test_overrides_change_the_appraisal_and_keep_the_area_balance(tmp_path, town, settings):
    ids = list(town.sites["site_id"])
    path = write(
        tmp_path / "o.csv",
        "site_id,decision,value_kwp,reason,by,date\n"
        f"{ids[0]},refuse,,roof too old,张三,2026-05-01\n"
        f"{ids[10]},correct,１２３４．５ kWp,survey,李四,2026-05-02\n"
        f"{ids[11]},confirm,,visited,李四,2026-05-03\n",
    )
    overrides = read_overrides(path, set(town.sites["site_id"]).intersection)
    t = town
    before = appraise(t.sites, t.surfaces, t.yields, t.shade, t.exclusions, settings, t.profiles)
    after = appraise(t.sites, t.surfaces, t.yields, t.shade, t.exclusions, settings, t.profiles, overrides=overrides)
    check("appraisal", after)
    assert after["capacity_kwp"][0] == 0.0 and np.isnan(after["npv_cny"][0])
    assert after["capacity_kwp"][10] == pytest.approx(1234.5)
    assert after["energy_kwh"][10] / 1234.5 == pytest.approx(before["specific_yield_kwh_per_kwp"][10])
    assert after["capacity_kwp"][11] == before["capacity_kwp"][11]
    assert list(after["decision"][[0, 10, 11, 1]]) == ["refuse", "correct", "confirm", ""]
    assert after["decision_note"][0] == "roof too old (张三, 2026-05-01)"
    used = (t.surfaces["plan_area_m2"] * t.shade["usable_share"]).groupby(t.surfaces["site_id"]).sum().reindex(ids)
    extra = remaining_exclusions(after, t.sites, used.to_numpy())
    check("exclusions", extra)
    assert {"refused by the bureau", "existing photovoltaic plant"} <= set(extra["reason"])
    together = pd.concat([t.exclusions, extra], ignore_index=True)
    require_balance(t.sites, after["used_area_m2"].to_numpy(), together)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("nowhere-1,refuse,,r,b,d", "no site 'nowhere-1'"),
        ("{0},forbid,,r,b,d", "decision 'forbid'"),
        ("{0},correct,,r,b,d", "needs value_kwp"),
        ("{0},correct,-5,r,b,d", "needs value_kwp"),
        ("{0},correct,inf,r,b,d", "needs value_kwp"),
        ("{0},refuse,,,b,d", "needs a reason"),
        ("{0},refuse,,r,b,d\n{0},confirm,,r,b,d", "more than once"),
    ],
)
def test_bad_overrides_are_one_sentence(tmp_path, town, body, message):
    text = "site_id,decision,value_kwp,reason,by,date\n" + body.format(town.sites["site_id"].iloc[0]) + "\n"
    with pytest.raises(InputError, match=message):
        read_overrides(write(tmp_path / "o.csv", text), set(town.sites["site_id"]).intersection)


def test_decisions_may_name_as_many_sites_as_are_left_out(tmp_path, town):
    known = town.sites["site_id"]
    path = write(tmp_path / "o.csv", f"site_id,decision,reason,by,date\n{known[0]},refuse,r,b,d\nhidden,refuse,r,b,d\n")
    assert read_overrides(path, set(known).intersection, 1)["site_id"].tolist() == [known[0], "hidden"]
    with pytest.raises(InputError, match="1 unknown"):
        read_overrides(path, set(known).intersection)


def test_a_correction_needs_a_surface_and_its_area_is_split_honestly(tmp_path, town, settings):
    t = town
    ids = list(t.sites["site_id"])
    gross = t.yields.groupby("site_id")["capacity_kwp"].sum()[ids].to_numpy()
    sites = t.sites.assign(existing_pv_kwp=np.where(np.arange(len(ids)) == 1, 0.25 * gross, 0.0))
    body = f"site_id,decision,value_kwp,reason,by,date\n{ids[1]},correct,{gross[1] / 2},survey,a,b\n"
    overrides = read_overrides(write(tmp_path / "o.csv", body), set(ids).intersection)
    tables = sites, t.surfaces, t.yields, t.shade, t.exclusions, settings, t.profiles
    out = appraise(*tables, overrides=overrides)
    used = out["usable_area_m2"].to_numpy()
    rows = remaining_exclusions(out, sites, used).set_index("reason")
    assert set(rows["site_id"]) == {ids[1]}
    assert rows.loc["existing photovoltaic plant", "area_m2"] == pytest.approx(0.25 * used[1])
    assert rows.loc["corrected by the bureau", "area_m2"] == pytest.approx(0.25 * used[1])
    none = (t.surfaces["site_id"] != ids[1]).to_numpy()
    bare = t.exclusions.copy()
    bare.loc[len(bare)] = [ids[1], "test", used[1], used[1], "test"]
    with pytest.raises(InputError, match="has no surface"):
        appraise(sites, t.surfaces[none], t.yields[none], t.shade[none], bare, settings, overrides=overrides)


def test_missing_column_and_file(tmp_path, town):
    with pytest.raises(InputError, match="column 'by' is missing"):
        read_overrides(write(tmp_path / "o.csv", "site_id,decision,reason,date\n"), set)
    with pytest.raises(InputError, match="is not there"):
        read_overrides(tmp_path / "no.csv", set)


def test_components_make_a_p90():
    assert uncertainty.site_sigma(RISK) == pytest.approx(0.072, abs=5e-4)
    assert uncertainty.quantile_factor(0.9, uncertainty.site_sigma(RISK)) == pytest.approx(0.908, abs=5e-4)


@given(st.integers(1, 40), st.integers(0, 2**31))
def test_a_sum_is_surer_than_its_sites_but_not_below_what_all_share(n, seed):
    energy = np.random.default_rng(seed).uniform(1, 100, n)
    city = uncertainty.group_sigma(energy, np.zeros(n, int), 1, RISK)[0]
    shared = np.sqrt(sum(s**2 for k, s in RISK.sigma.items() if RISK.correlation[k] == 1.0))
    assert shared - 1e-12 <= city <= uncertainty.site_sigma(RISK) + 1e-12
    weights = energy / energy.sum()
    drawn = np.sqrt(shared**2 + RISK.sigma["soiling"] ** 2 * (weights**2).sum())
    assert city == pytest.approx(drawn)


def test_group_quantiles_by_simulation():
    """A million-draw experiment of shared and independent errors."""
    energy = np.array([10.0, 20.0, 70.0])
    rng = np.random.default_rng(0)
    shared = sum(rng.normal(0, s, 200_000) for k, s in RISK.sigma.items() if RISK.correlation[k])
    own = rng.normal(0, RISK.sigma["soiling"], (200_000, 3))
    total = (energy * (1 + shared[:, None] + own)).sum(axis=1)
    sigma = uncertainty.group_sigma(energy, np.zeros(3, int), 1, RISK)[0]
    assert total.std() / 100.0 == pytest.approx(sigma, rel=0.01)
    assert np.quantile(total, 0.1) == pytest.approx(100 * uncertainty.quantile_factor(0.9, sigma), rel=0.002)


def test_city_p90_is_not_the_sum_of_p90s(appraisal):
    city = uncertainty.group_quantiles(appraisal, None, RISK).iloc[0]
    assert city["p90_kwh"] > city["p90_added_kwh"]
    districts = uncertainty.group_quantiles(appraisal, "district", RISK)
    assert districts["p50_kwh"].sum() == pytest.approx(city["p50_kwh"])


def test_years_that_are_good_here_and_bad_there_leave_the_city_sure():
    sites = pd.DataFrame({"energy_kwh": [50.0, 100.0], "district": ["a", "b"]})
    years = np.array([[40.0, 60.0], [240.0, 160.0]])  # twice the energy of the second is someone else's
    city = uncertainty.group_quantiles(sites, None, RISK, years).iloc[0]
    total = np.array([40 + 120, 60 + 80])
    others = uncertainty.group_sigma(sites["energy_kwh"].to_numpy(), np.zeros(2, int), 1, RISK, np.ones((2, 1)))[0]
    assert city["sigma"] == pytest.approx(np.hypot(total.std(ddof=1) / total.mean(), others))


def test_weather_years_replace_the_assumed_spread(town, settings):
    t, rng = town, np.random.default_rng(3)
    gross = t.yields.groupby("site_id")["energy_kwh"].sum().reindex(t.sites["site_id"]).to_numpy()
    years = gross[:, None] * (1 + 0.08 * rng.standard_normal(20))
    out = appraise(t.sites, t.surfaces, t.yields, t.shade, t.exclusions, settings, t.profiles, years_kwh=years)
    spread = np.std(years[0], ddof=1) / years[0].mean()
    inputs = out["spread_outline"][0] ** 2 + out["spread_form"][0] ** 2
    expected = np.sqrt(spread**2 + RISK.sigma["resource"] ** 2 + 0.03**2 + 0.02**2 + 0.015**2 + inputs)
    assert out["p90_kwh"][0] / out["p50_kwh"][0] == pytest.approx(1 - 1.2815516 * expected, rel=1e-6)
    city = uncertainty.group_sigma(out["energy_kwh"].to_numpy(), np.zeros(len(out), int), 1, RISK, years)
    assert city[0] == pytest.approx(
        np.sqrt(expected**2 - inputs - 0.015**2), abs=1e-3
    )  # one weather for all: nothing cancels


def test_supply_curve_rises_and_holds_everything(appraisal):
    curve = supply_curve(appraisal)
    assert (np.diff(curve["lcoe_cny_per_kwh"]) >= 0).all()
    assert curve["cumulative_mw"].iloc[-1] == pytest.approx(appraisal["capacity_kwp"].sum() / 1e3)
    for by in (None, "site_type", "district"):
        last = curve_steps(appraisal, by).groupby("group").last()
        assert last["cumulative_gwh"].sum() == pytest.approx(appraisal["energy_kwh"].sum() / 1e6)


def test_per_area_by_hand(appraisal, town):
    table = per_area(appraisal, town.sites).set_index("site_type")
    ponds = (appraisal["site_type"] == "fishpond") & (appraisal["capacity_kwp"] > 0)
    mu = town.sites.loc[ponds, "footprint_area_m2"].sum() / (10000 / 15)
    assert table.loc["fishpond", "mwh_per_unit"] == pytest.approx(appraisal.loc[ponds, "energy_kwh"].sum() / 1e3 / mu)
    assert table.loc["rooftop", "unit"] == "m2" and table.loc["mine", "unit"] == "mu"


def test_tornado_moves_one_thing_at_a_time(appraisal, town, settings):
    table = tornado(appraisal, town.sites, settings)
    lcoe = np.nansum(appraisal["lcoe_cny_per_kwh"] * appraisal["energy_kwh"]) / appraisal["energy_kwh"].sum()
    gwh = appraisal["energy_kwh"].sum() / 1e6
    rate = table.set_index("key").loc["planning.economics.discount_rate"]
    assert rate["lcoe_low"] < lcoe < rate["lcoe_high"] and rate["gwh_low"] == rate["gwh_high"] == pytest.approx(gwh)
    changed = replace(settings, "planning.economics.discount_rate", 0.08)
    t = town
    again = appraise(t.sites, t.surfaces, t.yields, t.shade, t.exclusions, changed)
    cost = np.nansum(again["lcoe_cny_per_kwh"] * again["energy_kwh"]) / again["energy_kwh"].sum()
    assert rate["lcoe_high"] == pytest.approx(cost)
    soiling = table.set_index("key").loc["energy.losses.soiling"]
    assert soiling["gwh_high"] == pytest.approx(gwh * 0.95 / 0.97)
    assert len(table) >= 10


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("planning.tariff.mechanism_cny_per_kwh", 0.25),
        ("planning.tariff.mechanism_share", 0.0),
        ("planning.economics.input_vat_share", 0.0),
        ("planning.economics.discount_rate", 0.05),
    ],
)
def test_tornado_moves_the_present_value_as_a_new_appraisal_does(appraisal, town, settings, key, value):
    """What only the account feels, a bid or a tax, counts too: over all that is spent, for a value may be near zero."""
    table = tornado(appraisal, town.sites, settings, count=40)
    row = table.set_index("key").loc[key]
    assert row["low"] == value and row["npv"] == pytest.approx(appraisal["npv_cny"].sum(), abs=2e-3 * row["cost"])
    t = town
    again = appraise(t.sites, t.surfaces, t.yields, t.shade, t.exclusions, replace(settings, key, value), t.profiles)
    moved = again["npv_cny"].sum() - appraisal["npv_cny"].sum()
    assert abs(moved) > 1e-3 * row["cost"]
    assert row["npv_low"] - row["npv"] == pytest.approx(moved, rel=0.02, abs=2e-4 * row["cost"])


def test_tornado_without_hours_tells_cost_and_energy(appraisal, town, settings):
    table = tornado(appraisal.drop(columns=["revenue_cny"]), town.sites, settings)
    assert table["npv"].isna().all() and len(table) >= 10 and not table["key"].str.contains("mechanism").any()


def test_tornado_counts_every_site_however_many_are_alike(appraisal, town, settings):
    """With a smaller module, every site's cost by its own size and land, added up here one by one."""
    dear = settings.planning.economics
    row = tornado(appraisal, town.sites, settings, count=40).set_index("key").loc["module.power_kwp"]
    share = row["low"] / row["value"]
    energy = share * appraisal["energy_kwh"].to_numpy()
    lasting = np.array(
        [settings.energy.first_year_factor - settings.energy.degradation_per_year * t for t in range(25)]
    )
    discount = (1 + dear.discount_rate) ** -np.arange(1, 26)
    spent = 0.0
    for site, footprint in zip(appraisal.to_dict("records"), town.sites["footprint_area_m2"], strict=True):
        if not site["capacity_kwp"] > 0:
            continue
        cost = CLASSES[site["building_use"] if site["site_type"] == "rooftop" else site["site_type"]].cost
        size = [factor for start, factor in dear.size_factors[cost] if start <= share * site["capacity_kwp"]][-1]
        per_kw = getattr(dear.capex_cny_per_kw, cost) * size + dear.grid_cny_per_kw[cost]
        spent += per_kw * share * site["capacity_kwp"]
        rent = {
            "fishpond": footprint / 666.6666667 * dear.rent_pond_cny_per_mu,
            "mine": site["used_area_m2"] / 666.6666667 * dear.rent_mine_cny_per_mu,
        }.get(cost, site["used_area_m2"] * dear.rent_roof_cny_per_m2)
        upkeep = getattr(dear.opex_cny_per_kw_year, cost) * share * site["capacity_kwp"]
        spent += (rent + upkeep) * discount.sum()
        spent += share * site["capacity_kwac"] * 1000 * dear.inverter_cny_per_wac * discount[dear.inverter_year - 1]
    sold = energy.sum() / settings.energy.first_year_factor * (lasting @ discount)
    assert row["lcoe_low"] == pytest.approx(spent / sold, rel=2e-3)
    assert row["gwh_low"] == pytest.approx(energy.sum() / 1e6)


def test_options_are_printed_with_their_effect(appraisal, town, settings):
    table = option_effects(appraisal, town.sites, settings).set_index("option")["difference_cny_per_kwh"]
    assert table["none"] == 0 and table["salvage"] < 0
    assert all(table[k] > 0 for k in ("inverter", "rent", "grid", "all"))
    # the salvage of a grid connection is the one thing that couples two options
    assert table["all"] == pytest.approx(table[["inverter", "salvage", "rent", "grid"]].sum(), rel=0.02)
