"""Assumptions about roofs: heights, forms, setbacks, obstacles and the smallest roof worth a system."""

from __future__ import annotations

from typing import Any

from pvmap.settings.base import Section, assumption
from pvmap.settings.roof_shares import AccessShare, ObstacleFreeShare, StructureShare
from pvmap.settings.row_houses import RowHouses


def _floor(default: float, low: float, high: float) -> Any:
    return assumption(
        default,
        unit="m",
        mark="unverified",
        source="judgement: usual floor heights by use: homes 2.9-3.2 m, offices 3.6-3.9 m, shops 4.5 "
        "m, factories 4.5-6 m, halls 8-9 m",
        about="height of one floor, where the source counts floors",
        low=low,
        high=high,
        gt=0,
    )


def _height(default: float, low: float, high: float) -> Any:
    return assumption(
        default,
        unit="m",
        mark="unverified",
        source="judgement: usual number of floors times the floor height of the use",
        about="height of the building where the source gives neither height nor floors",
        low=low,
        high=high,
        gt=0,
    )


def _smallest(default: float, low: float, high: float) -> Any:
    return assumption(
        default,
        unit="m2",
        mark="unverified",
        source="judgement: homes of 30 m2 carry about 5 kWp; 200 m2 for public and 1,000 m2 for "
        "commercial roofs are conditions of the practical case",
        about="array area below which a roof gets no system",
        low=low,
        high=high,
        ge=0,
    )


class FloorHeight(Section):
    """Height of one floor by use."""

    industrial_steel: float = _floor(8.5, 8.0, 9.0)
    industrial_concrete: float = _floor(5.25, 4.5, 6.0)
    commercial: float = _floor(4.5, 4.2, 5.1)
    government: float = _floor(3.75, 3.6, 3.9)
    education: float = _floor(3.6, 3.6, 3.9)
    health: float = _floor(3.9, 3.6, 4.2)
    residential_low: float = _floor(2.95, 2.9, 3.0)
    residential_high: float = _floor(2.95, 2.9, 3.0)
    residential_rural: float = _floor(3.2, 3.0, 3.6)
    other: float = _floor(3.3, 2.9, 4.5)


class NearbyHeights(Section):
    """Buildings whose height says that of a neighbour without one."""

    count: int = assumption(
        15,
        unit="1",
        mark="choice",
        source="judgement: held out in old Suzhou, Shanghai and Tokyo, 5 to 25 differ little; all halve the error of a "
        "default that does not fit",
        about="nearest buildings of the same use and known height whose median counts where a height is missing; "
        "0: the default of the use",
        low=5,
        high=25,
        ge=0,
        le=100,
    )
    reach_m: float = assumption(
        200.0,
        unit="m",
        mark="choice",
        source="judgement: a block or two; beyond it a city's own median says as much",
        about="distance within which they stand",
        low=100,
        high=400,
        gt=0,
    )


class DefaultHeight(Section):
    """Height of a building of which nothing is known but its use."""

    industrial_steel: float = _height(8.5, 6.0, 12.0)
    industrial_concrete: float = _height(15.75, 9.0, 24.0)
    commercial: float = _height(13.5, 4.5, 24.0)
    government: float = _height(15.0, 7.0, 40.0)
    education: float = _height(14.4, 7.0, 22.0)
    health: float = _height(19.5, 8.0, 50.0)
    residential_low: float = _height(17.7, 9.0, 21.0)
    residential_high: float = _height(53.1, 24.0, 100.0)
    residential_rural: float = _height(6.4, 3.2, 9.6)
    other: float = _height(9.9, 3.0, 18.0)


class SmallestArray(Section):
    """Smallest array area of a roof by use, in the technical case."""

    industrial_steel: float = _smallest(30.0, 30.0, 500.0)
    industrial_concrete: float = _smallest(30.0, 30.0, 500.0)
    commercial: float = _smallest(30.0, 30.0, 500.0)
    government: float = _smallest(30.0, 30.0, 200.0)
    education: float = _smallest(30.0, 30.0, 200.0)
    health: float = _smallest(30.0, 30.0, 200.0)
    residential_low: float = _smallest(30.0, 15.0, 60.0)
    residential_high: float = _smallest(30.0, 15.0, 60.0)
    residential_rural: float = _smallest(30.0, 15.0, 60.0)
    other: float = _smallest(30.0, 15.0, 200.0)


