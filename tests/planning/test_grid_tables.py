"""The bureau's tables of grid and plan: read as people write them, refused by line."""

import contextlib
import re
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from planning.conftest import settings_of

from pvmap.errors import InputError
from pvmap.planning.grid.devices import read_devices, read_limits, read_registered, read_shares
from pvmap.planning.grid.hosting import NOWHERE
from pvmap.planning.grid.joining import ANY_LEVEL, join, level_needed, places_of
from pvmap.planning.grid.room import Room
from pvmap.planning.money.scenario_table import read_mechanism, terms_of
from pvmap.planning.policy.plan_inputs import asked_of, read_costs, read_rates, read_targets
from pvmap.settings.city import DeviceInput, TableInput
from pvmap.settings.hosting import HostingSettings
from pvmap.settings.scenarios import SHIPPED

PLAN = HostingSettings()
DISTRICTS = ["东区", "西区"]
HEAD = "device_id,name,district,level_kv,parent_id,unit_kva,units,mode,load_kw,connected_kwac"
TOP = "A,变A,东区,220,,180000,1,single,60000,90000"
LOW = "B,变B,,110kV,A,50000;40000,,并列,25 MW,70000"


def devices(folder: Path, *rows: str, head: str = HEAD, encoding: str = "utf-8", **given: object):
    (folder / "grid.csv").write_text("\n".join((head, *rows)), encoding=encoding)
    return read_devices(DeviceInput(path="grid.csv", **given), folder, DISTRICTS, PLAN)


def test_a_station_and_its_superior(tmp_path):
    got = devices(tmp_path, LOW, TOP).frame  # superiors first, whatever the order of rows
    assert list(got["device_id"]) == ["A", "B"] and list(got["district"]) == ["东区", "东区"]
    assert list(got["rating_mva"]) == [180.0, 90.0] and list(got["mode"]) == ["single", "parallel"]
    # 0.8 x 180 x 0.95; what is left after the larger unit fails x 0.95
    assert list(got["upward_mw"]) == pytest.approx([136.8, 38.0])
    assert list(got["load_mw"]) == [60.0, 25.0]


def test_encoding_and_names_of_columns_are_the_bureaus(tmp_path):
    head = "设备编号,名称,区县,电压等级,上级,容量,台数,运行方式,负荷,已并网"
    ours = dict(zip(HEAD.split(","), head.split(","), strict=True))
    plain = devices(tmp_path, TOP, LOW)
    again = devices(tmp_path, TOP, LOW, head=head, encoding="gbk", columns=ours)
    pd.testing.assert_frame_equal(again.frame, plain.frame)
    assert [one.code for one in again.findings] == ["encoding-guessed"]


