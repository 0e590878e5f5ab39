"""Rules by which sites are chosen out of layers that hold more: ponds out of waters, mining land out of land use."""

from __future__ import annotations

from pvmap.settings.base import Section, assumption


class PondsFromWaters(Section):
    """Which waters of a general layer count as ponds."""

    most_ha: float = assumption(
        20.0,
        unit="ha",
        mark="choice",
        source="judgement: fishponds measure some hectares; larger water without a name is a lake or reservoir",
        about="a water of a general layer larger than this is no pond",
        low=5,
        high=50,
        gt=0,
    )
    least_compactness: float = assumption(
        0.3,
        unit="1",
        mark="choice",
        source="judgement: a square has 0.79, a strip of one to five 0.44; rivers and ditches lie below 0.2",
        about="a water of a general layer less compact than this is no pond: 4 pi area over the square of its outline",
        low=0.15,
        high=0.5,
        gt=0,
        lt=1,
    )


class MinesFromLand(Section):
    """Which ground of a general layer of land use counts as mining land that lies bare."""

    bare_classes: tuple[int, ...] = assumption(
        (60,),
        unit="",
        mark="choice",
        source="judgement: ESA WorldCover's bare or sparse vegetation; what has grown over is not taken",
        about="classes of inputs.land_cover that are bare ground; without that raster mining land counts whole",
    )
