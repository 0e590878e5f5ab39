"""A cluster of four machines and an S3 server, as far as the network tells: namespaces with addresses of their own."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pandas as pd
import pytest
from test_bad_input import CITY, Hamlet, footprints
from test_cluster_faults import Started, certificate, until_done
from test_engine import address_in, own_process, until

PVMAP = (sys.executable, "-m", "pvmap")


class Machine(NamedTuple):
    """An address, and the words before a command that make it run there."""

    address: str
    there: tuple[str, ...]


def tell(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True)


def in_bucket(machine: Machine, what: str, here: Path) -> None:
    """Do something with the bucket, from a machine: `fs` is its file system, `here` a folder."""
    begin = f"import fsspec; fs = fsspec.filesystem('s3'); here = {str(here)!r}; "
    tell(*machine.there, sys.executable, "-c", begin + what)


@contextlib.contextmanager
def network(n: int) -> Iterator[list[Machine]]:
    """Join so many network namespaces by a bridge in the first one; they go with the processes that hold them."""
    if os.name != "posix" or os.geteuid() != 0 or not all(map(shutil.which, ("unshare", "nsenter", "ip"))):
        pytest.skip("network namespaces need root, and the commands unshare, nsenter and ip")
    with contextlib.ExitStack() as stack:
        machines = []
        for number in range(1, n + 1):
            holder = stack.enter_context(
                subprocess.Popen(
                    ["unshare", "-n", "sh", "-c", "echo here; exec cat"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
                )
            )  # which ends when its input does
            if not holder.stdout.readline():  # type: ignore[union-attr]
                pytest.skip("this kernel gives no network namespaces")
            machines.append(Machine(f"10.77.0.{number}", ("nsenter", "-t", str(holder.pid), "-n")))
        first = machines[0].there
        tell(*first, "ip", "link", "add", "bridge", "type", "bridge")
        tell(*first, "ip", "addr", "add", f"{machines[0].address}/24", "dev", "bridge")
        for name in ("lo", "bridge"):
            tell(*first, "ip", "link", "set", name, "up")
        for machine in machines[1:]:
            near = f"to-{machine.address.rsplit('.', 1)[1]}"
            far = ("peer", "name", "wire", "netns", machine.there[2])
            tell(*first, "ip", "link", "add", near, "type", "veth", *far)
            tell(*first, "ip", "link", "set", near, "master", "bridge", "up")
            tell(*machine.there, "ip", "addr", "add", f"{machine.address}/24", "dev", "wire")
            for name in ("lo", "wire"):
                tell(*machine.there, "ip", "link", "set", name, "up")
        yield machines


@pytest.mark.slow
def test_three_machines_with_tls_and_s3_one_of_which_dies_give_the_tables_of_one_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    hamlets = []
    for name in ("near", "far"):
        (tmp_path / name).mkdir()
        hamlets.append(Hamlet(tmp_path / name))
        hamlets[-1].say(CITY + "\n[run]\nsites_per_tile = 1\n")
        hamlets[-1].put("buildings.geojson", footprints(8))
    near, far = hamlets
    said = Started(near, "--workers", 0).ended()
    assert said.code == 0, said

    city = near.file.read_text(encoding="utf-8")
    far.say(city.replace('"buildings.geojson"', '"s3://city/raw/buildings.geojson"'))
    (tmp_path / "server").mkdir()
    (far.raw / "buildings.geojson").rename(tmp_path / "server" / "buildings.geojson")
    own = {"AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "secret", "PVMAP_STORAGE": "s3"}
    for key, value in (own | certificate(tmp_path / "tls")).items():
        monkeypatch.setenv(key, value)
    options = ("--protocol", "tls", "--no-dashboard")
    with network(4) as (one, *others), contextlib.ExitStack() as stack:

        def start(command: str, *arguments: object, at: Machine) -> subprocess.Popen:
            log = tmp_path / f"{at.address}.log"
            how = ("--host", at.address, *options, *arguments)
            return stack.enter_context(own_process(f"distributed.cli.{command}", *how, log=log, before=at.there))

        endpoint = f"http://{one.address}:9000"
        monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
        server = ("moto.server", "-H", one.address, "-p", 9000)
        s3 = stack.enter_context(own_process(*server, log=tmp_path / "s3.log", before=one.there))
        until(s3, lambda: "Running on" in (tmp_path / "s3.log").read_text(), "S3 server")
        in_bucket(one, "fs.mkdir('city'); fs.put(here + '/', 'city/raw/', recursive=True)", tmp_path / "server")

        contact = tmp_path / "scheduler.json"
        main = start("dask_scheduler", "--port", 0, "--scheduler-file", contact, at=one)
        address = address_in(contact, main)
        assert address.startswith(f"tls://{one.address}:")
        place = ("--nthreads", 1, "--no-nanny", "--local-directory", tmp_path)
        workers = [start("dask_worker", address, *place, at=machine) for machine in others]
        for machine, worker in zip(others, workers, strict=True):
            log = tmp_path / f"{machine.address}.log"
            until(worker, lambda log=log: "Registered to" in log.read_text(), "worker")
        run = Started(far, "--scheduler", address, before=one.there)
        parts = far.root / "data" / "processed" / "hamlet" / "parts"
        until_done(run, lambda: list(parts.glob("*/done.json")), "first tile")
        workers[0].kill()
        said = run.ended()
        assert said.code == 0 and not said.err, said
        tell(*one.there, *PVMAP, "upload", str(far.file), "s3://city/out", "--root", str(far.root))
        in_bucket(one, "fs.get('city/out/', here + '/', recursive=True)", tmp_path / "got")

    here, there = near.root / "data" / "processed" / "hamlet", tmp_path / "got"
    assert {"manifest.json", "map"} <= {file.name for file in there.iterdir()}
    names = sorted(file.stem for file in here.glob("*.parquet"))
    assert {"sites", "surfaces", "yields", "appraisal", "zones", "profiles"} <= set(names)
    assert names == sorted(file.stem for file in there.glob("*.parquet"))
    for name in names:
        pd.testing.assert_frame_equal(
            *(pd.read_parquet(folder / f"{name}.parquet") for folder in (here, there)), check_exact=True, obj=name
        )
