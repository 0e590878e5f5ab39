"""Examples of `pvmap/findings/catalogue/ids.py`."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from findings.examples import example
from findings.examples.village import check, feature, put, rectangle, rows

from pvmap.findings import Finding


@example("ids-repeated")
def one_id_for_two_halls(folder: Path, faulty: bool) -> Iterable[Finding]:
    put(folder, "b.geojson", rows(3, no=["a", "a" if faulty else "b", "c"]))
    return check(folder)


@example("ids-collide")
def an_id_like_a_row(folder: Path, faulty: bool) -> Iterable[Finding]:
    put(folder, "b.geojson", rows(2, no=["row1" if faulty else "a", ""]))
    return check(folder)


@example("pieces-joined")
def a_hall_cut_by_tiles(folder: Path, faulty: bool) -> Iterable[Finding]:
    halves = (rectangle(0, 0, 40, 30), rectangle(40, 0, 25, 30))
    put(folder, "b.geojson", [feature(half, no="a" if faulty else f"a{k}", h=8.0) for k, half in enumerate(halves)])
    return check(folder)


@example("ids-rounded")
def ids_through_a_spreadsheet(folder: Path, faulty: bool) -> Iterable[Finding]:
    put(folder, "b.geojson", rows(2, no=["3.21102E+17" if faulty else "321102001001001234", "b"]))
    return check(folder)
