"""A made-up run folder of any size, valid against every contract: what the map is tested and timed with."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely
from webmap.places import districts, mines, places, ponds, roofs

from pvmap.planning.places import township_ids
from pvmap.planning.risk.reason_words import REASONS
from pvmap.settings.city import Settings
from pvmap.settings.identity import City
from pvmap.settings.rooftop import RooftopSettings
from pvmap.sites.ledger import clause
from pvmap.store import read_table, write_json, write_table
from pvmap.tables.vocabulary import BUILDING_USES, CAUSES, ENERGY_MONTHS

CRS = "EPSG:4549"
WEST, SOUTH, EAST, NORTH = 118.98, 31.64, 119.97, 32.31  # about Zhenjiang
DISTRICTS = ("京口区", "润州区", "丹徒区", "丹阳市", "扬中市", "句容市")
GRID = 1000.0
# of which firms make their names
FIRMS = "安宝长成诚达大德东鼎丰富广海和恒宏华汇嘉金锦联隆美明鹏启瑞盛泰天通伟祥新信兴鑫扬永裕远志中"
TRADES = ("机械", "纺织", "化工", "电子", "食品", "建材", "物流")
WHAT = ("厂房", "仓库", "办公楼", "宿舍", "车间")
MONTH_SHARES = np.array([56, 64, 84, 98, 106, 98, 112, 106, 88, 80, 60, 48], float) / 1000
MONTH_SHARES /= MONTH_SHARES.sum()
ROOF_REASONS = ("setback", "obstacles", "shaded")
ROOF_RULES = ("parapet_setback_m", "flush_packing", "albedo_flush")  # any three: clauses as rules write them


def settings(**city: Any) -> Settings:
    """Settings of a made-up city."""
    known = {
        "name": "demo",
        "title_zh": "示范市光伏潜力图",
        "title_en": "PV potential of Demo City",
        "data_date": "2026-06",
        "attribution": "pvmap demo",
        "synthetic": True,
        "crs": CRS,
    }
    return Settings(city=City(**{**known, **city}))


def write_run(folder: Path, n: int, seed: int = 1, names: dict[int, str] | None = None, named: float = 0.04) -> Path:
    """Write a run folder with `n` roofs and a hundredth as many mines and ponds.

    Parameters
    ----------
    folder
        Where to write.
    n
        Roofs.
    seed
        Seed of the made-up numbers.
    names
        Row of a site and the name it gets: where tests put their hostile names.
    named
        Share of the sites that have a name.
    """
    rng = np.random.default_rng(seed)
    to_metric = pyproj.Transformer.from_crs(4326, CRS, always_xy=True)
    (x0, y0), (x1, y1) = to_metric.transform(WEST, SOUTH), to_metric.transform(EAST, NORTH)
    n_pond, n_mine = max(3, n // 150), max(2, n // 3000)
    kinds = np.repeat(["rooftop", "fishpond", "mine"], [n, n_pond, n_mine])
    total = len(kinds)
    x, y = places(rng, n, total, (x0, y0, x1, y1))
    shape = np.concatenate(
        [
            roofs(rng, x[:n], y[:n]),
            ponds(rng, x[n : n + n_pond], y[n : n + n_pond]),
            mines(rng, x[-n_mine:], y[-n_mine:]),
        ]
    )
    district_at, district_shapes = districts(x, y, (x0, y0, x1, y1))
    township = np.array([f"{DISTRICTS[d]}{i}镇" for d in range(6) for i in range(9)], object)
    cell = ((y - y0) // 9000).astype(int) % 3 * 3 + ((x - x0) // 9000).astype(int) % 3
    sites = _sites(rng, kinds, shape, np.array(DISTRICTS, object)[district_at], township[district_at * 9 + cell], named)
    if names:
        for row, name in names.items():
            sites.loc[row, "name"] = name
    appraisal, exclusions = _results(rng, sites)
    write_table(folder, "sites", sites)
    write_table(folder, "appraisal", appraisal)
    write_table(folder, "exclusions", exclusions)
    write_table(folder, "zones", _zones(sites, appraisal, district_shapes))
    gpd.GeoDataFrame({"name": list(DISTRICTS)}, geometry=district_shapes, crs=CRS).to_parquet(
        folder / "districts.parquet"
    )
    write_json(
        folder / "run.json",
        {
            "city": "demo",
            "created": "2026-11-22T10:00:00",
            "bands": [{"name": "rooftop GW", "value": 4.2, "low": 3.0, "high": 6.0, "inside": True}],
            "findings": [],
            "incomplete_tiles": [],
            "not_checked": [
                {
                    "name": "permanent basic farmland",
                    "name_zh": "永久基本农田",
                    "clause": "自然资办发〔2023〕12号 (sourced; [land2023])",
                }
            ],
            "weather": [
                {
                    "weather_id": "w0",
                    "source": "synthetic typical year from monthly climate",
                    "corrected": True,
                    "longitude": 119.45,
                    "latitude": 32.0,
                    "ghi_kwh_per_m2": 1234.5,
                    "notes": [],
                }
            ],
            "assumptions": [
                {
                    "key": "module.power_kwp",
                    "about": "DC power of one module",
                    "value": 0.6,
                    "unit": "kWp",
                    "mark": "unverified",
                    "source": "judgement: its size",
                }
            ],
        },
    )
    return folder


def _sites(rng, kinds, shape, district, township, share_named):
    n = len(kinds)
    point = shapely.centroid(shape)
    outside = ~shapely.covers(shape, point)
    point[outside] = shapely.point_on_surface(shape[outside])
    xy = shapely.get_coordinates(point)
    longitude, latitude = pyproj.Transformer.from_crs(CRS, 4326, always_xy=True).transform(xy[:, 0], xy[:, 1])
    roof = kinds == "rooftop"
    chance = np.array([0.09, 0.05, 0.05, 0.01, 0.02, 0.01, 0.2, 0.07, 0.4, 0.1])
    use = np.where(roof, np.array(BUILDING_USES, object)[rng.choice(10, n, p=chance)], "none")
    named = rng.random(n) < share_named
    serial = rng.permutation(n * 3)[:n]
    name = np.array(["" for _ in range(n)], object)
    name[named] = [
        f"{t[-2:]}{FIRMS[i % 31]}{FIRMS[i % 41]}{TRADES[i % 7]}{i % 97}号{WHAT[i % 5]}"
        for t, i in zip(township[named], serial[named].tolist(), strict=True)
    ]
    return gpd.GeoDataFrame(
        {
            "site_id": np.char.add(np.char.add(kinds.astype(str), "-"), serial.astype(str)).astype(object),
            "site_type": kinds.astype(object),
            "name": name,
            "building_use": use,
            "height_m": np.where(
                roof, np.round(rng.choice([3, 6, 9, 12, 18, 54], n) + rng.uniform(0, 1, n), 1), np.nan
            ),
            "height_source": np.where(roof, "floors", "none").astype(object),
            "footprint_area_m2": shapely.area(shape),
            "existing_pv_kwp": np.where(rng.random(n) < 0.02, 12.0, 0.0),
            "district": district,
            "township": township,
            "longitude": longitude,
            "latitude": latitude,
            "weather_id": np.full(n, "w0", object),
            "source": np.where(roof, "buildings.parquet", "land.gpkg").astype(object),
            "source_row": np.arange(n),
            "confidence": np.array(list("ABCD"), object)[rng.choice(4, n, p=[0.05, 0.35, 0.4, 0.2])],
        },
        geometry=shape,
        crs=CRS,
    )


def _results(rng, sites):
    """Numbers that hang together as the pipeline's do; every fortieth roof carries nothing."""
    n = len(sites)
    roof = (sites["site_type"] == "rooftop").to_numpy()
    use, standing = sites["building_use"].to_numpy(), sites["existing_pv_kwp"].to_numpy()
    footprint = sites["footprint_area_m2"].to_numpy()
    share = np.where(roof, rng.beta(4, 4, n), 0.6)
    share[np.flatnonzero(sites["site_type"] == "mine")[0]] = 0.02  # the giant that is there to be cut
    empty = roof & (rng.random(n) < 0.025)
    used = np.where(empty, 0.0, footprint * share)
    capacity = np.round(np.floor(used * np.where(roof, 0.19, 0.1) / 0.6) * 0.6, 1)
    loss = np.where(roof, rng.beta(1.6, 14, n), rng.beta(1.2, 60, n))
    per_kwp = np.where(capacity > 0, rng.normal(1150, 14, n) * (1 - loss), 0.0)
    energy = capacity * per_kwp
    months = MONTH_SHARES * (1 + rng.normal(0, 0.012, (n, 1)) * np.linspace(-1, 1, 12) + rng.normal(0, 0.004, (n, 12)))
    months /= months.sum(axis=1, keepdims=True)
    capex = capacity * np.where(roof, 2900, 3500) * np.maximum(capacity, 1) ** -0.02
    opex = capacity * 48
    with np.errstate(divide="ignore", invalid="ignore"):
        lcoe = np.where(energy > 0, (capex * 0.078 + opex) / energy, np.nan)
        payback = np.where(energy > 0, capex / (energy * 0.39 - opex), np.nan)
    value = np.where(energy > 0, rng.normal(0.36, 0.02, n), np.nan)
    blank = np.where(energy > 0, 1.0, np.nan)
    appraisal = pd.DataFrame(
        {
            **{c: sites[c] for c in ("site_id", "site_type", "building_use", "district", "township", "confidence")},
            "usable_area_m2": used,
            "used_area_m2": used,
            "capacity_gross_kwp": capacity,
            "capacity_kwp": capacity,
            "capacity_kwac": capacity / np.where(roof, 1.15, 1.25),
            "energy_kwh": energy,
            **{c: energy * months[:, i] for i, c in enumerate(ENERGY_MONTHS)},
            "energy_kwh_mean_25_years": energy * 0.942 / 0.99,
            "poa_global_kwh_per_m2": np.where(capacity > 0, 1420 * (1 - loss), 0.0),
            "specific_yield_kwh_per_kwp": per_kwp,
            "shading_loss": loss,
            "loss_terrain": loss * 0.1,
            "loss_neighbours": loss * 0.6,
            "loss_rows": loss * 0.3,
            "p50_kwh": energy,
            "p75_kwh": energy * 0.951,
            "p90_kwh": energy * (0.908 - 0.01 * rng.random(n)),
            "capex_cny": capex,
            "opex_cny_per_year": opex,
            "lcoe_cny_per_kwh": lcoe,
            "value_cny_per_kwh": value,
            "npv_cny": (value - lcoe) * energy * 9 * blank,
            "irr": np.clip(0.08 + (value - lcoe), -0.5, 0.5) * blank,
            "payback_years": np.where(payback > 0, payback, np.nan),
            "at_grid_parity": np.nan_to_num(lcoe, nan=9.0) <= np.nan_to_num(value),
            "below_coal_benchmark": np.nan_to_num(lcoe, nan=9.0) <= 0.391,
            "co2_t_per_year": energy * 0.5827e-3,
            "standard_coal_t_per_year": energy * 0.3e-3,
            "capacity_practical_kwp": np.where(capacity >= 3, 0.8 * capacity, 0.0),
            "capacity_policy_floor_kwp": np.where(use == "government", 0.5 * capacity, 0.0) + standing,
        }
    )
    rest = footprint - used
    split = rng.dirichlet((4, 3, 1), n)
    rows = []
    for i, reason in enumerate(ROOF_REASONS):
        some = roof & (rest > 0) & ((i < 2) | (rng.random(n) < 0.3))
        rows.append(
            pd.DataFrame(
                {
                    "site_id": sites["site_id"].to_numpy()[some],
                    "reason": reason,
                    "area_m2": (rest * split[:, i])[some],
                    "area_touched_m2": (rest * split[:, i])[some],
                    "clause": clause(RooftopSettings(), ROOF_RULES[i]),
                }
            )
        )
    return appraisal, pd.concat(rows, ignore_index=True)


