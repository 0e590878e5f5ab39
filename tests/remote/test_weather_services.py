"""Weather services: what they send is read by pvmap's readers, and what they refuse is told in their words."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from loopback import Ask, Reply, Server, door_to
from weather_services import power_year, pvgis_tmy, serve_weather

from pvmap.errors import FetchError
from pvmap.settings.weather import WeatherFile, WeatherSettings
from pvmap.sources.remote.provider import Given, Window, Wish
from pvmap.sources.remote.weather import give_power, give_pvgis, points
from pvmap.sources.weather import read_weather

HERE = Window(11.9, 57.65, 12.0, 57.7)


def give(server: Server, tmp_path: Path, service: str, *, window: Window = HERE, **more: object) -> Given:
    base = serve_weather(server)[service] if not server.routes else f"{server.url}/{service}"
    layer = "weather" if service == "pvgis" else "weather_years"
    function = give_pvgis if service == "pvgis" else give_power
    wish = Wish(layer, window, tmp_path / f"{layer}.json", door_to(server), {"api": base}, **more)  # type: ignore[arg-type]
    return function(wish)


def test_a_typical_year_is_one_that_pvmap_reads(server: Server, tmp_path: Path) -> None:
    given = give(server, tmp_path, "pvgis")
    settings = WeatherSettings(points=(WeatherFile(path="weather.json", format="pvgis"),))
    (point,) = read_weather(settings, tmp_path, 1.0).points
    assert (point.longitude, point.latitude) == points(HERE)[0]
    assert 800 < point.monthly()["ghi"].sum() < 1300
    assert given.rows == 8760 and list(given.files.values()) == [f"{server.url}/pvgis/tmy"]


@pytest.mark.slow
def test_years_are_asked_one_by_one_with_a_pause_and_put_together(server: Server, tmp_path: Path) -> None:
    serve_weather(server)
    waits: list[float] = []
    base = {"api": f"{server.url}/power"}
    door = door_to(server, wait=waits.append)
    give_power(Wish("weather_years", HERE, tmp_path / "weather_years.json", door, base, years=(2019, 2020)))
    assert [ask.query["start"] for ask in server.asked] == ["20190101", "20200101"]
    assert waits == [2.0]
    settings = WeatherSettings(points=(WeatherFile(path="weather_years.json", format="nasa_power"),))
    (point,) = read_weather(settings, tmp_path, 0.0, years="all").points
    assert point.years == (2019, 2020)


def test_a_large_window_has_a_grid_of_points(server: Server, tmp_path: Path) -> None:
    given = give(server, tmp_path, "pvgis", window=Window(11.0, 57.0, 11.9, 57.3))
    assert [path.name for path in given.files] == ["weather.json", "weather_2.json"]
    assert [(ask.query["lon"], ask.query["lat"]) for ask in server.asked] == [("11.225", "57.15"), ("11.675", "57.15")]


def _short(ask: Ask) -> Reply:
    content = json.loads(pvgis_tmy(ask).body)
    content["outputs"]["tmy_hourly"].pop()
    return Reply(json.dumps(content).encode())


def _solar_time(ask: Ask) -> Reply:
    content = json.loads(power_year(ask).body)
    content["header"]["time_standard"] = "LST"
    return Reply(json.dumps(content).encode())


SEA = Reply(b'{"message":"Location over the sea. Please, select another location","status":400}', 400)


@pytest.mark.parametrize(
    ("service", "answer", "says", "asked"),
    [
        ("pvgis", SEA, "the places around it lie over the sea", 9),
        ("pvgis", Reply(b"", 529), "3 tries, last: status 529", 3),
        ("pvgis", Reply(b'{"message":"Internal Server Error","status":500}', 500), "Internal Server Error", 3),
        ("pvgis", Reply(b"<html>down for maintenance"), "no JSON", 1),
        ("pvgis", Reply(b'{"outputs": {}}'), "0 hours instead of 8,760", 1),
        ("pvgis", _short, "8,759 hours instead of 8,760", 1),
        ("power", Reply(b'{"messages": ["start is after end"]}', 422), "start is after end", 1),
        ("power", Reply(b"<html>not found", 404), "answers 404", 1),
        ("power", Reply(b"", 429), "3 tries", 3),
        ("power", _solar_time, "by the clock 'LST'", 1),
    ],
)  # fmt: skip
def test_refusals_are_told_and_leave_no_file(
    server: Server, tmp_path: Path, service: str, answer: Reply, says: str, asked: int
) -> None:
    serve_weather(server)
    server.routes["/pvgis/tmy" if service == "pvgis" else "/power/temporal/hourly/point"] = answer
    with pytest.raises(FetchError, match=says):
        give(server, tmp_path, service, years=(2020, 2020))
    assert len(server.asked) == asked and not list(tmp_path.iterdir())


def test_a_point_over_the_sea_gives_way_to_land_beside_it(server: Server, tmp_path: Path) -> None:
    serve_weather(server)
    server.routes["/pvgis/tmy"] = lambda ask: SEA if float(ask.query["lon"]) < 11.96 else pvgis_tmy(ask)
    given = give(server, tmp_path, "pvgis")
    content = json.loads((tmp_path / "weather.json").read_text())
    place = content["inputs"]["location"]
    assert HERE.west <= place["longitude"] <= HERE.east and place["longitude"] > 11.96
    assert (
        HERE.south <= place["latitude"] <= HERE.north
        and "1 of 1 weather points lie over" in given.findings[0].sentence()
    )


def test_an_overrun_service_that_recovers(server: Server, tmp_path: Path) -> None:
    serve_weather(server)
    server.routes["/pvgis/tmy"] = [Reply(b"", 529), Reply(b"", 429, {"Retry-After": "1"}), pvgis_tmy]
    assert give(server, tmp_path, "pvgis").rows == 8760
