"""Assumptions of the shade stage."""

from __future__ import annotations

from pydantic import Field

from pvmap.settings.base import Section, assumption


class ShadeSettings(Section):
    """What stands in the way of the sun, and how finely it is looked at."""

    enabled: bool = Field(default=True, description="compute shade; false: every surface sees the open sky")
    write_points: bool = Field(
        default=False,
        description="write roof_points.parquet: every sample point with its yearly irradiance, GeoParquet",
    )
    points_per_surface: int = assumption(
        16,
        unit="1",
        mark="choice",
        source="judgement: beyond 9 points a roof the yearly beam changes little",
        about="sample points on a surface",
        ge=4,
    )
    max_points_per_surface: int = assumption(
        100,
        unit="1",
        mark="choice",
        source="judgement: a grid of ten by ten: more points change little and cost time",
        about="sample points on a large surface",
        ge=4,
    )
    point_area_m2: float = assumption(
        100.0,
        unit="m2",
        mark="choice",
        source="judgement: large roofs: points also decide which part is usable",
        about="plan area of one sample point where the surface is large",
        gt=0,
    )
    parapet_height_m: float = assumption(
        0.0,
        unit="m",
        mark="choice",
        source="judgement: the setback keeps arrays out of a parapet's shade; parapets are 0.6 m, 1.2 "
        "m where people go",
        about="wall around every roof, above the roof",
        low=0.0,
        high=1.5,
        ge=0,
        le=5,
    )
    min_rise_deg: float = assumption(
        2.0,
        unit="deg",
        mark="choice",
        source="judgement: 2 degrees of skyline hide next to no light of a tilted plane",
        about="walls that rise less than this above a point are left out",
        low=1.0,
        high=3.0,
        gt=0,
        lt=45,
    )
    max_reach_m: float = assumption(
        1500.0,
        unit="m",
        mark="choice",
        source="judgement: a tower of 100 m rises 3.8 degrees at this distance",
        about="walls further away are left out",
        gt=0,
    )
    min_irradiance_share: float = assumption(
        0.80,
        unit="1",
        mark="unverified",
        source="judgement: what is shaded by more than a fifth earns less than it costs",
        about="points with less than this share of the open sky's yearly plane irradiance carry no modules",
        low=0.7,
        high=0.9,
        ge=0,
        le=1,
    )
    terrain_reach_m: float = assumption(
        30_000.0,
        unit="m",
        mark="choice",
        source="judgement: a hill of 500 m rises one degree at this distance",
        about="terrain further away is left out",
        gt=0,
    )
    terrain_near_m: float = assumption(
        60.0,
        unit="m",
        mark="choice",
        source="judgement: global elevation models of 30 m still hold the buildings themselves",
        about="terrain nearer to a roof than this is left out (ground sites look from the first cell on)",
        ge=0,
    )
    terrain_min_rise_deg: float = assumption(
        0.5,
        unit="deg",
        mark="choice",
        source="judgement: 0.5 degree of horizon hides less than 1e-4 of the sky and next to no beam",
        about="terrain that rises less than this above a point is left out",
        ge=0,
        lt=10,
    )
    terrain_step_share: float = assumption(
        0.02,
        unit="1",
        mark="choice",
        source="judgement: 0.02 of the distance is seen under about one degree",
        about="step along a ray over terrain, as a share of the distance walked",
        gt=0,
        le=0.2,
    )
    refraction_coefficient: float = assumption(
        0.13,
        unit="1",
        mark="unverified",
        source="[gauss_refraction] as in geodetic levelling",
        about="curvature of light over curvature of the earth",
        low=0.07,
        high=0.20,
        ge=0,
        lt=1,
    )
