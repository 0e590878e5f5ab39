"""The door: what is asked, what is refused, what is tried again, and how long for."""

from __future__ import annotations

import resource
import signal
import zlib
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from loopback import HASTY, Ask, Reply, Server, certificate, door_to, serving

from pvmap.errors import DiskError, FetchError, OfflineError
from pvmap.sources.remote.answers import NotThere
from pvmap.sources.remote.door import Door
from pvmap.sources.remote.transfer import NoRanges, RangedFile, download, get, get_json

TIFF = b"II*\x00" + bytes(range(256)) * 400


def test_an_answer_comes_back_with_who_asked(server: Server) -> None:
    server.routes["/a"] = b"{}"
    assert get_json(door_to(server, contact="a@b.example"), f"{server.url}/a") == {}
    agent = server.asked[0].headers["User-Agent"]
    assert agent.startswith("pvmap/") and agent.endswith("(a@b.example)")


@pytest.mark.parametrize("url", ["http://example.org/a", "ftp://localhost/a", "file:///etc/passwd", "//localhost/a"])
def test_only_https_is_asked(url: str) -> None:
    with pytest.raises(FetchError, match="not https"):
        get(Door(frozenset({"example.org", "localhost"})), url)


def test_http_on_this_machine_needs_its_parameter(server: Server) -> None:
    with pytest.raises(FetchError, match="not https"):
        get(Door(frozenset({server.netloc})), f"{server.url}/a")
    assert not server.asked


@pytest.mark.parametrize(
    "url", ["https://other.example/a", "https://user:word@example.org/a", "https://example.org:1/a"]
)
def test_only_named_hosts_are_asked_and_secrets_are_not_told(url: str) -> None:
    with pytest.raises(FetchError, match="not on a host") as told:
        get(Door(frozenset({"example.org"})), url)
    assert "word" not in str(told.value)


def test_the_usual_port_and_capitals_are_the_same_host() -> None:
    """What ERA5's store names is ``https://HOST:443/...``."""
    door = Door(frozenset({"example.org"}), offline=True)
    for url in ("https://example.org:443/a", "https://Example.org/a"):
        with pytest.raises(OfflineError, match=r"^example\.org is not asked"):
            get(door, url)


def test_offline_asks_nothing(server: Server) -> None:
    with pytest.raises(OfflineError, match="--offline"):
        get(door_to(server, offline=True), f"{server.url}/a")
    assert not server.asked


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504, 529])
def test_what_may_pass_is_tried_again(server: Server, status: int) -> None:
    server.routes["/a"] = [Reply(b"<html>", status), b"{}"]
    assert get(door_to(server), f"{server.url}/a") == b"{}"
    assert len(server.asked) == 2


@pytest.mark.parametrize("status", [400, 401, 403, 404, 406, 422])
def test_what_stays_wrong_is_not(server: Server, status: int) -> None:
    server.routes["/a"] = Reply(b"", status)
    with pytest.raises(FetchError, match=f"answers {status}") as told:
        get(door_to(server), f"{server.url}/a")
    assert len(server.asked) == 1
    assert isinstance(told.value, NotThere) == (status == 404)


def test_a_server_that_stays_down_is_given_up(server: Server) -> None:
    server.routes["/a"] = Reply(b"", 503)
    with pytest.raises(FetchError, match="3 tries, last: status 503"):
        get(door_to(server), f"{server.url}/a")
    assert len(server.asked) == HASTY.attempts


def test_waits_are_those_the_server_asks_for(server: Server) -> None:
    soon = format_datetime(datetime.now(UTC) + timedelta(seconds=90), usegmt=True)
    server.routes["/a"] = [Reply(b"", 429, {"Retry-After": "7"}), Reply(b"", 503, {"Retry-After": soon}), b"{}"]
    waits: list[float] = []
    get(door_to(server, wait=waits.append), f"{server.url}/a")
    assert waits[0] == 7 and 80 <= waits[1] <= 90


def test_waits_grow_where_the_server_says_nothing_or_nonsense(server: Server) -> None:
    server.routes["/a"] = [Reply(b"", 503), Reply(b"", 503, {"Retry-After": "soon"}), Reply(b"", 503), b"{}"]
    waits: list[float] = []
    patience = type(HASTY)(attempts=4, first_wait_s=1.0)
    get(door_to(server, wait=waits.append, patience=patience), f"{server.url}/a")
    assert waits[0] >= 1.0 and waits == sorted(waits) and waits[-1] > waits[0]


