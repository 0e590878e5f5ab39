"""Plants that already stand: their capacity goes to the sites they meet; what meets none is kept per district."""

from __future__ import annotations

from typing import NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from pvmap.findings import Finding, finding
from pvmap.settings.module import ModuleSettings
from pvmap.settings.sites import SitingSettings
from pvmap.sites.boxes import meeting

POINT = 0  # shapely type id
SOME = 10_000  # sites by which it is told how far the nearest of all can be
ROUNDING = 1e-9
MOST_PARTS = 9  # judgement: a plant stands on a few roofs; of a name that hundreds bear nobody made one plant
MOST_OF_LARGE, LARGE_MW = 50, 0.5  # but a plant of a works on many
SAME_MW = 0.01  # by which capacities may differ that are one
BEYOND = 100.0  # times what its ground can carry; a register in kW that is read as MW is 1,000 times too large


class Matches(NamedTuple):
    """Shares of plants on sites, (m,) each: position of the plant, position of the site, capacity there [kWp]."""

    plant: np.ndarray
    site: np.ndarray
    capacity_kwp: np.ndarray


def subtract(
    sites: gpd.GeoDataFrame,
    plants: gpd.GeoDataFrame,
    siting: SitingSettings | None = None,
    module: ModuleSettings | None = None,
) -> tuple[gpd.GeoDataFrame, list[Finding]]:
    """Book existing plants on the sites they meet.

    Parameters
    ----------
    sites
        "sites" of all kinds.
    plants
        Points or polygons with ``capacity_mw``, same CRS.
    siting, module
        Reach of points; power per area that no site can exceed.

    Returns
    -------
    tuple of GeoDataFrame and list of Finding
        Sites with ``existing_pv_kwp`` raised, and the plants that could not be booked.
    """
    siting, module = siting or SitingSettings(), module or ModuleSettings()
    matches = match(sites, plants, siting, module)
    booked = np.bincount(matches.site, weights=matches.capacity_kwp, minlength=len(sites))
    sites = sites.assign(existing_pv_kwp=sites["existing_pv_kwp"].to_numpy(float) + booked)
    rest = remainder(sites, plants, matches)
    findings = []
    if len(rest):
        megawatts = zip(rest["district"], rest["capacity_kwp"] / 1e3, strict=True)
        findings.append(
            finding(
                "plants-meet-no-site",
                layer="existing_pv",
                count=int(rest["n_plants"].sum()),
                total=len(plants),
                capacity_mw=rest["capacity_kwp"].sum() / 1e3,
                by_district=", ".join(f"{district or '—'} {mw:,.1f}" for district, mw in megawatts),
            )
        )
    findings += _beyond_their_ground(plants, matches, module.power_kwp / module.area_m2)
    unknown = np.flatnonzero(np.isnan(plants_kwp(plants)))
    if unknown.size:
        rows = plants["source_row"].to_numpy()[unknown] if "source_row" in plants else unknown
        findings.append(
            finding("plants-without-capacity", layer="existing_pv", count=unknown.size, total=len(plants), rows=rows)
        )
    return sites, findings


def doubt_rows(plants: gpd.GeoDataFrame, rejects: pd.DataFrame, layer: str) -> list[Finding]:
    """Doubt rows of a register: parts of a plant that each state the whole, and plants that could not be read.

    Parameters
    ----------
    plants
        As read, with ``id``, ``name`` and ``capacity_mw`` where they are mapped.
    rejects
        Rows that were refused.
    layer
        File.
    """
    found = []
    capacity_mw = plants_kwp(plants) / 1e3
    for column in ("id", "name"):
        if column not in plants:
            continue
        keys = pd.DataFrame({"key": plants[column].to_numpy(object), "mw": capacity_mw})
        alike = keys.groupby(["key", "mw"]).cumcount()
        n = keys.groupby(["key", "mw"])["mw"].transform("size")
        few = n.le(MOST_PARTS) | (n.le(MOST_OF_LARGE) & keys["mw"].ge(LARGE_MW))
        again = (keys["key"].ne("") & keys["mw"].gt(0.0) & alike.gt(0) & few).to_numpy(bool)
        if again.any():
            found.append(
                finding(
                    "plants-alike", layer=layer, column=column, count=int(again.sum()), total=len(plants),
                    rows=plants["source_row"].to_numpy()[again], value=str(keys["key"][again].iloc[0]),
                    capacity_mw=float(capacity_mw[again].sum()),
                )
            )  # fmt: skip
            break
    else:
        found += _drawn_twice(plants, capacity_mw, layer)
    lost = rejects[rejects["reason"] != "duplicate"]
    if len(lost):
        counted = lost["reason"].value_counts()
        reasons = ", ".join(f"{reason} ({number})" for reason, number in counted.items())
        found.append(
            finding(
                "plants-refused", layer=layer, count=len(lost), total=len(plants) + len(rejects), reasons=reasons,
                rows=lost["source_row"],
            )
        )  # fmt: skip
    return found


