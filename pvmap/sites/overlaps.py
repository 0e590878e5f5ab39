"""Ground that two sites claim is counted once, over the whole city.

Kinds come in the order the city file states (a house on a mine is a roof, water in a mine is a pond, the rest is mine);
within a kind what was measured comes before what was assumed, the taller before the lower, of equals what holds no
other before what does, then the larger polygon, then the smaller id. A later site loses what an
earlier one covers; one that loses nearly everything is refused, and a refused site takes nothing from others.
"""

from __future__ import annotations

from typing import NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from pvmap.settings.sites import SitingSettings
from pvmap.sites.base import longitude_latitude
from pvmap.sites.outlines import holding, near_pairs
from pvmap.sites.reading import nothing_refused, refuse
from pvmap.sites.roof_use import MEASURED

LEAST_OVERLAP_M2 = 1.0  # neighbours' walls rarely meet to the centimetre
LEAST_REST = 0.05  # share of a polygon below which nothing of its own is left

Frames = dict[str, gpd.GeoDataFrame]


class Cuts(NamedTuple):
    """Sites that an earlier one claims ground of, (m,) each.

    Attributes
    ----------
    site
        Position among all sites.
    own
        What is left of the polygon.
    refused
        Whether that is too little.
    taken_by
        Of refused sites the position of the kept one that covers most of it, else -1.
    """

    site: np.ndarray
    own: np.ndarray
    refused: np.ndarray
    taken_by: np.ndarray


def resolve(frames: Frames, settings: SitingSettings | None = None) -> tuple[Frames, pd.DataFrame]:
    """Cut what is claimed twice out of the later site.

    Parameters
    ----------
    frames
        Kind -> "sites" of the whole city, one metric CRS.
    settings
        ``overlap_order``; kinds it does not name come last.

    Returns
    -------
    tuple of dict and DataFrame
        The frames, where cut sites have a smaller polygon and ``footprint_area_m2``, and the difference in
        ``shared_area_m2``; and the refused sites as "rejects" with ``site_type``.
    """
    order = list((settings or SitingSettings()).overlap_order)
    kinds = sorted(frames, key=lambda kind: order.index(kind) if kind in order else len(order))
    there = [frames[kind] for kind in kinds if len(frames[kind])]
    if not there:
        return frames, nothing_refused().assign(site_type=pd.Series(dtype="str"))
    sites = gpd.GeoDataFrame(pd.concat(there, ignore_index=True), crs=there[0].crs)
    rank = np.concatenate([np.full(len(frame), number) for number, frame in enumerate(there)])
    polygons = sites.geometry.to_numpy()
    pairs = near_pairs(polygons)
    measured = sites["height_source"].isin(MEASURED).to_numpy()
    before = np.lexsort(
        (
            sites["site_id"].to_numpy(object).astype(str),
            -shapely.area(polygons),
            np.isin(np.arange(len(sites)), holding(polygons, pairs).outer),
            -np.where(measured, sites["height_m"].to_numpy(float), 0.0),
            ~measured,
            rank,
        )
    )
    place_in_order = np.empty(len(sites), int)
    place_in_order[before] = np.arange(len(sites))

    later, earlier = _overlaps(polygons, pairs, place_in_order)
    if not len(later):
        return frames, nothing_refused().assign(site_type=pd.Series(dtype="str"))
    cut_sites, own, gone, taken_by = _cut(polygons, later, earlier)
    whole, left = shapely.area(polygons[cut_sites]), shapely.area(own)
    by = sites["site_id"].to_numpy(object)[taken_by[gone]]
    refused_rows = sites.iloc[cut_sites[gone]]
    rejects = refuse(
        refused_rows,
        "counted with another site",
        pd.Series([f"covered by {other}" for other in by], index=refused_rows.index, dtype="str"),
    ).assign(site_type=refused_rows["site_type"].to_numpy(object))
    kept = cut_sites[~gone]
    cut = sites.iloc[kept].set_geometry(gpd.GeoSeries(own[~gone], index=kept, crs=sites.crs))
    sites.loc[kept, sites.geometry.name] = cut.geometry
    sites.loc[kept, "footprint_area_m2"] = left[~gone]
    sites.loc[kept, "shared_area_m2"] += whole[~gone] - left[~gone]
    sites.loc[kept, "longitude"], sites.loc[kept, "latitude"] = longitude_latitude(cut)
    sites = sites.drop(index=cut_sites[gone])
    rank = np.delete(rank, cut_sites[gone])
    names = [kind for kind in kinds if len(frames[kind])]
    changed = {kind: sites[rank == number].reset_index(drop=True) for number, kind in enumerate(names)}
    return {kind: changed.get(kind, frame) for kind, frame in frames.items()}, rejects


def _cut(polygons: np.ndarray, later: np.ndarray, earlier: np.ndarray) -> Cuts:
    """Cut each later site by those earlier ones that are kept themselves.

    A site depends on those before it alone: cutting again what a newly refused site had cut comes to an end.
    """
    sites, first = np.unique(later, return_index=True)
    claims = np.split(earlier, first[1:])
    own, refused = polygons[sites].copy(), np.zeros(len(polygons), bool)
    least_m2 = np.maximum(LEAST_OVERLAP_M2, LEAST_REST * shapely.area(own))
    changed = np.arange(len(sites))
    while len(changed):
        covers = [shapely.union_all(polygons[claims[one][~refused[claims[one]]]]) for one in changed]
        own[changed] = shapely.difference(polygons[sites[changed]], np.array(covers, object))
        gone = shapely.area(own) < least_m2
        switched = sites[gone != refused[sites]]
        refused[sites] = gone
        changed = np.searchsorted(sites, np.unique(later[np.isin(earlier, switched)]))
    taken_by = np.array(
        [one[~refused[one]][0] if gone else -1 for one, gone in zip(claims, refused[sites], strict=True)]
    )
    return Cuts(sites, own, refused[sites], taken_by)


def _overlaps(polygons: np.ndarray, pairs: np.ndarray, place_in_order: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Pairs (later, earlier) of positions whose polygons share ground, by later and then by overlap, largest first."""
    one, other = pairs[:, place_in_order[pairs[0]] > place_in_order[pairs[1]]]
    near = _common_box_m2(polygons[one], polygons[other]) > LEAST_OVERLAP_M2
    one, other = one[near], other[near]
    shared = shapely.area(shapely.intersection(polygons[one], polygons[other]))
    real = shared > LEAST_OVERLAP_M2
    one, other, shared = one[real], other[real], shared[real]
    order = np.lexsort((place_in_order[other], -shared, one))
    return one[order], other[order]


def _common_box_m2(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Areas of the rectangles common to the bounds of pairs: where they are small so is what the polygons share."""
    a, b = shapely.bounds(one), shapely.bounds(other)
    low, high = np.maximum(a[:, :2], b[:, :2]), np.minimum(a[:, 2:], b[:, 2:])
    return np.maximum(high - low, 0.0).prod(axis=1)
