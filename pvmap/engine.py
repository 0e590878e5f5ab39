"""Jobs in, outcomes out, on Dask. The only module that imports dask.

A job is a plain function of one picklable argument that writes its own files and returns something small. Whether it
runs in this process, on a local cluster or on a thousand machines is decided here and nowhere else.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from dask.system import CPU_COUNT
from distributed import Client, Future, LocalCluster, Security, as_completed
from distributed.comm import connect

from pvmap.errors import InputError, PvmapError

CONNECT_SECONDS = "10s"  # how long a scheduler may take to answer before the user is told


@dataclass
class Outcomes:
    """What came back: results by job number, and errors by job number."""

    results: dict[int, Any] = field(default_factory=dict)
    failures: dict[int, str] = field(default_factory=dict)


class Pool:
    """Who computes: this process, a local cluster or the workers of a running scheduler. Starts when first needed.

    Parameters
    ----------
    workers
        Worker processes of the local cluster; 0 computes in this process; None asks for one a core.
    scheduler
        Address of a running Dask scheduler (``tcp://host:port``, ``tls://...``) to use instead of a local cluster.
    """

    def __init__(self, workers: int | None = None, scheduler: str | None = None):
        self._workers, self._scheduler = workers, scheduler
        self._here = workers == 0 and scheduler is None
        self._open = contextlib.ExitStack()
        self._client: Client | None = None
        self._ahead: list[Future] = []  # a future nobody holds is never computed

    def __enter__(self) -> Pool:
        return self

    def __exit__(self, *error: object) -> None:
        self._ahead.clear()
        self._open.close()

    def ahead(self, function: Callable[[Any], Any], argument: Any) -> None:
        """Let one worker do something while this process is busy; what it gives or raises is not looked at.

        Raises
        ------
        InputError
            As `run`.
        """
        if not self._here:
            self._ahead.append(self._started().submit(function, argument, pure=False))

    def run(
        self,
        function: Callable[[Any], Any],
        jobs: Sequence[Any],
        *,
        retries: int = 2,
        on_done: Callable[[int], None] = lambda number: None,
    ) -> Outcomes:
        """Run `function` on every job and gather results and failures; one failed job does not stop the others.

        Parameters
        ----------
        function
            Picklable; called as ``function(job)``.
        jobs
            Small picklable descriptions (paths, not tables).
        retries
            How often a failed job is tried again.
        on_done
            Called with the job's number whenever one has ended, well or badly.

        Raises
        ------
        InputError
            When the scheduler does not answer or has no worker.
        """
        outcomes = Outcomes()
        if self._here:
            for number, job in enumerate(jobs):
                _attempt(function, job, number, retries, outcomes)
                on_done(number)
        elif jobs:
            client = self._started()
            futures = [client.submit(function, job, retries=retries, pure=False) for job in jobs]
            number_of = {future.key: number for number, future in enumerate(futures)}
            for future in as_completed(futures):
                number = number_of[future.key]
                if future.status == "finished":
                    outcomes.results[number] = future.result()
                else:
                    outcomes.failures[number] = _reason(future.exception())
                future.release()
                on_done(number)
        return outcomes

    def _started(self) -> Client:
        if self._client is None:
            connect = _local_cluster(self._workers) if self._scheduler is None else _cluster_at(self._scheduler)
            self._client = self._open.enter_context(connect)
        return self._client


def _attempt(function: Callable[[Any], Any], job: Any, number: int, retries: int, outcomes: Outcomes) -> None:
    for attempt in range(retries + 1):
        try:
            outcomes.results[number] = function(job)
            return
        except Exception as error:
            if attempt == retries:
                outcomes.failures[number] = _reason(error)


def _reason(error: BaseException | None) -> str:
    """One line for the report: our own errors speak for themselves, a bug names the line it came from."""
    if isinstance(error, PvmapError) or error is None:
        return str(error)
    frames = traceback.extract_tb(error.__traceback__)
    place = f" ({frames[-1].filename.rsplit('/', 1)[-1]}:{frames[-1].lineno})" if frames else ""
    return f"{type(error).__name__}: {error}{place}"


async def _knock(scheduler: str) -> None:
    """Open and close a connection: a client that cannot connect may hang when it is cleaned away."""
    comm = await connect(scheduler, timeout=CONNECT_SECONDS, **Security().get_connection_args("client"))
    await comm.close()


@contextlib.contextmanager
def _cluster_at(scheduler: str) -> Iterator[Client]:
    try:
        asyncio.run(_knock(scheduler))
    except (OSError, ValueError, TypeError, RuntimeError) as error:
        raise InputError(
            f"--scheduler {scheduler}: no Dask scheduler answers there ({error}); start one or drop the option."
        ) from None
    with Client(scheduler, timeout=CONNECT_SECONDS) as client:
        if not client.scheduler_info()["workers"]:
            raise InputError(f"--scheduler {scheduler}: the scheduler has no workers; start `dask worker {scheduler}`.")
        yield client


@contextlib.contextmanager
def _local_cluster(workers: int | None) -> Iterator[Client]:
    with (
        LocalCluster(
            n_workers=0,
            threads_per_worker=1,
            processes=True,
            dashboard_address="127.0.0.1:0",  # any free port: the usual one may be taken, which dask complains about
            silence_logs=logging.CRITICAL,  # a failed tile is told once, at the end
        ) as cluster,
        Client(cluster) as client,
    ):
        cluster.scale(workers or CPU_COUNT)  # they start while we go on
        yield client
