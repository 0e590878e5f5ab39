"""Workers that cannot run the jobs, from the start or when they come late: one sentence, soon; never a hang."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from test_cluster_faults import LOOPBACK, WORKER
from test_engine import PATIENCE_SECONDS, address_in, own_process, square, until

from pvmap import engine
from pvmap.errors import InputError

Start = Callable[..., None]


def wait_for(file: Path | None) -> int:
    """Keep a worker busy until somebody has made a file."""
    end = time.monotonic() + PATIENCE_SECONDS
    while file is not None and not file.exists() and time.monotonic() < end:
        time.sleep(0.02)
    return 1


def end_worker(_: int) -> None:
    os._exit(3)


@pytest.fixture
def other_pvmap(tmp_path: Path, request: pytest.FixtureRequest) -> dict[str, str]:
    """Environment of a process that finds another pvmap: a package with nothing in it but this text."""
    package = tmp_path / "other" / "pvmap"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text(request.param, encoding="utf-8")
    return {"PYTHONPATH": str(package.parent), "PYTHONSAFEPATH": "1"}


NONE, BROKEN, DEADLY = "", "raise ImportError('no numba here')", "import os; os._exit(3)"


@contextlib.contextmanager
def scheduler(folder: Path, environment: dict[str, str] | None = None) -> Iterator[tuple[str, Start]]:
    """Run a scheduler; give its address and what starts a worker of an environment."""
    contact = folder / "scheduler.json"
    with contextlib.ExitStack() as stack:

        def start(command: str, *arguments: object, log: str, environment: dict[str, str] | None = None):
            with pytest.MonkeyPatch.context() as patch:
                for key, value in (environment or {}).items():
                    patch.setenv(key, value)
                return stack.enter_context(own_process(f"distributed.cli.{command}", *arguments, log=folder / log))

        main = start("dask_scheduler", *LOOPBACK, "--scheduler-file", contact, log="main", environment=environment)
        address = address_in(contact, main)

        def worker(name: str, environment: dict[str, str] | None = None, wait: bool = True) -> None:
            place = ("--local-directory", folder, "--no-nanny")
            process = start("dask_worker", address, *WORKER, *place, log=name, environment=environment)
            if wait:
                until(process, lambda: "Registered to" in (folder / name).read_text(), "worker")

        yield address, worker


@pytest.mark.slow
@pytest.mark.parametrize("other_pvmap", [BROKEN], ids=["broken"], indirect=True)
def test_a_worker_that_comes_late_without_our_pvmap_stops_the_run(tmp_path: Path, other_pvmap: dict[str, str]):
    with scheduler(tmp_path) as (address, start), engine.Pool(scheduler=address) as pool:
        start("good")
        jobs = [None, *[tmp_path / "never"] * 8]
        with pytest.raises(InputError, match=r"^Worker tcp://.* cannot load pvmap .*; install this version there\.$"):
            pool.run(wait_for, jobs, on_done=lambda _: start("late", other_pvmap, wait=False))
        (tmp_path / "never").touch()


@pytest.mark.slow
@pytest.mark.parametrize("other_pvmap", [DEADLY], ids=["deadly"], indirect=True)
def test_a_worker_that_ends_when_it_loads_pvmap_is_named_at_once(tmp_path: Path, other_pvmap: dict[str, str]):
    with scheduler(tmp_path) as (address, start):
        start("bad", other_pvmap)
        with (
            pytest.raises(InputError, match=r"^Worker tcp://.* cannot load pvmap "),
            engine.Pool(None, address) as pool,
        ):
            pool.run(square, [1])


@pytest.mark.slow
@pytest.mark.parametrize("other_pvmap", [NONE], ids=["none"], indirect=True)
def test_a_scheduler_needs_no_pvmap(tmp_path: Path, other_pvmap: dict[str, str]):
    with scheduler(tmp_path, other_pvmap) as (address, start), engine.Pool(scheduler=address) as pool:
        start("good")
        outcomes = pool.run(square, range(5), retries=0)
    assert outcomes.results == {0: 0, 1: 1, 2: 4}
    assert outcomes.failures[4] == "Row 4 is bad; put it right."
    assert outcomes.failures[3].startswith("ValueError: three is not welcome (test_engine.py:")


@pytest.mark.slow
def test_jobs_that_end_every_worker_end_the_run_when_none_was_ever_done(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(engine.pool, "MOST_KILLED", 1)
    with engine.Pool(1) as pool, pytest.raises(InputError, match="every worker process that tried it was killed"):
        pool.run(end_worker, range(1000))
