"""Examples of `pvmap/findings/catalogue/extents.py`."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

import geopandas as gpd
import numpy as np
import shapely
from findings.examples import example
from findings.examples.village import BUILDINGS, CRS, EAST, NORTH, check, feature, put, rectangle, rows

from pvmap.findings import Finding
from pvmap.sources.extents import check_extents

DISTRICTS = '[inputs.districts]\npath = "d.geojson"\ncolumns = { name = "name" }\n'


def at(*shapes: shapely.Geometry, shift: float = 0.0) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(geometry=list(shapes), crs=CRS).translate(EAST + shift, NORTH).to_frame("geometry")


@example("layers-apart")
def masks_of_another_province(folder: Path, faulty: bool) -> Iterable[Finding]:
    city = at(shapely.box(0, 0, 9_000, 9_000))
    return check_extents({"rooftop": city, "mine": at(shapely.box(0, 0, 99, 99), shift=400_000.0 if faulty else 0.0)})


@example("none-inside")
def houses_beside_a_slanted_district(folder: Path, faulty: bool) -> Iterable[Finding]:
    outline = at(shapely.Polygon([(0, 0), (9e4, 0), (0, 9e4)]))
    house = at(shapely.box(8e4, 8e4, 8.001e4, 8.001e4) if faulty else shapely.box(1e4, 1e4, 1.001e4, 1.001e4))
    return check_extents({"rooftop": house, "districts": outline})


@example("shifted-by-gcj02")
def web_map_houses(folder: Path, faulty: bool) -> Iterable[Finding]:
    edge = np.arange(500, 8_500, 100.0)
    houses = at(*(house for x in (5_000, 8_700) for house in shapely.box(x, edge, x + 10, edge + 10)))
    moved = houses.translate(450.0, -220.0).to_frame("geometry") if faulty else houses  # as a web map draws them there
    return check_extents({"rooftop": moved, "districts": at(shapely.box(0, 0, 9_000, 9_000))})


@example("outside-districts")
def a_house_too_far(folder: Path, faulty: bool) -> Iterable[Finding]:
    put(folder, "b.geojson", rows(4))
    put(folder, "d.geojson", [feature(rectangle(-50, -50, 200 if faulty else 400, 200), name="east")])
    return check(folder, BUILDINGS + DISTRICTS)


@example("districts-overlap")
def a_city_beside_its_districts(folder: Path, faulty: bool) -> Iterable[Finding]:
    put(folder, "b.geojson", rows(4))
    whole = feature(rectangle(-90 if faulty else 5_000, -90, 900, 900), name="city")
    put(folder, "d.geojson", [whole, feature(rectangle(-50, -50, 400, 200), name="east")])
    return check(folder, BUILDINGS + DISTRICTS)


@example("roof-planes-elsewhere")
def a_model_of_another_quarter(folder: Path, faulty: bool) -> Iterable[Finding]:
    roof = {"surfaces": [{"type": "RoofSurface"}], "values": [0]}
    face = {"type": "MultiSurface", "lod": "2", "boundaries": [[[0, 1, 2]]], "semantics": roof}
    away = 5_000.0 if faulty else 0.0
    corners = [[EAST + x + away, NORTH + y, 9.0] for x, y in ((5, 5), (25, 5), (5, 25))]
    model = {"type": "CityJSON", "version": "1.1", "vertices": corners}
    model |= {"CityObjects": {"hall": {"type": "Building", "geometry": [face]}}}
    put(folder, "b.geojson", rows(2))
    put(folder, "a.city.json", json.dumps(model))
    return check(folder, BUILDINGS + f'[inputs.roofs_cityjson]\npath = "a.city.json"\ncrs = "EPSG:{CRS}"\n')