def test_units_stand_in_the_titles_of_columns(tmp_path):
    """Ratings in MVA and loads in 万千瓦, as bureaus head their columns: a thousand and ten thousand times the bare."""
    head = HEAD.replace("unit_kva", "容量（MVA）").replace("load_kw", "负荷/万千瓦")
    ours = {"unit_kva": "容量（MVA）", "load_kw": "负荷/万千瓦"}
    row = "A,变A,东区,220,,90;90000kVA,2,single,6,90000"
    got = devices(tmp_path, row, head=head, columns=ours).frame
    assert got["rating_mva"].tolist() == [180.0] and got["load_mw"].tolist() == [60.0]
    with pytest.raises(InputError, match=r"column '容量（kWh/h）' is told in kwh/h, which is none of its units"):
        devices(tmp_path, row, head=head.replace("MVA", "kWh/h"), columns={**ours, "unit_kva": "容量（kWh/h）"})


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("B,变B,东区,110,X,50000,1,single,0,0", "line 3: parent_id 'X' names no device"),
        ("B,变B,东区,220,A,50000,1,single,0,0", "line 3: parent_id 'A' is of no higher level"),
        ("A,变B,东区,110,A,50000,1,single,0,0", "line 3: device_id 'A' is there twice"),
        ("B,变B,东区,110,A,0,1,single,0,0", "line 3: unit_kva '0' is no rating"),
        ("B,变B,东区,110,A,,1,single,0,0", "line 3: unit_kva '' is no rating"),
        ("B,变B,东区,110,A,50000,0,single,0,0", "line 3: units '0' is outside (0, 10000]"),
        ("B,变B,东区,110,A,50000,inf,single,0,0", "line 3: units 'inf' is beyond anything real"),
        ("B,变B,东区,110,A,50000,1000000000,single,0,0", "line 3: units '1000000000' is outside (0, 10000]"),
        ("B,变B,东区,110,A,inf,1,single,0,0", "line 3: unit_kva 'inf' is more than any transformer has"),
        ("B,变B,东区,110,A,50000;1e300,,single,0,0", "line 3: unit_kva '50000;1e300' is more than any transformer has"),
        ("B,变B,东区,110,A,50000,1,single,inf,0", "line 3: load_kw 'inf' is beyond anything real"),
        ("B,变B,东区,110,A,50000,1,single,-1e300,0", "line 3: load_kw '-1e300' is beyond anything real"),
        ("B,变B,东区,110,A,50000,1,single,-5,0", "line 3: load_kw '-5' is below zero"),
        ("B,变B,东区,110,A,50000,1,single,0,∞", "line 3: connected_kwac '∞' is no number"),
        ("B,变B,东区,110,A,5;6;7,2,single,0,0", "line 3: units '2' is another number"),
        ("B,变B,东区,110,A,50000,1,loop,0,0", "line 3: mode 'loop' is none of single"),
        ("B,变B,南区,110,A,50000,1,single,0,0", "line 3: district '南区' is no district"),
        ("B,变B,东区,110,A,50000,1,single,much,0", "line 3: load_kw 'much' is no number"),
        ("B,变B,东区,110,A,50000,1,single,0,-1", "line 3: connected_kwac '-1'"),
        ("B,变B,东区,110,A,50000,1,single,0,95000", "line 2: connected_kwac of 'A' is 90,000"),
    ],
)
def test_a_row_that_cannot_be_used_is_named(tmp_path, row, told):
    with pytest.raises(InputError) as refused:
        devices(tmp_path, TOP, row)
    assert told in str(refused.value)


@pytest.mark.parametrize(
    ("column", "cell", "told"),
    [
        ("power_factor", "1.2", "power_factor '1.2' is outside (0, 1]"),
        ("tau", "0", "tau '0' is outside (0, 1.2]"),
        ("tau", "1.3", "tau '1.3' is outside (0, 1.2]"),
        ("new_storage_min_kw", "5", "new_storage_min_kw '5' is above its maximum"),
    ],
)
def test_bounds(tmp_path, column, cell, told):
    head = f"device_id,level_kv,unit_kva,{column}" + (",new_storage_max_kw" if "storage" in column else "")
    with pytest.raises(InputError) as refused:
        devices(tmp_path, f"A,110,50000,{cell}" + (",1" if "storage" in column else ""), head=head)
    assert told in str(refused.value)


def table(folder: Path, text: str) -> TableInput:
    (folder / "table.csv").write_text(text, encoding="utf-8")
    return TableInput(path="table.csv")


def test_registered_projects_that_ran_out_drop_out(tmp_path):
    grid = devices(tmp_path, TOP, LOW)
    text = "project_id,device_id,class,kwac,valid_until,expected_year\n1,B,ci_general,500,2027/12/31,2027\n"
    text += "2,B,渔光互补,700,2026年6月30日,2026\n3,,mine,900,,2028\n"
    frame, found = read_registered(table(tmp_path, text), tmp_path, grid, DISTRICTS, "2026-09-30")
    assert list(frame["mw"]) == [0.5, 0.9] and list(frame["district"]) == ["东区", ""]
    assert [(one.code, one.count, one.values["mw"]) for one in found] == [("registration-expired", 1, 0.7)]
    with pytest.raises(InputError, match="line 2: valid_until 'soon' is no date"):
        read_registered(
            table(tmp_path, "project_id,class,kwac,valid_until\n1,mine,5,soon\n"), tmp_path, None, [], "2026-09-30"
        )


