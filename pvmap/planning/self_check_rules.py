"""The identities of a run: what must equal what, and what must never be.

Both sides of an identity are sums, or counts of cases that must be none, so parts of a city add up to it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from pvmap.currency import in_money
from pvmap.planning.places import township_ids
from pvmap.settings.city import Settings
from pvmap.tables.vocabulary import ENERGY_MONTHS
from pvmap.text_columns import positions

TOLERANCE = 1e-6  # relative: sums in another order, and areas of polygons


class Identity(NamedTuple):
    """Two ways to one number, or a count of cases that must be none.

    Attributes
    ----------
    name_en, name_zh
        What must equal what.
    left, right
        Both sides; of a rule for every row `left` counts the rows that break it and `right` is 0.
    holds
        Whether they agree.
    """

    name_en: str
    name_zh: str
    left: float
    right: float
    holds: bool


class Written(NamedTuple):
    """Tables of a run, or of a part of it, as they lie on disk, and what run.json says of counts.

    Rows of sites lie in the first four, sums of the city in the others: of a part of the city the others are empty, of
    what is the city's alone the first four.
    """

    sites: pd.DataFrame
    appraisal: pd.DataFrame
    yields: pd.DataFrame
    exclusions: pd.DataFrame
    profiles: pd.DataFrame
    zones: pd.DataFrame
    counts: dict[str, dict[str, int]]
    totals: dict[str, dict[str, float | None]]


def equal(name_en: str, name_zh: str, left: float, right: float) -> Identity:
    """Compare two ways to one number, to `TOLERANCE` of the larger, or of one where both are smaller."""
    left, right = float(left), float(right)
    holds = abs(left - right) <= TOLERANCE * max(abs(left), abs(right), 1.0)
    return Identity(name_en, name_zh, left, right, bool(holds))


def _never(name_en: str, name_zh: str, broken: Any) -> Identity:
    n_broken = int(np.asarray(broken).sum())
    return Identity(name_en, name_zh, n_broken, 0, n_broken == 0)


def _rows(w: Written, settings: Settings) -> Iterator[Identity]:
    read = sum(n["rows_read"] + n["parts_exploded"] for n in w.counts.values())
    kept = sum(n["kept"] + n["refused"] for n in w.counts.values())
    yield equal("rows read + parts = kept + refused", "读入行数＋拆分部分＝保留＋拒绝", read, kept)
    yield _never("every site has an id of its own", "场址编号不重复", w.appraisal["site_id"].duplicated())


def _areas(w: Written, settings: Settings) -> Iterator[Identity]:
    read, used = w.sites["footprint_area_m2"].to_numpy(float), w.appraisal["used_area_m2"].to_numpy(float)
    at = positions(w.exclusions["site_id"], w.sites["site_id"])
    excluded = np.bincount(at[at >= 0], w.exclusions["area_m2"].to_numpy(float)[at >= 0], len(read))
    yield equal(
        "area used + excluded = read [m2]",
        "布置面积＋排除面积＝读入面积（平方米）",
        (used + excluded).sum(),
        read.sum(),
    )
    off = np.abs(used + excluded - read) > TOLERANCE * np.maximum(read, 1.0)
    yield _never("the same for every site", "逐个场址亦然", off)


def _zones(w: Written, settings: Settings) -> Iterator[Identity]:
    every = w.zones[w.zones["site_type"] == "all"].groupby("level")
    kinds = w.zones[w.zones["site_type"] != "all"].groupby("level")
    city = w.appraisal["capacity_kwp"].sum()
    level = every["capacity_kwp"].sum()
    yield equal(
        "capacity of districts = city [kWp]", "各县区规模之和＝全市（千瓦峰）", level.get("district", 0.0), city
    )
    yield equal("capacity of cells = city [kWp]", "各网格规模之和＝全市（千瓦峰）", level.get("grid", 0.0), city)
    placed = w.appraisal["capacity_kwp"].where(township_ids(w.appraisal) != "", 0.0).sum()
    yield equal(
        "capacity of townships = sites in them [kWp]",
        "各乡镇规模之和＝其场址（千瓦峰）",
        level.get("township", 0.0),
        placed,
    )
    energy = kinds["energy_kwh"].sum().get("city", 0.0)
    yield equal("energy of kinds = city [kWh]", "各类电量之和＝全市（千瓦时）", energy, w.appraisal["energy_kwh"].sum())
    sites = every["n_sites"].sum().get("district", 0)
    yield equal(
        "sites of districts = sites with capacity",
        "各县区场址数之和＝有规模的场址数",
        sites,
        (w.appraisal["capacity_kwp"] > 0).sum(),
    )
    cost = (w.appraisal["lcoe_cny_per_kwh"] * w.appraisal["energy_kwh"]).sum()
    of_city = w.zones[(w.zones["level"] == "city") & (w.zones["site_type"] == "all")]
    paid = (of_city["lcoe_cny_per_kwh"] * of_city["energy_kwh"]).sum()
    yield equal(
        in_money("levelised cost x energy of the city = of its sites [CNY]", settings.city.currency),
        in_money("全市度电成本×电量＝各场址之和（元）", settings.city.currency),
        paid,
        cost,
    )


def _energies(w: Written, settings: Settings) -> Iterator[Identity]:
    a, y = w.appraisal, w.yields
    energy = a["energy_kwh"].sum()
    yield equal(
        "energy = capacity x yield [kWh]",
        "电量＝规模×利用小时（千瓦时）",
        (a["capacity_kwp"] * a["specific_yield_kwh_per_kwp"]).sum(),
        energy,
    )
    yield equal(
        "months add up to the year [kWh]",
        "各月电量之和＝全年（千瓦时）",
        a[list(ENERGY_MONTHS)].to_numpy().sum(),
        energy,
    )
    yield equal(
        "hours add up to the year [kWh]", "逐小时电量之和＝全年（千瓦时）", w.profiles["power_kw"].sum(), energy
    )
    assessed = positions(y["site_id"], a["site_id"]) >= 0
    yield equal(
        "capacity of surfaces = of sites, gross [kWp]",
        "各面规模之和＝场址毛规模（千瓦峰）",
        y.loc[assessed, "capacity_kwp"].sum(),
        a["capacity_gross_kwp"].sum(),
    )
    modules = y["n_modules"] * settings.module.power_kwp
    yield equal(
        "capacity = modules x their power [kWp]",
        "规模＝组件数×单块功率（千瓦峰）",
        modules.sum(),
        y["capacity_kwp"].sum(),
    )
    light = y["performance_ratio"] * y["capacity_kwp"] * y["poa_global_kwh_per_m2"]
    yield equal(
        "energy of surfaces = capacity x light x performance ratio [kWh]",
        "各面电量＝规模×辐照×系统效率（千瓦时）",
        light.sum(),
        y["energy_kwh"].sum(),
    )
    told = (w.totals.get("all", {}).get("energy_gwh") or 0.0) * 1e6
    yield equal("energy of run.json = of the table [kWh]", "run.json电量＝表中电量（千瓦时）", told, energy)


def _potential(w: Written, settings: Settings) -> Iterator[Identity]:
    a = w.appraisal
    undecided = ~a["decision"].isin(["refuse", "correct"]).to_numpy()
    standing = np.nan_to_num(w.sites["existing_pv_kwp"].to_numpy(float))
    left = np.maximum(a["capacity_gross_kwp"].to_numpy(float) - standing, 0.0)
    off = np.abs(left - a["capacity_kwp"].to_numpy(float)) > TOLERANCE * np.maximum(left, 1.0)
    yield _never("capacity = gross less what stands", "规模＝毛规模－已建", off & undecided)
    yield _never(
        "practical case within the technical",
        "现实可开发规模不超过技术可开发规模",
        a["capacity_practical_kwp"] > a["capacity_kwp"] * (1 + TOLERANCE),
    )
    if "capacity_policy_floor_kwp" not in a:
        return
    floor, gross = a["capacity_policy_floor_kwp"].sum(), np.maximum(a["capacity_gross_kwp"], standing).sum()
    yield _never(
        "policy floor within what roofs can carry", "政策底线不超过屋顶可承载", floor > gross * (1 + TOLERANCE)
    )


def _risk(w: Written, settings: Settings) -> Iterator[Identity]:
    a = w.appraisal[w.appraisal["energy_kwh"] > 0]
    yield _never("P90 <= P75 <= P50", "P90≤P75≤P50", (a["p90_kwh"] > a["p75_kwh"]) | (a["p75_kwh"] > a["p50_kwh"]))
    yield _never(
        "self-use within the energy",
        "自用电量不超过发电量",
        (a["self_use_kwh"] < -1e-6) | (a["self_use_kwh"] > a["energy_kwh"] * (1 + TOLERANCE)),
    )
    if "standard_coal_t_per_year" not in a:
        return
    ratio = settings.planning.carbon.co2_fossil_t_per_mwh / settings.planning.carbon.co2_t_per_mwh
    yield equal(
        "coal per CO2 the same on both baselines [t/t]",
        "两种基准的煤碳比相同",
        a["standard_coal_fossil_t_per_year"].sum(),
        a["standard_coal_t_per_year"].sum() * ratio,
    )


def _money(w: Written, settings: Settings) -> Iterator[Identity]:
    a = w.appraisal[w.appraisal["npv_cny"].notna()]
    pays = a["npv_cny"].to_numpy() >= 0
    yield _never("at parity = NPV after tax >= 0", "平价＝税后净现值≥0", a["at_grid_parity"].to_numpy(bool) != pays)
    edge = np.abs(a["value_cny_per_kwh"] / a["required_price_cny_per_kwh"] - 1) < TOLERANCE
    dear = (a["value_cny_per_kwh"] >= a["required_price_cny_per_kwh"]).to_numpy()
    yield _never("at parity = value >= required price", "平价＝时段价值≥保本电价", (dear != pays) & ~edge)
    earns = (a["irr"] >= settings.planning.economics.discount_rate).to_numpy()
    yield _never(
        "at parity = return >= discount rate", "平价＝内部收益率≥折现率", (earns != pays) & a["irr"].notna() & ~edge
    )


RULES: tuple[Callable[[Written, Settings], Iterator[Identity]], ...] = (
    _rows,
    _areas,
    _zones,
    _energies,
    _potential,
    _risk,
    _money,
)
