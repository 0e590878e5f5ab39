"""Roofs: where modules may go on a building, from footprint to array area.

Plane area inside the setback, times the shares that obstacles, access and maintenance, ownership and structure leave;
shade takes its part later.
Flat roofs carry racks that face the equator whatever way the building stands; steel roofs carry flush modules on both
planes; rural roofs carry flush modules on the planes that do not face north.
"""

from __future__ import annotations

from collections.abc import Sequence

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from pvmap.settings.base import Section
from pvmap.settings.city import Settings, VectorInput
from pvmap.settings.rooftop import RooftopSettings
from pvmap.sites import packing, reasons
from pvmap.sites.base import (
    Ground,
    MasksOver,
    Placement,
    Sites,
    SiteType,
    grid_north_of,
    latitude_of,
    no_masks,
    surfaces_frame,
)
from pvmap.sites.ledger import Ledger, book_stated, clause
from pvmap.sites.masks import cut
from pvmap.sites.measured import book_no_plane, inside_outline, measured_planes
from pvmap.sites.reading import contract_columns, read_common
from pvmap.sites.ridge import Planes, faces_pole, flat_planes, is_square, join, ridge_planes
from pvmap.sites.roof_use import by_use, doubt_missing_heights, doubt_nearby_heights, grade, read_heights, read_uses
from pvmap.sites.row_houses import row_ridges
from pvmap.sites.setback import set_back
from pvmap.sites.use_from_land import FROM_LAND
from pvmap.sources.vector import VectorLayer
from pvmap.tables.vocabulary import BUILDING_USES

STEEL, PITCHED = "industrial_steel", "residential_rural"  # every other use has a flat roof
ONE_LOWER = {"B": "C", "C": "D", "D": "D"}  # grade of a pitched roof whose ridge may run either way


def read(layers: Sequence[VectorLayer], inputs: Sequence[VectorInput], settings: Settings) -> Sites:
    """Turn building footprints into sites with use, height and grade.

    Parameters
    ----------
    layers, inputs
        What was read and the inputs it came from, in the same order.
    settings
        Of the city; ``rooftop`` is used.

    Returns
    -------
    tuple of GeoDataFrame, DataFrame and tuple of Finding
        "sites", "rejects" and what is doubtful. Small buildings still cast shade and are excluded in `place`.
    """
    sites, rejects, found = read_common("rooftop", layers, inputs)
    if not len(sites):
        return sites, rejects, found
    uses, told, about_uses = read_uses(sites, inputs, settings.rooftop)
    told &= ~sites.get(FROM_LAND, pd.Series(False, index=sites.index)).fillna(False).to_numpy(bool)
    height, height_source, nearby = read_heights(sites, uses, settings.rooftop)
    about_heights = doubt_nearby_heights(sites, inputs, height, height_source, nearby)
    about_heights += doubt_missing_heights(sites, inputs, height, height_source)
    sites["building_use"] = pd.Series(uses, index=sites.index, dtype="str")
    sites["height_m"] = height
    sites["height_source"] = pd.Series(height_source, index=sites.index, dtype="str")
    grades = np.asarray(grade(uses, told, height_source), object)
    hidden = uses == PITCHED
    hidden[hidden] = is_square(sites.geometry.array[hidden], settings.rooftop.square_ratio)
    grades[hidden] = pd.Series(grades[hidden]).map(ONE_LOWER)
    sites["confidence"] = pd.Series(grades, index=sites.index, dtype="str")
    sites["use_known"], sites["ridge_hidden"] = told, hidden
    origin = np.array([source.height_origin for source in inputs], object)
    rmse_m = np.array([np.nan if source.height_rmse_m is None else source.height_rmse_m for source in inputs])
    sites["origin"] = pd.Series(origin[sites["layer"].to_numpy()], index=sites.index, dtype="str")
    sites["height_rmse_m"] = rmse_m[sites["layer"].to_numpy()]
    return contract_columns(sites), rejects, (*found, *about_uses, *about_heights)


def prepare(sites: gpd.GeoDataFrame, settings: Settings, masks_over: MasksOver = no_masks) -> gpd.GeoDataFrame:
    """Fill ``ridge_azimuth`` over the whole city, so that no tile border can cut a row of houses.

    Houses alone: steel halls that stand wall to wall are bays, each with a ridge of its own. Masks change no ridge.
    """
    ridge_azimuth = np.full(len(sites), np.nan)
    houses = np.flatnonzero(sites["building_use"].eq(PITCHED))
    ridge_azimuth[houses] = row_ridges(sites.geometry.array[houses], settings.rooftop.row_houses)
    return sites.assign(ridge_azimuth=ridge_azimuth)


