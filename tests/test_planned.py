"""What a run adds for a plan: hosting, build-out, scenarios, areas; and nothing where a city brings nothing for it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import docx
import numpy as np
import openpyxl
import pandas as pd
import pytest
from city import Run, copy, demo_file
from latin import latin

from pvmap import store
from pvmap.config import load
from pvmap.deliver.plan_sheets import hosting_tables
from pvmap.deliver.report.write import write_report
from pvmap.deliver.sheets import FIRST
from pvmap.deliver.workbook import Run as Report
from pvmap.deliver.workbook import write_workbook
from pvmap.planning.explain import explain_money
from pvmap.settings.scenarios import SHIPPED
from pvmap.stages.bureau import around
from pvmap.stages.planned import plan_ahead
from pvmap.webmap.build import build_map

KEY = ["year", "district", "class"]
AMOUNTS = ["stock_mw", "registered_mw", "built_mw", "cumulative_mw", "built_mwp", "cumulative_mwp", "investment_cny"]
OF_THE_GRID = ["device_id", "device_by", "grid_grade", "connect_rank", "connectable_kwac", "limited_by"]
OF_THE_PLAN = ["planned_kwac"]
STANDING = "年末累计规模（万千瓦，交流侧，含已建）"
HEADS = ("名称", "县（市、区）", "类型")  # over what a row is of
OF_PLACES = ("分县区", "目标缺口", "承载力", "建设时序", "排除面积", "摘要")  # sheets of one row for a place or a kind


@pytest.fixture(scope="module")
def planned(small_city: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Run folder of the small city with the demo's made-up grid, targets and parks."""
    root = copy(small_city, tmp_path_factory.mktemp("planned"))
    settings = load(demo_file(root / "demo.toml", grid=True))
    folder = root / "data" / "processed" / "demo"
    found = plan_ahead(settings, root / "data" / "raw" / "demo", folder, small_city.record["crs"])
    assert "connected-otherwise" not in {one.code for one in found}  # the made-up grid has the city's own plants
    return folder


def read(folder: Path, name: str) -> pd.DataFrame:
    return pd.DataFrame(store.read_table(folder, name))


def practical_kwac(appraisal: pd.DataFrame) -> np.ndarray:
    ratio = appraisal["capacity_kwac"] / appraisal["capacity_kwp"].where(appraisal["capacity_kwp"] > 0)
    return (appraisal["capacity_practical_kwp"] * ratio).fillna(0.0).to_numpy()


def test_without_transformers_nothing_changes(planned: Path, small_city: Run):
    before, after = small_city.table("appraisal"), read(planned, "appraisal")
    assert sorted(set(after) - set(before)) == sorted([*OF_THE_GRID, *OF_THE_PLAN])
    pd.testing.assert_frame_equal(after[list(before)], before)
    assert not (small_city.processed / "hosting.parquet").exists()
    assert not (small_city.processed / "build_out.parquet").exists()
    pd.testing.assert_frame_equal(read(planned, "scenarios"), read(small_city.processed, "scenarios"))
    zones = read(planned, "zones")
    same = zones[zones["level"] != "开发区"].reset_index(drop=True)
    own = read(small_city.processed, "zones")
    pd.testing.assert_frame_equal(same[list(own.columns)], own)


def test_no_device_gives_more_than_its_headroom(planned: Path):
    hosting, appraisal = read(planned, "hosting").set_index("device_id"), read(planned, "appraisal")
    practical, taken = practical_kwac(appraisal), appraisal["connectable_kwac"].to_numpy()
    assert (taken >= 0).all() and (taken <= practical + 1e-6).all() and taken.sum() > 0
    free = np.where(hosting["grid_grade"] == "red", 0.0, hosting["registrable_mw"].clip(lower=0.0))
    assert (hosting["allocated_mw"] <= free + 1e-9).all()
    devices = hosting[hosting["kind"] == "device"]
    own = appraisal.groupby("device_id")["connectable_kwac"].sum().reindex(devices.index, fill_value=0.0) / 1e3
    for name, row in devices.iterrows():
        below = devices.index[devices["parent_id"] == name]
        assert own[name] + devices.loc[below, "allocated_mw"].sum() == pytest.approx(row["allocated_mw"], abs=1e-9)
    limited = appraisal["limited_by"] != ""
    assert (limited.to_numpy() == (taken < practical - 1e-9)).all()
    assert set(appraisal["limited_by"][limited]) <= {*hosting.index, "no device"}


