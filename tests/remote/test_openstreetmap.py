"""OpenStreetMap by Overpass and by Geofabrik: the same columns from both, and every way in which they refuse."""

from __future__ import annotations

import hashlib
import json
import os
import time
from pathlib import Path
from urllib.parse import parse_qs

import geopandas as gpd
import pytest
import shapely
from loopback import Reply, Server, door_to
from osm_file import osm_pbf

from pvmap.errors import FetchError
from pvmap.sources.remote import geofabrik, overpass
from pvmap.sources.remote.osm_tags import Thing, row
from pvmap.sources.remote.provider import Given, Window, Wish

HERE = Window(11.9, 57.6, 12.0, 57.7)
THROTTLED = b"<html>Dispatcher_Client::request_read_and_idx::rate_limited. Please check /api/status</html>"
SQUARE = [(11.95, 57.65), (11.951, 57.65), (11.951, 57.651), (11.95, 57.651), (11.95, 57.65)]
HOLE = [(11.9502, 57.6502), (11.9508, 57.6502), (11.9508, 57.6508), (11.9502, 57.6508), (11.9502, 57.6502)]


def points(ring: list[tuple[float, float]]) -> list[dict[str, float]]:
    return [{"lon": x, "lat": y} for x, y in ring]


def way(number: int, ring: list[tuple[float, float]], **tags: str) -> dict:
    named = {key.replace("__", ":"): value for key, value in tags.items()}
    return {"type": "way", "id": number, "geometry": points(ring), "tags": named}


def answered(*elements: dict, **more: object) -> bytes:
    return json.dumps({"osm3s": {"timestamp_osm_base": "2026-01-01T00:00:00Z"}, "elements": elements, **more}).encode()


def by_overpass(server: Server, folder: Path, layer: str = "buildings", window: Window = HERE, **how: object) -> Given:
    door = door_to(server, **{"contact": "a@b.example", **how})
    base = {"api": f"{server.url}/api"}
    return overpass.give(Wish(layer, window, folder / f"{layer}.parquet", door, base))


def test_ways_and_relations_become_areas(server: Server, tmp_path: Path) -> None:
    halves = [SQUARE[:3], SQUARE[2:]]
    members = [{"type": "way", "role": "outer", "geometry": points(half)} for half in halves]
    members += [{"type": "way", "role": "inner", "geometry": points(HOLE)}, {"type": "node", "role": "label"}]
    relation = {"type": "relation", "id": 7, "members": members, "tags": {"building": "school", "height": "39'4\""}}
    house = way(1, SQUARE, building="yes", amenity="hospital", building__levels="3;4")
    cellar = way(2, SQUARE, building="yes", location="underground")
    server.routes["/api/interpreter"] = answered(house, relation, cellar, way(3, SQUARE[:4], building="yes"))
    given = by_overpass(server, tmp_path)
    frame = gpd.read_parquet(tmp_path / "buildings.parquet").set_index("id")
    assert set(frame.index) == {"w1", "r7"} and frame.loc["w1", "use"] == "hospital"
    assert frame.loc["r7", "geometry"].equals(shapely.Polygon(SQUARE, [HOLE]))
    assert (frame.loc["w1", "floors"], frame.loc["r7", "height"]) == ("3;4", "39'4\"")
    assert "1 of 4 objects have rings that do not close" in given.findings[0].sentence()
    (ask,) = server.asked
    assert ask.method == "POST" and ask.headers["User-Agent"].endswith("(a@b.example)")
    assert parse_qs(ask.body.decode())["data"][0].startswith("[out:json][timeout:180][bbox:57.600000,11.900000,")


def test_roads_are_lines_although_they_close(server: Server, tmp_path: Path) -> None:
    server.routes["/api/interpreter"] = answered(way(1, SQUARE, highway="motorway"), way(2, SQUARE, highway="path"))
    by_overpass(server, tmp_path, "roads")
    (ask,) = server.asked
    assert 'way["highway"~"^(motorway|trunk' in parse_qs(ask.body.decode())["data"][0]
    frame = gpd.read_parquet(tmp_path / "roads.parquet")
    assert frame["kind"].tolist() == ["motorway"] and set(frame.geom_type) == {"LineString"}


