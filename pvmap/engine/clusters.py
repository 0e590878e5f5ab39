"""Clusters to compute on: one of this machine's own, or one that runs already."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import re
import signal
from collections.abc import Iterator
from multiprocessing import resource_tracker

import dask
from distributed import Client, LocalCluster, Security
from distributed.client import AllExit
from distributed.comm import connect

from pvmap import ancestor, disk
from pvmap.ancestor import ALLOCATOR
from pvmap.errors import InputError
from pvmap.watch import Watch

CONNECT_SECONDS = 10.0  # how long a scheduler, or a worker behind it, may take to answer before the user is told
TICK = "1s"  # between looks at whether an event loop lags; every 20 ms, as Dask has it, takes 1 % of every process
TALKATIVE = ("distributed", "tornado", "asyncio")  # loggers that tell a lost connection in tracebacks


@contextlib.contextmanager
def local(workers: int, watch: Watch) -> Iterator[Client]:
    """Give a client of a cluster of so many worker processes on this machine, a thread each.

    Raises
    ------
    InputError
        Dask cannot start it.
    DiskError
        As `disk.require_scratch`.
    """
    disk.require_scratch()  # where worker processes keep what they spill
    logging.getLogger("asyncio").addFilter(_is_news)
    method = {"distributed.worker.multiprocessing-method": "forkserver"} if ancestor.has_begun() else {}
    looked_at = watch.dashboard is not None or watch.profile is not None  # who else reads where workers spend time?
    with (
        dask.config.set({f"distributed.nanny.pre-spawn-environ.{name}": n for name, n in ALLOCATOR.items()}),
        dask.config.set({"distributed.worker.profile.enabled": looked_at, "distributed.admin.tick.interval": TICK}),
        dask.config.set(method),
        dask.config.set({"distributed.scheduler.allowed-failures": 1}),  # what kills two workers kills the third
        contextlib.ExitStack() as stack,
    ):
        try:
            cluster = stack.enter_context(
                LocalCluster(
                    n_workers=0,
                    threads_per_worker=1,
                    processes=True,
                    dashboard_address="127.0.0.1:0",  # any free port: dask complains when the usual one is taken
                    scheduler_kwargs={"dashboard": watch.dashboard is not None},
                    silence_logs=logging.CRITICAL,  # a failed tile is told once, at the end
                )
            )
            client = stack.enter_context(Client(cluster))
        except Exception as error:  # of settings that Dask takes from its own files and the environment
            raise InputError(
                f"No workers start here ({_why(error)}); see to Dask's own settings (~/.config/dask, DASK_*) "
                "or compute in this process with --workers 0."
            ) from None
        cluster.sync(_spare_children)
        cluster.scale(workers)  # they start while we go on
        yield client


@contextlib.contextmanager
def running_at(scheduler: str) -> Iterator[Client]:
    """Give a client of a running scheduler.

    Raises
    ------
    InputError
        Nobody answers at that address.
    """
    logging.getLogger("asyncio").addFilter(_is_news)
    _knock_at(scheduler)
    with _quiet():
        try:
            client = Client(scheduler, timeout=CONNECT_SECONDS)
        except Exception as error:
            raise no_scheduler(scheduler, error) from None
        with client:
            yield client


async def _spare_children() -> None:
    """Keep Ctrl-C from worker processes, who would answer it each in its own way: they end when this one does.

    What blocks a signal in the thread that starts them is handed down to them. The tracker of multiprocessing comes
    first: when it starts it opens the way for the signal again.
    """
    if hasattr(signal, "pthread_sigmask"):
        resource_tracker.ensure_running()
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})


def no_scheduler(scheduler: str, error: BaseException) -> InputError:
    """Say that nobody answers at an address."""
    why = _why(error) or f"no answer in {CONNECT_SECONDS:g} s"
    if isinstance(error, MemoryError):  # any words are a length of what follows, to Dask
        why = "something else listens"
    return InputError(
        f"--scheduler {scheduler}: no Dask scheduler answers there ({why}); start one or drop the option."
    )


def _why(error: BaseException) -> str:
    return re.sub(r"\w*(Error|Exception): ", "", " ".join(str(error).split()))[:200]


def _knock_at(scheduler: str) -> None:
    """Open and close a connection: a client that cannot connect may hang when it is cleaned away."""

    async def knock() -> None:
        options = Security().get_connection_args("client")
        comm = await connect(scheduler, timeout=CONNECT_SECONDS, **options)
        await comm.close()

    async def in_time() -> None:
        await asyncio.wait_for(knock(), CONNECT_SECONDS)

    try:
        asyncio.run(in_time())
    except Exception as error:  # whatever listens there may say anything, which dask takes for lengths of messages
        raise no_scheduler(scheduler, error) from None


def _is_news(record: logging.LogRecord) -> bool:
    """Leave out waits that a client of Dask forgot when its workers went.

    Python tells their end as a traceback whenever it comes to sweep them up, long after the sentence that says it.
    """
    return not (record.exc_info and isinstance(record.exc_info[1], AllExit))


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Keep Dask's own messages off the screen: what matters is told once, in a sentence."""
    names = [name for name in logging.root.manager.loggerDict if name.split(".")[0] in TALKATIVE]
    before = {logger: logger.level for logger in map(logging.getLogger, names)}
    for logger in before:
        logger.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        for logger, level in before.items():
            logger.setLevel(level)