def test_the_made_up_grid_shows_every_grade(planned: Path):
    hosting = read(planned, "hosting")
    assert set(hosting["grid_grade"]) == {"green", "yellow", "red"}
    assert hosting["tau"].dropna().between(0.5, 0.975).all()  # the inverter and AC losses bound it
    assert hosting["geometry"].notna().all()
    red = hosting[hosting["grid_grade"] == "red"]
    assert not red["allocated_mw"].any() and (red["reinforcement_mva"] > 0).all()


def test_build_out_adds_up(planned: Path):
    table = read(planned, "build_out")
    cells = table[(table["district"] != "all") & (table["class"] != "all")]
    sums = ((["year", "district"], None, "all"), (["year", "class"], "all", None), (["year"], "all", "all"))
    for by, district, cls in sums:
        whole = table[(table["district"] == district) if district else (table["district"] != "all")]
        whole = whole[(whole["class"] == cls) if cls else (whole["class"] != "all")].set_index(by)[AMOUNTS].sort_index()
        summed = cells.groupby(by)[AMOUNTS].sum().sort_index()
        np.testing.assert_allclose(summed, whole, rtol=1e-6, atol=1e-6, err_msg=str(by))
    for _, rows in table.sort_values("year").groupby(["district", "class"]):
        assert (np.diff(rows["cumulative_mw"]) >= -1e-9).all()
    asked = table[table["target_mw"].notna()]
    assert (asked["cumulative_mw"] + asked["gap_mw"] >= asked["target_mw"] - 1e-5).all()
    missed = asked[asked["gap_mw"] > 0]
    assert len(missed) and (missed["binds"] != "none").all() and (missed["price_cny_per_mw"] > 0).all()


def test_build_out_keeps_within_the_grid_and_the_potential(planned: Path):
    table, hosting, appraisal = (read(planned, name) for name in ("build_out", "hosting", "appraisal"))
    built = table[(table["class"] == "all") & (table["district"] != "all")].groupby("district")["built_mw"].sum()
    county = hosting[hosting["kind"] == "district"].set_index("device_id")["registrable_mw"]
    assert (built <= county.clip(lower=0.0).reindex(built.index) + 1e-6).all()
    practical = pd.Series(practical_kwac(appraisal) / 1e3).groupby(appraisal["district"].to_numpy()).sum()
    assert (built <= practical.reindex(built.index) + 1e-6).all()


def test_what_is_planned_of_each_site_adds_up_to_the_build_out(planned: Path):
    table, appraisal = read(planned, "build_out"), read(planned, "appraisal")
    planned_kwac = appraisal["planned_kwac"].to_numpy()
    assert (planned_kwac >= 0).all() and (planned_kwac <= practical_kwac(appraisal) + 1e-6).all()
    built = table[(table["class"] == "all") & (table["district"] != "all")].groupby("district")["built_mw"].sum()
    summed = pd.Series(planned_kwac / 1e3).groupby(appraisal["district"].to_numpy()).sum()
    pd.testing.assert_series_equal(summed.reindex(built.index), built, check_names=False, atol=1e-5)


def test_the_network_has_registered_projects_as_fixed_plants(planned: Path):
    """Those of the last planned year at the latest, as many as are realised, in the district of their transformer."""
    root = planned.parents[2]
    settings, raw = load(root / "demo.toml"), root / "data" / "raw" / "demo"
    told = around(settings, raw, planned).registered.groupby("district")["mw"].sum()
    table = read(planned, "build_out")
    rows = table[(table["class"] == "all") & (table["district"] != "all")]
    expected = rows.groupby("district")["registered_mw"].sum()
    pd.testing.assert_series_equal(told, expected[expected > 0], check_names=False)


def test_scenarios_are_of_the_same_physics(planned: Path):
    appraisal, table = read(planned, "appraisal"), read(planned, "scenarios")
    city = table[(table["district"] == "all") & (table["class"] == "all")].set_index("scenario")
    assert city["capacity_mw"].tolist() == pytest.approx([practical_kwac(appraisal).sum() / 1e3] * 3)
    assert np.ptp(city["available_gwh"]) == 0.0
    assert city.loc["low", "npv_cny"] < city.loc["base", "npv_cny"] < city.loc["high", "npv_cny"]
    for one in SHIPPED:
        npv, irr = appraisal[f"npv_cny_{one.name}"], appraisal[f"irr_{one.name}"]
        has = irr.notna()
        assert ((npv[has] >= 0) == (irr[has] >= 0.06)).all()
        assert (appraisal[f"at_target_irr_{one.name}"] == (irr >= 0.06)).all()
        rows = table[(table["scenario"] == one.name) & (table["district"] != "all") & (table["class"] != "all")]
        assert rows["at_target_irr_mw"].sum() == pytest.approx(city.loc[one.name, "at_target_irr_mw"])
        # nobody says who may bid: none do, and what it would be stands beside
        assert (rows["at_target_irr_if_eligible_mw"] >= rows["at_target_irr_mw"] - 1e-9).all()
        assert not rows["eligible_share"].any() and (rows["irr_if_eligible"] > rows["irr"]).all() == (one.share > 0)
        assert (rows["break_even_bid_cny_per_kwh"].notna()).any() == (one.share > 0)
    none = table[table["scenario"] == "low"]
    assert none["bid_cny_per_kwh"].isna().all() and (none["bid_verdict"] == "").all()