def test_shares_of_a_device_add_up(tmp_path):
    grid = devices(tmp_path, TOP, LOW)
    got = read_shares(table(tmp_path, "device_id,district,share\nA,东区,0.7\nA,西区,30%\n"), tmp_path, grid, DISTRICTS)
    assert list(got[0]) == pytest.approx([0.7, 0.3]) and np.isnan(got[1]).all()
    with pytest.raises(InputError, match="does not add up to 1"):
        read_shares(table(tmp_path, "device_id,district,share\nA,东区,0.7\n"), tmp_path, grid, DISTRICTS)


def test_limits_of_districts(tmp_path):
    got = read_limits(table(tmp_path, "district,system_min_mw,system_max_mw\n西区,56万千瓦,700\n"), tmp_path, DISTRICTS)
    assert list(got.low) == [np.inf, 560.0] and list(got.high) == [np.inf, 700.0]
    with pytest.raises(InputError, match="above the maximum"):
        read_limits(table(tmp_path, "district,system_min_mw,system_max_mw\n西区,701,700\n"), tmp_path, DISTRICTS)


def test_targets_rates_and_costs(tmp_path):
    text = "year,district,class,target_mw,kind,basis\n2027,东区,,120,,DC\n2028,,养殖坑塘,5万千瓦,新增,交流\n"
    got = read_targets(table(tmp_path, text), tmp_path, DISTRICTS)
    assert got[["year", "district", "class", "mw", "kind", "side"]].to_numpy().tolist() == [
        [2027, "东区", "all", 120.0, "cumulative", "dc"],
        [2028, "all", "fishpond", 50.0, "new", "ac"],
    ]
    for faulty, told in (
        ("year,target_mw\n27,5\n", "line 2: year '27'"),
        ("year,target_mw,class\n2027,5,roofs\n", "class 'roofs' is none of home_person"),
        ("year,target_mw\n2027,5\n2027,6\n", "line 3: year '2027' has two targets"),
        ("year,target_mw\n2027,\n", "line 2: target_mw '' is empty"),
        ("year,target_mw\n2027,inf\n", "line 2: target_mw 'inf' is beyond anything real"),
        ("year,target_mw\n2027,５ ＭＷｐ\n", "line 2: target_mw '５ ＭＷｐ' is told in peak watts"),
        (
            "year,target_mw,basis\n2027,5兆瓦峰,dc\n2028,6千瓦峰,交流\n",
            "line 3: target_mw '6千瓦峰' is told in peak watts",
        ),
    ):
        with pytest.raises(InputError) as refused:
            read_targets(table(tmp_path, faulty), tmp_path, DISTRICTS)
        assert told in str(refused.value)
    assert list(read_rates(table(tmp_path, "year,max_mw_per_year\n2027,30\n"), tmp_path, DISTRICTS)["mw"]) == [30.0]
    with pytest.raises(InputError, match="line 2: max_mw_per_year '3MWp' is told in peak watts"):
        read_rates(table(tmp_path, "year,max_mw_per_year\n2027,3MWp\n"), tmp_path, DISTRICTS)
    costs = read_costs(table(tmp_path, "year,class,capex_cny_per_w_dc\n2027,mine,2.9\n"), tmp_path)
    assert costs.iloc[:, :3].to_numpy().tolist() == [[2027, "mine", 2.9]] and costs.iloc[:, 3].isna().all()


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("2027,东区,120,ac", "'东区' for 2027 is 120 MW (cumulative, ac), in planning.policy.targets 100 MW"),
        ("2027,东区,100,dc", "(cumulative, dc), in planning.policy.targets 100 MW (cumulative, ac); keep one"),
        ("2027,,100,ac", "'all' for 2027 is 100 MW (cumulative, ac), in planning.policy.targets 300 MW"),
        ("2027,东区,100,ac", ""),
        ("2028,东区,120,ac", ""),
    ],
)
def test_a_target_told_twice_is_told_alike(tmp_path, row, told):
    source = table(tmp_path, f"year,district,target_mw,basis\n{row}\n")
    targets = [{"name": "东区", "year": 2027, "target_mw": 100}, {"name": "town", "year": 2027, "target_mw": 300}]
    settings = settings_of(policy={"targets": targets})
    settings = settings.model_copy(update={"inputs": settings.inputs.model_copy(update={"targets": source})})
    with pytest.raises(InputError, match=re.escape(told)) if told else contextlib.nullcontext():
        asked = asked_of(settings, tmp_path, DISTRICTS, pd.DataFrame(), lambda: Room.unlimited(1))
        named = asked.targets[["year", "district", "mw"]].to_numpy().tolist()
        years = [[2028, "东区", 120.0]] if "2028" in row else []
        assert named == [*years, [2027, "东区", 100.0], [2027, "all", 300.0]]


