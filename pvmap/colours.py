"""Colours that map, workbook and report share, told apart by readers of any colour vision.

That is reckoned, not seen: colours of one list differ by 20 or more in CIELAB as people with normal vision and those
without one kind of cone see them, by the matrices of Machado, Oliveira and Fernandes (IEEE TVCG 15(6), 2009).
"""

from __future__ import annotations

from pvmap.tables.plan import GRID_GRADES, PLAN_CLASSES
from pvmap.tables.vocabulary import BUILDING_USES

KIND_COLOURS = {"rooftop": "#D55E00", "mine": "#7A1F5C", "fishpond": "#0072B2"}
KIND_SHADES = {  # light to dark, for classes of a number
    "mine": ("#CC79A7", "#7A1F5C", "#2E0A22"),
    "fishpond": ("#56B4E9", "#0072B2", "#002B45"),
}
ALL_COLOUR = "#4D4D4D"  # of all kinds together
_USES = (
    *("#2D3C96", "#6996FF", "#E15A5A", "#D269A5", "#E1D269"),
    *("#00E1FF", "#A5870F", "#780F2D", "#A5D2A5", "#5A5A00"),
)
USE_COLOURS = dict(zip(BUILDING_USES, _USES, strict=True))
GRID_COLOURS = dict(zip(GRID_GRADES, ("#009E73", "#F0C30F", "#B2182B"), strict=True))
_PLAN = ("#D55E00", "#F5D27A", "#3D2B1F", "#A89A8C", KIND_COLOURS["mine"], KIND_COLOURS["fishpond"])
PLAN_COLOURS = dict(zip(PLAN_CLASSES, _PLAN, strict=True))  # roofs in warm colours, mines and ponds in theirs
