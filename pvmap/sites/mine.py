"""Abandoned mines and quarries: where ground arrays may stand, from polygon to rows.

Masks, walls with their rim, slopes too steep for their aspect and patches below 2 ha go; of what is left, roads and
inverters take their share and rows follow the ground. One surface a patch and aspect.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from pvmap.row_geometry import slope_towards
from pvmap.settings.city import Settings, VectorInput
from pvmap.settings.mine import MineSettings
from pvmap.sites import packing, reasons
from pvmap.sites.base import Ground, Placement, Sites, SiteType, grid_north_of, latitude_of, surfaces_frame
from pvmap.sites.ledger import Ledger, book_stated, clause
from pvmap.sites.masks import cut, outline, polygonal
from pvmap.sites.mine_terrain import (
    EAST,
    EQUATOR,
    FLAT,
    NEGLIGIBLE_M2,
    POLE,
    WEST,
    Terrain,
    beside_walls,
    mean_ground,
    read_terrain,
    terrain_margin_m,
    unknown_share,
)
from pvmap.sites.patches import Patches, large_enough
from pvmap.sites.reading import contract_columns, not_buildings, read_common
from pvmap.sources.vector import VectorLayer


class Piece(NamedTuple):
    """Ground of one patch and aspect: plan polygon, share of it that carries arrays, slope and downhill azimuth."""

    polygon: shapely.Geometry
    share: float
    ground_tilt: float
    ground_azimuth: float


def read(layers: Sequence[VectorLayer], inputs: Sequence[VectorInput], settings: Settings) -> Sites:
    """Turn mine polygons into sites: grade B where the city has a terrain model, D where a share stands for it."""
    sites, rejects, found = read_common("mine", layers, inputs)
    if not len(sites):
        return sites, rejects, found
    among_land = np.array([source.of == "land_use" for source in inputs])[sites["layer"].to_numpy()]
    grades = np.where(among_land, "D", "D" if settings.inputs.dem is None else "B")
    sites["confidence"] = pd.Series(grades, index=sites.index, dtype="str")
    return contract_columns(not_buildings(sites)), rejects, found


def place(sites: gpd.GeoDataFrame, ground: Ground, settings: Settings) -> Placement:
    """Lay rows on mines.

    Parameters
    ----------
    sites
        Mine rows of "sites".
    ground
        Terrain and masks. Without terrain ``share_without_dem`` of each polygon counts as even ground; a mine of
        which a city's terrain model leaves more than ``most_unknown_share`` unknown is refused, unless ``outside_dem``
        says otherwise.
    settings
        ``mine``, ``module`` and ``siting`` are used.

    Returns
    -------
    Placement
        ``surfaces.geometry`` is the usable ground of one patch and aspect, roads not yet taken out. Per site
        footprint = sum of ``plan_area_m2`` + sum of excluded ``area_m2`` to rounding.
    """
    rules = settings.mine
    ledger = Ledger(sites["site_id"])
    polygons = sites.geometry.to_numpy()
    rest = cut(polygons, "mine", ground.masks, ledger)
    latitude, north = latitude_of(sites, ground), grid_north_of(sites, ground.crs)
    found: list[tuple[int, Piece]] = []
    for site in book_stated(sites, shapely.area(rest), ledger):
        equator = float(packing.equator_azimuth(latitude[site]))
        terrain = _terrain_of(polygons[site], equator, north[site], ground, rules)
        if terrain is not None:
            pieces = _pieces(int(site), rest[site], terrain, rules, ledger)
        elif ground.terrain is None or rules.outside_dem == "share":
            pieces = _pieces_by_share(int(site), rest[site], equator, rules, ledger)
        else:
            ledger.add(reasons.NO_TERRAIN, clause(rules, "outside_dem"), np.array([site]), shapely.area(rest[site]))
            continue
        found += [(int(site), piece) for piece in pieces]
    surfaces = _lay_rows(found, sites, latitude, ground, settings, ledger)
    return Placement(surfaces, ledger.frame())


def _terrain_of(
    polygon: shapely.Geometry, equator: float, grid_north: float, ground: Ground, rules: MineSettings
) -> Terrain | None:
    """Judge the ground of a mine and around it; None where too much of its elevation is not known."""
    if ground.terrain is None:
        return None
    margin = terrain_margin_m(rules)
    west, south, east, north = polygon.bounds
    elevation = ground.terrain((west - margin, south - margin, east + margin, north + margin))
    if elevation is None or unknown_share(elevation, polygon) > rules.most_unknown_share:
        return None
    return read_terrain(elevation, equator, rules, grid_north=grid_north)


def _pieces(
    site: int, polygon: shapely.Geometry, terrain: Terrain, rules: MineSettings, ledger: Ledger
) -> Iterator[Piece]:
    """Usable ground of what masks left of one mine; what is not usable is booked."""
    rest = polygon
    walls = ("highwall_excess", "slope_scale_m", "hillside_scale_m", "slope_limit", "highwall_rim_m")
    slopes = ("slope_limit_equator", "slope_limit_side", "slope_limit_pole")
    for reason, cover, keys in (
        (reasons.HIGHWALL, beside_walls(terrain, rules), walls),
        (reasons.ASPECT, shapely.union_all(outline(terrain.steep, terrain.grid)), slopes),
    ):
        left = shapely.difference(rest, cover)
        touched = shapely.area(shapely.intersection(polygon, cover))
        why = "; ".join(clause(rules, key) for key in keys)
        ledger.add(reason, why, np.array([site]), shapely.area(rest) - shapely.area(left), touched)
        rest = left
    sectors = [
        (sector, shapely.union_all(outline(terrain.sector == sector, terrain.grid)))
        for sector in (FLAT, EQUATOR, EAST, POLE, WEST)
    ]
    for patch in _large_patches(site, rest, rules, ledger):
        for sector, cover in sectors:
            (part,) = polygonal(np.array([shapely.intersection(patch, cover)], object))
            if shapely.area(part) > NEGLIGIBLE_M2:
                yield Piece(part, rules.net_share, *mean_ground(part, terrain, sector))


def _pieces_by_share(
    site: int, rest: shapely.Geometry, equator: float, rules: MineSettings, ledger: Ledger
) -> Iterator[Piece]:
    for patch in _large_patches(site, rest, rules, ledger):
        broken = shapely.area(patch) * (1.0 - rules.share_without_dem)
        ledger.add(reasons.TERRAIN_SHARE, clause(rules, "share_without_dem"), np.array([site]), broken)
        yield Piece(patch, rules.share_without_dem * rules.net_share, 0.0, equator)


def _large_patches(site: int, rest: shapely.Geometry, rules: MineSettings, ledger: Ledger) -> np.ndarray:
    """Keep connected ground of at least the least size; book the rest."""
    polygons = shapely.get_parts(rest)
    patches = Patches(np.full(len(polygons), site), polygons)
    large = large_enough(patches, rules.min_patch_ha)
    return patches.keep(large, reasons.SMALL_PATCH, clause(rules, "min_patch_ha"), ledger).polygon


def _lay_rows(
    found: list[tuple[int, Piece]],
    sites: gpd.GeoDataFrame,
    latitude: np.ndarray,
    ground: Ground,
    settings: Settings,
    ledger: Ledger,
) -> gpd.GeoDataFrame:
    rules = settings.mine
    site = np.array([number for number, _ in found], int)
    pieces = [piece for _, piece in found]
    polygons = np.array([piece.polygon for piece in pieces], object)
    share = np.array([piece.share for piece in pieces], float)
    ground_tilt = np.array([piece.ground_tilt for piece in pieces], float)
    ground_azimuth = np.array([piece.ground_azimuth for piece in pieces], float)
    plan_m2 = shapely.area(polygons) * share

    at = latitude[site]
    azimuth = packing.equator_azimuth(at)
    gcr = packing.ground_cover_ratio(
        at,
        rules.tilt,
        azimuth,
        ground_tilt=ground_tilt,
        ground_azimuth=ground_azimuth,
        window=packing.spacing_window(settings.siting, at),
    )
    gcr = np.minimum(gcr, rules.max_gcr)
    along = slope_towards(azimuth, ground_tilt, ground_azimuth)
    area_m2 = plan_m2 / np.cos(np.radians(along))  # level rows are as long as the map says, whatever the slope across
    n_modules = packing.whole_modules(area_m2, gcr, settings.module)
    carries = n_modules > 0

    roads = plan_m2 / rules.net_share * (1.0 - rules.net_share)
    ledger.add(reasons.ROADS, clause(rules, "net_share"), site, roads)
    ledger.add(reasons.SMALL_PATCH, clause(rules, "min_patch_ha"), site[~carries], plan_m2[~carries])
    tilt = np.maximum(rules.tilt, along)
    half_rise_m = rules.row_length_m / 2 * np.sin(np.radians(tilt - along))
    columns = {
        "surface_tilt": tilt,
        "surface_azimuth": azimuth,
        "gcr": gcr,
        "albedo": np.full(len(site), rules.albedo),
        "mounting": np.full(len(site), "ground", object),
        "area_m2": area_m2,
        "plan_area_m2": plan_m2,
        "capacity_limit_kwp": n_modules * settings.module.power_kwp,
        "height_m": np.full(len(site), rules.module_height_m),
        "ground_tilt": ground_tilt,
        "ground_azimuth": ground_azimuth,
        "row_length_m": np.full(len(site), rules.row_length_m),
        "edge_height_m": np.maximum(rules.module_height_m - half_rise_m, 0.0),
    }
    return surfaces_frame(
        {name: values[carries] for name, values in columns.items()},
        polygons[carries],
        ground.crs,
        site_ids=sites["site_id"].to_numpy(object)[site[carries]],
    )


MINE = SiteType("mine", read, place)
