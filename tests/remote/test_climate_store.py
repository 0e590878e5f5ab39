"""ERA5 from the climate data store: jobs are waited for and found again, the key goes nowhere else, faults are told."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from climate_store import EXECUTION, KEY, hours, serve_store, zipped
from loopback import Reply, Server, door_to
from weather_services import sky

from pvmap.errors import FetchError, WeatherError
from pvmap.settings.city import Settings
from pvmap.settings.weather import WeatherFile, WeatherSettings
from pvmap.sources.remote import cds
from pvmap.sources.remote import fetch as remote
from pvmap.sources.remote.provider import Given, Window, Wish
from pvmap.sources.weather import read_weather

HERE = Window(11.9, 57.65, 12.0, 57.7)
HALVES = ["ssrd", "fdir"]


def give(server: Server, folder: Path, **more: object) -> Given:
    bases = {"api": f"{server.url}/cds", "data": f"{server.url}/store"}
    how = {"years": (2021, 2021), "key": KEY, **more}
    door = how.pop("door", None) or door_to(server)
    return cds.give(Wish("weather_years", HERE, folder / "weather_years.json", door, bases, **how))  # type: ignore[arg-type]


def test_a_job_is_waited_for_and_its_hours_are_those_of_the_sky(server: Server, tmp_path: Path) -> None:
    serve_store(server)
    waits: list[float] = []
    given = give(server, tmp_path, door=door_to(server, wait=waits.append))
    assert waits == [2.0, 4.0] and given.rows == 8761
    inputs = json.loads(server.asked[0].body)["inputs"]
    assert inputs["date"] == ["2021-01-01/2022-01-01"] and inputs["location"]["longitude"] == 11.95
    settings = WeatherSettings(points=(WeatherFile(path="weather_years.json", format="fetched"),), nominal_year=2021)
    (point,) = read_weather(settings, tmp_path, 0.0).points
    assert (point.longitude, point.latitude, point.sun_offset_minutes) == (11.95, 57.675, 30.0)
    truth = sky(11.95, 57.675, point.data.index + np.timedelta64(30, "m"))
    for column in ("ghi", "dhi"):
        np.testing.assert_allclose(point.data[column], truth[column].to_numpy(), atol=0.01)
    assert point.data["wind_speed"].to_numpy() == pytest.approx(5.0)
    by_hour = point.data["temp_air"].groupby(point.data.index.hour).mean()
    assert by_hour[11] == pytest.approx(11.0) and by_hour[12] == pytest.approx(11.0)  # both ends of 12 o'clock
    assert by_hour[5] == pytest.approx(10.0)
    assert [path.name for path in tmp_path.iterdir()] == ["weather_years.json"]


def test_the_key_goes_to_the_store_alone_and_is_written_nowhere(server: Server, tmp_path: Path) -> None:
    serve_store(server)
    give(server, tmp_path)
    sent = {ask.path: ask.headers.get("PRIVATE-TOKEN") for ask in server.asked}
    assert sent.pop("/store/job-1.zip") is None
    assert set(sent.values()) == {KEY} and len(sent) == 3
    assert KEY not in (tmp_path / "weather_years.json").read_text()


def test_a_run_that_was_stopped_asks_after_the_same_job(server: Server, tmp_path: Path) -> None:
    serve_store(server)

    def stop(_: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        give(server, tmp_path, door=door_to(server, wait=stop))
    assert KEY not in "".join(path.read_text() for path in tmp_path.iterdir())
    assert give(server, tmp_path).rows == 8761
    assert [ask.path for ask in server.asked].count(EXECUTION) == 1


@pytest.mark.slow
def test_a_job_without_end_is_left_and_found_again(server: Server, tmp_path: Path) -> None:
    serve_store(server, waits=10_000)
    waits: list[float] = []
    with pytest.raises(FetchError, match="job-1 of ERA5 is still running after 4 h; run pvmap fetch again later"):
        give(server, tmp_path, door=door_to(server, wait=waits.append))
    assert max(waits) == 120.0
    server.routes["/cds/jobs/job-1"] = Reply(b'{"status": "successful"}')
    assert give(server, tmp_path).rows == 8761


@pytest.mark.slow
def test_a_job_that_the_store_has_forgotten_is_begun_anew(server: Server, tmp_path: Path) -> None:
    serve_store(server)
    (tmp_path / "weather_years.jobs.part").write_text('{"11.9500 57.6750 2021 2021": "old"}')
    with pytest.raises(FetchError, match="jobs/old answers 404"):
        give(server, tmp_path)
    assert give(server, tmp_path).rows == 8761


@pytest.mark.slow
def test_hours_in_two_files_are_put_together(server: Server, tmp_path: Path) -> None:
    serve_store(server)
    table = hours(11.95, 57.675, "2021-01-01", "2022-01-01")
    server.routes["/store/*"] = Reply(zipped(table[HALVES], table.drop(columns=HALVES)))
    assert give(server, tmp_path).rows == 8761


def _failed(server: Server) -> None:
    server.routes["/cds/jobs/*"] = Reply(b'{"status": "failed"}')


def _elsewhere(server: Server) -> None:
    href = b'{"asset": {"value": {"href": "https://elsewhere.example/a.zip"}}}'
    server.routes["/cds/jobs/job-1"] = Reply(b'{"status": "successful"}')
    server.routes["/cds/jobs/job-1/results"] = Reply(href)


def _short(server: Server) -> None:
    server.routes["/store/*"] = Reply(zipped(hours(11.95, 57.675, "2021-01-01", "2021-12-01")))


def _no_sun(server: Server) -> None:
    table = hours(11.95, 57.675, "2021-01-01", "2022-01-01")
    server.routes["/store/*"] = Reply(zipped(table.drop(columns=HALVES)))


def _licence(server: Server) -> None:
    said = b'{"title": "required licences not accepted", "detail": "accept the licence on the page of the data set"}'
    server.routes[EXECUTION] = Reply(said, 403)


@pytest.mark.parametrize(
    ("spoil", "key", "says"),
    [
        (lambda _: None, "wrong", "execution answers 401: invalid API key"),
        (_licence, KEY, "answers 403: accept the licence on the page"),
        (lambda server: server.routes.update({EXECUTION: Reply(b'{"jobID": "../x"}')}), KEY, "names no job"),
        (lambda server: server.routes.update({EXECUTION: Reply(b"<html>")}), KEY, "no JSON"),
        (lambda server: server.routes.update({"/store/*": Reply(b"<html>")}), KEY, "no zip of hours"),
        (lambda server: server.routes.update({"/store/*": Reply(zipped()[:10])}), KEY, "no zip of hours"),
        (_failed, KEY, "job-1 of ERA5 ended as 'failed'"),
        (_elsewhere, KEY, "elsewhere.example/a.zip is not on a host that pvmap asks"),
        (_short, KEY, "8,017 hours instead of 8,760"),
        (_no_sun, KEY, "no ssrd, fdir"),
    ],
    ids=["key", "licence", "job", "html", "no zip", "cut", "failed", "elsewhere", "short", "no sun"],
)
def test_refusals_are_one_sentence_without_the_key(
    server: Server, tmp_path: Path, spoil: Callable[[Server], object], key: str, says: str
) -> None:
    serve_store(server, waits=0)
    begun = server.routes[EXECUTION]
    spoil(server)
    if spoil is _failed:  # the job's own route stands before the pattern
        server.routes[EXECUTION] = lambda ask: (begun(ask), server.routes.pop("/cds/jobs/job-1"))[0]  # type: ignore[operator]
    if spoil is _elsewhere:
        server.routes[EXECUTION] = Reply(b'{"jobID": "job-1"}')
    with pytest.raises(FetchError, match=says) as told:
        give(server, tmp_path, key=key)
    assert KEY not in str(told.value) and not (tmp_path / "weather_years.json").exists()


def test_a_bomb_is_not_unpacked(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    serve_store(server, waits=0)
    monkeypatch.setattr(cds, "MOST_BYTES", 100_000)
    with pytest.raises(FetchError, match=r"unpacks to more than 0 MB|sends more than 0 MB"):
        give(server, tmp_path)


def city(server: Server) -> Settings:
    fetch = {
        "window": list(HERE), "years": [2021, 2021], "sources": {"weather_years": ["era5"]},
        "mirrors": {"era5": {"api": f"{server.url}/cds", "data": f"{server.url}/store"}},
    }  # fmt: skip
    return Settings.model_validate({"city": {"name": "a", "title_zh": "", "title_en": ""}, "fetch": fetch})


def test_the_key_comes_from_the_environment(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    serve_store(server)
    monkeypatch.delenv("CDSAPI_KEY", raising=False)
    (without,) = remote.fetch(city(server), tmp_path, door_to(server), ["weather_years"])
    assert "a key of your own in the variable CDSAPI_KEY" in without.why and not server.asked
    monkeypatch.setenv("CDSAPI_KEY", KEY)
    (done,) = remote.fetch(city(server), tmp_path, door_to(server), ["weather_years"])
    n_asked = len(server.asked)
    assert not done.why and "Copernicus Climate Change Service" in done.entries[0]["attribution"]
    assert KEY not in (tmp_path / "SOURCES.json").read_text()
    (again,) = remote.fetch(city(server), tmp_path, door_to(server), ["weather_years"])
    assert again.was_there and len(server.asked) == n_asked


def test_a_file_of_ones_own_is_read_too_and_one_that_is_none_is_told(tmp_path: Path) -> None:
    hours(11.95, 57.675, "2021-01-01", "2022-01-01").to_csv(tmp_path / "own.csv")
    settings = WeatherSettings(points=(WeatherFile(path="own.csv", format="era5"),), nominal_year=2021)
    (point,) = read_weather(settings, tmp_path, 0.0).points
    assert point.longitude == 11.95 and 800 < point.data["ghi"].sum() / 1e3 < 1300
    for name, text in (("a.csv", "time,ghi\n1,2\n"), ("b.json", "{}"), ("c.json", "[1]")):
        (tmp_path / name).write_text(text)
        spoiled = WeatherSettings(points=(WeatherFile(path=name, format="era5"),))
        with pytest.raises(WeatherError, match=r"valid_time|not a time series of ERA5"):
            read_weather(spoiled, tmp_path, 0.0)