def test_a_window_of_four_cells_is_four_queries_and_what_lies_on_their_edge_is_one(
    server: Server, tmp_path: Path
) -> None:
    server.routes["/api/interpreter"] = answered(way(1, SQUARE, building="yes"))
    given = by_overpass(server, tmp_path, window=Window(11.5, 57.2, 12.3, 58.0))
    assert len(server.asked) == 4 and given.rows == 1


@pytest.mark.parametrize(
    ("answers", "says", "asked"),
    [
        (Reply(b"", 406), "state who you are", 1),
        (Reply(THROTTLED, 429), "3 tries, last: status 429", 3),
        (Reply(b"<html>too busy to handle your request</html>", 504), "3 tries, last: status 504", 3),
        (Reply(b"<html>line 1: parse error</html>", 400), "answers 400", 1),
        (answered(remark='runtime error: Query timed out in "query" at line 1 after 181 seconds.'), "timed out", 1),
        (Reply(b"<html>please slow down</html>"), "no JSON", 1),
        (b"[]", "no object", 1),
        (b"{}", "no elements", 1),
        (answered(), "has no buildings in this window", 1),
    ],
)
def test_refusals_of_overpass(server: Server, tmp_path: Path, answers: Reply | bytes, says: str, asked: int) -> None:
    server.routes["/api/interpreter"] = answers
    with pytest.raises(FetchError, match=says):
        by_overpass(server, tmp_path)
    assert len(server.asked) == asked and not list(tmp_path.iterdir())


def test_overpass_is_left_alone_for_half_a_minute_after_a_refusal(server: Server, tmp_path: Path) -> None:
    server.routes["/api/interpreter"] = [Reply(THROTTLED, 429), answered(way(1, SQUARE, building="yes"))]
    waits: list[float] = []
    by_overpass(server, tmp_path, wait=waits.append)
    assert len(waits) == 1 and waits[0] >= 30


def test_overpass_is_not_asked_without_a_name_or_for_a_province(server: Server, tmp_path: Path) -> None:
    with pytest.raises(FetchError, match="write contact under"):
        by_overpass(server, tmp_path, contact="")
    with pytest.raises(FetchError, match="too large for Overpass"):
        by_overpass(server, tmp_path, window=Window(10.0, 56.0, 13.0, 58.0))
    assert not server.asked


AREAS = [
    ((11.95, 57.65, 11.951, 57.651), {"building": "warehouse", "building:levels": "2", "name": "北"}),
    ((11.96, 57.65, 11.961, 57.651), {"natural": "water", "water": "fishpond"}),
    ((11.97, 57.65, 11.971, 57.651), {"disused:landuse": "quarry", "landuse": "grass"}),
    ((11.98, 57.65, 11.981, 57.651), {"highway": "trunk", "name": "E 6"}),  # a way that closes and is no area
    ((20.0, 57.65, 20.001, 57.651), {"building": "yes"}),
]


def region(name: str, parent: str | None, box: tuple[float, float, float, float]) -> dict:
    urls = {"pbf": f"https://download.geofabrik.de/{name}-latest.osm.pbf"}
    properties = {"id": name, "parent": parent, "urls": urls}
    return {"type": "Feature", "properties": properties, "geometry": json.loads(shapely.to_geojson(shapely.box(*box)))}


def publish(server: Server, content: bytes, *names: str) -> None:
    features = [region("europe", None, (-20, 30, 40, 70)), region("far", "europe", (0, 40, 1, 41))]
    features += [region(name, "europe", (11, 57, 12, 58)) for name in names]
    server.routes["/index-v1.json"] = json.dumps({"type": "FeatureCollection", "features": features}).encode()
    for name in names:
        server.routes[f"/{name}-latest.osm.pbf"] = Reply(b"", 302, {"Location": f"/{name}-261101.osm.pbf"})
        server.routes[f"/{name}-261101.osm.pbf"] = content
        digest = hashlib.md5(content).hexdigest()
        server.routes[f"/{name}-latest.osm.pbf.md5"] = f"{digest}  {name}-latest.osm.pbf\n".encode()


def by_geofabrik(server: Server, folder: Path, layer: str = "buildings") -> Given:
    return geofabrik.give(Wish(layer, HERE, folder / f"{layer}.parquet", door_to(server), {"files": server.url}))