def _drawn_twice(plants: gpd.GeoDataFrame, capacity_mw: np.ndarray, layer: str) -> list[Finding]:
    """Tell outlines on which another row of the same capacity stands: the plant's point, or another drawing of it."""
    known = np.flatnonzero(capacity_mw > 0.0)
    shapes = plants.geometry.to_numpy()[known]
    outer, inner = shapely.STRtree(shapes).query(shapely.point_on_surface(shapes), predicate="intersects")[::-1]
    same = np.isclose(capacity_mw[known[outer]], capacity_mw[known[inner]], rtol=SAME_MW, atol=0.0)
    areal = shapely.get_dimensions(shapes[outer]) > POINT
    again = np.unique(known[np.maximum(outer, inner)[same & areal & (outer != inner)]])
    if not again.size:
        return []
    return [
        finding(
            "plants-drawn-twice", layer=layer, count=again.size, total=len(plants),
            rows=plants["source_row"].to_numpy()[again], capacity_mw=float(capacity_mw[again].sum()),
        )
    ]  # fmt: skip


def _beyond_their_ground(plants: gpd.GeoDataFrame, matches: Matches, most_kwp_per_m2: float) -> list[Finding]:
    """Tell plants that state far more than the ground they stand on, or their own outline, can carry, where most do."""
    booked = np.bincount(matches.plant, weights=matches.capacity_kwp, minlength=len(plants))
    standing = booked > 0.0
    carried = np.maximum(booked, most_kwp_per_m2 * shapely.area(plants.geometry.to_numpy()))
    beyond = np.flatnonzero(standing & (np.nan_to_num(plants_kwp(plants)) > BEYOND * carried))
    if beyond.size <= standing.sum() / 2:
        return []
    rows = plants["source_row"].to_numpy()[beyond] if "source_row" in plants else beyond
    count, total = beyond.size, int(standing.sum())
    return [finding("plants-beyond-their-ground", layer="existing_pv", count=count, total=total, rows=rows)]


def plants_kwp(plants: pd.DataFrame) -> np.ndarray:
    """Capacity of each plant [kWp], NaN where it is not stated."""
    if "capacity_mw" not in plants.columns:
        return np.full(len(plants), np.nan)
    return plants["capacity_mw"].to_numpy(float) * 1e3


