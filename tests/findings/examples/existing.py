"""Examples of `pvmap/findings/catalogue/existing.py`."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from findings.examples import example
from findings.examples.village import BUILDINGS, check, feature, put, rectangle, rows

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


def register(folder: Path, *lines: str) -> list[Finding]:
    put(folder, "b.geojson", rows(4))
    put(folder, "e.csv", "\n".join(["name,mw,x,y", *lines]))
    return check(folder, BUILDINGS + PLANTS.replace("capacity_mw =", 'name = "name", capacity_mw ='))


def at(x: float) -> str:
    longitude, latitude = rectangle(x, 15.0)[0]
    return f"{longitude},{latitude}"


@example("plants-alike")
def a_plant_split_into_its_roofs(folder: Path, faulty: bool) -> Iterable[Finding]:
    return register(folder, f"a,0.05,{at(20.0)}", f"{'a' if faulty else 'b'},0.05,{at(80.0)}")


@example("plants-drawn-twice")
def a_plant_of_two_registers(folder: Path, faulty: bool) -> Iterable[Finding]:
    put(folder, "b.geojson", rows(4))
    outline = feature(rectangle(5.0, 5.0, 20.0, 15.0), mw=0.05)
    point = feature(rectangle(15.0 if faulty else 75.0, 15.0)[0], "Point", mw=0.0501)
    put(folder, "e.geojson", [outline, point])
    plants = '[inputs.existing_pv]\npath = "e.geojson"\ncolumns = { capacity_mw = "mw" }\n'
    return check(folder, BUILDINGS + plants)


@example("plants-refused")
def a_plant_without_a_place(folder: Path, faulty: bool) -> Iterable[Finding]:
    return register(folder, f"a,0.05,{at(20.0)}", f"b,0.06,{',' if faulty else at(80.0)}")