def test_parks_are_zones_with_their_load(planned: Path):
    zones = read(planned, "zones")
    parks = zones[(zones["level"] == "开发区") & (zones["site_type"] == "all")].set_index("zone_id")
    assert list(parks.index) == ["合成开发区一", "合成开发区二"]
    first, second = parks.iloc[0], parks.iloc[1]
    assert 0 < first["self_sufficiency"] < 1 and np.isnan(second["load_kwh"])
    # what is left to buy emits 0.5827 t/MWh, and a megawatt-hour is 0.1229 tce
    left = 1.0 - first["self_sufficiency"]
    assert first["carbon_t_per_tce"] == pytest.approx(left * 0.5827 / 0.1229)
    assert first["near_zero_gap_t_per_year"] == pytest.approx(
        first["load_kwh"] / 1e3 * (left * 0.5827 - 0.2 * 0.1229), rel=1e-9
    )
    assert (parks["connectable_kwac"] <= parks["practical_kwac"] + 1e-9).all()


def test_planning_twice_changes_nothing(planned: Path, small_city: Run, tmp_path: Path):
    before = {name: read(planned, name) for name in ("appraisal", "zones", "hosting", "build_out", "scenarios")}
    root = planned.parents[2]
    plan_ahead(load(root / "demo.toml"), root / "data" / "raw" / "demo", planned, small_city.record["crs"])
    for name, frame in before.items():
        pd.testing.assert_frame_equal(read(planned, name), frame)


def test_the_workbook_holds_the_plans_numbers(planned: Path, small_city: Run, tmp_path: Path):
    tables = {name: read(planned, name) for name in ("zones", "hosting", "build_out", "scenarios")}
    appraisal, sites = read(planned, "appraisal"), small_city.table("sites")
    run = Report(small_city.job.settings, appraisal, sites, small_city.table("exclusions"), tables=tables)
    book = openpyxl.load_workbook(write_workbook(tmp_path / "report.xlsx", run))
    for title in ("承载力", "建设时序", "电价情景", "园区"):
        for row in book[title].iter_rows(max_row=book[title].max_row - 3):
            for cell in row:
                if (
                    isinstance(cell.value, str)
                    and cell.row not in (2, 5)
                    and any("一" <= c <= "鿿" for c in cell.value)
                ):
                    assert latin(cell.value) == [] or "合成" in cell.value, f"{title}: {cell.value}"
    assert any(
        "建设时序" in str(cell.value) for (cell,) in book["目标缺口"].iter_rows(max_col=1)
    )  # where targets by year are
    districts, _ = hosting_tables(tables["hosting"])
    sheet = book["承载力"]
    told = {sheet.cell(row, 1).value: sheet.cell(row, 3).value for row in range(FIRST + 1, FIRST + 1 + len(districts))}
    wanted = dict(zip(districts["district"], districts["hosting_mw"] / 10.0, strict=True))
    assert told == pytest.approx(wanted)
    report = docx.Document(write_report(tmp_path / "report.docx", run))
    cells = {cell.text for table in report.tables for row in table.rows for cell in row.cells}
    assert {"丹阳市", "电网承载力", "合成开发区一", "自然人户用"} <= cells  # the plan's chapters take the same tables