def test_a_server_that_wants_a_quarter_of_an_hour_is_left_alone(server: Server) -> None:
    server.routes["/a"] = Reply(b"", 429, {"Retry-After": "900"})
    with pytest.raises(FetchError, match="900 s"):
        get(door_to(server), f"{server.url}/a")
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    "to", ["file:///etc/passwd", "http://169.254.169.254/x", "https://localhost/a", "//evil.example/a"]
)
def test_moves_to_another_host_or_scheme_are_not_followed(server: Server, to: str) -> None:
    server.routes["/a"] = Reply(b"", 302, {"Location": to})
    with pytest.raises(FetchError, match="sends on to"):
        get(door_to(server), f"{server.url}/a")
    assert len(server.asked) == 1


def test_moves_within_the_host_are(server: Server) -> None:
    server.routes |= {"/latest": Reply(b"", 302, {"Location": "/dated"}), "/dated": b"x"}
    assert get(door_to(server), f"{server.url}/latest") == b"x"
    server.routes["/round"] = Reply(b"", 302, {"Location": "/round"})
    with pytest.raises(FetchError, match="moves on and on"):
        get(door_to(server), f"{server.url}/round")


def test_bodies_are_bounded_packed_or_not(server: Server) -> None:
    packer = zlib.compressobj(wbits=31)
    bomb = packer.compress(bytes(50_000_000)) + packer.flush()
    server.routes |= {"/large": bytes(20_000), "/bomb": Reply(bomb, headers={"Content-Encoding": "gzip"})}
    for path in ("/large", "/bomb"):
        with pytest.raises(FetchError, match="more than"):
            get(door_to(server), server.url + path, most_bytes=10_000)


def test_html_in_the_place_of_json_is_told(server: Server) -> None:
    server.routes["/a"] = Reply(b"<html>too busy", headers={"Content-Type": "application/json"})
    with pytest.raises(FetchError, match=r"no JSON but '<html>too busy'"):
        get_json(door_to(server), f"{server.url}/a")


@pytest.mark.parametrize("broken", [Reply(TIFF, cut=1000), Reply(TIFF, cut=1000, reset=True)])
def test_a_short_body_is_fetched_again(server: Server, broken: Reply, tmp_path: Path) -> None:
    server.routes["/a.tif"] = [broken, TIFF]
    assert get(door_to(server), f"{server.url}/a.tif") == TIFF


def test_a_download_goes_on_where_it_broke_off(server: Server, tmp_path: Path) -> None:
    server.routes["/a.tif"] = [Reply(TIFF, cut=70_000), TIFF]
    path = download(door_to(server), f"{server.url}/a.tif", tmp_path / "a.tif", most_bytes=10**6)
    assert path.read_bytes() == TIFF
    assert int(server.asked[1].headers["Range"][6:-1]) > 0
    assert sorted(tmp_path.iterdir()) == [path]


def test_ctrl_c_and_again(server: Server, tmp_path: Path) -> None:
    server.routes["/a.tif"] = TIFF

    def stop(done: int, total: int) -> None:
        assert total == len(TIFF)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        download(door_to(server), f"{server.url}/a.tif", tmp_path / "a.tif", most_bytes=10**6, progress=stop)
    assert not (tmp_path / "a.tif").exists()
    download(door_to(server), f"{server.url}/a.tif", tmp_path / "a.tif", most_bytes=10**6)
    assert (tmp_path / "a.tif").read_bytes() == TIFF
    assert int(server.asked[1].headers["Range"][6:-1]) > 0


def test_what_came_whole_before_a_stop_is_not_asked_for_again(server: Server, tmp_path: Path) -> None:
    server.routes["/a.tif"] = TIFF

    def stop(done: int, total: int) -> None:
        if done == total:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        download(door_to(server), f"{server.url}/a.tif", tmp_path / "a.tif", most_bytes=10**6, progress=stop)
    download(door_to(server), f"{server.url}/a.tif", tmp_path / "a.tif", most_bytes=10**6)
    assert (tmp_path / "a.tif").read_bytes() == TIFF and len(server.asked) == 1


def test_another_edition_is_not_glued_to_the_old_one(server: Server, tmp_path: Path) -> None:
    newer = TIFF[::-1].replace(TIFF[::-1][:4], b"II*\x00", 1)
    server.routes["/a.tif"] = [Reply(TIFF, cut=70_000), newer]
    download(door_to(server), f"{server.url}/a.tif", tmp_path / "a.tif", most_bytes=10**6)
    assert (tmp_path / "a.tif").read_bytes() == newer


def test_a_server_without_ranges_starts_anew(server: Server, tmp_path: Path) -> None:
    server.routes["/a.tif"] = [Reply(TIFF, cut=70_000, ranges=False), Reply(TIFF, ranges=False)]
    download(door_to(server), f"{server.url}/a.tif", tmp_path / "a.tif", most_bytes=10**6)
    assert (tmp_path / "a.tif").read_bytes() == TIFF


