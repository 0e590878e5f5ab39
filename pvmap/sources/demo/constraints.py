"""Ground that may not be used, and plants that stand already: all made up, so that every rule is seen at work."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd

from pvmap.settings.demo import BUILDINGS, PONDS, QUARRIES, DemoSettings
from pvmap.sources.demo.blocks import USES
from pvmap.sources.demo.geography import METRIC_CRS, blob, project
from pvmap.sources.demo.land import DYKE_M

Circles = tuple[tuple[float, float, float], ...]  # longitude, latitude, radius in metres
RED_LINE: Circles = (
    (119.08, 32.13, 3200.0),
    (119.36, 32.08, 1800.0),
    (119.315, 31.84, 2600.0),
    (119.305, 31.77, 2800.0),
)
DRINKING_WATER: Circles = ((119.52, 32.22, 2200.0), (119.77, 32.30, 1800.0), (119.07, 31.90, 2200.0))
N_ACTIVE, ACTIVE_RADIUS_M, ACTIVE_GAP_M = 3, 250.0, 120.0  # working pits beside abandoned ones

PIT_LAKE_SHARE = 0.15  # of the quarries have water on their floor [U]

# Name, kind, megawatts in the whole city, district, what it stands on. The first is as large as [danyang270].
PLANTS = (
    ("合成渔光互补电站一", "渔光互补", 270.0, "丹阳市", "ponds"),
    ("合成渔光互补电站二", "渔光互补", 40.0, "句容市", "ponds"),
    ("合成矿山光伏电站", "矿山修复", 12.0, "句容市", "quarry"),
    ("合成地面电站", "地面", 30.0, "丹徒区", "district"),
)
# Group of buildings, kind, its share of what stands on roofs, watts a square metre of footprint. [U]
ROOFS = (
    ("industrial", "工商业屋顶", 0.7, 70.0),
    ("public", "公共建筑屋顶", 0.1, 40.0),
    ("rural", "户用", 0.2, 60.0),
)
GOLDEN = (5.0**0.5 - 1.0) / 2.0  # steps of it round a circle lie spread, however many there are
PLANT_MW_PER_HA = 0.98  # of ponds: [danyang270], 270 MW on 4142 mu


def make_masks(
    water: gpd.GeoDataFrame, quarries: gpd.GeoDataFrame, rng: np.random.Generator
) -> dict[str, gpd.GeoDataFrame]:
    """Make one layer per rule in the metric CRS: 名称, geometry."""
    places = {"生态保护红线": RED_LINE, "饮用水水源保护区": DRINKING_WATER}
    shapes = {
        name: [blob(project(((lon, lat),))[0], radius, rng, 48) for lon, lat, radius in circles]
        for name, circles in places.items()
    }
    shapes["河湖水库管理范围"] = list(water.buffer(np.where(water["kind"] == "river", 50.0, 30.0)))
    shapes["有效采矿权"] = [
        blob(np.array([pit.bounds[2] + ACTIVE_GAP_M + ACTIVE_RADIUS_M, pit.centroid.y]), ACTIVE_RADIUS_M, rng)
        for pit in quarries.geometry.head(N_ACTIVE)
    ]
    wet = rng.random(len(quarries)) < PIT_LAKE_SHARE
    wet[:1] = True  # a layer without a row would be refused
    shapes["矿坑积水区"] = [
        blob(np.array([pit.centroid.x, pit.centroid.y]), 0.45 * np.sqrt(pit.area / np.pi), rng).intersection(pit)
        for pit in quarries.geometry[wet]
    ]
    return {
        name: gpd.GeoDataFrame(
            {"名称": [f"合成{name}{i + 1}" for i in range(len(layer))]}, geometry=layer, crs=METRIC_CRS
        )
        for name, layer in shapes.items()
    }


def make_plants(
    settings: DemoSettings,
    districts: gpd.GeoDataFrame,
    quarries: gpd.GeoDataFrame,
    ponds: gpd.GeoDataFrame,
    buildings: gpd.GeoDataFrame,
) -> gpd.GeoDataFrame:
    """Put plants on ponds, quarries and roofs: 名称, 类型, 装机_MW, geometry, metric CRS.

    What stands is as much smaller than the city's as the demo has fewer sites of its kind. Plants on ponds are outlines
    of as many neighbouring ponds as they need, the others points.
    """
    layers = {"ponds": ponds, "quarry": quarries}
    of_buildings = settings.n_buildings / BUILDINGS
    share = {"ponds": settings.n_ponds / PONDS, "quarry": settings.n_quarries / QUARRIES}
    megawatts = [round(mw * share.get(where, of_buildings), 3) for _, _, mw, _, where in PLANTS]
    geometry = []
    for (_, _, _, name, where), capacity_mw in zip(PLANTS, megawatts, strict=True):
        district = districts.geometry[districts["name"] == name].iloc[0]
        sites = layers[where].geometry if where in layers else districts.geometry.iloc[:0]
        sites = sites[sites.representative_point().within(district)]
        largest = sites.iloc[int(sites.area.to_numpy().argmax())] if len(sites) else district
        if where != "ponds" or not len(sites):
            geometry.append(largest.representative_point())
            continue
        nearest = sites.iloc[np.argsort(sites.distance(largest).to_numpy(), kind="stable")]
        enough = int(np.searchsorted(np.cumsum(nearest.area.to_numpy()) / 1e4, capacity_mw / PLANT_MW_PER_HA)) + 1
        grown = nearest.iloc[:enough].buffer(DYKE_M, join_style="mitre").union_all()  # over the dykes in between
        geometry.append(grown.buffer(-DYKE_M / 2, join_style="mitre"))
    columns = {"名称": [plant[0] for plant in PLANTS], "类型": [plant[1] for plant in PLANTS], "装机_MW": megawatts}
    plants = gpd.GeoDataFrame(columns, geometry=geometry, crs=METRIC_CRS)
    roofs = [
        _on_roofs(buildings, group, kind, settings.roof_stock_mw * of_buildings * part, density)
        for group, kind, part, density in ROOFS
    ]
    return pd.concat([plants, *roofs], ignore_index=True)


def _on_roofs(
    buildings: gpd.GeoDataFrame, group: str, kind: str, capacity_mw: float, w_per_m2: float
) -> gpd.GeoDataFrame:
    """Put plants on single roofs of a group, spread over the city, until they come to `capacity_mw`."""
    labels = [label for _, label, of in USES if of == group]
    roofs = buildings[buildings["用途"].isin(labels)]
    roofs = roofs.iloc[np.argsort(np.arange(len(roofs)) * GOLDEN % 1.0, kind="stable")]  # rows follow a Hilbert curve
    each = roofs.area.to_numpy() * w_per_m2 / 1e6
    each = np.minimum(each, capacity_mw - (np.cumsum(each) - each)).round(5)
    stands = each > 0.0
    columns = {"名称": "合成屋顶光伏" + roofs["编号"][stands], "类型": kind, "装机_MW": each[stands]}
    return gpd.GeoDataFrame(columns, geometry=roofs.representative_point()[stands], crs=METRIC_CRS)