def match(sites: gpd.GeoDataFrame, plants: gpd.GeoDataFrame, siting: SitingSettings, module: ModuleSettings) -> Matches:
    """Share plants out among sites.

    A polygon that lies mostly on sites stands on them: its capacity goes to them by covered area. Of one that lies
    mostly elsewhere a site takes no more than its part of the polygon. A point's capacity goes to the site it lies in,
    else to the nearest within ``existing_pv_reach_m``. Nothing takes more than modules side by side on the ground that
    is covered, by one plant or by all of a site together; by a point that is its footprint.
    """
    capacity = plants_kwp(plants)
    known = np.flatnonzero(capacity > 0.0)
    shapes, reach_m = plants.geometry.to_numpy()[known], max(siting.existing_pv_reach_m, 1e-9)
    is_point = shapely.get_dimensions(shapes) == POINT
    within = _within(sites, shapes, np.where(is_point, reach_m, 0.0))
    grounds = np.asarray(sites.geometry.array[within])
    tree = shapely.STRtree(grounds)
    areal, sited = tree.query(shapes[~is_point], predicate="intersects")
    areal = np.flatnonzero(~is_point)[areal]
    covered = shapely.intersection(shapes[areal], grounds[sited])
    near, hit = tree.query_nearest(shapes[is_point], max_distance=reach_m, all_matches=False)
    sited, hit = within[sited], within[hit]
    plant = np.concatenate([areal, np.flatnonzero(is_point)[near]])
    site = np.concatenate([sited, hit])
    footprint_m2 = sites["footprint_area_m2"].to_numpy(float)
    covered_m2 = np.concatenate([shapely.area(covered), footprint_m2[hit]])
    room_m2 = np.maximum(_covered_by_all(covered, sited, len(sites)), np.finfo(float).tiny)
    room_m2[hit] = footprint_m2[hit]
    plant, site, covered_m2 = (values[covered_m2 > 0.0] for values in (plant, site, covered_m2))
    on_sites_m2 = np.bincount(plant, weights=covered_m2, minlength=len(known))
    own_m2 = shapely.area(shapes)
    stands_on_m2 = np.where(on_sites_m2 >= siting.existing_pv_mostly * own_m2, on_sites_m2, own_m2)
    most_kwp = module.power_kwp / module.area_m2
    share_kwp = np.minimum(capacity[known][plant] * covered_m2 / stands_on_m2[plant], covered_m2 * most_kwp)
    asked = np.bincount(site, weights=share_kwp, minlength=len(sites))
    crowded = np.maximum(asked / (room_m2 * most_kwp), 1.0)
    return Matches(known[plant], site, share_kwp / crowded[site])


def _within(sites: gpd.GeoDataFrame, shapes: np.ndarray, reach_m: np.ndarray) -> np.ndarray:
    """Positions of the sites whose bounds come as near to shapes as is said for each [m], in rising order."""
    wider = np.column_stack([-reach_m, -reach_m, reach_m, reach_m]) * (1.0 + ROUNDING)
    return np.unique(meeting(shapely.bounds(shapes) + wider, sites.geometry.array.bounds)[1])


def _covered_by_all(covered: np.ndarray, site: np.ndarray, n_sites: int) -> np.ndarray:
    """Ground of each site under pieces that may lie over each other [m2]."""
    order = np.argsort(site, kind="stable")
    owner, first = np.unique(site[order], return_index=True)
    together = np.array([shapely.union_all(pieces) for pieces in np.split(covered[order], first[1:])], object)
    area_m2 = np.zeros(n_sites)
    area_m2[owner] = shapely.area(together[: len(owner)])
    return area_m2


def remainder(sites: gpd.GeoDataFrame, plants: gpd.GeoDataFrame, matches: Matches) -> pd.DataFrame:
    """Sum what no site took, by district of the nearest site.

    Returns
    -------
    DataFrame
        district, n_plants, capacity_kwp.
    """
    capacity = np.nan_to_num(plants_kwp(plants))
    left = capacity - np.bincount(matches.plant, weights=matches.capacity_kwp, minlength=len(plants))
    rows = np.flatnonzero(left > 1e-6 * np.maximum(capacity, 1.0))
    nearest = _nearest(sites, plants.geometry.to_numpy()[rows])
    rest = pd.DataFrame({"district": sites["district"].to_numpy(object)[nearest], "capacity_kwp": left[rows]})
    return rest.groupby("district", as_index=False).agg(
        n_plants=("capacity_kwp", "size"), capacity_kwp=("capacity_kwp", "sum")
    )


def _nearest(sites: gpd.GeoDataFrame, shapes: np.ndarray) -> np.ndarray:
    """Position of the site nearest to each shape: none is farther than the nearest of some of them."""
    if not len(shapes):
        return np.zeros(0, "int64")
    some = np.arange(0, len(sites), max(1, len(sites) // SOME))
    few = np.asarray(sites.geometry.array[some])
    reach_m = shapely.distance(few[shapely.STRtree(few).nearest(shapes)], shapes)
    within = _within(sites, shapes, reach_m)
    return within[shapely.STRtree(np.asarray(sites.geometry.array[within])).nearest(shapes)]
