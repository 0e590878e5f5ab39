"""Examples of `pvmap/findings/catalogue/geometry.py`."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from findings.examples import example
from findings.examples.files import layer
from findings.examples.village import feature, put, rectangle

from pvmap.findings import Finding


@example("polygons-repaired")
def bow_tie(folder: Path, faulty: bool) -> Iterable[Finding]:
    west, south_east, north_east, north_west, _ = rectangle(0, 0)
    crossed = [west, north_east, south_east, north_west, west]
    put(folder, "b.geojson", [feature(crossed if faulty else rectangle(0, 0))])
    return layer(folder, "b.geojson")
