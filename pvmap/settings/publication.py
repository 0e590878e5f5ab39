"""Assumptions of publication: how coarse places and heights become where a build is for the public."""

from __future__ import annotations

from pvmap.settings.base import Section, assumption


class PublicationSettings(Section):
    """What a public build rounds; an internal one rounds nothing."""

    coordinate_m: float = assumption(
        10.0,
        unit="m",
        mark="unverified",
        source="[public_maps2023] as remembered: places no better than 10 m; to be checked in the original",
        about="lattice to which outlines and places of sites are rounded in a public build",
        gt=0,
    )
    height_m: float = assumption(
        15.0,
        unit="m",
        mark="unverified",
        source="[public_maps2023] as remembered: heights no better than 15 m; to be checked in the original",
        about="step to which heights are rounded in a public build",
        gt=0,
    )
