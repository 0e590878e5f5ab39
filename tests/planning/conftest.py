"""A small made-up city: valid tables of every contract the planning stage reads."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from in_parts import appraise

from pvmap.settings.city import Settings
from pvmap.tables.contract import check
from pvmap.tables.vocabulary import BUILDING_USES, ENERGY_MONTHS

CRS = "EPSG:4549"
WEST, NORTH = 500_000.0, 3_560_000.0
DISTRICTS = ("东区", "西区")
DENSITY = {  # Wp per m2 of footprint, tilt, yield, mounting: what the model gives, roughly
    "industrial_steel": (120.0, 5.0, 1080.0, "flush"),
    "industrial_concrete": (85.0, 15.0, 1110.0, "rack"),
    "commercial": (55.0, 15.0, 1090.0, "rack"),
    "government": (70.0, 15.0, 1100.0, "rack"),
    "education": (65.0, 15.0, 1100.0, "rack"),
    "health": (65.0, 15.0, 1090.0, "rack"),
    "residential_low": (40.0, 15.0, 1040.0, "rack"),
    "residential_high": (20.0, 15.0, 1060.0, "rack"),
    "residential_rural": (75.0, 22.0, 1090.0, "flush"),
    "other": (30.0, 15.0, 1080.0, "rack"),
    "mine": (60.0, 24.0, 1160.0, "ground"),
    "fishpond": (95.0, 12.0, 1150.0, "pond"),
}
MONTH_SHARE = np.array([79, 81, 97, 107, 113, 98, 110, 110, 91, 91, 75, 76]) / 1128.0


class Town(NamedTuple):
    sites: gpd.GeoDataFrame
    surfaces: gpd.GeoDataFrame
    shade: pd.DataFrame
    yields: pd.DataFrame
    exclusions: pd.DataFrame
    profiles: pd.DataFrame
    districts: gpd.GeoDataFrame
    townships: gpd.GeoDataFrame


def settings_of(**planning: object) -> Settings:
    return Settings.model_validate(
        {
            "city": {"name": "town", "title_zh": "小城", "title_en": "Town", "synthetic": True},
            "planning": planning,
        }
    )


def make_town(n_sites: int = 120, seed: int = 1, n_hours: int = 8760) -> Town:
    rng = np.random.default_rng(seed)
    keys = np.array(list(DENSITY))[np.arange(n_sites) % len(DENSITY)]
    kind = np.where(np.isin(keys, BUILDING_USES), "rooftop", keys)
    area = np.where(kind == "rooftop", rng.uniform(150, 8000, n_sites), rng.uniform(3e4, 4e5, n_sites))
    district = np.array(DISTRICTS)[rng.integers(0, 2, n_sites)]
    x = np.where(district == DISTRICTS[0], 5000.0, 0.0) + rng.uniform(500, 4500, n_sites) + WEST
    y = NORTH - rng.uniform(500, 9500, n_sites)
    township = np.char.add(district.astype(str), np.where(y > NORTH - 5000, "北镇", "南镇")).astype(object)
    half = np.sqrt(area) / 2
    site_id = np.array([f"{k}-{i}" for i, k in enumerate(kind)], object)
    sites = gpd.GeoDataFrame(
        {
            "site_id": site_id,
            "site_type": kind,
            "name": "",
            "building_use": np.where(kind == "rooftop", keys, "none"),
            "height_m": 8.0,
            "height_source": "column",
            "use_known": True,
            "ridge_hidden": False,
            "ridge_azimuth": np.nan,
            "origin": "",
            "height_rmse_m": np.nan,
            "footprint_area_m2": area,
            "existing_pv_kwp": np.where(np.arange(n_sites) % 17 == 5, 50.0, 0.0),
            "district": district,
            "township": township,
            "longitude": 119.5,
            "latitude": 32.1,
            "weather_id": "w",
            "source": "made up",
            "source_row": np.arange(n_sites),
            "confidence": np.array(list("ABCD"))[rng.integers(0, 4, n_sites)],
        },
        geometry=shapely.box(x - half, y - half, x + half, y + half),
        crs=CRS,
    )
    two = 2  # surfaces per site
    of = np.repeat(np.arange(n_sites), two)
    density, tilt, specific, mounting = (np.array([DENSITY[k][i] for k in keys[of]]) for i in range(4))
    plan = area[of] * 0.3 * rng.uniform(0.9, 1.1, len(of))
    usable = np.where(rng.random(len(of)) < 0.1, 0.0, rng.uniform(0.8, 1.0, len(of)))
    modules = np.floor(area[of] * density / two * usable / 600.0).astype(int)
    capacity = modules * 0.6
    surface_id = np.array([f"{site_id[s]}/{i % two}" for i, s in enumerate(of)], object)
    surfaces = gpd.GeoDataFrame(
        {
            "surface_id": surface_id,
            "site_id": site_id[of],
            "surface_tilt": tilt,
            "surface_azimuth": 180.0,
            "gcr": 0.67,
            "albedo": 0.2,
            "mounting": mounting,
            "area_m2": plan,
            "plan_area_m2": plan,
            "capacity_limit_kwp": capacity / np.maximum(usable, 0.5),
            "height_m": 8.0,
            "ground_tilt": 0.0,
            "ground_azimuth": 180.0,
            "row_length_m": 4.58,
            "edge_height_m": 1.0,
        },
        geometry=sites.geometry.to_numpy()[of],
        crs=CRS,
    )
    loss = rng.uniform(0.0, 0.08, len(of))
    shade = pd.DataFrame(
        {
            "surface_id": surface_id,
            "usable_share": usable,
            "sky_view_factor": 1 - loss,
            "horizon_band_share": 1.0,
            "loss_terrain": loss * 0.1,
            "loss_neighbours": loss * 0.6,
            "loss_rows": loss * 0.3,
        }
    )
    yearly = specific * (1 - loss)
    energy = capacity * yearly
    tilt_swing = 1 + 0.1 * rng.uniform(-1, 1, (len(of), 1)) * np.cos(np.arange(12) * np.pi / 6)
    months = MONTH_SHARE * tilt_swing
    months = energy[:, None] * months / months.sum(axis=1, keepdims=True)
    yields = pd.DataFrame(
        {
            "surface_id": surface_id,
            "site_id": site_id[of],
            "n_modules": modules,
            "capacity_kwp": capacity,
            "poa_global_kwh_per_m2": 1420.0 * (1 - loss),
            "shading_loss": loss,
            "energy_kwh": months.sum(axis=1),
            **{c: months[:, i] for i, c in enumerate(ENERGY_MONTHS)},
            "specific_yield_kwh_per_kwp": yearly,
            "performance_ratio": yearly / (1420.0 * (1 - loss)),
            "capacity_factor": yearly / 8760.0,
        }
    )
    exclusions = []
    used = np.bincount(of, plan * usable, n_sites)
    shaded = np.bincount(of, plan * (1 - usable), n_sites)
    for reason, amount in (("obstacles", area - used - shaded), ("shaded", shaded)):
        exclusions.append(
            pd.DataFrame(
                {"site_id": site_id, "reason": reason, "area_m2": amount, "area_touched_m2": amount, "clause": "test"}
            )
        )
    profiles = make_profiles(sites, yields, n_hours)
    districts = gpd.GeoDataFrame(
        {"name": list(DISTRICTS)},
        geometry=[
            shapely.box(WEST + 5000, NORTH - 10000, WEST + 10000, NORTH),
            shapely.box(WEST, NORTH - 10000, WEST + 5000, NORTH),
        ],
        crs=CRS,
    )
    names, boxes = [], []
    for d, west in zip(DISTRICTS, (WEST + 5000, WEST), strict=True):
        for part, south in (("北镇", NORTH - 5000), ("南镇", NORTH - 10000)):
            names.append(d + part)
            boxes.append(shapely.box(west, south, west + 5000, south + 5000))
    townships = gpd.GeoDataFrame({"name": names, "district": np.repeat(DISTRICTS, 2)}, geometry=boxes, crs=CRS)
    town = Town(
        sites, surfaces, shade, yields, pd.concat(exclusions, ignore_index=True), profiles, districts, townships
    )
    for name in ("sites", "surfaces", "shade", "yields", "exclusions", "profiles"):
        check(name, getattr(town, name))
    return town


def make_profiles(sites: pd.DataFrame, yields: pd.DataFrame, n_hours: int = 8760) -> pd.DataFrame:
    """A sun that shines as a bell around noon, longer in summer; its monthly sums equal the sites' energies."""
    times = pd.date_range("2023-01-01", periods=n_hours, freq="h", tz="Etc/GMT-8")
    day = np.asarray(times.day_of_year, float)
    length = 12 + 2.1 * np.cos((day - 172) * 2 * np.pi / 365)
    angle = (np.asarray(times.hour) + 0.5 - 12) / length
    sun = np.where(np.abs(angle) < 0.5, np.maximum(np.cos(np.pi * angle), 0.0) ** 1.3, 0.0)
    sun *= 0.6 + 0.4 * np.cos(day * 2.4) ** 2  # bright and dull days
    month = np.asarray(times.month) - 1
    of = pd.Index(sites["site_id"]).get_indexer(yields["site_id"])
    parts = []
    for (district, kind, use), rows in sites.groupby(["district", "site_type", "building_use"]).indices.items():
        here = np.isin(of, rows)
        energy = yields.loc[here, list(ENERGY_MONTHS)].sum().to_numpy()
        scale = energy / np.bincount(month, sun, 12)
        parts.append(
            pd.DataFrame(
                {
                    "time": times.tz_convert("UTC"),
                    "district": district,
                    "site_type": kind,
                    "building_use": use,
                    "power_kw": sun * scale[month],
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


@pytest.fixture(scope="session")
def town() -> Town:
    return make_town()


@pytest.fixture(scope="session")
def stock() -> Town:
    """Forty of each kind: enough for the bands, which are those of a stock."""
    return make_town(480)


@pytest.fixture(scope="session")
def settings() -> Settings:
    return settings_of()


@pytest.fixture(scope="module")
def appraisal(town: Town, settings: Settings) -> pd.DataFrame:
    t = town
    return appraise(t.sites, t.surfaces, t.yields, t.shade, t.exclusions, settings, t.profiles)


@pytest.fixture(scope="session")
def make_settings() -> Callable[..., Settings]:
    """Settings of the made-up town with some planning sections changed."""
    return settings_of
