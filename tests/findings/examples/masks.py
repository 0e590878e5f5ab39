"""Examples of `pvmap/findings/catalogue/masks.py`."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np
from findings.examples import example
from findings.examples.village import BUILDINGS, check, feature, put, put_raster, rectangle, rows

from pvmap.findings import Finding

MASK = '[[masks]]\nname = "{name}"\nclause = "some rule"\n'
FIELDS = MASK.format(name="fields") + 'input = { path = "m.geojson" }\n'
CLASSES = MASK.format(name="cover") + 'raster = {{ path = "m.tif" }}\nvalues = [{value}]\n'


@example("mask-touches-nothing")
def fields_of_another_county(folder: Path, faulty: bool) -> Iterable[Finding]:
    put(folder, "b.geojson", rows(4))
    put(folder, "m.geojson", [feature(rectangle(90_000 if faulty else 0, 0))])
    return check(folder, BUILDINGS + FIELDS)


@example("mask-covers-part")
def fields_that_end_in_the_middle(folder: Path, faulty: bool) -> Iterable[Finding]:
    put(folder, "b.geojson", rows(10))
    put(folder, "m.geojson", [feature(rectangle((10 if faulty else 25) * k, 0, 9, 40)) for k in range(25)])
    return check(folder, BUILDINGS + FIELDS)


def cover(folder: Path, value: int) -> Iterable[Finding]:
    put(folder, "b.geojson", rows(2))
    cells = np.full((60, 100), 10.0)
    cells[:30] = 20.0
    put_raster(folder, "m.tif", cells)
    return check(folder, BUILDINGS + CLASSES.format(value=value))


@example("mask-class-absent")
def a_class_of_another_legend(folder: Path, faulty: bool) -> Iterable[Finding]:
    return cover(folder, 95 if faulty else 20)


@example("mask-class-is-nodata")
def a_class_that_is_missing(folder: Path, faulty: bool) -> Iterable[Finding]:
    put(folder, "b.geojson", rows(2))
    put_raster(folder, "m.tif", np.full((60, 100), 10.0))
    nodata = "10" if faulty else "0"
    body = MASK.format(name="cover") + f'raster = {{ path = "m.tif", nodata = {nodata} }}\nvalues = [10]\n'
    return check(folder, BUILDINGS + body)
