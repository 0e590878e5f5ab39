"""Assumptions about heights and skylines taken from a measured surface model."""

from __future__ import annotations

from pydantic import Field

from pvmap.settings.base import Section, assumption


class SurfaceModelSettings(Section):
    """What is read off a measured surface model, and how far one looks over it."""

    least_height_m: float = assumption(
        2.0,
        unit="m",
        mark="choice",
        source="judgement: lower than a room: the building was not there when the model was measured, or is no longer",
        about="a building that stands out of the ground by less gets its height by the rules instead",
        low=1.0,
        high=2.5,
        gt=0,
    )
    least_cover: float = assumption(
        0.5,
        unit="1",
        mark="choice",
        source="judgement: a median of half the roof or more",
        about="share of a footprint's cells that both models must cover to give its height",
        gt=0,
        le=1,
    )
    reach_m: float = assumption(
        500.0,
        unit="m",
        mark="choice",
        source="judgement: trees and roof details further away rise less than 2 degrees; buildings go "
        "on as boxes, terrain beyond",
        about="every roof looks at least this far over the surface model",
        low=200.0,
        high=1500.0,
        gt=0,
    )
    clearance_m: float = assumption(
        0.5,
        unit="m",
        mark="choice",
        source="judgement: the ground of a surface model is rough by 0.1-0.3 m, modules stand above it",
        about="ground and pond arrays look from this high above the surface model",
        ge=0,
    )
    write_raster: bool = Field(
        default=False,
        description="write solar.tif: yearly irradiance and sky view of every cell around buildings, "
        "a cloud-optimised GeoTIFF",
    )
