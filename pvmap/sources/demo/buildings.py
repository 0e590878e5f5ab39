"""Blocks become building footprints with use, floors and height, as a city's survey would deliver them."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from shapely import affinity
from shapely.geometry import MultiPolygon, Polygon

from pvmap.errors import ConfigError
from pvmap.settings.demo import DemoSettings
from pvmap.sources.demo.blocks import (
    COURT,
    COURTYARD,
    FLOOR_HEIGHT_M,
    L_CUT,
    L_SHAPE,
    RECTANGLE,
    U_CUT,
    U_SHAPE,
    USES,
    Block,
    Slots,
)
from pvmap.sources.demo.geography import METRIC_CRS
from pvmap.sources.demo.plots import FreeGround, Plots

GRID_M = 0.001  # footprints are kept in millimetres
NO_HEIGHT_SHARE = 0.005  # of the buildings have floors but no height, as in any real register [U]
DEMOLITION_SHARE = 0.003  # of the buildings are to be pulled down [U]
NAMED = ("industrial", "commercial", "public")

# Outlines on the unit square, counter-clockwise from the south-west corner.
_L, _U = L_CUT, U_CUT
OUTLINES = {
    RECTANGLE: np.array([(-0.5, -0.5), (0.5, -0.5), (0.5, 0.5), (-0.5, 0.5)]),
    L_SHAPE: np.array(
        [(-0.5, -0.5), (0.5, -0.5), (0.5, 0.5 - _L[1]), (0.5 - _L[0], 0.5 - _L[1]), (0.5 - _L[0], 0.5), (-0.5, 0.5)]
    ),
    U_SHAPE: np.array(
        [
            (-0.5, -0.5),
            (-_U[0] / 2, -0.5),
            (-_U[0] / 2, -0.5 + _U[1]),
            (_U[0] / 2, -0.5 + _U[1]),
            (_U[0] / 2, -0.5),
            (0.5, -0.5),
            (0.5, 0.5),
            (-0.5, 0.5),
        ]
    ),
    COURTYARD: np.array([(-0.5, -0.5), (0.5, -0.5), (0.5, 0.5), (-0.5, 0.5)]),
}
YARD = OUTLINES[RECTANGLE][::-1] * np.array(COURT)


def make_buildings(
    settings: DemoSettings,
    kinds: dict[str, Block],
    laid: dict[str, Plots],
    rng: np.random.Generator,
) -> gpd.GeoDataFrame:
    """Fill the blocks and keep exactly the number of buildings wanted.

    Returns
    -------
    GeoDataFrame
        编号, 名称, 用途, 层数, 高度 [m], 排除原因, geometry in the metric CRS, along a Hilbert curve.

    Raises
    ------
    ConfigError
        The city's free ground does not hold that many buildings.
    """
    filled = [(plots, kinds[name].fill(len(plots), rng)) for name, plots in laid.items() if len(plots)]
    slots = Slots(*(np.concatenate(column) for column in zip(*(s for _, s in filled), strict=True)))
    if len(slots.use) < settings.n_buildings:
        raise ConfigError(
            f"demo.n_buildings = {settings.n_buildings} does not fit on the demo's free ground, "
            f"{len(slots.use)} do; lower it or demo.n_ponds."
        )
    placed = [plots.place(s.block, s.u, s.v) for plots, s in filled]
    x, y = (np.concatenate(column) for column in zip(*placed, strict=True))
    angle = np.concatenate([plots.angle[s.block] for plots, s in filled])
    kept = np.sort(rng.permutation(len(x))[: settings.n_buildings])
    slots = Slots(*(column[kept] for column in slots))
    frame = gpd.GeoDataFrame(
        _attributes(slots, rng), geometry=_footprints(slots, x[kept], y[kept], angle[kept], rng), crs=METRIC_CRS
    )
    frame = frame.iloc[np.argsort(frame.hilbert_distance().to_numpy(), kind="stable")].reset_index(drop=True)
    frame.insert(0, "编号", np.char.mod("B%07d", np.arange(len(frame))))
    return frame


def add_faults(frame: gpd.GeoDataFrame, ground: FreeGround, rng: np.random.Generator) -> gpd.GeoDataFrame:
    """Append the rows a real register has too: rings that cross, doubles, slivers, rows without geometry or height."""

    def house(points: list[tuple[float, float]]) -> Polygon:
        where = None
        while where is None or not len(where):
            where = ground.settle(ground.random_points(1, rng)[0], 1, (60.0, 60.0), 0.0, rng)
        return affinity.translate(Polygon(points), where.x[0], where.y[0])

    square = [(0.0, 0.0), (12.0, 0.0), (12.0, 10.0), (0.0, 10.0)]
    pair = [house(square), house(square)]
    faults = {
        "自相交": house([(0, 0), (12, 10), (12, 0), (0, 10)]),
        "重复": frame.geometry.iloc[0],
        "缺图形": None,
        "空图形": Polygon(),
        "狭长碎片": house([(0, 0), (30, 0), (30, 0.02), (0, 0.02)]),
        "微小": house([(0, 0), (0.6, 0), (0.6, 0.6), (0, 0.6)]),
        "多部件": MultiPolygon(pair),
        "缺高度层数": house(square),
        "高度异常": house(square),
    }
    n = len(faults)
    rows = gpd.GeoDataFrame(
        {
            "编号": [f"E{i:07d}" for i in range(n)],
            "名称": [f"合成错误行：{name}" for name in faults],
            "用途": ["农村住宅"] * n,
            "层数": pd.array([2] * n, dtype="Int16"),
            "高度": [6.4] * n,
            "排除原因": [""] * n,
        },
        geometry=list(faults.values()),
        crs=frame.crs,
    )
    names = list(faults)
    rows.loc[names.index("缺高度层数"), ["层数", "高度"]] = [pd.NA, np.nan]
    rows.loc[names.index("高度异常"), ["层数", "高度"]] = [pd.NA, -9999.0]
    return pd.concat([frame, rows.astype({c: frame[c].dtype for c in ("用途", "排除原因")})], ignore_index=True)


def _attributes(slots: Slots, rng: np.random.Generator) -> dict[str, object]:
    n = len(slots.use)
    storeys = slots.floors * FLOOR_HEIGHT_M[slots.use] * rng.uniform(0.97, 1.05, n)
    hall = (slots.floors == 1) & (slots.use == 0)
    height = np.round(np.where(hall, FLOOR_HEIGHT_M[0] * rng.uniform(0.8, 1.4, n), storeys), 1)
    height[rng.random(n) < NO_HEIGHT_SHARE] = np.nan
    named = np.isin(slots.use, [i for i, (_, _, group) in enumerate(USES) if group in NAMED]) & (slots.area() > 1500.0)
    labels = [label for _, label, _ in USES]
    names = np.full(n, "", dtype=object)
    names[named] = [f"合成{labels[u].split('（')[0]}{i:05d}" for i, u in enumerate(slots.use[named])]
    return {
        "名称": names,
        "用途": pd.Categorical.from_codes(slots.use, dtype=pd.CategoricalDtype(labels)),
        "层数": pd.array(slots.floors, dtype="Int16"),
        "高度": height,
        "排除原因": pd.Categorical.from_codes(
            (rng.random(n) < DEMOLITION_SHARE).astype(int), dtype=pd.CategoricalDtype(["", "拟征收拆除"])
        ),
    }


def _footprints(slots: Slots, x: np.ndarray, y: np.ndarray, angle: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Outline, size, street direction and place make polygons: (n,) array."""
    mirror = np.where(rng.random(len(x)) < 0.5, -1.0, 1.0)  # an L turns its corner left or right
    geometry = np.empty(len(x), dtype=object)
    for outline, corners in OUTLINES.items():
        which = np.flatnonzero(slots.outline == outline)
        if not len(which):
            continue

        def rings(points: np.ndarray, which: np.ndarray = which) -> np.ndarray:
            u = points[:, 0] * (slots.width * mirror)[which, None]
            v = points[:, 1] * slots.depth[which, None]
            cos, sin = np.cos(angle[which, None]), np.sin(angle[which, None])
            ring = np.stack([x[which, None] + u * cos - v * sin, y[which, None] + u * sin + v * cos], axis=2)
            ring = np.round(ring / GRID_M) * GRID_M
            return shapely.linearrings(np.concatenate([ring, ring[:, :1]], axis=1))

        holes = rings(YARD)[:, None] if outline == COURTYARD else None
        geometry[which] = shapely.polygons(rings(corners), holes)
    return geometry
