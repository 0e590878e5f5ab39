"""Jobs run anywhere with the same outcome: in this process, on a local cluster, on somebody else's scheduler."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import json
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
import urllib.request
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import dask
import pytest
from city import Run, copy, demo_file, run
from distributed import Client
from distributed.client import AllExit
from test_pipeline import assert_same_city

from pvmap import engine, store
from pvmap.engine import clusters
from pvmap.errors import ConfigError, InputError
from pvmap.watch import Watch

PATIENCE_SECONDS = 120  # a bound for what never ends, not a measure of anything


def square(number: int) -> int:
    if number == 3:
        raise ValueError("three is not welcome")
    if number == 4:
        raise InputError("Row 4 is bad; put it right.")
    return number * number


def succeed_at_last(folder: Path) -> int:
    """Fail twice, then succeed: what a worker on a shaky disk does."""
    tries = len(list(folder.iterdir()))
    (folder / str(tries)).touch()
    if tries < 2:
        raise OSError("disk is shaky")
    return tries


def spared_by_the_collector(_: None) -> int:
    return gc.get_freeze_count()


def compute(
    function: Callable, jobs: Sequence, *, workers: int | None = None, scheduler: str | None = None, **how: Any
) -> engine.Outcomes:
    with engine.Pool(workers, scheduler) as pool:
        return pool.run(function, jobs, **how)


# ------------------------------------------------------------------------------------------------ in this process


def test_one_failed_job_does_not_stop_the_others():
    seen: list[int] = []
    outcomes = compute(square, range(6), workers=0, retries=0, on_done=seen.append)
    assert outcomes.results == {0: 0, 1: 1, 2: 4, 5: 25}
    assert set(outcomes.failures) == {3, 4}
    assert seen == list(range(6))


def test_our_own_errors_speak_for_themselves_and_bugs_say_where_they_are():
    outcomes = compute(square, range(6), workers=0, retries=0)
    assert outcomes.failures[4] == "Row 4 is bad; put it right."
    assert outcomes.failures[3].startswith("ValueError: three is not welcome (test_engine.py:")


@pytest.mark.parametrize(("retries", "succeeds"), [(0, False), (1, False), (2, True)])
def test_a_failed_job_is_tried_again(tmp_path: Path, retries: int, succeeds: bool):
    outcomes = compute(succeed_at_last, [tmp_path], workers=0, retries=retries)
    assert bool(outcomes.results) == succeeds
    assert len(list(tmp_path.iterdir())) == retries + 1


def test_without_jobs_nothing_starts():
    outcomes = compute(square, [], scheduler="tcp://127.0.0.1:1")
    assert (outcomes.results, outcomes.failures) == ({}, {})


# ------------------------------------------------------------------------------------------------------ on Dask


def test_a_cluster_gives_the_same_outcome(capfd: pytest.CaptureFixture):
    seen: list[int] = []
    with socket.socket() as taken, warnings.catch_warnings():
        warnings.simplefilter("error")
        with contextlib.suppress(OSError):
            taken.bind(("127.0.0.1", 8787))  # where Dask would put its dashboard
        outcomes = compute(square, range(6), workers=2, retries=0, on_done=seen.append)
    assert capfd.readouterr().err == ""
    here = compute(square, range(6), workers=0, retries=0)
    assert outcomes.results == here.results
    assert outcomes.failures[4] == here.failures[4]
    assert outcomes.failures[3].startswith("ValueError: three is not welcome")
    assert sorted(seen) == list(range(6))


def test_what_is_done_ahead_may_fail_unnoticed(capfd: pytest.CaptureFixture):
    with engine.Pool(1) as pool:
        pool.ahead(square, 3)
        assert pool.run(square, [5]).results == {0: 25}
        spared = pool.run(spared_by_the_collector, [None]).results[0]
        sampled = pool.run(dask.config.get, ["distributed.worker.profile.enabled"]).results[0]
    assert capfd.readouterr().err == ""
    assert (
        spared > 0 and sampled is False
    )  # a worker's modules are not gone through for garbage, nor its stack looked at


def test_in_this_process_the_collector_is_left_as_it_is():
    before = gc.get_freeze_count()
    assert compute(spared_by_the_collector, [None], workers=0).results == {0: before}


def test_jobs_are_handed_out_as_workers_take_them():
    """However many jobs there are, few of them and of their results lie about; each comes back once."""
    held: list[int] = []
    jobs = range(5, 65)
    with engine.Pool(1) as pool:

        def look(_: int) -> None:
            assert pool._client is not None
            held.append(len(pool._client.futures))

        outcomes = pool.run(square, jobs, on_done=look)
    assert outcomes.results == {number: job**2 for number, job in enumerate(jobs)} and not outcomes.failures
    assert len(held) == len(jobs) and max(held) <= 2 * engine.AHEAD  # what has come back at once is still held


@pytest.mark.parametrize(
    ("watch", "workers", "words"),
    [
        (Watch(dashboard=print), 0, "leave out --workers 0"),
        (Watch(profile=Path("nowhere/report.html")), 1, "there is no folder nowhere"),
    ],
)
def test_what_cannot_be_watched_is_told_before_anything_starts(watch: Watch, workers: int, words: str):
    with pytest.raises(ConfigError, match=words):
        engine.Pool(workers, watch=watch)


@pytest.mark.slow
def test_dask_at_work_can_be_watched(tmp_path: Path):
    links: list[str] = []
    with engine.Pool(1, watch=Watch(links.append, tmp_path / "report.html")) as pool:
        assert pool.run(square, [5]).results == {0: 25}
        assert pool.run(dask.config.get, ["distributed.worker.profile.enabled"]).results == {0: True}
        with urllib.request.urlopen(links[0]) as page:
            assert page.status == 200 and b"bokeh" in page.read().lower()
    assert "Dask Performance Report" in (tmp_path / "report.html").read_text(encoding="utf-8")


def test_a_scheduler_that_does_not_answer_is_one_sentence(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(clusters, "CONNECT_SECONDS", 1.0)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{free.getsockname()[1]}"
        with pytest.raises(InputError, match="no Dask scheduler answers there"):
            compute(square, [1], scheduler=address)


def test_words_of_another_server_are_no_length_of_a_message(monkeypatch: pytest.MonkeyPatch):
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()

        def greet() -> None:
            caller, _ = server.accept()
            caller.sendall(b"220 mail.example.org ESMTP\r\n" * 3)

        threading.Thread(target=greet, daemon=True).start()
        address = f"tcp://127.0.0.1:{server.getsockname()[1]}"
        with pytest.raises(InputError, match=r"no Dask scheduler answers there \(something else listens\)"):
            compute(square, [1], scheduler=address)


def test_a_wait_that_a_client_forgot_is_no_news_and_any_other_is(caplog: pytest.LogCaptureFixture):
    async def forget(error: Exception) -> None:
        waiting = asyncio.get_running_loop().create_future()
        waiting.set_exception(error)

    with pytest.raises(InputError):
        compute(square, [1], scheduler="tcp://")
    for error in (AllExit(), ValueError("something else")):
        asyncio.run(forget(error))
        gc.collect()
    assert [record.exc_info[1].args for record in caplog.records if record.exc_info] == [("something else",)]


@pytest.mark.parametrize(
    "address", ["nonsense://x", "tcp://", "127.0.0.1", "tcp://127.0.0.1:port", "tls://127.0.0.1:1"]
)
def test_an_address_that_is_none_is_one_sentence(address: str):
    with pytest.raises(InputError, match="--scheduler"):
        compute(square, [1], scheduler=address)


def until(process: subprocess.Popen, ready: object, what: str) -> None:
    """Poll until something is ready; a process that ends first, or an hour glass that runs out, is a failure."""
    end = time.monotonic() + PATIENCE_SECONDS
    while not ready():  # type: ignore[operator]
        assert process.poll() is None, f"{what}: the process ended with {process.returncode}"
        assert time.monotonic() < end, f"{what}: not ready after {PATIENCE_SECONDS} s"
        time.sleep(0.05)


def address_in(contact: Path, main: subprocess.Popen) -> str:
    """Address that a scheduler writes into its contact file; Dask writes it in place, so that it may be half there."""

    def read() -> dict[str, Any]:
        with contextlib.suppress(FileNotFoundError, ValueError):
            return json.loads(contact.read_text())
        return {}

    until(main, read, "scheduler")
    return read()["address"]


@contextmanager
def own_process(*arguments: object, log: Path, before: Sequence[str] = ()) -> Iterator[subprocess.Popen]:
    """Run a command of Dask in a process of its own, which another command may start, and end just that one."""
    here = os.pathsep.join([str(Path(__file__).parent), os.environ.get("PYTHONPATH", "")])
    with log.open("w") as out:
        process = subprocess.Popen(
            [*before, sys.executable, "-m", *map(str, arguments)],
            stdout=out,
            stderr=out,
            env={**os.environ, "PYTHONPATH": here},
        )
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(PATIENCE_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@pytest.fixture(scope="module")
def scheduler(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a scheduler with two workers, each a process of its own on this machine's loopback."""
    folder = tmp_path_factory.mktemp("cluster")
    contact = folder / "scheduler.json"
    loopback = ("--host", "127.0.0.1", "--port", "0", "--no-dashboard")
    with own_process(
        "distributed.cli.dask_scheduler", *loopback, "--scheduler-file", contact, log=folder / "scheduler.log"
    ) as main:
        address = address_in(contact, main)
        places = ("--nthreads", "1", "--no-dashboard", "--host", "127.0.0.1", "--local-directory", folder)
        with (
            own_process("distributed.cli.dask_worker", address, *places, log=folder / "one.log") as one,
            own_process("distributed.cli.dask_worker", address, *places, log=folder / "two.log"),
            Client(address, timeout=f"{PATIENCE_SECONDS}s") as client,
        ):
            until(one, lambda: len(client.scheduler_info()["workers"]) == 2, "workers")
            yield address


