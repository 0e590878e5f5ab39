"""Assumptions about abandoned mines and quarries: slopes, walls, patches, rows."""

from __future__ import annotations

from typing import Literal

from pvmap.settings.base import Section, assumption
from pvmap.settings.from_public import MinesFromLand


class MineSettings(Section):
    """Rules for abandoned mines and quarries."""

    tilt: float = assumption(
        24.0,
        unit="deg",
        mark="unverified",
        source="judgement: a degree or two below the tilt of most yield, 22-25 in practice",
        about="tilt of ground arrays, facing the equator",
        low=22,
        high=25,
        ge=0,
        le=60,
    )
    slope_limit_equator: float = assumption(
        25.0,
        unit="deg",
        mark="unverified",
        source="judgement: practice of builders; no clause was found",
        about="steepest ground facing the equator (azimuth 135-225)",
        low=20,
        high=35,
        ge=0,
    )
    slope_limit_side: float = assumption(
        20.0,
        unit="deg",
        mark="unverified",
        source="judgement: practice of builders; no clause was found",
        about="steepest ground facing east or west",
        low=15,
        high=25,
        ge=0,
    )
    slope_limit_pole: float = assumption(
        10.0,
        unit="deg",
        mark="unverified",
        source="judgement: practice of builders; no clause was found",
        about="steepest ground facing the pole (azimuth 315-45)",
        low=5,
        high=15,
        ge=0,
    )
    slope_limit: float = assumption(
        35.0,
        unit="deg",
        mark="unverified",
        source="judgement: no machine drives piles on steeper ground",
        about="steeper ground is a wall, whatever its aspect",
        low=25,
        high=40,
        ge=0,
    )
    flat_below: float = assumption(
        3.0,
        unit="deg",
        mark="choice",
        source="judgement: below it the aspect is noise",
        about="ground less steep than this has no aspect",
        ge=0,
    )
    slope_scale_m: float = assumption(
        20.0,
        unit="m",
        mark="choice",
        source="judgement: the finest at which models of 30 m cells and finer give the slope of the same ground",
        about="slope and aspect are those of a plane fitted with weights of this standard deviation",
        low=15,
        high=30,
        gt=0,
    )
    hillside_scale_m: float = assumption(
        90.0,
        unit="m",
        mark="choice",
        source="judgement: wider than a wall with its bench, narrower than a hill",
        about="the hillside around a wall is a plane fitted with weights of this standard deviation",
        low=60,
        high=120,
        gt=0,
    )
    highwall_excess: float = assumption(
        0.13,
        unit="m/m",
        mark="derived",
        source="judgement: a lone wall of 8 m between these two scales, h / sqrt(2 pi) x (1/20 m - 1/90 m)",
        about="ground that is steeper than the hillside around it by more is a wall",
        low=0.10,
        high=0.18,
        gt=0,
    )
    highwall_rim_m: float = assumption(
        20.0,
        unit="m",
        mark="unverified",
        source="judgement: falling rock and crumbling edges: 20 m or the height of the wall",
        about="strip around a wall that stays free",
        low=10,
        high=40,
        ge=0,
    )
    min_patch_ha: float = assumption(
        2.0,
        unit="ha",
        mark="unverified",
        source="judgement: about 2 MW, the least that carries an access road and a connection",
        about="smallest contiguous usable ground",
        low=1,
        high=5,
        ge=0,
    )
    net_share: float = assumption(
        0.80,
        unit="1",
        mark="unverified",
        source="judgement: roads, inverters and fences take a fifth",
        about="share of usable ground left by roads and inverters",
        low=0.7,
        high=0.9,
        gt=0,
        le=1,
    )
    share_without_dem: float = assumption(
        0.40,
        unit="1",
        mark="unverified",
        source="judgement: what slopes, walls and water left of mapped quarries: 0.25 to 0.60",
        about="usable share of a mine where there is no terrain model",
        low=0.25,
        high=0.60,
        ge=0,
        le=1,
    )
    most_unknown_share: float = assumption(
        0.25,
        unit="1",
        mark="unverified",
        source="judgement: up to a quarter the ground around says what lies between; beyond, nothing was measured",
        about="share of a mine without height in the terrain model up to which the nearest known ground is continued",
        low=0.1,
        high=0.5,
        ge=0,
        le=1,
    )
    outside_dem: Literal["refuse", "share"] = assumption(
        "refuse",
        unit="",
        mark="choice",
        source="judgement: the share stands only where there is no terrain model at all",
        about="what becomes of a mine of which the city's terrain model leaves more than that unknown",
    )
    max_gcr: float = assumption(
        0.70,
        unit="1",
        mark="unverified",
        source="judgement: two modules upright and a lane of 2 m between rows",
        about="ground cover ratio rows never exceed, however steep the sunny slope",
        low=0.6,
        high=0.82,
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
    module_height_m: float = assumption(
        1.5,
        unit="m",
        mark="unverified",
        source="judgement: usual middle height of ground racks; their lower edge then stands 0.57 m above level ground",
        about="height of the middle of the modules above ground",
        low=0.5,
        high=2.5,
        ge=0,
    )
    albedo: float = assumption(
        0.25,
        unit="1",
        mark="unverified",
        source="judgement: bare limestone and waste rock 0.20-0.35; [albedo_table] soil 0.17",
        about="albedo of the ground",
        low=0.2,
        high=0.35,
        ge=0,
        le=1,
    )
    from_land_use: MinesFromLand = MinesFromLand()