@pytest.mark.parametrize(("body", "says"), [(b"<html>busy</html>", "sends no tif"), (b"", "sends no tif")])
def test_what_is_no_raster_is_not_kept(server: Server, tmp_path: Path, body: bytes, says: str) -> None:
    server.routes["/a.tif"] = Reply(body, headers={"Content-Type": "image/tiff"})
    with pytest.raises(FetchError, match=says):
        download(door_to(server), f"{server.url}/a.tif", tmp_path / "a.tif", most_bytes=10**6)
    assert not (tmp_path / "a.tif").exists() and not (tmp_path / "a.tif.part").exists()


def test_too_large_a_file_is_refused_before_it_comes(server: Server, tmp_path: Path) -> None:
    server.routes["/a.tif"] = TIFF
    with pytest.raises(FetchError, match="more than this can be"):
        download(door_to(server), f"{server.url}/a.tif", tmp_path / "a.tif", most_bytes=1000)


def test_a_full_disk_is_told_and_resumed_from(server: Server, tmp_path: Path) -> None:
    server.routes["/a.tif"] = TIFF
    kept = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, kept[1]))
    try:
        with pytest.raises(DiskError, match="cannot be written"):
            download(door_to(server), f"{server.url}/a.tif", tmp_path / "a.tif", most_bytes=10**6)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, kept)
        signal.signal(signal.SIGXFSZ, ignored)
    assert not (tmp_path / "a.tif").exists()
    download(door_to(server), f"{server.url}/a.tif", tmp_path / "a.tif", most_bytes=10**6)
    assert (tmp_path / "a.tif").read_bytes() == TIFF


def test_a_trickle_is_given_up(server: Server) -> None:
    server.routes["/a"] = bytes(200_000)
    seconds = iter(range(0, 10**6, 40))
    with pytest.raises(FetchError, match=r"bytes in \d+ s"):
        get(door_to(server, clock=lambda: float(next(seconds)) * 20), f"{server.url}/a")


def test_a_large_file_is_read_piece_by_piece(server: Server) -> None:
    content = bytes(range(256)) * 8192
    server.routes["/big"] = content
    file = RangedFile(door_to(server), f"{server.url}/big", most_bytes=4_000_000)
    file.seek(-10, 2)
    assert (file.read(), file.size) == (content[-10:], len(content))
    file.seek(1_000_000)
    assert file.read(700_000) == content[1_000_000:1_700_000]
    asked = len(server.asked)
    file.seek(5)
    assert file.read(10) == content[5:15]
    assert len(server.asked) == asked  # its piece was there
    with pytest.raises(FetchError, match="than a window can need"):
        for _ in range(4):
            file.seek(0)
            file.read()


def test_a_large_file_that_changes_or_has_no_ranges_is_told(server: Server) -> None:
    server.routes["/big"] = [bytes(10**6), b"\x01" * 10**6]
    file = RangedFile(door_to(server), f"{server.url}/big", most_bytes=10**7)
    file.seek(500_000)
    with pytest.raises(FetchError, match="has changed"):
        file.read(10)
    server.routes["/whole"] = Reply(bytes(1000), ranges=False)
    with pytest.raises(NoRanges):
        RangedFile(door_to(server), f"{server.url}/whole", most_bytes=10**7)


def test_certificates_are_verified(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    good, expired = certificate(tmp_path / "good"), certificate(tmp_path / "expired", days=-3)
    with serving(good) as server:
        server.routes["/a"] = b"x"
        with pytest.raises(FetchError, match="does not prove who it is"):
            get(Door(frozenset({server.netloc}), patience=HASTY), f"{server.url}/a")
        monkeypatch.setenv("SSL_CERT_FILE", str(good[0]))
        assert get(Door(frozenset({server.netloc}), patience=HASTY), f"{server.url}/a") == b"x"
    with serving(expired) as server:
        monkeypatch.setenv("SSL_CERT_FILE", str(expired[0]))
        with pytest.raises(FetchError, match=r"does not prove who it is .*expired"):
            get(Door(frozenset({server.netloc}), patience=HASTY), f"{server.url}/a")
        assert not server.asked


@pytest.mark.parametrize("name", ["HTTPS_PROXY", "all_proxy"])
def test_the_proxy_of_the_environment_is_used(server: Server, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, f"http://user:s3cret@{server.netloc}")
    server.routes["*"] = Reply(b"", 407)

    with pytest.raises(FetchError) as told:
        get(Door(frozenset({"far.example"}), patience=HASTY, wait=lambda _: None), "https://far.example/a")
    assert "proxy wants a name" in str(told.value) and "s3cret" not in str(told.value)
    connect: Ask = server.asked[0]
    assert connect.method == "CONNECT" and connect.headers["proxy-authorization"].startswith("Basic ")


def test_nobody_there(server: Server) -> None:
    with serving() as gone:
        pass
    with pytest.raises(FetchError, match="3 tries"):
        get(door_to(gone), f"{gone.url}/a")