def place(sites: gpd.GeoDataFrame, ground: Ground, settings: Settings) -> Placement:
    """Lay arrays on roofs.

    Parameters
    ----------
    sites
        Rooftop rows of "sites", after `prepare`.
    ground
        Masks, measured roof planes where there are any, and the fallback latitude; roofs need no terrain.
    settings
        ``rooftop``, ``module`` and ``siting`` are used.

    Returns
    -------
    Placement
        ``surfaces.geometry`` is the plan polygon inside the setback; obstacles lie anywhere in it. Per site
        footprint = sum of ``plan_area_m2`` + sum of excluded ``area_m2`` to rounding.
    """
    rules = settings.rooftop
    ledger = Ledger(sites["site_id"])
    uses = pd.Categorical(sites["building_use"], categories=list(BUILDING_USES))  # rows of words are slow to look up
    latitude = latitude_of(sites, ground)
    equator = packing.equator_azimuth(latitude)
    rest = cut(sites.geometry.to_numpy(), "rooftop", ground.masks, ledger)
    roofs = book_stated(sites, shapely.area(rest), ledger)
    planes = _planes(sites, rest, roofs, ground, rules, ledger).turned(grid_north_of(sites, ground.crs))
    planes = _drop_pole_facing(planes, equator, rules, ledger)
    inside = _set_back(planes, rules, ledger)
    plan_m2 = _left_by_shares(planes, uses[planes.roof], shapely.area(inside) * planes.part, rules, ledger)
    area_m2 = plan_m2 / np.cos(np.radians(planes.tilt))
    tilt, azimuth, gcr = _arrays(planes, latitude, equator, settings)
    n_modules = packing.whole_modules(area_m2, gcr, settings.module)
    use = uses[planes.roof]
    carries = _large_enough(planes.roof, use, area_m2, n_modules, len(sites), rules)
    small = _clauses(rules.smallest_array_m2, use[~carries])
    ledger.add(reasons.SMALL_ROOF, small, planes.roof[~carries], plan_m2[~carries])

    order = np.flatnonzero(carries)
    order = order[np.argsort(planes.roof[order], kind="stable")]
    columns = {
        "surface_tilt": tilt,
        "surface_azimuth": azimuth,
        "gcr": gcr,
        "albedo": np.where(planes.rack, rules.albedo_flat, rules.albedo_flush),
        "mounting": np.where(planes.rack, "rack", "flush").astype(object),
        "area_m2": area_m2,
        "plan_area_m2": plan_m2,
        "capacity_limit_kwp": n_modules * settings.module.power_kwp,
        "height_m": np.nan_to_num(sites["height_m"].to_numpy(float))[planes.roof],
        "ground_tilt": planes.tilt,
        "ground_azimuth": planes.azimuth,
        "row_length_m": np.where(planes.rack, settings.module.length_m, 0.0),
        "edge_height_m": np.where(planes.rack, rules.rack_edge_height_m, 0.0),
        "measured": planes.measured,
    }
    surfaces = surfaces_frame(
        {name: values[order] for name, values in columns.items()},
        inside[order],
        ground.crs,
        site_ids=sites["site_id"].to_numpy(object)[planes.roof[order]],
    )
    return Placement(surfaces, ledger.frame())


def _planes(
    sites: gpd.GeoDataFrame, rest: np.ndarray, roofs: np.ndarray, ground: Ground, rules: RooftopSettings, ledger: Ledger
) -> Planes:
    """Planes as measured where they are, otherwise as use and footprint suggest."""
    uses = sites["building_use"].to_numpy(object)
    clear = by_use(rules.obstacle_free_share, uses)
    found = ground.roof_planes(sites) if ground.roof_planes is not None else None
    measured = []
    if found is not None and len(found):
        known = measured_planes(found, rest, roofs, uses, clear, rules)
        book_no_plane(known, rest, ledger)
        measured.append(known)
        roofs = np.setdiff1d(roofs, known.roof)
    ridged = np.isin(uses[roofs], [STEEL, PITCHED])
    flat, two = roofs[~ridged], roofs[ridged]
    pitch = np.where(uses[two] == STEEL, rules.steel_tilt, rules.rural_tilt)
    known = sites["ridge_azimuth"].to_numpy(float)
    return join(
        flat_planes(rest[flat], flat, clear[flat]),
        ridge_planes(rest[two], two, pitch, clear[two], rules.square_ratio, known[two]),
        *measured,
    )


