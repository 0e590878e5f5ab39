"""What is doubtful about the transformers: sizes, places, plants by another count, districts that the table lacks."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from scipy.spatial import cKDTree

from pvmap.findings import Finding, finding

FAR_KM, NAMED = 50.0, 3  # farther than any site joins; names that a finding tells
# judgement: a unit has 0.001 to 4 MVA for each kV, a station four units; none carries twice its rating for long
LEAST_MVA_PER_KV, MOST_MVA_PER_KV, OVERLOAD = 0.001, 16.0, 2.0
HIGH_KV, LEAST_HIGH_MVA = 110.0, 2.0
LEAST_SHARED = 0.01  # of the smaller of two supply areas: borders drawn by hand run some metres beside each other
APART, LEAST_MW = 0.25, 1.0  # of the larger, and at all, by which the two may differ: days and sides are not the same


def connected_otherwise(connected_mw: pd.Series, layer_mwp: pd.Series, kwp_per_kwac: float) -> list[Finding]:
    """Tell districts whose transformers have another capacity connected than their existing plants come to.

    Parameters
    ----------
    connected_mw
        Connected below the transformers, by district, AC. [MW]
    layer_mwp
        Existing plants, by district, DC; none where a district is not named. [MW]
    kwp_per_kwac
        Usual ratio of the sides of a plant. [1]
    """
    layer_mw = layer_mwp.reindex(connected_mw.index, fill_value=0.0) / kwp_per_kwac
    rows = zip(connected_mw.index.astype(str), connected_mw.tolist(), layer_mw.tolist(), strict=True)
    found = []
    for district, connected, stands in rows:
        if abs(connected - stands) > max(APART * max(connected, stands), LEAST_MW):
            found.append(
                finding(
                    "connected-otherwise",
                    layer="grid_devices",
                    column=district,
                    other=district or "whole city",
                    connected=connected,
                    stands=stands,
                )
            )
    return found


def without_devices(district: np.ndarray, practical_kwac: np.ndarray, unchecked: np.ndarray) -> list[Finding]:
    """Tell districts whose grid nobody looked at: no plan limits them, and nothing of them counts as connectable.

    Parameters
    ----------
    district
        (n,) as tables with sums name them.
    practical_kwac
        (n,) practical potential, AC. [kW]
    unchecked
        (n,) bool, ``Grid.unchecked``.
    """
    rows = unchecked & (practical_kwac > 0)
    return [
        finding(
            "district-not-checked",
            layer="grid_devices",
            column=str(name),
            other=str(name) or "outside",
            count=int((rows & (district == name)).sum()),
            total=int(((practical_kwac > 0) & (district == name)).sum()),
            mw=float(practical_kwac[rows & (district == name)].sum() / 1e3),
        )
        for name in sorted(set(district[rows]))
    ]


def doubt_sizes(devices: pd.DataFrame, layer: str) -> list[Finding]:
    """Tell ratings that no station of the level has, and loads or plants far beyond a rating: another unit, a filler.

    Parameters
    ----------
    devices
        ``Devices.frame``.
    layer
        File.
    """
    rating_mva, level_kv = (devices[name].to_numpy(float) for name in ("rating_mva", "level_kv"))
    carried_mw = devices[["load_mw", "connected_mw"]].abs().max(axis=1).to_numpy(float)
    least_mva = np.where(level_kv >= HIGH_KV, LEAST_HIGH_MVA, LEAST_MVA_PER_KV * level_kv)
    sizes = (rating_mva < least_mva) | (rating_mva > MOST_MVA_PER_KV * level_kv)
    found = []
    for code, bad in (("device-ratings-odd", sizes), ("device-loads-odd", carried_mw > OVERLOAD * rating_mva)):
        if bad.any():
            at = int(np.argmax(bad))
            found.append(
                finding(
                    code, layer=layer, count=int(bad.sum()), total=len(devices),
                    names=", ".join(devices["device_id"][bad].astype(str).iloc[:NAMED]),
                    mva=float(rating_mva[at]), kv=float(level_kv[at]), mw=float(carried_mw[at]),
                )
            )  # fmt: skip
    return found


def far_away(device_id: np.ndarray, places: np.ndarray, points: np.ndarray) -> list[Finding]:
    """Tell devices that stand far from every site.

    Parameters
    ----------
    device_id
        (m,) ids.
    places, points
        (m, 2) of the devices, NaN where not known, and (n, 2) of the sites. [m]
    """
    known = np.flatnonzero(np.isfinite(places).all(axis=1))
    if not (known.size and len(points)):
        return []
    away, _ = cKDTree(points).query(places[known], distance_upper_bound=1e3 * FAR_KM)
    far = device_id[known[np.isinf(away)]]
    if not len(far):
        return []
    names = ", ".join(map(str, far[:NAMED]))
    return [
        finding("devices-far-away", layer="grid_devices", count=len(far), total=len(places), km=FAR_KM, names=names)
    ]


def doubt_areas(areas: gpd.GeoDataFrame, layer: str, frame: pd.DataFrame) -> list[Finding]:
    """Tell supply areas of one level that lie on one another: a site in several joins the one that stands last.

    Parameters
    ----------
    areas
        Supply areas with `device_id`, metric.
    layer
        Their file.
    frame
        The devices, with `device_id` and `level_kv`.
    """
    level = frame.set_index("device_id")["level_kv"].reindex(areas["device_id"]).to_numpy(float)
    polygons, name = areas.geometry.to_numpy(), areas["device_id"].to_numpy(object)
    one, other = shapely.STRtree(polygons).query(polygons, predicate="intersects")
    pairs = (one < other) & (level[one] == level[other]) & (name[one] != name[other])
    one, other = one[pairs], other[pairs]
    smaller = np.minimum(*(shapely.area(polygons[rows]) for rows in (one, other)))
    shared = shapely.area(shapely.intersection(polygons[one], polygons[other])) > LEAST_SHARED * smaller
    if not shared.any():
        return []
    first = f"{name[one[shared][0]]} / {name[other[shared][0]]}"
    n_areas = len(np.unique(np.concatenate([one[shared], other[shared]])))
    return [finding("supply-areas-overlap", layer=layer, count=n_areas, total=len(areas), example=first)]
