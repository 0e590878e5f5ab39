from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest
from pyproj import CRS

from pvmap.errors import InputError
from pvmap.settings.city import VectorInput
from pvmap.sources.vector import read_vector

METRIC = CRS("EPSG:4549")
HOUSE = {
    "type": "Feature",
    "properties": {"crs": {"type": "name", "properties": {"name": "of the plan"}}},
    "geometry": {
        "type": "Polygon",
        "coordinates": [[[119.5, 32.1], [119.5002, 32.1], [119.5002, 32.1002], [119.5, 32.1002], [119.5, 32.1]]],
    },
}


def collection(crs: object, *, last: bool = False) -> str:
    """A town of one house, which names its reference system before or behind it."""
    named, houses = {"crs": crs}, {"features": [HOUSE]}
    return json.dumps({"type": "FeatureCollection"} | (houses | named if last else named | houses))


def by_name(name: str) -> dict[str, object]:
    return {"type": "name", "properties": {"name": name}}


@pytest.mark.parametrize("last", [False, True], ids=["first", "last"])
@pytest.mark.parametrize("name", ["GCJ02", "urn:ogc:def:crs:EPSG::999999", "Xi'an 1980", "镇江城建"])
def test_a_system_that_nobody_knows_is_not_taken_for_wgs84(tmp_path: Path, name: str, last: bool):
    (tmp_path / "a.geojson").write_text(collection(by_name(name), last=last), encoding="utf-8")
    with pytest.raises(InputError, match=r"a\.geojson names a CRS that is not known") as told:
        read_vector(VectorInput(path="a.geojson"), tmp_path, METRIC)
    assert name in str(told.value) or repr(name) in str(told.value)


def test_a_zip_is_looked_into_and_a_link_is_no_name(tmp_path: Path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as file:
        file.writestr("a.geojson", collection({"type": "link", "properties": {"href": "http://127.0.0.1/my_grid"}}))
    with pytest.raises(InputError, match="my_grid"):
        read_vector(VectorInput(path="a.zip"), tmp_path, METRIC)


@pytest.mark.parametrize(
    "crs",
    [
        *map(by_name, ("urn:ogc:def:crs:OGC:1.3:CRS84", "EPSG:4326", "urn:ogc:def:crs:EPSG::4326", "WGS 84", "WGS84")),
        {"type": "EPSG", "properties": {"code": 4326}},
        None,
    ],
    ids=str,
)
def test_wgs84_in_every_wording_is_read(tmp_path: Path, crs: object):
    (tmp_path / "a.geojson").write_text(collection(crs), encoding="utf-8")
    assert len(read_vector(VectorInput(path="a.geojson"), tmp_path, METRIC).features) == 1


def test_what_the_city_file_states_is_believed(tmp_path: Path):
    (tmp_path / "a.geojson").write_text(collection(by_name("GCJ02")), encoding="utf-8")
    source = VectorInput(path="a.geojson", crs="EPSG:4326", datum="gcj02")
    (place,) = read_vector(source, tmp_path, METRIC).features.geometry.to_crs("EPSG:4326").representative_point()
    assert 119.49 < place.x < 119.499  # some 500 m to the west
