"""Examples of `pvmap/findings/catalogue/words.py`."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from findings.examples import example
from findings.examples.village import check, feature, put, rectangle, rows

from pvmap.findings import Finding

BUILDINGS = (
    '[[inputs.buildings]]\npath = "b.geojson"\ncolumns = { height_m = "h", building_use = "use", excluded = "x" }\n'
)
PONDS = (
    '[[inputs.fishponds]]\npath = "p.geojson"\ncolumns = { includes_dykes = "dykes", water_type = "water" }\n'
    "[fishpond]\nmin_cluster_ha = 0\n"
)


def buildings(folder: Path, *, use: str = "school", x: str = "") -> Iterable[Finding]:
    put(folder, "b.geojson", rows(2, use=[use, "school"], x=[x, ""]))
    return check(folder, BUILDINGS)


def ponds(folder: Path, **words: str) -> Iterable[Finding]:
    put(folder, "p.geojson", [feature(rectangle(0, 0, 200, 150), **words)])
    return check(folder, PONDS)


@example("use-words-not-known")
def a_local_word(folder: Path, faulty: bool) -> Iterable[Finding]:
    return buildings(folder, use="K7" if faulty else "hospital")


@example("uses-missing")
def no_use(folder: Path, faulty: bool) -> Iterable[Finding]:
    return buildings(folder, use="" if faulty else "hospital")


@example("words-read-by-part")
def a_compound(folder: Path, faulty: bool) -> Iterable[Finding]:
    return buildings(folder, use="primary school" if faulty else "hospital")


@example("dyke-words-not-known")
def perhaps(folder: Path, faulty: bool) -> Iterable[Finding]:
    return ponds(folder, dykes="perhaps" if faulty else "含", water="pond")


@example("water-words-not-known")
def a_local_water(folder: Path, faulty: bool) -> Iterable[Finding]:
    return ponds(folder, dykes="yes", water="brine" if faulty else "水库水面")


@example("remarks-not-known")
def a_remark(folder: Path, faulty: bool) -> Iterable[Finding]:
    return buildings(folder, x="see Mr Li" if faulty else "正常")