@pytest.mark.slow
def test_somebody_elses_scheduler_gives_the_same_outcome(scheduler: str):
    outcomes = compute(square, range(6), scheduler=scheduler, retries=0)
    assert outcomes.results == {0: 0, 1: 1, 2: 4, 5: 25}
    assert outcomes.failures[4] == "Row 4 is bad; put it right."


@pytest.mark.slow
def test_somebody_elses_scheduler_gives_the_same_city(tmp_path: Path, scheduler: str, small_city: Run):
    city = run(
        demo_file(tmp_path / "demo.toml"), tmp_path, small_city.job.folders.raw, workers=None, scheduler=scheduler
    )
    assert_same_city(small_city, city)


@pytest.mark.slow
def test_a_scheduler_survives_the_runs_it_serves(scheduler: str):
    for _ in range(2):
        assert compute(square, [2], scheduler=scheduler).results == {0: 4}


@pytest.mark.slow
def test_a_scheduler_without_workers_is_one_sentence(tmp_path: Path):
    contact = tmp_path / "scheduler.json"
    loopback = ("--host", "127.0.0.1", "--port", "0", "--no-dashboard")
    with own_process(
        "distributed.cli.dask_scheduler", *loopback, "--scheduler-file", contact, log=tmp_path / "log"
    ) as main:
        address = address_in(contact, main)
        with pytest.raises(InputError, match="has no workers"):
            compute(square, [1], scheduler=address)


