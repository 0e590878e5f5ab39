"""Assumptions about where modules may go: what all kinds of site share, and the kinds' own sections by name."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from pvmap.settings.base import Section, assumption
from pvmap.settings.fishpond import FishpondSettings
from pvmap.settings.mine import MineSettings
from pvmap.settings.rooftop import RooftopSettings

__all__ = ["FishpondSettings", "MineSettings", "RooftopSettings", "SitingSettings"]

KindOfSite = Literal["rooftop", "mine", "fishpond"]


class SitingSettings(Section):
    """What all kinds of site share: the hours rows must stay clear, overlaps, plants that already stand."""

    spacing_start_hour: float = assumption(
        9.0,
        unit="h",
        mark="unverified",
        source="[gb50797] winter solstice, read second-hand: clause number to be checked",
        about="from this true solar time rows do not shade each other on the winter solstice",
        ge=6,
        lt=12,
    )
    spacing_end_hour: float = assumption(
        15.0,
        unit="h",
        mark="unverified",
        source="[gb50797] winter solstice, read second-hand: clause number to be checked",
        about="until this true solar time rows do not shade each other on the winter solstice",
        gt=12,
        le=18,
    )
    overlap_order: tuple[KindOfSite, ...] = Field(
        default=("rooftop", "fishpond", "mine"),
        description="ground that two kinds claim goes to the first: water in a mine is a pond, a house on it a roof",
    )
    existing_pv_mostly: float = assumption(
        0.5,
        unit="1",
        mark="choice",
        source="judgement: outlines of plants hold roads and dykes between the arrays, seldom more than half",
        about="a plant whose outline lies on sites by this share stands on them alone; else its parts count by area",
        ge=0,
        le=1,
    )
    existing_pv_reach_m: float = assumption(
        30.0,
        unit="m",
        mark="choice",
        source="judgement: accuracy of points digitised on imagery",
        about="a plant given as a point belongs to the nearest site within this distance",
        ge=0,
    )
