"""Examples of `pvmap/findings/catalogue/existing.py`."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from findings.examples import example
from findings.examples.village import BUILDINGS, check, put, rectangle, rows

from pvmap.findings import Finding

PLANTS = (
    '[inputs.existing_pv]\npath = "e.csv"\ncrs = "EPSG:4326"\ncolumns = { capacity_mw = "mw", lon = "x", lat = "y" }\n'
)


def plant(folder: Path, megawatts: str, x: float) -> list[Finding]:
    put(folder, "b.geojson", rows(4))
    longitude, latitude = rectangle(x, 15.0)[0]
    put(folder, "e.csv", f"mw,x,y\n{megawatts},{longitude},{latitude}\n")
    return check(folder, BUILDINGS + PLANTS)


@example("plants-meet-no-site")
def a_plant_in_the_fields(folder: Path, faulty: bool) -> Iterable[Finding]:
    return plant(folder, "0.05", x=2_000.0 if faulty else 20.0)


@example("plants-beyond-their-ground")
def kilowatts_under_megawatts(folder: Path, faulty: bool) -> Iterable[Finding]:
    return plant(folder, "50" if faulty else "0.05", x=20.0)


@example("plants-without-capacity")
def a_register_with_a_gap(folder: Path, faulty: bool) -> Iterable[Finding]:
    return plant(folder, "" if faulty else "0.05", x=20.0)
