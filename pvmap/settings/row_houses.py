"""Assumptions about row houses: when neighbours count as one row under one ridge."""

from __future__ import annotations

from pvmap.settings.base import Section, assumption


class RowHouses(Section):
    """When pitched roofs form a row; the houses of a row share its ridge."""

    gap_m: float = assumption(
        0.5,
        unit="m",
        mark="choice",
        source="judgement: footprints that touch in fact are drawn up to half a metre apart; an alley is wider",
        about="houses whose parallel walls stand at most this far apart share a wall",
        low=0.0,
        high=1.0,
        ge=0,
        le=10,
    )
    shared_wall_m: float = assumption(
        4.0,
        unit="m",
        mark="choice",
        source="judgement: half the depth of a shallow house; corners that meet and sheds share less",
        about="length along which houses share walls, from which on they belong to one row",
        low=2.0,
        high=8.0,
        gt=0,
    )
    wall_angle: float = assumption(
        10.0,
        unit="deg",
        mark="choice",
        source="judgement: drawn walls scatter by some degrees; houses turned by more stand on a bend",
        about="walls count as parallel up to this angle, and a house as standing along its row",
        low=5.0,
        high=20.0,
        ge=0,
        lt=45,
    )
    length_ratio: float = assumption(
        1.5,
        unit="1",
        mark="choice",
        source="judgement: the least side ratio that two square houses side by side keep where they are staggered",
        about="side ratio of the row from which on its houses share its ridge",
        low=1.2,
        high=2.5,
        ge=1,
    )
    filled_share: float = assumption(
        0.7,
        unit="1",
        mark="choice",
        source="judgement: straight and staggered rows fill more of their rectangle, rows around a corner less",
        about="share of the row's rectangle that its houses fill, from which on the row counts as straight",
        low=0.6,
        high=0.8,
        ge=0,
        le=1,
    )