class RooftopSettings(Section):
    """Rules for roofs."""

    obstacle_free_share: ObstacleFreeShare = ObstacleFreeShare()
    access_share: AccessShare = AccessShare()
    structure_share: StructureShare = StructureShare()
    floor_height_m: FloorHeight = FloorHeight()
    default_height_m: DefaultHeight = DefaultHeight()
    smallest_array_m2: SmallestArray = SmallestArray()
    row_houses: RowHouses = RowHouses()
    nearby_heights: NearbyHeights = NearbyHeights()
    assume_heights: bool = assumption(
        True,
        unit="",
        mark="choice",
        source="judgement: neighbours of unknown height would otherwise cast no shade",
        about="give a building of unknown height the default of its use",
    )
    parapet_setback_m: float = assumption(
        1.0,
        unit="m",
        mark="unverified",
        source="judgement: as long as a parapet's shadow at noon; GB/T 51368, GB 55037 and GB 50016 were not read",
        about="distance from the parapet of a flat roof",
        low=0.5,
        high=1.5,
        ge=0,
    )
    pitched_setback_m: float = assumption(
        0.4,
        unit="m",
        mark="unverified",
        source="judgement: 0.3-0.5 m for wind and maintenance",
        about="distance from ridge, eave and gable, in plan",
        low=0.3,
        high=0.5,
        ge=0,
    )
    flat_tilt: float = assumption(
        15.0,
        unit="deg",
        mark="unverified",
        source="judgement: 10-15 degrees in practice: little wind load and ballast",
        about="tilt of racks on flat roofs, facing the equator",
        low=10,
        high=15,
        ge=0,
        le=60,
    )
    rack_edge_height_m: float = assumption(
        0.3,
        unit="m",
        mark="unverified",
        source="judgement: lower edge of ballasted racks, clear of standing water; matters to bifacial racks alone",
        about="height of the racks' lower edge above the roof",
        low=0.1,
        high=1.0,
        ge=0,
    )
    steel_tilt: float = assumption(
        5.0,
        unit="deg",
        mark="unverified",
        source="judgement: steel roofs fall by 3-6 degrees",
        about="pitch of steel roofs; modules lie flush on both planes",
        low=3,
        high=6,
        ge=0,
        le=60,
    )
    rural_tilt: float = assumption(
        22.0,
        unit="deg",
        mark="unverified",
        source="judgement: tiled roofs of the region fall by 20-26 degrees",
        about="pitch of rural roofs; modules lie flush",
        low=20,
        high=26,
        ge=0,
        le=60,
    )
    flush_packing: float = assumption(
        0.82,
        unit="1",
        mark="unverified",
        source="judgement: gaps of clamps, margins to the edge of the plane, modules that do not fit",
        about="module area over plane area where modules lie flush",
        low=0.75,
        high=0.9,
        gt=0,
        le=1,
    )
    pole_facing_half_angle: float = assumption(
        67.5,
        unit="deg",
        mark="unverified",
        source="judgement: at 22 degrees of tilt east and west give 0.91, north 0.79 of the south: cut at about 0.86",
        about="pitched planes within this angle of north (of south below the equator) carry no modules",
        low=45,
        high=90,
        ge=0,
        le=180,
    )
    pole_facing_above_tilt: float = assumption(
        10.0,
        unit="deg",
        mark="unverified",
        source="judgement: both planes of a 5 degree steel roof are used in practice; 10 degrees lies "
        "between steel and pitched roofs",
        about="the rule on planes facing north binds above this tilt",
        low=6,
        high=15,
        ge=0,
    )
    square_ratio: float = assumption(
        1.1,
        unit="1",
        mark="choice",
        source="judgement: below it the long axis says nothing of the ridge, so both directions count by half",
        about="side ratio up to which a pitched roof outside rows counts as the mean of both directions of its ridge",
        ge=1,
    )
    measured_flat_below: float = assumption(
        5.0,
        unit="deg",
        mark="choice",
        source="judgement: drainage falls of flat roofs stay below; steel roofs are flush at any pitch",
        about="a measured plane less steep than this carries racks",
        low=3,
        high=10,
        ge=0,
    )
    albedo_flat: float = assumption(
        0.30,
        unit="1",
        mark="sourced",
        source="[albedo_table] concrete",
        about="albedo of flat roofs",
        low=0.15,
        high=0.35,
        ge=0,
        le=1,
    )
    albedo_flush: float = assumption(
        0.20,
        unit="1",
        mark="unverified",
        source="judgement: usual value where nothing is known",
        about="albedo in front of flush modules",
        low=0.1,
        high=0.3,
        ge=0,
        le=1,
    )
    steel_up_to_height_m: float = assumption(
        12.0,
        unit="m",
        mark="unverified",
        source="judgement: eaves of single-storey factories stand at 8-9 m, their floors elsewhere at 4.5-6 m",
        about="where the source says only industrial: one floor, or at most this height, is a steel hall",
        low=9,
        high=15,
        gt=0,
    )
    industrial_unknown: str = assumption(
        "industrial_concrete",
        unit="",
        mark="unverified",
        source="judgement: the lower capacity of the two (41 % of the free area against 57 %)",
        about="use of an industrial building of unknown floors and height",
        pattern="^industrial_(steel|concrete)$",
    )
    high_rise_above_m: float = assumption(
        24.0,
        unit="m",
        mark="unverified",
        source="judgement: over seven floors of housing",
        about="urban housing higher than this is residential_high",
        low=21,
        high=27,
        gt=0,
    )
    high_rise_above_floors: int = assumption(
        7,
        unit="1",
        mark="unverified",
        source="judgement: where lifts, tanks and shared owners begin",
        about="urban housing with more floors than this is residential_high",
        low=6,
        high=8,
        gt=0,
    )
