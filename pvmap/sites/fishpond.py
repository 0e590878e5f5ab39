"""Fishponds: where arrays may stand over water, by MODEL.md's chain from polygon to rows.

Dykes go where the polygon holds them; small, narrow and scattered ponds go; over the rest rows stand as densely as the
sun, the boats and the cap on covered water allow. Boat lanes lie in the open half.
"""

from __future__ import annotations

from collections.abc import Sequence

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from pvmap.config import Settings, VectorInput
from pvmap.settings.fishpond import FishpondSettings
from pvmap.settings.words import DYKE_WORDS, NO_WORDS, WATER_WORDS, YES_WORDS
from pvmap.sites import packing, reasons
from pvmap.sites.base import Ground, Placement, Sites, SiteType, latitude_of, surfaces_frame
from pvmap.sites.ledger import Ledger, book_stated, clause
from pvmap.sites.masks import cut
from pvmap.sites.reading import contract_columns, not_buildings, read_column, read_common
from pvmap.sources.vector import VectorLayer

HECTARE_M2 = 10_000.0
DYKES = {"yes": (*YES_WORDS, *DYKE_WORDS["yes"]), "no": (*NO_WORDS, *DYKE_WORDS["no"])}


def read(layers: Sequence[VectorLayer], inputs: Sequence[VectorInput], settings: Settings) -> Sites:
    """Turn pond polygons into sites with water's share of the polygon, and rivers, lakes and reservoirs marked as out.

    Grade B where the column ``includes_dykes`` tells what the polygon holds, C where the setting has to.
    """
    rules = settings.fishpond
    sites, rejects, found = read_common("fishpond", layers, inputs)
    if not len(sites):
        return sites, rejects, found
    dykes, about_dykes = read_column(sites, inputs, "includes_dykes", DYKES, "dyke-words-not-known")
    water, about_water = read_column(
        sites, inputs, "water_type", _waters(rules.banned_water), "water-words-not-known", parts=True
    )
    holds = np.where(dykes == "", rules.polygons_include_dykes, dykes == "yes")
    sites["water_share"] = np.where(holds, rules.water_share, 1.0)
    banned = pd.Series(np.isin(water, rules.banned_water), index=sites.index)
    sites["excluded_by"] = sites["excluded_by"].mask(banned & sites["excluded_by"].eq(""), reasons.BANNED_WATER)
    sites["confidence"] = pd.Series(np.where(dykes != "", "B", "C"), index=sites.index, dtype="str")
    return contract_columns(not_buildings(sites)), rejects, (*found, *about_dykes, *about_water)


