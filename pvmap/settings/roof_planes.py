"""Assumptions about roof planes found in a measured surface model."""

from __future__ import annotations

from pvmap.settings.base import Section, assumption


class RoofPlaneSettings(Section):
    """Tolerances of the fit, and when a plane counts."""

    tolerance_m: float = assumption(
        0.30,
        unit="m",
        mark="choice",
        source="judgement: two to three times the height noise of an aerial surface model, 0.10-0.15 m",
        about="a cell this far off the plane does not belong to it",
        low=0.15,
        high=0.5,
        gt=0,
    )
    max_lean_deg: float = assumption(
        20.0,
        unit="deg",
        mark="choice",
        source="judgement: half the angle between the planes of a 20 degree gable roof",
        about="a cell whose own slope leans this much away from the plane does not belong to it",
        low=10,
        high=30,
        gt=0,
        lt=90,
    )
    slope_radius_m: float = assumption(
        1.0,
        unit="m",
        mark="choice",
        source="judgement: over 1 m, height noise of 0.15 m leaves the slope of cells of 0.25 m sure to 2 degrees",
        about="slopes are measured over the cells this far around, at least the eight neighbours",
        low=0.75,
        high=1.5,
        gt=0,
    )
    least_hole_m2: float = assumption(
        2.583,
        unit="m2",
        mark="choice",
        source="judgement: the area of a module; what is smaller moves a module aside and no more",
        about="smaller holes in a plane are no obstacles",
        low=0.5,
        high=4.0,
        ge=0,
    )
    min_area_m2: float = assumption(
        4.0,
        unit="m2",
        mark="choice",
        source="judgement: room for a module and its margin",
        about="smaller planes are obstacles",
        gt=0,
    )
    min_cells: int = assumption(
        9,
        unit="1",
        mark="choice",
        source="judgement: three by three: fewer cells lie on some plane whatever they are",
        about="planes of fewer cells are obstacles",
        ge=4,
    )
    max_tilt_deg: float = assumption(
        60.0,
        unit="deg",
        mark="choice",
        source="judgement: mansards and the edges of walls; arrays on pitched roofs stay below",
        about="steeper planes are obstacles",
        low=50,
        high=70,
        gt=0,
        lt=90,
    )
    max_cell_m: float = assumption(
        1.0,
        unit="m",
        mark="choice",
        source="judgement: a plane needs three cells across a dormer",
        about="coarser surface models give no planes",
        gt=0,
    )
    least_cover: float = assumption(
        0.3,
        unit="1",
        mark="choice",
        source="judgement: trees over a roof or domes leave less; then nothing can be told from the "
        "planes that were found",
        about="where planes cover less of a footprint than this share, the roof is taken as its use suggests",
        low=0.2,
        high=0.6,
        ge=0,
        le=1,
    )
