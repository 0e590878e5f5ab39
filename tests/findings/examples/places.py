"""Examples of `pvmap/findings/catalogue/places.py`."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import geopandas as gpd
import shapely
from findings.examples import example
from findings.examples.extents import at
from findings.examples.files import layer
from findings.examples.village import CRS, EAST, HEAD, NORTH, check, feature, put, rectangle, rows

from pvmap.findings import Finding
from pvmap.settings.identity import City
from pvmap.sites.place import doubt_place
from pvmap.sources.extents import check_extents

PONDS = '[[inputs.fishponds]]\npath = "p.geojson"\ncolumns = { id = "no" }\n'
LOST = [[0, 0], [0.0004, 0], [0.0004, 0.0003], [0, 0.0003], [0, 0]]


def city(**more: object) -> City:
    return City.model_validate({"name": "a", "title_zh": "", "title_en": "", **more})


@example("city-clock-not-its-zone")
def summer_time_in_delft(folder: Path, faulty: bool) -> Iterable[Finding]:
    return doubt_place(city(country="generic", currency="EUR", utc_offset_hours=2.0 if faulty else 1.0), 4.36, 52.0)


@example("rules-of-another-country")
def no_country_in_tokyo(folder: Path, faulty: bool) -> Iterable[Finding]:
    said = {} if faulty else {"country": "generic", "currency": "JPY"}
    return doubt_place(city(utc_offset_hours=9.0, **said), 139.7, 35.7)


@example("rows-at-zero")
def a_lost_coordinate(folder: Path, faulty: bool) -> Iterable[Finding]:
    put(folder, "b.geojson", [*rows(4), feature(LOST if faulty else rectangle(500, 0), no="lost", h=8.0)])
    return layer(folder, "b.geojson")


@example("rows-nowhere")
def a_swapped_row(folder: Path, faulty: bool) -> Iterable[Finding]:
    ring = [[y, x] if faulty else [x, y] for x, y in rectangle(500, 0)]
    put(folder, "b.geojson", [*rows(4), feature(ring, no="lost", h=8.0)])
    return layer(folder, "b.geojson")


@example("rows-far-away")
def a_lost_sign(folder: Path, faulty: bool) -> Iterable[Finding]:
    ring = [[-x if faulty else x, y] for x, y in rectangle(500, 0)]
    put(folder, "b.geojson", [*rows(4), feature(ring, no="lost", h=8.0)])
    return check(folder)


@example("coordinates-from-web-map")
def districts_of_datav(folder: Path, faulty: bool) -> Iterable[Finding]:
    put(folder, "d.geojson", [feature(rectangle(0, 0), name="a", subFeatureIndex=0)])
    return layer(folder, "d.geojson", **({} if faulty else {"datum": "gcj02"}))


@example("datum-ballpark")
def beijing_1954(folder: Path, faulty: bool) -> Iterable[Finding]:
    put(folder, "b.geojson", rows(2))
    return layer(folder, "b.geojson", crs="EPSG:4214" if faulty else "EPSG:4490")


@example("outside-crs-area")
def eastings_with_their_zone(folder: Path, faulty: bool) -> Iterable[Finding]:
    hall = shapely.box(EAST, NORTH, EAST + 40.0, NORTH + 30.0)
    gpd.GeoDataFrame(geometry=[hall], crs=32650 if faulty else CRS).to_crs(CRS).to_file(folder / "b.gpkg")
    return layer(folder, "b.gpkg", crs="EPSG:3006" if faulty else "")


@example("layer-swapped")
def latitude_first(folder: Path, faulty: bool) -> Iterable[Finding]:
    city = at(shapely.box(0, 0, 9_000, 9_000)).to_crs(3007)  # in Sweden, where both may be either
    city = city.set_geometry([shapely.box(130_000, 6_390_000, 160_000, 6_410_000)], crs=3007)
    x, y = city.to_crs(4326).geometry.iloc[0].centroid.coords[0]
    mines = gpd.GeoDataFrame(geometry=[shapely.Point(y, x) if faulty else shapely.Point(x, y)], crs=4326).to_crs(3007)
    return check_extents({"rooftop": city, "mine": mines})


@example("crs-distorts")
def a_neighbours_crs(folder: Path, faulty: bool) -> Iterable[Finding]:
    put(folder, "b.geojson", rows(2))
    return check(folder, head=HEAD.replace("4549", "4546") if faulty else HEAD)


@example("city-too-wide")
def a_row_in_another_province(folder: Path, faulty: bool) -> Iterable[Finding]:
    put(folder, "b.geojson", [*rows(4), feature(rectangle(400_000 if faulty else 400, 0), no="far", h=8.0)])
    return check(folder)


@example("site-too-large")
def a_hall_of_half_a_square_kilometre(folder: Path, faulty: bool) -> Iterable[Finding]:
    put(folder, "b.geojson", [*rows(2), feature(rectangle(500, 0, 1000, 500 if faulty else 50), no="large", h=8.0)])
    return check(folder)


@example("sites-impossible")
def a_district_as_a_pond(folder: Path, faulty: bool) -> Iterable[Finding]:
    side = 12_000 if faulty else 400
    ponds = [feature(rectangle(-500, 0, 300, 300), no="a"), feature(rectangle(0, 0, side, side), no="b")]
    put(folder, "p.geojson", ponds)
    return check(folder, PONDS)


@example("many-refused")
def a_layer_of_slivers(folder: Path, faulty: bool) -> Iterable[Finding]:
    put(folder, "b.geojson", [*rows(2), feature(rectangle(500, 0, 40, 0.1 if faulty else 10))])
    return layer(folder, "b.geojson")


@example("rows-counted-elsewhere")
def one_hall_drawn_twice(folder: Path, faulty: bool) -> Iterable[Finding]:
    again = feature(rectangle(1 if faulty else 200, 1, 38, 28), no="again", h=6.0)
    put(folder, "b.geojson", [*rows(2), again])
    return check(folder)


@example("outlines-refused")
def a_park_among_its_shops(folder: Path, faulty: bool) -> Iterable[Finding]:
    park = feature(rectangle(-50, -50, 500, 200), no="park")
    put(folder, "b.geojson", [*rows(5), *([park] if faulty else [])])
    return check(folder)


@example("parts-folded")
def a_building_and_its_parts(folder: Path, faulty: bool) -> Iterable[Finding]:
    parts = [feature(rectangle(20.0 * k, 0, 20, 30), no=f"p{k}", h=6.0 + k) for k in range(2)]
    put(folder, "b.geojson", [feature(rectangle(0, 0, 40, 30), no="whole", h=None), *(parts if faulty else [])])
    return check(folder)


@example("sites-hold-others")
def a_zone_among_ponds(folder: Path, faulty: bool) -> Iterable[Finding]:
    ponds = [feature(rectangle(110 * k, 0, 100.0, 100.0), no=f"p{k}") for k in range(6)]
    zone = feature(rectangle(-50, -50, 1000.0, 300.0), no="zone")
    put(folder, "p.geojson", [*ponds, *([zone] if faulty else [])])
    return check(folder, PONDS)


@example("roofs-like-blocks")
def plots_for_buildings(folder: Path, faulty: bool) -> Iterable[Finding]:
    side = 150.0 if faulty else 50.0
    plots = [feature(rectangle(200 * k, 0, side, side), no=f"b{k}", h=8.0 + k) for k in range(10)]
    put(folder, "b.geojson", plots)
    return check(folder)
