"""What lies in the GeoPackage: sites, zones of each level, what is not used and why, transformers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import geopandas as gpd
import numpy as np
import pandas as pd

from pvmap import chinese
from pvmap.colours import GRID_COLOURS, KIND_COLOURS
from pvmap.deliver import qgis_styles as styles
from pvmap.deliver.aliases import PER_KIND
from pvmap.deliver.marks import marks_of
from pvmap.deliver.words import KINDS
from pvmap.settings.base import LEVELS_OF_ZONES
from pvmap.settings.city import Settings
from pvmap.tables.vocabulary import SITE_TYPES

GRID_NAMES = {"green": "绿区 green", "yellow": "黄区 yellow", "red": "红区 red"}
ZONE_TITLES = {"city": "全市", "district": "县（市、区）", "township": "乡镇（街道）", "grid": "网格"}
SITE_COLUMNS = ["name", "height_m", "footprint_area_m2", "existing_pv_kwp", "source"]


@dataclass(frozen=True)
class Layer:
    """One layer: its name, what it is in Chinese and English, its rows, its QML."""

    name: str
    title: str
    about: str
    frame: gpd.GeoDataFrame
    style: str


def layers(tables: dict[str, pd.DataFrame], settings: Settings) -> Iterator[Layer]:
    """Gather the layers.

    Parameters
    ----------
    tables
        Contract tables sites and appraisal (in the same order), zones, exclusions and, where the city has it, hosting.
    settings
        Whether the data are synthetic.
    """
    sites, appraisal = tables["sites"], tables["appraisal"]
    assert isinstance(sites, gpd.GeoDataFrame)
    joined = appraisal.assign(**{c: sites[c].to_numpy() for c in SITE_COLUMNS})
    frame = gpd.GeoDataFrame(joined, geometry=sites.geometry.to_numpy(), crs=sites.crs)
    kinds = [styles.Class(KINDS[kind].zh, colour, kind) for kind, colour in KIND_COLOURS.items()]
    about = "每处场址的规模、电量、成本与减排 · capacity, energy, cost and carbon of each site"
    yield _noted(Layer("sites", "场址 sites", about, frame, styles.categorised("site_type", kinds)), settings)
    for one in _zones(tables["zones"]):
        yield _noted(one, settings)
    if len(tables["exclusions"]):
        yield _noted(_exclusions(tables["exclusions"], frame), settings)
    hosting = tables.get("hosting")
    if isinstance(hosting, gpd.GeoDataFrame):
        for one in _hosting(hosting):
            yield _noted(one, settings)


def _noted(layer: Layer, settings: Settings) -> Layer:
    """Label what is made up or for internal use, row by row and in the layer's description, which credits the data."""
    note = marks_of(settings.city).note
    if credit := " · ".join(filter(None, (settings.city.attribution, settings.city.attribution_en))):
        layer = replace(layer, about=f"{layer.about}；数据来源 · data: {credit}")
    if not note:
        return layer
    return Layer(layer.name, layer.title, f"{note}；{layer.about}", layer.frame.assign(data_note=note), layer.style)


def _zones(zones: pd.DataFrame) -> Iterator[Layer]:
    """Give each level of zones a layer of one row a zone: sums of all kinds, and capacity and energy of each."""
    assert isinstance(zones, gpd.GeoDataFrame)
    keys = ["level", "zone_id"]
    areas = 0
    for level in zones["level"].unique():
        mine = zones[zones["level"] == level]
        frame = mine[mine["site_type"] == "all"].drop(columns="site_type")
        for kind in SITE_TYPES:
            own = mine.loc[mine["site_type"] == kind, [*keys, *PER_KIND]]
            frame = frame.merge(own, on=keys, how="left", suffixes=("", f"_{kind}"))
            added = [f"{column}_{kind}" for column in PER_KIND]
            frame[added] = frame[added].fillna(0)
        areas += level not in LEVELS_OF_ZONES
        name = (
            f"zones_{level}" if level in LEVELS_OF_ZONES else f"zones_area_{areas}"
        )  # a name of the file's is a title
        title = f"{ZONE_TITLES.get(level, level)}汇总 {level}"
        look = styles.graduated("capacity_kwp", styles.amounts(frame["capacity_kwp"].to_numpy(float), "kWp"))
        yield Layer(name, title, "各区域合计与分类型规模、电量 · sums of all kinds and of each", frame, look)


def _exclusions(exclusions: pd.DataFrame, sites: gpd.GeoDataFrame) -> Layer:
    """Give each site of which some area is not used one row: how much, the chief reason, and all of them in words."""
    ordered = exclusions.sort_values("area_m2", ascending=False, kind="stable")
    told = ordered["reason"].map(chinese.reason) + " " + ordered["area_m2"].map("{:,.0f}".format) + " m2"
    grouped = ordered.assign(reasons=told).groupby("site_id")
    chief = grouped.first()
    rows = pd.DataFrame(
        {
            "excluded_m2": grouped["area_m2"].sum(),
            "main_reason": chief["reason"].map(chinese.reason),
            "main_clause": chief["clause"].map(chinese.clause),
            "reasons": grouped["reasons"].agg("；".join),
        }
    )
    columns = ["site_id", "site_type", "name", "district", "footprint_area_m2", "capacity_kwp", "geometry"]
    frame = sites[columns].merge(rows, left_on="site_id", right_index=True)
    share = frame["excluded_m2"] / frame["footprint_area_m2"]
    frame.insert(5, "excluded_share", np.clip(share, 0.0, 1.0))
    look = styles.graduated("excluded_share", styles.amounts(frame["excluded_share"].to_numpy(float), ""))
    return Layer(
        "exclusions", "排除面积与原因 exclusions", "每处场址排除的面积与依据 · area not used, and why", frame, look
    )


def _hosting(hosting: gpd.GeoDataFrame) -> Iterator[Layer]:
    """Give districts, transformers with a supply area and those that are a point a layer each: one kind of geometry."""
    points = hosting.geom_type.isin(["Point", "MultiPoint"])
    districts = hosting["kind"] == "district"
    grades = [styles.Class(GRID_NAMES[grade], colour, grade) for grade, colour in GRID_COLOURS.items()]
    grades.append(styles.Class("未核查 not checked", "#9A9A9A"))  # QGIS puts all others where the value is empty
    for name, title, rows in (
        ("hosting_districts", "区县承载力 hosting, districts", districts & ~points),
        ("hosting_areas", "变压器供电区承载力 hosting, supply areas", ~districts & ~points),
        ("hosting_points", "变压器承载力 hosting, transformers", points),
    ):
        if rows.any():
            look = styles.categorised("grid_grade", grades, "marker" if name == "hosting_points" else "fill")
            about = "分布式光伏承载力，兆瓦为交流侧 · what can be taken of distributed generation, MW AC"
            yield Layer(name, title, about, hosting[rows], look)
