"""What the page knows of a plan: targets, what is built in which year, and what each transformer can take."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from pvmap.colours import GRID_COLOURS, PLAN_COLOURS
from pvmap.planning.policy.cases import gaps
from pvmap.settings.city import Settings
from pvmap.store import read_table
from pvmap.store.windows import names_of
from pvmap.tables.plan import ALL, PLAN_CLASSES, told_apart
from pvmap.webmap.data import MapData

OF_A_YEAR = ("cumulative_mw", "built_mw", "target_mw", "gap_mw", "energy_gwh", "investment_cny")
OF_A_DEVICE = (
    "level_kv",
    "rating_mva",
    "hosting_mw",
    "connected_mw",
    "connectable_mw",
    "potential_mw",
    "headroom_left_mw",
)
OF_A_TARGET = ("level", "name", "installed_mwac", "target_mwac", "gap_mwac", "year", "reachable")
COUNTED = (  # of the appraisal, towards a target
    *("site_type", "building_use", "district", "township", "capacity_kwp", "capacity_kwac", "capacity_gross_kwp"),
    *("capacity_practical_kwp", "capacity_policy_floor_kwp"),
)
OF_A_DISTRICT = ("hosting_mw", "connectable_mw", "potential_mw", "allocated_mw", "headroom_left_mw")


def targets_meta(processed: Path, settings: Settings) -> dict[str, Any]:
    """Give ``targets`` of the page where the city file sets some: places with a target, counted as in the workbook.

    Of the whole tables, for a masked site stands towards a target too.
    """
    policy = settings.planning.policy
    if not policy.targets:
        return {}
    there = names_of(processed / "appraisal.parquet")
    sites = read_table(processed, "sites", columns=["existing_pv_kwp"])
    appraisal = read_table(processed, "appraisal", columns=[name for name in COUNTED if name in there])
    found = gaps(appraisal, sites, policy, settings.city.name, settings.energy.inverter)
    places = found[(found["level"] != "class") & found["target_mwac"].notna()]
    return {"targets": _records(places.assign(reachable=places["reachable"].astype(float)), OF_A_TARGET)}


def plan_meta(data: MapData) -> dict[str, Any]:
    """Give ``build_out`` and ``hosting`` of the page, each only where the run has the table."""
    found: dict[str, Any] = {}
    if data.build_out is not None and len(data.build_out):
        found["build_out"] = _build_out(data.build_out)
    if data.hosting is not None and len(data.hosting):
        found["hosting"], found["grid_colours"] = _devices(data.hosting), GRID_COLOURS
        districts = data.hosting[data.hosting["kind"] == "district"]
        names = districts["device_id"].astype(str)
        found["headroom"] = dict(zip(names, _records(districts, (*OF_A_DISTRICT, "grid_grade")), strict=True))
    return found


def _build_out(table: pd.DataFrame) -> dict[str, Any]:
    """Years, and per district (the city first) rows by year: sums of all classes, and what stands of each class."""
    years = sorted(int(year) for year in table["year"].unique())
    areas: list[dict[str, Any]] = []
    for name in [ALL, *sorted(set(table["district"].astype(str)) - {ALL})]:
        mine = table[table["district"] == name]
        whole = mine[mine["class"] == ALL].set_index("year").reindex(years)
        classes = mine[mine["class"] != ALL].pivot_table(
            index="year", columns="class", values="cumulative_mw", aggfunc="sum"
        )
        stands = classes.reindex(index=years, columns=list(PLAN_CLASSES)).fillna(0.0)
        rows = _records(whole, (*OF_A_YEAR, "binds"))
        district = None if name == ALL else ALL if name == told_apart(ALL) else name
        areas.append({"district": district, "rows": rows, "classes": stands.round(4).to_numpy().tolist()})
    return {"years": years, "classes": list(PLAN_CLASSES), "colours": list(PLAN_COLOURS.values()), "areas": areas}


def _devices(table: gpd.GeoDataFrame) -> list[dict[str, Any]]:
    devices = table[(table["kind"] == "device") & ~table.geometry.is_empty & table.geometry.notna()]
    points = gpd.GeoSeries(shapely.point_on_surface(devices.geometry.to_numpy()), crs=table.crs).to_crs(4326)
    rows = _records(devices, ("device_id", "name", "district", "grid_grade", *OF_A_DEVICE, "n_sites"))
    return [{**row, "at": [round(p.y, 6), round(p.x, 6)]} for row, p in zip(rows, points, strict=True)]


def _records(table: pd.DataFrame, columns: tuple[str, ...]) -> list[dict[str, Any]]:
    """Rows as the page reads them: numbers with six digits, nothing where there is none."""
    some = [c for c in columns if c in table]

    def plain(value: Any) -> Any:
        if isinstance(value, (float, np.floating, int, np.integer)):
            return float(f"{value:.6g}") if np.isfinite(value) else None
        return None if value is None or value is pd.NA else str(value)

    return [{c: plain(v) for c, v in zip(some, row, strict=True)} for row in table[some].itertuples(index=False)]