def _waters(banned: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """Words of every class of water; a banned word that is a class's becomes a class of its own."""
    return {**WATER_WORDS, **{name: WATER_WORDS.get(name, ()) for name in banned}}


def prepare(sites: gpd.GeoDataFrame, settings: Settings) -> gpd.GeoDataFrame:
    """Fill ``cluster_area_m2`` over the whole city, so that no tile border can cut a cluster.

    A cluster is what ponds form whose gaps are at most ``cluster_gap_m``; only ponds that pass the rules on source,
    size and width count, masks not yet taken out. Other kinds of site pass through unchanged.
    """
    rules = settings.fishpond
    ponds = sites["site_type"].eq("fishpond") & sites["excluded_by"].eq("")
    rows = np.flatnonzero(ponds)
    polygons = sites.geometry.to_numpy()[rows]
    fit = (shapely.area(polygons) >= rules.min_area_ha * HECTARE_M2) & wide_enough(polygons, rules)
    rows, polygons = rows[fit], polygons[fit]
    pairs = shapely.STRtree(polygons).query(polygons, predicate="dwithin", distance=rules.cluster_gap_m)
    links = coo_array((np.ones(pairs.shape[1], bool), tuple(pairs)), shape=(len(rows), len(rows)))
    cluster = connected_components(links, directed=False)[1] if len(rows) else np.empty(0, int)
    area = np.zeros(len(sites))
    area[rows] = np.bincount(cluster, weights=shapely.area(polygons))[cluster] if len(rows) else 0.0
    return sites.assign(cluster_area_m2=area)


def wide_enough(polygons: np.ndarray, rules: FishpondSettings) -> np.ndarray:
    """Whether a circle of ``min_width_m`` fits into each polygon, to 0.1 m.

    An inward buffer answers for most; it collapses a little early, so the narrow ones are measured.
    """
    fits = ~shapely.is_empty(shapely.buffer(polygons, -rules.min_width_m / 2.0, quad_segs=4))
    doubtful = np.flatnonzero(~fits & (shapely.area(polygons) >= np.pi * (rules.min_width_m / 2.0 - 0.05) ** 2))
    radius = shapely.length(shapely.maximum_inscribed_circle(polygons[doubtful], tolerance=0.05))
    fits[doubtful] = radius + 0.05 >= rules.min_width_m / 2.0
    return fits


def place(sites: gpd.GeoDataFrame, ground: Ground, settings: Settings) -> Placement:
    """Lay rows over ponds.

    Parameters
    ----------
    sites
        Fishpond rows of "sites", after `prepare`.
    ground
        Masks and the fallback latitude.
    settings
        ``fishpond``, ``module`` and ``siting`` are used.

    Returns
    -------
    Placement
        ``surfaces.geometry`` is the polygon after masks, dykes not taken out as nobody knows where they run. Per site
        footprint = sum of ``plan_area_m2`` + sum of excluded ``area_m2`` to rounding.
    """
    rules = settings.fishpond
    ledger = Ledger(sites["site_id"])
    rest = cut(sites.geometry.to_numpy(), "fishpond", ground.masks, ledger)
    left_m2 = shapely.area(rest)
    rows = book_stated(sites, left_m2, ledger)
    cluster_m2 = sites["cluster_area_m2"].to_numpy(float)
    for reason, key, passes in (
        (reasons.SMALL_POND, "min_area_ha", left_m2 >= rules.min_area_ha * HECTARE_M2),
        (reasons.NARROW_POND, "min_width_m", wide_enough(rest, rules)),
        (reasons.SMALL_CLUSTER, "min_cluster_ha", cluster_m2 >= rules.min_cluster_ha * HECTARE_M2),
    ):
        out = rows[~passes[rows]]
        ledger.add(reason, clause(rules, key), out, left_m2[out])
        rows = rows[passes[rows]]
    water_m2 = left_m2[rows] * sites["water_share"].to_numpy(float)[rows]
    ledger.add(reasons.DYKES, clause(rules, "water_share"), rows, left_m2[rows] - water_m2)

    latitude = latitude_of(sites, ground)[rows]
    azimuth = packing.equator_azimuth(latitude)
    gcr = packing.pond_cover_ratio(
        latitude,
        rules.tilt,
        azimuth,
        row_length_m=rules.row_length_m,
        min_pitch_m=rules.min_pitch_m,
        max_water_cover=rules.max_water_cover,
        window=packing.spacing_window(settings.siting, latitude),
    )
    n_modules = packing.whole_modules(water_m2, gcr, settings.module)
    columns = {
        "surface_tilt": np.full(len(rows), rules.tilt),
        "surface_azimuth": azimuth,
        "gcr": gcr,
        "albedo": np.full(len(rows), rules.albedo),
        "mounting": np.full(len(rows), "pond", object),
        "area_m2": water_m2,
        "plan_area_m2": water_m2,
        "capacity_limit_kwp": n_modules * settings.module.power_kwp,
        "height_m": np.full(len(rows), rules.module_height_m),
        "ground_tilt": np.zeros(len(rows)),
        "ground_azimuth": np.zeros(len(rows)),
    }
    site_ids = sites["site_id"].to_numpy(object)[rows]
    return Placement(surfaces_frame(columns, rest[rows], ground.crs, site_ids=site_ids), ledger.frame())


FISHPOND = SiteType("fishpond", read, place, prepare)