@pytest.mark.parametrize(
    ("layer", "column", "word"),
    [
        ("buildings", "use", "warehouse"),
        ("water", "water_type", "fishpond"),
        ("land_use", "land_use", "quarry"),
        ("roads", "kind", "trunk"),
    ],
)
def test_a_region_is_fetched_once_and_its_window_read(
    server: Server, tmp_path: Path, layer: str, column: str, word: str
) -> None:
    publish(server, osm_pbf(AREAS), "sweden")
    assert by_geofabrik(server, tmp_path, layer).rows == 1
    frame = gpd.read_parquet(tmp_path / f"{layer}.parquet")
    assert frame[column].tolist() == [word]
    if layer == "buildings":
        assert frame[["floors", "name"]].iloc[0].tolist() == ["2", "北"]
    server.asked.clear()
    by_geofabrik(server, tmp_path, layer)
    assert server.paths() == ["/index-v1.json"]


def test_a_city_on_a_border_takes_both_regions(server: Server, tmp_path: Path) -> None:
    publish(server, osm_pbf(AREAS), "sweden", "norway")
    by_geofabrik(server, tmp_path)
    assert {"/sweden-261101.osm.pbf", "/norway-261101.osm.pbf"} <= set(server.paths())
    assert "/far-latest.osm.pbf" not in server.paths() and "/europe-latest.osm.pbf" not in server.paths()


def test_an_old_region_is_fetched_anew(server: Server, tmp_path: Path) -> None:
    publish(server, osm_pbf(AREAS), "sweden")
    by_geofabrik(server, tmp_path)
    old = time.time() - 40 * 86400
    os.utime(tmp_path / "sweden-latest.osm.pbf", (old, old))
    server.asked.clear()
    by_geofabrik(server, tmp_path)
    assert "/sweden-261101.osm.pbf" in server.paths()


@pytest.mark.parametrize(
    ("route", "answer", "says"),
    [
        ("/index-v1.json", b"<html>", "no JSON"),
        ("/index-v1.json", b'{"features": [{}]}', "not the one pvmap knows"),
        ("/index-v1.json", b'{"features": []}', "has no buildings in this window"),
        ("/sweden-latest.osm.pbf", Reply(b"", 302, {"Location": "https://elsewhere.example/x"}), "sends on to"),
        ("/sweden-261101.osm.pbf", Reply(b"", 403), "answers 403"),
        ("/sweden-261101.osm.pbf", b"<html>busy</html>", "sends no pbf"),
        ("/sweden-latest.osm.pbf.md5", b"0123  x", "not what its checksum says"),
        ("/sweden-261101.osm.pbf", b"\x00\x00\x00\x0dnonsense", "not what its checksum says"),
    ],
)
def test_refusals_of_geofabrik(server: Server, tmp_path: Path, route: str, answer: Reply | bytes, says: str) -> None:
    publish(server, osm_pbf(AREAS), "sweden")
    server.routes[route] = answer
    with pytest.raises(FetchError, match=says):
        by_geofabrik(server, tmp_path)
    assert not list(tmp_path.glob("*.pbf")) and not (tmp_path / "buildings.parquet").exists()


@pytest.mark.parametrize(
    ("layer", "tags", "kind"),
    [
        ("buildings", {"building": "no"}, None),
        ("water", {"landuse": "aquaculture"}, "aquaculture"),
        ("water", {"landuse": "forest"}, None),
        ("land_use", {"abandoned:landuse": "quarry"}, "quarry"),
        ("protected", {"boundary": "national_park"}, "national_park"),
        ("protected", {"boundary": "administrative"}, None),
        ("protected", {"leisure": "nature_reserve"}, "nature_reserve"),
        ("power", {"power": "substation", "voltage": "220000;110000"}, "substation"),
        ("power", {"power": "pole"}, None),
        ("roads", {"highway": "primary"}, "primary"),
        ("roads", {"highway": "primary_link"}, None),
    ],
)
def test_which_tags_belong_to_which_layer(layer: str, tags: dict[str, str], kind: str | None) -> None:
    made = row(layer, Thing("w1", tags, shapely.box(0, 0, 1, 1)))
    columns = {"buildings": "use", "water": "water_type", "land_use": "land_use"}
    assert (made and made[columns.get(layer, "kind")]) == kind
