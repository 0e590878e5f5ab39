"""Assumptions about how sure the inputs are: an error model for each, by its source, all leaning high."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from pvmap.settings.base import Merged, assumption

Errors = dict[str, Annotated[float, Field(ge=0)]]
HeightOrigin = Literal["", "surveyed", "cadastre", "floors", "public_model"]


class CertaintySettings(Merged):
    """How sure each roof's energy is: errors of the inputs by their source, and the effort to carry them through."""

    effort: Literal["off", "sample", "full"] = assumption(
        "sample",
        unit="",
        mark="choice",
        source="judgement: 6,000 buildings of the demo take 2.1 s of processor time for their tiles, some 1.2 s more "
        "with a sample, some 6.7 s more with draws of every roof",
        about="off: one spread for all; sample: draws of some roofs carried to all; full: draws of every roof. Written "
        'short: certainty = "full" before the first table',
    )
    sample_share: float = assumption(
        0.05,
        unit="1",
        mark="choice",
        source="judgement: three thousand roofs of a city of sixty thousand settle the quantiles",
        about="share of roofs that are drawn, at least; shaded roofs among higher ones are taken more often",
        gt=0,
        le=1,
    )
    sample_least: int = assumption(
        200,
        unit="1",
        mark="choice",
        source="judgement: fewer roofs leave a tenth of a distribution, in each third by loss, to a handful",
        about="roofs that are drawn at least, where the city has so many",
        ge=20,
    )
    height_rmse_m: Errors = assumption(
        {"surface_model": 0.7, "surveyed": 0.7, "cadastre": 1.2, "public_model": 6.5, "unstated": 3.2},
        unit="m",
        mark="unverified",
        source="judgement: public models after [cmab] 5.3 to 7.9 m by rank of city and [globfp] 1.9 to 14.6 m by "
        "region; laser scans and photogrammetry 0.3-0.5 m, surveys rounded to storeys 1 m, a column of unstated origin "
        "as the better public models; each rather too high: a spread that claims too little fails worst",
        about="standard deviation of measured heights by their source; inputs.buildings.height_rmse_m overrides it",
    )
    height_log_sd: Errors = assumption(
        {"floors": 0.15, "assumed": 0.5},
        unit="1",
        mark="unverified",
        source="judgement: floor heights of one use run from 2.8 to 4 m and counts err by a storey; buildings of one "
        "use without any count run from half to twice the typical height; leaning high",
        about="standard deviation of the logarithm of heights from a number of floors, and of those assumed by use",
    )
    outline_offset_m: Errors = assumption(
        {"measured_planes": 0.1, "surveyed": 0.1, "cadastre": 0.15, "public_model": 0.5, "unstated": 0.2},
        unit="m",
        mark="unverified",
        source="judgement: edges drawn too far in or out all around a building, after survey, cadastre, or tracing of "
        "images of 0.5 m; leaning high",
        about="standard deviation of the offset of a whole outline by its source: area errs by it times the perimeter",
    )
    form_sd: Errors = assumption(
        {
            "measured_planes": 0.005,
            "flat": 0.01,
            "pitched": 0.03,
            "pitched_ridge_unknown": 0.08,
            "unknown": 0.06,
            "mine_terrain": 0.05,
            "mine_no_terrain": 0.2,
            "pond_dykes_told": 0.05,
            "pond_dykes_unknown": 0.1,
        },
        unit="1",
        mark="unverified",
        source="judgement: a few degrees of tilt or azimuth move the yearly yield by 1 %, a ridge that runs the other "
        "way by 10 to 15 %, a pitched roof taken for a flat one by some 10 %; without terrain nobody knows what of a "
        "mine is too steep, without a word on dykes what of a pond is water; leaning high",
        about="standard deviation of the yearly energy from the form of roof or ground, by what is known of it",
    )
    use_chances: Errors = assumption(
        {
            "industrial_steel": 0.12,
            "industrial_concrete": 0.06,
            "commercial": 0.14,
            "government": 0.03,
            "education": 0.05,
            "health": 0.02,
            "residential_low": 0.28,
            "residential_high": 0.15,
            "residential_rural": 0.15,
        },
        unit="1",
        mark="unverified",
        source="judgement: a Chinese city's buildings by number; scaled to add up to 1",
        about="chance of each use where the use of a building is not known: what its roof leaves free is a mixture",
    )
    default_use_right: float = assumption(
        0.9,
        unit="1",
        mark="unverified",
        source="judgement: whoever sets a default other than other knows the layer; one in ten is something else",
        about="chance that a layer's default_use, where it is a use, holds for a building of unknown use",
        ge=0,
        le=1,
    )
    grades: tuple[float, float, float] = assumption(
        (0.89, 0.85, 0.80),
        unit="1",
        mark="choice",
        source="judgement: A next to what sky and model alone leave (0.908), D where a bank would ask for a survey",
        about="least P90 over P50 of grades A, B and C; D below",
    )

    @model_validator(mode="before")
    @classmethod
    def _short(cls, value: Any) -> Any:
        """Take ``certainty = "off"`` for its table."""
        return {"effort": value} if isinstance(value, str) else value
