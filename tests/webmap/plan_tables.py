"""Tables of a plan for a made-up run: two years, one district, three transformers."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from pvmap.store import read_table, write_table
from pvmap.tables.plan import ALL, PLAN_CLASSES, PLAN_TABLES

YEARS = (2026, 2027, 2028)
GRADES = ("green", "yellow", "red")


def write_plan(run: Path) -> Path:
    """Add build-out, hosting and scenarios to a run of `write_run`."""
    rows = []
    for y, year in enumerate(YEARS):
        for district in (ALL, "丹阳市"):
            for k, name in enumerate((*PLAN_CLASSES, ALL)):
                stands = 10.0 * (y + 1) * (21 if name == ALL else k + 1) * (2 if district == ALL else 1)
                row = dict.fromkeys(PLAN_TABLES["build_out"].columns, 0.0)
                row |= {"year": year, "district": district, "class": name, "cumulative_mw": stands, "binds": "pace"}
                row |= {"target_mw": np.nan, "gap_mw": np.nan}
                if name == ALL:
                    row |= {"target_mw": 700.0, "gap_mw": max(0.0, 700.0 - stands)}
                rows.append(row)
    write_table(run, "build_out", pd.DataFrame(rows))
    sites = read_table(run, "sites")
    x, y = (float(v) for v in shapely.get_coordinates(sites.geometry.iloc[0].centroid)[0])
    devices = []
    for k, grade in enumerate(GRADES):
        row = {c: 0.0 for c in PLAN_TABLES["hosting"].columns if c != "geometry"}
        words = ("district", "parent_id", "mode", "load_by", "tau_by", "hosting_by", "limited_by")
        row |= dict.fromkeys(words, "")
        row |= {"kind": "device", "device_id": f"T{k}", "name": f"{k}号变", "level_kv": 110.0, "rating_mva": 50.0}
        row |= {"grade_own": grade, "grid_grade": grade, "connectable_mw": 12.5, "n_sites": 3, "district": "丹阳市"}
        devices.append(row)
    devices.append({**devices[0], "kind": "district", "device_id": "丹阳市", "name": "丹阳市", "grid_grade": "yellow"})
    shapes = [shapely.box(x + 3000 * k - 500, y - 500, x + 3000 * k + 500, y + 500) for k in range(4)]
    write_table(run, "hosting", gpd.GeoDataFrame(devices, geometry=shapes, crs=sites.crs))
    appraisal = read_table(run, "appraisal")
    good = appraisal["irr"].fillna(-1).to_numpy() > 0.08
    grade = np.where(appraisal["capacity_kwp"] > 0, np.array(GRADES, object)[np.arange(len(appraisal)) % 3], "")
    extra = {"npv_cny_low": appraisal["npv_cny"] - 1e3, "irr_low": appraisal["irr"] - 0.01, "at_target_irr_low": good}
    words = {
        "grid_grade": grade,
        "device_id": "T0",
        "limited_by": "no device",
        "connectable_kwac": 1.5,
        "connect_rank": 7,
    }
    write_table(run, "appraisal", appraisal.assign(**extra, **words))
    return run
