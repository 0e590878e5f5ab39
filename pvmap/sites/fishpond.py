"""Fishponds: where arrays may stand over water, from polygon to rows.

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

from pvmap.settings.city import Settings, VectorInput
from pvmap.settings.fishpond import FishpondSettings
from pvmap.settings.words import DYKE_WORDS, NO_WORDS, WATER_WORDS, YES_WORDS
from pvmap.sites import packing, reasons
from pvmap.sites.base import Ground, MasksOver, Placement, Sites, SiteType, latitude_of, no_masks, surfaces_frame
from pvmap.sites.ledger import Ledger, book_stated, clause
from pvmap.sites.masks import cut
from pvmap.sites.patches import HECTARE_M2, Patches, large_enough, wide_enough
from pvmap.sites.reading import contract_columns, not_buildings, read_column, read_common
from pvmap.sources.vector import VectorLayer

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
    among_waters = np.array([source.of == "waters" for source in inputs])[sites["layer"].to_numpy()]
    grades = np.where(among_waters, "D", np.where(dykes != "", "B", "C"))
    sites["confidence"] = pd.Series(grades, index=sites.index, dtype="str")
    return contract_columns(not_buildings(sites)), rejects, (*found, *about_dykes, *about_water)


def _waters(banned: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """Words of every class of water; a banned word that is a class's becomes a class of its own."""
    return {**WATER_WORDS, **{name: WATER_WORDS.get(name, ()) for name in banned}}


def prepare(sites: gpd.GeoDataFrame, settings: Settings, masks_over: MasksOver = no_masks) -> gpd.GeoDataFrame:
    """Fill ``cluster_area_m2`` over the whole city, so that no tile border can cut a cluster.

    A cluster is what ponds form whose gaps are at most ``cluster_gap_m``. Only the water counts that masks leave, in
    pieces that pass the rules on source, size and width; pieces of one pond belong together. Other kinds of site pass
    through unchanged.
    """
    rules = settings.fishpond
    area_m2 = np.zeros(len(sites))
    rows = np.flatnonzero(sites["site_type"].eq("fishpond") & sites["excluded_by"].eq(""))
    if not len(rows):
        return sites.assign(cluster_area_m2=area_m2)
    ponds = sites.iloc[rows]
    rest = cut(ponds.geometry.to_numpy(), "fishpond", masks_over(tuple(ponds.total_bounds)), Ledger(ponds["site_id"]))
    pieces = _fit_pieces(rest, np.arange(len(rows)), rules)
    pairs = shapely.STRtree(pieces.polygon).query(pieces.polygon, predicate="dwithin", distance=rules.cluster_gap_m)
    links = coo_array((np.ones(pairs.shape[1], bool), tuple(pieces.site[pairs])), shape=(len(rows), len(rows)))
    cluster = connected_components(links, directed=False)[1]
    of_pond = np.bincount(pieces.site, weights=pieces.area_m2, minlength=len(rows))
    area_m2[rows] = np.bincount(cluster, weights=of_pond)[cluster]
    return sites.assign(cluster_area_m2=area_m2)


def _fit_pieces(rest: np.ndarray, ponds: np.ndarray, rules: FishpondSettings, ledger: Ledger | None = None) -> Patches:
    """Pieces of water large and wide enough; what is not is booked where a ledger is given."""
    pieces = Patches.of(rest, ponds)
    large = large_enough(pieces, rules.min_area_ha)
    pieces = pieces.keep(large, reasons.SMALL_POND, clause(rules, "min_area_ha"), ledger)
    wide = wide_enough(pieces, rules.min_width_m)
    return pieces.keep(wide, reasons.NARROW_POND, clause(rules, "min_width_m"), ledger)


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
        ``surfaces.geometry`` is the water after masks, without small and narrow pieces; dykes are not taken out as
        nobody knows where they run. Per site footprint = sum of ``plan_area_m2`` + sum of excluded ``area_m2`` to
        rounding.
    """
    rules = settings.fishpond
    ledger = Ledger(sites["site_id"])
    rest = cut(sites.geometry.to_numpy(), "fishpond", ground.masks, ledger)
    pieces = _fit_pieces(rest, book_stated(sites, shapely.area(rest), ledger), rules, ledger)
    clustered = sites["cluster_area_m2"].to_numpy(float)[pieces.site] >= rules.min_cluster_ha * HECTARE_M2
    pieces = pieces.keep(clustered, reasons.SMALL_CLUSTER, clause(rules, "min_cluster_ha"), ledger)
    rows, water = pieces.whole_sites()
    left_m2 = shapely.area(water)
    water_m2 = left_m2 * sites["water_share"].to_numpy(float)[rows]
    ledger.add(reasons.DYKES, clause(rules, "water_share"), rows, left_m2 - water_m2)

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
        "row_length_m": np.full(len(rows), rules.row_length_m),
        "edge_height_m": np.full(len(rows), rules.module_height_m),
    }
    site_ids = sites["site_id"].to_numpy(object)[rows]
    return Placement(surfaces_frame(columns, water, ground.crs, site_ids=site_ids), ledger.frame())


FISHPOND = SiteType("fishpond", read, place, prepare)
