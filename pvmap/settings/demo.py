"""What the synthetic demo city holds.

The shares are those of the building stock as a planner knows it: of footprint, not of the number of buildings. With
fewer buildings than the whole stock the demo has fewer and smaller settlements, never thinner ones. Quarries, ponds and
plants that stand are there in the same share as buildings, so that the totals are a city's in small.
"""

from __future__ import annotations

from pydantic import Field, model_validator

from pvmap.settings.base import Section, assumption

BUILDINGS, QUARRIES, PONDS = 700_000, 45, 10_000  # of the whole stock, a pond a hectare
STOCK = "judgement: the building stock as planners of the delta describe it; no count of it was found"


class DemoSettings(Section):
    """The embedded synthetic city; a city file without this table has none."""

    n_buildings: int = assumption(
        60_000,
        unit="1",
        mark="choice",
        source="judgement: a tenth of the 0.6-0.8 million buildings the city may have",
        about="buildings to make, faulty rows not counted",
        low=600_000,
        high=800_000,
        ge=500,
        le=1_000_000,
    )
    seed: int = assumption(
        20251028, unit="1", mark="choice", source="judgement: any number", about="seed of every random draw", ge=0
    )
    share_industrial: float = assumption(
        0.30, unit="1", mark="unverified", source=STOCK, about="factories and warehouses in the footprint", ge=0, le=1
    )
    share_rural: float = assumption(
        0.38, unit="1", mark="unverified", source=STOCK, about="rural homes in the footprint", gt=0, le=1
    )
    share_urban: float = assumption(
        0.15, unit="1", mark="unverified", source=STOCK, about="urban housing in the footprint", ge=0, le=1
    )
    share_commercial: float = assumption(
        0.07, unit="1", mark="unverified", source=STOCK, about="commerce in the footprint", ge=0, le=1
    )
    share_public: float = assumption(
        0.06,
        unit="1",
        mark="unverified",
        source=STOCK,
        about="offices, schools, hospitals in the footprint",
        ge=0,
        le=1,
    )
    share_other: float = assumption(
        0.04,
        unit="1",
        mark="unverified",
        source=STOCK,
        about="sheds, garages and the rest in the footprint",
        ge=0,
        le=1,
    )
    n_quarries: int = assumption(
        4,
        unit="1",
        mark="unverified",
        source="judgement: the belt of the Ningzhen hills; [quarries_changshan]: 27 pits of 13 firms in Dantu alone",
        about="abandoned quarries: of the 45 as large a share as of the buildings",
        low=3,
        high=5,
        ge=0,
        le=60,
    )
    quarry_area_ha: float = assumption(
        800.0,
        unit="ha",
        mark="unverified",
        source="judgement: 3 to 60 ha each, as quarries of the region are",
        about="area of the 45 quarries together; with another number of them the area follows in proportion",
        low=400.0,
        high=1500.0,
        gt=0,
    )
    n_ponds: int = assumption(
        860,
        unit="1",
        mark="choice",
        source="judgement: of some 10,000 ha of ponds as large a share as of the buildings",
        about="fishponds of about a hectare, in grids along water",
        ge=0,
        le=10_000,
    )
    roof_stock_mw: float = assumption(
        800.0,
        unit="MW",
        mark="unverified",
        source="judgement: some 900 MW of every kind stood in the city at the end of 2020 and over 1,000 MW on roofs "
        "were signed for in 2021; ponds and ground take 350 MW",
        about="plants that stand on roofs of the whole city, DC: in the demo as large a share as of the buildings",
        low=500.0,
        high=1500.0,
        ge=0,
    )
    faulty_rows: bool = Field(
        True, description="add a few deliberately bad rows to every layer, so that refusals are seen at work"
    )

    @model_validator(mode="after")
    def _shares_are_whole(self) -> DemoSettings:
        total = sum(getattr(self, key) for key in type(self).model_fields if key.startswith("share_"))
        if abs(total - 1.0) > 1e-6:
            raise ValueError(f"the footprint shares add up to {total:.3f} instead of 1; change one of demo.share_*")
        return self
