"""A city's layers: each from the first who gives it, none twice, none lost with another, and all accounted for."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import geopandas as gpd
import pytest
from loopback import Ask, Reply, Server, door_to, serving
from weather_services import serve_weather
from world import WINDOW, build, mirrors

from pvmap.errors import ConfigError, DiskError, InputError, OfflineError
from pvmap.settings.city import Settings
from pvmap.settings.fetch import FetchSettings
from pvmap.sources.remote import fetch as remote
from pvmap.sources.remote import record
from pvmap.versions import content_hash

SMALL = ("buildings", "water", "terrain", "weather")


@pytest.fixture(scope="module")
def town() -> Server:
    with serving() as server:
        build(server)
        yield server


@pytest.fixture(autouse=True)
def fresh(town: Server) -> None:
    town.asked.clear()


def settings(server: Server, **fetch: object) -> Settings:
    city = {"name": "town", "title_zh": "镇", "title_en": "town"}
    return Settings.model_validate({"city": city, "fetch": {"window": WINDOW, "mirrors": mirrors(server), **fetch}})


def run(server: Server, raw: Path, *layers: str, **fetch: object) -> dict[str, remote.Outcome]:
    outcomes = remote.fetch(settings(server, **fetch), raw, door_to(server), layers)
    return {one.layer: one for one in outcomes}


def test_every_usual_layer_comes_and_is_accounted_for(town: Server, tmp_path: Path) -> None:
    outcomes = run(town, tmp_path)
    assert {layer: one.why for layer, one in outcomes.items()} == dict.fromkeys(remote.USUAL, "")
    remote.require_some(list(outcomes.values()))
    found = {one["file"]: one for one in json.loads((tmp_path / "SOURCES.json").read_text())["files"]}
    assert set(found) == {path.name for path in tmp_path.iterdir()} - {"SOURCES.json"}
    buildings = found["buildings.parquet"]
    assert buildings["rows"] == len(gpd.read_parquet(tmp_path / "buildings.parquet")) == 60
    assert buildings["licence"] == "ODbL 1.0" and "OpenStreetMap" in buildings["attribution"]
    assert buildings["sha256"] == content_hash(tmp_path / "buildings.parquet") and buildings["release"]
    assert all(one["address"].startswith(town.url) and one["fetched"] for one in found.values())
    assert found["terrain.tif"]["crs"] == "EPSG:4326"


def test_nothing_is_fetched_twice(town: Server, tmp_path: Path) -> None:
    run(town, tmp_path, *SMALL)
    town.asked.clear()
    again = run(town, tmp_path, *SMALL)
    assert not town.asked and all(one.was_there for one in again.values())
    offline = remote.fetch(settings(town), tmp_path, door_to(town, offline=True), SMALL)
    assert all(one.was_there for one in offline)


def test_another_window_or_a_missing_file_is_fetched_again(town: Server, tmp_path: Path) -> None:
    run(town, tmp_path, "buildings", "weather")
    (tmp_path / "weather.json").unlink()
    again = run(town, tmp_path, "buildings", "weather")
    assert again["buildings"].was_there and not again["weather"].was_there
    moved = run(town, tmp_path, "buildings", window=(4.33, 51.98, 4.34, 51.99))
    assert 0 < moved["buildings"].entries[0]["rows"] < 60


def test_a_file_of_the_users_own_is_left_alone(town: Server, tmp_path: Path) -> None:
    (tmp_path / "weather.json").write_text("mine")
    (outcome,) = run(town, tmp_path, "weather").values()
    assert "is not what pvmap fetched" in outcome.why and not town.asked
    assert (tmp_path / "weather.json").read_text() == "mine"


@pytest.mark.skipif(sys.platform != "linux", reason="needs a folder that nobody can write to")
def test_nothing_is_asked_for_a_folder_that_cannot_be_written(town: Server) -> None:
    with pytest.raises(DiskError, match="/proc/town cannot be written"):
        run(town, Path("/proc/town"), "buildings")
    assert not town.asked


def test_a_provider_that_is_down_costs_its_layer_only(town: Server, tmp_path: Path) -> None:
    kept = town.routes["/pvgis/tmy"]
    town.routes["/pvgis/tmy"] = Reply(b"", 529)
    try:
        outcomes = run(town, tmp_path, *SMALL, sources={"weather": ["pvgis"]})
    finally:
        town.routes["/pvgis/tmy"] = kept
    assert [layer for layer, one in outcomes.items() if one.why] == ["weather"]
    with pytest.raises(remote.LayersMissing, match=r"1 of 4 layer.*\n  weather: pvgis: .*529") as told:
        remote.require_some(list(outcomes.values()))
    assert told.value.exit_code == 3
    assert (tmp_path / "buildings.parquet").exists() and not (tmp_path / "weather.json").exists()


def test_the_next_provider_is_asked_where_the_first_fails(town: Server, tmp_path: Path) -> None:
    kept = town.routes["/pvgis/tmy"]
    town.routes["/pvgis/tmy"] = Reply(b'{"message": "Location over the sea"}', 400)
    try:
        (one,) = run(town, tmp_path, "weather", years=(2020, 2020)).values()
    finally:
        town.routes["/pvgis/tmy"] = kept
    assert one.entries[0]["provider"] == "power"


def test_years_of_china_come_from_power_first() -> None:
    """PVGIS has nothing but ERA5 there, which is too bright in the east."""
    assert remote.usual_order("weather_years", "CN") == ("power", "pvgis")
    assert remote.usual_order("weather_years", "generic") == ("pvgis", "power")


def test_offline_says_what_is_missing(town: Server, tmp_path: Path) -> None:
    (one,) = remote.fetch(settings(town), tmp_path, door_to(town, offline=True), ["buildings"])
    assert "--offline" in one.why and not town.asked


@pytest.mark.parametrize("layer", ["districts", "borders"])
def test_borders_are_never_fetched(town: Server, tmp_path: Path, layer: str) -> None:
    with pytest.raises(ConfigError, match=r"bureau's file.*审图号.*inputs\.districts"):
        run(town, tmp_path, layer)
    assert not town.asked
    assert not any("division" in layer for one in remote.PROVIDERS.values() for layer in one.layers)


@pytest.mark.parametrize(
    ("layers", "fetch", "says"),
    [
        (["trees"], {}, "No layer is called 'trees'"),
        (["weather"], {"sources": {"weather": ["glo30"]}}, "'glo30' does not give it; pvgis, power can"),
        (["weather"], {"window": None}, "where to fetch"),
        (["weather"], {"mirrors": {"pvgis": {"web": "https://x"}}}, "no address is called 'web'"),
    ],
)
def test_what_cannot_be_asked_is_one_sentence(tmp_path: Path, layers: list[str], fetch: dict, says: str) -> None:
    with serving() as nobody, pytest.raises(ConfigError, match=says):
        run(nobody, tmp_path, *layers, **fetch)


def test_a_key_is_never_written(town: Server, tmp_path: Path) -> None:
    town.routes["/pvgis/tmy"], kept = town.routes["/pvgis/tmy"], town.routes["/pvgis/tmy"]
    secret = {"pvgis": {"api": town.url.replace("://", "://user:s3cret@") + "/pvgis"}}
    (one,) = remote.fetch(settings(town, mirrors=secret), tmp_path, door_to(town), ["weather"])
    assert one.why and "s3cret" not in one.why
    assert town.routes["/pvgis/tmy"] is kept


def test_sources_that_somebody_has_spoiled_are_told(tmp_path: Path) -> None:
    entry = {"file": "a", "layer": "b", "attribution": "", "sha256": ""}
    shapes = [{"files": [entry | {name: 3}]} for name in entry] + [{"files": [entry], "gaps": [{"file": []}]}]
    for spoiled in ("{", '{"files": [1]}', '{"files": {"a": 1}}', "[]", *map(json.dumps, shapes)):
        (tmp_path / "SOURCES.json").write_text(spoiled)
        with pytest.raises(InputError, match="not what pvmap fetch writes"):
            record.entries(tmp_path)


def test_what_was_found_while_fetching_is_found_again_by_a_run(tmp_path: Path) -> None:
    known = {"file": "a.tif", "layer": "terrain", "attribution": "", "sha256": ""}
    absent = {"code": "fetched-tiles-absent", "layer": "a.tif", "count": 1, "total": 2, "values": {"value": "0"}}
    (tmp_path / "a.tif").write_bytes(b"")

    def found(*findings: object) -> list[str]:
        whole = {"files": [{**known, "findings": findings}], "gaps": []}
        (tmp_path / "SOURCES.json").write_text(json.dumps(whole))
        return [one.sentence("zh") for one in record.doubt_fetched(tmp_path)]

    assert found() == [] and found(absent) == ["a.tif：提供方缺 2 幅中的 1 幅，该处取值 0。"]
    for spoiled in ({"code": "../x"}, "x", {**absent, "values": {}}, {**absent, "rows": 7}):
        with pytest.raises(InputError, match="not what pvmap fetch writes"):
            found(spoiled)
    (tmp_path / "a.tif").unlink()
    assert found(absent) == []


def test_one_that_stops_stops_all(town: Server, tmp_path: Path) -> None:
    """What a user stops while layers come leaves no half file, and the next run finishes it."""

    def stop(layer: str, done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        remote.fetch(settings(town), tmp_path, door_to(town), SMALL, stop)
    kept = {one["file"] for one in record.entries(tmp_path)}
    assert {path.name for path in tmp_path.glob("*") if path.suffix in (".tif", ".json", ".parquet")} <= {
        *kept,
        "SOURCES.json",
    }
    assert not any(one.why for one in run(town, tmp_path, *SMALL).values())


def test_hosts_are_asked_one_thing_at_a_time(tmp_path: Path) -> None:
    busy: list[int] = [0, 0]
    with serving() as server:
        serve_weather(server)
        answers = {path: server.routes[path] for path in ("/pvgis/tmy", "/power/temporal/hourly/point")}

        def watch(ask: Ask) -> Reply:
            busy[0] += 1
            busy[1] = max(busy)
            reply = answers[ask.path](ask)  # type: ignore[operator]
            busy[0] -= 1
            return reply

        server.routes.update(dict.fromkeys(answers, watch))
        order = {"weather_years": ["power"]}
        run(server, tmp_path, "weather", "weather_years", years=(2020, 2020), sources=order)
        assert len(server.asked) == 2
    assert busy[1] == 1


@pytest.mark.parametrize(
    "url",
    [
        "https://stac.overturemaps.org/2026-10-21.0/collections.parquet",
        "https://overturemaps-us-west-2.s3.us-west-2.amazonaws.com/release/2026-10-21.0/theme=base/a.parquet",
        "https://download.geofabrik.de/asia/china/jiangsu-260101.osm.pbf",  # where jiangsu-latest sends on to
        "https://overpass-api.de/api/interpreter",
        "https://copernicus-dem-30m.s3.amazonaws.com/a/a.tif",
        "https://esa-worldcover.s3.eu-central-1.amazonaws.com/v200/2021/map/a.tif",
        "https://libdrive.ethz.ch/index.php/s/a/download",
        "https://re.jrc.ec.europa.eu/api/v5_3/tmy",
        "https://power.larc.nasa.gov/api/temporal/hourly/point",
        "https://cds.climate.copernicus.eu/api/retrieve/v1/jobs/a/results",
        "https://object-store.os-api.cci2.ecmwf.int:443/cci2-prod-cache-1/2026-01-01/a.zip",
    ],
)
def test_what_is_shipped_may_ask_the_addresses_that_providers_document(url: str) -> None:
    with pytest.raises(OfflineError, match="is not asked: --offline"):
        remote.door_for(FetchSettings(), offline=True).require_allowed(url)