def _drop_pole_facing(planes: Planes, equator: np.ndarray, rules: RooftopSettings, ledger: Ledger) -> Planes:
    away = faces_pole(planes.azimuth, equator[planes.roof], rules.pole_facing_half_angle)
    away &= planes.tilt > rules.pole_facing_above_tilt
    ledger.add(
        reasons.POLE_FACING,
        clause(rules, "pole_facing_half_angle"),
        planes.roof[away],
        shapely.area(planes.polygon[away]) * planes.part[away],
    )
    return planes.take(~away)


def _set_back(planes: Planes, rules: RooftopSettings, ledger: Ledger) -> np.ndarray:
    """Polygons inside the setback; what lies outside is booked.

    The setback keeps clear of the edges of roof and plane. A measured plane also has gaps and notches where obstacles
    stand: these are areas of their own, not edges, so the setback is taken from its outline without them.
    """
    distance = np.where(planes.rack, rules.parapet_setback_m, rules.pitched_setback_m)
    inside = set_back(planes.polygon, distance)
    own = planes.measured
    inside[own] = inside_outline(planes.polygon[own], distance[own])
    parapet, pitched = clause(rules, "parapet_setback_m"), clause(rules, "pitched_setback_m")
    clauses = np.where(planes.rack, parapet, pitched).astype(object)
    outside_m2 = (shapely.area(planes.polygon) - shapely.area(inside)) * planes.part
    ledger.add(reasons.SETBACK, clauses, planes.roof, outside_m2)
    return inside


def _arrays(
    planes: Planes, latitude: np.ndarray, equator: np.ndarray, settings: Settings
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Tilt, azimuth and ground cover ratio of the modules on each plane."""
    rules, rack = settings.rooftop, planes.rack
    tilt = np.where(rack, rules.flat_tilt, planes.tilt)
    azimuth = np.where(rack, equator[planes.roof], planes.azimuth)
    gcr = np.full(len(rack), rules.flush_packing)
    at = latitude[planes.roof[rack]]
    window = packing.spacing_window(settings.siting, at)
    gcr[rack] = packing.ground_cover_ratio(at, rules.flat_tilt, azimuth[rack], window=window)
    return tilt, azimuth, gcr


def _large_enough(
    roof: np.ndarray,
    use: pd.Categorical,
    area_m2: np.ndarray,
    n_modules: np.ndarray,
    n_roofs: int,
    rules: RooftopSettings,
) -> np.ndarray:
    """Whether a plane carries modules: at least one fits, and the roof as a whole is worth a system."""
    fits = n_modules > 0
    whole_roof_m2 = np.bincount(roof, weights=area_m2 * fits, minlength=n_roofs)
    return fits & (whole_roof_m2[roof] >= by_use(rules.smallest_array_m2, use))


def _left_by_shares(
    planes: Planes, use: pd.Categorical, inside_m2: np.ndarray, rules: RooftopSettings, ledger: Ledger
) -> np.ndarray:
    """Plan area that obstacles, access and ownership leave of each plane, one after the other; each is booked."""
    left_m2 = inside_m2
    assumed = planes.clear < 1.0  # obstacles that were measured are booked with their own clause
    for reason, section, share in (
        (reasons.OBSTACLES, rules.obstacle_free_share, planes.clear),
        (reasons.ACCESS, rules.access_share, by_use(rules.access_share, use)),
        (reasons.STRUCTURE, rules.structure_share, by_use(rules.structure_share, use)),
    ):
        rows = np.flatnonzero(assumed) if reason == reasons.OBSTACLES else np.arange(len(use))
        ledger.add(reason, _clauses(section, use[rows]), planes.roof[rows], (left_m2 * (1.0 - share))[rows])
        left_m2 = left_m2 * share
    return left_m2


def _clauses(section: Section, use: pd.Categorical) -> np.ndarray:
    """Clause of a rule by use, per plane."""
    return np.array([clause(section, name) for name in BUILDING_USES], object)[use.codes]


ROOFTOP = SiteType("rooftop", read, place, prepare)
