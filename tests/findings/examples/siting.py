"""Examples of `pvmap/findings/catalogue/siting.py`."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np
from findings.examples import example
from findings.examples.village import check, feature, put, put_raster, rectangle

from pvmap.findings import Finding

MINE = '[inputs.dem]\npath = "dem.tif"\n[[inputs.mines]]\npath = "m.geojson"\ncolumns = { id = "no" }\n'


def quarry(folder: Path, heights: np.ndarray, cell: float) -> Iterable[Finding]:
    """A quarry of 300 m in the middle of a square of ground."""
    put(folder, "m.geojson", [feature(rectangle(0, 0, 300, 300), no="m1")])
    put_raster(folder, "dem.tif", heights, cell=cell, x=-750, y=1050)
    return check(folder, MINE)


@example("coarse-terrain-hides-walls")
def cells_of_sixty_metres(folder: Path, faulty: bool) -> Iterable[Finding]:
    cell = 60.0 if faulty else 30.0
    return quarry(folder, np.full((round(1800 / cell),) * 2, 40.0), cell)


@example("mine-ground-continued")
def a_lake_in_the_quarry(folder: Path, faulty: bool) -> Iterable[Finding]:
    heights = np.full((180, 180), 40.0)
    if faulty:
        heights[84:96, 84:96] = -9999.0  # 120 m of 300
    return quarry(folder, heights, 10.0)


@example("mines-by-share")
def a_quarry_without_terrain(folder: Path, faulty: bool) -> Iterable[Finding]:
    put(folder, "m.geojson", [feature(rectangle(0, 0, 300, 300), no="m1")])
    put_raster(folder, "dem.tif", np.full((60, 60), 40.0), cell=30.0, x=-750, y=1050)
    return check(folder, MINE[MINE.index("[[") :] if faulty else MINE)


@example("dykes-not-told")
def ponds_of_which_one_says_nothing(folder: Path, faulty: bool) -> Iterable[Finding]:
    told = ["否", None if faulty else "是"]
    put(folder, "p.geojson", [feature(rectangle(320 * i, 0, 300, 300), no=f"p{i}", d=d) for i, d in enumerate(told)])
    found = check(folder, '[[inputs.fishponds]]\npath = "p.geojson"\ncolumns = { id = "no", includes_dykes = "d" }\n')
    assert [one.count for one in found if one.code == "dykes-not-told"] == ([1] if faulty else [])
    return found
