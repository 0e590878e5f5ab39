"""Inputs from object storage and runs sent there, against an S3 server on this machine."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import socket
import threading
from pathlib import Path
from typing import Any

import pytest
from city import Run, copy
from test_bad_input import CITY, Hamlet, footprints

from pvmap import config, pipeline
from pvmap.errors import ConfigError, InputError
from pvmap.settings.addresses import address_of, place_of
from pvmap.stages import bring
from pvmap.stages.bring import bring_inputs
from pvmap.stages.upload import MANIFEST

SOURCES = {'"buildings.geojson"': '"s3://city/raw/buildings.geojson"', '"weather.csv"': '"s3://city/raw/weather.csv"'}


# ------------------------------------------------------------------------------------------ what a city file may name


@pytest.mark.parametrize(
    "address",
    [
        "s3://city/raw/../../etc/passwd",
        "s3://key:secret@city/raw/a.gpkg",
        "s3://city",
        "s3://city/",
        "s3:///a.gpkg",
        "s3://city//a.gpkg",
        "s3://city/a.gpkg?versionId=1",
        "s3://city/a\\b.gpkg",
        "s3://city/con:/a",
        "https://city/a.gpkg",
        "file:///etc/passwd",
        "gs://city/a.gpkg",
        "S3://city/a.gpkg",
    ],
)
def test_other_addresses_are_refused(address: str, hamlet: Hamlet, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PVMAP_STORAGE", "s3")
    hamlet.say(CITY.replace('"buildings.geojson"', json.dumps(address)))
    with pytest.raises(ConfigError, match="is not possible"):
        config.load(hamlet.file)


@pytest.mark.parametrize("allowed", [None, "", "gs", "s3x"])
def test_no_city_file_opens_the_network_by_itself(allowed: str | None, hamlet: Hamlet, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("PVMAP_STORAGE", raising=False)
    if allowed is not None:
        monkeypatch.setenv("PVMAP_STORAGE", allowed)
    hamlet.say(CITY, **SOURCES)
    with pytest.raises(ConfigError, match="s3 is not allowed; set PVMAP_STORAGE=s3"):
        config.load(hamlet.file)


def test_a_place_tells_its_address(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PVMAP_STORAGE", "gs, s3")
    for address in ("s3://city/raw/屋顶.gpkg", "gs://a-b/c d/e*.tif"):
        assert address_of(place_of(address)) == address
    for path in ("roofs.gpkg", "from-storage", "from-storage/ftp/city/a.gpkg", "below/from-storage/s3/city/a"):
        assert address_of(path) == ""


@pytest.fixture
def hamlet(tmp_path: Path) -> Hamlet:
    return Hamlet(tmp_path)


@pytest.fixture
def remote(hamlet: Hamlet, bucket: Any) -> Hamlet:
    """A hamlet whose inputs lie in the bucket alone."""
    for name in ("buildings.geojson", "weather.csv"):
        bucket.put_file(str(hamlet.raw / name), f"city/raw/{name}")
        (hamlet.raw / name).unlink()
    hamlet.say(CITY, **SOURCES)
    return hamlet


def brought(hamlet: Hamlet) -> Path:
    return hamlet.raw / "from-storage" / "s3" / "city" / "raw"


def fetch(hamlet: Hamlet) -> None:
    bring_inputs(config.load(hamlet.file), hamlet.raw)


@pytest.mark.slow
def test_an_input_is_brought_once_and_anew_when_it_has_changed(remote: Hamlet, bucket: Any):
    fetch(remote)
    file = brought(remote) / "buildings.geojson"
    assert json.loads(file.read_text()) == footprints()
    first = file.stat().st_mtime_ns
    fetch(remote)
    assert file.stat().st_mtime_ns == first
    changed = json.dumps(footprints(height=[12.5, 12.5, 12.5, 12.5]))
    bucket.pipe_file("city/raw/buildings.geojson", changed.encode())
    fetch(remote)
    assert file.read_text() == changed
    file.write_text(changed.replace("12.5", "99.5"))  # by somebody here: it is not what was brought
    fetch(remote)
    assert file.read_text() == changed


@pytest.mark.slow
def test_companions_and_patterns_come_along_and_go(hamlet: Hamlet, bucket: Any):
    for name in ("roofs.shp", "roofs.dbf", "roofs2.shp", "dem/a.tif", "dem/b.tif", "dem/b.txt"):
        bucket.pipe_file(f"city/{name}", name.encode())
    city = CITY.replace('"buildings.geojson"', '"s3://city/roofs.shp"')
    hamlet.say(city + '\n[inputs.dem]\npath = "s3://city/dem/*.tif"\n')
    root = hamlet.raw / "from-storage"

    def there() -> list[str]:
        return sorted(str(p.relative_to(root / "s3" / "city")) for p in (root / "s3").rglob("*") if p.is_file())

    fetch(hamlet)
    assert there() == ["dem/a.tif", "dem/b.tif", "roofs.dbf", "roofs.shp"]
    bucket.rm_file("city/dem/b.tif")
    fetch(hamlet)
    assert there() == ["dem/a.tif", "roofs.dbf", "roofs.shp"]


def no_bucket(remote: Hamlet, bucket: Any, patch: pytest.MonkeyPatch) -> None:
    remote.say(CITY, **{k: v.replace("//city", "//nowhere") for k, v in SOURCES.items()})


def no_file(remote: Hamlet, bucket: Any, patch: pytest.MonkeyPatch) -> None:
    bucket.rm_file("city/raw/buildings.geojson")


def no_credentials(remote: Hamlet, bucket: Any, patch: pytest.MonkeyPatch) -> None:
    patch.delenv("AWS_ACCESS_KEY_ID")
    patch.delenv("AWS_SECRET_ACCESS_KEY")


def no_network(remote: Hamlet, bucket: Any, patch: pytest.MonkeyPatch) -> None:
    patch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (no_bucket, "no such bucket or file"),
        (no_file, "no such bucket or file"),
        (no_credentials, "no credentials were found"),
        (no_network, "does not answer as it should"),
    ],
)
def test_what_storage_does_not_give_is_one_sentence(
    fault: Any, words: str, remote: Hamlet, bucket: Any, monkeypatch: pytest.MonkeyPatch
):
    secrets = [os.environ[name] for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")]
    fault(remote, bucket, monkeypatch)
    with pytest.raises(InputError, match=words) as told:
        fetch(remote)
    assert "\n" not in str(told.value) and str(told.value).startswith("s3://") and str(told.value).endswith(".")
    assert not [one for one in secrets if one in str(told.value)]
    assert not [file for file in remote.raw.rglob("*") if file.is_file() and file.name.startswith(".")]


@pytest.mark.parametrize("speaks", [b"", b"HTTP/1.1 200 OK\r\nx: "], ids=["mute", "a byte at a time"])
def test_storage_that_does_not_come_to_an_end_is_told_soon(
    speaks: bytes, hamlet: Hamlet, monkeypatch: pytest.MonkeyPatch
):
    assert bring.TRIES * (bring.CONNECT_SECONDS + bring.ANSWER_SECONDS) <= 30 >= bring.PATIENCE_SECONDS
    for name, value in {"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x", "PVMAP_STORAGE": "s3"}.items():
        monkeypatch.setenv(name, value)
    config_kwargs = bring.OPTIONS["s3"]["config_kwargs"]
    monkeypatch.setitem(config_kwargs, "read_timeout", 60 if speaks else 0.1)
    if speaks:  # who says nothing is given up by the other limit, however long it took to ask
        monkeypatch.setattr(bring, "PATIENCE_SECONDS", 2)
    hamlet.say(CITY, **SOURCES)
    end, asked = threading.Event(), []

    def talk(line: socket.socket) -> None:
        asked.append(line)
        with contextlib.suppress(OSError):
            line.sendall(speaks)
            while speaks and not end.wait(0.05):
                line.sendall(b"x")

    def serve(server: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while not end.is_set():
                threading.Thread(target=talk, args=(server.accept()[0],), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0), backlog=50) as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{server.getsockname()[1]}")
        threading.Thread(target=serve, args=(server,), daemon=True).start()
        with pytest.raises(InputError, match="does not answer as it should"):
            fetch(hamlet)
        end.set()
    assert 0 < len(asked) <= bring.TRIES


@pytest.mark.slow
def test_a_file_that_is_cut_short_is_never_under_its_name(remote: Hamlet, bucket: Any, monkeypatch: pytest.MonkeyPatch):
    there = bring._there
    monkeypatch.setattr(bring, "_there", lambda *where: {name: f"7 {mark}" for name, mark in there(*where).items()})
    with pytest.raises(InputError, match="cut short"):
        fetch(remote)
    assert not brought(remote).exists() or not list(brought(remote).iterdir())


# --------------------------------------------------------------------------------------------------- a run goes there


@pytest.mark.slow
def test_an_upload_that_was_cut_off_goes_on_and_its_manifest_comes_last(
    small_city: Run, bucket: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    root = copy(small_city, tmp_path / "city")
    job = pipeline.open_city(str(root / "demo.toml"), root)
    sent: list[str] = []
    put, most = type(bucket)._put_file, 3

    async def put_file(self: Any, file: str, target: str) -> None:
        if len(sent) == most:
            raise ConnectionResetError("the line is cut")
        sent.append(target)
        await put(self, file, target)

    with monkeypatch.context() as patch:
        patch.setattr(type(bucket), "_put_file", put_file)
        with pytest.raises(InputError, match="does not answer as it should"):
            pipeline.upload_run(job, "s3://city/out/")
    assert len(sent) == 3 and not bucket.exists(f"city/out/{MANIFEST}")
    first, sent, most = sent, [], 1_000
    with monkeypatch.context() as patch:
        patch.setattr(type(bucket), "_put_file", put_file)
        assert pipeline.upload_run(job, "s3://city/out/") == f"s3://city/out/{MANIFEST}"
    assert sent and not set(sent) & set(first)

    files = json.loads(bucket.cat_file(f"city/out/{MANIFEST}"))["files"]
    assert {"run.json", "appraisal.parquet", "zones.parquet", "map/index.html"} <= set(files)
    assert not [name for name in files if name.startswith(("parts", "run.lock"))]
    for name, about in files.items():
        assert hashlib.sha256(bucket.cat_file(f"city/out/{name}")).hexdigest() == about["sha256"], name


@pytest.mark.slow
def test_an_upload_keeps_what_it_did_not_send(small_city: Run, bucket: Any, tmp_path: Path):
    root = copy(small_city, tmp_path / "city")
    job = pipeline.open_city(str(root / "demo.toml"), root)
    theirs = {MANIFEST: b"their list", "zones.parquet": b"their zones", "map/index.html": b"their page"}
    for name, content in theirs.items():
        bucket.pipe_file(f"city/out/{name}", content)
    told: list[str] = []
    pipeline.upload_run(job, "s3://city/out", tell=told.append)
    kept = {name: bucket.glob(f"city/out/{Path(name).with_suffix('')}.2*{Path(name).suffix}") for name in theirs}
    assert {name: bucket.cat_file(one) for name, (one,) in kept.items()} == theirs
    assert len(told) == len(theirs) and all(
        any(one.rpartition("/")[2] in line for line in told) for (one,) in kept.values()
    )
    before = bucket.find("city/out")
    pipeline.upload_run(job, "s3://city/out", tell=told.append)
    assert len(told) == len(theirs) and bucket.find("city/out") == before
    bucket.pipe_file("city/out/zones.parquet", b"changed there")
    pipeline.upload_run(job, "s3://city/out", tell=told.append)
    assert len(told) == len(theirs) + 1 and "zones" in told[-1]


@pytest.mark.slow
def test_a_damaged_run_is_not_sent(small_city: Run, bucket: Any, tmp_path: Path):
    root = copy(small_city, tmp_path / "city")
    job = pipeline.open_city(str(root / "demo.toml"), root)
    table = job.folders.processed / "zones.parquet"
    content = bytearray(table.read_bytes())
    content[len(content) // 2] ^= 1
    table.write_bytes(content)
    with pytest.raises(InputError, match=r"zones\.parquet is damaged or not of the run.*run `pvmap map"):
        pipeline.upload_run(job, "s3://city/out")
    assert not bucket.exists("city/out")