def test_the_mechanism_says_more_than_a_scenario_but_not_to_one_without_a_bid(tmp_path):
    text = (
        "year,class,eligible,price,share,years\n2026,ci_general,是,0.33,0.8,12\n2026,ci_large,否,,,\n2026,mine,yes,,,\n"
    )
    known = read_mechanism(table(tmp_path, text), tmp_path, settings_of())
    classes = np.array(["ci_general", "ci_large", "mine", "fishpond"], object)
    low, base, _ = (terms_of(one, classes, 0.25, known, settings_of()) for one in SHIPPED)
    assert list(base.bid_cny_per_kwh) == [0.33, 0.32, 0.32, 0.32]
    assert list(base.share) == [0.8, 0.0, 0.9, 0.0]  # nobody says that ponds may bid
    assert list(base.years) == [12, 10, 10, 10]
    assert base.market_factor == pytest.approx(0.22 / 0.25)
    assert not low.share.any()
    hoped = terms_of(SHIPPED[1], classes, 0.25, known, settings_of(), every=True)
    assert list(hoped.share) == [0.8, 0.9, 0.9, 0.9]


@pytest.mark.parametrize(("eligible", "share"), [((), [0.0, 0.0]), (("mine",), [0.0, 0.9])])
def test_none_may_bid_unless_somebody_says_so(eligible, share):
    classes = np.array(["ci_general", "mine"], object)
    base = SHIPPED[1].model_copy(update={"eligible": eligible})
    assert list(terms_of(base, classes, 0.25, {}, settings_of()).share) == share
    assert list(terms_of(base, classes, 0.25, {}, settings_of(), every=True).share) == [0.9, 0.9]


# ------------------------------------------------------------------------------------------- which device a site joins


def test_level_that_a_plant_needs():
    classes = np.array(["home_person", "ci_general", "ci_large", "ci_large", "mine", "fishpond"], object)
    kw = np.array([5.0, 5000.0, 7000.0, 21_000.0, 3000.0, 500.0])
    assert list(level_needed(classes, kw, 110.0)) == [ANY_LEVEL, ANY_LEVEL, 35.0, 110.0, 110.0, 110.0]


def test_sites_join_by_area_else_the_nearest_else_none(tmp_path):
    grid = devices(
        tmp_path, "A,,东区,110,,50000,1,single,0,0", "B,,东区,35,A,50000,1,single,0,0", "C,,东区,35,,50000,1,,0,0"
    )
    areas = gpd.GeoDataFrame({"device_id": ["B"]}, geometry=[shapely.box(0, 0, 1000, 1000)])
    places = places_of(grid, np.array([[np.nan, np.nan], [np.nan, np.nan], [9000.0, 0.0]]), areas)
    assert np.isnan(places[0]).all() and 0 < places[1][0] < 1000
    points = np.array([[500.0, 500.0], [500.0, 500.0], [8000.0, 0.0], [90_000.0, 0.0], [8000.0, 0.0]])
    needed = np.array([ANY_LEVEL, 110.0, 35.0, ANY_LEVEL, 110.0])
    got = join(points, needed, grid, places, areas, {"35": 5.0, "110": 10.0})
    # in B's area; its superior; C is near; nobody is; the only 110 kV has no place
    assert list(got.device) == [1, 0, 2, NOWHERE, NOWHERE]
    assert list(got.by) == ["polygon", "polygon", "nearest", "none", "none"]