# ------------------------------------------------------------------------------------------------ kill and resume


def changed_times(city: Run) -> dict[str, int]:
    return {part.name: (part / "done.json").stat().st_mtime_ns for part in city.parts if (part / "done.json").exists()}


@pytest.mark.slow  # `test_a_failed_tile_is_named_and_the_rest_is_published` sees the same of one tile
def test_only_unfinished_tiles_are_computed_again(tmp_path: Path, small_city: Run):
    root = copy(small_city, tmp_path / "city")
    parts = root / "data" / "processed" / "demo" / "parts"
    names = [part.name for part in small_city.parts]
    assert len(names) >= 4
    before = changed_times(small_city)
    lost = {names[0], names[2]}
    for name in lost:  # as a kill leaves them: tables perhaps, the stamp never
        (parts / name / "done.json").unlink()
    (parts / names[2] / "yields.parquet").unlink()
    city = run(root / "demo.toml", root)
    after = changed_times(city)
    assert {name for name in names if after[name] != before[name]} == lost
    assert_same_city(small_city, city)


def test_a_changed_tariff_computes_no_tile(tmp_path: Path, small_city: Run):
    root = copy(small_city, tmp_path / "city")
    cheaper = "\n[planning.economics]\ndiscount_rate = 0.03\n"
    city = run(demo_file(root / "demo.toml", more=cheaper), root)
    assert changed_times(city) == changed_times(small_city)
    before, after = small_city.table("appraisal"), city.table("appraisal")
    assert (after["energy_kwh"] == before["energy_kwh"]).all()
    built = before["capacity_kwp"] > 0
    assert (after.loc[built, "lcoe_cny_per_kwh"] < before.loc[built, "lcoe_cny_per_kwh"]).all()


