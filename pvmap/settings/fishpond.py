"""Assumptions about fishponds: water, cover, rows, clusters."""

from __future__ import annotations

from pvmap.settings.base import Section, assumption


class FishpondSettings(Section):
    """Rules for fishponds."""

    tilt: float = assumption(
        12.0,
        unit="deg",
        mark="unverified",
        source="DESIGN.md decisions; PARAMETERS.md C 10-15",
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
        source="MODEL.md pond chain",
        about="the polygons hold dykes too, unless the column includes_dykes says otherwise",
    )
    water_share: float = assumption(
        0.85,
        unit="1",
        mark="unverified",
        source="MODEL.md pond chain; PARAMETERS.md C, 15 % dykes and roads",
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
        source="PARAMETERS.md C: no Jiangsu clause found; scenarios 0.40 / 0.50 / 0.75",
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
        source="MODEL.md pond chain: two modules portrait",
        about="length of a row along its slope",
        gt=0,
    )
    min_pitch_m: float = assumption(
        6.5,
        unit="m",
        mark="unverified",
        source="MODEL.md pond chain; PARAMETERS.md C [S15] (a rule for farmland)",
        about="smallest distance from row to row",
        low=6.5,
        high=7.0,
        gt=0,
    )
    min_area_ha: float = assumption(
        0.3,
        unit="ha",
        mark="unverified",
        source="PARAMETERS.md C, min pond",
        about="smallest pond, polygon area",
        low=0.2,
        high=1.0,
        ge=0,
    )
    min_width_m: float = assumption(
        30.0,
        unit="m",
        mark="unverified",
        source="PARAMETERS.md C, min pond",
        about="a circle this wide must fit into the pond",
        low=20,
        high=50,
        ge=0,
    )
    cluster_gap_m: float = assumption(
        100.0,
        unit="m",
        mark="unverified",
        source="PARAMETERS.md C, cluster",
        about="ponds at most this far apart belong to one cluster",
        low=50,
        high=200,
        ge=0,
    )
    min_cluster_ha: float = assumption(
        5.0,
        unit="ha",
        mark="unverified",
        source="PARAMETERS.md C, cluster (about 5 MW)",
        about="smallest cluster, polygon area of the ponds that pass the other rules",
        low=2,
        high=20,
        ge=0,
    )
    banned_water: tuple[str, ...] = assumption(
        ("river", "riverbank", "canal", "lake", "reservoir", "wetland"),
        unit="",
        mark="sourced",
        source="水河湖〔2022〕216号 3.5 [S13], mirror copy: re-check the clause",
        about="values of the column water_type on which photovoltaics are banned",
    )
    module_height_m: float = assumption(
        2.5,
        unit="m",
        mark="unverified",
        source="PARAMETERS.md C, bottom edge height [S15-S16]",
        about="height of the modules' lower edge above the highest water level",
        low=0.6,
        high=4.5,
        ge=0,
    )
    albedo: float = assumption(
        0.07,
        unit="1",
        mark="sourced",
        source="PARAMETERS.md C, water albedo [S21][S12]",
        about="albedo of the water",
        low=0.05,
        high=0.10,
        ge=0,
        le=1,
    )