def _zones(sites, appraisal, district_shapes):
    centre = shapely.get_coordinates(shapely.centroid(sites.geometry.array))
    column, row = (centre // GRID).astype(int).T
    keys = {
        "city": np.full(len(sites), "demo", object),
        "district": sites["district"].to_numpy(object),
        "township": township_ids(sites),
        "grid": np.char.add(np.char.add(column.astype(str), "_"), row.astype(str)).astype(object),
    }
    frames = []
    for level, zone in keys.items():
        for kind in ("rooftop", "fishpond", "mine", "all"):
            mine = (sites["site_type"] == kind).to_numpy() | (kind == "all")
            frame = pd.DataFrame(
                {
                    "zone_id": zone[mine],
                    "n_sites": (appraisal["capacity_kwp"].to_numpy()[mine] > 0).astype(int),
                    "area_m2": appraisal["used_area_m2"].to_numpy()[mine],
                    "capacity_kwp": appraisal["capacity_kwp"].to_numpy()[mine],
                    "energy_kwh": appraisal["energy_kwh"].to_numpy()[mine],
                    "cost": (appraisal["lcoe_cny_per_kwh"].fillna(0) * appraisal["energy_kwh"]).to_numpy()[mine],
                    "co2_t_per_year": appraisal["co2_t_per_year"].to_numpy()[mine],
                }
            )
            total = frame.groupby("zone_id").sum().reset_index()
            energy = total["energy_kwh"].replace(0, np.nan)
            total["specific_yield_kwh_per_kwp"] = total["energy_kwh"] / total["capacity_kwp"].replace(0, np.nan)
            total["lcoe_cny_per_kwh"] = total["cost"] / energy
            total["level"], total["site_type"] = level, kind
            frames.append(total.drop(columns="cost"))
    zones = pd.concat(frames, ignore_index=True)
    shapes = dict(zip(DISTRICTS, district_shapes, strict=True))
    x, y = {}, {}
    geometry = []
    town = pd.DataFrame({"t": keys["township"], "x": centre[:, 0], "y": centre[:, 1]}).groupby("t").agg(["min", "max"])
    del x, y
    for level, zone in zip(zones["level"], zones["zone_id"], strict=True):
        if level == "grid":
            c, r = (int(v) * GRID for v in zone.split("_"))
            geometry.append((c, r, c + GRID, r + GRID))
        elif level == "district":
            geometry.append(shapes[zone].bounds)
        elif level == "township":
            t = town.loc[zone]
            geometry.append((t[("x", "min")], t[("y", "min")], t[("x", "max")], t[("y", "max")]))
        else:
            geometry.append(shapely.union_all(district_shapes).bounds)
    return gpd.GeoDataFrame(zones, geometry=shapely.box(*np.array(geometry).T), crs=CRS)


def with_certainty(folder: Path, seed: int = 2) -> Path:
    """Add to a run how sure each site is, as draws of heights tell it; returns the folder."""
    rng, appraisal = np.random.default_rng(seed), read_table(folder, "appraisal")
    spreads = {f"spread_{cause}": rng.uniform(0.0, 0.2, len(appraisal)) for cause in CAUSES}
    named = {f"certainty_reason_{n}": rng.choice(list(REASONS), len(appraisal)) for n in (1, 2, 3)}
    write_table(folder, "appraisal", appraisal.assign(expected_kwh=appraisal["energy_kwh"], **spreads, **named))
    return folder