def test_a_number_is_the_same_in_table_map_workbook_and_report(planned: Path, small_city: Run, tmp_path: Path):
    """What stands in a district at the end of the plan, walked through all that people take away."""
    settings, table = small_city.job.settings, read(planned, "build_out")
    here = table[(table["district"] == "丹阳市") & (table["class"] == "all")].set_index("year")
    mw = float(here.loc[2030, "cumulative_mw"])
    assert mw > float(here.loc[2030, "stock_mw"]) > 0
    page = build_map(planned, tmp_path, settings).read_text(encoding="utf-8")
    plan = json.loads(re.search(r'id="pvmap-meta">(.*?)</script>', page, re.S)[1])["build_out"]
    area = next(one for one in plan["areas"] if one["district"] == "丹阳市")
    assert area["rows"][plan["years"].index(2030)]["cumulative_mw"] == pytest.approx(mw, rel=1e-5)
    tables = {name: read(planned, name) for name in ("zones", "hosting", "build_out", "scenarios")}
    sites, exclusions = small_city.table("sites"), small_city.table("exclusions")
    run = Report(settings, read(planned, "appraisal"), sites, exclusions, tables=tables)
    sheet = openpyxl.load_workbook(write_workbook(tmp_path / "report.xlsx", run))["建设时序"]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    heads = next(row for row in rows if "县（市、区）" in row)
    (row,) = (one for one in rows if one[:3] == [2030, "丹阳市", "合计"])
    assert row[heads.index(STANDING)] == pytest.approx(mw / 10.0)  # 万千瓦 are 10 MW
    report = docx.Document(write_report(tmp_path / "report.docx", run))
    told = [[cell.text for cell in row.cells] for one in report.tables for row in one.rows]
    after = next(number for number, row in enumerate(told) if row[:2] == ["县（市、区）", STANDING])
    assert next(row for row in told[after:] if row[0] == "丹阳市")[1] == f"{mw / 10.0:.3f}"


def test_a_header_stands_for_one_number_of_a_place(planned: Path, small_city: Run, tmp_path: Path):
    """Whatever sheet tells it: a reader lays sheets side by side."""
    settings = small_city.job.settings
    tables = {name: read(planned, name) for name in ("zones", "hosting", "build_out", "scenarios")}
    run = Report(
        settings, read(planned, "appraisal"), small_city.table("sites"), small_city.table("exclusions"), tables=tables
    )
    book = openpyxl.load_workbook(write_workbook(tmp_path / "report.xlsx", run))
    told: dict[tuple[str, str], dict[str, float]] = {}

    def tell(sheet: str, header: object, place: object, value: object) -> None:
        if isinstance(value, int | float) and isinstance(header, str) and place:
            whole = "全市" if place == "合计" else str(place)
            told.setdefault((header, whole), {}).setdefault(sheet, float(value))  # the first: a place as a whole

    for sheet in OF_PLACES:
        heads: list[object] = []
        for row in ([cell.value for cell in one] for one in book[sheet].iter_rows()):
            if row[0] is None:
                heads = []
            elif {*HEADS, "指标"} & {*row}:
                heads = row
            elif heads and heads[0] == "指标":
                for place, value in zip(heads[2:], row[2:], strict=True):
                    tell(sheet, row[0], place, value)
            elif heads:
                place = row[heads.index(next(head for head in HEADS if head in heads))]
                if sheet != "建设时序" or row[:3] == [2030, place, "合计"]:
                    for header, value in zip(heads, row, strict=True):
                        tell(sheet, header, place, value)
    several = {key: list(values.values()) for key, values in told.items() if len(values) > 1}
    assert {"技术可开发规模（万千瓦，交流侧）", "现实可开发规模（万千瓦，交流侧）"} <= {header for header, _ in several}
    assert {key: values for key, values in several.items() if values != pytest.approx([values[0]] * len(values))} == {}


def test_explain_tells_the_grid_and_the_scenarios(planned: Path, small_city: Run):
    appraisal, sites = read(planned, "appraisal"), small_city.table("sites")
    one = appraisal[appraisal["connectable_kwac"] > 0].iloc[0]
    told = "\n".join(explain_money(one["site_id"], appraisal, sites, None, small_city.job.settings))
    assert f"joins {one['device_id']}" in told and f"rank {one['connect_rank']}" in told
    assert f"{one['connectable_kwac']:,.1f} kW are connectable" in told
    assert f"IRR {one['irr_base']:.2%}" in told
    bare = appraisal.drop(columns=OF_THE_GRID)
    assert "not checked" in "\n".join(explain_money(one["site_id"], bare, sites, None, small_city.job.settings))


def test_the_network_is_limited_by_the_transformers(planned: Path):
    root = planned.parents[2]
    limits = around(load(root / "demo.toml"), root / "data" / "raw" / "demo", planned).limits.set_index("district")
    tops = read(planned, "hosting").query("level_kv == 220").set_index("district")
    np.testing.assert_allclose(limits["up_mw"], tops["upward_mw"].reindex(limits.index))
    np.testing.assert_allclose(limits["down_mw"], 0.95 * tops["rating_mva"].reindex(limits.index))