@pytest.mark.slow
def test_a_changed_rule_of_shade_computes_every_tile(tmp_path: Path, small_city: Run):
    root = copy(small_city, tmp_path / "city")
    sites = small_city.processed / "sites.parquet"
    kept = root / sites.relative_to(small_city.processed.parents[2])
    city = run(demo_file(root / "demo.toml", more="\n[shade]\nmin_irradiance_share = 0.5\n"), root)
    before, after = changed_times(small_city), changed_times(city)
    assert set(after) == set(before)
    assert all(after[name] != before[name] for name in after)
    assert kept.stat().st_mtime_ns == sites.stat().st_mtime_ns  # the city itself is what it was
    assert city.report.totals["rooftop"]["capacity_mwp"] > small_city.report.totals["rooftop"]["capacity_mwp"]


# -------------------------------------------------------------------------------------------------- a tile that fails


@pytest.mark.slow
def test_a_failed_tile_is_named_and_the_rest_is_published(tmp_path: Path, small_city: Run):
    root = copy(small_city, tmp_path / "city")
    parts = root / "data" / "processed" / "demo" / "parts"
    bad = small_city.parts[1].name
    shutil.rmtree(parts / bad)
    (parts / bad).symlink_to(tmp_path / "a disk" / "that is lost")
    city = run(root / "demo.toml", root)

    assert city.record["incomplete_tiles"] == [bad]
    assert city.record["failures"] == city.report.failures
    assert bad in city.report.failures[bad] and "\n" not in city.report.failures[bad]
    surfaces = store.read_table(small_city.processed / "parts" / bad, "surfaces")
    whole, rest = small_city.table("appraisal").set_index("site_id"), city.table("appraisal").set_index("site_id")
    assert set(surfaces["site_id"]).isdisjoint(rest.index)
    assert 0 < len(rest) < len(whole)
    assert (rest["energy_kwh"] == whole.loc[rest.index, "energy_kwh"]).all()
    zones = city.table("zones")
    total = zones[(zones["level"] == "city") & (zones["site_type"] == "all")]["energy_kwh"].iloc[0]
    assert total == pytest.approx(rest["energy_kwh"].sum(), rel=1e-9)
    assert city.table("profiles")["power_kw"].sum() == pytest.approx(rest["energy_kwh"].sum(), rel=1e-9)
    assert bad in city.report.index.read_text(encoding="utf-8")  # the banner of the map names it

    (parts / bad).unlink()  # the disk is mended: only this tile is left to do
    mended = run(root / "demo.toml", root)
    assert mended.record["incomplete_tiles"] == []
    before, after = changed_times(small_city), changed_times(mended)
    assert {name for name in before if after[name] != before[name]} == {bad}
    assert_same_city(small_city, mended)
