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
from geopandas.array import GeometryArray

from pvmap.errors import InputError
from pvmap.settings.sites import SitingSettings
from pvmap.sites.base import longitude_latitude
from pvmap.sites.boxes import neighbours
from pvmap.sites.outlines import INSIDE, holding
from pvmap.sites.reading import nothing_refused, refuse
from pvmap.sites.roof_use import MEASURED
from pvmap.sources.asleep import stacked

LEAST_OVERLAP_M2 = 1.0  # neighbours' walls rarely meet to the centimetre
LEAST_REST = 0.05  # share of a polygon below which nothing of its own is left
MOST_PAIRS, PAIRS_A_SITE = 200_000, 30  # whose boxes share ground; beyond they would be cut for minutes or hours

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

    Raises
    ------
    InputError
        Sites lie on one another by the dozen.
    """
    order = list((settings or SitingSettings()).overlap_order)
    kinds = sorted(frames, key=lambda kind: order.index(kind) if kind in order else len(order))
    there = [kind for kind in kinds if len(frames[kind])]
    number, row, pairs = _claimants([frames[kind] for kind in there])
    if not pairs.size:
        return frames, nothing_refused().assign(site_type=pd.Series(dtype="str"))
    if pairs.shape[1] > MOST_PAIRS + PAIRS_A_SITE * len(row):
        raise InputError(
            f"{len(row)} sites share ground with {2 * pairs.shape[1] // len(row)} others each, which those of no city "
            "do; correct or remove the layer whose polygons lie on one another."
        )
    sites = stacked([frames[kind].iloc[row[number == n]] for n, kind in enumerate(there) if (number == n).any()])
    polygons = sites.geometry.array
    measured = sites["height_source"].isin(MEASURED).to_numpy()
    before = np.lexsort(
        (
            sites["site_id"].to_numpy(object).astype(str),
            -polygons.area,
            np.isin(np.arange(len(sites)), holding(polygons, pairs).outer),
            -np.where(measured, sites["height_m"].to_numpy(float), 0.0),
            ~measured,
            number,
        )
    )
    place_in_order = np.empty(len(sites), int)
    place_in_order[before] = np.arange(len(sites))

    later, earlier = _overlaps(polygons, pairs, place_in_order)
    if not len(later):
        return frames, nothing_refused().assign(site_type=pd.Series(dtype="str"))
    cuts = _cut(polygons, later, earlier)
    gone = cuts.site[cuts.refused]
    by = sites["site_id"].to_numpy(object)[cuts.taken_by[cuts.refused]]
    refused_rows = sites.iloc[gone]
    rejects = refuse(
        refused_rows,
        "counted with another site",
        pd.Series([f"covered by {other}" for other in by], index=refused_rows.index, dtype="str"),
    ).assign(site_type=refused_rows["site_type"].to_numpy(object))
    changed = dict(frames)
    for n, kind in enumerate(there):
        own = number[cuts.site] == n
        kept, out = own & ~cuts.refused, row[cuts.site[own & cuts.refused]]
        changed[kind] = _smaller(frames[kind], row[cuts.site[kept]], cuts.own[kept])
        if len(out):
            changed[kind] = changed[kind].drop(index=changed[kind].index[out]).reset_index(drop=True)
    return changed, rejects


def _claimants(frames: list[gpd.GeoDataFrame]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Sites that may share ground: number of the frame of each, its row there, and pairs (2, m) of them, each once."""
    number = np.repeat(np.arange(len(frames)), [len(frame) for frame in frames])
    row = np.concatenate([np.zeros(0, int), *(np.arange(len(frame)) for frame in frames)])
    bounds = np.concatenate([np.zeros((0, 4)), *(frame.geometry.array.bounds for frame in frames)])
    area = np.concatenate([np.zeros(0), *(frame.geometry.array.area for frame in frames)])
    pairs = neighbours(bounds)
    common_m2 = _common_box_m2(*bounds[pairs])
    pairs = pairs[:, (common_m2 > LEAST_OVERLAP_M2) | (common_m2 >= INSIDE * area[pairs].min(axis=0))]
    near, pairs = np.unique(pairs, return_inverse=True)
    return number[near], row[near], pairs.reshape(2, -1)


def _smaller(sites: gpd.GeoDataFrame, rows: np.ndarray, polygons: np.ndarray) -> gpd.GeoDataFrame:
    """Give sites of which some have lost a part of their polygon."""
    cut = sites.iloc[rows].set_geometry(gpd.GeoSeries(polygons, index=sites.index[rows], crs=sites.crs))
    outlines = sites.geometry.array.copy()
    outlines[rows] = polygons
    own_m2 = shapely.area(polygons)
    longitude, latitude = longitude_latitude(cut)
    values = {
        "footprint_area_m2": own_m2,
        "shared_area_m2": cut["shared_area_m2"].to_numpy() + (sites.geometry.array.area[rows] - own_m2),
        "longitude": longitude,
        "latitude": latitude,
    }
    columns = {name: sites[name].to_numpy(float).copy() for name in values}
    for name, of_rows in values.items():
        columns[name][rows] = of_rows
    return sites.assign(**columns).set_geometry(gpd.GeoSeries(outlines, sites.index, crs=sites.crs))


def _cut(outlines: GeometryArray, later: np.ndarray, earlier: np.ndarray) -> Cuts:
    """Cut each later site by those earlier ones that are kept themselves.

    A site depends on those before it alone: cutting again what a newly refused site had cut comes to an end.
    """
    sites, first = np.unique(later, return_index=True)
    claims = np.split(earlier, first[1:])
    polygons, involved = np.empty(len(outlines), object), np.union1d(sites, earlier)
    polygons[involved] = np.asarray(outlines[involved])
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


def _overlaps(polygons: GeometryArray, pairs: np.ndarray, place_in_order: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Pairs (later, earlier) of positions whose polygons share ground, by later and then by overlap, largest first."""
    one, other = np.where(place_in_order[pairs[0]] > place_in_order[pairs[1]], pairs, pairs[::-1])
    bounds = polygons.bounds
    near = _common_box_m2(bounds[one], bounds[other]) > LEAST_OVERLAP_M2
    one, other = one[near], other[near]
    awake, pairs = np.unique(np.stack([one, other]), return_inverse=True)
    claimed, claiming = np.asarray(polygons[awake])[pairs.reshape(2, -1)]
    within = shapely.relate_pattern(claimed, claiming, "2********")  # most neighbours share a wall at the most
    shared = np.zeros(len(one))
    shared[within] = shapely.area(shapely.intersection(claimed[within], claiming[within]))
    real = shared > LEAST_OVERLAP_M2
    one, other, shared = one[real], other[real], shared[real]
    order = np.lexsort((place_in_order[other], -shared, one))
    return one[order], other[order]


def _common_box_m2(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Areas of the rectangles common to pairs of bounds: where they are small so is what the polygons share."""
    low, high = np.maximum(a[:, :2], b[:, :2]), np.minimum(a[:, 2:], b[:, 2:])
    return np.maximum(high - low, 0.0).prod(axis=1)
