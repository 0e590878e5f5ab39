"""Districts whose transformers hang on those of others: what each takes, what makes it red, what counts where."""

from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
import pytest
from scipy.sparse import csr_array

from pvmap.planning.grid.assessed import Loads, calendar
from pvmap.planning.grid.assessment import Hosting, assess
from pvmap.planning.grid.devices import read_devices
from pvmap.planning.grid.given import Grid, Potential
from pvmap.planning.grid.hosting import Interval
from pvmap.settings.city import DeviceInput
from pvmap.settings.hosting import HostingSettings

PLAN = HostingSettings()
DISTRICTS = ["东区", "西区"]
HEAD = "device_id,district,level_kv,parent_id,unit_kva,units,mode,load_kw,connected_kwac,registered_kwac,tau"
TOP = "A,东区,220,,180000,1,single,60000,70000,8000,0.75"  # hosts 262.4 MW


class Site(NamedTuple):
    device: str
    mw: float


def assessed(folder: Path, rows: list[str], sites: list[Site], system: dict[str, float] | None = None) -> Hosting:
    """Assess sites that cost more one after the other, in April and May, whose days shine from 10 to 14."""
    (folder / "grid.csv").write_text("\n".join((HEAD, *rows)), encoding="utf-8")
    devices = read_devices(DeviceInput(path="grid.csv"), folder, DISTRICTS, PLAN)
    frame = devices.frame
    times = pd.date_range("2023-04-02 16:00", periods=24 * 40, freq="h", tz="UTC")
    days = calendar(times, 8.0, PLAN)
    share = (frame["district"].to_numpy(object)[:, None] == np.array([DISTRICTS], object)).astype(float)
    loads = Loads(
        csr_array(np.eye(len(frame))), np.repeat(frame["load_mw"].to_numpy(float)[:, None], len(times), axis=1)
    )
    most = np.array([(system or {}).get(name, np.inf) for name in DISTRICTS])
    no = np.zeros(len(frame), bool)
    grid = Grid(DISTRICTS, share, loads, np.full(len(frame), "table", object), no, Interval(most, most))
    at = pd.Index(frame["device_id"]).get_indexer([one.device for one in sites])
    kw = 1e3 * np.array([one.mw for one in sites], float)
    shine = np.isin(days.hour, PLAN.assessed_hours).astype(float)[None] * 0.8
    every = np.arange(len(kw))
    potential = Potential(at, 0 * every, 1.15 * kw, kw, 0 * kw, every, shine)
    return assess(devices, grid, potential, days, np.zeros(len(kw), bool), PLAN)


def by_id(found: Hosting) -> pd.DataFrame:
    return found.table.set_index("device_id")


def test_a_station_below_another_districts_transformer_keeps_to_its_own_district(tmp_path):
    """110 kV of 西区 under 220 kV of 东区: its own 20 MW, published, go before the 51.25 of the station."""
    low = "B,西区,110,A,50000,2,split,25000,70000,5000,0.8"
    top = TOP.replace("70000,8000", "100000,20000")
    found = assessed(tmp_path, [top, low], [Site("B", 60.0), Site("A", 60.0)], {"西区": 95.0})
    table = by_id(found)
    assert table.loc["西区", "hosting_mw"] == 95.0 and table.loc["西区", "registrable_mw"] == pytest.approx(20.0)
    assert found.allocation.taken / 1e3 == pytest.approx([20.0, 60.0])
    assert table["allocated_mw"].to_dict() == pytest.approx({"东区": 60.0, "西区": 20.0, "A": 80.0, "B": 20.0})
    assert table["potential_mw"].to_dict() == pytest.approx({"东区": 60.0, "西区": 60.0, "A": 120.0, "B": 60.0})
    # what is taken below B is taken from A, and so from the district that A is counted for
    assert table.loc["东区", "headroom_left_mw"] == pytest.approx(262.4 - 120.0 - 80.0)
    assert table.loc["西区", "headroom_left_mw"] == 0.0


def test_a_superior_that_is_red_by_its_district_makes_those_of_other_districts_red(tmp_path):
    low = "B,西区,110,A,50000,2,split,25000,60000,5000,0.8"
    found = assessed(tmp_path, [TOP, low], [Site("B", 10.0)], {"东区": 50.0})  # 70 are connected
    table = by_id(found)
    assert table.loc[["东区", "A", "B"], "grid_grade"].tolist() == ["red"] * 3
    assert table.loc[["A", "B"], "grade_own"].tolist() == ["green"] * 2
    assert table.loc[["A", "B"], "limited_by"].tolist() == ["东区", "A"]
    assert not found.allocation.taken.any()


def test_what_lies_below_a_transformer_that_is_counted_is_not_counted_again(tmp_path):
    """330 kV over 220 kV in one district: what the lower one hosts is in what the upper one does."""
    upper = "T,东区,330,,360000,1,single,90000,120000,8000,0.75"
    found = by_id(assessed(tmp_path, [upper, TOP.replace("A,东区,220,,", "A,东区,220,T,")], [Site("A", 10.0)]))
    assert found.loc["东区", "hosting_mw"] == pytest.approx((90.0 + 0.8 * 360 * 0.95) / 0.75)
    assert found.loc["东区", "connected_mw"] == 120.0 and found.loc["东区", "hosting_by"] == "330 kV"
    assert found.loc["东区", "upward_mw"] == pytest.approx(0.8 * 360 * 0.95)
    assert found.loc["东区", "downward_mw"] == pytest.approx(360 * 0.95)


def test_three_levels_by_hand(tmp_path):
    """The worked case: a red 220 kV transformer stops two levels that are green by themselves."""
    rows = [
        TOP.replace("70000,8000", "270000,8000"),
        "B,东区,110,A,50000,2,split,25000,70000,5000,0.8",
        "C,东区,10,B,630,1,single,180,300,0,0.85",
    ]
    found = assessed(tmp_path, rows, [Site("C", 1.0)])
    table = by_id(found).loc[["A", "B", "C"]]
    assert table["hosting_mw"].tolist() == pytest.approx([262.4, 126.25, 0.775059], abs=5e-7)
    assert table["connectable_mw"].tolist() == pytest.approx([-7.6, 56.25, 0.475059], abs=5e-7)
    assert table["registrable_mw"].tolist() == pytest.approx([-15.6, 51.25, 0.475059], abs=5e-7)
    assert table["grade_own"].tolist() == ["red", "green", "green"]
    assert table["grid_grade"].tolist() == ["red"] * 3
    assert not found.allocation.taken.any()
