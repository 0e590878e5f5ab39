"""Assumptions about fishponds: water, cover, rows, clusters."""

from __future__ import annotations

from pvmap.settings.base import Section, assumption
from pvmap.settings.from_public import PondsFromWaters


class FishpondSettings(Section):
    """Rules for fishponds."""

    tilt: float = assumption(
        12.0,
        unit="deg",
        mark="unverified",
        source="judgement: 10-15 degrees in practice: little wind load, little shade on the water",
        about="tilt of pond arrays, facing the equator",
        low=10,
        high=22,
        ge=0,
        le=60,
    )
    polygons_include_dykes: bool = assumption(
        False,
        unit="",
        mark="choice",
        source="judgement: a land survey's ponds are water, dykes are parcels of their own",
        about="the polygons hold dykes too, unless the column includes_dykes says otherwise",
    )
    water_share: float = assumption(
        0.85,
        unit="1",
        mark="unverified",
        source="judgement: dykes, roads and aeration lanes take 15 % of a pond's ground",
        about="water's share of a polygon that includes dykes",
        low=0.7,
        high=0.95,
        gt=0,
        le=1,
    )
    max_water_cover: float = assumption(
        0.50,
        unit="1",
        mark="unverified",
        source="judgement: no clause of Jiangsu was found; 0.40, 0.50 and 0.75 are discussed",
        about="cap on the modules' projection over the water",
        low=0.40,
        high=0.75,
        gt=0,
        le=1,
    )
    row_length_m: float = assumption(
        4.58,
        unit="m",
        mark="derived",
        source="judgement: two modules upright of 2.278 m, one above the other, and a gap of 2 cm",
        about="length of a row along its slope",
        gt=0,
    )
    min_pitch_m: float = assumption(
        6.5,
        unit="m",
        mark="unverified",
        source="[farmland_water_rules] a rule of other provinces for farmland, here taken for boats and light",
        about="smallest distance from row to row",
        low=6.5,
        high=7.0,
        gt=0,
    )
    min_area_ha: float = assumption(
        0.3,
        unit="ha",
        mark="unverified",
        source="judgement: smaller ponds do not carry a system of their own",
        about="smallest pond, polygon area",
        low=0.2,
        high=1.0,
        ge=0,
    )
    min_width_m: float = assumption(
        30.0,
        unit="m",
        mark="unverified",
        source="judgement: four rows and the way around them",
        about="a circle this wide must fit into the pond",
        low=20,
        high=50,
        ge=0,
    )
    cluster_gap_m: float = assumption(
        100.0,
        unit="m",
        mark="unverified",
        source="judgement: a cable of 100 m still joins two ponds",
        about="ponds at most this far apart belong to one cluster",
        low=50,
        high=200,
        ge=0,
    )
    min_cluster_ha: float = assumption(
        5.0,
        unit="ha",
        mark="unverified",
        source="judgement: about 5 MW, what a connection of its own asks for",
        about="smallest cluster, polygon area of the ponds that pass the other rules",
        low=2,
        high=20,
        ge=0,
    )
    banned_water: tuple[str, ...] = assumption(
        ("river", "riverbank", "canal", "lake", "reservoir", "wetland"),
        unit="",
        mark="sourced",
        source="[water2022] 3.5, read in a copy: re-check the clause",
        about="values of the column water_type on which photovoltaics are banned",
    )
    module_height_m: float = assumption(
        2.5,
        unit="m",
        mark="unverified",
        source="[farmland_water_rules] 0.6 m above the highest level at least; [lianyungang540] 4.5 m built",
        about="height of the modules' lower edge above the highest water level",
        low=0.6,
        high=4.5,
        ge=0,
    )
    albedo: float = assumption(
        0.07,
        unit="1",
        mark="unverified",
        source="[li2022] 0.08-0.10 at a lake; [albedo_table] sea 0.06",
        about="albedo of the water",
        low=0.05,
        high=0.10,
        ge=0,
        le=1,
    )
    from_waters: PondsFromWaters = PondsFromWaters()
