"""Ground that may not be used, and plants that stand already: all made up, so that every rule is seen at work."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd

from pvmap.sources.demo.blocks import USES
from pvmap.sources.demo.geography import METRIC_CRS, WEB_CRS, blob, project

Circles = tuple[tuple[float, float, float], ...]  # longitude, latitude, radius in metres
RED_LINE: Circles = (
    (119.08, 32.13, 3200.0),
    (119.36, 32.08, 1800.0),
    (119.315, 31.84, 2600.0),
    (119.305, 31.77, 2800.0),
)
DRINKING_WATER: Circles = ((119.52, 32.22, 2200.0), (119.77, 32.30, 1800.0), (119.07, 31.90, 2200.0))
N_ACTIVE, ACTIVE_RADIUS_M, ACTIVE_GAP_M = 3, 250.0, 120.0  # working pits beside abandoned ones

# Name and kind, megawatts, where: district and layer. The first is as large as the one Danyang has (PARAMETERS.md G).
PLANTS = (
    ("合成渔光互补电站一", "渔光互补", 270.0, "丹阳市", "pond"),
    ("合成渔光互补电站二", "渔光互补", 40.0, "句容市", "pond"),
    ("合成矿山光伏电站", "矿山修复", 20.0, "句容市", "quarry"),
    ("合成产业园屋顶光伏一", "工商业屋顶", 1.2, "京口区", "factory"),
    ("合成产业园屋顶光伏二", "工商业屋顶", 0.8, "扬中市", "factory"),
    ("合成产业园屋顶光伏三", "工商业屋顶", 1.0, "丹阳市", "factory"),
    ("合成地面电站", "地面", 30.0, "丹徒区", "district"),
)


def make_masks(
    water: gpd.GeoDataFrame, quarries: gpd.GeoDataFrame, rng: np.random.Generator
) -> dict[str, gpd.GeoDataFrame]:
    """Make one layer per rule in the metric CRS: 名称, geometry."""
    shapes = {
        name: [blob(project(((lon, lat),))[0], radius, rng, 48) for lon, lat, radius in places]
        for name, places in {"生态保护红线": RED_LINE, "饮用水水源保护区": DRINKING_WATER}.items()
    }
    shapes["在采矿区"] = [
        blob(np.array([pit.bounds[2] + ACTIVE_GAP_M + ACTIVE_RADIUS_M, pit.centroid.y]), ACTIVE_RADIUS_M, rng)
        for pit in quarries.geometry.head(N_ACTIVE)
    ]
    layers = {
        name: gpd.GeoDataFrame(
            {"名称": [f"合成{name}{i + 1}" for i in range(len(places))]}, geometry=places, crs=METRIC_CRS
        )
        for name, places in shapes.items()
    }
    layers["河湖管理范围"] = gpd.GeoDataFrame(
        {"名称": [f"{name}管理范围" for name in water["name"]]},
        geometry=water.buffer(np.where(water["kind"] == "river", 50.0, 30.0)),
        crs=METRIC_CRS,
    )
    return layers


def make_plants(
    districts: gpd.GeoDataFrame, quarries: gpd.GeoDataFrame, ponds: gpd.GeoDataFrame, buildings: gpd.GeoDataFrame
) -> pd.DataFrame:
    """Put each plant on the largest site of its kind in its district: 名称, 类型, 装机_MW, 经度, 纬度 (WGS84)."""
    labels = [label for _, label, group in USES if group == "industrial"]
    layers = {"pond": ponds, "quarry": quarries, "factory": buildings[buildings["用途"].isin(labels)]}
    points = []
    for *_, name, layer in PLANTS:
        district = districts.geometry[districts["name"] == name].iloc[0]
        place = district.representative_point()
        if layer in layers:
            sites = layers[layer].geometry
            there = sites[sites.representative_point().within(district)]
            if len(there):
                place = there.iloc[int(there.area.to_numpy().argmax())].representative_point()
        points.append((place.x, place.y))
    degrees = np.round(project(np.array(points), WEB_CRS, METRIC_CRS), 6)
    return pd.DataFrame(
        {
            "名称": [plant[0] for plant in PLANTS],
            "类型": [plant[1] for plant in PLANTS],
            "装机_MW": [plant[2] for plant in PLANTS],
            "经度": degrees[:, 0],
            "纬度": degrees[:, 1],
        }
    )
